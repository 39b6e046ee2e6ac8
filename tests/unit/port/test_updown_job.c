/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of what goes into a script's environment, whatever a peer calls itself (case 183). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "port/updown_job.h"

static bool put(struct updown_job *j, const char *value)
{
	return updown_job_env(j, "PLUTO_PEER_ID", "%s", value);
}

/* No shell ever sees it: what a shell would act upon is text as any other. */
static void edge_183_words_of_a_shell(void **state)
{
	static const char *const rows[] = { "",       "@gw", "$(id)",     "`id`",
					    "a'b\"c", "A=B", "; rm -r /", "C=DE, O=x y, CN=*" };
	struct updown_job *j = updown_job_new(1, 2, "up-client");

	(void)state;
	assert_non_null(j);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_true(put(j, rows[i]));
		assert_int_equal(strncmp(j->env[i], "PLUTO_PEER_ID=", 14), 0);
		assert_string_equal(j->env[i] + 14, rows[i]);
	}
	assert_int_equal(j->env_count, ARRAY_LEN(rows));
	updown_job_free(j);
}

static void edge_183_left_out(void **state)
{
	static const char *const rows[] = { "a\nPATH=/evil",      "a\tb", "\x1b[2J", "\xff\xfe",
					    "gr\xc3\xbc\xc3\x9f", "\x7f" };
	struct updown_job *j = updown_job_new(1, 2, "up-client");
	char long_value[4097];

	(void)state;
	assert_non_null(j);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_false(put(j, rows[i]));
	memset(long_value, 'a', sizeof(long_value) - 1);
	long_value[4096] = '\0';
	assert_false(put(j, long_value));
	long_value[257] = '\0';
	assert_false(put(j, long_value));
	long_value[256] = '\0';
	assert_true(put(j, long_value));
	assert_int_equal(j->env_count, 1);
	updown_job_free(j);
}

static void no_more_than_fit(void **state)
{
	struct updown_job *j = updown_job_new(1, 2, "up-client");

	(void)state;
	assert_non_null(j);
	for (int i = 0; i < UPDOWN_ENV_MAX; i++)
		assert_true(put(j, "x"));
	assert_false(put(j, "x"));
	updown_job_free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_183_words_of_a_shell),
		cmocka_unit_test(edge_183_left_out),
		cmocka_unit_test(no_more_than_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
