/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protected messages of every suite there is: what was sealed opens to the same, and nothing else
 * opens: no flipped bit, no other key, no other length, no other suite.
 */
#include "vectors/vector.h"

#include "crypto/cipher.h"
#include "crypto/random.h"

#define ASSOCIATED_LEN 12
#define TEXT_LEN 32
#define MESSAGE_MAX 160
#define SUITES_MAX 96

struct suite {
	struct sk_cipher cipher;
	uint8_t encr[40], integ[64];
};

static struct suite suites[SUITES_MAX];
static size_t suite_count;

static void add_suite(const struct alg *encr, uint16_t key_bits, const struct alg *integ)
{
	struct suite *s = &suites[suite_count++];

	assert_true(suite_count <= SUITES_MAX);
	s->cipher = (struct sk_cipher){ .encr = encr, .key_bits = key_bits, .integ = integ };
	assert_true(random_bytes(s->encr, sizeof(s->encr)));
	assert_true(random_bytes(s->integ, sizeof(s->integ)));
}

static void add_suites(const struct alg *encr, uint16_t key_bits)
{
	if ((encr->flags & ALG_AEAD) != 0) {
		add_suite(encr, key_bits, NULL);
		return;
	}
	for (size_t i = 0; alg_at(i); i++)
		if (alg_at(i)->type == TRANSFORM_INTEG && alg_at(i)->id != INTEG_NONE)
			add_suite(encr, key_bits, alg_at(i));
}

static int setup(void **state)
{
	if (crypto_setup(state) != 0)
		return -1;
	for (size_t i = 0; alg_at(i); i++) {
		const struct alg *a = alg_at(i);

		if (a->type != TRANSFORM_ENCR || (a->flags & ALG_IKE) == 0)
			continue;
		if ((a->flags & ALG_FIXED_KEY) != 0)
			add_suites(a, 0);
		for (size_t j = 0; j < ARRAY_LEN(a->key_bits) && a->key_bits[j]; j++)
			add_suites(a, a->key_bits[j]);
	}
	return 0;
}

static struct sk_keys keys_of(const struct suite *s)
{
	return (struct sk_keys){ .encr = slice(s->encr, sk_encr_key_len(&s->cipher)),
				 .integ = slice(s->integ, sk_integ_key_len(&s->cipher)) };
}

/* A sealed message of the text pattern; returns its length. */
static size_t sealed(const struct suite *s, uint8_t *message)
{
	struct sk_keys keys = keys_of(s);
	size_t iv_len = sk_iv_len(&s->cipher);

	fill_pattern(message, ASSOCIATED_LEN, 0x10);
	fill_pattern(message + ASSOCIATED_LEN + iv_len, TEXT_LEN, 0x50);
	assert_int_equal(sk_seal(&s->cipher, &keys, 0x0102030405060708ull, message, ASSOCIATED_LEN,
				 TEXT_LEN),
			 VERDICT_OK);
	return ASSOCIATED_LEN + iv_len + TEXT_LEN + sk_icv_len(&s->cipher);
}

static enum verdict open_copy(const struct suite *s, const struct sk_keys *keys,
			      const uint8_t *message, size_t len)
{
	uint8_t copy[MESSAGE_MAX];
	struct slice text;
	enum verdict verdict;

	memcpy(copy, message, len);
	verdict = sk_open(&s->cipher, keys, copy, ASSOCIATED_LEN, len, &text);
	if (verdict != VERDICT_OK)
		assert_int_equal(text.len, 0);
	return verdict;
}

static void test_round_trip(void **state)
{
	uint8_t message[MESSAGE_MAX], pattern[TEXT_LEN];

	(void)state;
	assert_int_equal(suite_count, 6 * 3 + 1 + 6 * (3 + 3 + 1));
	fill_pattern(pattern, sizeof(pattern), 0x50);
	for (size_t i = 0; i < suite_count; i++) {
		const struct suite *s = &suites[i];
		struct sk_keys keys = keys_of(s);
		size_t len = sealed(s, message);
		struct slice text;

		assert_memory_not_equal(message + ASSOCIATED_LEN + sk_iv_len(&s->cipher), pattern,
					TEXT_LEN);
		assert_int_equal(sk_open(&s->cipher, &keys, message, ASSOCIATED_LEN, len, &text),
				 VERDICT_OK);
		assert_ptr_equal(text.data, message + ASSOCIATED_LEN + sk_iv_len(&s->cipher));
		assert_int_equal(text.len, TEXT_LEN);
		assert_memory_equal(text.data, pattern, TEXT_LEN);
	}
}

/* Associated data, IV, text and ICV: every bit counts. */
static void test_every_bit(void **state)
{
	uint8_t message[MESSAGE_MAX];

	(void)state;
	for (size_t i = 0; i < suite_count; i++) {
		const struct suite *s = &suites[i];
		struct sk_keys keys = keys_of(s);
		size_t len = sealed(s, message);

		for (size_t bit = 0; bit < 8 * len; bit++) {
			message[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(open_copy(s, &keys, message, len), VERDICT_BAD);
			message[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_int_equal(open_copy(s, &keys, message, len), VERDICT_OK);
	}
}

/* A flipped bit of the key or the salt. With encrypt-then-MAC only the integrity key tells. */
static void test_wrong_key(void **state)
{
	uint8_t message[MESSAGE_MAX];

	(void)state;
	for (size_t i = 0; i < suite_count; i++) {
		struct suite *s = &suites[i];
		struct sk_keys keys = keys_of(s);
		bool is_aead = (s->cipher.encr->flags & ALG_AEAD) != 0;
		uint8_t *key = is_aead ? s->encr : s->integ;
		size_t key_len = is_aead ? keys.encr.len : keys.integ.len;
		size_t len = sealed(s, message);

		for (size_t bit = 0; bit < 8 * key_len; bit++) {
			key[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(open_copy(s, &keys, message, len), VERDICT_BAD);
			key[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_int_equal(open_copy(s, &keys, message, len), VERDICT_OK);
	}
}

static void test_every_length(void **state)
{
	uint8_t message[MESSAGE_MAX] = { 0 };

	(void)state;
	for (size_t i = 0; i < suite_count; i++) {
		const struct suite *s = &suites[i];
		struct sk_keys keys = keys_of(s);
		size_t right = sealed(s, message);

		for (size_t len = 0; len < MESSAGE_MAX; len++)
			assert_int_equal(open_copy(s, &keys, message, len),
					 len == right ? VERDICT_OK : VERDICT_BAD);
	}
}

/* What an AEAD decrypted before it saw the ICV is gone. */
static void test_nothing_left(void **state)
{
	uint8_t message[MESSAGE_MAX], zeros[TEXT_LEN] = { 0 };

	(void)state;
	for (size_t i = 0; i < suite_count; i++) {
		const struct suite *s = &suites[i];
		struct sk_keys keys = keys_of(s);
		size_t len = sealed(s, message);
		struct slice text;

		if ((s->cipher.encr->flags & ALG_AEAD) == 0)
			continue;
		message[len - 1] ^= 1;
		assert_int_equal(sk_open(&s->cipher, &keys, message, ASSOCIATED_LEN, len, &text),
				 VERDICT_BAD);
		assert_memory_equal(message + ASSOCIATED_LEN + 8, zeros, TEXT_LEN);
	}
}

/* Encrypt-then-MAC leaves a bad message as it is. */
static void test_bad_is_unchanged(void **state)
{
	uint8_t message[MESSAGE_MAX], copy[MESSAGE_MAX];

	(void)state;
	for (size_t i = 0; i < suite_count; i++) {
		const struct suite *s = &suites[i];
		struct sk_keys keys = keys_of(s);
		size_t len = sealed(s, message);
		struct slice text;

		if ((s->cipher.encr->flags & ALG_AEAD) != 0)
			continue;
		message[0] ^= 1;
		memcpy(copy, message, len);
		assert_int_equal(sk_open(&s->cipher, &keys, message, ASSOCIATED_LEN, len, &text),
				 VERDICT_BAD);
		assert_memory_equal(message, copy, len);
	}
}

/* The caller's mistakes are FAIL, never a message without protection. */
static void test_unsound(void **state)
{
	const struct alg *cbc = alg_find(TRANSFORM_ENCR, ENCR_AES_CBC);
	const struct alg *gcm = alg_find(TRANSFORM_ENCR, ENCR_AES_GCM_16);
	const struct alg *sha = alg_find(TRANSFORM_INTEG, INTEG_HMAC_SHA2_256_128);
	uint8_t key[80] = { 0 }, message[MESSAGE_MAX] = { 0 };
	const struct {
		struct sk_cipher cipher;
		size_t encr_len, integ_len, text_len;
	} cases[] = {
		{ { cbc, 256, NULL }, 32, 0, 32 },
		{ { cbc, 256, alg_find(TRANSFORM_INTEG, INTEG_NONE) }, 32, 0, 32 },
		{ { cbc, 256, alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256) }, 32, 32, 32 },
		{ { cbc, 256, sha }, 31, 32, 32 },
		{ { cbc, 256, sha }, 32, 31, 32 },
		{ { cbc, 0, sha }, 0, 32, 32 },
		{ { cbc, 512, sha }, 64, 32, 32 },
		{ { cbc, 256, sha }, 32, 32, 31 },
		{ { cbc, 256, sha }, 32, 32, 0 },
		{ { gcm, 256, NULL }, 32, 0, 32 }, /* no salt */
		{ { gcm, 0, NULL }, 4, 0, 32 },
		{ { gcm, 256, NULL }, 36, 0, 0 },
		{ { alg_find(TRANSFORM_ENCR, ENCR_NULL), 0, sha }, 0, 32, 32 },
		{ { sha, 0, sha }, 0, 32, 32 },
		{ { alg_find(TRANSFORM_ENCR, ENCR_CHACHA20_POLY1305), 256, NULL }, 36, 0, 32 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sk_keys keys = { slice(key, cases[i].encr_len),
					slice(key, cases[i].integ_len) };
		struct slice text;

		assert_int_equal(sk_seal(&cases[i].cipher, &keys, 1, message, 4, cases[i].text_len),
				 VERDICT_FAIL);
		assert_int_not_equal(
			sk_open(&cases[i].cipher, &keys, message, 4, 4 + 16 + 32 + 16, &text),
			VERDICT_OK);
	}
}

/* One counter, one keystream: other counters give other texts, the same gives the same. */
static void test_counter(void **state)
{
	uint8_t first[MESSAGE_MAX], again[MESSAGE_MAX];

	(void)state;
	for (size_t i = 0; i < suite_count; i++) {
		const struct suite *s = &suites[i];
		struct sk_keys keys = keys_of(s);
		size_t len, at = ASSOCIATED_LEN + sk_iv_len(&s->cipher);

		if ((s->cipher.encr->flags & ALG_COUNTER_IV) == 0)
			continue;
		len = sealed(s, first);
		sealed(s, again);
		assert_memory_equal(first, again, len);
		fill_pattern(again + at, TEXT_LEN, 0x50);
		assert_int_equal(
			sk_seal(&s->cipher, &keys, UINT64_MAX, again, ASSOCIATED_LEN, TEXT_LEN),
			VERDICT_OK);
		assert_memory_not_equal(first + at, again + at, TEXT_LEN);
		assert_hex(again + ASSOCIATED_LEN, 8, "ffffffffffffffff", "IV");
		assert_hex(first + ASSOCIATED_LEN, 8, "0102030405060708", "IV");
	}
}

/* The largest a datagram can carry, and one octet. */
static void test_sizes(void **state)
{
	const size_t sizes[] = { 16, 48, 1024, 65440 };
	static uint8_t message[70000];

	(void)state;
	for (size_t i = 0; i < suite_count; i++) {
		const struct suite *s = &suites[i];
		struct sk_keys keys = keys_of(s);
		size_t around = sk_iv_len(&s->cipher) + sk_icv_len(&s->cipher);
		struct slice text;

		for (size_t j = 0; j < ARRAY_LEN(sizes); j++) {
			assert_int_equal(sk_seal(&s->cipher, &keys, j, message, 32, sizes[j]),
					 VERDICT_OK);
			assert_int_equal(sk_open(&s->cipher, &keys, message, 32,
						 32 + around + sizes[j], &text),
					 VERDICT_OK);
			assert_int_equal(text.len, sizes[j]);
		}
		if (sk_block_len(&s->cipher) > 1)
			continue;
		for (size_t len = 1; len < 40; len++) {
			assert_int_equal(sk_seal(&s->cipher, &keys, len, message, 0, len),
					 VERDICT_OK);
			assert_int_equal(
				sk_open(&s->cipher, &keys, message, 0, around + len, &text),
				VERDICT_OK);
			assert_int_equal(text.len, len);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),   cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_wrong_key),    cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_nothing_left), cmocka_unit_test(test_bad_is_unchanged),
		cmocka_unit_test(test_unsound),      cmocka_unit_test(test_counter),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
