/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one driver of exchanges: runs a row's steps, waits for answers, and commits every outcome. A
 * step never frees what it runs on; the IKE SA dies at the end of the event.
 */
#include "core/exchange.h"

#include "ctl/codes.h"
#include "sa/nat.h"

const struct exchange_row *exchange_find(uint8_t exchange, uint8_t phase, bool is_response)
{
	for (size_t i = 0; i < exchange_row_count; i++) {
		const struct exchange_row *row = &exchange_rows[i];

		if (!row->is_start && row->exchange == exchange && row->phase == phase &&
		    row->is_response == is_response)
			return row;
	}
	return NULL;
}

static void commit(struct run *r, enum step outcome)
{
	struct core *c = r->core;
	struct ike_sa *ike = r->ike;

	if (outcome == STEP_WAIT)
		return;
	if (outcome == STEP_CLOSE) {
		ike_end(c, ike, r->code ? r->code : RC_FATAL, r->reason);
		return;
	}
	/* A start that sent nothing is over with all that it made. */
	if (outcome == STEP_DROP ||
	    (r->slot->row->keeps_scratch && (!r->slot->row->is_start || ike->request.sent.data)))
		slot_forget_message(r->slot);
	else
		slot_reset(r->slot);
	ike_set_timer(c, ike);
	exchange_start_wants(c, ike);
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

	slot->row = row;
	slot->step = 0;
	slot->ticket = 0;
	r.m = row->is_start ? NULL : &slot->message;
	drive(&r);
}

void exchange_resume(struct run *r)
{
	r->slot->ticket = 0;
	r->m = r->slot->row->is_start ? NULL : &r->slot->message;
	drive(r);
}

enum step exchange_jump(struct run *r, const struct exchange_row *row)
{
	slot_forget_message(r->slot);
	r->slot->row = row;
	r->m = NULL;
	return STEP_NEXT;
}

static const struct exchange_row *row_of(const struct want *w)
{
	switch (w->kind) {
	case WANT_CHILD:
		return &start_create_child;
	case WANT_DELETE_CHILD:
		return &start_delete_child;
	case WANT_PROBE:
		return &start_probe;
	}
	return &start_delete_ike;
}

void exchange_start_wants(struct core *c, struct ike_sa *ike)
{
	while (ike->phase == IKE_ESTABLISHED && !ike->ours.row && !ike->request.sent.data &&
	       !list_is_empty(&ike->wants)) {
		struct want *w = list_first(&ike->wants, struct want, node);
		const struct exchange_row *row = row_of(w);
		struct child_sa *child = NULL;

		if (w->kind == WANT_DELETE_CHILD) {
			child = ike_child_by_serial(ike, w->child_serial);
			if (!child || child->phase == CHILD_DELETING) {
				want_free(w);
				continue;
			}
			if (child == ike->theirs.scratch.child)
				break; /* its exchange is at work; the end of that comes here again */
		} else if (w->kind == WANT_CHILD) {
			child = child_new(c, ike, w->connection, &w->local, &w->remote);
			if (!child) {
				clients_finish(c, w->connection, WAITS_UP, RC_INTERNAL);
				want_free(w);
				continue;
			}
		}
		want_free(w);
		ike->ours.scratch.child = child;
		exchange_run(c, ike, &ike->ours, row);
	}
}
