/* SPDX-License-Identifier: Apache-2.0 */
/* Which PSK fits whom, what an unknown peer gets, reload, many entries, many threads. */
#include "vectors/vector.h"

#include <pthread.h>

#include "crypto/keystore.h"
#include "crypto/prf.h"

#define IDS_MAX 4

/* One line of ipsec.secrets: its identities, separated by ';', and its value. */
static void add(struct keystore *k, const char *indices, const char *value)
{
	struct identity ids[IDS_MAX];
	struct error e = { 0 };
	struct psk_entry entry = { .ids = ids, .value = slice_str(value), .origin = value };
	char list[256], *rest = list, *word;

	assert_true(text_copy(list, sizeof(list), indices));
	while (*indices && (word = strsep(&rest, ";")) != NULL)
		assert_true(identity_parse(word, &ids[entry.count++], &e));
	assert_true(keystore_add_psk(k, &entry));
	for (size_t i = 0; i < entry.count; i++)
		identity_free(&ids[i]);
}

struct ends {
	struct identity local_id, remote_id;
	struct psk_query q;
};

/* Ends as "id" or "id/address"; the id may be %any. */
static void end_of(const char *text, struct identity *id, struct address *address)
{
	struct error e = { 0 };
	char copy[128], *rest = copy;

	assert_true(text_copy(copy, sizeof(copy), text));
	assert_true(identity_parse(strsep(&rest, "/"), id, &e));
	if (rest)
		assert_true(address_parse(rest, address));
}

static void ends_init(struct ends *ends, const char *local, const char *remote)
{
	*ends = (struct ends){ 0 };
	end_of(local, &ends->local_id, &ends->q.local);
	end_of(remote, &ends->remote_id, &ends->q.remote);
	ends->q.local_id = &ends->local_id;
	ends->q.remote_id = &ends->remote_id;
}

static void ends_free(struct ends *ends)
{
	identity_free(&ends->local_id);
	identity_free(&ends->remote_id);
}

/* The MAC a value would give, by the RFC's words. */
static void mac_of(const char *value, const struct slice *octets, size_t count, uint8_t mac[32])
{
	const struct alg *a = alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256);
	const struct slice pad = slice_str("Key Pad for IKEv2");
	uint8_t inner[32];

	assert_true(prf(a, slice_str(value), &pad, 1, inner));
	assert_true(prf(a, SLICE_OF(inner), octets, count, mac));
}

struct rule {
	const char *local, *remote;
	const char *value; /* NULL: none fits */
	bool is_ambiguous;
};

static void check(struct keystore *k, const struct rule *rule)
{
	const struct alg *a = alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256);
	const struct slice octets[] = { slice_str("message"), slice_str("nonce") };
	uint8_t mac[32], want[32];
	bool ambiguous = !rule->is_ambiguous;
	char origin[64];
	struct ends ends;
	enum verdict verdict;

	ends_init(&ends, rule->local, rule->remote);
	verdict = keystore_find_psk(k, &ends.q, origin, sizeof(origin), &ambiguous);
	if (verdict != (rule->value ? VERDICT_OK : VERDICT_BAD) ||
	    ambiguous != rule->is_ambiguous || strcmp(origin, rule->value ? rule->value : "") != 0)
		fail_msg("%s - %s: found \"%s\"%s", rule->local, rule->remote, origin,
			 ambiguous ? ", ambiguous" : "");
	assert_int_equal(keystore_psk_mac(k, &ends.q, a, octets, 2, mac), verdict);
	if (rule->value) {
		mac_of(rule->value, octets, 2, want);
		assert_memory_equal(mac, want, 32);
	}
	ends_free(&ends);
}

static void check_all(struct keystore *k, const struct rule *rules, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(k, &rules[i]);
}

/* Both ends, one end and %any, one end alone, %any, nobody named: in this order, wherever the
 * entries stand in the file. */
static void test_ranks(void **state)
{
	static const char *const lines[][2] = {
		{ "@west;@east", "both" },
		{ "@west;%any", "west+any" },
		{ "@west", "west" },
		{ "@east;%any", "east+any" },
		{ "@east", "east" },
		{ "%any", "any" },
		{ "", "all" },
	};

	(void)state;
	/* Without the first n lines the next best is found; backwards too. */
	for (size_t n = 0; n <= ARRAY_LEN(lines); n++) {
		for (int order = 0; order < 2; order++) {
			struct keystore *k = keystore_new();
			struct rule rule = { "@west", "@east",
					     n < ARRAY_LEN(lines) ? lines[n][1] : NULL, false };

			for (size_t i = n; i < ARRAY_LEN(lines); i++) {
				size_t line = order ? ARRAY_LEN(lines) - 1 - (i - n) : i;

				add(k, lines[line][0], lines[line][1]);
			}
			assert_int_equal(keystore_psk_count(k), ARRAY_LEN(lines) - n);
			check(k, &rule);
			keystore_free(k);
		}
	}
}

/* An entry of several names needs both ends among them. */
static void test_several_names(void **state)
{
	static const struct rule rules[] = {
		{ "@a", "@b", "abc", false },      { "@b", "@a", "abc", false },
		{ "@c", "@a", "abc", false },      { "@a", "@x", NULL, false },
		{ "@x", "@a", NULL, false },       { "@x", "@y", NULL, false },
		{ "@gw", "@user1", "one", false }, { "@gw", "@user2", "two", false },
		{ "@gw", "@user3", NULL, false },  { "@user1", "@user2", NULL, false },
	};
	struct keystore *k = keystore_new();

	(void)state;
	add(k, "@a;@b;@c", "abc");
	add(k, "@gw;@user1", "one");
	add(k, "@gw;@user2", "two");
	check_all(k, rules, ARRAY_LEN(rules));
	keystore_free(k);
}

static void test_any(void **state)
{
	static const struct rule rules[] = {
		{ "@gw", "@anybody", "gw", false },    { "@other", "@gw", "gw", false },
		{ "@other", "@anybody", "gw", false }, /* %any stands for either end */
		{ "@gw", "%any", "gw", false },        { "%any", "%any", "gw", false },
	};
	struct keystore *k = keystore_new();

	(void)state;
	add(k, "@gw;%any", "gw");
	check_all(k, rules, ARRAY_LEN(rules));
	keystore_free(k);
}

static void test_single_name(void **state)
{
	static const struct rule rules[] = {
		{ "@gw", "@anybody", "gw", false },
		{ "@gw", "%any", "gw", false },
		{ "@other", "@gw", "gw", false },
		{ "@other", "@anybody", NULL, false },
	};
	struct keystore *k = keystore_new();

	(void)state;
	add(k, "@gw", "gw");
	check_all(k, rules, ARRAY_LEN(rules));
	keystore_free(k);
}

/* Addresses stand in for identities that are not known, and only then. */
static void test_addresses(void **state)
{
	static const struct rule rules[] = {
		{ "%any/192.0.2.1", "%any/192.0.2.2", "both", false },
		{ "192.0.2.1", "192.0.2.2", "both", false },
		{ "192.0.2.1", "%any/192.0.2.2", "both", false },
		{ "@west/192.0.2.1", "@east/192.0.2.2", NULL, false },
		{ "%any/192.0.2.1", "%any", NULL, false },
		{ "%any/192.0.2.1", "%any/0.0.0.0", NULL, false },
		{ "%any/fd00::1", "%any/fd00::2", "six", false },
	};
	struct keystore *k = keystore_new();

	(void)state;
	add(k, "192.0.2.1;192.0.2.2", "both");
	add(k, "fd00::1;fd00::2", "six");
	check_all(k, rules, ARRAY_LEN(rules));
	keystore_free(k);
}

/* "It is acceptable for two entries to be the best match as long as they agree about the secret." */
static void test_ties(void **state)
{
	static const struct rule rules[] = {
		{ "@a", "@b", "same", false }, { "@c", "@d", "first", true },
		{ "@e", "@x", "e1", true },    { "@f", "@x", "f1", true },
		{ "@y", "@z", "f1", true }, /* the first of those with %any */
	};
	struct keystore *k = keystore_new();

	(void)state;
	add(k, "@a;@b", "same");
	add(k, "@b;@a", "same");
	add(k, "@c;@d", "first");
	add(k, "@d;@c;@q", "second");
	add(k, "@e", "e1");
	add(k, "@e", "e2");
	add(k, "@f;%any", "f1");
	add(k, "%any;@f", "f2");
	add(k, "%any", "any1");
	add(k, "", "all1");
	check_all(k, rules, ARRAY_LEN(rules));
	keystore_free(k);
}

static void test_kinds_of_identity(void **state)
{
	static const struct rule rules[] = {
		{ "@GW.example", "USER@example", "mail", false },
		{ "@gw.example", "@user@example", NULL, false },
		{ "@[key]", "C=de, CN=GW", "dn", false },
		{ "@[KEY]", "C=de, CN=GW", NULL, false },
		{ "@#6b6579", "C=DE, CN=gw", "dn", false },
		{ "%null", "@gw.example", "null", false },
	};
	struct keystore *k = keystore_new();

	(void)state;
	add(k, "@gw.EXAMPLE;user@EXAMPLE", "mail");
	add(k, "C=DE, CN=gw;@[key]", "dn");
	add(k, "%null;@gw.example", "null");
	check_all(k, rules, ARRAY_LEN(rules));
	keystore_free(k);
}

/* Same work and an answer of the same shape; never the same answer twice (edge case 88). */
static void edge_88_unknown_peer(void **state)
{
	const struct alg *a = alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256);
	const struct slice octets = slice_str("octets");
	uint8_t first[32] = { 0 }, second[32] = { 0 }, zeros[32] = { 0 };
	struct keystore *k = keystore_new();
	struct ends ends;

	(void)state;
	ends_init(&ends, "@west", "@east");
	assert_int_equal(keystore_psk_mac(k, &ends.q, a, &octets, 1, first), VERDICT_BAD);
	assert_int_equal(keystore_psk_mac(k, &ends.q, a, &octets, 1, second), VERDICT_BAD);
	assert_memory_not_equal(first, second, 32);
	assert_memory_not_equal(first, zeros, 32);
	ends_free(&ends);
	keystore_free(k);
}

/* RFC 7296 2.15 for each PRF, and what is no PRF fails. */
static void test_every_prf(void **state)
{
	const struct slice octets = slice_str("octets"), pad = slice_str("Key Pad for IKEv2");
	struct keystore *k = keystore_new();
	struct ends ends;

	(void)state;
	add(k, "", "a secret of more than sixteen bytes");
	ends_init(&ends, "@west", "@east");
	for (size_t i = 0; alg_at(i); i++) {
		const struct alg *a = alg_at(i);
		uint8_t mac[PRF_MAX_LEN], inner[PRF_MAX_LEN], want[PRF_MAX_LEN];

		if (a->type != TRANSFORM_PRF) {
			assert_int_equal(keystore_psk_mac(k, &ends.q, a, &octets, 1, mac),
					 VERDICT_FAIL);
			continue;
		}
		assert_int_equal(keystore_psk_mac(k, &ends.q, a, &octets, 1, mac), VERDICT_OK);
		assert_true(
			prf(a, slice_str("a secret of more than sixteen bytes"), &pad, 1, inner));
		assert_true(prf(a, slice(inner, a->out_len), &octets, 1, want));
		assert_memory_equal(mac, want, a->out_len);
	}
	ends_free(&ends);
	keystore_free(k);
}

static void test_replace(void **state)
{
	struct keystore *k = keystore_new(), *fresh = keystore_new();

	(void)state;
	add(k, "@a;@b", "old");
	add(k, "@c;@d", "gone");
	add(fresh, "@a;@b", "new");
	keystore_replace(k, fresh);
	assert_int_equal(keystore_psk_count(k), 1);
	assert_int_equal(keystore_psk_count(fresh), 0);
	check(k, &(struct rule){ "@a", "@b", "new", false });
	check(k, &(struct rule){ "@c", "@d", NULL, false });
	check(fresh, &(struct rule){ "@a", "@b", NULL, false });
	/* The emptied one may be filled and used again. */
	add(fresh, "@a;@b", "newer");
	keystore_replace(k, fresh);
	check(k, &(struct rule){ "@a", "@b", "newer", false });
	keystore_replace(k, fresh);
	assert_int_equal(keystore_psk_count(k), 0);
	check(k, &(struct rule){ "@a", "@b", NULL, false });
	keystore_free(fresh);
	keystore_free(k);
	keystore_free(NULL);
}

static void test_values(void **state)
{
	static uint8_t value[100000];
	struct keystore *k = keystore_new();
	struct psk_entry entry = { .value = SLICE_EMPTY, .origin = "x:1" };
	char origin[8];
	struct ends ends;
	bool ambiguous;

	(void)state;
	assert_false(keystore_add_psk(k, &entry));
	assert_int_equal(keystore_psk_count(k), 0);
	memset(value, 0xa5, sizeof(value));
	entry.value = SLICE_OF(value);
	entry.origin = "a/very/long/path/to/ipsec.secrets:12345";
	assert_true(keystore_add_psk(k, &entry));
	ends_init(&ends, "@west", "@east");
	assert_int_equal(keystore_find_psk(k, &ends.q, origin, sizeof(origin), &ambiguous),
			 VERDICT_OK);
	assert_string_equal(origin, "a/very/");
	ends_free(&ends);
	keystore_free(k);
}

/* 20,000 users of one gateway: found at once from either end. */
static void test_many(void **state)
{
	enum { USERS = 20000 };
	struct keystore *k = keystore_new();

	(void)state;
	for (int i = 0; i < USERS; i++) {
		char indices[64], value[32];

		snprintf(indices, sizeof(indices), "@gw;@user%d", i);
		snprintf(value, sizeof(value), "secret %d", i);
		add(k, indices, value);
	}
	assert_int_equal(keystore_psk_count(k), USERS);
	for (int i = 0; i < USERS; i += 7) {
		char name[32], value[32];

		snprintf(name, sizeof(name), "@USER%d", i);
		snprintf(value, sizeof(value), "secret %d", i);
		check(k, &(struct rule){ "@gw", name, value, false });
		check(k, &(struct rule){ name, "@gw", value, false });
	}
	check(k, &(struct rule){ "@gw", "@nobody", NULL, false });
	keystore_free(k);
}

static struct keystore *shared_store;

static void *ask(void *arg)
{
	const struct alg *a = alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256);
	const struct slice octets = slice_str("octets");
	uint8_t old[32], new[32], mac[32];
	size_t *wrong = arg;
	struct ends ends;

	mac_of("old", &octets, 1, old);
	mac_of("new", &octets, 1, new);
	ends_init(&ends, "@a", "@b");
	for (int i = 0; i < 2000; i++) {
		if (keystore_psk_mac(shared_store, &ends.q, a, &octets, 1, mac) != VERDICT_OK ||
		    (memcmp(mac, old, 32) != 0 && memcmp(mac, new, 32) != 0))
			++*wrong;
	}
	ends_free(&ends);
	return NULL;
}

/* Reloads under the feet of askers: each gets the old or the new secret, whole. */
static void test_threads(void **state)
{
	pthread_t threads[4];
	size_t wrong[4] = { 0 };

	(void)state;
	shared_store = keystore_new();
	add(shared_store, "@a;@b", "old");
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask, &wrong[i]), 0);
	for (int i = 0; i < 200; i++) {
		struct keystore *fresh = keystore_new();

		add(fresh, "@a;@b", i % 2 ? "old" : "new");
		keystore_replace(shared_store, fresh);
		keystore_free(fresh);
	}
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(wrong[i], 0);
	}
	keystore_free(shared_store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranks),
		cmocka_unit_test(test_several_names),
		cmocka_unit_test(test_any),
		cmocka_unit_test(test_single_name),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_ties),
		cmocka_unit_test(test_kinds_of_identity),
		cmocka_unit_test(edge_88_unknown_peer),
		cmocka_unit_test(test_every_prf),
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, crypto_setup, NULL);
}
