/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE algorithm table. A row stands only for an algorithm with a linked, self-tested implementation,
 * or one the kernel implements for ESP. Wire numbers are looked up here and nowhere else.
 * Numbers and names: IANA "IKEv2 Parameters", RFC 7296 3.3.2, RFC 8247, RFC 8221.
 */
#ifndef CRYPTO_ALGS_H
#define CRYPTO_ALGS_H

#include "base/bytes.h"
#include "base/error.h"

/* RFC 7296 3.3.2 */
enum transform_type {
	TRANSFORM_ENCR = 1,
	TRANSFORM_PRF = 2,
	TRANSFORM_INTEG = 3,
	TRANSFORM_KE = 4,
	TRANSFORM_ESN = 5,
	TRANSFORM_ADDKE1 =
		6, /* RFC 9370: additional key exchanges, of the methods of TRANSFORM_KE */
	TRANSFORM_ADDKE7 = 12,
};
#define TRANSFORM_TYPES 13 /* array size: index by type */
#define ADDKE_MAX 7

enum {
	ENCR_3DES = 3,
	ENCR_NULL = 11,
	ENCR_AES_CBC = 12,
	ENCR_AES_CTR = 13,
	ENCR_AES_CCM_8 = 14,
	ENCR_AES_CCM_12 = 15,
	ENCR_AES_CCM_16 = 16,
	ENCR_AES_GCM_8 = 18,
	ENCR_AES_GCM_12 = 19,
	ENCR_AES_GCM_16 = 20,
	ENCR_CHACHA20_POLY1305 = 28,
};
enum {
	PRF_HMAC_SHA1 = 2,
	PRF_AES128_XCBC = 4,
	PRF_HMAC_SHA2_256 = 5,
	PRF_HMAC_SHA2_384 = 6,
	PRF_HMAC_SHA2_512 = 7,
	PRF_AES128_CMAC = 8,
};
enum {
	INTEG_NONE = 0,
	INTEG_HMAC_SHA1_96 = 2,
	INTEG_AES_XCBC_96 = 5,
	INTEG_AES_CMAC_96 = 8,
	INTEG_HMAC_SHA2_256_128 = 12,
	INTEG_HMAC_SHA2_384_192 = 13,
	INTEG_HMAC_SHA2_512_256 = 14,
};
enum {
	KE_NONE = 0,
	KE_MODP_2048 = 14,
	KE_MODP_3072 = 15,
	KE_MODP_4096 = 16,
	KE_MODP_6144 = 17,
	KE_MODP_8192 = 18,
	KE_ECP_256 = 19,
	KE_ECP_384 = 20,
	KE_ECP_521 = 21,
	KE_CURVE25519 = 31,
	KE_CURVE448 = 32,
	KE_ML_KEM_512 = 35,
	KE_ML_KEM_768 = 36,
	KE_ML_KEM_1024 = 37,
};
enum { ESN_NO = 0, ESN_YES = 1 };

enum alg_flags {
	ALG_IKE = 1 << 0,        /* usable to protect IKE */
	ALG_ESP = 1 << 1,        /* usable in a child SA */
	ALG_AEAD = 1 << 2,       /* has its own integrity */
	ALG_FIXED_KEY = 1 << 3,  /* the key length attribute must be absent (RFC 7296 3.3.5) */
	ALG_WEAK = 1 << 4,       /* never in the defaults; must be asked for by name */
	ALG_COUNTER_IV = 1 << 5, /* the explicit IV must be unique, not unpredictable */
	ALG_KEM = 1 << 6,        /* KE: the responder encapsulates to the initiator's key */
};

struct alg {
	uint8_t type;     /* enum transform_type */
	uint16_t id;      /* IANA number */
	uint16_t flags;   /* enum alg_flags */
	const char *name; /* IANA-like, for logs: "AES_GCM_16", "HMAC_SHA2_256_128", "MODP2048" */
	/* What admins write, separated by spaces; '_' does not count, '*' is a key length inside:
	 * "aes_gcm aes_gcm_16 aes*gcm16". */
	const char *words;
	uint16_t key_bits[3]; /* permitted key lengths in order of preference; 0 ends; ENCR only */
	uint16_t default_key_bits;
	uint16_t key_len;  /* bytes of PRF key (preferred), INTEG key, or fixed ENCR key; else 0 */
	uint8_t salt_len;  /* bytes of salt taken from the key material after the key (RFC 5282) */
	uint8_t iv_len;    /* bytes of explicit IV on the wire */
	uint8_t block_len; /* padding multiple for IKE's SK payload; 1 for AEAD and CTR */
	uint8_t icv_len;   /* bytes of tag: AEAD and INTEG */
	uint8_t out_len;   /* bytes of output: PRF */
	uint16_t public_len; /* KE: bytes of a public value on the wire */
	uint16_t answer_len; /* KEM: bytes of the responder's, a ciphertext; else 0: the same */
	const char *evp;     /* OpenSSL's name: cipher ("AES-%u-GCM"), digest, group */
	const char *xfrm;    /* the kernel's name: "rfc4106(gcm(aes))", "hmac(sha256)" */
};

/* The row of a wire number; NULL when there is none. */
const struct alg *alg_find(enum transform_type type, uint16_t id);
/* The row an admin's word means ("aes_gcm_c", "sha2_512", "modp2048", "dh19"); a trailing key length
 * ("aes256", "aes_gcm128", "aes_gcm_16_256") is given back in *key_bits, else 0. NULL when unknown. */
const struct alg *alg_by_word(enum transform_type type, const char *word, uint16_t *key_bits);
/* Stands for NONE among the alternatives of an additional key exchange; not in the table. */
const struct alg *alg_no_addke(void);
/* Walks the table: i from 0 until NULL. */
const struct alg *alg_at(size_t i);
/* True when this key length may be used with the row (0 stands for an absent attribute). */
bool alg_key_bits_ok(const struct alg *a, uint16_t key_bits);
/* Bytes of key material for a cipher: key + salt; 0 key_bits for a fixed key. */
size_t alg_keymat_len(const struct alg *a, uint16_t key_bits);
/* False when the OpenSSL at hand refuses the algorithm (FIPS provider, old version): set by the self
 * test; such rows are never offered nor accepted for IKE. ESP-only rows are the kernel's matter. */
bool alg_is_available(const struct alg *a);

/*
 * Runs every row of the table against a fixed vector and marks rows whose implementation is absent
 * as unavailable. False with an error when one gives a wrong result: the daemon must not start.
 * Called once before anything else of crypto/; the only writer of crypto's state.
 */
bool crypto_self_test(struct error *e);
/* Does OpenSSL's configuration ask for approved algorithms only? */
bool crypto_is_fips(void);

#endif
