/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PRFs and prf+ of IKEv2 (RFC 7296 2.13). The AES PRFs take a key of any length by RFC 4434 2 and
 * RFC 4615 3. Digests without a key are here too.
 */
#include "crypto/prf.h"

#include <string.h>

#include <openssl/err.h>

#include "mac.h"

bool prf_has_fixed_key(const struct alg *a)
{
	return a->id == PRF_AES128_XCBC || a->id == PRF_AES128_CMAC;
}

size_t prf_key_len(const struct alg *a)
{
	return a->key_len;
}

/* A key of another length than 16 for the AES PRFs, into fitted. */
static bool fit_key(const struct alg *a, struct slice key, uint8_t fitted[MAC_BLOCK_LEN])
{
	static const uint8_t zero_key[MAC_BLOCK_LEN];
	struct mac m;
	bool ok;

	memset(fitted, 0, MAC_BLOCK_LEN);
	if (a->id == PRF_AES128_XCBC && key.len < MAC_BLOCK_LEN) {
		if (key.len > 0)
			memcpy(fitted, key.data, key.len);
		return true;
	}
	ok = mac_begin(&m, a, slice(zero_key, sizeof(zero_key))) &&
	     mac_run(&m, &key, 1, fitted, MAC_BLOCK_LEN);
	mac_end(&m);
	return ok;
}

static bool prf_begin(struct mac *m, const struct alg *a, struct slice key)
{
	uint8_t fitted[MAC_BLOCK_LEN];
	bool ok = true;

	*m = (struct mac){ 0 };
	if (a->type != TRANSFORM_PRF)
		return false;
	if (!prf_has_fixed_key(a) || key.len == MAC_BLOCK_LEN)
		return mac_begin(m, a, key);
	ok = fit_key(a, key, fitted) && mac_begin(m, a, slice(fitted, sizeof(fitted)));
	wipe(fitted, sizeof(fitted));
	return ok;
}

bool prf(const struct alg *a, struct slice key, const struct slice *parts, size_t count,
	 uint8_t *out)
{
	struct mac m;
	bool ok = prf_begin(&m, a, key) && mac_run(&m, parts, count, out, a->out_len);

	mac_end(&m);
	if (!ok)
		ERR_clear_error();
	return ok;
}

#define PRF_PLUS_PARTS 12

bool prf_plus(const struct alg *a, struct slice key, const struct slice *parts, size_t count,
	      size_t len, struct secret *out)
{
	struct slice all[PRF_PLUS_PARTS + 2];
	uint8_t block[PRF_MAX_LEN], round = 1;
	struct mac m;
	bool ok;

	*out = (struct secret){ 0 };
	if (a->type != TRANSFORM_PRF || count > PRF_PLUS_PARTS || len > 255u * a->out_len ||
	    !secret_alloc(len, out))
		return false;
	all[0] = SLICE_EMPTY;
	if (count > 0)
		memcpy(all + 1, parts, count * sizeof(*parts));
	all[count + 1] = slice(&round, 1);
	ok = prf_begin(&m, a, key);
	for (size_t at = 0; ok && at < len; at += a->out_len, round++) {
		size_t take = len - at < a->out_len ? len - at : a->out_len;

		ok = mac_run(&m, all, count + 2, block, a->out_len);
		if (ok)
			memcpy(out->data + at, block, take);
		all[0] = slice(block, a->out_len);
	}
	mac_end(&m);
	wipe(block, sizeof(block));
	if (!ok) {
		secret_free(out);
		ERR_clear_error();
	}
	return ok;
}

static bool digest(enum mac_kind kind, const struct slice *parts, size_t count, uint8_t *out)
{
	EVP_MD *md = provider_digest(kind);
	EVP_MD_CTX *ctx = provider_digest_ctx();
	bool ok = md && ctx && EVP_DigestInit_ex2(ctx, md, NULL) == 1;

	for (size_t i = 0; ok && i < count; i++)
		ok = EVP_DigestUpdate(ctx, parts[i].data, parts[i].len) == 1;
	ok = ok && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
	if (!ok)
		ERR_clear_error();
	return ok;
}

bool digest_sha1(const struct slice *parts, size_t count, uint8_t out[20])
{
	return digest(MAC_SHA1, parts, count, out);
}

bool digest_sha256(const struct slice *parts, size_t count, uint8_t out[32])
{
	return digest(MAC_SHA256, parts, count, out);
}
