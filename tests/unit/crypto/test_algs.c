/* SPDX-License-Identifier: Apache-2.0 */
/* The algorithm table: its rows are consistent, words of admins find them, odd numbers find none. */
#include "vectors/vector.h"

static void test_rows(void **state)
{
	size_t count = 0;

	(void)state;
	for (const struct alg *a = alg_at(0); a; a = alg_at(++count)) {
		assert_non_null(a->name);
		assert_non_null(a->words);
		assert_in_range(a->type, TRANSFORM_ENCR, TRANSFORM_ESN);
		assert_ptr_equal(alg_find((enum transform_type)a->type, a->id), a);
		assert_true((a->flags & (ALG_IKE | ALG_ESP)) != 0);
		assert_true(alg_is_available(a) || (a->flags & ALG_KEM));
		if (a->type == TRANSFORM_ENCR) {
			bool is_fixed = (a->flags & ALG_FIXED_KEY) != 0;

			assert_int_equal(is_fixed, a->key_bits[0] == 0);
			assert_int_equal(is_fixed, a->default_key_bits == 0);
			assert_true(is_fixed || alg_key_bits_ok(a, a->default_key_bits));
			assert_int_equal((a->flags & ALG_AEAD) != 0, a->icv_len > 0);
			assert_in_range(a->block_len, 1, 16);
			assert_non_null(a->xfrm);
		}
		if (a->type == TRANSFORM_PRF)
			assert_true(a->out_len > 0 && a->key_len > 0);
		if (a->type == TRANSFORM_INTEG && a->id != INTEG_NONE)
			assert_true(a->icv_len > 0 && a->key_len > 0 && a->xfrm);
		if (a->type == TRANSFORM_KE)
			assert_true(a->public_len > 0);
	}
	assert_int_equal(count, 39);
	assert_null(alg_at(count + 1));
}

/* Every number from 0 to 65535 and every type: only rows are found (edge cases 60 to 65). */
static void test_all_numbers(void **state)
{
	size_t found = 0;

	(void)state;
	for (int type = 0; type < 256; type++) {
		for (uint32_t id = 0; id <= UINT16_MAX; id++) {
			const struct alg *a = alg_find((enum transform_type)type, (uint16_t)id);

			if (a) {
				assert_int_equal(a->type, type);
				assert_int_equal(a->id, id);
				found++;
			}
		}
	}
	assert_int_equal(found, 39);
	assert_null(alg_find(TRANSFORM_KE, KE_NONE));
	assert_null(alg_find(TRANSFORM_KE, 2));
	assert_null(alg_find(TRANSFORM_KE, 1025));
	assert_null(alg_find(TRANSFORM_ENCR, 0));
}

static void test_key_bits(void **state)
{
	const struct alg *gcm = alg_find(TRANSFORM_ENCR, ENCR_AES_GCM_16);
	const struct alg *chacha = alg_find(TRANSFORM_ENCR, ENCR_CHACHA20_POLY1305);

	(void)state;
	for (uint32_t bits = 0; bits <= UINT16_MAX; bits++) {
		assert_int_equal(alg_key_bits_ok(gcm, (uint16_t)bits),
				 bits == 128 || bits == 192 || bits == 256);
		assert_int_equal(alg_key_bits_ok(chacha, (uint16_t)bits), bits == 0);
		assert_int_equal(
			alg_key_bits_ok(alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256), (uint16_t)bits),
			bits == 0);
	}
	assert_int_equal(alg_keymat_len(gcm, 256), 36);
	assert_int_equal(alg_keymat_len(gcm, 128), 20);
	assert_int_equal(alg_keymat_len(chacha, 0), 36);
	assert_int_equal(alg_keymat_len(alg_find(TRANSFORM_ENCR, ENCR_AES_CCM_16), 128), 19);
	assert_int_equal(alg_keymat_len(alg_find(TRANSFORM_ENCR, ENCR_AES_CTR), 256), 36);
	assert_int_equal(alg_keymat_len(alg_find(TRANSFORM_ENCR, ENCR_AES_CBC), 192), 24);
	assert_int_equal(alg_keymat_len(alg_find(TRANSFORM_ENCR, ENCR_3DES), 0), 24);
	assert_int_equal(alg_keymat_len(alg_find(TRANSFORM_ENCR, ENCR_NULL), 0), 0);
}

static const struct {
	enum transform_type type;
	const char *word;
	int id; /* -1: unknown */
	uint16_t key_bits;
} words[] = {
	{ TRANSFORM_ENCR, "aes_gcm", ENCR_AES_GCM_16, 0 },
	{ TRANSFORM_ENCR, "aes_gcm_a", ENCR_AES_GCM_8, 0 },
	{ TRANSFORM_ENCR, "aes_gcm_b", ENCR_AES_GCM_12, 0 },
	{ TRANSFORM_ENCR, "aes_gcm_c", ENCR_AES_GCM_16, 0 },
	{ TRANSFORM_ENCR, "aes_gcm_c_256", ENCR_AES_GCM_16, 256 },
	{ TRANSFORM_ENCR, "aes_gcm8", ENCR_AES_GCM_8, 0 },
	{ TRANSFORM_ENCR, "aes_gcm12", ENCR_AES_GCM_12, 0 },
	{ TRANSFORM_ENCR, "aes_gcm16", ENCR_AES_GCM_16, 0 },
	{ TRANSFORM_ENCR, "aes_gcm_16", ENCR_AES_GCM_16, 0 },
	{ TRANSFORM_ENCR, "aes_gcm_16_256", ENCR_AES_GCM_16, 256 },
	{ TRANSFORM_ENCR, "aes_gcm_8_128", ENCR_AES_GCM_8, 128 },
	{ TRANSFORM_ENCR, "aes_gcm_12_192", ENCR_AES_GCM_12, 192 },
	{ TRANSFORM_ENCR, "aes_gcm128", ENCR_AES_GCM_16, 128 },
	{ TRANSFORM_ENCR, "aes_gcm_256", ENCR_AES_GCM_16, 256 },
	{ TRANSFORM_ENCR, "AES_GCM256", ENCR_AES_GCM_16, 256 },
	{ TRANSFORM_ENCR, "aesgcm", ENCR_AES_GCM_16, 0 },
	{ TRANSFORM_ENCR, "aesgcm256", ENCR_AES_GCM_16, 256 },
	{ TRANSFORM_ENCR, "aes128gcm16", ENCR_AES_GCM_16, 128 },
	{ TRANSFORM_ENCR, "aes256gcm16", ENCR_AES_GCM_16, 256 },
	{ TRANSFORM_ENCR, "aes256gcm128", ENCR_AES_GCM_16, 256 },
	{ TRANSFORM_ENCR, "aes192gcm96", ENCR_AES_GCM_12, 192 },
	{ TRANSFORM_ENCR, "aes192gcm12", ENCR_AES_GCM_12, 192 },
	{ TRANSFORM_ENCR, "aes128gcm64", ENCR_AES_GCM_8, 128 },
	{ TRANSFORM_ENCR, "aes256gcm8", ENCR_AES_GCM_8, 256 },
	{ TRANSFORM_ENCR, "aes256gcm", ENCR_AES_GCM_16, 256 },
	{ TRANSFORM_ENCR, "aes", ENCR_AES_CBC, 0 },
	{ TRANSFORM_ENCR, "AES", ENCR_AES_CBC, 0 },
	{ TRANSFORM_ENCR, "aes128", ENCR_AES_CBC, 128 },
	{ TRANSFORM_ENCR, "aes192", ENCR_AES_CBC, 192 },
	{ TRANSFORM_ENCR, "aes256", ENCR_AES_CBC, 256 },
	{ TRANSFORM_ENCR, "aes_256", ENCR_AES_CBC, 256 },
	{ TRANSFORM_ENCR, "aes_cbc", ENCR_AES_CBC, 0 },
	{ TRANSFORM_ENCR, "aes_cbc_128", ENCR_AES_CBC, 128 },
	{ TRANSFORM_ENCR, "aes_cbc256", ENCR_AES_CBC, 256 },
	{ TRANSFORM_ENCR, "aes_ctr", ENCR_AES_CTR, 0 },
	{ TRANSFORM_ENCR, "aesctr", ENCR_AES_CTR, 0 },
	{ TRANSFORM_ENCR, "aes_ctr256", ENCR_AES_CTR, 256 },
	{ TRANSFORM_ENCR, "aes128ctr", ENCR_AES_CTR, 128 },
	{ TRANSFORM_ENCR, "aes_ccm", ENCR_AES_CCM_16, 0 },
	{ TRANSFORM_ENCR, "aes_ccm_a", ENCR_AES_CCM_8, 0 },
	{ TRANSFORM_ENCR, "aes_ccm_b", ENCR_AES_CCM_12, 0 },
	{ TRANSFORM_ENCR, "aes_ccm_c", ENCR_AES_CCM_16, 0 },
	{ TRANSFORM_ENCR, "aes_ccm_8_256", ENCR_AES_CCM_8, 256 },
	{ TRANSFORM_ENCR, "aes128ccm16", ENCR_AES_CCM_16, 128 },
	{ TRANSFORM_ENCR, "aes128ccm128", ENCR_AES_CCM_16, 128 },
	{ TRANSFORM_ENCR, "aes256ccm96", ENCR_AES_CCM_12, 256 },
	{ TRANSFORM_ENCR, "aes128ccm64", ENCR_AES_CCM_8, 128 },
	{ TRANSFORM_ENCR, "chacha20_poly1305", ENCR_CHACHA20_POLY1305, 0 },
	{ TRANSFORM_ENCR, "chacha20poly1305", ENCR_CHACHA20_POLY1305, 0 },
	{ TRANSFORM_ENCR, "3des", ENCR_3DES, 0 },
	{ TRANSFORM_ENCR, "3des_cbc", ENCR_3DES, 0 },
	{ TRANSFORM_ENCR, "null", ENCR_NULL, 0 },
	{ TRANSFORM_ENCR, "aes257", -1, 0 },
	{ TRANSFORM_ENCR, "aes0", -1, 0 },
	{ TRANSFORM_ENCR, "aes65664", -1, 0 }, /* 128 in 16 bits */
	{ TRANSFORM_ENCR, "aes1280", -1, 0 },
	{ TRANSFORM_ENCR, "aes128x", -1, 0 },
	{ TRANSFORM_ENCR, "aes128gcm16_256", -1, 0 },
	{ TRANSFORM_ENCR, "aes64gcm16", -1, 0 },
	{ TRANSFORM_ENCR, "aes_gcm_d", -1, 0 },
	{ TRANSFORM_ENCR, "aes_gcm_8_8", -1, 0 },
	{ TRANSFORM_ENCR, "aes*gcm16", -1, 0 },
	{ TRANSFORM_ENCR, "aes_gcm aes_gcm_16", -1, 0 },
	{ TRANSFORM_ENCR, "chacha20_poly1305_256", -1, 0 },
	{ TRANSFORM_ENCR, "chacha20_poly1305256", -1, 0 },
	{ TRANSFORM_ENCR, "3des192", -1, 0 },
	{ TRANSFORM_ENCR, "null128", -1, 0 },
	{ TRANSFORM_ENCR, "des", -1, 0 },
	{ TRANSFORM_ENCR, "", -1, 0 },
	{ TRANSFORM_ENCR, " ", -1, 0 },
	{ TRANSFORM_ENCR, "_", -1, 0 },
	{ TRANSFORM_ENCR, "sha1", -1, 0 },
	{ TRANSFORM_PRF, "sha1", PRF_HMAC_SHA1, 0 },
	{ TRANSFORM_PRF, "sha", PRF_HMAC_SHA1, 0 },
	{ TRANSFORM_PRF, "prfsha1", PRF_HMAC_SHA1, 0 },
	{ TRANSFORM_PRF, "sha2", PRF_HMAC_SHA2_256, 0 },
	{ TRANSFORM_PRF, "sha2_256", PRF_HMAC_SHA2_256, 0 },
	{ TRANSFORM_PRF, "sha256", PRF_HMAC_SHA2_256, 0 },
	{ TRANSFORM_PRF, "prfsha256", PRF_HMAC_SHA2_256, 0 },
	{ TRANSFORM_PRF, "hmac_sha2_256", PRF_HMAC_SHA2_256, 0 },
	{ TRANSFORM_PRF, "sha2_384", PRF_HMAC_SHA2_384, 0 },
	{ TRANSFORM_PRF, "sha384", PRF_HMAC_SHA2_384, 0 },
	{ TRANSFORM_PRF, "prfsha384", PRF_HMAC_SHA2_384, 0 },
	{ TRANSFORM_PRF, "sha2_512", PRF_HMAC_SHA2_512, 0 },
	{ TRANSFORM_PRF, "sha512", PRF_HMAC_SHA2_512, 0 },
	{ TRANSFORM_PRF, "prfsha512", PRF_HMAC_SHA2_512, 0 },
	{ TRANSFORM_PRF, "aes_xcbc", PRF_AES128_XCBC, 0 },
	{ TRANSFORM_PRF, "prfaesxcbc", PRF_AES128_XCBC, 0 },
	{ TRANSFORM_PRF, "aes128_xcbc", PRF_AES128_XCBC, 0 },
	{ TRANSFORM_PRF, "prfaescmac", PRF_AES128_CMAC, 0 },
	{ TRANSFORM_PRF, "aes_cmac", PRF_AES128_CMAC, 0 },
	{ TRANSFORM_PRF, "md5", -1, 0 },
	{ TRANSFORM_PRF, "none", -1, 0 },
	{ TRANSFORM_PRF, "sha256128", -1, 0 },
	{ TRANSFORM_INTEG, "sha1", INTEG_HMAC_SHA1_96, 0 },
	{ TRANSFORM_INTEG, "sha2", INTEG_HMAC_SHA2_256_128, 0 },
	{ TRANSFORM_INTEG, "sha256", INTEG_HMAC_SHA2_256_128, 0 },
	{ TRANSFORM_INTEG, "sha2_256", INTEG_HMAC_SHA2_256_128, 0 },
	{ TRANSFORM_INTEG, "sha2_256_128", INTEG_HMAC_SHA2_256_128, 0 },
	{ TRANSFORM_INTEG, "sha2_384", INTEG_HMAC_SHA2_384_192, 0 },
	{ TRANSFORM_INTEG, "sha384", INTEG_HMAC_SHA2_384_192, 0 },
	{ TRANSFORM_INTEG, "sha2_512", INTEG_HMAC_SHA2_512_256, 0 },
	{ TRANSFORM_INTEG, "sha512", INTEG_HMAC_SHA2_512_256, 0 },
	{ TRANSFORM_INTEG, "SHA2_512", INTEG_HMAC_SHA2_512_256, 0 },
	{ TRANSFORM_INTEG, "aes_xcbc", INTEG_AES_XCBC_96, 0 },
	{ TRANSFORM_INTEG, "aesxcbc", INTEG_AES_XCBC_96, 0 },
	{ TRANSFORM_INTEG, "aes_cmac", INTEG_AES_CMAC_96, 0 },
	{ TRANSFORM_INTEG, "aescmac", INTEG_AES_CMAC_96, 0 },
	{ TRANSFORM_INTEG, "none", INTEG_NONE, 0 },
	{ TRANSFORM_INTEG, "null", INTEG_NONE, 0 },
	{ TRANSFORM_INTEG, "md5", -1, 0 },
	{ TRANSFORM_KE, "dh14", KE_MODP_2048, 0 },
	{ TRANSFORM_KE, "modp2048", KE_MODP_2048, 0 },
	{ TRANSFORM_KE, "MODP2048", KE_MODP_2048, 0 },
	{ TRANSFORM_KE, "modp3072", KE_MODP_3072, 0 },
	{ TRANSFORM_KE, "dh15", KE_MODP_3072, 0 },
	{ TRANSFORM_KE, "dh16", KE_MODP_4096, 0 },
	{ TRANSFORM_KE, "modp4096", KE_MODP_4096, 0 },
	{ TRANSFORM_KE, "dh17", KE_MODP_6144, 0 },
	{ TRANSFORM_KE, "modp6144", KE_MODP_6144, 0 },
	{ TRANSFORM_KE, "dh18", KE_MODP_8192, 0 },
	{ TRANSFORM_KE, "modp8192", KE_MODP_8192, 0 },
	{ TRANSFORM_KE, "dh19", KE_ECP_256, 0 },
	{ TRANSFORM_KE, "ecp256", KE_ECP_256, 0 },
	{ TRANSFORM_KE, "ecp_256", KE_ECP_256, 0 },
	{ TRANSFORM_KE, "dh20", KE_ECP_384, 0 },
	{ TRANSFORM_KE, "ecp384", KE_ECP_384, 0 },
	{ TRANSFORM_KE, "dh21", KE_ECP_521, 0 },
	{ TRANSFORM_KE, "ecp521", KE_ECP_521, 0 },
	{ TRANSFORM_KE, "dh31", KE_CURVE25519, 0 },
	{ TRANSFORM_KE, "curve25519", KE_CURVE25519, 0 },
	{ TRANSFORM_KE, "x25519", KE_CURVE25519, 0 },
	{ TRANSFORM_KE, "dh32", KE_CURVE448, 0 },
	{ TRANSFORM_KE, "curve448", KE_CURVE448, 0 },
	{ TRANSFORM_KE, "x448", KE_CURVE448, 0 },
	{ TRANSFORM_KE, "modp1024", -1, 0 },
	{ TRANSFORM_KE, "dh2", -1, 0 },
	{ TRANSFORM_KE, "dh1", -1, 0 },
	{ TRANSFORM_KE, "none", -1, 0 },
	{ TRANSFORM_ESN, "esn", ESN_YES, 0 },
	{ TRANSFORM_ESN, "noesn", ESN_NO, 0 },
	{ TRANSFORM_ESN, "yes", ESN_YES, 0 },
	{ TRANSFORM_ESN, "no", ESN_NO, 0 },
};

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		uint16_t key_bits = 7;
		const struct alg *a = alg_by_word(words[i].type, words[i].word, &key_bits);

		if ((a ? a->id : -1) != words[i].id || key_bits != words[i].key_bits)
			fail_msg("%s: %s with %u bits", words[i].word, a ? a->name : "nothing",
				 (unsigned int)key_bits);
	}
}

/* No word of a row belongs to an earlier row of the same type too, and names are words. */
static void test_words_are_unique(void **state)
{
	uint16_t key_bits;

	(void)state;
	for (size_t i = 0; alg_at(i); i++) {
		const struct alg *a = alg_at(i);
		char list[256], *rest = list, *word;

		assert_true(text_copy(list, sizeof(list), a->words));
		while ((word = strsep(&rest, " ")) != NULL)
			if (!strchr(word, '*'))
				assert_ptr_equal(
					alg_by_word((enum transform_type)a->type, word, &key_bits),
					a);
		assert_ptr_equal(alg_by_word((enum transform_type)a->type, a->name, &key_bits), a);
	}
}

/* What the kernel calls them (linux/crypto). */
static void test_kernel_names(void **state)
{
	(void)state;
	assert_string_equal(alg_find(TRANSFORM_ENCR, ENCR_AES_GCM_16)->xfrm, "rfc4106(gcm(aes))");
	assert_string_equal(alg_find(TRANSFORM_ENCR, ENCR_CHACHA20_POLY1305)->xfrm,
			    "rfc7539esp(chacha20,poly1305)");
	assert_string_equal(alg_find(TRANSFORM_ENCR, ENCR_AES_CCM_8)->xfrm, "rfc4309(ccm(aes))");
	assert_string_equal(alg_find(TRANSFORM_ENCR, ENCR_AES_CTR)->xfrm, "rfc3686(ctr(aes))");
	assert_string_equal(alg_find(TRANSFORM_ENCR, ENCR_AES_CBC)->xfrm, "cbc(aes)");
	assert_string_equal(alg_find(TRANSFORM_ENCR, ENCR_3DES)->xfrm, "cbc(des3_ede)");
	assert_string_equal(alg_find(TRANSFORM_ENCR, ENCR_NULL)->xfrm, "ecb(cipher_null)");
	assert_string_equal(alg_find(TRANSFORM_INTEG, INTEG_HMAC_SHA1_96)->xfrm, "hmac(sha1)");
	assert_string_equal(alg_find(TRANSFORM_INTEG, INTEG_HMAC_SHA2_256_128)->xfrm,
			    "hmac(sha256)");
	assert_string_equal(alg_find(TRANSFORM_INTEG, INTEG_HMAC_SHA2_384_192)->xfrm,
			    "hmac(sha384)");
	assert_string_equal(alg_find(TRANSFORM_INTEG, INTEG_HMAC_SHA2_512_256)->xfrm,
			    "hmac(sha512)");
	assert_string_equal(alg_find(TRANSFORM_INTEG, INTEG_AES_XCBC_96)->xfrm, "xcbc(aes)");
	assert_string_equal(alg_find(TRANSFORM_INTEG, INTEG_AES_CMAC_96)->xfrm, "cmac(aes)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_all_numbers),
		cmocka_unit_test(test_key_bits),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_words_are_unique),
		cmocka_unit_test(test_kernel_names),
	};

	return cmocka_run_group_tests(tests, crypto_setup, NULL);
}
