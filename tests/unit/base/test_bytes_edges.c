/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/bytes: slices, owned runs and secrets. Run by make unit-base. Empty runs without a pointer
 * are tried everywhere, since parsers hand them out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

static void slices_of_strings(void **state)
{
	static const uint8_t three[3] = { 1, 2, 3 };

	(void)state;
	assert_int_equal(slice_str("abc").len, 3);
	assert_memory_equal(slice_str("abc").data, "abc", 3);
	assert_int_equal(slice_str("").len, 0);
	assert_int_equal(SLICE_OF(three).len, 3);
	assert_ptr_equal(SLICE_OF(three).data, three);
	assert_int_equal(ARRAY_LEN(three), 3);
	assert_null(SLICE_EMPTY.data);
}

static void equality(void **state)
{
	(void)state;
	assert_true(slice_eq(SLICE_EMPTY, SLICE_EMPTY));
	assert_true(slice_eq(SLICE_EMPTY, slice_str("")));
	assert_true(slice_eq(slice_str("ab"), slice_str("ab")));
	assert_false(slice_eq(slice_str("ab"), slice_str("abc")));
	assert_false(slice_eq(slice_str("ab"), slice_str("ac")));
	assert_false(slice_eq(SLICE_EMPTY, slice_str("a")));
}

static void order(void **state)
{
	/* as rising as it gets: octets compare unsigned, a prefix comes first */
	static const char *const rising[] = { "", "a", "aa", "ab", "b", "\x7f", "\x80", "\xff" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rising); i++) {
		for (size_t j = 0; j < ARRAY_LEN(rising); j++) {
			int got = slice_cmp(slice_str(rising[i]), slice_str(rising[j]));

			assert_int_equal((got > 0) - (got < 0), (i > j) - (i < j));
		}
	}
	assert_int_equal(slice_cmp(SLICE_EMPTY, SLICE_EMPTY), 0);
	assert_true(slice_cmp(SLICE_EMPTY, slice_str("a")) < 0);
}

static void constant_time_equality(void **state)
{
	uint8_t a[64];
	uint8_t b[64];

	(void)state;
	memset(a, 0x5a, sizeof(a));
	memcpy(b, a, sizeof(b));
	assert_true(slice_eq_ct(SLICE_OF(a), SLICE_OF(b)));
	for (size_t bit = 0; bit < 8 * sizeof(b); bit++) {
		b[bit / 8] = (uint8_t)(b[bit / 8] ^ 1u << bit % 8);
		assert_false(slice_eq_ct(SLICE_OF(a), SLICE_OF(b)));
		b[bit / 8] = a[bit / 8];
	}
	assert_false(slice_eq_ct(slice(a, 63), SLICE_OF(b)));
	assert_true(slice_eq_ct(SLICE_EMPTY, SLICE_EMPTY));
	/* differences that cancel out in an exclusive or of the whole */
	b[0] ^= 1;
	b[1] ^= 1;
	assert_false(slice_eq_ct(SLICE_OF(a), SLICE_OF(b)));
}

static void bytes_own_their_copy(void **state)
{
	char text[] = "peer";
	struct bytes b;

	(void)state;
	assert_true(bytes_copy(slice_str(text), &b));
	text[0] = 'X';
	assert_int_equal(b.len, 4);
	assert_memory_equal(b.data, "peer", 4);
	assert_true(slice_eq(bytes_slice(&b), slice_str("peer")));
	bytes_free(&b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	bytes_free(&b);
	assert_true(bytes_copy(SLICE_EMPTY, &b));
	assert_int_equal(b.len, 0);
	bytes_free(&b);
}

static void allocation(void **state)
{
	static const uint8_t zero[100];
	struct bytes b = { .len = 7 };
	struct secret s = { .len = 7 };

	(void)state;
	assert_true(bytes_alloc(sizeof(zero), &b));
	assert_true(slice_eq(bytes_slice(&b), SLICE_OF(zero)));
	bytes_free(&b);
	assert_true(bytes_alloc(0, &b));
	assert_int_equal(b.len, 0);
	bytes_free(&b);
	assert_true(secret_alloc(sizeof(zero), &s));
	assert_true(slice_eq(secret_slice(&s), SLICE_OF(zero)));
	secret_free(&s);
	assert_true(secret_alloc(0, &s));
	assert_int_equal(s.len, 0);
	secret_free(&s);
}

static void secrets(void **state)
{
	struct secret s;

	(void)state;
	assert_true(secret_copy(slice_str("hunter2"), &s));
	assert_true(slice_eq(secret_slice(&s), slice_str("hunter2")));
	secret_free(&s);
	assert_null(s.data);
	assert_int_equal(s.len, 0);
	secret_free(&s);
	assert_true(secret_copy(SLICE_EMPTY, &s));
	assert_int_equal(s.len, 0);
	secret_free(&s);
}

static void wiping(void **state)
{
	static const uint8_t zero[16];
	uint8_t key[18];

	(void)state;
	memset(key, 0xaa, sizeof(key));
	wipe(key + 1, 16);
	assert_memory_equal(key + 1, zero, 16);
	assert_int_equal(key[0], 0xaa);
	assert_int_equal(key[17], 0xaa);
	wipe(key, 0);
	assert_int_equal(key[0], 0xaa);
	wipe(NULL, 0);
}

static void cleaned_up_at_scope_end(void **state)
{
	/* the leak checker of the sanitized build is the judge here */
	cleanup(bytes_cleanup) struct bytes b = { 0 };
	cleanup(secret_cleanup) struct secret s = { 0 };

	(void)state;
	assert_true(bytes_alloc(10, &b));
	assert_true(secret_alloc(10, &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slices_of_strings),
		cmocka_unit_test(equality),
		cmocka_unit_test(order),
		cmocka_unit_test(constant_time_equality),
		cmocka_unit_test(bytes_own_their_copy),
		cmocka_unit_test(allocation),
		cmocka_unit_test(secrets),
		cmocka_unit_test(wiping),
		cmocka_unit_test(cleaned_up_at_scope_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
