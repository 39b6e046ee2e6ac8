/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who holds a packet: of the policies that stand, as the core has put them, the one of the highest
 * priority that holds it decides (RFC 4301 4.4.1). They are found by what they hold (base/pair_index.h).
 */
#include "core/route.h"

#include <string.h>

/* As the kernel orders them: an admin's priority= first, then narrow before wide (xfrm_priority). */
static uint64_t order_of(const struct child_sa *of, const struct selector *local,
			 const struct selector *remote)
{
	uint64_t own = of->connection->def->config.priority;
	uint64_t scale = local->range.start.family == FAMILY_IPV6 ? 1 : 4;
	uint64_t width = (selector_prefix_bits(local) + (uint64_t)selector_prefix_bits(remote)) *
			 scale;
	uint64_t fine = (local->protocol || remote->protocol ? 1 : 0) +
			(local->start_port == local->end_port ? 16u : 0u) +
			(remote->start_port == remote->end_port ? 16u : 0u);

	return own ? UINT32_MAX - own : 1 + (width << 7) + fine;
}

static void try_policies(struct policy_match *best, const struct child_sa *of, bool is_route,
			 const struct selector *src, const struct selector *dst)
{
	struct selector_pairs pairs = { .local = &of->ts_local, .remote = &of->ts_remote };
	const struct selector *local, *remote;

	while (selector_pairs_next(&pairs, &local, &remote)) {
		uint64_t order;

		if (!selector_contains(local, src) || !selector_contains(remote, dst))
			continue;
		order = order_of(of, local, remote);
		if (best->of && best->order >= order)
			continue;
		*best = (struct policy_match){ of, is_route, *local, *remote, order };
	}
}

static bool is_route(const struct child_sa *of)
{
	return of->connection->route == of;
}

static struct policy_match find(struct core *c, const struct selector *src,
				const struct selector *dst,
				bool (*is_meant)(const struct child_sa *))
{
	struct pair_walk w = pair_walk(&c->connections.policies, src, dst);
	struct policy_match best = { 0 };
	const struct child_sa *of;

	while ((of = pair_walk_next(&w)))
		if (is_meant(of))
			try_policies(&best, of, is_route(of), src, dst);
	return best;
}

static bool stands(const struct child_sa *of)
{
	return is_route(of) || of->phase >= CHILD_ESTABLISHED;
}

struct policy_match policy_of_packet(struct core *c, const struct selector *src,
				     const struct selector *dst)
{
	return find(c, src, dst, stands);
}

static bool is_known_route(const struct child_sa *of)
{
	return is_route(of) && !of->connection->is_deleted &&
	       of->connection->kind != CONNECTION_INSTANCE;
}

struct connection *route_of_packet(struct core *c, const struct selector *src,
				   const struct selector *dst)
{
	struct policy_match m = find(c, src, dst, is_known_route);

	return m.of ? m.of->connection : NULL;
}

static bool has_exactly(const struct selectors *l, const struct selector *s)
{
	for (uint8_t i = 0; i < l->count; i++)
		if (selector_eq(&l->items[i], s))
			return true;
	return false;
}

bool policy_is_used(struct core *c, const struct kernel_policy *p)
{
	bool is_out = p->direction == KDIR_OUT;
	const struct selector *local = is_out ? &p->src : &p->dst;
	const struct selector *remote = is_out ? &p->dst : &p->src;
	struct pair_walk w = pair_walk(&c->connections.policies, local, remote);
	const struct child_sa *of;

	while ((of = pair_walk_next(&w)))
		if (of->reqid == p->reqid && has_exactly(&of->ts_local, local) &&
		    has_exactly(&of->ts_remote, remote))
			return true;
	return false;
}

enum fate { FATE_PROTECTED, FATE_PASSED, FATE_DROPPED };

static enum fate fate_of(const struct connection *conn)
{
	uint64_t type = conn->def->config.type;

	if (!conn_type_is_shunt(type))
		return FATE_PROTECTED;
	return type == CONN_PASSTHROUGH ? FATE_PASSED : FATE_DROPPED;
}

/* The kernel has one policy for a selector, an interface and a mark. */
static bool is_same_place(const struct conn_def *a, const struct conn_def *b)
{
	const struct conn_mark *m = &a->mark_out, *n = &b->mark_out;

	return a->if_id == b->if_id && !m->is_own && !n->is_own && m->value == n->value &&
	       m->mask == n->mask;
}

static bool is_in_the_way(const struct child_sa *of, const struct child_sa *route,
			  const struct selector *local, const struct selector *remote)
{
	const struct connection *conn = of->connection, *new = route->connection;

	/* what is replaced makes room */
	return conn != new &&
	       !conn->is_deleted &&strcmp(conn->def->config.name, new->def->config.name) != 0 &&
	       fate_of(conn) != fate_of(new) && is_same_place(conn->def, new->def) &&
	       has_exactly(&of->ts_local, local) && has_exactly(&of->ts_remote, remote);
}

const struct connection *policy_conflict(struct core *c, const struct child_sa *route)
{
	struct selector_pairs pairs = { .local = &route->ts_local, .remote = &route->ts_remote };
	const struct selector *local, *remote;
	const struct child_sa *of;

	while (selector_pairs_next(&pairs, &local, &remote)) {
		struct pair_walk w = pair_walk(&c->connections.policies, local, remote);

		while ((of = pair_walk_next(&w)))
			if (is_in_the_way(of, route, local, remote))
				return of->connection;
	}
	return NULL;
}
