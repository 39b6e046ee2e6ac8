/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arena: a chain of blocks that are filled from the front and freed together. A request that
 * does not fit the newest block gets a new one, of its own size when it is large.
 */
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_DEFAULT ((size_t)1 << 20)
#define BLOCK_LEN ((size_t)4096)
#define ALIGN _Alignof(max_align_t)

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t capacity;
	_Alignas(max_align_t) uint8_t data[];
};

static struct arena_block *add_block(struct arena *a, size_t need)
{
	size_t capacity = need > BLOCK_LEN ? need : BLOCK_LEN;
	struct arena_block *b;

	if (capacity > SIZE_MAX - sizeof(*b))
		return NULL;
	b = calloc(1, sizeof(*b) + capacity);
	if (!b)
		return NULL;
	b->capacity = capacity;
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t len)
{
	size_t limit = a->limit ? a->limit : LIMIT_DEFAULT;
	struct arena_block *b = a->blocks;
	size_t need;
	void *at;

	if (len > limit)
		return NULL;
	/* no bytes still take a place, so that every result is distinct and not NULL */
	if (__builtin_add_overflow(len ? len : 1, ALIGN - 1, &need))
		return NULL;
	need -= need % ALIGN;
	/* what rounding adds counts too, or many small ones would pass the limit */
	if (a->used > limit || need > limit - a->used)
		return NULL;
	if (!b || need > b->capacity - b->used)
		b = add_block(a, need);
	if (!b)
		return NULL;
	at = b->data + b->used;
	b->used += need;
	a->used += need;
	return at;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t len;

	if (__builtin_mul_overflow(count, size, &len))
		return NULL;
	return arena_alloc(a, len);
}

struct slice arena_copy(struct arena *a, struct slice from, bool *ok)
{
	uint8_t *copy;

	*ok = true;
	if (from.len == 0)
		return SLICE_EMPTY;
	copy = arena_alloc(a, from.len);
	if (!copy) {
		*ok = false;
		return SLICE_EMPTY;
	}
	memcpy(copy, from.data, from.len);
	return slice(copy, from.len);
}

char *arena_str(struct arena *a, struct slice text)
{
	char *copy;

	if (text.len == SIZE_MAX)
		return NULL;
	copy = arena_alloc(a, text.len + 1);
	if (copy && text.len)
		memcpy(copy, text.data, text.len);
	return copy;
}

void arena_free(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
	a->used = 0;
}
