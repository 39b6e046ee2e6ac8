/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/selector: narrowing stands on these. Malformed selectors, as a peer may send them, must
 * contain nothing and meet nothing; the rest is checked against the laws of sets over seeded
 * values.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/selector.h"
#include "prng.h"

#define TCP 6
#define UDP 17
#define ICMP 1

static struct selector selector_of(const char *subnet, uint8_t protocol, uint16_t start,
				   uint16_t end)
{
	struct subnet s;
	struct selector out;

	assert_true(subnet_parse(subnet, &s));
	out = selector_of_subnet(&s, protocol, 0);
	out.start_port = start;
	out.end_port = end;
	return out;
}

static void making(void **state)
{
	struct selector all4 = selector_all(FAMILY_IPV4);
	struct selector all6 = selector_all(FAMILY_IPV6);
	struct selector zero4 = selector_of("0.0.0.0/0", 0, 0, UINT16_MAX);
	struct selector zero6 = selector_of("::/0", 0, 0, UINT16_MAX);
	struct selector web = selector_of("10.0.0.0/8", TCP, 443, 443);
	struct selector made;
	struct subnet s;

	(void)state;
	assert_true(selector_eq(&all4, &zero4));
	assert_true(selector_eq(&all6, &zero6));
	assert_false(selector_eq(&all4, &all6));
	assert_true(subnet_parse("10.0.0.0/8", &s));
	made = selector_of_subnet(&s, TCP, 443);
	assert_true(selector_eq(&made, &web));
	made = selector_of_subnet(&s, TCP, 0);
	assert_int_equal(made.start_port, 0);
	assert_int_equal(made.end_port, UINT16_MAX);
}

static void validity(void **state)
{
	struct selector good[] = {
		selector_all(FAMILY_IPV4),
		selector_all(FAMILY_IPV6),
		selector_of("10.0.0.0/8", TCP, 0, 0),
		selector_of("10.0.0.0/8", TCP, 1000, 2000),
		selector_of("10.0.0.0/8", UDP, UINT16_MAX, 0),
		selector_of("10.0.0.0/8", ICMP, 8 << 8, 8 << 8 | 0xff),
	};
	struct selector bad[] = {
		selector_all(FAMILY_NONE),
		{ .end_port = UINT16_MAX },
		selector_of("10.0.0.0/8", TCP, 2, 1),
		selector_of("10.0.0.0/8", TCP, UINT16_MAX, 1),
		selector_of("10.0.0.0/8", TCP, UINT16_MAX - 1, 0),
	};
	struct selector mixed = selector_all(FAMILY_IPV4);
	struct selector backwards = selector_of("10.0.0.0/8", 0, 0, UINT16_MAX);
	struct address start = backwards.range.start;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(selector_is_valid(&good[i]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(selector_is_valid(&bad[i]));
	mixed.range.end = selector_all(FAMILY_IPV6).range.end;
	assert_false(selector_is_valid(&mixed));
	backwards.range.start = backwards.range.end;
	backwards.range.end = start;
	assert_false(selector_is_valid(&backwards));
}

static void protocol_any_has_all_ports(void **state)
{
	/* RFC 7296, 3.13.1: start MUST be zero and end MUST be 65535 for protocol 0 */
	struct selector port = selector_of("10.0.0.0/8", 0, 500, 500);
	struct selector opaque = selector_of("10.0.0.0/8", 0, UINT16_MAX, 0);

	(void)state;
	assert_false(selector_is_valid(&port));
	assert_false(selector_is_valid(&opaque));
}

static void hosts(void **state)
{
	struct selector host4 = selector_of("10.0.0.1", TCP, 1, 2);
	struct selector host6 = selector_of("fd00::1", 0, 0, UINT16_MAX);
	struct selector net = selector_of("10.0.0.0/31", 0, 0, UINT16_MAX);
	struct selector none = { 0 };

	(void)state;
	assert_true(selector_is_host(&host4));
	assert_true(selector_is_host(&host6));
	assert_false(selector_is_host(&net));
	assert_false(selector_is_host(&none));
}

static void containing(void **state)
{
	struct selector all = selector_all(FAMILY_IPV4);
	struct selector all6 = selector_all(FAMILY_IPV6);
	struct selector tcp = selector_of("10.0.0.0/8", TCP, 0, UINT16_MAX);
	struct selector udp = selector_of("10.0.0.0/8", UDP, 0, UINT16_MAX);
	struct selector web = selector_of("10.1.0.0/16", TCP, 443, 443);
	struct selector high = selector_of("10.1.0.0/16", TCP, 1024, UINT16_MAX);
	struct selector any = selector_of("10.1.0.0/16", 0, 0, UINT16_MAX);

	(void)state;
	assert_true(selector_contains(&all, &tcp));
	assert_true(selector_contains(&all, &web));
	assert_true(selector_contains(&tcp, &web));
	assert_true(selector_contains(&tcp, &tcp));
	assert_false(selector_contains(&web, &tcp));
	assert_false(selector_contains(&udp, &web));
	assert_false(selector_contains(&high, &web));
	assert_false(selector_contains(&tcp, &any));
	assert_false(selector_contains(&all6, &web));
}

static void opaque_ports(void **state)
{
	struct selector opaque = selector_of("10.0.0.0/8", TCP, UINT16_MAX, 0);
	struct selector all_ports = selector_of("10.0.0.0/8", TCP, 0, UINT16_MAX);
	struct selector some = selector_of("10.0.0.0/8", TCP, 0, UINT16_MAX - 1);
	struct selector out;

	(void)state;
	assert_true(selector_contains(&all_ports, &opaque));
	assert_false(selector_contains(&opaque, &all_ports));
	assert_true(selector_contains(&opaque, &opaque));
	assert_false(selector_contains(&some, &opaque));
	assert_false(selector_intersect(&opaque, &some, &out));
	assert_true(selector_intersect(&opaque, &all_ports, &out));
	assert_true(selector_eq(&out, &opaque));
	assert_true(selector_intersect(&all_ports, &opaque, &out));
	assert_true(selector_eq(&out, &opaque));
	assert_true(selector_intersect(&opaque, &opaque, &out));
	assert_true(selector_eq(&out, &opaque));
}

static void malformed_ones_meet_nothing(void **state)
{
	struct selector all = selector_all(FAMILY_IPV4);
	struct selector ports = selector_of("10.0.0.0/8", TCP, 2, 1);
	struct selector backwards = selector_of("10.0.0.0/8", 0, 0, UINT16_MAX);
	struct selector none = { .end_port = UINT16_MAX };
	struct selector *const bad[] = { &ports, &backwards, &none };
	struct address start = backwards.range.start;
	struct selector out;

	(void)state;
	backwards.range.start = backwards.range.end;
	backwards.range.end = start;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(selector_intersect(&all, bad[i], &out));
		assert_false(selector_intersect(bad[i], &all, &out));
		assert_false(selector_intersect(bad[i], bad[i], &out));
		assert_false(selector_contains(&all, bad[i]));
		assert_false(selector_contains(bad[i], &all));
		assert_false(selector_contains(bad[i], bad[i]));
	}
}

static void intersecting(void **state)
{
	struct selector a = selector_of("10.0.0.0/8", 0, 0, UINT16_MAX);
	struct selector b = selector_of("10.1.0.0/16", TCP, 100, 200);
	struct selector c = selector_of("10.1.2.0/24", TCP, 150, 300);
	struct selector udp = selector_of("10.1.2.0/24", UDP, 150, 300);
	struct selector beyond = selector_of("10.1.2.0/24", TCP, 201, 300);
	struct selector both = selector_of("10.1.2.0/24", TCP, 150, 200);
	struct selector out;

	(void)state;
	assert_true(selector_intersect(&a, &b, &out));
	assert_true(selector_eq(&out, &b));
	assert_true(selector_intersect(&b, &c, &out));
	assert_true(selector_eq(&out, &both));
	assert_false(selector_intersect(&b, &udp, &out));
	assert_false(selector_intersect(&b, &beyond, &out));
	/* the result may be one of the arguments */
	assert_true(selector_intersect(&b, &c, &b));
	assert_true(selector_eq(&b, &both));
}

static struct selector random_selector(uint64_t *seed)
{
	static const uint8_t protocols[] = { 0, TCP, UDP };
	struct selector s = selector_of("10.0.0.0", 0, 0, UINT16_MAX);
	uint64_t x = prng_below(seed, 6);
	uint64_t y = prng_below(seed, 6);

	s.range.start.bytes[3] = (uint8_t)(x < y ? x : y);
	s.range.end.bytes[3] = (uint8_t)(x < y ? y : x);
	s.protocol = protocols[prng_below(seed, 3)];
	if (!s.protocol || prng_below(seed, 4) == 0)
		return s;
	x = prng_below(seed, 6);
	y = prng_below(seed, 6);
	s.start_port = (uint16_t)(x < y ? x : y);
	s.end_port = (uint16_t)(x < y ? y : x);
	if (prng_below(seed, 8) == 0) {
		s.start_port = UINT16_MAX;
		s.end_port = 0;
	}
	return s;
}

static void the_laws_of_sets(void **state)
{
	uint64_t seed = 31;
	size_t met = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct selector a = random_selector(&seed);
		struct selector b = random_selector(&seed);
		struct selector ab, ba, again;
		bool meet = selector_intersect(&a, &b, &ab);

		assert_true(selector_is_valid(&a) && selector_contains(&a, &a));
		assert_int_equal(selector_intersect(&b, &a, &ba), meet);
		if (selector_contains(&a, &b))
			assert_true(meet && selector_eq(&ab, &b));
		if (!meet)
			continue;
		met++;
		assert_true(selector_eq(&ab, &ba));
		assert_true(selector_is_valid(&ab));
		assert_true(selector_contains(&a, &ab) && selector_contains(&b, &ab));
		assert_true(selector_intersect(&ab, &a, &again) && selector_eq(&again, &ab));
		if (selector_contains(&a, &b) && selector_contains(&b, &a))
			assert_true(selector_eq(&a, &b));
	}
	assert_true(met > 1000);
}

static void formatting(void **state)
{
	struct {
		struct selector s;
		const char *text;
	} rows[] = {
		{ selector_all(FAMILY_IPV4), "0.0.0.0/0" },
		{ selector_all(FAMILY_IPV6), "::/0" },
		{ selector_of("10.1.0.0/24", 0, 0, UINT16_MAX), "10.1.0.0/24" },
		{ selector_of("10.1.0.0/24", TCP, 443, 443), "10.1.0.0/24/tcp/443" },
		{ selector_of("10.1.0.0/24", UDP, 1000, 2000), "10.1.0.0/24/udp/1000-2000" },
		{ selector_of("fd00::/64", TCP, 0, UINT16_MAX), "fd00::/64/tcp" },
		{ selector_of("10.1.0.0/24", 253, 0, UINT16_MAX), "10.1.0.0/24/253" },
		{ selector_of("10.1.0.0/24", 253, 7, 7), "10.1.0.0/24/253/7" },
	};
	char buf[SELECTOR_TEXT_LEN];
	struct selector s = selector_of("10.0.0.1", UDP, 1000, 2000);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(selector_format(&rows[i].s, buf, sizeof(buf)), rows[i].text);
	s.range.end.bytes[3] = 9;
	assert_string_equal(selector_format(&s, buf, sizeof(buf)),
			    "10.0.0.1-10.0.0.9/udp/1000-2000");
}

static void the_longest_text_fits(void **state)
{
	struct selector s = selector_all(FAMILY_IPV6);
	char buf[SELECTOR_TEXT_LEN];

	(void)state;
	memset(s.range.start.bytes, 0xee, 16);
	s.range.end.bytes[15] = 0xfe;
	s.start_port = 10000;
	s.end_port = 65534;
	for (unsigned int protocol = 0; protocol < 256; protocol++) {
		bool is_icmp = protocol == 1 || protocol == 58;

		s.protocol = (uint8_t)protocol;
		selector_format(&s, buf, sizeof(buf));
		assert_true(strlen(buf) >= 13);
		assert_string_equal(buf + strlen(buf) - (is_icmp ? 13 : 11),
				    is_icmp ? "39:16-255:254" : "10000-65534");
	}
	/* and a short buffer is no harm */
	memset(buf, '#', sizeof(buf));
	selector_format(&s, buf, 10);
	assert_int_equal(strlen(buf), 9);
	assert_int_equal(buf[10], '#');
}

/* Reads back the text of a selector over one subnet; the product has no need of it. */
static struct selector read_back(const char *text)
{
	char copy[SELECTOR_TEXT_LEN];
	char *part = copy;
	char *slash;
	uint64_t number;
	struct selector s;
	struct subnet subnet;

	assert_true(text_copy(copy, sizeof(copy), text));
	slash = strchr(copy, '/');
	slash = slash ? strchr(slash + 1, '/') : NULL;
	if (slash)
		*slash = '\0';
	assert_true(subnet_parse(part, &subnet));
	s = selector_of_subnet(&subnet, 0, 0);
	if (!slash)
		return s;
	part = slash + 1;
	slash = strchr(part, '/');
	if (slash)
		*slash = '\0';
	s.protocol = strcmp(part, "tcp") == 0 ? TCP : UDP;
	if (!slash)
		return s;
	part = slash + 1;
	slash = strchr(part, '-');
	if (slash)
		*slash = '\0';
	assert_true(parse_number(part, 0, UINT16_MAX, &number));
	s.start_port = s.end_port = (uint16_t)number;
	if (slash) {
		assert_true(parse_number(slash + 1, 0, UINT16_MAX, &number));
		s.end_port = (uint16_t)number;
	}
	return s;
}

static void texts_round_trip(void **state)
{
	static const char *const subnets[] = { "0.0.0.0/0", "10.1.0.0/16",   "192.0.2.7",
					       "::/0",      "2001:db8::/32", "fd00::1" };
	uint64_t seed = 77;
	char buf[SELECTOR_TEXT_LEN];

	(void)state;
	for (int i = 0; i < 3000; i++) {
		uint64_t x = prng_below(&seed, 65536);
		uint64_t y = i % 3 ? prng_below(&seed, 65536) : x;
		struct selector s = selector_of(subnets[prng_below(&seed, ARRAY_LEN(subnets))],
						i % 2 ? TCP : UDP, (uint16_t)(x < y ? x : y),
						(uint16_t)(x < y ? y : x));
		struct selector back = read_back(selector_format(&s, buf, sizeof(buf)));

		assert_true(selector_eq(&s, &back));
	}
}

static void prefixes(void **state)
{
	struct selector all = selector_all(FAMILY_IPV6);
	struct selector net = selector_of("10.1.0.0/24", TCP, 1, 1);
	struct selector host6 = selector_of("fd00::1", 0, 0, UINT16_MAX);
	struct selector some = selector_of("10.0.0.1", 0, 0, UINT16_MAX);

	(void)state;
	assert_int_equal(selector_prefix_bits(&all), 0);
	assert_int_equal(selector_prefix_bits(&net), 24);
	assert_int_equal(selector_prefix_bits(&host6), 128);
	some.range.end.bytes[3] = 9;
	assert_int_equal(selector_prefix_bits(&some), 28);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(making),
		cmocka_unit_test(validity),
		cmocka_unit_test(protocol_any_has_all_ports),
		cmocka_unit_test(hosts),
		cmocka_unit_test(containing),
		cmocka_unit_test(opaque_ports),
		cmocka_unit_test(malformed_ones_meet_nothing),
		cmocka_unit_test(intersecting),
		cmocka_unit_test(the_laws_of_sets),
		cmocka_unit_test(formatting),
		cmocka_unit_test(the_longest_text_fits),
		cmocka_unit_test(texts_round_trip),
		cmocka_unit_test(prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
