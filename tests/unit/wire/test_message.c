/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the header and of the walk over the chain of payloads (RFC 7296 3.1, 3.2, 2.5): bounds,
 * counts, order, reserved bits, repeated and unknown payloads. Numbers are those of the edge cases.
 */
#include "frames.h"

static uint8_t buf[MESSAGE_MAX_LEN];

static const uint8_t nonce[32] = { 1, 2, 3 };

/* An IKE_SA_INIT request as initiators send it. */
static struct slice sample(void)
{
	static const uint8_t ke[32] = { 9 };
	struct builder b;

	start(&b, buf, sizeof(buf));
	builder_payload(&b, PAYLOAD_SA);
	builder_proposal(&b, 1, PROTOCOL_IKE, SLICE_EMPTY);
	builder_transform(&b, 1, 20, 256);
	builder_transform(&b, 2, 7, 0);
	builder_transform(&b, 4, 31, 0);
	builder_ke(&b, 31, SLICE_OF(ke));
	builder_raw(&b, PAYLOAD_NONCE, SLICE_OF(nonce));
	builder_notify(&b, 0, SLICE_EMPTY, N_FRAGMENTATION_SUPPORTED, SLICE_EMPTY);
	builder_raw(&b, PAYLOAD_VENDOR, slice_str("x"));
	return builder_finish(&b);
}

static void edge_1_less_than_a_header(void **state)
{
	struct slice all = sample();
	struct parsed p;

	(void)state;
	for (size_t len = 0; len < IKE_HEADER_LEN; len++) {
		assert_false(parse_outer(&p, slice(all.data, len)));
		assert_string_equal(p.m.error, "header");
		parsed_free(&p);
	}
}

static void edge_2_length_field(void **state)
{
	struct slice all = sample();
	struct parsed p;
	struct ike_header h;

	(void)state;
	for (uint32_t length = 0; length < all.len + 100; length++) {
		for (unsigned i = 0; i < 4; i++)
			buf[24 + i] = (uint8_t)(length >> (24 - 8 * i));
		assert_int_equal(outer_is_ok(all), length == all.len);
		assert_int_equal(header_parse(all, &h), length >= 28 && length <= all.len);
	}
	memset(buf + 24, 0xff, 4);
	assert_false(outer_is_ok(all));
	all = sample();
	memset(buf + all.len, 0xee, 7);
	assert_true(parse_outer(&p, slice(buf, all.len + 7)));
	assert_int_equal(p.m.raw.len, all.len);
	parsed_free(&p);
}

static void every_truncation_is_refused(void **state)
{
	struct slice all = sample();

	(void)state;
	for (size_t len = 0; len < all.len; len++) {
		assert_false(outer_is_ok(slice(all.data, len)));
		if (len < IKE_HEADER_LEN)
			continue;
		buf[26] = (uint8_t)(len >> 8);
		buf[27] = (uint8_t)len;
		assert_false(outer_is_ok(slice(all.data, len)));
	}
}

static void edge_3_versions_and_flags_are_given_as_they_are(void **state)
{
	struct slice all = sample();
	struct ike_header h;

	(void)state;
	for (unsigned version = 0; version < 256; version++) {
		buf[17] = (uint8_t)version;
		assert_true(header_parse(all, &h));
		assert_int_equal(h.major, version >> 4);
		assert_int_equal(h.minor, version & 15);
	}
	buf[17] = 0x2f;
	buf[19] = 0xff;
	assert_true(outer_is_ok(all));
}

static void edge_23_unknown_exchange_type_is_no_matter_of_syntax(void **state)
{
	struct slice all = sample();
	struct ike_header h;

	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		buf[18] = (uint8_t)type;
		assert_true(outer_is_ok(all));
		assert_true(header_parse(all, &h));
		assert_int_equal(h.exchange, type);
	}
}

static void edge_16_payload_length(void **state)
{
	struct slice all = frame_of(buf, sizeof(buf), PAYLOAD_VENDOR, SLICE_OF(nonce));

	(void)state;
	for (unsigned length = 0; length <= 0xffff; length++) {
		buf[30] = (uint8_t)(length >> 8);
		buf[31] = (uint8_t)length;
		assert_int_equal(outer_is_ok(all), length == 4 + sizeof(nonce));
	}
}

static void edge_16_chain_beyond_the_end_and_bytes_left_over(void **state)
{
	struct slice all = frame_of(buf, sizeof(buf), PAYLOAD_VENDOR, SLICE_EMPTY);
	struct parsed p;

	(void)state;
	assert_true(outer_is_ok(all));
	buf[28] = PAYLOAD_NONCE; /* one more is announced */
	assert_false(outer_is_ok(all));
	buf[28] = PAYLOAD_NONE;
	buf[16] = PAYLOAD_NONE; /* none is, and there is one */
	assert_true(!parse_outer(&p, all));
	assert_string_equal(p.m.error, "bytes after the last payload");
	parsed_free(&p);
	buf[27] = IKE_HEADER_LEN;
	assert_true(outer_is_ok(slice(buf, IKE_HEADER_LEN)));
	buf[16] = PAYLOAD_SK;
	assert_false(outer_is_ok(slice(buf, IKE_HEADER_LEN)));
}

static void edge_16_inner_chain(void **state)
{
	static const uint8_t one[] = { 0, 0, 0, 5, 7 }, more[] = { 43, 0, 0, 5, 7 };
	struct parsed p;

	(void)state;
	assert_true(parse_inside(&p, PAYLOAD_NONE, SLICE_EMPTY));
	parsed_free(&p);
	assert_false(parse_inside(&p, PAYLOAD_NONE, SLICE_OF(one)));
	parsed_free(&p);
	assert_false(parse_inside(&p, PAYLOAD_VENDOR, SLICE_EMPTY));
	parsed_free(&p);
	assert_true(parse_inside(&p, PAYLOAD_VENDOR, SLICE_OF(one)));
	parsed_free(&p);
	assert_false(parse_inside(&p, PAYLOAD_VENDOR, SLICE_OF(more)));
	parsed_free(&p);
	for (size_t len = 0; len < sizeof(one); len++) {
		assert_false(parse_inside(&p, PAYLOAD_VENDOR, slice(one, len)));
		parsed_free(&p);
	}
}

static struct slice many(unsigned count, uint8_t type)
{
	struct builder b;

	start(&b, buf, sizeof(buf));
	for (unsigned i = 0; i < count; i++)
		builder_raw(&b, type, slice(nonce, 8));
	return builder_finish(&b);
}

static void edge_17_number_of_payloads(void **state)
{
	static const uint8_t types[] = { PAYLOAD_VENDOR, PAYLOAD_NOTIFY, PAYLOAD_CERT, 200 };
	struct parsed p;

	(void)state;
	for (unsigned t = 0; t < ARRAY_LEN(types); t++) {
		for (unsigned count = 1; count <= 300; count++) {
			struct slice all = many(count, types[t]);

			assert_int_equal(outer_is_ok(all), count <= 64);
			all = slice(all.data + IKE_HEADER_LEN, all.len - IKE_HEADER_LEN);
			assert_int_equal(parse_inside(&p, types[t], all), count <= 64);
			assert_true(p.m.notify_count <= MESSAGE_MAX_NOTIFIES);
			parsed_free(&p);
		}
	}
}

static void edge_18_any_order(void **state)
{
	static const uint8_t ke[36] = { 0, 31 }, sa[] = { 0, 0, 0, 8, 1, 1, 0, 0 };
	const struct slice bodies[] = { SLICE_OF(sa), SLICE_OF(ke), SLICE_OF(nonce),
					slice_str("x") };
	const uint8_t types[] = { PAYLOAD_SA, PAYLOAD_KE, PAYLOAD_NONCE, PAYLOAD_VENDOR };
	unsigned runs = 0;

	(void)state;
	for (unsigned order = 0; order < 256; order++) {
		struct builder b;
		struct parsed p;
		unsigned seen = 0;

		for (unsigned i = 0; i < 4; i++)
			seen |= 1u << (order >> 2 * i & 3);
		if (seen != 15)
			continue;
		start(&b, buf, sizeof(buf));
		for (unsigned i = 0; i < 4; i++)
			builder_raw(&b, types[order >> 2 * i & 3], bodies[order >> 2 * i & 3]);
		assert_true(parse_outer(&p, builder_finish(&b)));
		assert_int_equal(p.m.sa.count, 1);
		assert_int_equal(p.m.ke.group, 31);
		assert_int_equal(p.m.ke.value.len, 32);
		assert_true(slice_eq(p.m.nonce, SLICE_OF(nonce)));
		parsed_free(&p);
		runs++;
	}
	assert_int_equal(runs, 24);
}

static void edge_18_encrypted_payload_is_last(void **state)
{
	static const uint8_t types[] = { PAYLOAD_SK, PAYLOAD_SKF };

	(void)state;
	for (unsigned t = 0; t < ARRAY_LEN(types); t++) {
		struct builder b;
		struct parsed p;
		struct slice all;

		start(&b, buf, sizeof(buf));
		builder_raw(&b, PAYLOAD_VENDOR, SLICE_OF(nonce));
		builder_raw(&b, types[t], SLICE_OF(nonce));
		all = builder_finish(&b);
		assert_true(parse_outer(&p, all));
		assert_true(message_has(&p.m, types[t]));
		assert_int_equal(p.m.sk_offset, IKE_HEADER_LEN + 4 + sizeof(nonce));
		parsed_free(&p);
		buf[64] = PAYLOAD_NOTIFY; /* the first inner one: no next payload outside */
		assert_true(parse_outer(&p, all));
		assert_int_equal(p.m.sk_inner_type, PAYLOAD_NOTIFY);
		parsed_free(&p);
		start(&b, buf, sizeof(buf));
		builder_raw(&b, types[t], SLICE_OF(nonce));
		builder_raw(&b, PAYLOAD_VENDOR, SLICE_OF(nonce));
		assert_true(!parse_outer(&p, builder_finish(&b)));
		assert_string_equal(p.m.error, "bytes after the encrypted payload");
		parsed_free(&p);
		assert_false(parse_inside(&p, types[t], slice(buf + 28, 36)));
		assert_string_equal(p.m.error, "encrypted payload inside another");
		parsed_free(&p);
	}
}

/* What stood before SK carries no weight once the inside is read. */
static void edge_18_outside_is_not_trusted(void **state)
{
	static const uint8_t critical[] = { PAYLOAD_NONE, 0x80, 0, 4 };
	struct parsed p;
	struct builder b;
	uint8_t inside[4] = { 0, 0, 0, 4 };

	(void)state;
	start(&b, buf, sizeof(buf));
	builder_raw(&b, PAYLOAD_NONCE, SLICE_OF(nonce));
	builder_notify(&b, 0, SLICE_EMPTY, N_INITIAL_CONTACT, SLICE_EMPTY);
	builder_delete(&b, PROTOCOL_IKE, NULL, 0);
	builder_raw(&b, 200, SLICE_EMPTY);
	buf[b.w.len - 3] = critical[1];
	builder_raw(&b, PAYLOAD_SK, SLICE_OF(nonce));
	buf[b.w.len - sizeof(nonce) - 4] = PAYLOAD_VENDOR;
	assert_true(parse_outer(&p, builder_finish(&b)));
	assert_int_equal(p.m.critical_unknown, 200);
	assert_int_equal(p.m.notify_count, 1);
	assert_int_equal(p.m.sk_inner_type, PAYLOAD_VENDOR);
	assert_true(message_parse_inner(SLICE_OF(inside), &p.arena, &p.m));
	assert_int_equal(p.m.have, PAYLOAD_BIT(PAYLOAD_SK) | PAYLOAD_BIT(PAYLOAD_VENDOR));
	assert_int_equal(p.m.notify_count, 0);
	assert_int_equal(p.m.delete_count, 0);
	assert_int_equal(p.m.critical_unknown, 0);
	assert_int_equal(p.m.nonce.len, 0);
	assert_int_equal(p.m.header.spi_i, 0x0102030405060708);
	parsed_free(&p);
}

static void edge_19_reserved_bits_of_the_generic_header(void **state)
{
	struct slice all = sample();

	(void)state;
	for (size_t at = IKE_HEADER_LEN; at < all.len; at += (size_t)buf[at + 2] << 8 | buf[at + 3])
		buf[at + 1] = 0x7f;
	assert_true(outer_is_ok(all));
}

static void edge_20_singletons_come_once(void **state)
{
	static const uint8_t selector[] = { 1,   0,   0,  0, 7, 0, 0,  16, 0, 0,
					    255, 255, 10, 0, 0, 0, 10, 0,  0, 9 };
	static const uint8_t sa[] = { 0, 0, 0, 8, 1, 1, 0, 0 };
	static const struct {
		uint8_t type;
		bool once;
		struct slice body;
	} rows[] = {
		{ PAYLOAD_SA, true, { sa, sizeof(sa) } },
		{ PAYLOAD_KE, true, { nonce, sizeof(nonce) } },
		{ PAYLOAD_IDi, true, { nonce, sizeof(nonce) } },
		{ PAYLOAD_IDr, true, { nonce, sizeof(nonce) } },
		{ PAYLOAD_AUTH, true, { nonce, sizeof(nonce) } },
		{ PAYLOAD_NONCE, true, { nonce, sizeof(nonce) } },
		{ PAYLOAD_TSi, true, { selector, sizeof(selector) } },
		{ PAYLOAD_TSr, true, { selector, sizeof(selector) } },
		{ PAYLOAD_NOTIFY, false, { nonce + 24, 8 } },
		{ PAYLOAD_VENDOR, false, { nonce, sizeof(nonce) } },
		{ PAYLOAD_CERT, false, { nonce, sizeof(nonce) } },
		{ PAYLOAD_CERTREQ, false, { nonce, sizeof(nonce) } },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct builder b;

		assert_true(body_is_ok(rows[i].type, rows[i].body));
		start(&b, buf, sizeof(buf));
		builder_raw(&b, rows[i].type, rows[i].body);
		builder_raw(&b, PAYLOAD_VENDOR, SLICE_EMPTY);
		builder_raw(&b, rows[i].type, rows[i].body);
		assert_int_equal(outer_is_ok(builder_finish(&b)), !rows[i].once);
	}
}

static void edge_66_68_critical_unknown(void **state)
{
	(void)state;
	for (unsigned type = 1; type < 256; type++) {
		struct slice all = frame_of(buf, sizeof(buf), (uint8_t)type, SLICE_OF(nonce));
		struct parsed p;
		bool known = name_find(&payload_names, type) != NULL;

		if (known)
			continue;
		assert_true(parse_outer(&p, all));
		assert_int_equal(p.m.critical_unknown, 0);
		assert_int_equal(p.m.have, 0);
		parsed_free(&p);
		buf[29] = 0x7f; /* reserved bits, not the critical one */
		assert_true(parse_outer(&p, all));
		assert_int_equal(p.m.critical_unknown, 0);
		parsed_free(&p);
		buf[29] = 0x80;
		assert_true(parse_outer(&p, all));
		assert_int_equal(p.m.critical_unknown, type);
		parsed_free(&p);
	}
}

static void edge_69_critical_bit_of_known_payloads(void **state)
{
	struct slice all = sample();
	struct parsed p;

	(void)state;
	for (size_t at = IKE_HEADER_LEN; at < all.len; at += (size_t)buf[at + 2] << 8 | buf[at + 3])
		buf[at + 1] = 0x80;
	assert_true(parse_outer(&p, all));
	assert_int_equal(p.m.critical_unknown, 0);
	parsed_free(&p);
}

/* The first type is what the notify names; both are walked over. */
static void edge_66_first_of_two_critical(void **state)
{
	struct builder b;
	struct parsed p;

	(void)state;
	start(&b, buf, sizeof(buf));
	builder_raw(&b, 77, SLICE_EMPTY);
	builder_raw(&b, 78, SLICE_EMPTY);
	buf[29] = buf[33] = 0x80;
	assert_true(parse_outer(&p, builder_finish(&b)));
	assert_int_equal(p.m.critical_unknown, 77);
	parsed_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_1_less_than_a_header),
		cmocka_unit_test(edge_2_length_field),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(edge_3_versions_and_flags_are_given_as_they_are),
		cmocka_unit_test(edge_23_unknown_exchange_type_is_no_matter_of_syntax),
		cmocka_unit_test(edge_16_payload_length),
		cmocka_unit_test(edge_16_chain_beyond_the_end_and_bytes_left_over),
		cmocka_unit_test(edge_16_inner_chain),
		cmocka_unit_test(edge_17_number_of_payloads),
		cmocka_unit_test(edge_18_any_order),
		cmocka_unit_test(edge_18_encrypted_payload_is_last),
		cmocka_unit_test(edge_18_outside_is_not_trusted),
		cmocka_unit_test(edge_19_reserved_bits_of_the_generic_header),
		cmocka_unit_test(edge_20_singletons_come_once),
		cmocka_unit_test(edge_66_68_critical_unknown),
		cmocka_unit_test(edge_69_critical_bit_of_known_payloads),
		cmocka_unit_test(edge_66_first_of_two_critical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
