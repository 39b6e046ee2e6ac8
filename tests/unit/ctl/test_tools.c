/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs that need neither root nor a daemon, as an admin runs them: each script of tests/tools
 * is a test. It gets the folder of the built programs, and a folder of its own to work in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* This program is BUILD/tests/unit/ctl/test_tools. */
static char build[PATH_MAX];

static void find_build(void)
{
	ssize_t len = readlink("/proc/self/exe", build, sizeof(build) - 1);

	assert_true(len > 0);
	build[len] = '\0';
	for (int up = 0; up < 4; up++)
		*strrchr(build, '/') = '\0';
}

static void run_script(void **state)
{
	const char *script = *state;
	char command[2 * PATH_MAX + 64];

	snprintf(command, sizeof(command), "sh '%s' '%s'", script, build);
	if (system(command) != 0)
		fail_msg("%s failed: what it said stands above", script);
}

int main(void)
{
	struct CMUnitTest *tests;
	glob_t found;
	int failed;

	find_build();
	if (glob("tests/tools/test_*.sh", 0, NULL, &found) != 0) {
		fputs("no scripts in tests/tools\n", stderr);
		return 1;
	}
	tests = calloc(found.gl_pathc, sizeof(*tests));
	if (!tests)
		return 1;
	for (size_t i = 0; i < found.gl_pathc; i++)
		tests[i] = (struct CMUnitTest){ .name = found.gl_pathv[i],
						.test_func = run_script,
						.initial_state = found.gl_pathv[i] };
	failed = _cmocka_run_group_tests("tools", tests, found.gl_pathc, NULL, NULL);
	free(tests);
	globfree(&found);
	return failed;
}
