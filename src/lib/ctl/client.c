/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's side of the control socket. Nothing here waits for ever but a read that was asked
 * to: connecting and sending are timed by the kernel, reading by poll against a deadline that each
 * octet moves on.
 */
#include "ctl/client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static bool no_socket(struct ctl_client *c, const char *path, int err, struct error *e)
{
	ctl_client_close(c);
	if (err == ENOENT || err == ENOTDIR)
		return error_code(e, RC_NO_DAEMON, "Pluto is not running (no \"%s\")", path);
	if (err == ECONNREFUSED)
		return error_code(e, RC_NO_DAEMON, "Pluto is not running (\"%s\": %s)", path,
				  strerror(err));
	if (err == EAGAIN)
		return error_code(e, RC_WHACK, "pluto does not answer at \"%s\": its queue is full",
				  path);
	return error_code(e, RC_WHACK, "cannot connect to \"%s\": %s", path, strerror(err));
}

bool ctl_client_open(struct ctl_client *c, const char *path, struct error *e)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = CTL_CLIENT_CONNECT_MSEC / 1000 };

	c->fd = -1;
	c->sequence = 0;
	c->silence_msec = CTL_CLIENT_SILENCE_MSEC;
	c->have = c->used = 0;
	if (strlen(path) >= sizeof(address.sun_path))
		return error_code(e, RC_WHACK, "the socket's path \"%s\" is too long", path);
	memcpy(address.sun_path, path, strlen(path));
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return error_code(e, RC_WHACK, "cannot make a socket: %s", strerror(errno));
	/* for a Unix socket the send timeout limits connect as well */
	if (setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0 ||
	    connect(c->fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return no_socket(c, path, errno, e);
	return true;
}

bool ctl_client_send(struct ctl_client *c, struct slice frame, struct error *e)
{
	struct ctl_message m;

	if (!ctl_decode(frame, &m, e))
		return false;
	c->sequence = m.sequence;
	while (frame.len > 0) {
		ssize_t n = send(c->fd, frame.data, frame.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return error_code(e, RC_WHACK, "pluto does not take the request");
		/* whoever closes early may have said why: the reader finds out */
		if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
			return true;
		if (n < 0)
			return error_code(e, RC_WHACK, "cannot send to pluto: %s", strerror(errno));
		frame = slice(frame.data + n, frame.len - (size_t)n);
	}
	return true;
}

static uint64_t now_msec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool wait_readable(struct ctl_client *c, struct error *e)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	uint64_t end = now_msec() + c->silence_msec;

	for (;;) {
		uint64_t now = now_msec();
		uint64_t left = now < end ? end - now : 0;
		int timeout = c->silence_msec == 0 ? -1 : left > 60000 ? 60000 : (int)left;
		int n = poll(&p, 1, timeout);

		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return error_code(e, RC_WHACK, "cannot wait for pluto: %s",
					  strerror(errno));
		if (n == 0 && now_msec() >= end)
			return error_code(e, RC_WHACK,
					  "pluto did not answer for %llu s: gave up, and what it "
					  "did is unknown",
					  (unsigned long long)(c->silence_msec / 1000));
	}
}

static bool read_more(struct ctl_client *c, struct error *e)
{
	ssize_t n;

	do {
		if (!wait_readable(c, e))
			return false;
		n = recv(c->fd, c->buffer + c->have, sizeof(c->buffer) - c->have, 0);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return error_code(e, RC_WHACK,
				  "pluto closed the connection without an end: it failed or was "
				  "stopped, and what it did is unknown");
	if (n < 0)
		return error_code(e, RC_WHACK, "cannot read from pluto: %s", strerror(errno));
	c->have += (size_t)n;
	return true;
}

static bool read_frame(struct ctl_client *c, struct slice *out, struct error *e)
{
	size_t len;

	memmove(c->buffer, c->buffer + c->used, c->have - c->used);
	c->have -= c->used;
	c->used = 0;
	for (;;) {
		if (!ctl_frame_len(slice(c->buffer, c->have), &len, e))
			return false;
		if (len > 0 && len <= c->have)
			break;
		if (!read_more(c, e))
			return false;
	}
	c->used = len;
	*out = slice(c->buffer, len);
	return true;
}

bool ctl_client_read(struct ctl_client *c, struct ctl_message *out, struct error *e)
{
	struct slice frame;
	bool good = read_frame(c, &frame, e) && ctl_decode(frame, out, e);

	if (good && out->type == CTL_REQUEST)
		good = error_code(e, RC_WHACK, "pluto sent a request");
	/* sequence 0 answers a request that could not be read */
	if (good && out->sequence != c->sequence && out->sequence != 0)
		good = error_code(e, RC_WHACK, "pluto answered another request");
	if (!good)
		e->code = RC_WHACK;
	return good;
}

void ctl_client_close(struct ctl_client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}
