/* SPDX-License-Identifier: Apache-2.0 */
/* Options as lines of the shells' tables. */
#include "emit.h"

#include <stdio.h>
#include <string.h>

#include "ctl/words.h"

static void put(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\'')
			fputs(shell == FISH ? "\\'" : "'\\''", stdout);
		else if (text[i] == '\\' && shell == FISH)
			fputs("\\\\", stdout);
		else
			putchar(text[i]);
	}
}

void put_quoted(const char *text)
{
	put(text, strlen(text));
}

void put_fish_values(const char *takes)
{
	if (strcmp(takes, "<name>") == 0)
		fputs(" -x -a '(__ipsec_names)'", stdout);
	else if (strcmp(takes, "<file>") == 0)
		fputs(" -r -F", stdout);
	else if (strcmp(takes, "<dir>") == 0)
		fputs(" -x -a '(__fish_complete_directories)'", stdout);
	else if (strcmp(takes, "<host>") == 0)
		fputs(" -x -a '(__fish_print_hostnames)'", stdout);
	else if (strcmp(takes, "<text>") == 0)
		fputs(" -x", stdout);
	else
		printf(" -x -a '%s'", takes);
}

static void fish_option(const struct option_line *o)
{
	printf("complete -c ipsec -n '__ipsec_in %s' -l '", o->program);
	put((const char *)o->word.data, o->word.len);
	putchar('\'');
	/* fish offers what has neither -r nor -x behind '=' alone */
	if (o->takes && o->optional && o->takes[0] != '<')
		printf(" -a '%s'", o->takes);
	else if (o->takes && !o->optional)
		put_fish_values(o->takes);
	fputs(" -d '", stdout);
	put_quoted(o->help);
	puts("'");
}

void print_option(const struct option_line *o, bool values)
{
	const char *mark = o->takes && o->optional ? "=" : "";

	if (shell == FISH) {
		if (!values)
			fish_option(o);
		return;
	}
	if (values && o->takes) {
		printf("\t['%s:--", o->program);
		put((const char *)o->word.data, o->word.len);
		printf("']='%s'\n", o->takes);
	} else if (!values) {
		printf("\t'--");
		put((const char *)o->word.data, o->word.len);
		fputs(mark, stdout);
		if (shell == ZSH) {
			putchar(':');
			put_quoted(o->help);
		}
		puts("'");
	}
}

void print_words(struct option_line o, const char *list, bool values)
{
	while (words_next(&list, &o.word))
		print_option(&o, values);
}
