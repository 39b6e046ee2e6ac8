/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Updown jobs: a queue for each lane, of which the first runs, and the talk with the spawner. Jobs that
 * a script does not need are done without it. When the spawner dies the jobs at work fail, and a new
 * one goes on with the others.
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
#include "base/table.h"
#include "base/writer.h"
#include "crypto/random.h"
#include "spawner.h"
#include "updown_needs.h"

struct lane {                        /* there is one as long as it has jobs */
	struct table_node by_number; /* in updown.lanes */
	uint32_t number;
	struct list entries; /* oldest first */
	struct list node;    /* in updown.ready, or where it waits for an answer to --needs */
};

struct entry {
	struct list node;    /* in lane.entries */
	struct list running; /* in updown.at_work */
	struct lane *lane;
	struct updown_job *job;
	struct updown_job *run; /* of its chain: the one at work or next */
	int status;             /* of the runs so far */
	uint64_t id;
};

struct updown {
	struct poller *poller;
	struct updown_calls calls;
	struct table lanes;
	struct list ready;   /* lanes whose first job may run */
	struct list at_work; /* struct entry, as many as the spawner has at most */
	struct list needs;   /* struct needs */
	size_t count, running;
	bool is_pumping;
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

static struct lane *lane_of(struct updown *u, uint32_t number)
{
	uint64_t hash = table_hash(&u->lanes, slice(&number, sizeof(number)));
	struct table_node *n;
	struct lane *lane;

	for (n = table_first(&u->lanes, hash); n; n = table_next(n, hash)) {
		lane = container_of(n, struct lane, by_number);
		if (lane->number == number)
			return lane;
	}
	lane = calloc(1, sizeof(*lane));
	if (!lane)
		return NULL;
	lane->number = number;
	list_init(&lane->entries);
	if (table_insert(&u->lanes, &lane->by_number, hash))
		return lane;
	free(lane);
	return NULL;
}

/* Its first job, if there is one, may run; else it goes. */
static void next_in_lane(struct updown *u, struct lane *lane)
{
	list_remove(&lane->node);
	if (!list_is_empty(&lane->entries)) {
		list_append(&u->ready, &lane->node);
		return;
	}
	table_remove(&u->lanes, &lane->by_number);
	free(lane);
}

static void stop_work(struct updown *u, struct entry *x)
{
	if (list_is_linked(&x->running))
		u->running--;
	list_remove(&x->running);
}

static void finish(struct updown *u, struct entry *x, int status)
{
	struct updown_job *j = x->job;
	struct lane *lane = x->lane;

	stop_work(u, x);
	list_remove(&x->node);
	u->count--;
	free(x);
	next_in_lane(u, lane);
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
	stop_work(u, x);
	x->id = u->next_id++;
	next_in_lane(u, x->lane);
}

static void answered(struct updown *u, struct needs *n, int status)
{
	struct lane *lane;

	needs_answered(n, status);
	u->running--;
	list_each (lane, &n->waiting, struct lane, node)
		next_in_lane(u, lane);
}

/* Questions that nobody will answer: those scripts are started for all. */
static void fail_questions(struct updown *u)
{
	struct needs *n;

	list_each (n, &u->needs, struct needs, node)
		if (n->state == NEEDS_ASKED)
			answered(u, n, -EPIPE);
}

static void fail_all(struct updown *u)
{
	struct lane *lane;

	watch_free(u->watch);
	u->watch = NULL;
	if (u->socket >= 0)
		close(u->socket);
	u->socket = -1;
	fail_questions(u);
	while (!list_is_empty(&u->at_work))
		finish(u, list_first(&u->at_work, struct entry, running), -EPIPE);
	while ((lane = list_first(&u->ready, struct lane, node)))
		finish(u, list_first(&lane->entries, struct entry, node), -EPIPE);
}

/* 0, or -errno; -EAGAIN when the socket is full. */
static int send_message(struct updown *u, struct writer *w)
{
	if (!writer_ok(w))
		return -E2BIG;
	if (send(u->socket, u->message, w->len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return -errno;
	return 0;
}

static int send_job(struct updown *u, struct entry *x)
{
	struct writer w = writer_over(u->message, sizeof(u->message));

	writer_u64(&w, x->id);
	writer_u8(&w, (uint8_t)(x->run->env_count + 1));
	put_string(&w, command_of(u, x->run));
	for (uint8_t i = 0; i < x->run->env_count; i++)
		put_string(&w, x->run->env[i]);
	put_string(&w, u->resolver);
	return send_message(u, &w);
}

static int send_question(struct updown *u, struct needs *n)
{
	struct writer w = writer_over(u->message, sizeof(u->message));
	char command[600];
	struct text t = TEXT_OVER(command);

	text_add(&t, "%s --needs", n->command);
	n->id = u->next_id++;
	writer_u64(&w, n->id);
	writer_u8(&w, 1);
	put_string(&w, command);
	put_string(&w, u->resolver);
	return t.cut ? -E2BIG : send_message(u, &w);
}

/* What becomes of the first job of a ready lane: 0 when something was done about it, or -errno. */
static int start(struct updown *u, struct lane *lane)
{
	struct entry *x = list_first(&lane->entries, struct entry, node);
	struct needs *n = needs_of(&u->needs, command_of(u, x->run));
	int err;

	if (n && n->state == NEEDS_UNKNOWN) {
		bool asks = needs_can_be_asked(n->command);

		err = asks ? send_question(u, n) : 0;
		if (err == -EAGAIN || err == -ENOBUFS)
			return err;
		n->state = asks && err == 0 ? NEEDS_ASKED : NEEDS_ALL;
		u->running += n->state == NEEDS_ASKED;
	}
	if (n && n->state == NEEDS_ASKED) {
		list_remove(&lane->node);
		list_append(&n->waiting, &lane->node);
		return 0;
	}
	if (!needs_run(n, x->run)) {
		run_ended(u, x, 0);
		return 0;
	}
	err = send_job(u, x);
	if (err == -EAGAIN || err == -ENOBUFS || err == -EPIPE || err == -ECONNRESET)
		return err;
	if (err) {
		run_ended(u, x, err);
		return 0;
	}
	list_remove(&lane->node);
	list_append(&u->at_work, &x->running);
	u->running++;
	return 0;
}

/* Sends what may run. An end that is reported at once may bring new jobs, which this loop sees. */
static void pump(struct updown *u)
{
	struct lane *lane;
	int err = 0;

	if (u->is_pumping)
		return;
	u->is_pumping = true;
	while (!err && u->socket >= 0 && u->running < SPAWNER_JOBS &&
	       (lane = list_first(&u->ready, struct lane, node)))
		err = start(u, lane);
	if (err == -EPIPE || err == -ECONNRESET)
		fail_all(u);
	else if (u->watch)
		(void)watch_set(u->watch, err ? WATCH_READ | WATCH_WRITE : WATCH_READ);
	u->is_pumping = false;
}

static struct entry *by_id(struct updown *u, uint64_t id)
{
	struct entry *x;

	list_each (x, &u->at_work, struct entry, running)
		if (x->id == id)
			return x;
	return NULL;
}

static struct needs *question(struct updown *u, uint64_t id)
{
	struct needs *n;

	list_each (n, &u->needs, struct needs, node)
		if (n->state == NEEDS_ASKED && n->id == id)
			return n;
	return NULL;
}

/* Those that were at work with a spawner that was killed; what waits its turn runs with the new one. */
static void fail_running(struct updown *u)
{
	struct entry *x;

	fail_questions(u);
	while ((x = list_first(&u->at_work, struct entry, running))) {
		x->run = x->job; /* the rest of its chain is not begun */
		finish(u, x, -EPIPE);
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

static void take_answer(struct updown *u, struct needs *n, uint8_t kind, struct cursor *c)
{
	struct slice rest;
	uint32_t status = 0;

	if (n && kind == SPAWNER_LINE && cursor_rest(c, &rest))
		needs_line(n, rest);
	else if (n && kind == SPAWNER_DONE && cursor_u32(c, "status", &status))
		answered(u, n, (int)status);
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
	if (!x) {
		take_answer(u, question(u, id), kind, &c);
		return;
	}
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
	uint8_t key[16];

	if (!u || !random_bytes(key, sizeof(key)) ||
	    !text_copy(u->script, sizeof(u->script), script)) {
		free(u);
		return NULL;
	}
	snprintf(u->resolver, sizeof(u->resolver), "PLUTO_DNS_RESOLVER=%s",
		 dns_resolver ? dns_resolver : "file");
	u->poller = p;
	u->calls = *calls;
	u->next_id = 1;
	u->socket = socket;
	table_init(&u->lanes, key);
	list_init(&u->ready);
	list_init(&u->at_work);
	list_init(&u->needs);
	u->watch = watch_new(p, socket, WATCH_READ, ready, u);
	if (!u->watch) {
		free(u);
		return NULL;
	}
	return u;
}

void updown_submit(struct updown *u, struct updown_job *j)
{
	bool runs = has_script(j) && u->socket >= 0;
	struct lane *lane = runs ? lane_of(u, j->lane) : NULL;
	struct entry *x = lane ? calloc(1, sizeof(*x)) : NULL;

	if (!x) {
		if (lane && list_is_empty(&lane->entries))
			next_in_lane(u, lane);
		j->status = !has_script(j) ? 0 : u->socket < 0 ? -EPIPE : -ENOMEM;
		u->calls.done(u->calls.context, j);
		return;
	}
	x->lane = lane;
	x->job = x->run = j;
	x->id = u->next_id++;
	if (list_is_empty(&lane->entries))
		list_append(&u->ready, &lane->node);
	list_append(&lane->entries, &x->node);
	u->count++;
	pump(u);
}

size_t updown_pending(const struct updown *u)
{
	return u->count;
}

void updown_ask_again(struct updown *u)
{
	struct needs *n;

	list_each (n, &u->needs, struct needs, node) {
		if (n->state == NEEDS_ASKED)
			continue;
		n->state = NEEDS_UNKNOWN;
		n->len = 0;
	}
}

static void lane_free(struct updown *u, struct lane *lane)
{
	struct entry *x;

	list_each (x, &lane->entries, struct entry, node) {
		list_remove(&x->running);
		updown_job_free(x->job);
		free(x);
	}
	list_remove(&lane->node);
	table_remove(&u->lanes, &lane->by_number);
	free(lane);
}

void updown_free(struct updown *u)
{
	struct entry *x;
	struct needs *n;
	struct lane *lane;

	if (!u)
		return;
	list_each (n, &u->needs, struct needs, node)
		list_each (lane, &n->waiting, struct lane, node)
			lane_free(u, lane);
	list_each (lane, &u->ready, struct lane, node)
		lane_free(u, lane);
	while ((x = list_first(&u->at_work, struct entry, running)))
		lane_free(u, x->lane);
	needs_free(&u->needs);
	table_fini(&u->lanes);
	watch_free(u->watch);
	if (u->socket >= 0)
		close(u->socket);
	free(u);
}
