/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of addresses, subnets and ranges in both families: text both ways, and the arithmetic at
 * the ends of the address space.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/address.h"

static struct range range_of(const char *start, const char *end)
{
	struct range r;

	assert_true(address_parse(start, &r.start));
	assert_true(address_parse(end, &r.end));
	return r;
}

static void test_address(void **state)
{
	static const char *const good[] = { "192.0.2.1", "::", "fd00::1", "255.255.255.255" };
	static const char *const bad[] = { "",     "1.2.3",   "1.2.3.256", "fe80::1%eth0",
					   "host", "1.2.3.4 " };
	char buf[ADDRESS_TEXT_LEN];
	struct address a, b;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(address_parse(good[i], &a));
		assert_string_equal(address_format(&a, buf, sizeof(buf)), good[i]);
		assert_true(address_from(address_slice(&a), &b));
		assert_memory_equal(&a, &b, sizeof(a));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(address_parse(bad[i], &a));
	assert_false(address_from(slice("12345", 5), &a));
	a = address_any(FAMILY_NONE);
	assert_int_equal(address_len(&a), 0);
	assert_true(address_is_any(&a));
	assert_string_equal(address_format(&a, buf, sizeof(buf)), "<unset>");
	assert_true(address_parse("127.9.9.9", &a) && address_is_loopback(&a));
	assert_true(address_parse("::1", &b) && address_is_loopback(&b));
	assert_true(address_cmp(&a, &b) < 0);
	assert_false(address_eq(&a, &b));
}

static void test_endpoint(void **state)
{
	struct endpoint e = { .port = 500 };
	char buf[ENDPOINT_TEXT_LEN];

	(void)state;
	assert_true(address_parse("192.0.2.1", &e.address));
	assert_string_equal(endpoint_format(&e, buf, sizeof(buf)), "192.0.2.1:500");
	assert_true(address_parse("fd00::1", &e.address));
	assert_string_equal(endpoint_format(&e, buf, sizeof(buf)), "[fd00::1]:500");
	assert_true(endpoint_eq(&e, &e));
}

static void test_subnet(void **state)
{
	static const char *const good[] = { "10.1.0.0/24", "fd00::/64", "0.0.0.0/0", "::/0",
					    "10.0.0.1/32" };
	static const char *const bad[] = { "10.1.0.1/24", "10.1.0.0/33",   "fd00::/129",
					   "10.1.0.0/",   "10.1.0.0/0x18", "10.1.0.0/-1",
					   "/24",         "0.0.0.1/0" };
	char buf[SUBNET_TEXT_LEN];
	struct subnet s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(subnet_parse(good[i], &s));
		assert_string_equal(subnet_format(&s, buf, sizeof(buf)), good[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(subnet_parse(bad[i], &s));
	assert_true(subnet_parse("fd00::1", &s));
	assert_int_equal(s.prefix_bits, 128);
}

static void test_range(void **state)
{
	struct range odd = range_of("10.0.0.1", "10.0.0.9");
	struct range net = range_of("10.0.0.8", "10.0.0.15");
	struct range v6 = range_of("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	char buf[RANGE_TEXT_LEN];
	struct range both;
	struct subnet s;

	(void)state;
	assert_string_equal(range_format(&odd, buf, sizeof(buf)), "10.0.0.1-10.0.0.9");
	assert_string_equal(range_format(&net, buf, sizeof(buf)), "10.0.0.8/29");
	assert_string_equal(range_format(&v6, buf, sizeof(buf)), "::/0");
	assert_true(range_intersect(&odd, &net, &both));
	assert_string_equal(range_format(&both, buf, sizeof(buf)), "10.0.0.8/31");
	assert_true(range_contains(&net, &both));
	assert_false(range_contains(&both, &net));
	assert_false(range_intersect(&odd, &v6, &both));
	assert_false(range_as_subnet(&odd, &s));
	assert_int_equal(range_cover(&odd).prefix_bits, 28);
	assert_true(range_has(&odd, &net.start));
	assert_false(range_has(&odd, &net.end));
	assert_true(range_as_subnet(&net, &s));
	both = subnet_range(&s);
	assert_true(range_eq(&both, &net));
	both.start = prefix_mask(FAMILY_IPV4, 20);
	assert_string_equal(address_format(&both.start, buf, sizeof(buf)), "255.255.240.0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_endpoint),
		cmocka_unit_test(test_subnet),
		cmocka_unit_test(test_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
