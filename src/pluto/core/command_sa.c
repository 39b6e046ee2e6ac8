/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INITIATE, TERMINATE and DELETE: an admin's wishes, told to intent.c, and how the client waits for
 * them. A deleted connection is out of sight at once and freed when no SA, want or client refers to
 * it any more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/commands.h"
#include "core/news.h"
#include "core/policy_groups.h"
#include "core/keep.h"
#include "core/route.h"
#include "core/route_owner.h"

/* A child of the connection that carries traffic, or NULL. */
static struct child_sa *child_up(const struct connection *conn)
{
	struct child_sa *child;

	list_each (child, &conn->children, struct child_sa, conn_node)
		if (child->phase == CHILD_ESTABLISHED && child->ike->phase == IKE_ESTABLISHED)
			return child;
	return NULL;
}

static void initiate(struct core *c, struct request_run *r, struct connection *conn)
{
	struct child_sa *up = child_up(conn);
	uint64_t id = r->client->id;
	char reason[300] = "", shown[CONNECTION_TEXT_LEN];
	uint32_t code;

	if (up) {
		connection_set_wanted(conn, true);
		client_say(c, r->client, LINE_SUCCESS, "%s #%u: is up already",
			   connection_format(conn, shown, sizeof(shown)), up->serial);
		client_finish(c, r->client, RC_OK);
		return;
	}
	conn->failures = 0;
	if (!r->is_async) {
		r->client->waits_for = WAITS_UP;
		r->client->connection = conn;
	}
	code = intent_initiate(c, conn, reason, sizeof(reason));
	command_begun(c, r, id, conn, false, code, reason);
}

/* --remote-host: where the peer of a template is. False: it was answered. */
static bool remote_host(struct core *c, struct request_run *r, struct address *out, bool *is_given)
{
	char text[ADDRESS_TEXT_LEN];
	struct ctl_attribute a;

	*is_given = ctl_find(r->message, CTL_ATTR_REMOTE_HOST, &a);
	if (!*is_given)
		return true;
	if (!ctl_value_text(&a, text, sizeof(text)) || !address_parse(text, out) ||
	    address_is_any(out)) {
		client_answer(c, r->client, RC_WHACK,
			      "--remote-host is no address: give a numeric one");
		return false;
	}
	if (r->conn->kind != CONNECTION_TEMPLATE) {
		client_answer(c, r->client, RC_WHACK,
			      "\"%s\": --remote-host is for connections whose peer is %%any",
			      r->name);
		return false;
	}
	if (r->conn->us->host.family != out->family) {
		client_answer(c, r->client, RC_WHACK,
			      "\"%s\": --remote-host is not of the family of our own --host",
			      r->name);
		return false;
	}
	return true;
}

void command_initiate(struct core *c, struct request_run *r)
{
	struct address remote;
	struct connection *conn;
	char reason[200];
	uint32_t code;
	bool is_given;

	if (!remote_host(c, r, &remote, &is_given))
		return;
	conn = intent_target(c, r->conn, is_given ? &remote : NULL, &code, reason, sizeof(reason));
	if (conn)
		initiate(c, r, conn);
	else
		client_answer(c, r->client, code, "\"%s\": %s", r->name, reason);
}

/* Is something of the connection, or of an instance, still to go? A replaced IKE SA goes by itself. */
static bool is_going_down(const struct connection *conn)
{
	struct connection *i;
	struct ike_sa *ike;

	if (!list_is_empty(&conn->children))
		return true;
	list_each (ike, &conn->ike_sas, struct ike_sa, conn_node)
		if (ike->phase != IKE_DEAD && !ike->is_replaced && !ike_serves_others(ike, conn))
			return true;
	list_each (i, &conn->instances, struct connection, node)
		if (is_going_down(i))
			return true;
	return false;
}

static void drop_wants(struct core *c, struct connection *conn)
{
	struct want *w;

	list_each (w, &conn->wants, struct want, conn_node) {
		if (w->kind > WANT_RENEW_CHILD)
			continue;
		keep_touch(c, w->ike);
		want_free(w);
	}
}

static void take_down(struct core *c, struct connection *conn)
{
	struct connection *i;

	connection_log(c, conn, LOG_LEVEL_INFO, LINE_LOG, "terminating SAs using this connection");
	list_each (i, &conn->instances, struct connection, node)
		take_down(c, i);
	connection_set_wanted(conn, false);
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
	/* what it was about to replace is not wanted either */
	if (r->conn->predecessor)
		connection_retire_soon(c, r->conn);
	r->client = client_find(c, id);
	if (r->client && (r->is_async || !is_going_down(r->conn)))
		client_finish(c, r->client, RC_OK);
}

/* IKE SAs that carry children of others live on under one of these. */
static void hand_over(struct core *c, struct connection *conn)
{
	struct child_sa *child;
	struct connection *i;
	struct ike_sa *ike;

	list_each (i, &conn->instances, struct connection, node)
		hand_over(c, i);
	list_each (ike, &conn->ike_sas, struct ike_sa, conn_node) {
		struct connection *next = NULL;

		if (ike->phase != IKE_ESTABLISHED)
			continue;
		list_each (child, &ike->children, struct child_sa, node)
			if (child->connection != conn && !child->connection->is_deleted)
				next = child->connection;
		if (!next)
			continue;
		ike_set_connection(c, ike, next);
		if (next->newest_ike < ike->serial)
			next->newest_ike = ike->serial;
	}
}

/* The Delete of an IKE SA covers its children, so that what stands for them in the kernel need not
 * wait for the peer: the name may be used anew at once. A child that a slot works on must wait. */
static void end_children_early(struct core *c, struct connection *conn)
{
	struct child_sa *child;
	struct connection *i;

	list_each (i, &conn->instances, struct connection, node)
		end_children_early(c, i);
	list_each (child, &conn->children, struct child_sa, conn_node) {
		struct ike_sa *ike = child->ike;

		if (ike->phase == IKE_DELETING && child->phase == CHILD_ESTABLISHED &&
		    child != ike->ours.scratch.child && child != ike->theirs.scratch.child)
			child_end(c, ike, child, "its connection was deleted");
	}
}

static bool has_children(const struct connection *conn)
{
	struct connection *i;

	if (!list_is_empty(&conn->children))
		return true;
	list_each (i, &conn->instances, struct connection, node)
		if (has_children(i))
			return true;
	return false;
}

/* What its scripts set up is another connection's from now on. */
static void leave_script(struct core *c, struct child_sa *child)
{
	child->is_up = false;
	routes_forget(c, child);
	if (child->ike)
		keep_touch(c, child->ike);
}

/* A child of the new one has what the old one's scripts set up. */
static void leave_scripts(struct core *c, struct connection *old, const struct connection *conn)
{
	struct child_sa *a, *b;

	list_each (a, &old->children, struct child_sa, conn_node)
		list_each (b, &conn->children, struct child_sa, conn_node)
			if (b->phase == CHILD_ESTABLISHED &&
			    selectors_eq(&a->ts_local, &b->ts_local) &&
			    selectors_eq(&a->ts_remote, &b->ts_remote))
				leave_script(c, a);
}

/* The new one's policies are put before anything of the old one goes. */
static void take_route(struct core *c, struct connection *old, struct connection *conn)
{
	struct child_sa *was = old->route;
	char reason[200];

	conn->routes_later = false;
	if (route_start(c, conn, reason, sizeof(reason)) != RC_OK) {
		connection_log(c, conn, LOG_LEVEL_WARNING, LINE_SERIOUS,
			       "is not routed any more: %s", reason);
		return;
	}
	if (!was || !conn->route || !selectors_eq(&was->ts_local, &conn->route->ts_local) ||
	    !selectors_eq(&was->ts_remote, &conn->route->ts_remote))
		return;
	conn->route->is_up = was->is_up;
	if (was->is_up)
		routes_own(c, conn->route);
	leave_script(c, was);
}

static void connection_retire(struct core *c, struct connection *conn)
{
	struct connection *old = connection_by_serial(&c->connections, conn->predecessor);

	conn->predecessor = 0;
	if (!old)
		return;
	connection_retire(c, old);
	if ((old->route || conn->routes_later) && !conn->is_deleted)
		take_route(c, old, conn);
	leave_scripts(c, old, conn);
	hand_over(c, old);
	take_down(c, old);
	end_children_early(c, old);
	opportunistic_unroute(c, old);
	route_event(c, old, ROUTING_UNROUTE);
}

void connection_retire_soon(struct core *c, struct connection *conn)
{
	if (!list_is_linked(&conn->retiring))
		list_append(&c->retiring, &conn->retiring);
}

void connection_retire_all(struct core *c)
{
	struct connection *conn;

	while ((conn = list_first(&c->retiring, struct connection, retiring))) {
		list_remove(&conn->retiring);
		connection_retire(c, conn);
	}
}

/* A host that is written as it was is known already: the same look-up need not be waited for. */
static void take_hosts(struct core *c, const struct connection *old, struct connection *conn)
{
	for (int right = 0; right < 2; right++) {
		const struct conn_end *a = right ? &old->def->right : &old->def->left;
		const struct conn_end *b = right ? &conn->def->right : &conn->def->left;
		const struct end_config *x = right ? &old->def->config.right
						   : &old->def->config.left;
		const struct end_config *y = right ? &conn->def->config.right
						   : &conn->def->config.left;

		if (host_kind_is_looked_up(b->host_kind) && a->host.family && !b->host.family &&
		    strcmp(x->host, y->host) == 0)
			connection_set_hosts(conn, right != 0, a->hosts ? a->hosts : &a->host,
					     a->hosts ? a->host_count : 1, &a->nexthop);
	}
	connection_orient(conn, c->addresses, c->address_count);
}

/* The old one goes when the new one stands; at once when that cannot be. */
static void replace_now(struct core *c, struct connection *old, struct connection *conn,
			bool was_up)
{
	char reason[200];

	old->is_adopted = false;
	if (was_up && conn->kind == CONNECTION_PERMANENT &&
	    intent_initiate(c, conn, reason, sizeof(reason)) == RC_OK)
		return;
	/* what it is to be put in the place of stays until it is known where the ends are */
	if (!connection_is_unresolved(conn))
		connection_retire(c, conn);
}

void connection_replace(struct core *c, struct connection *old, struct connection *conn)
{
	bool was_up = old->is_wanted || child_up(old);
	struct connection *i;

	conn->predecessor = old->serial;
	take_hosts(c, old, conn);
	connection_hide(old);
	connection_set_wanted(old, false);
	intent_retry_at(c, old, USEC_NEVER);
	list_each (i, &old->instances, struct connection, node)
		connection_set_wanted(i, false);
	/* a former run's SAs go on until there are ears for new ones */
	if (!old->is_adopted || c->is_listening)
		replace_now(c, old, conn, was_up);
}

void connection_replace_now(struct core *c, struct connection *conn)
{
	struct connection *old = connection_by_serial(&c->connections, conn->predecessor);

	if (old && old->is_adopted)
		replace_now(c, old, conn, child_up(old) != NULL);
}

bool connection_must_wait(struct core *c, const struct connection *conn)
{
	struct connection *old =
		conn->predecessor ? connection_by_serial(&c->connections, conn->predecessor) : NULL;

	return old && old->is_adopted && has_children(old);
}

void connection_drop(struct core *c, struct connection *conn)
{
	struct core_client *client;

	conn->is_deleted = true; /* nothing is handed on to it */
	connection_retire(c, conn);
	conn->is_deleted = false;
	clients_finish(c, conn, WAITS_ROUTED, RC_FATAL);
	opportunistic_unroute(c, conn);
	route_event(c, conn, ROUTING_UNROUTE);
	connection_hide(conn);
	hand_over(c, conn);
	take_down(c, conn);
	core_start_wants(c);
	end_children_early(c, conn);
	list_each (client, &c->clients, struct core_client, node)
		if (client->shows == conn->serial)
			client_answer(c, client, RC_UNKNOWN_NAME, "\"%s\": was deleted",
				      conn->def->config.name);
	connection_log(c, conn, LOG_LEVEL_INFO, LINE_LOG, "deleted connection");
	NEWS(c, .kind = NEWS_DELETED, .conn = conn);
}

void command_delete(struct core *c, struct request_run *r)
{
	struct connection *conn = r->conn;
	uint64_t id = r->client->id;

	r->client->connection = conn;
	connection_drop(c, conn);
	r->client = client_find(c, id);
	/* even an asynchronous one: what comes next may well be the same selectors anew */
	if (has_children(conn))
		r->client->waits_for = WAITS_DOWN;
	else
		client_finish(c, r->client, RC_OK);
}

static void let_go(struct core *c, struct connection *conn)
{
	struct core_client *client;
	struct kernel_batch batch;

	iface_release(conn, &batch);
	if (batch.count > 0)
		core_kernel(c, 0, 0, &batch);
	clients_finish(c, conn, WAITS_DOWN, RC_OK);
	clients_finish(c, conn, WAITS_UP, RC_FATAL);
	clients_finish(c, conn, WAITS_ROUTED, RC_FATAL);
	list_each (client, &c->clients, struct core_client, node)
		if (client->connection == conn)
			client->connection = NULL;
	heap_remove(&c->retries, &conn->retry);
	routes_forget_all(c, conn);
	keep_forget_connection(c, conn);
	connection_remove(&c->connections, conn);
}

/* Instances that serve nobody any more, and deleted connections that nothing refers to. */
void command_reap(struct core *c)
{
	struct connection *conn;

	while ((conn = list_first(&c->connections.unused, struct connection, unused))) {
		list_remove(&conn->unused);
		if (connection_is_idle(conn))
			let_go(c, conn);
	}
}

void command_fini(struct core *c)
{
	transactions_fini(c);
	policy_groups_fini(c);
	for (uint16_t i = 0; i < c->conn_source_count; i++)
		free(c->conn_sources[i]);
}
