/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the bodies of the payloads other than SA (RFC 7296 3.4 to 3.13): each length from 0 up,
 * reserved bytes, counts and lists over their caps. Numbers are those of the edge cases.
 */
#include "frames.h"

static uint8_t buf[MESSAGE_MAX_LEN];
static uint8_t bytes[MESSAGE_MAX_LEN];

/* Parses a message of one payload into p. */
static bool parse_body(struct parsed *p, uint8_t type, struct slice body)
{
	return parse_outer(p, frame_of(buf, sizeof(buf), type, body));
}

static void edge_25_nonce_length(void **state)
{
	(void)state;
	for (size_t len = 0; len <= 600; len++)
		assert_int_equal(body_is_ok(PAYLOAD_NONCE, slice(bytes, len)),
				 len >= 16 && len <= 256);
}

/* Payloads with four fixed bytes and a value of any length. */
static void lengths_of_ke_id_auth_and_notify(void **state)
{
	static const uint8_t types[] = { PAYLOAD_KE, PAYLOAD_IDi, PAYLOAD_IDr, PAYLOAD_AUTH,
					 PAYLOAD_NOTIFY };

	(void)state;
	memset(bytes, 0, 8);
	for (unsigned t = 0; t < ARRAY_LEN(types); t++) {
		for (size_t len = 0; len < 100; len++)
			assert_int_equal(body_is_ok(types[t], slice(bytes, len)), len >= 4);
		assert_true(body_is_ok(types[t], slice(bytes, 64000)));
	}
}

static void opaque_payloads_of_any_length(void **state)
{
	static const uint8_t types[] = { PAYLOAD_CERT, PAYLOAD_CERTREQ, PAYLOAD_VENDOR,
					 PAYLOAD_EAP };

	(void)state;
	for (unsigned t = 0; t < ARRAY_LEN(types); t++) {
		struct parsed p;

		for (size_t len = 0; len < 40; len++)
			assert_true(body_is_ok(types[t], slice(bytes, len)));
		assert_true(parse_body(&p, types[t], slice(bytes, 4)));
		assert_true(message_has(&p.m, types[t]));
		parsed_free(&p);
	}
}

/* Case 96: of many certificates the first few X.509 ones, within 32 KiB; the rest is left alone. */
static void edge_96_certificates(void **state)
{
	static const struct {
		unsigned count;
		uint8_t encoding;
		size_t len;
		unsigned kept;
	} rows[] = {
		{ 1, 4, 700, 1 },   { 8, 4, 700, 8 },   { 9, 4, 700, 8 },   { 30, 4, 700, 8 },
		{ 5, 1, 700, 0 },   { 5, 12, 60, 0 },   { 5, 13, 60, 0 },   { 5, 0, 10, 0 },
		{ 5, 255, 10, 0 },  { 3, 4, 0, 0 },     { 1, 4, 32768, 1 }, { 1, 4, 32769, 0 },
		{ 4, 4, 10000, 3 }, { 2, 4, 16384, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena arena = { 0 };
		struct message m = { 0 };
		struct writer w = writer_over(buf, sizeof(buf));

		for (unsigned n = 0; n < rows[i].count; n++) {
			writer_u8(&w, n + 1 < rows[i].count ? PAYLOAD_CERT : PAYLOAD_NONE);
			writer_u8(&w, 0);
			writer_u16(&w, (uint16_t)(5 + rows[i].len));
			writer_u8(&w, rows[i].encoding);
			writer_zero(&w, rows[i].len);
		}
		m.sk_inner_type = PAYLOAD_CERT;
		assert_true(message_parse_inner(writer_slice(&w), &arena, &m));
		assert_int_equal(m.cert_count, rows[i].kept);
		assert_int_equal(m.certs_skipped, rows[i].count - rows[i].kept);
		arena_free(&arena);
	}
}

static void edge_19_reserved_bytes(void **state)
{
	static const uint8_t body[] = { 2, 0xaa, 0xbb, 0xcc, 'a', 'b' };
	struct parsed p;

	(void)state;
	assert_true(parse_body(&p, PAYLOAD_IDi, SLICE_OF(body)));
	assert_int_equal(p.m.id_i.type, 2);
	assert_true(slice_eq(p.m.id_i.body, slice_str("ab")));
	assert_true(slice_eq(p.m.id_i.whole, SLICE_OF(body))); /* as received, for AUTH */
	parsed_free(&p);
	assert_true(parse_body(&p, PAYLOAD_IDr, SLICE_OF(body)));
	assert_true(slice_eq(p.m.id_r.whole, SLICE_OF(body)));
	parsed_free(&p);
	assert_true(parse_body(&p, PAYLOAD_AUTH, SLICE_OF(body)));
	assert_int_equal(p.m.auth.method, 2);
	assert_true(slice_eq(p.m.auth.data, slice_str("ab")));
	parsed_free(&p);
	assert_true(parse_body(&p, PAYLOAD_KE, SLICE_OF(body)));
	assert_int_equal(p.m.ke.group, 0x2aa);
	assert_true(slice_eq(p.m.ke.value, slice_str("ab")));
	parsed_free(&p);
}

static void notify_spi_sizes(void **state)
{
	struct parsed p;

	(void)state;
	for (size_t len = 4; len < 40; len++) {
		for (unsigned spi_len = 0; spi_len < 256; spi_len++) {
			uint8_t body[40] = { PROTOCOL_ESP, (uint8_t)spi_len, 0x40, 0x09 };
			bool ok = parse_body(&p, PAYLOAD_NOTIFY, slice(body, len));

			assert_int_equal(ok, spi_len <= len - 4);
			assert_int_equal(p.m.notify_count, ok);
			if (ok) {
				assert_int_equal(p.m.notifies[0].type, N_REKEY_SA);
				assert_int_equal(p.m.notifies[0].spi.len, spi_len);
				assert_int_equal(p.m.notifies[0].data.len, len - 4 - spi_len);
			}
			parsed_free(&p);
		}
	}
}

static void notifies_over_the_cap_are_skipped(void **state)
{
	struct builder b;
	struct parsed p;

	(void)state;
	start(&b, buf, sizeof(buf));
	for (uint16_t i = 0; i < 64; i++)
		builder_notify(&b, 0, SLICE_EMPTY, (uint16_t)(16380 + i), SLICE_EMPTY);
	assert_true(parse_outer(&p, builder_finish(&b)));
	assert_int_equal(p.m.notify_count, MESSAGE_MAX_NOTIFIES);
	assert_int_equal(message_error_notify(&p.m)->type, 16380);
	assert_non_null(message_notify(&p.m, 16384));
	assert_null(message_notify(&p.m, 16380 + MESSAGE_MAX_NOTIFIES));
	parsed_free(&p);
	assert_true(parse_body(&p, PAYLOAD_NOTIFY, slice("\0\0\x40\0", 4)));
	assert_null(message_error_notify(&p.m));
	parsed_free(&p);
}

static void edge_150_delete_sizes_and_counts(void **state)
{
	static const uint16_t counts[] = { 0, 1, 2, 3, 16, 0x4000, 0x8000, 0xffff };

	(void)state;
	for (unsigned protocol = 0; protocol < 6; protocol++) {
		for (unsigned spi_len = 0; spi_len < 256; spi_len++) {
			for (unsigned i = 0; i < ARRAY_LEN(counts); i++) {
				uint8_t body[24] = { (uint8_t)protocol, (uint8_t)spi_len,
						     (uint8_t)(counts[i] >> 8),
						     (uint8_t)counts[i] };
				size_t need = 4 + (size_t)counts[i] * spi_len;

				for (size_t len = 0; len <= sizeof(body); len += 4)
					assert_int_equal(
						body_is_ok(PAYLOAD_DELETE, slice(body, len)),
						len == need &&
							spi_len ==
								(protocol == PROTOCOL_IKE ? 0 : 4));
			}
		}
	}
}

static void edge_149_delete_of_many(void **state)
{
	uint32_t spis[300];
	struct builder b;
	struct parsed p;

	(void)state;
	for (uint32_t i = 0; i < 300; i++)
		spis[i] = 0x1000 + i;
	start(&b, buf, sizeof(buf));
	for (unsigned i = 0; i < 20; i++)
		builder_delete(&b, PROTOCOL_ESP, spis, 300);
	assert_true(parse_outer(&p, builder_finish(&b)));
	assert_int_equal(p.m.delete_count, MESSAGE_MAX_DELETES);
	assert_int_equal(p.m.deletes[15].count, 300);
	assert_int_equal(p.m.deletes[15].spis.len, 1200);
	assert_int_equal(p.m.deletes[15].spis.data[1199], 0x2b);
	parsed_free(&p);
}

/* RFC 7296 3.15: every attribute is whole, and a bad length of one is its reader's business. */
static void configuration_attributes(void **state)
{
	static const uint8_t address[17] = { 0xfd, [15] = 1, [16] = 128 };
	uint8_t buffer[2000];
	struct builder b;
	struct parsed p;

	(void)state;
	builder_start(&b, buffer, sizeof(buffer), &(struct ike_header){ .major = 2 });
	builder_cp(&b, CP_REQUEST);
	builder_cp_attribute(&b, CP_INTERNAL_IP4_ADDRESS, SLICE_EMPTY);
	builder_cp_attribute(&b, CP_INTERNAL_IP6_ADDRESS | 0x8000, slice(address, 17));
	builder_cp_attribute(&b, CP_INTERNAL_IP6_ADDRESS, slice(address, 3));
	for (unsigned i = 0; i < 80; i++)
		builder_cp_attribute(&b, 16000, slice(address, i % 5));
	assert_true(parse_outer(&p, builder_finish(&b)));
	assert_int_equal(p.m.cp.type, CP_REQUEST);
	assert_int_equal(p.m.cp.count, CP_ATTRIBUTES_MAX);
	assert_int_equal(message_cp(&p.m, CP_INTERNAL_IP4_ADDRESS, 0)->value.len, 0);
	assert_null(message_cp(&p.m, CP_INTERNAL_IP4_ADDRESS, 1));
	assert_memory_equal(message_cp(&p.m, CP_INTERNAL_IP6_ADDRESS, 0)->value.data, address, 17);
	assert_int_equal(message_cp(&p.m, CP_INTERNAL_IP6_ADDRESS, 1)->value.len, 3);
	assert_null(message_cp(&p.m, CP_INTERNAL_IP6_ADDRESS, 2));
	parsed_free(&p);
	memset(bytes, 0, 16);
	for (size_t len = 0; len < 16; len++)
		assert_int_equal(body_is_ok(PAYLOAD_CP, slice(bytes, len)),
				 len >= 4 && len % 4 == 0);
	bytes[7] = 5; /* one byte more than there is */
	assert_false(body_is_ok(PAYLOAD_CP, slice(bytes, 12)));
	assert_true(body_is_ok(PAYLOAD_CP, slice(bytes, 13)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_25_nonce_length),
		cmocka_unit_test(lengths_of_ke_id_auth_and_notify),
		cmocka_unit_test(opaque_payloads_of_any_length),
		cmocka_unit_test(edge_19_reserved_bytes),
		cmocka_unit_test(edge_96_certificates),
		cmocka_unit_test(notify_spi_sizes),
		cmocka_unit_test(notifies_over_the_cap_are_skipped),
		cmocka_unit_test(edge_150_delete_sizes_and_counts),
		cmocka_unit_test(edge_149_delete_of_many),
		cmocka_unit_test(configuration_attributes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
