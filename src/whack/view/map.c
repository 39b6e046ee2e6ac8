/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `ipsec map`: a picture of the tunnels, net - gateway - gateway - net, coloured by their state: boxes
 * on a terminal, --dot for Graphviz, --html (map_html.c) one page that needs nothing else.
 */
#include "map.h"

#include <string.h>

struct map_words map_words_of(const struct model_connection *c)
{
	const struct model_child *child = c->children;

	return (struct map_words){
		.our_net = child              ? child->our_ts
			   : c->our_client[0] ? c->our_client
					      : c->our_host,
		.peer_net = child               ? child->peer_ts
			    : c->peer_client[0] ? c->peer_client
						: c->peer_host,
		.our_host = c->our_host,
		.peer_host = c->peer_host,
	};
}

static void put_line(const struct view *v, const char *left, const char *fill, unsigned width,
		     const char *right)
{
	fputs(left, stdout);
	while (width-- > 0)
		fputs(fill, stdout);
	fputs(right, stdout);
	(void)v;
}

struct box {
	const char *corner[4], *h, *v, *wire, *broken;
};

static const struct box unicode_box = { { "\xe2\x94\x8c", "\xe2\x94\x90", "\xe2\x94\x94",
					  "\xe2\x94\x98" },
					"\xe2\x94\x80",
					"\xe2\x94\x82",
					"\xe2\x95\x90",
					"\xe2\x94\x88" };
static const struct box plain_box = { { "+", "+", "+", "+" }, "-", "|", "=", "." };

/* A box of two lines: the gateway, and the network behind it. */
static void put_boxes(const struct view *v, const struct box *b, unsigned w, unsigned gap,
		      const char *middle, const char *left, const char *right, enum tone tone)
{
	const struct paint *p = &v->paint;

	printf("  %s ", b->v);
	paint_cell(p, TONE_PLAIN, left, w, false);
	printf(" %s", b->v);
	if (middle)
		paint_cell(p, tone, middle, gap, false);
	else
		printf("%*s", (int)gap, "");
	printf("%s ", b->v);
	paint_cell(p, TONE_PLAIN, right, w, false);
	printf(" %s\n", b->v);
}

/* What the line has left of the terminal. */
static unsigned peer_id_width(const struct paint *p, const struct model_connection *c,
			      const char *name)
{
	unsigned used = 7 + paint_columns(name) + paint_columns(c->state);
	unsigned wants = paint_columns(c->peer_id);

	return used >= p->width ? 0 : p->width - used < wants ? p->width - used : wants;
}

static void put_connection(const struct view *v, const struct model_connection *c)
{
	const struct paint *p = &v->paint;
	const struct box *b = p->has_unicode ? &unicode_box : &plain_box;
	struct map_words words = map_words_of(c);
	unsigned gap = 14, w = (p->width - gap - 11) / 2;
	const char *wire = c->children ? b->wire : b->broken;
	char name[MODEL_TEXT], wires[128], in[PAINT_UNIT_LEN], out[PAINT_UNIT_LEN], flow[60];
	struct text t = TEXT_OVER(wires);

	if (w > 30)
		w = 30;
	paint_put(p, model_tone(c->state), model_sign(p, c->state));
	putchar(' ');
	paint_put(p, TONE_STRONG, model_name(c, name, sizeof(name)));
	printf("  %s  ", c->state);
	paint_cell(p, TONE_FAINT, c->peer_id, peer_id_width(p, c, name), false);
	fputs("\n  ", stdout);
	put_line(v, b->corner[0], b->h, w + 2, b->corner[1]);
	printf("%*s", (int)gap, "");
	put_line(v, b->corner[0], b->h, w + 2, b->corner[1]);
	putchar('\n');
	for (unsigned i = 0; i < gap; i++)
		text_put(&t, wire);
	flow[0] = '\0';
	if (c->children)
		snprintf(flow, sizeof(flow), " %s%s %s%s", paint_sign(p, "\xe2\x86\x91", ">"),
			 paint_bytes(c->children->out_bytes, out),
			 paint_sign(p, "\xe2\x86\x93", "<"),
			 paint_bytes(c->children->in_bytes, in));
	put_boxes(v, b, w, gap, wires, words.our_host, words.peer_host, model_tone(c->state));
	put_boxes(v, b, w, gap, flow, words.our_net, words.peer_net, TONE_FAINT);
	fputs("  ", stdout);
	put_line(v, b->corner[2], b->h, w + 2, b->corner[3]);
	printf("%*s", (int)gap, "");
	put_line(v, b->corner[2], b->h, w + 2, b->corner[3]);
	putchar('\n');
}

/* Quoted for Graphviz. */
static void put_dot_text(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

static const char *dot_colour(const char *state)
{
	if (strcmp(state, "up") == 0)
		return "darkgreen";
	if (strcmp(state, "failed") == 0)
		return "red";
	return strcmp(state, "connecting") == 0 ? "orange" : "gray";
}

static void put_dot(const struct model *m)
{
	char name[MODEL_TEXT];

	puts("graph ipsec {\n\trankdir=LR;\n\tnode [shape=box, fontname=\"sans-serif\"];");
	for (const struct model_connection *c = m->first; c; c = c->next) {
		struct map_words w = map_words_of(c);

		fputs("\t", stdout);
		put_dot_text(w.our_net);
		fputs(" -- ", stdout);
		put_dot_text(w.our_host);
		fputs(";\n\t", stdout);
		put_dot_text(w.our_host);
		fputs(" -- ", stdout);
		put_dot_text(w.peer_host);
		fputs(" [label=", stdout);
		put_dot_text(model_name(c, name, sizeof(name)));
		printf(", color=%s, style=%s];\n\t", dot_colour(c->state),
		       c->children ? "bold" : "dashed");
		put_dot_text(w.peer_host);
		fputs(" -- ", stdout);
		put_dot_text(w.peer_net);
		fputs(";\n", stdout);
	}
	puts("}");
}

int view_map(struct view *v)
{
	static struct model m;
	int code;

	if (v->json)
		return view_json(v, &(struct question){ .verb = VERB_STATUS });
	code = model_read(v, &m);
	if (code == RC_OK && v->dot)
		put_dot(&m);
	else if (code == RC_OK && v->html)
		map_html(&m);
	else if (code == RC_OK && !m.first)
		puts("no connections");
	else if (code == RC_OK)
		for (const struct model_connection *c = m.first; c; c = c->next)
			put_connection(v, c);
	model_free(&m);
	return code;
}
