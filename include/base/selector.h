/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traffic selectors (RFC 7296, 3.13.1): an address range, a protocol and a port range. Protocol 0 is
 * any. For ICMP the "ports" are type << 8 | code. OPAQUE is start 65535, end 0 (RFC 7296, 3.13.1).
 */
#ifndef BASE_SELECTOR_H
#define BASE_SELECTOR_H

#include "base/address.h"

struct selector {
	struct range range;
	uint8_t protocol; /* 0: any */
	uint16_t start_port;
	uint16_t end_port;
};

/* The selector of all traffic of a family. */
struct selector selector_all(enum family family);
struct selector selector_of_subnet(const struct subnet *s, uint8_t protocol, uint16_t port);
bool selector_is_valid(const struct selector *s);
bool selector_is_host(const struct selector *s); /* one address */
bool selector_eq(const struct selector *a, const struct selector *b);
bool selector_contains(const struct selector *outer, const struct selector *inner);
/* What both allow; false when nothing. */
bool selector_intersect(const struct selector *a, const struct selector *b, struct selector *out);
/* "10.1.0.0/24", "10.1.0.0/24/tcp/443", "10.0.0.1-10.0.0.9/udp/1000-2000". */
const char *selector_format(const struct selector *s, char *buf, size_t size);
#define SELECTOR_TEXT_LEN 128
/* How many leading bits are fixed, for priorities: the prefix of the covering subnet. */
uint8_t selector_prefix_bits(const struct selector *s);

#endif
