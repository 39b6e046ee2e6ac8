/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key pairs for this host, and public keys as they are written into a file of the peer's: made and
 * printed here, kept by the caller.
 */
#ifndef CRYPTO_HOSTKEY_H
#define CRYPTO_HOSTKEY_H

#include "crypto/keystore.h"

/*
 * A new key pair: kind "rsa" of that many bits (2048 to 16384; 0: 3072), "ecdsa" on the curve of that
 * name (secp256r1, secp384r1, secp521r1; NULL: the first), or "eddsa" (ed25519, ed448). The private
 * half as PKCS#8 in PEM, the public one for the caller to free. False with an error that says what to
 * give. May take seconds.
 */
bool hostkey_make(const char *kind, unsigned bits, const char *curve, struct secret *pem,
		  struct public_key **out, struct error *e);
/* The public half of a private key in k; NULL when there is none. The caller frees it. */
struct public_key *hostkey_public(struct keystore *k, const struct key_ref *ref);
/* What public_key_of_text reads: base64 of RFC 3110 for RSA, else of the SubjectPublicKeyInfo, without
 * 0s before it. False: memory is short. */
bool hostkey_text(const struct public_key *k, struct bytes *out);
/* The SubjectPublicKeyInfo in PEM. */
bool hostkey_pem(const struct public_key *k, struct bytes *out);

#endif
