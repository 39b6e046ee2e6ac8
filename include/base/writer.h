/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way to build a message: a writer over a buffer of fixed capacity with a sticky overflow
 * mark. A message that overflowed is not sent; callers check writer_ok once at the end.
 */
#ifndef BASE_WRITER_H
#define BASE_WRITER_H

#include "base/bytes.h"

struct writer {
	uint8_t *data;
	size_t len; /* written so far */
	size_t capacity;
	bool overflowed;
};

static inline struct writer writer_over(void *data, size_t capacity)
{
	return (struct writer){ .data = data, .capacity = capacity };
}
static inline bool writer_ok(const struct writer *w)
{
	return !w->overflowed;
}
static inline struct slice writer_slice(const struct writer *w)
{
	return slice(w->data, w->overflowed ? 0 : w->len);
}
bool writer_u8(struct writer *w, uint8_t value);
bool writer_u16(struct writer *w, uint16_t value);
bool writer_u32(struct writer *w, uint32_t value);
bool writer_u64(struct writer *w, uint64_t value);
bool writer_put(struct writer *w, struct slice bytes);
bool writer_zero(struct writer *w, size_t len);
/* Room for len bytes to be filled by the caller; NULL on overflow. */
uint8_t *writer_reserve(struct writer *w, size_t len);
/* Overwrites a big-endian integer written earlier at offset; no effect when it lies outside. */
void writer_patch_u8(struct writer *w, size_t offset, uint8_t value);
void writer_patch_u16(struct writer *w, size_t offset, uint16_t value);
void writer_patch_u32(struct writer *w, size_t offset, uint32_t value);

#endif
