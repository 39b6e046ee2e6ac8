/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must hold when nothing is under way: the kernel holds exactly what the children say, both
 * ends hold the same SAs with the same keys, and what was taken down left nothing behind.
 */
#include <string.h>

#include "sim.h"

size_t host_ikes(const struct host *h)
{
	return h->has_exited ? 0 : h->core->ike_count;
}

size_t host_children(const struct host *h)
{
	size_t count = 0;
	struct child_sa *child;
	struct ike_sa *ike;

	list_each (ike, &h->core->ike_sas, struct ike_sa, node)
		list_each (child, &ike->children, struct child_sa, node)
			count += child->phase == CHILD_ESTABLISHED;
	return count;
}

static struct child_sa *child_of_state(const struct host *h, const struct kernel_state *a,
				       struct ike_sa **owner)
{
	bool inbound = a->direction == KDIR_IN, is_comp = a->protocol == KPROTO_COMP;
	struct child_sa *child;
	struct ike_sa *ike;

	list_each (ike, &h->core->ike_sas, struct ike_sa, node)
		list_each (child, &ike->children, struct child_sa, node)
			if (a->spi == (is_comp ? (inbound ? child->cpi_in : child->cpi_out)
					       : (inbound ? child->spi_in : child->spi_out))) {
				*owner = ike;
				return child;
			}
	return NULL;
}

/* The peer left by itself, and this end was not told to look whether it lives. */
static bool ended_one_sided(const struct sim *s, uint64_t spi_i)
{
	static const char *const one_sided[] = {
		"no response", "did not finish", "terminated by",         "shutting down",
		" is wrong",   "the peer says",  "AUTHENTICATION_FAILED", "no SPI from",
		"crashed",     "has rebooted"
	};

	for (int o = 0; o < HOSTS; o++)
		for (size_t i = 0; i < s->hosts[o].track_count; i++) {
			const struct track *t = &s->hosts[o].tracks[i];

			if (t->spi_i != spi_i || !t->is_gone)
				continue;
			for (size_t k = 0; k < ARRAY_LEN(one_sided); k++)
				if (strstr(t->reason, one_sided[k]))
					return true;
		}
	return false;
}

/* The initiator's SPI of the IKE SA that this one was rekeyed from, 0: none. */
static uint64_t parent_of(const struct sim *s, uint64_t spi_i)
{
	for (int o = 0; o < HOSTS; o++) {
		const struct host *h = &s->hosts[o];

		for (size_t i = 0; i < h->track_count; i++)
			for (size_t k = 0; h->tracks[i].spi_i == spi_i && k < h->track_count; k++)
				if (h->tracks[i].parent && h->tracks[k].spi == h->tracks[i].parent)
					return h->tracks[k].spi_i;
	}
	return 0;
}

static bool is_excused(const struct sim *s, const struct ike_sa *ike)
{
	for (uint64_t spi_i = ike->spi_i; spi_i; spi_i = parent_of(s, spi_i))
		if (ended_one_sided(s, spi_i))
			return true;
	return false;
}

static const struct mock_state *twin(const struct sim *s, const struct kernel_state *state)
{
	for (int o = 0; o < HOSTS; o++) {
		const struct mock_kernel *k = &s->hosts[o].kernel;

		for (size_t i = 0; i < k->state_count; i++) {
			const struct kernel_state *t = &k->states[i].state;

			/* one end may not know yet that the other has moved */
			if (!k->states[i].is_larval && t->direction != state->direction &&
			    t->spi == state->spi && t->protocol == state->protocol)
				return &k->states[i];
		}
	}
	return NULL;
}

static void check_state(struct sim *s, const struct host *h, const struct mock_state *ms)
{
	const struct kernel_state *a = &ms->state, *b;
	struct ike_sa *ike = NULL;
	struct child_sa *child = child_of_state(h, a, &ike);
	const struct mock_state *other = twin(s, a);

	if (ms->is_larval || !child) {
		sim_fail(s, "%s: %s 0x%08x stands in the kernel and belongs to no child", h->name,
			 ms->is_larval ? "the larval state" : "ESP", a->spi);
		return;
	}
	if (!other) {
		if (!is_excused(s, ike))
			sim_fail(s, "%s: ESP 0x%08x has no counterpart at the peer", h->name,
				 a->spi);
		return;
	}
	b = &other->state;
	if (a->encr != b->encr || a->key_bits != b->key_bits || a->integ != b->integ ||
	    a->esn != b->esn || a->tunnel != b->tunnel || a->carries_tunnel != b->carries_tunnel ||
	    a->iptfs.is_on != b->iptfs.is_on || a->encr_key_len != b->encr_key_len ||
	    a->integ_key_len != b->integ_key_len ||
	    memcmp(a->encr_key, b->encr_key, a->encr_key_len) != 0 ||
	    memcmp(a->integ_key, b->integ_key, a->integ_key_len) != 0)
		sim_fail(s, "%s: ESP 0x%08x differs from the peer's", h->name, a->spi);
	if (!address_eq(&a->dst, a->direction == KDIR_IN ? &child->local : &child->remote))
		sim_fail(s, "%s: state 0x%08x is not on its child's path", h->name, a->spi);
}

static bool is_one_of(const struct selector *s, const struct selectors *l)
{
	for (uint8_t i = 0; i < l->count; i++)
		if (selector_eq(&l->items[i], s))
			return true;
	return false;
}

static void check_child(struct sim *s, const struct host *h, const struct child_sa *child)
{
	const struct mock_kernel *k = &h->kernel;
	size_t states = 0, policies = 0;
	struct ike_sa *ike;

	for (size_t i = 0; i < k->state_count; i++)
		states += child_of_state(h, &k->states[i].state, &ike) == child;
	for (size_t i = 0; i < k->policy_count; i++) {
		const struct kernel_policy *p = &k->policies[i];
		bool out = p->direction == KDIR_OUT;

		policies += p->reqid == child->reqid &&
			    is_one_of(&p->src, out ? &child->ts_local : &child->ts_remote) &&
			    is_one_of(&p->dst, out ? &child->ts_remote : &child->ts_local);
	}
	if (states != (child_is_compressed(child) ? 4 : 2) ||
	    policies != 2u * selector_pairs_count(&child->ts_local, &child->ts_remote))
		sim_fail(s, "%s: child #%u has %zu states and %zu policies in the kernel", h->name,
			 child->serial, states, policies);
}

static void check_host(struct sim *s, const struct host *h)
{
	struct child_sa *child;
	struct ike_sa *ike;
	size_t children = 0, held = 0, routed = 0;
	struct connection *conn;

	for (size_t i = 0; i < h->kernel.state_count; i++)
		check_state(s, h, &h->kernel.states[i]);
	list_each (ike, &h->core->ike_sas, struct ike_sa, node)
		list_each (child, &ike->children, struct child_sa, node) {
			if (child->phase != CHILD_ESTABLISHED)
				sim_fail(s, "%s: child #%u is in phase %u at rest", h->name,
					 child->serial, child->phase);
			children++;
			check_child(s, h, child);
		}
	list_each (child, &h->core->held, struct child_sa, node)
		held++;
	list_each (conn, &h->core->connections.all, struct connection, node)
		if (conn->route)
			routed += 2u * selector_pairs_count(&conn->route->ts_local,
							    &conn->route->ts_remote);
	if (children == 0 && h->kernel.policy_count != 2 * held + routed)
		sim_fail(s, "%s: %zu policies stand and there is no child", h->name,
			 h->kernel.policy_count);
	if (children == 0 && h->kernel.state_count > 0)
		sim_fail(s, "%s: %zu states stand and there is no child", h->name,
			 h->kernel.state_count);
}

void check_rest(struct sim *s)
{
	for (int i = 0; i < HOSTS; i++) {
		const struct host *h = &s->hosts[i];

		check_host(s, h);
		for (size_t c = 0; c < h->client_count; c++)
			if (!h->clients[c].ended && !h->clients[c].gone &&
			    h->clients[c].verb != VERB_INITIATE && h->clients[c].verb != VERB_WATCH)
				sim_fail(s, "%s: client %zu (verb %u) got no end frame", h->name,
					 c + 1, h->clients[c].verb);
	}
}

void check_clean(struct sim *s, uint8_t host)
{
	const struct host *h = &s->hosts[host];

	if (h->kernel.state_count || h->kernel.policy_count) {
		char dump[400];

		mock_dump(&h->kernel, dump, sizeof(dump));
		sim_fail(s, "%s: left in the kernel: %s", h->name, dump);
	}
	if (!h->has_exited && host_ikes(h))
		sim_fail(s, "%s: %zu IKE SAs are left", h->name, host_ikes(h));
	for (size_t c = 0; c < h->client_count; c++)
		if (!h->clients[c].ended && !h->clients[c].gone)
			sim_fail(s, "%s: client %zu (verb %u) got no end frame", h->name, c + 1,
				 h->clients[c].verb);
}
