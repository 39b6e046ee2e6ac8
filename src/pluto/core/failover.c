/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A peer that may be at several addresses: a list in --host, or a name with several. One at a time is
 * used. When it does not serve us the next one is tried at once, and only after all of them has an
 * attempt failed; a peer that calls from another of its addresses is followed when it has proven who
 * it is.
 */
#include "core/failover.h"

#include "core/route.h"
#include "ctl/codes.h"

/* From now on the peer is there. */
static void use_host(struct core *c, struct connection *conn, const struct address *host)
{
	bool is_right = conn->peer == &conn->def->right;

	if (!connection_set_host(conn, is_right, host, &conn->peer->nexthop))
		return;
	connection_orient(conn, c->addresses, c->address_count);
	route_oriented(c, conn);
	resolve_own(c, conn);
}

/* Moves on; false: every address has been tried since one served. */
static bool next_host(struct core *c, struct connection *conn, const char *reason)
{
	char was[ADDRESS_TEXT_LEN], now[ADDRESS_TEXT_LEN];
	struct address next, old = conn->peer->host;
	bool is_round = ++conn->hosts_tried >= conn->peer->host_count;

	if (!connection_next_host(conn, &next))
		return false;
	if (is_round)
		conn->hosts_tried = 0;
	use_host(c, conn, &next);
	connection_log(c, conn, LOG_LEVEL_WARNING, LINE_LOG, "%s does not serve us (%s): %s is %s",
		       address_format(&old, was, sizeof(was)), reason,
		       address_format(&next, now, sizeof(now)),
		       is_round ? "tried when it is time for the next attempt" : "tried");
	return !is_round;
}

bool failover_goes_on(struct core *c, struct connection *conn, const struct ike_sa *failed,
		      const char *reason)
{
	char why[300];

	if (conn->peer->host_count < 2 || conn->kind == CONNECTION_INSTANCE ||
	    c->is_shutting_down || conn->is_deleted || !conn->is_oriented)
		return false;
	if (!failed->is_initiator || failed->established_usec > 0 || failed->is_unwanted)
		return false;
	/* another attempt may have moved on meanwhile */
	if (address_eq(&conn->peer->host, &failed->remote.address) && !next_host(c, conn, reason))
		return false;
	return intent_on_demand(c, conn, why, sizeof(why)) == RC_OK;
}

bool failover_from_dead(struct core *c, struct connection *conn, const struct address *dead)
{
	if (conn->peer->host_count < 2 || conn->kind == CONNECTION_INSTANCE ||
	    !address_eq(&conn->peer->host, dead))
		return false;
	conn->hosts_tried = 0;
	return next_host(c, conn, "it is dead");
}

void failover_done(struct core *c, struct ike_sa *ike)
{
	struct connection *conn = ike->connection;

	conn->hosts_tried = 0;
	if (conn->peer->host_count < 2 || conn->kind == CONNECTION_INSTANCE ||
	    address_eq(&conn->peer->host, &ike->remote.address) ||
	    !conn_end_has_host(conn->peer, &ike->remote.address))
		return;
	use_host(c, conn, &ike->remote.address);
	ike_set_connection(c, ike, conn);
}
