/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE algorithm table and its look-ups. Numbers are IANA's "IKEv2 Parameters"; words are what admins
 * of Openswan, Libreswan and strongSwan write. In a word '_' and case do not count, and a '*' stands
 * for a key length inside it ("aes*gcm16" is aes128gcm16, aes256gcm16). A new algorithm is a row
 * here and its known answer in self_test.c.
 */
#include "crypto/algs.h"

#include <string.h>

#include "provider.h"

#define IKE_ESP (ALG_IKE | ALG_ESP)
#define COUNTER_AEAD (IKE_ESP | ALG_AEAD | ALG_COUNTER_IV)
#define AES_KEYS .key_bits = { 256, 128, 192 }, .default_key_bits = 256

static const struct alg table[] = {
	/* ENCR: RFC 4106, 5282 (GCM, CCM), 7634 (ChaCha20), 3602 (CBC), 3686, 5930 (CTR), 2451 */
	{ TRANSFORM_ENCR, ENCR_AES_GCM_16, COUNTER_AEAD, "AES_GCM_16",
	  "aes_gcm aes_gcm_16 aes_gcm_c aes*gcm16 aes*gcm128 aes*gcm", AES_KEYS, .salt_len = 4,
	  .iv_len = 8, .block_len = 1, .icv_len = 16, .evp = "AES-%u-GCM",
	  .xfrm = "rfc4106(gcm(aes))" },
	{ TRANSFORM_ENCR, ENCR_AES_GCM_12, COUNTER_AEAD, "AES_GCM_12",
	  "aes_gcm_12 aes_gcm_b aes*gcm12 aes*gcm96", AES_KEYS, .salt_len = 4, .iv_len = 8,
	  .block_len = 1, .icv_len = 12, .evp = "AES-%u-GCM", .xfrm = "rfc4106(gcm(aes))" },
	{ TRANSFORM_ENCR, ENCR_AES_GCM_8, COUNTER_AEAD, "AES_GCM_8",
	  "aes_gcm_8 aes_gcm_a aes*gcm8 aes*gcm64", AES_KEYS, .salt_len = 4, .iv_len = 8,
	  .block_len = 1, .icv_len = 8, .evp = "AES-%u-GCM", .xfrm = "rfc4106(gcm(aes))" },
	{ TRANSFORM_ENCR, ENCR_CHACHA20_POLY1305, COUNTER_AEAD | ALG_FIXED_KEY, "CHACHA20_POLY1305",
	  "chacha20_poly1305 chacha20", .key_len = 32, .salt_len = 4, .iv_len = 8, .block_len = 1,
	  .icv_len = 16, .evp = "ChaCha20-Poly1305", .xfrm = "rfc7539esp(chacha20,poly1305)" },
	{ TRANSFORM_ENCR, ENCR_AES_CBC, IKE_ESP, "AES_CBC", "aes aes_cbc aes*cbc", AES_KEYS,
	  .iv_len = 16, .block_len = 16, .evp = "AES-%u-CBC", .xfrm = "cbc(aes)" },
	{ TRANSFORM_ENCR, ENCR_AES_CTR, IKE_ESP | ALG_COUNTER_IV, "AES_CTR", "aes_ctr aes*ctr",
	  AES_KEYS, .salt_len = 4, .iv_len = 8, .block_len = 1, .evp = "AES-%u-CTR",
	  .xfrm = "rfc3686(ctr(aes))" },
	{ TRANSFORM_ENCR, ENCR_AES_CCM_16, COUNTER_AEAD, "AES_CCM_16",
	  "aes_ccm aes_ccm_16 aes_ccm_c aes*ccm16 aes*ccm128 aes*ccm", AES_KEYS, .salt_len = 3,
	  .iv_len = 8, .block_len = 1, .icv_len = 16, .evp = "AES-%u-CCM",
	  .xfrm = "rfc4309(ccm(aes))" },
	{ TRANSFORM_ENCR, ENCR_AES_CCM_12, COUNTER_AEAD, "AES_CCM_12",
	  "aes_ccm_12 aes_ccm_b aes*ccm12 aes*ccm96", AES_KEYS, .salt_len = 3, .iv_len = 8,
	  .block_len = 1, .icv_len = 12, .evp = "AES-%u-CCM", .xfrm = "rfc4309(ccm(aes))" },
	{ TRANSFORM_ENCR, ENCR_AES_CCM_8, COUNTER_AEAD, "AES_CCM_8",
	  "aes_ccm_8 aes_ccm_a aes*ccm8 aes*ccm64", AES_KEYS, .salt_len = 3, .iv_len = 8,
	  .block_len = 1, .icv_len = 8, .evp = "AES-%u-CCM", .xfrm = "rfc4309(ccm(aes))" },
	{ TRANSFORM_ENCR, ENCR_3DES, IKE_ESP | ALG_FIXED_KEY | ALG_WEAK, "3DES",
	  "3des 3des_cbc des_ede3", .key_len = 24, .iv_len = 8, .block_len = 8,
	  .evp = "DES-EDE3-CBC", .xfrm = "cbc(des3_ede)" },
	{ TRANSFORM_ENCR, ENCR_NULL, ALG_ESP | ALG_FIXED_KEY | ALG_WEAK, "NULL", "null",
	  .block_len = 1, .xfrm = "ecb(cipher_null)" },

	/* PRF: RFC 2104, 4868, 4434, 4615 */
	{ TRANSFORM_PRF, PRF_HMAC_SHA2_256, ALG_IKE, "HMAC_SHA2_256",
	  "sha2_256 sha256 sha2 prfsha256 prfsha2 prfsha2_256 hmac_sha2_256 hmac_sha256",
	  .key_len = 32, .out_len = 32, .evp = "SHA256", .xfrm = "hmac(sha256)" },
	{ TRANSFORM_PRF, PRF_HMAC_SHA2_384, ALG_IKE, "HMAC_SHA2_384",
	  "sha2_384 sha384 prfsha384 prfsha2_384 hmac_sha2_384 hmac_sha384", .key_len = 48,
	  .out_len = 48, .evp = "SHA384", .xfrm = "hmac(sha384)" },
	{ TRANSFORM_PRF, PRF_HMAC_SHA2_512, ALG_IKE, "HMAC_SHA2_512",
	  "sha2_512 sha512 prfsha512 prfsha2_512 hmac_sha2_512 hmac_sha512", .key_len = 64,
	  .out_len = 64, .evp = "SHA512", .xfrm = "hmac(sha512)" },
	{ TRANSFORM_PRF, PRF_HMAC_SHA1, ALG_IKE | ALG_WEAK, "HMAC_SHA1",
	  "sha1 sha prfsha1 prfsha hmac_sha1 hmac_sha", .key_len = 20, .out_len = 20, .evp = "SHA1",
	  .xfrm = "hmac(sha1)" },
	{ TRANSFORM_PRF, PRF_AES128_XCBC, ALG_IKE, "AES128_XCBC",
	  "aes_xcbc aes128_xcbc prfaesxcbc prfaes128xcbc", .key_len = 16, .out_len = 16,
	  .evp = "AES-128-CBC", .xfrm = "xcbc(aes)" },
	{ TRANSFORM_PRF, PRF_AES128_CMAC, ALG_IKE, "AES128_CMAC",
	  "aes_cmac aes128_cmac prfaescmac prfaes128cmac", .key_len = 16, .out_len = 16,
	  .evp = "AES-128-CBC", .xfrm = "cmac(aes)" },

	/* INTEG: RFC 4868, 2404, 3566, 4494 */
	{ TRANSFORM_INTEG, INTEG_HMAC_SHA2_256_128, IKE_ESP, "HMAC_SHA2_256_128",
	  "sha2_256 sha256 sha2 sha2_256_128 hmac_sha2_256 hmac_sha2_256_128", .key_len = 32,
	  .icv_len = 16, .evp = "SHA256", .xfrm = "hmac(sha256)" },
	{ TRANSFORM_INTEG, INTEG_HMAC_SHA2_384_192, IKE_ESP, "HMAC_SHA2_384_192",
	  "sha2_384 sha384 sha2_384_192 hmac_sha2_384 hmac_sha2_384_192", .key_len = 48,
	  .icv_len = 24, .evp = "SHA384", .xfrm = "hmac(sha384)" },
	{ TRANSFORM_INTEG, INTEG_HMAC_SHA2_512_256, IKE_ESP, "HMAC_SHA2_512_256",
	  "sha2_512 sha512 sha2_512_256 hmac_sha2_512 hmac_sha2_512_256", .key_len = 64,
	  .icv_len = 32, .evp = "SHA512", .xfrm = "hmac(sha512)" },
	{ TRANSFORM_INTEG, INTEG_HMAC_SHA1_96, IKE_ESP | ALG_WEAK, "HMAC_SHA1_96",
	  "sha1 sha sha1_96 hmac_sha1 hmac_sha1_96", .key_len = 20, .icv_len = 12, .evp = "SHA1",
	  .xfrm = "hmac(sha1)" },
	{ TRANSFORM_INTEG, INTEG_AES_XCBC_96, IKE_ESP, "AES_XCBC_96",
	  "aes_xcbc aes_xcbc_96 aes128_xcbc aes128_xcbc_96", .key_len = 16, .icv_len = 12,
	  .evp = "AES-128-CBC", .xfrm = "xcbc(aes)" },
	{ TRANSFORM_INTEG, INTEG_AES_CMAC_96, IKE_ESP, "AES_CMAC_96",
	  "aes_cmac aes_cmac_96 aes128_cmac aes128_cmac_96", .key_len = 16, .icv_len = 12,
	  .evp = "AES-128-CBC", .xfrm = "cmac(aes)" },
	{ TRANSFORM_INTEG, INTEG_NONE, IKE_ESP, "NONE", "none null", .xfrm = NULL },

	/* KE: RFC 8031, 5903, 3526; ML-KEM: FIPS 203, draft-ietf-ipsecme-ikev2-mlkem */
	{ TRANSFORM_KE, KE_CURVE25519, IKE_ESP, "CURVE25519", "dh31 curve25519 x25519",
	  .public_len = 32, .evp = "X25519" },
	{ TRANSFORM_KE, KE_ECP_256, IKE_ESP, "ECP_256", "dh19 ecp_256", .public_len = 64,
	  .evp = "P-256" },
	{ TRANSFORM_KE, KE_ECP_384, IKE_ESP, "ECP_384", "dh20 ecp_384", .public_len = 96,
	  .evp = "P-384" },
	{ TRANSFORM_KE, KE_ECP_521, IKE_ESP, "ECP_521", "dh21 ecp_521", .public_len = 132,
	  .evp = "P-521" },
	{ TRANSFORM_KE, KE_CURVE448, IKE_ESP, "CURVE448", "dh32 curve448 x448", .public_len = 56,
	  .evp = "X448" },
	{ TRANSFORM_KE, KE_MODP_2048, IKE_ESP, "MODP2048", "dh14 modp2048", .public_len = 256,
	  .evp = "modp_2048" },
	{ TRANSFORM_KE, KE_MODP_3072, IKE_ESP, "MODP3072", "dh15 modp3072", .public_len = 384,
	  .evp = "modp_3072" },
	{ TRANSFORM_KE, KE_MODP_4096, IKE_ESP, "MODP4096", "dh16 modp4096", .public_len = 512,
	  .evp = "modp_4096" },
	{ TRANSFORM_KE, KE_MODP_6144, IKE_ESP, "MODP6144", "dh17 modp6144", .public_len = 768,
	  .evp = "modp_6144" },
	{ TRANSFORM_KE, KE_MODP_8192, IKE_ESP, "MODP8192", "dh18 modp8192", .public_len = 1024,
	  .evp = "modp_8192" },

	{ TRANSFORM_KE, KE_ML_KEM_512, IKE_ESP | ALG_KEM, "ML_KEM_512", "mlkem512 ml_kem512",
	  .public_len = 800, .answer_len = 768, .evp = "ML-KEM-512" },
	{ TRANSFORM_KE, KE_ML_KEM_768, IKE_ESP | ALG_KEM, "ML_KEM_768", "mlkem768 ml_kem768",
	  .public_len = 1184, .answer_len = 1088, .evp = "ML-KEM-768" },
	{ TRANSFORM_KE, KE_ML_KEM_1024, IKE_ESP | ALG_KEM, "ML_KEM_1024", "mlkem1024 ml_kem1024",
	  .public_len = 1568, .answer_len = 1568, .evp = "ML-KEM-1024" },

	{ TRANSFORM_ESN, ESN_NO, ALG_ESP, "NO", "no noesn esn_no", .evp = NULL },
	{ TRANSFORM_ESN, ESN_YES, ALG_ESP, "YES", "yes esn esn_yes", .evp = NULL },
};

static const struct alg no_addke = { TRANSFORM_KE, KE_NONE, 0, "NONE", "none", .evp = NULL };

const struct alg *alg_no_addke(void)
{
	return &no_addke;
}

_Static_assert(ARRAY_LEN(table) <= PROVIDER_ROWS, "provider.h holds a place for each row");

const struct alg *alg_at(size_t i)
{
	return i < ARRAY_LEN(table) ? &table[i] : NULL;
}

size_t alg_index(const struct alg *a)
{
	return (size_t)(a - table);
}

const struct alg *alg_find(enum transform_type type, uint16_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].type == type && table[i].id == id)
			return &table[i];
	return NULL;
}

bool alg_key_bits_ok(const struct alg *a, uint16_t key_bits)
{
	if (a->type != TRANSFORM_ENCR || (a->flags & ALG_FIXED_KEY) != 0)
		return key_bits == 0;
	if (key_bits == 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(a->key_bits); i++)
		if (a->key_bits[i] == key_bits)
			return true;
	return false;
}

size_t alg_keymat_len(const struct alg *a, uint16_t key_bits)
{
	return (key_bits ? key_bits / 8u : a->key_len) + a->salt_len;
}

bool alg_is_available(const struct alg *a)
{
	if ((a->flags & ALG_IKE) == 0 || a->evp == NULL)
		return true;
	return provider_is_available(a);
}

static char fold(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c == '-' ? '_' : c;
}

static const char *skip_underscores(const char *text)
{
	while (fold(*text) == '_')
		text++;
	return text;
}

/* Reads a key length the row permits; 0 when there is none at *text. */
static uint16_t read_key_bits(const struct alg *a, const char **text)
{
	const char *at = *text;
	uint16_t bits = 0;

	for (int digits = 0; digits < 3 && *at >= '0' && *at <= '9'; digits++, at++)
		bits = (uint16_t)(bits * 10 + (*at - '0'));
	if (bits == 0 || !alg_key_bits_ok(a, bits))
		return 0;
	*text = at;
	return bits;
}

/* Does text say this word (which ends at a space or NUL), perhaps with a key length after it? */
static bool word_says(const struct alg *a, const char *word, const char *text, uint16_t *key_bits)
{
	uint16_t bits = 0;

	for (word = skip_underscores(word), text = skip_underscores(text);
	     *word != ' ' && *word != '\0';
	     word = skip_underscores(word), text = skip_underscores(text)) {
		if (*word == '*') {
			bits = read_key_bits(a, &text);
			if (bits == 0)
				return false;
			word++;
			continue;
		}
		if (fold(*text) != *word)
			return false;
		word++;
		text++;
	}
	if (*text != '\0' && bits == 0)
		bits = read_key_bits(a, &text);
	if (*text != '\0')
		return false;
	*key_bits = bits;
	return true;
}

const struct alg *alg_by_word(enum transform_type type, const char *word, uint16_t *key_bits)
{
	*key_bits = 0;
	if (*word == '\0')
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const struct alg *a = &table[i];

		if (a->type != type)
			continue;
		for (const char *at = a->words; at != NULL; at = strchr(at, ' ')) {
			at += strspn(at, " ");
			if (word_says(a, at, word, key_bits))
				return a;
		}
	}
	return NULL;
}
