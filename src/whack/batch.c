/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/codes.h"
#include "session.h"

#define WORDS_MAX (2 * SETTINGS_MAX)

struct batch {
	struct session *session;
	FILE *file;
	const char *name;
	unsigned line;
	char *text; /* the line, cut into words in place */
	size_t size;
	char *words[WORDS_MAX];
	int count;
	struct options one; /* of the line */
};

static bool complain(const struct batch *b, const char *what, struct error *e)
{
	return error_code(e, RC_WHACK, "%s:%u: %s", b->name, b->line, what);
}

/* One word as a shell reads it: quotes of both kinds, and a backslash before any octet. Moves *from
 * behind it; false: a quote is not closed. */
static bool cut_word(char **from, char **out)
{
	char *to = *from, *p = *from;
	char quote = 0;

	*out = to;
	for (; *p && (quote || !strchr(" \t\r\n", *p)); p++) {
		if (*p == '\\' && quote != '\'' && p[1])
			*to++ = *++p;
		else if (quote && *p == quote)
			quote = 0;
		else if (!quote && (*p == '\'' || *p == '"'))
			quote = *p;
		else
			*to++ = *p;
	}
	*from = *p ? p + 1 : p;
	*to = '\0';
	return !quote;
}

/* The line as words; none of an empty one or a comment. */
static bool cut_line(struct batch *b, struct error *e)
{
	char *p = b->text;

	b->count = 0;
	for (;;) {
		p += strspn(p, " \t\r\n");
		if (!*p || (*p == '#' && b->count == 0))
			return true;
		if (b->count == WORDS_MAX)
			return complain(b, "too many words", e);
		if (!cut_word(&p, &b->words[b->count++]))
			return complain(b, "a quote is not closed", e);
	}
}

static bool put_line(struct batch *b, struct slice *frame, struct error *e)
{
	struct session *s = b->session;
	struct error inner = { 0 };

	if (!options_read(b->count, b->words, &b->one, &inner))
		return complain(b, inner.text, e);
	if (!b->one.verb || b->one.verb->verb != VERB_ADD || b->one.json)
		return complain(b, "only connections can stand here: --name, both ends, options",
				e);
	if (!options_request(&b->one, s->request, sizeof(s->request), frame, &inner))
		return complain(b, inner.text, e);
	return true;
}

/* Every line that is wrong is told, with what pluto says of it; *bad is the first one's code. */
static bool add_line(struct batch *b, uint32_t *bad, struct error *e)
{
	struct error own = { 0 };
	struct slice frame;
	uint32_t code = RC_OK;

	if (!cut_line(b, &own) || (b->count > 0 && !put_line(b, &frame, &own))) {
		fprintf(stderr, "%s\n", own.text);
		code = own.code;
	} else if (b->count > 0) {
		if (!session_call(b->session, frame, &code, e))
			return false;
		if (code != RC_OK)
			fprintf(stderr, "%s:%u: the connection is refused\n", b->name, b->line);
	}
	*bad = *bad ? *bad : code;
	return true;
}

static bool add_lines(struct batch *b, uint32_t *bad, struct error *e)
{
	ssize_t len;

	while ((len = getline(&b->text, &b->size, b->file)) >= 0) {
		b->line++;
		if (strlen(b->text) != (size_t)len)
			return complain(b, "a NUL", e);
		if (!add_line(b, bad, e))
			return false;
	}
	return !ferror(b->file) || error_code(e, RC_WHACK, "%s: cannot be read", b->name);
}

/* BEGIN and COMMIT take those options of the command line that are theirs. */
static bool mark(struct batch *b, enum verb verb, uint32_t *code, struct error *e)
{
	const struct options *o = &b->session->options;
	struct ctl_builder builder =
		ctl_request(b->session->request, sizeof(b->session->request), 1, (uint16_t)verb);
	struct slice frame;

	for (size_t i = 0; i < o->request_count; i++) {
		const struct request_setting *r = &o->requests[i];

		if (request_option_of(verb_by_number(verb), r->option->id))
			ctl_put_text(&builder, r->option->id, 0, r->text ? r->text : "");
	}
	return ctl_finish(&builder, &frame) && session_call(b->session, frame, code, e);
}

/* A transaction that is not committed goes with the client. */
static bool run(struct batch *b, uint32_t *code, struct error *e)
{
	uint32_t bad = RC_OK;

	if (!mark(b, VERB_BEGIN, code, e))
		return false;
	if (*code != RC_OK)
		return true;
	if (!add_lines(b, &bad, e))
		return false;
	if (bad == RC_OK)
		return mark(b, VERB_COMMIT, code, e);
	fprintf(stderr, "%s: nothing is added\n", b->name);
	b->session->printed = true;
	*code = bad;
	return true;
}

bool batch_run(struct session *s, uint32_t *code, struct error *e)
{
	const char *name = s->options.batch;
	bool is_stdin = strcmp(name, "-") == 0, ok;
	struct batch *b = calloc(1, sizeof(*b));

	if (!b)
		return error_code(e, RC_WHACK, "out of memory");
	b->session = s;
	b->name = is_stdin ? "standard input" : name;
	b->file = is_stdin ? stdin : fopen(name, "re");
	ok = b->file ? run(b, code, e) : error_code(e, RC_WHACK, "%s: %s", name, strerror(errno));
	if (b->file && !is_stdin)
		fclose(b->file);
	free(b->text);
	free(b);
	return ok;
}
