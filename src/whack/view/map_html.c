/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The map as one page: markup, style and an inline SVG for each tunnel; no script, and nothing is
 * fetched. Every word from outside is escaped.
 */
#include "map.h"

#include <string.h>

static void put(const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", stdout);
			break;
		case '<':
			fputs("&lt;", stdout);
			break;
		case '>':
			fputs("&gt;", stdout);
			break;
		case '"':
			fputs("&quot;", stdout);
			break;
		case '\'':
			fputs("&#39;", stdout);
			break;
		default:
			putchar(*text);
		}
	}
}

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	"style-src 'unsafe-inline'\">\n"
	"<title>IPsec tunnels</title>\n<style>\n"
	":root { color-scheme: light dark; --up: #15803d; --busy: #b45309; --bad: #b91c1c; "
	"--idle: #6b7280; --box: #f3f4f6; --text: #111827; --page: #ffffff; }\n"
	"@media (prefers-color-scheme: dark) { :root { --up: #4ade80; --busy: #fbbf24; "
	"--bad: #f87171; --idle: #9ca3af; --box: #1f2937; --text: #f3f4f6; --page: #111827; } }\n"
	"body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 54rem; "
	"padding: 0 1rem; color: var(--text); background: var(--page); }\n"
	"h1 { font-size: 1.3rem; } figure { margin: 0 0 1.2rem; }\n"
	"figcaption { font-weight: 600; } figcaption span { font-weight: 400; }\n"
	"svg { width: 100%; height: auto; } svg text { fill: var(--text); font-size: 13px; }\n"
	"svg rect { fill: var(--box); stroke: var(--idle); }\n"
	".up { color: var(--up); } .connecting { color: var(--busy); } .failed { color: var(--bad); }\n"
	".waiting, .template, .down { color: var(--idle); }\n"
	"svg line { stroke: currentColor; stroke-width: 4; }\n"
	"svg .off { stroke-dasharray: 6 6; stroke-width: 2; }\n"
	"svg .flow { fill: var(--idle); font-size: 11px; }\n</style>\n</head>\n<body>\n";

/*
 * A line of a box.  So many characters are sure to have room; more are drawn closer together, as an IPv6
 * address needs, and what would be too small to read then is cut: the tooltip has it whole.
 */
static void put_line(int x, int y, const char *words)
{
	enum { ROOM = 30, READABLE = 48 };
	size_t len = strlen(words);
	char shown[READABLE + 1];

	printf("<text x=\"%d\" y=\"%d\"%s>", x, y,
	       len > ROOM ? " textLength=\"242\" lengthAdjust=\"spacingAndGlyphs\"" : "");
	if (len > ROOM) {
		fputs("<title>", stdout);
		put(words);
		fputs("</title>", stdout);
	}
	snprintf(shown, sizeof(shown), "%s", words);
	put(shown);
	fputs(len > READABLE ? "…</text>" : "</text>", stdout);
}

static void put_box(int x, const char *host, const char *net)
{
	printf("<rect x=\"%d\" y=\"4\" width=\"270\" height=\"52\" rx=\"8\"/>", x);
	put_line(x + 14, 25, host);
	put_line(x + 14, 45, net);
}

static void put_tunnel(const struct model_connection *c)
{
	struct map_words w = map_words_of(c);
	char name[MODEL_TEXT], in[PAINT_UNIT_LEN], out[PAINT_UNIT_LEN], age[PAINT_UNIT_LEN];

	printf("<figure class=\"%s\"><figcaption>", c->state);
	put(model_name(c, name, sizeof(name)));
	printf(" <span>%s", c->state);
	if (c->children)
		printf(" for %s", paint_age(c->children->age, age));
	if (c->cause[0]) {
		fputs(": ", stdout);
		put(c->cause);
	}
	if (c->peer_id[0]) {
		fputs(", peer ", stdout);
		put(c->peer_id);
	}
	fputs("</span></figcaption>\n<svg viewBox=\"0 0 800 60\" role=\"img\" aria-label=\"",
	      stdout);
	put(name);
	printf(": %s\">", c->state);
	printf("<line x1=\"272\" y1=\"30\" x2=\"528\" y2=\"30\"%s/>",
	       c->children ? "" : " class=\"off\"");
	put_box(2, w.our_host, w.our_net);
	put_box(528, w.peer_host, w.peer_net);
	if (c->children)
		printf("<text class=\"flow\" x=\"400\" y=\"50\" text-anchor=\"middle\">out %s, in "
		       "%s</text>",
		       paint_bytes(c->children->out_bytes, out),
		       paint_bytes(c->children->in_bytes, in));
	fputs("</svg></figure>\n", stdout);
}

void map_html(const struct model *m)
{
	fputs(head, stdout);
	printf("<h1>IPsec tunnels: %llu up, %llu connecting, %llu failed</h1>\n",
	       (unsigned long long)m->up, (unsigned long long)m->connecting,
	       (unsigned long long)m->failed);
	if (!m->first)
		puts("<p>There are no connections.</p>");
	for (const struct model_connection *c = m->first; c; c = c->next)
		put_tunnel(c);
	fputs("<p>pluto ", stdout);
	put(m->version);
	puts("</p>\n</body>\n</html>");
}
