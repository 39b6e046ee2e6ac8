/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traffic selectors as the kernel's selectors, which know prefixes and masks but no ranges. A pair
 * that is no prefix and mask is refused: a wider policy would let in what was never agreed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "kernel/xfrm.h"

/* Above it stands every policy of ours by width; user priorities may be anywhere. */
#define PRIORITY_BASE 0x10000u

static int put_range(const struct range *r, xfrm_address_t *address, __u8 *bits)
{
	struct subnet s;

	if (!range_as_subnet(r, &s))
		return -EOPNOTSUPP;
	xfrm_address(&s.address, address);
	*bits = s.prefix_bits;
	return 0;
}

/* A run of ports is a value and a mask when it is 2^n long and begins at a multiple of that. */
static int put_ports(uint16_t start, uint16_t end, __be16 *port, __be16 *mask)
{
	uint32_t len = (uint32_t)end - start + 1;

	if (start > end || (len & (len - 1)) != 0 || (start & (len - 1)) != 0)
		return -EOPNOTSUPP;
	*port = htons(start);
	*mask = htons((uint16_t)(0x10000u - len));
	return 0;
}

static bool is_icmp(const struct selector *s)
{
	return s->protocol == IPPROTO_ICMP || s->protocol == IPPROTO_ICMPV6;
}

static bool has_all_ports(const struct selector *s)
{
	return s->start_port == 0 && s->end_port == UINT16_MAX;
}

/* Type and code are the flow's two ports whichever way it goes (RFC 4301 4.4.1.1). */
static int put_icmp(const struct selector *src, const struct selector *dst,
		    struct xfrm_selector *out)
{
	const struct selector *s = has_all_ports(src) ? dst : src;
	uint16_t first_type = s->start_port >> 8, last_type = s->end_port >> 8;
	uint16_t first_code = s->start_port & 0xff, last_code = s->end_port & 0xff;

	if (has_all_ports(s))
		return 0;
	if (first_type != last_type || s->start_port > s->end_port)
		return -EOPNOTSUPP;
	out->sport = htons(first_type);
	out->sport_mask = htons(0xffff);
	if (first_code == 0 && last_code == 0xff)
		return 0;
	return put_ports(first_code, last_code, &out->dport, &out->dport_mask);
}

int xfrm_selector_of(const struct selector *src, const struct selector *dst,
		     struct xfrm_selector *out)
{
	int err;

	memset(out, 0, sizeof(*out));
	out->family = (__u16)xfrm_family(&src->range.start);
	if (out->family == AF_UNSPEC || src->range.start.family != dst->range.start.family ||
	    (src->protocol && dst->protocol && src->protocol != dst->protocol))
		return -EINVAL;
	out->proto = src->protocol ? src->protocol : dst->protocol;
	if ((err = put_range(&src->range, &out->saddr, &out->prefixlen_s)) ||
	    (err = put_range(&dst->range, &out->daddr, &out->prefixlen_d)))
		return err;
	if (is_icmp(src) || is_icmp(dst))
		return put_icmp(src, dst, out);
	if ((err = put_ports(src->start_port, src->end_port, &out->sport, &out->sport_mask)))
		return err;
	return put_ports(dst->start_port, dst->end_port, &out->dport, &out->dport_mask);
}

uint32_t xfrm_priority(const struct xfrm_selector *s)
{
	uint32_t scale = s->family == AF_INET6 ? 1 : 4; /* IPv4's 32 bits count as 128 */
	uint32_t width = ((uint32_t)s->prefixlen_s + s->prefixlen_d) * scale;
	uint32_t fine = (s->proto ? 1u : 0u) + (uint32_t)__builtin_popcount(s->sport_mask) +
			(uint32_t)__builtin_popcount(s->dport_mask);

	/* 256 steps of width, each holding the 33 steps of protocol and ports */
	return PRIORITY_BASE - (width << 7) - fine;
}
