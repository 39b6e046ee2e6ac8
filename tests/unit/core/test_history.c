/* SPDX-License-Identifier: Apache-2.0 */
/* The ring of what has happened: every entry whole and in order, whatever the lengths, and losses counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/history.h"

static struct history h;

static void add(unsigned n, size_t len)
{
	uint8_t frame[600];
	char name[20];

	snprintf(name, sizeof(name), "c%u", n);
	memset(frame, (int)(n & 0xff), sizeof(frame));
	memcpy(frame, &n, sizeof(n));
	history_add(&h, (uint8_t)(n % 5), slice_str(name), slice(frame, len));
}

static unsigned number_of(const struct history_entry *e)
{
	unsigned n;

	memcpy(&n, e->frame.data, sizeof(n));
	return n;
}

/* Lengths of every kind, so that the end of the ring is met in every way. */
static void test_wraps(void **state)
{
	struct history_place p, kept;
	struct history_entry e;
	char name[20];
	unsigned n, next = 0;

	(void)state;
	for (size_t size = 2048; size < 2200; size += 8) {
		history_init(&h, size, 1);
		kept = history_oldest(&h);
		for (n = 0, next = 0; n < 400; n++) {
			add(n, 4 + n * 37 % 300);
			if (n % 3 == 0)
				continue;
			/* one who reads on is never wrong, though he may be lapped */
			next += (unsigned)history_lost(&h, &kept);
			while (history_read(&h, &kept, &e)) {
				assert_int_equal(number_of(&e), next);
				assert_int_equal(e.frame.len, 4 + next * 37 % 300);
				assert_int_equal(e.kind, next % 5);
				snprintf(name, sizeof(name), "c%u", next);
				assert_true(slice_eq(e.name, slice_str(name)));
				next++;
			}
			assert_int_equal(next, n + 1);
		}
		p = history_oldest(&h);
		assert_true(p.number > 300);
		for (n = (unsigned)p.number - 1; history_read(&h, &p, &e); n++)
			assert_int_equal(number_of(&e), n);
		assert_int_equal(n, 400);
		history_fini(&h);
	}
}

static void edge_187_lapped(void **state)
{
	struct history_place p;
	struct history_entry e;

	(void)state;
	history_init(&h, 2048, 1);
	p = history_oldest(&h);
	assert_int_equal(history_lost(&h, &p), 0);
	assert_false(history_read(&h, &p, &e));
	for (unsigned n = 0; n < 100; n++)
		add(n, 100);
	assert_int_equal(history_lost(&h, &p), h.first - 1);
	assert_true(history_read(&h, &p, &e));
	assert_int_equal(number_of(&e), h.first - 1);
	assert_int_equal(history_lost(&h, &p), 0);
	/* a place by its number; one that is gone is lost */
	p = history_at(&h, 95);
	assert_true(history_read(&h, &p, &e));
	assert_int_equal(number_of(&e), 94);
	p = history_at(&h, 2);
	assert_false(history_read(&h, &p, &e));
	assert_int_equal(history_lost(&h, &p), h.first - 2);
	/* what is too long is left out, and nothing else */
	add(100, 590);
	assert_int_equal(h.next, 101);
	history_fini(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wraps),
		cmocka_unit_test(edge_187_lapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
