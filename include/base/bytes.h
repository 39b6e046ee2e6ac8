/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs of bytes, by who owns them: a slice borrows, bytes owns, secret owns and wipes.
 * A secret has no printer on purpose: nothing in the house can log one.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice {
	const uint8_t *data;
	size_t len;
};

struct bytes {
	uint8_t *data;
	size_t len;
};

struct secret {
	uint8_t *data;
	size_t len;
};

#define SLICE_EMPTY ((struct slice){ NULL, 0 })
/* A slice over an array (not a pointer); its size is the array's. */
#define SLICE_OF(array) ((struct slice){ (const uint8_t *)(array), sizeof(array) })
#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

static inline struct slice slice(const void *data, size_t len)
{
	return (struct slice){ .data = data, .len = len };
}
/* The bytes of a C string without its NUL. */
struct slice slice_str(const char *text);
static inline struct slice bytes_slice(const struct bytes *b)
{
	return slice(b->data, b->len);
}
static inline struct slice secret_slice(const struct secret *s)
{
	return slice(s->data, s->len);
}
bool slice_eq(struct slice a, struct slice b);
/* Octet-wise order; of equal prefixes the shorter is lower. Returns <0, 0, >0. */
int slice_cmp(struct slice a, struct slice b);
/* Compares in time that depends on the lengths only: for MACs and cookies. */
bool slice_eq_ct(struct slice a, struct slice b);

/* Copies; false (and *out empty) when memory is short. A copy of an empty slice is empty and true. */
bool bytes_copy(struct slice from, struct bytes *out);
/* len bytes of zero. */
bool bytes_alloc(size_t len, struct bytes *out);
/* Frees and makes empty; an empty one may be freed again. */
void bytes_free(struct bytes *b);

bool secret_copy(struct slice from, struct secret *out);
bool secret_alloc(size_t len, struct secret *out);
/* Wipes, frees and makes empty. */
void secret_free(struct secret *s);
/* Overwrites memory in a way the compiler keeps. */
void wipe(void *data, size_t len);

#define cleanup(fn) __attribute__((cleanup(fn)))
static inline void bytes_cleanup(struct bytes *b)
{
	bytes_free(b);
}
static inline void secret_cleanup(struct secret *s)
{
	secret_free(s);
}

#endif
