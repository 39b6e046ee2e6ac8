/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures: each algorithm signs and is verified, and nothing else is: another key, other octets,
 * another algorithm, a cut or stretched signature. AlgorithmIdentifiers against OpenSSL's own.
 */
#include "vectors/vector.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto/keystore.h"
#include "crypto/sign.h"
#include "../../../src/lib/crypto/keyring.h"
#include "../../../src/lib/crypto/pkey.h"

enum { RSA_KEY, P256_KEY, P384_KEY, P521_KEY, ED25519_KEY, ED448_KEY, KEYS };

static EVP_PKEY *keys[KEYS], *others[KEYS];

static EVP_PKEY *make(int which)
{
	switch (which) {
	case RSA_KEY:
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	case P256_KEY:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	case P384_KEY:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	case P521_KEY:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521");
	case ED25519_KEY:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	}
	return EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
}

static int setup(void **state)
{
	if (crypto_setup(state) != 0)
		return -1;
	for (int i = 0; i < KEYS; i++) {
		keys[i] = make(i);
		others[i] = make(i);
		if (!keys[i] || !others[i])
			return -1;
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (int i = 0; i < KEYS; i++) {
		EVP_PKEY_free(keys[i]);
		EVP_PKEY_free(others[i]);
	}
	return 0;
}

static struct public_key *public_of(EVP_PKEY *pkey)
{
	struct error e = { 0 };
	struct public_key *k = public_key_of_pkey(pkey, &e);

	if (!k)
		fail_msg("%s", e.text);
	return k;
}

static bool fits(int which, const struct signature_alg *a, bool is_classic)
{
	static const uint8_t kinds[KEYS] = { KEY_RSA,   KEY_ECDSA,   KEY_ECDSA,
					     KEY_ECDSA, KEY_ED25519, KEY_ED448 };
	static const uint8_t curves[KEYS] = { 0, KE_ECP_256, KE_ECP_384, KE_ECP_521, 0, 0 };

	return kinds[which] == a->kind && (!is_classic || (a->method && a->curve == curves[which]));
}

static void verify_is(enum verdict wanted, EVP_PKEY *pkey, const struct signature_alg *a,
		      bool is_classic, const char *octets, struct slice signature)
{
	struct public_key *k = public_of(pkey);
	enum verdict got = public_key_verify(k, a, is_classic, slice_str(octets), signature);

	if (got != wanted)
		fail_msg("%s%s: verdict %d", a->name, is_classic ? ", classic" : "", got);
	public_key_free(k);
}

/* What must not pass for this signature. */
static void spoil(int which, const struct signature_alg *a, bool is_classic, struct bytes *sig)
{
	struct bytes longer = { 0 };
	const struct signature_alg *other;

	verify_is(VERDICT_BAD, others[which], a, is_classic, "octets", bytes_slice(sig));
	verify_is(VERDICT_BAD, keys[which], a, is_classic, "octetS", bytes_slice(sig));
	verify_is(VERDICT_BAD, keys[which], a, is_classic, "", bytes_slice(sig));
	for (size_t len = 0; len < sig->len; len += 7)
		verify_is(VERDICT_BAD, keys[which], a, is_classic, "octets", slice(sig->data, len));
	for (size_t i = 0; i < sig->len; i += 5) {
		sig->data[i] ^= 0x10;
		verify_is(VERDICT_BAD, keys[which], a, is_classic, "octets", bytes_slice(sig));
		sig->data[i] ^= 0x10;
	}
	assert_true(bytes_alloc(sig->len + 1, &longer));
	memcpy(longer.data, sig->data, sig->len);
	verify_is(VERDICT_BAD, keys[which], a, is_classic, "octets", bytes_slice(&longer));
	memset(longer.data, 0, longer.len);
	verify_is(VERDICT_BAD, keys[which], a, is_classic, "octets", slice(longer.data, sig->len));
	for (size_t i = 0; (other = signature_at(i)); i++)
		if (other != a)
			verify_is(VERDICT_BAD, keys[which], other, is_classic, "octets",
				  bytes_slice(sig));
	bytes_free(&longer);
}

static void test_every_algorithm(void **state)
{
	const struct signature_alg *a;
	unsigned made = 0;

	(void)state;
	for (size_t i = 0; (a = signature_at(i)); i++)
		for (int which = 0; which < KEYS; which++)
			for (int classic = 0; classic < 2; classic++) {
				struct bytes sig = { 0 };
				enum verdict v = pkey_sign(keys[which], a, classic,
							   slice_str("octets"), &sig);

				assert_int_equal(v, fits(which, a, classic) ? VERDICT_OK
									    : VERDICT_BAD);
				if (v != VERDICT_OK)
					continue;
				if (classic && a->kind == KEY_ECDSA)
					assert_int_equal(sig.len, a->raw_len);
				verify_is(VERDICT_OK, keys[which], a, classic, "octets",
					  bytes_slice(&sig));
				spoil(which, a, classic, &sig);
				bytes_free(&sig);
				made++;
			}
	/* 7 of RSA and one classic; 3 of each of 3 curves and 3 classic; 2 of EdDSA */
	assert_int_equal(made, 7 + 1 + 9 + 3 + 2);
}

/* What OpenSSL writes for the same algorithm, when it signs a certificate. */
static void edge_98_identifiers(void **state)
{
	const struct signature_alg *a;

	(void)state;
	for (size_t i = 0; (a = signature_at(i)); i++) {
		int which = a->kind == KEY_RSA       ? RSA_KEY
			    : a->kind == KEY_ECDSA   ? P256_KEY
			    : a->kind == KEY_ED25519 ? ED25519_KEY
						     : ED448_KEY;
		EVP_MD_CTX *ctx = EVP_MD_CTX_new();
		EVP_PKEY_CTX *pctx = NULL;
		X509 *x = X509_new();
		const X509_ALGOR *algor = NULL;
		unsigned char *der = NULL;
		int len;

		assert_int_equal(
			EVP_DigestSignInit_ex(ctx, &pctx, a->digest, NULL, NULL, keys[which], NULL),
			1);
		if (a->is_pss) {
			EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING);
			EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST);
		}
		X509_gmtime_adj(X509_getm_notBefore(x), 0);
		X509_gmtime_adj(X509_getm_notAfter(x), 60);
		X509_set_pubkey(x, keys[which]);
		assert_true(X509_sign_ctx(x, ctx) > 0);
		X509_get0_signature(NULL, &algor, x);
		len = i2d_X509_ALGOR(algor, &der);
		assert_ptr_equal(signature_by_identifier(slice(der, (size_t)len)), a);
		assert_true(slice_eq(slice(der, (size_t)len), a->identifiers[0]));
		OPENSSL_free(der);
		X509_free(x);
		EVP_MD_CTX_free(ctx);
	}
}

/* Case 98: the AUTH data of method 14. */
static void edge_98_split(void **state)
{
	const struct signature_alg *a, *got;
	struct slice sig;
	const char *why;
	uint8_t auth[300];

	(void)state;
	for (size_t i = 0; (a = signature_at(i)); i++)
		for (int form = 0; form < 2; form++) {
			struct slice id = a->identifiers[form];
			size_t len = 1 + id.len;

			if (id.len == 0)
				continue;
			auth[0] = (uint8_t)id.len;
			memcpy(auth + 1, id.data, id.len);
			memset(auth + len, 0x5a, 8);
			assert_true(signature_split(slice(auth, len + 8), &got, &sig, &why));
			assert_ptr_equal(got, a);
			assert_int_equal(sig.len, 8);
			assert_false(signature_split(slice(auth, len), &got, &sig, &why));
			for (size_t cut = 0; cut < len; cut++)
				assert_false(signature_split(slice(auth, cut), &got, &sig, &why));
			for (unsigned wrong = 0; wrong < 256; wrong++) {
				auth[0] = (uint8_t)wrong;
				assert_int_equal(
					signature_split(slice(auth, len + 8), &got, &sig, &why),
					wrong == id.len);
			}
			auth[0] = (uint8_t)id.len;
			/* every byte of an identifier counts: odd parameters, other OIDs */
			for (size_t at = 0; at < id.len; at++) {
				auth[1 + at] ^= 0x40;
				assert_false(
					signature_split(slice(auth, len + 8), &got, &sig, &why));
				auth[1 + at] ^= 0x40;
			}
		}
}

static void refused_key(EVP_PKEY *pkey, const char *part)
{
	struct error e = { 0 };
	struct public_key *k = pkey ? public_key_of_pkey(pkey, &e) : NULL;

	assert_non_null(pkey);
	assert_null(k);
	if (!strstr(e.text, part))
		fail_msg("%s, not: %s", part, e.text);
	EVP_PKEY_free(pkey);
}

static EVP_PKEY *rsa_with(unsigned bits, unsigned long exponent)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *pkey = NULL;
	BIGNUM *e = BN_new();

	BN_set_word(e, exponent);
	EVP_PKEY_keygen_init(ctx);
	EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits);
	EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e);
	EVP_PKEY_keygen(ctx, &pkey);
	EVP_PKEY_CTX_free(ctx);
	BN_free(e);
	return pkey;
}

static void test_weak_keys(void **state)
{
	(void)state;
	refused_key(rsa_with(1024, 65537), "1024 bits");
	refused_key(rsa_with(2048, 3), "exponent");
	refused_key(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp256k1"), "another curve");
	refused_key(EVP_PKEY_Q_keygen(NULL, NULL, "X25519"), "not used here");
}

static void to_text(struct slice raw, const char *prefix, char *out, size_t size)
{
	unsigned char encoded[4096];
	struct text t = text_over(out, size);

	EVP_EncodeBlock(encoded, raw.data, (int)raw.len);
	text_put(&t, prefix);
	text_put(&t, (const char *)encoded);
	assert_false(t.cut);
}

static void read_back(const char *text, const struct public_key *wanted)
{
	struct error e = { 0 };
	struct public_key *k = public_key_of_text(text, &e);

	if (!k)
		fail_msg("%.40s: %s", text, e.text);
	assert_true(key_ref_eq(public_key_id(k), public_key_id(wanted)));
	assert_memory_equal(public_key_ckaid(k), public_key_ckaid(wanted), 20);
	public_key_free(k);
}

static void test_texts(void **state)
{
	char text[6000];

	(void)state;
	for (int i = 0; i < KEYS; i++) {
		struct public_key *k = public_of(keys[i]);
		struct bytes der = { 0 };
		struct text hex = TEXT_OVER(text);

		assert_true(public_key_spki(k, &der));
		to_text(bytes_slice(&der), "0s", text, sizeof(text));
		read_back(text, k);
		read_back(text + 2, k);
		to_text(bytes_slice(&der), "-----BEGIN PUBLIC KEY-----\n", text, sizeof(text));
		strcat(text, "\n-----END PUBLIC KEY-----\n");
		read_back(text, k);
		hex = TEXT_OVER(text);
		text_put(&hex, "0x");
		text_hex(&hex, bytes_slice(&der));
		read_back(text, k);
		bytes_free(&der);
		public_key_free(k);
	}
}

/* RFC 3110: exponent length, exponent, modulus. */
static void test_rfc3110(void **state)
{
	struct public_key *k = public_of(keys[RSA_KEY]);
	uint8_t raw[3 + 8 + 256] = { 3, 1, 0, 1 };
	char text[1000];
	struct error e = { 0 };
	BIGNUM *n = NULL;

	(void)state;
	assert_int_equal(EVP_PKEY_get_bn_param(keys[RSA_KEY], "n", &n), 1);
	BN_bn2bin(n, raw + 4);
	to_text(slice(raw, 4 + 256), "0s", text, sizeof(text));
	read_back(text, k);
	memmove(raw + 6, raw + 4, 256);
	memcpy(raw, "\0\0\3\1\0\1", 6);
	to_text(slice(raw, 6 + 256), "0s", text, sizeof(text));
	read_back(text, k);
	for (size_t len = 0; len < 100; len++) {
		to_text(slice(raw, len), "0s", text, sizeof(text));
		assert_null(public_key_of_text(text, &e));
	}
	BN_free(n);
	public_key_free(k);
}

static void test_bad_texts(void **state)
{
	static const char *const texts[] = { "",          "0s",
					     "0x",        "0s!",
					     "0x1",       "%cert",
					     "0sAAAA",    "-----BEGIN PUBLIC KEY-----",
					     "0x30820122" };
	struct error e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_null(public_key_of_text(texts[i], &e));
}

static void test_keystore(void **state)
{
	struct keystore *k = keystore_new(), *fresh = keystore_new();
	struct key_ref ref[KEYS];
	struct error e = { 0 };
	struct bytes sig;
	char origin[100];

	(void)state;
	for (int i = 0; i < KEYS; i++) {
		assert_true(keystore_add_key(k, keys[i], "file", &ref[i], &e));
		assert_true(keystore_add_key(k, keys[i], "again", &ref[i], &e));
		assert_true(keystore_has_key(k, &ref[i]));
	}
	assert_true(keystore_key_at(k, KEYS - 1, &ref[0], origin, sizeof(origin)));
	assert_string_equal(origin, "file");
	assert_false(keystore_key_at(k, KEYS, &ref[0], origin, sizeof(origin)));
	assert_int_equal(keystore_sign(k, &ref[ED25519_KEY], signature_at(10), false,
				       slice_str("octets"), &sig),
			 VERDICT_OK);
	verify_is(VERDICT_OK, keys[ED25519_KEY], signature_at(10), false, "octets",
		  bytes_slice(&sig));
	bytes_free(&sig);
	assert_int_equal(keystore_sign(k, &ref[ED25519_KEY], signature_at(0), false,
				       slice_str("octets"), &sig),
			 VERDICT_BAD);
	/* a reload forgets what is not there any more */
	keystore_replace(k, fresh);
	assert_false(keystore_has_key(k, &ref[ED25519_KEY]));
	assert_int_equal(keystore_sign(k, &ref[ED25519_KEY], signature_at(10), false,
				       slice_str("octets"), &sig),
			 VERDICT_BAD);
	keystore_free(k);
	keystore_free(fresh);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_algorithm), cmocka_unit_test(edge_98_identifiers),
		cmocka_unit_test(edge_98_split),        cmocka_unit_test(test_weak_keys),
		cmocka_unit_test(test_texts),           cmocka_unit_test(test_rfc3110),
		cmocka_unit_test(test_bad_texts),       cmocka_unit_test(test_keystore),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
