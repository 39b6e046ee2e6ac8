/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps that make an agreed child SA stand, in IKE_AUTH and CREATE_CHILD_SA, as either end: SPI,
 * keys, kernel, updown. A child that fails is undone exactly and its IKE SA lives. What is agreed is
 * child_choose.c's.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/route_owner.h"
#include "core/route.h"
#include "ctl/causes.h"
#include "ctl/codes.h"
#include "exchanges/ipcomp.h"
#include "exchanges/steps.h"
#include "sa/narrow.h"
#include "sa/nat.h"

/* An IKE SA of ours without a child serves nobody (case 94). */
static void delete_if_empty(struct ike_sa *ike)
{
	if (ike_is_empty(ike))
		ike_want(ike, WANT_DELETE_IKE, NULL, 0);
}

#define LATER_TRIES 20

/* The peer is busy with something that is over soon (RFC 7296 2.25): once more, a little later and
 * not when the peer tries again (case 130). True: it is planned. */
static bool ask_later(struct run *r, const struct child_sa *child)
{
	struct scratch *s = &r->slot->scratch;
	struct selectors local = { 0 }, remote = { 0 };
	struct want *w;
	bool planned = false;

	if (s->purpose != PURPOSE_CREATE_CHILD || s->child_error != N_TEMPORARY_FAILURE ||
	    s->tries >= LATER_TRIES || !child)
		return false;
	if (selectors_copy(&child->ts_local, &local) && selectors_copy(&child->ts_remote, &remote))
		planned = ike_want_child(r->ike, child->connection, &local, &remote);
	if (planned) {
		w = list_entry(r->ike->wants.prev, struct want, node);
		w->when_usec = core_jitter(r->core, USEC_PER_SEC, 5 * USEC_PER_SEC);
		w->tries = (uint8_t)(s->tries + 1);
		w->is_further = child->is_further;
		ike_set_timer(r->core, r->ike);
	}
	selectors_free(&local);
	selectors_free(&remote);
	return planned;
}

static uint8_t cause_of_run(const struct run *r, uint32_t code)
{
	return r->cause ? r->cause : cause_of_code(code);
}

void child_fail(struct run *r, uint16_t notify, uint32_t code, const char *format, ...)
{
	struct scratch *s = &r->slot->scratch;
	struct child_sa *child = s->child;
	struct connection *conn = child ? child->connection : r->ike->connection;
	bool is_planned = false, is_further = child && child->is_further;
	char reason[400];
	va_list ap;

	va_start(ap, format);
	vsnprintf(reason, sizeof(reason), format, ap);
	va_end(ap);
	s->child_error = notify;
	if (!r->cause)
		r->cause = code == RC_FATAL ? cause_of_notify(notify) : cause_of_code(code);
	/* of the peer, not of our own kernel */
	if (r->slot == &r->ike->ours && r->m)
		is_planned = ask_later(r, child);
	sa_log(r->core, r->ike, child, LOG_LEVEL_ERROR, LINE_SERIOUS, "child SA failed: %s",
	       reason);
	if (child) {
		child->phase = CHILD_LARVAL;
		child_end(r->core, r->ike, child, reason);
	}
	s->child = NULL;
	if (r->slot != &r->ike->ours || is_planned)
		return;
	if (r->slot->scratch.old_serial) {
		rekey_child_failed(r, code, reason);
		delete_if_empty(r->ike);
		return;
	}
	if (!is_further) {
		intent_failed(r->core, conn, cause_of_run(r, code), reason);
		clients_finish(r->core, conn, WAITS_UP, code);
	}
	delete_if_empty(r->ike);
}

/* After child_fail, before anything of it was sent: the exchange of ours has no point any more. */
static enum step without_child(struct run *r, uint32_t code, const char *reason)
{
	if (r->slot != &r->ike->ours)
		return STEP_NEXT;
	return r->ike->phase == IKE_ESTABLISHED ? STEP_DONE : close_with(r, code, "%s", reason);
}

enum step child_alloc_step(struct run *r)
{
	static const char ah_and_nat[] =
		"AH does not pass the NAT that is between the ends, which changes what it covers: "
		"use ESP (--encrypt, phase2=esp)";
	struct child_sa *child = r->slot->scratch.child;
	struct kernel_batch batch;

	if (!child || child->spi_in)
		return STEP_NEXT;
	if (child_protocol(child->connection) == PROTOCOL_AH && nat_is_detected(r->ike)) {
		child_fail(r, N_NO_PROPOSAL_CHOSEN, RC_FATAL, ah_and_nat);
		return without_child(r, RC_FATAL, ah_and_nat);
	}
	child_batch_alloc(child, &batch);
	if (!core_kernel(r->core, ike_handle(r->ike), core_ticket(r->core, r->slot), &batch))
		return unasked_failed(r, "out of memory");
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
		return without_child(r, RC_INTERNAL, "no SPI from the kernel");
	}
	child->spi_in = r->batch->ops[0].spi;
	ipcomp_take_cpi(r, child);
	return STEP_NEXT;
}

static bool is_exchange_initiator(const struct run *r)
{
	return r->slot == &r->ike->ours;
}

/* Nothing of one client may go to another one behind the same NAT (RFC 3948 5.2). The one that is up
 * is asked whether it still is. */
enum step child_alone_step(struct run *r)
{
	struct child_sa *child = r->slot->scratch.child, *other;
	char reason[300], id[120];

	other = child ? child_of_same_nat(r->core, child) : NULL;
	if (!other)
		return STEP_NEXT;
	snprintf(reason, sizeof(reason),
		 "in transport mode %.100s behind the same NAT has this traffic already (#%u): use "
		 "tunnel mode with an address pool, or other ports for each client",
		 identity_format(&other->ike->peer_id, id, sizeof(id)), other->serial);
	if (!ike_find_want(other->ike, WANT_PROBE, 0) && other->ike->phase == IKE_ESTABLISHED &&
	    ike_want(other->ike, WANT_PROBE, NULL, 0))
		core_kick(r->core, other->ike);
	if (is_exchange_initiator(r)) {
		child->phase =
			CHILD_INSTALLING; /* agreed to by the peer, and waiting for its Delete */
		return child_undo(r, RC_FATAL, reason);
	}
	child_fail(r, N_TS_UNACCEPTABLE, RC_FATAL, "%s", reason);
	return STEP_NEXT;
}

/* KEYMAT (RFC 7296 2.17): nonces of this exchange, or of IKE_SA_INIT for the first child. */
enum step child_keys_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	struct ike_sa *ike = r->ike;

	if (!s->child)
		return STEP_NEXT;
	if (!keymat_child(&s->child->suite, ike->suite.prf, ike->keys.d,
			  secret_slice(&s->ke_shared), bytes_slice(&s->ni), bytes_slice(&s->nr),
			  secret_slice(&s->more_shared), &s->child_keys))
		return close_with(r, RC_INTERNAL, "key derivation failed");
	secret_free(&s->ke_shared);
	secret_free(&s->more_shared);
	return STEP_NEXT;
}

/*
 * The newest outbound state carries the traffic. Where another child carries it already, that goes
 * on until the peer is known to have put its inbound state: who begins knows it, who answers sees
 * it later (2.8). One that goes at once gets none.
 */
static bool is_out_due(const struct run *r)
{
	const struct child_sa *child = r->slot->scratch.child;

	if (is_exchange_initiator(r))
		return !rekey_child_is_redundant(r);
	return child_heir(child) == NULL;
}

enum step child_install_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	struct kernel_batch batch;

	if (!s->child)
		return STEP_NEXT;
	s->child->phase = CHILD_INSTALLING;
	/* True while the kernel is at work: an end in between removes what it did. */
	child_own_policies(s->child);
	s->child->has_out = is_out_due(r);
	child_index(r->core, s->child);
	iface_hold(s->child->connection);
	child_batch_install(s->child, &s->child_keys, is_exchange_initiator(r), s->child->has_out,
			    &batch);
	if (s->child->has_out) {
		child_keys_free(&s->child_keys);
	} else {
		s->child->keys = s->child_keys;
		s->child->out_is_initiators = is_exchange_initiator(r);
		s->child_keys = (struct child_keys){ 0 };
	}
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
	sa_log(r->core, r->ike, child, LOG_LEVEL_ERROR, LINE_SERIOUS, "child SA failed: %s",
	       reason);
	r->slot->scratch.child = NULL;
	if (r->slot->scratch.old_serial) {
		ike_want(r->ike, WANT_DELETE_CHILD, NULL, child->serial);
		rekey_child_failed(r, code, reason);
		return STEP_DONE;
	}
	/* An IKE SA of ours without a child serves nobody (case 94). */
	if (is_only_child(r->ike, child))
		ike_want(r->ike, WANT_DELETE_IKE, NULL, 0);
	else
		ike_want(r->ike, WANT_DELETE_CHILD, NULL, child->serial);
	if (child->is_further)
		return STEP_DONE;
	intent_failed(r->core, child->connection, cause_of_run(r, code), reason);
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
		child->has_out = false;
		snprintf(reason, sizeof(reason), "the kernel refused: %s",
			 r->batch ? r->batch->failed_text : "no answer");
		return child_undo(r, RC_ROUTE, reason);
	}
	return STEP_NEXT;
}

/* Scripts run for the first child of a connection's selectors, never for a further one. */
static bool needs_scripts(const struct run *r, const struct child_sa *child)
{
	return child_heir(child) == NULL && !rekey_old_child(r);
}

static bool has_run_route(const struct child_sa *child)
{
	const struct child_sa *route = route_twin(child);

	return route && route->is_up;
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
	struct child_sa *child = r->slot->scratch.child;

	return child && routes_are_owned(r->core, child) ? STEP_NEXT : start_script(r, "prepare");
}

/* A failing `prepare` is of no consequence. A connection that is routed has run `route` already. */
enum step child_route_step(struct run *r)
{
	struct child_sa *child = r->slot->scratch.child;

	if (child && has_run_route(child))
		return STEP_NEXT;
	if (child && needs_scripts(r, child))
		routes_own(r->core, child);
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
	r->cause = CAUSE_SCRIPT;
	return child_undo(r, RC_ROUTE, reason);
}

enum step child_up_step(struct run *r)
{
	struct child_sa *child = r->slot->scratch.child;
	enum step outcome = child && has_run_route(child) ? STEP_NEXT : script_verdict(r, "route");

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
	if (!child->has_out && r->slot != &r->ike->ours)
		child_await_peer(r->core, r->ike, child);
	rekey_child_finish(r, child);
	if (r->m && r->m->header.exchange == EXCHANGE_IKE_AUTH) {
		crossing_settle(r, child->connection);
		reauth_take_over(r);
	}
	r->slot->scratch.child = NULL;
	return STEP_NEXT;
}
