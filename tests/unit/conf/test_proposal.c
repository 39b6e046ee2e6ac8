/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar of ike= and esp=: what each form resolves to, and that what does not fit is refused
 * with a text that names the word. The results are compared in their printed form.
 */
#include "conf/proposal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define ALL_PRF "HMAC_SHA2_512+HMAC_SHA2_256+HMAC_SHA2_384"
#define ALL_INTEG "HMAC_SHA2_512_256+HMAC_SHA2_256_128+HMAC_SHA2_384_192"
#define ALL_KE "CURVE25519+ECP_256+ECP_384+ECP_521+MODP3072+MODP4096+MODP2048+MODP8192"

struct row {
	const char *text;
	const char *first; /* the printed first proposal, or a part of the error */
	uint8_t count;     /* 0: an error */
};

static void check_row(const struct row *r, bool ok, const struct proposals *p,
		      const struct error *e)
{
	char buf[1024];

	if (r->count == 0) {
		assert_false(ok);
		assert_int_equal(p->count, 0);
		if (!strstr(e->text, r->first))
			fail_msg("%s: %s", r->text, e->text);
		return;
	}
	if (!ok)
		fail_msg("%s: %s", r->text, e->text);
	assert_int_equal(p->count, r->count);
	assert_string_equal(proposal_conf_format(&p->list[0], buf, sizeof(buf)), r->first);
}

static void check_ike(const struct row *rows, size_t count)
{
	struct proposals p;

	for (size_t i = 0; i < count; i++) {
		struct error e = { 0 };
		bool ok = proposals_parse_ike(rows[i].text, &p, &e);

		check_row(&rows[i], ok, &p, &e);
	}
}

static void check_esp(const struct row *rows, size_t count, bool pfs)
{
	struct proposals p;

	for (size_t i = 0; i < count; i++) {
		struct error e = { 0 };
		bool ok = proposals_parse_esp(rows[i].text, pfs, &p, &e);

		check_row(&rows[i], ok, &p, &e);
	}
}

static void test_ike_good(void **state)
{
	static const struct row rows[] = {
		{ NULL, "AES_GCM_16_256+AES_GCM_16_128+CHACHA20_POLY1305-" ALL_PRF "-" ALL_KE, 2 },
		{ "aes_gcm256-sha2_512-ecp256,aes256-sha2_256;modp2048",
		  "AES_GCM_16_256-HMAC_SHA2_512-ECP_256", 2 },
		{ "aes256-sha2_256;modp2048",
		  "AES_CBC_256-HMAC_SHA2_256_128-HMAC_SHA2_256-MODP2048", 1 },
		{ "aes256-sha2_256-modp2048!",
		  "AES_CBC_256-HMAC_SHA2_256_128-HMAC_SHA2_256-MODP2048", 1 },
		{ " aes128-sha1;dh14 , aes256 ", "AES_CBC_128-HMAC_SHA1_96-HMAC_SHA1-MODP2048", 2 },
		{ "aes-sha2_256;dh19",
		  "AES_CBC_256+AES_CBC_128-HMAC_SHA2_256_128-HMAC_SHA2_256-ECP_256", 1 },
		{ "aes256", "AES_CBC_256-" ALL_INTEG "-" ALL_PRF "-" ALL_KE, 1 },
		{ "aes_gcm256+aes_gcm128-sha2_512+sha2_256-ecp256+ecp384",
		  "AES_GCM_16_256+AES_GCM_16_128-HMAC_SHA2_512+HMAC_SHA2_256-ECP_256+ECP_384", 1 },
		{ "aes256-sha2_256-sha2_512-dh31",
		  "AES_CBC_256-HMAC_SHA2_256_128-HMAC_SHA2_512-CURVE25519", 1 },
		{ "aes256-sha2_256/sha2_512-dh31",
		  "AES_CBC_256-HMAC_SHA2_256_128-HMAC_SHA2_512-CURVE25519", 1 },
		{ "aes256-sha256-prfsha512-x25519",
		  "AES_CBC_256-HMAC_SHA2_256_128-HMAC_SHA2_512-CURVE25519", 1 },
		{ "aes-256-sha2_256-dh14", "AES_CBC_256-HMAC_SHA2_256_128-HMAC_SHA2_256-MODP2048",
		  1 },
		{ "aes_gcm_c-256-none-sha2_256-dh14", "AES_GCM_16_256-HMAC_SHA2_256-MODP2048", 1 },
		{ "3des-sha1;modp2048", "3DES-HMAC_SHA1_96-HMAC_SHA1-MODP2048", 1 },
		{ "aes_gcm256-sha2_256-x25519+ke1=ecp384",
		  "AES_GCM_16_256-HMAC_SHA2_256-CURVE25519-KE1=ECP_384", 1 },
		{ "aes256gcm16-prfsha256-x25519-ke1_ecp384-ke1_ecp256-ke3_x448",
		  "AES_GCM_16_256-HMAC_SHA2_256-CURVE25519-KE1=ECP_384+ECP_256-KE3=CURVE448", 1 },
		{ "aes_gcm256-sha2_256;dh31+dh19+ADDKE2=dh20+none+ke1=dh21",
		  "AES_GCM_16_256-HMAC_SHA2_256-CURVE25519+ECP_256-KE1=ECP_521-KE2=ECP_384+NONE",
		  1 },
		{ "aes_gcm256-sha2_256-ke1=dh20",
		  "AES_GCM_16_256-HMAC_SHA2_256-" ALL_KE "-KE1=ECP_384", 1 },
		{ "aes256+aes256-sha2_256+sha2_256;dh14",
		  "AES_CBC_256-HMAC_SHA2_256_128-HMAC_SHA2_256-MODP2048", 1 },
	};

	(void)state;
	check_ike(rows, sizeof(rows) / sizeof(rows[0]));
}

static void test_ike_bad(void **state)
{
	static const struct row rows[] = {
		{ "", "empty", 0 },
		{ "!", "empty", 0 },
		{ "aes256,,aes128", "empty", 0 },
		{ "aes256,", "empty", 0 },
		{ "aes_gcm256-sha2_256-x25519+ke8=dh20", "\"ke8=dh20\" is no group", 0 },
		{ "aes_gcm256-sha2_256-x25519+ke1=dh2", "\"dh2\" is no group", 0 },
		{ "aes_gcm256-sha2_256-x25519+ke1=", "\"\" is no group", 0 },
		{ "aes_gcm256-sha2_256-x25519+ke1", "\"ke1\" is no group", 0 },
		{ "aes257", "\"aes257\" is no encryption", 0 },
		{ "aes257-sha3", "use one of aes_gcm", 0 },
		{ "sha2_256", "\"sha2_256\" is no encryption", 0 },
		{ "aes256-sha3", "\"sha3\" is no integrity", 0 },
		{ "aes256-sha2_256;modp1024", "\"modp1024\" is no group", 0 },
		{ "aes256-sha2_256;sha2_256", "is no group", 0 },
		{ "aes256-", "\"\" is no integrity", 0 },
		{ "aes256+", "\"\" is no encryption", 0 },
		{ "-sha1", "\"\" is no encryption", 0 },
		{ "aes_gcm256+aes256-sha2_256", "cannot share", 0 },
		{ "aes256+aes_gcm256", "cannot share", 0 },
		{ "aes256-none", "unprotected", 0 },
		{ "null-sha1", "\"null\" is no encryption", 0 },
		{ "aes_gcm-sha2_256_128", "its own integrity", 0 },
		{ "aes256-sha1-sha1-sha1", "two PRFs", 0 },
		{ "aes256\n-x", "\\012", 0 },
		{ "aes________________________________________________________x",
		  "is no encryption", 0 },
		{ "aes,aes,aes,aes,aes,aes,aes,aes,aes,aes,aes,aes,aes,aes,aes,aes,aes",
		  "more than 16", 0 },
		{ "aes+aes192+aes_ctr+aes_ctr192+aes_cbc+3des-sha1;dh14+dh15+dh16+dh17+dh18+dh19+"
		  "dh20+dh21+dh31+dh32+none",
		  "\"none\" is no group", 0 },
	};

	(void)state;
	check_ike(rows, sizeof(rows) / sizeof(rows[0]));
}

static void test_esp(void **state)
{
	static const struct row rows[] = {
		{ NULL, "AES_GCM_16_256+AES_GCM_16_128+CHACHA20_POLY1305", 2 },
		{ "aes_gcm256", "AES_GCM_16_256", 1 },
		{ "aes_gcm-null", "AES_GCM_16_256+AES_GCM_16_128", 1 },
		{ "aes_gcm_c-256-null", "AES_GCM_16_256", 1 },
		{ "aes256-sha2_256,aes128-sha1", "AES_CBC_256-HMAC_SHA2_256_128", 2 },
		{ "aes256", "AES_CBC_256-" ALL_INTEG, 1 },
		{ "null-sha2_256", "NULL-HMAC_SHA2_256_128", 1 },
		{ "null-none", "unprotected", 0 },
		{ "aes256-none", "unprotected", 0 },
		{ "aes_gcm-sha2_256", "its own integrity", 0 },
		{ "aes256-sha2_256;modp2048", "add --pfs", 0 },
		{ "aes256-sha2_256-sha1", "second integrity", 0 },
		{ "aes256-prfsha256", "\"prfsha256\" is no integrity", 0 },
	};
	static const struct row with_pfs[] = {
		{ "aes_gcm256;modp2048", "AES_GCM_16_256-MODP2048", 1 },
		{ "aes256-sha2_256-ecp256", "AES_CBC_256-HMAC_SHA2_256_128-ECP_256", 1 },
		{ "aes_gcm256", "AES_GCM_16_256-" ALL_KE, 1 },
		{ "aes_gcm256;modp1024", "\"modp1024\" is no group", 0 },
	};

	(void)state;
	check_esp(rows, sizeof(rows) / sizeof(rows[0]), false);
	check_esp(with_pfs, sizeof(with_pfs) / sizeof(with_pfs[0]), true);
}

static void test_defaults_are_sound(void **state)
{
	struct proposals p;
	struct error e = { 0 };

	(void)state;
	assert_true(proposals_parse_ike(NULL, &p, &e));
	for (uint8_t i = 0; i < p.count; i++) {
		const struct proposal_conf *c = &p.list[i];
		bool aead = (c->choices[TRANSFORM_ENCR][0].alg->flags & ALG_AEAD) != 0;

		assert_int_equal(c->counts[TRANSFORM_INTEG] == 0, aead);
		assert_true(c->counts[TRANSFORM_PRF] > 0 && c->counts[TRANSFORM_KE] > 0);
		for (int type = TRANSFORM_ENCR; type < TRANSFORM_TYPES; type++) {
			for (uint8_t j = 0; j < c->counts[type]; j++) {
				assert_false(c->choices[type][j].alg->flags & ALG_WEAK);
				assert_true(alg_key_bits_ok(c->choices[type][j].alg,
							    c->choices[type][j].key_bits));
			}
		}
	}
}

static void test_short_buffer(void **state)
{
	struct proposals p;
	struct error e = { 0 };
	char buf[8];

	(void)state;
	assert_true(proposals_parse_ike(NULL, &p, &e));
	proposal_conf_format(&p.list[0], buf, sizeof(buf));
	assert_string_equal(buf, "AES_GCM");
}

static int set_up(void **state)
{
	struct error e = { 0 };

	(void)state;
	return crypto_self_test(&e) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ike_good),     cmocka_unit_test(test_ike_bad),
		cmocka_unit_test(test_esp),          cmocka_unit_test(test_defaults_are_sound),
		cmocka_unit_test(test_short_buffer),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
