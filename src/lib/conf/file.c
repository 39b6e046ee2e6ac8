/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar of ipsec.conf: lines, section headers at the first column, indented settings, quotes,
 * braces and comments. Pure: included files are the reader's business. Called by conf_load and fuzz.
 */
#include "conf/file.h"

#include <string.h>

#define ARENA_LIMIT ((size_t)512 << 20)
#define LINE_MAX_LEN 65536u

struct parser {
	struct conf_file *f;
	const struct conf_reader *reader;
	const char *file;
	unsigned depth;
	uint32_t line;
	struct slice text; /* of the line at work, without its end */
	struct conf_section *section;
	bool skips; /* the settings of an unknown section are passed over */
	bool ok;
};

void conf_file_init(struct conf_file *f, const uint8_t key[16])
{
	*f = (struct conf_file){ .arena = { .limit = ARENA_LIMIT } };
	f->last = &f->first;
	problems_init(&f->problems);
	table_init(&f->conns, key);
}

void conf_file_fini(struct conf_file *f)
{
	table_fini(&f->conns);
	problems_free(&f->problems);
	arena_free(&f->arena);
}

struct conf_section *conf_find(const struct conf_file *f, const char *name)
{
	struct table *t = (struct table *)&f->conns;
	uint64_t hash = table_hash(t, slice_str(name));
	struct table_node *n;

	for (n = table_first(t, hash); n; n = table_next(n, hash)) {
		struct conf_section *s = container_of(n, struct conf_section, by_name);

		if (strcmp(s->name, name) == 0)
			return s;
	}
	return NULL;
}

static struct conf_place place(const struct parser *p, size_t offset)
{
	return (struct conf_place){
		.file = p->file, .line = p->line, .column = (uint32_t)offset + 1, .text = p->text
	};
}

#define ERROR_AT(p, offset, ...)                                          \
	do {                                                              \
		struct conf_place at_ = place((p), (offset));             \
		problem_add(&(p)->f->problems, false, &at_, __VA_ARGS__); \
	} while (0)
#define WARN_AT(p, offset, ...)                                          \
	do {                                                             \
		struct conf_place at_ = place((p), (offset));            \
		problem_add(&(p)->f->problems, true, &at_, __VA_ARGS__); \
	} while (0)

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static size_t skip_blanks(struct slice line, size_t at)
{
	while (at < line.len && is_blank(line.data[at]))
		at++;
	return at;
}

/* A comment begins the line's rest with '#'. */
static bool is_over(struct slice line, size_t at)
{
	return at >= line.len || line.data[at] == '#';
}

static const char *keep(struct parser *p, size_t from, size_t to)
{
	char *s = arena_str(&p->f->arena, slice(p->text.data + from, to - from));

	if (!s)
		p->ok = false;
	return s ? s : "";
}

static struct conf_section *section_new(struct parser *p, enum section_kind kind, const char *name,
					size_t offset)
{
	struct conf_section *s = arena_alloc(&p->f->arena, sizeof(*s));

	if (!s) {
		p->ok = false;
		return NULL;
	}
	s->kind = (uint8_t)kind;
	s->name = name;
	s->at = place(p, offset);
	s->at.text = arena_copy(&p->f->arena, p->text, &p->ok);
	return s;
}

static void begin_conn(struct parser *p, const char *name, size_t offset)
{
	struct conf_file *f = p->f;
	struct conf_section *s;

	if (strcmp(name, "%default") == 0) {
		if (!f->defaults)
			f->defaults = section_new(p, SECTION_CONN, name, offset);
		p->section = f->defaults;
		return;
	}
	s = conf_find(f, name);
	if (s && s->at.line == p->line && strcmp(s->at.file, p->file) == 0) {
		ERROR_AT(p, offset, "conn %s is read twice: two includes name this file", name);
		p->skips = true;
		return;
	}
	if (s) {
		ERROR_AT(p, offset, "conn %s stands already at %s:%u: give it another name", name,
			 s->at.file, s->at.line);
		p->skips = true;
		return;
	}
	s = section_new(p, SECTION_CONN, name, offset);
	if (!s || !table_insert(&f->conns, &s->by_name, table_hash(&f->conns, slice_str(name)))) {
		p->ok = false;
		return;
	}
	*f->last = s;
	f->last = &s->next;
	f->conn_count++;
	p->section = s;
}

/* Names go to logs, status lines and scripts. */
static bool is_good_name(const char *name)
{
	return *name &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			    "-_.%/@:+") == strlen(name);
}

static size_t word_end(struct slice line, size_t at)
{
	while (at < line.len && !is_blank(line.data[at]))
		at++;
	return at;
}

/* The rest of a header line, as one word; NULL after an error. */
static const char *header_word(struct parser *p, size_t at, const char *what)
{
	size_t end = word_end(p->text, at);
	size_t rest = skip_blanks(p->text, end);

	if (is_over(p->text, at)) {
		ERROR_AT(p, at, "%s is missing", what);
		return NULL;
	}
	if (!is_over(p->text, rest)) {
		ERROR_AT(p, rest,
			 "nothing more may stand here: settings go on the next lines, "
			 "indented");
		return NULL;
	}
	if (end - at > 2 && p->text.data[at] == '"' && p->text.data[end - 1] == '"')
		return keep(p, at + 1, end - 1);
	return keep(p, at, end);
}

static void include(struct parser *p, size_t at)
{
	const char *pattern = header_word(p, at, "the file to include");
	struct conf_place here = place(p, at);

	if (!pattern)
		return;
	if (p->depth >= CONF_INCLUDE_DEPTH) {
		ERROR_AT(p, at, "files include each other more than %u deep: is it a loop?",
			 CONF_INCLUDE_DEPTH);
		return;
	}
	if (p->reader)
		p->reader->include(p->reader->context, p->f, pattern, &here, p->depth + 1);
}

static bool word_is(const struct parser *p, size_t from, size_t to, const char *word)
{
	return slice_eq(slice(p->text.data + from, to - from), slice_str(word));
}

static void header(struct parser *p)
{
	size_t end = word_end(p->text, 0), next = skip_blanks(p->text, end);
	const char *name;

	if (word_is(p, 0, end, "include")) {
		include(p, next);
		return;
	}
	p->section = NULL;
	p->skips = true; /* until the header is known to be good */
	if (word_is(p, 0, end, "version"))
		return;
	if (word_is(p, 0, end, "config")) {
		name = header_word(p, next, "the word setup");
		if (name && strcmp(name, "setup") != 0) {
			ERROR_AT(p, next, "only \"config setup\" is known");
			return;
		}
		if (!name)
			return;
		if (!p->f->setup)
			p->f->setup = section_new(p, SECTION_SETUP, name, 0);
		p->section = p->f->setup;
		p->skips = false;
	} else if (word_is(p, 0, end, "conn")) {
		name = header_word(p, next, "the connection's name");
		if (name && !is_good_name(name)) {
			ERROR_AT(p, next,
				 "a connection's name is made of letters, digits and "
				 "-_.%%/@:+");
			return;
		}
		if (!name)
			return;
		p->skips = false;
		begin_conn(p, name, next);
	} else if (word_is(p, 0, end, "ca")) {
		WARN_AT(p, 0, "section ca is passed over: put certificates into ipsec.d/cacerts");
	} else if (memchr(p->text.data, '=', p->text.len)) {
		ERROR_AT(p, 0, "a setting must be indented by a space or tab");
	} else {
		ERROR_AT(p, 0, "a section begins with \"config setup\" or \"conn NAME\"");
	}
}

/* Where an unquoted value ends: at a comment, which follows a blank, or at the line's end. */
static size_t plain_end(struct slice line, size_t at)
{
	size_t end = at;

	for (size_t i = at; i < line.len; i++) {
		if (line.data[i] == '#' && (i == at || is_blank(line.data[i - 1])))
			break;
		if (!is_blank(line.data[i]))
			end = i + 1;
	}
	return end;
}

/* A value between delimiters: the offset behind the closing one, or 0 after an error. */
static size_t enclosed_end(struct parser *p, size_t at, char close)
{
	const uint8_t *end = memchr(p->text.data + at + 1, close, p->text.len - at - 1);
	size_t behind, rest;

	if (!end) {
		ERROR_AT(p, at, "the closing %c is missing", close);
		return 0;
	}
	behind = (size_t)(end - p->text.data) + 1;
	rest = skip_blanks(p->text, behind);
	if (is_over(p->text, rest))
		return behind;
	ERROR_AT(p, rest, "nothing may follow the closing %c", close);
	return 0;
}

/* The value that begins at the offset; NULL after an error. */
static const char *value_at(struct parser *p, size_t at)
{
	size_t end;

	if (at < p->text.len && (p->text.data[at] == '"' || p->text.data[at] == '{')) {
		end = enclosed_end(p, at, p->text.data[at] == '"' ? '"' : '}');
		return end ? keep(p, at + 1, end - 1) : NULL;
	}
	end = plain_end(p->text, at);
	if (end > at && memchr(p->text.data + at, '"', end - at)) {
		const uint8_t *q = memchr(p->text.data + at, '"', end - at);

		ERROR_AT(p, (size_t)(q - p->text.data),
			 "a quote stands inside the value: put the "
			 "whole value into quotes");
		return NULL;
	}
	return keep(p, at, end);
}

static void add_setting(struct parser *p, const struct conf_setting *new)
{
	struct conf_section *s = p->section;

	if (s->count == s->capacity) {
		size_t capacity = s->capacity ? s->capacity * 2 : 8;
		struct conf_setting *more = arena_array(&p->f->arena, capacity, sizeof(*more));

		if (!more) {
			p->ok = false;
			return;
		}
		if (s->count)
			memcpy(more, s->settings, s->count * sizeof(*more));
		s->settings = more;
		s->capacity = capacity;
	}
	s->settings[s->count++] = *new;
}

static void setting(struct parser *p, size_t at)
{
	const uint8_t *equals = memchr(p->text.data + at, '=', plain_end(p->text, at) - at);
	size_t end = word_end(p->text, at);
	struct conf_setting s = { .at = place(p, at) };
	size_t word_stop, value;

	if (word_is(p, at, end, "include") && !equals) {
		include(p, skip_blanks(p->text, end));
		return;
	}
	if (!equals) {
		ERROR_AT(p, at, "no '=' in the line: a setting is written word=value");
		return;
	}
	word_stop = (size_t)(equals - p->text.data);
	value = skip_blanks(p->text, word_stop + 1);
	while (word_stop > at && is_blank(p->text.data[word_stop - 1]))
		word_stop--;
	if (word_stop == at) {
		ERROR_AT(p, at, "no word stands before '='");
		return;
	}
	for (size_t i = at; i < word_stop; i++)
		if (is_blank(p->text.data[i]) || p->text.data[i] == '"') {
			ERROR_AT(p, i,
				 "a word has no blank or quote: a setting is written "
				 "word=value");
			return;
		}
	s.word = keep(p, at, word_stop);
	s.value = value_at(p, value);
	s.at.text = arena_copy(&p->f->arena, p->text, &p->ok);
	s.value_column = (uint32_t)value + 1;
	if (s.value && p->ok)
		add_setting(p, &s);
}

/* Where a byte stands that an editor shows as nothing; the length when there is none. */
static size_t find_control(struct slice line)
{
	for (size_t i = 0; i < line.len; i++)
		if ((line.data[i] < 0x20 && line.data[i] != '\t') || line.data[i] == 0x7f)
			return i;
	return line.len;
}

static void line(struct parser *p)
{
	size_t at = skip_blanks(p->text, 0), control;

	if (is_over(p->text, at))
		return;
	if (memchr(p->text.data, '\0', p->text.len)) {
		ERROR_AT(p, 0, "the line holds a NUL byte: is this a text file?");
		return;
	}
	if (p->text.len > LINE_MAX_LEN) {
		ERROR_AT(p, 0, "the line is longer than %u bytes", LINE_MAX_LEN);
		return;
	}
	control = find_control(p->text);
	if (control < p->text.len) {
		ERROR_AT(p, control, "a control character, 0x%02x, stands here: take it out",
			 p->text.data[control]);
		return;
	}
	if (at == 0) {
		header(p);
	} else if (p->section) {
		setting(p, at);
	} else if (!p->skips) {
		ERROR_AT(p, at,
			 "a setting stands before any section: begin with \"conn NAME\" at "
			 "the first column");
		p->skips = true;
	}
}

bool conf_parse(struct conf_file *f, const char *file, struct slice text, unsigned depth,
		const struct conf_reader *reader)
{
	struct parser p = { .f = f, .reader = reader, .depth = depth, .ok = true };
	size_t at = text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	p.file = arena_str(&f->arena, slice_str(file));
	if (!p.file)
		return false;
	while (at < text.len && p.ok) {
		const uint8_t *end = memchr(text.data + at, '\n', text.len - at);
		size_t len = end ? (size_t)(end - text.data) - at : text.len - at;

		p.line++;
		p.text = slice(text.data + at, len);
		while (p.text.len > 0 && p.text.data[p.text.len - 1] == '\r')
			p.text.len--;
		line(&p);
		at += len + 1;
	}
	return p.ok;
}
