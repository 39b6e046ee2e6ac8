/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Children of a former run. Their keys are the kernel's alone: what it still has goes on with its
 * sequence numbers, what it has not is replaced by a new child. One that was half made when the run
 * ended is finished when the kernel has it, and deleted when it has not.
 */
#include "core/adopt.h"
#include "core/exchange.h"
#include "core/keep.h"
#include "core/route.h"
#include "core/route_owner.h"
#include "ctl/codes.h"

/* Its states were asked for, but nobody knows whether they came. A child that failed so is deleted by
 * a wish that was kept, too. */
static bool is_half_made(struct ike_sa *ike, const struct child_sa *child)
{
	return child->phase == CHILD_INSTALLING &&
	       !ike_find_want(ike, WANT_DELETE_CHILD, child->serial);
}

static void ask_kernel(struct core *c, struct ike_sa *ike, struct child_sa *child)
{
	struct kernel_batch batch;

	if (child->spi_in == 0)
		return;
	iface_hold(child->connection);
	child_batch_adopt(child, &batch);
	core_kernel(c, ike_handle(ike), 0, &batch);
}

static void put_policies(struct core *c, struct ike_sa *ike, bool established)
{
	struct child_sa *child;

	list_each (child, &ike->children, struct child_sa, node) {
		struct kernel_batch batch = { 0 };

		if (!child->has_policies || (child->phase == CHILD_ESTABLISHED) != established)
			continue;
		child_batch_add_policies(child, &batch);
		core_kernel(c, ADOPT_TRIES, TICKET_ADOPT, &batch);
	}
}

/* What the kernel refused for want of memory is asked for once more: until pluto listens the former
 * run's are still there. */
void adopt_policies_done(struct core *c, struct kernel_batch *batch, uint64_t tries)
{
	/* its child may have ended meanwhile */
	if (!batch->failed_errno || !policy_is_used(c, &batch->ops[0].policy))
		return;
	core_log(c, LOG_LEVEL_ERROR, "a policy of the run before is not put again: %s",
		 batch->failed_text);
	if (tries > 0)
		core_kernel(c, tries - 1, TICKET_ADOPT, batch);
}

void adopt_children(struct core *c, struct ike_sa *ike, struct adopt_counts *counts)
{
	struct child_sa *child;

	/* of several with the same selectors the one in use has the last word */
	put_policies(c, ike, false);
	put_policies(c, ike, true);
	list_each (child, &ike->children, struct child_sa, node) {
		struct connection *conn = child->connection;

		counts->children++;
		if (child->spi_in)
			child_index(c, child);
		if (child->is_up)
			routes_own(c, child);
		ask_kernel(c, ike, child);
		if (child->phase != CHILD_ESTABLISHED)
			continue;
		if (conn->newest_child < child->serial)
			conn->newest_child = conn->policy_owner = child->serial;
		route_event(c, conn, ROUTING_ESTABLISH);
	}
}

/* Scripts of a child that was about to run them; nobody waits for them. */
static void run_scripts(struct core *c, struct child_sa *child)
{
	static const char *const verbs[] = { "prepare", "route", "up" };

	for (size_t i = 0; i < ARRAY_LEN(verbs) && !child->is_up && !child_heir(child); i++)
		core_updown(c, child_updown(child, verbs[i], 0, 0), child->connection->serial);
	child->is_up = true;
	routes_own(c, child);
}

static void finish(struct core *c, struct ike_sa *ike, struct child_sa *child)
{
	struct child_sa *old = ike_child_by_serial(ike, child->replaces);

	if (old)
		child->is_up = true; /* it takes over what stands */
	run_scripts(c, child);
	child->ke_group = child->suite.ke;
	child_established(c, ike, child);
	if (!old || old->phase != CHILD_ESTABLISHED)
		return;
	child_replace(c, ike, old, child);
	ike_want(ike, WANT_DELETE_CHILD, NULL, old->serial);
}

/* The peer has it, the kernel has not. */
static void undo(struct core *c, struct ike_sa *ike, struct child_sa *child)
{
	struct child_sa *old = ike_child_by_serial(ike, child->replaces);

	sa_log(c, ike, child, LOG_LEVEL_INFO, LINE_LOG,
	       "was not made to its end when the run before ended: it is deleted");
	ike_want(ike, WANT_DELETE_CHILD, NULL, child->serial);
	if (old)
		old->rekey_usec = c->now_usec;
	else
		ike_want(ike, WANT_CHILD, child->connection, 0);
	ike_set_timer(c, ike);
}

/* A limit that was reached while nobody heard of it. */
static bool is_used_up(const struct child_sa *child, const struct kernel_batch *batch)
{
	const struct conn_config *config = &child->connection->def->config;

	for (uint16_t i = 0; i < batch->count; i++)
		if ((config->ipsec_max_bytes &&
		     batch->ops[i].bytes >= config->ipsec_max_bytes / 2) ||
		    (config->ipsec_max_packets &&
		     batch->ops[i].packets >= config->ipsec_max_packets / 2))
			return true;
	return false;
}

/* An interface that had to be made has none of the routes that led to the one before. */
static bool still_there(const struct kernel_op *op)
{
	return op->kind == KOP_ADOPT_STATE ? op->spi != 0 : !op->iface.is_new;
}

void adopt_kernel_done(struct core *c, const struct kernel_batch *batch, uint64_t owner)
{
	struct ike_sa *ike = ike_by_spi(c, owner);
	struct child_sa *child = ike ? ike_child_by_spi_in(ike, batch->ops[0].state.spi) : NULL;
	bool is_whole = batch->failed_errno == 0;

	if (!child)
		return;
	/* a stream that ESP was in went with the process */
	is_whole &= !child->is_in_tcp;
	for (uint16_t i = 0; i < batch->count; i++)
		is_whole &= still_there(&batch->ops[i]);
	/* the answer of the peer will make it */
	if (child == ike->ours.scratch.child && child->phase == CHILD_LARVAL)
		return;
	if (is_half_made(ike, child)) {
		if (is_whole)
			finish(c, ike, child);
		else
			undo(c, ike, child);
	} else if (child->phase == CHILD_ESTABLISHED && !is_whole) {
		child_lost(c, child);
	} else if (child->phase == CHILD_ESTABLISHED && is_used_up(child, batch)) {
		child->rekey_usec = c->now_usec;
	}
	ike_set_timer(c, ike);
}
