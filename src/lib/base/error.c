/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The error a caller owns and a callee fills. Texts that are too long are cut at the buffer's end,
 * and the result is always terminated. The new text is built aside, so that an error's own text may
 * be among its arguments.
 */
#include "base/error.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void __attribute__((format(printf, 2, 0)))
set_text(struct error *e, const char *format, va_list args)
{
	char text[sizeof(e->text)];

	if (!e)
		return;
	if (vsnprintf(text, sizeof(text), format, args) < 0)
		text[0] = '\0';
	text_copy(e->text, sizeof(e->text), text);
}

bool error_set(struct error *e, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_text(e, format, args);
	va_end(args);
	return false;
}

bool error_code(struct error *e, uint32_t code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_text(e, format, args);
	va_end(args);
	if (e)
		e->code = code;
	return false;
}

void error_place(struct error *e, const char *file, uint32_t line, uint32_t column)
{
	if (!e)
		return;
	text_copy(e->file, sizeof(e->file), file ? file : "");
	e->line = line;
	e->column = column;
}

bool error_prefix(struct error *e, const char *format, ...)
{
	char old[sizeof(e->text)];
	struct text t;
	va_list args;

	if (!e)
		return false;
	va_start(args, format);
	memcpy(old, e->text, sizeof(old));
	set_text(e, format, args);
	va_end(args);
	t = (struct text){ .data = e->text, .len = strlen(e->text), .capacity = sizeof(e->text) };
	text_put(&t, old);
	return false;
}

const char *error_format(const struct error *e, char *out, unsigned int size)
{
	struct text t = text_over(out, size);

	if (e->file[0])
		text_put(&t, e->file);
	if (e->line)
		text_add(&t, "%s%u", e->file[0] ? ":" : "line ", e->line);
	if (e->line && e->column)
		text_add(&t, ":%u", e->column);
	if (t.len)
		text_put(&t, ": ");
	text_put(&t, e->text);
	return out;
}
