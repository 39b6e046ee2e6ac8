/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How one child takes the place of another (RFC 7296 2.8): when it is due, which of them carries the
 * traffic, and what becomes of the old one when the new one does not last. The exchanges that make
 * the new one are exchanges/rekey_child.c's.
 */
#include "core/exchange.h"
#include "core/news.h"
#include "crypto/random.h"
#include "ctl/codes.h"

#define DISCARD_USEC (60 * USEC_PER_SEC)
#define PROBE_USEC (200 * USEC_PER_MSEC)
#define OUT_LIMIT_USEC (5 * USEC_PER_SEC)
#define IN_FULL_USEC (10 * USEC_PER_SEC) /* time for an IKE SA and its child to come up */

uint64_t core_jitter(struct core *c, uint64_t least_usec, uint64_t most_usec)
{
	uint64_t r = 0;

	random_below(most_usec - least_usec, &r);
	return c->now_usec + least_usec + r;
}

void child_replace(struct core *c, struct ike_sa *ike, struct child_sa *old, struct child_sa *by)
{
	struct connection *conn = by->connection;

	sa_log(c, ike, old, LOG_LEVEL_INFO, LINE_LOG, "replaced by #%u", by->serial);
	conn->rekeys++;
	NEWS(c, .kind = NEWS_CHILD_REKEYED, .child = by, .ike = ike, .other = old->serial);
	old->phase = CHILD_REPLACED;
	old->replaced_by = by->serial;
	old->rekey_usec = USEC_NEVER;
	old->out_probe_usec = old->out_limit_usec = USEC_NEVER;
	old->discard_usec = c->now_usec + DISCARD_USEC;
	if (conn->newest_child == old->serial || conn->newest_child == 0)
		conn->newest_child = by->serial;
	if (conn->policy_owner == old->serial || conn->policy_owner == 0)
		conn->policy_owner = by->serial;
	clients_finish_sa(c, old->serial, WAITS_REPLACED, RC_OK);
	ike_set_timer(c, ike);
}

void child_await_peer(struct core *c, struct ike_sa *ike, struct child_sa *child)
{
	child->out_probe_usec = c->now_usec + PROBE_USEC;
	child->out_limit_usec = c->now_usec + OUT_LIMIT_USEC;
	ike_set_timer(c, ike);
}

void child_switch_out(struct core *c, struct ike_sa *ike, struct child_sa *child)
{
	struct kernel_batch batch;

	child->out_probe_usec = child->out_limit_usec = USEC_NEVER;
	if (child->has_out || !child->keys.all.data)
		return;
	/* where the move ends is not known yet, and a state is found by where it is (path_moved) */
	child->out_waits = path_is_moving(child);
	if (child->out_waits)
		return;
	child_batch_out(child, &batch);
	if (!core_kernel(c, ike_handle(ike), 0, &batch)) {
		child_await_peer(c, ike, child); /* there is no memory: a little later */
		return;
	}
	child_keys_free(&child->keys);
	child->has_out = true;
	sa_log(c, ike, child, LOG_LEVEL_DEBUG, LINE_LOG, "carries the outbound traffic now");
	core_kick(c, ike);
}

void child_vacate(struct core *c, struct child_sa *child)
{
	struct kernel_batch out, in;

	child_batch_remove_out(child, &out);
	child_batch_remove_in(child, &in);
	if (out.count)
		core_kernel(c, 0, 0, &out);
	core_remove_later(c, &in);
	child_keys_free(&child->keys);
	child_unindex(c, child);
	child->phase = CHILD_VACANT;
	child->has_out = false;
	child->spi_in = child->spi_out = 0;
	child->cpi_in = child->cpi_out = 0;
	child->rekey_usec = child->expires_usec = child->discard_usec = USEC_NEVER;
	child->out_probe_usec = child->out_limit_usec = USEC_NEVER;
}

/* What the child had replaced is in use again, if it still stands and no other took over. */
void child_reinstate(struct core *c, struct ike_sa *ike, const struct child_sa *gone)
{
	struct child_sa *after = ike_child_by_serial(ike, gone->replaced_by);
	struct child_sa *old;

	list_each (old, &ike->children, struct child_sa, node) {
		if (old->phase != CHILD_REPLACED || old->replaced_by != gone->serial)
			continue;
		if (after) {
			old->replaced_by = after->serial;
			continue;
		}
		old->phase = CHILD_ESTABLISHED;
		old->replaced_by = 0;
		old->discard_usec = USEC_NEVER;
		old->rekey_usec = core_jitter(c, 10 * USEC_PER_SEC, 60 * USEC_PER_SEC);
		sa_log(c, ike, old, LOG_LEVEL_INFO, LINE_LOG, "in use again: #%u is gone",
		       gone->serial);
	}
}

/* Whose state it was to be; another's of the same SPI and address is left alone. */
static struct child_sa *child_of_out(struct core *c, const struct kernel_state *s)
{
	struct ike_sa *ike;
	struct child_sa *child;

	list_each (ike, &c->ike_sas, struct ike_sa, node)
		list_each (child, &ike->children, struct child_sa, node)
			if (child->reqid == s->reqid && child->spi_out == s->spi &&
			    address_eq(&child->remote, &s->dst))
				return child;
	return NULL;
}

/* A failure to put the outbound state leaves a child that only receives: it goes. */
void child_out_done(struct core *c, const struct kernel_batch *batch)
{
	const struct kernel_state *s = &batch->ops[0].state;
	struct child_sa *child;

	if (!batch->failed_errno)
		return;
	child = child_of_out(c, s);
	core_log(c, LOG_LEVEL_ERROR, "the kernel refused the outbound state: %s",
		 batch->failed_text);
	if (!child)
		return;
	child->has_out = false;
	ike_want(child->ike, WANT_DELETE_CHILD, NULL, child->serial);
	exchange_start_wants(c, child->ike);
}

/* The peer sends by the new child: it receives by it too. */
void child_probed(struct core *c, const struct kernel_batch *batch)
{
	const struct kernel_state *s = &batch->ops[0].state;
	bool inbound;
	struct child_sa *child = child_by_esp(c, &s->dst, s->spi, &inbound);

	if (!child || batch->failed_errno || batch->ops[0].packets == 0 ||
	    child->out_limit_usec == USEC_NEVER)
		return;
	child_switch_out(c, child->ike, child);
	ike_set_timer(c, child->ike);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t child_deadline(const struct child_sa *child)
{
	uint64_t when = earlier(child->out_probe_usec, child->out_limit_usec);

	if (child->phase == CHILD_ESTABLISHED)
		return earlier(when, earlier(child->rekey_usec, child->expires_usec));
	if (child->phase == CHILD_REPLACED)
		return earlier(child->discard_usec, child->expires_usec);
	return when;
}

static void probe(struct core *c, struct ike_sa *ike, struct child_sa *child)
{
	struct kernel_batch batch;

	if (child->out_limit_usec <= c->now_usec) {
		child_switch_out(c, ike, child);
		return;
	}
	child->out_probe_usec = c->now_usec + PROBE_USEC;
	child_batch_probe(child, &batch);
	core_kernel(c, ike_handle(ike), 0, &batch);
}

static void want_once(struct ike_sa *ike, enum want_kind kind, const struct child_sa *child)
{
	if (!ike_find_want(ike, kind, child->serial))
		ike_want(ike, kind, child->connection, child->serial);
}

static bool is_being_rekeyed(const struct ike_sa *ike, const struct child_sa *child)
{
	return ike->ours.scratch.purpose == PURPOSE_REKEY_CHILD && ike->ours.scratch.child &&
	       ike->ours.scratch.old_serial == child->serial;
}

static void want_same(struct ike_sa *ike, const struct child_sa *child)
{
	struct selectors local = { 0 }, remote = { 0 };

	if (selectors_copy(&child->ts_local, &local) &&
	    selectors_copy(&child->ts_remote, &remote) &&
	    ike_want_child(ike, child->connection, &local, &remote))
		list_entry(ike->wants.prev, struct want, node)->is_further = child->is_further;
	selectors_free(&local);
	selectors_free(&remote);
}

/* The new one first: it inherits policies and routes, so nothing goes in clear. */
void child_make_anew(struct core *c, struct ike_sa *ike, struct child_sa *child)
{
	bool in_full = child->refusals > 0;
	struct want *w;

	child->is_over = is_being_rekeyed(ike, child);
	if (!child->is_over && in_full)
		intent_start_anew(c, child->connection);
	else if (!child->is_over)
		want_same(ike, child);
	want_once(ike, WANT_DELETE_CHILD, child);
	w = ike_find_want(ike, WANT_DELETE_CHILD, child->serial);
	if (w && !child->is_over && in_full)
		w->when_usec = c->now_usec + IN_FULL_USEC;
}

bool child_was_over(struct core *c, struct ike_sa *ike, struct child_sa *child)
{
	struct want *w = ike_find_want(ike, WANT_DELETE_CHILD, child->serial);

	if (!child->is_over || !w)
		return false;
	want_free(w);
	child_make_anew(c, ike, child);
	ike_set_timer(c, ike);
	return true;
}

static void expire(struct core *c, struct ike_sa *ike, struct child_sa *child)
{
	struct connection *conn = child->connection;

	child->expires_usec = child->rekey_usec = child->discard_usec = USEC_NEVER;
	sa_log(c, ike, child, LOG_LEVEL_INFO, LINE_LOG, "child SA lifetime is over");
	if (child->phase == CHILD_ESTABLISHED &&
	    (child->refusals > 0 || (conn->is_wanted && conn->def->config.rekey)))
		child_make_anew(c, ike, child);
	else
		want_once(ike, WANT_DELETE_CHILD, child);
}

void child_timer(struct core *c, struct ike_sa *ike, struct child_sa *child)
{
	if (child->out_probe_usec <= c->now_usec || child->out_limit_usec <= c->now_usec)
		probe(c, ike, child);
	if (child->phase != CHILD_ESTABLISHED && child->phase != CHILD_REPLACED)
		return;
	if (child->expires_usec <= c->now_usec) {
		expire(c, ike, child);
	} else if (child->phase == CHILD_REPLACED && child->discard_usec <= c->now_usec) {
		child->discard_usec = USEC_NEVER;
		want_once(ike, WANT_DELETE_CHILD, child);
	} else if (child->phase == CHILD_ESTABLISHED && child->rekey_usec <= c->now_usec) {
		child->rekey_usec = USEC_NEVER;
		want_once(ike, WANT_REKEY_CHILD, child);
	}
}
