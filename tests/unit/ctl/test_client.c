/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client against a pluto of one thread that sends given bytes: replies in one piece and octet
 * by octet, silence, broken frames, and streams that stop without an end record.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ctl/client.h"
#include "ctl/records.h"

static char dir[64], path[96];
static struct ctl_client c;

struct server {
	int fd;
	pthread_t thread;
	struct slice reply;
	size_t piece;
	bool stay; /* keep the connection open until the client closes */
};

static void *serve(void *arg)
{
	struct server *s = arg;
	uint8_t buf[4096];
	int fd = accept(s->fd, NULL, NULL);

	if (fd < 0 || recv(fd, buf, sizeof(buf), 0) <= 0)
		abort();
	for (size_t at = 0; at < s->reply.len; at += s->piece) {
		size_t left = s->reply.len - at;

		if (send(fd, s->reply.data + at, left < s->piece ? left : s->piece, MSG_NOSIGNAL) <
		    0)
			break;
	}
	if (s->stay)
		while (recv(fd, buf, sizeof(buf), 0) > 0)
			;
	close(fd);
	return NULL;
}

static int listener(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	unlink(path);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 4), 0);
	return fd;
}

static void ask(struct server *s, struct error *e)
{
	uint8_t buf[64];
	struct ctl_builder b = ctl_request(buf, sizeof(buf), 1, 7);
	struct slice frame;

	*e = (struct error){ 0 };
	s->fd = listener();
	if (s->piece == 0)
		s->piece = SIZE_MAX / 2;
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
	assert_true(ctl_finish(&b, &frame));
	assert_true(ctl_client_open(&c, path, e));
	assert_true(ctl_client_send(&c, frame, e));
}

static void stop(struct server *s)
{
	ctl_client_close(&c);
	pthread_join(s->thread, NULL);
	close(s->fd);
}

static struct slice two_records(uint8_t *buf, size_t size)
{
	struct slice log = ctl_log(buf, size, 1, 2, "hello");
	struct slice end;

	log.len += ctl_log(buf + log.len, size - log.len, 1, 2, "there").len;
	end = ctl_end(buf + log.len, size - log.len, 1, RC_FATAL);
	return slice(buf, log.len + end.len);
}

static void read_all(size_t piece)
{
	uint8_t buf[512];
	struct server s = { .reply = two_records(buf, sizeof(buf)), .piece = piece };
	struct ctl_message m;
	struct error e;
	char text[16];

	ask(&s, &e);
	assert_true(ctl_client_read(&c, &m, &e));
	assert_string_equal(record_text(&m, LOG_TEXT, text, sizeof(text)), "hello");
	assert_true(ctl_client_read(&c, &m, &e));
	assert_string_equal(record_text(&m, LOG_TEXT, text, sizeof(text)), "there");
	assert_true(ctl_client_read(&c, &m, &e));
	assert_int_equal(m.type, CTL_END);
	assert_int_equal(m.what, RC_FATAL);
	stop(&s);
}

static void replies(void **state)
{
	(void)state;
	read_all(0);
	read_all(1);
	read_all(17);
}

static void no_daemon(void **state)
{
	struct error e = { 0 };
	char long_path[200];
	char want[256];

	(void)state;
	unlink(path);
	assert_false(ctl_client_open(&c, path, &e));
	assert_int_equal(e.code, RC_NO_DAEMON);
	snprintf(want, sizeof(want), "Pluto is not running (no \"%s\")", path);
	assert_string_equal(e.text, want);
	assert_int_equal(c.fd, -1);
	close(listener());
	assert_false(ctl_client_open(&c, path, &e));
	assert_int_equal(e.code, RC_NO_DAEMON);
	assert_non_null(strstr(e.text, "Pluto is not running"));
	assert_non_null(strstr(e.text, "Connection refused"));
	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	assert_false(ctl_client_open(&c, long_path, &e));
	assert_int_equal(e.code, RC_WHACK);
}

static void fails(struct slice reply, bool stay, const char *text)
{
	struct server s = { .reply = reply, .stay = stay };
	struct ctl_message m;
	struct error e;

	ask(&s, &e);
	c.silence_msec = 50;
	while (ctl_client_read(&c, &m, &e))
		assert_int_not_equal(m.type, CTL_END);
	assert_int_equal(e.code, RC_WHACK);
	assert_non_null(strstr(e.text, text));
	stop(&s);
}

static void no_end_is_a_failure(void **state)
{
	uint8_t buf[512];
	struct slice all = two_records(buf, sizeof(buf));

	(void)state;
	for (size_t len = 0; len < all.len; len += 7)
		fails(slice(all.data, len), false, "without an end");
	fails(slice(all.data, all.len - 1), false, "without an end");
}

static void silence_is_a_failure(void **state)
{
	uint8_t buf[512];
	struct slice all = two_records(buf, sizeof(buf));

	(void)state;
	fails(SLICE_EMPTY, true, "did not answer");
	fails(slice(all.data, all.len - 1), true, "did not answer");
}

static void broken_frames(void **state)
{
	uint8_t buf[64];
	struct ctl_builder b = ctl_request(buf, sizeof(buf), 1, 7);
	struct slice frame;

	(void)state;
	fails(slice("HTTP/1.1 400 Bad Request", 24), true, "magic");
	fails(ctl_end(buf, sizeof(buf), 2, 0), true, "another request");
	b = ctl_request(buf, sizeof(buf), 1, 7);
	assert_true(ctl_finish(&b, &frame));
	fails(frame, true, "sent a request");
	frame = ctl_end(buf, sizeof(buf), 1, 0);
	buf[11] = CTL_HEADER_LEN;
	fails(frame, true, "exit code");
}

static int setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	if (!tmp || strlen(tmp) > 40)
		tmp = "/tmp";
	snprintf(dir, sizeof(dir), "%s/cygnet-XXXXXX", tmp);
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/pluto.ctl", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies),
		cmocka_unit_test(no_daemon),
		cmocka_unit_test(no_end_is_a_failure),
		cmocka_unit_test(silence_is_a_failure),
		cmocka_unit_test(broken_frames),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
