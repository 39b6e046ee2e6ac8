/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A terminal: how wide it is, whether it has colours (NO_COLOR, TERM=dumb) and Unicode; units that
 * people read.
 */
#ifndef VIEW_PAINT_H
#define VIEW_PAINT_H

#include <stdio.h>

#include "base/text.h"

struct paint {
	bool is_terminal, has_colour, has_unicode;
	unsigned width;
};

enum tone { TONE_PLAIN, TONE_GOOD, TONE_BUSY, TONE_BAD, TONE_FAINT, TONE_STRONG };

/* Of standard output, as the environment says. */
struct paint paint_of_output(void);
/* In colour where there is any. */
void paint_put(const struct paint *p, enum tone tone, const char *text);
/* So many columns wide: padded, or cut with an ellipsis; right: the blanks go before. */
void paint_cell(const struct paint *p, enum tone tone, const char *text, unsigned width,
		bool right);
/* ASCII text that begins at column at and whose further lines on a terminal begin at indent. */
void paint_wrap(const struct paint *p, enum tone tone, const char *text, unsigned at,
		unsigned indent);
/* The Unicode text, or the plain one. */
const char *paint_sign(const struct paint *p, const char *unicode, const char *plain);
/* Columns of UTF-8 text without wide characters. */
unsigned paint_columns(const char *text);

/* "1.2M", "512"; "3d", "45m", "12s". */
#define PAINT_UNIT_LEN 16
const char *paint_bytes(uint64_t bytes, char out[PAINT_UNIT_LEN]);
const char *paint_age(uint64_t seconds, char out[PAINT_UNIT_LEN]);
/* "2026-11-26 05:31:55", local time. */
const char *paint_time(uint64_t wall_sec, char *out, size_t size);

#endif
