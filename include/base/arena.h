/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An arena: memory of one message or one command, given back at once. Its total is capped so that
 * input cannot make it grow without end.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/bytes.h"

struct arena_block;

struct arena {
	struct arena_block *blocks;
	size_t used;  /* bytes handed out */
	size_t limit; /* the most that may be handed out; 0 means 1 MiB */
};

/* Zeroed memory aligned for any type; NULL when memory is short or the limit is met. */
void *arena_alloc(struct arena *a, size_t len);
/* count items of size each; checks the product. */
void *arena_array(struct arena *a, size_t count, size_t size);
/* A copy of the bytes, borrowed from the arena; empty with *ok false on failure. */
struct slice arena_copy(struct arena *a, struct slice from, bool *ok);
/* A NUL-terminated copy; NULL on failure. */
char *arena_str(struct arena *a, struct slice text);
/* Wipes nothing: secrets do not live in arenas. The arena may be used again. */
void arena_free(struct arena *a);

#endif
