/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lexer of ipsec.secrets: blanks, comments, lines (LF or CRLF), words and quotes, and where the
 * colon is in a word that may be an IPv6 address. Its errors have a place and a fixed text, never
 * bytes of the file, for those may be a secret. Called by secrets.c.
 */
#include "secrets_lex.h"

#include "base/address.h"

#include <string.h>

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static bool is_end_of_word(const struct secrets_lexer *l)
{
	return l->at == l->end || is_blank(*l->at) || *l->at == '\n';
}

static uint32_t column_of(const struct secrets_lexer *l)
{
	size_t column = (size_t)(l->at - l->line_start) + 1;

	return column < UINT32_MAX ? (uint32_t)column : UINT32_MAX;
}

bool secrets_lex_fail(const struct secrets_lexer *l, struct error *e, const char *text)
{
	error_place(e, l->file, l->line, column_of(l));
	return error_set(e, "%s", text);
}

bool secrets_word_fail(const struct secrets_lexer *l, const struct secrets_word *w, struct error *e,
		       const char *text)
{
	error_place(e, l->file, w->line, w->column);
	return error_set(e, "%s", text);
}

static void next_line(struct secrets_lexer *l)
{
	l->at++;
	l->line++;
	l->line_start = l->at;
}

bool secrets_lex_init(struct secrets_lexer *l, const char *file, struct slice text, struct error *e)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };
	const uint8_t *nul = text.len ? memchr(text.data, '\0', text.len) : NULL;

	*l = (struct secrets_lexer){ .file = file, .at = text.data, .line = 1 };
	l->end = text.len ? text.data + text.len : text.data;
	/* editors of other systems put a byte order mark first */
	if (text.len >= sizeof(mark) && memcmp(text.data, mark, sizeof(mark)) == 0)
		l->at += sizeof(mark);
	l->line_start = l->at;
	if (!nul)
		return true;
	while (l->at < nul) {
		if (*l->at == '\n')
			next_line(l);
		else
			l->at++;
	}
	return secrets_lex_fail(l, e, "there is a NUL byte in the file: write it as plain text");
}

void secrets_lex_skip_line(struct secrets_lexer *l)
{
	while (l->at < l->end && *l->at != '\n')
		l->at++;
}

bool secrets_lex_next(struct secrets_lexer *l)
{
	while (l->at < l->end) {
		if (*l->at == '\n')
			next_line(l);
		else if (*l->at == '#')
			secrets_lex_skip_line(l);
		else if (is_blank(*l->at))
			l->at++;
		else
			return true;
	}
	return false;
}

bool secrets_lex_in_column_0(const struct secrets_lexer *l)
{
	return l->at == l->line_start;
}

bool secrets_lex_more(struct secrets_lexer *l)
{
	return secrets_lex_next(l) && !secrets_lex_in_column_0(l);
}

static bool is_quote(uint8_t c)
{
	return c == '"' || c == '\'';
}

static void begin_word(const struct secrets_lexer *l, struct secrets_word *out)
{
	*out = (struct secrets_word){ .line = l->line, .column = column_of(l) };
	out->is_quoted = is_quote(*l->at);
}

static bool take_quoted(struct secrets_lexer *l, struct secrets_word *out, struct error *e)
{
	uint8_t quote = *l->at;
	const uint8_t *from = ++l->at;

	while (l->at < l->end && *l->at != quote && *l->at != '\n')
		l->at++;
	if (l->at == l->end || *l->at == '\n')
		return secrets_word_fail(l, out, e, "a quote is not closed on its line: close it");
	out->text = slice(from, (size_t)(l->at - from));
	l->at++;
	return true;
}

static void take_bare(struct secrets_lexer *l, struct secrets_word *out)
{
	const uint8_t *from = l->at;

	while (!is_end_of_word(l))
		l->at++;
	out->text = slice(from, (size_t)(l->at - from));
}

bool secrets_lex_take(struct secrets_lexer *l, struct secrets_word *out, struct error *e)
{
	begin_word(l, out);
	if (!out->is_quoted) {
		take_bare(l, out);
		return true;
	}
	if (!take_quoted(l, out, e))
		return false;
	if (is_end_of_word(l) || *l->at == '#')
		return true;
	return secrets_lex_fail(l, e,
				"there is text right after the closing quote: quote all of it");
}

static bool is_address(const uint8_t *from, size_t len)
{
	char text[ADDRESS_TEXT_LEN];
	struct address ignored;

	if (len >= sizeof(text))
		return false;
	memcpy(text, from, len);
	text[len] = '\0';
	return address_parse(text, &ignored);
}

/*
 * Where the colon is that ends the indices, or the word's length when none does. Of an IPv6 address
 * as much as can be is taken: "fd00::" is an address, "fd00:::" one and the colon.
 */
static size_t find_colon(struct slice word)
{
	size_t len = word.len < ADDRESS_TEXT_LEN ? word.len : ADDRESS_TEXT_LEN;
	const uint8_t *from = word.data;
	const uint8_t *colon;

	if (is_address(word.data, word.len))
		return word.len;
	while (len-- > 0) {
		if (word.data[len] == ':' && is_address(word.data, len))
			return len;
	}
	/* a key id in brackets may hold colons */
	if (word.len > 2 && word.data[0] == '@' && word.data[1] == '[') {
		const uint8_t *close = memchr(word.data, ']', word.len);

		from = close ? close : from;
	}
	colon = memchr(from, ':', word.len - (size_t)(from - word.data));
	return colon ? (size_t)(colon - word.data) : word.len;
}

bool secrets_lex_take_index(struct secrets_lexer *l, struct secrets_word *out, bool *is_last,
			    struct error *e)
{
	begin_word(l, out);
	*is_last = false;
	if (out->is_quoted) {
		if (!take_quoted(l, out, e))
			return false;
		if (is_end_of_word(l))
			return true;
		if (*l->at != ':')
			return secrets_lex_fail(
				l, e,
				"there is text right after the closing quote: put a "
				"blank between");
		l->at++;
		*is_last = true;
		return true;
	}
	take_bare(l, out);
	size_t colon = find_colon(out->text);

	if (colon < out->text.len) {
		l->at = out->text.data + colon + 1;
		out->text.len = colon;
		*is_last = true;
	}
	return true;
}
