/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSKs by the identities they are for. An entry with several identities needs both ends among them
 * (%any stands for anybody), one with a single identity is for that end and whoever it speaks with,
 * one with none is for everybody. Entries are found through a hash of each identity, so a look-up
 * does not depend on how many there are.
 */
#include "crypto/keystore.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "base/text.h"
#include "crypto/prf.h"
#include "crypto/random.h"
#include "crypto/trust.h"
#include "digest_sum.h"
#include "dn.h"
#include "keyring.h"
#include "pkey.h"
#include "ppk_store.h"
#include "vault.h"

#define ORIGIN_MAX_LEN 256
#define DUMMY_KEY_LEN 32

struct entry {
	struct entry *next; /* of all */
	struct slice value; /* in the vault */
	char *origin;
	struct subject **subjects; /* the identities but %any */
	size_t count;
};

/* The first of equal rank, and whether a later one has another value. */
struct shelf {
	struct entry *first;
	bool is_ambiguous;
};

/* One place where an entry names this identity. */
struct mention {
	struct mention *next;
	struct entry *entry;
};

/* All that is known of one identity. */
struct subject {
	struct table_node node;
	struct subject *next; /* of all */
	struct identity id;
	struct shelf alone;               /* entries with this identity only */
	struct shelf with_any;            /* entries with this one and %any */
	struct mention *mentions, **last; /* in the order they came */
	size_t count;
};

struct content {
	struct vault vault;
	struct entry *entries;
	size_t count;
	struct subject *subjects;
	struct table by_id;
	struct shelf any;       /* entries with %any */
	struct shelf everybody; /* entries without identities */
	struct ppk_store ppks;
	size_t ppk_count;
	struct keyring keyring;
	struct digest_sum digest; /* of PSKs and PPKs, */
	bool has_digest;          /* unless something was added since */
};

struct keystore {
	pthread_mutex_t lock;
	struct content *content;
	struct trust *trust;
};

static void entry_free(struct entry *e)
{
	free(e->subjects);
	free(e->origin);
	free(e);
}

static void content_clear(struct content *c)
{
	uint8_t key[sizeof(c->by_id.key)];

	struct subject *s, *next_subject;
	struct entry *e, *next_entry;

	for (s = c->subjects; s; s = next_subject) {
		next_subject = s->next;
		while (s->mentions) {
			struct mention *m = s->mentions;

			s->mentions = m->next;
			free(m);
		}
		identity_free(&s->id);
		free(s);
	}
	for (e = c->entries; e; e = next_entry) {
		next_entry = e->next;
		entry_free(e);
	}
	memcpy(key, c->by_id.key, sizeof(key));
	table_fini(&c->by_id);
	ppk_store_fini(&c->ppks);
	keyring_clear(&c->keyring);
	vault_free(&c->vault);
	*c = (struct content){ 0 };
	table_init(&c->by_id, key);
	ppk_store_init(&c->ppks, key);
}

struct keystore *keystore_new(void)
{
	struct keystore *k = calloc(1, sizeof(*k));
	uint8_t key[16];

	if (!k)
		return NULL;
	k->content = calloc(1, sizeof(*k->content));
	k->trust = trust_new();
	if (!k->content || !k->trust || !random_bytes(key, sizeof(key)) ||
	    pthread_mutex_init(&k->lock, NULL) != 0) {
		trust_free(k->trust);
		free(k->content);
		free(k);
		return NULL;
	}
	table_init(&k->content->by_id, key);
	ppk_store_init(&k->content->ppks, key);
	return k;
}

void keystore_free(struct keystore *k)
{
	if (!k)
		return;
	content_clear(k->content);
	table_fini(&k->content->by_id);
	free(k->content);
	trust_free(k->trust);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

void keystore_replace(struct keystore *k, struct keystore *fresh)
{
	struct content *old;

	pthread_mutex_lock(&k->lock);
	old = k->content;
	k->content = fresh->content;
	pthread_mutex_unlock(&k->lock);
	/* fresh is its caller's alone. */
	content_clear(old);
	fresh->content = old;
}

size_t keystore_psk_count(struct keystore *k)
{
	size_t count;

	pthread_mutex_lock(&k->lock);
	count = k->content->count;
	pthread_mutex_unlock(&k->lock);
	return count;
}

static struct subject *subject_find(struct content *c, const struct identity *id)
{
	uint64_t hash = identity_hash(&c->by_id, id);
	struct table_node *node;

	for (node = table_first(&c->by_id, hash); node; node = table_next(node, hash)) {
		struct subject *s = container_of(node, struct subject, node);

		if (identity_eq(&s->id, id))
			return s;
	}
	return NULL;
}

static struct subject *subject_get(struct content *c, const struct identity *id)
{
	struct subject *s = subject_find(c, id);

	if (s)
		return s;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->last = &s->mentions;
	if (!identity_copy(id, &s->id) ||
	    !table_insert(&c->by_id, &s->node, identity_hash(&c->by_id, id))) {
		identity_free(&s->id);
		free(s);
		return NULL;
	}
	s->next = c->subjects;
	c->subjects = s;
	return s;
}

static void shelve(struct shelf *shelf, struct entry *e)
{
	if (!shelf->first)
		shelf->first = e;
	else if (!slice_eq_ct(shelf->first->value, e->value))
		shelf->is_ambiguous = true;
}

static struct entry *entry_new(struct content *c, const struct psk_entry *from)
{
	struct entry *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->origin = strndup(from->origin ? from->origin : "", ORIGIN_MAX_LEN);
	e->subjects = calloc(from->count + 1, sizeof(struct subject *));
	e->value = vault_put(&c->vault, from->value);
	if (e->origin && e->subjects && e->value.data)
		return e;
	entry_free(e);
	return NULL;
}

static void mentions_free(struct mention *m)
{
	while (m) {
		struct mention *next = m->next;

		free(m);
		m = next;
	}
}

/* Everything that can fail, done before anything is changed that a look-up sees: the subjects of e
 * and a mention for each. */
static bool prepare(struct content *c, const struct psk_entry *from, struct entry *e,
		    struct mention **mentions)
{
	for (size_t i = 0; i < from->count; i++) {
		struct subject *s;
		struct mention *m;

		if (from->ids[i].type == ID_NONE)
			continue;
		s = subject_get(c, &from->ids[i]);
		m = calloc(1, sizeof(*m));
		if (!s || !m) {
			free(m);
			return false;
		}
		e->subjects[e->count++] = s;
		m->entry = e;
		m->next = *mentions;
		*mentions = m;
	}
	return true;
}

static void link_entry(struct content *c, const struct psk_entry *from, struct entry *e,
		       struct mention *mentions)
{
	bool has_any = e->count < from->count;

	for (size_t i = 0; i < e->count; i++) {
		struct subject *s = e->subjects[i];
		struct mention *m = mentions;

		mentions = m->next;
		m->next = NULL;
		*s->last = m;
		s->last = &m->next;
		s->count++;
		if (has_any)
			shelve(&s->with_any, e);
		else if (from->count == 1)
			shelve(&s->alone, e);
	}
	if (from->count == 0)
		shelve(&c->everybody, e);
	else if (has_any)
		shelve(&c->any, e);
	e->next = c->entries;
	c->entries = e;
	c->count++;
}

bool keystore_add_psk(struct keystore *k, const struct psk_entry *entry)
{
	struct mention *mentions = NULL;
	struct entry *e;
	bool ok;

	if (entry->value.len == 0)
		return false;
	pthread_mutex_lock(&k->lock);
	k->content->has_digest = false;
	e = entry_new(k->content, entry);
	ok = e && prepare(k->content, entry, e, &mentions);
	if (ok)
		link_entry(k->content, entry, e, mentions);
	pthread_mutex_unlock(&k->lock);
	if (!ok) {
		mentions_free(mentions);
		if (e)
			entry_free(e);
	}
	return ok;
}

static bool is_for(const struct entry *e, const struct subject *s)
{
	for (size_t i = 0; i < e->count; i++)
		if (e->subjects[i] == s)
			return true;
	return false;
}

/* The entries that name both; the shorter list is walked. */
static struct shelf shelf_of_both(const struct subject *a, const struct subject *b)
{
	struct shelf shelf = { 0 };
	const struct mention *m;

	if (!a || !b)
		return shelf;
	if (b->count < a->count) {
		const struct subject *fewer = b;

		b = a;
		a = fewer;
	}
	for (m = a->mentions; m; m = m->next)
		if (is_for(m->entry, b))
			shelve(&shelf, m->entry);
	return shelf;
}

/* The subject of one end: its identity, or its address when that is not known. */
static struct subject *subject_of_end(struct content *c, const struct identity *id,
				      const struct address *address)
{
	struct identity stand_in;
	struct subject *s = NULL;

	if (id && id->type != ID_NONE)
		return subject_find(c, id);
	if (!address_is_any(address) && identity_of_address(address, &stand_in)) {
		s = subject_find(c, &stand_in);
		identity_free(&stand_in);
	}
	return s;
}

/* In the order of ranks; NULL where an end has none. */
static struct entry *find(struct content *c, const struct psk_query *q, bool *ambiguous)
{
	struct subject *local = subject_of_end(c, q->local_id, &q->local);
	struct subject *remote = subject_of_end(c, q->remote_id, &q->remote);
	const struct shelf both = shelf_of_both(local, remote);
	const struct shelf *const ranks[] = {
		&both,
		local ? &local->with_any : NULL,
		local ? &local->alone : NULL,
		remote ? &remote->with_any : NULL,
		remote ? &remote->alone : NULL,
		&c->any,
		&c->everybody,
	};

	*ambiguous = false;
	for (size_t i = 0; i < ARRAY_LEN(ranks); i++) {
		if (!ranks[i] || !ranks[i]->first)
			continue;
		*ambiguous = ranks[i]->is_ambiguous;
		return ranks[i]->first;
	}
	return NULL;
}

enum verdict keystore_find_psk(struct keystore *k, const struct psk_query *q, char *origin,
			       size_t origin_size, bool *ambiguous)
{
	struct entry *e;

	pthread_mutex_lock(&k->lock);
	e = find(k->content, q, ambiguous);
	text_copy(origin, origin_size, e ? e->origin : "");
	pthread_mutex_unlock(&k->lock);
	return e ? VERDICT_OK : VERDICT_BAD;
}

enum verdict keystore_psk_mac(struct keystore *k, const struct psk_query *q,
			      const struct alg *prf_alg, const struct slice *octets, size_t count,
			      uint8_t *mac)
{
	static const char pad[] = "Key Pad for IKEv2";
	const struct slice pad_octets = slice(pad, sizeof(pad) - 1);
	uint8_t dummy[DUMMY_KEY_LEN], inner[PRF_MAX_LEN];
	struct entry *e;
	bool ambiguous, is_known, ok;

	if (!random_bytes(dummy, sizeof(dummy)))
		return VERDICT_FAIL;
	pthread_mutex_lock(&k->lock);
	e = find(k->content, q, &ambiguous);
	is_known = e != NULL;
	ok = prf(prf_alg, e ? e->value : slice(dummy, sizeof(dummy)), &pad_octets, 1, inner);
	pthread_mutex_unlock(&k->lock);
	ok = ok && prf(prf_alg, slice(inner, prf_alg->out_len), octets, count, mac);
	wipe(inner, sizeof(inner));
	wipe(dummy, sizeof(dummy));
	if (!ok)
		return VERDICT_FAIL;
	return is_known ? VERDICT_OK : VERDICT_BAD;
}

bool keystore_add_ppk(struct keystore *k, const struct ppk_entry *entry)
{
	bool ok;

	if (entry->name.len == 0 || entry->name.len > PPK_NAME_MAX || entry->value.len == 0)
		return false;
	pthread_mutex_lock(&k->lock);
	k->content->has_digest = false;
	ok = ppk_store_add(&k->content->ppks, &k->content->vault, entry);
	if (ok)
		k->content->ppk_count++;
	pthread_mutex_unlock(&k->lock);
	return ok;
}

size_t keystore_ppk_count(struct keystore *k)
{
	size_t count;

	pthread_mutex_lock(&k->lock);
	count = k->content->ppk_count;
	pthread_mutex_unlock(&k->lock);
	return count;
}

enum verdict keystore_find_ppk(struct keystore *k, const struct psk_query *q, const char *allowed,
			       struct bytes *name)
{
	enum verdict verdict = VERDICT_BAD;
	const struct ppk *p;

	*name = (struct bytes){ 0 };
	pthread_mutex_lock(&k->lock);
	p = ppk_store_first(&k->content->ppks, q, allowed);
	if (p)
		verdict = bytes_copy(p->name, name) ? VERDICT_OK : VERDICT_FAIL;
	pthread_mutex_unlock(&k->lock);
	return verdict;
}

static bool mix(const struct alg *prf_alg, struct slice ppk, const struct slice *keys, size_t count,
		struct secret *out)
{
	size_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += keys[i].len;
	if (!secret_alloc(total, out))
		return false;
	total = 0;
	for (size_t i = 0; i < count; i++) {
		struct secret one cleanup(secret_cleanup) = { 0 };

		if (!prf_plus(prf_alg, ppk, &keys[i], 1, keys[i].len, &one)) {
			secret_free(out);
			return false;
		}
		memcpy(out->data + total, one.data, one.len);
		total += one.len;
	}
	return true;
}

enum verdict keystore_mix_ppk(struct keystore *k, const struct psk_query *q, struct slice name,
			      const struct alg *prf_alg, const struct slice *keys, size_t count,
			      struct secret *out, char *origin, size_t origin_size)
{
	enum verdict verdict = VERDICT_BAD;
	const struct ppk *p;

	*out = (struct secret){ 0 };
	pthread_mutex_lock(&k->lock);
	p = ppk_store_get(&k->content->ppks, q, name);
	text_copy(origin, origin_size, p ? p->origin : "");
	if (p)
		verdict = mix(prf_alg, p->value, keys, count, out) ? VERDICT_OK : VERDICT_FAIL;
	pthread_mutex_unlock(&k->lock);
	return verdict;
}

bool keystore_add_key(struct keystore *k, EVP_PKEY *pkey, const char *origin, struct key_ref *ref,
		      struct error *e)
{
	bool ok;

	pthread_mutex_lock(&k->lock);
	ok = keyring_add(&k->content->keyring, pkey, origin, ref, e);
	pthread_mutex_unlock(&k->lock);
	return ok;
}

bool keystore_add_key_file(struct keystore *k, const char *file, struct slice passphrase)
{
	bool ok;

	pthread_mutex_lock(&k->lock);
	ok = keyring_add_file(&k->content->keyring, &k->content->vault, file, passphrase);
	pthread_mutex_unlock(&k->lock);
	return ok;
}

bool keystore_key_file(struct keystore *k, size_t i, char *file, size_t size, struct secret *pass)
{
	struct slice known;
	const char *name;
	bool ok;

	*pass = (struct secret){ 0 };
	pthread_mutex_lock(&k->lock);
	name = keyring_file_at(&k->content->keyring, i, &known);
	ok = name && text_copy(file, size, name) && secret_copy(known, pass);
	pthread_mutex_unlock(&k->lock);
	return ok;
}

static EVP_PKEY *find_key(struct keystore *k, const struct key_ref *key)
{
	EVP_PKEY *pkey;

	pthread_mutex_lock(&k->lock);
	pkey = keyring_find(&k->content->keyring, key);
	pthread_mutex_unlock(&k->lock);
	return pkey;
}

bool keystore_has_key(struct keystore *k, const struct key_ref *key)
{
	EVP_PKEY *pkey = find_key(k, key);

	EVP_PKEY_free(pkey);
	return pkey != NULL;
}

bool keystore_key_at(struct keystore *k, size_t i, struct key_ref *key, char *origin,
		     size_t origin_size)
{
	bool ok;

	pthread_mutex_lock(&k->lock);
	ok = keyring_at(&k->content->keyring, i, key, origin, origin_size);
	pthread_mutex_unlock(&k->lock);
	return ok;
}

enum verdict keystore_sign(struct keystore *k, const struct key_ref *key,
			   const struct signature_alg *a, bool is_classic, struct slice octets,
			   struct bytes *signature)
{
	EVP_PKEY *pkey = find_key(k, key);
	enum verdict v = VERDICT_BAD;

	/* Outside the lock: a signature takes its time, and others need keys too. */
	if (pkey)
		v = pkey_sign(pkey, a, is_classic, octets, signature);
	EVP_PKEY_free(pkey);
	return v;
}

struct trust *keystore_trust(struct keystore *k)
{
	return k->trust;
}

static void format_ids(const struct entry *e, struct text *out)
{
	char id[IDENTITY_TEXT_LEN];

	for (size_t i = 0; i < e->count; i++)
		text_add(out, "%s%s", i ? " " : "",
			 identity_format(&e->subjects[i]->id, id, sizeof(id)));
	if (e->count == 0)
		text_put(out, "%any");
}

static bool digest_entry(const struct entry *e, struct digest_sum *sum)
{
	static const struct slice none = { 0 };
	uint8_t state[32];
	struct slice parts[2] = { e->value, none };
	bool ok = digest_sha256(parts, 1, state);

	for (size_t i = 0; ok && i < e->count; i++) {
		parts[0] = SLICE_OF(state);
		parts[1] = bytes_slice(&e->subjects[i]->id.body);
		ok = digest_sha256(parts, 2, state);
	}
	ok = ok && digest_sum_add(sum, DIGEST_PSK, SLICE_OF(state));
	wipe(state, sizeof(state));
	return ok;
}

/* Anybody who holds a ticket may cause it to be asked for: it is computed once for each change. */
static bool content_digest(struct content *c)
{
	struct digest_sum sum = { 0 };

	if (c->has_digest)
		return true;
	for (struct entry *e = c->entries; e; e = e->next)
		if (!digest_entry(e, &sum))
			return false;
	for (struct ppk *p = c->ppks.first; p; p = p->next)
		if (!digest_sum_add(&sum, DIGEST_PPK, p->value))
			return false;
	c->digest = sum;
	c->has_digest = true;
	return true;
}

bool keystore_digest(struct keystore *k, struct slice key, uint8_t out[32])
{
	const struct alg *mac = alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256);
	struct digest_sum sums[2] = { 0 };
	struct slice parts[2] = { SLICE_OF(sums[0].bytes), SLICE_OF(sums[1].bytes) };
	bool ok;

	pthread_mutex_lock(&k->lock);
	ok = content_digest(k->content);
	sums[0] = k->content->digest;
	pthread_mutex_unlock(&k->lock);
	ok = ok && trust_digest(k->trust, &sums[1]) && prf(mac, key, parts, 2, out);
	wipe(sums, sizeof(sums));
	return ok;
}

bool keystore_psk_at(struct keystore *k, size_t i, char *ids, size_t ids_size, char *origin,
		     size_t origin_size)
{
	struct text t = text_over(ids, ids_size);
	struct entry *e = NULL;

	pthread_mutex_lock(&k->lock);
	/* the newest stands first in the list */
	if (i < k->content->count) {
		e = k->content->entries;
		for (size_t n = k->content->count - 1 - i; n > 0; n--)
			e = e->next;
		format_ids(e, &t);
		text_copy(origin, origin_size, e->origin);
	}
	pthread_mutex_unlock(&k->lock);
	return e != NULL;
}
