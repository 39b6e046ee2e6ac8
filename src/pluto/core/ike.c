/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of IKE SAs: making and finding them, their one timer (retransmission, half-open timeout,
 * lifetime, children's lifetimes), and their end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/failover.h"
#include "core/contact.h"
#include "core/news.h"
#include "core/exchange.h"
#include "core/redirect.h"
#include "core/resume.h"
#include "core/fragmentation.h"
#include "core/guard.h"
#include "core/keep.h"
#include "core/liveness.h"
#include "crypto/random.h"
#include "ctl/causes.h"
#include "ctl/codes.h"
#include "sa/lifetime.h"

#define HALF_OPEN_TIMEOUT_USEC (30 * USEC_PER_SEC)
#define DELETE_TIMEOUT_USEC (4 * USEC_PER_SEC)
#define RESUME_TIMEOUT_USEC (8 * USEC_PER_SEC) /* then it is begun in full */
#define PATH_TRIES 4 /* on one path, when there are others (RFC 4555 3.5) */
#define SILENT_TRIES 2
#define EXPIRED_SPREAD_USEC (2 * USEC_PER_SEC) /* many may be over at once */
#define BIG_TRIES 2 /* then fragments become smaller with each (case 85) */
#define UDP_TRIES 3 /* then TCP is tried */
#define RETRANSMIT_MAX_WAIT_USEC (16 * USEC_PER_SEC)

static uint64_t spi_hash(const struct core *c, uint64_t spi)
{
	return table_hash(&c->by_spi, slice(&spi, sizeof(spi)));
}

static uint64_t serial_hash(const struct core *c, uint32_t serial)
{
	return table_hash(&c->by_serial, slice(&serial, sizeof(serial)));
}

struct ike_sa *ike_by_serial(struct core *c, uint32_t serial)
{
	uint64_t hash = serial_hash(c, serial);
	struct table_node *n;

	for (n = table_first(&c->by_serial, hash); n; n = table_next(n, hash)) {
		struct ike_sa *ike = container_of(n, struct ike_sa, by_serial);

		if (ike->serial == serial)
			return ike;
	}
	return NULL;
}

struct ike_sa *ike_by_spi(struct core *c, uint64_t our_spi)
{
	uint64_t hash = spi_hash(c, our_spi);
	struct table_node *n;

	for (n = table_first(&c->by_spi, hash); n; n = table_next(n, hash)) {
		struct ike_sa *ike = container_of(n, struct ike_sa, by_spi);

		if (ike_our_spi(ike) == our_spi)
			return ike;
	}
	return NULL;
}

static uint64_t ends_hash(struct core *c, const struct address *local, const struct address *remote,
			  const struct connection *conn)
{
	struct {
		struct address local, remote;
		uint8_t ids[2][8];
	} key = { .local = *local, .remote = *remote };
	uint64_t ours = identity_hash(&c->by_ends, &conn->us->id);
	uint64_t theirs = identity_hash(&c->by_ends, &conn->peer->id);

	memcpy(key.ids[0], &ours, sizeof(ours));
	memcpy(key.ids[1], &theirs, sizeof(theirs));
	return table_hash(&c->by_ends, slice(&key, sizeof(key)));
}

void ike_set_connection(struct core *c, struct ike_sa *ike, struct connection *conn)
{
	keep_touch(c, ike);
	table_remove(&c->by_ends, &ike->by_ends);
	if (ike->connection != conn)
		resume_forget_of(ike->connection, ike);
	ike_sa_set_connection(ike, conn);
	/* one that cannot be entered is not shared with other connections */
	table_insert(&c->by_ends, &ike->by_ends,
		     ends_hash(c, ike_home_local(ike), ike_home_remote(ike), conn));
}

static struct ike_sa *with_ends(struct table_node *n, uint64_t hash, const struct connection *conn)
{
	for (; n; n = table_next(n, hash)) {
		struct ike_sa *ike = container_of(n, struct ike_sa, by_ends);
		const struct connection *own = ike->connection;

		if (address_eq(ike_home_remote(ike), &conn->peer->host) &&
		    address_eq(ike_home_local(ike), &conn->us->host) &&
		    identity_eq(&own->us->id, &conn->us->id) &&
		    identity_eq(&own->peer->id, &conn->peer->id))
			return ike;
	}
	return NULL;
}

struct ike_sa *ike_of_ends(struct core *c, const struct connection *conn)
{
	uint64_t hash = ends_hash(c, &conn->us->host, &conn->peer->host, conn);

	return with_ends(table_first(&c->by_ends, hash), hash, conn);
}

struct ike_sa *ike_next_of_ends(struct ike_sa *ike, const struct connection *conn)
{
	uint64_t hash = ike->by_ends.hash;

	return with_ends(table_next(&ike->by_ends, hash), hash, conn);
}

uint64_t ike_new_spi(struct core *c)
{
	uint64_t spi = 0;

	while (spi == 0 || ike_by_spi(c, spi))
		if (!random_bytes(&spi, sizeof(spi)))
			return 0;
	return spi;
}

bool ike_renew_spi(struct core *c, struct ike_sa *ike)
{
	uint64_t spi = ike_new_spi(c);

	if (spi == 0)
		return false;
	table_remove(&c->by_spi, &ike->by_spi);
	ike->spi_i = spi;
	return table_insert(&c->by_spi, &ike->by_spi, spi_hash(c, spi));
}

struct ike_sa *ike_create(struct core *c, struct connection *conn, bool is_initiator,
			  const struct endpoint *local, const struct endpoint *remote)
{
	return ike_create_with_spi(c, conn, is_initiator, ike_new_spi(c), local, remote);
}

struct ike_sa *ike_create_with_spi(struct core *c, struct connection *conn, bool is_initiator,
				   uint64_t spi, const struct endpoint *local,
				   const struct endpoint *remote)
{
	struct ike_sa *ike;

	if (spi == 0 || ike_by_spi(c, spi))
		return NULL;
	ike = ike_sa_new(c->next_serial, conn, is_initiator);
	if (!ike)
		return NULL;
	if (is_initiator)
		ike->spi_i = spi;
	else
		ike->spi_r = spi;
	if (!table_insert(&c->by_spi, &ike->by_spi, spi_hash(c, spi)) ||
	    !table_insert(&c->by_serial, &ike->by_serial, serial_hash(c, ike->serial))) {
		table_remove(&c->by_spi, &ike->by_spi);
		ike_sa_free(ike);
		return NULL;
	}
	c->next_serial++;
	ike->local = *local;
	ike->remote = ike->init_remote = *remote;
	ike_set_connection(c, ike, conn);
	list_append(&c->ike_sas, &ike->node);
	c->ike_count++;
	ike->created_usec = c->now_usec;
	ike->expires_usec = c->now_usec + HALF_OPEN_TIMEOUT_USEC;
	if (is_initiator)
		ike->expires_usec = USEC_NEVER; /* retransmission limits it */
	ike_set_timer(c, ike);
	return ike;
}

void ike_set_timer(struct core *c, struct ike_sa *ike)
{
	uint64_t when = ike->expires_usec;
	struct child_sa *child;
	struct want *w;

	keep_touch(c, ike);
	if (ike->request.out.wire.data && ike->request.next_usec < when)
		when = ike->request.next_usec;
	if (ike->reply.wire.data && ike->reply_drop_usec < when)
		when = ike->reply_drop_usec;
	if (ike->look_usec < when)
		when = ike->look_usec;
	if (ike->phase == IKE_ESTABLISHED && ike->rekey_usec < when)
		when = ike->rekey_usec;
	list_each (child, &ike->children, struct child_sa, node) {
		uint64_t due = child_deadline(child);

		when = due < when ? due : when;
	}
	if (!ike->ours.row && !ike->request.out.wire.data)
		list_each (w, &ike->wants, struct want, node)
			if (w->when_usec > c->now_usec && w->when_usec < when)
				when = w->when_usec;
	if (ike->followup && ike->followup->expires_usec < when)
		when = ike->followup->expires_usec;
	if (keepalive_due(c, ike) < when)
		when = keepalive_due(c, ike);
	if (fragmentation_deadline(ike) < when)
		when = fragmentation_deadline(ike);
	if (when == USEC_NEVER)
		heap_remove(&c->timers, &ike->timer);
	else
		heap_set(&c->timers, &ike->timer, when);
}

static uint64_t jitter(uint64_t wait)
{
	uint64_t r = 0;

	if (wait >= 10)
		random_below(wait / 5, &r);
	return wait - wait / 10 + r;
}

/* Case 26: doubling with 10 % jitter; then the IKE SA is dead. False: it ended. */
static bool retransmit(struct core *c, struct ike_sa *ike)
{
	struct request *r = &ike->request;
	const struct conn_config *config = &ike->connection->def->config;
	uint64_t limit = ike->phase == IKE_DELETING ? DELETE_TIMEOUT_USEC
						    : config->retransmit_timeout_usec;
	char peer[ENDPOINT_TEXT_LEN], buf[32], reason[300];

	/* Its answer is at work: what it needs to be believed may have to be fetched. */
	if (ike->ours.row && ike->ours.row->is_response) {
		r->next_usec = c->now_usec + r->wait_usec;
		return true;
	}
	if (r->is_probe && config->dpd_timeout_usec)
		limit = config->dpd_timeout_usec;
	if (ike->session && ike->phase == IKE_STARTING && limit > RESUME_TIMEOUT_USEC)
		limit = RESUME_TIMEOUT_USEC;
	if (c->now_usec - r->first_usec >= limit) {
		snprintf(reason, sizeof(reason), "no response to %s from %s in %g s (tries: %u)",
			 name_str(&exchange_names, r->exchange, buf, sizeof(buf)),
			 endpoint_format(&ike->remote, peer, sizeof(peer)),
			 (double)limit / USEC_PER_SEC, r->tries);
		ike->resumption_failed = ike->session != NULL;
		ike_end(c, ike, RC_NO_RESPONSE, reason);
		return false;
	}
	r->wait_usec = r->wait_usec * 2 > RETRANSMIT_MAX_WAIT_USEC ? RETRANSMIT_MAX_WAIT_USEC
								   : r->wait_usec * 2;
	r->next_usec = c->now_usec + jitter(r->wait_usec);
	if (r->next_usec > r->first_usec + limit)
		r->next_usec = r->first_usec + limit;
	if (ike->cookie_waits && ike->phase == IKE_STARTING && !ike->ours.row) {
		exchange_run(c, ike, &ike->ours, &start_init_again);
		return ike->phase != IKE_DEAD;
	}
	if (r->tries == UDP_TRIES && path_fall_back(c, ike))
		return true;
	if (r->tries++ >= BIG_TRIES)
		request_shrink(c, ike);
	if (r->tries % PATH_TRIES == 0 && path_try_other(c, ike))
		return true;
	request_resend(c, ike);
	c->retransmits++;
	if (ike->phase == IKE_ESTABLISHED && r->tries == SILENT_TRIES)
		NEWS(c, .kind = NEWS_PEER_SILENT, .ike = ike);
	sa_log(c, ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS,
	       "no answer from %s yet: request sent again (try %u)",
	       endpoint_format(&ike->remote, peer, sizeof(peer)), r->tries);
	return true;
}

static void expire(struct core *c, struct ike_sa *ike)
{
	char name[40], reason[100];
	struct connection *conn = ike->connection;

	switch (ike->phase) {
	case IKE_REPLACED:
		ike->expires_usec = USEC_NEVER;
		ike_want(ike, WANT_DELETE_IKE, NULL, 0);
		exchange_start_wants(c, ike);
		break;
	case IKE_ESTABLISHED:
		sa_log(c, ike, NULL, LOG_LEVEL_INFO, LINE_LOG, "IKE SA lifetime is over");
		ike->expires_usec = USEC_NEVER;
		ike_want(ike, WANT_DELETE_IKE, NULL, 0);
		exchange_start_wants(c, ike);
		if (conn && conn->is_wanted && conn->def->config.rekey)
			intent_retry_at(c, conn, core_jitter(c, 0, EXPIRED_SPREAD_USEC));
		break;
	case IKE_STARTING:
		ike->cause = cause_of_notify(ike->refusal);
		snprintf(reason, sizeof(reason), "the peer answered IKE_SA_INIT with %s",
			 name_str(&notify_names, ike->refusal, name, sizeof(name)));
		ike_end(c, ike, RC_FATAL, reason);
		break;
	default:
		ike_end(c, ike, RC_NO_RESPONSE, "the peer did not finish in time");
	}
}

void ike_timer(struct core *c, struct ike_sa *ike)
{
	struct child_sa *child;
	bool is_over;

	if (ike->followup && ike->followup->expires_usec <= c->now_usec)
		followup_drop(c, ike, "its additional key exchange did not come");
	if (ike->request.out.wire.data && ike->request.next_usec <= c->now_usec &&
	    !retransmit(c, ike))
		return;
	/* after a suspend: neither it nor what it carries is replaced any more (case 166) */
	is_over = ike->phase == IKE_ESTABLISHED && ike->expires_usec <= c->now_usec;
	list_each (child, &ike->children, struct child_sa, node)
		if (!is_over)
			child_timer(c, ike, child);
	if (ike->phase == IKE_ESTABLISHED && ike->rekey_usec <= c->now_usec && !is_over) {
		ike->rekey_usec = USEC_NEVER;
		if (ike->connection->def->config.reauth)
			intent_reauthenticate(c, ike);
		else if (!ike_find_want(ike, WANT_REKEY_IKE, 0))
			ike_want(ike, WANT_REKEY_IKE, NULL, 0);
	}
	exchange_start_wants(c, ike);
	if (ike->reply.wire.data && ike->reply_drop_usec <= c->now_usec)
		outgoing_free(&ike->reply);
	liveness_timer(c, ike);
	keepalive_timer(c, ike);
	fragmentation_timer(c, ike);
	if (ike->expires_usec <= c->now_usec)
		expire(c, ike);
	if (ike->phase != IKE_DEAD)
		ike_set_timer(c, ike);
}

static void set_lifetimes(struct core *c, struct ike_sa *ike)
{
	const struct conn_config *config = &ike->connection->def->config;
	uint64_t life = config->ike_lifetime_usec, random = 0;

	ike->expires_usec = ike->rekey_usec = USEC_NEVER;
	if (life == 0)
		return;
	random_bytes(&random, sizeof(random));
	ike->expires_usec = c->now_usec + life;
	if (config->rekey)
		ike->rekey_usec = c->now_usec +
				  lifetime_soft_usec(life, config, ike->is_initiator, random);
}

static void begin_life(struct core *c, struct ike_sa *ike)
{
	ike->phase = IKE_ESTABLISHED;
	ike->established_wall_sec = c->wall_sec;
	ike->established_usec = c->now_usec;
	unique_add(c, ike);
	set_lifetimes(c, ike);
	liveness_start(c, ike);
	ike_set_timer(c, ike);
}

void ike_established(struct core *c, struct ike_sa *ike)
{
	half_open_remove(c, ike);
	ike->connection->newest_ike = ike->serial;
	if (ike->is_initiator) {
		ike->connection->redirection.to = (struct address){ 0 };
		ike->connection->doubts_cookies = false;
	}
	ike->is_resumed = ike->session != NULL;
	if (ike->is_resumed && !ike->is_initiator)
		ticket_spend(c, ike->session->spi_i, ike->session->spi_r,
			     c->wall_sec + TICKET_LIFE_MAX_SEC);
	bytes_free(&ike->first_message);
	bytes_free(&ike->peer_first_message);
	bytes_free(&ike->int_auth);
	bytes_free(&ike->nonce);
	bytes_free(&ike->peer_nonce);
	bytes_free(&ike->cookie);
	init_variants_free(ike);
	bytes_free(&ike->peer_certreq);
	failover_done(c, ike);
	begin_life(c, ike);
	NEWS(c, .kind = NEWS_IKE_UP, .ike = ike);
}

void ike_inherits(struct core *c, struct ike_sa *heir)
{
	begin_life(c, heir);
}

/* Wants that die with the SA are failures of those who wait for them. */
static void end_wants(struct core *c, struct ike_sa *ike, uint32_t code, const char *reason)
{
	struct want *w;

	list_each (w, &ike->wants, struct want, node) {
		struct connection *conn = w->connection;
		bool is_lost = w->kind == WANT_CHILD;

		want_free(w);
		if (!is_lost || failover_goes_on(c, conn, ike, reason))
			continue;
		if (conn != ike->connection)
			intent_failed(c, conn, ike->cause, reason);
		clients_finish(c, conn, WAITS_UP, code);
	}
}

/* Was this, or the whole SA, to be deleted by us anyway? */
static bool is_given_up(struct ike_sa *ike, const struct child_sa *child)
{
	struct want *w;

	list_each (w, &ike->wants, struct want, node)
		if (w->kind == WANT_DELETE_IKE ||
		    (child && w->kind == WANT_DELETE_CHILD && w->child_serial == child->serial))
			return true;
	return false;
}

/* A child dies with its IKE SA: who waits for it is told, and what was wanted is tried again. */
static void end_child(struct core *c, struct ike_sa *ike, struct child_sa *child, bool was_up,
		      uint32_t code, enum loss loss, const char *reason)
{
	struct connection *conn = child->connection;
	bool is_making = child->is_asked_for ||
			 (child == ike->ours.scratch.child && child->phase < CHILD_ESTABLISHED &&
			  ike->ours.scratch.old_serial == 0);
	bool rode_along = conn != ike->connection && child->phase == CHILD_ESTABLISHED;

	if (loss == LOSS_DEAD_PEER && hold_is_wanted(child) && !is_given_up(ike, child))
		hold_child(c, ike, child, reason);
	else
		child_end(c, ike, child, reason);
	if (rode_along)
		intent_lost(c, conn, ike, loss, reason);
	else if (is_making && was_up)
		intent_failed(c, conn, ike->cause, reason);
	if (is_making && was_up)
		clients_finish(c, conn, WAITS_UP, code ? code : RC_FATAL);
}

static enum loss loss_of(struct ike_sa *ike, uint32_t code)
{
	if (ike->is_deleted_by_peer)
		return LOSS_BY_PEER;
	if (ike->phase == IKE_ESTABLISHED && code == RC_NO_RESPONSE && !is_given_up(ike, NULL))
		return LOSS_DEAD_PEER;
	return LOSS_FAULT;
}

void ike_forget(struct core *c, struct ike_sa *ike)
{
	unique_remove(c, ike);
	fragmentation_end(c, ike);
	ike->phase = IKE_DEAD;
	table_remove(&c->by_spi, &ike->by_spi);
	table_remove(&c->by_serial, &ike->by_serial);
	table_remove(&c->by_init, &ike->by_init);
	table_remove(&c->by_ends, &ike->by_ends);
	heap_remove(&c->timers, &ike->timer);
	list_remove(&ike->node);
	list_remove(&ike->kicked);
	c->ike_count--;
	list_append(&c->dead, &ike->node);
	keep_forget(c, ike);
}

/* Takes it off all tables and lists; it is freed at the end of the event. */
static void bury(struct core *c, struct ike_sa *ike)
{
	tombstone_add(c, ike);
	ike_forget(c, ike);
}

/* One of two that crossing rekeys made, and the peer did not wait for us to see which: it deletes
 * its own, which never had the children (2.8.2). */
static bool is_unused_rival(struct core *c, const struct ike_sa *ike)
{
	const struct ike_sa *old = ike->replaces_spi ? ike_by_spi(c, ike->replaces_spi) : NULL;

	return old && old->phase == IKE_ESTABLISHED &&
	       old->ours.scratch.rival_spi == ike_our_spi(ike) && list_is_empty(&ike->children);
}

/* Its children live on with another: nobody loses anything. */
static void end_replaced(struct core *c, struct ike_sa *ike, uint32_t code, const char *reason)
{
	struct ike_sa *heir = ike_heir(ike);
	struct child_sa *child;

	sa_log(c, ike, NULL, LOG_LEVEL_INFO, LINE_LOG, "replaced IKE SA is gone: %s", reason);
	/* what was begun here before it was known that the other one stays */
	list_each (child, &ike->children, struct child_sa, node)
		end_child(c, ike, child, true, code, LOSS_FAULT, reason);
	end_wants(c, ike, code ? code : RC_FATAL, reason);
	bury(c, ike);
	if (ike->connection->newest_ike == ike->serial)
		ike->connection->newest_ike = 0;
	clients_finish_sa(c, ike->serial, WAITS_GONE, RC_OK);
	/* Does the peer know the new one at all? It may never have got our answer. */
	if (code == RC_NO_RESPONSE && heir && heir->phase == IKE_ESTABLISHED &&
	    ike_want(heir, WANT_PROBE, NULL, 0))
		core_kick(c, heir);
}

static void leases_released(struct core *c, const struct ike_sa *ike)
{
	for (size_t i = 0; ike->config && i < ARRAY_LEN(ike->config->leases); i++)
		if (ike->config->leases[i])
			NEWS(c, .kind = NEWS_RELEASED, .ike = ike,
			     .address = &ike->config->leases[i]->address);
}

void ike_end(struct core *c, struct ike_sa *ike, uint32_t code, const char *reason)
{
	struct connection *conn = ike->connection;
	enum loss loss = loss_of(ike, code);
	bool was_up = ike->phase >= IKE_ESTABLISHED && ike->phase < IKE_DEAD;
	struct ike_sa *rival = was_up ? ike_rival(c, ike) : NULL;
	bool is_newest = conn && conn->newest_ike == ike->serial;
	struct child_sa *child;

	if (ike->phase == IKE_DEAD)
		return;
	if (!ike->cause)
		ike->cause = ike->is_deleted_by_peer ? CAUSE_PEER_DELETED : cause_of_code(code);
	/* The peer's rekey of it has come to an end, ours will not (2.8.2): that one goes on. */
	if (rival)
		ike_succeed(c, ike, rival);
	if (ike->is_replaced || is_unused_rival(c, ike)) {
		end_replaced(c, ike, code, reason);
		return;
	}
	sa_log(c, ike, NULL, was_up || ike->resumption_failed ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR,
	       code ? LINE_SERIOUS : LINE_LOG, "%s: %s",
	       was_up ? "IKE SA is down" : "IKE SA failed", reason);
	if (was_up)
		NEWS(c, .kind = NEWS_IKE_DOWN, .ike = ike, .cause = ike->cause, .text = reason);
	if (loss == LOSS_DEAD_PEER)
		NEWS(c, .kind = NEWS_PEER_DEAD, .ike = ike, .cause = ike->cause, .text = reason);
	leases_released(c, ike);
	half_open_remove(c, ike);
	resume_ended(c, ike, was_up, code);
	/* It got as far as a protected answer: whoever it was did not prove who it is (case 49). */
	if (!was_up && !ike->is_initiator && ike->expected_message_id > 1)
		penalty_note(c, &ike->remote.address);
	ike->phase = IKE_DEAD;
	list_each (child, &ike->children, struct child_sa, node)
		end_child(c, ike, child, was_up, code, loss, reason);
	end_wants(c, ike, code ? code : RC_FATAL, reason);
	bury(c, ike);
	clients_finish_sa(c, ike->serial, WAITS_REPLACED, code ? code : RC_FATAL);
	clients_finish_sa(c, ike->serial, WAITS_GONE, RC_OK);
	if (!conn)
		return;
	if (conn->newest_ike == ike->serial)
		conn->newest_ike = 0;
	/* also where it stood already, and its children did not follow */
	if (ike->reauthenticates)
		intent_reauth_failed(c, ike);
	if (!was_up && ike->reauthenticates) {
		/* the old one is still there */
	} else if (!was_up && ike->is_initiator && redirect_goes_on(c, ike, reason)) {
		/* another attempt is under way */
	} else if (!was_up && ike->is_initiator && resume_goes_on(c, ike)) {
		/* in full */
	} else if (!was_up && ike->is_initiator && intent_doubts(c, ike)) {
		/* and here too */
	} else if (failover_goes_on(c, conn, ike, reason)) {
		/* the same */
	} else if (!was_up && ike->is_initiator) {
		intent_failed(c, conn, ike->cause, reason);
		clients_finish(c, conn, WAITS_UP, code ? code : RC_FATAL);
	} else if (was_up && is_newest && (code || loss == LOSS_BY_PEER)) {
		intent_lost(c, conn, ike, loss, reason);
	}
	clients_finish(c, conn, WAITS_DOWN, RC_OK);
}
