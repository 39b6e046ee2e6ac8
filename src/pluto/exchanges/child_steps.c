/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps that make a child SA, in IKE_AUTH and CREATE_CHILD_SA, as either end: SPI, proposal and
 * selectors, keys, kernel, updown. A child that fails is undone exactly and its IKE SA lives.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "ctl/codes.h"
#include "exchanges/steps.h"
#include "sa/narrow.h"

void child_fail(struct run *r, uint16_t notify, uint32_t code, const char *format, ...)
{
	struct scratch *s = &r->slot->scratch;
	struct child_sa *child = s->child;
	struct connection *conn = child ? child->connection : r->ike->connection;
	char reason[400];
	va_list ap;

	va_start(ap, format);
	vsnprintf(reason, sizeof(reason), format, ap);
	va_end(ap);
	s->child_error = notify;
	sa_log(r->core, r->ike, child, LOG_LEVEL_ERROR, LINE_SERIOUS, "child SA failed: %s", reason);
	if (child) {
		child->phase = CHILD_LARVAL;
		child_end(r->core, r->ike, child, reason);
	}
	s->child = NULL;
	if (r->slot != &r->ike->ours)
		return;
	intent_failed(r->core, conn, reason);
	clients_finish(r->core, conn, WAITS_UP, code);
	/* An IKE SA of ours without a child serves nobody (case 94). */
	if (list_is_empty(&r->ike->children) && list_is_empty(&r->ike->wants))
		ike_want(r->ike, WANT_DELETE_IKE, NULL, 0);
}

void child_put(struct run *r, struct builder *b, bool is_answer, bool with_ke)
{
	struct scratch *s = &r->slot->scratch;
	struct child_sa *child = s->child;
	bool we_initiate = !is_answer;
	uint8_t spi[4];
	struct writer w = writer_over(spi, sizeof(spi));
	struct selector local = is_answer ? child->ts_local : child->connection->us->client;
	struct selector remote = is_answer ? child->ts_remote : child->connection->peer->client;

	writer_u32(&w, child->spi_in);
	if (!child->is_tunnel)
		builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_USE_TRANSPORT_MODE, SLICE_EMPTY);
	if (is_answer)
		suite_answer(b, &child->suite, SLICE_OF(spi));
	else
		suite_offer(b, &child->connection->def.esp, PROTOCOL_ESP, SLICE_OF(spi), with_ke);
	if (with_ke) {
		builder_raw(b, PAYLOAD_NONCE, bytes_slice(we_initiate ? &s->ni : &s->nr));
		if (s->group)
			builder_ke(b, s->group->id, bytes_slice(&s->ke_public));
	}
	builder_ts(b, PAYLOAD_TSi, we_initiate ? &local : &remote, 1);
	builder_ts(b, PAYLOAD_TSr, we_initiate ? &remote : &local, 1);
}

enum step child_alloc_step(struct run *r)
{
	struct child_sa *child = r->slot->scratch.child;
	struct kernel_batch batch;

	if (!child || child->spi_in)
		return STEP_NEXT;
	child_batch_alloc(child, &batch);
	if (!core_kernel(r->core, ike_handle(r->ike), core_ticket(r->core, r->slot), &batch))
		return close_with(r, RC_INTERNAL, "out of memory");
	return STEP_WAIT;
}

enum step child_alloced_step(struct run *r)
{
	struct child_sa *child = r->slot->scratch.child;

	if (!child || child->spi_in)
		return STEP_NEXT;
	if (!r->batch || r->batch->failed_errno) {
		child_fail(r, N_TEMPORARY_FAILURE, RC_INTERNAL, "the kernel gives no SPI: %s",
			   r->batch ? r->batch->failed_text : "no answer");
		if (r->slot != &r->ike->ours)
			return STEP_NEXT;
		return r->ike->phase == IKE_ESTABLISHED
			       ? STEP_DONE
			       : close_with(r, RC_INTERNAL, "no SPI from the kernel");
	}
	child->spi_in = r->batch->ops[0].spi;
	return STEP_NEXT;
}

/* Our connections over this IKE SA, as the responder: the one whose selectors meet the offer. */
static struct connection *by_selectors(struct run *r, struct selector *local,
				       struct selector *remote, struct text *why)
{
	struct ike_sa *ike = r->ike;
	struct connection *conn = ike->connection, *next = NULL;
	struct selector remote_policy;
	bool narrowed;

	for (;;) {
		remote_policy = connection_peer_client(conn, &ike->remote.address);
		if (suite_is_allowed(&conn->def.ike, &ike->suite) &&
		    identity_eq(&conn->us->id, &ike->connection->us->id) &&
		    identity_matches(&conn->peer->id, &ike->peer_id) &&
		    narrow_offer(&r->m->ts_i, &remote_policy, remote, &narrowed, why) &&
		    narrow_offer(&r->m->ts_r, &conn->us->client, local, &narrowed, why))
			return conn;
		next = connection_for_peer(&r->core->connections, &ike->local.address,
					   &ike->remote.address, next);
		if (!next)
			return NULL;
		conn = next;
	}
}

static uint32_t spi_of(struct slice spi)
{
	return (uint32_t)spi.data[0] << 24 | (uint32_t)spi.data[1] << 16 |
	       (uint32_t)spi.data[2] << 8 | spi.data[3];
}

/* Responder: proposal and selectors of the peer's offer. Sets scratch.child, or child_error. */
enum step child_choose_step(struct run *r)
{
	const uint64_t need = PAYLOAD_BIT(PAYLOAD_SA) | PAYLOAD_BIT(PAYLOAD_TSi) |
			      PAYLOAD_BIT(PAYLOAD_TSr);
	struct scratch *s = &r->slot->scratch;
	struct selector local, remote;
	struct connection *conn;
	struct child_sa *child;
	char words[400];
	struct text why = TEXT_OVER(words);
	struct slice spi;
	bool with_ke = r->m->header.exchange == EXCHANGE_CREATE_CHILD_SA;
	bool transport = message_notify(r->m, N_USE_TRANSPORT_MODE) != NULL;

	if ((r->m->have & need) != need) {
		child_fail(r, N_INVALID_SYNTAX, RC_FATAL, "SA, TSi or TSr is missing");
		return STEP_NEXT;
	}
	conn = by_selectors(r, &local, &remote, &why);
	if (!conn) {
		child_fail(r, N_TS_UNACCEPTABLE, RC_FATAL, "selectors do not match: %s", words);
		return STEP_NEXT;
	}
	child = child_sa_new(r->core->next_serial, conn);
	if (!child)
		return close_with(r, RC_INTERNAL, "out of memory");
	r->core->next_serial++;
	list_append(&r->ike->children, &child->node);
	s->child = child;
	child->local = r->ike->local.address;
	child->remote = r->ike->remote.address;
	child->ts_local = local;
	child->ts_remote = remote;
	if (transport == child->is_tunnel) {
		child_fail(r, N_NO_PROPOSAL_CHOSEN, RC_FATAL, "the peer wants %s mode, we want %s",
			   transport ? "transport" : "tunnel", transport ? "tunnel" : "transport");
		return STEP_NEXT;
	}
	if (!suite_choose(&conn->def.esp, r->m, PROTOCOL_ESP, 4, with_ke, r->m->ke.group,
			  &child->suite, &spi, &why)) {
		child_fail(r, N_NO_PROPOSAL_CHOSEN, RC_FATAL, "%s", words);
		return STEP_NEXT;
	}
	child->spi_out = spi_of(spi);
	if (ike_child_by_spi_out(r->ike, child->spi_out) != child)
		child_fail(r, N_NO_PROPOSAL_CHOSEN, RC_FATAL, "the peer's SPI is in use already");
	return STEP_NEXT;
}

/* The peer believes the child stands, we do not take it (cases 59, 104). */
static enum step give_up(struct run *r, const char *what, const char *detail)
{
	char reason[400];

	snprintf(reason, sizeof(reason), "%s%.340s", what, detail);
	return child_undo(r, RC_FATAL, reason);
}

/* Initiator: what the peer answered to our offer. */
enum step child_accept_step(struct run *r)
{
	const uint64_t need = PAYLOAD_BIT(PAYLOAD_SA) | PAYLOAD_BIT(PAYLOAD_TSi) |
			      PAYLOAD_BIT(PAYLOAD_TSr);
	struct scratch *s = &r->slot->scratch;
	struct child_sa *child = s->child;
	const struct notify *n = message_error_notify(r->m);
	bool with_ke = r->m->header.exchange == EXCHANGE_CREATE_CHILD_SA;
	bool transport = message_notify(r->m, N_USE_TRANSPORT_MODE) != NULL;
	char words[400], local[SELECTOR_TEXT_LEN], remote[SELECTOR_TEXT_LEN];
	struct text why = TEXT_OVER(words);
	struct slice spi;

	if (n) {
		child_fail(r, 0, RC_FATAL, "the peer answered %s; we asked for %s === %s, %s mode",
			   name_str(&notify_names, n->type, words, sizeof(words)),
			   selector_format(&child->connection->us->client, local, sizeof(local)),
			   selector_format(&child->connection->peer->client, remote, sizeof(remote)),
			   child->is_tunnel ? "tunnel" : "transport");
		return STEP_DONE;
	}
	if ((r->m->have & need) != need) {
		child_fail(r, 0, RC_FATAL, "the peer's answer lacks SA, TSi or TSr");
		return STEP_DONE;
	}
	if (!suite_accept(&child->connection->def.esp, r->m, PROTOCOL_ESP, 4, with_ke, &child->suite,
			  &spi, &why) ||
	    !narrow_check_answer(&r->m->ts_i, &child->connection->us->client, &child->ts_local,
				 &why) ||
	    !narrow_check_answer(&r->m->ts_r, &child->connection->peer->client, &child->ts_remote,
				 &why)) {
		return give_up(r, "the peer's answer is not within our offer: ", words);
	}
	if (transport == child->is_tunnel) {
		return give_up(r, "the peer did not agree to our mode: ",
			       child->is_tunnel ? "tunnel" : "transport");
	}
	child->spi_out = spi_of(spi);
	return STEP_NEXT;
}

/* KEYMAT (RFC 7296 2.17): nonces of this exchange, or of IKE_SA_INIT for the first child. */
enum step child_keys_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	struct ike_sa *ike = r->ike;

	if (!s->child)
		return STEP_NEXT;
	if (!keymat_child(&s->child->suite, ike->suite.prf, ike->keys.d, secret_slice(&s->ke_shared),
			  bytes_slice(&s->ni), bytes_slice(&s->nr), &s->child_keys))
		return close_with(r, RC_INTERNAL, "key derivation failed");
	secret_free(&s->ke_shared);
	return STEP_NEXT;
}

static bool is_exchange_initiator(const struct run *r)
{
	return r->slot == &r->ike->ours;
}

enum step child_install_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	struct kernel_batch batch;

	if (!s->child)
		return STEP_NEXT;
	s->child->phase = CHILD_INSTALLING;
	/* True while the kernel is at work: an end in between removes what it did. */
	s->child->has_states = s->child->has_policies = true;
	child_batch_install(s->child, &s->child_keys, is_exchange_initiator(r), &batch);
	child_keys_free(&s->child_keys);
	if (!core_kernel(r->core, ike_handle(r->ike), core_ticket(r->core, r->slot), &batch))
		return close_with(r, RC_INTERNAL, "out of memory");
	return STEP_WAIT;
}

static bool is_only_child(struct ike_sa *ike, const struct child_sa *child)
{
	return ike->children.next == &child->node && ike->children.prev == &child->node &&
	       list_is_empty(&ike->wants);
}

/* A child that the peer believes to stand is given up by a Delete; else by the answer's notify. */
enum step child_undo(struct run *r, uint32_t code, const char *reason)
{
	struct child_sa *child = r->slot->scratch.child;

	if (!is_exchange_initiator(r)) {
		child_fail(r, N_TEMPORARY_FAILURE, code, "%s", reason);
		return STEP_NEXT;
	}
	sa_log(r->core, r->ike, child, LOG_LEVEL_ERROR, LINE_SERIOUS, "child SA failed: %s", reason);
	r->slot->scratch.child = NULL;
	/* An IKE SA of ours without a child serves nobody (case 94). */
	if (is_only_child(r->ike, child))
		ike_want(r->ike, WANT_DELETE_IKE, NULL, 0);
	else
		ike_want(r->ike, WANT_DELETE_CHILD, NULL, child->serial);
	intent_failed(r->core, child->connection, reason);
	clients_finish(r->core, child->connection, WAITS_UP, code);
	return STEP_DONE;
}

enum step child_installed_step(struct run *r)
{
	struct child_sa *child = r->slot->scratch.child;
	char reason[200];

	if (!child)
		return STEP_NEXT;
	if (!r->batch || r->batch->failed_errno) {
		/* The failed batch undid all it did; only the larval state is left, and the policies
		 * of a twin that ended meanwhile. */
		child->has_states = false;
		snprintf(reason, sizeof(reason), "the kernel refused: %s",
			 r->batch ? r->batch->failed_text : "no answer");
		return child_undo(r, RC_ROUTE, reason);
	}
	return STEP_NEXT;
}

/* Scripts run for the first child of a connection's selectors, never for a further one. */
static bool needs_scripts(const struct run *r, const struct child_sa *child)
{
	return child_heir(r->core, child) == NULL;
}

static enum step start_script(struct run *r, const char *verb)
{
	struct child_sa *child = r->slot->scratch.child;
	struct updown_job *job;

	if (!child || !needs_scripts(r, child))
		return STEP_NEXT;
	job = child_updown(child, verb, ike_handle(r->ike), core_ticket(r->core, r->slot));
	if (!job)
		return close_with(r, RC_INTERNAL, "out of memory");
	core_updown(r->core, job, child->connection->serial);
	return STEP_WAIT;
}

enum step child_prepare_step(struct run *r)
{
	return start_script(r, "prepare");
}

/* A failing `prepare` is of no consequence. */
enum step child_route_step(struct run *r)
{
	return start_script(r, "route");
}

/* Takes the verdict on a verb that must succeed. */
static enum step script_verdict(struct run *r, const char *verb)
{
	struct child_sa *child = r->slot->scratch.child;
	char reason[120];

	if (!child || !needs_scripts(r, child))
		return STEP_NEXT;
	child->is_up = true; /* from here on an end runs down and unroute */
	if (r->job && r->job->status == 0)
		return STEP_NEXT;
	snprintf(reason, sizeof(reason), "updown %s failed with status %d", verb,
		 r->job ? r->job->status : -1);
	return child_undo(r, RC_ROUTE, reason);
}

enum step child_up_step(struct run *r)
{
	enum step outcome = script_verdict(r, "route");

	return outcome != STEP_NEXT ? outcome : start_script(r, "up");
}

enum step child_up_done_step(struct run *r)
{
	return script_verdict(r, "up");
}

enum step child_finish_step(struct run *r)
{
	struct child_sa *child = r->slot->scratch.child;

	if (!child)
		return STEP_NEXT;
	/* A further child of the connection takes over what the scripts set up. */
	child->is_up = true;
	child_established(r->core, r->ike, child);
	r->slot->scratch.child = NULL;
	return STEP_NEXT;
}
