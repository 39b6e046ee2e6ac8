/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the choice among proposals (RFC 7296 2.7, 3.3) as responder: the peer's offer is written
 * as "1=20/256 2=7 4=31, ..." (transform type=ID/key length, proposals apart by commas), ours as an
 * admin writes it. Numbers are those of the edge cases.
 */
#include <stdio.h>

#include "suites.h"

/* Chooses for the peer's offer; expected is the suite as text, NULL: none. */
static void choose(const char *ours, uint8_t protocol, bool with_ke, const char *offer,
		   uint16_t prefer, const char *expected)
{
	struct proposals p = proposals_of(ours, protocol, with_ke);
	struct offer o;
	struct text why = TEXT_OVER(why_text);
	struct suite s;
	struct slice spi;
	bool ok;

	offer_start(&o, protocol, offer, default_spi(protocol));
	ok = suite_choose(&p, &o.m, protocol, default_spi(protocol).len, with_ke, prefer, &s, &spi,
			  &why);
	if (ok != (expected != NULL))
		print_message("%s against %s: %s\n", offer, ours, why_text);
	assert_int_equal(ok, expected != NULL);
	if (ok) {
		char buf[128];

		assert_string_equal(suite_format(&s, buf, sizeof(buf)), expected);
		assert_true(slice_eq(spi, default_spi(protocol)));
	} else {
		assert_true(why.len > 0);
	}
	offer_end(&o);
}

static void ike(const char *ours, const char *offer, const char *expected)
{
	choose(ours, PROTOCOL_IKE, true, offer, 0, expected);
}

static void esp(const char *ours, const char *offer, const char *expected)
{
	choose(ours, PROTOCOL_ESP, false, offer, 0, expected);
}

static void pfs(const char *ours, const char *offer, const char *expected)
{
	choose(ours, PROTOCOL_ESP, true, offer, 0, expected);
}

#define GCM_IKE "aes_gcm256-sha2_512-dh31"
#define CBC_IKE "aes256-sha2_256-dh19"

static void our_preference_among_transforms(void **state)
{
	(void)state;
	ike("aes_gcm256+aes_gcm128-sha2_512+sha2_256-dh31+dh19",
	    "1=20/128 1=20/256 2=5 2=7 4=19 4=31", "AES_GCM_16_256-HMAC_SHA2_512-CURVE25519");
	ike("aes_gcm128+aes_gcm256-sha2_256+sha2_512-dh19+dh31",
	    "1=20/256 1=20/128 2=7 2=5 4=31 4=19", "AES_GCM_16_128-HMAC_SHA2_256-ECP_256");
	ike(CBC_IKE, "1=12/256 2=5 3=12 4=19",
	    "AES_CBC_256-HMAC_SHA2_256_128-HMAC_SHA2_256-ECP_256");
}

static void their_order_of_proposals(void **state)
{
	(void)state;
	ike(GCM_IKE "," CBC_IKE, "1=12/256 2=5 3=12 4=19, 1=20/256 2=7 4=31",
	    "AES_CBC_256-HMAC_SHA2_256_128-HMAC_SHA2_256-ECP_256");
	ike(CBC_IKE "," GCM_IKE, "1=20/256 2=7 4=31, 1=12/256 2=5 3=12 4=19",
	    "AES_GCM_16_256-HMAC_SHA2_512-CURVE25519");
}

static void edge_51_group_of_the_ke_payload_is_preferred(void **state)
{
	const char *ours = "aes_gcm256-sha2_512-dh31+dh19+dh20";
	const char *offer = "1=20/256 2=7 4=31 4=20 4=19 4=14";

	(void)state;
	choose(ours, PROTOCOL_IKE, true, offer, 0, "AES_GCM_16_256-HMAC_SHA2_512-CURVE25519");
	choose(ours, PROTOCOL_IKE, true, offer, 20, "AES_GCM_16_256-HMAC_SHA2_512-ECP_384");
	choose(ours, PROTOCOL_IKE, true, offer, 19, "AES_GCM_16_256-HMAC_SHA2_512-ECP_256");
	/* not ours, or not offered */
	choose(ours, PROTOCOL_IKE, true, offer, 14, "AES_GCM_16_256-HMAC_SHA2_512-CURVE25519");
	choose(ours, PROTOCOL_IKE, true, "1=20/256 2=7 4=19", 31,
	       "AES_GCM_16_256-HMAC_SHA2_512-ECP_256");
}

static void edge_52_53_groups_of_ours(void **state)
{
	struct proposals p = proposals_of(GCM_IKE "+dh19,"
						  "aes256-sha2_256-dh20",
					  PROTOCOL_IKE, true);

	(void)state;
	assert_int_equal(suite_first_group(&p)->id, KE_CURVE25519);
	assert_true(suite_has_group(&p, KE_CURVE25519));
	assert_true(suite_has_group(&p, KE_ECP_256));
	assert_true(suite_has_group(&p, KE_ECP_384));
	assert_false(suite_has_group(&p, KE_MODP_2048));
	assert_false(suite_has_group(&p, KE_NONE));
	assert_false(suite_has_group(&p, 0xffff));
	p = proposals_of("aes_gcm256", PROTOCOL_ESP, false);
	assert_null(suite_first_group(&p));
	assert_false(suite_has_group(&p, KE_CURVE25519));
}

static void edge_55_pfs_of_one_side_only(void **state)
{
	(void)state;
	pfs("aes_gcm256;dh31", "1=20/256 5=0 4=31", "AES_GCM_16_256-CURVE25519-NO_ESN");
	pfs("aes_gcm256;dh31", "1=20/256 5=0", NULL);
	pfs("aes_gcm256;dh31", "1=20/256 5=0 4=0", NULL);
	pfs("aes_gcm256;dh31", "1=20/256 5=0 4=19", NULL);
	pfs("aes_gcm256;dh31", "1=20/256 5=0 4=0 4=31", "AES_GCM_16_256-CURVE25519-NO_ESN");
	pfs("aes_gcm256;dh31", "1=20/256 5=0, 1=20/256 5=0 4=31",
	    "AES_GCM_16_256-CURVE25519-NO_ESN");
	pfs("aes_gcm256", "1=20/256 5=0", "AES_GCM_16_256-NO_ESN");
	pfs("aes_gcm256", "1=20/256 5=0 4=0", "AES_GCM_16_256-NO_ESN");
	pfs("aes_gcm256", "1=20/256 5=0 4=31", NULL);
	pfs("aes_gcm256", "1=20/256 5=0 4=31 4=0", "AES_GCM_16_256-NO_ESN");
}

static void edge_56_ke_in_ike_auth_is_ignored(void **state)
{
	(void)state;
	esp("aes_gcm256", "1=20/256 5=0 4=31", "AES_GCM_16_256-NO_ESN");
	esp("aes_gcm256", "1=20/256 5=0 4=999", "AES_GCM_16_256-NO_ESN");
	esp("aes_gcm256", "1=20/256 5=0 4=0", "AES_GCM_16_256-NO_ESN");
}

static void edge_58_nothing_acceptable(void **state)
{
	(void)state;
	ike(GCM_IKE, "1=20/128 2=7 4=31", NULL);
	assert_string_equal(why_text, "proposal 1: encryption offered AES_GCM_16_128, allowed here "
				      "AES_GCM_16_256");
	ike(GCM_IKE, "1=20/256 2=5 4=31", NULL);
	ike(GCM_IKE, "1=20/256 2=7 4=19 4=777", NULL);
	assert_string_equal(why_text, "proposal 1: key exchange offered ECP_256,#777, allowed here "
				      "CURVE25519");
	ike(CBC_IKE, "1=12/256 2=5 3=14 4=19", NULL);
	/* a mandatory type is missing */
	ike(GCM_IKE, "2=7 4=31", NULL);
	ike(GCM_IKE, "1=20/256 4=31", NULL);
	ike(GCM_IKE, "1=20/256 2=7", NULL);
	ike(CBC_IKE, "1=12/256 2=5 4=19", NULL);
	ike(GCM_IKE, "", NULL);
}

static void edge_58_another_protocol(void **state)
{
	struct proposals p = proposals_of("aes_gcm256", PROTOCOL_ESP, false);
	struct text why = TEXT_OVER(why_text);
	struct slice spi;
	struct offer o;
	struct suite s;

	(void)state;
	for (unsigned protocol = 0; protocol < 256; protocol++) {
		offer_start(&o, (uint8_t)protocol, "1=20/256 5=0", slice("abcd", 4));
		assert_int_equal(suite_choose(&p, &o.m, PROTOCOL_ESP, 4, false, 0, &s, &spi, &why),
				 protocol == PROTOCOL_ESP);
		offer_end(&o);
	}
}

static void edge_60_aead_and_integrity(void **state)
{
	(void)state;
	ike(GCM_IKE, "1=20/256 2=7 3=0 4=31", "AES_GCM_16_256-HMAC_SHA2_512-CURVE25519");
	ike(GCM_IKE, "1=20/256 2=7 3=12 4=31", NULL);
	ike(GCM_IKE, "1=20/256 2=7 3=999 4=31", NULL);
	esp("aes_gcm256", "1=20/256 3=0 5=0", "AES_GCM_16_256-NO_ESN");
	esp("aes_gcm256", "1=20/256 3=12 5=0", NULL);
	/* and the other way round: no integrity where one is needed */
	ike(CBC_IKE, "1=12/256 2=5 3=0 4=19", NULL);
	esp("aes256-sha2_256", "1=12/256 5=0", NULL);
	esp("aes256-sha2_256", "1=12/256 3=0 5=0", NULL);
}

static void edge_61_key_lengths(void **state)
{
	(void)state;
	ike(GCM_IKE, "1=20 2=7 4=31", NULL);
	ike(GCM_IKE, "1=20/7 2=7 4=31", NULL);
	ike(GCM_IKE, "1=20/65535 2=7 4=31", NULL);
	ike(GCM_IKE, "1=20 1=20/7 1=20/65535 1=20/256 2=7 4=31",
	    "AES_GCM_16_256-HMAC_SHA2_512-CURVE25519");
	ike("chacha20_poly1305-sha2_512-dh31", "1=28/256 2=7 4=31", NULL);
	ike("chacha20_poly1305-sha2_512-dh31", "1=28/256 1=28 2=7 4=31",
	    "CHACHA20_POLY1305-HMAC_SHA2_512-CURVE25519");
	/* other types never have one */
	ike(GCM_IKE, "1=20/256 2=7/512 4=31", NULL);
	ike(GCM_IKE, "1=20/256 2=7 4=31/256", NULL);
}

/* One ENCR transform with these attribute bytes, the second proposal good or not there. */
static bool with_attribute(struct slice attribute, bool second)
{
	struct proposals p = proposals_of("aes_gcm256", PROTOCOL_ESP, false);
	struct text why = TEXT_OVER(why_text);
	struct builder b;
	struct suite s;
	struct slice spi;
	struct offer o;
	bool ok;

	offer_begin(&o, &b);
	builder_payload(&b, PAYLOAD_SA);
	builder_proposal(&b, 1, PROTOCOL_ESP, default_spi(PROTOCOL_ESP));
	builder_transform(&b, TRANSFORM_ESN, ESN_NO, 0);
	builder_transform(&b, TRANSFORM_ENCR, ENCR_AES_GCM_16, 0);
	writer_put(&b.w, attribute);
	o.buf[b.transform_at + 3] = (uint8_t)(8 + attribute.len);
	if (second)
		builder_transform(&b, TRANSFORM_ENCR, ENCR_AES_GCM_16, 256);
	offer_read(&o, &b);
	ok = suite_choose(&p, &o.m, PROTOCOL_ESP, 4, false, 0, &s, &spi, &why);
	offer_end(&o);
	return ok;
}

static void edge_61_attributes(void **state)
{
	static const struct slice bad[] = {
		{ (const uint8_t *)"\x80\x0e\0\0", 4 }, /* length 0 */
		{ (const uint8_t *)"\x80\x0f\1\0", 4 }, /* unknown */
		{ (const uint8_t *)"\x80\x0e\1\0\x80\x0f\0\1", 8 },
		{ (const uint8_t *)"\x80\x0f\0\1\x80\x0e\1\0", 8 },
		{ (const uint8_t *)"\x80\x0e\1\0\x80\x0e\1\0", 8 }, /* twice */
		{ (const uint8_t *)"\0\x0e\0\2\1\0", 6 },           /* of variable length */
		{ (const uint8_t *)"\x80\x0e\1\0\0\x63\0\0", 8 },
	};

	(void)state;
	assert_true(with_attribute(slice("\x80\x0e\1\0", 4), false));
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(with_attribute(bad[i], false));
		assert_true(with_attribute(bad[i], true));
	}
}

static void edge_62_unknown_ids_are_skipped(void **state)
{
	(void)state;
	ike(GCM_IKE, "1=999/256 1=20/256 1=0 2=999 2=7 2=0 4=999 4=31 4=0",
	    "AES_GCM_16_256-HMAC_SHA2_512-CURVE25519");
	esp("aes_gcm256", "1=999 1=20/256 5=7 5=0", "AES_GCM_16_256-NO_ESN");
	esp("aes256-sha2_256", "1=12/256 3=999 3=12 5=0", "AES_CBC_256-HMAC_SHA2_256_128-NO_ESN");
}

/* A type makes its proposal unacceptable, and only that one (RFC 7296 3.3.6). */
static void edge_62_unknown_types_end_the_proposal(void **state)
{
	char offer[128];

	(void)state;
	for (unsigned type = 0; type < 256; type = type == 0 ? 6 : type + 1) {
		snprintf(offer, sizeof(offer), "1=20/256 2=7 %u=1 4=31", type);
		ike(GCM_IKE, offer, NULL);
		assert_non_null(strstr(why_text, "is not known here"));
		snprintf(offer, sizeof(offer), "1=20/256 2=7 4=31 %u=0, 1=20/256 2=7 4=31", type);
		ike(GCM_IKE, offer, "AES_GCM_16_256-HMAC_SHA2_512-CURVE25519");
		snprintf(offer, sizeof(offer), "1=20/256 5=0 %u=0", type);
		/* key exchanges are ignored where there are none (case 56), additional ones too */
		esp("aes_gcm256", offer,
		    type >= TRANSFORM_ADDKE1 && type <= TRANSFORM_ADDKE7 ? "AES_GCM_16_256-NO_ESN"
									 : NULL);
	}
	ike(GCM_IKE, "1=20/256 2=7 4=31 5=0", NULL); /* not of IKE */
	esp("aes_gcm256", "1=20/256 5=0 2=7", NULL); /* not of ESP */
}

static void edge_65_esn(void **state)
{
	struct proposals p = proposals_of("aes_gcm256", PROTOCOL_ESP, false);
	struct text why = TEXT_OVER(why_text);
	struct slice spi;
	struct offer o;
	struct suite s;

	(void)state;
	esp("aes_gcm256", "1=20/256 5=0 5=1", "AES_GCM_16_256-ESN");
	esp("aes_gcm256", "1=20/256 5=1", "AES_GCM_16_256-ESN");
	esp("aes_gcm256", "1=20/256 5=0", "AES_GCM_16_256-NO_ESN");
	/* a mandatory type (RFC 7296 3.3.3): without it a proposal is unacceptable, whatever one may guess (3.3.6) */
	esp("aes_gcm256", "1=20/256", NULL);
	p.list[0].choices[TRANSFORM_ESN][0] = p.list[0].choices[TRANSFORM_ESN][1];
	p.list[0].counts[TRANSFORM_ESN] = 1; /* esn=no */
	offer_start(&o, PROTOCOL_ESP, "1=20/256 5=1", default_spi(PROTOCOL_ESP));
	assert_false(suite_choose(&p, &o.m, PROTOCOL_ESP, 4, false, 0, &s, &spi, &why));
	offer_end(&o);
	offer_start(&o, PROTOCOL_ESP, "1=20/256 5=1 5=0", default_spi(PROTOCOL_ESP));
	assert_true(suite_choose(&p, &o.m, PROTOCOL_ESP, 4, false, 0, &s, &spi, &why));
	assert_false(s.esn);
	offer_end(&o);
}

static bool choose_with_spi(uint8_t protocol, struct slice spi, size_t want)
{
	struct proposals p =
		proposals_of(protocol == PROTOCOL_IKE ? GCM_IKE : "aes_gcm256", protocol, false);
	struct text why = TEXT_OVER(why_text);
	struct slice got;
	struct offer o;
	struct suite s;
	bool ok;

	offer_start(&o, protocol, protocol == PROTOCOL_IKE ? "1=20/256 2=7 4=31" : "1=20/256 5=0",
		    spi);
	ok = suite_choose(&p, &o.m, protocol, want, protocol == PROTOCOL_IKE, 0, &s, &got, &why);
	if (ok)
		assert_true(slice_eq(got, spi));
	offer_end(&o);
	return ok;
}

static void edge_64_spi_sizes_and_reserved_spis(void **state)
{
	static const uint8_t ones[16] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };

	(void)state;
	for (size_t len = 0; len <= sizeof(ones); len++) {
		assert_int_equal(choose_with_spi(PROTOCOL_ESP, slice(ones, len), 4), len == 4);
		assert_int_equal(choose_with_spi(PROTOCOL_IKE, slice(ones, len), 8), len == 8);
		assert_int_equal(choose_with_spi(PROTOCOL_IKE, slice(ones, len), 0), len == 0);
	}
	assert_false(choose_with_spi(PROTOCOL_ESP, slice("\0\0\0\0", 4), 4));
	assert_false(choose_with_spi(PROTOCOL_ESP, slice("\0\0\0\xff", 4), 4));
	assert_true(choose_with_spi(PROTOCOL_ESP, slice("\0\0\1\0", 4), 4));
	assert_true(choose_with_spi(PROTOCOL_ESP, slice("\xff\0\0\0", 4), 4));
	assert_false(choose_with_spi(PROTOCOL_IKE, slice("\0\0\0\0\0\0\0\0", 8), 8));
	assert_true(choose_with_spi(PROTOCOL_IKE, slice("\0\0\0\0\0\0\0\1", 8), 8));
	assert_true(choose_with_spi(PROTOCOL_IKE, slice("\1\0\0\0\0\0\0\0", 8), 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_preference_among_transforms),
		cmocka_unit_test(their_order_of_proposals),
		cmocka_unit_test(edge_51_group_of_the_ke_payload_is_preferred),
		cmocka_unit_test(edge_52_53_groups_of_ours),
		cmocka_unit_test(edge_55_pfs_of_one_side_only),
		cmocka_unit_test(edge_56_ke_in_ike_auth_is_ignored),
		cmocka_unit_test(edge_58_nothing_acceptable),
		cmocka_unit_test(edge_58_another_protocol),
		cmocka_unit_test(edge_60_aead_and_integrity),
		cmocka_unit_test(edge_61_key_lengths),
		cmocka_unit_test(edge_61_attributes),
		cmocka_unit_test(edge_62_unknown_ids_are_skipped),
		cmocka_unit_test(edge_62_unknown_types_end_the_proposal),
		cmocka_unit_test(edge_65_esn),
		cmocka_unit_test(edge_64_spi_sizes_and_reserved_spis),
	};

	return cmocka_run_group_tests(tests, start_crypto, NULL);
}
