/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A keyed hash table with its nodes inside the objects. The hash is SipHash-1-3 under a key given at
 * init, so that peers cannot aim at one bucket; it grows in small steps (a few buckets a call), so
 * that no single call is slow. It shrinks never.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/bytes.h"

struct table_node {
	struct table_node *next;
	uint64_t hash;
};

struct table {
	struct table_node **buckets;
	struct table_node **old; /* while growing */
	size_t size, old_size;   /* powers of two */
	size_t moved;            /* old buckets moved so far */
	size_t count;
	uint8_t key[16];
};

/* No memory is taken before the first insert. key: 16 random bytes. */
void table_init(struct table *t, const uint8_t key[16]);
/* Frees the buckets only. */
void table_fini(struct table *t);
uint64_t table_hash(const struct table *t, struct slice key);
/* Inserts under hash (from table_hash). False when memory is short and the table has no bucket at
 * all; a failed growth is not an error. Equal keys are allowed: the newest is found first. */
bool table_insert(struct table *t, struct table_node *node, uint64_t hash);
/* Removes; no effect when the node is not in the table. */
void table_remove(struct table *t, struct table_node *node);
/* Walks the nodes of one hash: first, then next until NULL. The caller compares keys. */
struct table_node *table_first(struct table *t, uint64_t hash);
struct table_node *table_next(struct table_node *node, uint64_t hash);
/* SipHash-1-3, 64 bits. */
uint64_t siphash13(const uint8_t key[16], struct slice data);

#endif
