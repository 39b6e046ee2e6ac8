/* SPDX-License-Identifier: Apache-2.0 */
/* Kept entries as they travel. */
#include "port/keep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void test_entries_come_back_in_order(void **state)
{
	uint8_t buffer[200];
	struct writer w = writer_over(buffer, sizeof(buffer));
	struct keep_entry e;
	struct cursor c;

	(void)state;
	keep_put_header(&w, KEEP_RESET, 0, 0);
	keep_put_header(&w, KEEP_IKE, 0x1122334455667788u, 5);
	writer_put(&w, slice("hello", 5));
	keep_put_header(&w, KEEP_OURS, 7, KEEP_REMOVED);
	c = cursor_of(writer_slice(&w));
	assert_true(keep_next(&c, &e));
	assert_int_equal(e.kind, KEEP_RESET);
	assert_true(keep_next(&c, &e));
	assert_true(e.kind == KEEP_IKE && e.number == 0x1122334455667788u && !e.is_removed);
	assert_true(slice_eq(e.value, slice("hello", 5)));
	assert_true(keep_next(&c, &e));
	assert_true(e.kind == KEEP_OURS && e.number == 7 && e.is_removed && e.value.len == 0);
	assert_false(keep_next(&c, &e));
	assert_true(cursor_ok(&c));
}

static void refuse(uint8_t kind, uint32_t len, size_t room, const char *field)
{
	uint8_t buffer[64] = { 0 };
	struct writer w = writer_over(buffer, sizeof(buffer));
	struct keep_entry e;
	struct cursor c;

	keep_put_header(&w, (enum keep_kind)kind, 1, len);
	c = cursor_of(slice(buffer, room));
	assert_false(keep_next(&c, &e));
	assert_string_equal(c.error, field);
}

static void test_what_is_no_entry_is_refused(void **state)
{
	(void)state;
	refuse(KEEP_KINDS, 0, KEEP_HEADER_LEN, "kind of entry");
	refuse(KEEP_IKE, KEEP_VALUE_MAX + 1, KEEP_HEADER_LEN, "length of entry");
	refuse(KEEP_IKE, 10, KEEP_HEADER_LEN + 9, "value of entry");
	refuse(KEEP_IKE, 0, KEEP_HEADER_LEN - 1, "length of entry");
	refuse(KEEP_IKE, 0, 1, "number of entry");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries_come_back_in_order),
		cmocka_unit_test(test_what_is_no_entry_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
