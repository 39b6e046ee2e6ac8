/* SPDX-License-Identifier: Apache-2.0 */
/* What addconn tells without pluto: names, and config setup for scripts. */
#include <stdio.h>
#include <string.h>

#include "addconn.h"

void print_names(const struct plan *p, uint32_t autos)
{
	bool first = true;

	for (size_t i = 0; i < p->count; i++) {
		if (!(autos & 1u << p->conns[i].action))
			continue;
		printf("%s%s", first ? "" : " ", p->conns[i].name);
		first = false;
	}
	puts("");
}

/* In single quotes, so that a shell takes it as it is. */
static void put_quoted(const char *value)
{
	putchar('\'');
	for (; *value; value++) {
		if (*value == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*value);
	}
	putchar('\'');
}

static void put_variable(const struct arguments *a, const char *word, const char *value)
{
	if (a->key) {
		puts(value);
		return;
	}
	printf("%s%s", a->noexport ? "" : "export ", a->varprefix);
	for (; *word && *word != ' '; word++)
		putchar(*word == '-' ? '_' : *word);
	putchar('=');
	put_quoted(value);
	putchar('\n');
}

static const char *value_of(const struct plan *p, const struct setup_word *w)
{
	const struct conf_section *s = p->file.setup;
	const char *value = w->fallback;

	for (size_t i = 0; s && i < s->count; i++)
		if (setup_find(s->settings[i].word) == w)
			value = s->settings[i].value;
	return value;
}

void print_setup(const struct plan *p, const struct arguments *a)
{
	for (size_t i = 0; i < setup_word_count; i++) {
		const struct setup_word *w = &setup_words[i];
		const char *value = value_of(p, w);

		if (w->type == SETUP_LEGACY || !value ||
		    (a->key && !keyword_is_listed(w->words, a->key)))
			continue;
		put_variable(a, w->words, value);
	}
}
