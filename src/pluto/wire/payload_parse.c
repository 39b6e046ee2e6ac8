/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bodies of the payloads (RFC 7296 3.3 to 3.13): one function each, in one table. A singleton that
 * comes twice is a syntax error (edge case 20); lists are capped, and what is over the cap is skipped.
 */
#include "wire/payload_parse.h"

typedef bool parse_fn(struct payload_parser *p, struct cursor *c);

/* RFC 7296 3.3.5: the one attribute is the key length, in TV form. */
static bool parse_attributes(struct cursor *c, struct transform *t)
{
	while (cursor_left(c) > 0) {
		uint16_t type, value;

		if (!cursor_u16(c, "attribute type", &type) ||
		    !cursor_u16(c, "attribute value", &value))
			return false;
		if (!(type & 0x8000)) { /* TLV: none is defined */
			if (!cursor_skip(c, "attribute length", value))
				return false;
			t->is_usable = false;
		} else if ((type & 0x7fff) == 14 && value > 0 && t->key_bits == 0) {
			t->key_bits = value;
		} else {
			t->is_usable = false;
		}
	}
	return cursor_ok(c);
}

static bool parse_transform(struct cursor *c, bool last, struct transform *t)
{
	uint8_t more, reserved;
	uint16_t len;
	struct cursor body;

	*t = (struct transform){ .is_usable = true };
	if (!cursor_u8(c, "last transform", &more) || !cursor_u8(c, "reserved", &reserved) ||
	    !cursor_u16(c, "transform length", &len))
		return false;
	if ((more != 0 && more != 3) || (more == 0) != last || len < 8)
		return cursor_fail(c, "transform");
	if (!cursor_sub(c, "transform length", (size_t)len - 4, &body))
		return false;
	if (!cursor_u8(&body, "transform type", &t->type) ||
	    !cursor_u8(&body, "reserved", &reserved) ||
	    !cursor_u16(&body, "transform ID", &t->id) || !parse_attributes(&body, t))
		return cursor_fail(c, "transform attributes");
	return true;
}

static bool parse_transforms(struct payload_parser *p, struct cursor *c, unsigned count,
			     struct proposal *out)
{
	struct transform *list = NULL;

	/* Over the cap the rest of the message's transforms is read but not stored (edge case 63). */
	unsigned keep = count < p->transforms_left ? count : p->transforms_left;

	if (keep > 0 && !(list = arena_array(p->arena, keep, sizeof(*list))))
		return cursor_fail(c, "memory for transforms");
	for (unsigned i = 0; i < count; i++) {
		struct transform t;

		if (!parse_transform(c, i + 1 == count, &t))
			return false;
		if (i < keep)
			list[i] = t;
	}
	p->transforms_left -= keep;
	out->transforms = list;
	out->count = (uint16_t)keep;
	return cursor_left(c) == 0 || cursor_fail(c, "bytes after the last transform");
}

static bool parse_proposal(struct payload_parser *p, struct cursor *c, bool *last,
			   struct proposal *out)
{
	uint8_t more, reserved, spi_len, count;
	uint16_t len;
	struct cursor body;

	if (!cursor_u8(c, "last proposal", &more) || !cursor_u8(c, "reserved", &reserved) ||
	    !cursor_u16(c, "proposal length", &len))
		return false;
	if ((more != 0 && more != 2) || len < 8)
		return cursor_fail(c, "proposal");
	*last = more == 0;
	if (!cursor_sub(c, "proposal length", (size_t)len - 4, &body))
		return false;
	if (!cursor_u8(&body, "proposal number", &out->number) ||
	    !cursor_u8(&body, "protocol ID", &out->protocol) ||
	    !cursor_u8(&body, "SPI size", &spi_len) ||
	    !cursor_u8(&body, "number of transforms", &count) ||
	    !cursor_take(&body, "SPI", spi_len, &out->spi) ||
	    !parse_transforms(p, &body, count, out))
		return cursor_fail(c, body.error);
	return true;
}

static bool parse_sa(struct payload_parser *p, struct cursor *c)
{
	struct proposal *list = arena_array(p->arena, PROPOSALS_MAX, sizeof(*list));
	uint16_t count = 0;
	bool last = false;

	if (!list)
		return cursor_fail(c, "memory for proposals");
	p->transforms_left = TRANSFORMS_MAX;
	while (!last) {
		struct proposal one = { 0 };

		if (!parse_proposal(p, c, &last, &one))
			return false;
		if (count < PROPOSALS_MAX)
			list[count++] = one;
	}
	p->message->sa.proposals = list;
	p->message->sa.count = count;
	return cursor_left(c) == 0 || cursor_fail(c, "bytes after the last proposal");
}

static bool parse_ke(struct payload_parser *p, struct cursor *c)
{
	struct ke_payload *ke = &p->message->ke;

	cursor_u16(c, "KE method", &ke->group);
	cursor_skip(c, "reserved", 2);
	return cursor_rest(c, &ke->value);
}

static bool parse_id(struct cursor *c, struct id_payload *id)
{
	id->whole = slice(c->at, cursor_left(c));
	cursor_u8(c, "ID type", &id->type);
	cursor_skip(c, "reserved", 3);
	return cursor_rest(c, &id->body);
}

static bool parse_id_i(struct payload_parser *p, struct cursor *c)
{
	return parse_id(c, &p->message->id_i);
}

static bool parse_id_r(struct payload_parser *p, struct cursor *c)
{
	return parse_id(c, &p->message->id_r);
}

static bool parse_auth(struct payload_parser *p, struct cursor *c)
{
	cursor_u8(c, "auth method", &p->message->auth.method);
	cursor_skip(c, "reserved", 3);
	return cursor_rest(c, &p->message->auth.data);
}

/* Case 96: what is no X.509 certificate, or too much, is counted and left alone; no URL is followed. */
static bool parse_cert(struct payload_parser *p, struct cursor *c)
{
	struct message *m = p->message;
	struct slice *list = (struct slice *)m->certs;
	struct slice data;
	uint8_t encoding = 0;

	if (cursor_left(c) > 0)
		cursor_u8(c, "certificate encoding", &encoding);
	cursor_rest(c, &data);
	if (!list && !(list = arena_array(p->arena, MESSAGE_MAX_CERTS, sizeof(*list))))
		return cursor_fail(c, "memory for certificates");
	m->certs = list;
	if (encoding == CERT_X509_SIGNATURE && data.len > 0 && m->cert_count < MESSAGE_MAX_CERTS &&
	    data.len <= MESSAGE_MAX_CERT_BYTES - m->cert_bytes) {
		list[m->cert_count++] = data;
		m->cert_bytes += (uint32_t)data.len;
	} else if (encoding == CERT_OCSP && data.len > 0 && m->ocsp_count < MESSAGE_MAX_OCSPS &&
		   data.len <= MESSAGE_MAX_CERT_BYTES - m->cert_bytes) {
		m->ocsps[m->ocsp_count++] = data;
		m->cert_bytes += (uint32_t)data.len;
	} else if (m->certs_skipped < UINT8_MAX) {
		m->certs_skipped++;
	}
	return true;
}

static bool parse_certreq(struct payload_parser *p, struct cursor *c)
{
	struct message *m = p->message;
	struct certreq_payload *list = (struct certreq_payload *)m->certreqs, one = { 0 };

	if (cursor_left(c) > 0)
		cursor_u8(c, "certificate encoding", &one.encoding);
	cursor_rest(c, &one.hashes);
	if (!list && !(list = arena_array(p->arena, MESSAGE_MAX_CERTREQS, sizeof(*list))))
		return cursor_fail(c, "memory for certificate requests");
	m->certreqs = list;
	if (m->certreq_count < MESSAGE_MAX_CERTREQS)
		list[m->certreq_count++] = one;
	return true;
}

static bool parse_nonce(struct payload_parser *p, struct cursor *c)
{
	size_t len = cursor_left(c);

	if (len < NONCE_MIN_LEN || len > NONCE_MAX_LEN)
		return cursor_fail(c, "nonce length");
	return cursor_rest(c, &p->message->nonce);
}

static bool parse_notify(struct payload_parser *p, struct cursor *c)
{
	struct message *m = p->message;
	struct notify one = { 0 };
	struct notify *list = (struct notify *)m->notifies;
	uint8_t spi_len;

	if (!cursor_u8(c, "notify protocol", &one.protocol) ||
	    !cursor_u8(c, "notify SPI size", &spi_len) ||
	    !cursor_u16(c, "notify type", &one.type) ||
	    !cursor_take(c, "notify SPI", spi_len, &one.spi) || !cursor_rest(c, &one.data))
		return false;
	if (!list && !(list = arena_array(p->arena, MESSAGE_MAX_NOTIFIES, sizeof(*list))))
		return cursor_fail(c, "memory for notifies");
	m->notifies = list;
	if (m->notify_count < MESSAGE_MAX_NOTIFIES)
		list[m->notify_count++] = one;
	return true;
}

static bool parse_delete(struct payload_parser *p, struct cursor *c)
{
	struct message *m = p->message;
	struct delete_payload one = { 0 };
	struct delete_payload *list = (struct delete_payload *)m->deletes;

	if (!cursor_u8(c, "delete protocol", &one.protocol) ||
	    !cursor_u8(c, "delete SPI size", &one.spi_len) ||
	    !cursor_u16(c, "number of SPIs", &one.count) ||
	    !cursor_take(c, "SPIs", (size_t)one.count * one.spi_len, &one.spis))
		return false;
	if (one.spi_len != (one.protocol == PROTOCOL_IKE ? 0 : 4) || cursor_left(c) > 0)
		return cursor_fail(c, "delete SPI size");
	if (!list && !(list = arena_array(p->arena, MESSAGE_MAX_DELETES, sizeof(*list))))
		return cursor_fail(c, "memory for deletes");
	m->deletes = list;
	if (m->delete_count < MESSAGE_MAX_DELETES)
		list[m->delete_count++] = one;
	return true;
}

/* RFC 7296 3.13.1. False on syntax; *known tells a type we can use. */
static bool parse_selector(struct cursor *c, struct selector *s, bool *known)
{
	uint8_t type;
	uint16_t len;
	struct cursor body;
	struct slice start, end;
	size_t size;

	if (!cursor_u8(c, "selector type", &type) ||
	    !cursor_u8(c, "selector protocol", &s->protocol) ||
	    !cursor_u16(c, "selector length", &len))
		return false;
	if (len < 4 || !cursor_sub(c, "selector length", (size_t)len - 4, &body))
		return cursor_fail(c, "selector length");
	*known = type == 7 || type == 8;
	if (!*known)
		return true;
	size = type == 7 ? 4 : 16;
	if (!cursor_u16(&body, "start port", &s->start_port) ||
	    !cursor_u16(&body, "end port", &s->end_port) ||
	    !cursor_take(&body, "start address", size, &start) ||
	    !cursor_take(&body, "end address", size, &end) || cursor_left(&body) > 0)
		return cursor_fail(c, "selector");
	address_from(start, &s->range.start);
	address_from(end, &s->range.end);
	*known = selector_is_valid(s);
	return true;
}

static bool parse_ts(struct payload_parser *p, struct cursor *c, struct ts_payload *ts)
{
	struct selector *list;

	cursor_u8(c, "number of selectors", &ts->declared);
	cursor_skip(c, "reserved", 3);
	if (!cursor_ok(c))
		return false;
	if (ts->declared == 0 || ts->declared > SELECTORS_MAX)
		return cursor_fail(c, "number of selectors");
	list = arena_array(p->arena, ts->declared, sizeof(*list));
	if (!list)
		return cursor_fail(c, "memory for selectors");
	for (unsigned i = 0; i < ts->declared; i++) {
		struct selector s = { 0 };
		bool known = false;

		if (!parse_selector(c, &s, &known))
			return false;
		if (known)
			list[ts->count++] = s;
	}
	ts->selectors = list;
	return cursor_left(c) == 0 || cursor_fail(c, "bytes after the last selector");
}

static bool parse_ts_i(struct payload_parser *p, struct cursor *c)
{
	return parse_ts(p, c, &p->message->ts_i);
}

static bool parse_ts_r(struct payload_parser *p, struct cursor *c)
{
	return parse_ts(p, c, &p->message->ts_r);
}

/* RFC 7296 3.15.1. Lengths of known attributes are the receiver's to judge. */
static bool parse_cp(struct payload_parser *p, struct cursor *c)
{
	struct cp_payload *cp = &p->message->cp;
	struct cp_attribute *list = arena_array(p->arena, CP_ATTRIBUTES_MAX, sizeof(*list));

	if (!list)
		return cursor_fail(c, "memory for attributes");
	cursor_u8(c, "CFG type", &cp->type);
	cursor_skip(c, "reserved", 3);
	cp->attributes = list;
	while (cursor_ok(c) && cursor_left(c) > 0) {
		struct cp_attribute one = { 0 };
		uint16_t len;

		if (!cursor_u16(c, "configuration attribute", &one.type) ||
		    !cursor_u16(c, "configuration attribute length", &len) ||
		    !cursor_take(c, "configuration attribute value", len, &one.value))
			return false;
		one.type &= 0x7fff;
		if (cp->count < CP_ATTRIBUTES_MAX)
			list[cp->count++] = one;
	}
	return cursor_ok(c);
}

static const struct {
	uint8_t type;
	bool once;
	parse_fn *parse;
} parsers[] = {
	{ PAYLOAD_SA, true, parse_sa },
	{ PAYLOAD_KE, true, parse_ke },
	{ PAYLOAD_IDi, true, parse_id_i },
	{ PAYLOAD_IDr, true, parse_id_r },
	{ PAYLOAD_AUTH, true, parse_auth },
	{ PAYLOAD_NONCE, true, parse_nonce },
	{ PAYLOAD_NOTIFY, false, parse_notify },
	{ PAYLOAD_DELETE, false, parse_delete },
	{ PAYLOAD_CP, true, parse_cp },
	{ PAYLOAD_CERT, false, parse_cert },
	{ PAYLOAD_CERTREQ, false, parse_certreq },
	{ PAYLOAD_TSi, true, parse_ts_i },
	{ PAYLOAD_TSr, true, parse_ts_r },
};

bool payload_parse(struct payload_parser *p, uint8_t type, struct cursor *body)
{
	for (size_t i = 0; i < ARRAY_LEN(parsers); i++) {
		if (parsers[i].type != type)
			continue;
		if (parsers[i].once && message_has(p->message, type))
			return cursor_fail(body, "payload that may come only once");
		if (!parsers[i].parse(p, body) || !cursor_ok(body))
			return cursor_fail(body, "payload body");
		break;
	}
	p->message->have |= PAYLOAD_BIT(type);
	return true;
}
