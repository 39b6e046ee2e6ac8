/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the arena: zeroed and aligned memory, a limit that holds, products that overflow, and
 * use again after it was freed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void test_memory(void **state)
{
	struct arena a = { 0 };
	uint8_t *last = NULL;

	(void)state;
	for (size_t len = 0; len < 300; len++) {
		uint8_t *p = arena_alloc(&a, len);

		assert_non_null(p);
		assert_ptr_not_equal(p, last);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, len);
		last = p;
	}
	assert_non_null(arena_alloc(&a, 100000));
	assert_non_null(arena_alloc(&a, 8));
	arena_free(&a);
	arena_free(&a);
	assert_int_equal(a.used, 0);
	assert_non_null(arena_alloc(&a, 1));
	arena_free(&a);
}

static void test_limit(void **state)
{
	struct arena a = { .limit = 100 };

	(void)state;
	assert_null(arena_alloc(&a, 101));
	assert_null(arena_alloc(&a, SIZE_MAX));
	while (arena_alloc(&a, 1))
		assert_true(a.used <= 100);
	assert_true(a.used <= 100);
	arena_free(&a);
	while (arena_alloc(&a, 0))
		assert_true(a.used <= 100);
	arena_free(&a);
	a.limit = 0;
	assert_null(arena_alloc(&a, ((size_t)1 << 20) + 1));
	assert_non_null(arena_alloc(&a, (size_t)1 << 20));
	arena_free(&a);
	a.limit = SIZE_MAX;
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_alloc(&a, SIZE_MAX - 15));
	arena_free(&a);
}

static void test_array(void **state)
{
	struct arena a = { 0 };

	(void)state;
	assert_null(arena_array(&a, SIZE_MAX / 2, 3));
	assert_non_null(arena_array(&a, 10, 8));
	assert_true(a.used >= 80);
	arena_free(&a);
}

static void test_copies(void **state)
{
	struct arena a = { .limit = 64 };
	struct slice s;
	bool ok = false;

	(void)state;
	s = arena_copy(&a, slice_str("abc"), &ok);
	assert_true(ok);
	assert_true(slice_eq(s, slice_str("abc")));
	s = arena_copy(&a, SLICE_EMPTY, &ok);
	assert_true(ok);
	assert_int_equal(s.len, 0);
	assert_string_equal(arena_str(&a, slice_str("west")), "west");
	assert_string_equal(arena_str(&a, SLICE_EMPTY), "");
	s = arena_copy(&a, slice("0123456789012345678901234567890123456789", 40), &ok);
	assert_false(ok);
	assert_int_equal(s.len, 0);
	assert_null(arena_str(&a, slice("x", SIZE_MAX)));
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_array),
		cmocka_unit_test(test_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
