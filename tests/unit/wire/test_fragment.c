/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of cutting and joining (RFC 7383): every suite and many lengths there and back in any order,
 * each bound of cases 73 to 82, and every bit of a fragment under its integrity check.
 */
#include "frames.h"

#include "wire/fragment.h"

static uint8_t key_bytes[256];
static uint8_t chain[70000];

struct row {
	uint16_t encr, key_bits, integ;
};
static const struct row rows[] = {
	{ ENCR_AES_GCM_16, 256, 0 },
	{ ENCR_CHACHA20_POLY1305, 0, 0 },
	{ ENCR_AES_CCM_8, 128, 0 },
	{ ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_512_256 },
	{ ENCR_AES_CTR, 128, INTEG_HMAC_SHA1_96 },
	{ ENCR_3DES, 0, INTEG_HMAC_SHA1_96 },
};

static const struct ike_header header = {
	.spi_i = 0x0102030405060708,
	.spi_r = 0x1112131415161718,
	.exchange = 35,
	.flags = FLAG_INITIATOR,
	.message_id = 1,
};

static void make_suite(const struct row *r, struct sk_cipher *c, struct sk_keys *k)
{
	*c = (struct sk_cipher){ .encr = alg_find(TRANSFORM_ENCR, r->encr),
				 .key_bits = r->key_bits };
	if (r->integ)
		c->integ = alg_find(TRANSFORM_INTEG, r->integ);
	*k = (struct sk_keys){ .encr = slice(key_bytes, sk_encr_key_len(c)),
			       .integ = slice(key_bytes, sk_integ_key_len(c)) };
}

static int start_crypto(void **state)
{
	struct error e = { 0 };

	(void)state;
	for (unsigned i = 0; i < sizeof(key_bytes); i++)
		key_bytes[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(chain); i++)
		chain[i] = (uint8_t)(i * 7 + i / 256);
	return crypto_self_test(&e) ? 0 : -1;
}

/* One fragment into the set. */
static enum fragment_verdict add(struct fragments *f, struct slice one, const struct sk_cipher *c,
				 const struct sk_keys *k)
{
	struct parsed p;
	enum fragment_verdict v = FRAGMENT_DROP;

	if (parse_outer(&p, one))
		v = fragments_add(f, &p.m, p.copy, c, k);
	parsed_free(&p);
	return v;
}

static size_t cut(const struct sk_cipher *c, const struct sk_keys *k, size_t len, size_t limit,
		  struct bytes *out, struct slice list[FRAGMENTS_MAX])
{
	uint64_t counter = 9;
	struct slice all;
	size_t n = 0;

	if (!fragment_cut(&header, PAYLOAD_IDi, slice(chain, len), limit, c, k, &counter, out))
		return 0;
	all = bytes_slice(out);
	while (all.len > 0) {
		assert_true(n < FRAGMENTS_MAX);
		list[n] = fragment_next(&all);
		assert_true(list[n].len > 0 && list[n].len <= limit);
		n++;
	}
	assert_int_equal(counter, 9 + n);
	return n;
}

static void expect_joined(struct fragments *f, size_t len)
{
	struct bytes whole;
	struct slice text;
	struct ike_header h;

	assert_true(fragments_join(f, &header, &whole, &text));
	assert_int_equal(text.len, len);
	assert_memory_equal(text.data, chain, len);
	assert_true(header_parse(bytes_slice(&whole), &h));
	assert_int_equal(h.next_payload, PAYLOAD_SK);
	assert_int_equal(h.length, whole.len);
	assert_int_equal(whole.data[28], PAYLOAD_IDi);
	assert_int_equal(f->total, 0);
	bytes_free(&whole);
}

static void edge_75_there_and_back(void **state)
{
	static const size_t lens[] = { 1, 15, 16, 17, 400, 511, 512, 1000, 3333, 9000 };
	static const size_t limits[] = { 120, 548, 1228, 1248 };
	struct slice list[FRAGMENTS_MAX];

	(void)state;
	for (size_t r = 0; r < ARRAY_LEN(rows); r++)
		for (size_t i = 0; i < ARRAY_LEN(lens); i++)
			for (size_t j = 0; j < ARRAY_LEN(limits); j++) {
				struct fragments f = { 0 };
				struct sk_cipher c;
				struct sk_keys k;
				struct bytes out;
				size_t n;

				make_suite(&rows[r], &c, &k);
				n = cut(&c, &k, lens[i], limits[j], &out, list);
				if (n == 0) { /* more than 64 */
					assert_true(lens[i] / limits[j] > 20);
					continue;
				}
				/* case 75: from the last to the first */
				for (size_t x = n; x-- > 0;)
					assert_int_equal(add(&f, list[x], &c, &k),
							 x ? FRAGMENT_TAKEN : FRAGMENT_WHOLE);
				expect_joined(&f, lens[i]);
				bytes_free(&out);
			}
}

/* Case 73: numbered from 1, and only the first names an inner payload. */
static void edge_73_numbers(void **state)
{
	struct slice list[FRAGMENTS_MAX];
	struct sk_cipher c;
	struct sk_keys k;
	struct bytes out;
	size_t n;

	(void)state;
	make_suite(&rows[0], &c, &k);
	n = cut(&c, &k, 3000, 548, &out, list);
	assert_int_equal(n, 7);
	for (size_t i = 0; i < n; i++) {
		struct parsed p;
		uint16_t number, total;

		assert_true(parse_outer(&p, list[i]));
		assert_int_equal(p.m.fragment_number, i + 1);
		assert_int_equal(p.m.fragment_total, n);
		assert_int_equal(p.m.sk_inner_type, i ? PAYLOAD_NONE : PAYLOAD_IDi);
		assert_true(fragment_peek(list[i], &number, &total));
		assert_int_equal(number, i + 1);
		parsed_free(&p);
	}
	bytes_free(&out);
}

/* A fragment with other numbers than those it was sealed under; sealed anew when keys are given. */
static struct slice forged(uint8_t *buf, size_t size, uint16_t number, uint16_t total,
			   const struct sk_cipher *c, const struct sk_keys *k, size_t text_len)
{
	struct writer w = writer_over(buf, size);
	size_t block = sk_block_len(c), text = (text_len / block + 1) * block;
	size_t payload = 8 + sk_iv_len(c) + text + sk_icv_len(c);

	writer_u64(&w, header.spi_i);
	writer_u64(&w, header.spi_r);
	writer_u8(&w, PAYLOAD_SKF);
	writer_u8(&w, 0x20);
	writer_u8(&w, header.exchange);
	writer_u8(&w, header.flags);
	writer_u32(&w, header.message_id);
	writer_u32(&w, (uint32_t)(IKE_HEADER_LEN + payload));
	writer_u8(&w, PAYLOAD_IDi);
	writer_u8(&w, 0);
	writer_u16(&w, (uint16_t)payload);
	writer_u16(&w, number);
	writer_u16(&w, total);
	writer_zero(&w, sk_iv_len(c));
	writer_put(&w, slice(chain, text_len));
	writer_zero(&w, text - text_len - 1);
	writer_u8(&w, (uint8_t)(text - text_len - 1));
	writer_zero(&w, sk_icv_len(c));
	assert_int_equal(sk_seal(c, k, 1, buf, 36, text), VERDICT_OK);
	return writer_slice(&w);
}

/* Case 77. */
static void edge_77_bounds(void **state)
{
	static const uint16_t bad[][2] = { { 0, 3 },  { 4, 3 },   { 1, 0 },        { 0, 0 },
					   { 1, 65 }, { 65, 65 }, { 65535, 65535 } };
	static uint8_t buf[2000];
	struct fragments f = { 0 };
	struct sk_cipher c;
	struct sk_keys k;

	(void)state;
	make_suite(&rows[0], &c, &k);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct slice one = forged(buf, sizeof(buf), bad[i][0], bad[i][1], &c, &k, 20);

		assert_int_equal(add(&f, one, &c, &k), FRAGMENT_DROP);
		assert_int_equal(f.count, 0);
	}
	assert_int_equal(add(&f, forged(buf, sizeof(buf), 64, 64, &c, &k, 20), &c, &k),
			 FRAGMENT_TAKEN);
	assert_int_equal(add(&f, forged(buf, sizeof(buf), 1, 64, &c, &k, 20), &c, &k),
			 FRAGMENT_TAKEN);
	fragments_clear(&f);
	/* one that is alone is whole at once */
	assert_int_equal(add(&f, forged(buf, sizeof(buf), 1, 1, &c, &k, 20), &c, &k),
			 FRAGMENT_WHOLE);
	expect_joined(&f, 20);
}

/* Cases 76, 78 and 81. */
static void edge_76_78_81_sets(void **state)
{
	static uint8_t buf[2000];
	struct fragments f = { 0 };
	struct sk_cipher c;
	struct sk_keys k;
	struct slice one;

	(void)state;
	make_suite(&rows[0], &c, &k);
	one = forged(buf, sizeof(buf), 1, 3, &c, &k, 20);
	buf[one.len - 1] ^= 1;
	assert_int_equal(add(&f, one, &c, &k), FRAGMENT_DROP);
	buf[one.len - 1] ^= 1;
	assert_int_equal(add(&f, one, &c, &k), FRAGMENT_TAKEN);
	assert_int_equal(add(&f, one, &c, &k), FRAGMENT_DROP);
	assert_int_equal(add(&f, forged(buf, sizeof(buf), 2, 2, &c, &k, 20), &c, &k),
			 FRAGMENT_DROP);
	assert_int_equal(f.count, 1);
	/* a larger total of somebody else changes nothing */
	one = forged(buf, sizeof(buf), 2, 4, &c, &k, 20);
	buf[one.len - 1] ^= 1;
	assert_int_equal(add(&f, one, &c, &k), FRAGMENT_DROP);
	assert_int_equal(f.total, 3);
	buf[one.len - 1] ^= 1;
	assert_int_equal(add(&f, one, &c, &k), FRAGMENT_TAKEN);
	assert_int_equal(f.total, 4);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.bytes, 20);
	fragments_clear(&f);
}

/* Case 79: never more than 64 KiB. */
static void edge_79_bytes_cap(void **state)
{
	static uint8_t buf[4000];
	struct fragments f = { 0 };
	struct sk_cipher c;
	struct sk_keys k;
	unsigned taken = 0;

	(void)state;
	make_suite(&rows[0], &c, &k);
	for (uint16_t i = 1; i <= 64; i++)
		taken += add(&f, forged(buf, sizeof(buf), i, 64, &c, &k, 3000), &c, &k) ==
			 FRAGMENT_TAKEN;
	assert_int_equal(taken, FRAGMENTS_BYTES / 3000);
	assert_true(f.bytes <= FRAGMENTS_BYTES);
	fragments_clear(&f);
}

static void edge_76_every_bit_counts(void **state)
{
	struct slice list[FRAGMENTS_MAX];
	struct sk_cipher c;
	struct sk_keys k;
	struct bytes out;

	(void)state;
	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		make_suite(&rows[r], &c, &k);
		assert_int_equal(cut(&c, &k, 100, 140, &out, list) > 1, 1);
		for (size_t i = 0; i < list[0].len * 8; i++) {
			struct fragments f = { 0 };
			uint8_t *at = out.data + i / 8;

			*at ^= (uint8_t)(1u << i % 8);
			assert_int_equal(add(&f, list[0], &c, &k), FRAGMENT_DROP);
			*at ^= (uint8_t)(1u << i % 8);
		}
		bytes_free(&out);
	}
}

static void test_no_room(void **state)
{
	struct slice list[FRAGMENTS_MAX];
	struct sk_cipher c;
	struct sk_keys k;
	struct bytes out;

	(void)state;
	make_suite(&rows[3], &c, &k);
	for (size_t limit = 0; limit < 100; limit++)
		assert_int_equal(cut(&c, &k, 100, limit, &out, list), 0);
	assert_int_equal(cut(&c, &k, sizeof(chain), 548, &out, list), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_75_there_and_back),
		cmocka_unit_test(edge_73_numbers),
		cmocka_unit_test(edge_77_bounds),
		cmocka_unit_test(edge_76_78_81_sets),
		cmocka_unit_test(edge_79_bytes_cap),
		cmocka_unit_test(edge_76_every_bit_counts),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, start_crypto, NULL);
}
