/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines and words of ipsec.secrets. Words are borrowed from the text, of any length; nothing here
 * prints or copies them. Private to src/lib/conf.
 */
#ifndef CONF_SECRETS_LEX_H
#define CONF_SECRETS_LEX_H

#include "base/bytes.h"
#include "base/error.h"

struct secrets_lexer {
	const char *file;
	const uint8_t *at;
	const uint8_t *end;
	const uint8_t *line_start;
	uint32_t line;
};

struct secrets_word {
	struct slice text; /* without the quotes */
	bool is_quoted;
	uint32_t line, column;
};

/* False with an error when the text has a NUL in it. */
bool secrets_lex_init(struct secrets_lexer *l, const char *file, struct slice text,
		      struct error *e);
/* Goes to the next word, over blanks, comments and ends of lines; false at the end of the text. */
bool secrets_lex_next(struct secrets_lexer *l);
/* The same within the entry at hand: false also when the next word stands in column 0. */
bool secrets_lex_more(struct secrets_lexer *l);
bool secrets_lex_in_column_0(const struct secrets_lexer *l);
void secrets_lex_skip_line(struct secrets_lexer *l);
/* Takes the word at hand: to the next blank, or between quotes, which must close on the line. */
bool secrets_lex_take(struct secrets_lexer *l, struct secrets_word *out, struct error *e);
/*
 * Takes a word of the indices. A colon glued to it ends the indices: *is_last is set, and what
 * follows the colon is the next word. An empty word with *is_last is the colon alone.
 */
bool secrets_lex_take_index(struct secrets_lexer *l, struct secrets_word *out, bool *is_last,
			    struct error *e);
/* Sets an error at the place of the lexer, or of the word; returns false. */
bool secrets_lex_fail(const struct secrets_lexer *l, struct error *e, const char *text);
bool secrets_word_fail(const struct secrets_lexer *l, const struct secrets_word *w, struct error *e,
		       const char *text);

#endif
