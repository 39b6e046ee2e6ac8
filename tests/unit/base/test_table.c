/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the hash table: that every node stays reachable while it grows, that the newest of equal
 * keys is first, and that the key changes the hash.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/table.h"

#define NODES 3000

static const uint8_t key[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static struct table_node nodes[NODES];

static uint64_t hash_of(const struct table *t, size_t i)
{
	return table_hash(t, slice(&i, sizeof(i)));
}

static bool has(struct table *t, size_t i)
{
	uint64_t hash = hash_of(t, i);

	for (struct table_node *n = table_first(t, hash); n; n = table_next(n, hash)) {
		if (n == &nodes[i])
			return true;
	}
	return false;
}

static void test_growth(void **state)
{
	struct table t;

	(void)state;
	table_init(&t, key);
	assert_null(table_first(&t, 1));
	for (size_t i = 0; i < NODES; i++) {
		assert_true(table_insert(&t, &nodes[i], hash_of(&t, i)));
		/* on the way, too: some buckets have moved and some have not */
		assert_true(has(&t, i / 2) && has(&t, i));
	}
	assert_int_equal(t.count, NODES);
	for (size_t i = 0; i < NODES; i += 2)
		table_remove(&t, &nodes[i]);
	table_remove(&t, &nodes[0]);
	assert_int_equal(t.count, NODES / 2);
	for (size_t i = 0; i < NODES; i++)
		assert_int_equal(has(&t, i), i % 2);
	table_fini(&t);
}

static void test_equal_keys(void **state)
{
	struct table t;

	(void)state;
	table_init(&t, key);
	assert_true(table_insert(&t, &nodes[0], 5));
	assert_true(table_insert(&t, &nodes[1], 5));
	assert_true(table_insert(&t, &nodes[2], 5 + 4096));
	for (size_t i = 3; i < 200; i++)
		assert_true(table_insert(&t, &nodes[i], i * 64 + 6));
	assert_ptr_equal(table_first(&t, 5), &nodes[1]);
	assert_ptr_equal(table_next(&nodes[1], 5), &nodes[0]);
	assert_null(table_next(&nodes[0], 5));
	table_fini(&t);
}

static void test_siphash(void **state)
{
	uint8_t data[15], other[16] = { 1 };
	uint64_t hash;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)i;
	hash = siphash13(key, SLICE_OF(data));
	assert_true(hash == siphash13(key, SLICE_OF(data)));
	assert_true(hash != siphash13(other, SLICE_OF(data)));
	assert_true(hash != siphash13(key, slice(data, 14)));
	assert_true(siphash13(key, SLICE_EMPTY) == 0xabac0158050fc4dcull);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_equal_keys),
		cmocka_unit_test(test_siphash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
