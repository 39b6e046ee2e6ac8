/* SPDX-License-Identifier: Apache-2.0 */
/* Updown jobs by a real spawner: order within a lane, and scripts that say what they need. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/spawner.h"
#include "io/updown.h"
#include "io/updown_needs.h"

static struct poller *poller;
static struct updown *updown;
static char script[100], log_file[110], done_text[2000];
static size_t left;

static void done(void *context, struct updown_job *j)
{
	size_t len = strlen(done_text);

	(void)context;
	snprintf(done_text + len, sizeof(done_text) - len, "%s=%d ", j->verb, j->status);
	updown_job_free(j);
	if (--left == 0)
		poller_stop(poller);
}

static void line(void *context, const struct updown_job *j, const char *text)
{
	(void)context;
	(void)j;
	(void)text;
}

static void submit(uint32_t lane, const char *verb, const char *value)
{
	struct updown_job *j = updown_job_new(0, 0, verb);

	assert_non_null(j);
	j->lane = lane;
	j->command = strdup(script);
	updown_job_env(j, "PLUTO_VERB", "%s", verb);
	updown_job_env(j, "LOG", "%s", log_file);
	if (value)
		updown_job_env(j, "NAME", "%s", value);
	left++;
	updown_submit(updown, j);
}

static void write_script(const char *text)
{
	FILE *f = fopen(script, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(script, 0700), 0);
	unlink(log_file);
	done_text[0] = '\0';
}

static const char *logged(void)
{
	static char text[2000];
	FILE *f = fopen(log_file, "re");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	text[n] = '\0';
	if (f)
		fclose(f);
	return text;
}

#define ASKED                                                                         \
	"#!/bin/sh\n"                                                                 \
	"if [ \"$1\" = --needs ]; then printf '%s\\n' 'needs 1' route 'up NAME=yes' " \
	"'down NAME'; echo asked >>" /* and the log's name */

static void test_needs(void **state)
{
	char text[600];

	(void)state;
	snprintf(text, sizeof(text), "%s%s; exit; fi\necho $PLUTO_VERB >>$LOG\n", ASKED, log_file);
	write_script(text);
	updown_ask_again(updown);
	left = 1; /* the loop is not left before all are asked for */
	submit(1, "prepare-client", NULL);
	submit(1, "route-client-v6", NULL);
	submit(1, "up-client", "no");
	submit(1, "up-host", "yes");
	submit(1, "down-host", NULL);
	submit(1, "down-host", "x");
	submit(1, "unroute-host", "yes");
	left--;
	poller_run(poller);
	assert_string_equal(logged(), "asked\nroute-client-v6\nup-host\ndown-host\n");
	assert_string_equal(done_text, "prepare-client=0 route-client-v6=0 up-client=0 up-host=0 "
				       "down-host=0 down-host=0 unroute-host=0 ");
}

static void test_other_scripts(void **state)
{
	static const char *const rows[] = {
		"#!/bin/sh\necho $PLUTO_VERB >>$LOG\n",
		"#!/bin/sh\n# knows no --needs\n[ -n \"$PLUTO_VERB\" ] || exit 1\necho $PLUTO_VERB >>$LOG\n",
		"#!/bin/sh\n[ \"$1\" != --needs ] || { echo needs 2; exit 0; }\necho $PLUTO_VERB >>$LOG\n",
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		write_script(rows[i]);
		updown_ask_again(updown);
		left = 1;
		submit(1, "prepare-client", NULL);
		submit(1, "up-client", NULL);
		left--;
		poller_run(poller);
		assert_string_equal(logged(), "prepare-client\nup-client\n");
	}
}

/* One lane in order, others beside it: the slow one holds nobody up. */
static void test_lanes(void **state)
{
	(void)state;
	write_script("#!/bin/sh\n[ $PLUTO_VERB != slow ] || sleep 0.3\necho $PLUTO_VERB >>$LOG\n"
		     "[ $PLUTO_VERB != bad ] || exit 7\n");
	updown_ask_again(updown);
	left = 1;
	submit(1, "slow", NULL);
	submit(1, "after", NULL);
	submit(2, "bad", NULL);
	left--;
	poller_run(poller);
	assert_string_equal(logged(), "bad\nslow\nafter\n");
	assert_string_equal(done_text, "bad=7 slow=0 after=0 ");
	/* more than the spawner takes at once */
	write_script("#!/bin/sh\nexit 0\n");
	left = 1;
	for (uint32_t i = 0; i < 300; i++)
		submit(i, "many", NULL);
	left--;
	poller_run(poller);
	assert_int_equal(updown_pending(updown), 0);
}

static void test_conditions(void **state)
{
	struct needs n = { .state = NEEDS_KNOWN };
	struct updown_job *j = updown_job_new(0, 0, "up-client");

	(void)state;
	assert_non_null(j);
	updown_job_env(j, "PLUTO_MTU", "%s", "1400");
	updown_job_env(j, "EMPTY", "%s", "");
	needs_line(&n, slice_str("needs 1"));
	needs_line(&n, slice_str("u"));
	needs_line(&n, slice_str("up-host"));
	needs_line(&n, slice_str(""));
	needs_line(&n, slice_str("up EMPTY PLUTO_MT PLUTO_MTU=140 PLUTO_METRIC"));
	assert_false(needs_run(&n, j));
	needs_line(&n, slice_str("up  OTHER  PLUTO_MTU=1400"));
	assert_true(needs_run(&n, j));
	updown_job_free(j);
}

static int start(void **state)
{
	static const struct updown_calls calls = { .done = done, .line = line };
	const char *dir = getenv("TMPDIR");
	int spawner = spawner_start();

	(void)state;
	snprintf(script, sizeof(script), "%s/updown.%d", dir ? dir : "/tmp", (int)getpid());
	snprintf(log_file, sizeof(log_file), "%s.log", script);
	poller = poller_new();
	updown = spawner >= 0 && poller ? updown_new(poller, spawner, "/bin/true", NULL, &calls)
					: NULL;
	return updown ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	updown_free(updown);
	poller_free(poller);
	unlink(script);
	unlink(log_file);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_needs),
		cmocka_unit_test(test_other_scripts),
		cmocka_unit_test(test_lanes),
		cmocka_unit_test(test_conditions),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
