/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel tells by itself, on a netlink socket of its own: acquires, expiries, mappings, and
 * removals by others. A filter in the kernel leaves out what our own requests cause and every message
 * that holds keys. Messages may be lost (-ENOBUFS); then what stands is compared with a dump.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "kernel/xfrm.h"

#define EVENT_SIZE 8192
#define ROUNDS 64
#define RECEIVE_BUFFER (4 << 20)

/* Type at 4 and sender at 12 of the header; BPF reads them as big-endian. */
static int set_filter(int fd, uint32_t own_port)
{
#define LOAD_TYPE BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(struct nlmsghdr, nlmsg_type))
#define LOAD_SENDER BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct nlmsghdr, nlmsg_pid))
#define EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
	struct sock_filter code[] = {
		LOAD_TYPE,
		EQUAL(htons(XFRM_MSG_ACQUIRE), 9, 0),
		EQUAL(htons(XFRM_MSG_EXPIRE), 8, 0),
		EQUAL(htons(XFRM_MSG_MAPPING), 7, 0),
		EQUAL(htons(XFRM_MSG_DELSA), 4, 0),
		EQUAL(htons(XFRM_MSG_FLUSHSA), 3, 0),
		EQUAL(htons(XFRM_MSG_DELPOLICY), 2, 0),
		EQUAL(htons(XFRM_MSG_FLUSHPOLICY), 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0),
		LOAD_SENDER,
		EQUAL(htonl(own_port), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog program = { .len = ARRAY_LEN(code), .filter = code };

	/* the jumps of the first three lead to the last line */
	code[1].jt = 10;
	code[2].jt = 9;
	code[3].jt = 8;
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0 ? -errno
											   : 0;
}

int xfrm_events_open(struct xfrm *x)
{
	static const int groups[] = { XFRMNLGRP_ACQUIRE, XFRMNLGRP_EXPIRE, XFRMNLGRP_MAPPING,
				      XFRMNLGRP_SA, XFRMNLGRP_POLICY };
	const int size = RECEIVE_BUFFER;
	int err, fd;

	x->events = nl_socket_alloc();
	if (!x->events)
		return -ENOMEM;
	nl_socket_disable_seq_check(x->events);
	if (nl_connect(x->events, NETLINK_XFRM) < 0)
		return -EPROTONOSUPPORT;
	fd = nl_socket_get_fd(x->events);
	/* past what the system allows to others: a storm of acquires must fit */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		nl_socket_set_buffer_size(x->events, size, 0);
	err = set_filter(fd, nl_socket_get_local_port(x->socket));
	if (err)
		return err;
	if (nl_socket_set_nonblocking(x->events) < 0)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		if (nl_socket_add_memberships(x->events, groups[i], 0) < 0)
			return -EPERM;
	return 0;
}

static bool from_family(uint16_t family, const xfrm_address_t *a, struct address *out)
{
	size_t len = family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;

	return len && address_from(slice(a, len), out);
}

/* One side of the packet that met the policy. */
static bool packet_side(const struct xfrm_selector *s, const xfrm_address_t *a, bool is_source,
			struct selector *out)
{
	bool is_icmp = s->proto == IPPROTO_ICMP || s->proto == IPPROTO_ICMPV6;
	uint16_t port = ntohs(is_source ? s->sport : s->dport);

	*out = (struct selector){ .protocol = s->proto, .end_port = UINT16_MAX };
	if (!from_family(s->family, a, &out->range.start))
		return false;
	out->range.end = out->range.start;
	if (is_icmp) /* type and code are the two ports of the flow */
		out->start_port = out->end_port =
			(uint16_t)((ntohs(s->sport) & 0xff) << 8 | (ntohs(s->dport) & 0xff));
	else if (is_source ? s->sport_mask : s->dport_mask)
		out->start_port = out->end_port = port;
	return true;
}

static bool parse_acquire(const struct nlmsghdr *h, struct kernel_event *out)
{
	struct xfrm_user_acquire a;
	struct xfrm_user_tmpl t;
	struct nlattr *attr;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(a)))
		return false;
	memcpy(&a, NLMSG_DATA(h), sizeof(a));
	attr = nlmsg_find_attr((struct nlmsghdr *)h, sizeof(a), XFRMA_TMPL);
	if (!attr || nla_len(attr) < (int)sizeof(t))
		return false;
	memcpy(&t, nla_data(attr), sizeof(t));
	out->kind = KERNEL_ACQUIRE;
	out->reqid = t.reqid;
	return packet_side(&a.sel, &a.sel.saddr, true, &out->src) &&
	       packet_side(&a.sel, &a.sel.daddr, false, &out->dst);
}

bool xfrm_acquire_of_state(const struct xfrm_usersa_info *p, struct kernel_event *out)
{
	*out = (struct kernel_event){ .kind = KERNEL_ACQUIRE, .reqid = p->reqid };
	return p->id.spi == 0 && p->reqid != 0 &&
	       packet_side(&p->sel, &p->sel.saddr, true, &out->src) &&
	       packet_side(&p->sel, &p->sel.daddr, false, &out->dst);
}

static bool parse_expire(const struct nlmsghdr *h, struct kernel_event *out)
{
	struct xfrm_user_expire e;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(e)))
		return false;
	memcpy(&e, NLMSG_DATA(h), sizeof(e));
	out->kind = KERNEL_EXPIRE;
	out->spi = ntohl(e.state.id.spi);
	out->reqid = e.state.reqid;
	out->is_hard = e.hard != 0;
	/* the larval state of an acquire has no SPI and is nobody's */
	return out->spi && from_family(e.state.family, &e.state.id.daddr, &out->state_dst);
}

static bool parse_mapping(const struct nlmsghdr *h, struct kernel_event *out)
{
	struct xfrm_user_mapping m;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(m)))
		return false;
	memcpy(&m, NLMSG_DATA(h), sizeof(m));
	out->kind = KERNEL_MAPPING;
	out->spi = ntohl(m.id.spi);
	out->reqid = m.reqid;
	out->mapped.port = ntohs(m.new_sport);
	return from_family(m.id.family, &m.id.daddr, &out->state_dst) &&
	       from_family(m.id.family, &m.new_saddr, &out->mapped.address);
}

static bool parse_gone(const struct nlmsghdr *h, struct kernel_event *out)
{
	struct xfrm_usersa_id id;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(id)))
		return false;
	memcpy(&id, NLMSG_DATA(h), sizeof(id));
	out->kind = KERNEL_STATE_GONE;
	out->spi = ntohl(id.spi);
	return xfrm_protocol(id.proto, &out->protocol) &&
	       from_family(id.family, &id.daddr, &out->state_dst);
}

bool xfrm_event_parse(const struct nlmsghdr *h, struct kernel_event *out)
{
	*out = (struct kernel_event){ 0 };
	switch (h->nlmsg_type) {
	case XFRM_MSG_ACQUIRE:
		return parse_acquire(h, out);
	case XFRM_MSG_EXPIRE:
		return parse_expire(h, out);
	case XFRM_MSG_MAPPING:
		return parse_mapping(h, out);
	case XFRM_MSG_DELSA:
		return parse_gone(h, out);
	case XFRM_MSG_FLUSHSA:
	case XFRM_MSG_DELPOLICY:
	case XFRM_MSG_FLUSHPOLICY:
		out->kind = KERNEL_LOST;
		return true;
	}
	return false;
}

const struct nlmsghdr *xfrm_event_next(struct slice *left)
{
	const struct nlmsghdr *h = (const struct nlmsghdr *)(const void *)left->data;
	size_t step;

	if (left->len < NLMSG_HDRLEN || h->nlmsg_len < NLMSG_HDRLEN || h->nlmsg_len > left->len)
		return NULL;
	/* the last one need not be filled up */
	step = NLMSG_ALIGN(h->nlmsg_len);
	step = step < left->len ? step : left->len;
	*left = slice(left->data + step, left->len - step);
	return h;
}

/* Is the state that somebody removed one of ours? That of IPComp is told of as the one around it. */
static bool is_ours(struct xfrm *x, struct kernel_event *e)
{
	const struct journal_entry *entry;
	struct journal_name name;

	if (e->kind != KERNEL_STATE_GONE)
		return true;
	xfrm_state_name(xfrm_proto(e->protocol), &e->state_dst, e->spi, &name);
	entry = journal_find(x->journal, &name);
	if (entry)
		xfrm_name_outer(entry, e);
	return entry != NULL;
}

/* Datagrams of the kernel: > 0, 0 when there is none, or -errno. */
static ssize_t receive(struct xfrm *x, void *buf, size_t size)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr h = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n = recvmsg(nl_socket_get_fd(x->events), &h, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	/* one that is cut or not the kernel's is as good as lost */
	return from.nl_pid != 0 || (h.msg_flags & MSG_TRUNC) ? -ENOBUFS : n;
}

void xfrm_read_events(struct kernel_backend *k, kernel_event_fn *fn, void *context)
{
	struct xfrm *x = container_of(k, struct xfrm, backend);
	_Alignas(struct nlmsghdr) uint8_t buf[EVENT_SIZE];
	struct kernel_event lost = { .kind = KERNEL_LOST };
	struct kernel_event e;

	xfrm_acquires_give(x, ROUNDS, fn, context);
	for (int i = 0; i < ROUNDS; i++) {
		ssize_t n = receive(x, buf, sizeof(buf));
		const struct nlmsghdr *h;
		struct slice left;

		if (n == 0)
			return;
		if (n < 0) {
			fn(context, &lost);
			continue;
		}
		left = slice(buf, (size_t)n);
		while ((h = xfrm_event_next(&left)))
			if (xfrm_event_parse(h, &e) && is_ours(x, &e))
				fn(context, &e);
	}
}
