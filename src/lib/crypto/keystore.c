/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door for secrets: PSKs (psk_store.c), PPKs (ppk_store.c) and private keys (keyring.c) behind one
 * lock, and what is done with them.
 */
#include "crypto/keystore.h"
#include "crypto/hostkey.h"

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
#include "psk_store.h"
#include "vault.h"

#define DUMMY_KEY_LEN 32

struct content {
	struct vault vault;
	struct psk_store psks;
	struct ppk_store ppks;
	size_t ppk_count;
	struct keyring keyring;
	struct digest_sum digest; /* of PSKs and PPKs, */
	bool has_digest;          /* unless something has changed since */
};

struct keystore {
	pthread_mutex_t lock;
	struct content *content;
	struct trust *trust;
};

static void content_clear(struct content *c)
{
	uint8_t key[sizeof(c->psks.by_id.key)];

	memcpy(key, c->psks.by_id.key, sizeof(key));
	psk_store_fini(&c->psks);
	ppk_store_fini(&c->ppks);
	keyring_clear(&c->keyring);
	vault_free(&c->vault);
	*c = (struct content){ 0 };
	psk_store_init(&c->psks, key);
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
	psk_store_init(&k->content->psks, key);
	ppk_store_init(&k->content->ppks, key);
	return k;
}

void keystore_free(struct keystore *k)
{
	if (!k)
		return;
	content_clear(k->content);
	free(k->content);
	trust_free(k->trust);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

/* A copy of p in c, as told. */
static bool tell_one(struct content *c, const struct psk *p)
{
	struct psk_entry entry = { .value = p->value, .origin = p->origin, .is_told = true };
	struct identity *ids = calloc(p->count + 1, sizeof(*ids));
	const struct identity *id;
	bool ok = ids != NULL;

	c->has_digest = false;
	/* borrowed: the store copies them */
	for (size_t i = 0; ok && (id = psk_id(p, i)); i++)
		ids[entry.count++] = *id;
	entry.ids = ids;
	ok = ok && psk_store_add(&c->psks, &c->vault, &entry);
	free(ids);
	return ok;
}

static bool take_told(struct content *c, struct content *from, bool all)
{
	struct psk *p;
	bool ok = true;

	list_each (p, &from->psks.all, struct psk, node)
		if (ok && (all || p->is_told))
			ok = tell_one(c, p);
	return ok;
}

bool keystore_replace(struct keystore *k, struct keystore *fresh)
{
	struct content *old;
	bool ok;

	pthread_mutex_lock(&k->lock);
	old = k->content;
	ok = take_told(fresh->content, old, false) &&
	     keyring_take_told(&fresh->content->keyring, &old->keyring);
	if (ok)
		k->content = fresh->content;
	pthread_mutex_unlock(&k->lock);
	if (!ok)
		return false;
	/* fresh is its caller's alone. */
	content_clear(old);
	fresh->content = old;
	return true;
}

bool keystore_tell(struct keystore *k, struct keystore *told)
{
	bool ok;

	pthread_mutex_lock(&k->lock);
	ok = take_told(k->content, told->content, true);
	pthread_mutex_unlock(&k->lock);
	return ok;
}

enum verdict keystore_forget_psk(struct keystore *k, const struct identity *ids, size_t count,
				 char *origin, size_t origin_size)
{
	struct content *c;
	struct psk *p, *of_file;

	pthread_mutex_lock(&k->lock);
	c = k->content;
	p = psk_store_of(&c->psks, ids, count, true);
	of_file = p ? NULL : psk_store_of(&c->psks, ids, count, false);
	text_copy(origin, origin_size, of_file ? of_file->origin : "");
	if (p) {
		c->has_digest = false;
		psk_store_remove(&c->psks, &c->vault, p);
	}
	pthread_mutex_unlock(&k->lock);
	return p ? VERDICT_OK : VERDICT_BAD;
}

bool keystore_tell_key(struct keystore *k, EVP_PKEY *pkey, const char *name, struct error *e)
{
	bool ok;

	pthread_mutex_lock(&k->lock);
	ok = keyring_tell(&k->content->keyring, pkey, name, e);
	pthread_mutex_unlock(&k->lock);
	return ok;
}

size_t keystore_forget_keys(struct keystore *k, const char *name)
{
	size_t count;

	pthread_mutex_lock(&k->lock);
	count = keyring_forget(&k->content->keyring, name);
	pthread_mutex_unlock(&k->lock);
	return count;
}

size_t keystore_psk_count(struct keystore *k)
{
	size_t count;

	pthread_mutex_lock(&k->lock);
	count = k->content->psks.count;
	pthread_mutex_unlock(&k->lock);
	return count;
}

bool keystore_add_psk(struct keystore *k, const struct psk_entry *entry)
{
	bool ok;

	if (entry->value.len == 0)
		return false;
	pthread_mutex_lock(&k->lock);
	k->content->has_digest = false;
	ok = psk_store_add(&k->content->psks, &k->content->vault, entry);
	pthread_mutex_unlock(&k->lock);
	return ok;
}

enum verdict keystore_find_psk(struct keystore *k, const struct psk_query *q, char *origin,
			       size_t origin_size, bool *ambiguous)
{
	struct psk *e;

	pthread_mutex_lock(&k->lock);
	e = psk_store_find(&k->content->psks, q, ambiguous);
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
	struct psk *e;
	bool ambiguous, is_known, ok;

	if (!random_bytes(dummy, sizeof(dummy)))
		return VERDICT_FAIL;
	pthread_mutex_lock(&k->lock);
	e = psk_store_find(&k->content->psks, q, &ambiguous);
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

struct public_key *hostkey_public(struct keystore *k, const struct key_ref *ref)
{
	EVP_PKEY *pkey = find_key(k, ref);
	struct error ignored = { 0 };
	struct public_key *out = pkey ? public_key_of_pkey(pkey, &ignored) : NULL;

	EVP_PKEY_free(pkey);
	return out;
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

static void format_ids(const struct psk *p, struct text *out)
{
	char id[IDENTITY_TEXT_LEN];
	const struct identity *one;

	for (size_t i = 0; (one = psk_id(p, i)); i++)
		text_add(out, "%s%s", i ? " " : "", identity_format(one, id, sizeof(id)));
	if (!psk_id(p, 0))
		text_put(out, "%any");
}

static bool digest_entry(const struct psk *e, struct digest_sum *sum)
{
	static const struct slice none = { 0 };
	uint8_t state[32];
	struct slice parts[2] = { e->value, none };
	bool ok = digest_sha256(parts, 1, state);

	for (size_t i = 0; ok && psk_id(e, i); i++) {
		parts[0] = SLICE_OF(state);
		parts[1] = bytes_slice(&psk_id(e, i)->body);
		ok = digest_sha256(parts, 2, state);
	}
	ok = ok && digest_sum_add(sum, DIGEST_PSK, SLICE_OF(state));
	wipe(state, sizeof(state));
	return ok;
}

/* Name, value and whom it is for. */
static bool digest_ppk(const struct ppk *p, struct digest_sum *sum)
{
	struct slice parts[3] = { p->name, SLICE_OF(((const uint8_t[1]){ 0 })), p->value };
	uint8_t state[32];
	bool ok = digest_sha256(parts, 3, state);

	for (size_t i = 0; ok && i < p->count; i++) {
		parts[0] = SLICE_OF(state);
		parts[1] = bytes_slice(&p->ids[i].body);
		ok = digest_sha256(parts, 2, state);
	}
	ok = ok && digest_sum_add(sum, DIGEST_PPK, SLICE_OF(state));
	wipe(state, sizeof(state));
	return ok;
}

/* Anybody who holds a ticket may cause it to be asked for: it is computed once for each change. */
static bool content_digest(struct content *c)
{
	struct digest_sum sum = { 0 };
	struct psk *e;

	if (c->has_digest)
		return true;
	list_each (e, &c->psks.all, struct psk, node)
		if (!digest_entry(e, &sum))
			return false;
	for (struct ppk *p = c->ppks.first; p; p = p->next)
		if (!digest_ppk(p, &sum))
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
	struct psk *p;
	bool has = false;

	pthread_mutex_lock(&k->lock);
	list_each (p, &k->content->psks.all, struct psk, node) {
		if (i-- > 0)
			continue;
		format_ids(p, &t);
		text_copy(origin, origin_size, p->origin);
		has = true;
		break;
	}
	pthread_mutex_unlock(&k->lock);
	return has;
}

bool keystore_has_key_file(struct keystore *k)
{
	struct slice unused;
	bool has;

	pthread_mutex_lock(&k->lock);
	has = keyring_file_at(&k->content->keyring, 0, &unused) != NULL;
	pthread_mutex_unlock(&k->lock);
	return has;
}
