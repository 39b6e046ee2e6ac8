/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/names: from values to names and back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/names.h"

static const struct name rows[] = {
	{ 0, "NONE" },      { 33, "SA" },           { 33, "security-association" },
	{ 41, "N_Notify" }, { UINT32_MAX, "last" },
};
static const struct names table = NAMES("payload", rows);
static const struct names empty = { .kind = "thing" };

static void values_to_names(void **state)
{
	(void)state;
	assert_string_equal(name_find(&table, 0), "NONE");
	assert_string_equal(name_find(&table, 33), "SA");
	assert_string_equal(name_find(&table, UINT32_MAX), "last");
	assert_null(name_find(&table, 1));
	assert_null(name_find(&empty, 0));
}

static void unknown_values_are_numbered(void **state)
{
	char buf[32];

	(void)state;
	assert_string_equal(name_str(&table, 33, buf, sizeof(buf)), "SA");
	assert_string_equal(name_str(&table, 47, buf, sizeof(buf)), "payload 47");
	assert_string_equal(name_str(&empty, UINT32_MAX, buf, sizeof(buf)), "thing 4294967295");
	assert_string_equal(name_str(&table, 47, buf, 9), "payload ");
	assert_string_equal(name_str(&table, 47, buf, 1), "");
	assert_non_null(name_str(&table, 47, buf, 0));
	assert_string_equal(name_str(&table, 33, buf, 0), "SA");
}

static void names_to_values(void **state)
{
	uint32_t value = 99;

	(void)state;
	assert_true(name_value(&table, "SA", &value));
	assert_int_equal(value, 33);
	assert_true(name_value(&table, "security-association", &value));
	assert_true(name_value(&table, "SECURITY_Association", &value));
	assert_int_equal(value, 33);
	assert_true(name_value(&table, "n-notify", &value));
	assert_int_equal(value, 41);
	assert_true(name_value(&table, "LAST", &value));
	assert_true(value == UINT32_MAX);
	assert_true(name_value(&table, "none", &value));
	assert_int_equal(value, 0);
}

static void what_is_no_name(void **state)
{
	static const char *const bad[] = { "",
					   "S",
					   "SAA",
					   " SA",
					   "SA ",
					   "security association",
					   "securityassociation",
					   "33",
					   "n--notify",
					   "@A" };
	uint32_t value = 99;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(name_value(&table, bad[i], &value));
	assert_false(name_value(&empty, "SA", &value));
	assert_int_equal(value, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_to_names),
		cmocka_unit_test(unknown_values_are_numbered),
		cmocka_unit_test(names_to_values),
		cmocka_unit_test(what_is_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
