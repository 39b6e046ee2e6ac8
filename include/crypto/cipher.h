/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protection of one IKE message: encryption with integrity (RFC 7296 3.14) or combined mode (RFC
 * 5282). Works in place on the layout [associated | IV | text | ICV]. Pure, cheap.
 */
#ifndef CRYPTO_CIPHER_H
#define CRYPTO_CIPHER_H

#include "crypto/algs.h"

/* The one verdict type of crypto: OK is neither 0 nor 1, and callers compare with it alone. */
enum verdict {
	VERDICT_FAIL = 0,
	VERDICT_BAD = 2, /* wrong ICV, signature or key: the input's fault */
	VERDICT_OK = 0x5a,
};

struct sk_cipher {
	const struct alg *encr;
	uint16_t key_bits;       /* 0 for a fixed key */
	const struct alg *integ; /* NULL for AEAD */
};

struct sk_keys {
	struct slice encr;  /* key and salt: sk_encr_key_len bytes */
	struct slice integ; /* empty for AEAD */
};

size_t sk_encr_key_len(const struct sk_cipher *c);
size_t sk_integ_key_len(const struct sk_cipher *c);
size_t sk_iv_len(const struct sk_cipher *c);
size_t sk_icv_len(const struct sk_cipher *c);
size_t sk_block_len(const struct sk_cipher *c);

/*
 * Writes the IV (counter for counter modes, random else), encrypts text_len bytes in place and
 * writes the ICV. message holds associated_len + iv + text_len + icv bytes; text_len is a multiple
 * of the block length (the caller has put padding and pad length). counter must never repeat under
 * one key. VERDICT_OK or VERDICT_FAIL.
 */
enum verdict sk_seal(const struct sk_cipher *c, const struct sk_keys *keys, uint64_t counter,
		     uint8_t *message, size_t associated_len, size_t text_len);
/*
 * Verifies, then decrypts in place; len is the whole of [associated | IV | text | ICV]. On
 * VERDICT_OK *text is the plaintext inside message (with padding and pad length still there).
 * On VERDICT_BAD the message may not be used at all (it is unchanged for encrypt-then-MAC suites).
 */
enum verdict sk_open(const struct sk_cipher *c, const struct sk_keys *keys, uint8_t *message,
		     size_t associated_len, size_t len, struct slice *text);

#endif
