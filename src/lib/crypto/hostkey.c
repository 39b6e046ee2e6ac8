/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs are made and written by OpenSSL; RFC 3110 is what its reader in sign_text.c says. */
#include "crypto/hostkey.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/text.h"
#include "keyring.h"
#include "pkey.h"

#define RSA_MIN 2048u
#define RSA_MAX 16384u
#define RSA_DEFAULT 3072u

static const struct {
	const char *words, *name;
} curves[] = {
	{ "secp256r1 prime256v1 p-256 nistp256 256", "P-256" },
	{ "secp384r1 p-384 nistp384 384", "P-384" },
	{ "secp521r1 p-521 nistp521 521", "P-521" },
};

static bool is_listed(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = words; (at = strstr(at, word)) != NULL; at += len)
		if ((at == words || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

static EVP_PKEY *make_ecdsa(const char *curve, struct error *e)
{
	for (size_t i = 0; i < ARRAY_LEN(curves); i++)
		if (is_listed(curves[i].words, curve ? curve : "256"))
			return EVP_PKEY_Q_keygen(NULL, NULL, "EC", curves[i].name);
	error_set(e, "there is no curve \"%.60s\": give secp256r1, secp384r1 or secp521r1", curve);
	return NULL;
}

static EVP_PKEY *make(const char *kind, unsigned bits, const char *curve, struct error *e)
{
	if (strcmp(kind, "rsa") == 0) {
		bits = bits ? bits : RSA_DEFAULT;
		if (bits >= RSA_MIN && bits <= RSA_MAX)
			return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);
		error_set(e, "an RSA key has %u to %u bits here", RSA_MIN, RSA_MAX);
		return NULL;
	}
	if (strcmp(kind, "ecdsa") == 0)
		return make_ecdsa(curve, e);
	if (strcmp(kind, "eddsa") == 0) {
		if (!curve || strcmp(curve, "ed25519") == 0)
			return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
		if (strcmp(curve, "ed448") == 0)
			return EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
		error_set(e, "there is no curve \"%.60s\": give ed25519 or ed448", curve);
		return NULL;
	}
	error_set(e, "there is no kind of key \"%.60s\": give rsa, ecdsa or eddsa", kind);
	return NULL;
}

bool hostkey_make(const char *kind, unsigned bits, const char *curve, struct secret *pem,
		  struct public_key **out, struct error *e)
{
	EVP_PKEY *pkey = make(kind, bits, curve, e);
	BIO *bio = BIO_new(BIO_s_secmem());
	char why[200];
	char *data;
	long len;

	*out = NULL;
	if (!pkey && !e->text[0])
		error_set(e, "the key cannot be made: %s", openssl_error(why, sizeof(why)));
	if (pkey && bio &&
	    PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1 &&
	    (len = BIO_get_mem_data(bio, &data)) > 0 && secret_copy(slice(data, (size_t)len), pem))
		*out = public_key_of_pkey(pkey, e);
	else if (pkey)
		error_set(e, "the key cannot be encoded: %s", openssl_error(why, sizeof(why)));
	if (!*out)
		secret_free(pem);
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	return *out != NULL;
}

/* RFC 3110 2: the exponent's length in one byte, the exponent, the modulus. */
static bool rsa_3110(EVP_PKEY *pkey, struct bytes *out)
{
	BIGNUM *n = NULL, *exponent = NULL;
	uint8_t raw[4096];
	int e_len = 0, n_len = 0;

	if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
	    EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 &&
	    BN_num_bytes(exponent) < 256 && BN_num_bytes(n) <= 3000) {
		e_len = BN_bn2bin(exponent, raw + 1);
		n_len = BN_bn2bin(n, raw + 1 + e_len);
		raw[0] = (uint8_t)e_len;
	}
	BN_free(n);
	BN_free(exponent);
	return n_len > 0 && bytes_copy(slice(raw, (size_t)(1 + e_len + n_len)), out);
}

bool hostkey_text(const struct public_key *k, struct bytes *out)
{
	struct bytes raw cleanup(bytes_cleanup) = { 0 };
	char *text;
	int len;
	bool ok;

	if (k->kind == KEY_RSA ? !rsa_3110(k->pkey, &raw) : !public_key_spki(k, &raw))
		return false;
	text = malloc(raw.len / 3 * 4 + 8);
	if (!text)
		return false;
	len = EVP_EncodeBlock((unsigned char *)text, raw.data, (int)raw.len);
	ok = bytes_copy(slice(text, (size_t)len), out);
	free(text);
	return ok;
}

bool hostkey_pem(const struct public_key *k, struct bytes *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data;
	long len;
	bool ok = bio && PEM_write_bio_PUBKEY(bio, k->pkey) == 1 &&
		  (len = BIO_get_mem_data(bio, &data)) > 0 &&
		  bytes_copy(slice(data, (size_t)len), out);

	BIO_free(bio);
	ERR_clear_error();
	return ok;
}
