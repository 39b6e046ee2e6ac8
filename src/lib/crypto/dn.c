/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distinguished names. Admins' text is cut into types and values here; encoding, decoding, canonical
 * comparison and printing are OpenSSL's.
 */
#include "dn.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#define DN_TEXT_MAX_LEN 2048
#define DN_MAX_ENTRIES 64

static void name_cleanup(X509_NAME **name)
{
	X509_NAME_free(*name);
}

static void bio_cleanup(BIO **bio)
{
	BIO_free(*bio);
}

/* Short names of admins that OpenSSL does not know. */
static const struct {
	const char *word, *name;
} aliases[] = {
	{ "E", "emailAddress" }, { "EMAIL", "emailAddress" },
	{ "G", "GN" },           { "I", "initials" },
	{ "T", "title" },        { "S", "SN" },
	{ "D", "description" },  { "USERID", "UID" },
};

/* The types whose name is found without regard to case. */
static const char *const known[] = {
	"C",
	"ST",
	"L",
	"O",
	"OU",
	"CN",
	"DC",
	"UID",
	"SN",
	"GN",
	"emailAddress",
	"serialNumber",
	"street",
	"title",
	"description",
	"initials",
	"unstructuredName",
	"unstructuredAddress",
	"postalCode",
	"organizationIdentifier",
};

static const char *type_name(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (text_eq_nocase(word, aliases[i].word))
			return aliases[i].name;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (text_eq_nocase(word, known[i]))
			return known[i];
	return word;
}

/* A reader of the text: what separates the RDNs depends on the form. */
struct reader {
	const char *at;
	char separator;
};

static void skip_spaces(struct reader *r)
{
	r->at += strspn(r->at, " \t");
}

static bool read_type(struct reader *r, char *out, size_t size, struct error *e)
{
	size_t len;

	skip_spaces(r);
	len = strcspn(r->at, "=,/+\"\\");
	if (r->at[len] != '=')
		return error_set(e, "distinguished name: expected type=value at \"%.40s\"", r->at);
	if (len == 0 || len >= size)
		return error_set(e, "distinguished name: no type before '=' at \"%.40s\"", r->at);
	memcpy(out, r->at, len);
	r->at += len + 1;
	while (len > 0 && (out[len - 1] == ' ' || out[len - 1] == '\t'))
		len--;
	out[len] = '\0';
	return true;
}

/* The value up to an unescaped separator or '+', without spaces around it. */
static bool read_value(struct reader *r, char *out, size_t size, struct error *e)
{
	size_t len = 0, keep = 0;
	bool is_quoted = false;

	skip_spaces(r);
	for (; *r->at != '\0'; r->at++) {
		char c = *r->at;
		bool is_plain = false;

		if (c == '"') {
			is_quoted = !is_quoted;
			keep = len;
			continue;
		}
		if (c == '\\' && r->at[1] != '\0') {
			c = *++r->at;
			is_plain = true;
		} else if (!is_quoted && (c == r->separator || c == '+')) {
			break;
		}
		if (len + 1 >= size)
			return error_set(e, "distinguished name: a value is too long");
		out[len++] = c;
		if (is_plain || is_quoted || (c != ' ' && c != '\t'))
			keep = len;
	}
	out[keep] = '\0';
	if (is_quoted)
		return error_set(e, "distinguished name: a quote is not closed");
	return true;
}

static bool add_entry(X509_NAME *name, const char *type, const char *value, bool is_joined,
		      struct error *e)
{
	if (X509_NAME_entry_count(name) >= DN_MAX_ENTRIES)
		return error_set(e, "distinguished name: more than %d parts", DN_MAX_ENTRIES);
	if (X509_NAME_add_entry_by_txt(name, type_name(type), MBSTRING_UTF8,
				       (const unsigned char *)value, -1, -1,
				       is_joined ? -1 : 0) == 1)
		return true;
	ERR_clear_error();
	return error_set(
		e,
		"distinguished name: \"%.40s=%.60s\" has a type that is not known, or a value it does not allow",
		type, value);
}

static bool encode(X509_NAME *name, struct bytes *der)
{
	unsigned char *encoded = NULL;
	int len = i2d_X509_NAME(name, &encoded);
	bool ok = len > 0 && bytes_copy(slice(encoded, (size_t)len), der);

	OPENSSL_free(encoded);
	ERR_clear_error();
	return ok;
}

bool dn_parse(const char *text, struct bytes *der, struct error *e)
{
	struct reader r = { .at = text, .separator = ',' };
	X509_NAME *name cleanup(name_cleanup) = X509_NAME_new();
	char type[64], value[1024];
	bool is_joined = false;

	if (!name)
		return error_set(e, "out of memory");
	if (strlen(text) > DN_TEXT_MAX_LEN)
		return error_set(e, "distinguished name: longer than %d bytes", DN_TEXT_MAX_LEN);
	if (*text == '/')
		r = (struct reader){ .at = text + 1, .separator = '/' };
	for (;;) {
		if (!read_type(&r, type, sizeof(type), e) ||
		    !read_value(&r, value, sizeof(value), e) ||
		    !add_entry(name, type, value, is_joined, e))
			return false;
		is_joined = *r.at == '+';
		if (*r.at == '\0')
			break;
		r.at++;
		skip_spaces(&r);
		/* One separator at the very end is let go. */
		if (*r.at == '\0' && !is_joined)
			break;
	}
	return encode(name, der) || error_set(e, "out of memory");
}

static X509_NAME *decode(struct slice der)
{
	const unsigned char *at = der.data;
	X509_NAME *name;

	if (der.len == 0 || der.len > UINT16_MAX)
		return NULL;
	name = d2i_X509_NAME(NULL, &at, (long)der.len);
	if (name && at == der.data + der.len)
		return name;
	X509_NAME_free(name);
	ERR_clear_error();
	return NULL;
}

bool dn_is_valid(struct slice der)
{
	X509_NAME *name cleanup(name_cleanup) = decode(der);

	return name != NULL;
}

bool dn_eq(struct slice a, struct slice b)
{
	X509_NAME *left cleanup(name_cleanup) = NULL, *right cleanup(name_cleanup) = NULL;

	if (slice_eq(a, b))
		return true;
	left = decode(a);
	right = decode(b);
	return left && right && X509_NAME_cmp(left, right) == 0;
}

static bool is_star(const X509_NAME_ENTRY *entry)
{
	const ASN1_STRING *value = X509_NAME_ENTRY_get_data(entry);

	return ASN1_STRING_length(value) == 1 && *ASN1_STRING_get0_data(value) == '*';
}

static bool entry_eq(const X509_NAME_ENTRY *a, const X509_NAME_ENTRY *b)
{
	X509_NAME *left cleanup(name_cleanup) = X509_NAME_new();
	X509_NAME *right cleanup(name_cleanup) = X509_NAME_new();

	return left && right && X509_NAME_add_entry(left, a, -1, 0) == 1 &&
	       X509_NAME_add_entry(right, b, -1, 0) == 1 && X509_NAME_cmp(left, right) == 0;
}

/* Values of one RDN are sorted by their encoding, so their order says nothing. */
static bool has_match(const X509_NAME_ENTRY *want, const X509_NAME *name)
{
	for (int i = 0; i < X509_NAME_entry_count(name); i++) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);

		if (X509_NAME_ENTRY_set(want) == X509_NAME_ENTRY_set(entry) &&
		    OBJ_cmp(X509_NAME_ENTRY_get_object(want), X509_NAME_ENTRY_get_object(entry)) ==
			    0 &&
		    (is_star(want) || entry_eq(want, entry)))
			return true;
	}
	return false;
}

bool dn_is_pattern(struct slice der)
{
	X509_NAME *name cleanup(name_cleanup) = decode(der);

	for (int i = 0; name && i < X509_NAME_entry_count(name); i++)
		if (is_star(X509_NAME_get_entry(name, i)))
			return true;
	return false;
}

bool dn_matches(struct slice pattern, struct slice der)
{
	X509_NAME *want cleanup(name_cleanup) = decode(pattern);
	X509_NAME *name cleanup(name_cleanup) = decode(der);
	int count;

	if (!want || !name)
		return false;
	count = X509_NAME_entry_count(want);
	if (count != X509_NAME_entry_count(name) || count > DN_MAX_ENTRIES)
		return false;
	for (int i = 0; i < count; i++) {
		if (!has_match(X509_NAME_get_entry(want, i), name)) {
			ERR_clear_error();
			return false;
		}
	}
	return true;
}

uint32_t dn_hash(struct slice der)
{
	X509_NAME *name cleanup(name_cleanup) = decode(der);
	int ok = 0;
	unsigned long hash = name ? X509_NAME_hash_ex(name, NULL, NULL, &ok) : 0;

	if (!ok)
		ERR_clear_error();
	return ok ? (uint32_t)hash : 0;
}

void dn_format(struct slice der, struct text *out)
{
	X509_NAME *name cleanup(name_cleanup) = decode(der);
	BIO *bio cleanup(bio_cleanup) = name ? BIO_new(BIO_s_mem()) : NULL;
	char *data = NULL;
	long len;

	if (!bio ||
	    X509_NAME_print_ex(bio, name, 0,
			       XN_FLAG_SEP_CPLUS_SPC | ASN1_STRFLGS_ESC_QUOTE |
				       ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL |
				       ASN1_STRFLGS_ESC_MSB | ASN1_STRFLGS_UTF8_CONVERT |
				       ASN1_STRFLGS_DUMP_UNKNOWN | ASN1_STRFLGS_DUMP_DER) < 0) {
		ERR_clear_error();
		text_hex(out, der);
		return;
	}
	len = BIO_get_mem_data(bio, &data);
	text_escape(out, slice(data, len > 0 ? (size_t)len : 0));
}
