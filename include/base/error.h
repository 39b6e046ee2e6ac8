/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The error of configuration, files and control: owned by the caller, filled by the callee, which
 * returns false. The text says what is wrong and what to do next; place names file, line and column
 * where there is one.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

struct error {
	uint32_t code;   /* an exit code of whack (ctl/codes.h), 0 when not set */
	uint32_t line;   /* from 1; 0 when there is none */
	uint32_t column; /* from 1; 0 when there is none */
	char file[256];
	char text[512];
};

/* Sets the text (cut at the buffer's end) and keeps place and code. Returns false, to be returned. */
bool error_set(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same with a code. */
bool error_code(struct error *e, uint32_t code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Sets file, line and column. file may be NULL. */
void error_place(struct error *e, const char *file, uint32_t line, uint32_t column);
/* Puts words before the text: "connection west: " + text. Returns false. */
bool error_prefix(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "file:line:column: text" or as much of it as is known, into out (always terminated). */
const char *error_format(const struct error *e, char *out, unsigned int size);

#endif
