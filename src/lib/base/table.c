/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keyed hash table of SAs, connections and identities. While it grows there are two arrays:
 * each old bucket is split, in order, before anything of its hashes is looked up, inserted or
 * removed, and every call moves a few more. So one hash is always in one chain, the newest node
 * first, and a new bucket is empty until its old one has moved. SipHash: Aumasson and Bernstein,
 * "SipHash: a fast short-input PRF" (2012).
 */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 16
/* More than the one a growth needs to end before the next begins */
#define MOVED_EACH_CALL 4

struct siphash {
	uint64_t v0, v1, v2, v3;
};

static uint64_t load_le64(const uint8_t *at, size_t len)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len; i++)
		value |= (uint64_t)at[i] << (8 * i);
	return value;
}

static uint64_t rotated(uint64_t value, unsigned int bits)
{
	return value << bits | value >> (64 - bits);
}

static void sip_round(struct siphash *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = rotated(s->v1, 13) ^ s->v0;
	s->v3 = rotated(s->v3, 16) ^ s->v2;
	s->v0 = rotated(s->v0, 32);
	s->v2 += s->v1;
	s->v0 += s->v3;
	s->v1 = rotated(s->v1, 17) ^ s->v2;
	s->v3 = rotated(s->v3, 21) ^ s->v0;
	s->v2 = rotated(s->v2, 32);
}

static void sip_word(struct siphash *s, uint64_t word)
{
	s->v3 ^= word;
	sip_round(s);
	s->v0 ^= word;
}

uint64_t siphash13(const uint8_t key[16], struct slice data)
{
	uint64_t k0 = load_le64(key, 8);
	uint64_t k1 = load_le64(key + 8, 8);
	struct siphash s = {
		.v0 = k0 ^ 0x736f6d6570736575,
		.v1 = k1 ^ 0x646f72616e646f6d,
		.v2 = k0 ^ 0x6c7967656e657261,
		.v3 = k1 ^ 0x7465646279746573,
	};
	size_t whole = data.len - data.len % 8;
	uint64_t last = (uint64_t)data.len << 56;

	for (size_t i = 0; i < whole; i += 8)
		sip_word(&s, load_le64(data.data + i, 8));
	if (data.len > whole)
		last |= load_le64(data.data + whole, data.len - whole);
	sip_word(&s, last);
	s.v2 ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

void table_init(struct table *t, const uint8_t key[16])
{
	*t = (struct table){ 0 };
	memcpy(t->key, key, sizeof(t->key));
}

void table_fini(struct table *t)
{
	free(t->buckets);
	free(t->old);
	*t = (struct table){ 0 };
}

uint64_t table_hash(const struct table *t, struct slice key)
{
	return siphash13(t->key, key);
}

static struct table_node **bucket_of(const struct table *t, uint64_t hash)
{
	return &t->buckets[hash & (t->size - 1)];
}

/* Splits one old bucket into its two new ones, which are empty, and keeps the order. */
static void move_bucket(struct table *t, size_t at)
{
	struct table_node **low = &t->buckets[at];
	struct table_node **high = &t->buckets[at + t->old_size];
	struct table_node *next;

	for (struct table_node *node = t->old[at]; node; node = next) {
		struct table_node ***tail = node->hash & t->old_size ? &high : &low;

		next = node->next;
		node->next = NULL;
		**tail = node;
		*tail = &node->next;
	}
	t->old[at] = NULL;
}

/* Goes on with a growth: the old bucket of this hash first, then the next few in order. */
static void advance_growth(struct table *t, uint64_t hash)
{
	size_t mine;

	if (!t->old)
		return;
	mine = (size_t)hash & (t->old_size - 1);
	if (t->old[mine])
		move_bucket(t, mine);
	for (int i = 0; i < MOVED_EACH_CALL && t->moved < t->old_size; i++, t->moved++) {
		if (t->old[t->moved])
			move_bucket(t, t->moved);
	}
	if (t->moved == t->old_size) {
		free(t->old);
		t->old = NULL;
		t->old_size = t->moved = 0;
	}
}

/* A second array of twice the size; without memory for it the table just stays fuller. */
static void start_growth(struct table *t)
{
	struct table_node **buckets;

	if (t->old || t->size > SIZE_MAX / 2)
		return;
	buckets = calloc(t->size * 2, sizeof(struct table_node *));
	if (!buckets)
		return;
	t->old = t->buckets;
	t->old_size = t->size;
	t->moved = 0;
	t->buckets = buckets;
	t->size *= 2;
}

bool table_insert(struct table *t, struct table_node *node, uint64_t hash)
{
	struct table_node **bucket;

	if (!t->buckets) {
		t->buckets = calloc(FIRST_SIZE, sizeof(struct table_node *));
		if (!t->buckets)
			return false;
		t->size = FIRST_SIZE;
	}
	if (t->count >= t->size)
		start_growth(t);
	advance_growth(t, hash);
	bucket = bucket_of(t, hash);
	node->hash = hash;
	node->next = *bucket;
	*bucket = node;
	t->count++;
	return true;
}

void table_remove(struct table *t, struct table_node *node)
{
	if (!t->buckets)
		return;
	advance_growth(t, node->hash);
	for (struct table_node **at = bucket_of(t, node->hash); *at; at = &(*at)->next) {
		if (*at == node) {
			*at = node->next;
			node->next = NULL;
			t->count--;
			return;
		}
	}
}

static struct table_node *with_hash(struct table_node *node, uint64_t hash)
{
	while (node && node->hash != hash)
		node = node->next;
	return node;
}

struct table_node *table_first(struct table *t, uint64_t hash)
{
	if (!t->buckets)
		return NULL;
	advance_growth(t, hash);
	return with_hash(*bucket_of(t, hash), hash);
}

struct table_node *table_next(struct table_node *node, uint64_t hash)
{
	return with_hash(node->next, hash);
}
