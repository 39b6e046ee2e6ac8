/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one certificate says, in IKE's terms (RFC 4945): whose it is and what it may be used for.
 * OpenSSL decodes; names are compared here because IKE's identities have rules of their own.
 */
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/text.h"
#include "crypto/prf.h"
#include "dn.h"
#include "trust_content.h"

static bool name_der(const X509_NAME *name, struct bytes *out)
{
	unsigned char *der = NULL;
	int len = i2d_X509_NAME(name, &der);
	bool ok = len > 0 && bytes_copy(slice(der, (size_t)len), out);

	OPENSSL_free(der);
	return ok;
}

bool cert_subject_id(X509 *x, struct identity *out)
{
	*out = (struct identity){ 0 };
	/* An empty subject is legal, but is no name. */
	if (X509_NAME_entry_count(X509_get_subject_name(x)) == 0 ||
	    !name_der(X509_get_subject_name(x), &out->body))
		return false;
	out->type = ID_DER_ASN1_DN;
	return true;
}

bool cert_issuer_dn(X509 *x, struct bytes *out)
{
	return name_der(X509_get_issuer_name(x), out);
}

static const char *format_name(const X509_NAME *name, char *buf, size_t size)
{
	struct bytes der cleanup(bytes_cleanup) = { 0 };
	struct text t = text_over(buf, size);

	if (name_der(name, &der))
		dn_format(bytes_slice(&der), &t);
	return buf;
}

const char *cert_subject(X509 *x, char *buf, size_t size)
{
	return format_name(X509_get_subject_name(x), buf, size);
}

const char *cert_issuer(X509 *x, char *buf, size_t size)
{
	return format_name(X509_get_issuer_name(x), buf, size);
}

const char *cert_serial(X509 *x, char *buf, size_t size)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
	struct text t = text_over(buf, size);

	text_hex(&t, slice(ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial)));
	return buf;
}

uint64_t asn1_seconds(const ASN1_TIME *t)
{
	ASN1_TIME *epoch = t ? ASN1_TIME_set(NULL, 0) : NULL;
	int days = 0, seconds = 0;
	bool ok = epoch && ASN1_TIME_diff(&days, &seconds, epoch, t) == 1;
	int64_t since = ok ? (int64_t)days * 86400 + seconds : 0;

	ASN1_TIME_free(epoch);
	ERR_clear_error();
	return since > 0 ? (uint64_t)since : 0;
}

bool cert_key_sha1(X509 *x, uint8_t out[20])
{
	unsigned char *der = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
	struct slice part = slice(der, len > 0 ? (size_t)len : 0);
	bool ok = len > 0 && digest_sha1(&part, 1, out);

	OPENSSL_free(der);
	ERR_clear_error();
	return ok;
}

/* A NUL inside a name is how one name is made to look like another: such a name is nobody's. */
static bool san_text_eq(const ASN1_STRING *san, const struct identity *id)
{
	struct identity name = { 0 };
	struct slice body = slice(ASN1_STRING_get0_data(san), (size_t)ASN1_STRING_length(san));
	bool is_it;

	if (body.len == 0 || memchr(body.data, 0, body.len) ||
	    !identity_of_wire(id->type, body, &name))
		return false;
	is_it = identity_eq(&name, id);
	identity_free(&name);
	return is_it;
}

static bool san_eq(const GENERAL_NAME *san, const struct identity *id)
{
	switch (id->type) {
	case ID_FQDN:
		return san->type == GEN_DNS && san_text_eq(san->d.dNSName, id);
	case ID_RFC822_ADDR:
		return san->type == GEN_EMAIL && san_text_eq(san->d.rfc822Name, id);
	case ID_IPV4_ADDR:
	case ID_IPV6_ADDR:
		return san->type == GEN_IPADD &&
		       slice_eq(slice(ASN1_STRING_get0_data(san->d.iPAddress),
				      (size_t)ASN1_STRING_length(san->d.iPAddress)),
				bytes_slice(&id->body));
	}
	return false;
}

bool cert_has_id(X509 *x, const struct identity *id)
{
	struct identity subject = { 0 };
	GENERAL_NAMES *names;
	bool has = false;

	if (id->type == ID_DER_ASN1_DN) {
		has = cert_subject_id(x, &subject) && identity_eq(&subject, id);
		identity_free(&subject);
		return has;
	}
	names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; names && !has && i < sk_GENERAL_NAME_num(names); i++)
		has = san_eq(sk_GENERAL_NAME_value(names, i), id);
	GENERAL_NAMES_free(names);
	ERR_clear_error();
	return has;
}

/* anyExtendedKeyUsage, id-kp-ipsecIKE (RFC 4945 5.1.3.12), the old IPsec ones, and those that
 * certificates for TLS bear, which peers have used for IKE as long as there was TLS. */
static bool is_ike_usage(const ASN1_OBJECT *usage)
{
	static const char *const oids[] = {
		"2.5.29.37.0",       "1.3.6.1.5.5.7.3.17", "1.3.6.1.5.5.8.2.2", "1.3.6.1.5.5.7.3.5",
		"1.3.6.1.5.5.7.3.6", "1.3.6.1.5.5.7.3.7",  "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2",
	};
	char oid[64];

	if (OBJ_obj2txt(oid, sizeof(oid), usage, 1) <= 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(oids); i++)
		if (strcmp(oid, oids[i]) == 0)
			return true;
	return false;
}

bool cert_is_for_ike(X509 *x, const char **why)
{
	uint32_t usage = X509_get_key_usage(x); /* all bits when there is no extension */
	EXTENDED_KEY_USAGE *extended = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
	bool has = extended == NULL;

	for (int i = 0; extended && !has && i < sk_ASN1_OBJECT_num(extended); i++)
		has = is_ike_usage(sk_ASN1_OBJECT_value(extended, i));
	sk_ASN1_OBJECT_pop_free(extended, ASN1_OBJECT_free);
	ERR_clear_error();
	*why = NULL;
	if (!(usage & (X509v3_KU_DIGITAL_SIGNATURE | X509v3_KU_NON_REPUDIATION)))
		*why = "its key usage has no digitalSignature";
	else if (!has)
		*why = "its extended key usage has none for IKE (ipsecIKE, serverAuth, clientAuth)";
	return *why == NULL;
}
