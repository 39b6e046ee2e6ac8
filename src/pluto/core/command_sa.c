/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INITIATE, TERMINATE and DELETE: an admin's wishes, told to intent.c, and how the client waits for
 * them. A deleted connection is out of sight at once and freed when no SA, want or client refers to
 * it any more.
 */
#include <stdio.h>

#include "core/commands.h"

/* The newest child of the connection that carries traffic, or NULL. */
static struct child_sa *child_up(struct core *c, const struct connection *conn)
{
	struct child_sa *child;
	struct ike_sa *ike;

	list_each (ike, &c->ike_sas, struct ike_sa, node)
		if (ike->phase == IKE_ESTABLISHED)
			list_each (child, &ike->children, struct child_sa, node)
				if (child->connection == conn && child->phase == CHILD_ESTABLISHED)
					return child;
	return NULL;
}

void command_initiate(struct core *c, struct request_run *r)
{
	uint64_t id = r->client->id;
	struct child_sa *up = child_up(c, r->conn);
	char reason[300] = "";
	uint32_t code;

	if (up) {
		r->conn->is_wanted = true;
		client_say(c, r->client, LINE_SUCCESS, "\"%s\" #%u: is up already", r->name,
			   up->serial);
		client_finish(c, r->client, RC_OK);
		return;
	}
	r->conn->failures = 0;
	if (!r->is_async) {
		r->client->waits_for = WAITS_UP;
		r->client->connection = r->conn;
	}
	code = intent_initiate(c, r->conn, reason, sizeof(reason));
	/* a failure on the spot has answered it already */
	r->client = client_find(c, id);
	if (!r->client)
		return;
	if (code != RC_OK)
		client_answer(c, r->client, code, "\"%s\": %s", r->name, reason);
	else if (r->is_async)
		client_finish(c, r->client, RC_OK);
}

/* Is this IKE SA the connection's alone, so that it goes when the connection goes down? */
static bool is_shared(struct ike_sa *ike, const struct connection *conn)
{
	struct child_sa *child;

	list_each (child, &ike->children, struct child_sa, node)
		if (child->connection != conn)
			return true;
	return false;
}

/* Is something of the connection still to go? */
static bool is_going_down(struct core *c, const struct connection *conn)
{
	struct child_sa *child;
	struct ike_sa *ike;

	list_each (ike, &c->ike_sas, struct ike_sa, node) {
		if (ike->connection == conn && !is_shared(ike, conn))
			return true;
		list_each (child, &ike->children, struct child_sa, node)
			if (child->connection == conn)
				return true;
	}
	return false;
}

static void drop_wants(struct core *c, const struct connection *conn)
{
	struct ike_sa *ike;
	struct want *w;

	list_each (ike, &c->ike_sas, struct ike_sa, node)
		list_each (w, &ike->wants, struct want, node)
			if (w->kind == WANT_CHILD && w->connection == conn)
				want_free(w);
}

static void take_down(struct core *c, struct connection *conn)
{
	connection_log(c, conn, LOG_LEVEL_INFO, LINE_LOG, "terminating SAs using this connection");
	conn->is_wanted = false;
	drop_wants(c, conn);
	clients_finish(c, conn, WAITS_UP, RC_FATAL);
	intent_terminate(c, conn);
}

void command_terminate(struct core *c, struct request_run *r)
{
	uint64_t id = r->client->id;

	if (!r->is_async) {
		r->client->waits_for = WAITS_DOWN;
		r->client->connection = r->conn;
	}
	take_down(c, r->conn);
	r->client = client_find(c, id);
	if (r->client && (r->is_async || !is_going_down(c, r->conn)))
		client_finish(c, r->client, RC_OK);
}

/* IKE SAs that carry children of others live on under one of these. */
static void hand_over(struct core *c, struct connection *conn)
{
	struct child_sa *child;
	struct ike_sa *ike;

	list_each (ike, &c->ike_sas, struct ike_sa, node) {
		struct connection *next = NULL;

		if (ike->connection != conn || ike->phase != IKE_ESTABLISHED)
			continue;
		list_each (child, &ike->children, struct child_sa, node)
			if (child->connection != conn)
				next = child->connection;
		if (!next)
			continue;
		ike->connection = next;
		if (next->newest_ike < ike->serial)
			next->newest_ike = ike->serial;
	}
}

/* The Delete of an IKE SA covers its children, so that what stands for them in the kernel need not
 * wait for the peer: the name may be used anew at once. A child that a slot works on must wait. */
static void end_children_early(struct core *c, const struct connection *conn)
{
	struct child_sa *child;
	struct ike_sa *ike;

	list_each (ike, &c->ike_sas, struct ike_sa, node) {
		if (ike->phase != IKE_DELETING)
			continue;
		list_each (child, &ike->children, struct child_sa, node)
			if (child->connection == conn && child->phase == CHILD_ESTABLISHED &&
			    child != ike->ours.scratch.child && child != ike->theirs.scratch.child)
				child_end(c, ike, child, "its connection was deleted");
	}
}

static bool has_children(struct core *c, const struct connection *conn)
{
	struct child_sa *child;
	struct ike_sa *ike;

	list_each (ike, &c->ike_sas, struct ike_sa, node)
		list_each (child, &ike->children, struct child_sa, node)
			if (child->connection == conn)
				return true;
	return false;
}

void command_delete(struct core *c, struct request_run *r)
{
	struct connection *conn = r->conn;
	struct core_client *client;
	uint64_t id = r->client->id;

	r->client->connection = conn;
	hand_over(c, conn);
	take_down(c, conn);
	end_children_early(c, conn);
	list_each (client, &c->clients, struct core_client, node)
		if (client->shows == conn)
			client_answer(c, client, RC_UNKNOWN_NAME, "\"%s\": was deleted", r->name);
	connection_log(c, conn, LOG_LEVEL_INFO, LINE_LOG, "deleted connection");
	table_remove(&c->connections.by_name, &conn->by_name);
	list_remove(&conn->node);
	list_append(&c->doomed, &conn->node);
	client = client_find(c, id);
	/* even an asynchronous one: what comes next may well be the same selectors anew */
	if (has_children(c, conn))
		client->waits_for = WAITS_DOWN;
	else
		client_finish(c, client, RC_OK);
}

static bool is_referenced(struct core *c, const struct connection *conn)
{
	struct ike_sa *ike;
	struct want *w;

	list_each (ike, &c->ike_sas, struct ike_sa, node) {
		if (ike->connection == conn)
			return true;
		list_each (w, &ike->wants, struct want, node)
			if (w->connection == conn)
				return true;
	}
	return has_children(c, conn);
}

static void let_go(struct core *c, struct connection *conn)
{
	struct core_client *client;

	clients_finish(c, conn, WAITS_DOWN, RC_OK);
	list_each (client, &c->clients, struct core_client, node)
		if (client->connection == conn)
			client->connection = NULL;
	connection_remove(&c->connections, conn);
}

/* One that is still in use goes to the back, so that an event costs one look at the SAs. */
void command_reap(struct core *c)
{
	struct connection *conn;

	while ((conn = list_first(&c->doomed, struct connection, node))) {
		if (is_referenced(c, conn)) {
			list_remove(&conn->node);
			list_append(&c->doomed, &conn->node);
			return;
		}
		let_go(c, conn);
	}
}

void command_fini(struct core *c)
{
	struct connection *conn;

	transactions_fini(c);
	list_each (conn, &c->doomed, struct connection, node)
		connection_remove(&c->connections, conn);
}
