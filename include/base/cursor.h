/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way to read bytes that came from outside: a bounded cursor with a sticky reason.
 * After the first failure every read fails and yields zero, so callers may check once at the end;
 * the reason names the field that could not be read. Integers are big-endian.
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include "base/bytes.h"

struct cursor {
	const uint8_t *at;
	const uint8_t *end;
	const char *error; /* NULL, or a static text: the field that failed */
};

static inline struct cursor cursor_of(struct slice s)
{
	return (struct cursor){ .at = s.data, .end = s.data ? s.data + s.len : s.data };
}
static inline size_t cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}
static inline bool cursor_ok(const struct cursor *c)
{
	return c->error == NULL;
}
/* Marks the cursor failed with a static text (kept only when it is the first); returns false. */
bool cursor_fail(struct cursor *c, const char *field);
/* Each read names its field with a static text for the error. False on failure, *out zero then. */
bool cursor_u8(struct cursor *c, const char *field, uint8_t *out);
bool cursor_u16(struct cursor *c, const char *field, uint16_t *out);
bool cursor_u32(struct cursor *c, const char *field, uint32_t *out);
bool cursor_u64(struct cursor *c, const char *field, uint64_t *out);
/* The next len bytes, borrowed. */
bool cursor_take(struct cursor *c, const char *field, size_t len, struct slice *out);
/* A cursor over the next len bytes, which are consumed here. */
bool cursor_sub(struct cursor *c, const char *field, size_t len, struct cursor *out);
/* All that is left, borrowed; never fails but on a failed cursor. */
bool cursor_rest(struct cursor *c, struct slice *out);
/* Copies exactly len bytes. */
bool cursor_copy(struct cursor *c, const char *field, void *out, size_t len);
bool cursor_skip(struct cursor *c, const char *field, size_t len);

#endif
