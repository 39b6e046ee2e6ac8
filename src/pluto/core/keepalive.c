/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keepalives of an end behind a NAT (RFC 3948 2.3, 4): one goes when nothing went to the peer for the
 * whole interval, neither IKE nor, by the kernel's counters, ESP. The counters tell whether, not when:
 * they are read every half interval, and what went in between is taken to have gone at its beginning.
 */
#include "core/liveness.h"

static bool needs_keepalives(const struct ike_sa *ike)
{
	return ike->natt && ike->nat_here && !ike->remote.tcp &&
	       ike->connection->def->config.nat_keepalive &&
	       (ike->phase == IKE_ESTABLISHED || ike->phase == IKE_AUTHENTICATING);
}

uint64_t keepalive_due(const struct core *c, const struct ike_sa *ike)
{
	uint64_t interval = c->settings.keepalive_usec;
	uint64_t since = ike->last_sent_usec, latest = since + interval;
	uint64_t look = (ike->counted_usec > since ? ike->counted_usec : since) + interval / 2;

	/* in flight: the answer sets the timer */
	if (!needs_keepalives(ike) || ike->keepalive_ticket)
		return USEC_NEVER;
	return look < latest ? look : latest;
}

/* Has ESP gone out since the counters were read before? */
static bool has_sent(struct ike_sa *ike)
{
	struct child_sa *child;
	bool any = false;

	list_each (child, &ike->children, struct child_sa, node) {
		any |= child->out_packets > child->seen_out_packets;
		child->seen_out_packets = child->out_packets;
	}
	return any;
}

static void judge(struct core *c, struct ike_sa *ike)
{
	uint64_t before = ike->counted_usec;

	ike->counted_usec = c->now_usec;
	if (has_sent(ike) && before > ike->last_sent_usec)
		ike->last_sent_usec = before;
	if (needs_keepalives(ike) &&
	    c->now_usec - ike->last_sent_usec >= c->settings.keepalive_usec) {
		ike->last_sent_usec = c->now_usec;
		core_keepalive(c, &ike->local, &ike->remote);
	}
	ike_set_timer(c, ike);
}

void keepalive_timer(struct core *c, struct ike_sa *ike)
{
	if (keepalive_due(c, ike) > c->now_usec)
		return;
	if (liveness_ask_counters(c, ike, false, &ike->keepalive_ticket))
		return;
	ike->keepalive_ticket = 0;
	judge(c, ike);
}

void keepalive_counters(struct core *c, uint64_t owner, uint32_t ticket)
{
	struct ike_sa *ike = ike_by_spi(c, owner);

	if (!ike || ike->keepalive_ticket != ticket)
		return;
	ike->keepalive_ticket = 0;
	judge(c, ike);
}
