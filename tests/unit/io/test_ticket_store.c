/* SPDX-License-Identifier: Apache-2.0 */
/* The file of ticket keys: read back as it was written, never by others' leave. */
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

#include "io/ticket_store.h"

static char dir[64], file[96];

static int make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "%s/tickets.XXXXXX", getenv("TMPDIR") ? "." : "/tmp");
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/tickets", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(file);
	return rmdir(dir);
}

static void expect(const char *want)
{
	struct error e = { 0 };
	struct secret got;

	assert_true(ticket_store_read(dir, &got, &e));
	assert_true(slice_eq(secret_slice(&got), slice_str(want)));
	secret_free(&got);
}

static void put(const char *text, bool is_whole)
{
	struct error e = { 0 };

	assert_true(ticket_store_write(dir, slice_str(text), is_whole, &e));
}

static void written_is_read(void **state)
{
	struct stat st;

	(void)state;
	expect("");
	put("lost: there is no key yet", false);
	expect("");
	put("one", true);
	put(" two", false);
	put(" three", false);
	expect("one two three");
	put("four", true);
	expect("four");
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void others_could_have_read_it(void **state)
{
	(void)state;
	put("one", true);
	assert_int_equal(chmod(file, 0640), 0);
	expect("");
	put("two", true);
	expect("two");
}

static void not_a_file(void **state)
{
	struct error e = { 0 };
	struct secret got;

	(void)state;
	unlink(file);
	assert_int_equal(symlink("/etc/hostname", file), 0);
	assert_false(ticket_store_read(dir, &got, &e));
	assert_non_null(strstr(e.text, "tickets"));
	assert_null(got.data);
	assert_false(ticket_store_write(dir, slice_str("x"), false, &e));
	put("whole", true);
	expect("whole");
	assert_false(ticket_store_write("/nonexistent/dir", slice_str("x"), true, &e));
	assert_false(ticket_store_read("/nonexistent/dir", &got, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(written_is_read, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(others_could_have_read_it, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(not_a_file, make_dir, remove_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
