/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzing of reassembly with real keys: the input says which fragments come, of which numbers and
 * totals, whole or spoilt; each is sealed as a peer would. A set never grows over its bounds, and
 * what becomes whole is exactly what was put in.
 */
#include <string.h>

#include "wire/fragment.h"
#include "wire_check.h"

#define STEP 6

static struct sk_cipher cipher;
static struct sk_keys keys;
static uint8_t key_bytes[64];

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct error e = { 0 };

	(void)argc;
	(void)argv;
	check(crypto_self_test(&e));
	cipher.encr = alg_find(TRANSFORM_ENCR, ENCR_AES_GCM_16);
	cipher.key_bits = 128;
	keys.encr = slice(key_bytes, sk_encr_key_len(&cipher));
	return 0;
}

static size_t make(uint8_t *buf, size_t size, uint32_t id, uint16_t number, uint16_t total,
		   size_t text)
{
	struct writer w = writer_over(buf, size);
	size_t payload = 8 + sk_iv_len(&cipher) + text + 1 + sk_icv_len(&cipher);

	writer_u64(&w, 1);
	writer_u64(&w, 2);
	writer_u32(&w, (uint32_t)PAYLOAD_SKF << 24 | 0x202308);
	writer_u32(&w, id);
	writer_u32(&w, (uint32_t)(IKE_HEADER_LEN + payload));
	writer_u32(&w, (uint32_t)PAYLOAD_IDi << 24 | (uint32_t)payload);
	writer_u16(&w, number);
	writer_u16(&w, total);
	writer_zero(&w, sk_iv_len(&cipher));
	for (size_t i = 0; i < text; i++)
		writer_u8(&w, (uint8_t)number);
	writer_u8(&w, 0);
	writer_zero(&w, sk_icv_len(&cipher));
	check(writer_ok(&w) && sk_seal(&cipher, &keys, 1, buf, 36, text + 1) == VERDICT_OK);
	return w.len;
}

static void check_whole(struct fragments *f, const struct ike_header *h)
{
	size_t bytes = f->bytes;
	uint16_t total = f->total;
	struct bytes whole;
	struct slice text;
	uint8_t last = 0;

	check(f->count == total && fragments_join(f, h, &whole, &text) && text.len == bytes);
	for (size_t i = 0; i < text.len; i++) {
		check(text.data[i] >= last && text.data[i] <= total);
		last = text.data[i];
	}
	bytes_free(&whole);
}

/* A step: message ID, number, total, two bytes of length, what is spoilt. */
static void step(struct fragments *f, const uint8_t *s)
{
	static uint8_t buf[2100];
	cleanup(arena_free) struct arena arena = { 0 };
	size_t len = make(buf, sizeof(buf), s[0] & 1, s[1] % 70, s[2] % 70,
			  (size_t)(s[3] << 8 | s[4]) % 2000);
	struct fragments before = *f;
	struct message m;
	enum fragment_verdict v;

	if (s[5] & 1)
		buf[s[5] * 7u % len] ^= s[5];
	if (!message_parse(slice(buf, len), &arena, &m))
		return;
	v = fragments_add(f, &m, buf, &cipher, &keys);
	check(!(s[5] & 1) || v == FRAGMENT_DROP);
	check(v != FRAGMENT_DROP || f->total == 0 || f->count == before.count);
	check(f->count <= FRAGMENTS_MAX && f->bytes <= FRAGMENTS_BYTES && f->count <= f->total);
	if (v == FRAGMENT_WHOLE)
		check_whole(f, &m.header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fragments f = { 0 };

	for (size_t i = 0; i + STEP <= size && i < 200 * STEP; i += STEP)
		step(&f, data + i);
	fragments_clear(&f);
	return 0;
}
