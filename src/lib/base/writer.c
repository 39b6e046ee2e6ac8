/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bounded builder of everything that goes out as bytes: IKE messages, control frames, saved
 * state. The first thing that does not fit marks the writer, and nothing is written after that.
 */
#include "base/writer.h"

#include <string.h>

/* Takes len bytes at the end; false and marked when they do not fit. */
static bool grow(struct writer *w, size_t len, size_t *at)
{
	if (w->overflowed || len > w->capacity - w->len) {
		w->overflowed = true;
		return false;
	}
	*at = w->len;
	w->len += len;
	return true;
}

static void store(uint8_t *at, uint64_t value, size_t len)
{
	for (size_t i = len; i-- > 0; value >>= 8)
		at[i] = (uint8_t)value;
}

static bool write_integer(struct writer *w, uint64_t value, size_t len)
{
	size_t at;

	if (!grow(w, len, &at))
		return false;
	store(w->data + at, value, len);
	return true;
}

bool writer_u8(struct writer *w, uint8_t value)
{
	return write_integer(w, value, sizeof(value));
}

bool writer_u16(struct writer *w, uint16_t value)
{
	return write_integer(w, value, sizeof(value));
}

bool writer_u32(struct writer *w, uint32_t value)
{
	return write_integer(w, value, sizeof(value));
}

bool writer_u64(struct writer *w, uint64_t value)
{
	return write_integer(w, value, sizeof(value));
}

bool writer_put(struct writer *w, struct slice bytes)
{
	size_t at;

	if (!grow(w, bytes.len, &at))
		return false;
	if (bytes.len)
		memcpy(w->data + at, bytes.data, bytes.len);
	return true;
}

bool writer_zero(struct writer *w, size_t len)
{
	size_t at;

	if (!grow(w, len, &at))
		return false;
	if (len)
		memset(w->data + at, 0, len);
	return true;
}

uint8_t *writer_reserve(struct writer *w, size_t len)
{
	size_t at;

	if (!grow(w, len, &at))
		return NULL;
	return w->data ? w->data + at : NULL;
}

static void patch(struct writer *w, size_t offset, uint64_t value, size_t len)
{
	if (offset <= w->len && len <= w->len - offset)
		store(w->data + offset, value, len);
}

void writer_patch_u8(struct writer *w, size_t offset, uint8_t value)
{
	patch(w, offset, value, sizeof(value));
}

void writer_patch_u16(struct writer *w, size_t offset, uint16_t value)
{
	patch(w, offset, value, sizeof(value));
}

void writer_patch_u32(struct writer *w, size_t offset, uint32_t value)
{
	patch(w, offset, value, sizeof(value));
}
