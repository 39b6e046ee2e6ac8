/* SPDX-License-Identifier: Apache-2.0 */
/* A binary heap of deadlines with its nodes inside the objects; the least first. */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include "base/bytes.h"

struct heap_node {
	uint64_t when_usec;
	size_t index; /* place in the heap + 1; 0 when not in it */
};

struct heap {
	struct heap_node **nodes;
	size_t count;
	size_t capacity;
};

void heap_fini(struct heap *h);
/* Sets (inserts or moves) the node's time. False when memory is short; then nothing changed. */
bool heap_set(struct heap *h, struct heap_node *node, uint64_t when_usec);
/* No effect when the node is not in the heap. */
void heap_remove(struct heap *h, struct heap_node *node);
/* The node with the least time, or NULL. */
struct heap_node *heap_first(const struct heap *h);

#endif
