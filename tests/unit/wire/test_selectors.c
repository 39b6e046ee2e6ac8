/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the traffic selector payloads (RFC 7296 3.13): counts, lengths of each selector, what is
 * a syntax error and what is only skipped. All is edge case 105.
 */
#include "frames.h"

static uint8_t buf[MESSAGE_MAX_LEN];

#define V4 7, 0, 0, 16, 0, 0, 255, 255, 10, 0, 0, 0, 10, 0, 0, 255
#define V4_LEN 16

static const uint8_t one_v4[] = { 1, 0, 0, 0, V4 };
static const uint8_t one_v6[] = { 1, 0, 0, 0, 8, 6, 0, 40, 0, 80, 0, 90, 0xfd, 0,    0,
				  0, 0, 0, 0, 0, 0, 0, 0,  0, 0,  0, 0,  1,    0xfd, 0,
				  0, 0, 0, 0, 0, 0, 0, 0,  0, 0,  0, 0,  0,    9 };

/* A TSi of these bytes; *usable and *declared are what was read. */
static bool parse_ts(struct slice body, unsigned *usable, unsigned *declared)
{
	struct parsed p;
	bool ok = parse_outer(&p, frame_of(buf, sizeof(buf), PAYLOAD_TSi, body));

	*usable = p.m.ts_i.count;
	*declared = p.m.ts_i.declared;
	parsed_free(&p);
	return ok;
}

static bool is_ok(struct slice body)
{
	unsigned usable, declared;

	return parse_ts(body, &usable, &declared);
}

static void edge_105_values(void **state)
{
	struct parsed p;
	char text[SELECTOR_TEXT_LEN];

	(void)state;
	assert_true(parse_outer(&p, frame_of(buf, sizeof(buf), PAYLOAD_TSi, SLICE_OF(one_v4))));
	assert_int_equal(p.m.ts_i.count, 1);
	assert_string_equal(selector_format(&p.m.ts_i.selectors[0], text, sizeof(text)),
			    "10.0.0.0/24");
	parsed_free(&p);
	assert_true(parse_outer(&p, frame_of(buf, sizeof(buf), PAYLOAD_TSr, SLICE_OF(one_v6))));
	assert_int_equal(p.m.ts_r.count, 1);
	assert_string_equal(selector_format(&p.m.ts_r.selectors[0], text, sizeof(text)),
			    "fd00::1-fd00::9/tcp/80-90");
	parsed_free(&p);
}

static void edge_105_every_truncation(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(one_v4); len++)
		assert_false(is_ok(slice(one_v4, len)));
	for (size_t len = 0; len < sizeof(one_v6); len++)
		assert_false(is_ok(slice(one_v6, len)));
	assert_true(is_ok(SLICE_OF(one_v4)));
	assert_true(is_ok(SLICE_OF(one_v6)));
}

/* Every byte left out, and every byte twice. */
static void edge_105_deleted_and_doubled_bytes(void **state)
{
	uint8_t body[sizeof(one_v6) + 1];

	(void)state;
	for (size_t at = 0; at < sizeof(one_v6); at++) {
		memcpy(body, one_v6, at);
		memcpy(body + at, one_v6 + at + 1, sizeof(one_v6) - at - 1);
		assert_false(is_ok(slice(body, sizeof(one_v6) - 1)));
		memcpy(body, one_v6, at + 1);
		memcpy(body + at + 1, one_v6 + at, sizeof(one_v6) - at);
		assert_false(is_ok(slice(body, sizeof(body))));
	}
}

static void edge_105_count_of_selectors(void **state)
{
	static uint8_t body[4 + 300 * V4_LEN];
	static const uint8_t selector[] = { V4 };
	unsigned usable, declared;

	(void)state;
	for (unsigned i = 0; i < 300; i++)
		memcpy(body + 4 + i * V4_LEN, selector, V4_LEN);
	for (unsigned said = 0; said < 256; said++) {
		for (unsigned real = 0; real <= 257; real++) {
			bool ok;

			body[0] = (uint8_t)said;
			ok = parse_ts(slice(body, 4 + real * V4_LEN), &usable, &declared);
			assert_int_equal(ok, said == real && said > 0 && said <= SELECTORS_MAX);
			if (ok)
				assert_true(usable == said && declared == said);
		}
	}
}

static void edge_105_length_of_a_selector(void **state)
{
	uint8_t v4[sizeof(one_v4)], v6[sizeof(one_v6)];

	(void)state;
	memcpy(v4, one_v4, sizeof(v4));
	memcpy(v6, one_v6, sizeof(v6));
	for (unsigned len = 0; len <= 0xffff; len++) {
		v4[6] = v6[6] = (uint8_t)(len >> 8);
		v4[7] = v6[7] = (uint8_t)len;
		assert_int_equal(is_ok(SLICE_OF(v4)), len == 16);
		assert_int_equal(is_ok(SLICE_OF(v6)), len == 40);
	}
	memcpy(v4, one_v4, sizeof(v4));
	memcpy(v6, one_v6, sizeof(v6));
	v4[4] = 8; /* the type of the other family */
	v6[4] = 7;
	assert_false(is_ok(SLICE_OF(v4)));
	assert_false(is_ok(SLICE_OF(v6)));
}

/* Types that are not known are passed over by their length (RFC 7296 2.9). */
static void edge_105_unknown_types(void **state)
{
	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		uint8_t body[] = { 3, 0, 0, 0, (uint8_t)type, 0, 0, 6, 1, 2, V4, 9, 0, 0, 4 };
		unsigned usable, declared;

		if (type == 7 || type == 8)
			continue;
		assert_true(parse_ts(SLICE_OF(body), &usable, &declared));
		assert_int_equal(usable, 1);
		assert_int_equal(declared, 3);
		body[7] = 3;
		assert_false(is_ok(SLICE_OF(body)));
	}
}

/* One selector with these ports, protocol and last address byte, then a good one. */
static unsigned usable_of(uint8_t protocol, uint16_t low, uint16_t high, uint8_t last)
{
	uint8_t body[] = { 2,
			   0,
			   0,
			   0,
			   7,
			   protocol,
			   0,
			   16,
			   (uint8_t)(low >> 8),
			   (uint8_t)low,
			   (uint8_t)(high >> 8),
			   (uint8_t)high,
			   10,
			   0,
			   0,
			   5,
			   10,
			   0,
			   0,
			   last,
			   V4 };
	unsigned usable, declared;

	assert_true(parse_ts(SLICE_OF(body), &usable, &declared));
	assert_int_equal(declared, 2);
	return usable;
}

static void edge_105_start_after_end(void **state)
{
	(void)state;
	assert_int_equal(usable_of(0, 0, 65535, 5), 2);
	assert_int_equal(usable_of(0, 0, 65535, 4), 1); /* address */
	assert_int_equal(usable_of(6, 80, 80, 5), 2);
	assert_int_equal(usable_of(6, 81, 80, 5), 1);   /* port */
	assert_int_equal(usable_of(6, 65535, 0, 5), 2); /* OPAQUE */
	assert_int_equal(usable_of(6, 65534, 0, 5), 1);
	assert_int_equal(usable_of(0, 80, 80, 5), 1); /* ports of no protocol */
}

static void edge_19_reserved_bytes(void **state)
{
	uint8_t body[sizeof(one_v4)];

	(void)state;
	memcpy(body, one_v4, sizeof(body));
	body[1] = body[2] = body[3] = 0xff;
	assert_true(is_ok(SLICE_OF(body)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_105_values),
		cmocka_unit_test(edge_105_every_truncation),
		cmocka_unit_test(edge_105_deleted_and_doubled_bytes),
		cmocka_unit_test(edge_105_count_of_selectors),
		cmocka_unit_test(edge_105_length_of_a_selector),
		cmocka_unit_test(edge_105_unknown_types),
		cmocka_unit_test(edge_105_start_after_end),
		cmocka_unit_test(edge_19_reserved_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
