/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ML-KEM with its randomness given: the self test and the vectors call it; key exchange itself is
 * ke.c's. The parameters' names are OpenSSL 3.5's; they are words here so that this builds with 3.0.
 */
#include "kem.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>

#include "provider.h"

#define PARAM_SEED "seed"
#define PARAM_RANDOMNESS "ikme"

static void pkey_cleanup(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void ctx_cleanup(EVP_PKEY_CTX **ctx)
{
	EVP_PKEY_CTX_free(*ctx);
}

static OSSL_PARAM octets(const char *name, struct slice value)
{
	return OSSL_PARAM_construct_octet_string(name, (void *)value.data, value.len);
}

static bool export(EVP_PKEY *key, struct secret *private_value, struct bytes *public_value)
{
	size_t len = 0, public_len = 0;

	return EVP_PKEY_get_raw_private_key(key, NULL, &len) == 1 &&
	       secret_alloc(len, private_value) &&
	       EVP_PKEY_get_raw_private_key(key, private_value->data, &len) == 1 &&
	       EVP_PKEY_get_raw_public_key(key, NULL, &public_len) == 1 &&
	       bytes_alloc(public_len, public_value) &&
	       EVP_PKEY_get_raw_public_key(key, public_value->data, &public_len) == 1;
}

bool kem_of_seed(const struct alg *a, struct slice seed, struct secret *private_value,
		 struct bytes *public_value)
{
	OSSL_PARAM params[] = { octets(PARAM_SEED, seed), OSSL_PARAM_construct_end() };
	EVP_PKEY_CTX *ctx cleanup(ctx_cleanup) = EVP_PKEY_CTX_new_from_name(NULL, a->evp, NULL);
	EVP_PKEY *key cleanup(pkey_cleanup) = NULL;
	bool ok = ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
		  EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) == 1 &&
		  export(key, private_value, public_value);

	ERR_clear_error();
	return ok;
}

bool kem_encapsulate_with(const struct alg *a, struct slice public_value, struct slice m,
			  struct bytes *ciphertext, struct secret *shared)
{
	OSSL_PARAM params[] = { octets(PARAM_RANDOMNESS, m), OSSL_PARAM_construct_end() };
	EVP_PKEY *key cleanup(pkey_cleanup) = EVP_PKEY_new_raw_public_key_ex(
		NULL, a->evp, NULL, public_value.data, public_value.len);
	EVP_PKEY_CTX *ctx cleanup(ctx_cleanup) = key ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL)
						     : NULL;
	size_t wrapped = 0, len = 0;
	bool ok = ctx && EVP_PKEY_encapsulate_init(ctx, params) == 1 &&
		  EVP_PKEY_encapsulate(ctx, NULL, &wrapped, NULL, &len) == 1 &&
		  bytes_alloc(wrapped, ciphertext) && secret_alloc(len, shared) &&
		  EVP_PKEY_encapsulate(ctx, ciphertext->data, &wrapped, shared->data, &len) == 1;

	ERR_clear_error();
	return ok;
}
