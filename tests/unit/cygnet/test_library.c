/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcygnet-ctl as a program has it: the static library, beside archives whose names it must not
 * clash with, against a pluto of one thread that reads one request and sends given octets.
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

#include "conf/keywords.h"
#include "ctl/codes.h"
#include "ctl/records.h"
#include "ctl/verbs.h"
#include "cygnet/ctl.h"

static char dir[64], path[96];
static struct cygnet_ctl *c;
static struct cygnet_error error;

static struct server {
	int fd;
	pthread_t thread;
	uint8_t reply[4096], request[CTL_FRAME_MAX];
	size_t reply_len, request_len;
} server;

static void *serve(void *arg)
{
	int fd = accept(server.fd, NULL, NULL);
	size_t want = 0;
	struct error e;

	(void)arg;
	while (want == 0 || server.request_len < want) {
		ssize_t n = recv(fd, server.request + server.request_len,
				 sizeof(server.request) - server.request_len, 0);

		if (n <= 0)
			break;
		server.request_len += (size_t)n;
		ctl_frame_len(slice(server.request, server.request_len), &want, &e);
	}
	if (send(fd, server.reply, server.reply_len, MSG_NOSIGNAL) < 0)
		abort();
	close(fd);
	return NULL;
}

static int begin(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/test_library.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/ctl", dir);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	server = (struct server){ .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	if (bind(server.fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(server.fd, 1) < 0)
		return -1;
	return pthread_create(&server.thread, NULL, serve, NULL);
}

static int end(void **state)
{
	(void)state;
	cygnet_ctl_close(c);
	c = NULL;
	pthread_join(server.thread, NULL);
	close(server.fd);
	unlink(path);
	return rmdir(dir);
}

static void answer(struct slice frame)
{
	memcpy(server.reply + server.reply_len, frame.data, frame.len);
	server.reply_len += frame.len;
}

static void answer_end(uint32_t code)
{
	uint8_t buf[CTL_END_LEN];

	answer(ctl_end(buf, sizeof(buf), 1, code));
}

static void answer_log(const char *text)
{
	uint8_t buf[CTL_LOG_MAX];

	answer(ctl_log(buf, sizeof(buf), 1, 3, text));
}

static void open_and_begin(const char *verb, const char *name)
{
	c = cygnet_ctl_open(path, &error);
	assert_non_null(c);
	assert_true(cygnet_ctl_begin(c, verb, name, &error));
}

static void send_it(void)
{
	assert_true(cygnet_ctl_send(c, &error));
}

static void attribute_is(struct ctl_message *m, uint16_t id, const char *text)
{
	struct ctl_attribute a;

	assert_true(ctl_find(m, id, &a));
	assert_int_equal(a.value.len, strlen(text));
	if (a.value.len)
		assert_memory_equal(a.value.data, text, a.value.len);
}

/* The request is what whack would send: numbers from the tables, values as they were given. */
static void request(void **state)
{
	struct ctl_message m;
	struct error e = { 0 };
	char name[CTL_NAME_LEN];

	(void)state;
	answer_end(0);
	open_and_begin("add", "berlin");
	assert_true(cygnet_ctl_put(c, "psk", NULL, &error));
	assert_true(cygnet_ctl_put(c, "left.host", "192.0.2.1", &error));
	assert_true(cygnet_ctl_put(c, "right.host", "192.0.2.2", &error));
	assert_true(cygnet_ctl_put(c, "asynchronous", NULL, &error));
	send_it();
	assert_int_equal(cygnet_ctl_finish(c, &error), CYGNET_DONE);
	assert_true(ctl_decode(slice(server.request, server.request_len), &m, &e));
	assert_int_equal(request_check(&m, name, &e)->verb, VERB_ADD);
	assert_string_equal(name, "berlin");
	attribute_is(&m, keyword_by_whack("psk")->id, "yes");
	attribute_is(&m, keyword_by_whack("host")->id, "192.0.2.1");
	attribute_is(&m, keyword_by_whack("host")->id | KEYWORD_RIGHT, "192.0.2.2");
	attribute_is(&m, CTL_ATTR_ASYNC, "");
}

/* Words that are none leave the request as it was. */
static void words(void **state)
{
	static const char *const bad[] = { "left.hots", "left.ike", "host",      "middle.host",
					   "left.",     "",         "left.last", "=" };
	static char long_value[CTL_FRAME_MAX];

	(void)state;
	answer_end(0);
	c = cygnet_ctl_open(path, &error);
	assert_false(cygnet_ctl_put(c, "ike", "aes", &error));
	assert_false(cygnet_ctl_send(c, &error));
	assert_false(cygnet_ctl_begin(c, "frobnicate", NULL, &error));
	assert_string_equal(error.text, "there is no verb \"frobnicate\"");
	assert_int_equal(error.code, CYGNET_REFUSED);
	assert_true(cygnet_ctl_begin(c, "add", "oslo", &error));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(cygnet_ctl_put(c, bad[i], "x", &error));
	memset(long_value, 'x', sizeof(long_value) - 1);
	assert_false(cygnet_ctl_put(c, "ike", long_value, &error));
	assert_non_null(strstr(error.text, "\"ike\""));
	assert_true(cygnet_ctl_put(c, "ike", "aes256-sha2_256", &error));
	send_it();
	assert_false(cygnet_ctl_begin(c, "status", NULL, &error));
	assert_int_equal(cygnet_ctl_finish(c, &error), CYGNET_DONE);
}

/* Each type of field, a text that ends the frame, empty text, what is not known. */
static void records_read(void **state)
{
	uint8_t buf[512];
	struct record_builder b = ctl_record_begin(buf, sizeof(buf), 1, RECORD_CHILD_SA);
	struct ctl_builder unknown;
	const struct cygnet_record *r;
	struct cygnet_field f;
	struct slice frame;

	(void)state;
	ctl_record_put_u64(&b, CHILD_SA_SERIAL, UINT64_MAX);
	ctl_record_put_bool(&b, CHILD_SA_ESTABLISHED, true);
	ctl_record_put_text(&b, CHILD_SA_PEER, "");
	ctl_put_text(&b.frame, 9999, CTL_OPTIONAL, "of a newer pluto");
	ctl_record_put_text(&b, CHILD_SA_STATE, "up");
	ctl_record_put_text(&b, CHILD_SA_CONNECTION, "berlin");
	assert_true(ctl_record_finish(&b, &frame));
	unknown = ctl_record(buf + 256, 256, 1, 60000);
	answer(frame);
	assert_true(ctl_finish(&unknown, &frame));
	answer(frame);
	unknown = ctl_record(buf + 256, 256, 1, RECORD_ALIVE);
	assert_true(ctl_finish(&unknown, &frame));
	answer(frame);
	answer_log("one\ttwo");
	answer_end(0);
	open_and_begin("status", NULL);
	send_it();
	assert_int_equal(cygnet_ctl_read(c, &r, &error), CYGNET_CTL_RECORD);
	assert_string_equal(cygnet_record_kind(r), "child_sas");
	assert_int_equal(cygnet_record_count(r), 5);
	assert_true(cygnet_record_number(r, "serial", 0) == UINT64_MAX);
	assert_true(cygnet_record_flag(r, "established"));
	assert_string_equal(cygnet_record_text(r, "peer"), "");
	assert_string_equal(cygnet_record_text(r, "state"), "up");
	assert_string_equal(cygnet_record_text(r, "connection"), "berlin");
	assert_null(cygnet_record_text(r, "serial"));
	assert_null(cygnet_record_text(r, "nothing"));
	assert_int_equal(cygnet_record_number(r, "connection", 7), 7);
	assert_true(cygnet_record_field(r, 4, &f));
	assert_string_equal(f.name, "connection");
	assert_false(cygnet_record_field(r, 5, &f));
	/* the unknown kind and the sign of life are passed over */
	assert_int_equal(cygnet_ctl_read(c, &r, &error), CYGNET_CTL_RECORD);
	assert_string_equal(cygnet_record_text(r, "text"), "one\ttwo");
	assert_true(cygnet_ctl_ready(c));
	assert_int_equal(cygnet_ctl_read(c, &r, &error), CYGNET_CTL_END);
	assert_null(r);
	assert_int_equal(cygnet_ctl_code(c), 0);
	assert_false(cygnet_ctl_ready(c));
	assert_int_equal(cygnet_ctl_read(c, &r, &error), CYGNET_CTL_ERROR);
}

static void refused(void **state)
{
	(void)state;
	answer_log("\"oslo\": there is no connection");
	answer_end(RC_UNKNOWN_NAME);
	open_and_begin("initiate", "oslo");
	send_it();
	assert_int_equal(cygnet_ctl_finish(c, &error), CYGNET_UNKNOWN_NAME);
	assert_int_equal(error.code, CYGNET_UNKNOWN_NAME);
	assert_string_equal(error.text, "\"oslo\": there is no connection");
	assert_string_equal(cygnet_code_text(RC_UNKNOWN_NAME), "unknown name");
	assert_string_equal(cygnet_code_text(12345), "an unknown code");
}

/* A stream without an end is no success, and the connection is then of no use. */
static void no_end(void **state)
{
	(void)state;
	answer_log("half");
	open_and_begin("status", NULL);
	send_it();
	assert_int_equal(cygnet_ctl_finish(c, &error), CYGNET_REFUSED);
	assert_non_null(strstr(error.text, "without an end"));
	assert_int_equal(cygnet_ctl_code(c), CYGNET_REFUSED);
	assert_false(cygnet_ctl_begin(c, "status", NULL, &error));
	assert_non_null(strstr(error.text, "broken"));
}

static void bad_record(void **state)
{
	uint8_t buf[64];
	struct ctl_builder b = ctl_record(buf, sizeof(buf), 1, RECORD_LOG);
	struct slice frame;

	(void)state;
	ctl_put_text(&b, LOG_CODE, 0, "no number");
	assert_true(ctl_finish(&b, &frame));
	answer(frame);
	answer_end(0);
	open_and_begin("status", NULL);
	send_it();
	assert_int_equal(cygnet_ctl_finish(c, &error), CYGNET_REFUSED);
	assert_non_null(strstr(error.text, "code"));
}

static void nobody(void **state)
{
	(void)state;
	assert_null(cygnet_ctl_open("/nonexistent/pluto.ctl", &error));
	assert_int_equal(error.code, CYGNET_NOT_RUNNING);
	assert_non_null(strstr(error.text, "Pluto is not running"));
	cygnet_ctl_close(NULL);
}

/* The codes and types of the public header are those of the tables. */
static void numbers(void **state)
{
	(void)state;
	assert_int_equal(CYGNET_NOT_RUNNING, RC_NO_DAEMON);
	assert_int_equal(CYGNET_UNKNOWN_NAME, RC_UNKNOWN_NAME);
	assert_int_equal(CYGNET_REFUSED, RC_WHACK);
	assert_int_equal(CYGNET_DENIED, RC_DENIED);
	assert_int_equal(CYGNET_FAILED, RC_FATAL);
	assert_int_equal(CYGNET_NUMBER, FIELD_U64);
	assert_int_equal(CYGNET_TEXT, FIELD_TEXT);
	assert_int_equal(CYGNET_FLAG, FIELD_BOOL);
	for (size_t i = 0; i < record_count; i++)
		assert_true(records[i].field_count <= 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(request, begin, end),
		cmocka_unit_test_setup_teardown(words, begin, end),
		cmocka_unit_test_setup_teardown(records_read, begin, end),
		cmocka_unit_test_setup_teardown(refused, begin, end),
		cmocka_unit_test_setup_teardown(no_end, begin, end),
		cmocka_unit_test_setup_teardown(bad_record, begin, end),
		cmocka_unit_test(nobody),
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
