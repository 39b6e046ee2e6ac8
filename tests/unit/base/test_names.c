/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the tables of names: the first name of a value, unknown values, and spellings that count
 * as the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/names.h"

static const struct name rows[] = {
	{ 1, "aes-gcm" },
	{ 2, "sha2_256" },
	{ 1, "gcm" },
};
static const struct names table = NAMES("cipher", rows);

static void test_names(void **state)
{
	char buf[16];
	char tiny[4];

	(void)state;
	assert_string_equal(name_find(&table, 1), "aes-gcm");
	assert_null(name_find(&table, 47));
	assert_string_equal(name_str(&table, 2, buf, sizeof(buf)), "sha2_256");
	assert_string_equal(name_str(&table, 47, buf, sizeof(buf)), "cipher 47");
	assert_string_equal(name_str(&table, 47, tiny, sizeof(tiny)), "cip");
	assert_non_null(name_str(&table, 47, NULL, 0));
}

static void test_values(void **state)
{
	uint32_t value = 0;

	(void)state;
	assert_true(name_value(&table, "AES_GCM", &value));
	assert_int_equal(value, 1);
	assert_true(name_value(&table, "sha2-256", &value));
	assert_int_equal(value, 2);
	assert_true(name_value(&table, "gcm", &value));
	assert_int_equal(value, 1);
	assert_false(name_value(&table, "aes", &value));
	assert_false(name_value(&table, "aes-gcm-16", &value));
	assert_false(name_value(&table, "", &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
