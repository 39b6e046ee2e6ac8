/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of what we offer, of the responder's answer, and of what the initiator accepts of an answer
 * (RFC 7296 2.7, 3.3.6). Numbers are those of the edge cases.
 */
#include "suites.h"

#define TWO_IKE "aes_gcm256+aes_gcm128-sha2_512+sha2_256-dh31+dh19,aes256-sha2_256-dh20"
#define TWO_ESP "aes_gcm256+aes_gcm128,aes256-sha2_256"

static struct slice spi_of(uint8_t protocol)
{
	return default_spi(protocol);
}

/* An answer to our offer; expected is the suite as text, NULL: refused. */
static void accept(const char *ours, uint8_t protocol, bool with_ke, uint8_t number,
		   const char *answer, const char *expected)
{
	struct proposals p = proposals_of(ours, protocol, with_ke);
	struct text why = TEXT_OVER(why_text);
	struct slice spi = SLICE_EMPTY;
	struct suite s;
	struct offer o;
	char buf[128];
	bool ok;

	offer_start(&o, protocol, answer, spi_of(protocol));
	((struct proposal *)o.m.sa.proposals)[0].number = number;
	ok = suite_accept(&p, &o.m, protocol, spi_of(protocol).len, with_ke, &s, &spi, &why);
	if (ok != (expected != NULL))
		print_message("answer %u: %s: %s\n", number, answer, why_text);
	assert_int_equal(ok, expected != NULL);
	if (ok) {
		assert_string_equal(suite_format(&s, buf, sizeof(buf)), expected);
		assert_int_equal(s.number, number);
		assert_true(slice_eq(spi, spi_of(protocol)));
	} else {
		assert_true(why.len > 0);
	}
	offer_end(&o);
}

static void ike(uint8_t number, const char *answer, const char *expected)
{
	accept(TWO_IKE, PROTOCOL_IKE, true, number, answer, expected);
}

static void esp(uint8_t number, const char *answer, const char *expected)
{
	accept(TWO_ESP, PROTOCOL_ESP, false, number, answer, expected);
}

static void edge_59_good_answers(void **state)
{
	(void)state;
	ike(1, "1=20/256 2=7 4=31", "AES_GCM_16_256-HMAC_SHA2_512-CURVE25519");
	ike(1, "4=19 2=5 1=20/128", "AES_GCM_16_128-HMAC_SHA2_256-ECP_256");
	ike(1, "1=20/256 2=7 3=0 4=31", "AES_GCM_16_256-HMAC_SHA2_512-CURVE25519");
	ike(2, "1=12/256 2=5 3=12 4=20", "AES_CBC_256-HMAC_SHA2_256_128-HMAC_SHA2_256-ECP_384");
	esp(1, "1=20/256 5=1", "AES_GCM_16_256-ESN");
	esp(1, "1=20/128 5=0", "AES_GCM_16_128-NO_ESN");
	esp(1, "1=20/128 4=0 5=0", "AES_GCM_16_128-NO_ESN");
	esp(2, "1=12/256 3=12 5=1", "AES_CBC_256-HMAC_SHA2_256_128-ESN");
	accept("aes_gcm256;dh31", PROTOCOL_ESP, true, 1, "1=20/256 4=31 5=0",
	       "AES_GCM_16_256-CURVE25519-NO_ESN");
}

static void edge_59_not_offered(void **state)
{
	(void)state;
	ike(1, "1=20/192 2=7 4=31", NULL);
	ike(1, "1=20 2=7 4=31", NULL);
	ike(1, "1=28 2=7 4=31", NULL);
	ike(1, "1=20/256 2=6 4=31", NULL);
	ike(1, "1=20/256 2=7 4=20", NULL);
	ike(1, "1=20/256 2=7 4=0", NULL);
	ike(1, "1=20/256 2=7 3=12 4=31", NULL);
	ike(2, "1=12/256 2=5 3=14 4=20", NULL);
	ike(2, "1=12/256 2=5 3=0 4=20", NULL);
	esp(1, "1=20/256 5=2", NULL);
	esp(1, "1=20/256 4=31 5=0", NULL); /* no group was offered */
	esp(1, "1=20/256 5=0 2=7", NULL);
	esp(1, "1=20/256 5=0 6=0", NULL);
	esp(1, "1=20/256 5=0 0=0", NULL);
	accept("aes_gcm256;dh31", PROTOCOL_ESP, true, 1, "1=20/256 4=0 5=0", NULL);
}

static void edge_59_missing_and_doubled_transforms(void **state)
{
	(void)state;
	ike(1, "2=7 4=31", NULL);
	ike(1, "1=20/256 4=31", NULL);
	ike(1, "1=20/256 2=7", NULL);
	ike(2, "1=12/256 2=5 4=20", NULL);
	esp(1, "5=0", NULL);
	esp(1, "1=20/256", NULL);
	esp(2, "1=12/256 5=0", NULL);
	accept("aes_gcm256;dh31", PROTOCOL_ESP, true, 1, "1=20/256 5=0", NULL);
	ike(1, "1=20/256 1=20/128 2=7 4=31", NULL);
	ike(1, "1=20/256 1=20/256 2=7 4=31", NULL);
	ike(1, "1=20/256 2=7 2=5 4=31", NULL);
	ike(1, "1=20/256 2=7 4=31 4=19", NULL);
	esp(1, "1=20/256 5=0 5=1", NULL);
	esp(1, "1=20/256 3=0 3=0 5=0", NULL);
}

static void edge_59_number_and_count(void **state)
{
	struct proposals p = proposals_of(TWO_IKE, PROTOCOL_IKE, true);
	struct text why = TEXT_OVER(why_text);
	struct slice spi;
	struct suite s;
	struct offer o;

	(void)state;
	for (unsigned number = 0; number < 256; number++) {
		ike((uint8_t)number, "1=20/256 2=7 4=31",
		    number == 1 ? "AES_GCM_16_256-HMAC_SHA2_512-CURVE25519" : NULL);
		ike((uint8_t)number, "1=12/256 2=5 3=12 4=20",
		    number == 2 ? "AES_CBC_256-HMAC_SHA2_256_128-HMAC_SHA2_256-ECP_384" : NULL);
	}
	ike(1, "1=20/256 2=7 4=31, 1=12/256 2=5 3=12 4=20", NULL);
	offer_start(&o, PROTOCOL_IKE, "1=20/256 2=7 4=31", SLICE_EMPTY);
	o.m.sa.count = 0;
	assert_false(suite_accept(&p, &o.m, PROTOCOL_IKE, 0, true, &s, &spi, &why));
	o.m.sa.count = 1;
	assert_false(suite_accept(&p, &o.m, PROTOCOL_IKE, 8, true, &s, &spi, &why));
	assert_false(suite_accept(&p, &o.m, PROTOCOL_ESP, 0, true, &s, &spi, &why));
	offer_end(&o);
}

/* What we offer, read back. */
static void offer_ours(struct offer *o, const struct proposals *p, uint8_t protocol,
		       struct slice spi, bool with_ke)
{
	struct builder b;

	offer_begin(o, &b);
	suite_offer(&b, p, protocol, spi, with_ke);
	offer_read(o, &b);
}

static void check_transforms(const struct proposal *p, const char *expected)
{
	char buf[256] = "";
	struct text t = TEXT_OVER(buf);

	for (unsigned i = 0; i < p->count; i++) {
		const struct transform *one = &p->transforms[i];

		text_add(&t, "%s%u=%u", i ? " " : "", one->type, one->id);
		if (one->key_bits)
			text_add(&t, "/%u", one->key_bits);
	}
	assert_string_equal(buf, expected);
}

static void what_we_offer(void **state)
{
	struct proposals p = proposals_of(TWO_IKE, PROTOCOL_IKE, true);
	struct slice spi = slice("12345678", 8);
	struct offer o;

	(void)state;
	offer_ours(&o, &p, PROTOCOL_IKE, spi, true);
	assert_int_equal(o.m.sa.count, 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(o.m.sa.proposals[i].number, i + 1);
		assert_int_equal(o.m.sa.proposals[i].protocol, PROTOCOL_IKE);
		assert_true(slice_eq(o.m.sa.proposals[i].spi, spi));
	}
	check_transforms(&o.m.sa.proposals[0], "1=20/256 1=20/128 2=7 2=5 4=31 4=19");
	check_transforms(&o.m.sa.proposals[1], "1=12/256 2=5 3=12 4=20");
	offer_end(&o);
	p = proposals_of("aes_gcm128;dh31,aes128-sha2_512;dh19", PROTOCOL_ESP, true);
	offer_ours(&o, &p, PROTOCOL_ESP, slice("abcd", 4), true);
	check_transforms(&o.m.sa.proposals[0], "1=20/128 4=31 5=1 5=0");
	check_transforms(&o.m.sa.proposals[1], "1=12/128 3=14 4=19 5=1 5=0");
	offer_end(&o);
	offer_ours(&o, &p, PROTOCOL_ESP, slice("abcd", 4), false); /* in IKE_AUTH: edge case 56 */
	check_transforms(&o.m.sa.proposals[0], "1=20/128 5=1 5=0");
	check_transforms(&o.m.sa.proposals[1], "1=12/128 3=14 5=1 5=0");
	offer_end(&o);
}

/* INTEG NONE is not written beside AEAD (RFC 7296 3.3.3 recommends to leave it out). */
static void edge_60_none_is_not_offered(void **state)
{
	struct proposals p = proposals_of("aes_gcm256", PROTOCOL_ESP, false);
	struct offer o;

	(void)state;
	p.list[0].choices[TRANSFORM_INTEG][0].alg = alg_find(TRANSFORM_INTEG, INTEG_NONE);
	p.list[0].counts[TRANSFORM_INTEG] = 1;
	offer_ours(&o, &p, PROTOCOL_ESP, slice("abcd", 4), false);
	check_transforms(&o.m.sa.proposals[0], "1=20/256 5=1 5=0");
	offer_end(&o);
}

/* Chooses from the peer's offer; expected is what our answer holds. */
static void check_answer(const char *ours, uint8_t protocol, bool with_ke, const char *offer,
			 const char *expected)
{
	struct proposals p = proposals_of(ours, protocol, with_ke);
	struct slice spi, own = protocol == PROTOCOL_IKE ? SLICE_EMPTY : slice("wxyz", 4);
	struct text why = TEXT_OVER(why_text);
	struct builder b;
	struct suite s;
	struct offer o, a;

	offer_start(&o, protocol, offer, spi_of(protocol));
	assert_true(
		suite_choose(&p, &o.m, protocol, spi_of(protocol).len, with_ke, 0, &s, &spi, &why));
	offer_begin(&a, &b);
	suite_answer(&b, &s, own);
	offer_read(&a, &b);
	assert_int_equal(a.m.sa.count, 1);
	assert_int_equal(a.m.sa.proposals[0].number, s.number);
	assert_int_equal(a.m.sa.proposals[0].protocol, protocol);
	assert_true(slice_eq(a.m.sa.proposals[0].spi, own));
	check_transforms(&a.m.sa.proposals[0], expected);
	offer_end(&o);
	offer_end(&a);
}

static void answers(void **state)
{
	(void)state;
	check_answer(TWO_IKE, PROTOCOL_IKE, true, "1=3, 1=20/256 1=20/128 2=7 2=5 4=19 4=31",
		     "1=20/256 2=7 4=31");
	check_answer(TWO_IKE, PROTOCOL_IKE, true, "1=12/256 2=5 3=12 4=20",
		     "1=12/256 2=5 3=12 4=20");
	check_answer(TWO_ESP, PROTOCOL_ESP, false, "1=20/256 5=0 5=1", "1=20/256 5=1");
	check_answer(TWO_ESP, PROTOCOL_ESP, false, "1=12/256 3=12 5=0", "1=12/256 3=12 5=0");
	check_answer("aes_gcm256;dh31", PROTOCOL_ESP, true, "1=20/256 4=0 4=31 5=0",
		     "1=20/256 4=31 5=0");
	check_answer("chacha20_poly1305", PROTOCOL_ESP, false, "1=28 5=0", "1=28 5=0");
}

/* The answer has one of each type that is in the proposal, so NONE is said again (2.7). */
static void edge_60_none_is_answered_with_none(void **state)
{
	(void)state;
	check_answer(TWO_IKE, PROTOCOL_IKE, true, "1=20/256 2=7 3=0 4=31", "1=20/256 2=7 3=0 4=31");
	check_answer(TWO_ESP, PROTOCOL_ESP, false, "1=20/256 3=0 5=0", "1=20/256 3=0 5=0");
	check_answer("aes_gcm256", PROTOCOL_ESP, true, "1=20/256 4=31 4=0 5=0", "1=20/256 4=0 5=0");
	check_answer("aes_gcm256", PROTOCOL_ESP, true, "1=20/256 5=0", "1=20/256 5=0");
	/* but in IKE_AUTH KE is only passed over */
	check_answer("aes_gcm256", PROTOCOL_ESP, false, "1=20/256 4=0 5=0", "1=20/256 5=0");
}

/* Whatever two peers of this house agree on, the initiator accepts. */
static void edge_59_our_answers_are_accepted(void **state)
{
	static const struct {
		const char *ours, *theirs;
		uint8_t protocol;
		bool with_ke;
	} rows[] = {
		{ NULL, NULL, PROTOCOL_IKE, true },
		{ TWO_IKE, NULL, PROTOCOL_IKE, true },
		{ NULL, TWO_IKE, PROTOCOL_IKE, true },
		{ NULL, NULL, PROTOCOL_ESP, false },
		{ TWO_ESP, NULL, PROTOCOL_ESP, false },
		{ TWO_ESP, NULL, PROTOCOL_ESP, true },
		{ "aes_gcm256;dh31", "aes_gcm256;dh19+dh31", PROTOCOL_ESP, true },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		bool ke = rows[i].with_ke;
		uint8_t protocol = rows[i].protocol;
		const char *all = protocol == PROTOCOL_IKE ? "aes_gcm256+aes_gcm128,aes256"
							   : TWO_ESP;
		struct proposals ours =
			proposals_of(rows[i].ours ? rows[i].ours : all, protocol, ke);
		struct proposals theirs =
			proposals_of(rows[i].theirs ? rows[i].theirs : all, protocol, ke);
		struct text why = TEXT_OVER(why_text);
		struct slice spi, own = spi_of(protocol);
		struct suite chosen, accepted;
		struct offer o, a;
		struct builder b;

		offer_ours(&o, &ours, protocol, own, ke);
		assert_true(
			suite_choose(&theirs, &o.m, protocol, own.len, ke, 0, &chosen, &spi, &why));
		offer_begin(&a, &b);
		suite_answer(&b, &chosen, own);
		offer_read(&a, &b);
		assert_true(
			suite_accept(&ours, &a.m, protocol, own.len, ke, &accepted, &spi, &why));
		assert_true(accepted.encr == chosen.encr && accepted.key_bits == chosen.key_bits);
		assert_true(accepted.prf == chosen.prf && accepted.integ == chosen.integ);
		assert_true(accepted.ke == chosen.ke && accepted.esn == chosen.esn);
		offer_end(&o);
		offer_end(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_59_good_answers),
		cmocka_unit_test(edge_59_not_offered),
		cmocka_unit_test(edge_59_missing_and_doubled_transforms),
		cmocka_unit_test(edge_59_number_and_count),
		cmocka_unit_test(what_we_offer),
		cmocka_unit_test(answers),
		cmocka_unit_test(edge_60_none_is_answered_with_none),
		cmocka_unit_test(edge_60_none_is_not_offered),
		cmocka_unit_test(edge_59_our_answers_are_accepted),
	};

	return cmocka_run_group_tests(tests, start_crypto, NULL);
}
