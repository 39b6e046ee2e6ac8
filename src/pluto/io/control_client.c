/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's life and its output. Nothing here waits: what the socket does not take stays in a
 * queue with an end, and a client that does not read is closed.
 */
#include "control_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ctl/records.h"

#define OUTPUT_STEP 4096u
#define FLUSH_AT 16384u

uint64_t control_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * USEC_PER_SEC + (uint64_t)t.tv_nsec / 1000;
}

struct client *client_new(struct control *c, int fd)
{
	struct client *cl = calloc(1, sizeof(*cl));

	if (!cl)
		return NULL;
	cl->input = malloc(CTL_FRAME_MAX);
	cl->watch = cl->input ? watch_new(c->poller, fd, WATCH_READ, client_ready, cl) : NULL;
	if (!cl->watch) {
		free(cl->input);
		free(cl);
		return NULL;
	}
	cl->control = c;
	cl->fd = fd;
	cl->id = c->next_id++;
	cl->role = control_role(c, fd, &cl->uid);
	cl->deadline_usec = control_now() + SILENCE_USEC;
	cl->alive_usec = USEC_NEVER;
	list_append(&c->clients, &cl->node);
	c->count++;
	return cl;
}

void client_drop(struct client *cl)
{
	struct control *c = cl->control;

	if (cl->closed)
		return;
	cl->closed = true;
	watch_free(cl->watch);
	cl->watch = NULL;
	close(cl->fd);
	list_remove(&cl->node);
	list_append(&c->dead, &cl->node);
	c->count--;
	if (cl->asked)
		c->calls.gone(c->calls.context, cl->id);
}

void control_sweep(struct control *c)
{
	struct client *cl;

	if (c->depth > 0)
		return;
	while ((cl = list_first(&c->dead, struct client, node))) {
		list_remove(&cl->node);
		bytes_free(&cl->output);
		wipe(cl->input, cl->have);
		free(cl->input);
		free(cl);
	}
}

void client_set_watch(struct client *cl)
{
	unsigned what = 0;

	if (cl->closed)
		return;
	if (!cl->closing && cl->have < CTL_FRAME_MAX)
		what |= WATCH_READ;
	if (cl->sent < cl->output.len || cl->wants_more)
		what |= WATCH_WRITE;
	if (!watch_set(cl->watch, what))
		client_drop(cl);
}

void client_set_clock(struct client *cl)
{
	bool waits_long = cl->busy && cl->attached && !cl->closing;

	cl->alive_usec = waits_long ? control_now() + ALIVE_USEC : USEC_NEVER;
	/* Who asked for much may read it in his own time (case 187): it is made as he reads. */
	if (cl->closing)
		cl->deadline_usec = control_now() + STUCK_USEC;
	else if (cl->busy || cl->sent < cl->output.len)
		cl->deadline_usec = USEC_NEVER;
	else
		cl->deadline_usec = control_now() + SILENCE_USEC;
}

void client_flush(struct client *cl)
{
	bool moved = false;

	while (!cl->closed && cl->sent < cl->output.len) {
		ssize_t n = send(cl->fd, cl->output.data + cl->sent, cl->output.len - cl->sent,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == ENOBUFS))
			break;
		if (n < 0) {
			client_drop(cl);
			return;
		}
		cl->sent += (size_t)n;
		moved = true;
	}
	if (cl->sent == cl->output.len) {
		bytes_free(&cl->output);
		cl->sent = cl->capacity = 0;
		if (cl->closing) {
			client_drop(cl);
			return;
		}
	}
	if (moved)
		client_set_clock(cl);
	client_set_watch(cl);
}

static bool make_room(struct client *cl, size_t more)
{
	size_t need = cl->output.len + more;
	size_t capacity = cl->capacity ? cl->capacity : OUTPUT_STEP;
	uint8_t *data;

	if (need - cl->sent > OUTPUT_MAX)
		return false;
	if (cl->sent > 0 && cl->sent >= cl->output.len / 2) {
		memmove(cl->output.data, cl->output.data + cl->sent, cl->output.len - cl->sent);
		cl->output.len -= cl->sent;
		need -= cl->sent;
		cl->sent = 0;
	}
	while (capacity < need)
		capacity *= 2;
	if (capacity == cl->capacity)
		return true;
	data = realloc(cl->output.data, capacity);
	if (!data)
		return false;
	cl->output.data = data;
	cl->capacity = capacity;
	return true;
}

void client_put(struct client *cl, struct slice frame, bool now)
{
	bool was_empty = cl->sent == cl->output.len;

	if (cl->closed || frame.len == 0)
		return;
	/* without all of its records the client must not see an end */
	if (!make_room(cl, frame.len)) {
		client_drop(cl);
		return;
	}
	memcpy(cl->output.data + cl->output.len, frame.data, frame.len);
	cl->output.len += frame.len;
	if (now || cl->output.len - cl->sent >= FLUSH_AT)
		client_flush(cl);
	else
		client_set_watch(cl); /* in the next turn of the poller at the latest */
	if (was_empty && !cl->closed)
		client_set_clock(cl);
}

void client_say_alive(struct client *cl, uint64_t now_usec)
{
	uint8_t buf[CTL_HEADER_LEN + 2];
	struct ctl_builder b = ctl_record(buf, sizeof(buf), cl->sequence, RECORD_ALIVE);
	struct slice frame;

	/* what it has not read yet says as much */
	if (cl->sent == cl->output.len && ctl_finish(&b, &frame))
		client_put(cl, frame, true);
	/* by the caller's clock, so that nobody hears it twice */
	cl->alive_usec = now_usec + ALIVE_USEC;
}

void client_refuse(struct client *cl, uint32_t sequence, uint32_t code, const char *text)
{
	uint8_t buf[CTL_LOG_MAX + CTL_END_LEN];

	cl->busy = false;
	client_put(cl, ctl_log(buf, sizeof(buf), sequence, code, text), true);
	client_put(cl, ctl_end(buf, sizeof(buf), sequence, code), true);
	if (cl->closed)
		return;
	cl->closing = true;
	client_flush(cl);
	if (!cl->closed)
		client_set_clock(cl);
}
