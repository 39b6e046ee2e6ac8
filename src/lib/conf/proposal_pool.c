/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared proposals, found by the text and flags they were parsed from. Called by check.c for each
 * connection; most connections of a site have the same few.
 */
#include "conf/proposal_pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct shared {
	struct table_node node;
	struct proposal_pool *pool; /* NULL: alone */
	char *key;
	uint32_t owners;
	struct proposals proposals;
};

#define KEY_MAX 4096

void proposal_pool_init(struct proposal_pool *pool, const uint8_t key[16])
{
	table_init(&pool->by_key, key);
}

void proposal_pool_fini(struct proposal_pool *pool)
{
	table_fini(&pool->by_key);
}

static struct shared *shared_of(const struct proposals *p)
{
	return container_of(p, struct shared, proposals);
}

/* False: too long to be worth it. */
static bool key_of(const struct proposal_wish *w, char *out, size_t size)
{
	struct text t = text_over(out, size);

	text_add(&t, "%c%d%d%d%c",
		 w->is_ah    ? 'a'
		 : w->is_esp ? 'e'
			     : 'i',
		 w->pfs, w->esn_yes, w->esn_no, w->text ? '=' : '-');
	text_put(&t, w->text ? w->text : "");
	return !t.cut;
}

static struct shared *find(struct proposal_pool *pool, const char *key, uint64_t hash)
{
	struct table_node *n;

	for (n = table_first(&pool->by_key, hash); n; n = table_next(n, hash)) {
		struct shared *s = container_of(n, struct shared, node);

		if (strcmp(s->key, key) == 0)
			return s;
	}
	return NULL;
}

static void add_esn(struct proposal_conf *p, uint16_t id)
{
	const struct alg *a = alg_find(TRANSFORM_ESN, id);

	if (a)
		p->choices[TRANSFORM_ESN][p->counts[TRANSFORM_ESN]++] =
			(struct alg_choice){ .alg = a };
}

static bool parse(const struct proposal_wish *w, struct proposals *out, struct error *e)
{
	if (!w->is_esp)
		return proposals_parse_ike(w->text, out, e);
	if (!(w->is_ah ? proposals_parse_ah : proposals_parse_esp)(w->text, w->pfs, out, e))
		return false;
	for (uint8_t i = 0; i < out->count; i++) {
		if (w->esn_yes)
			add_esn(&out->list[i], ESN_YES);
		if (w->esn_no)
			add_esn(&out->list[i], ESN_NO);
	}
	return true;
}

static void shared_free(struct shared *s)
{
	if (!s)
		return;
	if (s->pool)
		table_remove(&s->pool->by_key, &s->node);
	free(s->key);
	free(s);
}

const struct proposals *proposals_get(struct proposal_pool *pool, const struct proposal_wish *wish,
				      struct error *e)
{
	char key[KEY_MAX];
	struct shared *s = NULL;
	uint64_t hash = 0;

	if (pool && !key_of(wish, key, sizeof(key)))
		pool = NULL;
	if (pool) {
		hash = table_hash(&pool->by_key, slice_str(key));
		s = find(pool, key, hash);
	}
	if (s) {
		s->owners++;
		return &s->proposals;
	}
	s = calloc(1, sizeof(*s));
	if (!s || (pool && !(s->key = strdup(key)))) {
		free(s);
		error_set(e, "out of memory");
		return NULL;
	}
	if (!parse(wish, &s->proposals, e)) {
		shared_free(s);
		return NULL;
	}
	s->owners = 1;
	/* one that cannot be entered is the caller's alone */
	if (pool && table_insert(&pool->by_key, &s->node, hash))
		s->pool = pool;
	return &s->proposals;
}

const struct proposals *proposals_share(const struct proposals *p)
{
	shared_of(p)->owners++;
	return p;
}

void proposals_release(const struct proposals *p)
{
	if (p && --shared_of(p)->owners == 0)
		shared_free(shared_of(p));
}
