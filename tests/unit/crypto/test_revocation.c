/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes over http, where anybody may stand in the way: CRLs and OCSP answers that were true once,
 * or are another CA's, do not take the place of what is known.
 */
#include "vectors/vector.h"

#include <time.h>

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "../../../src/lib/crypto/trust_content.h"
#include "crypto/keystore.h"

#define DAY 86400
#define URL "http://192.0.2.9/crl"

static int64_t now;

static EVP_PKEY *new_key(uint8_t first)
{
	uint8_t seed[32] = { first };

	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
}

struct ca {
	EVP_PKEY *key;
	X509 *x;
};

static void add_ext(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_true(X509_add_ext(x, e, -1));
	X509_EXTENSION_free(e);
}

static X509 *new_cert(const char *cn, long serial, const struct ca *issuer, EVP_PKEY *key)
{
	X509 *x = X509_new();

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)cn, -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(issuer ? issuer->x : x));
	ASN1_TIME_set(X509_getm_notBefore(x), now - 100 * DAY);
	ASN1_TIME_set(X509_getm_notAfter(x), now + 100 * DAY);
	X509_set_pubkey(x, key);
	if (!issuer)
		add_ext(x, NID_basic_constraints, "critical,CA:TRUE");
	assert_true(X509_sign(x, issuer ? issuer->key : key, NULL) > 0);
	return x;
}

static struct ca new_ca(const char *cn, uint8_t first)
{
	struct ca ca = { .key = new_key(first) };

	ca.x = new_cert(cn, 1, NULL, ca.key);
	return ca;
}

static void ca_free(struct ca *ca)
{
	X509_free(ca->x);
	EVP_PKEY_free(ca->key);
}

/* A CRL of so many days ago; serial 0: nothing is revoked. */
static bool take_crl(struct trust *t, const struct ca *ca, int days, long serial, const char *from,
		     struct error *e)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *time = ASN1_TIME_set(NULL, now - days * DAY);
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	X509_REVOKED *r = serial ? X509_REVOKED_new() : NULL;
	unsigned char *der = NULL;
	bool ok;
	int len;

	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca->x));
	X509_CRL_set1_lastUpdate(crl, time);
	if (r) {
		ASN1_INTEGER_set(number, serial);
		X509_REVOKED_set_serialNumber(r, number);
		X509_REVOKED_set_revocationDate(r, time);
		X509_CRL_add0_revoked(crl, r);
	}
	ASN1_TIME_set(time, now + 30 * DAY);
	X509_CRL_set1_nextUpdate(crl, time);
	assert_true(X509_CRL_sign(crl, ca->key, NULL) > 0);
	len = i2d_X509_CRL(crl, &der);
	*e = (struct error){ 0 };
	ok = trust_take_crl(t, slice(der, (size_t)len), from, e);
	OPENSSL_free(der);
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(time);
	X509_CRL_free(crl);
	return ok;
}

static bool is_good(struct trust *t, X509 *leaf)
{
	struct chain_query q = { .leaf = leaf, .wall_sec = (uint64_t)now };
	struct peer_verdict v = { 0 };
	bool ok = chain_verify(t, &q, &v);

	peer_verdict_free(&v);
	return ok;
}

struct world {
	struct keystore *k;
	struct trust *t;
	struct ca ca, other, stranger;
	EVP_PKEY *key;
	X509 *leaf;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	now = time(NULL);
	w->k = keystore_new();
	w->t = keystore_trust(w->k);
	w->ca = new_ca("one", 1);
	w->other = new_ca("other", 2);
	w->stranger = new_ca("stranger", 3);
	w->key = new_key(4);
	w->leaf = new_cert("west", 7, &w->ca, w->key);
	assert_true(trust_content_add_ca(w->t->content, w->ca.x, "one"));
	assert_true(trust_content_add_ca(w->t->content, w->other.x, "other"));
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	X509_free(w->leaf);
	EVP_PKEY_free(w->key);
	ca_free(&w->ca);
	ca_free(&w->other);
	ca_free(&w->stranger);
	keystore_free(w->k);
	free(w);
	return 0;
}

static void test_older_crl(void **state)
{
	struct world *w = *state;
	struct error e;

	assert_true(is_good(w->t, w->leaf));
	assert_true(take_crl(w->t, &w->ca, 9, 0, URL, &e));
	assert_true(is_good(w->t, w->leaf));
	assert_true(take_crl(w->t, &w->ca, 5, 7, URL, &e));
	assert_false(is_good(w->t, w->leaf));
	/* from before the revocation, and signed by the CA */
	assert_false(take_crl(w->t, &w->ca, 9, 0, URL, &e));
	assert_non_null(strstr(e.text, "older"));
	assert_false(is_good(w->t, w->leaf));
	/* the same once more, and one that lifts it */
	assert_true(take_crl(w->t, &w->ca, 5, 7, URL, &e));
	assert_false(is_good(w->t, w->leaf));
	assert_true(take_crl(w->t, &w->ca, 4, 0, URL, &e));
	assert_true(is_good(w->t, w->leaf));
}

static void test_other_crl(void **state)
{
	struct world *w = *state;
	struct error e;

	assert_true(take_crl(w->t, &w->ca, 5, 7, URL, &e));
	/* of a CA that is trusted as well, and of nobody */
	assert_true(take_crl(w->t, &w->other, 1, 0, URL, &e));
	assert_false(is_good(w->t, w->leaf));
	assert_true(take_crl(w->t, &w->stranger, 1, 0, URL, &e));
	assert_false(is_good(w->t, w->leaf));
	/* what nobody is known to have signed does not stand in the way of what comes then */
	assert_true(take_crl(w->t, &w->stranger, 3, 0, URL, &e));
	assert_true(take_crl(w->t, &w->ca, 4, 0, URL, &e));
	assert_true(is_good(w->t, w->leaf));
}

static void test_forged_crl(void **state)
{
	struct world *w = *state;
	struct ca forger = { .key = w->stranger.key, .x = w->ca.x };
	struct error e;

	assert_true(take_crl(w->t, &w->ca, 5, 7, URL, &e));
	assert_false(take_crl(w->t, &forger, 1, 0, URL, &e));
	assert_non_null(strstr(e.text, "not signed"));
	assert_false(is_good(w->t, w->leaf));
}

/* Of a certificate in the name of the CA: where its CRL is said to be. */
static X509 *new_pointing(const char *cn, const struct ca *issuer, EVP_PKEY *signer, EVP_PKEY *key)
{
	X509 *x = new_cert(cn, 8, issuer, key);

	add_ext(x, NID_crl_distribution_points, "URI:" URL);
	assert_true(X509_sign(x, signer, NULL) > 0);
	return x;
}

/* CRLs are fetched by the clock from where peers' certificates say. Who has none from a CA of ours does not
 * say where we ask: the address may be of a host that only we can reach. */
static void test_url_of_a_stranger(void **state)
{
	struct world *w = *state;
	X509 *forged = new_pointing("forged", &w->ca, w->stranger.key, w->key);
	X509 *strange = new_pointing("strange", &w->stranger, w->stranger.key, w->key);
	X509 *good = new_pointing("good", &w->ca, w->ca.key, w->key);
	char url[FETCH_URL_MAX];

	assert_false(is_good(w->t, forged));
	assert_false(is_good(w->t, strange));
	assert_false(trust_crl_url(w->t, 0, url, sizeof(url)));
	assert_true(is_good(w->t, good));
	assert_true(trust_crl_url(w->t, 0, url, sizeof(url)));
	assert_string_equal(url, URL);
	X509_free(forged);
	X509_free(strange);
	X509_free(good);
}

/* An OCSP answer of so many seconds ago; next 0: it does not say until when. */
static bool take_ocsp_of(struct world *w, X509 *signer, EVP_PKEY *key, int64_t ago, int64_t next,
			 int status)
{
	OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), w->leaf, w->ca.x);
	OCSP_REQUEST *request = OCSP_REQUEST_new();
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	ASN1_TIME *this = ASN1_TIME_set(NULL, now - ago);
	ASN1_TIME *until = next ? ASN1_TIME_set(NULL, now + next) : NULL;
	OCSP_RESPONSE *answer;
	unsigned char *asked = NULL, *der = NULL;
	struct error e = { 0 };
	int asked_len, len;
	bool ok;

	OCSP_request_add0_id(request, OCSP_CERTID_dup(id));
	OCSP_basic_add1_status(basic, id, status, OCSP_REVOKED_STATUS_UNSPECIFIED, this, this,
			       until);
	assert_true(OCSP_basic_sign(basic, signer, key, NULL, NULL, 0));
	answer = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	asked_len = i2d_OCSP_REQUEST(request, &asked);
	len = i2d_OCSP_RESPONSE(answer, &der);
	ok = trust_take_ocsp(w->t, slice(asked, (size_t)asked_len), slice(der, (size_t)len), false,
			     (uint64_t)now, &e);
	OPENSSL_free(asked);
	OPENSSL_free(der);
	ASN1_TIME_free(this);
	ASN1_TIME_free(until);
	OCSP_RESPONSE_free(answer);
	OCSP_BASICRESP_free(basic);
	OCSP_REQUEST_free(request);
	OCSP_CERTID_free(id);
	return ok;
}

static bool take_ocsp(struct world *w, int64_t ago, int64_t next, int status)
{
	return take_ocsp_of(w, w->ca.x, w->ca.key, ago, next, status);
}

/* The CA of the certificate answers, or one whom it lets (RFC 6960 4.2.2.2), and nobody else. */
static void test_ocsp_signers(void **state)
{
	struct world *w = *state;
	EVP_PKEY *key = new_key(5);
	X509 *plain = new_cert("plain", 9, &w->ca, key), *of_other, *delegate;
	struct revocation_policy p;

	trust_policy(w->t, &p);
	p.ocsp_enable = true;
	trust_configure(w->t, &p);
	delegate = new_cert("delegate", 10, &w->ca, key);
	add_ext(delegate, NID_ext_key_usage, "OCSPSigning");
	assert_true(X509_sign(delegate, w->ca.key, NULL) > 0);
	of_other = new_cert("of other", 11, &w->other, key);
	add_ext(of_other, NID_ext_key_usage, "OCSPSigning");
	assert_true(X509_sign(of_other, w->other.key, NULL) > 0);
	assert_false(take_ocsp_of(w, w->other.x, w->other.key, 10, 60, V_OCSP_CERTSTATUS_GOOD));
	assert_false(
		take_ocsp_of(w, w->stranger.x, w->stranger.key, 10, 60, V_OCSP_CERTSTATUS_GOOD));
	assert_false(take_ocsp_of(w, plain, key, 10, 60, V_OCSP_CERTSTATUS_GOOD));
	assert_false(take_ocsp_of(w, w->leaf, w->key, 10, 60, V_OCSP_CERTSTATUS_GOOD));
	assert_false(take_ocsp_of(w, of_other, key, 10, 60, V_OCSP_CERTSTATUS_GOOD));
	assert_true(take_ocsp_of(w, delegate, key, 10, 60, V_OCSP_CERTSTATUS_GOOD));
	assert_true(take_ocsp(w, 5, 60, V_OCSP_CERTSTATUS_REVOKED));
	assert_false(is_good(w->t, w->leaf));
	X509_free(plain);
	X509_free(of_other);
	X509_free(delegate);
	EVP_PKEY_free(key);
}

static void test_ocsp_without_end(void **state)
{
	struct world *w = *state;
	struct revocation_policy p;

	trust_policy(w->t, &p);
	p.ocsp_enable = p.ocsp_strict = true;
	p.ocsp_cache_max_sec = 86400;
	p.ocsp_cache_min_sec = 3600;
	trust_configure(w->t, &p);
	assert_false(is_good(w->t, w->leaf));
	/* of last year */
	assert_false(take_ocsp(w, 300 * DAY, 0, V_OCSP_CERTSTATUS_GOOD));
	assert_false(take_ocsp(w, 86400 + 400, 0, V_OCSP_CERTSTATUS_GOOD));
	assert_false(is_good(w->t, w->leaf));
	assert_true(take_ocsp(w, 82000, 0, V_OCSP_CERTSTATUS_GOOD));
	assert_true(is_good(w->t, w->leaf));
	/* and it is kept no longer for having come late */
	now += 7200;
	assert_false(is_good(w->t, w->leaf));
	assert_true(take_ocsp(w, 10, 0, V_OCSP_CERTSTATUS_GOOD));
	assert_true(is_good(w->t, w->leaf));
	assert_true(take_ocsp(w, 5, 0, V_OCSP_CERTSTATUS_REVOKED));
	assert_false(is_good(w->t, w->leaf));
	/* with an end it counts until then */
	assert_false(take_ocsp(w, 10 * DAY, -400, V_OCSP_CERTSTATUS_GOOD));
	assert_true(take_ocsp(w, 10 * DAY, 60, V_OCSP_CERTSTATUS_GOOD));
	assert_false(is_good(w->t, w->leaf));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_older_crl, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_other_crl, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_forged_crl, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_url_of_a_stranger, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ocsp_signers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ocsp_without_end, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
