/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the bounded cursor: big-endian reads, the sticky first reason, and that nothing is read
 * past the end, whatever the length asked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cursor.h"

static const uint8_t input[15] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static void test_integers(void **state)
{
	struct cursor c = cursor_of(SLICE_OF(input));
	uint8_t a;
	uint16_t b;
	uint32_t d;
	uint64_t e;

	(void)state;
	assert_true(cursor_u8(&c, "a", &a));
	assert_true(cursor_u16(&c, "b", &b));
	assert_true(cursor_u32(&c, "d", &d));
	assert_true(cursor_u64(&c, "e", &e));
	assert_int_equal(a, 1);
	assert_int_equal(b, 0x0203);
	assert_int_equal(d, 0x04050607);
	assert_true(e == 0x08090a0b0c0d0e0full);
	assert_int_equal(cursor_left(&c), 0);
	assert_true(cursor_ok(&c));
}

static void test_sticky(void **state)
{
	struct cursor c = cursor_of(slice(input, 3));
	uint32_t d = 99;
	uint8_t a = 99;
	struct slice s;

	(void)state;
	assert_false(cursor_u32(&c, "first", &d));
	assert_int_equal(d, 0);
	assert_false(cursor_u8(&c, "second", &a));
	assert_int_equal(a, 0);
	assert_false(cursor_take(&c, "third", 0, &s));
	assert_false(cursor_rest(&c, &s));
	assert_int_equal(s.len, 0);
	assert_string_equal(c.error, "first");
	assert_false(cursor_fail(&c, "later"));
	assert_string_equal(c.error, "first");
}

static void test_parts(void **state)
{
	struct cursor c = cursor_of(SLICE_OF(input));
	struct cursor sub;
	struct slice s;
	uint8_t copy[2];

	(void)state;
	assert_true(cursor_sub(&c, "sub", 4, &sub));
	assert_int_equal(cursor_left(&sub), 4);
	assert_false(cursor_skip(&sub, "skip", 5));
	assert_true(cursor_ok(&c));
	assert_true(cursor_copy(&c, "copy", copy, sizeof(copy)));
	assert_int_equal(copy[1], 6);
	assert_true(cursor_rest(&c, &s));
	assert_int_equal(s.len, 9);
	assert_true(cursor_rest(&c, &s));
	assert_int_equal(s.len, 0);
	assert_false(cursor_sub(&c, "gone", SIZE_MAX, &sub));
	assert_false(cursor_ok(&sub));
	assert_false(cursor_copy(&c, "copy", copy, sizeof(copy)));
	assert_int_equal(copy[0] | copy[1], 0);
}

static void test_nothing(void **state)
{
	struct cursor c = cursor_of(SLICE_EMPTY);
	struct slice s;
	uint8_t a;

	(void)state;
	assert_true(cursor_take(&c, "none", 0, &s));
	assert_false(cursor_u8(&c, "one", &a));
	assert_string_equal(c.error, "one");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_sticky),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
