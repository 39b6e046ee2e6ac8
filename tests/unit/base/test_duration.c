/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of durations: the units, bare numbers, fractions, what is refused, and that the text of a
 * duration reads back as the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/duration.h"

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		uint64_t usec;
	} good[] = {
		{ "30", 30 * USEC_PER_SEC },
		{ "1.5h", 5400 * USEC_PER_SEC },
		{ "8h", 28800 * USEC_PER_SEC },
		{ "500ms", 500 * USEC_PER_MSEC },
		{ "2d", 172800 * USEC_PER_SEC },
		{ "10m", 600 * USEC_PER_SEC },
		{ "0", 0 },
		{ "3650d", 3650 * 86400 * USEC_PER_SEC },
	};
	static const char *const bad[] = {
		"", "h", "-1", "+1", "1x", " 1", "1 h", "1.h", ".5", "4000d", "99999999999999999999"
	};
	uint64_t usec;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(duration_parse(good[i].text, USEC_PER_SEC, &usec));
		assert_true(usec == good[i].usec);
	}
	assert_true(duration_parse("30", USEC_PER_MSEC, &usec));
	assert_true(usec == 30 * USEC_PER_MSEC);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(duration_parse(bad[i], USEC_PER_SEC, &usec));
}

static void test_format(void **state)
{
	static const uint64_t values[] = {
		0, USEC_PER_MSEC, 999999, 61 * USEC_PER_SEC, 86400 * USEC_PER_SEC, 1500001
	};
	uint64_t back;
	char buf[32];

	(void)state;
	assert_string_equal(duration_format(28800 * USEC_PER_SEC, buf, sizeof(buf)), "8h");
	assert_string_equal(duration_format(90 * USEC_PER_SEC, buf, sizeof(buf)), "90s");
	assert_string_equal(duration_format(1500 * USEC_PER_MSEC, buf, sizeof(buf)), "1.5s");
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		duration_format(values[i], buf, sizeof(buf));
		assert_true(duration_parse(buf, USEC_PER_SEC, &back));
		assert_true(back == values[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
