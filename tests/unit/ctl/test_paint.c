/* SPDX-License-Identifier: Apache-2.0 */
/* Units and columns as people read them: view's own, whose objects are in no archive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../../src/whack/view/paint.c"

static void bytes(void **state)
{
	static const struct {
		uint64_t n;
		const char *text;
	} rows[] = { { 0, "0" },           { 1023, "1023" },    { 1024, "1.0K" },
		     { 1536, "1.5K" },     { 10239, "9.9K" },   { 10240, "10K" },
		     { 1048575, "1023K" }, { 1048576, "1.0M" }, { UINT64_MAX, "15E" } };
	char out[PAINT_UNIT_LEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(paint_bytes(rows[i].n, out), rows[i].text);
}

static void ages(void **state)
{
	static const struct {
		uint64_t n;
		const char *text;
	} rows[] = { { 0, "0s" },    { 59, "59s" },    { 60, "1m" },    { 3599, "59m" },
		     { 3600, "1h" }, { 86399, "23h" }, { 86400, "1d" }, { 8640000, "100d" } };
	char out[PAINT_UNIT_LEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(paint_age(rows[i].n, out), rows[i].text);
}

static void columns(void **state)
{
	(void)state;
	assert_int_equal(paint_columns("10.1.0.0/24 \xe2\x9f\xb7 10.2.0.0/24"), 25);
	assert_int_equal(cut("a\xe2\x9f\xb7"
			     "b",
			     2),
			 4);
	assert_int_equal(cut("abc", 9), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes),
		cmocka_unit_test(ages),
		cmocka_unit_test(columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
