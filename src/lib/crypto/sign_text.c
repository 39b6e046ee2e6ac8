/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public keys as admins write them: RFC 3110 in 0s or 0x (what showhostkey has always printed), or a
 * SubjectPublicKeyInfo in base64, hex or PEM.
 */
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "base/cursor.h"
#include "base/text.h"
#include "pkey.h"

#define TEXT_MAX_LEN 8192

/* RFC 3110 2: exponent length in one byte, or in three when the first is 0; exponent; modulus. */
static EVP_PKEY *rsa_of_3110(struct slice raw)
{
	struct cursor c = cursor_of(raw);
	struct slice e = SLICE_EMPTY, n = SLICE_EMPTY;
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *pkey = NULL;
	BIGNUM *exponent = NULL, *modulus = NULL;
	uint16_t len = 0;
	uint8_t first = 0;

	cursor_u8(&c, "exponent length", &first);
	len = first;
	if (first == 0)
		cursor_u16(&c, "exponent length", &len);
	cursor_take(&c, "exponent", len, &e);
	cursor_rest(&c, &n);
	if (cursor_ok(&c) && e.len > 0 && e.len <= 8 && n.len >= 128 && n.len <= 2048) {
		exponent = BN_bin2bn(e.data, (int)e.len, NULL);
		modulus = BN_bin2bn(n.data, (int)n.len, NULL);
	}
	if (build && ctx && exponent && modulus &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
		params = OSSL_PARAM_BLD_to_param(build);
	if (params && EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(exponent);
	BN_free(modulus);
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return pkey;
}

static struct public_key *key_of_raw(struct slice raw, struct error *e)
{
	struct public_key *k;
	EVP_PKEY *pkey;

	/* A SubjectPublicKeyInfo begins with SEQUENCE; an RFC 3110 exponent of 48 bytes is not used. */
	if (raw.len > 2 && raw.data[0] == 0x30)
		return public_key_of_spki(raw, e);
	pkey = rsa_of_3110(raw);
	if (!pkey) {
		error_set(e, "neither an RFC 3110 RSA key nor a SubjectPublicKeyInfo");
		return NULL;
	}
	k = public_key_of_pkey(pkey, e);
	EVP_PKEY_free(pkey);
	return k;
}

/* The base64 between the lines of a PEM block. */
static bool pem_body(const char *text, struct slice *out)
{
	static const char begin[] = "-----BEGIN PUBLIC KEY-----", end[] = "-----END";
	const char *from = strstr(text, begin), *to;

	if (!from)
		return false;
	from += sizeof(begin) - 1;
	to = strstr(from, end);
	if (!to)
		return false;
	*out = slice(from, (size_t)(to - from));
	return true;
}

struct public_key *public_key_of_text(const char *text, struct error *e)
{
	struct secret raw cleanup(secret_cleanup) = { 0 };
	struct slice body = slice_str(text);
	bool ok;

	if (body.len > TEXT_MAX_LEN) {
		error_set(e, "a key longer than %d characters", TEXT_MAX_LEN);
		return NULL;
	}
	if (pem_body(text, &body))
		ok = parse_base64(body, &raw);
	else if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		ok = parse_hex(slice_str(text + 2), &raw);
	else if (text[0] == '0' && (text[1] == 's' || text[1] == 'S'))
		ok = parse_base64(slice_str(text + 2), &raw);
	else
		ok = parse_base64(body, &raw);
	if (!ok) {
		error_set(e, "neither base64 after 0s, nor hex after 0x, nor a PEM public key");
		return NULL;
	}
	return key_of_raw(secret_slice(&raw), e);
}
