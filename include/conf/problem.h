/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Problems of configuration files, collected so that an admin sees all of them at once: where, what,
 * the line with a caret under the place, and the word that was probably meant.
 */
#ifndef CONF_PROBLEM_H
#define CONF_PROBLEM_H

#include "base/text.h"

struct conf_place {
	const char *file;      /* borrowed from the arena of the conf_file */
	uint32_t line, column; /* from 1; 0: none */
	struct slice text;     /* of the whole line; empty: not known */
};

/* What kind of thing is wrong, in the order in which an admin mends them. */
enum problem_class {
	PROBLEM_SYNTAX,
	PROBLEM_SEMANTIC,
	PROBLEM_SECRETS,
	PROBLEM_FILES,
	PROBLEM_DATES,
	PROBLEM_SELECTORS,
};
#define PROBLEM_CLASSES 6

struct problem_class_row {
	const char *name;
	int exit_code; /* of ipsec checkconfig; never another number, for scripts test for it */
	const char *help;
};
/* THE table, by enum problem_class; exit codes rise with the class. */
extern const struct problem_class_row problem_classes[PROBLEM_CLASSES];

struct problem {
	struct problem *next;
	struct conf_place at;
	bool is_warning;
	uint8_t class_; /* enum problem_class */
	char *conn;     /* the connection's name; NULL: it is about none */
	char *text;
	char *excerpt;  /* the line, escaped and cut; NULL: none */
	uint32_t caret; /* column of excerpt, from 1; 0: none */
};

#define PROBLEMS_MAX 1000u /* more are counted only */

struct problems {
	struct problem *first, **last;
	size_t errors, warnings;
	bool is_short_of_memory;
	/* what the next problems are about: set and reset by who looks for them */
	uint8_t class_;   /* enum problem_class */
	const char *conn; /* borrowed; NULL: none */
	size_t errors_of[PROBLEM_CLASSES];
};

void problems_init(struct problems *p);
void problems_free(struct problems *p);
void problem_add(struct problems *p, bool is_warning, const struct conf_place *at,
		 const char *format, ...) __attribute__((format(printf, 4, 5)));
/* What a check exits with: the code of the first class that has an error; 0: there is none. */
int problems_exit_code(const struct problems *p);
/* "file:line:column: error: text", the line, a caret; ends in a newline. */
void problem_format(const struct problem *p, struct text *out);

/* The known word nearest to an unknown one: at most one change in a short word, two or three in a
 * longer one. Start with the unknown word alone, try every known one, read best ("": none). */
struct suggestion {
	const char *unknown;
	char best[64];
	unsigned distance;
};
void suggestion_try(struct suggestion *s, const char *known);

#endif
