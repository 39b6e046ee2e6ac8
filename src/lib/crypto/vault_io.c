/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks of pages by mmap, each with a page without access before and after it. mlock may be refused
 * (RLIMIT_MEMLOCK); the secrets are then only kept out of core dumps.
 */
#include "vault.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK_LEN 16384u

struct vault_block {
	struct vault_block *next;
	uint8_t *data; /* after the guard page */
	size_t used, capacity;
};

static size_t page_len(void)
{
	long len = sysconf(_SC_PAGESIZE);

	return len > 0 ? (size_t)len : 4096;
}

static bool block_map(struct vault_block *b, size_t len)
{
	size_t page = page_len();
	uint8_t *map;

	if (len > SIZE_MAX / 2)
		return false;
	b->capacity = (len + page - 1) / page * page;
	map = mmap(NULL, b->capacity + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		return false;
	b->data = map + page;
	if (mprotect(b->data, b->capacity, PROT_READ | PROT_WRITE) != 0) {
		munmap(map, b->capacity + 2 * page);
		return false;
	}
	madvise(b->data, b->capacity, MADV_DONTDUMP);
	madvise(b->data, b->capacity, MADV_WIPEONFORK);
	(void)!mlock(b->data, b->capacity);
	return true;
}

static struct vault_block *block_new(size_t len)
{
	struct vault_block *b = calloc(1, sizeof(*b));

	if (b && !block_map(b, len < BLOCK_LEN ? BLOCK_LEN : len)) {
		free(b);
		return NULL;
	}
	return b;
}

struct slice vault_put(struct vault *v, struct slice secret)
{
	struct vault_block *b = v->blocks;
	uint8_t *at;

	if (!b || b->capacity - b->used < secret.len) {
		b = block_new(secret.len);
		if (!b)
			return SLICE_EMPTY;
		b->next = v->blocks;
		v->blocks = b;
	}
	at = b->data + b->used;
	if (secret.len > 0)
		memcpy(at, secret.data, secret.len);
	b->used += secret.len;
	return slice(at, secret.len);
}

void vault_free(struct vault *v)
{
	size_t page = page_len();

	while (v->blocks) {
		struct vault_block *b = v->blocks;

		v->blocks = b->next;
		wipe(b->data, b->used);
		munlock(b->data, b->capacity);
		munmap(b->data - page, b->capacity + 2 * page);
		free(b);
	}
}
