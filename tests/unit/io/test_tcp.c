/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IKE over TCP from loopback: who only connects is in nobody's way, neither by number nor by the
 * descriptors that he takes, and who has proven who he is stays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/tcp.h"
#include "wire/stream.h"

#define LIMIT 80 /* of descriptors, when it begins */
#define MOST (LIMIT / 2)
#define OWNER 77u

static struct poller *poller;
static struct tcp *tcp;
static struct sockaddr_in at;
static struct endpoint local, last;
static unsigned messages;
static int fds[4 * LIMIT];

static int bypass(struct kernel_backend *k, int fd, enum family family)
{
	(void)k, (void)fd, (void)family;
	return 0;
}

static struct kernel_backend kernel = { .bypass_socket = bypass };

static void take(void *context, const struct udp_packet *p)
{
	(void)context;
	last = p->remote;
	messages++;
}

static bool needed(void *context, uint64_t owner)
{
	(void)context;
	return owner == OWNER;
}

static void stop(void *context)
{
	(void)context;
	poller_stop(poller);
}

static rlim_t set_limit(rlim_t most)
{
	struct rlimit r;
	rlim_t was;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &r), 0);
	was = r.rlim_cur;
	r.rlim_cur = most;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &r), 0);
	return was;
}

/* A port that is free just now. */
static uint16_t free_port(void)
{
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at = (struct sockaddr_in){ .sin_family = AF_INET };
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	close(fd);
	return ntohs(at.sin_port);
}

static int set_up(void **state)
{
	rlim_t was = set_limit(LIMIT);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		fds[i] = -1;
	messages = 0;
	local = (struct endpoint){ .port = free_port(), .tcp = true };
	assert_true(address_parse("127.0.0.1", &local.address));
	poller = poller_new();
	tcp = tcp_new(poller, &kernel, local.port, take, NULL, needed, NULL);
	assert_non_null(tcp);
	set_limit(was);
	tcp_listen(tcp, &local.address, 1);
	poller_after(poller, stop, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	tcp_free(tcp);
	poller_free(poller);
	return 0;
}

static void call(size_t i)
{
	fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fds[i] >= 0);
	assert_int_equal(connect(fds[i], (struct sockaddr *)&at, sizeof(at)), 0);
	poller_run(poller); /* it is accepted, or not */
}

/* The prefix and one message; true: it came. */
static bool speaks(size_t i)
{
	static const uint8_t message[28] = { 1 };
	uint8_t head[STREAM_HEAD_LEN];
	unsigned before = messages;
	struct pollfd gone = { .fd = fds[i], .events = POLLIN };

	assert_true(stream_head(sizeof(message), head));
	if (send(fds[i], STREAM_PREFIX, STREAM_PREFIX_LEN, MSG_NOSIGNAL) < 0)
		return false;
	(void)send(fds[i], head, sizeof(head), MSG_NOSIGNAL);
	(void)send(fds[i], message, sizeof(message), MSG_NOSIGNAL);
	for (unsigned n = 0; n < 3 && messages == before && poll(&gone, 1, 0) == 0; n++)
		poller_run(poller);
	return messages > before;
}

static bool is_closed(size_t i)
{
	struct pollfd p = { .fd = fds[i], .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/* Case 194: who holds many open keeps nobody out; the oldest go. */
static void edge_194_idle_connections_give_way(void **state)
{
	(void)state;
	for (size_t i = 0; i < MOST + 3; i++)
		call(i);
	assert_true(is_closed(0) && is_closed(1) && is_closed(2));
	assert_false(is_closed(3));
	assert_true(speaks(MOST + 2));
	assert_true(speaks(3));
}

static void edge_194_who_is_known_stays(void **state)
{
	static const uint8_t answer[28] = { 2 };

	(void)state;
	call(0);
	assert_true(speaks(0));
	assert_int_equal(tcp_send(tcp, OWNER, &local, &last, slice(answer, sizeof(answer))), 0);
	call(1);
	assert_true(speaks(1));
	assert_int_equal(tcp_send(tcp, 5, &local, &last, slice(answer, sizeof(answer))), 0);
	assert_true(is_closed(0) && is_closed(1)); /* the answers, so far */
	recv(fds[0], (uint8_t[100]){ 0 }, 100, 0);
	recv(fds[1], (uint8_t[100]){ 0 }, 100, 0);
	for (size_t i = 2; i < MOST + 2; i++)
		call(i);
	assert_false(is_closed(0));
	assert_true(is_closed(1) && is_closed(2));
}

/* Out of descriptors the loop does not turn for ever about one that cannot be taken. */
static void edge_194_out_of_descriptors(void **state)
{
	rlim_t was;

	(void)state;
	for (size_t i = 0; i < 5; i++)
		call(i);
	fds[5] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fds[5], (struct sockaddr *)&at, sizeof(at)), 0);
	was = set_limit((rlim_t)fds[5] + 1);
	poller_run(poller);
	set_limit(was);
	assert_true(is_closed(0));
	assert_true(speaks(5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(edge_194_idle_connections_give_way, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(edge_194_who_is_known_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edge_194_out_of_descriptors, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
