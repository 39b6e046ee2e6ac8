/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the message writer: big-endian integers, an overflow that stays, and patches that never
 * reach past what was written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/writer.h"

static void test_write(void **state)
{
	static const uint8_t expected[] = { 1,  2,  3,  4,  5,  6,  7,   8, 9,
					    10, 11, 12, 13, 14, 15, 'a', 0 };
	uint8_t buf[17];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	assert_true(writer_u8(&w, 1));
	assert_true(writer_u16(&w, 0x0203));
	assert_true(writer_u32(&w, 0x04050607));
	assert_true(writer_u64(&w, 0x08090a0b0c0d0e0full));
	assert_true(writer_put(&w, slice_str("a")));
	assert_true(writer_put(&w, SLICE_EMPTY));
	assert_true(writer_zero(&w, 1));
	assert_true(slice_eq(writer_slice(&w), SLICE_OF(expected)));
	assert_false(writer_u8(&w, 1));
	assert_int_equal(writer_slice(&w).len, 0);
}

static void test_overflow_stays(void **state)
{
	uint8_t buf[4];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	assert_non_null(writer_reserve(&w, 2));
	assert_null(writer_reserve(&w, SIZE_MAX));
	assert_false(writer_u8(&w, 1));
	assert_false(writer_zero(&w, 0));
	assert_null(writer_reserve(&w, 1));
	assert_false(writer_ok(&w));
	assert_int_equal(w.len, 2);
}

static void test_patch(void **state)
{
	uint8_t buf[8] = { 0 };
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	assert_true(writer_zero(&w, 5));
	writer_patch_u8(&w, 0, 0xaa);
	writer_patch_u32(&w, 1, 0x01020304);
	assert_memory_equal(buf, "\xaa\x01\x02\x03\x04\x00", 6);
	writer_patch_u16(&w, 3, 0x0506);
	assert_memory_equal(buf, "\xaa\x01\x02\x05\x06\x00", 6);
	writer_patch_u16(&w, 4, 0xffff);
	writer_patch_u8(&w, 5, 0xff);
	writer_patch_u32(&w, SIZE_MAX, 0xffffffff);
	assert_memory_equal(buf, "\xaa\x01\x02\x05\x06\x00", 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_overflow_stays),
		cmocka_unit_test(test_patch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
