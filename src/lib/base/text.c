/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bounded text, the one escaper, and the readers of numbers and keys as admins write them. What
 * does not fit is cut once and for all: nothing that comes after a cut is added, so a text never
 * has a hole in it. No function here depends on a locale.
 */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ESCAPE_MAX_INPUT 512

struct text text_over(char *data, size_t capacity)
{
	if (capacity)
		data[0] = '\0';
	return (struct text){ .data = data, .capacity = capacity, .cut = capacity == 0 };
}

void text_add(struct text *t, const char *format, ...)
{
	size_t room = t->capacity - t->len;
	va_list args;
	int len;

	if (t->cut)
		return;
	va_start(args, format);
	len = vsnprintf(t->data + t->len, room, format, args);
	va_end(args);
	if (len < 0) {
		t->data[t->len] = '\0';
		t->cut = true;
	} else if ((size_t)len >= room) {
		t->len = t->capacity - 1;
		t->cut = true;
	} else {
		t->len += (size_t)len;
	}
}

/* All of it or nothing. */
static bool put_whole(struct text *t, const char *from, size_t len)
{
	if (t->cut || len >= t->capacity - t->len) {
		t->cut = true;
		return false;
	}
	memcpy(t->data + t->len, from, len);
	t->len += len;
	t->data[t->len] = '\0';
	return true;
}

void text_put(struct text *t, const char *plain)
{
	size_t len = strlen(plain);
	size_t room;

	if (t->cut)
		return;
	room = t->capacity - t->len - 1;
	put_whole(t, plain, len < room ? len : room);
	if (len > room)
		t->cut = true;
}

static bool is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && !strchr("\\\"'`$", c);
}

void text_escape(struct text *t, struct slice raw)
{
	size_t shown = raw.len < ESCAPE_MAX_INPUT ? raw.len : ESCAPE_MAX_INPUT;

	for (size_t i = 0; i < shown; i++) {
		uint8_t c = raw.data[i];
		char octal[4] = { '\\', (char)('0' + (c >> 6)), (char)('0' + (c >> 3 & 7)),
				  (char)('0' + (c & 7)) };
		bool put = is_plain(c) ? put_whole(t, (const char *)&raw.data[i], 1)
				       : put_whole(t, octal, sizeof(octal));

		if (!put)
			return;
	}
	if (raw.len > shown)
		put_whole(t, "...", 3);
}

void text_hex(struct text *t, struct slice raw)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < raw.len; i++) {
		char pair[2] = { digits[raw.data[i] >> 4], digits[raw.data[i] & 15] };

		if (!put_whole(t, pair, sizeof(pair)))
			return;
	}
}

bool text_copy(char *out, size_t capacity, const char *from)
{
	size_t len = from ? strlen(from) : 0;
	size_t copied;

	if (capacity == 0)
		return false;
	copied = len < capacity ? len : capacity - 1;
	if (copied)
		memmove(out, from, copied);
	out[copied] = '\0';
	return copied == len;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_eq_nocase(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return *a == '\0' && *b == '\0';
}

/* 0 to 15, or -1. */
static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	unsigned int base = 10;
	uint64_t value = 0;

	if (!text)
		return false;
	if (text[0] == '0' && lower(text[1]) == 'x') {
		base = 16;
		text += 2;
	}
	if (!*text)
		return false;
	for (; *text; text++) {
		int digit = hex_digit(*text);

		if (digit < 0 || (unsigned int)digit >= base)
			return false;
		if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)digit, &value))
			return false;
	}
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

/* The digits of hex text, or of what is wrong with it nothing: false. */
static bool count_hex(struct slice text, size_t *out)
{
	size_t count = 0;
	bool after_digit = false;

	for (size_t i = 0; i < text.len; i++) {
		if (hex_digit((char)text.data[i]) >= 0) {
			after_digit = true;
			count++;
		} else if (text.data[i] == '_' && after_digit) {
			after_digit = false;
		} else {
			return false;
		}
	}
	*out = count;
	return count % 2 == 0 && (after_digit || text.len == 0);
}

bool parse_hex(struct slice text, struct secret *out)
{
	size_t count;
	size_t at = 0;

	*out = (struct secret){ 0 };
	if (!count_hex(text, &count) || !secret_alloc(count / 2, out))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int digit = hex_digit((char)text.data[i]);

		if (digit < 0)
			continue;
		out->data[at / 2] = (uint8_t)(out->data[at / 2] << 4 | digit);
		at++;
	}
	return true;
}

/* 0 to 63, or -1. */
static int base64_digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Counts digits; false on a stray character, on padding that is wrong, or one digit too many. */
static bool count_base64(struct slice text, size_t *out)
{
	size_t digits = 0;
	size_t pads = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		if (c == '=')
			pads++;
		else if (base64_digit(c) >= 0 && pads == 0)
			digits++;
		else if (!is_space(c))
			return false;
	}
	*out = digits;
	return digits % 4 != 1 && (pads == 0 || (pads <= 2 && (digits + pads) % 4 == 0));
}

bool parse_base64(struct slice text, struct secret *out)
{
	size_t digits;
	size_t at = 0;
	uint32_t bits = 0;
	unsigned int held = 0;

	*out = (struct secret){ 0 };
	if (!count_base64(text, &digits) || !secret_alloc(digits / 4 * 3 + digits % 4 * 6 / 8, out))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int digit = base64_digit(text.data[i]);

		if (digit < 0)
			continue;
		bits = bits << 6 | (uint32_t)digit;
		held += 6;
		if (held >= 8) {
			held -= 8;
			out->data[at++] = (uint8_t)(bits >> held);
		}
	}
	/* bits left over that are not zero: a digit was lost or mistyped */
	if (bits & ((1u << held) - 1)) {
		secret_free(out);
		return false;
	}
	return true;
}
