/* SPDX-License-Identifier: Apache-2.0 */
/* What the trust tells of what it holds: which certificates and CRLs end soon, or have. */
#include "vectors/vector.h"

#include <openssl/x509.h>

#include "../../../src/lib/crypto/trust_content.h"
#include "crypto/keystore.h"

#define NOW 1800000000u
#define DAY 86400u

static EVP_PKEY *new_key(void)
{
	static const uint8_t seed[32] = { 7 };

	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
}

static X509 *new_cert(const char *cn, uint64_t until_sec)
{
	EVP_PKEY *key = new_key();
	X509 *x = X509_new();

	X509_set_version(x, 2);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)cn, -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	ASN1_TIME_set(X509_getm_notBefore(x), NOW - 100 * DAY);
	ASN1_TIME_set(X509_getm_notAfter(x), (time_t)until_sec);
	X509_set_pubkey(x, key);
	assert_true(X509_sign(x, key, NULL) > 0);
	EVP_PKEY_free(key);
	return x;
}

static void add_crl(struct trust *t, const char *cn, uint64_t until_sec)
{
	EVP_PKEY *key = new_key();
	X509_CRL *crl = X509_CRL_new();
	X509_NAME *name = X509_NAME_new();
	ASN1_TIME *time = ASN1_TIME_set(NULL, NOW - 100 * DAY);

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)cn, -1, -1, 0);
	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, name);
	X509_CRL_set1_lastUpdate(crl, time);
	ASN1_TIME_set(time, (time_t)until_sec);
	X509_CRL_set1_nextUpdate(crl, time);
	assert_true(X509_CRL_sign(crl, key, NULL) > 0);
	assert_true(trust_content_add_crl(t->content, crl, cn, false));
	ASN1_TIME_free(time);
	X509_NAME_free(name);
	X509_CRL_free(crl);
	EVP_PKEY_free(key);
}

static void add(struct keystore *k, const char *cn, uint64_t until_sec, bool is_ca)
{
	struct trust_content *content = keystore_trust(k)->content;
	X509 *x = new_cert(cn, until_sec);

	assert_true(is_ca ? trust_content_add_ca(content, x, cn)
			  : trust_content_add_cert(content, x, cn, NULL));
	X509_free(x);
}

static void test_expiring(void **state)
{
	struct keystore *k = keystore_new();
	struct trust_item items[8];

	(void)state;
	add(k, "fine", NOW + 15 * DAY, false);
	add(k, "soon", NOW + 13 * DAY, false);
	add(k, "over", NOW - 1, false);
	add(k, "ca over", NOW - 2, true);
	add(k, "ca fine", NOW + 400 * DAY, true);
	add_crl(keystore_trust(k), "crl soon", NOW + 60);
	add_crl(keystore_trust(k), "crl over", NOW - 60);
	assert_int_equal(trust_expiring(k, NOW, items, ARRAY_LEN(items)), 4);
	assert_string_equal(items[0].name, "ca over");
	assert_int_equal(items[0].kind, TRUST_CAS);
	assert_string_equal(items[1].name, "soon");
	assert_int_equal(items[1].until_sec, NOW + 13 * DAY);
	assert_string_equal(items[2].subject, "CN=over");
	assert_false(items[2].has_private);
	assert_string_equal(items[3].issuer, "CN=crl over");
	/* no more than there is room for */
	assert_int_equal(trust_expiring(k, NOW, items, 2), 2);
	assert_int_equal(trust_expiring(k, NOW - 200 * DAY, items, 8), 0);
	keystore_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expiring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
