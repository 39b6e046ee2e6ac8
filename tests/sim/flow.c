/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traffic in the tunnels: at a steady pace a packet for each outbound policy, by the newest outbound
 * state as Linux does it, over the latency of the network. A packet that finds no state at its
 * sender or at its receiver is lost, and that fails the world.
 */
#include "sim.h"

static struct mock_state *newest_out(struct mock_kernel *k, const struct kernel_policy *p,
				     bool is_comp)
{
	struct mock_state *best = NULL;

	for (size_t i = 0; i < k->state_count; i++) {
		struct mock_state *st = &k->states[i];

		if (st->state.direction == KDIR_OUT && !st->is_larval &&
		    st->state.reqid == p->reqid && (st->state.protocol == KPROTO_COMP) == is_comp &&
		    st->state.tunnel == (p->tunnel && (is_comp || !p->compress)) &&
		    (is_comp || st->state.iptfs.is_on == p->iptfs) &&
		    (!best || st->order > best->order))
			best = st;
	}
	return best;
}

static void send_one(struct sim *s, uint8_t host, const struct kernel_policy *p)
{
	struct mock_kernel *k = &s->hosts[host].kernel;
	struct mock_state *st = newest_out(k, p, false);
	struct mock_state *comp = p->compress ? newest_out(k, p, true) : NULL;
	struct pending *packet;

	if (!st || (p->compress && !comp)) {
		sim_fail(s, "%s: a packet finds no outbound state", s->hosts[host].name);
		return;
	}
	for (uint8_t to = 0; to < HOSTS; to++) {
		if (!address_eq(&s->hosts[to].address, &st->state.dst))
			continue;
		packet = sim_post(
			s, to, EVENT_ESP,
			s->net.latency_usec +
				(s->net.jitter_usec ? prng_below(&s->rng, s->net.jitter_usec) : 0));
		packet->event.owner = (uint64_t)(comp ? comp->state.spi : 0) << 32 | st->state.spi;
		s->flow.sent++;
		mock_count(s, host, st);
	}
}

static bool is_known(const struct sim *s, uint8_t host, uint32_t reqid)
{
	for (size_t i = 0; i < s->flow.reqid_count[host]; i++)
		if (s->flow.reqids[host][i] == reqid)
			return true;
	return false;
}

void flow_send(struct sim *s)
{
	s->flow.next_usec = s->now_usec + s->flow.interval_usec;
	for (uint8_t i = 0; i < HOSTS; i++) {
		const struct mock_kernel *k = &s->hosts[i].kernel;

		for (size_t n = 0; n < k->policy_count; n++)
			if (k->policies[n].direction == KDIR_OUT &&
			    is_known(s, i, k->policies[n].reqid))
				send_one(s, i, &k->policies[n]);
	}
}

void flow_arrive(struct sim *s, uint8_t host, const struct event *e)
{
	struct host *h = &s->hosts[host];
	struct mock_state *st = mock_state_find(&h->kernel, &h->address, (uint32_t)e->owner);

	if (!st || st->is_larval || st->state.direction != KDIR_IN) {
		sim_fail(s, "%s: a packet with SPI 0x%08x finds no inbound state", h->name,
			 (uint32_t)e->owner);
		return;
	}
	if (e->owner >> 32) {
		struct mock_state *comp =
			mock_comp_find(&h->kernel, &h->address, (uint32_t)(e->owner >> 32));

		if (!comp || comp->is_larval || comp->state.direction != KDIR_IN ||
		    st->state.carries_tunnel != comp->state.tunnel) {
			sim_fail(s, "%s: a packet with a CPI finds no inbound state", h->name);
			return;
		}
	}
	mock_count(s, host, st);
	s->flow.arrived++;
}

void flow_start(struct sim *s, uint64_t interval_usec)
{
	if (!interval_usec && s->flow.interval_usec && s->flow.sent == 0)
		sim_fail(s, "there was no traffic at all");
	s->flow = (struct flow){ .interval_usec = interval_usec, .next_usec = s->now_usec };
	for (uint8_t i = 0; i < HOSTS; i++) {
		const struct mock_kernel *k = &s->hosts[i].kernel;

		for (size_t n = 0; n < k->policy_count && s->flow.reqid_count[i] < 8; n++)
			s->flow.reqids[i][s->flow.reqid_count[i]++] = k->policies[n].reqid;
	}
}
