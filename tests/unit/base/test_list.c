/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/list: links inside the objects, and the loop whose body may remove the current one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/list.h"

struct item {
	int number;
	struct list link;
};

static int digits_of(struct list *head)
{
	struct item *item;
	int digits = 0;

	list_each (item, head, struct item, link)
		digits = digits * 10 + item->number;
	return digits;
}

static void order(void **state)
{
	struct list head;
	struct item a = { .number = 1 }, b = { .number = 2 }, c = { .number = 3 };

	(void)state;
	list_init(&head);
	assert_true(list_is_empty(&head));
	assert_null(list_first(&head, struct item, link));
	assert_int_equal(digits_of(&head), 0);
	assert_false(list_is_linked(&a.link));
	list_append(&head, &b.link);
	list_append(&head, &c.link);
	list_prepend(&head, &a.link);
	assert_true(list_is_linked(&a.link));
	assert_int_equal(digits_of(&head), 123);
	assert_ptr_equal(list_first(&head, struct item, link), &a);
	list_remove(&b.link);
	assert_false(list_is_linked(&b.link));
	assert_int_equal(digits_of(&head), 13);
	list_insert_before(&a.link, &b.link);
	assert_int_equal(digits_of(&head), 213);
}

static void removal(void **state)
{
	struct list head;
	struct item a = { .number = 1 };

	(void)state;
	list_init(&head);
	list_remove(&a.link);
	list_append(&head, &a.link);
	list_remove(&a.link);
	list_remove(&a.link);
	assert_true(list_is_empty(&head));
	assert_ptr_equal(head.next, &head);
	assert_ptr_equal(head.prev, &head);
}

static void removal_in_the_loop(void **state)
{
	struct list head;
	struct item items[9];
	struct item *item;
	int seen = 0;

	(void)state;
	memset(items, 0, sizeof(items));
	list_init(&head);
	for (int i = 0; i < 9; i++) {
		items[i].number = i + 1;
		list_append(&head, &items[i].link);
	}
	list_each (item, &head, struct item, link) {
		seen++;
		if (item->number % 2)
			list_remove(&item->link);
	}
	assert_int_equal(seen, 9);
	assert_int_equal(digits_of(&head), 2468);
	list_each (item, &head, struct item, link)
		list_remove(&item->link);
	assert_true(list_is_empty(&head));
}

static void nested_loops(void **state)
{
	struct list heads[2];
	struct item items[4] = {
		{ .number = 1 }, { .number = 2 }, { .number = 3 }, { .number = 4 }
	};
	struct item *outer;
	struct item *inner;
	int sum = 0;

	(void)state;
	for (int i = 0; i < 2; i++) {
		list_init(&heads[i]);
		list_append(&heads[i], &items[2 * i].link);
		list_append(&heads[i], &items[2 * i + 1].link);
	}
	list_each (outer, &heads[0], struct item, link) {
		list_each (inner, &heads[1], struct item, link)
			sum += outer->number * inner->number;
	}
	assert_int_equal(sum, (1 + 2) * (3 + 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(removal),
		cmocka_unit_test(removal_in_the_loop),
		cmocka_unit_test(nested_loops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
