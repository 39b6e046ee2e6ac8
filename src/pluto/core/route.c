/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Routing carried out: the policies of a connection that stand while no child does, and the scripts
 * for them. They are put before the scripts run and before anything is negotiated, so that no packet
 * slips by; a child's policies replace them in place, and they come back in place of a child's.
 */
#include "core/news.h"
#include "core/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/keep.h"
#include "core/liveness.h"
#include "core/route_owner.h"
#include "ctl/causes.h"
#include "ctl/codes.h"

#define AGAIN_USEC USEC_PER_SEC

/* The object whose policies are the connection's: a child without states, in no list. */
static struct child_sa *route_new(struct connection *conn)
{
	struct child_sa *route = child_sa_new(0, conn);
	const struct conn_end *peer = conn->peer;

	if (!route)
		return NULL;
	list_remove(&route->conn_node);
	/* of a template nobody knows where the other end of the tunnel is: the state that the kernel
	 * asks for is the packet's destination's */
	route->is_tunnel = conn->def->config.type != CONN_TRANSPORT &&
			   conn->kind != CONNECTION_TEMPLATE;
	route->local = conn->us->host;
	route->remote = peer->host;
	route->reqid = conn->reqid;
	if (connection_clients(conn, &peer->host, &route->ts_local, &route->ts_remote))
		return route;
	child_sa_free(route);
	return NULL;
}

struct child_sa *route_twin(const struct child_sa *child)
{
	struct child_sa *route = child->connection->route;

	return route && route != child && child_is_twin(route, child) ? route : NULL;
}

void route_batch(const struct connection *conn, struct kernel_batch *b)
{
	child_batch_add_policies(conn->route, b);
}

/* Sees to it that what the state asks for stands. False: it cannot be asked for. */
static bool stand(struct core *c, struct connection *conn)
{
	enum shunt shunt = routing_shunt((enum routing)conn->routing, &conn->def->config);
	struct kernel_batch batch = { 0 };

	if (!conn->route || conn->route->shunt == shunt)
		return true;
	conn->route->shunt = (uint8_t)shunt;
	if (!conn->route->has_policies)
		child_own_policies(conn->route);
	iface_hold(conn);
	child_batch_add_iface(conn, &batch);
	route_batch(conn, &batch);
	return core_kernel(c, conn->serial, TICKET_ROUTE, &batch);
}

static void unstand(struct core *c, struct connection *conn)
{
	struct child_sa *route = conn->route, *child;
	struct kernel_batch batch = { 0 };
	bool is_taken_over = false;

	if (!route)
		return;
	conn->route = NULL;
	/* a child of the same traffic has them from now on */
	list_each (child, &conn->children, struct child_sa, conn_node)
		is_taken_over |= child->has_policies && child_is_twin(child, route);
	if (route->has_policies && !is_taken_over) {
		if (route->is_up)
			routes_unown(c, route);
		child_batch_remove(route, true, &batch);
		core_kernel(c, 0, 0, &batch);
	}
	child_sa_free(route);
}

void route_event(struct core *c, struct connection *conn, enum routing_event event)
{
	enum routing next = routing_next((enum routing)conn->routing, event);

	if (conn->route && (event == ROUTING_ESTABLISH || event == ROUTING_FAIL)) {
		free(conn->route->packet);
		conn->route->packet = NULL;
	}
	keep_touch_connection(c, conn);
	if (next == conn->routing)
		return;
	if (routing_is_routed(next) != routing_is_routed((enum routing)conn->routing))
		NEWS(c, .kind = routing_is_routed(next) ? NEWS_ROUTED : NEWS_UNROUTED,
		     .conn = conn);
	conn->routing = (uint8_t)next;
	if (conn->route)
		list_remove(&conn->route->node);
	/* the template's trap serves as well as its own */
	if (next == ROUTING_ONDEMAND && event != ROUTING_ROUTE && opportunistic_is_passing(conn))
		conn->routing = (uint8_t)routing_next(next, ROUTING_UNROUTE);
	if (routing_is_routed((enum routing)conn->routing))
		stand(c, conn);
	else
		unstand(c, conn);
}

/* A failure shunt is looked at again after its time, unless a retry comes before. */
void route_failed(struct core *c, struct connection *conn)
{
	route_event(c, conn, ROUTING_FAIL);
	if (conn->routing == ROUTING_FAILURE && !conn->is_wanted &&
	    (conn->route->shunt != SHUNT_TRAP || opportunistic_is_passing(conn)))
		intent_retry_at(c, conn, opportunistic_shunt_end(c));
	if (conn->routing == ROUTING_FAILURE && opportunistic_is_passing(conn) &&
	    !list_is_linked(&conn->route->node))
		list_append(&c->failed_hosts, &conn->route->node);
}

static bool is_up(const struct connection *conn)
{
	struct child_sa *child;

	list_each (child, &conn->children, struct child_sa, conn_node)
		if (child->phase == CHILD_ESTABLISHED)
			return true;
	return false;
}

static uint32_t may_route(const struct connection *conn, char *reason, size_t size)
{
	if (connection_is_unresolved(conn)) {
		snprintf(reason, size, "the name of a --host is not looked up yet");
		return RC_NO_PEER;
	}
	if (!conn->is_oriented) {
		snprintf(reason, size, "neither --host is an address of this machine, or both are");
		return RC_ORIENT;
	}
	if (conn_type_is_shunt(conn->def->config.type))
		return RC_OK;
	if (conn->kind == CONNECTION_TEMPLATE && conn->peer->host_kind != HOST_OPPORTUNISTIC) {
		snprintf(reason, size,
			 "cannot route: the peer may be many, so that nobody could be called");
		return RC_ROUTE;
	}
	return RC_OK;
}

uint32_t route_start(struct core *c, struct connection *conn, char *reason, size_t size)
{
	bool is_shunt = conn_type_is_shunt(conn->def->config.type);
	const struct connection *other;
	uint32_t code;

	if (conn->route)
		return RC_OK;
	code = may_route(conn, reason, size);
	if (code != RC_OK)
		return code;
	conn->route = route_new(conn);
	if (!conn->route) {
		snprintf(reason, size, "out of memory");
		return RC_INTERNAL;
	}
	other = policy_conflict(c, conn->route);
	if (other) {
		snprintf(
			reason, size,
			"just this traffic is %s by \"%.100s\": take that back first, or give one of "
			"them other networks",
			other->def->config.type == CONN_PASSTHROUGH   ? "passed in clear"
			: conn_type_is_shunt(other->def->config.type) ? "dropped"
								      : "protected",
			other->def->config.name);
		child_sa_free(conn->route);
		conn->route = NULL;
		return RC_ROUTE;
	}
	hold_release(c, conn);
	route_event(c, conn, is_shunt ? ROUTING_FORBID : ROUTING_ROUTE);
	if (is_up(conn)) /* its scripts have run */
		conn->route->is_up = true;
	return RC_OK;
}

/* The scripts of a route whose policies stand: prepare, then route, whose status decides. */
static void run_scripts(struct core *c, struct connection *conn)
{
	struct child_sa *route = conn->route;
	struct updown_job *job;

	if (route->is_up || conn_type_is_shunt(conn->def->config.type)) {
		clients_finish(c, conn, WAITS_ROUTED, RC_OK);
		return;
	}
	route->is_up = true;
	if (!routes_are_owned(c, route))
		core_updown(c, child_updown(route, "prepare", 0, 0), conn->serial);
	routes_own(c, route);
	job = child_updown(route, "route", conn->serial, TICKET_ROUTE);
	if (job)
		core_updown(c, job, conn->serial);
	else
		clients_finish(c, conn, WAITS_ROUTED, RC_INTERNAL);
}

static void give_up(struct core *c, struct connection *conn, uint8_t cause, const char *reason)
{
	failure_note(c, conn, cause, reason);
	connection_log(c, conn, LOG_LEVEL_ERROR, LINE_SERIOUS, "cannot route: %s", reason);
	route_event(c, conn, ROUTING_UNROUTE);
	clients_finish(c, conn, WAITS_ROUTED, RC_ROUTE);
}

void route_policies_done(struct core *c, uint32_t serial, const struct kernel_batch *batch)
{
	struct connection *conn = connection_by_serial(&c->connections, serial);

	if (!conn || !conn->route)
		return;
	if (!batch->failed_errno) {
		conn->route->phase = CHILD_ESTABLISHED;
		run_scripts(c, conn);
		return;
	}
	if (conn->route->phase != CHILD_ESTABLISHED) {
		/* the failed batch undid all it did */
		child_disown_policies(conn->route);
		give_up(c, conn, CAUSE_KERNEL, batch->failed_text);
		return;
	}
	/* what stood before stands on; soon once more */
	connection_log(c, conn, LOG_LEVEL_ERROR, LINE_SERIOUS, "policies not changed: %s",
		       batch->failed_text);
	conn->route->shunt = SHUNT_NONE;
	if (!conn->retry.index || conn->retry.when_usec > c->now_usec + AGAIN_USEC)
		intent_retry_at(c, conn, c->now_usec + AGAIN_USEC);
}

bool route_again(struct core *c, struct connection *conn)
{
	if (!conn->route || conn->route->shunt != SHUNT_NONE)
		return false;
	stand(c, conn);
	return true;
}

void route_script_done(struct core *c, uint32_t serial, int status)
{
	struct connection *conn = connection_by_serial(&c->connections, serial);
	char reason[80];

	if (!conn || !conn->route)
		return;
	if (status == 0) {
		clients_finish(c, conn, WAITS_ROUTED, RC_OK);
		return;
	}
	snprintf(reason, sizeof(reason), "updown route failed with status %d", status);
	core_updown(c, child_updown(conn->route, "down", 0, 0), conn->serial);
	give_up(c, conn, CAUSE_SCRIPT, reason);
}

/* Is the connection's traffic another than the route's? */
static bool has_other_clients(const struct connection *conn, const struct child_sa *route)
{
	struct selectors local, remote;
	bool is_other;

	if (!connection_clients(conn, &conn->peer->host, &local, &remote))
		return false;
	is_other = !selectors_eq(&local, &route->ts_local) ||
		   !selectors_eq(&remote, &route->ts_remote);
	selectors_free(&local);
	selectors_free(&remote);
	return is_other;
}

void route_oriented(struct core *c, struct connection *conn)
{
	struct kernel_batch batch = { 0 };
	struct child_sa *route = conn->route;
	char reason[200];

	if (!route)
		return;
	if (!conn->is_oriented) /* our address is gone: what stands blocks until it is back */
		return;
	if (address_eq(&route->local, &conn->us->host) &&
	    address_eq(&route->remote, &conn->peer->host))
		return;
	if (has_other_clients(conn, route)) {
		/* what is protected is a host that is elsewhere now */
		route_event(c, conn, ROUTING_UNROUTE);
		(void)route_start(c, conn, reason, sizeof(reason));
		return;
	}
	route->local = conn->us->host;
	route->remote = conn->peer->host;
	route_batch(conn, &batch);
	core_kernel(c, 0, 0, &batch);
}

static void drop(struct core *c, struct connection *conn)
{
	struct connection *i;

	list_each (i, &conn->instances, struct connection, node)
		drop(c, i);
	routes_forget_all(c, conn);
	child_sa_free(conn->route);
	conn->route = NULL;
}

void route_fini(struct core *c)
{
	struct connection *conn;

	list_each (conn, &c->connections.all, struct connection, node)
		drop(c, conn);
	list_each (conn, &c->connections.hidden, struct connection, node)
		drop(c, conn);
}

/* ---- acquires */

/* Is the packet the connection's to protect? */
static bool holds(const struct child_sa *route, const struct selector *src,
		  const struct selector *dst)
{
	return selectors_contain(&route->ts_local, src) &&
	       selectors_contain(&route->ts_remote, dst);
}

/* By its trap, or by what a dead peer's child left (core/hold.c). */
static bool waits_with(const struct connection *conn, const struct selector *src,
		       const struct selector *dst)
{
	struct child_sa *held;

	if (conn->route)
		return holds(conn->route, src, dst);
	list_each (held, &conn->held, struct child_sa, conn_node)
		if (holds(held, src, dst))
			return true;
	return false;
}

bool route_is_negotiating(const struct connection *conn)
{
	struct child_sa *child;
	struct ike_sa *ike;

	list_each (child, &conn->children, struct child_sa, conn_node)
		if (child->phase < CHILD_ESTABLISHED)
			return true;
	list_each (ike, &conn->ike_sas, struct ike_sa, conn_node)
		if (ike->phase == IKE_STARTING || ike->phase == IKE_AUTHENTICATING)
			return true;
	return !list_is_empty(&conn->wants);
}

uint32_t route_acquire(struct core *c, struct connection *conn, const struct selector *src,
		       const struct selector *dst, char *reason, size_t size)
{
	char a[SELECTOR_TEXT_LEN], b[SELECTOR_TEXT_LEN];

	conn->acquires++;
	c->acquires++;
	/* one negotiation for all the packets of a connection (case 169) */
	if (route_is_negotiating(conn))
		return RC_OK;
	connection_log(c, conn, LOG_LEVEL_INFO, LINE_LOG, "a packet wants the tunnel: %s to %s",
		       selector_format(src, a, sizeof(a)), selector_format(dst, b, sizeof(b)));
	if (conn->route && !conn->route->packet)
		conn->route->packet = malloc(sizeof(*conn->route->packet));
	if (conn->route && conn->route->packet)
		*conn->route->packet = (struct child_packet){ *src, *dst };
	return intent_on_demand(c, conn, reason, size);
}

void route_kernel_acquire(struct core *c, const struct kernel_event *k)
{
	struct connection *conn = connection_by_reqid(&c->connections, k->reqid);
	char reason[200];
	struct connection *asked;

	while (conn && (conn->is_deleted || !waits_with(conn, &k->src, &k->dst)))
		conn = connection_next_by_reqid(conn);
	/* another program's policy, or one that is gone (case 170) */
	if (!conn || c->is_shutting_down)
		return;
	asked = opportunistic_for(c, conn, &k->dst, reason, sizeof(reason));
	/* its packets meet another policy by now: the kernel tells of an old one */
	if (asked && asked->routing == ROUTING_FAILURE && asked->route->shunt != SHUNT_TRAP)
		return;
	if (!asked || route_acquire(c, asked, &k->src, &k->dst, reason, sizeof(reason)) != RC_OK)
		connection_log(c, conn, LOG_LEVEL_WARNING, LINE_LOG, "not negotiated: %s", reason);
}
