/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket with a client of one thread: who waits long for an answer is told that the
 * daemon lives, until the end record and no longer; who waits for a short one is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/duration.h"
#include "ctl/records.h"
#include "ctl/verbs.h"
#include "io/control.h"

static char dir[64], path[96];
static struct poller *poller;
static struct control *control;
static uint64_t client; /* the daemon's number of it */
static int fd;

static void take_frame(void *context, uint64_t id, uint8_t role, struct slice frame)
{
	(void)context, (void)role, (void)frame;
	client = id;
	poller_stop(poller);
}

static unsigned readies;

static void take_ready(void *context, uint64_t id)
{
	(void)context;
	assert_int_equal(id, client);
	readies++;
	poller_stop(poller);
}

static void take_gone(void *context, uint64_t id)
{
	(void)context, (void)id;
}

static int set_up(void **state)
{
	struct control_calls calls = { .frame = take_frame,
				       .gone = take_gone,
				       .ready = take_ready };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct error e = { 0 };

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/test_control.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/pluto.ctl", dir);
	poller = poller_new();
	control = control_new(poller, path, 0, &calls, &e);
	assert_non_null(control);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(fd);
	control_free(control);
	poller_free(poller);
	assert_int_equal(rmdir(dir), 0);
	return 0;
}

static void ask(uint16_t verb, uint32_t sequence)
{
	uint8_t buf[256];
	struct ctl_builder b = ctl_request(buf, sizeof(buf), sequence, verb);
	struct slice frame;

	ctl_put_text(&b, CTL_ATTR_NAME, 0, "west");
	assert_true(ctl_finish(&b, &frame));
	assert_int_equal(send(fd, frame.data, frame.len, 0), frame.len);
	poller_run(poller); /* until take_frame */
}

/* Nothing has come, or one record that says that the daemon lives. */
static bool hears_alive(uint32_t sequence)
{
	uint8_t buf[256];
	struct ctl_message m;
	struct error e = { 0 };
	ssize_t n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n < 0)
		return false;
	assert_true(ctl_decode(slice(buf, (size_t)n), &m, &e));
	assert_int_equal(m.type, CTL_RECORD);
	assert_int_equal(m.what, RECORD_ALIVE);
	assert_int_equal(m.sequence, sequence);
	assert_non_null(record_check(&m, &e));
	return true;
}

static void test_alive(void **state)
{
	uint8_t buf[64];
	uint64_t due;

	(void)state;
	ask(VERB_INITIATE, 7);
	due = control_deadline(control);
	assert_true(due != USEC_NEVER);
	control_tick(control, due - 1);
	assert_false(hears_alive(7));
	control_tick(control, due);
	assert_true(hears_alive(7));
	assert_true(control_deadline(control) != USEC_NEVER);
	control_tick(control, control_deadline(control));
	assert_true(hears_alive(7));

	control_report(control, client, ctl_end(buf, sizeof(buf), 7, 0));
	assert_int_equal(recv(fd, buf, sizeof(buf), MSG_DONTWAIT), CTL_END_LEN);
	control_tick(control, control_deadline(control) - 1);
	assert_false(hears_alive(7));
	ask(VERB_TERMINATE, 8);
	control_tick(control, control_deadline(control));
	assert_true(hears_alive(8));
}

/* What is answered at once has no such mark: a daemon that forgot it would keep whack for ever. */
static void test_short(void **state)
{
	(void)state;
	ask(VERB_CONNECTIONSTATUS, 1);
	assert_true(control_deadline(control) == USEC_NEVER);
	control_tick(control, UINT64_MAX - 1);
	assert_false(hears_alive(1));
}

static void stop(void *context)
{
	(void)context;
	poller_stop(poller);
}

/* Case 187: more is made when all was taken, in a turn of its own; and he may take his time. */
static void test_on_demand(void **state)
{
	static uint8_t frame[60000], taken[sizeof(frame)];
	struct ctl_builder b;
	struct slice whole;
	size_t sent = 0;

	(void)state;
	ask(VERB_CONNECTIONSTATUS, 1);
	readies = 0;
	control_more(control, client);
	assert_int_equal(readies, 0);
	poller_run(poller);
	assert_int_equal(readies, 1);

	b = ctl_record(frame, sizeof(frame), 1, RECORD_LOG);
	ctl_put(&b, LOG_TEXT, 0, slice(taken, sizeof(frame) - 100));
	assert_true(ctl_finish(&b, &whole));
	poller_after(poller, stop, NULL);
	/* until the socket's own buffer is full and the rest waits here */
	for (unsigned i = 0; i < 40; i++, sent += whole.len)
		control_report(control, client, whole);
	control_more(control, client);
	assert_true(control_deadline(control) == USEC_NEVER);
	control_tick(control, UINT64_MAX - 1);
	assert_int_equal(readies, 1);
	while (sent > 0) {
		ssize_t n = recv(fd, taken, sizeof(taken), MSG_DONTWAIT);

		if (n > 0) {
			sent -= (size_t)n;
			continue;
		}
		assert_int_equal(readies, 1);
		poller_run(poller); /* one turn */
	}
	if (readies == 1)
		poller_run(poller);
	assert_int_equal(readies, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_alive, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_short, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_on_demand, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
