/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The requests to pluto: one transaction that adds all connections or none, then routes, ears and
 * initiations, so that policies stand before the first packet could leave and nothing is initiated
 * before all is known.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addconn.h"
#include "ctl/records.h"
#include "ctl/render.h"
#include "ctl/verbs.h"

struct loading {
	struct ctl_client client;
	const struct arguments *arguments;
	struct plan *plan;
	uint32_t sequence;
	size_t change_count;
	bool *is_changed; /* of each connection of the plan */
	size_t next;      /* of the plan: changes come in its order */
	char text[RENDER_MAX];
	uint8_t request[CTL_FRAME_MAX];
};

/* A connection that a reload adds or replaces: what its auto= wants is asked for again. */
static void note_change(struct loading *l, const struct ctl_message *m)
{
	char name[CONN_NAME_LEN * 4], what[16];
	struct ctl_attribute a;

	l->change_count++;
	record_text(m, ctl_find(m, CHANGE_BASE, &a) ? CHANGE_BASE : CHANGE_NAME, name,
		    sizeof(name));
	record_text(m, CHANGE_WHAT, what, sizeof(what));
	for (size_t i = 0; what[0] != 'd' && i < l->plan->count; i++) {
		size_t at = (l->next + i) % l->plan->count;

		if (strcmp(l->plan->conns[at].name, name) == 0) {
			l->is_changed[at] = true;
			l->next = at;
			return;
		}
	}
}

/* Sends the request and prints its records; the code of its end. False: pluto cannot be talked to. */
static bool call(struct loading *l, struct ctl_builder *b, bool prints, uint32_t *code,
		 struct error *e)
{
	struct ctl_message m;
	struct slice frame;

	if (!ctl_finish(b, &frame))
		return error_code(e, RC_WHACK, "the options are longer than a request may be");
	if (!ctl_client_send(&l->client, frame, e))
		return false;
	for (;;) {
		const struct record_row *row;
		struct text out = TEXT_OVER(l->text);

		if (!ctl_client_read(&l->client, &m, e))
			return false;
		if (m.type == CTL_END) {
			*code = m.what;
			return true;
		}
		row = record_check(&m, e);
		if (!row)
			return false;
		render_classic(&m, row, &out);
		if (row->kind == RECORD_CHANGE)
			note_change(l, &m);
		if ((prints && row->kind != RECORD_ALIVE) || row->kind == RECORD_CHANGE)
			fputs(l->text, stdout);
	}
}

static struct ctl_builder start(struct loading *l, enum verb verb, const char *name)
{
	struct ctl_builder b =
		ctl_request(l->request, sizeof(l->request), ++l->sequence, (uint16_t)verb);

	if (name)
		ctl_put_text(&b, CTL_ATTR_NAME, 0, name);
	return b;
}

static bool simple(struct loading *l, enum verb verb, const char *name, bool prints, uint32_t *code,
		   struct error *e)
{
	struct ctl_builder b = start(l, verb, name);

	return call(l, &b, prints, code, e);
}

static bool is_reload(const struct loading *l)
{
	return l->arguments->task == TASK_RELOAD || l->arguments->task == TASK_DIFF;
}

static bool add(struct loading *l, const struct conf_options *o, uint32_t *code, struct error *e)
{
	struct ctl_builder b = start(l, VERB_ADD, o->name);

	/* what was added by name stays added, and is renewed; what was not is not */
	if (is_reload(l) && o->action == AUTO_IGNORE)
		ctl_put(&b, CTL_ATTR_EXISTING, 0, SLICE_EMPTY);
	for (size_t i = 0; i < o->count; i++) {
		const struct conf_option *x = &o->list[i];
		uint16_t id = x->keyword->id;

		ctl_put_text(&b, x->right ? id | KEYWORD_RIGHT : id, 0, x->value);
	}
	return call(l, &b, !is_reload(l), code, e);
}

/* A connection that asks for what is not there is left out, and said so. */
static void refuse(const struct conf_options *o)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct conf_option *x = &o->list[i];

		if (x->keyword->type != VALUE_REFUSED)
			continue;
		fprintf(stderr, "%s:%u: conn %s is not added: %s %s\n", x->at.file, x->at.line,
			o->name, x->keyword->conf ? x->keyword->conf : x->keyword->whack,
			x->keyword->help);
	}
}

/* All that the file adds is its own: what it does not name any more goes with the next reload. */
static bool begin(struct loading *l, uint32_t *code, struct error *e)
{
	struct ctl_builder b = start(l, VERB_BEGIN, NULL);
	char *path = l->arguments->task == TASK_NAMES ? NULL : realpath(l->arguments->config, NULL);

	if (path)
		ctl_put_text(&b, CTL_ATTR_SOURCE, 0, path);
	free(path);
	return call(l, &b, true, code, e);
}

static bool commit(struct loading *l, uint32_t *code, struct error *e)
{
	struct ctl_builder b = start(l, VERB_COMMIT, NULL);

	if (l->arguments->task == TASK_DIFF)
		ctl_put(&b, CTL_ATTR_PREVIEW, 0, SLICE_EMPTY);
	if (l->arguments->task == TASK_RELOAD)
		ctl_put(&b, CTL_ATTR_CHANGES, 0, SLICE_EMPTY);
	return call(l, &b, !is_reload(l), code, e);
}

static bool add_all(struct loading *l, uint32_t *code, struct error *e)
{
	struct plan *p = l->plan;
	uint32_t first_bad = RC_OK, one;

	if (!begin(l, code, e))
		return false;
	if (*code != RC_OK)
		return true;
	for (size_t i = 0; i < p->count; i++) {
		if (p->conns[i].is_refused) {
			refuse(&p->conns[i]);
			if (l->arguments->task == TASK_NAMES)
				first_bad = first_bad ? first_bad : RC_WHACK;
			continue;
		}
		if (!add(l, &p->conns[i], &one, e))
			return false;
		first_bad = first_bad ? first_bad : one;
	}
	if (!commit(l, code, e))
		return false;
	*code = *code ? *code : first_bad;
	return true;
}

/* Does what auto= wants of the connection have to be asked for? */
static bool is_due(const struct loading *l, size_t i)
{
	return !l->plan->conns[i].is_refused &&
	       (l->arguments->task == TASK_AUTOALL || l->is_changed[i]);
}

/* Traps stand before an ear is opened. */
static bool route_all(struct loading *l, uint32_t *code, struct error *e)
{
	uint32_t one;

	for (size_t i = 0; i < l->plan->count; i++) {
		struct conf_options *o = &l->plan->conns[i];

		if (!is_due(l, i) || o->action != AUTO_ROUTE)
			continue;
		if (!simple(l, VERB_ROUTE, o->name, l->arguments->verbose, &one, e))
			return false;
		*code = *code ? *code : one;
	}
	return true;
}

/* What auto= asks for after all stand. */
static bool act(struct loading *l, uint32_t *code, struct error *e)
{
	struct plan *p = l->plan;
	uint32_t one;

	if (!route_all(l, code, e))
		return false;
	if (!simple(l, VERB_LISTEN, NULL, l->arguments->verbose, &one, e))
		return false;
	*code = *code ? *code : one;
	for (size_t i = 0; i < p->count; i++) {
		struct conf_options *o = &p->conns[i];
		struct ctl_builder b;

		if (!is_due(l, i) || (o->action != AUTO_START && o->action != AUTO_KEEP))
			continue;
		b = start(l, VERB_INITIATE, o->name);
		ctl_put(&b, CTL_ATTR_ASYNC, 0, SLICE_EMPTY);
		if (!call(l, &b, l->arguments->verbose, &one, e))
			return false;
	}
	return true;
}

static bool run(struct loading *l, uint32_t *code, struct error *e)
{
	uint8_t task = l->arguments->task;

	if (!ctl_client_open(&l->client, l->arguments->socket, e) || !add_all(l, code, e))
		return false;
	if (task == TASK_AUTOALL || (task == TASK_RELOAD && *code == RC_OK))
		return act(l, code, e);
	if (task == TASK_DIFF && *code == RC_OK && l->change_count > 0)
		*code = EXIT_DIFFERENT;
	return true;
}

int load(struct plan *p, const struct arguments *a)
{
	struct loading *l = calloc(1, sizeof(*l));
	uint32_t code = RC_WHACK;
	struct error e = { 0 };

	if (l)
		l->is_changed = calloc(p->count + 1, sizeof(*l->is_changed));
	if (!l || !l->is_changed) {
		free(l);
		fputs("addconn: out of memory\n", stderr);
		return RC_WHACK;
	}
	l->arguments = a;
	l->plan = p;
	l->client.fd = -1;
	l->client.silence_msec = CTL_CLIENT_SILENCE_MSEC;
	if (!run(l, &code, &e)) {
		fprintf(stderr, "%s\n", e.text);
		code = e.code ? e.code : RC_WHACK;
	}
	ctl_client_close(&l->client);
	free(l->is_changed);
	free(l);
	return code > 255 ? RC_INTERNAL : (int)code;
}
