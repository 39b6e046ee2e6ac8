/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE table of signature algorithms. The bytes are those of RFC 7427, appendix A (RFC 4055, RFC 5758,
 * RFC 8410); the second form of PSS leaves the hash's NULL parameters out, as RFC 4055 2.1 lets it.
 */
#include "crypto/sign.h"

#include "base/cursor.h"
#include "crypto/algs.h"

#define RSA_WITH(last) \
	0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, (last), 0x05, 0x00
#define RSA_WITHOUT_NULL(last) \
	0x30, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, (last)
#define ECDSA_WITH(last) 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, (last)
#define SHA2_OID(last) 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, (last)
#define PSS_OID 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a
#define MGF1_OID 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08
#define PSS_WITH(hash, salt)                                                                       \
	0x30, 0x41, PSS_OID, 0x30, 0x34, 0xa0, 0x0f, 0x30, 0x0d, SHA2_OID(hash), 0x05, 0x00, 0xa1, \
		0x1c, 0x30, 0x1a, MGF1_OID, 0x30, 0x0d, SHA2_OID(hash), 0x05, 0x00, 0xa2, 0x03,    \
		0x02, 0x01, (salt)
#define PSS_WITHOUT_NULL(hash, salt)                                                               \
	0x30, 0x3d, PSS_OID, 0x30, 0x30, 0xa0, 0x0d, 0x30, 0x0b, SHA2_OID(hash), 0xa1, 0x1a, 0x30, \
		0x18, MGF1_OID, 0x30, 0x0b, SHA2_OID(hash), 0xa2, 0x03, 0x02, 0x01, (salt)

static const uint8_t rsa_sha1[] = { RSA_WITH(0x05) };
static const uint8_t rsa_sha1_short[] = { RSA_WITHOUT_NULL(0x05) };
static const uint8_t rsa_sha256[] = { RSA_WITH(0x0b) };
static const uint8_t rsa_sha256_short[] = { RSA_WITHOUT_NULL(0x0b) };
static const uint8_t rsa_sha384[] = { RSA_WITH(0x0c) };
static const uint8_t rsa_sha384_short[] = { RSA_WITHOUT_NULL(0x0c) };
static const uint8_t rsa_sha512[] = { RSA_WITH(0x0d) };
static const uint8_t rsa_sha512_short[] = { RSA_WITHOUT_NULL(0x0d) };
static const uint8_t pss_sha256[] = { PSS_WITH(0x01, 32) };
static const uint8_t pss_sha256_short[] = { PSS_WITHOUT_NULL(0x01, 32) };
static const uint8_t pss_sha384[] = { PSS_WITH(0x02, 48) };
static const uint8_t pss_sha384_short[] = { PSS_WITHOUT_NULL(0x02, 48) };
static const uint8_t pss_sha512[] = { PSS_WITH(0x03, 64) };
static const uint8_t pss_sha512_short[] = { PSS_WITHOUT_NULL(0x03, 64) };
static const uint8_t ecdsa_sha256[] = { ECDSA_WITH(0x02) };
static const uint8_t ecdsa_sha384[] = { ECDSA_WITH(0x03) };
static const uint8_t ecdsa_sha512[] = { ECDSA_WITH(0x04) };
static const uint8_t ed25519[] = { 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70 };
static const uint8_t ed448[] = { 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x71 };

#define IDENTIFIER(array)              \
	{                              \
		(array), sizeof(array) \
	}

static const struct signature_alg rows[] = {
	{ "RSA-PSS with SHA2-256",
	  KEY_RSA,
	  HASH_SHA2_256,
	  true,
	  0,
	  0,
	  ALLOW_RSA_SHA2_256,
	  0,
	  "SHA256",
	  { IDENTIFIER(pss_sha256), IDENTIFIER(pss_sha256_short) } },
	{ "RSA-PSS with SHA2-384",
	  KEY_RSA,
	  HASH_SHA2_384,
	  true,
	  0,
	  0,
	  ALLOW_RSA_SHA2_384,
	  0,
	  "SHA384",
	  { IDENTIFIER(pss_sha384), IDENTIFIER(pss_sha384_short) } },
	{ "RSA-PSS with SHA2-512",
	  KEY_RSA,
	  HASH_SHA2_512,
	  true,
	  0,
	  0,
	  ALLOW_RSA_SHA2_512,
	  0,
	  "SHA512",
	  { IDENTIFIER(pss_sha512), IDENTIFIER(pss_sha512_short) } },
	{ "RSA with SHA2-256",
	  KEY_RSA,
	  HASH_SHA2_256,
	  false,
	  0,
	  0,
	  ALLOW_RSA_SHA2_256,
	  0,
	  "SHA256",
	  { IDENTIFIER(rsa_sha256), IDENTIFIER(rsa_sha256_short) } },
	{ "RSA with SHA2-384",
	  KEY_RSA,
	  HASH_SHA2_384,
	  false,
	  0,
	  0,
	  ALLOW_RSA_SHA2_384,
	  0,
	  "SHA384",
	  { IDENTIFIER(rsa_sha384), IDENTIFIER(rsa_sha384_short) } },
	{ "RSA with SHA2-512",
	  KEY_RSA,
	  HASH_SHA2_512,
	  false,
	  0,
	  0,
	  ALLOW_RSA_SHA2_512,
	  0,
	  "SHA512",
	  { IDENTIFIER(rsa_sha512), IDENTIFIER(rsa_sha512_short) } },
	{ "RSA with SHA-1",
	  KEY_RSA,
	  HASH_SHA1,
	  false,
	  1,
	  0,
	  ALLOW_RSA_SHA1,
	  0,
	  "SHA1",
	  { IDENTIFIER(rsa_sha1), IDENTIFIER(rsa_sha1_short) } },
	{ "ECDSA with SHA2-256",
	  KEY_ECDSA,
	  HASH_SHA2_256,
	  false,
	  9,
	  KE_ECP_256,
	  ALLOW_ECDSA_SHA2_256,
	  64,
	  "SHA256",
	  { IDENTIFIER(ecdsa_sha256) } },
	{ "ECDSA with SHA2-384",
	  KEY_ECDSA,
	  HASH_SHA2_384,
	  false,
	  10,
	  KE_ECP_384,
	  ALLOW_ECDSA_SHA2_384,
	  96,
	  "SHA384",
	  { IDENTIFIER(ecdsa_sha384) } },
	{ "ECDSA with SHA2-512",
	  KEY_ECDSA,
	  HASH_SHA2_512,
	  false,
	  11,
	  KE_ECP_521,
	  ALLOW_ECDSA_SHA2_512,
	  132,
	  "SHA512",
	  { IDENTIFIER(ecdsa_sha512) } },
	{ "Ed25519",
	  KEY_ED25519,
	  HASH_IDENTITY,
	  false,
	  0,
	  0,
	  ALLOW_EDDSA,
	  0,
	  NULL,
	  { IDENTIFIER(ed25519) } },
	{ "Ed448",
	  KEY_ED448,
	  HASH_IDENTITY,
	  false,
	  0,
	  0,
	  ALLOW_EDDSA,
	  0,
	  NULL,
	  { IDENTIFIER(ed448) } },
};

const struct signature_alg *signature_at(size_t i)
{
	return i < ARRAY_LEN(rows) ? &rows[i] : NULL;
}

const struct signature_alg *signature_by_identifier(struct slice der)
{
	if (der.len == 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t j = 0; j < ARRAY_LEN(rows[i].identifiers); j++)
			if (slice_eq(der, rows[i].identifiers[j]))
				return &rows[i];
	return NULL;
}

const struct signature_alg *signature_by_method(uint8_t method)
{
	for (size_t i = 0; method && i < ARRAY_LEN(rows); i++)
		if (rows[i].method == method)
			return &rows[i];
	return NULL;
}

bool signature_split(struct slice auth, const struct signature_alg **alg, struct slice *signature,
		     const char **why)
{
	struct cursor c = cursor_of(auth);
	struct slice identifier;
	uint8_t len;

	*alg = NULL;
	*signature = SLICE_EMPTY;
	*why = "the AUTH payload is cut short";
	if (!cursor_u8(&c, "length of the AlgorithmIdentifier", &len) ||
	    !cursor_take(&c, "AlgorithmIdentifier", len, &identifier))
		return false;
	*alg = signature_by_identifier(identifier);
	*why = "the signature algorithm is not known";
	if (!*alg)
		return false;
	*why = "the AUTH payload has no signature";
	return cursor_rest(&c, signature) && signature->len > 0;
}
