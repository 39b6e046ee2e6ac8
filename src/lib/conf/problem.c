/* SPDX-License-Identifier: Apache-2.0 */
/* The list of problems of configuration files, and the guess what a wrong word was meant to be. */
#include "conf/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXCERPT_MAX 160u
#define WORD_MAX 40u

const struct problem_class_row problem_classes[PROBLEM_CLASSES] = {
	[PROBLEM_SYNTAX] = { "syntax", 3,
			     "a file that cannot be read, or in it a line, a word or a value" },
	[PROBLEM_SEMANTIC] = { "semantic", 5,
			       "settings of a connection that do not go together, a proposal that "
			       "is no algorithm's, a host that is none" },
	[PROBLEM_SECRETS] = { "secrets", 6,
			      "the file of secrets, or a connection without its preshared key" },
	[PROBLEM_FILES] = { "files", 7,
			    "a certificate, private key or CA that is not there or cannot be read" },
	[PROBLEM_DATES] = { "certificates", 8, "a certificate that is out of date" },
	[PROBLEM_SELECTORS] = { "selectors", 9,
				"connections that want the same traffic for different peers" },
};

void problems_init(struct problems *p)
{
	*p = (struct problems){ .last = &p->first };
}

void problems_free(struct problems *p)
{
	while (p->first) {
		struct problem *next = p->first->next;

		free(p->first->text);
		free(p->first->conn);
		free(p->first->excerpt);
		free(p->first);
		p->first = next;
	}
	problems_init(p);
}

/* The part of the line around the column, tabs as spaces, nothing that a terminal would obey. */
static void put_excerpt(struct problem *q, struct slice line)
{
	size_t from = q->at.column > 100 ? q->at.column - 60u : 0;
	size_t len = line.len > from ? line.len - from : 0;
	char *out;

	if (len > EXCERPT_MAX)
		len = EXCERPT_MAX;
	if (len == 0 || !(out = malloc(len + 1)))
		return;
	for (size_t i = 0; i < len; i++) {
		uint8_t c = line.data[from + i];

		out[i] = c == '\t' ? ' ' : c < 0x20 || c > 0x7e ? '?' : (char)c;
	}
	out[len] = '\0';
	q->excerpt = out;
	if (q->at.column > from && q->at.column - from <= len + 1)
		q->caret = (uint32_t)(q->at.column - from);
}

void problem_add(struct problems *p, bool is_warning, const struct conf_place *at,
		 const char *format, ...)
{
	char text[800];
	struct problem *q;
	va_list ap;

	*(is_warning ? &p->warnings : &p->errors) += 1;
	p->errors_of[p->class_] += !is_warning;
	if (p->errors + p->warnings > PROBLEMS_MAX)
		return;
	q = calloc(1, sizeof(*q));
	if (!q) {
		p->is_short_of_memory = true;
		return;
	}
	q->at = *at;
	q->is_warning = is_warning;
	q->class_ = p->class_;
	q->conn = p->conn ? strdup(p->conn) : NULL;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	q->text = strdup(text);
	put_excerpt(q, at->text);
	*p->last = q;
	p->last = &q->next;
}

int problems_exit_code(const struct problems *p)
{
	for (size_t i = 0; i < PROBLEM_CLASSES; i++)
		if (p->errors_of[i] > 0)
			return problem_classes[i].exit_code;
	return 0;
}

void problem_format(const struct problem *p, struct text *out)
{
	if (p->at.file)
		text_add(out, "%s:", p->at.file);
	if (p->at.line)
		text_add(out, "%u:", p->at.line);
	if (p->at.line && p->at.column)
		text_add(out, "%u:", p->at.column);
	text_add(out, "%s%s: %s\n", p->at.file ? " " : "", p->is_warning ? "warning" : "error",
		 p->text ? p->text : "memory is short");
	if (!p->excerpt)
		return;
	text_add(out, "  %s\n", p->excerpt);
	if (p->caret)
		text_add(out, "  %*s\n", (int)p->caret, "^");
}

static bool same_char(char a, char b)
{
	if (a >= 'A' && a <= 'Z')
		a = (char)(a - 'A' + 'a');
	if (b >= 'A' && b <= 'Z')
		b = (char)(b - 'A' + 'a');
	return a == b || ((a == '-' || a == '_') && (b == '-' || b == '_'));
}

/* Changes between two words: a letter put in, left out, exchanged, or two neighbours swapped. */
static unsigned distance(const char *a, const char *b)
{
	unsigned rows[3][WORD_MAX + 1];
	size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return UINT32_MAX;
	for (unsigned j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (unsigned i = 1; i <= a_len; i++) {
		unsigned *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];

		now[0] = i;
		for (unsigned j = 1; j <= b_len; j++) {
			unsigned best = last[j - 1] + !same_char(a[i - 1], b[j - 1]);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && same_char(a[i - 1], b[j - 2]) &&
			    same_char(a[i - 2], b[j - 1]) && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
	}
	return rows[a_len % 3][b_len];
}

void suggestion_try(struct suggestion *s, const char *known)
{
	size_t len = strlen(s->unknown);
	unsigned limit = len > 8 ? 3 : len > 3 ? 2 : 1;
	unsigned d = distance(s->unknown, known);

	if (d > limit || (s->best[0] && d >= s->distance))
		return;
	s->distance = d;
	text_copy(s->best, sizeof(s->best), known);
}
