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

static void put_changed(struct builder *b, const struct fault *f, uint8_t type, struct slice body)
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
	case REWRITE_ADD:
	case REWRITE_ADD_CRITICAL:
	case REWRITE_MANY:
		break;
	}
	builder_raw(b, type, body);
}

static void add(struct builder *b, const struct fault *f)
{
	if (f->how == REWRITE_ADD || f->how == REWRITE_ADD_CRITICAL)
		put(b, f->payload, f->how == REWRITE_ADD_CRITICAL, slice("\4abcdefgh", 9));
	for (int i = 0; f->how == REWRITE_MANY && i < 40; i++)
		put(b, f->payload, false, slice("\4abcdefgh", 9));
}

bool rewrite(struct sim *s, uint8_t from, const struct fault *f, struct bytes *data)
{
	cleanup(arena_free) struct arena arena = { 0 };
	struct ike_sa *ike = craft_owner(s, from, bytes_slice(data));
	uint8_t buffer[BUFFER], type;
	struct sk_cipher cipher;
	struct sk_keys keys;
	struct message m;
	struct builder b;
	struct slice text, now;
	size_t at = 0;

	if (!ike || !message_parse(bytes_slice(data), &arena, &m) || !message_has(&m, PAYLOAD_SK))
		return false;
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

		if (type == f->payload && f->how < REWRITE_ADD)
			put_changed(&b, f, type, body);
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
