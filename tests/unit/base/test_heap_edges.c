/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/heap: deadlines in order. The property is checked against a plain search after every step
 * of a seeded run of inserts, moves and removals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/heap.h"
#include "prng.h"

#define NODES 400

static void check(const struct heap *h, const struct heap_node *nodes, size_t count)
{
	size_t inside = 0;
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < count; i++) {
		if (!nodes[i].index)
			continue;
		inside++;
		assert_in_range(nodes[i].index, 1, h->count);
		assert_ptr_equal(h->nodes[nodes[i].index - 1], &nodes[i]);
		if (nodes[i].when_usec < least)
			least = nodes[i].when_usec;
	}
	assert_int_equal(inside, h->count);
	for (size_t i = 1; i < h->count; i++)
		assert_true(h->nodes[(i - 1) / 2]->when_usec <= h->nodes[i]->when_usec);
	if (inside)
		assert_true(heap_first(h)->when_usec == least);
	else
		assert_null(heap_first(h));
}

static void empty(void **state)
{
	struct heap h = { 0 };
	struct heap_node node = { 0 };

	(void)state;
	assert_null(heap_first(&h));
	heap_remove(&h, &node);
	assert_null(heap_first(&h));
	heap_fini(&h);
	assert_null(heap_first(&h));
}

static void one(void **state)
{
	struct heap h = { 0 };
	struct heap_node node = { 0 };

	(void)state;
	assert_true(heap_set(&h, &node, UINT64_MAX));
	assert_ptr_equal(heap_first(&h), &node);
	assert_true(heap_set(&h, &node, 0));
	assert_true(node.when_usec == 0);
	assert_int_equal(h.count, 1);
	heap_remove(&h, &node);
	assert_int_equal(node.index, 0);
	assert_int_equal(h.count, 0);
	heap_remove(&h, &node);
	assert_int_equal(h.count, 0);
	heap_fini(&h);
}

static void they_come_out_sorted(void **state)
{
	struct heap h = { 0 };
	struct heap_node nodes[NODES] = { 0 };
	uint64_t seed = 1;
	uint64_t last = 0;

	(void)state;
	for (size_t i = 0; i < NODES; i++)
		assert_true(heap_set(&h, &nodes[i], prng_below(&seed, 100)));
	for (size_t i = 0; i < NODES; i++) {
		struct heap_node *first = heap_first(&h);

		assert_non_null(first);
		assert_true(first->when_usec >= last);
		last = first->when_usec;
		heap_remove(&h, first);
	}
	assert_null(heap_first(&h));
	heap_fini(&h);
}

static void moves_up_and_down(void **state)
{
	struct heap h = { 0 };
	struct heap_node nodes[3] = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_true(heap_set(&h, &nodes[i], 10 * (i + 1)));
	assert_true(heap_set(&h, &nodes[2], 5));
	assert_ptr_equal(heap_first(&h), &nodes[2]);
	assert_true(heap_set(&h, &nodes[2], 15));
	assert_ptr_equal(heap_first(&h), &nodes[0]);
	assert_true(heap_set(&h, &nodes[0], 40));
	assert_ptr_equal(heap_first(&h), &nodes[2]);
	heap_remove(&h, &nodes[2]);
	assert_ptr_equal(heap_first(&h), &nodes[1]);
	check(&h, nodes, 3);
	heap_fini(&h);
}

static void removal_moves_the_last_up(void **state)
{
	/* the last node is less than the parent of the removed one: it has to rise */
	static const uint64_t times[] = { 1, 100, 2, 200, 300, 3, 4, 400, 500, 600, 700, 5 };
	struct heap h = { 0 };
	struct heap_node nodes[ARRAY_LEN(times)] = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		assert_true(heap_set(&h, &nodes[i], times[i]));
	check(&h, nodes, ARRAY_LEN(times));
	heap_remove(&h, &nodes[7]);
	check(&h, nodes, ARRAY_LEN(times));
	heap_remove(&h, &nodes[3]);
	check(&h, nodes, ARRAY_LEN(times));
	heap_fini(&h);
}

static void random_operations(void **state)
{
	(void)state;
	for (uint64_t run = 1; run <= 5; run++) {
		struct heap h = { 0 };
		struct heap_node nodes[NODES] = { 0 };
		uint64_t seed = run;
		/* from nearly always equal to nearly never */
		uint64_t spread = (uint64_t)1 << (run * 12);

		for (int step = 0; step < 4000; step++) {
			struct heap_node *node = &nodes[prng_below(&seed, NODES)];

			/* first the heap grows, then it shrinks */
			if (prng_below(&seed, 10) < (step < 2000 ? 2 : 8))
				heap_remove(&h, node);
			else
				assert_true(heap_set(&h, node, prng_below(&seed, spread)));
			check(&h, nodes, NODES);
		}
		heap_fini(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty),
		cmocka_unit_test(one),
		cmocka_unit_test(they_come_out_sorted),
		cmocka_unit_test(moves_up_and_down),
		cmocka_unit_test(removal_moves_the_last_up),
		cmocka_unit_test(random_operations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
