/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the SA payload (RFC 7296 3.3): the nesting of proposals, transforms and attributes, what
 * makes a transform unusable, and the caps on what is stored. Numbers are those of the edge cases.
 */
#include "frames.h"

#include <time.h>

static uint8_t buf[MESSAGE_MAX_LEN];
static uint8_t big[MESSAGE_MAX_LEN];

/* Two proposals; the first has an SPI, a key length and two transforms. */
static const uint8_t two[] = {
	2, 0, 0, 32, 1, 3, 4, 2, 0xaa, 0xbb, 0xcc, 0xdd, 3, 0, 0, 12, 1, 0, 0, 20, 0x80, 14, 1, 0,
	0, 0, 0, 8,  5, 0, 0, 1, 0,    0,    0,    16,   2, 3, 0, 1,  0, 0, 0, 8,  1,    0,  0, 28,
};

static bool parse_sa(struct parsed *p, struct slice body)
{
	return parse_outer(p, frame_of(buf, sizeof(buf), PAYLOAD_SA, body));
}

static bool is_ok(struct slice body)
{
	return body_is_ok(PAYLOAD_SA, body);
}

static void values(void **state)
{
	const struct proposal *list;
	struct parsed p;

	(void)state;
	assert_true(parse_sa(&p, SLICE_OF(two)));
	assert_int_equal(p.m.sa.count, 2);
	list = p.m.sa.proposals;
	assert_int_equal(list[0].number, 1);
	assert_int_equal(list[0].protocol, PROTOCOL_ESP);
	assert_true(slice_eq(list[0].spi, slice("\xaa\xbb\xcc\xdd", 4)));
	assert_int_equal(list[0].count, 2);
	assert_int_equal(list[0].transforms[0].type, 1);
	assert_int_equal(list[0].transforms[0].id, 20);
	assert_int_equal(list[0].transforms[0].key_bits, 256);
	assert_true(list[0].transforms[0].is_usable);
	assert_int_equal(list[0].transforms[1].type, 5);
	assert_int_equal(list[0].transforms[1].id, 1);
	assert_int_equal(list[1].number, 2);
	assert_int_equal(list[1].spi.len, 0);
	assert_int_equal(list[1].transforms[0].id, 28);
	assert_int_equal(list[1].transforms[0].key_bits, 0);
	parsed_free(&p);
}

static void every_truncation_deletion_and_doubling(void **state)
{
	uint8_t body[sizeof(two) + 1];

	(void)state;
	for (size_t len = 0; len < sizeof(two); len++)
		assert_false(is_ok(slice(two, len)));
	for (size_t at = 0; at < sizeof(two); at++) {
		memcpy(body, two, at);
		memcpy(body + at, two + at + 1, sizeof(two) - at - 1);
		assert_false(is_ok(slice(body, sizeof(two) - 1)));
		memcpy(body, two, at + 1);
		memcpy(body + at + 1, two + at, sizeof(two) - at);
		assert_false(is_ok(slice(body, sizeof(body))));
	}
}

/* Each byte of structure with each of its values: only the right one will do. */
static void structure_bytes(void **state)
{
	static const uint8_t at[] = { 0,  2,  3,  6,  7,  12, 14, 15, 24, 26,
				      27, 32, 34, 35, 38, 39, 40, 42, 43 };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(at); i++) {
		for (unsigned value = 0; value < 256; value++) {
			uint8_t body[sizeof(two)];

			memcpy(body, two, sizeof(two));
			body[at[i]] = (uint8_t)value;
			assert_int_equal(is_ok(SLICE_OF(body)), value == two[at[i]]);
		}
	}
}

static void edge_19_reserved_bytes(void **state)
{
	static const uint8_t at[] = { 1, 13, 17, 25, 29, 33, 41, 45 };
	uint8_t body[sizeof(two)];

	(void)state;
	memcpy(body, two, sizeof(two));
	for (unsigned i = 0; i < ARRAY_LEN(at); i++)
		body[at[i]] = 0xff;
	assert_true(is_ok(SLICE_OF(body)));
}

/* The first transform of a message of one, with these attributes. */
static struct transform with_attributes(struct slice attributes, bool *ok)
{
	uint8_t body[80] = { 0, 0, 0, (uint8_t)(16 + attributes.len), 1, 1, 0, 1,
			     0, 0, 0, (uint8_t)(8 + attributes.len),  1, 0, 0, 12 };
	struct transform t = { 0 };
	struct parsed p;

	memcpy(body + 16, attributes.data, attributes.len);
	*ok = parse_sa(&p, slice(body, 16 + attributes.len));
	if (*ok)
		t = p.m.sa.proposals[0].transforms[0];
	parsed_free(&p);
	return t;
}

static void check_attributes(const char *raw, size_t len, bool ok, bool usable, unsigned bits)
{
	bool parsed;
	struct transform t = with_attributes(slice(raw, len), &parsed);

	assert_int_equal(parsed, ok);
	assert_int_equal(t.is_usable, usable);
	if (usable)
		assert_int_equal(t.key_bits, bits);
}

static void edge_61_attributes(void **state)
{
	(void)state;
	check_attributes("", 0, true, true, 0);
	check_attributes("\x80\x0e\x01\x00", 4, true, true, 256);
	check_attributes("\x80\x0e\x00\x07", 4, true, true, 7);
	check_attributes("\x80\x0e\xff\xff", 4, true, true, 65535);
	check_attributes("\x80\x0e\x00\x00", 4, true, false, 0);
	check_attributes("\x80\x0f\x01\x00", 4, true, false, 0); /* not known */
	check_attributes("\x80\x0e\x01\x00\x80\x0e\x01\x00", 8, true, false, 0);
	check_attributes("\x80\x0e\x01\x00\x80\x63\x00\x01", 8, true, false, 0);
	check_attributes("\x00\x0e\x00\x02\x01\x00", 6, true, false, 0); /* TLV */
	check_attributes("\x00\x63\x00\x00", 4, true, false, 0);
	check_attributes("\x00\x63\x00\x01", 4, false, false, 0);
	for (size_t len = 1; len < 4; len++)
		check_attributes("\x80\x0e\x01\x00", len, false, false, 0);
}

static void edge_62_unknown_types_and_ids_are_no_syntax_error(void **state)
{
	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		uint8_t body[] = { 0, 0,    0,   16, 1, 77, 0, 1, 0, 0, 0, 8, (uint8_t)type,
				   0, 0xff, 0xfe };
		struct parsed p;

		assert_true(parse_sa(&p, SLICE_OF(body)));
		assert_int_equal(p.m.sa.proposals[0].transforms[0].type, type);
		assert_int_equal(p.m.sa.proposals[0].transforms[0].id, 0xfffe);
		parsed_free(&p);
	}
}

/* A body of proposals with so many transforms each. */
static struct slice many(unsigned proposals, unsigned transforms)
{
	struct writer w = writer_over(big, sizeof(big));

	for (unsigned i = 0; i < proposals; i++) {
		writer_u8(&w, i + 1 < proposals ? 2 : 0);
		writer_u8(&w, 0);
		writer_u16(&w, (uint16_t)(8 + 8 * transforms));
		writer_u32(&w, (uint32_t)(i + 1) << 24 | 1 << 16 | transforms);
		for (unsigned k = 0; k < transforms; k++) {
			writer_u32(&w, (k + 1 < transforms ? 3u << 24 : 0) | 8);
			writer_u32(&w, 1u << 24 | k);
		}
	}
	return writer_slice(&w);
}

static void check_many(unsigned proposals, unsigned transforms)
{
	struct slice body = many(proposals, transforms);
	unsigned stored = 0, all = proposals < PROPOSALS_MAX ? proposals : PROPOSALS_MAX;
	struct parsed p;

	assert_int_not_equal(body.len, 0);
	assert_true(parse_sa(&p, body));
	assert_int_equal(p.m.sa.count, all);
	for (unsigned i = 0; i < p.m.sa.count; i++)
		stored += p.m.sa.proposals[i].count;
	all *= transforms;
	assert_int_equal(stored, all < TRANSFORMS_MAX ? all : TRANSFORMS_MAX);
	parsed_free(&p);
}

static void edge_63_caps(void **state)
{
	struct timespec from, to;

	(void)state;
	check_many(1, 0);
	check_many(1, 255);
	check_many(4, 255);
	check_many(5, 255);
	check_many(31, 255);
	check_many(64, 16);
	check_many(64, 17);
	check_many(65, 1);
	check_many(255, 30);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (unsigned i = 0; i < 100; i++)
		check_many(31, 255);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	assert_true(to.tv_sec - from.tv_sec < 2); /* 100 times 64 KiB, made and read */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(every_truncation_deletion_and_doubling),
		cmocka_unit_test(structure_bytes),
		cmocka_unit_test(edge_19_reserved_bytes),
		cmocka_unit_test(edge_61_attributes),
		cmocka_unit_test(edge_62_unknown_types_and_ids_are_no_syntax_error),
		cmocka_unit_test(edge_63_caps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
