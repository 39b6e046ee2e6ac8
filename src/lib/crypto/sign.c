/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public keys, and signatures made and checked by OpenSSL's EVP_DigestSign and EVP_DigestVerify alone:
 * no padding is looked at here. Only the outer form of the classic ECDSA methods (r | s, RFC 4754 7)
 * is turned into the DER form and back.
 */
#include "crypto/sign.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/text.h"
#include "crypto/algs.h"
#include "crypto/prf.h"
#include "pkey.h"

#define RSA_MIN_BITS 2048
#define RSA_MAX_BITS 16384
#define SIGNATURE_MAX_LEN 4096

const char *openssl_error(char *buf, size_t size)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	text_copy(buf, size, reason ? reason : "unknown reason");
	ERR_clear_error();
	return buf;
}

bool key_ref_eq(const struct key_ref *a, const struct key_ref *b)
{
	return memcmp(a->id, b->id, sizeof(a->id)) == 0;
}

bool key_ref_is_set(const struct key_ref *k)
{
	static const struct key_ref none;

	return !key_ref_eq(k, &none);
}

static const struct {
	int nid;
	uint16_t curve;
	const char *name;
} curves[] = {
	{ NID_X9_62_prime256v1, KE_ECP_256, "P-256" },
	{ NID_secp384r1, KE_ECP_384, "P-384" },
	{ NID_secp521r1, KE_ECP_521, "P-521" },
};

static uint16_t curve_of(EVP_PKEY *pkey)
{
	char name[64];
	size_t len;
	int nid;

	if (EVP_PKEY_get_group_name(pkey, name, sizeof(name), &len) != 1)
		return 0;
	nid = OBJ_txt2nid(name);
	for (size_t i = 0; i < ARRAY_LEN(curves); i++)
		if (curves[i].nid == nid)
			return curves[i].curve;
	return 0;
}

/* A small modulus or exponent is a forger's friend (e = 3, 8-bit moduli). */
static bool rsa_is_strong(EVP_PKEY *pkey, struct error *e)
{
	BIGNUM *exponent = NULL;
	int bits = EVP_PKEY_get_bits(pkey);
	bool ok;

	if (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS)
		return error_set(e, "an RSA key of %d bits: %d to %d are used here", bits,
				 RSA_MIN_BITS, RSA_MAX_BITS);
	ok = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 &&
	     BN_is_odd(exponent) && BN_num_bits(exponent) >= 17 && BN_num_bits(exponent) <= 64;
	BN_free(exponent);
	return ok || error_set(e, "an RSA key with a weak exponent: 65537 is the one to use");
}

static bool classify(struct public_key *k, struct error *e)
{
	switch (EVP_PKEY_get_base_id(k->pkey)) {
	case EVP_PKEY_RSA:
	case EVP_PKEY_RSA_PSS:
		k->kind = KEY_RSA;
		return rsa_is_strong(k->pkey, e);
	case EVP_PKEY_EC:
		k->kind = KEY_ECDSA;
		k->curve = curve_of(k->pkey);
		return k->curve || error_set(e, "an EC key of another curve than P-256, P-384 "
						"and P-521");
	case EVP_PKEY_ED25519:
		k->kind = KEY_ED25519;
		return true;
	case EVP_PKEY_ED448:
		k->kind = KEY_ED448;
		return true;
	}
	return error_set(e, "a key of a kind not used here: RSA, ECDSA and EdDSA are");
}

/* The point of a key in a token, whose provider may not tell it but encodes it. */
static size_t encoded_point(EVP_PKEY *pkey, uint8_t *out, size_t size)
{
	X509_PUBKEY *encoded = NULL;
	const unsigned char *point;
	int len = 0;

	if (X509_PUBKEY_set(&encoded, pkey) != 1 ||
	    X509_PUBKEY_get0_param(NULL, &point, &len, NULL, encoded) != 1 || (size_t)len > size)
		len = 0;
	if (len > 0)
		memcpy(out, point, (size_t)len);
	X509_PUBKEY_free(encoded);
	return (size_t)len;
}

/* What NSS calls CKA_ID: made of the number that is the key. */
static bool find_ckaid(struct public_key *k)
{
	uint8_t raw[RSA_MAX_BITS / 8];
	BIGNUM *n = NULL;
	size_t len = 0;
	struct slice part;

	if (k->kind == KEY_RSA) {
		if (EVP_PKEY_get_bn_param(k->pkey, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
		    BN_num_bytes(n) <= (int)sizeof(raw))
			len = (size_t)BN_bn2bin(n, raw);
		BN_free(n);
	} else if (k->kind == KEY_ECDSA) {
		if (EVP_PKEY_get_octet_string_param(k->pkey, OSSL_PKEY_PARAM_PUB_KEY, raw,
						    sizeof(raw), &len) != 1)
			len = encoded_point(k->pkey, raw, sizeof(raw));
	} else {
		len = sizeof(raw);
		if (EVP_PKEY_get_raw_public_key(k->pkey, raw, &len) != 1)
			len = 0;
	}
	part = slice(raw, len);
	return len > 0 && digest_sha1(&part, 1, k->ckaid);
}

static bool find_id(struct public_key *k)
{
	struct bytes der cleanup(bytes_cleanup) = { 0 };
	struct slice part;

	if (!public_key_spki(k, &der))
		return false;
	part = bytes_slice(&der);
	return digest_sha256(&part, 1, k->id.id);
}

struct public_key *public_key_of_pkey(EVP_PKEY *pkey, struct error *e)
{
	struct public_key *k = calloc(1, sizeof(*k));

	if (!k || EVP_PKEY_up_ref(pkey) != 1) {
		free(k);
		error_set(e, "memory is short: free some and try again");
		return NULL;
	}
	k->pkey = pkey;
	k->bits = (unsigned)EVP_PKEY_get_bits(pkey);
	if (!classify(k, e)) {
		public_key_free(k);
		return NULL;
	}
	if (!find_id(k) || !find_ckaid(k)) {
		error_set(e, "a key that OpenSSL cannot encode");
		public_key_free(k);
		return NULL;
	}
	ERR_clear_error();
	return k;
}

struct public_key *public_key_of_spki(struct slice der, struct error *e)
{
	const unsigned char *at = der.data;
	EVP_PKEY *pkey = NULL;
	struct public_key *k = NULL;

	if (der.len > 0 && der.len <= UINT16_MAX)
		pkey = d2i_PUBKEY(NULL, &at, (long)der.len);
	if (pkey && at == der.data + der.len)
		k = public_key_of_pkey(pkey, e);
	else
		error_set(e, "no public key (SubjectPublicKeyInfo) can be read from it");
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	return k;
}

struct public_key *public_key_ref(const struct public_key *k)
{
	struct public_key *copy = calloc(1, sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *k;
	EVP_PKEY_up_ref(copy->pkey);
	return copy;
}

void public_key_free(struct public_key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->pkey);
	free(k);
}

enum key_kind public_key_kind(const struct public_key *k)
{
	return (enum key_kind)k->kind;
}

const char *public_key_name(const struct public_key *k, char *buf, size_t size)
{
	struct text t = text_over(buf, size);

	switch (k->kind) {
	case KEY_RSA:
		text_add(&t, "RSA %u", k->bits);
		break;
	case KEY_ECDSA:
		for (size_t i = 0; i < ARRAY_LEN(curves); i++)
			if (curves[i].curve == k->curve)
				text_add(&t, "ECDSA %s", curves[i].name);
		break;
	case KEY_ED25519:
		text_put(&t, "Ed25519");
		break;
	case KEY_ED448:
		text_put(&t, "Ed448");
		break;
	}
	return buf;
}

uint16_t public_key_curve(const struct public_key *k)
{
	return k->curve;
}

const struct key_ref *public_key_id(const struct public_key *k)
{
	return &k->id;
}

const uint8_t *public_key_ckaid(const struct public_key *k)
{
	return k->ckaid;
}

bool public_key_spki(const struct public_key *k, struct bytes *out)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(k->pkey, &der);
	bool ok = len > 0 && bytes_copy(slice(der, (size_t)len), out);

	OPENSSL_free(der);
	ERR_clear_error();
	return ok;
}

/* Padding and digest; NULL digest for EdDSA. */
static bool set_scheme(EVP_PKEY_CTX *ctx, const struct signature_alg *a)
{
	if (!a->is_pss)
		return a->kind != KEY_RSA ||
		       EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, a->digest, NULL) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static bool fits(const struct public_key *k, const struct signature_alg *a, bool is_classic)
{
	return k->kind == a->kind && (!is_classic || (a->method && a->curve == k->curve));
}

/* RFC 4754 7: r | s, each of half the length. */
static bool der_of_raw(const struct signature_alg *a, struct slice raw, struct bytes *der)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = NULL, *s = NULL;
	unsigned char *encoded = NULL;
	int half = a->raw_len / 2, len = 0;
	bool ok = false;

	if (sig && raw.len == a->raw_len) {
		r = BN_bin2bn(raw.data, half, NULL);
		s = BN_bin2bn(raw.data + half, half, NULL);
	}
	if (r && s && ECDSA_SIG_set0(sig, r, s) == 1) {
		r = s = NULL;
		len = i2d_ECDSA_SIG(sig, &encoded);
		ok = len > 0 && bytes_copy(slice(encoded, (size_t)len), der);
	}
	OPENSSL_free(encoded);
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return ok;
}

static bool raw_of_der(const struct signature_alg *a, struct slice der, struct bytes *raw)
{
	const unsigned char *at = der.data;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)der.len);
	int half = a->raw_len / 2;
	bool ok = sig && bytes_alloc(a->raw_len, raw) &&
		  BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw->data, half) == half &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw->data + half, half) == half;

	ECDSA_SIG_free(sig);
	return ok;
}

enum verdict public_key_verify(const struct public_key *k, const struct signature_alg *a,
			       bool is_classic, struct slice octets, struct slice signature)
{
	struct bytes der cleanup(bytes_cleanup) = { 0 };
	EVP_MD_CTX *ctx;
	EVP_PKEY_CTX *pctx = NULL;
	int rc = 0;

	if (!fits(k, a, is_classic) || signature.len == 0 || signature.len > SIGNATURE_MAX_LEN)
		return VERDICT_BAD;
	if (is_classic && a->kind == KEY_ECDSA) {
		if (!der_of_raw(a, signature, &der))
			return VERDICT_BAD;
		signature = bytes_slice(&der);
	}
	ctx = EVP_MD_CTX_new();
	if (!ctx)
		return VERDICT_FAIL;
	if (EVP_DigestVerifyInit_ex(ctx, &pctx, a->digest, NULL, NULL, k->pkey, NULL) == 1 &&
	    set_scheme(pctx, a))
		rc = EVP_DigestVerify(ctx, signature.data, signature.len, octets.data, octets.len);
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return rc == 1 ? VERDICT_OK : VERDICT_BAD;
}

static bool sign_der(EVP_PKEY *pkey, const struct signature_alg *a, struct slice octets,
		     struct bytes *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	size_t len = 0;
	bool ok;

	ok = ctx && EVP_DigestSignInit_ex(ctx, &pctx, a->digest, NULL, NULL, pkey, NULL) == 1 &&
	     set_scheme(pctx, a) && EVP_DigestSign(ctx, NULL, &len, octets.data, octets.len) == 1 &&
	     len > 0 && bytes_alloc(len, out) &&
	     EVP_DigestSign(ctx, out->data, &len, octets.data, octets.len) == 1;
	if (ok)
		out->len = len;
	else
		bytes_free(out);
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

enum verdict pkey_sign(EVP_PKEY *pkey, const struct signature_alg *a, bool is_classic,
		       struct slice octets, struct bytes *signature)
{
	struct bytes der cleanup(bytes_cleanup) = { 0 };
	struct error ignored = { 0 };
	struct public_key *k = public_key_of_pkey(pkey, &ignored);
	bool is_fit = k && fits(k, a, is_classic);

	public_key_free(k);
	*signature = (struct bytes){ 0 };
	if (!is_fit)
		return VERDICT_BAD;
	if (!is_classic || a->kind != KEY_ECDSA)
		return sign_der(pkey, a, octets, signature) ? VERDICT_OK : VERDICT_FAIL;
	return sign_der(pkey, a, octets, &der) && raw_of_der(a, bytes_slice(&der), signature)
		       ? VERDICT_OK
		       : VERDICT_FAIL;
}
