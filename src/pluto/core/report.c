/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log lines. Each goes to the log as an action and, when it belongs to a connection, to every client
 * that watches this connection as a record. Peer text must be escaped by who formats it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/news.h"
#include "ctl/codes.h"
#include "ctl/records.h"

#define PEER_LINES_PER_SEC 20

static void queue(struct core *c, struct action *a)
{
	*c->out->last = a;
	c->out->last = &a->next;
	c->out->count++;
}

/* conn and serial (0: none) are whom it is about, for who reads by them. */
static void queue_log(struct core *c, const struct connection *conn, uint32_t serial,
		      enum log_level level, uint32_t code, const char *text)
{
	struct action *a = calloc(1, sizeof(*a));

	NEWS(c, .kind = NEWS_LOG, .conn = conn, .serial = serial, .level = (uint8_t)level,
	     .code = code, .text = text);
	if (!a)
		return;
	a->kind = ACTION_LOG;
	a->level = (uint8_t)level;
	a->owner = serial;
	if (conn)
		bytes_copy(slice_str(conn->def->config.name), &a->name);
	if (!bytes_copy(slice_str(text), &a->data)) {
		action_free(a);
		return;
	}
	queue(c, a);
}

void core_debug_line(struct core *c, const struct connection *conn, const char *text)
{
	queue_log(c, conn, 0, LOG_LEVEL_DEBUG, LINE_COMMENT, text);
}

void core_log(struct core *c, enum log_level level, const char *format, ...)
{
	char text[1024];
	va_list ap;

	if (level == LOG_LEVEL_DEBUG && !c->debug)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	queue_log(c, NULL, 0, level, LINE_LOG, text);
}

/* The first line of a new second says how many were left out before it. */
static bool peer_line_fits(struct core *c)
{
	char text[80];

	if (c->now_usec - c->peer_lines_usec >= USEC_PER_SEC) {
		uint32_t lost = c->peer_lines_lost;

		c->peer_lines_usec = c->now_usec;
		c->peer_lines = c->peer_lines_lost = 0;
		if (lost) {
			snprintf(text, sizeof(text), "%u log lines that peers caused are left out",
				 lost);
			queue_log(c, NULL, 0, LOG_LEVEL_WARNING, LINE_LOG, text);
		}
	}
	if (c->peer_lines < PEER_LINES_PER_SEC) {
		c->peer_lines++;
		return true;
	}
	c->peer_lines_lost++;
	c->lines_dropped++;
	return false;
}

void peer_log(struct core *c, enum log_level level, const char *format, ...)
{
	char text[1024];
	va_list ap;

	if (!peer_line_fits(c))
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	queue_log(c, NULL, 0, level, LINE_LOG, text);
}

/* Nobody has proven anything yet: anybody causes its lines. */
static bool is_anybodys(const struct ike_sa *ike)
{
	return !ike->is_initiator && ike->established_usec == 0;
}

void client_frame(struct core *c, struct core_client *client, struct slice frame)
{
	struct action *a = calloc(1, sizeof(*a));

	if (!a)
		return;
	a->kind = ACTION_REPORT;
	a->client = client->group ? client->group->id : client->id;
	if (!bytes_copy(frame, &a->data)) {
		free(a);
		return;
	}
	queue(c, a);
}

void client_log(struct core *c, struct core_client *client, uint32_t code, const char *text)
{
	uint8_t buffer[CTL_LOG_MAX];

	client_frame(c, client, ctl_log(buffer, sizeof(buffer), client->sequence, code, text));
}

void client_free(struct core_client *client)
{
	action_free(client ? client->end : NULL);
	free(client);
}

struct core_client *client_make(void)
{
	struct core_client *client = calloc(1, sizeof(*client));

	if (client)
		client->end = calloc(1, sizeof(*client->end));
	if (!client || !client->end || !bytes_alloc(CTL_END_LEN, &client->end->data)) {
		client_free(client);
		return NULL;
	}
	return client;
}

struct core_client *client_begin(struct core *c, uint64_t id)
{
	struct core_client *client = client_make();

	if (!client) {
		client = c->spare_client;
		c->spare_client = NULL;
	}
	if (!client)
		return NULL;
	if (!c->spare_client)
		c->spare_client = client_make();
	client->id = client->end->client = id;
	client->end->kind = ACTION_REPORT;
	list_append(&c->clients, &client->node);
	return client;
}

void client_forget(struct core_client *client)
{
	list_remove(&client->node);
	action_free(client->end);
	free(client);
}

void client_member_done(struct core *c, struct core_client *group, uint32_t code)
{
	if (group->code == RC_OK)
		group->code = code;
	if (--group->members == 0)
		client_finish(c, group, group->code);
}

void client_finish(struct core *c, struct core_client *client, uint32_t code)
{
	struct core_client *group = client->group;
	struct action *a = client->end;

	if (group) {
		client_forget(client);
		client_member_done(c, group, code);
		return;
	}
	ctl_end(a->data.data, a->data.len, client->sequence, code);
	queue(c, a);
	client->end = NULL;
	client_forget(client);
}

static void to_watchers(struct core *c, const struct connection *conn, uint32_t code,
			const char *text)
{
	struct core_client *client;

	if (!conn)
		return;
	list_each (client, &c->clients, struct core_client, node)
		if (client->connection &&
		    (client->connection == conn || client->connection == conn->template))
			client_log(c, client, code, text);
}

void clients_finish(struct core *c, struct connection *conn, enum waits_for what, uint32_t code)
{
	struct core_client *client;

	/* who waits for a template to be down waits for all of its instances */
	if (conn && conn->template && what == WAITS_DOWN && !child_is_going(conn->template))
		clients_finish(c, conn->template, what, code);

	list_each (client, &c->clients, struct core_client, node)
		if (client->waits_for == what && (!conn || client->connection == conn))
			client_finish(c, client, code);
}

void clients_finish_sa(struct core *c, uint32_t serial, enum waits_for what, uint32_t code)
{
	struct core_client *client;

	list_each (client, &c->clients, struct core_client, node)
		if (client->serial == serial && client->waits_for == what)
			client_finish(c, client, code);
}

void sa_log(struct core *c, struct ike_sa *ike, const struct child_sa *child, enum log_level level,
	    uint32_t code, const char *format, ...)
{
	const struct connection *conn = child ? child->connection : ike->connection;
	char text[1024], name[CONNECTION_TEXT_LEN];
	va_list ap;
	int n;

	if (level == LOG_LEVEL_DEBUG && !c->debug)
		return;
	if (is_anybodys(ike) && !peer_line_fits(c))
		return;
	n = snprintf(text, sizeof(text),
		     "%s #%u: ", conn ? connection_format(conn, name, sizeof(name)) : "\"?\"",
		     child ? child->serial : ike->serial);
	va_start(ap, format);
	vsnprintf(text + n, sizeof(text) - (size_t)n, format, ap);
	va_end(ap);
	queue_log(c, conn, child ? child->serial : ike->serial, level, code, text);
	if (level != LOG_LEVEL_DEBUG)
		to_watchers(c, conn, code, text);
}

void connection_log(struct core *c, struct connection *conn, enum log_level level, uint32_t code,
		    const char *format, ...)
{
	char text[1024], name[CONNECTION_TEXT_LEN];
	va_list ap;
	int n = snprintf(text, sizeof(text), "%s: ", connection_format(conn, name, sizeof(name)));

	va_start(ap, format);
	vsnprintf(text + n, sizeof(text) - (size_t)n, format, ap);
	va_end(ap);
	queue_log(c, conn, 0, level, code, text);
	to_watchers(c, conn, code, text);
}

void sa_explain(struct core *c, struct ike_sa *ike, const struct child_sa *child, const char *lines)
{
	struct connection *conn = child ? child->connection : ike->connection;

	if (conn && *lines && !is_anybodys(ike))
		connection_explain(conn, lines);
	while (*lines) {
		size_t len = strcspn(lines, "\n");

		sa_log(c, ike, child, LOG_LEVEL_WARNING, LINE_SERIOUS, "%.*s", (int)len, lines);
		lines += len + (lines[len] == '\n');
	}
}
