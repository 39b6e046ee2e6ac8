/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/address: addresses, endpoints, subnets and ranges of both families, with round trips over
 * seeded values and the arithmetic checked against a plain count where the family allows it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/address.h"
#include "prng.h"

static struct address address_of(const char *text)
{
	struct address a;

	assert_true(address_parse(text, &a));
	return a;
}

static struct range range_of(const char *start, const char *end)
{
	return (struct range){ .start = address_of(start), .end = address_of(end) };
}

static struct address random_address(uint64_t *seed, enum family family)
{
	uint8_t raw[16];
	struct address a;

	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = (uint8_t)prng_next(seed);
	assert_true(address_from(slice(raw, family == FAMILY_IPV4 ? 4 : 16), &a));
	return a;
}

static void from_octets(void **state)
{
	static const uint8_t raw[17] = { 192, 0, 2, 1, 5 };
	struct address a;

	(void)state;
	for (size_t len = 0; len <= sizeof(raw); len++) {
		assert_int_equal(address_from(slice(raw, len), &a), len == 4 || len == 16);
		assert_int_equal(address_len(&a), len == 4 || len == 16 ? len : 0);
	}
	assert_true(address_from(slice(raw, 4), &a));
	assert_int_equal(a.family, FAMILY_IPV4);
	assert_int_equal(a.bytes[4], 0);
	assert_true(slice_eq(address_slice(&a), slice(raw, 4)));
}

static void parsing_addresses(void **state)
{
	static const char *const good[] = { "0.0.0.0",
					    "255.255.255.255",
					    "192.0.2.1",
					    "::",
					    "::1",
					    "2001:db8::1",
					    "fe80::1:2:3:4",
					    "::ffff:192.0.2.1",
					    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" };
	static const char *const bad[] = { "",
					   " 192.0.2.1",
					   "192.0.2.1 ",
					   "192.0.2",
					   "192.0.2.256",
					   "192.0.2.1.1",
					   "0x7f.1",
					   "1",
					   ":",
					   ":::",
					   "1:2:3:4:5:6:7",
					   "1:2:3:4:5:6:7:8:9",
					   "::g",
					   "fe80::1%eth0",
					   "[::1]",
					   "west",
					   "192.0.2.1/24",
					   "-1.0.0.0" };
	char buf[ADDRESS_TEXT_LEN];
	struct address a;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(address_parse(good[i], &a));
		assert_string_equal(address_format(&a, buf, sizeof(buf)), good[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		memset(&a, 0xff, sizeof(a));
		assert_false(address_parse(bad[i], &a));
	}
}

static void formatting_addresses(void **state)
{
	struct address none = { 0 };
	struct address a = address_of("192.0.2.1");
	char buf[ADDRESS_TEXT_LEN + 1];

	(void)state;
	assert_string_equal(address_format(&none, buf, sizeof(buf)), "<unset>");
	memset(buf, '#', sizeof(buf));
	address_format(&a, buf, 5);
	assert_true(strlen(buf) <= 4);
	assert_int_equal(buf[5], '#');
	memset(a.bytes, 0xff, sizeof(a.bytes));
	a.family = 99;
	assert_string_equal(address_format(&a, buf, sizeof(buf)), "<unset>");
	assert_int_equal(address_len(&a), 0);
}

static void addresses_round_trip(void **state)
{
	uint64_t seed = 21;
	char buf[ADDRESS_TEXT_LEN];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		struct address a = random_address(&seed, i % 2 ? FAMILY_IPV4 : FAMILY_IPV6);
		struct address b;

		/* runs of zeros of every place and length */
		if (a.family == FAMILY_IPV6)
			memset(a.bytes + prng_below(&seed, 8), 0, prng_below(&seed, 9));
		assert_true(address_parse(address_format(&a, buf, sizeof(buf)), &b));
		assert_memory_equal(&a, &b, sizeof(a));
	}
}

static void comparing(void **state)
{
	static const char *const rising[] = { "0.0.0.0",   "10.0.0.1",        "127.255.255.255",
					      "128.0.0.0", "255.255.255.255", "::",
					      "::1",       "7fff::",          "8000::" };
	struct address none = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rising); i++) {
		struct address a = address_of(rising[i]);

		assert_true(address_cmp(&none, &a) < 0);
		for (size_t j = 0; j < ARRAY_LEN(rising); j++) {
			struct address b = address_of(rising[j]);
			int got = address_cmp(&a, &b);

			assert_int_equal((got > 0) - (got < 0), (i > j) - (i < j));
			assert_int_equal(address_eq(&a, &b), i == j);
		}
	}
	assert_true(address_eq(&none, &none));
}

static void kinds(void **state)
{
	static const struct {
		const char *text;
		bool any, loopback;
	} rows[] = {
		{ "0.0.0.0", true, false },    { "0.0.0.1", false, false },
		{ "127.0.0.1", false, true },  { "127.255.255.255", false, true },
		{ "128.0.0.1", false, false }, { "::", true, false },
		{ "::1", false, true },        { "::2", false, false },
		{ "1::1", false, false },
	};
	struct address none = { 0 };
	struct address any4 = address_any(FAMILY_IPV4);
	struct address any6 = address_any(FAMILY_IPV6);
	struct address zero = address_of("0.0.0.0");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct address a = address_of(rows[i].text);

		assert_int_equal(address_is_any(&a), rows[i].any);
		assert_int_equal(address_is_loopback(&a), rows[i].loopback);
	}
	assert_true(address_is_any(&none));
	assert_false(address_is_loopback(&none));
	assert_true(address_eq(&any4, &zero));
	assert_int_equal(any6.family, FAMILY_IPV6);
	assert_true(address_is_any(&any6));
}

static void endpoints(void **state)
{
	struct endpoint a = { .address = address_of("192.0.2.1"), .port = 500 };
	struct endpoint b = { .address = address_of("fd00::1"), .port = 65535 };
	struct endpoint c = a;
	struct endpoint longest = { .address = address_of(
					    "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255"),
				    .port = 65535 };
	char buf[ENDPOINT_TEXT_LEN];

	(void)state;
	assert_string_equal(endpoint_format(&a, buf, sizeof(buf)), "192.0.2.1:500");
	assert_string_equal(endpoint_format(&b, buf, sizeof(buf)), "[fd00::1]:65535");
	assert_string_equal(endpoint_format(&longest, buf, sizeof(buf)),
			    "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
	assert_true(endpoint_eq(&a, &c));
	c.port = 4500;
	assert_false(endpoint_eq(&a, &c));
	assert_false(endpoint_eq(&a, &b));
}

static void masks(void **state)
{
	static const struct {
		uint8_t bits;
		const char *v4;
	} rows[] = { { 0, "0.0.0.0" },         { 1, "128.0.0.0" },      { 8, "255.0.0.0" },
		     { 15, "255.254.0.0" },    { 24, "255.255.255.0" }, { 31, "255.255.255.254" },
		     { 32, "255.255.255.255" } };
	struct address mask;
	struct address expect;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		mask = prefix_mask(FAMILY_IPV4, rows[i].bits);
		expect = address_of(rows[i].v4);
		assert_memory_equal(&mask, &expect, sizeof(mask));
	}
	for (unsigned int bits = 0; bits <= 128; bits++) {
		unsigned int ones = 0;

		mask = prefix_mask(FAMILY_IPV6, (uint8_t)bits);
		for (unsigned int i = 0; i < 128; i++) {
			bool set = mask.bytes[i / 8] & 0x80 >> i % 8;

			assert_int_equal(set, i < bits);
			ones += set;
		}
		assert_int_equal(ones, bits);
	}
	mask = prefix_mask(FAMILY_IPV4, 255);
	expect = address_of("255.255.255.255");
	assert_memory_equal(&mask, &expect, sizeof(mask));
}

static void parsing_subnets(void **state)
{
	static const char *const good[][2] = {
		{ "10.1.0.0/24", "10.1.0.0/24" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "10.0.0.1", "10.0.0.1/32" },
		{ "10.0.0.1/32", "10.0.0.1/32" },
		{ "10.128.0.0/9", "10.128.0.0/9" },
		{ "10.0.0.2/31", "10.0.0.2/31" },
		{ "::/0", "::/0" },
		{ "fd00::/64", "fd00::/64" },
		{ "fd00::1", "fd00::1/128" },
		{ "fd00::8/125", "fd00::8/125" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128" },
	};
	static const char *const bad[] = {
		"",
		"/",
		"/24",
		"10.1.0.0/",
		"10.1.0.0/33",
		"10.1.0.0/-1",
		"10.1.0.0/+8",
		"10.1.0.0/0x18",
		"10.1.0.0/ 24",
		"10.1.0.0/24 ",
		"10.1.0.0/24/24",
		"10.1.0.1/24",
		"128.0.0.0/0",
		"10.1.0.0/15",
		"10.1/16",
		"10.1.0.0/256",
		"10.1.0.0/280",
		"10.1.0.0/4294967320",
		"fd00::/129",
		"fd00::1/64",
		"fd00::/64x",
		"west/24",
		"fd00::/255.255.255.0",
		"10.1.0.0/255.0.255.0",
		"0000000000000000000000000000000000000000000000000000000000000000/8",
	};
	char buf[SUBNET_TEXT_LEN];
	struct subnet s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(subnet_parse(good[i][0], &s));
		assert_string_equal(subnet_format(&s, buf, sizeof(buf)), good[i][1]);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(subnet_parse(bad[i], &s));
}

static void subnets_with_a_netmask(void **state)
{
	struct subnet s;

	(void)state;
	assert_true(subnet_parse("10.1.0.0/255.255.255.0", &s));
	assert_int_equal(s.prefix_bits, 24);
	assert_true(subnet_parse("0.0.0.0/0.0.0.0", &s));
	assert_int_equal(s.prefix_bits, 0);
	assert_true(subnet_parse("10.1.0.1/255.255.255.255", &s));
	assert_int_equal(s.prefix_bits, 32);
	assert_false(subnet_parse("10.1.0.1/255.255.255.0", &s));
	assert_false(subnet_parse("10.1.0.0/0.0.0.255", &s));
}

static void subnets_and_ranges_round_trip(void **state)
{
	uint64_t seed = 5;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		enum family family = i % 2 ? FAMILY_IPV4 : FAMILY_IPV6;
		struct address any = random_address(&seed, family);
		uint8_t bits = (uint8_t)prng_below(&seed, family == FAMILY_IPV4 ? 33 : 129);
		struct address mask = prefix_mask(family, bits);
		struct subnet s = { .address = any, .prefix_bits = bits };
		struct subnet back;
		struct range r;
		char buf[SUBNET_TEXT_LEN];
		char text[RANGE_TEXT_LEN];

		for (size_t j = 0; j < 16; j++)
			s.address.bytes[j] &= mask.bytes[j];
		assert_true(subnet_parse(subnet_format(&s, buf, sizeof(buf)), &back));
		assert_memory_equal(&s, &back, sizeof(s));
		r = subnet_range(&s);
		assert_true(range_has(&r, &any));
		assert_true(address_eq(&r.start, &s.address));
		assert_true(range_as_subnet(&r, &back));
		assert_memory_equal(&s, &back, sizeof(s));
		back = range_cover(&r);
		assert_memory_equal(&s, &back, sizeof(s));
		assert_string_equal(range_format(&r, text, sizeof(text)), buf);
	}
}

static void formatting_ranges(void **state)
{
	static const char *const rows[][3] = {
		{ "10.0.0.1", "10.0.0.9", "10.0.0.1-10.0.0.9" },
		{ "10.0.0.0", "10.0.0.255", "10.0.0.0/24" },
		{ "10.0.0.0", "10.0.0.254", "10.0.0.0-10.0.0.254" },
		{ "10.0.0.255", "10.0.1.0", "10.0.0.255-10.0.1.0" },
		{ "0.0.0.0", "255.255.255.255", "0.0.0.0/0" },
		{ "fd00::", "fd00::2", "fd00::-fd00::2" },
		{ "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0" },
		{ "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		  "efff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		  "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff-"
		  "efff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	};
	char buf[RANGE_TEXT_LEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct range r = range_of(rows[i][0], rows[i][1]);

		assert_string_equal(range_format(&r, buf, sizeof(buf)), rows[i][2]);
	}
}

static void containing(void **state)
{
	struct range wide = range_of("10.0.0.0", "10.0.0.255");
	struct range inner = range_of("10.0.0.10", "10.0.0.20");
	struct range across = range_of("10.0.0.250", "10.0.1.5");
	struct range six = range_of("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	struct range none = { 0 };
	struct address first = address_of("10.0.0.0");
	struct address last = address_of("10.0.0.255");
	struct address after = address_of("10.0.1.0");

	(void)state;
	assert_true(range_contains(&wide, &wide));
	assert_true(range_contains(&wide, &inner));
	assert_false(range_contains(&inner, &wide));
	assert_false(range_contains(&wide, &across));
	assert_false(range_contains(&six, &wide));
	assert_false(range_contains(&wide, &six));
	assert_true(range_has(&wide, &first));
	assert_true(range_has(&wide, &last));
	assert_false(range_has(&wide, &after));
	assert_false(range_has(&six, &first));
	assert_false(range_has(&none, &none.start));
	assert_true(range_eq(&wide, &wide));
	assert_false(range_eq(&wide, &inner));
}

static void intersecting(void **state)
{
	struct range a = range_of("10.0.0.0", "10.0.0.99");
	struct range b = range_of("10.0.0.50", "10.0.0.200");
	struct range touch = range_of("10.0.0.99", "10.0.0.99");
	struct range beyond = range_of("10.0.0.100", "10.0.0.101");
	struct range both = range_of("10.0.0.50", "10.0.0.99");
	struct range six = range_of("::", "::ffff");
	struct range none = { 0 };
	struct range out;

	(void)state;
	assert_true(range_intersect(&a, &b, &out));
	assert_true(range_eq(&out, &both));
	assert_true(range_intersect(&b, &a, &out));
	assert_true(range_eq(&out, &both));
	assert_true(range_intersect(&a, &touch, &out));
	assert_true(range_eq(&out, &touch));
	assert_false(range_intersect(&a, &beyond, &out));
	assert_false(range_intersect(&a, &six, &out));
	assert_false(range_intersect(&a, &none, &out));
	assert_false(range_intersect(&none, &none, &out));
	/* the result may be one of the arguments */
	assert_true(range_intersect(&a, &b, &a));
	assert_true(range_eq(&a, &both));
}

/* A range within 10.0.0.0/24, by its last octets. */
static struct range small_range(unsigned int start, unsigned int end)
{
	struct range r = range_of("10.0.0.0", "10.0.0.0");

	r.start.bytes[3] = (uint8_t)start;
	r.end.bytes[3] = (uint8_t)end;
	return r;
}

static void ranges_against_a_count(void **state)
{
	uint64_t seed = 8;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		unsigned int n[4];
		struct range a, b, out;
		bool meet = false;
		bool within = true;

		for (size_t j = 0; j < 4; j++)
			n[j] = (unsigned int)prng_below(&seed, 16);
		a = small_range(n[0] < n[1] ? n[0] : n[1], n[0] < n[1] ? n[1] : n[0]);
		b = small_range(n[2] < n[3] ? n[2] : n[3], n[2] < n[3] ? n[3] : n[2]);
		for (unsigned int x = 0; x < 16; x++) {
			struct range one = small_range(x, x);
			bool in_a = range_has(&a, &one.start);
			bool in_b = range_has(&b, &one.start);

			assert_int_equal(in_a, x >= a.start.bytes[3] && x <= a.end.bytes[3]);
			meet = meet || (in_a && in_b);
			within = within && (in_a || !in_b);
		}
		assert_int_equal(range_intersect(&a, &b, &out), meet);
		assert_int_equal(range_contains(&a, &b), within);
		if (meet)
			assert_true(range_contains(&a, &out) && range_contains(&b, &out));
	}
}

static void covers(void **state)
{
	static const char *const rows[][3] = {
		{ "10.0.0.1", "10.0.0.1", "10.0.0.1/32" },
		{ "10.0.0.1", "10.0.0.2", "10.0.0.0/30" },
		{ "10.0.0.0", "10.0.1.0", "10.0.0.0/23" },
		{ "127.255.255.255", "128.0.0.0", "0.0.0.0/0" },
		{ "fd00::1", "fd00::ffff", "fd00::/112" },
	};
	char buf[SUBNET_TEXT_LEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct range r = range_of(rows[i][0], rows[i][1]);
		struct subnet s = range_cover(&r);
		struct range whole = subnet_range(&s);

		assert_string_equal(subnet_format(&s, buf, sizeof(buf)), rows[i][2]);
		assert_true(range_contains(&whole, &r));
	}
}

static void what_is_no_subnet(void **state)
{
	static const char *const rows[][2] = {
		{ "10.0.0.1", "10.0.0.2" },   { "10.0.0.0", "10.0.0.2" },
		{ "10.0.0.1", "10.0.0.3" },   { "10.0.0.0", "10.0.2.255" },
		{ "10.0.0.255", "10.0.0.0" }, { "fd00::1", "fd00::2" },
		{ "10.0.0.0", "::ff" },
	};
	struct range none = { 0 };
	struct subnet s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct range r = range_of(rows[i][0], rows[i][1]);

		assert_false(range_as_subnet(&r, &s));
	}
	assert_false(range_as_subnet(&none, &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_octets),
		cmocka_unit_test(parsing_addresses),
		cmocka_unit_test(formatting_addresses),
		cmocka_unit_test(addresses_round_trip),
		cmocka_unit_test(comparing),
		cmocka_unit_test(kinds),
		cmocka_unit_test(endpoints),
		cmocka_unit_test(masks),
		cmocka_unit_test(parsing_subnets),
		cmocka_unit_test(subnets_with_a_netmask),
		cmocka_unit_test(subnets_and_ranges_round_trip),
		cmocka_unit_test(formatting_ranges),
		cmocka_unit_test(containing),
		cmocka_unit_test(intersecting),
		cmocka_unit_test(ranges_against_a_count),
		cmocka_unit_test(covers),
		cmocka_unit_test(what_is_no_subnet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
