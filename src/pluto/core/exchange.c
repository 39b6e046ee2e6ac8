/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one driver of exchanges: runs a row's steps, waits for answers, and commits every outcome. A
 * step never frees what it runs on; the IKE SA dies at the end of the event.
 */
#include "core/exchange.h"

#include "core/debug.h"
#include "core/keep.h"
#include "ctl/codes.h"
#include "sa/nat.h"

const struct exchange_row *exchange_find(uint8_t exchange, uint8_t phase, bool is_response)
{
	for (size_t i = 0; i < exchange_row_count; i++) {
		const struct exchange_row *row = &exchange_rows[i];

		if (!row->is_start && !row->is_for && row->exchange == exchange &&
		    row->phase == phase && row->is_response == is_response)
			return row;
	}
	return NULL;
}

const struct exchange_row *exchange_refine(const struct exchange_row *row, const struct ike_sa *ike,
					   const struct message *m)
{
	for (size_t i = 0; i < exchange_row_count; i++) {
		const struct exchange_row *r = &exchange_rows[i];

		if (r->is_for && r->exchange == row->exchange && r->phase == row->phase &&
		    r->is_response == row->is_response && r->is_for(ike, m))
			return r;
	}
	return row;
}

#define REKEY_MESSAGE_ID 0x80000000u

/* Long before the message IDs of either way are used up the IKE SA is replaced (case 14). */
static void spare_message_ids(struct core *c, struct ike_sa *ike)
{
	if (ike->phase == IKE_ESTABLISHED && ike->refusals == 0 &&
	    ike->ours.scratch.purpose != PURPOSE_REKEY_IKE &&
	    (ike->next_message_id >= REKEY_MESSAGE_ID ||
	     ike->expected_message_id >= REKEY_MESSAGE_ID))
		ike->rekey_usec = c->now_usec;
}

static void commit(struct run *r, enum step outcome)
{
	struct core *c = r->core;
	struct ike_sa *ike = r->ike;

	if (outcome == STEP_WAIT) {
		demux_held(c, ike);
		return;
	}
	debug_log(c, ike->connection, DEBUG_STATE, "#%u: %s: %s", ike->serial, r->slot->row->story,
		  outcome == STEP_DONE   ? "done"
		  : outcome == STEP_DROP ? "the message is dropped"
					 : "the IKE SA is closed");
	if (outcome == STEP_CLOSE) {
		ike->cause = r->cause;
		ike_end(c, ike, r->code ? r->code : RC_FATAL, r->reason);
		return;
	}
	/* A start that sent nothing is over with all that it made. */
	if (outcome == STEP_DROP || (r->slot->row->keeps_scratch &&
				     (!r->slot->row->is_start || ike->request.out.wire.data)))
		slot_forget_message(r->slot);
	else
		slot_reset(r->slot);
	spare_message_ids(c, ike);
	ike_set_timer(c, ike);
	exchange_start_wants(c, ike);
	demux_held(c, ike);
}

static void drive(struct run *r)
{
	enum step outcome = STEP_NEXT;

	while (outcome == STEP_NEXT && r->slot->step < EXCHANGE_MAX_STEPS) {
		step_fn *step = r->slot->row->steps[r->slot->step];

		if (!step) {
			outcome = STEP_DONE;
			break;
		}
		r->slot->step++;
		outcome = step(r);
		if (r->ike->phase == IKE_DEAD)
			return;
	}
	commit(r, outcome == STEP_NEXT ? STEP_DONE : outcome);
}

void exchange_run(struct core *c, struct ike_sa *ike, struct slot *slot,
		  const struct exchange_row *row)
{
	struct run r = { .core = c, .ike = ike, .slot = slot };

	c->at_work = ike->remote.address;
	keep_touch(c, ike);
	debug_log(c, ike->connection, DEBUG_STATE, "#%u: %s", ike->serial, row->story);
	slot->row = row;
	slot->step = 0;
	slot->ticket = 0;
	if (row->purpose)
		slot->scratch.purpose = row->purpose;
	r.m = row->is_start ? NULL : &slot->message;
	drive(&r);
}

void exchange_resume(struct run *r)
{
	r->core->at_work = r->ike->remote.address;
	keep_touch(r->core, r->ike);
	r->slot->ticket = 0;
	r->m = r->slot->row->is_start ? NULL : &r->slot->message;
	drive(r);
}

enum step exchange_jump(struct run *r, const struct exchange_row *row)
{
	slot_forget_message(r->slot);
	r->slot->row = row;
	if (row->purpose)
		r->slot->scratch.purpose = row->purpose;
	r->m = NULL;
	return STEP_NEXT;
}

static const struct exchange_row *row_of(enum want_kind kind)
{
	switch (kind) {
	case WANT_CHILD:
		return &start_create_child;
	case WANT_REKEY_CHILD:
	case WANT_RENEW_CHILD:
		return &start_rekey_child;
	case WANT_DELETE_CHILD:
		return &start_delete_child;
	case WANT_PROBE:
		return &start_probe;
	case WANT_UPDATE:
		return &start_update;
	case WANT_ROUTABILITY:
		return &start_routability;
	case WANT_REDIRECT:
		return &start_redirect;
	case WANT_TELL:
		return &start_tell;
	case WANT_REKEY_IKE:
		return &start_rekey_ike;
	case WANT_DELETE_IKE:
		break;
	}
	return &start_delete_ike;
}

/* What a want comes to. */
enum readiness { READY, NOT_YET, POINTLESS };

/* Would it be begun on an SA that the exchange of the peer's is about? */
static bool is_hindered(const struct scratch *s, const struct want *w)
{
	/* What begins now would be on an IKE SA that is about to be replaced (1.3.2). */
	if (w->kind == WANT_REKEY_IKE || s->purpose == PURPOSE_REKEY_IKE)
		return true;
	if (w->child_serial == 0)
		return false;
	return s->old_serial == w->child_serial ||
	       (s->child && s->child->serial == w->child_serial);
}

/* An exchange of the peer's is at work on the same SA, or waits for its additional key exchanges (RFC
 * 9370 2.2.4), which may take a while: children are left alone meanwhile. The end of that looks again. */
static bool is_in_the_way(const struct ike_sa *ike, const struct want *w)
{
	bool is_of_child = w->kind == WANT_CHILD || w->kind == WANT_REKEY_IKE || w->child_serial;

	return (ike->theirs.row && is_hindered(&ike->theirs.scratch, w)) ||
	       (ike->followup && is_of_child && is_hindered(&ike->followup->scratch, w));
}

static enum readiness readiness_of(struct core *c, struct ike_sa *ike, const struct want *w)
{
	struct child_sa *child = ike_child_by_serial(ike, w->child_serial);

	if (w->when_usec > c->now_usec)
		return NOT_YET;
	/* one that is replaced can only end, or be told of where it is till then */
	if (w->kind != WANT_DELETE_IKE &&
	    ((ike->phase == IKE_REPLACED && w->kind != WANT_UPDATE) || ike_undecided(c, ike)))
		return NOT_YET;
	switch ((enum want_kind)w->kind) {
	case WANT_REKEY_CHILD:
		if (!child || child->phase != CHILD_ESTABLISHED ||
		    ike_find_want(ike, WANT_DELETE_CHILD, child->serial))
			return POINTLESS;
		/* the peer may not have our answer yet, and not know it */
		if (!child->has_out)
			return NOT_YET;
		break;
	case WANT_RENEW_CHILD:
		if (!child || child->phase != CHILD_VACANT)
			return POINTLESS;
		break;
	case WANT_DELETE_CHILD:
		if (!child || child->phase == CHILD_DELETING)
			return POINTLESS;
		break;
	case WANT_CHILD:
	case WANT_REKEY_IKE:
	case WANT_DELETE_IKE:
	case WANT_PROBE:
	case WANT_UPDATE:
	case WANT_ROUTABILITY:
	case WANT_REDIRECT:
	case WANT_TELL:
		break;
	}
	return is_in_the_way(ike, w) ? NOT_YET : READY;
}

/* The first that can be had now; the pointless ones go. */
static struct want *next_want(struct core *c, struct ike_sa *ike)
{
	struct want *w;

	list_each (w, &ike->wants, struct want, node) {
		switch (readiness_of(c, ike, w)) {
		case READY:
			return w;
		case POINTLESS:
			want_free(w);
			break;
		case NOT_YET:
			break;
		}
	}
	return NULL;
}

/* The child that the exchange makes or deletes, in the slot's scratch; false: no memory. */
static bool prepare(struct core *c, struct ike_sa *ike, struct want *w)
{
	struct scratch *s = &ike->ours.scratch;
	struct child_sa *old = ike_child_by_serial(ike, w->child_serial);
	struct selectors local = { 0 }, remote = { 0 };

	s->tries = w->tries;
	if (w->kind == WANT_REKEY_IKE || w->kind == WANT_DELETE_IKE || w->kind == WANT_PROBE ||
	    w->kind == WANT_UPDATE || w->kind == WANT_ROUTABILITY || w->kind == WANT_REDIRECT ||
	    w->kind == WANT_TELL)
		return true;
	if (w->kind == WANT_DELETE_CHILD) {
		s->child = old;
		return true;
	}
	if (!old) {
		s->child = child_new(c, ike, w->connection, &w->local, &w->remote);
		if (s->child)
			s->child->is_further = w->is_further;
		return s->child != NULL;
	}
	if (selectors_copy(&old->ts_local, &local) && selectors_copy(&old->ts_remote, &remote))
		s->child = child_new(c, ike, old->connection, &local, &remote);
	selectors_free(&local);
	selectors_free(&remote);
	if (s->child) {
		s->old_serial = old->serial;
		s->old_is_unknown = w->kind == WANT_RENEW_CHILD;
		s->child->is_tunnel = old->is_tunnel;
	}
	return s->child != NULL;
}

/* Message IDs never wrap (RFC 7296 2.2; case 14). */
#define LAST_MESSAGE_ID 0xfffffffeu

/* It has all that the old one had: that one may go (RFC 7296 2.8.3). */
static void finish_reauthentication(struct core *c, struct ike_sa *ike)
{
	struct ike_sa *old = ike_by_serial(c, ike->reauthenticates);

	if (!ike->reauthenticates || ike->phase != IKE_ESTABLISHED || ike->ours.row ||
	    ike->request.out.wire.data || !list_is_empty(&ike->wants) ||
	    list_is_empty(&ike->children))
		return;
	if (old && !ike_find_want(old, WANT_DELETE_IKE, 0))
		ike_want(old, WANT_DELETE_IKE, NULL, 0);
	if (old)
		core_kick(c, old);
	ike->reauthenticates = 0;
}

/* No memory: who waits is told, and a child that was due is tried again. */
static void not_ready(struct core *c, struct ike_sa *ike, const struct want *w)
{
	struct child_sa *old = ike_child_by_serial(ike, w->child_serial);

	if (w->connection)
		clients_finish(c, w->connection, WAITS_UP, RC_INTERNAL);
	clients_finish_sa(c, w->child_serial, WAITS_REPLACED, RC_INTERNAL);
	if (old && w->kind == WANT_REKEY_CHILD && old->connection->def->config.rekey)
		old->rekey_usec = core_jitter(c, 10 * USEC_PER_SEC, 60 * USEC_PER_SEC);
}

void exchange_start_wants(struct core *c, struct ike_sa *ike)
{
	struct want *w;

	keep_touch(c, ike);
	/* there is no socket to send by until pluto listens; adopt_listening comes back to it */
	if (ike->is_adopted)
		return;
	finish_reauthentication(c, ike);
	if (ike->phase == IKE_ESTABLISHED && ike->next_message_id >= LAST_MESSAGE_ID) {
		ike_end(c, ike, RC_FATAL, "its message IDs are used up");
		return;
	}

	while ((ike->phase == IKE_ESTABLISHED || ike->phase == IKE_REPLACED) && !ike->ours.row &&
	       !ike->request.out.wire.data && (w = next_want(c, ike))) {
		const struct exchange_row *row = row_of((enum want_kind)w->kind);
		bool ready = prepare(c, ike, w);

		if (!ready)
			not_ready(c, ike, w);
		want_free(w);
		if (ready)
			exchange_run(c, ike, &ike->ours, row);
	}
}
