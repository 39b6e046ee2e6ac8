/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the encrypted payload (RFC 7296 3.14, RFC 5282): whole messages against ones made by
 * another program, every suite there and back, every bit flipped, every padding, every length.
 */
#include "frames.h"

#include "wire/protect.h"

static uint8_t buf[4096];
static uint8_t key_bytes[256];

struct row {
	uint16_t encr, key_bits, integ;
};

static const struct row rows[] = {
	{ ENCR_AES_GCM_16, 256, 0 },
	{ ENCR_AES_GCM_16, 128, 0 },
	{ ENCR_AES_GCM_12, 192, 0 },
	{ ENCR_AES_GCM_8, 128, 0 },
	{ ENCR_CHACHA20_POLY1305, 0, 0 },
	{ ENCR_AES_CCM_16, 256, 0 },
	{ ENCR_AES_CCM_12, 128, 0 },
	{ ENCR_AES_CCM_8, 128, 0 },
	{ ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_512_256 },
	{ ENCR_AES_CBC, 128, INTEG_HMAC_SHA2_256_128 },
	{ ENCR_AES_CBC, 192, INTEG_HMAC_SHA2_384_192 },
	{ ENCR_AES_CTR, 128, INTEG_HMAC_SHA1_96 },
	{ ENCR_AES_CBC, 128, INTEG_AES_XCBC_96 },
	{ ENCR_AES_CTR, 256, INTEG_AES_CMAC_96 },
	{ ENCR_3DES, 0, INTEG_HMAC_SHA1_96 },
};

static bool make_suite(const struct row *r, struct sk_cipher *c, struct sk_keys *k)
{
	*c = (struct sk_cipher){ .encr = alg_find(TRANSFORM_ENCR, r->encr),
				 .key_bits = r->key_bits };
	if (r->integ)
		c->integ = alg_find(TRANSFORM_INTEG, r->integ);
	*k = (struct sk_keys){ .encr = slice(key_bytes, sk_encr_key_len(c)),
			       .integ = slice(key_bytes, sk_integ_key_len(c)) };
	return alg_is_available(c->encr) && (!c->integ || alg_is_available(c->integ));
}

static int start_crypto(void **state)
{
	struct error e = { 0 };

	(void)state;
	for (unsigned i = 0; i < sizeof(key_bytes); i++)
		key_bytes[i] = (uint8_t)i;
	return crypto_self_test(&e) ? 0 : -1;
}

/* Seals a message that has a Notify of data_len bytes inside. */
static struct slice seal(const struct sk_cipher *c, const struct sk_keys *k, size_t data_len)
{
	static const uint8_t data[256];
	struct builder b;

	start(&b, buf, sizeof(buf));
	builder_open_sk(&b, sk_iv_len(c));
	builder_notify(&b, 0, SLICE_EMPTY, N_COOKIE, slice(data, data_len));
	return protect_seal(&b, c, k, 77);
}

/* Parses and opens a copy; *length is of what was inside. */
static enum verdict open_copy(struct slice all, const struct sk_cipher *c, const struct sk_keys *k,
			      size_t *length)
{
	enum verdict v = VERDICT_BAD;
	struct slice text = SLICE_EMPTY;
	struct parsed p;

	*length = 0;
	if (parse_outer(&p, all))
		v = protect_open(&p.m, p.copy, c, k, &text);
	if (v == VERDICT_OK) {
		assert_true(message_parse_inner(text, &p.arena, &p.m));
		*length = text.len;
	}
	parsed_free(&p);
	return v;
}

static void every_suite_and_length(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct sk_cipher c;
		struct sk_keys k;

		if (!make_suite(&rows[i], &c, &k))
			continue;
		for (size_t len = 0; len < 70; len++) {
			struct slice all = seal(&c, &k, len);
			size_t got;

			assert_int_not_equal(all.len, 0);
			assert_int_equal(open_copy(all, &c, &k, &got), VERDICT_OK);
			assert_int_equal(got, 8 + len);
		}
	}
}

static void edge_11_every_bit_flip_fails(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct sk_cipher c;
		struct sk_keys k;
		struct slice all;
		size_t got;

		if (!make_suite(&rows[i], &c, &k))
			continue;
		all = seal(&c, &k, 21);
		for (size_t bit = 0; bit < all.len * 8; bit++) {
			buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(open_copy(all, &c, &k, &got), VERDICT_BAD);
			buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_int_equal(open_copy(all, &c, &k, &got), VERDICT_OK);
	}
}

/* Every key bit counts, too. */
static void every_key_bit_flip_fails(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct sk_cipher c;
		struct sk_keys k;
		struct slice all;
		size_t got;

		if (!make_suite(&rows[i], &c, &k) || rows[i].encr == ENCR_3DES)
			continue;
		all = seal(&c, &k, 0);
		for (size_t bit = 0; bit < (c.integ ? k.integ.len : k.encr.len) * 8; bit++) {
			key_bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(open_copy(all, &c, &k, &got), VERDICT_BAD);
			key_bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

static void set_lengths(uint8_t *m, size_t whole)
{
	m[26] = (uint8_t)(whole >> 8);
	m[27] = (uint8_t)whole;
	m[30] = (uint8_t)((whole - 28) >> 8);
	m[31] = (uint8_t)(whole - 28);
}

/* Cut anywhere, with lengths that fit: too short for IV and ICV, or a wrong ICV. */
static void edge_16_every_shorter_message_fails(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct sk_cipher c;
		struct sk_keys k;
		struct slice all;
		size_t got;

		if (!make_suite(&rows[i], &c, &k))
			continue;
		all = seal(&c, &k, 40);
		for (size_t len = 32; len < all.len; len++) {
			set_lengths(buf, len);
			assert_int_equal(open_copy(slice(buf, len), &c, &k, &got), VERDICT_BAD);
		}
		set_lengths(buf, all.len + 16);
		memset(buf + all.len, 0, 16);
		assert_int_equal(open_copy(slice(buf, all.len + 16), &c, &k, &got), VERDICT_BAD);
		set_lengths(buf, all.len);
		assert_int_equal(open_copy(all, &c, &k, &got), VERDICT_OK);
	}
}

/* A message sealed by hand over this text, which ends with its own padding and pad length. */
static enum verdict open_text(const struct row *r, const uint8_t *text, size_t len, size_t *got)
{
	size_t associated, text_len;
	struct sk_cipher c;
	struct sk_keys k;
	struct builder b;

	assert_true(make_suite(r, &c, &k));
	start(&b, buf, sizeof(buf));
	builder_open_sk(&b, sk_iv_len(&c));
	writer_put(&b.w, slice(text, len - 1));
	assert_int_not_equal(builder_finish_sk(&b, 1, sk_icv_len(&c), &associated, &text_len).len,
			     0);
	assert_int_equal(text_len, len);
	buf[associated + sk_iv_len(&c) + len - 1] = text[len - 1];
	if (sk_seal(&c, &k, 1, buf, associated, len) != VERDICT_OK)
		return VERDICT_FAIL;
	return open_copy(writer_slice(&b.w), &c, &k, got);
}

/* The sender may choose any padding (RFC 7296 3.14); more than there is makes the message bad. */
static void edge_16_every_pad_length(void **state)
{
	static const struct row gcm = { ENCR_AES_GCM_16, 256, 0 };
	static const struct row cbc = { ENCR_AES_CBC, 128, INTEG_HMAC_SHA2_256_128 };
	uint8_t text[256];
	size_t got;

	(void)state;
	memset(text, 0x55, sizeof(text));
	for (unsigned pad = 0; pad < 256; pad++) {
		text[sizeof(text) - 1] = (uint8_t)pad;
		if (pad == 255) { /* nothing but padding: an empty chain */
			assert_int_equal(open_text(&gcm, text, 256, &got), VERDICT_OK);
			assert_int_equal(got, 0);
			assert_int_equal(open_text(&cbc, text, 256, &got), VERDICT_OK);
		}
		assert_int_equal(open_text(&gcm, text + 256 - pad - 1, pad + 1, &got), VERDICT_OK);
		assert_int_equal(got, 0);
		if (pad > 0)
			assert_int_equal(open_text(&gcm, text + 256 - pad, pad, &got), VERDICT_BAD);
		if (pad >= 16)
			assert_int_equal(open_text(&cbc, text + 256 - 16, 16, &got), VERDICT_BAD);
	}
}

static void no_encrypted_payload(void **state)
{
	struct slice text, all = frame_of(buf, sizeof(buf), PAYLOAD_VENDOR, slice(key_bytes, 99));
	struct sk_cipher c;
	struct sk_keys k;
	struct parsed p;

	(void)state;
	assert_true(make_suite(&rows[0], &c, &k));
	assert_true(parse_outer(&p, all));
	assert_int_equal(protect_open(&p.m, p.copy, &c, &k, &text), VERDICT_BAD);
	parsed_free(&p);
}

static void nothing_is_sealed_without_room(void **state)
{
	struct sk_cipher c;
	struct sk_keys k;

	(void)state;
	assert_true(make_suite(&rows[0], &c, &k));
	for (size_t size = 28; size < 28 + 4 + 8 + 8 + 1 + 16; size++) {
		struct builder b;

		start(&b, buf, size);
		builder_open_sk(&b, sk_iv_len(&c));
		builder_notify(&b, 0, SLICE_EMPTY, N_COOKIE, SLICE_EMPTY);
		assert_int_equal(protect_seal(&b, &c, &k, 1).len, 0);
	}
}

/* Made by another program, a Delete of the IKE SA inside: header, IV, text and ICV. */
#define HEADER(length, rest)                                                                      \
	0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, \
		0x28, 46, 0x20, 37, 8, 0, 0, 0, 1, 0, 0, 0, length, 42, 0, 0, rest
#define COUNTER_IV 1, 2, 3, 4, 5, 6, 7, 8

static const uint8_t gcm_message[] = {
	HEADER(65, 37), COUNTER_IV, 0x7f, 0xca, 0xf8, 0x47, 0x3e, 0xd8, 0xf8,
	0x8e,           0x13,       0x28, 0x96, 0x0d, 0x0b, 0xb3, 0x1a, 0xc5,
	0x1a,           0xb1,       0xa3, 0x13, 0x95, 0x43, 0xd0, 0x65, 0xc2,
};
static const uint8_t chacha_message[] = {
	HEADER(65, 37), COUNTER_IV, 0x55, 0x2c, 0xa3, 0xcb, 0x84, 0x71, 0x20,
	0x09,           0xdd,       0x06, 0x03, 0x0a, 0x79, 0x8d, 0xdc, 0xb5,
	0x70,           0xa1,       0x38, 0xe9, 0x2d, 0x54, 0xe8, 0x0e, 0x15,
};
static const uint8_t ccm_message[] = {
	HEADER(57, 29), COUNTER_IV, 0x28, 0x3f, 0x57, 0xe2, 0x2e, 0x4e, 0xdd, 0x5e,
	0x0e,           0xf8,       0x11, 0x33, 0x4e, 0x21, 0x21, 0xe7, 0x83,
};
static const uint8_t cbc_message[] = {
	HEADER(80, 52), 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab,
	0xac,           0xad, 0xae, 0xaf, 0xe2, 0x75, 0x0b, 0x0f, 0x8a, 0x82, 0x57, 0x13, 0xe5,
	0x90,           0x06, 0xcd, 0xfb, 0xbe, 0x8d, 0x7e, 0xdb, 0xbe, 0x82, 0x36, 0x94, 0x05,
	0x71,           0xee, 0x25, 0x0b, 0xbc, 0xa7, 0x59, 0x02, 0x09, 0x2f,
};

static void check_known(struct row r, struct slice expected, bool is_exact)
{
	struct ike_header h = { .spi_i = 0x1112131415161718,
				.spi_r = 0x2122232425262728,
				.exchange = EXCHANGE_INFORMATIONAL,
				.flags = FLAG_INITIATOR,
				.message_id = 1 };
	struct slice text;
	struct sk_cipher c;
	struct sk_keys k;
	struct builder b;
	struct parsed p;

	if (!make_suite(&r, &c, &k))
		return;
	assert_true(parse_outer(&p, expected));
	assert_int_equal(protect_open(&p.m, p.copy, &c, &k, &text), VERDICT_OK);
	assert_true(message_parse_inner(text, &p.arena, &p.m));
	assert_int_equal(p.m.delete_count, 1);
	assert_int_equal(p.m.deletes[0].protocol, PROTOCOL_IKE);
	parsed_free(&p);
	builder_start(&b, buf, sizeof(buf), &h);
	builder_open_sk(&b, sk_iv_len(&c));
	builder_delete(&b, PROTOCOL_IKE, NULL, 0);
	text = protect_seal(&b, &c, &k, 0x0102030405060708);
	assert_int_equal(text.len, expected.len);
	if (is_exact)
		assert_true(slice_eq(text, expected));
	else
		assert_memory_equal(text.data, expected.data, 32); /* the IV is random */
}

static void known_messages(void **state)
{
	(void)state;
	check_known((struct row){ ENCR_AES_GCM_16, 256, 0 }, SLICE_OF(gcm_message), true);
	check_known((struct row){ ENCR_CHACHA20_POLY1305, 0, 0 }, SLICE_OF(chacha_message), true);
	check_known((struct row){ ENCR_AES_CCM_8, 128, 0 }, SLICE_OF(ccm_message), true);
	check_known((struct row){ ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_256_128 },
		    SLICE_OF(cbc_message), false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_suite_and_length),
		cmocka_unit_test(edge_11_every_bit_flip_fails),
		cmocka_unit_test(every_key_bit_flip_fails),
		cmocka_unit_test(edge_16_every_shorter_message_fails),
		cmocka_unit_test(edge_16_every_pad_length),
		cmocka_unit_test(no_encrypted_payload),
		cmocka_unit_test(nothing_is_sealed_without_room),
		cmocka_unit_test(known_messages),
	};

	return cmocka_run_group_tests(tests, start_crypto, NULL);
}
