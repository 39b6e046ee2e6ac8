/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of IKE (RFC 7296 2.15, 3.8; RFC 7427; RFC 4754; RFC 8420): THE table of signature
 * algorithms with their AlgorithmIdentifiers, and public keys. An AlgorithmIdentifier is known by its
 * bytes, so that there is nothing in it to be misread.
 */
#ifndef CRYPTO_SIGN_H
#define CRYPTO_SIGN_H

#include "base/error.h"
#include "crypto/cipher.h"

enum key_kind { KEY_NONE, KEY_RSA, KEY_ECDSA, KEY_ED25519, KEY_ED448 };

/* RFC 7427 7: what SIGNATURE_HASH_ALGORITHMS lists. */
enum signature_hash {
	HASH_SHA1 = 1,
	HASH_SHA2_256 = 2,
	HASH_SHA2_384 = 3,
	HASH_SHA2_512 = 4,
	HASH_IDENTITY = 5,
};
#define HASH_BIT(hash) (1u << (hash))

/* What an end may use to prove itself: bits, of a connection's auth options. */
enum auth_allow {
	ALLOW_PSK = 1u << 0,
	ALLOW_NULL = 1u << 1,
	ALLOW_RSA_SHA1 = 1u << 2, /* also method 1 */
	ALLOW_RSA_SHA2_256 = 1u << 3,
	ALLOW_RSA_SHA2_384 = 1u << 4,
	ALLOW_RSA_SHA2_512 = 1u << 5,
	ALLOW_ECDSA_SHA2_256 = 1u << 6,
	ALLOW_ECDSA_SHA2_384 = 1u << 7,
	ALLOW_ECDSA_SHA2_512 = 1u << 8,
	ALLOW_EDDSA = 1u << 9,
	/* With RSA and SHA-2 we sign with PKCS#1 v1.5 padding, for peers without PSS. */
	ALLOW_RSA_PKCS1 = 1u << 10,
	ALLOW_RSA_SHA2 = ALLOW_RSA_SHA2_256 | ALLOW_RSA_SHA2_384 | ALLOW_RSA_SHA2_512,
	ALLOW_ECDSA = ALLOW_ECDSA_SHA2_256 | ALLOW_ECDSA_SHA2_384 | ALLOW_ECDSA_SHA2_512,
	ALLOW_SIGNATURES = ALLOW_RSA_SHA2 | ALLOW_ECDSA | ALLOW_EDDSA,
	ALLOW_ANY_SIGNATURE = ALLOW_SIGNATURES | ALLOW_RSA_SHA1,
};

struct signature_alg {
	const char *name; /* for logs: "RSA-PSS with SHA2-256" */
	uint8_t kind;     /* enum key_kind */
	uint8_t hash;     /* enum signature_hash */
	bool is_pss;
	uint8_t method;  /* the classic method it also has (1, 9, 10, 11); 0: none */
	uint8_t curve;   /* KE number of the curve that the classic method means; 0: any */
	uint16_t allow;  /* enum auth_allow */
	uint8_t raw_len; /* bytes of r | s of the classic ECDSA methods */
	const char *digest;
	struct slice identifiers[2]; /* DER; the first is sent, both are understood */
};

/* The rows: i from 0 until NULL. */
const struct signature_alg *signature_at(size_t i);
/* By its AlgorithmIdentifier, whole; NULL when it is not one of ours. */
const struct signature_alg *signature_by_identifier(struct slice der);
/* By the classic authentication method; NULL when it is none. */
const struct signature_alg *signature_by_method(uint8_t method);
/* RFC 7427 3: the AUTH data of method 14 into algorithm and signature. False when it cannot be read
 * or the algorithm is not known; *why is then a static text. */
bool signature_split(struct slice auth, const struct signature_alg **alg, struct slice *signature,
		     const char **why);

/* A key is known by the SHA-256 of its SubjectPublicKeyInfo; all zero: none. */
struct key_ref {
	uint8_t id[32];
};
bool key_ref_eq(const struct key_ref *a, const struct key_ref *b);
bool key_ref_is_set(const struct key_ref *k);

struct public_key;

/* From DER SubjectPublicKeyInfo. NULL with an error that says what is wrong: a kind not used here,
 * RSA below 2048 bits or with an odd exponent below 65537. */
struct public_key *public_key_of_spki(struct slice der, struct error *e);
/*
 * As admins write it: 0s base64 or 0x hex of RFC 3110 (RSA), of a SubjectPublicKeyInfo, or of a PEM
 * body; or PEM itself. NULL with an error.
 */
struct public_key *public_key_of_text(const char *text, struct error *e);
struct public_key *public_key_ref(const struct public_key *k);
void public_key_free(struct public_key *k);
enum key_kind public_key_kind(const struct public_key *k);
/* "RSA 2048", "ECDSA P-256", "Ed25519"; returns buf. */
const char *public_key_name(const struct public_key *k, char *buf, size_t size);
/* KE number of an ECDSA key's curve; 0 for others. */
uint16_t public_key_curve(const struct public_key *k);
const struct key_ref *public_key_id(const struct public_key *k);
/* NSS's CKA_ID: SHA-1 of the RSA modulus, the EC point or the raw key. */
const uint8_t *public_key_ckaid(const struct public_key *k);
bool public_key_spki(const struct public_key *k, struct bytes *out);

/*
 * Is this the key's signature over octets? is_classic: of methods 1, 9, 10, 11 (ECDSA as r | s). A key
 * of another kind than the algorithm's is VERDICT_BAD.
 */
enum verdict public_key_verify(const struct public_key *k, const struct signature_alg *a,
			       bool is_classic, struct slice octets, struct slice signature);

#endif
