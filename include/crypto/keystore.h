/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one door for secrets. PSKs, PPKs and private keys live here, in memory that is
 * locked where the system permits, left out of core dumps, and wiped. Nothing outside gets the bytes:
 * callers ask for a result. Safe to call from several threads.
 */
#ifndef CRYPTO_KEYSTORE_H
#define CRYPTO_KEYSTORE_H

#include "base/address.h"
#include "crypto/cipher.h"
#include "crypto/identity.h"
#include "crypto/sign.h"

struct keystore;
struct trust;

/* One line of ipsec.secrets: the identities it is for and its value. */
struct psk_entry {
	const struct identity *ids; /* %any is ID_NONE; none at all: everybody */
	size_t count;
	struct slice value;
	const char *origin; /* "file:line" for messages; copied */
	bool is_told;       /* by whack: it stands before a file's, and outlives a reload */
};

/* NULL when memory is short. */
struct keystore *keystore_new(void);
void keystore_free(struct keystore *k);
/* Copies the entry in. False when memory is short, or value is empty. */
bool keystore_add_psk(struct keystore *k, const struct psk_entry *entry);
/* Puts the content of fresh in place of the content of k at once and empties fresh: a reload is all
 * or nothing. What was told to k stays with it. False when memory is short: then nothing has changed. */
bool keystore_replace(struct keystore *k, struct keystore *fresh);
/* Adds the PSKs of told to those of k, as told by whack; one that was told before of the same identities
 * gives way. False when memory is short. */
bool keystore_tell(struct keystore *k, struct keystore *told);
/* Removes the PSK of just these identities that was told. VERDICT_BAD: there is none; origin is where a
 * file has one, "" when none has. */
enum verdict keystore_forget_psk(struct keystore *k, const struct identity *ids, size_t count,
				 char *origin, size_t origin_size);
size_t keystore_psk_count(struct keystore *k);

/* A post-quantum preshared key (RFC 8784 5): the ends it is for, its name (PPK_ID) and its value. */
#define PPK_NAME_MAX 255
struct ppk_entry {
	const struct identity *ids; /* as of a PSK */
	size_t count;
	struct slice name, value;
	const char *origin; /* copied */
};
/* Copies the entry in. False when memory is short, name or value is empty, or the
 * name longer than PPK_NAME_MAX. */
bool keystore_add_ppk(struct keystore *k, const struct ppk_entry *entry);
size_t keystore_ppk_count(struct keystore *k);

/* Who speaks with whom: what a secret is looked up by. Addresses stand in where an id is missing. */
struct psk_query {
	const struct identity *local_id;
	const struct identity *remote_id; /* ID_NONE when not known yet */
	struct address local;
	struct address remote;
};

/*
 * The entry that fits best: exact match of both ends before one end before %any before no index at
 * all; the first of equals, when their values agree; *ambiguous when they do not (then the first is
 * used all the same and *ambiguous is for the log). VERDICT_BAD: no entry fits.
 */
enum verdict keystore_find_psk(struct keystore *k, const struct psk_query *q, char *origin,
			       size_t origin_size, bool *ambiguous);
/*
 * AUTH = prf(prf(PSK, "Key Pad for IKEv2"), octets) (RFC 7296 2.15) for the best entry of q; octets
 * are the parts of <InitiatorSignedOctets> or <ResponderSignedOctets>. mac holds the PRF's length.
 * VERDICT_BAD: no entry fits; the mac is then computed with a random dummy key, so that the work and
 * the answer are the same for an unknown peer.
 */
enum verdict keystore_psk_mac(struct keystore *k, const struct psk_query *q,
			      const struct alg *prf_alg, const struct slice *octets, size_t count,
			      uint8_t *mac);

/*
 * The name of the first PPK for the ends of q: of those that allowed names (commas between), in its
 * order; with allowed NULL the first that came. The caller frees *name. VERDICT_BAD: there is none.
 */
enum verdict keystore_find_ppk(struct keystore *k, const struct psk_query *q, const char *allowed,
			       struct bytes *name);
/*
 * prf+(PPK, key) of the key's length for each of keys, one after the other (RFC 8784 3), with the PPK
 * of that name. VERDICT_BAD: none of the name is for the ends of q; origin is where it stands.
 */
enum verdict keystore_mix_ppk(struct keystore *k, const struct psk_query *q, struct slice name,
			      const struct alg *prf_alg, const struct slice *keys, size_t count,
			      struct secret *out, char *origin, size_t origin_size);
/* The i-th PSK: whom it is for, and where it stands; false after the last. */
bool keystore_psk_at(struct keystore *k, size_t i, char *ids, size_t ids_size, char *origin,
		     size_t origin_size);
/* A line of ipsec.secrets that names a file with a private key, and its passphrase (may be empty).
 * Read by credentials_load. False when memory is short. */
bool keystore_add_key_file(struct keystore *k, const char *file, struct slice passphrase);
/* Does a line name any? */
bool keystore_has_key_file(struct keystore *k);
bool keystore_has_key(struct keystore *k, const struct key_ref *key);
/* The i-th private key and where it stands; false after the last. */
bool keystore_key_at(struct keystore *k, size_t i, struct key_ref *key, char *origin,
		     size_t origin_size);
/* Signs octets by the private key of that public half. VERDICT_BAD: there is none, or it is of another
 * kind than the algorithm. is_classic as in public_key_verify. */
enum verdict keystore_sign(struct keystore *k, const struct key_ref *key,
			   const struct signature_alg *a, bool is_classic, struct slice octets,
			   struct bytes *signature);
/*
 * A MAC under key over all that says who may be whom: PSKs, PPKs, and what trust holds (keys, CAs,
 * certificates, CRLs, revocations that OCSP told). The same whatever the order things were read in, and in
 * another process; another when anything was added, changed or removed. False when OpenSSL fails.
 */
bool keystore_digest(struct keystore *k, struct slice key, uint8_t out[32]);
/* ---- told.c: certificates and private keys that whack tells as PEM, under a name; what there was under
 * the name before goes. is_ca: CAs to be trusted. what: how many of each, for a log. False with an error:
 * then nothing has changed, unless memory was short. */
bool told_take(struct keystore *k, const char *name, struct slice pem, bool is_ca, char *what,
	       size_t size, struct error *e);
/* How many were removed. */
size_t told_forget(struct keystore *k, const char *name);
/* What is known of others: certificates, CAs, CRLs, public keys (crypto/trust.h). It lives as long as
 * the keystore, and keystore_replace leaves it alone. */
struct trust *keystore_trust(struct keystore *k);

#endif
