/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames in: read by their header, checked whole, given on one at a time. While a request is under
 * way the next frame waits in the buffer, so replies never mix.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "control_client.h"
#include "ctl/codes.h"
#include "ctl/verbs.h"

static size_t requests_of(const struct control *c, const struct client *of, bool attached)
{
	const struct client *cl;
	size_t count = 0;

	list_each (cl, &c->clients, struct client, node)
		if (cl != of && cl->uid == of->uid && cl->attached == attached &&
		    (cl->busy || cl->sent < cl->output.len))
			count++;
	return count;
}

/* True when the frame was handed on; otherwise it was answered here. */
static bool admit(struct client *cl, const struct ctl_message *m)
{
	const struct verb_row *v = m->type == CTL_REQUEST ? verb_by_number(m->what) : NULL;

	if (m->type != CTL_REQUEST) {
		client_refuse(cl, m->sequence, RC_BAD_MESSAGE, "the frame is not a request");
		return false;
	}
	cl->attached = v && v->attached;
	if (requests_of(cl->control, cl, cl->attached) >=
	    (cl->attached ? ATTACHED_PER_UID : REQUESTS_PER_UID)) {
		client_refuse(cl, m->sequence, RC_BUSY,
			      "too many requests of this user are under way: try again");
		return false;
	}
	return true;
}

static void consume(struct client *cl, size_t len)
{
	memmove(cl->input, cl->input + len, cl->have - len);
	cl->have -= len;
	/* a secret may have been in it */
	wipe(cl->input + cl->have, len);
}

void client_frames(struct client *cl)
{
	struct control *c = cl->control;

	if (cl->in_frames)
		return;
	while (!cl->closed && !cl->closing && !cl->busy) {
		struct ctl_message m;
		struct error e = { 0 };
		struct slice head = slice(cl->input, cl->have);
		size_t len = 0;

		if (!ctl_frame_len(head, &len, &e)) {
			client_refuse(cl, 0, RC_BAD_MESSAGE, e.text);
			return;
		}
		if (len == 0 || len > cl->have)
			return;
		head.len = len;
		if (!ctl_decode(head, &m, &e)) {
			client_refuse(cl, m.sequence, RC_BAD_MESSAGE, e.text);
			return;
		}
		if (!admit(cl, &m))
			return;
		cl->busy = cl->asked = true;
		cl->sequence = m.sequence;
		client_set_clock(cl);
		/* the core's answer may close the client, which keeps its memory until the sweep */
		cl->in_frames = true;
		c->calls.frame(c->calls.context, cl->id, cl->role, head);
		cl->in_frames = false;
		if (!cl->closed)
			consume(cl, len);
	}
}

/* Who sent this? The kernel says it with each message, for a descriptor can be passed on (case 189). */
static bool is_from_client(const struct client *cl, struct msghdr *m)
{
	struct ucred who;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_CREDENTIALS ||
		    c->cmsg_len < CMSG_LEN(sizeof(who)))
			continue;
		memcpy(&who, CMSG_DATA(c), sizeof(who));
		return who.uid == cl->uid;
	}
	return false;
}

static void read_input(struct client *cl)
{
	union {
		struct cmsghdr align;
		uint8_t room[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct iovec to = { cl->input + cl->have, CTL_FRAME_MAX - cl->have };
	struct msghdr m = { .msg_iov = &to,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	/* descriptors that somebody sends are not wanted: there is no room for them */
	ssize_t n = recvmsg(cl->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_drop(cl);
		return;
	}
	if (!is_from_client(cl, &m)) {
		client_refuse(cl, 0, RC_DENIED,
			      "permission denied: another user connected this socket");
		return;
	}
	cl->have += (size_t)n;
	client_frames(cl);
}

void client_ready(void *context, int fd, unsigned what)
{
	struct client *cl = context;
	struct control *c = cl->control;

	(void)fd;
	c->depth++;
	if (what & WATCH_WRITE)
		client_flush(cl);
	if (!cl->closed && (what & WATCH_WRITE) && cl->wants_more && cl->sent == cl->output.len) {
		cl->wants_more = false;
		c->calls.ready(c->calls.context, cl->id);
	}
	if (!cl->closed && (what & WATCH_READ) && !cl->closing && cl->have < CTL_FRAME_MAX)
		read_input(cl);
	client_set_watch(cl);
	c->depth--;
	control_sweep(c);
}
