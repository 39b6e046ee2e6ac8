/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walker over whack's long options, "--opt value" and "--opt=value". It asks the tables in turn
 * what a word is, remembers what was given, and check.c judges the whole.
 */
#include "options.h"

#include <string.h>

#include "base/paths.h"
#include "check.h"
#include "ctl/codes.h"

struct walk {
	int argc;
	char *const *argv;
	int at;
	char word[64];     /* the option's, without dashes */
	const char *value; /* after '=', NULL when there is none */
	struct options *o;
	struct error *e;
};

/* The option's value, from behind '=' or the next argument, which may begin with a dash. */
static const char *need_value(struct walk *w)
{
	if (w->value)
		return w->value;
	if (w->at < w->argc)
		return w->argv[w->at++];
	error_code(w->e, RC_WHACK, "option --%s needs a value", w->word);
	return NULL;
}

static bool no_value(struct walk *w)
{
	return !w->value ||
	       error_code(w->e, RC_WHACK, "option --%s does not take a value", w->word);
}

static bool join_socket(struct walk *w, const char *path, const char *tail)
{
	struct text t = TEXT_OVER(w->o->socket_text);

	text_add(&t, "%s%s", path, tail);
	w->o->socket = w->o->socket_text;
	return !t.cut || error_code(w->e, RC_WHACK, "the value of --%s is too long", w->word);
}

static bool set_socket(struct walk *w, enum general what, const char *path)
{
	static const uint32_t all = 1u << GENERAL_CTLSOCKET | 1u << GENERAL_CTLBASE |
				    1u << GENERAL_RUNDIR;

	if ((w->o->seen & all) != 1u << what)
		return error_code(w->e, RC_WHACK,
				  "--ctlsocket, --ctlbase and --rundir name the same thing: give "
				  "one of them");
	if (path[0] == '\0')
		return error_code(w->e, RC_WHACK, "the value of --%s is empty", w->word);
	if (what == GENERAL_CTLBASE)
		return join_socket(w, path, ".ctl");
	if (what == GENERAL_RUNDIR)
		return join_socket(w, path, "/pluto.ctl");
	w->o->socket = path;
	return true;
}

static bool set_async(struct walk *w)
{
	if (!w->value || strcmp(w->value, "yes") == 0)
		w->o->async = true;
	else if (strcmp(w->value, "no") != 0)
		return error_code(w->e, RC_WHACK, "option --%s takes yes or no", w->word);
	return true;
}

static bool set_verb(struct walk *w, const struct verb_row *verb, const char *word)
{
	if (w->o->verb)
		return error_code(w->e, RC_WHACK, "two commands, --%s and --%s: give one",
				  w->o->verb_word, w->word);
	w->o->verb = verb;
	w->o->verb_word = word;
	return true;
}

/* Several may be given; off puts a '-' before each word. */
static bool set_debug(struct walk *w, const char *words, bool off)
{
	struct options *o = w->o;
	struct text t = text_over(o->debug_text, sizeof(o->debug_text));

	t.len = strlen(o->debug_text);
	while (*words) {
		size_t len = strcspn(words, ", ");

		text_add(&t, "%s%s%.*s", t.len ? "," : "", off ? "-" : "", (int)len, words);
		words += len + (words[len] != 0);
	}
	if (t.len + 1 >= sizeof(o->debug_text))
		return error_code(w->e, RC_WHACK, "option --%s: too long", w->word);
	o->debug = o->debug_text;
	/* "all" and "none" say all that there is to say */
	return (o->verb && o->verb->verb == VERB_DEBUG && strcmp(w->word, "debug-all") != 0 &&
		strcmp(w->word, "debug-none") != 0) ||
	       set_verb(w, verb_by_number(VERB_DEBUG), "debug");
}

static bool store_general(struct walk *w, enum general what, const char *value)
{
	switch (what) {
	case GENERAL_NAME:
		w->o->name = value;
		return true;
	case GENERAL_LABEL:
		w->o->label = value;
		return true;
	case GENERAL_CTLSOCKET:
	case GENERAL_CTLBASE:
	case GENERAL_RUNDIR:
		return set_socket(w, what, value);
	case GENERAL_ASYNC:
		return set_async(w);
	case GENERAL_JSON:
		return w->o->json = true;
	case GENERAL_BATCH:
		w->o->batch = value;
		return true;
	case GENERAL_DEBUG:
		return set_debug(w, value, false);
	case GENERAL_NO_DEBUG:
		return set_debug(w, value, true);
	case GENERAL_DEBUG_ALL:
		return set_debug(w, "all", false);
	case GENERAL_DEBUG_NONE:
		return set_debug(w, "none", false);
	case GENERAL_TO:
		return w->o->to = true;
	case GENERAL_VERSION:
		return w->o->version = true;
	case GENERAL_HELP:
		return w->o->help = true;
	default:
		return error_code(w->e, RC_WHACK, "option --%s has no function", w->word);
	}
}

static bool read_general(struct walk *w, const struct general_row *g)
{
	const char *value = NULL;

	if (w->o->seen & 1u << g->what)
		return error_code(w->e, RC_WHACK, "option --%s given twice", w->word);
	w->o->seen |= 1u << g->what;
	if (g->takes == TAKES_VALUE) {
		value = need_value(w);
		if (!value)
			return false;
	} else if (g->takes == TAKES_NOTHING && !no_value(w)) {
		return false;
	}
	return store_general(w, (enum general)g->what, value);
}

static bool read_verb(struct walk *w, const struct verb_row *v, const char *word)
{
	if (w->o->verb == v)
		return error_code(w->e, RC_WHACK, "option --%s given twice", w->word);
	if (!verb_value(v))
		return no_value(w) && set_verb(w, v, word);
	w->o->verb_value = need_value(w);
	return w->o->verb_value && set_verb(w, v, word);
}

static bool read_keyword(struct walk *w, const struct keyword *k, const char *word)
{
	struct setting s = { .keyword = k, .right = k->per_end && w->o->to, .word = word };

	if (k->type == VALUE_REFUSED)
		return error_code(w->e, RC_WHACK, "option --%s: %s", w->word, k->help);
	if (k->type == VALUE_FLAG || k->type == VALUE_BIT) {
		if (!no_value(w))
			return false;
		s.text = "yes";
	} else if (keyword_value_is_optional(k)) {
		s.text = w->value ? w->value : "yes";
	} else {
		s.text = need_value(w);
		if (!s.text)
			return false;
	}
	return add_setting(w->o, &s, w->e);
}

/* Splits "--word=value"; *word stays the argument's own, with its value behind it. */
static bool split(struct walk *w, const char **word)
{
	const char *arg = w->argv[w->at++];
	size_t len;

	if (arg[0] != '-' || arg[1] != '-' || arg[2] == '\0')
		return error_code(w->e, RC_WHACK, "unexpected argument \"%s\"%s", arg,
				  w->word[0] ? ": a value of an option with a default stands "
					       "behind '='"
					     : "");
	*word = arg + 2;
	len = strcspn(*word, "=");
	w->value = (*word)[len] == '=' ? *word + len + 1 : NULL;
	if (len == 0 || len >= sizeof(w->word))
		return error_code(w->e, RC_WHACK, "unknown option \"%s\"", arg);
	memcpy(w->word, *word, len);
	w->word[len] = '\0';
	return true;
}

static bool read_request_option(struct walk *w, const struct request_option *r, const char *word)
{
	struct request_setting s = { .option = r, .word = word };

	for (size_t i = 0; i < w->o->request_count; i++)
		if (w->o->requests[i].option == r)
			return error_code(w->e, RC_WHACK, "option --%s given twice", w->word);
	if (!r->value) {
		if (!no_value(w))
			return false;
	} else if (!(s.text = need_value(w))) {
		return false;
	}
	if (w->o->request_count == REQUEST_SETTINGS_MAX)
		return error_code(w->e, RC_WHACK, "too many options");
	w->o->requests[w->o->request_count++] = s;
	return true;
}

static bool read_one(struct walk *w)
{
	const struct request_option *r;
	const struct general_row *g;
	const struct verb_row *v;
	const struct keyword *k;
	const char *word = NULL;

	if (!split(w, &word))
		return false;
	g = general_by_word(w->word);
	if (g)
		return read_general(w, g);
	v = verb_by_whack(w->word);
	if (v)
		return read_verb(w, v, word);
	r = request_option_by_whack(w->word);
	if (r)
		return read_request_option(w, r, word);
	k = keyword_by_whack(w->word);
	if (k)
		return read_keyword(w, k, word);
	if (strncmp(w->word, "debug-", 6) == 0)
		return no_value(w) && set_debug(w, w->word + 6, false);
	if (refused_command(w->word))
		return error_code(w->e, RC_WHACK, "option --%s: %s", w->word,
				  refused_command(w->word));
	return error_code(w->e, RC_WHACK, "unknown option --%s: see whack --help", w->word);
}

bool options_read(int argc, char *const argv[], struct options *o, struct error *e)
{
	struct walk w = { .argc = argc, .argv = argv, .o = o, .e = e };

	*o = (struct options){ .socket = IPSEC_RUNDIR "/pluto.ctl" };
	while (w.at < argc) {
		if (!read_one(&w))
			return false;
		if (o->help || o->version)
			return true;
	}
	return check_options(o, e);
}
