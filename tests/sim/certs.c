/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates for scenarios, made on the spot: "ca" and "other" are CAs, an end certificate is named
 * by who issues it, the name it bears and what is wrong with it. Keys are made of the seeded
 * generator, so a scenario replays.
 */
#include <string.h>

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "../../src/lib/crypto/keyring.h"
#include "../../src/lib/crypto/trust_content.h"
#include "sim.h"

#define FROM_SEC 1690000000
#define UNTIL_SEC 1900000000

/* Always the same key for one CA: both ends must mean the same. */
static EVP_PKEY *ca_key(const char *name)
{
	uint8_t seed[32] = { 0 };

	memcpy(seed, name, strlen(name) < sizeof(seed) ? strlen(name) : sizeof(seed));
	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
}

static void extend(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	if (!e || !X509_add_ext(x, e, -1))
		abort();
	X509_EXTENSION_free(e);
}

static X509 *start(const char *cn, EVP_PKEY *key, long serial)
{
	X509 *x = X509_new();

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "O", MBSTRING_ASC,
				   (const unsigned char *)"Cygnet", -1, -1, 0);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)cn, -1, -1, 0);
	ASN1_TIME_set(X509_getm_notBefore(x), FROM_SEC);
	ASN1_TIME_set(X509_getm_notAfter(x), UNTIL_SEC);
	X509_set_pubkey(x, key);
	return x;
}

static X509 *make_ca(const char *name, EVP_PKEY *key)
{
	X509 *x = start(name, key, 1);

	X509_set_issuer_name(x, X509_get_subject_name(x));
	extend(x, x, NID_basic_constraints, "critical,CA:TRUE");
	extend(x, x, NID_key_usage, "critical,keyCertSign,cRLSign");
	if (!X509_sign(x, key, NULL))
		abort();
	return x;
}

static X509 *make_end(const char *name, EVP_PKEY *key, const char *flaw, X509 *ca,
		      EVP_PKEY *ca_pkey)
{
	X509 *x = start(name, key, 7);
	bool is_ca_less = strcmp(flaw, "usage") == 0;
	char san[200];

	X509_set_issuer_name(x, X509_get_subject_name(ca));
	if (strcmp(flaw, "expired") == 0)
		ASN1_TIME_set(X509_getm_notAfter(x), FROM_SEC + 86400);
	if (strcmp(flaw, "early") == 0)
		ASN1_TIME_set(X509_getm_notBefore(x), UNTIL_SEC - 86400);
	snprintf(san, sizeof(san), "DNS:%s", name);
	extend(x, ca, NID_basic_constraints, "CA:FALSE");
	extend(x, ca, NID_key_usage, is_ca_less ? "keyEncipherment" : "digitalSignature");
	if (strcmp(flaw, "nameless") != 0)
		extend(x, ca, NID_subject_alt_name, san);
	if (!X509_sign(x, ca_pkey, NULL))
		abort();
	return x;
}

static X509_CRL *make_crl(X509 *ca, EVP_PKEY *key)
{
	X509_CRL *crl = X509_CRL_new();
	X509_REVOKED *r = X509_REVOKED_new();
	ASN1_INTEGER *serial = ASN1_INTEGER_new();
	ASN1_TIME *t = ASN1_TIME_set(NULL, FROM_SEC);

	ASN1_INTEGER_set(serial, 7);
	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca));
	X509_CRL_set1_lastUpdate(crl, t);
	X509_REVOKED_set_serialNumber(r, serial);
	X509_REVOKED_set_revocationDate(r, t);
	ASN1_TIME_set(t, UNTIL_SEC);
	X509_CRL_set1_nextUpdate(crl, t);
	if (!X509_CRL_add0_revoked(crl, r) || !X509_CRL_sign(crl, key, NULL))
		abort();
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(t);
	return crl;
}

/* The CA's OCSP answer about the end certificates here, of which it has said the later word when they
 * are revoked. It is known as if it had been fetched to be sent. */
static bool add_ocsp(struct trust *t, X509 *ca, EVP_PKEY *key, bool is_revoked)
{
	X509 *x = make_end("any", key, "good", ca, key);
	OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), x, ca);
	OCSP_REQUEST *request = OCSP_REQUEST_new();
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	ASN1_TIME *this = ASN1_TIME_set(NULL, FROM_SEC + (is_revoked ? 200 : 100));
	ASN1_TIME *next = ASN1_TIME_set(NULL, UNTIL_SEC);
	OCSP_RESPONSE *answer;
	unsigned char *asked = NULL, *der = NULL;
	struct error e = { 0 };
	int asked_len, len;
	bool ok;

	OCSP_request_add0_id(request, OCSP_CERTID_dup(id));
	OCSP_basic_add1_status(basic, id,
			       is_revoked ? V_OCSP_CERTSTATUS_REVOKED : V_OCSP_CERTSTATUS_GOOD,
			       OCSP_REVOKED_STATUS_UNSPECIFIED, this, this, next);
	if (!OCSP_basic_sign(basic, ca, key, NULL, NULL, 0))
		abort();
	answer = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	asked_len = i2d_OCSP_REQUEST(request, &asked);
	len = i2d_OCSP_RESPONSE(answer, &der);
	if (asked_len <= 0 || len <= 0)
		abort();
	ok = trust_take_ocsp(t, slice(asked, (size_t)asked_len), slice(der, (size_t)len), true,
			     WALL_SEC, &e);
	OPENSSL_free(asked);
	OPENSSL_free(der);
	ASN1_TIME_free(this);
	ASN1_TIME_free(next);
	OCSP_RESPONSE_free(answer);
	OCSP_BASICRESP_free(basic);
	OCSP_REQUEST_free(request);
	OCSP_CERTID_free(id);
	X509_free(x);
	return ok;
}

static bool be_strict(struct trust *t)
{
	struct revocation_policy p;

	trust_policy(t, &p);
	p.ocsp_enable = p.ocsp_strict = true;
	trust_configure(t, &p);
	return true;
}

bool host_add_credential(struct host *h, const char *what, const char *name)
{
	struct trust *t = keystore_trust(h->keystore);
	bool is_other = strncmp(what, "other", 5) == 0;
	EVP_PKEY *ca_pkey = ca_key(is_other ? "other" : "ca"), *key = NULL;
	X509 *ca = make_ca(is_other ? "other" : "ca", ca_pkey), *x = NULL;
	X509_CRL *crl = NULL;
	struct key_ref ref;
	struct error e = { 0 };
	bool ok;

	if (strcmp(what, "ocsp strict") == 0) {
		ok = be_strict(t);
	} else if (strncmp(what, "ocsp", 4) == 0) {
		ok = add_ocsp(t, ca, ca_pkey, strcmp(what, "ocsp revoked") == 0);
	} else if (!name) {
		crl = strcmp(what, "crl") == 0 ? make_crl(ca, ca_pkey) : NULL;
		trust_lock(t);
		ok = crl ? trust_content_add_crl(t->content, crl, what, false)
			 : trust_content_add_ca(t->content, ca, what);
		trust_unlock(t);
	} else {
		key = strstr(what, "ed25519") ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
					      : EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
		x = make_end(name, key, what, ca, ca_pkey);
		ok = keystore_add_key(h->keystore, key, name, &ref, &e) &&
		     trust_content_add_cert(t->content, x, name, NULL);
	}
	X509_CRL_free(crl);
	X509_free(x);
	X509_free(ca);
	EVP_PKEY_free(key);
	EVP_PKEY_free(ca_pkey);
	ERR_clear_error();
	return ok;
}
