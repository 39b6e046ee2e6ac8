/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds whose selectors hold a packet, without a look at all others. What it holds stands under the
 * subnets that cover its pairs of selectors, in one hash table. A packet is looked for once for each
 * pair of prefix lengths in use, of which there are few, however many owners there are.
 */
#ifndef BASE_PAIR_INDEX_H
#define BASE_PAIR_INDEX_H

#include "base/selector.h"
#include "base/table.h"

/* Prefix lengths in use. */
struct pair_shape {
	uint8_t family, local_bits, remote_bits;
	uint32_t count;
};

struct pair_index {
	struct table table;
	struct pair_shape *shapes;
	uint16_t shape_count;
};

/* One pair of an owner. */
struct pair_entry {
	struct table_node node;
	void *owner;
};

/* All of an owner's. */
struct pair_entries {
	struct pair_entry *items;
	uint16_t count;
};

/* key: 16 random bytes. */
void pair_index_init(struct pair_index *x, const uint8_t key[16]);
/* Frees what is the index's own, not the entries. */
void pair_index_fini(struct pair_index *x);
/* Enters all pairs of the two lists; out was empty. Short memory leaves some or all of them out. */
void pair_index_enter(struct pair_index *x, void *owner, const struct selectors *local,
		      const struct selectors *remote, struct pair_entries *out);
/* Takes them out again and frees them; the lists are as they were. No effect on what is empty. */
void pair_index_leave(struct pair_index *x, const struct selectors *local,
		      const struct selectors *remote, struct pair_entries *entries);

/*
 * Walks those whose covering subnets hold the two, which are of one family. Who walks compares, for a
 * pair may hold less than its subnets. An owner with several pairs may come more than once. The index
 * must not change during the walk.
 */
struct pair_walk {
	struct pair_index *index;
	struct selector local, remote;
	struct table_node *next;
	uint64_t hash;
	uint16_t shape;
};
struct pair_walk pair_walk(struct pair_index *x, const struct selector *local,
			   const struct selector *remote);
/* The owner; NULL: no more. */
void *pair_walk_next(struct pair_walk *w);

#endif
