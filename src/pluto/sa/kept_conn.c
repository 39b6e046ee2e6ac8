/* SPDX-License-Identifier: Apache-2.0 */
/* Connections as they are kept. core/keep.c writes them, core/adopt_connection.c makes them anew. */
#include "sa/kept_conn.h"

#include "sa/child_sa.h"

struct kept_connection kept_connection_of(const struct connection *conn)
{
	struct kept_connection k = {
		.is_deleted = conn->is_deleted,
		.predecessor = conn->predecessor,
		.is_routed = conn->route != NULL,
		.route_is_up = conn->route && conn->route->is_up,
		.is_wanted = conn->is_wanted,
		.has_stood = conn->has_stood,
	};

	if (conn->kind == CONNECTION_INSTANCE) {
		k.template = conn->template->serial;
		k.instance = conn->instance;
		k.remote = conn->own_peer->host;
		k.peer_id = conn->own_peer->id;
		return k;
	}
	k.config = conn->def->config;
	for (int right = 0; right < 2; right++) {
		const struct conn_end *end = right ? &conn->def->right : &conn->def->left;

		if (!host_kind_is_looked_up(end->host_kind) && end->host_count < 2)
			continue;
		k.hosts[right] = end->host;
		k.nexthops[right] = end->nexthop;
	}
	return k;
}

void pack_kept_connection(struct pack *p, struct kept_connection *k)
{
	pack_u32(p, "template", &k->template);
	if (k->template) {
		pack_u32(p, "instance", &k->instance);
		pack_address(p, "peer's address", &k->remote);
		pack_identity(p, "peer", &k->peer_id);
	} else {
		if (!p->is_reading)
			conn_config_write(&k->config, &p->out);
		else
			conn_config_read(&p->in, &k->config);
		for (int i = 0; i < 2; i++) {
			pack_address(p, "host", &k->hosts[i]);
			pack_address(p, "next hop", &k->nexthops[i]);
		}
	}
	pack_bool(p, "deletion", &k->is_deleted);
	pack_bool(p, "route", &k->is_routed);
	pack_bool(p, "route", &k->route_is_up);
	pack_u32(p, "predecessor", &k->predecessor);
	pack_bool(p, "wish", &k->is_wanted);
	pack_bool(p, "wish", &k->has_stood);
}

void kept_connection_free(struct kept_connection *k)
{
	conn_config_free(&k->config);
	identity_free(&k->peer_id);
}
