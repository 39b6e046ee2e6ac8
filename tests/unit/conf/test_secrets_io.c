/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secrets_load on real files in a folder of its own: includes and their depth, rights, what is
 * missing, and that a bad file leaves the store as it was.
 */
#include "conf/secrets.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

struct folder {
	char path[64];
	char main_file[96];
	struct keystore *keystore;
	unsigned warnings;
	char warning[512];
	struct error e;
};

static void note(void *context, const char *text)
{
	struct folder *f = context;

	f->warnings++;
	text_copy(f->warning, sizeof(f->warning), text);
}

static void put(const struct folder *f, const char *name, const char *text, mode_t mode)
{
	char path[160];
	struct text t = TEXT_OVER(path);
	FILE *file;

	text_add(&t, "%s/%s", f->path, name);
	unlink(path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static bool load(struct folder *f)
{
	f->warnings = 0;
	f->e = (struct error){ 0 };
	return secrets_load(f->keystore, f->main_file, note, f, &f->e);
}

static int set_up(void **state)
{
	struct folder *f = calloc(1, sizeof(*f));
	const char *base = getenv("TMPDIR");
	struct text t;

	if (!f)
		return -1;
	t = TEXT_OVER(f->path);
	text_add(&t, "%s/secrets.XXXXXX", base ? base : "/tmp");
	if (t.cut || !mkdtemp(f->path))
		return -1;
	t = TEXT_OVER(f->main_file);
	text_add(&t, "%s/main", f->path);
	f->keystore = keystore_new();
	*state = f;
	return f->keystore ? 0 : -1;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "main", "a.secrets", "b.secrets", "loop", "fifo" };
	struct folder *f = *state;
	char path[160];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct text t = TEXT_OVER(path);

		text_add(&t, "%s/%s", f->path, names[i]);
		unlink(path);
	}
	rmdir(f->path);
	keystore_free(f->keystore);
	free(f);
	return 0;
}

static void test_includes(void **state)
{
	struct folder *f = *state;

	put(f, "main", ": PSK one\ninclude *.secrets\n", 0600);
	put(f, "a.secrets", "@a : PSK two\n", 0600);
	put(f, "b.secrets", "@b : PSK three\n", 0600);
	if (!load(f))
		fail_msg("%s", f->e.text);
	assert_int_equal(keystore_psk_count(f->keystore), 3);
	assert_int_equal(f->warnings, 0);
}

static void edge_192_bad_file_changes_nothing(void **state)
{
	struct folder *f = *state;

	put(f, "main", ": PSK one\n@a : PSK two\n", 0600);
	assert_true(load(f));
	put(f, "main", ": PSK one\ninclude a.secrets\n", 0600);
	put(f, "a.secrets", "@a : PSK two\n@b : PSK \"three\n", 0600);
	assert_false(load(f));
	assert_int_equal(keystore_psk_count(f->keystore), 2);
	assert_int_equal(f->e.line, 2);
	assert_non_null(strstr(f->e.file, "/a.secrets"));
	put(f, "main", "@c : PSK four\n", 0600);
	assert_true(load(f));
	assert_int_equal(keystore_psk_count(f->keystore), 1);
}

static void test_missing(void **state)
{
	struct folder *f = *state;

	put(f, "main", ": PSK one\ninclude none.*\n", 0600);
	assert_true(load(f));
	assert_int_equal(f->warnings, 1);
	assert_int_equal(keystore_psk_count(f->keystore), 1);
	unlink(f->main_file);
	assert_true(load(f));
	assert_int_equal(f->warnings, 1);
	assert_non_null(strstr(f->warning, "not there"));
	assert_int_equal(keystore_psk_count(f->keystore), 0);
}

static void edge_192_rights(void **state)
{
	struct folder *f = *state;

	put(f, "main", ": PSK one\n", 0644);
	assert_true(load(f));
	assert_int_equal(f->warnings, 1);
	assert_non_null(strstr(f->warning, "chmod 600"));
}

static void test_depth(void **state)
{
	struct folder *f = *state;

	put(f, "main", "include loop\n", 0600);
	put(f, "loop", ": PSK one\ninclude loop\n", 0600);
	assert_false(load(f));
	assert_non_null(strstr(f->e.text, "10 deep"));
	assert_int_equal(f->e.line, 2);
	assert_int_equal(keystore_psk_count(f->keystore), 0);
}

static void test_not_a_file(void **state)
{
	struct folder *f = *state;
	char path[160];
	struct text t = TEXT_OVER(path);

	text_add(&t, "%s/fifo", f->path);
	assert_int_equal(mkfifo(path, 0600), 0);
	put(f, "main", "include fifo\n", 0600);
	assert_false(load(f));
	assert_non_null(strstr(f->e.text, "no regular file"));
	assert_int_equal(f->e.line, 1);
	put(f, "main", "include .\n", 0600);
	assert_false(load(f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_includes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edge_192_bad_file_changes_nothing, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_missing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edge_192_rights, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_depth, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_a_file, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
