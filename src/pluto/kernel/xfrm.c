/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The XFRM backend: its socket, its life, and the talk of one request and its acknowledgement.
 * libnl makes the socket and the messages; answers are read here, because each must be from the
 * kernel, for this request, whole, and soon.
 */
#include "kernel/xfrm.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <netlink/msg.h>

#define ANSWER_MSEC 2000
#define ANSWER_SIZE 32768

void xfrm_log(struct xfrm *x, const char *format, ...)
{
	char line[256];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (x->log)
		x->log(line);
}

int xfrm_family(const struct address *a)
{
	return a->family == FAMILY_IPV4 ? AF_INET : a->family == FAMILY_IPV6 ? AF_INET6 : AF_UNSPEC;
}

void xfrm_address(const struct address *a, xfrm_address_t *out)
{
	memset(out, 0, sizeof(*out));
	memcpy(out, a->bytes, address_len(a));
}

struct nl_msg *xfrm_message(uint16_t type, size_t len, void *part)
{
	struct nl_msg *m = nlmsg_alloc_size(ANSWER_SIZE / 4);
	void *data;

	*(void **)part = NULL;
	if (!m)
		return NULL;
	if (!nlmsg_put(m, NL_AUTO_PORT, NL_AUTO_SEQ, type, 0, NLM_F_REQUEST | NLM_F_ACK) ||
	    !(data = nlmsg_reserve(m, len, NLMSG_ALIGNTO))) {
		nlmsg_free(m);
		return NULL;
	}
	memset(data, 0, len);
	*(void **)part = data;
	return m;
}

struct nl_msg *xfrm_dump_message(uint16_t type)
{
	struct nl_msg *m = nlmsg_alloc_size(ANSWER_SIZE / 4);

	if (m && !nlmsg_put(m, NL_AUTO_PORT, NL_AUTO_SEQ, type, 0, NLM_F_REQUEST | NLM_F_DUMP)) {
		nlmsg_free(m);
		return NULL;
	}
	return m;
}

static int64_t now_msec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One datagram of the kernel; 0 when it was not the kernel's or the time is up. */
static ssize_t receive(struct xfrm *x, void *buf, size_t size, int64_t end)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr h = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	int64_t left = end - now_msec();
	struct pollfd p = { .fd = nl_socket_get_fd(x->socket), .events = POLLIN };
	ssize_t n;

	if (left <= 0 || poll(&p, 1, (int)left) <= 0)
		return 0;
	n = recvmsg(p.fd, &h, MSG_DONTWAIT);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	if (from.nl_pid != 0 || (h.msg_flags & MSG_TRUNC))
		return 0;
	return n;
}

/* 1: go on; else the acknowledgement: 0 or -errno. */
static int take_answer(const struct nlmsghdr *h, uint32_t seq, xfrm_reply_fn *reply, void *context)
{
	const struct nlmsgerr *ack = NLMSG_DATA(h);

	if (h->nlmsg_seq != seq)
		return 1;
	if (h->nlmsg_type == NLMSG_DONE) /* of a dump */
		return 0;
	if (h->nlmsg_type == NLMSG_ERROR)
		return h->nlmsg_len < NLMSG_LENGTH(sizeof(*ack)) ? -EBADMSG : ack->error;
	if (reply && h->nlmsg_type >= NLMSG_MIN_TYPE)
		reply(context, h);
	return 1;
}

static int wait_answer(struct xfrm *x, uint32_t seq, uint8_t *buf, xfrm_reply_fn *reply,
		       void *context)
{
	int64_t end = now_msec() + ANSWER_MSEC;

	while (now_msec() < end) {
		const struct nlmsghdr *h = (const struct nlmsghdr *)(const void *)buf;
		ssize_t n = receive(x, buf, ANSWER_SIZE, end);
		int left = (int)n;

		if (n < 0 && n != -ENOBUFS)
			return (int)n;
		for (; left > 0 && NLMSG_OK(h, (uint32_t)left); h = NLMSG_NEXT(h, left)) {
			int verdict = take_answer(h, seq, reply, context);

			if (verdict <= 0)
				return verdict;
		}
	}
	return -ETIMEDOUT;
}

int xfrm_talk(struct xfrm *x, struct nl_msg *m, xfrm_reply_fn *reply, void *context)
{
	_Alignas(struct nlmsghdr) uint8_t buf[ANSWER_SIZE];
	uint32_t seq;
	int err;

	if (!m)
		return -ENOMEM;
	nl_complete_msg(x->socket, m);
	seq = nlmsg_hdr(m)->nlmsg_seq;
	err = nl_send(x->socket, m);
	/* keys may be in it */
	wipe(nlmsg_data(nlmsg_hdr(m)), (size_t)nlmsg_datalen(nlmsg_hdr(m)));
	nlmsg_free(m);
	if (err < 0)
		return err == -NLE_NOMEM ? -ENOMEM : -EIO;
	err = wait_answer(x, seq, buf, reply, context);
	/* and in what the kernel tells of its states */
	if (reply)
		wipe(buf, sizeof(buf));
	return err;
}

/* Each is removed only when it is still there and still as it was. Without a template a policy has no
 * reqid: it passes or drops. */
static void remove_named(struct xfrm *x, const struct journal_name *n)
{
	uint32_t reqid = 0;

	if (n->kind == JOURNAL_STATE)
		xfrm_sa_delete(x, n->proto ? n->proto : IPPROTO_ESP, &n->dst, n->spi);
	else if (n->kind != JOURNAL_POLICY)
		xfrm_iface_forget(x, n);
	else if (xfrm_policy_reqid(x, n, &reqid) == 0 && (reqid == n->reqid || reqid == 0))
		xfrm_policy_drop(x, n);
}

/* From the kernel and the journal, from which removing a state has taken it already. */
static void forget(struct xfrm *x, struct journal_entry *entry)
{
	struct journal_name name;

	memcpy(&name, &entry->name, sizeof(name));
	remove_named(x, &name);
	entry = journal_find(x->journal, &name);
	if (entry)
		journal_remove(x->journal, entry);
}

/* Nobody here has put it yet. */
static void orphan_all(struct xfrm *x)
{
	struct journal_entry *entry;

	for (entry = journal_first(x->journal); entry; entry = journal_next(x->journal, entry))
		entry->is_orphan = true;
}

/* All but what outlives the process, which gets no owner. */
static size_t remove_all(struct xfrm *x)
{
	struct journal_entry *entry, *next;
	size_t count = 0, kept = 0;

	for (entry = journal_first(x->journal); entry; entry = next) {
		next = journal_next(x->journal, entry);
		if (entry->name.stays) {
			entry->is_orphan = true;
			kept++;
			continue;
		}
		forget(x, entry);
		count++;
	}
	if (!kept)
		journal_clear(x->journal);
	return count;
}

/* What a former run left is nobody's: those who want it have put it anew or taken it over by now. */
static void xfrm_settle(struct kernel_backend *k)
{
	struct xfrm *x = container_of(k, struct xfrm, backend);
	struct journal_entry *entry, *next;
	size_t count = 0;

	for (entry = journal_first(x->journal); entry; entry = next) {
		next = journal_next(x->journal, entry);
		if (!entry->is_orphan)
			continue;
		forget(x, entry);
		count++;
	}
	if (count)
		xfrm_log(x, "removed %zu states and policies that a former run left", count);
}

static void xfrm_close(struct kernel_backend *k, bool leaves)
{
	struct xfrm *x = container_of(k, struct xfrm, backend);

	if (x->journal && !leaves)
		remove_all(x);
	journal_close(x->journal);
	nl_socket_free(x->events);
	nl_socket_free(x->socket);
	free(x->acquires.list);
	free(x);
}

/* Of the whole network namespace; the kernel waits that long before it asks for a packet again. */
static void set_acquire_time(struct xfrm *x, uint32_t seconds)
{
	static const char path[] = "/proc/sys/net/core/xfrm_acq_expires";
	FILE *f = seconds ? fopen(path, "we") : NULL;
	bool is_set = f && fprintf(f, "%u\n", seconds) > 0;

	if (f)
		is_set &= fclose(f) == 0;
	if (seconds && !is_set)
		xfrm_log(x, "the life of an acquire stays as it is: %s: %s", path, strerror(errno));
}

static bool begin(struct xfrm *x, const char *journal, bool keeps, struct error *e)
{
	uint32_t reqid;
	struct journal_name none;
	size_t count;
	int err;

	x->socket = nl_socket_alloc();
	if (!x->socket || (err = nl_connect(x->socket, NETLINK_XFRM)) < 0)
		return error_set(e, "the kernel has no XFRM: use another --protostack");
	nl_socket_set_buffer_size(x->socket, 1 << 20, 1 << 17);
	/* an inquiry that changes nothing tells whether the right is there */
	memset(&none, 0, sizeof(none));
	none.selector.family = AF_INET;
	none.dir = XFRM_POLICY_OUT;
	err = xfrm_policy_reqid(x, &none, &reqid);
	if (err == -EPERM)
		return error_set(e, "no right to use XFRM (CAP_NET_ADMIN): start as root");
	if (!(x->journal = journal_open(journal, e)) || !journal_load(x->journal, e))
		return false;
	err = xfrm_events_open(x);
	if (err)
		return error_set(e, "cannot hear of kernel events: %s", strerror(-err));
	if (keeps)
		orphan_all(x);
	count = keeps ? 0 : remove_all(x);
	if (count)
		xfrm_log(
			x,
			"removed %zu kernel states, policies and interfaces that a former run left",
			count);
	return true;
}

struct kernel_backend *kernel_xfrm_open(const struct kernel_settings *s, struct error *e)
{
	struct xfrm *x = calloc(1, sizeof(*x));

	if (!x) {
		error_set(e, "out of memory");
		return NULL;
	}
	x->log = s->log;
	x->unmanaged = s->has_unmanaged_ifaces;
	x->comp_err = x->iptfs_err = 1;
	x->backend = (struct kernel_backend){
		.name = "xfrm",
		.run = xfrm_run,
		.bypass_socket = xfrm_bypass_socket,
		.read_events = xfrm_read_events,
		.resync = xfrm_resync,
		.settle = xfrm_settle,
		.close = xfrm_close,
	};
	if (!begin(x, s->journal, s->keeps, e)) {
		journal_close(x->journal);
		nl_socket_free(x->events);
		nl_socket_free(x->socket);
		free(x);
		return NULL;
	}
	set_acquire_time(x, s->acquire_sec);
	x->backend.has_esp_in_tcp = xfrm_has_esp_in_tcp();
	x->backend.event_fd = nl_socket_get_fd(x->events);
	xfrm_bypass_neighbours(x);
	return &x->backend;
}
