/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections of a former run: they stand under their names as if that one went on, until the admin
 * adds them again, changed or not, or pluto listens (adopt.c).
 */
#include "core/adopt.h"
#include "core/definition.h"
#include "core/route.h"
#include "core/route_owner.h"
#include "ctl/codes.h"
#include "sa/kept_conn.h"

static struct connection *make_instance(struct core *c, const struct kept_connection *k,
					struct error *e)
{
	struct connection *template = connection_by_serial(&c->connections, k->template);
	struct connection *conn = NULL;

	if (!template || template->kind != CONNECTION_TEMPLATE)
		error_set(e, "its template is not there");
	else if (!(conn = connection_instance(template, &k->remote, &k->peer_id)))
		error_set(e, "out of memory");
	if (!conn)
		return NULL;
	conn->instance = k->instance;
	if (template->instances_made < k->instance)
		template->instances_made = k->instance;
	return conn;
}

static struct connection *make_other(struct core *c, struct kept_connection *k, struct error *e)
{
	struct connection *conn = definition_restore(c, &k->config, e);

	if (!conn)
		return NULL;
	for (int right = 0; right < 2; right++)
		if (k->hosts[right].family)
			connection_set_host(conn, right != 0, &k->hosts[right],
					    &k->nexthops[right]);
	connection_orient(conn, c->addresses, c->address_count);
	if (k->is_deleted)
		connection_hide(conn);
	else
		conn->is_adopted = true;
	return conn;
}

void adopt_connection(struct core *c, const struct keep_entry *entry, struct adopt_counts *counts)
{
	struct pack p = pack_reader(entry->value, &c->connections);
	uint32_t serial = (uint32_t)entry->number;
	struct kept_connection k = { 0 };
	struct connection *conn = NULL;
	struct error e = { 0 };

	pack_kept_connection(&p, &k);
	if (!pack_done(&p) || entry->number == 0 || entry->number >= UINT32_MAX ||
	    connection_by_serial(&c->connections, serial)) {
		error_set(&e, "bad %s", p.in.error ? p.in.error : "number");
	} else {
		/* the reqids of its policies follow from it */
		c->connections.next_serial = serial;
		conn = k.template ? make_instance(c, &k, &e) : make_other(c, &k, &e);
		connections_continue(&c->connections, serial, 0);
	}
	if (conn) {
		conn->predecessor = k.predecessor;
		conn->has_stood = k.has_stood;
		connection_set_wanted(conn, k.is_wanted);
	} else {
		counts->refused++;
		core_log(c, LOG_LEVEL_WARNING,
			 "connection %u of the run before is not taken over: %s", serial, e.text);
	}
	kept_connection_free(&k);
}

static void adopt_route(struct core *c, struct connection *conn, bool is_up)
{
	char reason[300] = "";

	if (!conn->is_oriented || route_start(c, conn, reason, sizeof(reason)) != RC_OK) {
		if (reason[0])
			connection_log(c, conn, LOG_LEVEL_WARNING, LINE_SERIOUS, "cannot route: %s",
				       reason);
		return;
	}
	conn->route->is_up |= is_up;
	if (conn->route->is_up)
		routes_own(c, conn->route);
}

void adopt_routes(struct core *c, const struct adopt_index *index)
{
	for (size_t i = 0; i < index->count; i++) {
		const struct keep_entry *e = &index->list[i].entry;
		struct pack p = pack_reader(e->value, &c->connections);
		struct kept_connection k = { 0 };
		struct connection *conn;

		if (e->kind != KEEP_CONNECTION)
			continue;
		pack_kept_connection(&p, &k);
		conn = connection_by_serial(&c->connections, (uint32_t)e->number);
		if (pack_done(&p) && conn && k.is_routed && !conn->is_deleted)
			adopt_route(c, conn, k.route_is_up);
		kept_connection_free(&k);
	}
}
