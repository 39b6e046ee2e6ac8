/* SPDX-License-Identifier: Apache-2.0 */
/* The sealed file of what outlives the process: what was appended comes back, nothing else does. */
#include "io/state_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "crypto/algs.h"
#include "io/state_key.h"
#include "port/keep.h"

static char dir[] = "/tmp/test_state.XXXXXX";
static char path[64];

static struct state_file *opened(void)
{
	struct error e = { 0 }, warning = { 0 };
	struct state_file *f = state_file_open(dir, &warning, &e);

	if (!f)
		fail_msg("%s", e.text);
	return f;
}

static struct slice entry(uint8_t kind, const char *text)
{
	static uint8_t buffer[4096];
	struct writer w = writer_over(buffer, sizeof(buffer));

	keep_put_header(&w, (enum keep_kind)kind, 1, (uint32_t)strlen(text));
	writer_put(&w, slice_str(text));
	return writer_slice(&w);
}

static void keep(struct state_file *f, uint8_t kind, const char *text)
{
	struct error e = { 0 };

	assert_true(state_file_keep(f, entry(kind, text), &e));
}

/* What the next run reads, or why it does not. */
static void expect(const char *want, const char *why)
{
	struct state_file *f = opened();
	struct secret got;
	struct error e = { 0 };
	bool ok = state_file_load(f, &got, &e);

	if (!why && !ok)
		fail_msg("%s", e.text);
	if (why) {
		assert_false(ok);
		if (!strstr(e.text, why))
			fail_msg("%s", e.text);
		assert_int_equal(got.len, 0);
	} else {
		assert_int_equal(got.len, strlen(want) ? 2 * KEEP_HEADER_LEN + strlen(want) : 0);
		if (got.len)
			assert_memory_equal(got.data + 2 * KEEP_HEADER_LEN, want, strlen(want));
	}
	secret_free(&got);
	state_file_close(f);
}

static void write_two(void)
{
	struct state_file *f = opened();

	keep(f, KEEP_RESET, "");
	keep(f, KEEP_IKE, "an IKE SA");
	state_file_close(f);
}

static long size_of_file(void)
{
	struct stat st;

	return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

static void test_what_was_kept_comes_back(void **state)
{
	struct stat st;

	(void)state;
	expect("", NULL); /* there is none yet */
	write_two();
	expect("an IKE SA", NULL);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_nothing_can_be_read_in_it(void **state)
{
	char buffer[1024];
	FILE *f = fopen(path, "r");
	size_t n = fread(buffer, 1, sizeof(buffer), f);

	(void)state;
	fclose(f);
	assert_true(n > 0);
	assert_null(memmem(buffer, n, "an IKE SA", 9));
}

static void test_a_cut_record_is_left_out(void **state)
{
	(void)state;
	write_two();
	assert_int_equal(truncate(path, size_of_file() - 1), 0);
	/* the first record alone: the reset */
	{
		struct state_file *f = opened();
		struct secret got;
		struct error e = { 0 };

		assert_true(state_file_load(f, &got, &e));
		assert_int_equal(got.len, KEEP_HEADER_LEN);
		secret_free(&got);
		state_file_close(f);
	}
}

static void change(long at)
{
	FILE *f = fopen(path, "r+");
	int c;

	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	c = fgetc(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	fputc(c ^ 0x20, f);
	fclose(f);
}

static void test_a_changed_file_is_refused(void **state)
{
	(void)state;
	write_two();
	change(size_of_file() - 1);
	expect("", "was changed");
	write_two();
	change(0);
	expect("", "no state file");
	write_two();
	change(11); /* version */
	expect("", "of format");
	write_two();
	change(12); /* boot ID */
	expect("", "started anew");
	write_two();
	change(30); /* salt */
	expect("", "was changed");
}

static void test_records_of_another_run_or_order_are_refused(void **state)
{
	uint8_t data[1024], master[STATE_KEY_LEN] = { 1 }, boot[STATE_BOOT_ID_LEN];
	struct secret got;
	struct error e = { 0 };
	size_t n;
	FILE *f;

	(void)state;
	write_two();
	f = fopen(path, "r");
	n = fread(data, 1, sizeof(data), f);
	fclose(f);
	memcpy(boot, data + 12, sizeof(boot));
	assert_false(state_records(data, n, master, boot, &got, &e));
	assert_non_null(strstr(e.text, "was changed"));
}

static void test_others_must_not_have_touched_it(void **state)
{
	(void)state;
	write_two();
	assert_int_equal(chmod(path, 0644), 0);
	expect("", "others may");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	expect("", "cannot open");
	assert_int_equal(unlink(path), 0);
}

static void test_without_a_reset_nothing_is_kept(void **state)
{
	struct state_file *f = opened();

	(void)state;
	keep(f, KEEP_IKE, "an IKE SA");
	assert_true(state_file_is_void(f));
	assert_int_equal(size_of_file(), -1);
	state_file_close(f);
}

static void test_void_is_void_until_the_next_reset(void **state)
{
	struct state_file *f = opened();
	struct error e = { 0 };

	(void)state;
	keep(f, KEEP_RESET, "");
	keep(f, KEEP_IKE, "old");
	assert_true(state_file_keep(f, SLICE_EMPTY, &e));
	assert_int_equal(size_of_file(), -1);
	keep(f, KEEP_IKE, "lost");
	assert_int_equal(size_of_file(), -1);
	keep(f, KEEP_RESET, "");
	keep(f, KEEP_IKE, "new");
	state_file_close(f);
	expect("new", NULL);
}

/* A record that cannot be written takes all before it away. */
static void test_a_failed_write_voids_the_file(void **state)
{
	struct state_file *f = opened();
	struct error e = { 0 };
	char away[80];

	(void)state;
	keep(f, KEEP_RESET, "");
	snprintf(away, sizeof(away), "%s.new", path);
	assert_int_equal(mkdir(away, 0700), 0);
	assert_false(state_file_keep(f, entry(KEEP_RESET, ""), &e));
	assert_non_null(strstr(e.text, "cannot write"));
	assert_int_equal(size_of_file(), -1);
	assert_true(state_file_is_void(f));
	assert_int_equal(rmdir(away), 0);
	state_file_close(f);
}

static void test_it_begins_anew_when_it_is_long(void **state)
{
	struct state_file *f = opened();
	char text[4000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	keep(f, KEEP_RESET, "");
	for (int i = 0; i < 1200 && !state_file_is_long(f); i++)
		keep(f, KEEP_IKE, text);
	assert_true(state_file_is_long(f));
	keep(f, KEEP_RESET, "");
	assert_false(state_file_is_long(f));
	assert_true(size_of_file() < 200);
	state_file_remove(f);
	assert_int_equal(size_of_file(), -1);
	state_file_close(f);
}

static int set_up(void **state)
{
	struct error e = { 0 };

	(void)state;
	if (!crypto_self_test(&e) || !mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/state", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	state_key_forget(dir);
	unlink(path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_kept_comes_back),
		cmocka_unit_test(test_nothing_can_be_read_in_it),
		cmocka_unit_test(test_a_cut_record_is_left_out),
		cmocka_unit_test(test_a_changed_file_is_refused),
		cmocka_unit_test(test_records_of_another_run_or_order_are_refused),
		cmocka_unit_test(test_others_must_not_have_touched_it),
		cmocka_unit_test(test_without_a_reset_nothing_is_kept),
		cmocka_unit_test(test_void_is_void_until_the_next_reset),
		cmocka_unit_test(test_a_failed_write_voids_the_file),
		cmocka_unit_test(test_it_begins_anew_when_it_is_long),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
