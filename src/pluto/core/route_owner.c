/* SPDX-License-Identifier: Apache-2.0 */
/* The owners of routes by network, and the scripts when one of them lets go. */
#include "core/route_owner.h"

#include <stdlib.h>

struct route_owner {
	struct table_node by_network; /* in the core's table */
	struct route_owner *next;     /* of the same connection */
	struct connection *conn;
	struct range network;
};

static uint64_t hash_of(const struct core *c, const struct range *network)
{
	return table_hash(&c->routes, slice(network, sizeof(*network)));
}

/* The newest owner of the network but this connection; NULL: none. */
static struct connection *other_owner(struct core *c, const struct connection *conn,
				      const struct range *network)
{
	uint64_t hash = hash_of(c, network);
	struct table_node *n;

	for (n = table_first(&c->routes, hash); n; n = table_next(n, hash)) {
		struct route_owner *o = container_of(n, struct route_owner, by_network);

		if (o->conn != conn && range_eq(&o->network, network))
			return o->conn;
	}
	return NULL;
}

bool routes_are_owned(struct core *c, const struct child_sa *child)
{
	for (uint8_t i = 0; i < child->ts_remote.count; i++)
		if (!other_owner(c, child->connection, &child->ts_remote.items[i].range))
			return false;
	return child->ts_remote.count > 0;
}

static struct route_owner **find(struct connection *conn, const struct range *network)
{
	struct route_owner **at = &conn->routes;

	while (*at && !range_eq(&(*at)->network, network))
		at = &(*at)->next;
	return at;
}

static void remove_at(struct core *c, struct route_owner **at)
{
	struct route_owner *o = *at;

	*at = o->next;
	table_remove(&c->routes, &o->by_network);
	free(o);
}

void routes_own(struct core *c, const struct child_sa *child)
{
	struct connection *conn = child->connection;

	for (uint8_t i = 0; i < child->ts_remote.count; i++) {
		const struct range *network = &child->ts_remote.items[i].range;
		struct route_owner *o;

		if (*find(conn, network) || !(o = calloc(1, sizeof(*o))))
			continue;
		o->conn = conn;
		o->network = *network;
		if (!table_insert(&c->routes, &o->by_network, hash_of(c, network))) {
			free(o);
			continue;
		}
		o->next = conn->routes;
		conn->routes = o;
	}
}

void routes_forget(struct core *c, const struct child_sa *child)
{
	for (uint8_t i = 0; i < child->ts_remote.count; i++) {
		struct route_owner **at = find(child->connection, &child->ts_remote.items[i].range);

		if (*at)
			remove_at(c, at);
	}
}

void routes_forget_all(struct core *c, struct connection *conn)
{
	while (conn->routes)
		remove_at(c, &conn->routes);
}

/* What of the connection has run the script. */
static struct child_sa *routed_child(struct connection *conn)
{
	struct child_sa *child;

	if (conn->route && conn->route->is_up)
		return conn->route;
	list_each (child, &conn->children, struct child_sa, conn_node)
		if (child->is_up)
			return child;
	return NULL;
}

struct unowned {
	struct core *c;
	struct connection *conn;
};

static bool is_unowned(void *context, const struct selector *remote)
{
	const struct unowned *u = context;

	return !other_owner(u->c, u->conn, &remote->range);
}

void routes_unown(struct core *c, const struct child_sa *child)
{
	struct connection *conn = child->connection, *last = NULL;
	struct unowned who = { c, conn };

	core_updown(c, child_updown_of(child, "unroute", is_unowned, &who), conn->serial);
	routes_forget(c, child);
	for (uint8_t i = 0; i < child->ts_remote.count; i++) {
		struct connection *heir = other_owner(c, conn, &child->ts_remote.items[i].range);
		struct child_sa *routed = heir && heir != last ? routed_child(heir) : NULL;

		if (routed)
			core_updown(c, child_updown(routed, "route", 0, 0), heir->serial);
		last = heir ? heir : last;
	}
}
