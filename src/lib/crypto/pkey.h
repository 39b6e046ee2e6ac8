/* SPDX-License-Identifier: Apache-2.0 */
/* Private to crypto: keys as OpenSSL has them. */
#ifndef CRYPTO_PKEY_H
#define CRYPTO_PKEY_H

#include <openssl/evp.h>

#include "crypto/sign.h"

struct public_key {
	EVP_PKEY *pkey;
	uint8_t kind;
	uint16_t curve;
	unsigned bits;
	struct key_ref id;
	uint8_t ckaid[20];
};

/* Takes a reference. NULL with an error when the key may not be used here. */
struct public_key *public_key_of_pkey(EVP_PKEY *pkey, struct error *e);
/* A signature by a private key; VERDICT_BAD when the key is of another kind. */
enum verdict pkey_sign(EVP_PKEY *pkey, const struct signature_alg *a, bool is_classic,
		       struct slice octets, struct bytes *signature);
/* The last error of OpenSSL as text, its queue emptied. Returns buf. */
const char *openssl_error(char *buf, size_t size);

#endif
