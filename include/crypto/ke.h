/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key exchange: X25519, X448 (RFC 8031), NIST curves (RFC 5903) and MODP groups (RFC 3526).
 * ML-KEM (FIPS 203) where OpenSSL has it: there the initiator's public value is an encapsulation key
 * and the responder's a ciphertext (draft-ietf-ipsecme-ikev2-mlkem).
 * Values are plain bytes, so that the work may be done on another thread or in another process.
 * Slow: only WORK calls these (pluto's workers, the simulator inline).
 */
#ifndef CRYPTO_KE_H
#define CRYPTO_KE_H

#include "crypto/cipher.h"

static inline bool ke_is_kem(const struct alg *group)
{
	return (group->flags & ALG_KEM) != 0;
}
/* A fresh key pair: the private value and the public value as it goes on the wire. */
bool ke_generate(const struct alg *group, struct secret *private_value, struct bytes *public_value);
/*
 * The shared secret as it enters SKEYSEED. VERDICT_BAD when the peer's value is of the wrong length,
 * 0, 1, p-1, >= p, not on the curve or of low order (RFC 6989); all-zero results are BAD too.
 */
enum verdict ke_shared(const struct alg *group, struct slice private_value, struct slice own_public,
		       struct slice peer_public, struct secret *shared);
/*
 * The responder's part in one: from the initiator's public value its own, and the shared secret. The
 * only way for a KEM. BAD as above, or when an encapsulation key fails the check of FIPS 203 7.2.
 */
enum verdict ke_respond(const struct alg *group, struct slice peer_public,
			struct bytes *public_value, struct secret *shared);
/* The cheap part of that check, to be done before any state is made: the length, of the initiator's
 * and of the responder's public value. */
bool ke_public_len_ok(const struct alg *group, size_t len);
bool ke_answer_len_ok(const struct alg *group, size_t len);

#endif
