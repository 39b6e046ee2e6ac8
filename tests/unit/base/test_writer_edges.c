/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/writer: messages are built into a fixed buffer; one that overflowed must never look whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cursor.h"
#include "base/writer.h"

static void integers_are_big_endian(void **state)
{
	static const uint8_t expect[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	uint8_t buf[15];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	assert_true(writer_u8(&w, 0x01));
	assert_true(writer_u16(&w, 0x0203));
	assert_true(writer_u32(&w, 0x04050607));
	assert_true(writer_u64(&w, 0x08090a0b0c0d0e0f));
	assert_true(writer_ok(&w));
	assert_true(slice_eq(writer_slice(&w), SLICE_OF(expect)));
}

static bool write_sized(struct writer *w, size_t size)
{
	return size == 1   ? writer_u8(w, UINT8_MAX)
	       : size == 2 ? writer_u16(w, UINT16_MAX)
	       : size == 4 ? writer_u32(w, UINT32_MAX)
			   : writer_u64(w, UINT64_MAX);
}

static void nothing_is_written_past_the_end(void **state)
{
	(void)state;
	for (size_t size = 1; size <= 8; size *= 2) {
		for (size_t capacity = 0; capacity <= 9; capacity++) {
			uint8_t buf[10] = { 0 };
			struct writer w = writer_over(buf, capacity);

			assert_int_equal(write_sized(&w, size), capacity >= size);
			assert_int_equal(writer_ok(&w), capacity >= size);
			for (size_t i = 0; i < sizeof(buf); i++)
				assert_int_equal(buf[i], capacity >= size && i < size ? 0xff : 0);
		}
	}
}

static void overflow_sticks(void **state)
{
	uint8_t buf[4];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	assert_true(writer_u16(&w, 1));
	assert_false(writer_u32(&w, 1));
	assert_false(writer_u8(&w, 1));
	assert_false(writer_put(&w, slice_str("a")));
	assert_false(writer_zero(&w, 1));
	assert_null(writer_reserve(&w, 1));
	assert_false(writer_ok(&w));
	assert_int_equal(writer_slice(&w).len, 0);
}

static void huge_lengths(void **state)
{
	uint8_t buf[4];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	assert_true(writer_u8(&w, 1));
	assert_false(writer_zero(&w, SIZE_MAX));
	w = writer_over(buf, sizeof(buf));
	assert_true(writer_u8(&w, 1));
	assert_null(writer_reserve(&w, SIZE_MAX));
	assert_false(writer_ok(&w));
}

static void runs(void **state)
{
	static const uint8_t expect[] = { 'a', 'b', 0, 0, 'x', 'y' };
	uint8_t buf[6];
	struct writer w = writer_over(buf, sizeof(buf));
	uint8_t *room;

	(void)state;
	memset(buf, 0xee, sizeof(buf));
	assert_true(writer_put(&w, slice_str("ab")));
	assert_true(writer_put(&w, SLICE_EMPTY));
	assert_true(writer_zero(&w, 2));
	assert_true(writer_zero(&w, 0));
	room = writer_reserve(&w, 2);
	assert_ptr_equal(room, buf + 4);
	memcpy(room, "xy", 2);
	assert_true(slice_eq(writer_slice(&w), SLICE_OF(expect)));
	assert_true(writer_put(&w, SLICE_EMPTY));
	assert_true(writer_ok(&w));
}

static void patches(void **state)
{
	static const uint8_t expect[] = { 0xaa, 0xbb, 0xcc, 0x01, 0x02, 0x03, 0x04, 0 };
	uint8_t buf[9] = { 0 };
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	assert_true(writer_zero(&w, 8));
	writer_patch_u8(&w, 0, 0xaa);
	writer_patch_u16(&w, 1, 0xbbcc);
	writer_patch_u32(&w, 3, 0x01020304);
	assert_true(slice_eq(writer_slice(&w), SLICE_OF(expect)));
	/* outside of what was written, even where the buffer has room */
	writer_patch_u8(&w, 8, 0xff);
	writer_patch_u16(&w, 7, 0xffff);
	writer_patch_u32(&w, 5, 0xffffffff);
	writer_patch_u32(&w, SIZE_MAX, 0xffffffff);
	writer_patch_u32(&w, SIZE_MAX - 2, 0xffffffff);
	assert_true(slice_eq(writer_slice(&w), SLICE_OF(expect)));
	assert_int_equal(buf[8], 0);
	assert_true(writer_ok(&w));
}

static void no_buffer(void **state)
{
	struct writer w = writer_over(NULL, 0);

	(void)state;
	assert_true(writer_put(&w, SLICE_EMPTY));
	assert_true(writer_zero(&w, 0));
	assert_true(writer_ok(&w));
	writer_patch_u8(&w, 0, 1);
	assert_false(writer_u8(&w, 1));
	assert_false(writer_ok(&w));
}

static void what_is_written_is_read(void **state)
{
	static const uint64_t values[] = { 0,          1,           0x7f,      0x80,
					   0xff,       0x100,       0xffff,    0x80000000,
					   0xffffffff, 0x100000000, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		uint8_t buf[14];
		struct writer w = writer_over(buf, sizeof(buf));
		struct cursor c;
		uint16_t u16;
		uint32_t u32;
		uint64_t u64;

		writer_u16(&w, (uint16_t)values[i]);
		writer_u32(&w, (uint32_t)values[i]);
		writer_u64(&w, values[i]);
		c = cursor_of(writer_slice(&w));
		cursor_u16(&c, "u16", &u16);
		cursor_u32(&c, "u32", &u32);
		cursor_u64(&c, "u64", &u64);
		assert_true(cursor_ok(&c) && cursor_left(&c) == 0);
		assert_true(u16 == (uint16_t)values[i]);
		assert_true(u32 == (uint32_t)values[i]);
		assert_true(u64 == values[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_big_endian),
		cmocka_unit_test(nothing_is_written_past_the_end),
		cmocka_unit_test(overflow_sticks),
		cmocka_unit_test(huge_lengths),
		cmocka_unit_test(runs),
		cmocka_unit_test(patches),
		cmocka_unit_test(no_buffer),
		cmocka_unit_test(what_is_written_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
