/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pools of addresses for peers (RFC 7296 3.15): a pool is a range, shared by all connections that
 * name the same range. A lease sticks to the identity it was made for: when nobody holds it any more
 * it waits for its identity, and goes to another one only when all addresses were handed out once,
 * the one that was let go of first. Every operation takes constant time.
 */
#ifndef CONN_POOL_H
#define CONN_POOL_H

#include "base/list.h"
#include "base/table.h"
#include "crypto/identity.h"

struct pool {
	struct table_node by_range; /* in pools */
	struct list node;           /* in pools.all */
	struct pools *pools;
	struct range range;    /* as named */
	struct range usable;   /* without the ends that no host has */
	uint64_t size;         /* of usable; at most 2^32 */
	uint64_t next;         /* the first offset that was never handed out */
	uint32_t users;        /* connections that name it */
	size_t in_use, stored; /* leases that somebody holds; all leases */
	struct list waiting;   /* leases that nobody holds, longest first */
	struct list leases;    /* all */
};

struct lease {
	struct table_node by_address; /* in pools */
	struct table_node by_id;      /* in pools */
	struct list waiting;          /* in pool.waiting */
	struct list node;             /* in pool.leases */
	struct pool *pool;
	struct address address;
	uint32_t holders;
	struct identity id; /* NONE: nobody's yet */
};

struct pools {
	struct table by_range, by_address, by_id;
	struct list all;
};

void pools_init(struct pools *p, const uint8_t key[16]);
void pools_fini(struct pools *p);
/* The pool of the range, made if there is none, with one more user. NULL: memory is short. */
struct pool *pool_use(struct pools *p, const struct range *range);
/* One user less; a pool that has no user and no lease goes. */
void pool_unuse(struct pool *p);
/* NULL: no connection names it. */
struct pool *pool_find(struct pools *p, const struct range *range);
/*
 * An address for the identity: the one it had, or the one wanted (NULL: any) if it is free, or
 * another. shares: the one that it has now will do, else it must be nobody's. NULL: all are in use,
 * or memory is short (*is_full tells).
 */
struct lease *pool_lease(struct pool *p, const struct identity *id, const struct address *wanted,
			 bool shares, bool *is_full);
/* The lease of that address, whoever has it; NULL: it was never handed out. */
struct lease *lease_at(struct pools *p, const struct address *a);
/* Exactly that address, which the identity had before, held once more. NULL: somebody else has it, it
 * is not of the pool, or memory is short. */
struct lease *pool_lease_again(struct pool *p, const struct identity *id, const struct address *a);
/* Lets go of it. */
void lease_release(struct lease *l);

#endif
