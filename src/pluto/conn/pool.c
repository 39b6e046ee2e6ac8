/* SPDX-License-Identifier: Apache-2.0 */
/* Pools and leases, as pool.h says. Pools may overlap: an address is in one lease at most, of all. */
#include "conn/pool.h"

#include <stdlib.h>
#include <string.h>

#define SIZE_MAX_ADDRESSES (1ull << 32)

void pools_init(struct pools *p, const uint8_t key[16])
{
	*p = (struct pools){ 0 };
	table_init(&p->by_range, key);
	table_init(&p->by_address, key);
	table_init(&p->by_id, key);
	list_init(&p->all);
}

static void lease_free(struct lease *l)
{
	struct pool *p = l->pool;

	table_remove(&p->pools->by_address, &l->by_address);
	if (l->id.type != ID_NONE)
		table_remove(&p->pools->by_id, &l->by_id);
	list_remove(&l->waiting);
	list_remove(&l->node);
	p->stored--;
	identity_free(&l->id);
	free(l);
}

static void pool_free(struct pool *p)
{
	struct lease *l;

	list_each (l, &p->leases, struct lease, node)
		lease_free(l);
	table_remove(&p->pools->by_range, &p->by_range);
	list_remove(&p->node);
	free(p);
}

void pools_fini(struct pools *p)
{
	struct pool *pool;

	if (!p->all.next)
		return;
	list_each (pool, &p->all, struct pool, node)
		pool_free(pool);
	table_fini(&p->by_range);
	table_fini(&p->by_address);
	table_fini(&p->by_id);
}

static uint64_t hash_of_range(const struct pools *p, const struct range *r)
{
	return table_hash(&p->by_range, slice(r, sizeof(*r)));
}

static uint64_t hash_of_address(const struct pools *p, const struct address *a)
{
	return table_hash(&p->by_address, slice(a, sizeof(*a)));
}

/* Of a pool and an identity. */
static uint64_t hash_of_id(const struct pool *p, const struct identity *id)
{
	struct {
		const struct pool *pool;
		uint64_t id;
	} key = { p, identity_hash(&p->pools->by_id, id) };

	return table_hash(&p->pools->by_id, slice(&key, sizeof(key)));
}

struct pool *pool_find(struct pools *p, const struct range *range)
{
	uint64_t hash = hash_of_range(p, range);
	struct table_node *n;

	for (n = table_first(&p->by_range, hash); n; n = table_next(n, hash)) {
		struct pool *pool = container_of(n, struct pool, by_range);

		if (range_eq(&pool->range, range))
			return pool;
	}
	return NULL;
}

static struct address plus(const struct address *a, uint64_t n)
{
	struct address sum = *a;

	for (size_t i = address_len(a); n && i-- > 0; n >>= 8) {
		n += sum.bytes[i];
		sum.bytes[i] = (uint8_t)n;
	}
	return sum;
}

/* end - start, at most limit. */
static uint64_t distance(const struct address *start, const struct address *end, uint64_t limit)
{
	uint64_t n = 0;
	unsigned borrow = 0;
	uint8_t digits[16];
	size_t len = address_len(start);

	for (size_t i = len; i-- > 0;) {
		int d = end->bytes[i] - start->bytes[i] - (int)borrow;

		borrow = d < 0;
		digits[i] = (uint8_t)d;
	}
	for (size_t i = 0; i < len; i++) {
		if (n > limit >> 8)
			return limit;
		n = n << 8 | digits[i];
	}
	return n < limit ? n : limit;
}

/* No host has the first and last address of an IPv4 network, nor the first of an IPv6 one (RFC 4291
 * 2.6.1); a range that is none is taken as it is. */
static void set_usable(struct pool *p)
{
	struct subnet s;
	uint64_t last;

	p->usable = p->range;
	if (range_as_subnet(&p->range, &s)) {
		bool v4 = s.address.family == FAMILY_IPV4;

		if (s.prefix_bits < (v4 ? 31 : 127)) {
			p->usable.start = plus(&s.address, 1);
			if (v4)
				p->usable.end.bytes[3] &= 0xfe;
		}
	}
	last = distance(&p->usable.start, &p->usable.end, SIZE_MAX_ADDRESSES - 1);
	p->size = last + 1;
}

struct lease *lease_at(struct pools *p, const struct address *a)
{
	uint64_t hash = hash_of_address(p, a);
	struct table_node *n;

	for (n = table_first(&p->by_address, hash); n; n = table_next(n, hash)) {
		struct lease *l = container_of(n, struct lease, by_address);

		if (address_eq(&l->address, a))
			return l;
	}
	return NULL;
}

/* Nobody holds it, it is nobody's, and it is on no list of waiting ones. */
static struct lease *lease_new(struct pool *p, const struct address *a)
{
	struct lease *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->pool = p;
	l->address = *a;
	if (!table_insert(&p->pools->by_address, &l->by_address, hash_of_address(p->pools, a))) {
		free(l);
		return NULL;
	}
	list_append(&p->leases, &l->node);
	p->stored++;
	return l;
}

struct pool *pool_use(struct pools *p, const struct range *range)
{
	struct pool *pool = pool_find(p, range);

	if (!pool) {
		pool = calloc(1, sizeof(*pool));
		if (!pool)
			return NULL;
		pool->pools = p;
		pool->range = *range;
		list_init(&pool->waiting);
		list_init(&pool->leases);
		set_usable(pool);
		if (!table_insert(&p->by_range, &pool->by_range, hash_of_range(p, range))) {
			free(pool);
			return NULL;
		}
		list_append(&p->all, &pool->node);
	}
	/* a pool of one address is a static lease: no other pool hands it out */
	if (pool->size == 1 && pool->stored == 0 && !lease_at(p, &pool->usable.start)) {
		struct lease *l = lease_new(pool, &pool->usable.start);

		if (l) {
			list_append(&pool->waiting, &l->waiting);
			pool->next = 1;
		}
	}
	pool->users++;
	return pool;
}

static bool is_of_use(const struct pool *p)
{
	return p->users > 0 || p->in_use > 0 || (p->stored > 0 && p->size > 1);
}

void pool_unuse(struct pool *p)
{
	if (p->users > 0)
		p->users--;
	if (!is_of_use(p))
		pool_free(p);
}

/* A lease of the identity that may be taken: one that waits, or, when it shares, one in use. */
static struct lease *lease_of(struct pool *p, const struct identity *id, bool shares)
{
	uint64_t hash = hash_of_id(p, id);
	struct lease *best = NULL;
	struct table_node *n;

	for (n = table_first(&p->pools->by_id, hash); n; n = table_next(n, hash)) {
		struct lease *l = container_of(n, struct lease, by_id);

		if (l->pool != p || !identity_eq(&l->id, id))
			continue;
		if (l->holders == 0)
			return l;
		best = l;
	}
	return shares ? best : NULL;
}

/* Makes it the identity's. */
static bool give(struct lease *l, const struct identity *id)
{
	struct identity copy = { 0 };
	struct pools *p = l->pool->pools;

	if (identity_eq(&l->id, id) && id->type != ID_NONE)
		return true;
	if (!identity_copy(id, &copy))
		return false;
	if (l->id.type != ID_NONE)
		table_remove(&p->by_id, &l->by_id);
	identity_free(&l->id);
	if (id->type != ID_NONE && !table_insert(&p->by_id, &l->by_id, hash_of_id(l->pool, id))) {
		identity_free(&copy);
		return false;
	}
	l->id = copy;
	return true;
}

static struct lease *hold(struct lease *l)
{
	list_remove(&l->waiting);
	if (l->holders++ == 0)
		l->pool->in_use++;
	return l;
}

/* The one that was asked for: never handed out, or let go of by somebody without a name. */
static struct lease *at_wish(struct pool *p, const struct address *wanted)
{
	struct lease *l;

	if (!wanted || !range_has(&p->usable, wanted))
		return NULL;
	l = lease_at(p->pools, wanted);
	if (!l)
		return lease_new(p, wanted);
	return l->pool == p && l->holders == 0 && l->id.type == ID_NONE ? l : NULL;
}

static struct lease *never_used(struct pool *p)
{
	while (p->next < p->size) {
		struct address a = plus(&p->usable.start, p->next);

		p->next++;
		if (!lease_at(p->pools, &a))
			return lease_new(p, &a);
	}
	return NULL;
}

struct lease *pool_lease(struct pool *p, const struct identity *id, const struct address *wanted,
			 bool shares, bool *is_full)
{
	struct lease *l = id->type != ID_NONE ? lease_of(p, id, shares) : NULL;

	*is_full = false;
	if (l)
		return hold(l);
	l = at_wish(p, wanted);
	if (!l)
		l = never_used(p);
	if (!l && p->next >= p->size)
		l = list_first(&p->waiting, struct lease, waiting);
	*is_full = !l && p->next >= p->size;
	if (!l)
		return NULL;
	if (!give(l, id)) {
		if (!list_is_linked(&l->waiting))
			list_prepend(&p->waiting, &l->waiting);
		return NULL;
	}
	return hold(l);
}

struct lease *pool_lease_again(struct pool *p, const struct identity *id, const struct address *a)
{
	struct lease *l = lease_at(p->pools, a);

	if (!range_has(&p->usable, a) || (l && l->pool != p))
		return NULL;
	if (!l)
		l = lease_new(p, a);
	else if (l->holders > 0)
		return identity_eq(&l->id, id) ? hold(l) : NULL;
	if (!l)
		return NULL;
	if (give(l, id))
		return hold(l);
	if (!list_is_linked(&l->waiting))
		list_prepend(&p->waiting, &l->waiting);
	return NULL;
}

void lease_release(struct lease *l)
{
	struct pool *p = l->pool;

	if (l->holders == 0 || --l->holders > 0)
		return;
	p->in_use--;
	/* what is nobody's goes before what somebody may come back for */
	if (l->id.type == ID_NONE)
		list_prepend(&p->waiting, &l->waiting);
	else
		list_append(&p->waiting, &l->waiting);
	if (!is_of_use(p))
		pool_free(p);
}
