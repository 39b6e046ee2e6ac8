/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of whack's command line: nothing twice, one command, a name where it is needed, two
 * ends with a host each for a connection. Values are judged by pluto, through the keyword table.
 */
#include "check.h"

#include <string.h>

#include "ctl/codes.h"
#include "ctl/words.h"

bool keyword_value_is_optional(const struct keyword *k)
{
	uint32_t yes;

	return k->type == VALUE_BOOL ||
	       (k->type == VALUE_ENUM && k->names && name_value(k->names, "yes", &yes));
}

static int word_len(const char *word)
{
	return (int)strcspn(word, "=");
}

/* Two spellings, or two flags, that set one member are one option. */
static bool same_member(const struct setting *a, const struct setting *b)
{
	return a->keyword->per_end == b->keyword->per_end && a->right == b->right &&
	       a->keyword->offset == b->keyword->offset;
}

bool add_setting(struct options *o, const struct setting *s, struct error *e)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct setting *old = &o->settings[i];

		if (!same_member(old, s))
			continue;
		/* bits of one set add up */
		if (old->keyword != s->keyword && old->keyword->type == VALUE_BIT &&
		    s->keyword->type == VALUE_BIT)
			continue;
		if (old->keyword == s->keyword)
			return error_code(e, RC_WHACK, "option --%.*s given twice%s",
					  word_len(s->word), s->word,
					  s->keyword->per_end ? " for one end" : "");
		return error_code(e, RC_WHACK, "options --%.*s and --%.*s exclude each other",
				  word_len(old->word), old->word, word_len(s->word), s->word);
	}
	if (o->count == SETTINGS_MAX)
		return error_code(e, RC_WHACK, "too many options");
	o->settings[o->count++] = *s;
	return true;
}

static bool has_host(const struct options *o, bool right)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->settings[i].keyword->per_end && o->settings[i].right == right &&
		    words_have(o->settings[i].keyword->whack, "host"))
			return true;
	return false;
}

static bool check_add(struct options *o, struct error *e)
{
	if (o->verb && o->count > 0)
		return error_code(e, RC_WHACK,
				  "two commands, --%s and --%.*s, which defines a connection: give "
				  "one",
				  o->verb_word, word_len(o->settings[0].word), o->settings[0].word);
	if (o->verb)
		return error_code(
			e, RC_WHACK,
			"two commands, --%s and --to, which defines a connection: give one",
			o->verb_word);
	o->verb = verb_by_number(VERB_ADD);
	o->verb_word = "add";
	if (!o->to)
		return error_code(e, RC_WHACK,
				  "options of a connection, but no --to between its ends");
	if (!has_host(o, false))
		return error_code(e, RC_WHACK, "no --host of the left end, before --to");
	if (!has_host(o, true))
		return error_code(e, RC_WHACK, "no --host of the right end, after --to");
	return true;
}

static bool check_name(const struct options *o, struct error *e)
{
	if (o->name && (o->name[0] == '\0' || strlen(o->name) >= CTL_NAME_LEN))
		return error_code(e, RC_WHACK, "the value of --name is empty or longer than %d",
				  CTL_NAME_LEN - 1);
	if (o->name && o->verb->needs_name == NAME_UNUSED)
		return error_code(e, RC_WHACK, "--%s does not take --name", o->verb_word);
	if (!o->name && o->verb->needs_name == NAME_MUST)
		return error_code(e, RC_WHACK, "%s needs --name",
				  o->verb->verb == VERB_ADD ? "a connection" : o->verb->name);
	return true;
}

static bool check_request(const struct options *o, struct error *e)
{
	for (size_t i = 0; i < o->request_count; i++)
		if (!request_option_of(o->verb, o->requests[i].option->id))
			return error_code(e, RC_WHACK, "option --%.*s does not go with %s",
					  word_len(o->requests[i].word), o->requests[i].word,
					  o->verb_word);
	return true;
}

/* Some options are a command by themselves. */
static void imply_verb(struct options *o)
{
	for (size_t i = 0; i < o->request_count && !o->verb; i++) {
		const struct request_option *r = o->requests[i].option;

		if (!r->implies)
			continue;
		o->verb = verb_by_number(r->implies);
		o->verb_word = o->verb->name;
	}
}

static bool check_batch(struct options *o, struct error *e)
{
	if (o->verb || o->count > 0 || o->to || o->name)
		return error_code(e, RC_WHACK,
				  "--batch is a command: what it adds stands in its file");
	for (size_t i = 0; i < o->request_count; i++)
		if (!request_option_of(verb_by_number(VERB_BEGIN), o->requests[i].option->id) &&
		    !request_option_of(verb_by_number(VERB_COMMIT), o->requests[i].option->id))
			return error_code(e, RC_WHACK, "option --%.*s does not go with --batch",
					  word_len(o->requests[i].word), o->requests[i].word);
	/* the reply is that of the transaction */
	o->verb = verb_by_number(VERB_COMMIT);
	o->verb_word = "batch";
	return true;
}

bool check_options(struct options *o, struct error *e)
{
	if (o->batch)
		return check_batch(o, e);
	/* of a connection's options this one alone is a request to its live peers */
	if (!o->verb && !o->to && o->count == 1 &&
	    words_have(o->settings[0].keyword->whack, "redirect-to")) {
		o->verb = verb_by_number(VERB_REDIRECT);
		o->verb_word = "redirect-to";
		o->verb_value = o->settings[0].text;
		o->count = 0;
	}
	if (o->count == 0 && !o->to)
		imply_verb(o);
	if ((o->count > 0 || o->to) && !check_add(o, e))
		return false;
	if (!o->verb)
		return error_code(e, RC_WHACK, "nothing to do: give a command, see whack --help");
	return check_request(o, e) && check_name(o, e);
}
