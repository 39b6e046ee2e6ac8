/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No key stays behind: after each kind of work the writable memory of the process, but for the stack,
 * is searched for the key. The searched-for bytes are kept inverted, so as not to be found themselves.
 */
#include "vectors/vector.h"

#include <stdlib.h>

#include "crypto/ke.h"
#include "crypto/keystore.h"
#include "crypto/prf.h"
#include "crypto/random.h"

#define SEARCH_LEN 16

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

/* The sanitizers' shadows are far too large to be searched. */
static void skip_when_sanitized(void)
{
	if (IS_SANITIZED)
		skip();
}

static size_t search_range(const uint8_t *at, const uint8_t *end, const uint8_t *inverted)
{
	size_t hits = 0;

	for (; at + SEARCH_LEN <= end; at++) {
		size_t i = 0;

		while (i < SEARCH_LEN && (at[i] ^ inverted[i]) == 0xff)
			i++;
		hits += i == SEARCH_LEN;
	}
	return hits;
}

static size_t search(const uint8_t *inverted)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];
	size_t hits = 0;

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps)) {
		unsigned long start, end;
		char access[8];

		if (sscanf(line, "%lx-%lx %7s", &start, &end, access) == 3 &&
		    strncmp(access, "rw", 2) == 0 && !strstr(line, "[stack]"))
			hits += search_range((const uint8_t *)start, (const uint8_t *)end,
					     inverted);
	}
	fclose(maps);
	return hits;
}

static void invert(const uint8_t *from, uint8_t inverted[SEARCH_LEN])
{
	for (size_t i = 0; i < SEARCH_LEN; i++)
		inverted[i] = (uint8_t)~from[i];
}

static void test_search(void **state)
{
	uint8_t *key, inverted[SEARCH_LEN];

	(void)state;
	skip_when_sanitized();
	key = malloc(64);
	assert_non_null(key);
	assert_true(random_bytes(key, 64));
	invert(key, inverted);
	assert_int_equal(search(inverted), 1);
	wipe(key, 64);
	assert_int_equal(search(inverted), 0);
	free(key);
}

static void use_prf(const struct alg *a, uint8_t *key)
{
	const struct slice part = slice_str("octets");
	uint8_t out[PRF_MAX_LEN], inverted[SEARCH_LEN];
	struct secret plus;

	invert(key, inverted);
	assert_true(prf(a, slice(key, a->key_len), &part, 1, out));
	assert_true(prf_plus(a, slice(key, a->key_len), &part, 1, 100, &plus));
	secret_free(&plus);
	wipe(key, 128);
	if (search(inverted) != 0)
		fail_msg("%s leaves its key behind", a->name);
}

static void use_cipher(const struct alg *a, uint8_t *key)
{
	struct sk_cipher c = { .encr = a, .key_bits = a->default_key_bits };
	uint8_t message[256] = { 0 }, encr[SEARCH_LEN], integ[SEARCH_LEN];
	struct slice text;
	struct sk_keys keys;

	if ((a->flags & ALG_AEAD) == 0)
		c.integ = alg_find(TRANSFORM_INTEG, INTEG_AES_XCBC_96);
	keys = (struct sk_keys){ slice(key, sk_encr_key_len(&c)),
				 slice(key + 64, sk_integ_key_len(&c)) };
	invert(key, encr);
	invert(key + 64, integ);
	assert_int_equal(sk_seal(&c, &keys, 1, message, 8, 32), VERDICT_OK);
	assert_int_equal(
		sk_open(&c, &keys, message, 8, 8 + 32 + sk_iv_len(&c) + sk_icv_len(&c), &text),
		VERDICT_OK);
	wipe(key, 128);
	if (search(encr) != 0 || search(integ) != 0)
		fail_msg("%s leaves its key behind", a->name);
}

/* OpenSSL holds numbers in the machine's order, so they are searched for backwards too. */
static void use_ke(const struct alg *a)
{
	uint8_t private_value[SEARCH_LEN], backwards[SEARCH_LEN], result[SEARCH_LEN];
	struct secret x, y, shared;
	struct bytes gx, gy;

	assert_true(ke_generate(a, &x, &gx));
	assert_true(ke_generate(a, &y, &gy));
	assert_int_equal(
		ke_shared(a, secret_slice(&x), bytes_slice(&gx), bytes_slice(&gy), &shared),
		VERDICT_OK);
	invert(x.data, private_value);
	invert(shared.data, result);
	for (size_t i = 0; i < SEARCH_LEN; i++)
		backwards[i] = private_value[SEARCH_LEN - 1 - i];
	secret_free(&x);
	secret_free(&y);
	secret_free(&shared);
	bytes_free(&gx);
	bytes_free(&gy);
	if (search(private_value) != 0 || search(backwards) != 0 || search(result) != 0)
		fail_msg("%s leaves a secret behind", a->name);
}

/* A KEM's private value and both ends' result; what this OpenSSL does not have is not asked. */
static void use_kem(const struct alg *a)
{
	uint8_t private_value[SEARCH_LEN], result[SEARCH_LEN];
	struct secret x, shared, theirs;
	struct bytes gx, gy;

	assert_true(ke_generate(a, &x, &gx));
	assert_int_equal(ke_respond(a, bytes_slice(&gx), &gy, &theirs), VERDICT_OK);
	assert_int_equal(
		ke_shared(a, secret_slice(&x), bytes_slice(&gx), bytes_slice(&gy), &shared),
		VERDICT_OK);
	assert_true(slice_eq(secret_slice(&shared), secret_slice(&theirs)));
	invert(x.data, private_value);
	invert(shared.data, result);
	secret_free(&x);
	secret_free(&shared);
	secret_free(&theirs);
	bytes_free(&gx);
	bytes_free(&gy);
	if (search(private_value) != 0 || search(result) != 0)
		fail_msg("%s leaves a secret behind", a->name);
}

static void test_work(void **state)
{
	uint8_t *key;

	(void)state;
	skip_when_sanitized();
	key = malloc(128);
	assert_non_null(key);
	for (size_t i = 0; alg_at(i); i++) {
		const struct alg *a = alg_at(i);

		assert_true(random_bytes(key, 128));
		if (a->type == TRANSFORM_PRF)
			use_prf(a, key);
		else if (a->type == TRANSFORM_ENCR && (a->flags & ALG_IKE) != 0)
			use_cipher(a, key);
		else if (a->type == TRANSFORM_KE && !ke_is_kem(a))
			use_ke(a);
		else if (a->type == TRANSFORM_KE && alg_is_available(a))
			use_kem(a);
	}
	free(key);
}

/* One that is forgotten is gone, though the store stands. */
static void test_forgotten(void **state)
{
	struct keystore *k = keystore_new();
	struct psk_entry entry = { .origin = "whack", .is_told = true };
	uint8_t *key = malloc(40), inverted[SEARCH_LEN];
	char origin[16];

	(void)state;
	assert_true(k && key);
	assert_true(random_bytes(key, 40));
	/* the room is linked by its first bytes */
	invert(key + 16, inverted);
	entry.value = slice(key, 40);
	assert_true(keystore_add_psk(k, &entry));
	wipe(key, 40);
	if (!IS_SANITIZED)
		assert_int_equal(search(inverted), 1);
	assert_int_equal(keystore_forget_psk(k, NULL, 0, origin, sizeof(origin)), VERDICT_OK);
	if (!IS_SANITIZED)
		assert_int_equal(search(inverted), 0);
	free(key);
	keystore_free(k);
}

/* In the store, once; after a reload and after the end, not at all. */
static void test_keystore(void **state)
{
	const struct slice octets = slice_str("octets");
	struct keystore *k = keystore_new(), *fresh = keystore_new();
	struct psk_entry entry = { .origin = "here" };
	struct identity none = { 0 };
	struct psk_query q = { .local_id = &none, .remote_id = &none };
	uint8_t *key = malloc(40), inverted[SEARCH_LEN], mac[32];

	(void)state;
	assert_true(k && fresh && key);
	assert_true(random_bytes(key, 40));
	invert(key, inverted);
	entry.value = slice(key, 40);
	assert_true(keystore_add_psk(k, &entry));
	wipe(key, 40);
	assert_int_equal(keystore_psk_mac(k, &q, alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256),
					  &octets, 1, mac),
			 VERDICT_OK);
	if (!IS_SANITIZED)
		assert_int_equal(search(inverted), 1);
	keystore_replace(k, fresh);
	if (!IS_SANITIZED)
		assert_int_equal(search(inverted), 0);
	keystore_free(k);
	keystore_free(fresh);
	free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_keystore),
		cmocka_unit_test(test_forgotten),
	};

	return cmocka_run_group_tests(tests, crypto_setup, NULL);
}
