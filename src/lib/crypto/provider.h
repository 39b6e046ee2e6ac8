/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to crypto: what is fetched from OpenSSL, once at start (fetching by name takes locks and
 * costs as much as the work itself), and the contexts each thread keeps. After provider_load the
 * fetched objects are read-only and shared by all threads.
 */
#ifndef CRYPTO_PROVIDER_H
#define CRYPTO_PROVIDER_H

#include <openssl/evp.h>

#include "crypto/algs.h"

#define PROVIDER_ROWS 48

enum mac_kind { MAC_SHA1, MAC_SHA256, MAC_SHA384, MAC_SHA512, MAC_CMAC, MAC_KINDS, MAC_XCBC };

/* Place of a row in the table. */
size_t alg_index(const struct alg *a);

/* Fetches the objects of every row; a row that is refused stays without. May be called again. */
void provider_load(void);
bool provider_is_available(const struct alg *a);
/* Only the self test sets it. */
void provider_set_available(const struct alg *a, bool is_available);

/* NULL when refused. key_bits 0 for a fixed key; PRF and INTEG rows of AES give AES-128-CBC. */
EVP_CIPHER *provider_cipher(const struct alg *a, uint16_t key_bits);
EVP_MD *provider_digest(enum mac_kind kind);
/* A key that holds the group's parameters (X25519, X448: the base point), to make others of. */
EVP_PKEY *provider_group(const struct alg *a);
/* p of a MODP group, in the length of a public value. */
bool provider_modulus(const struct alg *a, struct secret *out);

/* Contexts of the calling thread, made at first use; NULL when memory is short. */
EVP_CIPHER_CTX *provider_cipher_ctx(void);
EVP_MD_CTX *provider_digest_ctx(void);
/* Its digest or cipher is set: EVP_MAC_init needs the key only. Not for MAC_XCBC. */
EVP_MAC_CTX *provider_mac_ctx(enum mac_kind kind);

#endif
