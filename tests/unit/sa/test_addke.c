/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Additional key exchanges (RFC 9370): how they are offered, chosen and accepted, and what they do to
 * the keys; IntAuth (RFC 9242 3.3.2). The expected values were computed by another program (Python's
 * hmac) from the text of the RFCs, over counting patterns.
 */
#include "sa/keymat.h"
#include "suites.h"

#define CONF "aes_gcm256-sha2_512-dh31"
#define OFFER "1=20/256 2=7 4=31"
#define SUITE "AES_GCM_16_256-HMAC_SHA2_512-CURVE25519"

/* The peer offers, we choose; expected NULL: no match. The answer's ADDKE transforms as text. */
static void choose(const char *ours, enum suite_ke ke, const char *offer, const char *expected,
		   const char *answer)
{
	struct proposals p = proposals_of(ours, PROTOCOL_IKE, true);
	struct text why = TEXT_OVER(why_text);
	struct offer o, a;
	struct builder b;
	struct suite s;
	struct slice spi;
	char buf[200];
	struct text said;
	bool ok;

	offer_start(&o, PROTOCOL_IKE, offer, SLICE_EMPTY);
	ok = suite_choose(&p, &o.m, PROTOCOL_IKE, 0, ke, 0, &s, &spi, &why);
	if (ok != (expected != NULL))
		fail_msg("%s against %s: %s", offer, ours, why_text);
	if (ok) {
		assert_string_equal(suite_format(&s, buf, sizeof(buf)), expected);
		assert_true(suite_is_allowed(&p, &s));
		offer_begin(&a, &b);
		suite_answer(&b, &s, SLICE_EMPTY);
		offer_read(&a, &b);
		said = TEXT_OVER(buf);
		for (unsigned i = 0; i < a.m.sa.proposals[0].count; i++) {
			const struct transform *t = &a.m.sa.proposals[0].transforms[i];

			if (t->type > TRANSFORM_ESN)
				text_add(&said, "%u=%u ", t->type, t->id);
		}
		assert_string_equal(buf, answer);
		offer_end(&a);
	}
	offer_end(&o);
}

static void test_choice(void **state)
{
	const enum suite_ke all = SUITE_ALL_KE, one = SUITE_ONE_KE;

	(void)state;
	choose(CONF "+ke1=dh20", all, OFFER " 6=20", SUITE "-KE1=ECP_384", "6=20 ");
	choose(CONF "-ke1_ecp384+ecp256", all, OFFER " 6=19 6=20", SUITE "-KE1=ECP_384", "6=20 ");
	choose(CONF "+ke1=dh20+ke3=dh21", all, OFFER " 6=20 8=21", SUITE "-KE1=ECP_384-KE3=ECP_521",
	       "6=20 8=21 ");
	/* what one end wants and the other does not have */
	choose(CONF "+ke1=dh20", all, OFFER, NULL, NULL);
	choose(CONF "+ke1=dh20", all, OFFER " 6=21", NULL, NULL);
	choose(CONF "+ke1=dh20", all, OFFER " 6=0", NULL, NULL);
	choose(CONF "+ke1=dh20", all, OFFER " 7=20", NULL, NULL);
	choose(CONF, all, OFFER " 6=20", NULL, NULL);
	choose(CONF "+ke1=dh20+ke2=dh21", all, OFFER " 6=20", NULL, NULL);
	/* NONE of either end */
	choose(CONF, all, OFFER " 6=20 6=0", SUITE, "6=0 ");
	choose(CONF "+ke1=dh20+none", all, OFFER, SUITE, "");
	choose(CONF "+ke1=dh20+none", all, OFFER " 6=21 6=0", SUITE, "6=0 ");
	choose(CONF "+ke1=dh20+none", all, OFFER " 6=21", NULL, NULL);
	choose(CONF "+ke1=dh20+none", all, OFFER " 6=20 6=0", SUITE "-KE1=ECP_384", "6=20 ");
	choose(CONF "+ke1=none+dh20", all, OFFER " 6=20 6=0", SUITE, "6=0 ");
	/* no method twice (RFC 9370 2.2.1) */
	choose(CONF "+ke1=dh31", all, OFFER " 6=31", NULL, NULL);
	choose(CONF "+ke1=dh20+ke2=dh20", all, OFFER " 6=20 7=20", NULL, NULL);
	choose(CONF "+ke1=dh20+ke2=dh20+dh21", all, OFFER " 6=20 7=20 7=21",
	       SUITE "-KE1=ECP_384-KE2=ECP_521", "6=20 7=21 ");
	/* a peer that has no exchange for them */
	choose(CONF "+ke1=dh20", one, OFFER, NULL, NULL);
	choose(CONF "+ke1=dh20", one, OFFER " 6=20", NULL, NULL);
	choose(CONF "+ke1=dh20+none", one, OFFER, SUITE, "");
	choose(CONF "+ke1=dh20," CONF, all, OFFER, SUITE, "");
	choose(CONF, one, OFFER " 6=20, " OFFER, SUITE, "");
}

/* The answer to our offer. */
static void accept(const char *ours, const char *answer, const char *expected)
{
	struct proposals p = proposals_of(ours, PROTOCOL_IKE, true);
	struct text why = TEXT_OVER(why_text);
	struct slice spi;
	struct suite s;
	struct offer o;
	char buf[200];
	bool ok;

	offer_start(&o, PROTOCOL_IKE, answer, SLICE_EMPTY);
	ok = suite_accept(&p, &o.m, PROTOCOL_IKE, 0, SUITE_ALL_KE, &s, &spi, &why);
	if (ok != (expected != NULL))
		fail_msg("%s to %s: %s", answer, ours, why_text);
	if (ok)
		assert_string_equal(suite_format(&s, buf, sizeof(buf)), expected);
	offer_end(&o);
}

static void test_answers(void **state)
{
	(void)state;
	accept(CONF "+ke1=dh20", OFFER " 6=20", SUITE "-KE1=ECP_384");
	accept(CONF "+ke1=dh20+none", OFFER " 6=0", SUITE);
	accept(CONF "+ke1=dh20+none", OFFER, SUITE);
	/* left out, another, twice, one too many, the same as the first */
	accept(CONF "+ke1=dh20", OFFER, NULL);
	accept(CONF "+ke1=dh20", OFFER " 6=0", NULL);
	accept(CONF "+ke1=dh20", OFFER " 6=21", NULL);
	accept(CONF "+ke1=dh20+dh21", OFFER " 6=20 6=21", NULL);
	accept(CONF "+ke1=dh20", OFFER " 6=20 7=21", NULL);
	accept(CONF "+ke1=dh20+dh31", OFFER " 6=31", NULL);
	accept(CONF, OFFER " 6=20", NULL);
}

/* A connection that wants them is no home for a suite without, nor the other way round. */
static void test_what_a_connection_allows(void **state)
{
	struct proposals with = proposals_of(CONF "+ke1=dh20", PROTOCOL_IKE, true);
	struct proposals either = proposals_of(CONF "+ke1=dh20+none", PROTOCOL_IKE, true);
	struct proposals without = proposals_of(CONF, PROTOCOL_IKE, true);
	struct suite s = {
		.protocol = PROTOCOL_IKE,
		.encr = alg_find(TRANSFORM_ENCR, ENCR_AES_GCM_16),
		.key_bits = 256,
		.prf = alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_512),
		.ke = alg_find(TRANSFORM_KE, KE_CURVE25519),
	};

	(void)state;
	assert_false(suite_is_allowed(&with, &s));
	assert_true(suite_is_allowed(&either, &s));
	assert_true(suite_is_allowed(&without, &s));
	assert_false(suite_has_addke(&s));
	s.addke[0] = alg_find(TRANSFORM_KE, KE_ECP_384);
	assert_true(suite_is_allowed(&with, &s));
	assert_true(suite_is_allowed(&either, &s));
	assert_false(suite_is_allowed(&without, &s));
	assert_true(suite_has_addke(&s));
	s.addke[0] = NULL;
	s.addke[4] = alg_find(TRANSFORM_KE, KE_ECP_384);
	assert_false(suite_is_allowed(&with, &s));
	assert_int_equal(suite_next_addke(&s, 0), 4);
	assert_int_equal(suite_next_addke(&s, 5), ADDKE_MAX);
}

static void pattern(uint8_t *out, size_t len, unsigned factor, unsigned start)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(factor * i + start);
}

static void check_digest(struct slice got, const char *expected)
{
	struct secret want;
	uint8_t digest[32];

	assert_true(parse_hex(slice_str(expected), &want));
	assert_true(digest_sha256(&got, 1, digest));
	assert_memory_equal(digest, want.data, sizeof(digest));
	secret_free(&want);
}

static void test_key_updates(void **state)
{
	static const struct {
		uint16_t encr, prf, integ;
		const char *first, *second; /* SHA-256 of all seven keys */
	} rows[] = {
		{ ENCR_AES_GCM_16, PRF_HMAC_SHA2_256, 0,
		  "ff49de77f905d3bf5f15a4969f53b633a9ba8d8eca60b8c162d30fa2a47d70a2",
		  "4505b24b06398566d88495a40f69edf8a397bcc8c0566b386f6d237c4f932487" },
		{ ENCR_AES_CBC, PRF_HMAC_SHA2_512, INTEG_HMAC_SHA2_512_256,
		  "834e6c35af7a7ba351988dac9b0f65dff27d3042a0446b239ba235c8ad41b101",
		  "8c71d312401bb16c494c454566229a4dcb8a0067980a017c8302fac89266f595" },
	};
	const uint64_t spi_i = 0x0102030405060708, spi_r = 0x8182838485868788;
	uint8_t ni[32], nr[48], g[256], one[32], two[48];

	(void)state;
	pattern(ni, sizeof(ni), 1, 0);
	pattern(nr, sizeof(nr), 1, 0x40);
	pattern(g, sizeof(g), 7, 1);
	pattern(one, sizeof(one), 3, 2);
	pattern(two, sizeof(two), 5, 3);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct suite s = {
			.protocol = PROTOCOL_IKE,
			.encr = alg_find(TRANSFORM_ENCR, rows[i].encr),
			.key_bits = 256,
			.prf = alg_find(TRANSFORM_PRF, rows[i].prf),
			.integ = rows[i].integ ? alg_find(TRANSFORM_INTEG, rows[i].integ) : NULL,
		};
		struct ike_keys k;

		assert_true(
			keymat_ike(&s, SLICE_OF(ni), SLICE_OF(nr), SLICE_OF(g), spi_i, spi_r, &k));
		assert_true(keymat_ike_update(&s, SLICE_OF(ni), SLICE_OF(nr), SLICE_OF(one), spi_i,
					      spi_r, &k));
		check_digest(secret_slice(&k.all), rows[i].first);
		assert_true(keymat_ike_update(&s, SLICE_OF(ni), SLICE_OF(nr), SLICE_OF(two), spi_i,
					      spi_r, &k));
		check_digest(secret_slice(&k.all), rows[i].second);
		ike_keys_free(&k);
	}
}

/* KEYMAT and the SKEYSEED of a rekey take the secrets of all key exchanges (RFC 9370 2.2.4). */
static void test_followup_keys(void **state)
{
	const struct alg *a = alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256);
	const struct suite s = { .encr = alg_find(TRANSFORM_ENCR, ENCR_AES_GCM_16),
				 .key_bits = 256,
				 .prf = a };
	uint8_t ni[32], nr[48], g[256], sk_d[32], more[32 + 48];
	struct child_keys child;
	struct ike_keys ike;

	(void)state;
	pattern(ni, sizeof(ni), 1, 0);
	pattern(nr, sizeof(nr), 1, 0x40);
	pattern(g, sizeof(g), 7, 1);
	pattern(sk_d, sizeof(sk_d), 1, 0x80);
	pattern(more, 32, 3, 2);
	pattern(more + 32, 48, 5, 3);
	assert_true(keymat_child(&s, a, SLICE_OF(sk_d), SLICE_OF(g), SLICE_OF(ni), SLICE_OF(nr),
				 SLICE_OF(more), &child));
	check_digest(secret_slice(&child.all),
		     "b4e9f93ebfe44ffa8d18d6cb529f7447b47759ea11fccf8a6b7e81ef77172f62");
	child_keys_free(&child);
	assert_true(keymat_ike_rekey(&s, a, SLICE_OF(sk_d), SLICE_OF(ni), SLICE_OF(nr), SLICE_OF(g),
				     0x0102030405060708, 0x8182838485868788, SLICE_OF(more), &ike));
	check_digest(secret_slice(&ike.all),
		     "ad9bc3991924e2d8696bdf87834a448bf80cc3c8ffffb9186c628d8290696154");
	ike_keys_free(&ike);
}

/* A PPK goes into three of the seven keys (RFC 8784 3), and out again. */
static void test_ppk_keys(void **state)
{
	struct suite s = { .protocol = PROTOCOL_IKE,
			   .encr = alg_find(TRANSFORM_ENCR, ENCR_AES_CBC),
			   .key_bits = 256,
			   .prf = alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256),
			   .integ = alg_find(TRANSFORM_INTEG, INTEG_HMAC_SHA2_256_128) };
	uint8_t nonce[32] = { 1 }, before[7 * 32], mixed[3 * 32];
	struct secret plain, other;
	struct ike_keys k;

	(void)state;
	pattern(mixed, sizeof(mixed), 1, 9);
	assert_true(keymat_ike(&s, SLICE_OF(nonce), SLICE_OF(nonce), SLICE_OF(nonce), 1, 2, &k));
	assert_int_equal(k.all.len, sizeof(before));
	memcpy(before, k.all.data, sizeof(before));
	assert_true(keymat_ppk_keys(&k, &plain));
	assert_true(slice_eq(slice(plain.data, 32), k.d));
	assert_true(slice_eq(slice(plain.data + 32, 32), k.pi));
	assert_true(slice_eq(slice(plain.data + 64, 32), k.pr));
	assert_true(secret_copy(SLICE_OF(mixed), &other));
	assert_true(keymat_ppk_swap(&k, &other));
	assert_true(slice_eq(k.d, slice(mixed, 32)));
	assert_true(slice_eq(k.pi, slice(mixed + 32, 32)));
	assert_true(slice_eq(k.pr, slice(mixed + 64, 32)));
	assert_memory_equal(k.ai.data, before + 32, 4 * 32);
	assert_true(slice_eq(secret_slice(&other), secret_slice(&plain)));
	assert_true(keymat_ppk_swap(&k, &other));
	assert_memory_equal(k.all.data, before, sizeof(before));
	other.len--;
	assert_false(keymat_ppk_swap(&k, &other));
	other.len++;
	secret_free(&other);
	secret_free(&plain);
	ike_keys_free(&k);
}

static void test_int_auth(void **state)
{
	/* the lengths in it are of the protected message, and do not count */
	uint8_t header[32] = { 1,    2,    3,    4,    5,    6,    7,    8,  0x81, 0x82, 0x83,
			       0x84, 0x85, 0x86, 0x87, 0x88, 46,   0x20, 43, 8,    0,    0,
			       0,    1,    0,    0,    1,    0x99, 34,   0,  0,    0x77 };
	const struct alg *a = alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256);
	uint8_t key[32], text[40], first[32], second[32];
	struct secret want;

	(void)state;
	pattern(key, sizeof(key), 1, 0x80);
	pattern(text, sizeof(text), 1, 0);
	assert_true(int_auth_mix(a, SLICE_OF(key), SLICE_EMPTY, SLICE_OF(header), SLICE_OF(text),
				 first));
	assert_true(parse_hex(
		slice_str("fb0728e378c62b90edf2eb512993922568f321d95e2e8f27693587b6a9c70b3d"),
		&want));
	assert_memory_equal(first, want.data, sizeof(first));
	secret_free(&want);
	/* an empty payload: no P */
	assert_true(int_auth_mix(a, SLICE_OF(key), SLICE_OF(first), SLICE_OF(header), SLICE_EMPTY,
				 second));
	assert_true(parse_hex(
		slice_str("9bca17f781caf43fe64b08af707f471f98aa4060f2ef509e58898d23eec3154b"),
		&want));
	assert_memory_equal(second, want.data, sizeof(second));
	secret_free(&want);
	assert_false(int_auth_mix(a, SLICE_OF(key), SLICE_EMPTY, slice(header, 31), SLICE_EMPTY,
				  second));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_what_a_connection_allows),
		cmocka_unit_test(test_key_updates),
		cmocka_unit_test(test_followup_keys),
		cmocka_unit_test(test_ppk_keys),
		cmocka_unit_test(test_int_auth),
	};

	return cmocka_run_group_tests(tests, start_crypto, NULL);
}
