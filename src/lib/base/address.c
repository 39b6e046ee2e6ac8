/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses, endpoints, subnets and ranges as plain values. Arithmetic is on the bytes, the same
 * for both families; an address of no family is in no range. Called from every layer above.
 */
#include "base/address.h"

#include <arpa/inet.h>
#include <string.h>

static uint8_t family_bits(uint8_t family)
{
	return family == FAMILY_IPV4 ? 32 : family == FAMILY_IPV6 ? 128 : 0;
}

size_t address_len(const struct address *a)
{
	return family_bits(a->family) / 8u;
}

struct slice address_slice(const struct address *a)
{
	return slice(a->bytes, address_len(a));
}

bool address_from(struct slice raw, struct address *out)
{
	*out = (struct address){ 0 };
	if (raw.len != 4 && raw.len != 16)
		return false;
	out->family = raw.len == 4 ? FAMILY_IPV4 : FAMILY_IPV6;
	memcpy(out->bytes, raw.data, raw.len);
	return true;
}

int address_cmp(const struct address *a, const struct address *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return slice_cmp(address_slice(a), address_slice(b));
}

bool address_eq(const struct address *a, const struct address *b)
{
	return address_cmp(a, b) == 0;
}

bool address_is_any(const struct address *a)
{
	for (size_t i = 0; i < address_len(a); i++) {
		if (a->bytes[i])
			return false;
	}
	return true;
}

bool address_is_loopback(const struct address *a)
{
	static const uint8_t v6[16] = { [15] = 1 };

	if (a->family == FAMILY_IPV4)
		return a->bytes[0] == 127;
	return a->family == FAMILY_IPV6 && memcmp(a->bytes, v6, sizeof(v6)) == 0;
}

struct address address_any(enum family family)
{
	return (struct address){ .family = (uint8_t)family };
}

bool address_parse(const char *text, struct address *out)
{
	*out = (struct address){ 0 };
	if (!text)
		return false;
	if (inet_pton(AF_INET, text, out->bytes) == 1)
		out->family = FAMILY_IPV4;
	else if (inet_pton(AF_INET6, text, out->bytes) == 1)
		out->family = FAMILY_IPV6;
	else
		*out = (struct address){ 0 };
	return out->family != FAMILY_NONE;
}

const char *address_format(const struct address *a, char *buf, size_t size)
{
	char text[ADDRESS_TEXT_LEN] = "<unset>";

	if (family_bits(a->family))
		inet_ntop(a->family == FAMILY_IPV4 ? AF_INET : AF_INET6, a->bytes, text,
			  sizeof(text));
	text_copy(buf, size, text);
	return buf;
}

bool endpoint_eq(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && a->tcp == b->tcp && address_eq(&a->address, &b->address);
}

const char *endpoint_format(const struct endpoint *e, char *buf, size_t size)
{
	char address[ADDRESS_TEXT_LEN];
	struct text t = text_over(buf, size);

	address_format(&e->address, address, sizeof(address));
	text_add(&t, e->address.family == FAMILY_IPV6 ? "[%s]:%u" : "%s:%u", address, e->port);
	return buf;
}

struct address prefix_mask(enum family family, uint8_t prefix_bits)
{
	struct address mask = address_any(family);
	size_t bits = family_bits(mask.family);

	if (prefix_bits < bits)
		bits = prefix_bits;
	memset(mask.bytes, 0xff, bits / 8);
	if (bits % 8)
		mask.bytes[bits / 8] = (uint8_t)(0xff00 >> bits % 8);
	return mask;
}

/* How many leading bits two addresses of one family share. */
static uint8_t common_bits(const struct address *a, const struct address *b)
{
	uint8_t limit = family_bits(a->family);
	uint8_t bits = 0;

	while (bits < limit && !((a->bytes[bits / 8] ^ b->bytes[bits / 8]) & 0x80 >> bits % 8))
		bits++;
	return bits;
}

/* The first address of the subnet of prefix_bits around a, and the last. */
static struct range around(const struct address *a, uint8_t prefix_bits)
{
	struct address mask = prefix_mask(a->family, prefix_bits);
	struct range r = { .start = address_any(a->family), .end = address_any(a->family) };

	for (size_t i = 0; i < address_len(a); i++) {
		r.start.bytes[i] = a->bytes[i] & mask.bytes[i];
		r.end.bytes[i] = (uint8_t)(a->bytes[i] | ~mask.bytes[i]);
	}
	return r;
}

/* "24", or for IPv4 also "255.255.255.0". */
static bool parse_prefix(const char *text, enum family family, uint8_t *out)
{
	struct address given;
	struct address made;
	uint64_t bits;

	if (text[0] && !text[strspn(text, "0123456789")]) {
		if (text[0] == '0' && text[1])
			return false;
		if (!parse_number(text, 0, family_bits((uint8_t)family), &bits))
			return false;
		*out = (uint8_t)bits;
		return true;
	}
	if (family != FAMILY_IPV4 || !address_parse(text, &given) || given.family != FAMILY_IPV4)
		return false;
	made = prefix_mask(family, 32);
	*out = common_bits(&given, &made);
	made = prefix_mask(family, *out);
	return address_eq(&given, &made);
}

bool subnet_parse(const char *text, struct subnet *out)
{
	char address[ADDRESS_TEXT_LEN];
	const char *slash = text ? strchr(text, '/') : NULL;
	struct subnet s = { 0 };
	struct range whole;

	*out = (struct subnet){ 0 };
	if (!text)
		return false;
	if (!text_copy(address, sizeof(address), text) && !slash)
		return false;
	if (slash) {
		if ((size_t)(slash - text) >= sizeof(address))
			return false;
		address[slash - text] = '\0';
	}
	if (!address_parse(address, &s.address))
		return false;
	s.prefix_bits = family_bits(s.address.family);
	if (slash && !parse_prefix(slash + 1, s.address.family, &s.prefix_bits))
		return false;
	whole = around(&s.address, s.prefix_bits);
	if (!address_eq(&whole.start, &s.address))
		return false;
	*out = s;
	return true;
}

const char *subnet_format(const struct subnet *s, char *buf, size_t size)
{
	char address[ADDRESS_TEXT_LEN];
	struct text t = text_over(buf, size);

	text_put(&t, address_format(&s->address, address, sizeof(address)));
	if (family_bits(s->address.family))
		text_add(&t, "/%u", s->prefix_bits);
	return buf;
}

struct range subnet_range(const struct subnet *s)
{
	return around(&s->address, s->prefix_bits);
}

static bool is_range(const struct range *r)
{
	return family_bits(r->start.family) && r->start.family == r->end.family &&
	       address_cmp(&r->start, &r->end) <= 0;
}

bool range_eq(const struct range *a, const struct range *b)
{
	return address_eq(&a->start, &b->start) && address_eq(&a->end, &b->end);
}

bool range_contains(const struct range *outer, const struct range *inner)
{
	return is_range(outer) && is_range(inner) && outer->start.family == inner->start.family &&
	       address_cmp(&outer->start, &inner->start) <= 0 &&
	       address_cmp(&inner->end, &outer->end) <= 0;
}

bool range_has(const struct range *r, const struct address *a)
{
	struct range one = { .start = *a, .end = *a };

	return range_contains(r, &one);
}

bool range_intersect(const struct range *a, const struct range *b, struct range *out)
{
	struct range both = { .start = a->start, .end = a->end };
	bool ok = is_range(a) && is_range(b) && a->start.family == b->start.family;

	if (address_cmp(&b->start, &both.start) > 0)
		both.start = b->start;
	if (address_cmp(&b->end, &both.end) < 0)
		both.end = b->end;
	ok = ok && is_range(&both);
	*out = ok ? both : (struct range){ 0 };
	return ok;
}

static struct address after(const struct address *a)
{
	struct address next = *a;

	for (size_t i = address_len(a); i-- > 0;)
		if (++next.bytes[i])
			return next;
	return (struct address){ 0 };
}

struct subnet range_take_subnet(struct range *r)
{
	struct subnet s = { .address = r->start, .prefix_bits = family_bits(r->start.family) };
	struct address last;

	while (s.prefix_bits > 0) {
		struct range wider = around(&r->start, (uint8_t)(s.prefix_bits - 1));

		if (!address_eq(&wider.start, &r->start) || address_cmp(&wider.end, &r->end) > 0)
			break;
		s.prefix_bits--;
	}
	last = around(&s.address, s.prefix_bits).end;
	r->start = after(&last);
	if (r->start.family == FAMILY_NONE || address_cmp(&r->start, &r->end) > 0)
		*r = (struct range){ 0 };
	return s;
}

struct subnet range_cover(const struct range *r)
{
	struct subnet s = { 0 };

	if (r->start.family != r->end.family)
		return s;
	s.prefix_bits = common_bits(&r->start, &r->end);
	s.address = around(&r->start, s.prefix_bits).start;
	return s;
}

bool range_as_subnet(const struct range *r, struct subnet *out)
{
	struct subnet cover = range_cover(r);
	struct range whole = subnet_range(&cover);
	bool exact = is_range(r) && range_eq(r, &whole);

	*out = exact ? cover : (struct subnet){ 0 };
	return exact;
}

const char *range_format(const struct range *r, char *buf, size_t size)
{
	char start[ADDRESS_TEXT_LEN];
	char end[ADDRESS_TEXT_LEN];
	struct subnet s;
	struct text t = text_over(buf, size);

	if (range_as_subnet(r, &s))
		return subnet_format(&s, buf, size);
	address_format(&r->start, start, sizeof(start));
	address_format(&r->end, end, sizeof(end));
	text_add(&t, "%s-%s", start, end);
	return buf;
}

enum list_entry address_in_list(const char *list, unsigned i, struct address *out)
{
	char text[ADDRESS_TEXT_LEN];
	size_t len;

	for (;; list += len) {
		list += strspn(list, ", ");
		len = strcspn(list, ", ");
		if (len == 0)
			return LIST_END;
		if (i-- == 0)
			break;
	}
	if (len >= sizeof(text))
		return LIST_BAD;
	memcpy(text, list, len);
	text[len] = '\0';
	return address_parse(text, out) && !address_is_any(out) ? LIST_ADDRESS : LIST_BAD;
}
