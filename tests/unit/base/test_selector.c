/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of traffic selectors: containment and intersection of range, protocol and ports together,
 * with OPAQUE, and their text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/selector.h"

static struct selector make(const char *subnet, uint8_t protocol, uint16_t start, uint16_t end)
{
	struct selector s;
	struct subnet net;

	assert_true(subnet_parse(subnet, &net));
	s = selector_of_subnet(&net, protocol, 0);
	s.start_port = start;
	s.end_port = end;
	return s;
}

static void check_text(struct selector s, const char *expected)
{
	char buf[SELECTOR_TEXT_LEN];

	assert_string_equal(selector_format(&s, buf, sizeof(buf)), expected);
}

static void test_format(void **state)
{
	struct selector s = make("10.0.0.0/24", 17, 1000, 2000);

	(void)state;
	check_text(make("10.1.0.0/24", 0, 0, 65535), "10.1.0.0/24");
	check_text(make("10.1.0.0/24", 6, 443, 443), "10.1.0.0/24/tcp/443");
	assert_true(address_parse("10.0.0.1", &s.range.start));
	assert_true(address_parse("10.0.0.9", &s.range.end));
	check_text(s, "10.0.0.1-10.0.0.9/udp/1000-2000");
}

static void test_valid(void **state)
{
	struct selector s = selector_all(FAMILY_IPV6);

	(void)state;
	assert_true(selector_is_valid(&s));
	assert_false(selector_is_host(&s));
	assert_int_equal(selector_prefix_bits(&s), 0);
	s = make("10.0.0.1/32", 6, 65535, 0);
	assert_true(selector_is_valid(&s));
	assert_true(selector_is_host(&s));
	assert_int_equal(selector_prefix_bits(&s), 32);
	s = make("10.0.0.1/32", 6, 9, 8);
	assert_false(selector_is_valid(&s));
	s = make("10.0.0.1/32", 0, 1, 8);
	assert_false(selector_is_valid(&s));
	s = (struct selector){ 0 };
	assert_false(selector_is_valid(&s));
}

static void test_meet(void **state)
{
	struct selector all = make("10.0.0.0/8", 0, 0, 65535);
	struct selector tcp = make("10.1.0.0/16", 6, 100, 200);
	struct selector high = make("10.0.0.0/8", 6, 150, 300);
	struct selector udp = make("10.1.0.0/16", 17, 100, 200);
	struct selector opaque = make("10.1.0.0/16", 6, 65535, 0);
	struct selector expected = make("10.1.0.0/16", 6, 150, 200);
	struct selector out;

	(void)state;
	assert_true(selector_contains(&all, &tcp));
	assert_false(selector_contains(&tcp, &all));
	assert_true(selector_intersect(&tcp, &high, &out));
	assert_true(selector_eq(&out, &expected));
	assert_true(selector_contains(&tcp, &out) && selector_contains(&high, &out));
	assert_false(selector_intersect(&tcp, &udp, &out));
	assert_true(selector_contains(&all, &opaque));
	assert_true(selector_intersect(&opaque, &all, &out));
	assert_true(selector_eq(&out, &opaque));
	assert_false(selector_intersect(&opaque, &tcp, &out));
	assert_false(selector_contains(&opaque, &tcp));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_meet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
