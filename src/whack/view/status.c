/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `ipsec status` on a terminal: a row for each connection and each further Child SA of it, as wide as
 * the terminal at most (80 columns are enough), in units that people read.
 */
#include <string.h>

#include "ctl/causes.h"
#include "model.h"

struct row {
	char name[MODEL_TEXT], peer[64], nets[2 * MODEL_TEXT + 8];
	char in[PAINT_UNIT_LEN], out[PAINT_UNIT_LEN], age[PAINT_UNIT_LEN], rekey[PAINT_UNIT_LEN];
};

struct widths {
	unsigned name, peer, nets;
};

#define FIXED 27 /* sign, in, out, age, rekey and the blanks before each */

static void fill(const struct view *v, const struct model_connection *c,
		 const struct model_child *child, struct row *r)
{
	const char *arrow = paint_sign(&v->paint, " \xe2\x9f\xb7 ", " = ");

	*r = (struct row){ 0 };
	model_name(c, r->name, sizeof(r->name));
	snprintf(r->peer, sizeof(r->peer), "%s", c->peer_host);
	if (!child) {
		snprintf(r->nets, sizeof(r->nets), "%s%s%s",
			 c->our_client[0] ? c->our_client : c->our_host, arrow,
			 c->peer_client[0] ? c->peer_client : c->peer_host);
		return;
	}
	snprintf(r->nets, sizeof(r->nets), "%s%s%s", child->our_ts, arrow, child->peer_ts);
	paint_bytes(child->in_bytes, r->in);
	paint_bytes(child->out_bytes, r->out);
	paint_age(child->age, r->age);
	if (child->has_rekey)
		paint_age(child->rekey_in, r->rekey);
}

/* What stands in place of networks and counters while it is not up. */
static void explain(const struct model_connection *c, char *out, size_t size)
{
	char age[PAINT_UNIT_LEN];
	struct text t = text_over(out, size);

	if (strcmp(c->state, "failed") == 0) {
		for (size_t i = 0; i < CAUSE_COUNT; i++)
			if (strcmp(cause_rows[i].word, c->cause) == 0)
				text_put(&t, cause_rows[i].what);
		if (c->has_retry)
			text_add(&t, ", again in %s", paint_age(c->retry_in, age));
	} else {
		text_put(&t, c->state);
	}
}

static void widen(struct widths *w, const struct row *r)
{
	unsigned name = paint_columns(r->name), peer = paint_columns(r->peer);
	unsigned nets = paint_columns(r->nets);

	if (name > w->name)
		w->name = name;
	if (peer > w->peer)
		w->peer = peer;
	if (nets > w->nets)
		w->nets = nets;
}

/* Takes columns away where there are most, down to what still says something. */
static void fit(struct widths *w, unsigned width)
{
	while (w->name + w->peer + w->nets + FIXED > width) {
		if (w->name > 12)
			w->name--;
		else if (w->nets > 27)
			w->nets--;
		else if (w->peer > 13)
			w->peer--;
		else if (w->nets > 16)
			w->nets--;
		else
			break;
	}
}

static void put_row(const struct view *v, const struct widths *w, const struct row *r,
		    const char *state)
{
	const struct paint *p = &v->paint;

	paint_put(p, model_tone(state), model_sign(p, state));
	putchar(' ');
	paint_cell(p, TONE_STRONG, r->name, w->name, false);
	putchar(' ');
	paint_cell(p, TONE_PLAIN, r->peer, w->peer, false);
	putchar(' ');
	paint_cell(p, TONE_PLAIN, r->nets, w->nets, false);
	putchar(' ');
	paint_cell(p, TONE_PLAIN, r->in, 5, true);
	putchar(' ');
	paint_cell(p, TONE_PLAIN, r->out, 5, true);
	putchar(' ');
	paint_cell(p, TONE_PLAIN, r->age, 4, true);
	putchar(' ');
	paint_cell(p, TONE_FAINT, r->rekey, 5, true);
	putchar('\n');
}

static void put_down(const struct view *v, const struct widths *w, const struct model_connection *c)
{
	const struct paint *p = &v->paint;
	char name[MODEL_TEXT], why[400];

	paint_put(p, model_tone(c->state), model_sign(p, c->state));
	putchar(' ');
	paint_cell(p, TONE_STRONG, model_name(c, name, sizeof(name)), w->name, false);
	putchar(' ');
	paint_cell(p, TONE_PLAIN, c->peer_host, w->peer, false);
	putchar(' ');
	explain(c, why, sizeof(why));
	paint_cell(p, model_tone(c->state), why, p->width - w->name - w->peer - 4, false);
	putchar('\n');
}

static void put_head(const struct view *v, const struct widths *w)
{
	const struct paint *p = &v->paint;

	fputs("  ", stdout);
	paint_cell(p, TONE_FAINT, "NAME", w->name, false);
	putchar(' ');
	paint_cell(p, TONE_FAINT, "PEER", w->peer, false);
	putchar(' ');
	paint_cell(p, TONE_FAINT, "NETWORKS", w->nets, false);
	paint_put(p, TONE_FAINT, "    IN   OUT   UP REKEY");
	putchar('\n');
}

static void put_summary(const struct view *v, const struct model *m)
{
	char line[300], up[PAINT_UNIT_LEN];
	struct text t = TEXT_OVER(line);

	text_add(&t, "pluto %s, up %s, ", m->version, paint_age(m->uptime, up));
	if (m->is_listening)
		text_add(&t, "%llu sockets", (unsigned long long)m->addresses);
	else
		text_put(&t, "not listening");
	text_add(&t, "; %llu up, %llu connecting, %llu failed%s", (unsigned long long)m->up,
		 (unsigned long long)m->connecting, (unsigned long long)m->failed,
		 m->failed ? ": ipsec why" : "");
	paint_put(&v->paint, TONE_FAINT, line);
	putchar('\n');
}

static void measure(const struct view *v, const struct model *m, struct widths *w)
{
	struct row r;

	*w = (struct widths){ .name = 4, .peer = 4, .nets = 8 };
	for (const struct model_connection *c = m->first; c; c = c->next) {
		fill(v, c, c->children, &r);
		if (!c->children)
			r.nets[0] = '\0';
		widen(w, &r);
		for (const struct model_child *i = c->children; i; i = i->next) {
			fill(v, c, i, &r);
			widen(w, &r);
		}
	}
	fit(w, v->paint.width);
}

static void put_table(const struct view *v, const struct model *m)
{
	struct widths w;
	struct row r;

	measure(v, m, &w);
	if (m->first)
		put_head(v, &w);
	else
		paint_put(&v->paint, TONE_FAINT,
			  "no connections: ipsec add NAME, or auto=add in ipsec.conf\n");
	for (const struct model_connection *c = m->first; c; c = c->next) {
		if (!c->children)
			put_down(v, &w, c);
		for (const struct model_child *i = c->children; i; i = i->next) {
			fill(v, c, i, &r);
			put_row(v, &w, &r, c->state);
		}
	}
	put_summary(v, m);
}

int view_status(struct view *v)
{
	static struct model m;
	int code;

	if (v->json)
		return view_json(v, &(struct question){ .verb = VERB_STATUS });
	code = model_read(v, &m);
	if (code == RC_OK)
		put_table(v, &m);
	model_free(&m);
	return code;
}
