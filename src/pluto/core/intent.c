/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What should be up: an admin's wish for a connection, attempts and retries with back-off. Speaks to
 * the exchanges by wants and by starting an IKE SA.
 */
#include <stdio.h>

#include "core/exchange.h"
#include "core/failover.h"
#include "core/keep.h"
#include "core/route.h"
#include "core/liveness.h"
#include "core/resume.h"
#include "crypto/random.h"
#include "ctl/causes.h"
#include "ctl/codes.h"

#define BACKOFF_MIN_USEC (5 * USEC_PER_SEC)
#define BACKOFF_MAX_USEC (300 * USEC_PER_SEC)
#define REPLACED_USEC (USEC_PER_SEC / 2)
#define RESTART_SPREAD_USEC (USEC_PER_SEC / 2)

static bool is_going_down(const struct ike_sa *ike)
{
	const struct list *n;

	for (n = ike->wants.next; n != &ike->wants; n = n->next)
		if (((const struct want *)n)->kind == WANT_DELETE_IKE)
			return true;
	return false;
}

/* One of two that crossing rekeys made is not used before it is known which of them stays. */
static bool is_usable(struct core *c, const struct ike_sa *ike)
{
	return (ike->phase == IKE_ESTABLISHED || ike->phase == IKE_STARTING ||
		ike->phase == IKE_AUTHENTICATING) &&
	       !is_going_down(ike) && !ike->is_redirected && !ike_undecided(c, ike);
}

/* One that is just negotiated will have a suite of its own connection's proposals. */
static bool has_suite_for(const struct ike_sa *ike, const struct connection *conn)
{
	if (ike->phase == IKE_STARTING)
		return ike->connection->def->ike == conn->def->ike; /* shared when alike */
	return suite_is_allowed(conn->def->ike, &ike->suite);
}

/* The newest IKE SA that a further child may use (RFC 7296 1.3): the connection's own, or one of
 * another between the same ends, of a suite that the connection allows, on which the peer proves what
 * the connection wants it to prove. */
static struct ike_sa *usable_ike(struct core *c, const struct connection *conn)
{
	struct ike_sa *ike, *best = NULL;

	list_each (ike, &conn->ike_sas, struct ike_sa, conn_node)
		if (is_usable(c, ike) && (!best || ike->serial > best->serial))
			best = ike;
	for (ike = ike_of_ends(c, conn); ike; ike = ike_next_of_ends(ike, conn))
		if (is_usable(c, ike) && (!best || ike->serial > best->serial) &&
		    auth_is_same_proof(ike->connection, conn) && has_suite_for(ike, conn))
			best = ike;
	return best;
}

/* Its Delete waits for the slot. */
static bool is_given_up(struct ike_sa *ike, const struct child_sa *child)
{
	struct want *w;

	list_each (w, &ike->wants, struct want, node)
		if (w->kind == WANT_DELETE_CHILD && w->child_serial == child->serial)
			return true;
	return false;
}

static bool is_under_way(struct ike_sa *ike, const struct connection *conn)
{
	struct child_sa *child;
	struct want *w;

	list_each (child, &ike->children, struct child_sa, node)
		if (child->connection == conn && child->phase != CHILD_DELETING &&
		    child->phase != CHILD_REPLACED && child != ike->theirs.scratch.child &&
		    (!ike->followup || child != ike->followup->scratch.child) &&
		    !is_given_up(ike, child))
			return true;
	list_each (w, &ike->wants, struct want, node)
		if (w->kind == WANT_CHILD && w->connection == conn)
			return true;
	return false;
}

/* A vacant one is about to be replaced: who asks now waits for what replaces it. */
static void ask_for_vacant(struct core *c, struct ike_sa *ike, const struct connection *conn)
{
	struct child_sa *child;

	keep_touch(c, ike);
	list_each (child, &ike->children, struct child_sa, node)
		if (child->connection == conn && child->phase == CHILD_VACANT)
			child->is_asked_for = true;
}

/* With IKE_SA_INIT, or with the session that is to be resumed, which is taken over. */
static uint32_t start_ike(struct core *c, struct connection *conn, struct session *session,
			  char *reason, size_t size)
{
	struct endpoint local, remote;
	bool natt = path_begin(c, conn, &local, &remote);
	struct ike_sa *ike;

	if (session)
		remote.address = session->gateway.address;
	else if (conn->redirection.to.family)
		remote.address = conn->redirection.to;
	ike = ike_create(c, conn, true, &local, &remote);

	if (!ike) {
		session_free(session);
		snprintf(reason, size, "out of memory");
		return RC_INTERNAL;
	}
	ike->natt = natt;
	ike->session = session;
	exchange_run(c, ike, &ike->ours, session ? &start_session_resume : &start_ike_sa_init);
	return RC_OK;
}

void intent_start_with(struct core *c, struct connection *conn, struct session *session)
{
	char reason[200] = "pluto does not listen any more";

	if (!c->is_listening || !conn->is_oriented)
		session_free(session);
	else if (start_ike(c, conn, session, reason, sizeof(reason)) == RC_OK)
		return;
	intent_failed(c, conn, CAUSE_INTERNAL, reason);
	clients_finish(c, conn, WAITS_UP, RC_FATAL);
}

/* Is one on its way for it? Of several children that could not be replaced each would begin one. */
static bool is_starting(const struct connection *conn)
{
	struct ike_sa *ike;

	list_each (ike, &conn->ike_sas, struct ike_sa, conn_node)
		if (ike->phase == IKE_STARTING || ike->phase == IKE_AUTHENTICATING)
			return true;
	return false;
}

void intent_start_anew(struct core *c, struct connection *conn)
{
	char reason[200];

	if (is_starting(conn))
		return;
	if (!c->is_listening || !conn->is_oriented || conn->peer->host.family == FAMILY_NONE ||
	    c->is_shutting_down || conn->is_deleted)
		return;
	connection_log(c, conn, LOG_LEVEL_WARNING, LINE_LOG,
		       "negotiating anew: its SA could not be replaced");
	if (start_ike(c, conn, NULL, reason, sizeof(reason)) != RC_OK)
		intent_failed(c, conn, CAUSE_INTERNAL, reason);
}

void intent_reauthenticate(struct core *c, struct ike_sa *old)
{
	struct connection *conn = old->connection;
	struct endpoint local, remote;
	bool natt = path_begin(c, conn, &local, &remote);
	struct ike_sa *ike;

	if (c->is_shutting_down)
		return;
	if (!c->is_listening) {
		old->rekey_usec = core_jitter(c, 10 * USEC_PER_SEC, 60 * USEC_PER_SEC);
		return;
	}
	/* from where IKE_SA_INIT of any NAT is found out anew */
	local.address = old->local.address;
	remote.address = old->remote.address;
	/* a NAT lets in only what goes to where the peer's messages come from */
	if (old->remote.tcp || (old->nat_there && old->natt)) {
		local = old->local;
		remote = old->remote;
		natt = true;
	}
	ike = ike_create(c, conn, true, &local, &remote);
	if (!ike) {
		old->rekey_usec = core_jitter(c, 10 * USEC_PER_SEC, 60 * USEC_PER_SEC);
		return;
	}
	ike->natt = natt;
	ike->reauthenticates = old->serial;
	sa_log(c, old, NULL, LOG_LEVEL_INFO, LINE_LOG, "is authenticated anew by #%u", ike->serial);
	exchange_run(c, ike, &ike->ours, &start_ike_sa_init);
}

void intent_reauth_failed(struct core *c, const struct ike_sa *ike)
{
	struct ike_sa *old = ike_by_serial(c, ike->reauthenticates);

	if (!old || old->phase != IKE_ESTABLISHED)
		return;
	old->rekey_usec = core_jitter(c, 10 * USEC_PER_SEC, 60 * USEC_PER_SEC);
	ike_set_timer(c, old);
	sa_log(c, old, NULL, LOG_LEVEL_WARNING, LINE_LOG,
	       "could not be authenticated anew and stays in use");
	clients_finish_sa(c, old->serial, WAITS_REPLACED, RC_FATAL);
}

struct connection *intent_target(struct core *c, struct connection *conn,
				 const struct address *remote, uint32_t *code, char *reason,
				 size_t size)
{
	struct connection *instance;

	(void)c;
	if (!remote && conn->peer->host.family)
		remote = &conn->peer->host;
	if (conn->kind != CONNECTION_TEMPLATE || !conn->is_oriented)
		return conn;
	if (!remote) {
		snprintf(
			reason, size,
			"the peer's address is %%any: the peer has to begin, or say --remote-host");
		*code = RC_WILDCARD;
		return NULL;
	}
	instance = connection_instance(conn, remote, &conn->peer->id);
	if (!instance) {
		snprintf(reason, size, "out of memory");
		*code = RC_INTERNAL;
	}
	return instance;
}

static uint32_t may_initiate(struct core *c, struct connection *conn, char *reason, size_t size)
{
	if (conn_type_is_shunt(conn->def->config.type)) {
		snprintf(reason, size, "only passes or drops traffic: route it instead");
		return RC_INITSHUNT;
	}
	if (!c->is_listening) {
		snprintf(reason, size, "pluto is not listening: run ipsec whack --listen first");
		return RC_DEAF;
	}
	if (connection_is_unresolved(conn)) {
		const char *error = connection_error(conn);

		snprintf(reason, size, "the name of a --host is not looked up yet%s%s",
			 error ? ": " : "", error ? error : "");
		return RC_NO_PEER;
	}
	if (!conn->is_oriented) {
		snprintf(reason, size, "neither --host is an address of this machine, or both are");
		return RC_ORIENT;
	}
	if (conn->peer->host.family == FAMILY_NONE) {
		snprintf(
			reason, size,
			"the peer's address is %%any: the peer has to begin, or say --remote-host");
		return RC_WILDCARD;
	}
	return RC_OK;
}

uint32_t intent_initiate(struct core *c, struct connection *conn, char *reason, size_t size)
{
	uint32_t code = may_initiate(c, conn, reason, size);

	if (code == RC_OK)
		connection_set_wanted(conn, true);
	return code == RC_OK ? intent_on_demand(c, conn, reason, size) : code;
}

uint32_t intent_on_demand(struct core *c, struct connection *conn, char *reason, size_t size)
{
	uint32_t code = may_initiate(c, conn, reason, size);
	struct ike_sa *ike;

	if (code != RC_OK)
		return code;
	intent_retry_at(c, conn, USEC_NEVER);
	route_event(c, conn, ROUTING_NEGOTIATE);
	/* it goes on where the gateway that we were sent to is found */
	if (conn->redirection.is_looked_up)
		return RC_OK;
	ike = usable_ike(c, conn);
	if (!ike)
		return start_ike(c, conn, resume_take(c, conn), reason, size);
	ask_for_vacant(c, ike, conn);
	if (is_under_way(ike, conn) || (ike->connection == conn && ike->phase != IKE_ESTABLISHED))
		return RC_OK;
	if (!ike_want(ike, WANT_CHILD, conn, 0)) {
		snprintf(reason, size, "out of memory");
		return RC_INTERNAL;
	}
	exchange_start_wants(c, ike);
	return RC_OK;
}

bool ike_serves_others(struct ike_sa *ike, const struct connection *conn)
{
	struct child_sa *child;
	struct want *w;

	list_each (child, &ike->children, struct child_sa, node)
		if (child->connection != conn && child->phase != CHILD_DELETING)
			return true;
	list_each (w, &ike->wants, struct want, node)
		if (w->kind == WANT_CHILD && w->connection != conn)
			return true;
	return false;
}

/* What the connection has on this IKE SA goes, and with it the IKE SA if nobody else uses it. */
static void leave_ike(struct core *c, struct ike_sa *ike, const struct connection *conn)
{
	struct child_sa *child;

	if (is_going_down(ike))
		return;
	if (!ike_serves_others(ike, conn)) {
		ike_want(ike, WANT_DELETE_IKE, NULL, 0);
	} else {
		list_each (child, &ike->children, struct child_sa, node)
			if (child->connection == conn && !is_given_up(ike, child))
				ike_want(ike, WANT_DELETE_CHILD, NULL, child->serial);
	}
	core_kick(c, ike);
}

void intent_terminate(struct core *c, struct connection *conn)
{
	struct ike_sa *ike;
	struct child_sa *child;

	connection_set_wanted(conn, false);
	connection_failure_over(conn);
	conn->has_stood = false;
	conn->redirection.is_looked_up = false;
	intent_retry_at(c, conn, USEC_NEVER);
	hold_release(c, conn);
	list_each (ike, &conn->ike_sas, struct ike_sa, conn_node) {
		if (ike->phase == IKE_ESTABLISHED || ike->phase == IKE_DELETING) {
			leave_ike(c, ike, conn);
		} else if (ike->phase != IKE_DEAD) {
			ike->is_unwanted = true;
			ike_end(c, ike, RC_FATAL, "terminated by the admin");
		}
	}
	list_each (child, &conn->children, struct child_sa, conn_node)
		if (child->ike->connection != conn)
			leave_ike(c, child->ike, conn);
	if (!route_is_negotiating(conn))
		route_event(c, conn, ROUTING_EXPIRE);
}

bool intent_doubts(struct core *c, struct ike_sa *ike)
{
	struct connection *conn = ike->connection;
	char reason[200];

	if (conn->doubts_cookies || !ike->cookie.data || !ike->was_refused ||
	    ike->reauthenticates || !conn->is_wanted || c->is_shutting_down) {
		conn->doubts_cookies = false;
		return false;
	}
	conn->doubts_cookies = true;
	connection_log(c, conn, LOG_LEVEL_WARNING, LINE_LOG,
		       "the COOKIE may have been forged: once more, waiting for another answer");
	if (start_ike(c, conn, NULL, reason, sizeof(reason)) == RC_OK)
		return true;
	conn->doubts_cookies = false;
	return false;
}

void intent_failed(struct core *c, struct connection *conn, uint8_t cause, const char *reason)
{
	uint64_t tries = conn->def->config.keyingtries;
	uint64_t wait = BACKOFF_MIN_USEC, jitter = 0;

	failure_note(c, conn, cause, reason);
	route_failed(c, conn);
	/* The peer may have refused a second one beside the old: the old one goes, and then again. */
	if (conn->predecessor) {
		connection_retire_soon(c, conn);
		if (conn->is_wanted && !c->is_shutting_down)
			intent_retry_at(c, conn, c->now_usec + REPLACED_USEC);
		return;
	}
	if (!conn->is_wanted || c->is_shutting_down)
		return;
	conn->failures++;
	if (tries != 0 && conn->failures >= tries && !conn->has_stood) {
		connection_log(c, conn, LOG_LEVEL_WARNING, LINE_LOG,
			       "giving up, as keyingtries=%llu says", (unsigned long long)tries);
		connection_set_wanted(conn, false);
		return;
	}
	for (uint32_t i = 1; i < conn->failures && wait < BACKOFF_MAX_USEC; i++)
		wait *= 2;
	if (wait > BACKOFF_MAX_USEC)
		wait = BACKOFF_MAX_USEC;
	random_below(wait / 8, &jitter);
	intent_retry_at(c, conn, c->now_usec + wait - jitter);
}

static bool is_up(const struct connection *conn)
{
	struct child_sa *child;

	list_each (child, &conn->children, struct child_sa, conn_node)
		if (child->phase == CHILD_ESTABLISHED)
			return true;
	return false;
}

/* At once, but not all connections of a dead peer in the same moment. */
static void restart(struct core *c, struct connection *conn)
{
	uint64_t later = 0;

	connection_set_wanted(conn, true);
	conn->failures = 0;
	random_below(RESTART_SPREAD_USEC, &later);
	intent_retry_at(c, conn, c->now_usec + later);
}

static uint8_t lost_cause(const struct ike_sa *ike, enum loss loss)
{
	if (loss == LOSS_FAULT)
		return ike->cause;
	return loss == LOSS_DEAD_PEER ? CAUSE_NO_RESPONSE : CAUSE_PEER_DELETED;
}

void intent_lost(struct core *c, struct connection *conn, const struct ike_sa *ike, enum loss loss,
		 const char *reason)
{
	bool can_call = conn->is_oriented && conn->peer->host.family != FAMILY_NONE;
	const struct conn_config *config = &conn->def->config;
	uint8_t cause = lost_cause(ike, loss);

	if (conn->lost_ike == ike->serial || is_up(conn))
		return;
	conn->lost_ike = ike->serial;
	connection_failed(conn, cause, reason, c->wall_sec);
	if (c->is_shutting_down || conn->is_deleted)
		return;
	if (loss == LOSS_DEAD_PEER && config->dpd_action == DPD_CLEAR) {
		connection_log(c, conn, LOG_LEVEL_WARNING, LINE_LOG,
			       "the peer is dead: given up (dpdaction=clear)");
		connection_set_wanted(conn, false);
		conn->has_stood = false;
		return;
	}
	if (loss == LOSS_DEAD_PEER && (conn->is_wanted || config->dpd_action == DPD_RESTART) &&
	    failover_from_dead(c, conn, &ike->remote.address)) {
		restart(c, conn);
		return;
	}
	if (loss == LOSS_DEAD_PEER && config->dpd_action == DPD_RESTART && can_call) {
		connection_log(c, conn, LOG_LEVEL_WARNING, LINE_LOG,
			       "the peer is dead: negotiating anew (dpdaction=restart)");
		restart(c, conn);
		return;
	}
	if (config->revive == REVIVE_NO ||
	    (loss == LOSS_BY_PEER && config->revive != REVIVE_KEEP)) {
		if (config->revive == REVIVE_NO)
			connection_set_wanted(conn, false);
		return;
	}
	if (config->revive == REVIVE_KEEP && can_call) {
		connection_set_wanted(conn, true);
		conn->has_stood = true;
	}
	if (!conn->is_wanted)
		return;
	intent_failed(c, conn, cause, reason);
	connection_log(c, conn, LOG_LEVEL_INFO, LINE_LOG, "it is brought up again by itself");
}

void intent_retry_at(struct core *c, struct connection *conn, uint64_t when_usec)
{
	if (when_usec == USEC_NEVER)
		heap_remove(&c->retries, &conn->retry);
	else
		heap_set(&c->retries, &conn->retry, when_usec);
}

void intent_timer(struct core *c)
{
	struct heap_node *n;
	char reason[200];
	uint32_t code;

	while ((n = heap_first(&c->retries)) && n->when_usec <= c->now_usec) {
		struct connection *conn = container_of(n, struct connection, retry);

		heap_remove(&c->retries, n);
		if (!route_again(c, conn) && !conn->is_wanted)
			route_event(c, conn, ROUTING_EXPIRE);
		if (!conn->is_wanted || c->is_shutting_down)
			continue;
		connection_log(c, conn, LOG_LEVEL_INFO, LINE_LOG, "trying again");
		code = intent_initiate(c, conn, reason, sizeof(reason));
		if (code != RC_OK)
			intent_failed(c, conn, cause_of_code(code), reason);
	}
}

uint64_t intent_deadline(const struct core *c)
{
	struct heap_node *n = heap_first(&c->retries);

	return n ? n->when_usec : USEC_NEVER;
}
