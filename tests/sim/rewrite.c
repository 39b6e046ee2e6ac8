/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A protected message changed on its way, with the keys of its sender: what a peer says that is right
 * in all but one thing.
 */
#include "craft.h"

#include <string.h>

#include "wire/builder.h"
#include "wire/payloads.h"
#include "wire/protect.h"

#define BUFFER 20000

static void put(struct builder *b, uint8_t type, bool critical, struct slice body)
{
	builder_payload(b, type);
	if (critical)
		b->w.data[b->payload_at + 1] = 0x80;
	writer_put(builder_body(b), body);
}

static void put_changed(struct builder *b, const struct fault *f, uint8_t type, struct slice body,
			uint32_t spi)
{
	size_t at;

	switch ((enum rewrite)f->how) {
	case REWRITE_OMIT:
		return;
	case REWRITE_EMPTY:
		body.len = 0;
		break;
	case REWRITE_TWICE:
		builder_raw(b, type, body);
		break;
	case REWRITE_FLIP_LAST:
	case REWRITE_FLIP_FIRST:
		builder_raw(b, type, body);
		at = f->how == REWRITE_FLIP_FIRST ? b->payload_at + 4 : b->w.len - 1;
		b->w.data[at] ^= f->how == REWRITE_FLIP_FIRST ? 0x40 : 1;
		return;
	case REWRITE_SPI_AGAIN:
		builder_raw(b, type, body);
		at = b->payload_at + 4 + 8; /* after the first proposal's header */
		for (int i = 0; i < 4; i++)
			b->w.data[at + i] = (uint8_t)(spi >> (24 - 8 * i));
		return;
	case REWRITE_ECHO:
	case REWRITE_ZERO: /* change_in_place() */
	case REWRITE_ADD:
	case REWRITE_ADD_CRITICAL:
	case REWRITE_MANY:
	case REWRITE_SAY:
		break;
	}
	builder_raw(b, type, body);
}

static void add(struct builder *b, const struct fault *f)
{
	if (f->how == REWRITE_ADD || f->how == REWRITE_ADD_CRITICAL)
		put(b, f->payload, f->how == REWRITE_ADD_CRITICAL, slice("\4abcdefgh", 9));
	if (f->how == REWRITE_SAY)
		builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, f->payload, SLICE_EMPTY);
	for (int i = 0; f->how == REWRITE_MANY && i < 40; i++)
		put(b, f->payload, false, slice("\4abcdefgh", 9));
}

/* The payload of a message as it was parsed, which is the datagram or its opened text. */
static bool change_in_place(struct sim *s, uint8_t from, const struct fault *f,
			    struct slice datagram, struct slice body)
{
	struct slice nonce = craft_other_nonce(s, from, datagram);
	uint8_t *at = (uint8_t *)(uintptr_t)body.data;

	if (f->how == REWRITE_ZERO && body.len > 4)
		memset(at + 4, 0, body.len - 4);
	else if (f->how == REWRITE_ECHO && nonce.len == body.len)
		memcpy(at, nonce.data, nonce.len);
	else
		return false;
	return true;
}

/* Of an IKE_SA_INIT: the payload of the type. */
static bool rewrite_plain(struct sim *s, uint8_t from, const struct fault *f, struct bytes *data)
{
	uint8_t type = data->data[16];
	size_t at = 28;

	while (type && at + 4 <= data->len) {
		const uint8_t *p = data->data + at;
		size_t len = (size_t)(p[2] << 8 | p[3]);

		if (type == f->payload)
			return change_in_place(s, from, f, bytes_slice(data),
					       slice(p + 4, len - 4));
		type = p[0];
		at += len;
	}
	return false;
}

bool rewrite(struct sim *s, uint8_t from, const struct fault *f, struct bytes *data)
{
	cleanup(arena_free) struct arena arena = { 0 };
	struct ike_sa *ike = craft_owner(s, from, bytes_slice(data));
	uint8_t buffer[BUFFER], type;
	const struct child_sa *child;
	struct sk_cipher cipher;
	struct sk_keys keys;
	struct message m;
	struct builder b;
	struct slice text, now;
	size_t at = 0;

	if (f->exchange == EXCHANGE_IKE_SA_INIT)
		return rewrite_plain(s, from, f, data);
	if (!ike || !message_parse(bytes_slice(data), &arena, &m) || !message_has(&m, PAYLOAD_SK))
		return false;
	child = list_first(&ike->children, struct child_sa, node);
	cipher = suite_cipher(&ike->suite);
	keys = ike->is_initiator ? (struct sk_keys){ ike->keys.ei, ike->keys.ai }
				 : (struct sk_keys){ ike->keys.er, ike->keys.ar };
	if (protect_open(&m, data->data, &cipher, &keys, &text) != VERDICT_OK)
		return false;
	builder_start(&b, buffer, sizeof(buffer), &m.header);
	builder_open_sk(&b, sk_iv_len(&cipher));
	for (type = m.sk_inner_type; type && at + 4 <= text.len;) {
		const uint8_t *p = text.data + at;
		size_t len = (size_t)(p[2] << 8 | p[3]);
		struct slice body = slice(p + 4, len - 4);

		if (type == f->payload && f->how >= REWRITE_ECHO)
			change_in_place(s, from, f, bytes_slice(data), body);
		if (type == f->payload && (f->how < REWRITE_ADD || f->how == REWRITE_SPI_AGAIN))
			put_changed(&b, f, type, body, child ? child->spi_in : 0);
		else
			put(&b, type, p[1] & 0x80, body);
		type = p[0];
		at += len;
	}
	add(&b, f);
	now = protect_seal(&b, &cipher, &keys, ike->send_counter++);
	bytes_free(data);
	return now.len > 0 && bytes_copy(now, data);
}

struct slice craft_fragment(struct ike_sa *peer, struct builder *b, bool of_two)
{
	struct sk_cipher c = suite_cipher(&peer->suite);
	struct sk_keys k = peer->is_initiator ? (struct sk_keys){ peer->keys.ei, peer->keys.ai }
					      : (struct sk_keys){ peer->keys.er, peer->keys.ar };
	size_t block = sk_block_len(&c), text = block > 1 ? block : 4, at, aad;
	struct writer *w;

	builder_payload(b, PAYLOAD_SKF);
	w = builder_body(b);
	at = b->payload_at;
	writer_u16(w, 1);
	writer_u16(w, of_two ? 2 : 1);
	aad = w->len;
	writer_zero(w, sk_iv_len(&c) + text - 1);
	writer_u8(w, (uint8_t)(text - 1)); /* all of it is padding */
	writer_zero(w, sk_icv_len(&c));
	w->data[at + 2] = (uint8_t)((w->len - at) >> 8);
	w->data[at + 3] = (uint8_t)(w->len - at);
	w->data[26] = (uint8_t)(w->len >> 8);
	w->data[27] = (uint8_t)w->len;
	sk_seal(&c, &k, peer->send_counter++, w->data, aad, text);
	return writer_slice(w);
}
