/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bounded text: a builder over a fixed buffer, and the one escaper for whatever came from a peer or
 * an admin and goes to a log, a status line or a script.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/bytes.h"

struct text {
	char *data; /* always NUL-terminated */
	size_t len;
	size_t capacity; /* with the NUL */
	bool cut;        /* something did not fit */
};

/* Over a char array. */
#define TEXT_OVER(array) text_over((array), sizeof(array))
struct text text_over(char *data, size_t capacity);
void text_add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_put(struct text *t, const char *plain);
/* Escaped: printable ASCII as it is but for \ " ' ` $ and controls, which become \ooo; at most 512
 * bytes of input are shown, then "...". Newlines and non-ASCII never come through. */
void text_escape(struct text *t, struct slice raw);
/* Lower-case hex without separators. */
void text_hex(struct text *t, struct slice raw);

/* Copies a C string into a fixed array, always terminated; false when it was cut. */
bool text_copy(char *out, size_t capacity, const char *from);
/* Case-insensitive ASCII equality. */
bool text_eq_nocase(const char *a, const char *b);

/* Reads a whole decimal (or 0x hex) number with no sign, space or rest; false outside [min, max]. */
bool parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *out);
/* Decodes hex (an even count of digits, '_' between allowed) or base64 (padding optional, spaces
 * ignored). False on any other character. The result is secret: keys come this way. */
bool parse_hex(struct slice text, struct secret *out);
bool parse_base64(struct slice text, struct secret *out);

#endif
