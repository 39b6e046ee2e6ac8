/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The IKE sockets of all our addresses. Datagrams are taken several at a time and given on one by
 * one; none is longer than the buffers, so none is ever seen cut.
 */
#include "udp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "log.h"
#include "sockaddr.h"
#include "udp_errors.h"
#include "udp_socket.h"

#define AT_ONCE 8u
#define ROUNDS 4 /* at most so many calls before others have their turn */
#define DATAGRAM_MAX 65536u
#define MARKER_LEN 4u

struct port {
	struct udp *udp;
	struct endpoint local;
	bool natt;
	int fd; /* -1: not open */
	struct watch *watch;
};

/* Ports are found by pointer from their watches, so each pair has its own memory. */
struct pair {
	struct port ike, natt;
	struct port own[UDP_PORTS_MAX]; /* of connections; by the list of the same order */
};

struct udp {
	struct poller *poller;
	struct kernel_backend *kernel;
	udp_packet_fn *fn;
	void *context;
	struct pair *pairs[UDP_ADDRESSES_MAX];
	struct address addresses[UDP_ADDRESSES_MAX];
	size_t count;
	uint16_t ike_port, natt_port;
	struct udp_tuning tuning;
	uint16_t own[UDP_PORTS_MAX];
	size_t own_count;
	bool reading; /* sockets are not closed under the reader's feet */
	uint8_t buffers[AT_ONCE][DATAGRAM_MAX];
};

struct udp *udp_new(struct poller *p, struct kernel_backend *k, const struct udp_settings *s,
		    udp_packet_fn *fn, void *context)
{
	struct udp *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->poller = p;
	u->kernel = k;
	u->ike_port = s->ike_port ? s->ike_port : IKE_PORT;
	u->natt_port = s->natt_port ? s->natt_port : IKE_NATT_PORT;
	u->tuning = s->tuning;
	u->fn = fn;
	u->context = context;
	return u;
}

static void give(struct port *p, const struct sockaddr_storage *from, const uint8_t *data,
		 size_t len)
{
	static const uint8_t marker[MARKER_LEN];
	struct udp_packet packet = { .local = p->local, .natt = p->natt };

	if (!sockaddr_to(from, &packet.remote))
		return;
	if (p->natt) {
		/* ESP that the kernel left to us, and keepalives */
		if (len < MARKER_LEN || memcmp(data, marker, MARKER_LEN) != 0)
			return;
		data += MARKER_LEN;
		len -= MARKER_LEN;
	}
	packet.datagram = slice(data, len);
	p->udp->fn(p->udp->context, &packet);
}

/* How many came; a socket that the packets' consequences closed is not read again. */
static int read_some(struct port *p, int fd)
{
	struct udp *u = p->udp;
	struct sockaddr_storage from[AT_ONCE];
	struct iovec iov[AT_ONCE];
	struct mmsghdr h[AT_ONCE];
	int n;

	memset(h, 0, sizeof(h));
	for (size_t i = 0; i < AT_ONCE; i++) {
		iov[i] = (struct iovec){ .iov_base = u->buffers[i], .iov_len = DATAGRAM_MAX };
		h[i].msg_hdr.msg_iov = &iov[i];
		h[i].msg_hdr.msg_iovlen = 1;
		h[i].msg_hdr.msg_name = &from[i];
		h[i].msg_hdr.msg_namelen = sizeof(from[i]);
	}
	n = recvmmsg(fd, h, AT_ONCE, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n && p->fd == fd; i++)
		if (!(h[i].msg_hdr.msg_flags & MSG_TRUNC))
			give(p, &from[i], u->buffers[i], h[i].msg_len);
	return n;
}

static void close_port(struct port *p)
{
	watch_free(p->watch);
	p->watch = NULL;
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

/* Closed pairs are freed only when no reader stands on one. */
static void sweep(struct udp *u)
{
	size_t kept = 0;

	for (size_t i = 0; i < u->count; i++) {
		if (u->pairs[i]->ike.fd < 0) {
			free(u->pairs[i]);
			continue;
		}
		u->addresses[kept] = u->addresses[i];
		u->pairs[kept++] = u->pairs[i];
	}
	u->count = kept;
}

static void readable(void *context, int fd, unsigned what)
{
	struct port *p = context;
	struct udp *u = p->udp;

	(void)what;
	u->reading = true;
	udp_errors_read(fd, &p->local);
	for (int i = 0; i < ROUNDS && p->fd == fd; i++)
		if (read_some(p, fd) < (int)AT_ONCE)
			break;
	u->reading = false;
	sweep(u);
}

static bool open_port(struct udp *u, struct port *p, const struct address *a, uint16_t port,
		      bool natt)
{
	char buf[ENDPOINT_TEXT_LEN];

	*p = (struct port){
		.udp = u,
		.local = { .address = *a, .port = port },
		.natt = natt,
	};
	p->fd = udp_socket(&p->local, natt, &u->tuning, u->kernel);
	if (p->fd < 0) {
		log_printf(LOG_LEVEL_ERROR, "cannot listen on %s: %s",
			   endpoint_format(&p->local, buf, sizeof(buf)), strerror(-p->fd));
		p->fd = -1;
		return false;
	}
	p->watch = watch_new(u->poller, p->fd, WATCH_READ, readable, p);
	if (!p->watch)
		close_port(p);
	return p->fd >= 0;
}

/* Those of the list that are not open are opened, those that are not in it closed. */
static void open_own(struct udp *u, struct pair *pair, const struct address *a)
{
	for (size_t i = 0; i < UDP_PORTS_MAX; i++) {
		struct port *p = &pair->own[i];

		if (p->fd >= 0 && (i >= u->own_count || p->local.port != u->own[i]))
			close_port(p);
		if (p->fd < 0 && i < u->own_count)
			(void)open_port(u, p, a, u->own[i], true);
	}
}

void udp_ports(struct udp *u, const uint16_t *ports, size_t count)
{
	u->own_count = count < UDP_PORTS_MAX ? count : UDP_PORTS_MAX;
	for (size_t i = 0; i < u->own_count; i++)
		u->own[i] = ports[i];
	for (size_t i = 0; i < u->count; i++)
		if (u->pairs[i]->ike.fd >= 0)
			open_own(u, u->pairs[i], &u->addresses[i]);
}

static void open_pair(struct udp *u, const struct address *a)
{
	struct pair *pair;

	if (u->count == UDP_ADDRESSES_MAX || !(pair = calloc(1, sizeof(*pair)))) {
		log_line(LOG_LEVEL_ERROR, "too many addresses to listen on");
		return;
	}
	for (size_t i = 0; i < UDP_PORTS_MAX; i++)
		pair->own[i].fd = -1;
	if (!open_port(u, &pair->ike, a, u->ike_port, false)) {
		free(pair);
		return;
	}
	(void)open_port(u, &pair->natt, a, u->natt_port, true);
	open_own(u, pair, a);
	u->addresses[u->count] = *a;
	u->pairs[u->count++] = pair;
}

static struct pair *find(const struct udp *u, const struct address *a)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->pairs[i]->ike.fd >= 0 && address_eq(&u->addresses[i], a))
			return u->pairs[i];
	return NULL;
}

static bool is_among(const struct address *a, const struct address *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (address_eq(a, &list[i]))
			return true;
	return false;
}

void udp_listen(struct udp *u, const struct address *addresses, size_t count)
{
	for (size_t i = 0; i < u->count; i++)
		if (!is_among(&u->addresses[i], addresses, count)) {
			close_port(&u->pairs[i]->ike);
			close_port(&u->pairs[i]->natt);
			for (size_t k = 0; k < UDP_PORTS_MAX; k++)
				close_port(&u->pairs[i]->own[k]);
		}
	if (!u->reading)
		sweep(u);
	for (size_t i = 0; i < count; i++)
		if (!find(u, &addresses[i]))
			open_pair(u, &addresses[i]);
}

bool udp_has_natt(const struct udp *u, size_t at)
{
	return at < u->count && u->pairs[at]->natt.fd >= 0;
}

const struct address *udp_addresses(const struct udp *u, size_t *count)
{
	*count = u->count;
	return u->addresses;
}

static struct port *port_of(struct pair *pair, uint16_t port, bool natt)
{
	for (size_t i = 0; natt && i < UDP_PORTS_MAX; i++)
		if (pair->own[i].fd >= 0 && pair->own[i].local.port == port)
			return &pair->own[i];
	return natt ? &pair->natt : &pair->ike;
}

int udp_send(struct udp *u, const struct endpoint *local, const struct endpoint *remote, bool natt,
	     bool is_keepalive, struct slice datagram)
{
	static uint8_t marker[MARKER_LEN];
	struct pair *pair = find(u, &local->address);
	struct port *p = pair ? port_of(pair, local->port, natt) : NULL;
	struct sockaddr_storage to;
	struct iovec iov[] = {
		{ .iov_base = marker, .iov_len = natt && !is_keepalive ? MARKER_LEN : 0 },
		{ .iov_base = (void *)datagram.data, .iov_len = datagram.len },
	};
	struct msghdr h = { .msg_name = &to, .msg_iov = iov, .msg_iovlen = ARRAY_LEN(iov) };

	h.msg_namelen = sockaddr_of(remote, &to);
	if (!p || p->fd < 0 || h.msg_namelen == 0)
		return -EADDRNOTAVAIL;
	/* the ICMP error of an earlier datagram comes up here once: then a second try */
	if (sendmsg(p->fd, &h, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 &&
	    (errno == EAGAIN || sendmsg(p->fd, &h, MSG_DONTWAIT | MSG_NOSIGNAL) < 0))
		return -errno;
	return 0;
}

void udp_free(struct udp *u)
{
	if (!u)
		return;
	udp_listen(u, NULL, 0);
	free(u);
}
