/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/duration: time spans as admins write them, and as they are shown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/duration.h"
#include "prng.h"

#define HOUR (3600 * USEC_PER_SEC)
#define DAY (24 * HOUR)

static void parsing(void **state)
{
	static const struct {
		const char *text;
		uint64_t usec;
	} rows[] = {
		{ "0", 0 },
		{ "30", 30 * USEC_PER_SEC },
		{ "1.5h", 90 * 60 * USEC_PER_SEC },
		{ "8h", 8 * HOUR },
		{ "500ms", 500 * USEC_PER_MSEC },
		{ "2d", 2 * DAY },
		{ "10m", 600 * USEC_PER_SEC },
		{ "90s", 90 * USEC_PER_SEC },
		{ "0.25s", 250 * USEC_PER_MSEC },
		{ "1.000001s", USEC_PER_SEC + 1 },
		{ "0.5ms", 500 },
		{ "1.5", 1500 * USEC_PER_MSEC },
		{ "007s", 7 * USEC_PER_SEC },
		{ "3650d", 3650 * DAY },
		{ "0.1h", 360 * USEC_PER_SEC },
		{ "0.0000000000000000000000000001s", 0 },
	};
	uint64_t out;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_true(duration_parse(rows[i].text, USEC_PER_SEC, &out));
		assert_true(out == rows[i].usec);
	}
}

static void the_default_unit(void **state)
{
	uint64_t out;

	(void)state;
	assert_true(duration_parse("500", USEC_PER_MSEC, &out));
	assert_true(out == 500 * USEC_PER_MSEC);
	assert_true(duration_parse("0.5", USEC_PER_MSEC, &out));
	assert_true(out == 500);
	/* a unit that is written wins */
	assert_true(duration_parse("5s", USEC_PER_MSEC, &out));
	assert_true(out == 5 * USEC_PER_SEC);
}

static void what_is_no_duration(void **state)
{
	static const char *const bad[] = {
		"",     " ",   "h",     "1 h",  " 1h",   "1h ", "-1h",    "+1h",
		"1x",   "1hh", "1h30m", "1.",   "1.h",   ".5h", "1.5.5h", "1,5h",
		"0x10", "1e3", "1sec",  "1mss", "never", "1\n", "--",
	};
	uint64_t out;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(duration_parse(bad[i], USEC_PER_SEC, &out));
}

static void too_long(void **state)
{
	static const char *const bad[] = {
		"4000d",
		"100000h",
		"18446744073709551615",
		"18446744073709551616",
		"18446744073709551615d",
		"99999999999999999999999999999999999999d",
		"213503982335d",
		"5124095576h",
		"18446744073710s",
		"213503982.9d",
	};
	uint64_t out;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(duration_parse(bad[i], USEC_PER_SEC, &out));
		assert_false(duration_parse(bad[i], DAY, &out));
	}
}

static void formatting(void **state)
{
	static const struct {
		uint64_t usec;
		const char *text;
	} rows[] = {
		{ 0, "0s" },
		{ 8 * HOUR, "8h" },
		{ 90 * USEC_PER_SEC, "90s" },
		{ 1500 * USEC_PER_MSEC, "1.5s" },
		{ 10 * 60 * USEC_PER_SEC, "10m" },
		{ 30 * USEC_PER_SEC, "30s" },
		{ 500 * USEC_PER_MSEC, "500ms" },
		{ USEC_PER_SEC + 1, "1.000001s" },
		{ 2 * DAY, "2d" },
	};
	char buf[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(duration_format(rows[i].usec, buf, sizeof(buf)), rows[i].text);
}

static void every_text_fits(void **state)
{
	char buf[33];

	(void)state;
	for (unsigned int bit = 0; bit < 64; bit++) {
		for (uint64_t off = 0; off < 3; off++) {
			memset(buf, '#', sizeof(buf));
			duration_format(((uint64_t)1 << bit) - 1 + off, buf, 32);
			assert_in_range(strlen(buf), 2, 31);
			assert_int_equal(buf[32], '#');
		}
	}
	duration_format(UINT64_MAX - 1, buf, 32);
	assert_in_range(strlen(buf), 2, 30);
	/* no end is not a number of seconds */
	assert_null(strpbrk(duration_format(USEC_NEVER, buf, 32), "0123456789"));
	memset(buf, '#', sizeof(buf));
	duration_format(8 * HOUR + 1, buf, 4);
	assert_int_equal(strlen(buf), 3);
	assert_int_equal(buf[4], '#');
}

static void round_trips(void **state)
{
	static const uint64_t grains[] = { 1,    10, USEC_PER_MSEC, USEC_PER_SEC, 60 * USEC_PER_SEC,
					   HOUR, DAY };
	uint64_t seed = 41;
	char buf[32];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint64_t grain = grains[prng_below(&seed, ARRAY_LEN(grains))];
		uint64_t most = 3650 * DAY / grain;
		uint64_t usec = grain * prng_below(&seed, i % 2 ? most : most < 5000 ? most : 5000);
		uint64_t back;

		assert_true(duration_parse(duration_format(usec, buf, sizeof(buf)), DAY, &back));
		assert_true(usec == back);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parsing),
		cmocka_unit_test(the_default_unit),
		cmocka_unit_test(what_is_no_duration),
		cmocka_unit_test(too_long),
		cmocka_unit_test(formatting),
		cmocka_unit_test(every_text_fits),
		cmocka_unit_test(round_trips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
