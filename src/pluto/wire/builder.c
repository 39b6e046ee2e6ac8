/* SPDX-License-Identifier: Apache-2.0 */
/* Building messages (RFC 7296, section 3) through the bounded writer. Used by all exchanges. */
#include "wire/builder.h"

void builder_start(struct builder *b, void *buffer, size_t capacity, const struct ike_header *h)
{
	*b = (struct builder){ .w = writer_over(buffer, capacity), .next_at = 16 };
	writer_u64(&b->w, h->spi_i);
	writer_u64(&b->w, h->spi_r);
	writer_u8(&b->w, PAYLOAD_NONE);
	writer_u8(&b->w, 0x20);
	writer_u8(&b->w, h->exchange);
	writer_u8(&b->w, h->flags);
	writer_u32(&b->w, h->message_id);
	writer_u32(&b->w, 0);
}

static void close_transforms(struct builder *b)
{
	if (!b->proposal_at)
		return;
	if (b->transform_at)
		writer_patch_u8(&b->w, b->transform_at, 0);
	writer_patch_u16(&b->w, b->proposal_at + 2, (uint16_t)(b->w.len - b->proposal_at));
	writer_patch_u8(&b->w, b->proposal_at + 7, b->transform_count);
}

static void close_payload(struct builder *b)
{
	close_transforms(b);
	b->proposal_at = b->transform_at = 0;
	if (b->payload_at)
		writer_patch_u16(&b->w, b->payload_at + 2, (uint16_t)(b->w.len - b->payload_at));
	b->payload_at = 0;
}

void builder_payload(struct builder *b, uint8_t type)
{
	close_payload(b);
	writer_patch_u8(&b->w, b->next_at, type);
	b->next_at = b->payload_at = b->w.len;
	writer_u32(&b->w, 0);
}

void builder_open_sk(struct builder *b, size_t iv_len)
{
	builder_payload(b, PAYLOAD_SK);
	b->sk_at = b->payload_at;
	b->payload_at = 0;
	b->sk_iv_len = (uint32_t)iv_len;
	writer_zero(&b->w, iv_len);
}

void builder_raw(struct builder *b, uint8_t type, struct slice body)
{
	builder_payload(b, type);
	writer_put(&b->w, body);
}

void builder_ke(struct builder *b, uint16_t group, struct slice value)
{
	builder_payload(b, PAYLOAD_KE);
	writer_u16(&b->w, group);
	writer_u16(&b->w, 0);
	writer_put(&b->w, value);
}

void builder_id(struct builder *b, uint8_t payload, uint8_t id_type, struct slice body)
{
	builder_payload(b, payload);
	writer_u32(&b->w, (uint32_t)id_type << 24);
	writer_put(&b->w, body);
}

void builder_auth(struct builder *b, uint8_t method, struct slice data)
{
	builder_payload(b, PAYLOAD_AUTH);
	writer_u32(&b->w, (uint32_t)method << 24);
	writer_put(&b->w, data);
}

void builder_notify(struct builder *b, uint8_t protocol, struct slice spi, uint16_t type,
		    struct slice data)
{
	builder_payload(b, PAYLOAD_NOTIFY);
	writer_u8(&b->w, protocol);
	writer_u8(&b->w, (uint8_t)spi.len);
	writer_u16(&b->w, type);
	writer_put(&b->w, spi);
	writer_put(&b->w, data);
}

void builder_delete(struct builder *b, uint8_t protocol, const uint32_t *spis, uint16_t count)
{
	builder_payload(b, PAYLOAD_DELETE);
	writer_u8(&b->w, protocol);
	writer_u8(&b->w, protocol == PROTOCOL_IKE ? 0 : 4);
	writer_u16(&b->w, count);
	for (uint16_t i = 0; i < count; i++)
		writer_u32(&b->w, spis[i]);
}

void builder_ts(struct builder *b, uint8_t payload, const struct selector *list, uint8_t count)
{
	builder_payload(b, payload);
	writer_u32(&b->w, (uint32_t)count << 24);
	for (uint8_t i = 0; i < count; i++) {
		const struct selector *s = &list[i];
		bool v4 = s->range.start.family == FAMILY_IPV4;

		writer_u8(&b->w, v4 ? 7 : 8);
		writer_u8(&b->w, s->protocol);
		writer_u16(&b->w, v4 ? 16 : 40);
		writer_u16(&b->w, s->start_port);
		writer_u16(&b->w, s->end_port);
		writer_put(&b->w, address_slice(&s->range.start));
		writer_put(&b->w, address_slice(&s->range.end));
	}
}

void builder_cp(struct builder *b, uint8_t type)
{
	builder_payload(b, PAYLOAD_CP);
	writer_u32(&b->w, (uint32_t)type << 24);
}

void builder_cp_attribute(struct builder *b, uint16_t type, struct slice value)
{
	writer_u16(&b->w, type);
	writer_u16(&b->w, (uint16_t)value.len);
	writer_put(&b->w, value);
}

void builder_proposal(struct builder *b, uint8_t number, uint8_t protocol, struct slice spi)
{
	close_transforms(b);
	if (b->proposal_at)
		writer_patch_u8(&b->w, b->proposal_at, 2);
	b->proposal_at = b->w.len;
	b->transform_at = 0;
	b->transform_count = 0;
	writer_u32(&b->w, 0);
	writer_u8(&b->w, number);
	writer_u8(&b->w, protocol);
	writer_u8(&b->w, (uint8_t)spi.len);
	writer_u8(&b->w, 0);
	writer_put(&b->w, spi);
}

void builder_transform(struct builder *b, uint8_t type, uint16_t id, uint16_t key_bits)
{
	b->transform_at = b->w.len;
	b->transform_count++;
	writer_u8(&b->w, 3);
	writer_u8(&b->w, 0);
	writer_u16(&b->w, key_bits ? 12 : 8);
	writer_u8(&b->w, type);
	writer_u8(&b->w, 0);
	writer_u16(&b->w, id);
	if (key_bits) {
		writer_u16(&b->w, 0x8000 | 14);
		writer_u16(&b->w, key_bits);
	}
}

struct slice builder_sk_header(const struct builder *b)
{
	return writer_ok(&b->w) && b->sk_at ? slice(b->w.data, b->sk_at + 4) : SLICE_EMPTY;
}

static struct slice set_length(struct builder *b)
{
	if (b->w.len > MESSAGE_MAX_LEN)
		b->w.overflowed = true;
	writer_patch_u32(&b->w, 24, (uint32_t)b->w.len);
	return writer_slice(&b->w);
}

struct slice builder_finish(struct builder *b)
{
	close_payload(b);
	return set_length(b);
}

struct slice builder_inner(struct builder *b, uint8_t *inner_type)
{
	size_t start = b->sk_at + 4 + b->sk_iv_len;

	close_payload(b);
	*inner_type = writer_ok(&b->w) ? b->w.data[b->sk_at] : PAYLOAD_NONE;
	return writer_ok(&b->w) ? slice(b->w.data + start, b->w.len - start) : SLICE_EMPTY;
}

struct slice builder_finish_sk(struct builder *b, size_t block_len, size_t icv_len,
			       size_t *associated_len, size_t *text_len)
{
	size_t start = b->sk_at + 4 + b->sk_iv_len;
	size_t pad;

	close_payload(b);
	pad = (block_len - (b->w.len - start + 1) % block_len) % block_len;
	writer_zero(&b->w, pad);
	writer_u8(&b->w, (uint8_t)pad);
	*associated_len = b->sk_at + 4;
	*text_len = b->w.len - start;
	writer_zero(&b->w, icv_len);
	writer_patch_u16(&b->w, b->sk_at + 2, (uint16_t)(b->w.len - b->sk_at));
	return set_length(b);
}
