/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsing an IKEv2 message: the header and the walk over the chain of payloads (RFC 7296 3.1, 3.2).
 * The content of each payload is read by payload_parse.c. Called by core/demux for what stands
 * outside SK, and by wire/protect's caller for what was inside.
 */
#include "wire/message.h"

#include "wire/payload_parse.h"

bool header_parse(struct slice datagram, struct ike_header *h)
{
	struct cursor c = cursor_of(datagram);
	uint8_t version;

	*h = (struct ike_header){ 0 };
	cursor_u64(&c, "SPIi", &h->spi_i);
	cursor_u64(&c, "SPIr", &h->spi_r);
	cursor_u8(&c, "next payload", &h->next_payload);
	cursor_u8(&c, "version", &version);
	cursor_u8(&c, "exchange type", &h->exchange);
	cursor_u8(&c, "flags", &h->flags);
	cursor_u32(&c, "message ID", &h->message_id);
	cursor_u32(&c, "length", &h->length);
	h->major = version >> 4;
	h->minor = version & 15;
	return cursor_ok(&c) && h->length >= IKE_HEADER_LEN && h->length <= datagram.len;
}

/* A payload's generic header (RFC 7296 3.2) and its body. */
static bool next_body(struct cursor *c, uint8_t *next, bool *critical, struct cursor *body)
{
	uint8_t flags;
	uint16_t len;

	if (!cursor_u8(c, "next payload", next) || !cursor_u8(c, "critical bit", &flags) ||
	    !cursor_u16(c, "payload length", &len))
		return false;
	*critical = flags & 0x80;
	if (len < 4)
		return cursor_fail(c, "payload length");
	return cursor_sub(c, "payload length", (size_t)len - 4, body);
}

static bool is_known(uint8_t type)
{
	return name_find(&payload_names, type) != NULL;
}

/* SK and SKF end the chain: their "next payload" is the first inner type (RFC 7296 3.14, 7383 2.5). */
static bool note_sk(struct message *m, struct cursor *c, const uint8_t *start, uint8_t type,
		    uint8_t next, struct cursor *body)
{
	m->sk_offset = (size_t)(start - m->raw.data);
	m->sk_inner_type = next;
	m->have |= PAYLOAD_BIT(type);
	if (type == PAYLOAD_SKF && (!cursor_u16(body, "fragment number", &m->fragment_number) ||
				    !cursor_u16(body, "total fragments", &m->fragment_total)))
		return cursor_fail(c, body->error);
	if (cursor_left(c) > 0)
		m->error = "bytes after the encrypted payload";
	return m->error == NULL;
}

static bool walk(struct message *m, struct cursor *c, uint8_t type, bool inner, struct arena *arena)
{
	struct payload_parser p = { .message = m, .arena = arena };
	unsigned count = 0;

	while (type != PAYLOAD_NONE) {
		const uint8_t *start = c->at;
		struct cursor body;
		uint8_t next;
		bool critical;

		if (++count > MESSAGE_MAX_PAYLOADS)
			return cursor_fail(c, "number of payloads");
		if (!next_body(c, &next, &critical, &body))
			return false;
		if (type == PAYLOAD_SK || type == PAYLOAD_SKF) {
			if (inner)
				return cursor_fail(c, "encrypted payload inside another");
			return note_sk(m, c, start, type, next, &body);
		}
		if (!is_known(type)) {
			if (critical && !m->critical_unknown)
				m->critical_unknown = type;
		} else if (!payload_parse(&p, type, &body)) {
			return cursor_fail(c, body.error ? body.error : "payload");
		}
		type = next;
	}
	if (cursor_left(c) > 0)
		return cursor_fail(c, "bytes after the last payload");
	return true;
}

bool message_parse(struct slice datagram, struct arena *arena, struct message *m)
{
	struct cursor c;

	*m = (struct message){ 0 };
	if (!header_parse(datagram, &m->header)) {
		m->error = "header";
		return false;
	}
	m->raw = slice(datagram.data, m->header.length);
	c = cursor_of(slice(m->raw.data + IKE_HEADER_LEN, m->raw.len - IKE_HEADER_LEN));
	if (!walk(m, &c, m->header.next_payload, false, arena) && !m->error)
		m->error = c.error ? c.error : "payload";
	return m->error == NULL;
}

bool message_parse_inner(struct slice text, struct arena *arena, struct message *m)
{
	struct cursor c = cursor_of(text);
	struct message outer = *m;

	/* What stood outside SK carries no weight (RFC 7296 3.14; edge case 18). */
	*m = (struct message){ .header = outer.header,
			       .raw = outer.raw,
			       .have = PAYLOAD_BIT(PAYLOAD_SK),
			       .sk_offset = outer.sk_offset,
			       .sk_inner_type = outer.sk_inner_type,
			       .sk_text = text };
	if (!walk(m, &c, outer.sk_inner_type, true, arena))
		m->error = c.error ? c.error : "payload";
	return m->error == NULL;
}

const struct notify *message_notify(const struct message *m, uint16_t type)
{
	for (uint16_t i = 0; i < m->notify_count; i++)
		if (m->notifies[i].type == type)
			return &m->notifies[i];
	return NULL;
}

const struct cp_attribute *message_cp(const struct message *m, uint16_t type, unsigned n)
{
	for (uint8_t i = 0; i < m->cp.count; i++)
		if (m->cp.attributes[i].type == type && n-- == 0)
			return &m->cp.attributes[i];
	return NULL;
}

const struct notify *message_error_notify(const struct message *m)
{
	for (uint16_t i = 0; i < m->notify_count; i++)
		if (m->notifies[i].type < N_FIRST_STATUS)
			return &m->notifies[i];
	return NULL;
}
