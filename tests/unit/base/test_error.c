/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the error of configuration and control: texts, code and place, words put before a text,
 * and that whatever is too long is cut and terminated.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"

static void test_set(void **state)
{
	struct error e = { 0 };
	char out[64];

	(void)state;
	assert_false(error_code(&e, 7, "no %s", "key"));
	error_place(&e, "ipsec.conf", 3, 9);
	assert_false(error_set(&e, "bad %d", 1));
	assert_string_equal(e.text, "bad 1");
	assert_int_equal(e.code, 7);
	assert_int_equal(e.line, 3);
	assert_string_equal(error_format(&e, out, sizeof(out)), "ipsec.conf:3:9: bad 1");
	error_format(&e, out, 6);
	assert_int_equal(strlen(out), 5);
}

static void test_format_parts(void **state)
{
	struct error e = { 0 };
	char out[64];

	(void)state;
	error_set(&e, "bad");
	assert_string_equal(error_format(&e, out, sizeof(out)), "bad");
	error_place(&e, "f", 0, 0);
	assert_string_equal(error_format(&e, out, sizeof(out)), "f: bad");
	error_place(&e, "f", 2, 0);
	assert_string_equal(error_format(&e, out, sizeof(out)), "f:2: bad");
}

static void test_prefix(void **state)
{
	struct error e = { 0 };

	(void)state;
	error_code(&e, 4, "no key");
	assert_false(error_prefix(&e, "connection %s: ", "west"));
	assert_string_equal(e.text, "connection west: no key");
	assert_int_equal(e.code, 4);
	error_set(&e, "again: %s", e.text);
	assert_string_equal(e.text, "again: connection west: no key");
}

static void test_no_error(void **state)
{
	(void)state;
	assert_false(error_set(NULL, "x"));
	assert_false(error_code(NULL, 1, "x"));
	assert_false(error_prefix(NULL, "x"));
	error_place(NULL, "f", 1, 1);
}

static void test_cut(void **state)
{
	struct error e = { 0 };
	char big[2000];

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	error_set(&e, "%s", big);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	error_prefix(&e, "%s", "west: ");
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	assert_memory_equal(e.text, "west: x", 7);
	error_prefix(&e, "%s", big);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	error_place(&e, big, 1, 1);
	assert_int_equal(strlen(e.file), sizeof(e.file) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),    cmocka_unit_test(test_format_parts),
		cmocka_unit_test(test_prefix), cmocka_unit_test(test_no_error),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
