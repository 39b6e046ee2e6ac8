/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The talk with the kernel, played by this test: what is sent reaches nl_send here, answers and events
 * are what recvmsg here gives, and the clock runs with poll.
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netlink/msg.h>

#include "kernel/xfrm.h"

/* A datagram that is to come; from the kernel, whole and for the request unless it says otherwise. */
struct datagram {
	int failed; /* errno of recvmsg */
	uint32_t from;
	bool cut, stale, other_seq;
	uint16_t type; /* 0: an acknowledgement with error */
	int error;
	uint32_t spi; /* of an event */
};

static struct xfrm x;
static char path[] = "/tmp/test_xfrm_talk.XXXXXX";
static const struct datagram *queue;
static size_t queued, at;
static uint16_t sent[16];
static uint32_t sent_spi[16];
static size_t sent_count;
static uint32_t seq;
static uint64_t clock_msec;

int nl_send(struct nl_sock *socket, struct nl_msg *m)
{
	const struct nlmsghdr *h = nlmsg_hdr(m);

	(void)socket;
	assert_true(sent_count < ARRAY_LEN(sent));
	seq = h->nlmsg_seq;
	if (h->nlmsg_type == XFRM_MSG_ALLOCSPI) {
		struct xfrm_userspi_info info;

		memcpy(&info, NLMSG_DATA(h), sizeof(info));
		sent_spi[sent_count] = info.min;
	}
	sent[sent_count++] = h->nlmsg_type;
	return 0;
}

/* Nothing comes any more: the time that is allowed goes by. */
int poll(struct pollfd *fds, nfds_t count, int msec)
{
	(void)fds, (void)count;
	if (at < queued)
		return 1;
	clock_msec += (uint64_t)msec;
	return 0;
}

int clock_gettime(clockid_t id, struct timespec *t)
{
	(void)id;
	t->tv_sec = (time_t)(clock_msec / 1000);
	t->tv_nsec = (long)(clock_msec % 1000) * 1000000;
	return 0;
}

static ssize_t put(const struct datagram *d, struct msghdr *m)
{
	struct {
		struct nlmsghdr h;
		union {
			struct nlmsgerr ack;
			struct xfrm_usersa_id id;
		};
	} all = { .h.nlmsg_type = d->type ? d->type : NLMSG_ERROR };
	size_t len;

	all.h.nlmsg_seq = d->other_seq ? seq - 1 : seq;
	if (d->type) {
		all.id.spi = htonl(d->spi);
		all.id.proto = IPPROTO_ESP;
		all.id.family = AF_INET;
		inet_pton(AF_INET, "192.0.2.2", &all.id.daddr);
		len = NLMSG_LENGTH(sizeof(all.id));
	} else {
		all.ack.error = d->error;
		len = NLMSG_LENGTH(sizeof(all.ack));
	}
	all.h.nlmsg_len = (uint32_t)len;
	memcpy(m->msg_iov->iov_base, &all, len);
	return (ssize_t)len;
}

ssize_t recvmsg(int fd, struct msghdr *m, int flags)
{
	const struct datagram *d = &queue[at];
	struct sockaddr_nl from = { .nl_family = AF_NETLINK };

	(void)fd, (void)flags;
	if (at == queued) {
		errno = EAGAIN;
		return -1;
	}
	at++;
	if (d->failed) {
		errno = d->failed;
		return -1;
	}
	from.nl_pid = d->from;
	memcpy(m->msg_name, &from, sizeof(from));
	m->msg_flags = d->cut ? MSG_TRUNC : 0;
	return put(d, m);
}

#define COMES(...)                                                     \
	do {                                                           \
		static const struct datagram list[] = { __VA_ARGS__ }; \
		queue = list;                                          \
		queued = ARRAY_LEN(list);                              \
		at = sent_count = 0;                                   \
	} while (0)
#define NOTHING_COMES (queued = at = sent_count = 0)

static struct kernel_state inbound(uint32_t spi)
{
	struct kernel_state s = { .direction = KDIR_IN,
				  .protocol = KPROTO_ESP,
				  .tunnel = true,
				  .spi = spi,
				  .reqid = 16400,
				  .encr = alg_find(TRANSFORM_ENCR, ENCR_AES_GCM_16),
				  .key_bits = 128,
				  .encr_key_len = 20 };

	assert_true(address_parse("192.0.2.1", &s.src));
	assert_true(address_parse("192.0.2.2", &s.dst));
	return s;
}

static bool is_noted(uint32_t spi)
{
	struct journal_name name;
	struct address dst;

	assert_true(address_parse("192.0.2.2", &dst));
	xfrm_state_name(IPPROTO_ESP, &dst, spi, &name);
	return journal_find(x.journal, &name) != NULL;
}

static void edge_173_larval_state_is_gone(void **state)
{
	struct kernel_state s = inbound(0x1001);

	(void)state;
	COMES({ .error = -ESRCH }, { .error = 0 });
	assert_int_equal(xfrm_sa_add(&x, &s), 0);
	assert_int_equal(sent_count, 2);
	assert_int_equal(sent[0], XFRM_MSG_UPDSA);
	assert_int_equal(sent[1], XFRM_MSG_NEWSA);
	assert_true(is_noted(0x1001));
	/* what goes out had no larval state */
	s.direction = KDIR_OUT;
	s.spi = 0x1002;
	COMES({ .error = 0 });
	assert_int_equal(xfrm_sa_add(&x, &s), 0);
	assert_int_equal(sent[0], XFRM_MSG_NEWSA);
}

/* The child hears why, and nothing of it is thought to be ours. */
static void edge_174_state_is_refused(void **state)
{
	static const int errors[] = { EEXIST, ENOMEM, ENOBUFS, ENOSYS, EINVAL, EPERM };
	struct kernel_state s = inbound(0x2001);
	struct datagram one = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		one.error = -errors[i];
		queue = &one;
		queued = 1;
		at = sent_count = 0;
		assert_int_equal(xfrm_sa_add(&x, &s), -errors[i]);
		assert_int_equal(sent_count, 1);
		assert_false(is_noted(0x2001));
	}
}

static void edge_174_another_spi_three_times(void **state)
{
	struct kernel_state s = inbound(0);
	uint32_t spi = 0;

	(void)state;
	COMES({ .error = -EEXIST }, { .error = -EEXIST }, { .error = 0 });
	assert_int_equal(xfrm_sa_alloc_spi(&x, &s, &spi), 0);
	assert_int_equal(sent_count, 3);
	assert_int_equal(sent_spi[2], spi);
	assert_int_not_equal(sent_spi[0], sent_spi[1]);
	assert_int_not_equal(sent_spi[1], sent_spi[2]);
	assert_true(is_noted(spi));
	assert_false(is_noted(sent_spi[0]));
	COMES({ .error = -EEXIST }, { .error = -EEXIST }, { .error = -EEXIST }, { .error = 0 });
	assert_int_equal(xfrm_sa_alloc_spi(&x, &s, &spi), -EEXIST);
	assert_int_equal(sent_count, 3);
	assert_false(is_noted(sent_spi[2]));
}

static void edge_177_answers_of_others(void **state)
{
	struct kernel_state s = inbound(0x3001);

	(void)state;
	s.direction = KDIR_OUT;
	COMES({ .error = -EPERM, .other_seq = true }, { .error = -EPERM, .from = 4711 },
	      { .error = -EPERM, .cut = true }, { .failed = EINTR }, { .failed = EAGAIN },
	      { .failed = ENOBUFS }, { .error = -EINVAL });
	assert_int_equal(xfrm_sa_add(&x, &s), -EINVAL);
	assert_int_equal(at, 7);
	COMES({ .failed = EBADF });
	assert_int_equal(xfrm_sa_add(&x, &s), -EBADF);
}

static void edge_177_no_answer(void **state)
{
	struct kernel_state s = inbound(0x3002);
	uint64_t before = clock_msec;

	(void)state;
	s.direction = KDIR_OUT;
	NOTHING_COMES;
	assert_int_equal(xfrm_sa_add(&x, &s), -ETIMEDOUT);
	assert_int_equal(clock_msec - before, 2000);
}

static unsigned losses, gone;

static void take_event(void *context, const struct kernel_event *e)
{
	(void)context;
	losses += e->kind == KERNEL_LOST;
	gone += e->kind == KERNEL_STATE_GONE;
}

/* Each overrun is told, and what comes behind it is read in the same turn. */
static void edge_176_events_are_lost(void **state)
{
	struct kernel_state s = inbound(0x4001);

	(void)state;
	s.direction = KDIR_OUT;
	COMES({ .error = 0 });
	assert_int_equal(xfrm_sa_add(&x, &s), 0);
	losses = gone = 0;
	COMES({ .failed = ENOBUFS }, { .type = XFRM_MSG_DELSA, .spi = 0x4001 },
	      { .type = XFRM_MSG_DELSA, .spi = 0x4001, .cut = true },
	      { .type = XFRM_MSG_DELSA, .spi = 0x4001, .from = 4711 },
	      { .type = XFRM_MSG_DELSA, .spi = 0x4002 }, { .failed = EINTR },
	      { .type = XFRM_MSG_DELSA, .spi = 0x4001 });
	xfrm_read_events(&x.backend, take_event, NULL);
	assert_int_equal(losses, 3);
	assert_int_equal(gone, 1);
	xfrm_read_events(&x.backend, take_event, NULL);
	assert_int_equal(gone, 2);
	assert_int_equal(at, 7);
}

static int set_up(void **state)
{
	struct error e = { 0 };
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	x.socket = nl_socket_alloc();
	x.events = nl_socket_alloc();
	x.journal = journal_open(path, &e);
	assert_non_null(x.journal);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	journal_close(x.journal);
	nl_socket_free(x.socket);
	nl_socket_free(x.events);
	unlink(path);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_173_larval_state_is_gone),
		cmocka_unit_test(edge_174_state_is_refused),
		cmocka_unit_test(edge_174_another_spi_three_times),
		cmocka_unit_test(edge_177_answers_of_others),
		cmocka_unit_test(edge_177_no_answer),
		cmocka_unit_test(edge_176_events_are_lost),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
