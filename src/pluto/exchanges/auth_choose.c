/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which connection an IKE_AUTH request is for: by the identities it names, by what the connection
 * allows, and by selectors (RFC 7296 2.9, 3.5). A choice never widens rights (case 99).
 */
#include "exchanges/steps.h"
#include "sa/narrow.h"

/* Does the connection fit what the peer says of itself and of us? Else why not. */
static bool fits(const struct run *r, const struct connection *conn, struct text *why)
{
	const struct message *m = r->m;
	cleanup(identity_free) struct identity wanted = { 0 };
	char a[120], b[120];

	if (!identity_matches(&conn->peer->id, &r->ike->peer_id)) {
		text_add(why, "\"%s\" wants the peer to be %s, it is %s; ", conn->def->config.name,
			 identity_format(&conn->peer->id, a, sizeof(a)),
			 identity_format(&r->ike->peer_id, b, sizeof(b)));
		return false;
	}
	if (message_has(m, PAYLOAD_IDr) && identity_of_wire(m->id_r.type, m->id_r.body, &wanted) &&
	    !identity_eq(&wanted, &conn->us->id)) {
		text_add(why, "\"%s\" is %s here, the peer wants %s; ", conn->def->config.name,
			 identity_format(&conn->us->id, a, sizeof(a)),
			 identity_format(&wanted, b, sizeof(b)));
		return false;
	}
	if (!suite_is_allowed(conn->def->ike, &r->ike->suite)) {
		text_add(why, "\"%s\" does not allow the IKE proposal; ", conn->def->config.name);
		return false;
	}
	return true;
}

/* Of the connections that fit, the first whose selectors meet the offer; else the first. */
struct connection *auth_choose_connection(struct run *r, struct text *why)
{
	struct ike_sa *ike = r->ike;
	struct connection *conn = NULL, *first = NULL;
	struct selector s, peer_client;
	bool narrowed;
	char unused[400];

	while ((conn = connection_for_peer(&r->core->connections, &ike->local.address,
					   &ike->remote.address, conn))) {
		struct text drop = TEXT_OVER(unused);

		if (!fits(r, conn, why))
			continue;
		peer_client = connection_peer_client(conn, &ike->remote.address);
		if (message_has(r->m, PAYLOAD_TSi) && message_has(r->m, PAYLOAD_TSr) &&
		    narrow_offer(&r->m->ts_i, &peer_client, &s, &narrowed, &drop) &&
		    narrow_offer(&r->m->ts_r, &conn->us->client, &s, &narrowed, &drop))
			return conn;
		if (!first)
			first = conn;
	}
	return first;
}
