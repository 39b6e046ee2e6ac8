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
/* The list of a child's end: owns its memory, in the order of preference. */
#define SELECTORS_MAX 64
struct selectors {
	struct selector *items;
	uint8_t count;
};

/* At the end; false when the list is full or memory short. */
bool selectors_add(struct selectors *l, const struct selector *s);
/* to was empty; false when memory is short, and to is empty then. */
bool selectors_copy(const struct selectors *from, struct selectors *to);
void selectors_free(struct selectors *l);
bool selectors_eq(const struct selectors *a, const struct selectors *b); /* in this order */
/* Does one of the list hold the whole of s? */
bool selectors_contain(const struct selectors *l, const struct selector *s);
/* What is held by another of the list goes. */
void selectors_tidy(struct selectors *l);
/* "10.1.0.0/24, 10.2.0.0/24/tcp/443 and 5 more"; returns buf. */
const char *selectors_format(const struct selectors *l, char *buf, size_t size);
#define SELECTORS_TEXT_LEN 400

/* Walks the pairs of two lists that can hold a packet: of one family, and of no two protocols or ICMP
 * types. */
struct selector_pairs {
	const struct selectors *local, *remote;
	uint16_t at;
};
bool selector_pairs_next(struct selector_pairs *p, const struct selector **local,
			 const struct selector **remote);
#define SELECTOR_PAIRS_MAX 1024 /* of one child */
uint16_t selector_pairs_count(const struct selectors *local, const struct selectors *remote);

/* How many leading bits are fixed, for priorities: the prefix of the covering subnet. */
uint8_t selector_prefix_bits(const struct selector *s);

#endif
