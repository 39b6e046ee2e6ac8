/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Updown jobs: a queue that keeps the order within each lane, and the talk with the spawner. When
 * the spawner dies the jobs at work fail, and a new one goes on with the others.
 */
#include "updown.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/list.h"
#include "base/writer.h"
#include "spawner.h"

struct entry {
	struct list node;
	struct updown_job *job;
	struct updown_job *run; /* of its chain: the one at work or next */
	int status;             /* of the runs so far */
	uint64_t id;
	bool running;
};

struct updown {
	struct poller *poller;
	struct updown_calls calls;
	struct list entries; /* oldest first */
	size_t count, running;
	uint64_t next_id;
	int socket; /* -1: the spawner is gone */
	struct watch *watch;
	char script[256];
	char resolver[48]; /* an entry of the environment */
	uint8_t message[SPAWNER_MESSAGE_MAX];
};

static void put_string(struct writer *w, const char *s)
{
	size_t len = strlen(s) + 1;

	writer_u16(w, (uint16_t)len);
	writer_put(w, slice(s, len <= UINT16_MAX ? len : SPAWNER_MESSAGE_MAX));
}

static const char *command_of(const struct updown *u, const struct updown_job *j)
{
	return j->command ? j->command : u->script;
}

static bool has_script(const struct updown_job *j)
{
	return !j->command || (j->command[strspn(j->command, " \t")] != '\0' &&
			       strcmp(j->command, "%disabled") != 0);
}

static void finish(struct updown *u, struct entry *x, int status)
{
	struct updown_job *j = x->job;

	list_remove(&x->node);
	u->count--;
	if (x->running)
		u->running--;
	free(x);
	j->status = status;
	u->calls.done(u->calls.context, j);
}

/* One run of the chain has ended: on with the next, or the end of the job. */
static void run_ended(struct updown *u, struct entry *x, int status)
{
	if (x->status == 0)
		x->status = status;
	x->run = x->status == 0 || x->job->runs_all ? x->run->next : NULL;
	if (!x->run) {
		finish(u, x, x->status);
		return;
	}
	if (x->running)
		u->running--;
	x->running = false;
	x->id = u->next_id++;
}

static void fail_all(struct updown *u)
{
	struct entry *x;

	watch_free(u->watch);
	u->watch = NULL;
	if (u->socket >= 0)
		close(u->socket);
	u->socket = -1;
	while ((x = list_first(&u->entries, struct entry, node)))
		finish(u, x, -EPIPE);
}

/* 0, or -errno; -EAGAIN when the socket is full. */
static int send_job(struct updown *u, struct entry *x)
{
	struct writer w = writer_over(u->message, sizeof(u->message));

	writer_u64(&w, x->id);
	writer_u8(&w, (uint8_t)(x->run->env_count + 1));
	put_string(&w, command_of(u, x->run));
	for (uint8_t i = 0; i < x->run->env_count; i++)
		put_string(&w, x->run->env[i]);
	put_string(&w, u->resolver);
	if (!writer_ok(&w))
		return -E2BIG;
	if (send(u->socket, u->message, w.len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return -errno;
	return 0;
}

static bool lane_is_free(const struct updown *u, const struct entry *of)
{
	const struct entry *x;

	list_each (x, &u->entries, struct entry, node) {
		if (x == of)
			return true;
		if (x->job->lane == of->job->lane)
			return false;
	}
	return true;
}

static struct entry *next_ready(struct updown *u)
{
	struct entry *x;

	list_each (x, &u->entries, struct entry, node)
		if (!x->running && lane_is_free(u, x))
			return x;
	return NULL;
}

/* Sends what may run. An end that is reported at once may bring new jobs, so it looks anew. */
static void pump(struct updown *u)
{
	struct entry *x;

	while (u->socket >= 0 && u->running < SPAWNER_JOBS && (x = next_ready(u))) {
		int err = send_job(u, x);

		if (err == -EAGAIN || err == -ENOBUFS) {
			(void)watch_set(u->watch, WATCH_READ | WATCH_WRITE);
			return;
		}
		if (err == -EPIPE || err == -ECONNRESET) {
			fail_all(u);
			return;
		}
		if (err) {
			run_ended(u, x, err);
			continue;
		}
		x->running = true;
		u->running++;
	}
	if (u->watch)
		(void)watch_set(u->watch, WATCH_READ);
}

static struct entry *by_id(struct updown *u, uint64_t id)
{
	struct entry *x;

	list_each (x, &u->entries, struct entry, node)
		if (x->id == id && x->running)
			return x;
	return NULL;
}

/* Those that were at work with a spawner that was killed; what waits its turn runs with the new one. */
static void fail_running(struct updown *u)
{
	struct entry *x = list_first(&u->entries, struct entry, node);

	while (x) {
		if (!x->running) {
			x = x->node.next == &u->entries
				    ? NULL
				    : list_entry(x->node.next, struct entry, node);
			continue;
		}
		x->run = x->job; /* the rest of its chain is not begun */
		finish(u, x, -EPIPE);
		x = list_first(&u->entries, struct entry, node);
	}
}

/* A line for a log, not for a shell: quotes may stay as they are. */
static void give_line(struct updown *u, const struct entry *x, struct slice raw)
{
	char line[SPAWNER_LINE_MAX + 1];
	size_t len = raw.len < SPAWNER_LINE_MAX ? raw.len : SPAWNER_LINE_MAX;

	for (size_t i = 0; i < len; i++)
		line[i] = raw.data[i] >= 0x20 && raw.data[i] < 0x7f ? (char)raw.data[i] : '?';
	line[len] = '\0';
	u->calls.line(u->calls.context, x->job, line);
}

static void take_packet(struct updown *u, struct slice packet)
{
	struct cursor c = cursor_of(packet);
	struct slice rest;
	struct entry *x;
	uint64_t id = 0;
	uint32_t status = 0;
	uint8_t kind = 0;

	if (!cursor_u64(&c, "id", &id) || !cursor_u8(&c, "kind", &kind))
		return;
	if (kind == SPAWNER_NEW)
		fail_running(u);
	x = by_id(u, id);
	if (!x)
		return;
	if (kind == SPAWNER_LINE && cursor_rest(&c, &rest))
		give_line(u, x, rest);
	else if (kind == SPAWNER_DONE && cursor_u32(&c, "status", &status))
		run_ended(u, x, (int)status);
}

static void ready(void *context, int fd, unsigned what)
{
	struct updown *u = context;
	uint8_t packet[SPAWNER_LINE_MAX + 64];

	(void)what;
	for (int i = 0; i < 64 && u->socket == fd; i++) {
		ssize_t n = recv(fd, packet, sizeof(packet), MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n <= 0) {
			fail_all(u);
			return;
		}
		take_packet(u, slice(packet, (size_t)n));
	}
	pump(u);
}

struct updown *updown_new(struct poller *p, int socket, const char *script,
			  const char *dns_resolver, const struct updown_calls *calls)
{
	struct updown *u = calloc(1, sizeof(*u));

	if (!u || !text_copy(u->script, sizeof(u->script), script)) {
		free(u);
		return NULL;
	}
	snprintf(u->resolver, sizeof(u->resolver), "PLUTO_DNS_RESOLVER=%s",
		 dns_resolver ? dns_resolver : "file");
	u->poller = p;
	u->calls = *calls;
	u->next_id = 1;
	u->socket = socket;
	list_init(&u->entries);
	u->watch = watch_new(p, socket, WATCH_READ, ready, u);
	if (!u->watch) {
		free(u);
		return NULL;
	}
	return u;
}

void updown_submit(struct updown *u, struct updown_job *j)
{
	struct entry *x = has_script(j) && u->socket >= 0 ? calloc(1, sizeof(*x)) : NULL;

	if (!x) {
		j->status = !has_script(j) ? 0 : u->socket < 0 ? -EPIPE : -ENOMEM;
		u->calls.done(u->calls.context, j);
		return;
	}
	x->job = x->run = j;
	x->id = u->next_id++;
	list_append(&u->entries, &x->node);
	u->count++;
	pump(u);
}

size_t updown_pending(const struct updown *u)
{
	return u->count;
}

void updown_free(struct updown *u)
{
	struct entry *x;

	if (!u)
		return;
	while ((x = list_first(&u->entries, struct entry, node))) {
		list_remove(&x->node);
		updown_job_free(x->job);
		free(x);
	}
	watch_free(u->watch);
	if (u->socket >= 0)
		close(u->socket);
	free(u);
}
