/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The self test with an OpenSSL that refuses things (as a FIPS provider does) and one that computes
 * wrongly. Both are OpenSSL's own functions with something in between.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "vectors/vector.h"

#include <dlfcn.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/cipher.h"
#include "crypto/ke.h"
#include "crypto/prf.h"

static const char *denied; /* what fetching by this name refuses */
static size_t wrong_at;    /* the n-th result of a MAC, cipher or key exchange is wrong; 0: none */
static size_t results;

/* OpenSSL's function of this name. dlsym gives an object pointer, which POSIX lets be a function's. */
#define NEXT(name)                                      \
	static __typeof__(name) *next;                  \
	if (!next) {                                    \
		void *symbol = dlsym(RTLD_NEXT, #name); \
		memcpy(&next, &symbol, sizeof(next));   \
	}

static bool is_denied(const char *name)
{
	return denied && strcmp(name, denied) == 0;
}

static void spoil(void *data, size_t len)
{
	if (++results == wrong_at && len > 0)
		((uint8_t *)data)[0] ^= 1;
}

EVP_CIPHER *EVP_CIPHER_fetch(OSSL_LIB_CTX *ctx, const char *name, const char *properties)
{
	NEXT(EVP_CIPHER_fetch)
	return is_denied(name) ? NULL : next(ctx, name, properties);
}

EVP_MAC *EVP_MAC_fetch(OSSL_LIB_CTX *ctx, const char *name, const char *properties)
{
	NEXT(EVP_MAC_fetch)
	return is_denied(name) ? NULL : next(ctx, name, properties);
}

EVP_PKEY *EVP_PKEY_new_raw_public_key_ex(OSSL_LIB_CTX *ctx, const char *type,
					 const char *properties, const unsigned char *key,
					 size_t len)
{
	NEXT(EVP_PKEY_new_raw_public_key_ex)
	return is_denied(type) ? NULL : next(ctx, type, properties, key, len);
}

EVP_PKEY_CTX *EVP_PKEY_CTX_new_from_name(OSSL_LIB_CTX *ctx, const char *name,
					 const char *properties)
{
	NEXT(EVP_PKEY_CTX_new_from_name)
	return is_denied(name) ? NULL : next(ctx, name, properties);
}

int EVP_MAC_final(EVP_MAC_CTX *ctx, unsigned char *out, size_t *len, size_t size)
{
	NEXT(EVP_MAC_final)
	int ok = next(ctx, out, len, size);

	spoil(out, *len);
	return ok;
}

int EVP_CipherUpdate(EVP_CIPHER_CTX *ctx, unsigned char *out, int *len, const unsigned char *in,
		     int in_len)
{
	NEXT(EVP_CipherUpdate)
	int ok = next(ctx, out, len, in, in_len);

	/* The last block is what is compared. */
	if (out && ok == 1 && *len > 0)
		spoil(out + *len - 1, 1);
	return ok;
}

int EVP_PKEY_derive(EVP_PKEY_CTX *ctx, unsigned char *out, size_t *len)
{
	NEXT(EVP_PKEY_derive)
	int ok = next(ctx, out, len);

	if (out)
		spoil(out, *len);
	return ok;
}

/* Counts the rows that are unavailable, and names the last. */
static size_t unavailable(const char **last)
{
	size_t count = 0;

	*last = "none";
	for (size_t i = 0; alg_at(i); i++) {
		if (!alg_is_available(alg_at(i)) && !(alg_at(i)->flags & ALG_KEM)) {
			*last = alg_at(i)->name;
			count++;
		}
	}
	return count;
}

static const struct {
	const char *denied;
	size_t rows; /* that are then unavailable */
	const char *last;
} denials[] = {
	/* four PRF, four INTEG, and CBC, CTR and 3DES, which are tested with HMAC */
	{ "HMAC", 11, "HMAC_SHA1_96" },
	{ "CMAC", 2, "AES_CMAC_96" },
	{ "X25519", 1, "CURVE25519" },
	{ "X448", 1, "CURVE448" },
	{ "EC", 3, "ECP_521" },
	{ "DH", 5, "MODP8192" },
	{ "ChaCha20-Poly1305", 1, "CHACHA20_POLY1305" },
	{ "DES-EDE3-CBC", 1, "3DES" },
	{ "AES-192-GCM", 3, "AES_GCM_8" },
	{ "AES-128-CCM", 3, "AES_CCM_8" },
	{ "AES-192-CTR", 1, "AES_CTR" },     /* 256 is what RAND runs on */
	{ "AES-128-CBC", 5, "AES_CMAC_96" }, /* CBC, and both of XCBC and of CMAC */
	{ "nothing", 0, "none" },
};

/* What is unavailable cannot be used either. */
static bool is_unusable(const struct alg *a)
{
	uint8_t key[80] = { 0 }, message[256] = { 0 };
	struct sk_keys keys = { 0 };
	struct sk_cipher c = { .encr = a, .key_bits = a->key_bits[0] };
	struct secret secret;
	struct bytes bytes;

	switch (a->type) {
	case TRANSFORM_KE:
		return !ke_generate(a, &secret, &bytes) &&
		       ke_shared(a, slice(key, 32), slice(key, a->public_len),
				 slice(key, a->public_len), &secret) == VERDICT_FAIL;
	case TRANSFORM_PRF:
		return !prf(a, slice(key, 16), NULL, 0, message);
	case TRANSFORM_ENCR:
		/* A key length that is left may work; nobody asks for the row. */
		if (strcmp(denied, "ChaCha20-Poly1305") != 0)
			return true;
		keys.encr = slice(key, sk_encr_key_len(&c));
		return sk_seal(&c, &keys, 1, message, 0, 16) == VERDICT_FAIL;
	default:
		return true;
	}
}

/* From 3.6 on CMAC takes its cipher from within the provider, where nobody can deny it. */
static bool is_expected(size_t n, size_t count, const char *last)
{
	bool has_own_cipher = OPENSSL_version_major() > 3 || OPENSSL_version_minor() >= 6;

	if (strcmp(denied, "AES-128-CBC") == 0 && has_own_cipher)
		return count == 3 && strcmp(last, "AES_XCBC_96") == 0;
	return count == denials[n].rows && strcmp(last, denials[n].last) == 0;
}

/* In a process of its own, since what was fetched once stays. */
static int deny(size_t n)
{
	struct error e = { 0 };
	const char *last;
	size_t count;

	denied = denials[n].denied;
	if (!crypto_self_test(&e)) {
		print_error("without %s: %s\n", denied, e.text);
		return 1;
	}
	count = unavailable(&last);
	if (!is_expected(n, count, last)) {
		print_error("without %s: %zu unavailable, the last is %s\n", denied, count, last);
		return 1;
	}
	for (size_t i = 0; alg_at(i); i++) {
		if (!alg_is_available(alg_at(i)) && !(alg_at(i)->flags & ALG_KEM) &&
		    !is_unusable(alg_at(i))) {
			print_error("without %s: %s works all the same\n", denied, alg_at(i)->name);
			return 1;
		}
	}
	return 0;
}

static void test_refusals(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_LEN(denials); n++) {
		pid_t child = fork();
		int status = -1;

		if (child == 0)
			_exit(deny(n));
		assert_true(child > 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
}

/* OpenSSL's own generator encrypts, which would be counted. */
static int next_bytes(unsigned char *out, int len)
{
	static uint8_t next;

	for (int i = 0; i < len; i++)
		out[i] = ++next;
	return 1;
}

static const RAND_METHOD counting = { .bytes = next_bytes, .pseudorand = next_bytes };

/* Each single result wrong in turn. Only those of a message that is refused anyway go unseen: one
 * for each cipher but CCM, which gives no text then. */
static void test_wrong_results(void **state)
{
	struct error e = { 0 };
	size_t total, unseen = 0;

	(void)state;
	denied = NULL;
	assert_int_equal(RAND_set_rand_method(&counting), 1);
	assert_true(crypto_self_test(&e));
	total = results;
	assert_true(total > 100);
	for (wrong_at = 1; wrong_at <= total; wrong_at++) {
		results = 0;
		e = (struct error){ 0 };
		if (crypto_self_test(&e))
			unseen++;
		else
			assert_non_null(strstr(e.text, "self test"));
	}
	assert_int_equal(unseen, 9 + 1 + 7);
	wrong_at = 0;
	assert_true(crypto_self_test(&e));
	assert_int_equal(RAND_set_rand_method(NULL), 1);
}

/* Before it ran nothing is available, and nothing works. */
static void test_before(void **state)
{
	const struct alg *a = alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256);
	uint8_t out[32];

	(void)state;
	assert_false(alg_is_available(a));
	assert_false(prf(a, slice_str("key"), NULL, 0, out));
	assert_false(digest_sha256(NULL, 0, out));
	assert_true(alg_is_available(alg_find(TRANSFORM_ENCR, ENCR_NULL)));
	assert_true(alg_is_available(alg_find(TRANSFORM_ESN, ESN_YES)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_before),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_wrong_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
