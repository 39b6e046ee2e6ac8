/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The binary heap of deadlines. Each node knows its place, so that one may be moved or removed
 * without a search. Moving one that is already in the heap takes no memory and cannot fail.
 */
#include "base/heap.h"

#include <stdlib.h>

#define CAPACITY_FIRST ((size_t)16)

static void put(struct heap *h, size_t at, struct heap_node *node)
{
	h->nodes[at] = node;
	node->index = at + 1;
}

static void sift_up(struct heap *h, size_t at)
{
	struct heap_node *node = h->nodes[at];

	while (at > 0 && h->nodes[(at - 1) / 2]->when_usec > node->when_usec) {
		put(h, at, h->nodes[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	put(h, at, node);
}

static void sift_down(struct heap *h, size_t at)
{
	struct heap_node *node = h->nodes[at];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < h->count &&
		    h->nodes[child + 1]->when_usec < h->nodes[child]->when_usec)
			child++;
		if (child >= h->count || h->nodes[child]->when_usec >= node->when_usec)
			break;
		put(h, at, h->nodes[child]);
		at = child;
	}
	put(h, at, node);
}

static bool grow(struct heap *h)
{
	size_t capacity = h->capacity ? h->capacity * 2 : CAPACITY_FIRST;
	struct heap_node **nodes;

	if (h->count < h->capacity)
		return true;
	nodes = reallocarray(h->nodes, capacity, sizeof(struct heap_node *));
	if (!nodes)
		return false;
	h->nodes = nodes;
	h->capacity = capacity;
	return true;
}

void heap_fini(struct heap *h)
{
	/* the nodes are left alone: their objects may be gone already */
	free(h->nodes);
	*h = (struct heap){ 0 };
}

bool heap_set(struct heap *h, struct heap_node *node, uint64_t when_usec)
{
	if (!node->index) {
		if (!grow(h))
			return false;
		put(h, h->count, node);
		h->count++;
	}
	node->when_usec = when_usec;
	sift_up(h, node->index - 1);
	sift_down(h, node->index - 1);
	return true;
}

void heap_remove(struct heap *h, struct heap_node *node)
{
	size_t at = node->index - 1;
	struct heap_node *last;

	if (!node->index)
		return;
	last = h->nodes[--h->count];
	node->index = 0;
	if (last == node)
		return;
	put(h, at, last);
	sift_up(h, at);
	sift_down(h, last->index - 1);
}

struct heap_node *heap_first(const struct heap *h)
{
	return h->count ? h->nodes[0] : NULL;
}
