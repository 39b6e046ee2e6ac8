/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work items: making, running and freeing them. Running one needs nothing but the item and, for
 * what depends on secrets, the keystore, so a thread of pluto and the simulator run the same code.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/secrets.h"
#include "crypto/prf.h" /* before work.h, which needs its PRF_MAX_LEN */
#include "port/work.h"

#define CA_HASHES_MAX 32 /* in a CERTREQ */

struct work *work_new(enum work_kind kind, uint64_t owner, uint32_t ticket)
{
	struct work *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->kind = (uint8_t)kind;
	w->owner = owner;
	w->ticket = ticket;
	w->verdict = VERDICT_FAIL;
	if (kind < WORK_CREDENTIAL)
		return w;
	w->auth = auth_work_new();
	if (w->auth)
		return w;
	free(w);
	return NULL;
}

void work_free(struct work *w)
{
	if (!w)
		return;
	secret_free(&w->ke_private);
	secret_free(&w->ke_secret);
	bytes_free(&w->ke_public);
	bytes_free(&w->ke_peer);
	identity_free(&w->local_id);
	identity_free(&w->remote_id);
	for (size_t i = 0; i < ARRAY_LEN(w->octets); i++)
		bytes_free(&w->octets[i]);
	free(w->ppk_allowed);
	bytes_free(&w->ppk_name);
	secret_free(&w->ppk_keys);
	secret_free(&w->ppk_mixed);
	wipe(w->mac, sizeof(w->mac));
	wipe(w->digest_key, sizeof(w->digest_key));
	auth_work_free(w->auth);
	free(w);
}

static struct psk_query query_of(const struct work *w)
{
	return (struct psk_query){
		.local_id = &w->local_id,
		.remote_id = &w->remote_id,
		.local = w->local,
		.remote = w->remote,
	};
}

static void run_psk_mac(struct work *w, struct keystore *k)
{
	struct psk_query q = query_of(w);
	bool ambiguous = false;

	w->verdict = keystore_find_psk(k, &q, w->origin, sizeof(w->origin), &ambiguous);
	for (size_t i = 0; i < ARRAY_LEN(w->octets); i++) {
		struct slice octets = bytes_slice(&w->octets[i]);
		enum verdict v;

		if (octets.len == 0)
			continue;
		/* done for an unknown peer as well: the answer must not come sooner for one */
		v = keystore_psk_mac(k, &q, w->prf, &octets, 1, w->mac[i]);
		if (v != VERDICT_OK && w->verdict == VERDICT_OK)
			w->verdict = v;
	}
}

static void run_ppk_find(struct work *w, struct keystore *k)
{
	struct psk_query q = query_of(w);

	bytes_free(&w->ppk_name);
	w->verdict = keystore_find_ppk(k, &q, w->ppk_allowed, &w->ppk_name);
}

#define PPK_KEYS_MAX 8

static void run_ppk_mix(struct work *w, struct keystore *k)
{
	struct psk_query q = query_of(w);
	struct slice keys[PPK_KEYS_MAX];
	size_t count = w->ppk_key_count, len = count ? w->ppk_keys.len / count : 0;

	if (count > PPK_KEYS_MAX)
		return;
	for (size_t i = 0; i < count; i++)
		keys[i] = slice(w->ppk_keys.data + i * len, len);
	w->verdict = keystore_mix_ppk(k, &q, bytes_slice(&w->ppk_name), w->prf, keys, count,
				      &w->ppk_mixed, w->origin, sizeof(w->origin));
}

static void run_credential(struct work *w, struct keystore *k)
{
	struct auth_work *a = w->auth;

	/* Of many CAs the hashes would not fit into a message: then none is asked for. */
	trust_ca_hashes(keystore_trust(k), a->peer_ca, CA_HASHES_MAX, &a->ca_hashes);
	if (!(a->own.allow & ALLOW_ANY_SIGNATURE))
		w->verdict = VERDICT_BAD;
	else
		w->verdict = credential_choose(k, &a->own, &a->credential, &a->error) ? VERDICT_OK
										      : VERDICT_BAD;
}

static void run_verify(struct work *w, struct keystore *k)
{
	struct auth_work *a = w->auth;

	a->peer.id = &a->peer_id;
	a->peer.ocsps = a->ocsps;
	a->peer.own = a->is_same_ca ? &a->own : NULL;
	a->peer.octets = bytes_slice(&w->octets[1]);
	peer_verdict_free(&a->verdict);
	peer_verify(k, &a->peer, &a->verdict);
	w->verdict = a->verdict.verdict;
}

#define ITEMS_MAX 100000u

static bool make_room(struct auth_work *a, size_t *room)
{
	struct trust_item *more;

	if (a->item_count < *room)
		return true;
	*room = *room ? *room * 2 : 16;
	more = reallocarray(a->items, *room, sizeof(*more));
	if (more)
		a->items = more;
	return more != NULL;
}

static void run_list(struct work *w, struct keystore *k)
{
	struct auth_work *a = w->auth;
	size_t room = 0;

	for (int kind = 0; kind < TRUST_KINDS; kind++) {
		if (!(a->kinds & 1u << kind))
			continue;
		for (size_t i = 0; a->item_count < ITEMS_MAX; i++) {
			if (!make_room(a, &room))
				return;
			if (!trust_item(k, (enum trust_kind)kind, i, &a->items[a->item_count]))
				break;
			a->item_count++;
		}
	}
	w->verdict = VERDICT_OK;
}

static void run_add_key(struct work *w, struct keystore *k)
{
	struct public_key *key = public_key_of_spki(w->auth->peer.key, &w->auth->error);

	if (key && trust_add_key(keystore_trust(k), &w->auth->peer_id, key, !w->auth->adds))
		w->verdict = VERDICT_OK;
	public_key_free(key);
}

static void note(void *context, const char *text)
{
	struct auth_work *a = context;
	size_t len = strlen(a->said);

	snprintf(a->said + len, sizeof(a->said) - len, "%s%s", len ? "; " : "", text);
}

/* All of the lines, or nothing of them. */
static bool tell_secrets(struct auth_work *a, struct keystore *k)
{
	struct keystore *told = keystore_new();
	struct secrets_parser p = { .keystore = told, .warn = note, .context = a };
	size_t count = 0;
	bool ok;

	if (!told)
		return error_set(&a->error, "out of memory");
	ok = secrets_parse(&p, "whack", secret_slice(&a->content), 0, &a->error);
	count = keystore_psk_count(told);
	if (ok && count == 0)
		ok = error_set(&a->error,
			       "no preshared key is in it: write  ID ID : PSK \"secret\"");
	if (ok && (keystore_ppk_count(told) > 0 || keystore_has_key_file(told)))
		ok = error_set(&a->error,
			       "only preshared keys can be given one by one: PPKs and files of "
			       "keys stand in ipsec.secrets");
	if (ok && !keystore_tell(k, told))
		ok = error_set(&a->error, "out of memory");
	keystore_free(told);
	if (ok && !a->said[0])
		snprintf(a->said, sizeof(a->said), "%zu preshared key%s added or replaced", count,
			 count == 1 ? "" : "s");
	return ok;
}

static void run_tell(struct work *w, struct keystore *k)
{
	struct auth_work *a = w->auth;
	bool ok;

	if (a->tells == TELLS_SECRETS)
		ok = tell_secrets(a, k);
	else
		ok = told_take(k, a->name, secret_slice(&a->content), a->tells == TELLS_CA, a->said,
			       sizeof(a->said), &a->error);
	trust_ca_hashes(keystore_trust(k), NULL, CA_HASHES_MAX, &a->ca_hashes);
	w->verdict = ok ? VERDICT_OK : VERDICT_BAD;
}

#define TOLD_IDS_MAX 32

static enum verdict forget_secret(struct auth_work *a, struct keystore *k)
{
	struct identity ids[TOLD_IDS_MAX] = { 0 };
	char words[1000], *save = NULL, *word, origin[200] = "";
	enum verdict v = VERDICT_OK;
	size_t count = 0;

	text_copy(words, sizeof(words), a->name);
	for (word = strtok_r(words, " \t", &save); word && v == VERDICT_OK;
	     word = strtok_r(NULL, " \t", &save))
		if (count == TOLD_IDS_MAX || !identity_parse(word, &ids[count++], &a->error))
			v = VERDICT_BAD;
	if (v == VERDICT_OK)
		v = keystore_forget_psk(k, ids, count, origin, sizeof(origin));
	for (size_t i = 0; i < count; i++)
		identity_free(&ids[i]);
	if (v != VERDICT_OK && !a->error.text[0])
		error_set(&a->error,
			  origin[0] ? "it stands in %.200s: take it away there, then ipsec "
				      "whack --rereadsecrets"
				    : "no preshared key was given for just these "
				      "identities: ipsec whack --listpsks%.0s",
			  origin);
	return v;
}

static void run_forget(struct work *w, struct keystore *k)
{
	struct auth_work *a = w->auth;
	size_t count;

	if (a->tells == TELLS_SECRETS) {
		w->verdict = forget_secret(a, k);
		return;
	}
	count = told_forget(k, a->name);
	trust_ca_hashes(keystore_trust(k), NULL, CA_HASHES_MAX, &a->ca_hashes);
	w->verdict = count ? VERDICT_OK : VERDICT_BAD;
	if (count == 0)
		error_set(&a->error, "nothing was given under that name: ipsec whack --listcerts");
}

void work_run(struct work *w, struct keystore *k)
{
	w->verdict = VERDICT_FAIL;
	switch ((enum work_kind)w->kind) {
	case WORK_KE_GENERATE:
		if (ke_generate(w->group, &w->ke_private, &w->ke_public))
			w->verdict = VERDICT_OK;
		break;
	case WORK_KE_SHARED:
		w->verdict = ke_shared(w->group, secret_slice(&w->ke_private),
				       bytes_slice(&w->ke_public), bytes_slice(&w->ke_peer),
				       &w->ke_secret);
		break;
	case WORK_KE_RESPOND:
		w->verdict = ke_respond(w->group, bytes_slice(&w->ke_peer), &w->ke_public,
					&w->ke_secret);
		break;
	case WORK_PSK_MAC:
		if (k)
			run_psk_mac(w, k);
		break;
	case WORK_DIGEST:
		if (k && keystore_digest(k, SLICE_OF(w->digest_key), w->mac[0]))
			w->verdict = VERDICT_OK;
		break;
	case WORK_PPK_FIND:
		if (k)
			run_ppk_find(w, k);
		break;
	case WORK_PPK_MIX:
		if (k)
			run_ppk_mix(w, k);
		break;
	case WORK_CREDENTIAL:
		if (k)
			run_credential(w, k);
		break;
	case WORK_SIGN:
		if (k)
			w->verdict = keystore_sign(k, &w->auth->key, w->auth->alg,
						   w->auth->is_classic, bytes_slice(&w->octets[0]),
						   &w->auth->signature);
		break;
	case WORK_VERIFY:
		if (k)
			run_verify(w, k);
		break;
	case WORK_LIST:
		if (k)
			run_list(w, k);
		break;
	case WORK_ADD_KEY:
		if (k)
			run_add_key(w, k);
		break;
	case WORK_TELL:
		if (k)
			run_tell(w, k);
		break;
	case WORK_FORGET:
		if (k)
			run_forget(w, k);
		break;
	case WORK_PURGE_OCSP:
		if (k)
			trust_purge_ocsp(keystore_trust(k));
		w->verdict = VERDICT_OK;
		break;
	case WORK_FETCH:
		break;
	}
}

bool work_is_slow(const struct work *w)
{
	return w->kind == WORK_KE_GENERATE || w->kind == WORK_KE_SHARED ||
	       w->kind == WORK_KE_RESPOND || w->kind == WORK_SIGN || w->kind == WORK_VERIFY;
}
