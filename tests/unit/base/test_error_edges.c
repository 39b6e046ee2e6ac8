/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/error: texts are bounded, and may be built from the old text of the same error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/error.h"

static void setting(void **state)
{
	struct error e = { .code = 21, .line = 3 };

	(void)state;
	assert_false(error_set(&e, "no connection '%s'", "west"));
	assert_string_equal(e.text, "no connection 'west'");
	assert_int_equal(e.code, 21);
	assert_int_equal(e.line, 3);
	assert_false(error_code(&e, 33, "%d of %d", 1, 2));
	assert_string_equal(e.text, "1 of 2");
	assert_int_equal(e.code, 33);
	assert_int_equal(e.line, 3);
}

static void long_texts_are_cut(void **state)
{
	struct error e = { 0 };
	char big[2000];

	(void)state;
	memset(big, 'x', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	error_set(&e, "%s", big);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	error_set(&e, "short");
	error_prefix(&e, "%s", big);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	assert_int_equal(e.text[sizeof(e.text) - 2], 'x');
	error_set(&e, "%s", big);
	error_prefix(&e, "line: ");
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	assert_memory_equal(e.text, "line: xxx", 9);
	error_place(&e, big, 1, 1);
	assert_int_equal(strlen(e.file), sizeof(e.file) - 1);
}

static void prefixes(void **state)
{
	struct error e = { .code = 5 };

	(void)state;
	error_set(&e, "unknown keyword");
	assert_false(error_prefix(&e, "connection %s: ", "west"));
	assert_string_equal(e.text, "connection west: unknown keyword");
	assert_false(error_prefix(&e, "%s", ""));
	assert_string_equal(e.text, "connection west: unknown keyword");
	assert_int_equal(e.code, 5);
	e.text[0] = '\0';
	error_prefix(&e, "alone");
	assert_string_equal(e.text, "alone");
}

static void the_old_text_as_an_argument(void **state)
{
	struct error e = { 0 };

	(void)state;
	error_set(&e, "inner");
	error_set(&e, "outer (%s)", e.text);
	assert_string_equal(e.text, "outer (inner)");
	error_code(&e, 1, "%s, %s", e.text, e.text);
	assert_string_equal(e.text, "outer (inner), outer (inner)");
	error_set(&e, "x");
	error_prefix(&e, "%s%s", e.text, e.text);
	assert_string_equal(e.text, "xxx");
}

static void percent_signs_are_not_formats(void **state)
{
	struct error e = { 0 };
	char out[64];

	(void)state;
	error_set(&e, "%s", "100%n%s");
	error_prefix(&e, "%s: ", "%d");
	assert_string_equal(e.text, "%d: 100%n%s");
	assert_string_equal(error_format(&e, out, sizeof(out)), "%d: 100%n%s");
}

static void places(void **state)
{
	struct error e = { 0 };
	char out[900];

	(void)state;
	error_set(&e, "bad");
	assert_string_equal(error_format(&e, out, sizeof(out)), "bad");
	error_place(&e, "ipsec.conf", 0, 0);
	assert_string_equal(error_format(&e, out, sizeof(out)), "ipsec.conf: bad");
	error_place(&e, "ipsec.conf", 12, 0);
	assert_string_equal(error_format(&e, out, sizeof(out)), "ipsec.conf:12: bad");
	error_place(&e, "ipsec.conf", 12, 7);
	assert_string_equal(error_format(&e, out, sizeof(out)), "ipsec.conf:12:7: bad");
	assert_string_equal(e.text, "bad");
	error_place(&e, NULL, 0, 0);
	assert_string_equal(e.file, "");
	assert_string_equal(error_format(&e, out, sizeof(out)), "bad");
}

static void short_buffers(void **state)
{
	struct error e = { 0 };
	char out[9];

	(void)state;
	error_set(&e, "something is wrong");
	error_place(&e, "a.conf", 1, 0);
	memset(out, '#', sizeof(out));
	assert_string_equal(error_format(&e, out, 8), "a.conf:");
	assert_int_equal(out[8], '#');
	assert_string_equal(error_format(&e, out, 1), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setting),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(the_old_text_as_an_argument),
		cmocka_unit_test(percent_signs_are_not_formats),
		cmocka_unit_test(places),
		cmocka_unit_test(short_buffers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
