/* SPDX-License-Identifier: Apache-2.0 */
/*
 * whack: one command line, one request to pluto, its records printed as they come, and the exit
 * code of its end record. Every other way out is an error with a code of its own, never 0.
 */
#include <stdlib.h>
#include <string.h>

#include "session.h"

static int complain(const struct options *o, const struct error *e)
{
	if (e->code == RC_NO_DAEMON) {
		fprintf(stderr, "%s\n", e->text);
		return RC_NO_DAEMON;
	}
	fputs("whack error: ", stderr);
	if (o->label)
		fprintf(stderr, "%s ", o->label);
	if (o->name)
		fprintf(stderr, "\"%s\" ", o->name);
	fprintf(stderr, "%s\n", e->text);
	return RC_WHACK;
}

/* Its reply has no end: a line for each record, as it comes. */
static bool is_stream(const struct session *s)
{
	return s->options.verb->verb == VERB_WATCH;
}

static bool print_record(struct session *s, const struct ctl_message *m, struct error *e)
{
	const struct record_row *row = record_check(m, e);
	struct text out = TEXT_OVER(s->text);

	if (!row)
		return false;
	if (row->kind == RECORD_ALIVE)
		return true;
	s->printed = true;
	if (s->options.json && is_stream(s))
		return row->kind == RECORD_LOG || render_json_line(m, row, stdout) ||
		       error_code(e, RC_WHACK, "cannot write the answer");
	if (s->json)
		return render_json_add(s->json, m, row) || error_code(e, RC_WHACK, "out of memory");
	if (s->options.verb && s->options.verb->verb == VERB_METRICS &&
	    strcmp(s->options.verb_word, "globalstatus") == 0)
		render_pairs(m, row, &out);
	else
		render_classic(m, row, &out);
	fputs(s->text, stdout);
	/* a log line tells how far a negotiation is: it must not wait for the next */
	if (row->kind == RECORD_LOG || row->kind == RECORD_EVENT)
		fflush(stdout);
	return true;
}

static bool finish(struct session *s, uint32_t code, int *exit_code, struct error *e)
{
	char buf[32];
	bool good = true;

	if (s->json) {
		good = render_json_finish(s->json, code, stdout);
		s->json = NULL;
	} else if (code != RC_OK && !s->printed) {
		fprintf(stderr, "whack: pluto answered: %s\n",
			name_str(&rc_names, code, buf, sizeof(buf)));
	}
	if (fflush(stdout) != 0 || ferror(stdout) || !good)
		return error_code(e, RC_WHACK, "cannot write the answer");
	/* the shell sees eight bits: no failure may turn into 0 there */
	*exit_code = code > 255 ? RC_INTERNAL : (int)code;
	return true;
}

bool session_call(struct session *s, struct slice frame, uint32_t *code, struct error *e)
{
	struct ctl_message m;

	if (!ctl_client_send(&s->client, frame, e))
		return false;
	for (;;) {
		if (!ctl_client_read(&s->client, &m, e))
			return false;
		if (m.type == CTL_END) {
			*code = m.what;
			return true;
		}
		if (!print_record(s, &m, e))
			return false;
	}
}

static bool one_request(struct session *s, uint32_t *code, struct error *e)
{
	struct slice frame;

	return options_request(&s->options, s->request, sizeof(s->request), &frame, e) &&
	       session_call(s, frame, code, e);
}

static bool run(struct session *s, int *exit_code, struct error *e)
{
	uint32_t code = RC_OK;

	if (!ctl_client_open(&s->client, s->options.socket, e))
		return false;
	if (s->options.json && !is_stream(s)) {
		s->json = render_json_new(s->options.verb->verb);
		if (!s->json)
			return error_code(e, RC_WHACK, "out of memory");
	}
	if (!(s->options.batch ? batch_run(s, &code, e) : one_request(s, &code, e)))
		return false;
	return finish(s, code, exit_code, e);
}

static int session(struct session *s, int argc, char *argv[])
{
	struct error e = { 0 };
	int exit_code = RC_WHACK;

	if (!options_read(argc - 1, argv + 1, &s->options, &e))
		return complain(&s->options, &e);
	if (s->options.help || s->options.version) {
		if (s->options.help)
			print_help(stdout);
		else
			print_version(stdout);
		return fflush(stdout) == 0 ? RC_OK : RC_WHACK;
	}
	if (!run(s, &exit_code, &e)) {
		fflush(stdout);
		exit_code = complain(&s->options, &e);
	}
	return exit_code;
}

int main(int argc, char *argv[])
{
	struct session *s = calloc(1, sizeof(*s));
	int exit_code;

	if (!s) {
		fputs("whack error: out of memory\n", stderr);
		return RC_WHACK;
	}
	s->client.fd = -1;
	exit_code = session(s, argc, argv);
	wipe(s->request, sizeof(s->request));
	render_json_free(s->json);
	ctl_client_close(&s->client);
	free(s);
	return exit_code;
}
