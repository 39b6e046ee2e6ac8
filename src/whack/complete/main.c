/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the tables that the completion of a shell reads: the commands of ipsec, and the options of
 * pluto, whack and addconn with what their values may be. Used while building only:
 * complete bash|zsh|fish
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "ctl/words.h"
#include "emit.h"

enum shell shell;

static void ipsec_options(bool values, bool everywhere)
{
	for (size_t i = 0; i < command_option_count; i++) {
		const struct command_option *c = &command_options[i];
		struct option_line o = { .program = everywhere ? "all" : "some",
					 .takes = c->takes,
					 .help = c->help };

		if (c->everywhere == everywhere)
			print_words(o, c->word, values);
	}
}

/* ---- the tables by shell */

static void commands_of_fish(void)
{
	for (size_t i = 0; i < command_row_count; i++) {
		const struct command_row *c = &command_rows[i];
		const char *list = c->options;
		struct slice word;

		printf("complete -c ipsec -n __ipsec_before -f -a %s -d '", c->word);
		put_quoted(c->help);
		printf("'\ncomplete -c ipsec -n __ipsec_old -l %s -d '", c->word);
		put_quoted(c->help);
		puts("'");
		if (c->takes) {
			printf("complete -c ipsec -n '__ipsec_in %s'", c->word);
			put_fish_values(c->takes);
			puts("");
		}
		while (words_next(&list, &word)) {
			for (size_t k = 0; k < command_option_count; k++) {
				struct option_line o = { .program = c->word,
							 .word = slice_str(command_options[k].word),
							 .takes = command_options[k].takes,
							 .help = command_options[k].help };

				if (slice_eq(slice(word.data + 2, word.len - 2), o.word))
					print_option(&o, false);
			}
		}
	}
	ipsec_options(false, true);
	pluto_options(false);
	whack_options(false);
	addconn_options(false);
}

static void array(const char *name, void (*fill)(bool values))
{
	printf("_ipsec_%s=(\n", name);
	fill(false);
	puts(")");
}

static void options_everywhere(bool values)
{
	ipsec_options(values, true);
}

static void options_of_some(bool values)
{
	ipsec_options(values, false);
}

static void commands_of_others(void)
{
	puts("_ipsec_commands=(");
	for (size_t i = 0; i < command_row_count; i++) {
		printf("\t'%s", command_rows[i].word);
		if (shell == ZSH) {
			putchar(':');
			put_quoted(command_rows[i].help);
		}
		puts("'");
	}
	puts(")");
	array("all", options_everywhere);
	array("some", options_of_some);
	array("pluto", pluto_options);
	array("whack", whack_options);
	array("addconn", addconn_options);
	printf("%s -gA _ipsec_arguments=(\n", shell == ZSH ? "typeset" : "declare");
	for (size_t i = 0; i < command_row_count; i++)
		if (command_rows[i].takes)
			printf("\t[%s]='%s'\n", command_rows[i].word, command_rows[i].takes);
	printf(")\n%s -gA _ipsec_own=(\n", shell == ZSH ? "typeset" : "declare");
	for (size_t i = 0; i < command_row_count; i++)
		if (command_rows[i].options[0])
			printf("\t[%s]='%s'\n", command_rows[i].word, command_rows[i].options);
	printf(")\n%s -gA _ipsec_values=(\n", shell == ZSH ? "typeset" : "declare");
	options_everywhere(true);
	options_of_some(true);
	pluto_options(true);
	whack_options(true);
	addconn_options(true);
	puts(")");
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	shell = strcmp(what, "zsh") == 0 ? ZSH : strcmp(what, "fish") == 0 ? FISH : BASH;
	if (shell == BASH && strcmp(what, "bash") != 0)
		return fprintf(stderr, "usage: complete bash|zsh|fish\n"), 2;
	if (shell == FISH)
		commands_of_fish();
	else
		commands_of_others();
	return 0;
}
