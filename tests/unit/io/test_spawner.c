/* SPDX-License-Identifier: Apache-2.0 */
/* The spawner by its socket: jobs run, their ends are told, and one that is killed is replaced. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "base/writer.h"
#include "io/spawner.h"
#include "io/spawner_job.h"

static int spawner;

static void put_string(struct writer *w, const char *s)
{
	writer_u16(w, (uint16_t)(strlen(s) + 1));
	writer_put(w, slice(s, strlen(s) + 1));
}

static void send_job(uint64_t id, const char *command)
{
	uint8_t message[600];
	struct writer w = writer_over(message, sizeof(message));

	writer_u64(&w, id);
	writer_u8(&w, 1);
	put_string(&w, command);
	put_string(&w, "WHO=west");
	assert_int_equal(send(spawner, message, w.len, 0), (ssize_t)w.len);
}

struct said {
	uint64_t id;
	uint8_t kind;
	uint32_t status;
	char line[200];
};

static struct said receive(void)
{
	uint8_t packet[2000];
	ssize_t n = recv(spawner, packet, sizeof(packet), 0);
	struct said s = { 0 };
	struct cursor c;
	struct slice rest;

	assert_true(n > 0);
	c = cursor_of(slice(packet, (size_t)n));
	assert_true(cursor_u64(&c, "id", &s.id) && cursor_u8(&c, "kind", &s.kind));
	if (s.kind == SPAWNER_DONE)
		assert_true(cursor_u32(&c, "status", &s.status));
	else if (cursor_rest(&c, &rest))
		snprintf(s.line, sizeof(s.line), "%.*s", (int)rest.len, (const char *)rest.data);
	return s;
}

/* The first child of a process; 0: none. */
static pid_t child_of(pid_t pid)
{
	char path[100], text[100] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (!fgets(text, sizeof(text), f))
		text[0] = 0;
	fclose(f);
	return (pid_t)strtol(text, NULL, 10);
}

static void test_job(void **state)
{
	struct said s;

	(void)state;
	send_job(7, "printenv WHO");
	s = receive();
	assert_int_equal(s.kind, SPAWNER_LINE);
	assert_string_equal(s.line, "west");
	s = receive();
	assert_int_equal(s.id, 7);
	assert_int_equal(s.kind, SPAWNER_DONE);
	assert_int_equal(s.status, 0);
	send_job(8, "false");
	s = receive();
	assert_int_equal(s.id, 8);
	assert_int_equal(s.status, 1);
}

/* Case 168. */
static void edge_168_killed_spawner_is_replaced(void **state)
{
	pid_t keeper = child_of(getpid()), pid = child_of(keeper);
	struct said s;

	(void)state;
	if (keeper <= 0 || pid <= 0)
		skip();
	send_job(1, "sleep 30");
	usleep(100000);
	assert_int_equal(kill(pid, SIGKILL), 0);
	s = receive();
	assert_int_equal(s.kind, SPAWNER_NEW);
	send_job(2, "true");
	s = receive();
	assert_int_equal(s.id, 2);
	assert_int_equal(s.kind, SPAWNER_DONE);
	assert_int_equal(s.status, 0);
	assert_int_not_equal(child_of(keeper), pid);
}

/* The time in seconds until the job's end has come; the length of its lines, and the last of them. */
static int await_end(uint64_t id, size_t *length, char last[200])
{
	time_t begun = time(NULL);
	struct said s;

	*length = 0;
	last[0] = '\0';
	while ((s = receive()).kind != SPAWNER_DONE) {
		assert_int_equal(s.id, id);
		*length += strlen(s.line);
		memcpy(last, s.line, sizeof(s.line));
	}
	assert_int_equal(s.status, 0);
	return (int)(time(NULL) - begun);
}

/* Case 182: a script that talks without end is heard so far and no further, and ends as it ends. */
static void edge_182_output_is_capped(void **state)
{
	char last[200];
	size_t length;

	(void)state;
	send_job(3, "seq 1000000");
	(void)await_end(3, &length, last);
	assert_string_equal(last, "(further output was dropped)");
	assert_in_range(length, 40000, 65536 + sizeof(last));
}

static void write_script(char path[100], const char *text)
{
	const char *dir = getenv("TMPDIR");
	FILE *f;

	snprintf(path, 100, "%s/script.%d", dir ? dir : "/tmp", (int)getpid());
	f = fopen(path, "we");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, 0700), 0);
}

/* Case 182: what a script leaves behind holds the pipe, and nobody waits for it. */
static void edge_182_end_decides_not_the_pipe(void **state)
{
	char path[100], last[200];
	size_t length;

	(void)state;
	write_script(path, "#!/bin/sh\nsleep 9 &\necho said\n");
	send_job(4, path);
	assert_in_range(await_end(4, &length, last), 0, 5);
	assert_string_equal(last, "said");
	unlink(path);
}

/* Case 180: a script that is not there, or is none. */
static void edge_180_not_found(void **state)
{
	struct said s;

	(void)state;
	send_job(5, "/nowhere/script");
	s = receive();
	assert_int_equal(s.kind, SPAWNER_DONE);
	assert_int_not_equal(s.status, 0);
	send_job(6, "/etc/passwd");
	s = receive();
	assert_int_equal(s.kind, SPAWNER_DONE);
	assert_int_not_equal(s.status, 0);
}

/* Case 181: a script that hangs is asked to end after 10 s, and made to after 12. */
static void edge_181_hangs(void **state)
{
	uint8_t message[600];
	struct writer w = writer_over(message, sizeof(message));
	struct job j = { 0 };
	int status = 0, ended = 0;
	char path[100], said[100] = "";
	int64_t begun;
	pid_t gone = 0;

	(void)state;
	writer_u64(&w, 1);
	writer_u8(&w, 1);
	write_script(path, "#!/bin/sh\ntrap 'echo asked' TERM\nwhile :; do sleep 0.05; done\n");
	put_string(&w, path);
	put_string(&w, "WHO=west");
	assert_true(job_start(&j, message, w.len, &status));
	begun = j.started_msec;
	/* the trap stands */
	usleep(200000);
	assert_int_equal(job_clock(&j, begun), 10000);
	assert_int_equal(job_clock(&j, begun + 9999), 1);
	assert_false(j.was_told);
	assert_int_equal(job_clock(&j, begun + 10000), 2000);
	assert_true(j.was_told);
	usleep(200000);
	assert_true(read(j.pipe, said, sizeof(said) - 1) > 0);
	assert_non_null(strstr(said, "asked\n"));
	assert_int_equal(waitpid(j.pid, &ended, WNOHANG), 0);
	assert_int_equal(job_clock(&j, begun + 11999), 1);
	assert_int_equal(waitpid(j.pid, &ended, WNOHANG), 0);
	assert_true(job_clock(&j, begun + 12000) > 0);
	for (int i = 0; i < 100 && gone == 0; i++) {
		usleep(20000);
		gone = waitpid(j.pid, &ended, WNOHANG);
	}
	kill(-j.pid, SIGKILL);
	assert_int_equal(gone, j.pid);
	assert_true(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL);
	close(j.pipe);
	unlink(path);
}

static int start(void **state)
{
	struct timeval limit = { .tv_sec = 10 };

	(void)state;
	spawner = spawner_start();
	if (spawner < 0)
		return -1;
	return setsockopt(spawner, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

static int stop(void **state)
{
	(void)state;
	return close(spawner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_job),
		cmocka_unit_test(edge_180_not_found),
		cmocka_unit_test(edge_181_hangs),
		cmocka_unit_test(edge_182_output_is_capped),
		cmocka_unit_test(edge_182_end_decides_not_the_pipe),
		cmocka_unit_test(edge_168_killed_spawner_is_replaced),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
