/* SPDX-License-Identifier: Apache-2.0 */
/* The log file: one line a call whatever is in it, and never a line that is cut by its content. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/log.h"

static char path[] = "/tmp/test_log.XXXXXX";
static char content[20000];

static const char *read_log(void)
{
	FILE *f = fopen(path, "re");
	size_t n;

	assert_non_null(f);
	n = fread(content, 1, sizeof(content) - 1, f);
	content[n] = 0;
	fclose(f);
	return content;
}

static void open_log(bool truncate)
{
	struct log_settings s = { .where = LOG_TO_FILE, .file = path, .truncate = truncate };
	struct error e = { 0 };

	assert_true(log_open(&s, &e));
}

static void test_one_line_each(void **state)
{
	(void)state;
	open_log(true);
	log_line(LOG_LEVEL_INFO, "first");
	log_line(LOG_LEVEL_INFO, "two\nlines \x1b[31m and \x7f");
	log_close();
	assert_string_equal(read_log(), "first\ntwo?lines ?[31m and ?\n");
}

static void test_appends(void **state)
{
	(void)state;
	open_log(true);
	log_line(LOG_LEVEL_INFO, "a");
	log_close();
	open_log(false);
	log_printf(LOG_LEVEL_INFO, "%s%d", "b", 1);
	log_close();
	assert_string_equal(read_log(), "a\nb1\n");
}

static void test_long_line(void **state)
{
	char line[9000];
	const char *text;

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = 0;
	open_log(true);
	log_line(LOG_LEVEL_INFO, line);
	log_line(LOG_LEVEL_INFO, "next");
	log_close();
	text = read_log();
	assert_true(strcspn(text, "\n") < 4097);
	assert_string_equal(strchr(text, '\n') + 1, "next\n");
}

static void test_missing_directory(void **state)
{
	struct log_settings s = { .where = LOG_TO_FILE, .file = "/nowhere/at/all.log" };
	struct error e = { 0 };

	(void)state;
	assert_false(log_open(&s, &e));
	assert_non_null(strstr(e.text, "/nowhere/at/all.log"));
}

/* Case 193: what cannot be written is counted, and the count is written when it can be. */
static void edge_193_full_disk(void **state)
{
	struct log_settings s = { .where = LOG_TO_FILE, .file = "/dev/full" };
	struct error e = { 0 };

	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	assert_true(log_open(&s, &e));
	log_line(LOG_LEVEL_INFO, "lost");
	log_line(LOG_LEVEL_INFO, "lost too");
	log_close();
	open_log(true);
	log_line(LOG_LEVEL_INFO, "here");
	log_close();
	assert_string_equal(read_log(), "2 log lines were lost\nhere\n");
}

static int make(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int drop(void **state)
{
	(void)state;
	return unlink(path);
}

static void test_json(void **state)
{
	struct log_settings s = {
		.where = LOG_TO_FILE, .file = path, .truncate = true, .json = true
	};
	struct error e = { 0 };
	char longest[8000];
	const char *line;

	(void)state;
	assert_true(log_open(&s, &e));
	log_about(LOG_LEVEL_WARNING, "we\"st", 12, "a \\ \x1b[2J\nb \xff\"");
	memset(longest, '\xfe', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = 0;
	log_line(LOG_LEVEL_INFO, longest);
	log_close();
	line = read_log();
	assert_memory_equal(line, "{\"time\":\"", 9);
	assert_string_equal(strstr(line, ",\"level\"") ? "" : line, "");
	assert_non_null(strstr(line, "Z\",\"level\":\"warning\",\"connection\":\"we\\\"st\","
				     "\"serial\":12,\"text\":\"a \\\\ \\u001b[2J\\u000ab "
				     "\\u00ff\\\"\"}\n{"));
	/* what is cut is still an object */
	assert_string_equal(line + strlen(line) - strlen("\\u00fe\"}\n"), "\\u00fe\"}\n");
}

static volatile sig_atomic_t has_waited;

static void waited(int sig)
{
	(void)sig;
	has_waited = 1;
}

/* Case 193: a logger that does not read, and one that is gone, cost lines and nothing else. */
static void edge_193_syslog(void **state)
{
	struct itimerval every_5_s = { { 5, 0 }, { 5, 0 } }, never = { 0 };
	struct sigaction a = { .sa_handler = waited };
	char socket_path[] = "/tmp/edge_193_syslog.XXXXXX", got[5000];
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct log_settings s = { .where = LOG_TO_SYSLOG, .file = socket_path };
	struct error e = { 0 };
	unsigned sent = 3000, read = 0;
	bool told = false;
	int fd;

	(void)state;
	close(mkstemp(socket_path));
	unlink(socket_path);
	memcpy(address.sun_path, socket_path, sizeof(socket_path));
	assert_true(log_open(&s, &e));
	log_line(LOG_LEVEL_INFO, "to nobody");
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	sigaction(SIGALRM, &a, NULL);
	setitimer(ITIMER_REAL, &every_5_s, NULL); /* ends a call that waits */
	for (unsigned i = 0; i < sent && !has_waited; i++)
		log_line(LOG_LEVEL_INFO, "to one that does not read");
	assert_false(has_waited);
	while (recv(fd, got, sizeof(got), 0) > 0)
		read++;
	assert_true(read > 0 && read < sent);
	log_line(LOG_LEVEL_WARNING, "again");
	memset(got, 0, sizeof(got));
	assert_true(recv(fd, got, sizeof(got) - 1, 0) > 0);
	assert_memory_equal(got, "<84>", 4);
	told = strstr(got, "log lines were lost") != NULL;
	assert_true(told);
	memset(got, 0, sizeof(got));
	assert_true(recv(fd, got, sizeof(got) - 1, 0) > 0);
	assert_non_null(strstr(got, "again"));
	setitimer(ITIMER_REAL, &never, NULL);
	log_close();
	close(fd);
	unlink(socket_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),          cmocka_unit_test(edge_193_syslog),
		cmocka_unit_test(test_one_line_each), cmocka_unit_test(test_appends),
		cmocka_unit_test(test_long_line),     cmocka_unit_test(test_missing_directory),
		cmocka_unit_test(edge_193_full_disk),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
