/* SPDX-License-Identifier: Apache-2.0 */
/* whack's options, from its tables and those of verbs and keywords. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ctl/words.h"
#include "emit.h"
#include "whack/check.h"

static const char *words_of(const struct names *n, char *buf, size_t size)
{
	struct text t = text_over(buf, size);

	for (size_t i = 0; i < n->count; i++)
		text_add(&t, "%s%s", i ? " " : "", n->rows[i].name);
	return buf;
}

static const char *keyword_takes(const struct keyword *k, char *buf, size_t size)
{
	static const char *const hosts = "host nexthop srcip sourceip";

	switch (k->type) {
	case VALUE_FLAG:
	case VALUE_BIT:
		return NULL;
	case VALUE_BOOL:
		return "yes no";
	case VALUE_ENUM:
	case VALUE_SET:
		return words_of(k->names, buf, size);
	default:
		break;
	}
	for (const char *list = hosts; *list;) {
		struct slice word;
		char one[32];

		if (!words_next(&list, &word))
			break;
		snprintf(one, sizeof(one), "%.*s", (int)word.len, (const char *)word.data);
		if (words_have(k->whack, one))
			return "<host>";
	}
	return words_have(k->whack, "updown") ? "<file>" : "<text>";
}

void whack_options(bool values)
{
	struct option_line o = { .program = "whack" };
	char buf[1024];

	for (size_t i = 0; i < GENERAL_COUNT; i++) {
		const struct general_row *g = &generals[i];

		o.takes = g->takes == TAKES_NOTHING  ? NULL
			  : g->takes == TAKES_YES_NO ? "yes no"
			  : i == GENERAL_NAME        ? "<name>"
			  : i == GENERAL_RUNDIR      ? "<dir>"
			  : strcmp(g->value, "FILE") == 0 || strcmp(g->value, "PATH") == 0
				  ? "<file>"
				  : "<text>";
		o.optional = g->takes == TAKES_YES_NO;
		o.help = g->help;
		print_words(o, g->words, values);
	}
	o.optional = false;
	for (size_t i = 0; i < verb_count; i++) {
		o.takes = verb_value(&verbs[i]) ? "<text>" : NULL;
		o.help = verbs[i].help;
		if (verbs[i].whack)
			print_words(o, verbs[i].whack, values);
	}
	for (size_t i = 0; i < request_option_count; i++) {
		const char *value = request_options[i].value;

		o.takes = !value ? NULL : strcmp(value, "ADDRESS") == 0 ? "<host>" : "<text>";
		o.help = request_options[i].help;
		print_words(o, request_options[i].whack, values);
	}
	for (size_t i = 0; i < keyword_count; i++) {
		if (!keywords[i].whack || keywords[i].type == VALUE_REFUSED)
			continue;
		o.takes = keyword_takes(&keywords[i], buf, sizeof(buf));
		o.optional = o.takes && keyword_value_is_optional(&keywords[i]);
		o.help = keywords[i].help;
		print_words(o, keywords[i].whack, values);
	}
}
