/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a section of ipsec.conf to options of a connection: own settings, then those of `also`, then
 * %default, each word turned into keywords by the tables. What came first stays. Called by addconn
 * and by every check of a configuration.
 */
#include "conf/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "words.h"

#define ALSO_DEPTH 20u

/* A chain of sections on the way down, to see a loop. */
struct visit {
	const struct visit *from;
	const struct conf_section *section;
	bool flipped;
};

struct resolve {
	struct conf_file *f;
	struct conf_options *out;
	uint64_t rows_done; /* bit of a WORD_CALL row that some section has said already */
	bool ok;
};

static void complain(struct resolve *r, bool is_warning, const struct conf_place *at,
		     const char *format, ...) __attribute__((format(printf, 4, 5)));

static void complain(struct resolve *r, bool is_warning, const struct conf_place *at,
		     const char *format, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	problem_add(&r->f->problems, is_warning, at, "conn %s: %s", r->out->name, text);
	if (!is_warning)
		r->ok = false;
}

const struct word_row *word_find(const char *word)
{
	for (size_t i = 0; i < word_row_count; i++)
		if (keyword_is_listed(word_rows[i].words, word))
			return &word_rows[i];
	return NULL;
}

void word_error(struct word_sink *s, const char *format, ...)
{
	struct conf_place at = s->setting->at;
	char text[400];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	at.column = s->setting->value_column;
	problem_add(&s->f->problems, false, &at, "conn %s: %s", s->out->name, text);
	s->ok = false;
}

static bool same_member(const struct conf_option *o, const struct keyword *k, bool right)
{
	if (o->keyword->type == VALUE_REFUSED || k->type == VALUE_REFUSED)
		return o->keyword == k && o->right == right;
	return o->keyword->per_end == k->per_end && o->right == right &&
	       o->keyword->offset == k->offset;
}

static bool append(struct word_sink *s, const struct conf_option *new)
{
	struct conf_options *o = s->out;

	if (o->count == o->capacity) {
		size_t capacity = o->capacity ? o->capacity * 2 : 16;
		struct conf_option *more = arena_array(&s->f->arena, capacity, sizeof(*more));

		if (!more)
			return false;
		if (o->count)
			memcpy(more, o->list, o->count * sizeof(*more));
		o->list = more;
		o->capacity = capacity;
	}
	o->list[o->count++] = *new;
	return true;
}

/* Values by which a word of a function that is not there asks for nothing. */
static bool asks_for_nothing(const char *value)
{
	return strcmp(value, "no") == 0 || strcmp(value, "never") == 0 ||
	       strcmp(value, "none") == 0 || strcmp(value, "0") == 0 || *value == '\0';
}

void word_emit(struct word_sink *s, const struct keyword *k, bool right, const char *value)
{
	struct conf_option new = { .keyword = k,
				   .right = right && k->per_end,
				   .value = value,
				   .at = s->setting->at,
				   .value_column = s->setting->value_column };

	if (k->type == VALUE_REFUSED && asks_for_nothing(value))
		return;
	for (size_t i = 0; i < s->out->count; i++)
		if (same_member(&s->out->list[i], k, new.right))
			return;
	if (k->type == VALUE_REFUSED)
		s->out->is_refused = true;
	if (!append(s, &new)) {
		s->f->problems.is_short_of_memory = true;
		s->ok = false;
	}
}

/* Takes left or right off the word: which end, or neither. */
static const char *strip_end(const char *word, bool *per_end, bool *right)
{
	*right = strncmp(word, "right", 5) == 0;
	*per_end = *right || strncmp(word, "left", 4) == 0;
	if (!*per_end)
		return word;
	return word + (*right ? 5 : 4);
}

static const struct keyword *keyword_of(const char *word, bool per_end)
{
	for (size_t i = 0; i < keyword_count; i++)
		if (keywords[i].conf && keywords[i].per_end == per_end &&
		    ((*word == '\0' && keywords[i].conf[0] == '\0') ||
		     (*word && keyword_is_listed(keywords[i].conf, word))))
			return &keywords[i];
	return NULL;
}

static void try_list(struct suggestion *s, const char *side, const char *list)
{
	char word[64];

	while (list && *list) {
		size_t len = strcspn(list, " ");

		snprintf(word, sizeof(word), "%s%.*s", side, (int)len, list);
		suggestion_try(s, word);
		list += len + strspn(list + len, " ");
	}
}

static void suggest_word(struct suggestion *s)
{
	for (size_t i = 0; i < keyword_count; i++) {
		const struct keyword *k = &keywords[i];

		if (k->conf && !k->per_end) {
			try_list(s, "", k->conf);
		} else if (k->conf) {
			try_list(s, "left", *k->conf ? k->conf : " ");
			try_list(s, "right", *k->conf ? k->conf : " ");
		}
	}
	for (size_t i = 0; i < word_row_count; i++)
		if (word_rows[i].kind != WORD_LEGACY)
			try_list(s, "", word_rows[i].words);
}

static void unknown_word(struct resolve *r, const struct conf_setting *set)
{
	struct suggestion s = { .unknown = set->word };

	suggest_word(&s);
	if (s.best[0])
		complain(r, false, &set->at, "unknown word \"%.60s\": did you mean %s?", set->word,
			 s.best);
	else
		complain(r, false, &set->at, "unknown word \"%.60s\"", set->word);
}

/* One warning for each word of old, however many connections have it. */
static void legacy_word(struct resolve *r, const struct conf_setting *set)
{
	for (const struct problem *p = r->f->problems.first; p; p = p->next)
		if (p->is_warning && p->text && strstr(p->text, set->word))
			return;
	complain(r, true, &set->at, "%.60s has no effect any more: leave it out", set->word);
}

static bool is_comment(const char *word)
{
	return (word[0] == 'x' || word[0] == 'X') && (word[1] == '-' || word[1] == '_');
}

/* Reads each value by its keyword's type now, so that an error has its place. */
static void check_values(struct resolve *r)
{
	struct conn_config scratch;
	struct error e = { 0 };

	conn_config_init(&scratch);
	for (size_t i = 0; i < r->out->count; i++) {
		const struct conf_option *o = &r->out->list[i];
		struct conf_place at = o->at;

		at.column = o->value_column;
		if (o->keyword->type != VALUE_REFUSED &&
		    !keyword_set(o->keyword, &scratch, o->right, o->value, &e))
			complain(r, false, &at, "%s", e.text);
	}
	conn_config_free(&scratch);
}

/* Is the connection AH's, or a shunt? */
static bool is_not_esp(const struct conf_option *o)
{
	if (o->keyword->conf && strcmp(o->keyword->conf, "type") == 0)
		return strcmp(o->value, "tunnel") != 0 && strcmp(o->value, "transport") != 0;
	return o->keyword == keyword_by_whack("encrypt") ||
	       o->keyword == keyword_by_whack("authenticate");
}

/* Without phase2= traffic is protected by ESP, unless the connection is a shunt. */
static void encrypt_by_default(struct resolve *r, const struct conf_section *s)
{
	struct conf_setting none = { .at = s->at };
	struct word_sink sink = { .f = r->f, .out = r->out, .setting = &none, .ok = true };
	const struct keyword *k = keyword_by_whack("encrypt");

	for (size_t i = 0; i < r->out->count; i++)
		if (is_not_esp(&r->out->list[i]))
			return;
	if (k)
		word_emit(&sink, k, false, "yes");
}

static void walk(struct resolve *r, const struct visit *v);

static void also(struct resolve *r, const struct visit *v, const struct conf_setting *set,
		 bool flip)
{
	struct visit next = { .from = v, .flipped = v->flipped != flip };
	unsigned depth = 0;

	next.section = conf_find(r->f, set->value);
	if (!next.section) {
		complain(r, false, &set->at, "%s=%.60s: there is no such conn", set->word,
			 set->value);
		return;
	}
	for (const struct visit *u = v; u; u = u->from, depth++) {
		if (depth > ALSO_DEPTH) {
			complain(r, false, &set->at,
				 "%s=%.60s is more than %u deep: make it flatter", set->word,
				 set->value, ALSO_DEPTH);
			return;
		}
		if (u->section == next.section) {
			complain(r, false, &set->at, "%s=%.60s goes round in a circle", set->word,
				 set->value);
			return;
		}
	}
	walk(r, &next);
}

/* Each word of a list, with left or right before it. */
static void put_words(const char *side, const char *list, struct text *out)
{
	while (*list) {
		size_t len = strcspn(list, " ");

		text_add(out, " %s%.*s", side, (int)len, list);
		list += len + strspn(list + len, " ");
	}
}

/* All spellings of what a word sets, itself among them. */
static void spellings(const char *word, struct text *out)
{
	bool per_end = false, right = false;
	const struct word_row *row = word_find(word);
	const char *bare = row ? word : strip_end(word, &per_end, &right);
	const char *side = !per_end ? "" : right ? "right" : "left";
	const struct keyword *k;

	row = per_end ? word_find(bare) : row;
	k = keyword_of(row && row->kind == WORD_ALIAS ? row->meant : bare, per_end);
	text_put(out, word);
	if (!k || !k->conf)
		return;
	put_words(side, k->conf, out);
	for (size_t i = 0; i < word_row_count; i++)
		if (word_rows[i].kind == WORD_ALIAS && word_rows[i].per_end == per_end &&
		    keyword_is_listed(k->conf, word_rows[i].meant))
			put_words(side, word_rows[i].words, out);
}

/* Where what a word sets was set in this section already. */
static const struct conf_setting *twin(const struct conf_section *s, size_t before)
{
	char words[300];
	struct text t = TEXT_OVER(words);

	spellings(s->settings[before].word, &t);
	for (size_t i = 0; i < before; i++)
		if (keyword_is_listed(words, s->settings[i].word))
			return &s->settings[i];
	return NULL;
}

/* A word that stands for several options counts once: the first section that has it wins. */
static void call(struct resolve *r, const struct word_row *row, struct word_sink *sink)
{
	uint64_t bit = 1ull << (row - word_rows);

	if (r->rows_done & bit)
		return;
	r->rows_done |= bit;
	row->set(sink, sink->setting->value);
	r->ok &= sink->ok;
}

static void one(struct resolve *r, const struct visit *v, const struct conf_setting *set)
{
	struct word_sink sink = { .f = r->f, .out = r->out, .setting = set, .ok = true };
	const struct word_row *row = word_find(set->word);
	const struct keyword *k;
	const char *word = set->word;
	bool per_end = false, right = false;

	if (!row) {
		word = strip_end(set->word, &per_end, &right);
		row = per_end ? word_find(word) : NULL;
		if (row && !row->per_end)
			row = NULL;
	}
	sink.right = right != (v->flipped && per_end);
	if (row && row->kind == WORD_LEGACY) {
		legacy_word(r, set);
		return;
	}
	if (row && row->kind == WORD_CALL) {
		call(r, row, &sink);
		return;
	}
	k = keyword_of(row ? row->meant : word, per_end);
	if (!k && per_end)
		k = keyword_of(set->word, false);
	if (!k) {
		unknown_word(r, set);
		return;
	}
	word_emit(&sink, k, sink.right, set->value);
}

/* Two spellings of one setting may stand when they say the same, as files for several products do. */
static void complain_twin(struct resolve *r, const struct conf_setting *set,
			  const struct conf_setting *before)
{
	if (keyword_is_listed(before->word, set->word))
		complain(r, false, &set->at, "%s stands already in line %u", set->word,
			 before->at.line);
	else if (strcmp(before->value, set->value) != 0)
		complain(r, false, &set->at,
			 "%s is another name of %s, which has another value in line %u", set->word,
			 before->word, before->at.line);
}

/*
 * A section's own settings, then those of its `also`. What comes first stays, so those of %default are
 * taken from the end: the admin's, behind the include of a distribution's, goes before that.
 */
static void walk(struct resolve *r, const struct visit *v)
{
	const struct conf_section *s = v->section;
	const struct conf_setting *set, *before;

	for (size_t i = 0; i < s->count; i++) {
		set = &s->settings[s == r->f->defaults ? s->count - 1 - i : i];
		if (is_comment(set->word) || keyword_is_listed("also alsoflip", set->word))
			continue;
		before = v->from || s == r->f->defaults ? NULL : twin(s, i);
		if (before)
			complain_twin(r, set, before);
		else
			one(r, v, set);
	}
	for (size_t i = 0; i < s->count; i++) {
		set = &s->settings[i];
		if (keyword_is_listed("also", set->word))
			also(r, v, set, false);
		else if (keyword_is_listed("alsoflip", set->word))
			also(r, v, set, true);
	}
}

bool conf_options_of(struct conf_file *f, const struct conf_section *s, struct conf_options *out)
{
	struct resolve r = { .f = f, .out = out, .ok = true };
	struct visit top = { .section = s }, defaults = { .section = f->defaults };

	*out = (struct conf_options){ .name = s->name };
	f->problems.conn = s->name;
	walk(&r, &top);
	if (f->defaults)
		walk(&r, &defaults);
	encrypt_by_default(&r, s);
	check_values(&r);
	f->problems.conn = NULL;
	return r.ok;
}

const struct conf_option *conf_option_find(const struct conf_options *o, const char *conf_word,
					   bool right)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->list[i].right == right && o->list[i].keyword->conf &&
		    strcmp(o->list[i].keyword->conf, conf_word) == 0)
			return &o->list[i];
	return NULL;
}

bool conf_options_is_fragment(const struct conf_options *o)
{
	return o->action == AUTO_IGNORE &&
	       (!conf_option_find(o, "", false) || !conf_option_find(o, "", true));
}

bool conf_options_apply(const struct conf_options *o, struct conn_config *config, struct error *e)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct conf_option *x = &o->list[i];

		if (keyword_set(x->keyword, config, x->right, x->value, e))
			continue;
		error_place(e, x->at.file, x->at.line, x->value_column);
		return false;
	}
	return true;
}
