/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the heap of deadlines: order under inserts, moves and removals, and that a node knows
 * whether it is in the heap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/heap.h"

#define NODES 500

/* A fixed sequence, so that a failure comes back on the next run. */
static uint64_t next_value(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return *seed >> 40;
}

static void check_places(const struct heap *h)
{
	for (size_t i = 0; i < h->count; i++) {
		assert_int_equal(h->nodes[i]->index, i + 1);
		if (i)
			assert_true(h->nodes[(i - 1) / 2]->when_usec <= h->nodes[i]->when_usec);
	}
}

static void test_empty(void **state)
{
	struct heap h = { 0 };
	struct heap_node node = { 0 };

	(void)state;
	assert_null(heap_first(&h));
	heap_remove(&h, &node);
	assert_true(heap_set(&h, &node, 5));
	assert_ptr_equal(heap_first(&h), &node);
	heap_remove(&h, &node);
	heap_remove(&h, &node);
	assert_int_equal(node.index, 0);
	assert_null(heap_first(&h));
	heap_fini(&h);
}

static void test_order(void **state)
{
	static struct heap_node nodes[NODES];
	struct heap h = { 0 };
	uint64_t seed = 1;
	uint64_t last = 0;

	(void)state;
	for (size_t i = 0; i < NODES; i++)
		assert_true(heap_set(&h, &nodes[i], next_value(&seed)));
	check_places(&h);
	for (size_t i = 0; i < NODES; i += 3)
		assert_true(heap_set(&h, &nodes[i], next_value(&seed)));
	check_places(&h);
	for (size_t i = 0; i < NODES; i += 5) {
		heap_remove(&h, &nodes[i]);
		assert_int_equal(nodes[i].index, 0);
		check_places(&h);
	}
	assert_int_equal(h.count, NODES - NODES / 5);
	while (heap_first(&h)) {
		assert_true(heap_first(&h)->when_usec >= last);
		last = heap_first(&h)->when_usec;
		heap_remove(&h, heap_first(&h));
	}
	heap_fini(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
