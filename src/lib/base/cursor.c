/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bounded reader of everything that comes from outside: packets, control frames, netlink
 * attributes, files. A failed cursor is also an empty one, so that a loop that runs while something
 * is left ends on the first failure.
 */
#include "base/cursor.h"

#include <string.h>

bool cursor_fail(struct cursor *c, const char *field)
{
	if (!c->error)
		c->error = field ? field : "input";
	c->at = c->end;
	return false;
}

/* The next len bytes, or NULL after marking the cursor. len is not 0. */
static const uint8_t *advance(struct cursor *c, const char *field, size_t len)
{
	const uint8_t *at = c->at;

	if (c->error || len > cursor_left(c)) {
		cursor_fail(c, field);
		return NULL;
	}
	c->at += len;
	return at;
}

static bool read_integer(struct cursor *c, const char *field, size_t len, uint64_t *out)
{
	const uint8_t *at = advance(c, field, len);
	uint64_t value = 0;

	if (at) {
		for (size_t i = 0; i < len; i++)
			value = value << 8 | at[i];
	}
	*out = value;
	return at != NULL;
}

bool cursor_u8(struct cursor *c, const char *field, uint8_t *out)
{
	uint64_t value;
	bool ok = read_integer(c, field, sizeof(*out), &value);

	*out = (uint8_t)value;
	return ok;
}

bool cursor_u16(struct cursor *c, const char *field, uint16_t *out)
{
	uint64_t value;
	bool ok = read_integer(c, field, sizeof(*out), &value);

	*out = (uint16_t)value;
	return ok;
}

bool cursor_u32(struct cursor *c, const char *field, uint32_t *out)
{
	uint64_t value;
	bool ok = read_integer(c, field, sizeof(*out), &value);

	*out = (uint32_t)value;
	return ok;
}

bool cursor_u64(struct cursor *c, const char *field, uint64_t *out)
{
	return read_integer(c, field, sizeof(*out), out);
}

bool cursor_take(struct cursor *c, const char *field, size_t len, struct slice *out)
{
	const uint8_t *at;

	*out = SLICE_EMPTY;
	/* apart, since a cursor over nothing has no pointer that could be advanced */
	if (len == 0) {
		if (c->error)
			return false;
		*out = slice(c->at, 0);
		return true;
	}
	at = advance(c, field, len);
	if (!at)
		return false;
	*out = slice(at, len);
	return true;
}

bool cursor_sub(struct cursor *c, const char *field, size_t len, struct cursor *out)
{
	struct slice part;
	bool ok = cursor_take(c, field, len, &part);

	*out = cursor_of(part);
	out->error = c->error;
	return ok;
}

bool cursor_rest(struct cursor *c, struct slice *out)
{
	return cursor_take(c, NULL, cursor_left(c), out);
}

bool cursor_copy(struct cursor *c, const char *field, void *out, size_t len)
{
	struct slice part;
	bool ok = cursor_take(c, field, len, &part);

	if (len == 0)
		return ok;
	if (ok)
		memcpy(out, part.data, len);
	else
		memset(out, 0, len);
	return ok;
}

bool cursor_skip(struct cursor *c, const char *field, size_t len)
{
	struct slice part;

	return cursor_take(c, field, len, &part);
}
