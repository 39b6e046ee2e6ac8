/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints a table as the rows of a manual page (mdoc): what the tables know is never written twice.
 * Used while building only: mantables conf|conf-end|setup|verbs|options|options-end|daemon|events|
 * causes|problem-classes
 */
#include <stdio.h>
#include <string.h>

#include "ctl/causes.h"
#include "ctl/news.h"
#include "conf/keywords.h"
#include "conf/setup.h"
#include "ctl/verbs.h"
#include "ctl/words.h"
#include "options_table.h"

/* Text as mdoc takes it: a leading dot or quote and backslashes would be requests. */
static void put(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\')
			fputs("\\e", stdout);
		else if (i == 0 && (text[i] == '.' || text[i] == '\''))
			printf("\\&%c", text[i]);
		else
			putchar(text[i]);
	}
}

static const char *value_of(const struct keyword *k)
{
	switch (k->type) {
	case VALUE_BOOL:
		return "yes | no";
	case VALUE_NUMBER:
		return "number";
	case VALUE_SECONDS:
		return "time";
	case VALUE_MSEC:
		return "milliseconds";
	case VALUE_PERCENT:
		return "percent";
	case VALUE_ENUM:
		return "word";
	case VALUE_FLAG:
		return NULL;
	default:
		return "text";
	}
}

static void put_words(const char *lead, const char *list)
{
	struct slice word;
	bool first = true;

	if (*list == '\0')
		printf("%s", lead);
	while (words_next(&list, &word)) {
		printf("%s%s", first ? "" : " , ", lead);
		put((const char *)word.data, word.len);
		first = false;
	}
}

static void put_enum(const struct names *n)
{
	fputs("One of", stdout);
	for (size_t i = 0; i < n->count; i++)
		printf("%s %s", i ? "," : "", n->rows[i].name);
	puts(".");
}

static void put_help(const char *help, const char *fallback, const struct names *names)
{
	put(help, strlen(help));
	puts(".");
	if (names)
		put_enum(names);
	if (fallback)
		printf("Default: %s.\n", fallback);
}

static void conf(bool per_end)
{
	for (size_t i = 0; i < keyword_count; i++) {
		const struct keyword *k = &keywords[i];

		if (!k->conf || k->type == VALUE_REFUSED || k->per_end != per_end)
			continue;
		fputs(".It Cm ", stdout);
		put_words(per_end ? "left" : "", k->conf);
		printf(" Ns = Ns Ar %s\n", value_of(k) ? value_of(k) : "yes");
		put_help(k->help, k->fallback, k->type == VALUE_ENUM ? k->names : NULL);
	}
}

static void setup(void)
{
	static const char *const values[] = { [SETUP_BOOL] = "yes | no",
					      [SETUP_NUMBER] = "number",
					      [SETUP_TIME] = "time",
					      [SETUP_TEXT] = "text",
					      [SETUP_HOOK] = "command" };

	for (size_t i = 0; i < setup_word_count; i++) {
		const struct setup_word *w = &setup_words[i];

		fputs(".It Cm ", stdout);
		put_words("", w->words);
		if (w->type == SETUP_LEGACY) {
			printf("\nAccepted, without effect: %s.\n", w->help);
			continue;
		}
		printf(" Ns = Ns Ar %s\n", values[w->type]);
		put_help(w->help, w->fallback, NULL);
	}
}

static void verb_rows(void)
{
	for (size_t i = 0; i < verb_count; i++) {
		if (!verbs[i].whack)
			continue;
		fputs(".It Fl ", stdout);
		put_words("-", verbs[i].whack);
		puts("");
		put_help(verbs[i].help, NULL, NULL);
	}
}

static void options(bool per_end)
{
	for (size_t i = 0; i < keyword_count; i++) {
		const struct keyword *k = &keywords[i];

		if (!k->whack || k->type == VALUE_REFUSED || k->per_end != per_end)
			continue;
		fputs(".It Fl ", stdout);
		put_words("-", k->whack);
		if (value_of(k))
			printf(" Ar %s\n", value_of(k));
		else
			puts("");
		put_help(k->help, k->fallback, k->type == VALUE_ENUM ? k->names : NULL);
	}
}

/* Pluto's own options. */
static void daemon_rows(void)
{
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *r = &option_rows[i];

		if (!r->help)
			continue;
		fputs(".It Fl ", stdout);
		put_words("-", r->name);
		if (r->argument)
			printf("%s Ar %s", r->kind == OPTION_MAY ? " Ns =" : "", r->argument);
		puts("");
		put_help(r->help, NULL, NULL);
	}
}

/* What ipsec monitor tells. */
static void event_rows(void)
{
	for (size_t i = 0; i < NEWS_KINDS; i++) {
		printf(".It Cm %s\n", news_rows[i].word);
		put_help(news_rows[i].help, NULL, NULL);
	}
}

static void cause_table(void)
{
	for (size_t i = CAUSE_NONE + 1; i < CAUSE_COUNT; i++) {
		printf(".It Cm %s\n", cause_rows[i].word);
		put_help(cause_rows[i].what, NULL, NULL);
		if (cause_rows[i].next)
			put_help(cause_rows[i].next, NULL, NULL);
	}
}

/* What ipsec checkconfig exits with. */
static void problem_class_rows(void)
{
	for (size_t i = 0; i < PROBLEM_CLASSES; i++) {
		printf(".It %d Pq Cm %s\n", problem_classes[i].exit_code, problem_classes[i].name);
		put_help(problem_classes[i].help, NULL, NULL);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (strcmp(what, "conf") == 0 || strcmp(what, "conf-end") == 0)
		conf(what[4] != '\0');
	else if (strcmp(what, "setup") == 0)
		setup();
	else if (strcmp(what, "verbs") == 0)
		verb_rows();
	else if (strcmp(what, "options") == 0 || strcmp(what, "options-end") == 0)
		options(what[7] != '\0');
	else if (strcmp(what, "daemon") == 0)
		daemon_rows();
	else if (strcmp(what, "events") == 0)
		event_rows();
	else if (strcmp(what, "problem-classes") == 0)
		problem_class_rows();
	else if (strcmp(what, "causes") == 0)
		cause_table();
	else
		return fprintf(stderr, "mantables: unknown table \"%s\"\n", what), 1;
	return 0;
}
