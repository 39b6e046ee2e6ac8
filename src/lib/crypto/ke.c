/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key exchange on OpenSSL's keys, with plain bytes outside. The private value is the scalar or
 * exponent as a big-endian number (X25519, X448: as RFC 7748 has it). OpenSSL's own check of a MODP
 * value costs an exponentiation; in these safe-prime groups the range check of RFC 6989 2.1 is
 * enough, and points are checked to be on the curve when they are read (2.3).
 */
#include "crypto/ke.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "provider.h"

#define PRIVATE_MAX_LEN 1024
#define POINT_MAX_LEN 133 /* with the octet that says uncompressed */
#define POINT_UNCOMPRESSED 0x04

enum group_kind { GROUP_MODP, GROUP_ECP, GROUP_X, GROUP_KEM };

static enum group_kind kind_of(const struct alg *group)
{
	if (ke_is_kem(group))
		return GROUP_KEM;
	if (group->id == KE_CURVE25519 || group->id == KE_CURVE448)
		return GROUP_X;
	return group->id >= KE_MODP_2048 && group->id <= KE_MODP_8192 ? GROUP_MODP : GROUP_ECP;
}

static void pkey_cleanup(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void ctx_cleanup(EVP_PKEY_CTX **ctx)
{
	EVP_PKEY_CTX_free(*ctx);
}

static void bn_cleanup(BIGNUM **n)
{
	BN_clear_free(*n);
}

static void params_cleanup(OSSL_PARAM **params)
{
	OSSL_PARAM_free(*params);
}

static void builder_cleanup(OSSL_PARAM_BLD **builder)
{
	OSSL_PARAM_BLD_free(*builder);
}

bool ke_public_len_ok(const struct alg *group, size_t len)
{
	return group->type == TRANSFORM_KE && group->public_len > 0 && len == group->public_len;
}

bool ke_answer_len_ok(const struct alg *group, size_t len)
{
	return ke_is_kem(group) ? len == group->answer_len : ke_public_len_ok(group, len);
}

static EVP_PKEY *generate(const struct alg *group)
{
	EVP_PKEY_CTX *ctx cleanup(ctx_cleanup) =
		EVP_PKEY_CTX_new_from_pkey(NULL, provider_group(group), NULL);
	EVP_PKEY *key = NULL;

	if (!ctx || EVP_PKEY_keygen_init(ctx) != 1 || EVP_PKEY_generate(ctx, &key) != 1)
		return NULL;
	return key;
}

static bool export_public(const struct alg *group, EVP_PKEY *key, struct bytes *out)
{
	unsigned char *encoded = NULL;
	size_t len = EVP_PKEY_get1_encoded_public_key(key, &encoded);
	size_t skip = kind_of(group) == GROUP_ECP ? 1 : 0;
	bool ok = len == group->public_len + skip &&
		  (skip == 0 || encoded[0] == POINT_UNCOMPRESSED) &&
		  bytes_copy(slice(encoded + skip, len - skip), out);

	OPENSSL_free(encoded);
	return ok;
}

static bool export_private(const struct alg *group, EVP_PKEY *key, struct secret *out)
{
	BIGNUM *number cleanup(bn_cleanup) = NULL;
	size_t len = 0;

	/* EVP_PKEY_get_raw_private_key goes through a copy that OpenSSL 3.5 frees without wiping. */
	if (kind_of(group) == GROUP_X || kind_of(group) == GROUP_KEM)
		return EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PRIV_KEY, NULL, 0,
						       &len) == 1 &&
		       secret_alloc(len, out) &&
		       EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PRIV_KEY, out->data,
						       out->len, &len) == 1 &&
		       len == out->len;
	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) != 1)
		return false;
	len = (size_t)BN_num_bytes(number);
	return len > 0 && secret_alloc(len, out) &&
	       BN_bn2binpad(number, out->data, (int)len) == (int)len;
}

bool ke_generate(const struct alg *group, struct secret *private_value, struct bytes *public_value)
{
	EVP_PKEY *key cleanup(pkey_cleanup) = NULL;

	*private_value = (struct secret){ 0 };
	*public_value = (struct bytes){ 0 };
	if (group->type == TRANSFORM_KE && provider_group(group))
		key = generate(group);
	if (key && export_private(group, key, private_value) &&
	    export_public(group, key, public_value))
		return true;
	secret_free(private_value);
	bytes_free(public_value);
	ERR_clear_error();
	return false;
}

/* 1 < y < p-1; y has the length of p. p is odd, so p-1 differs from it in the last bit. */
static bool in_range(const struct alg *group, struct slice y)
{
	static const uint8_t one[] = { 1 };
	struct secret p cleanup(secret_cleanup) = { 0 };
	size_t zeros = 0;

	if (!provider_modulus(group, &p) || p.len != y.len)
		return false;
	p.data[p.len - 1] ^= 1;
	while (zeros < y.len && y.data[zeros] == 0)
		zeros++;
	if (zeros == y.len || slice_eq(slice(y.data + zeros, y.len - zeros), SLICE_OF(one)))
		return false;
	return slice_cmp(y, secret_slice(&p)) < 0;
}

static EVP_PKEY *import_peer(const struct alg *group, struct slice value)
{
	EVP_PKEY *parameters = provider_group(group), *key;
	uint8_t point[POINT_MAX_LEN] = { POINT_UNCOMPRESSED };
	enum group_kind kind = kind_of(group);

	if (kind == GROUP_X || kind == GROUP_KEM)
		return EVP_PKEY_new_raw_public_key_ex(NULL, group->evp, NULL, value.data,
						      value.len);
	if (kind == GROUP_MODP && !in_range(group, value))
		return NULL;
	if (kind == GROUP_ECP) {
		if (value.len >= sizeof(point))
			return NULL;
		memcpy(point + 1, value.data, value.len);
		value = slice(point, value.len + 1);
	}
	key = EVP_PKEY_new();
	if (key && EVP_PKEY_copy_parameters(key, parameters) == 1 &&
	    EVP_PKEY_set1_encoded_public_key(key, value.data, value.len) == 1)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

static EVP_PKEY *from_params(const struct alg *group, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx cleanup(ctx_cleanup) =
		EVP_PKEY_CTX_new_from_pkey(NULL, provider_group(group), NULL);
	EVP_PKEY *key = NULL;

	if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
		return NULL;
	return key;
}

/* The public value goes along so that OpenSSL need not compute it again. */
static EVP_PKEY *import_x(const struct alg *group, struct slice private_value,
			  struct slice own_public)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY,
						  (void *)private_value.data, private_value.len),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)own_public.data,
						  own_public.len),
		OSSL_PARAM_construct_end(),
	};

	if (private_value.len != group->public_len || own_public.len != group->public_len)
		return NULL;
	return from_params(group, params);
}

static EVP_PKEY *import_number(const struct alg *group, struct slice private_value)
{
	OSSL_PARAM_BLD *builder cleanup(builder_cleanup) = OSSL_PARAM_BLD_new();
	BIGNUM *number cleanup(bn_cleanup) = BN_secure_new();
	OSSL_PARAM *params cleanup(params_cleanup) = NULL;

	if (!builder || !number || private_value.len > PRIVATE_MAX_LEN ||
	    !BN_bin2bn(private_value.data, (int)private_value.len, number) ||
	    OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, group->evp, 0) !=
		    1 ||
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, number) != 1)
		return NULL;
	params = OSSL_PARAM_BLD_to_param(builder);
	return params ? from_params(group, params) : NULL;
}

static bool is_zero(const struct secret *s)
{
	uint8_t any = 0;

	for (size_t i = 0; i < s->len; i++)
		any |= s->data[i];
	return any == 0;
}

static enum verdict derive(const struct alg *group, EVP_PKEY *own, EVP_PKEY *peer,
			   struct secret *out)
{
	EVP_PKEY_CTX *ctx cleanup(ctx_cleanup) = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
	size_t len = 0;

	if (!ctx || EVP_PKEY_derive_init(ctx) != 1)
		return VERDICT_FAIL;
	/* RFC 7296 2.14: g^ir is padded to the length of the modulus. */
	if (kind_of(group) == GROUP_MODP && EVP_PKEY_CTX_set_dh_pad(ctx, 1) != 1)
		return VERDICT_FAIL;
	if (EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) != 1 ||
	    EVP_PKEY_derive(ctx, NULL, &len) != 1 || !secret_alloc(len, out))
		return VERDICT_FAIL;
	/* Refused only for what the peer sent: a result of low order. */
	if (EVP_PKEY_derive(ctx, out->data, &len) != 1)
		return VERDICT_BAD;
	if (len != out->len)
		return VERDICT_FAIL;
	return is_zero(out) ? VERDICT_BAD : VERDICT_OK;
}

static enum verdict decapsulate(const struct alg *group, struct slice private_value,
				struct slice ciphertext, struct secret *out)
{
	EVP_PKEY *key cleanup(pkey_cleanup) = EVP_PKEY_new_raw_private_key_ex(
		NULL, group->evp, NULL, private_value.data, private_value.len);
	EVP_PKEY_CTX *ctx cleanup(ctx_cleanup) = key ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL)
						     : NULL;
	size_t len = 0;

	/* A ciphertext that was not made for the key gives another secret, by design. */
	if (!ctx || EVP_PKEY_decapsulate_init(ctx, NULL) != 1 ||
	    EVP_PKEY_decapsulate(ctx, NULL, &len, ciphertext.data, ciphertext.len) != 1 ||
	    !secret_alloc(len, out) ||
	    EVP_PKEY_decapsulate(ctx, out->data, &len, ciphertext.data, ciphertext.len) != 1 ||
	    len != out->len)
		return VERDICT_FAIL;
	return VERDICT_OK;
}

static enum verdict encapsulate(const struct alg *group, struct slice peer_public,
				struct bytes *ciphertext, struct secret *out)
{
	EVP_PKEY *peer cleanup(pkey_cleanup) = import_peer(group, peer_public);
	EVP_PKEY_CTX *ctx cleanup(ctx_cleanup) = peer ? EVP_PKEY_CTX_new_from_pkey(NULL, peer, NULL)
						      : NULL;
	size_t wrapped = 0, len = 0;

	if (!peer)
		return VERDICT_BAD;
	if (!ctx || EVP_PKEY_encapsulate_init(ctx, NULL) != 1 ||
	    EVP_PKEY_encapsulate(ctx, NULL, &wrapped, NULL, &len) != 1 ||
	    !bytes_alloc(wrapped, ciphertext) || !secret_alloc(len, out) ||
	    EVP_PKEY_encapsulate(ctx, ciphertext->data, &wrapped, out->data, &len) != 1 ||
	    wrapped != ciphertext->len || len != out->len)
		return VERDICT_FAIL;
	return VERDICT_OK;
}

enum verdict ke_respond(const struct alg *group, struct slice peer_public,
			struct bytes *public_value, struct secret *shared)
{
	struct secret private_value cleanup(secret_cleanup) = { 0 };
	enum verdict verdict = VERDICT_FAIL;

	*public_value = (struct bytes){ 0 };
	*shared = (struct secret){ 0 };
	if (!ke_public_len_ok(group, peer_public.len))
		return VERDICT_BAD;
	if (!provider_group(group))
		return VERDICT_FAIL;
	if (ke_is_kem(group))
		verdict = encapsulate(group, peer_public, public_value, shared);
	else if (ke_generate(group, &private_value, public_value))
		verdict = ke_shared(group, secret_slice(&private_value), bytes_slice(public_value),
				    peer_public, shared);
	if (verdict != VERDICT_OK) {
		bytes_free(public_value);
		secret_free(shared);
		ERR_clear_error();
	}
	return verdict;
}

enum verdict ke_shared(const struct alg *group, struct slice private_value, struct slice own_public,
		       struct slice peer_public, struct secret *shared)
{
	EVP_PKEY *own cleanup(pkey_cleanup) = NULL, *peer cleanup(pkey_cleanup) = NULL;
	enum verdict verdict = VERDICT_FAIL;

	*shared = (struct secret){ 0 };
	if (!ke_answer_len_ok(group, peer_public.len))
		return VERDICT_BAD;
	if (!provider_group(group))
		return VERDICT_FAIL;
	if (!ke_is_kem(group))
		peer = import_peer(group, peer_public);
	if (ke_is_kem(group)) {
		verdict = decapsulate(group, private_value, peer_public, shared);
	} else if (!peer) {
		verdict = VERDICT_BAD;
	} else {
		own = kind_of(group) == GROUP_X ? import_x(group, private_value, own_public)
						: import_number(group, private_value);
		if (own)
			verdict = derive(group, own, peer, shared);
	}
	if (verdict != VERDICT_OK) {
		secret_free(shared);
		ERR_clear_error();
	}
	return verdict;
}
