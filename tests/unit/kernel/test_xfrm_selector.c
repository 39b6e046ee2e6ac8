/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of traffic selectors as the kernel's: together they must match exactly the same packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <errno.h>

#include <cmocka.h>

#include "../base/prng.h"
#include "kernel/xfrm.h"

static struct selector sel(const char *start, const char *end, uint8_t protocol, uint16_t low,
			   uint16_t high)
{
	struct selector s = { .protocol = protocol, .start_port = low, .end_port = high };

	assert_true(address_parse(start, &s.range.start) && address_parse(end, &s.range.end));
	return s;
}

static size_t count_of(struct selector src, struct selector dst)
{
	struct xfrm_selector *list;
	size_t count;

	assert_int_equal(xfrm_selectors_of(&src, &dst, &list, &count), 0);
	free(list);
	return count;
}

static void counts(void **state)
{
	struct selector net = sel("10.1.0.0", "10.1.255.255", 0, 0, 65535);
	struct selector ports = sel("10.2.0.0", "10.2.0.255", 6, 1000, 2000);

	(void)state;
	assert_int_equal(count_of(net, net), 1);
	/* 1000/8 1008/16 1024/512 1536/256 1792/128 1920/64 1984/16 2000 */
	assert_int_equal(count_of(net, ports), 8);
	assert_int_equal(count_of(ports, ports), 64);
	assert_int_equal(count_of(sel("10.0.0.1", "10.0.0.9", 0, 0, 65535), net), 4);
	assert_int_equal(count_of(net, sel("10.2.0.0", "10.2.0.255", 1, 0x0800, 0x08ff)), 1);
	assert_int_equal(count_of(net, sel("10.2.0.0", "10.2.0.255", 6, 65535, 0)), 1);
	assert_int_equal(
		count_of(sel("::1", "::fffe", 0, 0, 65535),
			 sel("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0, 0, 65535)),
		30);
}

static void refused(void **state)
{
	struct selector v4 = sel("10.1.0.0", "10.1.255.255", 6, 0, 65535);
	struct selector v6 = sel("fd00::", "fd00::ffff", 6, 0, 65535);
	struct selector udp = sel("10.1.0.0", "10.1.255.255", 17, 0, 65535);
	struct selector odd = sel("10.0.0.1", "254.255.255.254", 6, 1, 65534), none = { 0 };
	struct xfrm_selector *list;
	size_t count;

	(void)state;
	assert_int_equal(xfrm_selectors_of(&v4, &v6, &list, &count), -EINVAL);
	assert_int_equal(xfrm_selectors_of(&v4, &udp, &list, &count), -EINVAL);
	assert_int_equal(xfrm_selectors_of(&none, &none, &list, &count), -EINVAL);
	assert_int_equal(xfrm_selectors_of(&odd, &odd, &list, &count), -EOPNOTSUPP);
	assert_null(list);
}

struct packet {
	uint32_t src, dst;
	uint16_t sport, dport;
	uint8_t proto;
};

static uint32_t number(const struct address *a)
{
	return (uint32_t)a->bytes[0] << 24 | (uint32_t)a->bytes[1] << 16 |
	       (uint32_t)a->bytes[2] << 8 | a->bytes[3];
}

static bool in_prefix(uint32_t a, uint32_t net, uint8_t bits)
{
	return bits == 0 || (a ^ ntohl(net)) >> (32 - bits) == 0;
}

/* As the kernel does it (__xfrm4_selector_match). */
static bool kernel_matches(const struct xfrm_selector *s, const struct packet *p)
{
	return in_prefix(p->src, s->saddr.a4, s->prefixlen_s) &&
	       in_prefix(p->dst, s->daddr.a4, s->prefixlen_d) &&
	       ((htons(p->sport) ^ s->sport) & s->sport_mask) == 0 &&
	       ((htons(p->dport) ^ s->dport) & s->dport_mask) == 0 &&
	       (!s->proto || s->proto == p->proto);
}

static bool port_is_in(const struct selector *s, uint16_t port)
{
	return port >= s->start_port && port <= s->end_port;
}

static bool is_in(const struct selector *s, uint32_t a, uint8_t proto)
{
	return a >= number(&s->range.start) && a <= number(&s->range.end) &&
	       (!s->protocol || s->protocol == proto);
}

static bool matches(const struct selector *src, const struct selector *dst, const struct packet *p)
{
	if (!is_in(src, p->src, p->proto) || !is_in(dst, p->dst, p->proto))
		return false;
	/* of ICMP the kernel has type and code for ports */
	if (p->proto == 1)
		return port_is_in(src, (uint16_t)(p->sport << 8 | p->dport)) &&
		       port_is_in(dst, (uint16_t)(p->sport << 8 | p->dport));
	return port_is_in(src, p->sport) && port_is_in(dst, p->dport);
}

static struct selector random_selector(uint64_t *seed, uint8_t protocol)
{
	struct selector s = sel("10.0.0.0", "10.0.0.0", protocol, 0, 65535);

	s.range.start.bytes[3] = (uint8_t)prng_below(seed, 200);
	s.range.end.bytes[3] =
		(uint8_t)(s.range.start.bytes[3] + prng_below(seed, 256u - s.range.start.bytes[3]));
	if (protocol && prng_below(seed, 2)) {
		s.start_port = (uint16_t)prng_below(seed, 3000);
		s.end_port = (uint16_t)(s.start_port + prng_below(seed, 3000));
	}
	return s;
}

static void the_same_packets(void **state)
{
	static const uint8_t protocols[] = { 0, 1, 6, 17 };
	uint64_t seed = 11;

	(void)state;
	for (unsigned run = 0; run < 300; run++) {
		uint8_t protocol = protocols[prng_below(&seed, 4)];
		struct selector src = random_selector(&seed, protocol);
		struct selector dst = random_selector(&seed, protocol);
		struct xfrm_selector *list;
		size_t count;
		int err;

		err = xfrm_selectors_of(&src, &dst, &list, &count);
		if (protocol == 1 &&
		    (src.start_port > dst.end_port || dst.start_port > src.end_port)) {
			assert_int_equal(err, -EINVAL);
			continue;
		}
		assert_true(err == 0 || err == -EOPNOTSUPP);
		for (unsigned i = 0; i < 300 && !err; i++) {
			struct packet p = {
				.src = 0x0a000000u + (uint32_t)prng_below(&seed, 256),
				.dst = 0x0a000000u + (uint32_t)prng_below(&seed, 256),
				.proto = protocols[1 + prng_below(&seed, 3)],
				.sport = (uint16_t)prng_below(&seed, 6500),
				.dport = (uint16_t)prng_below(&seed, 6500),
			};
			unsigned hits = 0;

			if (p.proto == 1) {
				p.sport &= 0x1f;
				p.dport &= 0xff;
			}
			for (size_t j = 0; j < count; j++)
				hits += kernel_matches(&list[j], &p);
			assert_int_equal(hits, matches(&src, &dst, &p));
		}
		free(list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(refused),
		cmocka_unit_test(the_same_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
