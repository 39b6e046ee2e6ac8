/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/arena: memory of one message. The cap is the point of it: no input may pass it, neither by
 * one large request nor by many small ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"

static void memory_is_zero_and_aligned(void **state)
{
	struct arena a = { 0 };

	(void)state;
	for (size_t len = 1; len <= 300; len++) {
		uint8_t *p = arena_alloc(&a, len);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, len);
	}
	arena_free(&a);
	assert_null(a.blocks);
	assert_int_equal(a.used, 0);
}

static void allocations_do_not_overlap(void **state)
{
	struct arena a = { 0 };
	uint8_t *runs[200];

	(void)state;
	/* small ones between others larger than any block */
	for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
		size_t len = i % 10 == 9 ? 10000 : i + 1;

		runs[i] = arena_alloc(&a, len);
		assert_non_null(runs[i]);
		memset(runs[i], (int)i, len);
	}
	for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
		size_t len = i % 10 == 9 ? 10000 : i + 1;

		for (size_t j = 0; j < len; j++)
			assert_int_equal(runs[i][j], i);
	}
	arena_free(&a);
}

static void the_limit_holds(void **state)
{
	struct arena a = { .limit = 4096 };
	size_t handed_out = 0;

	(void)state;
	assert_null(arena_alloc(&a, 4097));
	while (arena_alloc(&a, 48))
		handed_out += 48;
	assert_true(handed_out <= 4096);
	assert_true(handed_out >= 4096 - 48);
	assert_true(a.used <= a.limit);
	/* a request that fails leaves the arena good for what still fits */
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_true(a.used <= a.limit);
	arena_free(&a);
	assert_non_null(arena_alloc(&a, 4096));
	assert_null(arena_alloc(&a, 1));
	arena_free(&a);
}

static void the_default_limit_is_a_mebibyte(void **state)
{
	struct arena a = { 0 };

	(void)state;
	assert_null(arena_alloc(&a, 1024 * 1024 + 1));
	assert_non_null(arena_alloc(&a, 1024 * 1024));
	assert_null(arena_alloc(&a, 1));
	arena_free(&a);
}

static void empty_requests_are_bounded_too(void **state)
{
	struct arena a = { .limit = 1024 };
	size_t count = 0;

	(void)state;
	while (count < 10000 && arena_alloc(&a, 0))
		count++;
	assert_in_range(count, 1, 1024);
	arena_free(&a);
}

static void products_and_sums_are_checked(void **state)
{
	struct arena a = { .limit = SIZE_MAX };

	(void)state;
	assert_null(arena_array(&a, SIZE_MAX, 2));
	assert_null(arena_array(&a, SIZE_MAX / 2 + 1, 2));
	assert_null(arena_array(&a, (size_t)1 << 32, (size_t)1 << 32));
	for (size_t less = 0; less < 16; less++)
		assert_null(arena_alloc(&a, SIZE_MAX - less));
	assert_null(arena_str(&a, slice("x", SIZE_MAX)));
	assert_int_equal(a.used, 0);
	assert_non_null(arena_array(&a, 10, 10));
	assert_non_null(arena_array(&a, 0, 10));
	arena_free(&a);
}

static void copies(void **state)
{
	struct arena a = { .limit = 64 };
	char text[] = "payload";
	struct slice copy;
	bool ok = false;

	(void)state;
	copy = arena_copy(&a, slice_str(text), &ok);
	assert_true(ok);
	text[0] = 'X';
	assert_true(slice_eq(copy, slice_str("payload")));
	ok = false;
	assert_int_equal(arena_copy(&a, SLICE_EMPTY, &ok).len, 0);
	assert_true(ok);
	copy = arena_copy(
		&a, slice("0123456789012345678901234567890123456789012345678901234567890123", 64),
		&ok);
	assert_false(ok);
	assert_int_equal(copy.len, 0);
	arena_free(&a);
}

static void strings(void **state)
{
	struct arena a = { .limit = 32 };

	(void)state;
	assert_string_equal(arena_str(&a, slice("westward", 4)), "west");
	assert_string_equal(arena_str(&a, SLICE_EMPTY), "");
	assert_null(arena_str(&a, slice_str("0123456789")));
	arena_free(&a);
	/* of a string as long as an alignment the NUL must still fit */
	assert_string_equal(arena_str(&a, slice_str("0123456789abcdef")), "0123456789abcdef");
	arena_free(&a);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zero_and_aligned),
		cmocka_unit_test(allocations_do_not_overlap),
		cmocka_unit_test(the_limit_holds),
		cmocka_unit_test(the_default_limit_is_a_mebibyte),
		cmocka_unit_test(empty_requests_are_bounded_too),
		cmocka_unit_test(products_and_sums_are_checked),
		cmocka_unit_test(copies),
		cmocka_unit_test(strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
