/* SPDX-License-Identifier: Apache-2.0 */
/* PRFs and prf+ (RFC 7296 2.13); AES-XCBC (RFC 4434) and AES-CMAC (RFC 4615) included. Pure, cheap. */
#ifndef CRYPTO_PRF_H
#define CRYPTO_PRF_H

#include "crypto/algs.h"

#define PRF_MAX_LEN 64

/* prf(key, parts[0] | parts[1] | ...) into out (a->out_len bytes). False when OpenSSL fails. */
bool prf(const struct alg *a, struct slice key, const struct slice *parts, size_t count,
	 uint8_t *out);
/* prf+(key, parts...) of len bytes. False on failure or when len needs more than 255 rounds. */
bool prf_plus(const struct alg *a, struct slice key, const struct slice *parts, size_t count,
	      size_t len, struct secret *out);
/* Bytes of SK_d and SK_p* for the PRF, and of a PRF key made from nonces (RFC 7296 2.14: for
 * AES-XCBC and AES-CMAC 16, else the output length). */
size_t prf_key_len(const struct alg *a);
/* True when a variable-length key is not used as it is: with XCBC/CMAC SKEYSEED takes the first 64
 * bits of each nonce (RFC 7296 2.14). */
bool prf_has_fixed_key(const struct alg *a);
/* SHA-1 for NAT detection hashes (RFC 7296 2.23) and SHA-256 for our own digests. */
bool digest_sha1(const struct slice *parts, size_t count, uint8_t out[20]);
bool digest_sha256(const struct slice *parts, size_t count, uint8_t out[32]);

#endif
