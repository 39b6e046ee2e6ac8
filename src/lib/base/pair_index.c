/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs of selectors under the subnets that cover them: tuple space search. */
#include "base/pair_index.h"

#include <stdlib.h>
#include <string.h>

void pair_index_init(struct pair_index *x, const uint8_t key[16])
{
	*x = (struct pair_index){ 0 };
	table_init(&x->table, key);
}

void pair_index_fini(struct pair_index *x)
{
	table_fini(&x->table);
	free(x->shapes);
	x->shapes = NULL;
	x->shape_count = 0;
}

/* The first bits of an address, the others 0. */
static void put_prefix(uint8_t out[16], const struct address *a, uint8_t bits)
{
	memcpy(out, a->bytes, bits / 8);
	if (bits % 8)
		out[bits / 8] = a->bytes[bits / 8] & (uint8_t)(0xff00u >> bits % 8);
}

static uint64_t hash_of(const struct pair_index *x, const struct pair_shape *shape,
			const struct selector *local, const struct selector *remote)
{
	uint8_t key[3 + 2 * 16] = { shape->family, shape->local_bits, shape->remote_bits };

	put_prefix(key + 3, &local->range.start, shape->local_bits);
	put_prefix(key + 19, &remote->range.start, shape->remote_bits);
	return table_hash(&x->table, SLICE_OF(key));
}

static struct pair_shape shape_of(const struct selector *local, const struct selector *remote)
{
	return (struct pair_shape){ .family = (uint8_t)local->range.start.family,
				    .local_bits = selector_prefix_bits(local),
				    .remote_bits = selector_prefix_bits(remote) };
}

static struct pair_shape *shape_find(struct pair_index *x, const struct pair_shape *like)
{
	for (uint16_t i = 0; i < x->shape_count; i++) {
		struct pair_shape *s = &x->shapes[i];

		if (s->family == like->family && s->local_bits == like->local_bits &&
		    s->remote_bits == like->remote_bits)
			return s;
	}
	return NULL;
}

static struct pair_shape *shape_get(struct pair_index *x, const struct pair_shape *like)
{
	struct pair_shape *s = shape_find(x, like);

	if (s)
		return s;
	s = reallocarray(x->shapes, x->shape_count + 1u, sizeof(*s));
	if (!s)
		return NULL;
	x->shapes = s;
	s += x->shape_count++;
	*s = *like;
	return s;
}

static void shape_put(struct pair_index *x, struct pair_shape *s)
{
	if (--s->count == 0)
		*s = x->shapes[--x->shape_count];
}

void pair_index_enter(struct pair_index *x, void *owner, const struct selectors *local,
		      const struct selectors *remote, struct pair_entries *out)
{
	struct selector_pairs pairs = { .local = local, .remote = remote };
	uint16_t count = selector_pairs_count(local, remote);
	const struct selector *l, *r;

	out->items = count ? calloc(count, sizeof(*out->items)) : NULL;
	while (out->items && out->count < count && selector_pairs_next(&pairs, &l, &r)) {
		struct pair_shape like = shape_of(l, r), *shape = shape_get(x, &like);
		struct pair_entry *entry = &out->items[out->count];

		if (!shape)
			return;
		shape->count++;
		entry->owner = owner;
		if (!table_insert(&x->table, &entry->node, hash_of(x, shape, l, r))) {
			shape_put(x, shape);
			return;
		}
		out->count++;
	}
}

void pair_index_leave(struct pair_index *x, const struct selectors *local,
		      const struct selectors *remote, struct pair_entries *entries)
{
	struct selector_pairs pairs = { .local = local, .remote = remote };
	const struct selector *l, *r;

	for (uint16_t i = 0; i < entries->count && selector_pairs_next(&pairs, &l, &r); i++) {
		struct pair_shape like = shape_of(l, r);

		table_remove(&x->table, &entries->items[i].node);
		shape_put(x, shape_find(x, &like));
	}
	free(entries->items);
	*entries = (struct pair_entries){ 0 };
}

struct pair_walk pair_walk(struct pair_index *x, const struct selector *local,
			   const struct selector *remote)
{
	return (struct pair_walk){ .index = x, .local = *local, .remote = *remote };
}

void *pair_walk_next(struct pair_walk *w)
{
	struct pair_index *x = w->index;
	struct table_node *n;

	while (!w->next && w->shape < x->shape_count) {
		const struct pair_shape *shape = &x->shapes[w->shape++];

		if (shape->family != w->local.range.start.family)
			continue;
		w->hash = hash_of(x, shape, &w->local, &w->remote);
		w->next = table_first(&x->table, w->hash);
	}
	n = w->next;
	if (!n)
		return NULL;
	w->next = table_next(n, w->hash);
	return container_of(n, struct pair_entry, node)->owner;
}
