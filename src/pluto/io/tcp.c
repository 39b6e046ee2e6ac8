/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCP connections of IKE. Each reads into its stream and writes what its buffer holds when the peer
 * does not take it at once; one whose peer takes nothing, or breaks the protocol, is closed.
 */
#include "tcp.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/list.h"
#include "log.h"
#include "sockaddr.h"
#include "wire/stream.h"

#define BACKLOG 64
#define OUT_MAX (256u << 10)
#define MARKER_LEN 4
/* What is not acknowledged for so long says that the connection is dead: IKE sends again meanwhile. */
#define PATIENCE_MSEC 5000

struct link {
	struct list node;
	struct tcp *tcp;
	struct endpoint local, remote;
	int fd;
	struct watch *watch;
	struct stream stream;
	uint8_t *out; /* not taken by the system yet */
	size_t out_len, out_size;
	bool is_ours; /* we connected */
	bool is_connected;
	bool is_framed; /* the kernel cuts the stream into messages, and takes out ESP */
	uint16_t port;  /* ours: the real one */
	uint64_t owner; /* who sent over it last */
	bool is_lost;   /* to be told of */
	bool is_dead;   /* freed when nobody stands on it */
};

/* The port of a broken connection of ours: with the same one the states in the kernel go on. */
#define PORTS_KEPT 64
struct kept {
	struct address local;
	struct endpoint remote;
	uint16_t port;
};

struct listener {
	struct tcp *tcp;
	struct address address;
	int fd;
	struct watch *watch;
};

struct tcp {
	struct poller *poller;
	struct kernel_backend *kernel;
	udp_packet_fn *fn;
	tcp_lost_fn *lost;
	tcp_needed_fn *needed;
	void *context;
	size_t most; /* links */
	int spare_fd;
	uint16_t port;
	struct kept kept[PORTS_KEPT];
	size_t kept_next;
	struct list links;
	size_t link_count;
	struct listener *listeners[UDP_ADDRESSES_MAX];
	size_t listener_count;
	bool busy; /* a link's function is on the stack */
};

/* The rest is for sockets, the control socket and files. */
static size_t links_at_most(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0 || r.rlim_cur / 2 > TCP_CONNECTIONS_MAX)
		return TCP_CONNECTIONS_MAX;
	return r.rlim_cur / 2;
}

static int open_spare(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

struct tcp *tcp_new(struct poller *p, struct kernel_backend *k, uint16_t port, udp_packet_fn *fn,
		    tcp_lost_fn *lost, tcp_needed_fn *needed, void *context)
{
	struct tcp *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->needed = needed;
	t->most = links_at_most();
	t->spare_fd = open_spare();
	t->poller = p;
	t->kernel = k;
	t->port = port;
	t->fn = fn;
	t->lost = lost;
	t->context = context;
	list_init(&t->links);
	return t;
}

static void keep_port(struct tcp *t, const struct link *l)
{
	t->kept[t->kept_next++ % PORTS_KEPT] =
		(struct kept){ l->local.address, l->remote, l->port };
}

/* 0: none is kept. */
static uint16_t kept_port(struct tcp *t, const struct address *local, const struct endpoint *remote)
{
	for (size_t i = 0; i < PORTS_KEPT; i++) {
		struct kept *k = &t->kept[i];
		uint16_t port = k->port;

		if (!port || !address_eq(&k->local, local) || !endpoint_eq(&k->remote, remote))
			continue;
		k->port = 0;
		return port;
	}
	return 0;
}

static void link_close(struct link *l)
{
	const struct linger at_once = { .l_onoff = 1 };

	if (l->is_ours && l->is_framed && !l->is_dead && l->tcp->lost) {
		/* its port must be free for the next one */
		(void)setsockopt(l->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		keep_port(l->tcp, l);
		l->is_lost = true;
	}
	watch_free(l->watch);
	l->watch = NULL;
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	l->is_dead = true;
}

static void sweep(struct tcp *t)
{
	struct link *l;

	if (t->busy)
		return;
	t->busy = true; /* who is told may send */
	list_each (l, &t->links, struct link, node) {
		uint64_t owner = l->is_lost ? l->owner : 0;

		if (!l->is_dead)
			continue;
		list_remove(&l->node);
		t->link_count--;
		stream_free(&l->stream);
		free(l->out);
		free(l);
		if (owner && t->lost)
			t->lost(t->context, owner);
	}
	t->busy = false;
}

/* One message to a framed link. What the kernel has no room for is as good as lost. */
static bool send_framed(struct link *l, struct slice message)
{
	static uint8_t marker[MARKER_LEN];
	struct iovec iov[] = {
		{ .iov_base = marker, .iov_len = sizeof(marker) },
		{ .iov_base = (void *)(uintptr_t)message.data, .iov_len = message.len },
	};
	const struct msghdr h = { .msg_iov = iov, .msg_iovlen = ARRAY_LEN(iov) };

	/* the kernel takes no other flag here; SIGPIPE is ignored */
	return sendmsg(l->fd, &h, MSG_DONTWAIT) >= 0 || errno == EAGAIN || errno == EINTR ||
	       errno == ENOBUFS;
}

/*
 * Between the prefix and the first message the stream is handed to the kernel, if it has ESP in TCP
 * (RFC 9329 3). What we queued until then follows in its way.
 */
static void hand_over(struct link *l)
{
	static const char name[] = "espintcp";
	struct stream queued;
	struct slice message;
	uint8_t *at;
	size_t room;

	if (!l->tcp->kernel->has_esp_in_tcp ||
	    setsockopt(l->fd, IPPROTO_TCP, TCP_ULP, name, sizeof(name) - 1) < 0)
		return;
	l->is_framed = true;
	stream_init(&queued, false);
	at = stream_room(&queued, &room);
	if (at && l->out_len <= room) {
		memcpy(at, l->out, l->out_len);
		stream_put(&queued, l->out_len);
		while (stream_next(&queued, &message) == STREAM_MESSAGE)
			(void)send_framed(l, message);
	}
	stream_free(&queued);
	l->out_len = 0;
}

/* The system has connected, or has not. */
static bool connected(struct link *l)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);
	struct endpoint mine;
	ssize_t n;

	if (getsockname(l->fd, (struct sockaddr *)&at, &len) < 0 || !sockaddr_to(&at, &mine))
		return false;
	l->port = mine.port;
	n = send(l->fd, STREAM_PREFIX, STREAM_PREFIX_LEN, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && (errno == EAGAIN || errno == ENOTCONN || errno == EINPROGRESS))
		return true; /* not yet */
	if (n != STREAM_PREFIX_LEN)
		return false;
	l->is_connected = true;
	hand_over(l);
	return true;
}

static bool flush(struct link *l)
{
	if (!l->is_connected && !connected(l))
		return false;
	while (l->is_connected && l->out_len > 0) {
		ssize_t n = send(l->fd, l->out, l->out_len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR || errno == ENOTCONN ||
			       errno == EINPROGRESS;
		memmove(l->out, l->out + n, l->out_len - (size_t)n);
		l->out_len -= (size_t)n;
	}
	return true;
}

static void give_all(struct link *l)
{
	struct slice message;
	enum stream_result result;

	while (!l->is_dead && (result = stream_next(&l->stream, &message)) != STREAM_MORE) {
		struct udp_packet packet = {
			.local = l->local, .remote = l->remote, .datagram = message, .natt = true
		};

		if (result == STREAM_BROKEN)
			link_close(l);
		else if (result == STREAM_MESSAGE)
			l->tcp->fn(l->tcp->context, &packet);
	}
}

/* A message with its marker, as the kernel gives it. */
static void give_framed(struct link *l, const uint8_t *data, size_t len)
{
	static const uint8_t marker[MARKER_LEN];
	struct udp_packet packet = { .local = l->local,
				     .remote = l->remote,
				     .datagram = { data + MARKER_LEN, len - MARKER_LEN },
				     .natt = true };

	if (len > MARKER_LEN && memcmp(data, marker, MARKER_LEN) == 0)
		l->tcp->fn(l->tcp->context, &packet);
}

static void read_some(struct link *l)
{
	size_t room;
	uint8_t *at = stream_room(&l->stream, &room);
	bool awaits_prefix = !l->stream.has_prefix;
	ssize_t n;

	/* what follows the prefix is not ours to read if the kernel takes the stream over */
	if (awaits_prefix && room > STREAM_PREFIX_LEN - l->stream.len)
		room = STREAM_PREFIX_LEN - l->stream.len;
	n = at && room ? recv(l->fd, at, room, MSG_DONTWAIT) : 0;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		link_close(l);
		return;
	}
	if (l->is_framed) {
		give_framed(l, at, (size_t)n);
		return;
	}
	stream_put(&l->stream, (size_t)n);
	give_all(l);
	if (!l->is_dead && awaits_prefix && l->stream.has_prefix)
		hand_over(l);
}

static void link_ready(void *context, int fd, unsigned what)
{
	struct link *l = context;
	struct tcp *t = l->tcp;

	(void)fd;
	t->busy = true;
	if (what & WATCH_WRITE) {
		if (!flush(l))
			link_close(l);
		else if (l->out_len == 0)
			watch_set(l->watch, WATCH_READ);
	}
	if (!l->is_dead && (what & WATCH_READ))
		read_some(l);
	t->busy = false;
	sweep(t);
}

/* The oldest that a peer made and over which nobody talks who has proven who he is (RFC 9329 11): to
 * hold many open keeps nobody out. False: all are needed. */
static bool make_room(struct tcp *t)
{
	struct link *l;

	list_each (l, &t->links, struct link, node) {
		if (l->is_dead || l->is_ours || (l->owner && t->needed(t->context, l->owner)))
			continue;
		link_close(l);
		sweep(t);
		return true;
	}
	return false;
}

static struct link *link_new(struct tcp *t, int fd, const struct endpoint *local,
			     const struct endpoint *remote, bool is_ours)
{
	struct link *l = t->link_count < t->most || make_room(t) ? calloc(1, sizeof(*l)) : NULL;

	if (!l) {
		close(fd);
		return NULL;
	}
	l->tcp = t;
	l->fd = fd;
	l->local = *local;
	l->remote = *remote;
	l->local.tcp = l->remote.tcp = true;
	l->is_ours = is_ours;
	l->is_connected = !is_ours;
	l->port = local->port;
	stream_init(&l->stream, !is_ours);
	l->watch =
		watch_new(t->poller, fd, WATCH_READ | (is_ours ? WATCH_WRITE : 0), link_ready, l);
	if (!l->watch) {
		close(fd);
		free(l);
		return NULL;
	}
	list_append(&t->links, &l->node);
	t->link_count++;
	return l;
}

/* A socket that no policy is in the way of. */
static int open_socket(struct tcp *t, const struct address *a, uint16_t port)
{
	struct endpoint e = { .address = *a, .port = port };
	struct sockaddr_storage at;
	socklen_t len = sockaddr_of(&e, &at);
	unsigned patience = PATIENCE_MSEC;
	int fd, one = 1, err;

	if (len == 0)
		return -EAFNOSUPPORT;
	fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (at.ss_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof(patience));
	err = t->kernel->bypass_socket(t->kernel, fd, (enum family)a->family);
	if (err == 0 && bind(fd, (const struct sockaddr *)&at, len) < 0)
		err = -errno;
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static int accept_one(struct listener *s, struct sockaddr_storage *from)
{
	socklen_t len = sizeof(*from);

	return accept4(s->fd, (struct sockaddr *)from, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* Out of descriptors: one that is not needed gives way, or the new one is turned away with the spare one;
 * what waits to be taken would wake us for ever. */
static int accept_with_care(struct listener *s, struct sockaddr_storage *from)
{
	struct tcp *t = s->tcp;
	int fd = accept_one(s, from);

	if (fd >= 0 || (errno != EMFILE && errno != ENFILE))
		return fd;
	if (make_room(t) && (fd = accept_one(s, from)) >= 0)
		return fd;
	if (t->spare_fd >= 0)
		close(t->spare_fd);
	fd = accept_one(s, from);
	if (fd >= 0)
		close(fd);
	t->spare_fd = open_spare();
	return -1;
}

static void accept_ready(void *context, int fd, unsigned what)
{
	struct listener *s = context;
	struct sockaddr_storage from;
	struct endpoint local = { .address = s->address, .port = s->tcp->port }, remote;
	int one = accept_with_care(s, &from);

	(void)fd, (void)what;
	if (one < 0)
		return;
	if (!sockaddr_to(&from, &remote) ||
	    s->tcp->kernel->bypass_socket(s->tcp->kernel, one, (enum family)s->address.family)) {
		close(one);
		return;
	}
	(void)link_new(s->tcp, one, &local, &remote, false);
}

static void listener_free(struct listener *s)
{
	watch_free(s->watch);
	close(s->fd);
	free(s);
}

static void listener_new(struct tcp *t, const struct address *a)
{
	struct endpoint e = { .address = *a, .port = t->port, .tcp = true };
	char buf[ENDPOINT_TEXT_LEN];
	int fd = open_socket(t, a, t->port);
	struct listener *s = fd >= 0 && listen(fd, BACKLOG) == 0 ? calloc(1, sizeof(*s)) : NULL;

	if (s) {
		*s = (struct listener){ .tcp = t, .address = *a, .fd = fd };
		s->watch = watch_new(t->poller, fd, WATCH_READ, accept_ready, s);
	}
	if (s && s->watch) {
		t->listeners[t->listener_count++] = s;
		return;
	}
	log_printf(LOG_LEVEL_ERROR, "cannot listen on %s: %s",
		   endpoint_format(&e, buf, sizeof(buf)), strerror(fd < 0 ? -fd : errno));
	free(s);
	if (fd >= 0)
		close(fd);
}

static bool is_among(const struct address *a, const struct address *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (address_eq(a, &list[i]))
			return true;
	return false;
}

void tcp_listen(struct tcp *t, const struct address *addresses, size_t count)
{
	struct link *l;
	size_t kept = 0;

	for (size_t i = 0; i < t->listener_count; i++) {
		if (is_among(&t->listeners[i]->address, addresses, count))
			t->listeners[kept++] = t->listeners[i];
		else
			listener_free(t->listeners[i]);
	}
	t->listener_count = kept;
	list_each (l, &t->links, struct link, node)
		if (!l->is_dead && !is_among(&l->local.address, addresses, count))
			link_close(l);
	sweep(t);
	for (size_t i = 0; t->port && i < count && t->listener_count < UDP_ADDRESSES_MAX; i++) {
		bool is_there = false;

		for (size_t k = 0; k < t->listener_count; k++)
			is_there |= address_eq(&t->listeners[k]->address, &addresses[i]);
		if (!is_there)
			listener_new(t, &addresses[i]);
	}
}

static struct link *find(struct tcp *t, const struct endpoint *local, const struct endpoint *remote)
{
	struct link *l;

	list_each (l, &t->links, struct link, node)
		if (!l->is_dead && endpoint_eq(&l->local, local) && endpoint_eq(&l->remote, remote))
			return l;
	return NULL;
}

static bool queue(struct link *l, const void *data, size_t len)
{
	if (l->out_len + len > OUT_MAX)
		return false;
	if (l->out_len + len > l->out_size) {
		size_t size = (l->out_len + len) * 2;
		uint8_t *more = realloc(l->out, size);

		if (!more)
			return false;
		l->out = more;
		l->out_size = size;
	}
	if (len)
		memcpy(l->out + l->out_len, data, len);
	l->out_len += len;
	return true;
}

static struct link *connect_to(struct tcp *t, const struct endpoint *local,
			       const struct endpoint *remote, int *err)
{
	struct sockaddr_storage to;
	socklen_t len = sockaddr_of(remote, &to);
	struct link *l;
	uint16_t port = kept_port(t, &local->address, remote);
	int fd = open_socket(t, &local->address, port);

	if (fd < 0 && port)
		fd = open_socket(t, &local->address, 0);
	*err = fd < 0 ? fd : 0;
	if (fd < 0)
		return NULL;
	if (connect(fd, (const struct sockaddr *)&to, len) < 0 && errno != EINPROGRESS) {
		*err = -errno;
		close(fd);
		return NULL;
	}
	l = link_new(t, fd, local, remote, true);
	if (!l)
		*err = -ENOMEM;
	return l;
}

uint16_t tcp_esp_port(struct tcp *t, const struct endpoint *local, const struct endpoint *remote)
{
	const struct link *l = find(t, local, remote);

	return l && l->is_framed ? l->port : 0;
}

int tcp_send(struct tcp *t, uint64_t owner, const struct endpoint *local,
	     const struct endpoint *remote, struct slice message)
{
	struct link *l = find(t, local, remote);
	uint8_t head[STREAM_HEAD_LEN];
	int err = 0;

	if (!stream_head(message.len, head))
		return -EMSGSIZE;
	if (!l && local->port == 0)
		l = connect_to(t, local, remote, &err);
	if (!l)
		return err ? err : -ENOTCONN;
	l->owner = owner ? owner : l->owner;
	if (l->is_framed && send_framed(l, message))
		return 0;
	if (l->is_framed || l->out_len + sizeof(head) + message.len > OUT_MAX ||
	    !queue(l, head, sizeof(head)) || !queue(l, message.data, message.len) || !flush(l)) {
		link_close(l);
		sweep(t);
		return -EPIPE;
	}
	if (l->out_len > 0)
		watch_set(l->watch, WATCH_READ | WATCH_WRITE);
	return 0;
}

void tcp_free(struct tcp *t)
{
	if (!t)
		return;
	t->lost = NULL;
	tcp_listen(t, NULL, 0);
	if (t->spare_fd >= 0)
		close(t->spare_fd);
	free(t);
}
