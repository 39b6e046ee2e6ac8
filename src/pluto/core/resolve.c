/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts that are not addresses: looked up when a connection is added, again when addresses or routes
 * change, and names once a minute, so that a peer whose address changes is followed.
 */
#include <stdlib.h>
#include <string.h>

#include "core/route.h"
#include "core/redirect.h"
#include "ctl/causes.h"
#include "ctl/codes.h"

#define AGAIN_USEC (60 * USEC_PER_SEC)

static struct resolve_job *job_for(const struct connection *conn, bool is_right)
{
	const struct conn_end *end = is_right ? &conn->def->right : &conn->def->left;
	const struct conn_end *other = is_right ? &conn->def->left : &conn->def->right;
	const struct conn_config *config = &conn->def->config;
	const char *host = is_right ? config->right.host : config->left.host;
	struct resolve_job *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->connection = conn->serial;
	j->is_right = is_right;
	j->kind = end->host_kind;
	j->family = config->host_family ? (uint8_t)config->host_family : other->host.family;
	j->towards = other->host;
	text_copy(j->name, sizeof(j->name), end->host_kind == HOST_IFACE ? host + 1 : host);
	return j;
}

static void look_up(struct core *c, struct connection *conn, bool only_ours)
{
	for (int right = 0; right < 2; right++) {
		const struct conn_end *end = right ? &conn->def->right : &conn->def->left;
		struct resolve_job *job;

		if (!host_kind_is_looked_up(end->host_kind) ||
		    (only_ours && end->host_kind == HOST_NAME))
			continue;
		job = job_for(conn, right != 0);
		if (job)
			core_resolve(c, job);
	}
}

void resolve_connection(struct core *c, struct connection *conn)
{
	look_up(c, conn, false);
	if (list_is_linked(&conn->looked_up) && !c->resolve_usec)
		c->resolve_usec = c->now_usec + AGAIN_USEC;
}

void resolve_own(struct core *c, struct connection *conn)
{
	look_up(c, conn, true);
}

void resolve_all(struct core *c, bool only_ours)
{
	struct connection *conn;

	list_each (conn, &c->connections.looked_up, struct connection, looked_up)
		look_up(c, conn, only_ours);
}

/* The peer is elsewhere now: what was negotiated with the old address is given up. When we are, that
 * is core/path.c's to decide. What should be up and is not is negotiated anew. */
static void moved(struct core *c, struct connection *conn, bool is_peer)
{
	bool is_wanted = conn->is_wanted;
	bool had_sas = !list_is_empty(&conn->ike_sas) || !list_is_empty(&conn->children);
	char reason[200];
	uint32_t code;

	if (had_sas && !is_peer)
		return;
	if (had_sas)
		intent_terminate(c, conn);
	if (!is_wanted || connection_is_unresolved(conn) || !conn->is_oriented)
		return;
	connection_set_wanted(conn, true);
	code = intent_initiate(c, conn, reason, sizeof(reason));
	if (code != RC_OK)
		intent_failed(c, conn, cause_of_code(code), reason);
}

static void take_over(struct core *c, struct connection *conn, const struct resolve_job *job)
{
	const struct conn_end *end = job->is_right ? &conn->def->right : &conn->def->left;
	struct address before = end->host;
	char old[ADDRESS_TEXT_LEN], now[ADDRESS_TEXT_LEN];

	if (!connection_set_hosts(conn, job->is_right, job->addresses, job->count, &job->nexthop))
		return;
	connection_log(c, conn, LOG_LEVEL_INFO, LINE_LOG, "%s is %s now, it was %s", job->name,
		       address_format(&end->host, now, sizeof(now)),
		       address_format(&before, old, sizeof(old)));
	connection_orient(conn, c->addresses, c->address_count);
	route_oriented(c, conn);
	if (conn->predecessor && !connection_is_unresolved(conn))
		connection_retire_soon(c, conn);
	/* our own route may depend on where the peer is */
	if (!address_eq(&before, &end->host)) {
		look_up(c, conn, true);
		moved(c, conn, end == conn->peer);
	}
}

void resolve_done(struct core *c, struct resolve_job *job)
{
	struct connection *conn = connection_by_serial(&c->connections, job->connection);
	const char *error;

	if (!conn || conn->is_deleted)
		return;
	if (job->lookup) {
		redirect_resolved(c, conn, job);
		return;
	}
	if (job->ok) {
		take_over(c, conn, job);
		return;
	}
	error = connection_error(conn);
	/* what was known before is better than nothing */
	if (connection_is_unresolved(conn) && (!error || strcmp(error, job->error) != 0))
		connection_log(c, conn, LOG_LEVEL_WARNING, LINE_LOG, "%s cannot be looked up: %s",
			       job->name, job->error);
	failure_note(c, conn, CAUSE_NAME, job->error);
}

void resolve_timer(struct core *c)
{
	if (!c->resolve_usec || c->now_usec < c->resolve_usec)
		return;
	c->resolve_usec = list_is_empty(&c->connections.looked_up) ? 0 : c->now_usec + AGAIN_USEC;
	resolve_all(c, false);
}

uint64_t resolve_deadline(const struct core *c)
{
	return c->resolve_usec ? c->resolve_usec : USEC_NEVER;
}
