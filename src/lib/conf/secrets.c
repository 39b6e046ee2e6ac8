/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of ipsec.secrets: pure, over one file's text, with files and logs behind the caller's
 * functions. An entry is read whole before its indices are looked at, so that no error can quote a
 * secret that stands where an index should. Called by secrets_io.c and by the fuzzer.
 */
#include "conf/secrets.h"

#include "secrets_lex.h"

#include <stdlib.h>
#include <string.h>

#define INDICES_MAX 64
#define INDEX_TEXT_MAX 1024
#define PATTERN_MAX 4096
#define DEPTH_MAX 10
#define NO_MEMORY "memory is short: free some and try again"

enum treatment { KIND_PSK, KIND_PPK, KIND_KEY_FILE, KIND_PARSED, KIND_SKIPPED };

struct kind {
	const char *name;
	enum treatment treatment;
	unsigned words; /* values after the kind; the last is the secret */
};

static const struct kind kinds[] = {
	{ "PSK", KIND_PSK, 1 },        { "XAUTH", KIND_PARSED, 1 },   { "PPKS", KIND_PPK, 2 },
	{ "RSA", KIND_KEY_FILE, 0 },   { "ECDSA", KIND_KEY_FILE, 0 }, { "EDDSA", KIND_KEY_FILE, 0 },
	{ "PKCS8", KIND_KEY_FILE, 0 }, { "P12", KIND_KEY_FILE, 0 },   { "PIN", KIND_SKIPPED, 0 },
};

struct entry {
	struct secrets_word indices[INDICES_MAX];
	size_t count;
	uint32_t line;
	const struct kind *kind;
	struct secret name; /* PPKS */
	struct secret value;
};

static void warn(const struct secrets_parser *p, const char *file, const struct entry *entry,
		 const char *what)
{
	char text[400];
	struct text t = TEXT_OVER(text);

	if (!p->warn)
		return;
	text_add(&t, "%.300s:%u: %s %s", file, entry->line, entry->kind->name, what);
	p->warn(p->context, text);
}

static bool is_word(struct slice text, const char *word)
{
	char copy[16];

	if (text.len == 0 || text.len >= sizeof(copy))
		return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return text_eq_nocase(copy, word);
}

static const struct kind *kind_of(struct slice word)
{
	for (size_t i = 0; word.len && i < ARRAY_LEN(kinds); i++) {
		if (is_word(word, kinds[i].name))
			return &kinds[i];
	}
	return NULL;
}

static bool read_indices(struct secrets_lexer *l, struct entry *entry, struct error *e)
{
	bool is_last = false;

	entry->line = l->line;
	do {
		struct secrets_word word;

		if (!secrets_lex_take_index(l, &word, &is_last, e))
			return false;
		if (word.text.len || word.is_quoted) {
			if (entry->count == INDICES_MAX)
				return secrets_word_fail(l, &word, e,
							 "more than 64 indices: split the entry");
			entry->indices[entry->count++] = word;
		}
		if (!is_last && !secrets_lex_more(l))
			return secrets_word_fail(l, &entry->indices[0], e,
						 "the entry has no ':': write "
						 "indices : PSK \"secret\"");
	} while (!is_last);
	return true;
}

/* PSK may be left out; a quote or a brace may be glued to the word. */
static const struct kind *read_kind(struct secrets_lexer *l)
{
	const uint8_t *at = l->at;
	const struct kind *kind;

	while (at < l->end && ((*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z') ||
			       (*at >= '0' && *at <= '9')))
		at++;
	kind = kind_of(slice(l->at, (size_t)(at - l->at)));
	if (kind && (at == l->end || strchr(" \t\r\v\f\n\"'{", *at)))
		l->at = at;
	else
		kind = &kinds[0];
	return kind;
}

/* 0x, 0s and 0t stand before hex, base64 and text; a quoted word is always text. */
static bool decode(const struct secrets_word *w, struct secret *out)
{
	struct slice text = w->text;
	uint8_t prefix = 0;

	if (!w->is_quoted && text.len >= 2 && text.data[0] == '0')
		prefix = text.data[1] | 0x20;
	if (prefix != 'x' && prefix != 's' && prefix != 't')
		return secret_copy(text, out);
	text = slice(text.data + 2, text.len - 2);
	if (prefix == 'x')
		return parse_hex(text, out);
	return prefix == 's' ? parse_base64(text, out) : secret_copy(text, out);
}

static bool read_value(struct secrets_lexer *l, struct entry *entry, struct error *e)
{
	struct secrets_word word;

	if (!secrets_lex_take(l, &word, e))
		return false;
	secret_free(&entry->value);
	if (!decode(&word, &entry->value))
		return secrets_word_fail(
			l, &word, e,
			"the value cannot be read: after 0x write an even "
			"count of hex digits, after 0s base64, or put text in quotes");
	if (entry->value.len == 0)
		return secrets_word_fail(l, &word, e, "the value is empty: write the secret");
	return true;
}

static bool read_values(struct secrets_lexer *l, struct entry *entry, struct error *e)
{
	for (unsigned i = 0; i < entry->kind->words; i++) {
		if (!secrets_lex_more(l))
			return secrets_lex_fail(
				l, e,
				"the entry ends before its value: write it after the "
				"kind, on the same line or indented");
		if (i > 0) {
			entry->name = entry->value;
			entry->value = (struct secret){ 0 };
			if (entry->name.len > PPK_NAME_MAX)
				return secrets_lex_fail(l, e,
							"the name is longer than 255 bytes: "
							"write a shorter one before the value");
		}
		if (!read_value(l, entry, e))
			return false;
	}
	if (!secrets_lex_more(l))
		return true;
	return secrets_lex_fail(l, e,
				"there is text after the value: put the value in quotes, and the "
				"next entry in column 0");
}

/* A key block is passed over as lines: its text has another grammar. */
static void skip_entry(struct secrets_lexer *l)
{
	while (secrets_lex_more(l) || (l->at < l->end && *l->at == '}'))
		secrets_lex_skip_line(l);
}

/* The ways to write that any address will do. */
static bool is_any(const char *text)
{
	static const char *const words[] = { "%any", "%any4", "%any6", "0.0.0.0", "::" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(text, words[i]) == 0)
			return true;
	}
	return false;
}

static bool read_id(const struct secrets_lexer *l, const struct secrets_word *w,
		    struct identity *out, struct error *e)
{
	char text[INDEX_TEXT_MAX];

	if (!w->is_quoted && kind_of(w->text))
		return secrets_word_fail(l, w, e,
					 "a kind stands among the indices: put ':' before it");
	if (w->text.len >= sizeof(text))
		return secrets_word_fail(l, w, e, "an index is too long: use at most 1023 bytes");
	memcpy(text, w->text.data, w->text.len);
	text[w->text.len] = '\0';
	if (is_any(text))
		return true;
	error_place(e, l->file, w->line, w->column);
	if (identity_parse(text, out, e))
		return true;
	/* what stands in quotes before the colon may be a secret in the wrong place */
	return !w->is_quoted
		       ? false
		       : error_set(e, "the index in quotes is no identity: quote only a DN, as in "
				      "\"C=DE, CN=gw\"");
}

static bool add_entry(const struct secrets_parser *p, const struct secrets_lexer *l,
		      const struct entry *entry, const struct identity *ids, struct error *e)
{
	char origin[sizeof(e->file) + 16];
	struct text t = TEXT_OVER(origin);
	struct psk_entry psk = { .ids = ids,
				 .count = entry->count,
				 .value = secret_slice(&entry->value),
				 .origin = origin };
	struct ppk_entry ppk = { .ids = ids,
				 .count = entry->count,
				 .name = secret_slice(&entry->name),
				 .value = secret_slice(&entry->value),
				 .origin = origin };
	bool ok;

	text_add(&t, "%.255s:%u", l->file, entry->line);
	ok = entry->kind->treatment == KIND_PPK ? keystore_add_ppk(p->keystore, &ppk)
						: keystore_add_psk(p->keystore, &psk);
	return ok || secrets_lex_fail(l, e, NO_MEMORY);
}

static bool read_ids_and_add(const struct secrets_parser *p, const struct secrets_lexer *l,
			     const struct entry *entry, struct error *e)
{
	struct identity *ids = calloc(entry->count + 1, sizeof(*ids));
	bool ok = true;

	if (!ids)
		return secrets_lex_fail(l, e, NO_MEMORY);
	for (size_t i = 0; ok && i < entry->count; i++)
		ok = read_id(l, &entry->indices[i], &ids[i], e);
	if (ok && entry->kind->treatment <= KIND_PPK)
		ok = add_entry(p, l, entry, ids, e);
	for (size_t i = 0; i < entry->count; i++)
		identity_free(&ids[i]);
	free(ids);
	return ok;
}

/* FILE ["passphrase"], or the key itself in braces, which is nobody's format any more. */
static bool parse_key_file(const struct secrets_parser *p, struct secrets_lexer *l,
			   struct entry *entry, struct error *e)
{
	char file[PATTERN_MAX];
	struct secrets_word word;
	bool ok;

	if (*l->at == '{') {
		skip_entry(l);
		warn(p, l->file, entry,
		     "entry skipped: put the key into a file and name that here");
		return true;
	}
	if (!secrets_lex_take(l, &word, e))
		return false;
	if (word.text.len == 0 || word.text.len >= sizeof(file))
		return secrets_word_fail(l, &word, e, "the name of the file is empty or too long");
	memcpy(file, word.text.data, word.text.len);
	file[word.text.len] = '\0';
	word.text = SLICE_EMPTY;
	if (secrets_lex_more(l) && !secrets_lex_take(l, &word, e))
		return false;
	if (secrets_lex_more(l))
		return secrets_lex_fail(l, e,
					"there is text after the passphrase: put the passphrase in "
					"quotes, and the next entry in column 0");
	if (is_word(word.text, "%prompt")) {
		warn(p, l->file, entry, "has %prompt: nobody can be asked, write the passphrase");
		word.text = SLICE_EMPTY;
	}
	ok = keystore_add_key_file(p->keystore, file, word.text);
	return ok || secrets_lex_fail(l, e, NO_MEMORY);
}

static bool parse_entry(const struct secrets_parser *p, struct secrets_lexer *l,
			struct entry *entry, struct error *e)
{
	if (!read_indices(l, entry, e))
		return false;
	if (!secrets_lex_more(l))
		return secrets_lex_fail(l, e,
					"nothing follows the ':': write PSK \"secret\" after it");
	entry->kind = read_kind(l);
	if (entry->kind->treatment == KIND_SKIPPED) {
		skip_entry(l);
		warn(p, l->file, entry, "entry skipped: only pre-shared keys are used");
		return true;
	}
	if (entry->kind->treatment == KIND_KEY_FILE) {
		if (secrets_lex_more(l))
			return parse_key_file(p, l, entry, e);
		return secrets_lex_fail(l, e, "the entry names no file: write it after the kind");
	}
	if (!read_values(l, entry, e) || !read_ids_and_add(p, l, entry, e))
		return false;
	if (entry->kind->treatment == KIND_PARSED)
		warn(p, l->file, entry, "entry skipped: it has no function yet");
	return true;
}

static bool parse_include(const struct secrets_parser *p, struct secrets_lexer *l, unsigned depth,
			  struct error *e)
{
	char pattern[PATTERN_MAX];
	struct secrets_word word;

	if (!secrets_lex_more(l))
		return secrets_lex_fail(l, e, "include names no file: write one after it");
	if (!secrets_lex_take(l, &word, e))
		return false;
	if (word.text.len == 0 || word.text.len >= sizeof(pattern))
		return secrets_word_fail(l, &word, e, "the name of the file is empty or too long");
	memcpy(pattern, word.text.data, word.text.len);
	pattern[word.text.len] = '\0';
	if (depth >= DEPTH_MAX)
		return secrets_word_fail(l, &word, e,
					 "include is nested more than 10 deep: a file may "
					 "include itself");
	if (secrets_lex_more(l))
		return secrets_lex_fail(
			l, e,
			"there is text after the name of the file: quote the name, and "
			"write one include a line");
	error_place(e, l->file, word.line, word.column);
	return !p->include || p->include(p->context, pattern, depth + 1, e);
}

static bool is_include(const struct secrets_lexer *l)
{
	static const char word[] = "include";
	size_t len = sizeof(word) - 1;

	return (size_t)(l->end - l->at) > len && memcmp(l->at, word, len) == 0 &&
	       strchr(" \t\r\n", l->at[len]) != NULL;
}

bool secrets_parse(const struct secrets_parser *p, const char *file, struct slice text,
		   unsigned depth, struct error *e)
{
	struct secrets_lexer l;
	struct secrets_word word;
	bool ok = secrets_lex_init(&l, file, text, e);

	while (ok && secrets_lex_next(&l)) {
		struct entry entry = { 0 };

		if (!secrets_lex_in_column_0(&l)) {
			ok = secrets_lex_fail(
				&l, e,
				"the line is indented but goes on with nothing: begin an "
				"entry in column 0");
		} else if (is_include(&l)) {
			secrets_lex_take(&l, &word, e);
			ok = parse_include(p, &l, depth, e);
		} else {
			ok = parse_entry(p, &l, &entry, e);
			secret_free(&entry.name);
			secret_free(&entry.value);
		}
	}
	return ok;
}
