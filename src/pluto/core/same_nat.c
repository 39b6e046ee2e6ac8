/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two clients behind one NAT in transport mode (RFC 3948 5.2). To the kernel both are the NAT's address:
 * where their selectors overlap, a packet for one would be encrypted for the other. So the second is
 * refused, unless it has proven to be the first. Children in UDP are found by the peer's address.
 */
#include "core/exchange.h"

static uint64_t host_hash(const struct core *c, const struct address *peer)
{
	return table_hash(&c->by_nat_host, address_slice(peer));
}

void child_index_nat(struct core *c, struct child_sa *child)
{
	table_remove(&c->by_nat_host, &child->by_nat_host);
	if (!child->is_tunnel && child->local_port)
		table_insert(&c->by_nat_host, &child->by_nat_host, host_hash(c, &child->remote));
}

static bool overlaps(const struct child_sa *a, const struct child_sa *b)
{
	struct selector_pairs of_a = { .local = &a->ts_local, .remote = &a->ts_remote };
	const struct selector *al, *ar, *bl, *br;
	struct selector cut;

	while (selector_pairs_next(&of_a, &al, &ar)) {
		struct selector_pairs of_b = { .local = &b->ts_local, .remote = &b->ts_remote };

		while (selector_pairs_next(&of_b, &bl, &br))
			if (selector_intersect(al, bl, &cut) && selector_intersect(ar, br, &cut))
				return true;
	}
	return false;
}

/* Who proved nothing may be anybody. */
static bool is_same_peer(const struct ike_sa *a, const struct ike_sa *b)
{
	return a == b || (!a->peer_is_anonymous && !b->peer_is_anonymous &&
			  identity_eq(&a->peer_id, &b->peer_id));
}

struct child_sa *child_of_same_nat(struct core *c, const struct child_sa *child)
{
	uint64_t hash = host_hash(c, &child->remote);
	struct table_node *n;

	if (child->is_tunnel || !child->local_port)
		return NULL;
	for (n = table_first(&c->by_nat_host, hash); n; n = table_next(n, hash)) {
		struct child_sa *other = container_of(n, struct child_sa, by_nat_host);

		if (other != child && other->ike && other->phase != CHILD_VACANT &&
		    address_eq(&other->remote, &child->remote) &&
		    address_eq(&other->local, &child->local) &&
		    !is_same_peer(other->ike, child->ike) && overlaps(other, child))
			return other;
	}
	return NULL;
}
