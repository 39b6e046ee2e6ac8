/* SPDX-License-Identifier: Apache-2.0 */
/* Soft lifetimes: margin, fuzz, the two ends, and the bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sa/lifetime.h"

#define HOUR (3600 * USEC_PER_SEC)
#define MINUTE (60 * USEC_PER_SEC)

static uint64_t soft(uint64_t life, uint64_t margin, uint64_t fuzz, bool initiator, uint64_t random)
{
	struct conn_config config = { .rekey_margin_usec = margin, .rekey_fuzz_percent = fuzz };

	return lifetime_soft_usec(life, &config, initiator, random);
}

static void edge_117_margin(void **state)
{
	(void)state;
	for (uint64_t r = 0; r < 5000; r += 7) {
		assert_int_equal(soft(HOUR, 9 * MINUTE, 0, true, r), HOUR - 9 * MINUTE);
		assert_int_equal(soft(HOUR, 8 * MINUTE, 0, false, r), HOUR - 4 * MINUTE);
	}
}

static void edge_117_fuzz_spreads(void **state)
{
	uint64_t least = HOUR, most = 0;

	(void)state;
	for (uint64_t r = 0; r < 4096; r++) {
		uint64_t s = soft(HOUR, 10 * MINUTE, 50, true, r);

		least = s < least ? s : least;
		most = s > most ? s : most;
	}
	assert_int_equal(most, HOUR - 10 * MINUTE);
	assert_int_equal(least, HOUR - 15 * MINUTE);
}

/* With equal settings the initiator's end comes first whatever the dice. */
static void edge_117_ends_differ(void **state)
{
	(void)state;
	for (uint64_t r = 0; r < 1024; r += 11)
		for (uint64_t q = 0; q < 1024; q += 13)
			assert_true(soft(HOUR, 9 * MINUTE, 100, true, r) <=
				    soft(HOUR, 9 * MINUTE, 100, false, q));
}

static void test_bounds(void **state)
{
	(void)state;
	assert_int_equal(soft(MINUTE, HOUR, 1000, true, 1024), MINUTE / 2);
	assert_int_equal(soft(MINUTE, HOUR, 1000, false, 1024), MINUTE / 2);
	assert_int_equal(soft(MINUTE, 0, 1000, true, 1024), MINUTE);
	assert_int_equal(soft(0, 0, 100, true, 3), 0);
	assert_true(soft(30 * 24 * HOUR, 24 * HOUR, 1000, true, UINT64_MAX) >= 15 * 24 * HOUR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_117_margin),
		cmocka_unit_test(edge_117_fuzz_spreads),
		cmocka_unit_test(edge_117_ends_differ),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
