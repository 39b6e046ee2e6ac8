/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which connection an IKE_AUTH request is for: by the identities it names, by what the connection
 * allows, and by selectors (RFC 7296 2.9, 3.5). A choice never widens rights (case 99).
 */
#include "exchanges/auth.h"
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
	if (is_proven ? !auth_is_same_proof(ike->connection, conn)
		      : !auth_method_is_allowed(conn, m->auth.method)) {
		text_add(why, "\"%s\" wants the peer to authenticate otherwise; ",
			 conn->def->config.name);
		return false;
	}
	if (is_proven ? !identity_eq(&ike->connection->us->id, &conn->us->id)
		      : message_has(m, PAYLOAD_IDr) && !conn->us->id_from_cert &&
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

bool auth_selectors_meet_lists(const struct run *r, const struct connection *conn,
			       const struct selectors *ours, const struct selectors *theirs,
			       struct selectors *local, struct selectors *remote, bool *is_cut,
			       struct text *why)
{
	bool cut_local = false, cut_remote = false, ok;

	*local = *remote = (struct selectors){ 0 };
	if (!message_has(r->m, PAYLOAD_TSi) || !message_has(r->m, PAYLOAD_TSr))
		return false;
	ok = narrow_offer(&r->m->ts_i, theirs, remote, &cut_remote, why) &&
	     narrow_offer(&r->m->ts_r, ours, local, &cut_local, why);
	*is_cut = ok && (narrow_fit_pairs(local, remote) || cut_local || cut_remote);
	if (ok && selector_pairs_count(local, remote) == 0) {
		text_add(why, "the two sides' selectors are of different families or protocols");
		ok = false;
	}
	if (ok && !connection_narrows(conn) &&
	    (!narrow_is_whole(ours, local) || !narrow_is_whole(theirs, remote))) {
		text_add(why, "\"%s\" would be only partly protected (narrowing=no); ",
			 conn->def->config.name);
		ok = false;
	}
	if (!ok) {
		selectors_free(local);
		selectors_free(remote);
	}
	return ok;
}

bool auth_selectors_meet(const struct run *r, const struct connection *conn,
			 struct selectors *local, struct selectors *remote, bool *is_cut,
			 struct text *why)
{
	struct selectors ours = { 0 }, theirs = { 0 };
	bool ok;

	*local = *remote = (struct selectors){ 0 };
	if (!ike_clients(r->ike, conn, &ours, &theirs))
		return false;
	ok = auth_selectors_meet_lists(r, conn, &ours, &theirs, local, remote, is_cut, why);
	selectors_free(&ours);
	selectors_free(&theirs);
	return ok;
}

/* None is for this identity: what those of the same addresses want instead. */
static void say_others(const struct run *r, struct text *why)
{
	const struct ike_sa *ike = r->ike;
	struct connection_walk walk = connection_walk(&r->core->connections, &ike->local.address,
						      &ike->remote.address, NULL);
	struct connection *conn;

	while (!why->cut && (conn = connection_walk_next(&walk)))
		auth_connection_fits(r, conn, why);
}

struct connection *auth_choose_connection(struct run *r, struct text *why)
{
	struct ike_sa *ike = r->ike;
	struct connection_walk walk = connection_walk(&r->core->connections, &ike->local.address,
						      &ike->remote.address, &ike->peer_id);
	struct connection *conn, *first = NULL;
	struct selectors local, remote;
	bool is_cut;
	char unused[400];

	while ((conn = connection_walk_next(&walk))) {
		struct text drop = TEXT_OVER(unused);

		if (!auth_connection_fits(r, conn, why))
			continue;
		if (auth_selectors_meet(r, conn, &local, &remote, &is_cut, &drop)) {
			selectors_free(&local);
			selectors_free(&remote);
			return conn;
		}
		if (!first)
			first = conn;
	}
	if (!first && why->len == 0)
		say_others(r, why);
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
