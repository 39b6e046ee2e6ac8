/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Randomness: its range, that it comes from OpenSSL's RAND alone (the simulator puts its generator
 * there, so key pairs, IVs and dummy keys must repeat with it), and what happens when it fails.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "vectors/vector.h"

#include <openssl/rand.h>

#include "crypto/ke.h"
#include "crypto/keystore.h"
#include "crypto/random.h"

static uint64_t seed;
static int is_broken;

/* A weak generator, the same sequence for the same seed. */
static int next_bytes(unsigned char *out, int len)
{
	if (is_broken)
		return 0;
	for (int i = 0; i < len; i++) {
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		out[i] = (unsigned char)(seed >> 56);
	}
	return 1;
}

static int is_ready(void)
{
	return 1;
}

static const RAND_METHOD seeded = { .bytes = next_bytes,
				    .pseudorand = next_bytes,
				    .status = is_ready };

static int teardown(void **state)
{
	(void)state;
	is_broken = 0;
	return RAND_set_rand_method(NULL) == 1 ? 0 : -1;
}

static void test_bytes(void **state)
{
	uint8_t a[64] = { 0 }, b[64] = { 0 };
	size_t zeros = 0;

	(void)state;
	assert_true(random_bytes(a, sizeof(a)));
	assert_true(random_bytes(b, sizeof(b)));
	assert_memory_not_equal(a, b, sizeof(a));
	for (size_t i = 0; i < sizeof(a); i++)
		zeros += a[i] == 0;
	assert_true(zeros < 16);
	assert_true(random_bytes(NULL, 0));
}

static void test_below(void **state)
{
	static const uint64_t bounds[] = {
		1, 2, 3, 10, 255, 256, 1000003, 1ull << 63, (1ull << 63) + 1, UINT64_MAX
	};
	size_t seen[10] = { 0 };
	uint64_t value = 7;

	(void)state;
	assert_false(random_below(0, &value));
	for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
		for (int n = 0; n < 200; n++) {
			assert_true(random_below(bounds[i], &value));
			assert_true(value < bounds[i]);
		}
	}
	for (int n = 0; n < 10000; n++) {
		assert_true(random_below(10, &value));
		seen[value]++;
	}
	/* 1000 expected, 30 is one standard deviation */
	for (size_t i = 0; i < ARRAY_LEN(seen); i++)
		assert_in_range(seen[i], 800, 1200);
	/* Of three quarters of all numbers the first third is not likelier than the others. */
	seen[0] = 0;
	for (int n = 0; n < 3000; n++) {
		assert_true(random_below(3ull << 62, &value));
		seen[0] += value < 1ull << 62;
	}
	assert_in_range(seen[0], 850, 1150);
}

static void one_run(const struct alg *group, uint8_t digest[4], struct bytes *public_value)
{
	struct secret private_value;

	seed = 42;
	assert_true(ke_generate(group, &private_value, public_value));
	assert_true(random_bytes(digest, 4));
	secret_free(&private_value);
}

static void test_seeded(void **state)
{
	(void)state;
	assert_int_equal(RAND_set_rand_method(&seeded), 1);
	for (size_t i = 0; alg_at(i); i++) {
		struct bytes a, b;
		uint8_t da[4], db[4];

		if (alg_at(i)->type != TRANSFORM_KE || (alg_at(i)->flags & ALG_KEM))
			continue;
		one_run(alg_at(i), da, &a);
		one_run(alg_at(i), db, &b);
		if (!slice_eq(bytes_slice(&a), bytes_slice(&b)) || memcmp(da, db, 4) != 0)
			fail_msg("%s: another key pair from the same seed", alg_at(i)->name);
		bytes_free(&a);
		bytes_free(&b);
	}
}

/* No second source: what needs randomness fails when there is none. */
static void test_broken(void **state)
{
	const struct alg *cbc = alg_find(TRANSFORM_ENCR, ENCR_AES_CBC);
	const struct alg *sha = alg_find(TRANSFORM_INTEG, INTEG_HMAC_SHA2_256_128);
	struct sk_cipher c = { cbc, 256, sha };
	uint8_t key[32] = { 0 }, message[128] = { 0 }, mac[32];
	struct sk_keys keys = { SLICE_OF(key), SLICE_OF(key) };
	struct keystore *k = keystore_new();
	struct identity none = { 0 };
	struct psk_query q = { .local_id = &none, .remote_id = &none };
	struct error e = { 0 };
	uint64_t value;

	(void)state;
	assert_int_equal(RAND_set_rand_method(&seeded), 1);
	is_broken = 1;
	assert_false(random_bytes(mac, 32));
	assert_false(random_below(10, &value));
	assert_int_equal(sk_seal(&c, &keys, 1, message, 8, 32), VERDICT_FAIL);
	assert_int_equal(
		keystore_psk_mac(k, &q, alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256), NULL, 0, mac),
		VERDICT_FAIL);
	assert_null(keystore_new());
	for (size_t i = 0; alg_at(i); i++) {
		struct secret private_value;
		struct bytes public_value;

		if (alg_at(i)->type != TRANSFORM_KE)
			continue;
		assert_false(ke_generate(alg_at(i), &private_value, &public_value));
		assert_null(private_value.data);
		assert_null(public_value.data);
	}
	assert_false(crypto_self_test(&e));
	assert_non_null(strstr(e.text, "random"));
	keystore_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_below),
		cmocka_unit_test_teardown(test_seeded, teardown),
		cmocka_unit_test_teardown(test_broken, teardown),
	};

	return cmocka_run_group_tests(tests, crypto_setup, NULL);
}
