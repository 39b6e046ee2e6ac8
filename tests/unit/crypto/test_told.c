/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets, certificates and keys that whack tells: replaced, forgotten, and kept over a reload. */
#include "vectors/vector.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "crypto/keystore.h"
#include "crypto/trust.h"

static struct identity id_of(const char *text)
{
	struct identity id;
	struct error e = { 0 };

	assert_true(identity_parse(text, &id, &e));
	return id;
}

static void tell(struct keystore *k, const char *a, const char *b, const char *value, bool is_told)
{
	struct identity ids[2] = { id_of(a), id_of(b) };
	struct psk_entry entry = { .ids = ids,
				   .count = 2,
				   .value = slice_str(value),
				   .origin = value,
				   .is_told = is_told };

	assert_true(keystore_add_psk(k, &entry));
	identity_free(&ids[0]);
	identity_free(&ids[1]);
}

/* Where the best one for these ends stands; "" none. */
static const char *found(struct keystore *k, const char *a, const char *b, bool *ambiguous)
{
	static char origin[64];
	struct identity local = id_of(a), remote = id_of(b);
	struct psk_query q = { .local_id = &local, .remote_id = &remote };

	keystore_find_psk(k, &q, origin, sizeof(origin), ambiguous);
	identity_free(&local);
	identity_free(&remote);
	return origin;
}

static enum verdict forget(struct keystore *k, const char *a, const char *b)
{
	struct identity ids[2] = { id_of(a), id_of(b) };
	char origin[64];
	enum verdict v = keystore_forget_psk(k, ids, 2, origin, sizeof(origin));

	identity_free(&ids[0]);
	identity_free(&ids[1]);
	return v;
}

static void test_told_and_forgotten(void **state)
{
	struct keystore *k = keystore_new(), *fresh;
	struct identity alone = id_of("@b");
	char origin[64];
	bool ambiguous;

	(void)state;
	tell(k, "@a", "@b", "file", false);
	tell(k, "@a", "@b", "one", true);
	tell(k, "@b", "@a", "two", true);
	tell(k, "@a", "%any", "any", true);
	assert_int_equal(keystore_psk_count(k), 3);
	assert_string_equal(found(k, "@a", "@b", &ambiguous), "two");
	assert_false(ambiguous);
	assert_string_equal(found(k, "@a", "@c", &ambiguous), "any");
	/* a reload brings what the file has now, and keeps what was told */
	fresh = keystore_new();
	tell(fresh, "@a", "@b", "file again", false);
	tell(fresh, "@a", "@b", "file twice", false);
	assert_true(keystore_replace(k, fresh));
	keystore_free(fresh);
	assert_int_equal(keystore_psk_count(k), 4);
	assert_string_equal(found(k, "@a", "@b", &ambiguous), "two");
	assert_false(ambiguous);
	assert_int_equal(forget(k, "@b", "%any"), VERDICT_BAD);
	assert_int_equal(keystore_forget_psk(k, &alone, 1, origin, sizeof(origin)), VERDICT_BAD);
	identity_free(&alone);
	assert_int_equal(forget(k, "@a", "@b"), VERDICT_OK);
	assert_string_equal(found(k, "@a", "@b", &ambiguous), "file again");
	assert_true(ambiguous);
	assert_int_equal(forget(k, "@a", "@b"), VERDICT_BAD);
	assert_int_equal(forget(k, "@a", "@c"), VERDICT_BAD);
	assert_int_equal(forget(k, "%any", "@a"), VERDICT_OK);
	assert_string_equal(found(k, "@a", "@c", &ambiguous), "");
	assert_int_equal(keystore_psk_count(k), 2);
	keystore_free(k);
}

/* What goes makes room: a hundred thousand changes do not grow the store. */
static void test_many_changes(void **state)
{
	struct keystore *k = keystore_new();
	char id[32], value[64];
	bool ambiguous;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		snprintf(id, sizeof(id), "@peer%d", i % 50);
		snprintf(value, sizeof(value), "%d", i);
		tell(k, "@a", id, value, true);
	}
	assert_int_equal(keystore_psk_count(k), 50);
	assert_string_equal(found(k, "@a", "@peer49", &ambiguous), "99999");
	for (int i = 0; i < 50; i++) {
		snprintf(id, sizeof(id), "@peer%d", i);
		assert_int_equal(forget(k, id, "@a"), VERDICT_OK);
	}
	assert_int_equal(keystore_psk_count(k), 0);
	keystore_free(k);
}

static char *pem_of(const char *cn, bool is_ca, bool with_key)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	BIO *bio = BIO_new(BIO_s_mem());
	X509 *x = X509_new();
	X509V3_CTX ctx;
	X509_EXTENSION *e;
	char *text, *copy;
	long len;

	X509_set_version(x, 2);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)cn, -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_set_pubkey(x, key);
	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, NID_basic_constraints, is_ca ? "CA:TRUE" : "CA:FALSE");
	X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_bio_X509(bio, x), 1);
	if (with_key)
		assert_int_equal(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
	len = BIO_get_mem_data(bio, &text);
	copy = strndup(text, (size_t)len);
	BIO_free(bio);
	X509_free(x);
	EVP_PKEY_free(key);
	return copy;
}

static size_t count(struct keystore *k, enum trust_kind kind, bool *has_private)
{
	struct trust_item item;
	size_t n = 0;

	while (trust_item(k, kind, n, &item)) {
		*has_private = item.has_private;
		n++;
	}
	return n;
}

static void test_certificates(void **state)
{
	struct keystore *k = keystore_new(), *fresh = keystore_new();
	char *west = pem_of("west", false, true), *ca = pem_of("ca", true, false), what[100];
	bool has_private = false;
	struct error e = { 0 };

	(void)state;
	if (!told_take(k, "west", slice_str(west), false, what, sizeof(what), &e))
		fail_msg("%s", e.text);
	assert_string_equal(what, "1 certificate and 1 private key");
	assert_true(told_take(k, "root", slice_str(ca), true, what, sizeof(what), &e));
	assert_int_equal(count(k, TRUST_CERTS, &has_private), 1);
	assert_true(has_private);
	assert_int_equal(count(k, TRUST_CAS, &has_private), 1);
	/* keys outlive a reload; so do certificates, which trust_replace keeps */
	assert_true(keystore_replace(k, fresh));
	assert_int_equal(count(k, TRUST_CERTS, &has_private), 1);
	assert_true(has_private);
	/* under the same name it takes the place of the old one */
	free(west);
	west = pem_of("west2", false, true);
	assert_true(told_take(k, "west", slice_str(west), false, what, sizeof(what), &e));
	assert_int_equal(count(k, TRUST_CERTS, &has_private), 1);
	assert_int_equal(told_forget(k, "west"), 2);
	assert_int_equal(told_forget(k, "west"), 0);
	assert_int_equal(count(k, TRUST_CERTS, &has_private), 0);
	assert_int_equal(told_forget(k, "root"), 1);
	assert_int_equal(count(k, TRUST_CAS, &has_private), 0);
	free(west);
	free(ca);
	keystore_free(k);
	keystore_free(fresh);
}

static void test_refused(void **state)
{
	static const struct {
		const char *pem, *says;
		bool is_ca;
	} rows[] = {
		{ "nonsense", "there is no PEM in it", false },
		{ "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		  "certificate 1 cannot be read", false },
		{ "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
		  "is encrypted", false },
		{ "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
		  "neither a certificate", false },
	};
	struct keystore *k = keystore_new();
	char *end = pem_of("end", false, true), what[100];
	bool unused;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct error e = { 0 };

		assert_false(told_take(k, "x", slice_str(rows[i].pem), rows[i].is_ca, what,
				       sizeof(what), &e));
		assert_non_null(strstr(e.text, rows[i].says));
	}
	{
		struct error e = { 0 };

		assert_false(told_take(k, "x", slice_str(end), true, what, sizeof(what), &e));
		assert_non_null(strstr(e.text, "a private key stands with the CA"));
	}
	assert_int_equal(count(k, TRUST_CERTS, &unused), 0);
	free(end);
	keystore_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told_and_forgotten),
		cmocka_unit_test(test_many_changes),
		cmocka_unit_test(test_certificates),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, crypto_setup, NULL);
}
