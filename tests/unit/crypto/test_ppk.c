/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Post-quantum preshared keys behind the door for secrets: which one is for whom, and what mixing one
 * in gives. The expected keys come from another program (HMAC of Python's library, RFC 8784 3).
 */
#include "crypto/keystore.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

#define LONG_PPK "a post-quantum preshared key of 40 bytes"

static struct psk_query query(struct identity ids[2], const char *local, const char *remote)
{
	struct error e = { 0 };

	assert_true(identity_parse(local, &ids[0], &e));
	assert_true(identity_parse(remote, &ids[1], &e));
	return (struct psk_query){ .local_id = &ids[0], .remote_id = &ids[1] };
}

static bool add(struct keystore *k, const char *ends, const char *name, const char *value)
{
	struct identity ids[4] = { 0 };
	struct ppk_entry entry = {
		.ids = ids, .name = slice_str(name), .value = slice_str(value), .origin = name
	};
	char copy[100], *rest = copy, *word;
	struct error e = { 0 };
	bool ok;

	text_copy(copy, sizeof(copy), ends);
	while (*ends && (word = strsep(&rest, " ")) != NULL)
		assert_true(identity_parse(word, &ids[entry.count++], &e));
	ok = keystore_add_ppk(k, &entry);
	for (size_t i = 0; i < entry.count; i++)
		identity_free(&ids[i]);
	return ok;
}

static void finds(struct keystore *k, const char *local, const char *remote, const char *allowed,
		  const char *want)
{
	struct identity ids[2] = { 0 };
	struct psk_query q = query(ids, local, remote);
	struct bytes name;
	enum verdict v = keystore_find_ppk(k, &q, allowed, &name);

	assert_int_equal(v, want ? VERDICT_OK : VERDICT_BAD);
	if (want && !slice_eq(bytes_slice(&name), slice_str(want)))
		fail_msg("%s - %s: %.*s, not %s", local, remote, (int)name.len, (char *)name.data,
			 want);
	bytes_free(&name);
	identity_free(&ids[0]);
	identity_free(&ids[1]);
}

static void test_which(void **state)
{
	struct keystore *k = keystore_new();

	(void)state;
	assert_true(add(k, "@a @b", "ab", "1"));
	assert_true(add(k, "@c", "c", "2"));
	assert_true(add(k, "@a %any", "a-any", "3"));
	finds(k, "@a", "@b", NULL, "ab");
	finds(k, "@b", "@a", NULL, "ab");
	finds(k, "@a", "@x", NULL, "a-any");
	finds(k, "@x", "@c", NULL, "c");
	finds(k, "@a", "@b", "a-any, ab", "a-any");
	finds(k, "@a", "@b", "nothing,ab", "ab");
	finds(k, "@a", "@b", "c", NULL);
	finds(k, "@a", "@b", "", NULL);
	assert_true(add(k, "", "all", "4"));
	finds(k, "@x", "@y", "all", "all");
	assert_int_equal(keystore_ppk_count(k), 4);
	assert_int_equal(keystore_psk_count(k), 0);
	keystore_free(k);
}

static void test_what_is_refused(void **state)
{
	struct keystore *k = keystore_new(), *fresh = keystore_new();
	char name[PPK_NAME_MAX + 2];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[PPK_NAME_MAX + 1] = 0;
	assert_false(add(k, "@a", name, "v"));
	name[PPK_NAME_MAX] = 0;
	assert_true(add(k, "@a", name, "v"));
	assert_false(add(k, "@a", "", "v"));
	assert_false(add(k, "@a", "n", ""));
	finds(k, "@a", "@b", NULL, name);
	/* a reload leaves nothing of before */
	keystore_replace(k, fresh);
	finds(k, "@a", "@b", NULL, NULL);
	finds(k, "@a", "@b", name, NULL);
	assert_int_equal(keystore_ppk_count(k), 0);
	keystore_free(fresh);
	keystore_free(k);
}

static void fill(uint8_t *out, size_t len, uint8_t start)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(start + i);
}

static enum verdict mix(struct keystore *k, const char *remote, uint16_t prf, const char *name,
			struct secret *out)
{
	const struct alg *a = alg_find(TRANSFORM_PRF, prf);
	uint8_t raw[3][64];
	struct slice keys[3];
	struct identity ids[2] = { 0 };
	struct psk_query q = query(ids, "@a", remote);
	char origin[64];
	enum verdict v;

	for (size_t i = 0; i < 3; i++)
		keys[i] = slice(raw[i], a->out_len);
	fill(raw[0], a->out_len, 1);
	fill(raw[1], a->out_len, 0x40);
	fill(raw[2], a->out_len, 0x80);
	v = keystore_mix_ppk(k, &q, slice_str(name), a, keys, 3, out, origin, sizeof(origin));
	if (v == VERDICT_OK)
		assert_string_equal(origin, name);
	identity_free(&ids[0]);
	identity_free(&ids[1]);
	return v;
}

static void test_mixing(void **state)
{
	static const struct {
		uint16_t prf;
		const char *want;
	} rows[] = {
		{ PRF_HMAC_SHA2_256,
		  "1fd5cccf9469af52d710f87bf403e35c23bc483064312a01fe557eaeed82ec9d"
		  "d36eeb9186ce90469412e8d357841ff0b2b0a9874f2826a8a0e18f70f0c9a2d9"
		  "a4a536354b5c3584eb886af8fb21d9afdefad8cc69a01c4a0d78ac0a6d4d32d6" },
		{ PRF_HMAC_SHA2_512,
		  "8b5f97a5ee5555bb8fe2ce57ffea0a434f6a239e81cbcce67787efb1ee61ef2c"
		  "fedd374afba5cc362b9f43d5cd9c6b2df808560b8af5d03c5b47fcef7e611d23"
		  "a805305a10c8866b18488c993ff0df0d99d7053d13283f7ae0cbf4335d8b229f"
		  "e6d37a1b4509ca840f99b2b57714faefa52118748a3d5878cdaf8837b096a952"
		  "5c85c0a1b42946e65023511d9deb152592fec3ba57a360c73164ae334486cdc0"
		  "461f2bda98164a1f2d204e6c3603b37ad568b1674a4d6f36bfb1c2258430f2ff" },
	};
	struct keystore *k = keystore_new();
	struct secret out, want;

	(void)state;
	assert_true(add(k, "@a @b", "other", "another value"));
	assert_true(add(k, "@a @b", "one", LONG_PPK));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(mix(k, "@b", rows[i].prf, "one", &out), VERDICT_OK);
		assert_true(parse_hex(slice_str(rows[i].want), &want));
		assert_true(slice_eq(secret_slice(&out), secret_slice(&want)));
		secret_free(&out);
		secret_free(&want);
	}
	/* of that name, but for other ends; of no name */
	assert_int_equal(mix(k, "@c", PRF_HMAC_SHA2_256, "one", &out), VERDICT_BAD);
	assert_null(out.data);
	assert_int_equal(mix(k, "@b", PRF_HMAC_SHA2_256, "on", &out), VERDICT_BAD);
	assert_null(out.data);
	keystore_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_mixing),
	};
	struct error e = { 0 };

	if (!crypto_self_test(&e))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
