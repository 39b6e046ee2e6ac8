/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --help, read off the tables, and --version, whose first line many scripts read for its first two
 * words.
 */
#include "options.h"

#include "base/paths.h"
#include "ctl/words.h"

static void print_row(FILE *out, const char *words, const char *value, const char *help)
{
	char buf[128];
	struct text t = TEXT_OVER(buf);
	struct slice word;

	while (words_next(&words, &word))
		text_add(&t, "%s--%.*s", t.len ? ", " : "", (int)word.len, (const char *)word.data);
	if (value)
		text_add(&t, "%s", value);
	if (t.len < 30)
		fprintf(out, "  %-30s %s\n", buf, help);
	else
		fprintf(out, "  %s\n  %30s %s\n", buf, "", help);
}

static const char *value_name(const struct keyword *k)
{
	switch (k->type) {
	case VALUE_FLAG:
	case VALUE_BIT:
		return NULL;
	case VALUE_BOOL:
		return "[=no]";
	case VALUE_ENUM:
		return "[=WORD]";
	case VALUE_SECONDS:
	case VALUE_MSEC:
		return " TIME";
	case VALUE_NUMBER:
		return " NUMBER";
	case VALUE_PERCENT:
		return " PERCENT";
	default:
		return " TEXT";
	}
}

static void print_keywords(FILE *out, bool per_end)
{
	for (size_t i = 0; i < keyword_count; i++) {
		const struct keyword *k = &keywords[i];

		if (k->whack && k->type != VALUE_REFUSED && k->per_end == per_end)
			print_row(out, k->whack, value_name(k), k->help);
	}
}

void print_help(FILE *out)
{
	char value[32];

	fputs("usage: whack OPTIONS      one command in each call\n\nCommands:\n", out);
	for (size_t i = 0; i < verb_count; i++)
		if (verbs[i].whack) {
			struct text t = TEXT_OVER(value);

			text_add(&t, "%s%s", verb_value(&verbs[i]) ? " " : "",
				 verb_value(&verbs[i]) ? verb_value(&verbs[i]) : "");
			print_row(out, verbs[i].whack, value, verbs[i].help);
		}
	fputs("\nGeneral:\n", out);
	for (size_t i = 0; i < GENERAL_COUNT; i++) {
		struct text t = TEXT_OVER(value);

		text_add(&t, "%s%s", generals[i].value ? " " : "",
			 generals[i].value ? generals[i].value : "");
		print_row(out, generals[i].words, value, generals[i].help);
	}
	fputs("\nWith a command:\n", out);
	for (size_t i = 0; i < request_option_count; i++) {
		struct text t = TEXT_OVER(value);

		text_add(&t, "%s%s", request_options[i].value ? " " : "",
			 request_options[i].value ? request_options[i].value : "");
		print_row(out, request_options[i].whack, value, request_options[i].help);
	}
	fputs("\nA connection: --name CONNECTION, LEFT END --to RIGHT END, and its options.\n"
	      "Each end:\n",
	      out);
	print_keywords(out, true);
	fputs("\nOptions of a connection:\n", out);
	print_keywords(out, false);
}

void print_version(FILE *out)
{
	fputs("Libreswan 4.15 compatible: Cygnet " CYGNET_VERSION "\n", out);
}
