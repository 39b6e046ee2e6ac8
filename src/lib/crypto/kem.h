/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to crypto: ML-KEM with its randomness given (FIPS 203 6), for known answers. Where OpenSSL
 * has no ML-KEM all of it fails.
 */
#ifndef CRYPTO_KEM_H
#define CRYPTO_KEM_H

#include "crypto/algs.h"

/* The key pair of the seed d | z, 64 bytes. */
bool kem_of_seed(const struct alg *a, struct slice seed, struct secret *private_value,
		 struct bytes *public_value);
/* Encapsulation with m, 32 bytes. */
bool kem_encapsulate_with(const struct alg *a, struct slice public_value, struct slice m,
			  struct bytes *ciphertext, struct secret *shared);

#endif
