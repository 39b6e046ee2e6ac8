/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipsec.conf from text to options. The cases stand in file_cases.txt: a text, and behind "--" what
 * must come of it: "NAME AUTO: option=value ..." for each connection, "setup: option=value ..." and
 * "error LINE:COLUMN: part of the text" or "warning ...", every one of them and no other. In a case
 * whose name ends in "shown" each problem is followed by its excerpt and caret. A line "@@ NAME" begins
 * another file, which an include of exactly that name reads; problems there are "NAME:LINE:COLUMN".
 */
#include "conf/file.h"
#include "conf/settings.h"
#include "conf/setup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define CASES "tests/unit/conf/file_cases.txt"

static void put_options(const struct conf_options *o, struct text *out)
{
	char name[32];

	text_add(out, "%s %s:", o->name, name_str(&conf_auto_names, o->action, name, sizeof(name)));
	for (size_t i = 0; i < o->count; i++) {
		const struct conf_option *x = &o->list[i];
		const char *word = x->keyword->whack ? x->keyword->whack : x->keyword->conf;

		text_add(out, " %s%.*s=%s",
			 x->keyword->per_end ? (x->right ? "right." : "left.") : "",
			 (int)strcspn(word, " "), word, x->value);
	}
	text_put(out, o->is_refused ? " (refused)\n" : "\n");
}

static void put_setup(const struct conf_file *f, struct text *out)
{
	const char *name, *value;

	if (!f->setup)
		return;
	text_put(out, "setup:");
	for (size_t i = 0; i < f->setup->count; i++)
		if (setup_option(&f->setup->settings[i], &name, &value))
			text_add(out, value ? " %s=%s" : " %s", name, value);
	text_put(out, "\n");
}

/* The text of a case: the file, and those that it may include. */
struct texts {
	struct slice whole;
	struct conf_reader reader;
};

/* The file of that name: from behind its "@@ NAME" line to the next one; "" is the first. */
static bool text_of(struct slice whole, const char *name, struct slice *out)
{
	const char *at = (const char *)whole.data, *end = at + whole.len;
	const char *next;
	size_t len = strlen(name);

	while (*name) {
		at = memmem(at, (size_t)(end - at), "@@ ", 3);
		if (!at)
			return false;
		at += 3;
		if ((size_t)(end - at) > len && memcmp(at, name, len) == 0 && at[len] == '\n') {
			at += len + 1;
			break;
		}
	}
	next = memmem(at, (size_t)(end - at), "@@ ", 3);
	*out = slice(at, (size_t)((next ? next : end) - at));
	return true;
}

static void include(void *context, struct conf_file *f, const char *pattern,
		    const struct conf_place *at, unsigned depth)
{
	struct texts *t = context;
	struct slice text;

	if (text_of(t->whole, pattern, &text))
		assert_true(conf_parse(f, pattern, text, depth, &t->reader));
	else
		problem_add(&f->problems, true, at, "%s: no such file to include", pattern);
}

static void put_problem(const struct problem *p, bool is_shown, struct text *out)
{
	bool is_main = !p->at.file || strcmp(p->at.file, "x") == 0;

	text_add(out, "%s %s%s%u:%u: %s\n", p->is_warning ? "warning" : "error",
		 is_main ? "" : p->at.file, is_main ? "" : ":", p->at.line, p->at.column, p->text);
	if (is_shown && p->excerpt)
		text_add(out, "| %s\n", p->excerpt);
	if (is_shown && p->excerpt && p->caret)
		text_add(out, "| %*s\n", (int)p->caret, "^");
}

/* What the text comes to. */
static void result(struct slice text, bool is_shown, struct text *out)
{
	struct texts texts = { .whole = text, .reader = { .include = include } };
	struct slice main_text;
	static const uint8_t key[16] = { 1 };
	struct conf_options o;
	struct conf_file f;

	texts.reader.context = &texts;
	conf_file_init(&f, key);
	assert_true(text_of(text, "", &main_text));
	assert_true(conf_parse(&f, "x", main_text, 0, &texts.reader));
	setup_check(&f);
	put_setup(&f, out);
	for (struct conf_section *s = f.first; s; s = s->next)
		if (conf_options_of(&f, s, &o))
			put_options(&o, out);
	for (const struct problem *p = f.problems.first; p; p = p->next)
		put_problem(p, is_shown, out);
	conf_file_fini(&f);
}

/* Every line of want must be one of have: equal, or for problems its beginning and a part. */
static bool line_fits(const char *want, size_t want_len, const char *have, size_t have_len)
{
	const char *colon;
	size_t head;

	if (want_len == have_len && memcmp(want, have, want_len) == 0)
		return true;
	if (strncmp(want, "error ", 6) != 0 && strncmp(want, "warning ", 8) != 0)
		return false;
	colon = memmem(want, want_len, ": ", 2);
	if (!colon)
		return false;
	head = (size_t)(colon - want) + 2;
	return have_len >= head && memcmp(want, have, head) == 0 &&
	       memmem(have + head, have_len - head, want + head, want_len - head);
}

static bool fits(const char *want, const char *have)
{
	while (*want && *have) {
		size_t w = strcspn(want, "\n"), h = strcspn(have, "\n");

		if (!line_fits(want, w, have, h))
			return false;
		want += w + (want[w] == '\n');
		have += h + (have[h] == '\n');
	}
	return !*want && !*have;
}

static char *read_cases(void)
{
	FILE *in = fopen(CASES, "r");
	char *all;
	size_t len;

	assert_non_null(in);
	all = calloc(1, 1 << 20);
	assert_non_null(all);
	len = fread(all, 1, (1 << 20) - 1, in);
	assert_in_range(len, 1, (1 << 20) - 2);
	fclose(in);
	return all;
}

/* In a case \r, \0 and \t stand for these bytes, \e for an escape, \c at the end of the text for no
 * newline, and \*N;x for N times x. */
static size_t unescape(const char *text, size_t len, char *to)
{
	static const char from[] = "r0te", bytes[] = "\r\0\t\33";
	size_t out = 0;

	for (size_t i = 0; i < len; i++) {
		const char *at = NULL;
		char *end;

		if (text[i] == '\\' && i + 1 < len && text[i + 1])
			at = strchr(from, text[i + 1]);
		if (at) {
			to[out++] = bytes[at - from];
			i++;
		} else if (text[i] == '\\' && text[i + 1] == 'c') {
			break;
		} else if (text[i] == '\\' && text[i + 1] == '*') {
			unsigned long n = strtoul(text + i + 2, &end, 10);

			assert_in_range(n, 1, 100000);
			memset(to + out, end[1], n);
			out += n;
			i = (size_t)(end + 1 - text);
		} else {
			to[out++] = text[i];
		}
	}
	return out;
}

static void test_cases(void **state)
{
	char *all = read_cases(), *at = all, *bytes = malloc(1 << 20);
	unsigned count = 0, bad = 0;

	(void)state;
	while ((at = strstr(at, "== "))) {
		char *name = at + 3, *text = strchr(name, '\n') + 1;
		char *split = strstr(text - 1, "\n--\n"), *end;
		char have[16384];
		struct text out = TEXT_OVER(have);
		size_t len;
		bool is_shown;

		assert_non_null(split);
		end = strstr(split, "\n== ");
		text[-1] = '\0';
		is_shown = strlen(name) > 5 && strcmp(name + strlen(name) - 5, "shown") == 0;
		if (end)
			*end = '\0';
		len = split + 1 > text ? (size_t)(split + 1 - text) : 0;
		split[0] = split + 1 > text ? '\n' : '\0';
		len = unescape(text, len, bytes);
		result(slice(bytes, len), is_shown, &out);
		count++;
		for (size_t l = strlen(split + 4); l > 0 && split[3 + l] == '\n'; l--)
			split[3 + l] = '\0';
		for (size_t l = strlen(have); l > 0 && have[l - 1] == '\n'; l--)
			have[l - 1] = '\0';
		if (!fits(split + 4, have)) {
			bad++;
			printf("case \"%s\": wanted\n%s\nhave\n%s\n", name, split + 4, have);
		}
		at = end ? end + 1 : split + 4 + strlen(split + 4);
	}
	free(bytes);
	free(all);
	assert_int_equal(bad, 0);
	assert_in_range(count, 300, 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
