/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Liveness checks (RFC 7296 2.4): an empty INFORMATIONAL request when nothing fresh came over the
 * IKE SA for dpddelay, no request is outstanding that tells as much, and no ESP came in either by
 * the kernel's counters. What an unanswered one leads to is ike.c's and intent.c's.
 */
#include "core/liveness.h"

#include "core/exchange.h"
#include "crypto/random.h"
#include "ctl/codes.h"

#define HINT_USEC (60 * USEC_PER_SEC)

static uint64_t delay_of(const struct ike_sa *ike)
{
	return ike->connection->def->config.dpd_delay_usec;
}

/* Up to a quarter late at random: SAs that came up together do not stay together. */
static uint64_t spread(uint64_t usec)
{
	uint64_t late = 0;

	random_below(usec / 4 + 1, &late);
	return usec + late;
}

static void look_after(struct core *c, struct ike_sa *ike, uint64_t usec)
{
	ike->look_usec = c->now_usec + usec;
	ike_set_timer(c, ike);
}

void liveness_start(struct core *c, struct ike_sa *ike)
{
	ike->heard_usec = c->now_usec;
	if (delay_of(ike) == 0)
		return;
	look_after(c, ike, spread(delay_of(ike)));
}

void liveness_heard(struct core *c, struct ike_sa *ike)
{
	ike->heard_usec = c->now_usec;
}

static void probe(struct core *c, struct ike_sa *ike)
{
	if (ike->request.out.wire.data || ike->ours.row)
		return;
	if (ike_want(ike, WANT_PROBE, NULL, 0))
		exchange_start_wants(c, ike);
}

bool liveness_ask_counters(struct core *c, struct ike_sa *ike, bool inbound, uint32_t *ticket)
{
	struct kernel_batch batch = { 0 };
	struct child_sa *child;
	bool asked = false;

	list_each (child, &ike->children, struct child_sa, node) {
		if (child->phase != CHILD_ESTABLISHED || (!inbound && !child->has_out))
			continue;
		if (batch.count == KERNEL_BATCH_MAX) {
			command_counters_asked(c);
			core_kernel(c, ike_handle(ike), 0, &batch);
		}
		child_batch_add_counters(child, inbound, &batch);
		asked = true;
	}
	if (!asked)
		return false;
	if (++c->next_ticket == 0)
		c->next_ticket = 1;
	*ticket = c->next_ticket;
	command_counters_asked(c);
	return core_kernel(c, ike_handle(ike), *ticket, &batch);
}

void liveness_timer(struct core *c, struct ike_sa *ike)
{
	uint64_t delay = delay_of(ike), quiet = c->now_usec - ike->heard_usec;

	if (ike->look_usec > c->now_usec)
		return;
	if (ike->phase != IKE_ESTABLISHED || delay == 0) {
		ike->look_usec = USEC_NEVER;
		return;
	}
	if (quiet < delay) {
		look_after(c, ike, spread(delay - quiet));
		return;
	}
	look_after(c, ike, spread(delay));
	if (ike->request.out.wire.data || ike->ours.row) /* its answer tells as much (case 142) */
		return;
	if (!liveness_ask_counters(c, ike, true, &ike->look_ticket))
		probe(c, ike);
}

/* Did ESP come in since the last look? */
static bool has_new_traffic(struct ike_sa *ike)
{
	struct child_sa *child;
	bool any = false;

	list_each (child, &ike->children, struct child_sa, node) {
		any |= child->in_packets > child->seen_packets;
		child->seen_packets = child->in_packets;
	}
	return any;
}

void liveness_counters(struct core *c, uint64_t owner, uint32_t ticket)
{
	struct ike_sa *ike = ike_by_spi(c, owner);

	if (!ike || ike->look_ticket != ticket)
		return;
	ike->look_ticket = 0;
	if (ike->phase != IKE_ESTABLISHED)
		return;
	if (!has_new_traffic(ike))
		probe(c, ike);
}

void liveness_hint(struct core *c, struct ike_sa *ike, const char *what)
{
	if (ike->phase != IKE_ESTABLISHED ||
	    (ike->hint_usec && c->now_usec - ike->hint_usec < HINT_USEC))
		return;
	ike->hint_usec = c->now_usec;
	sa_log(c, ike, NULL, LOG_LEVEL_INFO, LINE_LOG, "%s: asking the peer", what);
	probe(c, ike);
}
