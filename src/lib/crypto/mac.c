/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HMAC (RFC 2104), AES-CMAC (RFC 4493) and AES-XCBC-MAC (RFC 3566) on OpenSSL. XCBC, which OpenSSL
 * lacks, is a CBC encryption whose last block is what counts.
 */
#include "mac.h"

#include <string.h>

static enum mac_kind kind_of(const struct alg *a)
{
	bool is_prf = a->type == TRANSFORM_PRF;

	if (a->id == (is_prf ? PRF_AES128_XCBC : INTEG_AES_XCBC_96))
		return MAC_XCBC;
	if (a->id == (is_prf ? PRF_AES128_CMAC : INTEG_AES_CMAC_96))
		return MAC_CMAC;
	if (a->id == (is_prf ? PRF_HMAC_SHA1 : INTEG_HMAC_SHA1_96))
		return MAC_SHA1;
	if (a->id == (is_prf ? PRF_HMAC_SHA2_256 : INTEG_HMAC_SHA2_256_128))
		return MAC_SHA256;
	if (a->id == (is_prf ? PRF_HMAC_SHA2_384 : INTEG_HMAC_SHA2_384_192))
		return MAC_SHA384;
	if (a->id == (is_prf ? PRF_HMAC_SHA2_512 : INTEG_HMAC_SHA2_512_256))
		return MAC_SHA512;
	return MAC_KINDS;
}

static const uint8_t zero_block[MAC_BLOCK_LEN];

/* One CBC run from a zero IV; out may be in. */
static bool cbc(EVP_CIPHER_CTX *ctx, const uint8_t *in, size_t len, uint8_t *out)
{
	int done;

	return EVP_EncryptUpdate(ctx, out, &done, in, (int)len) == 1 && (size_t)done == len;
}

static bool xcbc_begin(struct mac *m, const struct alg *a, struct slice key)
{
	static const uint8_t one[MAC_BLOCK_LEN] = {
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
	};
	EVP_CIPHER *cipher = provider_cipher(a, 0);
	uint8_t block[MAC_BLOCK_LEN], k1[MAC_BLOCK_LEN];
	bool ok;

	if (!cipher || key.len != MAC_BLOCK_LEN)
		return false;
	m->block = EVP_CIPHER_CTX_new();
	if (!m->block)
		return false;
	ok = EVP_EncryptInit_ex2(m->block, cipher, key.data, zero_block, NULL) == 1 &&
	     EVP_CIPHER_CTX_set_padding(m->block, 0) == 1 && cbc(m->block, one, sizeof(one), k1);
	for (uint8_t i = 2; ok && i <= 3; i++) {
		memset(block, i, sizeof(block));
		ok = EVP_EncryptInit_ex2(m->block, NULL, NULL, zero_block, NULL) == 1 &&
		     cbc(m->block, block, sizeof(block), i == 2 ? m->k2 : m->k3);
	}
	ok = ok && EVP_EncryptInit_ex2(m->block, NULL, k1, zero_block, NULL) == 1;
	wipe(k1, sizeof(k1));
	return ok;
}

bool mac_begin(struct mac *m, const struct alg *a, struct slice key)
{
	*m = (struct mac){ .kind = kind_of(a) };
	if (m->kind == MAC_KINDS)
		return false;
	m->is_fresh = true;
	if (m->kind == MAC_XCBC)
		return xcbc_begin(m, a, key);
	if (m->kind == MAC_CMAC && key.len != MAC_BLOCK_LEN)
		return false;
	m->ctx = provider_mac_ctx(m->kind);
	/* A NULL key would leave the one before in place. */
	return m->ctx && EVP_MAC_init(m->ctx, key.data ? key.data : zero_block, key.len, NULL) == 1;
}

static bool xcbc_run(struct mac *m, const struct slice *parts, size_t count, uint8_t *out,
		     size_t out_len)
{
	uint8_t block[MAC_BLOCK_LEN], cipher[MAC_BLOCK_LEN];
	size_t held = 0;

	if (EVP_EncryptInit_ex2(m->block, NULL, NULL, zero_block, NULL) != 1)
		return false;
	for (size_t i = 0; i < count; i++) {
		const uint8_t *at = parts[i].data;
		size_t left = parts[i].len;

		while (left > 0) {
			size_t take = MAC_BLOCK_LEN - held;

			/* A full block waits until it is known not to be the last. */
			if (take == 0) {
				if (!cbc(m->block, block, sizeof(block), cipher))
					return false;
				held = 0;
				continue;
			}
			if (take > left)
				take = left;
			memcpy(block + held, at, take);
			held += take;
			at += take;
			left -= take;
		}
	}
	const uint8_t *k = held == MAC_BLOCK_LEN ? m->k2 : m->k3;

	if (held < MAC_BLOCK_LEN) {
		memset(block + held, 0, MAC_BLOCK_LEN - held);
		block[held] = 0x80;
	}
	for (size_t i = 0; i < MAC_BLOCK_LEN; i++)
		block[i] ^= k[i];
	if (!cbc(m->block, block, sizeof(block), cipher))
		return false;
	memcpy(out, cipher, out_len);
	wipe(block, sizeof(block));
	return true;
}

bool mac_run(struct mac *m, const struct slice *parts, size_t count, uint8_t *out, size_t out_len)
{
	uint8_t full[MAC_MAX_LEN];
	size_t len = 0;

	if (m->kind == MAC_XCBC)
		return out_len <= MAC_BLOCK_LEN && xcbc_run(m, parts, count, out, out_len);
	if (!m->is_fresh && EVP_MAC_init(m->ctx, NULL, 0, NULL) != 1)
		return false;
	m->is_fresh = false;
	for (size_t i = 0; i < count; i++)
		if (parts[i].len > 0 && EVP_MAC_update(m->ctx, parts[i].data, parts[i].len) != 1)
			return false;
	if (EVP_MAC_final(m->ctx, full, &len, sizeof(full)) != 1 || len < out_len)
		return false;
	memcpy(out, full, out_len);
	wipe(full, sizeof(full));
	return true;
}

void mac_end(struct mac *m)
{
	if (m->ctx)
		EVP_MAC_init(m->ctx, zero_block, sizeof(zero_block), NULL);
	EVP_CIPHER_CTX_free(m->block);
	wipe(m, sizeof(*m));
}
