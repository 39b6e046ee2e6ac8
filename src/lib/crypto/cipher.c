/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealing and opening of one IKE message in place: AEAD (RFC 5282, 7634), else encrypt-then-MAC with
 * CBC (RFC 7296 3.14) or CTR (RFC 5930). Keys stay with the caller: the thread's context is emptied
 * after each message.
 */
#include "crypto/cipher.h"

#include <limits.h>
#include <string.h>

#include <openssl/err.h>

#include "crypto/random.h"
#include "mac.h"

#define IV_MAX_LEN 16

/* One message cut into its runs. */
struct parts {
	uint8_t *message;
	size_t associated_len;
	uint8_t *iv;
	uint8_t *text;
	size_t text_len;
	uint8_t *icv;
};

static bool is_aead(const struct sk_cipher *c)
{
	return (c->encr->flags & ALG_AEAD) != 0;
}

static bool is_ccm(const struct alg *a)
{
	return a->id == ENCR_AES_CCM_8 || a->id == ENCR_AES_CCM_12 || a->id == ENCR_AES_CCM_16;
}

size_t sk_encr_key_len(const struct sk_cipher *c)
{
	return alg_keymat_len(c->encr, c->key_bits);
}

size_t sk_integ_key_len(const struct sk_cipher *c)
{
	return is_aead(c) || !c->integ ? 0 : c->integ->key_len;
}

size_t sk_iv_len(const struct sk_cipher *c)
{
	return c->encr->iv_len;
}

size_t sk_icv_len(const struct sk_cipher *c)
{
	if (is_aead(c))
		return c->encr->icv_len;
	return c->integ ? c->integ->icv_len : 0;
}

size_t sk_block_len(const struct sk_cipher *c)
{
	return c->encr->block_len;
}

/* Everything that is the caller's to get right. */
static bool is_sound(const struct sk_cipher *c, const struct sk_keys *keys)
{
	if (c->encr->type != TRANSFORM_ENCR || (c->encr->flags & ALG_IKE) == 0 ||
	    !alg_key_bits_ok(c->encr, c->key_bits) || keys->encr.len != sk_encr_key_len(c))
		return false;
	if (is_aead(c))
		return true;
	return c->integ && c->integ->type == TRANSFORM_INTEG && c->integ->icv_len > 0 &&
	       keys->integ.len == c->integ->key_len;
}

static void cut(const struct sk_cipher *c, uint8_t *message, size_t associated_len, size_t text_len,
		struct parts *p)
{
	p->message = message;
	p->associated_len = associated_len;
	p->iv = message + associated_len;
	p->text = p->iv + sk_iv_len(c);
	p->text_len = text_len;
	p->icv = p->text + text_len;
}

/* The IV as the cipher wants it: salt and explicit IV, and the block counter from 1 for CTR. */
static size_t make_nonce(const struct sk_cipher *c, const struct sk_keys *keys, const uint8_t *iv,
			 uint8_t nonce[IV_MAX_LEN])
{
	size_t salt_len = c->encr->salt_len, len = salt_len + c->encr->iv_len;

	if (salt_len > 0)
		memcpy(nonce, keys->encr.data + keys->encr.len - salt_len, salt_len);
	memcpy(nonce + salt_len, iv, c->encr->iv_len);
	if (c->encr->id != ENCR_AES_CTR)
		return len;
	memset(nonce + len, 0, IV_MAX_LEN - len);
	nonce[IV_MAX_LEN - 1] = 1;
	return IV_MAX_LEN;
}

static bool update(EVP_CIPHER_CTX *ctx, uint8_t *out, const uint8_t *in, size_t len)
{
	int done;

	return EVP_CipherUpdate(ctx, out, &done, in, (int)len) == 1 && (size_t)done == len;
}

/* Sets cipher, key and nonce; tag is what an AEAD shall find when it opens. */
static bool begin(EVP_CIPHER_CTX *ctx, const struct sk_cipher *c, const struct sk_keys *keys,
		  const struct parts *p, bool is_seal)
{
	EVP_CIPHER *cipher = provider_cipher(c->encr, c->key_bits);
	uint8_t nonce[IV_MAX_LEN];
	size_t nonce_len = make_nonce(c, keys, p->iv, nonce);
	int icv_len = (int)sk_icv_len(c);

	if (!cipher)
		return false;
	if (!is_aead(c))
		return EVP_CipherInit_ex2(ctx, cipher, keys->encr.data, nonce, is_seal, NULL) ==
			       1 &&
		       EVP_CIPHER_CTX_set_padding(ctx, 0) == 1;
	if (EVP_CipherInit_ex2(ctx, cipher, NULL, NULL, is_seal, NULL) != 1 ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)nonce_len, NULL) != 1)
		return false;
	/* CCM needs the length of its tag before the key, GCM takes it only when it opens. */
	if ((!is_seal || is_ccm(c->encr)) &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, icv_len, is_seal ? NULL : p->icv) != 1)
		return false;
	return EVP_CipherInit_ex2(ctx, NULL, keys->encr.data, nonce, is_seal, NULL) == 1;
}

static bool add_associated(EVP_CIPHER_CTX *ctx, const struct sk_cipher *c, const struct parts *p)
{
	int done;

	if (is_ccm(c->encr) && EVP_CipherUpdate(ctx, NULL, &done, NULL, (int)p->text_len) != 1)
		return false;
	return p->associated_len == 0 ||
	       EVP_CipherUpdate(ctx, NULL, &done, p->message, (int)p->associated_len) == 1;
}

static bool encrypt(EVP_CIPHER_CTX *ctx, const struct sk_cipher *c, const struct sk_keys *keys,
		    const struct parts *p)
{
	uint8_t none[EVP_MAX_BLOCK_LENGTH];
	int done;

	if (!begin(ctx, c, keys, p, true) || (is_aead(c) && !add_associated(ctx, c, p)) ||
	    !update(ctx, p->text, p->text, p->text_len) ||
	    EVP_CipherFinal_ex(ctx, none, &done) != 1)
		return false;
	return !is_aead(c) ||
	       EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, (int)sk_icv_len(c), p->icv) == 1;
}

static enum verdict decrypt(EVP_CIPHER_CTX *ctx, const struct sk_cipher *c,
			    const struct sk_keys *keys, const struct parts *p)
{
	uint8_t none[EVP_MAX_BLOCK_LENGTH];
	int done;

	if (!begin(ctx, c, keys, p, false) || (is_aead(c) && !add_associated(ctx, c, p)))
		return VERDICT_FAIL;
	/* CCM verifies in its one update, the others at the end. */
	if (!update(ctx, p->text, p->text, p->text_len))
		return is_ccm(c->encr) ? VERDICT_BAD : VERDICT_FAIL;
	if (is_ccm(c->encr))
		return VERDICT_OK;
	if (EVP_CipherFinal_ex(ctx, none, &done) != 1)
		return is_aead(c) ? VERDICT_BAD : VERDICT_FAIL;
	return VERDICT_OK;
}

static bool integrity(const struct sk_cipher *c, const struct sk_keys *keys, const struct parts *p,
		      uint8_t *icv)
{
	struct slice covered = slice(p->message, (size_t)(p->icv - p->message));
	struct mac m;
	bool ok = mac_begin(&m, c->integ, keys->integ) &&
		  mac_run(&m, &covered, 1, icv, c->integ->icv_len);

	mac_end(&m);
	return ok;
}

static bool write_iv(const struct sk_cipher *c, uint64_t counter, uint8_t *iv)
{
	if ((c->encr->flags & ALG_COUNTER_IV) == 0)
		return random_bytes(iv, c->encr->iv_len);
	for (size_t i = 0; i < sizeof(counter); i++)
		iv[i] = (uint8_t)(counter >> (56 - 8 * i));
	return true;
}

enum verdict sk_seal(const struct sk_cipher *c, const struct sk_keys *keys, uint64_t counter,
		     uint8_t *message, size_t associated_len, size_t text_len)
{
	EVP_CIPHER_CTX *ctx = provider_cipher_ctx();
	struct parts p;
	bool ok;

	if (!ctx || !is_sound(c, keys) || text_len == 0 || text_len % sk_block_len(c) != 0 ||
	    associated_len > INT_MAX || text_len > INT_MAX)
		return VERDICT_FAIL;
	cut(c, message, associated_len, text_len, &p);
	ok = write_iv(c, counter, p.iv) && encrypt(ctx, c, keys, &p);
	EVP_CIPHER_CTX_reset(ctx);
	ok = ok && (is_aead(c) || integrity(c, keys, &p, p.icv));
	if (!ok)
		ERR_clear_error();
	return ok ? VERDICT_OK : VERDICT_FAIL;
}

enum verdict sk_open(const struct sk_cipher *c, const struct sk_keys *keys, uint8_t *message,
		     size_t associated_len, size_t len, struct slice *text)
{
	EVP_CIPHER_CTX *ctx = provider_cipher_ctx();
	size_t around = sk_iv_len(c) + sk_icv_len(c);
	uint8_t icv[MAC_MAX_LEN];
	enum verdict verdict;
	struct parts p;

	*text = SLICE_EMPTY;
	if (!ctx || !is_sound(c, keys))
		return VERDICT_FAIL;
	if (len > INT_MAX || associated_len > len || len - associated_len <= around ||
	    (len - associated_len - around) % sk_block_len(c) != 0)
		return VERDICT_BAD;
	cut(c, message, associated_len, len - associated_len - around, &p);
	if (!is_aead(c)) {
		if (!integrity(c, keys, &p, icv))
			return VERDICT_FAIL;
		if (!slice_eq_ct(slice(icv, c->integ->icv_len), slice(p.icv, c->integ->icv_len)))
			return VERDICT_BAD;
	}
	verdict = decrypt(ctx, c, keys, &p);
	EVP_CIPHER_CTX_reset(ctx);
	if (verdict == VERDICT_OK) {
		*text = slice(p.text, p.text_len);
		return verdict;
	}
	/* An AEAD has decrypted by the time it finds the ICV wrong: nobody may read that. */
	wipe(p.text, p.text_len);
	ERR_clear_error();
	return verdict;
}
