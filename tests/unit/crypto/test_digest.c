/* SPDX-License-Identifier: Apache-2.0 */
/* The digest of all credentials: blind to order, not to a change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/algs.h"
#include "crypto/keystore.h"
#include "crypto/trust.h"

struct line {
	const char *id, *value;
};

static void add(struct keystore *k, const struct line *l)
{
	struct identity id = { 0 };
	struct error e = { 0 };
	struct psk_entry entry = {
		.ids = &id, .count = 1, .value = slice_str(l->value), .origin = "here"
	};

	assert_true(identity_parse(l->id, &id, &e));
	assert_true(keystore_add_psk(k, &entry));
	identity_free(&id);
}

static void digest(const struct line *lines, size_t count, uint8_t key_byte, uint8_t out[32])
{
	struct keystore *k = keystore_new();
	uint8_t key[32];

	assert_non_null(k);
	memset(key, key_byte, sizeof(key));
	for (size_t i = 0; i < count; i++)
		add(k, &lines[i]);
	assert_true(keystore_digest(k, SLICE_OF(key), out));
	keystore_free(k);
}

static void order_is_nothing_and_all_else_counts(void **state)
{
	static const struct line a[] = { { "@west", "one" }, { "@east", "two" } };
	static const struct line b[] = { { "@east", "two" }, { "@west", "one" } };
	static const struct line other_value[] = { { "@west", "one" }, { "@east", "three" } };
	static const struct line other_id[] = { { "@west", "one" }, { "@north", "two" } };
	static const struct line swapped[] = { { "@west", "two" }, { "@east", "one" } };
	uint8_t first[32], d[32];

	(void)state;
	digest(a, 2, 1, first);
	digest(b, 2, 1, d);
	assert_memory_equal(first, d, 32);
	digest(a, 2, 2, d);
	assert_memory_not_equal(first, d, 32);
	digest(a, 1, 1, d);
	assert_memory_not_equal(first, d, 32);
	digest(other_value, 2, 1, d);
	assert_memory_not_equal(first, d, 32);
	digest(other_id, 2, 1, d);
	assert_memory_not_equal(first, d, 32);
	digest(swapped, 2, 1, d);
	assert_memory_not_equal(first, d, 32);
}

static void a_ppk_counts(void **state)
{
	struct keystore *k = keystore_new();
	struct ppk_entry ppk = { .name = slice_str("one"),
				 .value = slice_str("a value"),
				 .origin = "here" };
	uint8_t key[32] = { 1 }, before[32], after[32];

	(void)state;
	assert_true(keystore_digest(k, SLICE_OF(key), before));
	assert_true(keystore_add_ppk(k, &ppk));
	assert_true(keystore_digest(k, SLICE_OF(key), after));
	assert_memory_not_equal(before, after, 32);
	keystore_free(k);
}

static void digest_of_ppk(const char *name, const char *value, const char *id, uint8_t out[32])
{
	struct keystore *k = keystore_new();
	struct identity whom = { 0 };
	struct error e = { 0 };
	struct ppk_entry ppk = { .name = slice_str(name),
				 .value = slice_str(value),
				 .origin = "here",
				 .ids = &whom,
				 .count = id ? 1 : 0 };
	uint8_t key[32] = { 1 };

	if (id)
		assert_true(identity_parse(id, &whom, &e));
	assert_true(keystore_add_ppk(k, &ppk));
	assert_true(keystore_digest(k, SLICE_OF(key), out));
	identity_free(&whom);
	keystore_free(k);
}

/* A ticket is for the PPK that was used, not for any of the same value. */
static void a_ppk_is_more_than_its_value(void **state)
{
	uint8_t first[32], d[32];

	(void)state;
	digest_of_ppk("one", "a value", "@west", first);
	digest_of_ppk("one", "a value", "@west", d);
	assert_memory_equal(first, d, 32);
	digest_of_ppk("two", "a value", "@west", d);
	assert_memory_not_equal(first, d, 32);
	digest_of_ppk("one", "a value", "@east", d);
	assert_memory_not_equal(first, d, 32);
	digest_of_ppk("one", "a value", NULL, d);
	assert_memory_not_equal(first, d, 32);
	digest_of_ppk("one", "another", "@west", d);
	assert_memory_not_equal(first, d, 32);
}

/* What is remembered of the last time is not what is there now. */
static void asked_for_again(void **state)
{
	static const struct line one = { "@west", "one" }, two = { "@east", "two" };
	struct keystore *k = keystore_new();
	/* Ed25519, of RFC 8032 7.1 */
	struct slice spki = slice("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00\xd7\x5a\x98\x01"
				  "\x82\xb1\x0a\xb7\xd5\x4b\xfe\xd3\xc9\x64\x07\x3a\x0e\xe1\x72\xf3"
				  "\xda\xa6\x23\x25\xaf\x02\x1a\x68\xf7\x07\x51\x1a",
				  44);
	struct error e = { 0 };
	struct public_key *public = public_key_of_spki(spki, &e);
	uint8_t key[32] = { 1 }, d[4][32];

	(void)state;
	assert_non_null(public);
	add(k, &one);
	assert_true(keystore_digest(k, SLICE_OF(key), d[0]));
	assert_true(keystore_digest(k, SLICE_OF(key), d[1]));
	assert_memory_equal(d[0], d[1], 32);
	add(k, &two);
	assert_true(keystore_digest(k, SLICE_OF(key), d[2]));
	assert_memory_not_equal(d[0], d[2], 32);
	assert_true(trust_add_key(keystore_trust(k), &(struct identity){ .type = ID_FQDN }, public,
				  true));
	public_key_free(public);
	assert_true(keystore_digest(k, SLICE_OF(key), d[3]));
	assert_memory_not_equal(d[2], d[3], 32);
	keystore_free(k);
}

static int start(void **state)
{
	struct error e = { 0 };

	(void)state;
	return crypto_self_test(&e) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_is_nothing_and_all_else_counts),
		cmocka_unit_test(a_ppk_counts),
		cmocka_unit_test(a_ppk_is_more_than_its_value),
		cmocka_unit_test(asked_for_again),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
