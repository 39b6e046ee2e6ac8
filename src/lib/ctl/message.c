/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading frames of the control socket. A frame is checked whole before any of it is used, so the
 * iterators below cannot fail on a message that ctl_decode gave.
 */
#include "ctl/message.h"

#include <string.h>

#include "ctl/codes.h"

static bool bad(struct error *e, const char *what)
{
	return error_code(e, RC_BAD_MESSAGE, "control message: %s", what);
}

static bool read_header(struct cursor *c, struct ctl_message *m, uint32_t *len, struct error *e)
{
	uint32_t magic = 0;
	uint8_t version = 0;
	uint16_t flags = 0;

	cursor_u32(c, "magic", &magic);
	if (cursor_ok(c) && magic != CTL_MAGIC)
		return bad(e, "wrong magic: the other side is not Cygnet");
	cursor_u8(c, "version", &version);
	if (cursor_ok(c) && version != CTL_VERSION)
		return error_code(e, RC_BAD_MESSAGE,
				  "control message: protocol version %u, not %u: use the whack "
				  "that came with this pluto",
				  version, CTL_VERSION);
	cursor_u8(c, "type", &m->type);
	cursor_u16(c, "flags", &flags);
	cursor_u32(c, "length", len);
	cursor_u32(c, "sequence", &m->sequence);
	if (!cursor_ok(c))
		return bad(e, c->error);
	if (m->type < CTL_REQUEST || m->type > CTL_END)
		return bad(e, "unknown type");
	if (flags != 0)
		return bad(e, "unknown flags");
	if (*len < CTL_HEADER_LEN || *len > CTL_FRAME_MAX)
		return bad(e, "length out of range");
	return true;
}

bool ctl_frame_len(struct slice head, size_t *out_len, struct error *e)
{
	struct ctl_message m = { 0 };
	struct cursor c = cursor_of(head);
	uint32_t len = 0;

	*out_len = 0;
	if (head.len < CTL_HEADER_LEN)
		return true;
	if (!read_header(&c, &m, &len, e))
		return false;
	*out_len = len;
	return true;
}

static bool read_what(struct cursor *c, struct ctl_message *m)
{
	uint16_t small = 0;

	if (m->type == CTL_END)
		return cursor_u32(c, "exit code", &m->what);
	if (!cursor_u16(c, m->type == CTL_REQUEST ? "verb" : "record kind", &small))
		return false;
	m->what = small;
	return true;
}

static bool read_attribute(struct cursor *c, struct ctl_attribute *a)
{
	uint32_t len = 0;

	cursor_u16(c, "attribute id", &a->id);
	cursor_u16(c, "attribute flags", &a->flags);
	cursor_u32(c, "attribute length", &len);
	return cursor_take(c, "attribute value", len, &a->value);
}

static bool check_attributes(struct cursor c, struct error *e)
{
	struct ctl_attribute a;

	while (cursor_left(&c) > 0) {
		a = (struct ctl_attribute){ 0 };
		if (!read_attribute(&c, &a))
			return bad(e, c.error);
		if (a.id == 0)
			return bad(e, "attribute id 0");
		if (a.flags & ~CTL_OPTIONAL)
			return error_code(e, RC_BAD_MESSAGE,
					  "control message: attribute 0x%04x has unknown flags",
					  a.id);
	}
	return true;
}

bool ctl_decode(struct slice frame, struct ctl_message *out, struct error *e)
{
	struct cursor c = cursor_of(frame);
	uint32_t len = 0;

	*out = (struct ctl_message){ 0 };
	if (!read_header(&c, out, &len, e))
		return false;
	if (len != frame.len)
		return bad(e, "length is not the frame's");
	if (!read_what(&c, out))
		return bad(e, c.error);
	cursor_rest(&c, &out->body);
	if (!check_attributes(cursor_of(out->body), e))
		return false;
	ctl_rewind(out);
	return true;
}

bool ctl_next(struct ctl_message *m, struct ctl_attribute *out)
{
	*out = (struct ctl_attribute){ 0 };
	return cursor_left(&m->rest) > 0 && read_attribute(&m->rest, out);
}

void ctl_rewind(struct ctl_message *m)
{
	m->rest = cursor_of(m->body);
}

bool ctl_find(const struct ctl_message *m, uint16_t id, struct ctl_attribute *out)
{
	struct ctl_message walk = *m;

	ctl_rewind(&walk);
	while (ctl_next(&walk, out))
		if (out->id == id)
			return true;
	return false;
}

bool ctl_value_u64(const struct ctl_attribute *a, uint64_t *out)
{
	struct cursor c = cursor_of(a->value);

	*out = 0;
	return a->value.len == 8 && cursor_u64(&c, "number", out);
}

bool ctl_value_bool(const struct ctl_attribute *a, bool *out)
{
	*out = false;
	if (a->value.len != 1 || a->value.data[0] > 1)
		return false;
	*out = a->value.data[0] == 1;
	return true;
}

bool ctl_value_text(const struct ctl_attribute *a, char *out, size_t size)
{
	if (size == 0)
		return false;
	out[0] = '\0';
	if (a->value.len >= size)
		return false;
	if (a->value.len == 0)
		return true;
	if (memchr(a->value.data, 0, a->value.len))
		return false;
	memcpy(out, a->value.data, a->value.len);
	out[a->value.len] = '\0';
	return true;
}
