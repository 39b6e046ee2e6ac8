/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of runs of bytes: order and equality of slices, and that owned and secret bytes can be
 * empty, copied and freed twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"

static void test_compare(void **state)
{
	(void)state;
	assert_true(slice_eq(SLICE_EMPTY, slice("x", 0)));
	assert_true(slice_eq(slice_str("abc"), slice_str("abc")));
	assert_false(slice_eq(slice_str("abc"), slice_str("abd")));
	assert_false(slice_eq(slice_str("abc"), slice_str("ab")));
	assert_true(slice_cmp(slice_str("ab"), slice_str("abc")) < 0);
	assert_true(slice_cmp(slice_str("b"), slice_str("abc")) > 0);
	assert_true(slice_cmp(slice("\xff", 1), slice("\x01", 1)) > 0);
	assert_int_equal(slice_cmp(SLICE_EMPTY, SLICE_EMPTY), 0);
}

static void test_compare_ct(void **state)
{
	(void)state;
	assert_true(slice_eq_ct(SLICE_EMPTY, SLICE_EMPTY));
	assert_true(slice_eq_ct(slice_str("mac"), slice_str("mac")));
	assert_false(slice_eq_ct(slice_str("xac"), slice_str("mac")));
	assert_false(slice_eq_ct(slice_str("max"), slice_str("mac")));
	assert_false(slice_eq_ct(slice_str("ma"), slice_str("mac")));
}

static void test_bytes(void **state)
{
	static const uint8_t zero[8];
	struct bytes b;

	(void)state;
	assert_true(bytes_copy(SLICE_EMPTY, &b));
	assert_null(b.data);
	assert_true(bytes_copy(slice_str("abc"), &b));
	assert_true(slice_eq(bytes_slice(&b), slice_str("abc")));
	bytes_free(&b);
	bytes_free(&b);
	assert_int_equal(b.len, 0);
	assert_true(bytes_alloc(8, &b));
	assert_true(slice_eq(bytes_slice(&b), SLICE_OF(zero)));
	bytes_free(&b);
}

static void test_secret(void **state)
{
	uint8_t key[4] = { 1, 2, 3, 4 };
	struct secret s;

	(void)state;
	assert_true(secret_copy(SLICE_OF(key), &s));
	assert_true(slice_eq(secret_slice(&s), SLICE_OF(key)));
	secret_free(&s);
	secret_free(&s);
	assert_null(s.data);
	assert_true(secret_alloc(0, &s));
	assert_null(s.data);
	wipe(key, 3);
	assert_int_equal(key[0] | key[1] | key[2], 0);
	assert_int_equal(key[3], 4);
	wipe(NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_compare_ct),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
