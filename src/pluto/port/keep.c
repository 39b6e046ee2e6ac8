/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of kept entries: u8 kind, u64 number, u32 length, value. */
#include "port/keep.h"

void keep_put_header(struct writer *w, enum keep_kind kind, uint64_t number, uint32_t len)
{
	writer_u8(w, (uint8_t)kind);
	writer_u64(w, number);
	writer_u32(w, len);
}

bool keep_next(struct cursor *c, struct keep_entry *out)
{
	uint32_t len = 0;

	*out = (struct keep_entry){ 0 };
	if (!cursor_ok(c) || cursor_left(c) == 0)
		return false;
	cursor_u8(c, "kind of entry", &out->kind);
	cursor_u64(c, "number of entry", &out->number);
	cursor_u32(c, "length of entry", &len);
	if (out->kind >= KEEP_KINDS)
		return cursor_fail(c, "kind of entry");
	out->is_removed = len == KEEP_REMOVED;
	if (out->is_removed)
		return cursor_ok(c);
	if (len > KEEP_VALUE_MAX)
		return cursor_fail(c, "length of entry");
	return cursor_take(c, "value of entry", len, &out->value);
}
