/* SPDX-License-Identifier: Apache-2.0 */
/* An option as a line of each shell's table, and who has options. */
#ifndef COMPLETE_EMIT_H
#define COMPLETE_EMIT_H

#include "base/bytes.h"

enum shell { BASH, ZSH, FISH };
extern enum shell shell; /* which one is written for */

/* One option: with a value behind a space, behind '=' only, or without. */
struct option_line {
	const char *program;
	struct slice word;
	const char *takes; /* as of commands.h */
	bool optional;     /* the value may be left out, and comes behind '=' */
	const char *help;
};

/* Text between single quotes of the shell. */
void put_quoted(const char *text);
/* What completes a value, for fish. */
void put_fish_values(const char *takes);
/* A line of the table of options or, with values, of the table of what their values may be. */
void print_option(const struct option_line *o, bool values);
/* The same for each word of a list. */
void print_words(struct option_line o, const char *list, bool values);

void whack_options(bool values);
void pluto_options(bool values);
void addconn_options(bool values);

#endif
