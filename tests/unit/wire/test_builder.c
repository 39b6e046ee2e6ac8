/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the builder: the exact bytes of RFC 7296 section 3, what is built reads back the same,
 * every buffer that is too small gives nothing, and the padding of SK.
 */
#include "frames.h"

#include "../base/prng.h"

static uint8_t buf[70000];

static void bytes_of_sa_and_nonce(void **state)
{
	static const uint8_t expected[] = {
		1,    2,    3,    4,    5, 6, 7, 8,  0,    0,  0, 0,   0,  0, 0, 0,
		33,   0x20, 34,   8,    0, 0, 0, 0,  0,    0,  0, 108, 40, 0, 0, 60, /* SA */
		2,    0,    0,    28,   1, 1, 0, 2, /* proposal 1 */
		3,    0,    0,    12,   1, 0, 0, 20, 0x80, 14, 1, 0,   0,  0, 0, 8,
		4,    0,    0,    31,   0, 0, 0, 28, 2,    1,  8, 1, /* proposal 2, with an SPI */
		0xde, 0xad, 0xbe, 0xef, 0, 0, 0, 1,  0,    0,  0, 12,  1,  0, 0, 12,
		0x80, 14,   0,    128,  0, 0, 0, 20, 0,    0,  0, 0,   0,  0, 0, 0,
		0,    0,    0,    0,    0, 0, 0, 0, /* Ni */
	};
	struct builder b;

	(void)state;
	start(&b, buf, sizeof(buf));
	builder_payload(&b, PAYLOAD_SA);
	builder_proposal(&b, 1, PROTOCOL_IKE, SLICE_EMPTY);
	builder_transform(&b, 1, 20, 256);
	builder_transform(&b, 4, 31, 0);
	builder_proposal(&b, 2, PROTOCOL_IKE, slice("\xde\xad\xbe\xef\0\0\0\x01", 8));
	builder_transform(&b, 1, 12, 128);
	builder_payload(&b, PAYLOAD_NONCE);
	writer_zero(builder_body(&b), 16);
	assert_true(slice_eq(builder_finish(&b), SLICE_OF(expected)));
}

static void bytes_of_the_other_payloads(void **state)
{
	static const uint8_t expected[] = {
		34,  0x20, 34,  8,   0,   0,  0, 0,  0,  0,  0,  113,  35,   0,   0,  10, 0,  31,
		0,   0,    'k', 'e', 39,  0,  0, 10, 2,  0,  0,  0,    'i',  'd', 41, 0,  0,  9,
		14,  0,    0,   0,   'a', 42, 0, 0,  14, 3,  4,  0x40, 0x09, 1,   2,  3,  4,  'n',
		'o', 42,   0,   0,   16,  3,  4, 0,  2,  1,  2,  3,    4,    5,   6,  7,  8,  44,
		0,   0,    8,   1,   0,   0,  0, 0,  0,  0,  24, 1,    0,    0,   0,  7,  17, 0,
		16,  1,    0,   2,   0,   10, 1, 0,  0,  10, 1,  0,    255,
	};
	static const uint32_t spis[] = { 0x01020304, 0x05060708 };
	struct selector s = { .protocol = 17, .start_port = 256, .end_port = 512 };
	struct builder b;
	struct slice all;

	(void)state;
	address_parse("10.1.0.0", &s.range.start);
	address_parse("10.1.0.255", &s.range.end);
	start(&b, buf, sizeof(buf));
	builder_ke(&b, 31, slice_str("ke"));
	builder_id(&b, PAYLOAD_IDi, 2, slice_str("id"));
	builder_auth(&b, 14, slice_str("a"));
	builder_notify(&b, PROTOCOL_ESP, slice("\1\2\3\4", 4), N_REKEY_SA, slice_str("no"));
	builder_delete(&b, PROTOCOL_ESP, spis, 2);
	builder_delete(&b, PROTOCOL_IKE, NULL, 0);
	builder_ts(&b, PAYLOAD_TSi, &s, 1);
	all = builder_finish(&b);
	assert_int_equal(all.len, 16 + sizeof(expected));
	assert_memory_equal(all.data + 28, expected + 12, sizeof(expected) - 12);
}

static struct slice random_bytes_of(uint64_t *seed, uint8_t *out, size_t max)
{
	size_t len = (size_t)prng_below(seed, max + 1);

	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)prng_next(seed);
	return slice(out, len);
}

static struct selector random_selector(uint64_t *seed)
{
	struct selector s = { .protocol = (uint8_t)prng_next(seed) };
	uint8_t raw[16];
	size_t len = prng_below(seed, 2) ? 4 : 16;

	for (size_t i = 0; i < len; i++)
		raw[i] = (uint8_t)prng_next(seed);
	address_from(slice(raw, len), &s.range.start);
	raw[0] = 0xff;
	address_from(slice(raw, len), &s.range.end);
	s.start_port = s.protocol ? (uint16_t)prng_below(seed, 0x8000) : 0;
	s.end_port = s.protocol ? (uint16_t)(s.start_port + prng_below(seed, 0x8000)) : 0xffff;
	if (s.protocol && prng_below(seed, 4) == 0) {
		s.start_port = 0xffff; /* OPAQUE */
		s.end_port = 0;
	}
	return s;
}

/* parse(build(x)) == x for SA. */
static void round_trip_of_proposals(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (unsigned run = 0; run < 2000; run++) {
		unsigned proposals = 1 + (unsigned)prng_below(&seed, 6);
		uint64_t again;
		struct builder b;
		struct parsed p;
		uint8_t spi[8];

		start(&b, buf, sizeof(buf));
		builder_payload(&b, PAYLOAD_SA);
		again = seed;
		for (unsigned i = 0; i < proposals; i++) {
			struct slice s = random_bytes_of(&seed, spi, sizeof(spi));

			builder_proposal(&b, (uint8_t)(i + 1), (uint8_t)prng_next(&seed), s);
			for (unsigned k = (unsigned)prng_below(&seed, 20); k > 0; k--) {
				uint8_t type = (uint8_t)prng_next(&seed);
				uint16_t id = (uint16_t)prng_next(&seed);

				builder_transform(&b, type, id, (uint16_t)prng_below(&seed, 3));
			}
		}
		assert_true(parse_outer(&p, builder_finish(&b)));
		assert_int_equal(p.m.sa.count, proposals);
		seed = again;
		for (unsigned i = 0; i < proposals; i++) {
			const struct proposal *one = &p.m.sa.proposals[i];
			struct slice s = random_bytes_of(&seed, spi, sizeof(spi));

			assert_true(slice_eq(one->spi, s));
			assert_int_equal(one->number, i + 1);
			assert_int_equal(one->protocol, (uint8_t)prng_next(&seed));
			assert_int_equal(one->count, prng_below(&seed, 20));
			for (unsigned k = 0; k < one->count; k++) {
				assert_int_equal(one->transforms[k].type,
						 (uint8_t)prng_next(&seed));
				assert_int_equal(one->transforms[k].id, (uint16_t)prng_next(&seed));
				assert_int_equal(one->transforms[k].key_bits, prng_below(&seed, 3));
				assert_true(one->transforms[k].is_usable);
			}
		}
		parsed_free(&p);
	}
}

static void round_trip_of_selectors(void **state)
{
	uint64_t seed = 2;

	(void)state;
	for (unsigned run = 0; run < 2000; run++) {
		struct selector list[SELECTORS_MAX];
		uint8_t count = (uint8_t)(1 + prng_below(&seed, SELECTORS_MAX));
		struct builder b;
		struct parsed p;

		for (unsigned i = 0; i < count; i++)
			list[i] = random_selector(&seed);
		start(&b, buf, sizeof(buf));
		builder_ts(&b, PAYLOAD_TSi, list, count);
		builder_ts(&b, PAYLOAD_TSr, list, 1);
		assert_true(parse_outer(&p, builder_finish(&b)));
		assert_int_equal(p.m.ts_i.count, count);
		assert_int_equal(p.m.ts_r.count, 1);
		for (unsigned i = 0; i < count; i++)
			assert_true(selector_eq(&p.m.ts_i.selectors[i], &list[i]));
		parsed_free(&p);
	}
}

static void round_trip_of_values(void **state)
{
	uint8_t a[300], c[300], d[8];
	uint64_t seed = 3;

	(void)state;
	for (unsigned run = 0; run < 2000; run++) {
		struct slice value = random_bytes_of(&seed, a, sizeof(a));
		struct slice data = random_bytes_of(&seed, c, sizeof(c));
		struct slice spi = random_bytes_of(&seed, d, sizeof(d));
		uint16_t n = (uint16_t)prng_next(&seed);
		uint8_t u = (uint8_t)prng_next(&seed);
		struct builder b;
		struct parsed p;

		start(&b, buf, sizeof(buf));
		builder_ke(&b, n, value);
		builder_id(&b, PAYLOAD_IDi, u, value);
		builder_id(&b, PAYLOAD_IDr, u, data);
		builder_auth(&b, u, data);
		builder_notify(&b, u, spi, n, data);
		assert_true(parse_outer(&p, builder_finish(&b)));
		assert_true(p.m.ke.group == n && slice_eq(p.m.ke.value, value));
		assert_true(p.m.id_i.type == u && slice_eq(p.m.id_i.body, value));
		assert_int_equal(p.m.id_i.whole.len, value.len + 4);
		assert_true(p.m.id_r.type == u && slice_eq(p.m.id_r.body, data));
		assert_true(p.m.auth.method == u && slice_eq(p.m.auth.data, data));
		assert_int_equal(p.m.notify_count, 1);
		assert_true(p.m.notifies[0].protocol == u && p.m.notifies[0].type == n);
		assert_true(slice_eq(p.m.notifies[0].spi, spi));
		assert_true(slice_eq(p.m.notifies[0].data, data));
		parsed_free(&p);
	}
}

static void header_fields(void **state)
{
	struct ike_header h = { .spi_i = 0x1122334455667788,
				.spi_r = 0x99aabbccddeeff00,
				.exchange = EXCHANGE_INFORMATIONAL,
				.flags = FLAG_RESPONSE,
				.message_id = 0xfffffffe };
	struct builder b;
	struct parsed p;

	(void)state;
	builder_start(&b, buf, sizeof(buf), &h);
	assert_true(parse_outer(&p, builder_finish(&b)));
	assert_true(p.m.header.spi_i == h.spi_i && p.m.header.spi_r == h.spi_r);
	assert_int_equal(p.m.header.major, 2);
	assert_int_equal(p.m.header.minor, 0);
	assert_int_equal(p.m.header.exchange, EXCHANGE_INFORMATIONAL);
	assert_int_equal(p.m.header.message_id, 0xfffffffe);
	assert_int_equal(p.m.header.length, 28);
	assert_true(message_is_response(&p.m));
	parsed_free(&p);
}

/* Everything at once into a buffer of this size. */
static struct slice build_all(size_t size, bool sk)
{
	static const uint32_t spis[] = { 0x10203040 };
	struct selector s = selector_all(FAMILY_IPV6);
	uint8_t *exact = malloc(size);
	size_t associated, text;
	struct slice all;
	struct builder b;

	assert_non_null(exact);
	start(&b, exact, size);
	if (sk)
		builder_open_sk(&b, 8);
	builder_payload(&b, PAYLOAD_SA);
	for (uint8_t i = 1; i < 4; i++) {
		builder_proposal(&b, i, PROTOCOL_ESP, slice("abcd", 4));
		builder_transform(&b, 1, 20, 256);
		builder_transform(&b, 5, 0, 0);
	}
	builder_ke(&b, 19, slice("0123456789", 10));
	builder_notify(&b, 3, slice("spi4", 4), 16393, SLICE_EMPTY);
	builder_delete(&b, PROTOCOL_ESP, spis, 1);
	builder_ts(&b, PAYLOAD_TSr, &s, 1);
	all = sk ? builder_finish_sk(&b, 1, 16, &associated, &text) : builder_finish(&b);
	free(exact);
	return slice(NULL, all.len);
}

static void a_buffer_too_small_gives_nothing(void **state)
{
	(void)state;
	for (unsigned sk = 0; sk < 2; sk++) {
		size_t need = build_all(sizeof(buf), sk).len;

		assert_int_not_equal(need, 0);
		for (size_t size = 1; size < need; size++)
			assert_int_equal(build_all(size, sk).len, 0);
		assert_int_equal(build_all(need, sk).len, need);
	}
}

static void the_longest_message(void **state)
{
	static const uint8_t big[MESSAGE_MAX_LEN];
	struct builder b;

	(void)state;
	for (size_t len = MESSAGE_MAX_LEN - 40; len < MESSAGE_MAX_LEN; len++) {
		start(&b, buf, sizeof(buf));
		builder_raw(&b, PAYLOAD_VENDOR, slice(big, len));
		assert_int_equal(builder_finish(&b).len,
				 len <= MESSAGE_MAX_LEN - 32 ? len + 32 : 0);
	}
}

static void padding_of_sk(void **state)
{
	static const size_t blocks[] = { 1, 8, 16 };
	static const uint8_t body[64];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(blocks); i++) {
		for (size_t len = 0; len < sizeof(body); len++) {
			size_t associated, text, pad;
			struct builder b;
			struct parsed p;
			struct slice all;

			start(&b, buf, sizeof(buf));
			builder_raw(&b, PAYLOAD_VENDOR, SLICE_EMPTY);
			builder_open_sk(&b, 16);
			builder_raw(&b, PAYLOAD_NONCE, slice(body, len));
			all = builder_finish_sk(&b, blocks[i], 12, &associated, &text);
			assert_int_equal(associated, 36);
			assert_int_equal(text % blocks[i], 0);
			pad = all.data[associated + 16 + text - 1];
			assert_true(pad < blocks[i]);
			assert_int_equal(text, 4 + len + pad + 1);
			assert_int_equal(all.len, associated + 16 + text + 12);
			assert_true(parse_outer(&p, all));
			assert_int_equal(p.m.sk_offset, 32);
			assert_int_equal(p.m.sk_inner_type, PAYLOAD_NONCE);
			parsed_free(&p);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_of_sa_and_nonce),
		cmocka_unit_test(bytes_of_the_other_payloads),
		cmocka_unit_test(round_trip_of_proposals),
		cmocka_unit_test(round_trip_of_selectors),
		cmocka_unit_test(round_trip_of_values),
		cmocka_unit_test(header_fields),
		cmocka_unit_test(a_buffer_too_small_gives_nothing),
		cmocka_unit_test(the_longest_message),
		cmocka_unit_test(padding_of_sk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
