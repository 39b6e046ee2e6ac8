/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traffic selectors as the kernel's selectors, which know prefixes and masks but no ranges: a
 * range is several of them. None is wider than what was agreed: that would let in what was not.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/xfrm.h"

/* Above it stands every policy of ours by width; user priorities may be anywhere. */
#define PRIORITY_BASE 0x10000u

/* A run of ports as values and masks: at most 30. */
#define BLOCKS_MAX 32
struct blocks {
	struct {
		uint16_t value, mask;
	} at[BLOCKS_MAX];
	uint8_t count;
};

static void blocks_of(uint16_t start, uint16_t end, struct blocks *b)
{
	uint32_t at = start;

	while (at <= end && b->count < BLOCKS_MAX) {
		uint32_t len = 1;

		while ((at & (2 * len - 1)) == 0 && at + 2 * len - 1 <= end && len < 0x10000u)
			len *= 2;
		b->at[b->count].value = (uint16_t)at;
		b->at[b->count++].mask = (uint16_t)(0x10000u - len);
		at += len;
	}
}

static bool has_all_ports(const struct selector *s)
{
	return s->start_port == 0 && s->end_port == UINT16_MAX;
}

static bool is_icmp(const struct selector *s)
{
	return s->protocol == IPPROTO_ICMP || s->protocol == IPPROTO_ICMPV6;
}

/* What the kernel cannot read of a fragment counts as port 0: that is OPAQUE (RFC 4301 4.4.1.1). */
static void port_blocks(const struct selector *s, struct blocks *b)
{
	*b = (struct blocks){ 0 };
	if (s->start_port > s->end_port) {
		b->at[0].mask = 0xffff;
		b->count = 1;
		return;
	}
	blocks_of(s->start_port, s->end_port, b);
}

struct expansion {
	struct xfrm_selector *list;
	size_t count;
};

static int add(struct expansion *x, const struct xfrm_selector *one)
{
	struct xfrm_selector *list;

	if (x->count == XFRM_SELECTORS_MAX)
		return -EOPNOTSUPP;
	/* the room doubles at each power of two */
	if ((x->count & (x->count - 1)) == 0) {
		list = realloc(x->list, (x->count ? x->count * 2 : 1) * sizeof(*list));
		if (!list)
			return -ENOMEM;
		x->list = list;
	}
	x->list[x->count++] = *one;
	return 0;
}

/* Type and code are the flow's two ports whichever way it goes (RFC 4301 4.4.1.1). */
static int add_icmp(struct expansion *x, struct xfrm_selector *one, const struct selector *src,
		    const struct selector *dst)
{
	struct selector both = *src;
	struct blocks b;
	int err = 0;

	if (both.start_port < dst->start_port)
		both.start_port = dst->start_port;
	if (both.end_port > dst->end_port)
		both.end_port = dst->end_port;
	if (both.start_port > both.end_port)
		return -EINVAL;
	if (has_all_ports(&both))
		return add(x, one);
	port_blocks(&both, &b);
	for (uint8_t i = 0; i < b.count && !err; i++) {
		uint16_t code_mask = b.at[i].mask & 0xff;

		one->sport = htons(b.at[i].value >> 8);
		one->sport_mask = htons((uint16_t)(0xff00 | b.at[i].mask >> 8));
		one->dport = htons(b.at[i].value & 0xff);
		one->dport_mask = code_mask ? htons((uint16_t)(0xff00 | code_mask)) : 0;
		err = add(x, one);
	}
	return err;
}

static int add_ports(struct expansion *x, struct xfrm_selector *one, const struct selector *src,
		     const struct selector *dst)
{
	struct blocks from, to;
	int err = 0;

	if (is_icmp(src) || is_icmp(dst))
		return add_icmp(x, one, src, dst);
	port_blocks(src, &from);
	port_blocks(dst, &to);
	for (uint8_t i = 0; i < from.count && !err; i++)
		for (uint8_t j = 0; j < to.count && !err; j++) {
			one->sport = htons(from.at[i].value);
			one->sport_mask = htons(from.at[i].mask);
			one->dport = htons(to.at[j].value);
			one->dport_mask = htons(to.at[j].mask);
			err = add(x, one);
		}
	return err;
}

static int expand(const struct selector *src, const struct selector *dst, struct expansion *x)
{
	struct range from = src->range;
	struct xfrm_selector one;
	int err = 0;

	memset(&one, 0, sizeof(one));
	one.family = (__u16)xfrm_family(&src->range.start);
	one.proto = src->protocol ? src->protocol : dst->protocol;
	while (from.start.family && !err) {
		struct subnet a = range_take_subnet(&from);
		struct range to = dst->range;

		xfrm_address(&a.address, &one.saddr);
		one.prefixlen_s = a.prefix_bits;
		while (to.start.family && !err) {
			struct subnet b = range_take_subnet(&to);

			xfrm_address(&b.address, &one.daddr);
			one.prefixlen_d = b.prefix_bits;
			err = add_ports(x, &one, src, dst);
		}
	}
	return err;
}

int xfrm_selectors_of(const struct selector *src, const struct selector *dst,
		      struct xfrm_selector **list, size_t *count)
{
	struct expansion x = { 0 };
	int err;

	*list = NULL;
	*count = 0;
	if (xfrm_family(&src->range.start) == AF_UNSPEC || !selector_is_valid(src) ||
	    !selector_is_valid(dst) || src->range.start.family != dst->range.start.family ||
	    (src->protocol && dst->protocol && src->protocol != dst->protocol))
		return -EINVAL;
	err = expand(src, dst, &x);
	if (err) {
		free(x.list);
		return err;
	}
	*list = x.list;
	*count = x.count;
	return 0;
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
