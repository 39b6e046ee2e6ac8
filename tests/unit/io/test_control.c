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
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/duration.h"
#include "ctl/codes.h"
#include "ctl/records.h"
#include "ctl/verbs.h"
#include "io/control.h"

static char dir[64], path[96];
static struct poller *poller;
static struct control *control;
static uint64_t client; /* the daemon's number of it */
static int fd;

static unsigned frames, gones;
static uint8_t last_role;

static void take_frame(void *context, uint64_t id, uint8_t role, struct slice frame)
{
	(void)context, (void)frame;
	client = id;
	frames++;
	last_role = role;
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
	gones++;
	poller_stop(poller);
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
	control = control_new(poller, path, 0, 0, &calls, &e);
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
static void edge_187_on_demand(void **state)
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

static uint64_t now_usec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * USEC_PER_SEC + (uint64_t)t.tv_nsec / 1000;
}

static int connected(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(connect(s, (const struct sockaddr *)&address, sizeof(address)), 0);
	return s;
}

static void ring(void *context, int timer, unsigned what)
{
	uint64_t times;

	(void)what;
	*(bool *)context = read(timer, &times, sizeof(times)) > 0;
	poller_stop(poller);
}

/* All that has come is served. */
static void settle(void)
{
	struct itimerspec soon = { .it_value.tv_nsec = 5000000 };
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	bool rang = false;
	struct watch *w = watch_new(poller, timer, WATCH_READ, ring, &rang);

	assert_non_null(w);
	assert_int_equal(timerfd_settime(timer, 0, &soon, NULL), 0);
	while (!rang)
		poller_run(poller);
	watch_free(w);
	close(timer);
}

/* The reply's end code; -1 when it was closed without one, -2 while it is open and silent. */
static int end_of(int s, unsigned *lines)
{
	static uint8_t buf[CTL_FRAME_MAX];
	size_t have = 0, len;
	struct ctl_message m;
	struct error e = { 0 };
	ssize_t n;

	*lines = 0;
	while ((n = recv(s, buf + have, sizeof(buf) - have, MSG_DONTWAIT)) > 0)
		have += (size_t)n;
	for (size_t at = 0; at < have; at += len) {
		assert_true(ctl_frame_len(slice(buf + at, have - at), &len, &e));
		assert_true(ctl_decode(slice(buf + at, len), &m, &e));
		if (m.type == CTL_END)
			return (int)m.what;
		++*lines;
	}
	return n == 0 ? -1 : -2;
}

/* Case 184: who says nothing is closed after 5 s, and nobody else. */
static void edge_184_silent(void **state)
{
	unsigned lines;
	int other = connected();

	(void)state;
	settle();
	ask(VERB_INITIATE, 1);
	control_tick(control, now_usec() + 4 * USEC_PER_SEC);
	assert_int_equal(end_of(other, &lines), -2);
	control_tick(control, now_usec() + 6 * USEC_PER_SEC);
	assert_int_equal(end_of(other, &lines), -1);
	assert_int_equal(end_of(fd, &lines), -2);
	close(other);
}

/* Case 184: 32 requests of a user wait, one more is refused; those that take long count apart. */
/* One who may only look, as the kernel says of who connected. */
static bool is_stranger;

int getsockopt(int s, int level, int name, void *value, socklen_t *len)
{
	const struct ucred who = { .pid = getpid(), .uid = 4711, .gid = 4711 };

	if (!is_stranger || level != SOL_SOCKET || name != SO_PEERCRED)
		return (int)syscall(SYS_getsockopt, s, level, name, value, len);
	memcpy(value, &who, sizeof(who));
	return 0;
}

/* One user holds as many connections as he can: there is room for root, and for another. */
static void edge_184_one_user_leaves_room(void **state)
{
	enum { HIS = 2048 };
	struct rlimit limit, more;
	int *all = calloc(HIS + 2, sizeof(*all));
	char c;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	more = limit;
	more.rlim_cur = more.rlim_max;
	if (more.rlim_max < 2 * (HIS + 100) || setrlimit(RLIMIT_NOFILE, &more) < 0) {
		free(all);
		skip();
	}
	settle();
	is_stranger = true;
	for (size_t i = 0; i < HIS + 1; i++) {
		all[i] = connected();
		if (i % 16 == 0)
			settle();
	}
	settle();
	assert_int_equal(recv(all[HIS], &c, 1, MSG_DONTWAIT), 0);
	assert_int_equal(recv(all[HIS - 1], &c, 1, MSG_DONTWAIT), -1);
	is_stranger = false;
	all[HIS + 1] = connected();
	settle();
	assert_int_equal(recv(all[HIS + 1], &c, 1, MSG_DONTWAIT), -1);
	for (size_t i = 0; i < HIS + 2; i++)
		close(all[i]);
	settle();
	setrlimit(RLIMIT_NOFILE, &limit);
	free(all);
}

static void edge_184_limit(void **state)
{
	uint8_t buf[64];
	struct ctl_builder b;
	struct slice frame;
	int all[33], attached = connected();
	unsigned lines;

	(void)state;
	frames = 0;
	b = ctl_request(buf, sizeof(buf), 1, VERB_STATUS);
	assert_true(ctl_finish(&b, &frame));
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		all[i] = connected();
		assert_int_equal(send(all[i], frame.data, frame.len, 0), frame.len);
		settle();
	}
	assert_int_equal(frames, 32);
	assert_int_equal(end_of(all[32], &lines), RC_BUSY);
	assert_int_equal(lines, 1);
	b = ctl_request(buf, sizeof(buf), 1, VERB_WATCH);
	assert_true(ctl_finish(&b, &frame));
	assert_int_equal(send(attached, frame.data, frame.len, 0), frame.len);
	settle();
	assert_int_equal(frames, 33);
	close(attached);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		close(all[i]);
	settle();
}

/* Case 185: what is no request is answered by one line and an end, closed, and reaches nobody. */
static void edge_185_no_requests(void **state)
{
	static const struct {
		const char *octets;
		size_t len;
	} rows[] = {
		{ "GET / HTTP/1.1\r\n\r\n", 18 },
		{ "CYGC\x02\x01\0\0\0\0\0\x12\0\0\0\1\0\7", 18 },   /* version */
		{ "CYGC\x01\x01\0\0\0\0\0\x05\0\0\0\1\0\7", 18 },   /* shorter than a head */
		{ "CYGC\x01\x01\0\0\x7f\0\0\x12\0\0\0\1\0\7", 18 }, /* 2 GiB */
		{ "CYGC\x01\x02\0\0\0\0\0\x12\0\0\0\1\0\7", 18 },   /* a record */
		{ "CYGC\x01\x09\0\0\0\0\0\x12\0\0\0\1\0\7", 18 },   /* no type */
		{ "CYGC\x01\x01\0\0\0\0\0\x1a\0\0\0\1\0\7\x80\1\0\0\0\0\1\0",
		  26 },                                                   /* past the end */
		{ "CYGC\x01\x01\0\0\0\0\0\x15\0\0\0\1\0\7\x80\1\0", 21 }, /* half a head */
		{ "CYGC\x01\x01\0\0\0\0\0\x10\0\0\0\1", 16 },             /* no verb */
	};
	unsigned lines;

	(void)state;
	frames = 0;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int s = connected();
		uint8_t more;

		assert_int_equal(send(s, rows[i].octets, rows[i].len, 0), rows[i].len);
		settle();
		assert_int_equal(end_of(s, &lines), RC_BAD_MESSAGE);
		assert_int_equal(lines, 1);
		assert_int_equal(recv(s, &more, 1, MSG_DONTWAIT), 0);
		close(s);
	}
	assert_int_equal(frames, 0);
	settle();
}

static volatile sig_atomic_t has_sigpipe;

static void take_sigpipe(int sig)
{
	(void)sig;
	has_sigpipe = 1;
}

/* Case 186: a client dies while its request is at work: the core is told once, and what comes for it
 * afterwards harms nobody. */
static void edge_186_client_dies(void **state)
{
	uint8_t buf[CTL_LOG_MAX];
	uint64_t dead;

	(void)state;
	signal(SIGPIPE, take_sigpipe);
	ask(VERB_INITIATE, 1);
	dead = client;
	gones = 0;
	close(fd);
	control_report(control, dead, ctl_log(buf, sizeof(buf), 1, 0, "who reads this?"));
	settle();
	control_report(control, dead, ctl_log(buf, sizeof(buf), 1, 0, "and this?"));
	control_report(control, dead, ctl_end(buf, sizeof(buf), 1, 0));
	control_more(control, dead);
	settle();
	assert_int_equal(gones, 1);
	assert_false(has_sigpipe);
	fd = connected();
	ask(VERB_INITIATE, 2);
	assert_int_not_equal(client, dead);
}

/* As nobody, in a process of its own. */
static void as_nobody(void (*run)(int s, struct slice frame), int s)
{
	uint8_t buf[64];
	struct ctl_builder b = ctl_request(buf, sizeof(buf), 1, VERB_SHUTDOWN);
	struct slice frame;
	pid_t child;
	int status;

	assert_true(ctl_finish(&b, &frame));
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(chmod(path, 0666), 0);
	child = fork();
	if (child == 0) {
		if (setgroups(0, NULL) || setgid(65534) || setuid(65534))
			_exit(2);
		run(s, frame);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	settle();
}

static void connect_and_send(int s, struct slice frame)
{
	s = connected();
	if (send(s, frame.data, frame.len, 0) != (ssize_t)frame.len)
		_exit(3);
}

static void send_only(int s, struct slice frame)
{
	if (send(s, frame.data, frame.len, 0) != (ssize_t)frame.len)
		_exit(3);
}

/* Case 189: another user may look, and what root has connected is of no use to him. */
static void edge_189_credentials(void **state)
{
	unsigned lines;

	(void)state;
	if (geteuid() != 0)
		skip();
	ask(VERB_STATUS, 1);
	assert_int_equal(last_role, ROLE_OWN);
	close(fd);
	frames = 0;
	as_nobody(connect_and_send, -1);
	assert_int_equal(frames, 1);
	assert_int_equal(last_role, ROLE_READ);
	fd = connected();
	settle();
	as_nobody(send_only, fd);
	assert_int_equal(frames, 1);
	assert_int_equal(end_of(fd, &lines), RC_DENIED);
	assert_int_equal(lines, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_alive, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_short, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edge_187_on_demand, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edge_184_silent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edge_184_limit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edge_184_one_user_leaves_room, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edge_185_no_requests, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edge_186_client_dies, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edge_189_credentials, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
