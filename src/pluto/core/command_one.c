/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs that act on one SA and not on a connection as a whole: replace it now, delete it (what an
 * admin wants stays, and is brought up again), bring it down (the wish goes with it), or drop all that
 * a rebooted peer has forgotten. The client stays until that has happened to the SA.
 */
#include <stdio.h>

#include "core/commands.h"
#include "core/exchange.h"
#include "core/resume.h"
#include "core/route.h"

#define AGAIN_USEC (5 * USEC_PER_SEC)

/* The newest child of the connection that carries traffic, or NULL. */
static struct child_sa *newest_child(const struct connection *conn)
{
	struct child_sa *child, *best = NULL;

	list_each (child, &conn->children, struct child_sa, conn_node)
		if (child->phase == CHILD_ESTABLISHED && (!best || child->serial > best->serial))
			best = child;
	return best;
}

/* The newest IKE SA of the connection, or the one that carries its child. */
static struct ike_sa *newest_ike(struct core *c, const struct connection *conn)
{
	const struct child_sa *child = newest_child(conn);
	struct ike_sa *ike, *best = NULL;

	list_each (ike, &conn->ike_sas, struct ike_sa, conn_node)
		if (ike->phase == IKE_ESTABLISHED && !ike_undecided(c, ike) &&
		    (!best || ike->serial > best->serial))
			best = ike;
	return best || !child ? best : child->ike;
}

/* The client waits for this to happen to the SA; an asynchronous one is done. */
static void wait_for(struct core *c, struct request_run *r, struct connection *conn,
		     uint32_t serial, enum waits_for what)
{
	if (r->is_async) {
		client_finish(c, r->client, RC_OK);
		return;
	}
	r->client->waits_for = (uint8_t)what;
	r->client->connection = conn;
	r->client->serial = serial;
}

static void want(struct core *c, struct ike_sa *ike, enum want_kind kind, struct child_sa *child)
{
	bool is_rekey = kind == WANT_REKEY_CHILD || kind == WANT_REKEY_IKE, is_wanted = true;
	enum waits_for what = is_rekey ? WAITS_REPLACED : WAITS_GONE;
	uint32_t serial = child ? child->serial : 0;

	if (!ike_find_want(ike, kind, serial))
		is_wanted = ike_want(ike, kind, child ? child->connection : NULL, serial);
	if (!is_wanted)
		clients_finish_sa(c, child ? serial : ike->serial, what, RC_INTERNAL);
	core_kick(c, ike);
}

static struct child_sa *child_or_answer(struct core *c, struct request_run *r)
{
	struct child_sa *child = newest_child(r->conn);

	if (!child)
		client_answer(c, r->client, RC_UNKNOWN_NAME, "\"%s\": has no established child SA",
			      r->name);
	return child;
}

static struct ike_sa *ike_or_answer(struct core *c, struct request_run *r)
{
	struct ike_sa *ike = newest_ike(c, r->conn);

	if (!ike)
		client_answer(c, r->client, RC_UNKNOWN_NAME, "\"%s\": has no established IKE SA",
			      r->name);
	return ike;
}

void command_rekey_child(struct core *c, struct request_run *r)
{
	struct child_sa *child = child_or_answer(c, r);

	if (!child)
		return;
	wait_for(c, r, r->conn, child->serial, WAITS_REPLACED);
	want(c, child->ike, WANT_REKEY_CHILD, child);
}

void command_rekey_ike(struct core *c, struct request_run *r)
{
	struct ike_sa *ike = ike_or_answer(c, r);

	if (!ike)
		return;
	wait_for(c, r, r->conn, ike->serial, WAITS_REPLACED);
	want(c, ike, WANT_REKEY_IKE, NULL);
}

/* What is wanted comes again a little later; or it is wanted no more. */
static void settle(struct core *c, struct connection *conn, bool stays)
{
	if (!stays) {
		connection_set_wanted(conn, false);
		conn->has_stood = false;
		intent_retry_at(c, conn, USEC_NEVER);
	} else if (conn->is_wanted) {
		intent_retry_at(c, conn, c->now_usec + AGAIN_USEC);
	}
}

static void drop_child(struct core *c, struct request_run *r, struct child_sa *child, bool stays)
{
	sa_log(c, child->ike, child, LOG_LEVEL_INFO, LINE_LOG, "is deleted: an admin wants it");
	wait_for(c, r, child->connection, child->serial, WAITS_GONE);
	settle(c, child->connection, stays);
	want(c, child->ike, WANT_DELETE_CHILD, child);
}

static void drop_ike(struct core *c, struct request_run *r, struct ike_sa *ike, bool stays)
{
	struct child_sa *child;

	sa_log(c, ike, NULL, LOG_LEVEL_INFO, LINE_LOG, "is deleted: an admin wants it");
	wait_for(c, r, ike->connection, ike->serial, WAITS_GONE);
	settle(c, ike->connection, stays);
	list_each (child, &ike->children, struct child_sa, node)
		settle(c, child->connection, stays);
	if (ike->phase == IKE_ESTABLISHED || ike->phase == IKE_REPLACED)
		want(c, ike, WANT_DELETE_IKE, NULL);
	else if (ike->phase != IKE_DELETING)
		ike_end(c, ike, RC_FATAL, "deleted by the admin");
}

void command_delete_child(struct core *c, struct request_run *r)
{
	struct child_sa *child = child_or_answer(c, r);

	if (child)
		drop_child(c, r, child, true);
}

void command_down_child(struct core *c, struct request_run *r)
{
	struct child_sa *child = child_or_answer(c, r);

	if (child)
		drop_child(c, r, child, false);
}

void command_delete_ike(struct core *c, struct request_run *r)
{
	struct ike_sa *ike = ike_or_answer(c, r);

	if (ike)
		drop_ike(c, r, ike, true);
}

void command_down_ike(struct core *c, struct request_run *r)
{
	struct ike_sa *ike = ike_or_answer(c, r);

	if (ike)
		drop_ike(c, r, ike, false);
}

/* Its ticket stays behind; the peer is told nothing, so that it keeps what it may have (RFC 5723 3). */
void command_suspend(struct core *c, struct request_run *r)
{
	struct connection *conn = r->conn;
	struct ike_sa *ike = newest_ike(c, conn);
	struct session *session = ike ? resume_of(c, ike) : NULL;
	uint64_t id = r->client->id;

	if (!session) {
		client_answer(c, r->client, RC_FATAL, "\"%s\": %s", r->name,
			      !ike ? "has no established IKE SA"
				   : "has no ticket to be resumed with: both ends need "
				     "session-resumption=yes, and this one must have begun");
		return;
	}
	if (ike_serves_others(ike, conn)) {
		client_answer(c, r->client, RC_FATAL,
			      "\"%s\": its IKE SA carries children of other connections: bring "
			      "them down first",
			      r->name);
		return;
	}
	connection_set_wanted(conn, false);
	conn->has_stood = false;
	intent_retry_at(c, conn, USEC_NEVER);
	session->is_kept = true;
	ike_end(c, ike, 0, "suspended by the admin");
	if (!route_is_negotiating(conn))
		route_event(c, conn, ROUTING_EXPIRE);
	r->client = client_find(c, id);
	if (r->client)
		client_answer(
			c, r->client, RC_OK,
			"\"%s\": is suspended; --initiate resumes it within %llu s", r->name,
			(unsigned long long)((session->expires_usec - c->now_usec) / USEC_PER_SEC));
}

/* The value of the verb; false: it was answered. */
static bool value_of(struct core *c, struct request_run *r, char *out, size_t size)
{
	struct ctl_attribute a;

	if (ctl_find(r->message, CTL_ATTR_VALUE, &a) && ctl_value_text(&a, out, size))
		return true;
	client_answer(c, r->client, RC_WHACK, "a value is missing or too long");
	return false;
}

void command_deletestate(struct core *c, struct request_run *r)
{
	struct child_sa *child;
	struct ike_sa *ike;
	char text[24];
	uint64_t n;

	if (!value_of(c, r, text, sizeof(text)))
		return;
	if (!parse_number(text, 1, UINT32_MAX, &n)) {
		client_answer(c, r->client, RC_WHACK, "--deletestate: give the number of an SA");
		return;
	}
	ike = ike_by_serial(c, (uint32_t)n);
	if (ike) {
		drop_ike(c, r, ike, true);
		return;
	}
	list_each (ike, &c->ike_sas, struct ike_sa, node) {
		child = ike_child_by_serial(ike, (uint32_t)n);
		if (child) {
			drop_child(c, r, child, true);
			return;
		}
	}
	client_answer(c, r->client, RC_UNKNOWN_NAME, "no SA has the number %llu",
		      (unsigned long long)n);
}

void command_crash(struct core *c, struct request_run *r)
{
	uint64_t id = r->client->id;
	char text[ADDRESS_TEXT_LEN], shown[ADDRESS_TEXT_LEN];
	struct address peer;
	struct ike_sa *ike;
	unsigned count = 0;

	if (!value_of(c, r, text, sizeof(text)))
		return;
	if (!address_parse(text, &peer)) {
		client_answer(c, r->client, RC_WHACK, "--crash: give the address of a peer");
		return;
	}
	list_each (ike, &c->ike_sas, struct ike_sa, node) {
		if (!address_eq(&ike->remote.address, &peer))
			continue;
		count++;
		ike_end(c, ike, RC_NO_RESPONSE, "the admin says that the peer has rebooted");
	}
	r->client = client_find(c, id);
	if (r->client)
		client_answer(c, r->client, RC_OK, "%u IKE SAs with %s were dropped", count,
			      address_format(&peer, shown, sizeof(shown)));
}
