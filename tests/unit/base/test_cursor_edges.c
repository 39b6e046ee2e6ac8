/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/cursor: what every parser stands on. The bounds are tried at each length on a heap copy of
 * just that length, so that the sanitized build sees a single octet too many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"

static const uint8_t octets[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
				  0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0xff };

static void integers_are_big_endian(void **state)
{
	struct cursor c = cursor_of(SLICE_OF(octets));
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	(void)state;
	assert_true(cursor_u8(&c, "a", &u8));
	assert_int_equal(u8, 0x01);
	assert_true(cursor_u16(&c, "b", &u16));
	assert_int_equal(u16, 0x0203);
	assert_true(cursor_u32(&c, "c", &u32));
	assert_int_equal(u32, 0x04050607);
	assert_true(cursor_u64(&c, "d", &u64));
	assert_true(u64 == 0x08090a0b0c0d0e0f);
	assert_int_equal(cursor_left(&c), 1);
	assert_true(cursor_u8(&c, "e", &u8));
	assert_int_equal(u8, 0xff);
	assert_int_equal(cursor_left(&c), 0);
	assert_true(cursor_ok(&c));
}

/* Reads an integer of size octets into *out, which is never 0 before. */
static bool read_sized(struct cursor *c, size_t size, uint64_t *out)
{
	uint8_t u8 = 0xee;
	uint16_t u16 = 0xeeee;
	uint32_t u32 = 0xeeeeeeee;
	uint64_t u64 = 0xeeeeeeee;
	bool ok = size == 1   ? cursor_u8(c, "number", &u8)
		  : size == 2 ? cursor_u16(c, "number", &u16)
		  : size == 4 ? cursor_u32(c, "number", &u32)
			      : cursor_u64(c, "number", &u64);

	*out = size == 1 ? u8 : size == 2 ? u16 : size == 4 ? u32 : u64;
	return ok;
}

static void short_integers_fail_and_are_zero(void **state)
{
	(void)state;
	for (size_t size = 1; size <= 8; size *= 2) {
		for (size_t len = 0; len <= 9; len++) {
			uint8_t *copy = malloc(len ? len : 1);
			struct cursor c = cursor_of(slice(copy, len));
			uint64_t value;

			assert_non_null(copy);
			memset(copy, 0xff, len ? len : 1);
			assert_int_equal(read_sized(&c, size, &value), len >= size);
			assert_int_equal(cursor_ok(&c), len >= size);
			if (len >= size) {
				assert_int_equal(cursor_left(&c), len - size);
			} else {
				assert_true(value == 0);
				assert_string_equal(c.error, "number");
			}
			free(copy);
		}
	}
}

static void the_first_reason_sticks(void **state)
{
	struct cursor c = cursor_of(SLICE_OF(octets));
	struct cursor sub;
	struct slice s = SLICE_OF(octets);
	uint8_t u8 = 7;
	uint8_t copy[2] = { 7, 7 };

	(void)state;
	assert_false(cursor_skip(&c, "first", 17));
	assert_false(cursor_u8(&c, "second", &u8));
	assert_int_equal(u8, 0);
	assert_false(cursor_take(&c, "third", 1, &s));
	assert_int_equal(s.len, 0);
	assert_false(cursor_take(&c, "nothing", 0, &s));
	assert_false(cursor_rest(&c, &s));
	assert_int_equal(s.len, 0);
	assert_false(cursor_copy(&c, "fourth", copy, 2));
	assert_int_equal(copy[0] | copy[1], 0);
	assert_false(cursor_sub(&c, "fifth", 1, &sub));
	assert_false(cursor_u8(&sub, "sixth", &u8));
	assert_false(cursor_fail(&c, "seventh"));
	assert_string_equal(c.error, "first");
	assert_false(cursor_ok(&sub));
}

static void a_loop_on_what_is_left_ends(void **state)
{
	struct cursor c = cursor_of(SLICE_OF(octets));
	int rounds = 0;
	uint64_t value;

	(void)state;
	assert_true(cursor_skip(&c, "head", 1));
	/* 15 octets: one whole, one short; a parser that forgets to look still stops */
	while (cursor_left(&c) > 0 && rounds < 100) {
		rounds++;
		cursor_u64(&c, "word", &value);
	}
	assert_int_equal(rounds, 2);
	assert_false(cursor_ok(&c));
}

static void takes_borrow(void **state)
{
	struct cursor c = cursor_of(SLICE_OF(octets));
	struct slice s;

	(void)state;
	assert_true(cursor_take(&c, "a", 4, &s));
	assert_ptr_equal(s.data, octets);
	assert_int_equal(s.len, 4);
	assert_true(cursor_take(&c, "b", 0, &s));
	assert_int_equal(s.len, 0);
	assert_true(cursor_rest(&c, &s));
	assert_ptr_equal(s.data, octets + 4);
	assert_int_equal(s.len, 12);
	assert_int_equal(cursor_left(&c), 0);
	assert_true(cursor_rest(&c, &s));
	assert_int_equal(s.len, 0);
	assert_false(cursor_take(&c, "c", SIZE_MAX, &s));
	assert_string_equal(c.error, "c");
}

static void sub_cursors_are_bounded(void **state)
{
	struct cursor c = cursor_of(SLICE_OF(octets));
	struct cursor sub;
	uint32_t u32;
	uint8_t u8;

	(void)state;
	assert_true(cursor_sub(&c, "part", 3, &sub));
	assert_int_equal(cursor_left(&c), 13);
	assert_int_equal(cursor_left(&sub), 3);
	assert_false(cursor_u32(&sub, "inner", &u32));
	assert_string_equal(sub.error, "inner");
	/* the failure of a part is not that of the whole */
	assert_true(cursor_u8(&c, "next", &u8));
	assert_int_equal(u8, 4);
	assert_false(cursor_sub(&c, "too long", 13, &sub));
	assert_int_equal(cursor_left(&sub), 0);
	assert_false(cursor_ok(&sub));
}

static void copies(void **state)
{
	struct cursor c = cursor_of(SLICE_OF(octets));
	uint8_t out[5] = { 9, 9, 9, 9, 9 };

	(void)state;
	assert_true(cursor_copy(&c, "a", out, 4));
	assert_memory_equal(out, octets, 4);
	assert_int_equal(out[4], 9);
	assert_true(cursor_copy(&c, "none", NULL, 0));
	assert_true(cursor_skip(&c, "gap", 11));
	assert_false(cursor_copy(&c, "b", out, 2));
	assert_int_equal(out[0] | out[1], 0);
	assert_int_equal(out[4], 9);
}

static void nothing_to_read(void **state)
{
	struct cursor c = cursor_of(SLICE_EMPTY);
	struct cursor bad = cursor_of(slice(NULL, 5));
	struct cursor sub;
	struct slice s;
	uint8_t u8;

	(void)state;
	assert_int_equal(cursor_left(&c), 0);
	assert_int_equal(cursor_left(&bad), 0);
	assert_true(cursor_take(&c, "none", 0, &s));
	assert_true(cursor_sub(&c, "none", 0, &sub));
	assert_true(cursor_skip(&c, "none", 0));
	assert_true(cursor_rest(&c, &s));
	assert_false(cursor_u8(&c, "one", &u8));
	assert_false(cursor_ok(&c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_big_endian),
		cmocka_unit_test(short_integers_fail_and_are_zero),
		cmocka_unit_test(the_first_reason_sticks),
		cmocka_unit_test(a_loop_on_what_is_left_ends),
		cmocka_unit_test(takes_borrow),
		cmocka_unit_test(sub_cursors_are_bounded),
		cmocka_unit_test(copies),
		cmocka_unit_test(nothing_to_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
