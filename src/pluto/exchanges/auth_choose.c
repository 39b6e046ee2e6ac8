/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which connection an IKE_AUTH request is for: by the identities it names, by what the connection
 * allows, and by selectors (RFC 7296 2.9, 3.5). A choice never widens rights (case 99).
 */
#include "exchanges/steps.h"
#include "sa/narrow.h"

/* Does the connection fit what the peer says of itself and of us? Else why not. */
bool auth_connection_fits(const struct run *r, const struct connection *conn, struct text *why)
{
	const struct message *m = r->m;
	const struct ike_sa *ike = r->ike;
	bool is_proven = ike->phase == IKE_ESTABLISHED;
	cleanup(identity_free) struct identity wanted = { 0 };
	char a[120], b[120];

	if (!identity_matches(&conn->peer->id, &ike->peer_id)) {
		text_add(why, "\"%s\" wants the peer to be %s, it is %s; ", conn->def->config.name,
			 identity_format(&conn->peer->id, a, sizeof(a)),
			 identity_format(&ike->peer_id, b, sizeof(b)));
		return false;
	}
	/* once proven, we are who we said to be; before, who the peer asks for */
	if (is_proven ? !identity_eq(&ike->connection->us->id, &conn->us->id)
		      : message_has(m, PAYLOAD_IDr) &&
				identity_of_wire(m->id_r.type, m->id_r.body, &wanted) &&
				!identity_eq(&wanted, &conn->us->id)) {
		text_add(why, "\"%s\" is %s here, the peer wants %s; ", conn->def->config.name,
			 identity_format(&conn->us->id, a, sizeof(a)),
			 identity_format(is_proven ? &ike->connection->us->id : &wanted, b,
					 sizeof(b)));
		return false;
	}
	if (!suite_is_allowed(conn->def->ike, &ike->suite)) {
		text_add(why, "\"%s\" does not allow the IKE proposal; ", conn->def->config.name);
		return false;
	}
	return true;
}

bool auth_selectors_meet(const struct run *r, const struct connection *conn, struct selector *local,
			 struct selector *remote, struct text *why)
{
	struct selector peer_client = connection_peer_client(conn, &r->ike->remote.address);
	bool narrowed;

	return message_has(r->m, PAYLOAD_TSi) && message_has(r->m, PAYLOAD_TSr) &&
	       narrow_offer(&r->m->ts_i, &peer_client, remote, &narrowed, why) &&
	       narrow_offer(&r->m->ts_r, &conn->us->client, local, &narrowed, why);
}

struct connection *auth_choose_connection(struct run *r, struct text *why)
{
	struct ike_sa *ike = r->ike;
	struct connection_walk walk = connection_walk(&r->core->connections, &ike->local.address,
						      &ike->remote.address, &ike->peer_id);
	struct connection *conn, *first = NULL;
	struct selector local, remote;
	char unused[400];

	while ((conn = connection_walk_next(&walk))) {
		struct text drop = TEXT_OVER(unused);

		if (!auth_connection_fits(r, conn, why))
			continue;
		if (auth_selectors_meet(r, conn, &local, &remote, &drop))
			return conn;
		if (!first)
			first = conn;
	}
	return first;
}

bool auth_take_instance(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct connection *conn = ike->connection, *instance;

	if (conn->kind == CONNECTION_PERMANENT)
		return true;
	if (conn->kind == CONNECTION_INSTANCE)
		return connection_instance_named(conn, &ike->peer_id);
	instance = connection_instance(conn, &ike->remote.address, &ike->peer_id);
	if (instance)
		ike_set_connection(r->core, ike, instance);
	return instance != NULL;
}
