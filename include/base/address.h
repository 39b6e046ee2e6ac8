/* SPDX-License-Identifier: Apache-2.0 */
/* IP addresses, endpoints, subnets and ranges: plain values, no system call, no name look-up. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include "base/bytes.h"
#include "base/text.h"

enum family { FAMILY_NONE = 0, FAMILY_IPV4 = 4, FAMILY_IPV6 = 6 };

/* Unused bytes are zero, so two values may be compared and hashed as bytes. */
struct address {
	uint8_t family; /* enum family */
	uint8_t bytes[16];
};

struct endpoint {
	struct address address;
	uint16_t port; /* host order */
	bool tcp;      /* IKE over TCP (RFC 9329); else UDP */
};

struct subnet {
	struct address address; /* host bits zero */
	uint8_t prefix_bits;
};

/* Both ends included, one family, start <= end. */
struct range {
	struct address start;
	struct address end;
};

size_t address_len(const struct address *a); /* 4, 16 or 0 */
struct slice address_slice(const struct address *a);
/* From 4 or 16 network-order bytes; false for another length. */
bool address_from(struct slice raw, struct address *out);
bool address_eq(const struct address *a, const struct address *b);
int address_cmp(const struct address *a, const struct address *b); /* family first */
bool address_is_any(const struct address *a);                      /* none, 0.0.0.0 or :: */
bool address_is_loopback(const struct address *a);
struct address address_any(enum family family);
bool address_parse(const char *text, struct address *out); /* numeric only */
/* Needs 46 bytes; returns buf. FAMILY_NONE gives "<unset>". */
const char *address_format(const struct address *a, char *buf, size_t size);
#define ADDRESS_TEXT_LEN 46

bool endpoint_eq(const struct endpoint *a, const struct endpoint *b);
/* "192.0.2.1:500" or "[fd00::1]:500". */
const char *endpoint_format(const struct endpoint *e, char *buf, size_t size);
#define ENDPOINT_TEXT_LEN 56

/* "10.1.0.0/24", "fd00::/64" or a bare address; false when host bits are set or the mask is wrong. */
bool subnet_parse(const char *text, struct subnet *out);
const char *subnet_format(const struct subnet *s, char *buf, size_t size);
#define SUBNET_TEXT_LEN 50
struct range subnet_range(const struct subnet *s);

bool range_eq(const struct range *a, const struct range *b);
bool range_contains(const struct range *outer, const struct range *inner);
bool range_has(const struct range *r, const struct address *a);
bool range_intersect(const struct range *a, const struct range *b, struct range *out);
/* True and *out set when the range is exactly one subnet. */
bool range_as_subnet(const struct range *r, struct subnet *out);
/* The largest subnet at the start of the range; the range shrinks by it and is empty (family NONE)
 * when it was the last. */
struct subnet range_take_subnet(struct range *r);
/* The least subnet that holds the whole range. */
struct subnet range_cover(const struct range *r);
/* Subnet form when it is one, else "a-b". */
const char *range_format(const struct range *r, char *buf, size_t size);
#define RANGE_TEXT_LEN 96
/* Netmask of a prefix, as an address. */
struct address prefix_mask(enum family family, uint8_t prefix_bits);

/* The i-th of addresses with commas or spaces between. */
enum list_entry { LIST_END, LIST_ADDRESS, LIST_BAD };
enum list_entry address_in_list(const char *list, unsigned i, struct address *out);

#endif
