/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The objects fetched from OpenSSL and the contexts of each thread. provider_load runs once, in the
 * self test; all else here only reads. A thread's contexts hold no key between two calls: their users
 * overwrite it (cipher.c, mac.c).
 */
#include "provider.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>

struct fetched {
	EVP_CIPHER *cipher[3]; /* by place in key_bits; a fixed key's at 0 */
	EVP_PKEY *group;
	bool is_available;
};

struct contexts {
	EVP_CIPHER_CTX *cipher;
	EVP_MD_CTX *digest;
	EVP_MAC_CTX *mac[MAC_KINDS];
};

/* Written by provider_load and provider_set_available alone. */
static struct {
	struct fetched rows[PROVIDER_ROWS];
	EVP_MD *digests[MAC_KINDS];
	EVP_MAC *hmac, *cmac;
	pthread_key_t contexts;
	bool has_contexts;
} provider;

static const char *const digest_names[MAC_KINDS] = {
	[MAC_SHA1] = "SHA1",
	[MAC_SHA256] = "SHA256",
	[MAC_SHA384] = "SHA384",
	[MAC_SHA512] = "SHA512",
};

static void contexts_free(void *data)
{
	struct contexts *c = data;

	EVP_CIPHER_CTX_free(c->cipher);
	EVP_MD_CTX_free(c->digest);
	for (size_t i = 0; i < MAC_KINDS; i++)
		EVP_MAC_CTX_free(c->mac[i]);
	free(c);
}

/* What a thread made is freed when it ends. */
static struct contexts *contexts_get(void)
{
	struct contexts *c;

	if (!provider.has_contexts)
		return NULL;
	c = pthread_getspecific(provider.contexts);
	if (c)
		return c;
	c = calloc(1, sizeof(*c));
	if (c && pthread_setspecific(provider.contexts, c) != 0) {
		free(c);
		return NULL;
	}
	return c;
}

/* evp with its %u replaced by bits. */
static void cipher_name(const char *evp, uint16_t bits, char *out, size_t size)
{
	const char *at = strstr(evp, "%u");

	if (at)
		snprintf(out, size, "%.*s%u%s", (int)(at - evp), evp, (unsigned int)bits, at + 2);
	else
		snprintf(out, size, "%s", evp);
}

static void load_cipher(const struct alg *a, struct fetched *f)
{
	char name[32];

	for (size_t i = 0; i < ARRAY_LEN(f->cipher); i++) {
		if (f->cipher[i] || (i > 0 && a->key_bits[i] == 0))
			continue;
		cipher_name(a->evp, a->key_bits[i], name, sizeof(name));
		f->cipher[i] = EVP_CIPHER_fetch(NULL, name, NULL);
	}
}

/* These have no parameters: the base point as a public key stands for the group. */
static EVP_PKEY *load_x(const struct alg *a)
{
	uint8_t base[56] = { a->id == KE_CURVE25519 ? 9 : 5 };

	return EVP_PKEY_new_raw_public_key_ex(NULL, a->evp, NULL, base, a->public_len);
}

/* Any key stands for the parameters, of which a KEM has none but its name. */
static EVP_PKEY *load_kem(const struct alg *a)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, a->evp, NULL);
	EVP_PKEY *key = NULL;

	if (!ctx || EVP_PKEY_keygen_init(ctx) != 1 || EVP_PKEY_generate(ctx, &key) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *load_group(const struct alg *a)
{
	const char *type = a->id >= KE_MODP_2048 && a->id <= KE_MODP_8192 ? "DH" : "EC";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)a->evp, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *group = NULL;
	EVP_PKEY_CTX *ctx;

	if (a->id == KE_CURVE25519 || a->id == KE_CURVE448)
		return load_x(a);
	if (a->flags & ALG_KEM)
		return load_kem(a);
	ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &group, EVP_PKEY_KEY_PARAMETERS, params) != 1)
		group = NULL;
	EVP_PKEY_CTX_free(ctx);
	return group;
}

static bool has_cipher(const struct alg *a)
{
	if (a->type == TRANSFORM_ENCR)
		return a->evp != NULL;
	return (a->type == TRANSFORM_PRF && a->id == PRF_AES128_XCBC) ||
	       (a->type == TRANSFORM_INTEG && a->id == INTEG_AES_XCBC_96);
}

void provider_load(void)
{
	if (!provider.has_contexts)
		provider.has_contexts = pthread_key_create(&provider.contexts, contexts_free) == 0;
	if (!provider.hmac)
		provider.hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	if (!provider.cmac)
		provider.cmac = EVP_MAC_fetch(NULL, "CMAC", NULL);
	for (size_t i = 0; i < MAC_KINDS; i++)
		if (digest_names[i] && !provider.digests[i])
			provider.digests[i] = EVP_MD_fetch(NULL, digest_names[i], NULL);
	for (size_t i = 0; alg_at(i) != NULL; i++) {
		const struct alg *a = alg_at(i);

		if (has_cipher(a))
			load_cipher(a, &provider.rows[i]);
		else if (a->type == TRANSFORM_KE && a->evp && !provider.rows[i].group)
			provider.rows[i].group = load_group(a);
	}
	ERR_clear_error();
}

bool provider_is_available(const struct alg *a)
{
	return provider.rows[alg_index(a)].is_available;
}

void provider_set_available(const struct alg *a, bool is_available)
{
	provider.rows[alg_index(a)].is_available = is_available;
}

EVP_CIPHER *provider_cipher(const struct alg *a, uint16_t key_bits)
{
	const struct fetched *f = &provider.rows[alg_index(a)];

	for (size_t i = 0; i < ARRAY_LEN(f->cipher); i++)
		if (a->key_bits[i] == key_bits)
			return f->cipher[i];
	return NULL;
}

EVP_MD *provider_digest(enum mac_kind kind)
{
	return provider.digests[kind];
}

EVP_PKEY *provider_group(const struct alg *a)
{
	return provider.rows[alg_index(a)].group;
}

bool provider_modulus(const struct alg *a, struct secret *out)
{
	EVP_PKEY *group = provider_group(a);
	BIGNUM *p = NULL;
	bool ok = group && EVP_PKEY_get_bn_param(group, OSSL_PKEY_PARAM_FFC_P, &p) == 1 &&
		  secret_alloc(a->public_len, out) &&
		  BN_bn2binpad(p, out->data, (int)out->len) == (int)out->len;

	BN_free(p);
	return ok;
}

EVP_CIPHER_CTX *provider_cipher_ctx(void)
{
	struct contexts *c = contexts_get();

	if (c && !c->cipher)
		c->cipher = EVP_CIPHER_CTX_new();
	return c ? c->cipher : NULL;
}

EVP_MD_CTX *provider_digest_ctx(void)
{
	struct contexts *c = contexts_get();

	if (c && !c->digest)
		c->digest = EVP_MD_CTX_new();
	return c ? c->digest : NULL;
}

static EVP_MAC_CTX *mac_ctx_new(enum mac_kind kind)
{
	const char *name = kind == MAC_CMAC ? "AES-128-CBC" : digest_names[kind];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(kind == MAC_CMAC ? OSSL_MAC_PARAM_CIPHER
								  : OSSL_MAC_PARAM_DIGEST,
						 (char *)name, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = kind == MAC_CMAC ? provider.cmac : provider.hmac;
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;

	if (ctx && EVP_MAC_CTX_set_params(ctx, params) != 1) {
		EVP_MAC_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

EVP_MAC_CTX *provider_mac_ctx(enum mac_kind kind)
{
	struct contexts *c = contexts_get();

	if (c && !c->mac[kind])
		c->mac[kind] = mac_ctx_new(kind);
	return c ? c->mac[kind] : NULL;
}
