/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates and private keys as PEM text that whack tells, under a name. All of the text is read
 * before anything of it is used.
 */
#include <string.h>

#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/text.h"
#include "crypto/keystore.h"
#include "crypto/trust.h"
#include "keyring.h"
#include "pkey.h"
#include "trust_content.h"

#define TOLD_MAX 16 /* of either kind in one text */

struct told {
	X509 *certs[TOLD_MAX];
	EVP_PKEY *keys[TOLD_MAX];
	size_t cert_count, key_count;
};

static void told_free(struct told *t)
{
	while (t->cert_count > 0)
		X509_free(t->certs[--t->cert_count]);
	while (t->key_count > 0)
		EVP_PKEY_free(t->keys[--t->key_count]);
}

static EVP_PKEY *key_of(const unsigned char *data, long len)
{
	EVP_PKEY *key = NULL;
	OSSL_DECODER_CTX *ctx = OSSL_DECODER_CTX_new_for_pkey(&key, "DER", NULL, NULL,
							      EVP_PKEY_KEYPAIR, NULL, NULL);
	size_t left = (size_t)len;

	if (ctx && !OSSL_DECODER_from_data(ctx, &data, &left)) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	OSSL_DECODER_CTX_free(ctx);
	return key;
}

static bool take_block(struct told *t, const char *type, const unsigned char *data, long len,
		       struct error *e)
{
	if (strcmp(type, PEM_STRING_X509) == 0) {
		X509 *x = t->cert_count < TOLD_MAX ? d2i_X509(NULL, &data, len) : NULL;

		if (!x)
			return error_set(e, "certificate %zu cannot be read, or is one too many",
					 t->cert_count + 1);
		t->certs[t->cert_count++] = x;
		return true;
	}
	if (strcmp(type, PEM_STRING_PKCS8INF) == 0 || strcmp(type, PEM_STRING_RSA) == 0 ||
	    strcmp(type, PEM_STRING_ECPRIVATEKEY) == 0) {
		EVP_PKEY *key = t->key_count < TOLD_MAX ? key_of(data, len) : NULL;

		if (!key)
			return error_set(e, "private key %zu cannot be read, or is one too many",
					 t->key_count + 1);
		t->keys[t->key_count++] = key;
		return true;
	}
	if (strcmp(type, PEM_STRING_PKCS8) == 0)
		return error_set(e, "the private key is encrypted: give it as it is, for it never "
				    "reaches a disk here");
	/* parameters of a curve stand beside a key in openssl's old files */
	return strcmp(type, PEM_STRING_ECPARAMETERS) == 0 ||
	       error_set(e, "\"%.60s\" is neither a certificate nor a private key", type);
}

static bool read_all(struct told *t, struct slice pem, struct error *e)
{
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	char *type, *header;
	unsigned char *data;
	bool ok = bio || error_set(e, "memory is short: free some and try again");
	long len;

	while (ok && PEM_read_bio(bio, &type, &header, &data, &len) == 1) {
		ok = header[0] ? error_set(e, "the private key is encrypted: give it as it is, for "
					      "it never reaches a disk here")
			       : take_block(t, type, data, len, e);
		OPENSSL_free(type);
		OPENSSL_free(header);
		OPENSSL_clear_free(data, (size_t)len);
	}
	BIO_free(bio);
	ERR_clear_error();
	return ok && (t->cert_count + t->key_count > 0 ||
		      error_set(e, "there is no PEM in it: \"-----BEGIN CERTIFICATE-----\" or "
				   "\"-----BEGIN PRIVATE KEY-----\" is where it begins"));
}

bool told_take(struct keystore *k, const char *name, struct slice pem, bool is_ca, char *what,
	       size_t size, struct error *e)
{
	struct text out = text_over(what, size);
	struct told t = { 0 };
	bool ok = read_all(&t, pem, e);

	if (ok && is_ca && t.key_count > 0)
		ok = error_set(e, "a private key stands with the CA certificate: nobody wants that "
				  "here");
	for (size_t i = 0; ok && is_ca && i < t.cert_count; i++)
		ok = X509_check_ca(t.certs[i]) != 0 ||
		     error_set(e, "certificate %zu is no CA's: use --addcert", i + 1);
	if (ok)
		told_forget(k, name);
	for (size_t i = 0; ok && i < t.key_count; i++)
		ok = keystore_tell_key(k, t.keys[i], name, e);
	for (size_t i = 0; ok && i < t.cert_count; i++)
		ok = trust_tell(keystore_trust(k), t.certs[i], name, is_ca) ||
		     error_set(e, "memory is short: free some and try again");
	text_add(&out, "%zu certificate%s and %zu private key%s", t.cert_count,
		 t.cert_count == 1 ? "" : "s", t.key_count, t.key_count == 1 ? "" : "s");
	told_free(&t);
	ERR_clear_error();
	return ok;
}

size_t told_forget(struct keystore *k, const char *name)
{
	return trust_forget(keystore_trust(k), name) + keystore_forget_keys(k, name);
}
