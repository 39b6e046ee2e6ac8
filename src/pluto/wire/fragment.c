/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting and joining (RFC 7383 2.5, 2.6). Used by core/send.c and core/reassembly.c. */
#include "wire/fragment.h"

#include <string.h>

static void put_header(struct writer *w, const struct ike_header *h, uint8_t payload, size_t len)
{
	writer_u64(w, h->spi_i);
	writer_u64(w, h->spi_r);
	writer_u8(w, payload);
	writer_u8(w, 0x20);
	writer_u8(w, h->exchange);
	writer_u8(w, h->flags);
	writer_u32(w, h->message_id);
	writer_u32(w, (uint32_t)len);
}

/* Bytes of the chain that one fragment holds; 0: the limit leaves no room. */
static size_t room(const struct sk_cipher *c, size_t limit)
{
	size_t block = sk_block_len(c);
	size_t around = IKE_HEADER_LEN + FRAGMENT_HEADER_LEN + sk_iv_len(c) + sk_icv_len(c);

	/* whole blocks, the pad length among them */
	return limit < around + block ? 0 : (limit - around) / block * block - 1;
}

struct cut {
	const struct ike_header *header;
	const struct sk_cipher *cipher;
	const struct sk_keys *keys;
	uint16_t total;
};

/* One fragment at the end of w. */
static bool put_fragment(const struct cut *k, uint16_t number, uint8_t inner_type,
			 struct slice part, uint64_t counter, struct writer *w)
{
	size_t block = sk_block_len(k->cipher), iv = sk_iv_len(k->cipher);
	size_t pad = (block - (part.len + 1) % block) % block;
	size_t text = part.len + pad + 1;
	size_t payload = FRAGMENT_HEADER_LEN + iv + text + sk_icv_len(k->cipher);
	uint8_t *at = w->data + w->len;

	put_header(w, k->header, PAYLOAD_SKF, IKE_HEADER_LEN + payload);
	writer_u8(w, number == 1 ? inner_type : PAYLOAD_NONE);
	writer_u8(w, 0);
	writer_u16(w, (uint16_t)payload);
	writer_u16(w, number);
	writer_u16(w, k->total);
	writer_zero(w, iv);
	writer_put(w, part);
	writer_zero(w, pad);
	writer_u8(w, (uint8_t)pad);
	writer_zero(w, sk_icv_len(k->cipher));
	return writer_ok(w) && sk_seal(k->cipher, k->keys, counter, at,
				       IKE_HEADER_LEN + FRAGMENT_HEADER_LEN, text) == VERDICT_OK;
}

size_t fragment_count(size_t text_len, size_t limit, const struct sk_cipher *c)
{
	size_t each = room(c, limit);

	return each ? (text_len + each - 1) / each : 0;
}

bool fragment_cut(const struct ike_header *h, uint8_t inner_type, struct slice text, size_t limit,
		  const struct sk_cipher *c, const struct sk_keys *keys, uint64_t *counter,
		  struct bytes *out)
{
	size_t each = room(c, limit), total = fragment_count(text.len, limit, c);
	struct cut k = { .header = h, .cipher = c, .keys = keys, .total = (uint16_t)total };
	struct writer w;

	*out = (struct bytes){ 0 };
	if (total == 0 || total > FRAGMENTS_MAX || !bytes_alloc(total * limit, out))
		return false;
	w = writer_over(out->data, out->len);
	for (size_t i = 0; i < total; i++) {
		size_t from = i * each;
		size_t len = text.len - from < each ? text.len - from : each;

		if (!put_fragment(&k, (uint16_t)(i + 1), inner_type, slice(text.data + from, len),
				  (*counter)++, &w)) {
			bytes_free(out);
			return false;
		}
	}
	out->len = w.len;
	return true;
}

struct slice fragment_next(struct slice *messages)
{
	struct ike_header h;
	struct slice one;

	if (!header_parse(*messages, &h)) {
		*messages = SLICE_EMPTY;
		return SLICE_EMPTY;
	}
	one = slice(messages->data, h.length);
	*messages = slice(messages->data + h.length, messages->len - h.length);
	return one;
}

bool message_is_cut(struct slice datagram)
{
	struct ike_header h;

	return header_parse(datagram, &h) && h.next_payload != PAYLOAD_SK;
}

bool fragment_peek(struct slice datagram, uint16_t *number, uint16_t *total)
{
	cleanup(arena_free) struct arena arena = { 0 };
	struct message m;

	if (!message_parse(datagram, &arena, &m) || !message_has(&m, PAYLOAD_SKF))
		return false;
	*number = m.fragment_number;
	*total = m.fragment_total;
	return true;
}

static bool is_in_bounds(const struct message *m)
{
	return m->fragment_total > 0 && m->fragment_total <= FRAGMENTS_MAX &&
	       m->fragment_number > 0 && m->fragment_number <= m->fragment_total;
}

static uint64_t bit(const struct message *m)
{
	return 1ull << (m->fragment_number - 1);
}

void fragments_clear(struct fragments *f)
{
	for (unsigned i = 0; i < FRAGMENTS_MAX; i++) {
		wipe(f->parts[i].data, f->parts[i].len);
		bytes_free(&f->parts[i]);
	}
	*f = (struct fragments){ 0 };
}

bool fragments_wants(struct fragments *f, const struct message *m)
{
	if (!message_has(m, PAYLOAD_SKF) || !is_in_bounds(m))
		return false;
	if (f->total == 0 || f->message_id != m->header.message_id || m->fragment_total > f->total)
		return true;
	return m->fragment_total == f->total && !(f->have & bit(m));
}

enum fragment_verdict fragments_add(struct fragments *f, const struct message *m, uint8_t *datagram,
				    const struct sk_cipher *c, const struct sk_keys *keys)
{
	struct slice text;

	if (!fragments_wants(f, m) ||
	    protect_open_fragment(m, datagram, c, keys, &text) != VERDICT_OK)
		return FRAGMENT_DROP;
	/* Another message, or the same one cut smaller: what is here is of no use (2.5.2). */
	if (f->total && (f->message_id != m->header.message_id || f->total != m->fragment_total))
		fragments_clear(f);
	if (f->bytes + text.len > FRAGMENTS_BYTES ||
	    !bytes_copy(text, &f->parts[m->fragment_number - 1]))
		return FRAGMENT_DROP;
	f->message_id = m->header.message_id;
	f->total = m->fragment_total;
	f->bytes += text.len;
	if (m->raw.len > f->largest)
		f->largest = m->raw.len;
	f->have |= bit(m);
	f->count++;
	if (m->fragment_number == 1)
		f->inner_type = m->sk_inner_type;
	return f->count == f->total ? FRAGMENT_WHOLE : FRAGMENT_TAKEN;
}

bool fragments_join(struct fragments *f, const struct ike_header *h, struct bytes *out,
		    struct slice *text)
{
	size_t len = IKE_HEADER_LEN + 4 + f->bytes;
	struct writer w;

	*text = SLICE_EMPTY;
	if (!bytes_alloc(len, out))
		return false;
	w = writer_over(out->data, out->len);
	put_header(&w, h, PAYLOAD_SK, len);
	writer_u8(&w, f->inner_type);
	writer_u8(&w, 0);
	writer_u16(&w, (uint16_t)(4 + f->bytes));
	for (unsigned i = 0; i < f->total; i++)
		writer_put(&w, bytes_slice(&f->parts[i]));
	*text = slice(out->data + IKE_HEADER_LEN + 4, f->bytes);
	fragments_clear(f);
	return true;
}
