/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE table of the words of `config setup`: their type, and the option of pluto that each stands for.
 * pluto reads them with --config, addconn checks and prints them.
 */
#ifndef CONF_SETUP_H
#define CONF_SETUP_H

#include "conf/file.h"

enum setup_type {
	SETUP_BOOL,
	SETUP_NUMBER,
	SETUP_TIME,
	SETUP_TEXT,
	SETUP_HOOK,   /* a command of the scripts: prepluto, postpluto */
	SETUP_LEGACY, /* of old, without effect: one warning */
};

struct setup_word {
	const char *words;  /* spellings, separated by spaces; '-' and '_' are the same */
	uint8_t type;       /* enum setup_type */
	const char *option; /* pluto's, for any value or for yes; NULL: none */
	const char *off; /* BOOL: pluto's option for no; NULL: the option is left out; the same as
			  * for yes: it is told which */
	const char *fallback;
	const char *help;
};

extern const struct setup_word setup_words[];
extern const size_t setup_word_count;

const struct setup_word *setup_find(const char *word);
/*
 * Checks every setting of config setup; problems go to f, a warning for a word of old. False on
 * errors.
 */
bool setup_check(struct conf_file *f);
/*
 * The option of pluto that a checked setting asks for: its name, and its value or NULL. False when it
 * asks for none.
 */
bool setup_option(const struct conf_setting *s, const char **name, const char **value);

#endif
