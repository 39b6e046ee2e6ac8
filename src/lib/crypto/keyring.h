/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to crypto: the private keys behind the keystore's door, and the passphrases of files that
 * hold more. Not locked by itself: keystore.c does.
 */
#ifndef CRYPTO_KEYRING_H
#define CRYPTO_KEYRING_H

#include <openssl/evp.h>

#include "crypto/keystore.h"
#include "vault.h"

struct keyring {
	struct keyring_key *keys;
	struct keyring_file *files;
	size_t count;
};

/* Takes a reference; a key that is there already counts as added. False with an error when it may
 * not be used. */
bool keyring_add(struct keyring *r, EVP_PKEY *pkey, const char *origin, struct key_ref *ref,
		 struct error *e);
/* Takes a reference for the caller; NULL when there is none. */
EVP_PKEY *keyring_find(const struct keyring *r, const struct key_ref *ref);
/* The i-th key. */
bool keyring_at(const struct keyring *r, size_t i, struct key_ref *ref, char *origin, size_t size);
/* A line of ipsec.secrets: this file holds a key, under this passphrase. */
bool keyring_add_file(struct keyring *r, struct vault *v, const char *file, struct slice pass);
/* The i-th such file; NULL after the last. */
const char *keyring_file_at(const struct keyring *r, size_t i, struct slice *pass);
void keyring_clear(struct keyring *r);
/* A key that whack tells under that name: it outlives a reload. One that a file has too stays the
 * file's. */
bool keyring_tell(struct keyring *r, EVP_PKEY *pkey, const char *name, struct error *e);
/* Those that were told, with references. */
bool keyring_take_told(struct keyring *r, const struct keyring *from);
/* Removes those that were told under that name; how many. */
size_t keyring_forget(struct keyring *r, const char *name);

/* keystore.c: the same behind the lock. */
bool keystore_add_key(struct keystore *k, EVP_PKEY *pkey, const char *origin, struct key_ref *ref,
		      struct error *e);
/* A private key that whack tells, and those of a name forgotten; how many there were. */
bool keystore_tell_key(struct keystore *k, EVP_PKEY *pkey, const char *name, struct error *e);
size_t keystore_forget_keys(struct keystore *k, const char *name);
/* The i-th file named in ipsec.secrets, copied; the passphrase is for *pass to wipe. False after the
 * last. */
bool keystore_key_file(struct keystore *k, size_t i, char *file, size_t size, struct secret *pass);

#endif
