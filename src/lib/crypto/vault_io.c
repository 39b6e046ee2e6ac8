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

struct vault_hole {
	struct vault_hole *next;
};

#define ROOM_LEAST 32u

/* The class of a secret of that length; VAULT_CLASSES: it has a room just as long as it is, which is not
 * used again. */
static size_t class_of(size_t len)
{
	size_t class = 0;

	while (class < VAULT_CLASSES && (size_t)ROOM_LEAST << class < len)
		class ++;
	return class;
}

static uint8_t *carve(struct vault *v, size_t len)
{
	struct vault_block *b = v->blocks;

	if (!b || b->capacity - b->used < len) {
		b = block_new(len);
		if (!b)
			return NULL;
		b->next = v->blocks;
		v->blocks = b;
	}
	b->used += len;
	return b->data + b->used - len;
}

struct slice vault_put(struct vault *v, struct slice secret)
{
	size_t class = class_of(secret.len);
	uint8_t *at;

	if (class < VAULT_CLASSES && v->holes[class]) {
		struct vault_hole *hole = v->holes[class];

		v->holes[class] = hole->next;
		at = (uint8_t *)hole;
		memset(at, 0, sizeof(*hole));
	} else {
		at = carve(v, class < VAULT_CLASSES
				      ? (size_t)ROOM_LEAST << class
				      : (secret.len + ROOM_LEAST - 1) / ROOM_LEAST * ROOM_LEAST);
	}
	if (!at)
		return SLICE_EMPTY;
	if (secret.len > 0)
		memcpy(at, secret.data, secret.len);
	return slice(at, secret.len);
}

void vault_drop(struct vault *v, struct slice secret)
{
	size_t class = class_of(secret.len);
	struct vault_hole *hole;

	if (!secret.data || !v->blocks)
		return;
	wipe((void *)(uintptr_t)secret.data, secret.len);
	if (class == VAULT_CLASSES)
		return;
	hole = (struct vault_hole *)(uintptr_t)secret.data;
	hole->next = v->holes[class];
	v->holes[class] = hole;
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
	memset(v->holes, 0, sizeof(v->holes));
}
