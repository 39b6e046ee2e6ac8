/* SPDX-License-Identifier: Apache-2.0 */
/* THE table of debug words, and the lines they switch on. */
#include "core/debug.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/internal.h"
#include "ctl/codes.h"

static const struct {
	const char *word;
	uint32_t mask;
} words[] = {
	/* ours, which debug_format shows */
	{ "packet", DEBUG_PACKET },
	{ "state", DEBUG_STATE },
	{ "kernel", DEBUG_KERNEL },
	{ "updown", DEBUG_UPDOWN },
	{ "all", DEBUG_ALL },
	/* the field's */
	{ "base", DEBUG_PACKET | DEBUG_STATE | DEBUG_KERNEL },
	{ "raw", DEBUG_PACKET },
	{ "parsing", DEBUG_PACKET },
	{ "emitting", DEBUG_PACKET },
	{ "dpd", DEBUG_PACKET },
	{ "nattraversal", DEBUG_PACKET },
	{ "natt", DEBUG_PACKET },
	{ "nat-t", DEBUG_PACKET },
	{ "nat_t", DEBUG_PACKET },
	{ "control", DEBUG_STATE },
	{ "controlmore", DEBUG_STATE },
	{ "lifecycle", DEBUG_STATE },
	{ "add-state", DEBUG_STATE },
	{ "add-prefix", DEBUG_STATE },
	{ "crypt", DEBUG_STATE },
	{ "x509", DEBUG_STATE },
	{ "refcnt", DEBUG_STATE },
	{ "tmi", DEBUG_STATE },
	{ "cpu-usage", DEBUG_STATE },
	{ "whackwatch", DEBUG_STATE },
	{ "routing", DEBUG_KERNEL | DEBUG_UPDOWN },
	{ "klips", DEBUG_KERNEL },
	{ "netkey", DEBUG_KERNEL },
	{ "xfrm", DEBUG_KERNEL },
	{ "pfkey", DEBUG_KERNEL },
	{ "oppo", DEBUG_KERNEL },
	{ "oppoinfo", DEBUG_KERNEL },
	/* nothing secret is ever logged, and nothing of DNS is there to tell */
	{ "private", 0 },
	{ "dns", 0 },
};
#define OWN_WORDS 4

static bool find(const char *word, size_t len, uint32_t *mask)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i].word) == len && strncmp(words[i].word, word, len) == 0) {
			*mask = words[i].mask;
			return true;
		}
	return false;
}

bool debug_parse(const char *text, uint32_t *mask, struct error *e)
{
	while (*text) {
		size_t len = strcspn(text, ", ");
		bool is_off = *text == '-';
		uint32_t one = 0;
		char shown[64];
		struct text t = TEXT_OVER(shown);

		if (len == 4 && strncmp(text, "none", 4) == 0) {
			*mask = 0;
		} else if (len > 0) {
			if (!find(text + is_off, len - is_off, &one)) {
				text_escape(&t, slice(text, len));
				return error_code(e, RC_WHACK,
						  "no debug class \"%s\": there are packet, state, "
						  "kernel, updown, all, none",
						  shown);
			}
			*mask = is_off ? *mask & ~one : *mask | one;
		}
		text += len;
		text += *text != 0;
	}
	return true;
}

const char *debug_format(uint32_t mask, char *buf, size_t size)
{
	struct text t = text_over(buf, size);

	if (mask == DEBUG_ALL || mask == 0)
		text_put(&t, mask ? "all" : "none");
	for (size_t i = 0; mask != DEBUG_ALL && i < OWN_WORDS; i++)
		if (mask & words[i].mask)
			text_add(&t, "%s%s", t.len ? "," : "", words[i].word);
	return buf;
}

static bool is_on_for_peer(const struct core *c, const struct connection *conn, uint32_t class)
{
	for (size_t i = 0; i < DEBUG_PEERS; i++) {
		const struct debug_peer *p = &c->debug_peers[i];

		if ((p->mask & class) && (address_eq(&p->peer, &c->at_work) ||
					  (conn && address_eq(&p->peer, &conn->peer->host))))
			return true;
	}
	return false;
}

uint32_t *debug_of_peer(struct core *c, const struct address *peer)
{
	struct debug_peer *free_row = NULL;

	for (size_t i = 0; i < DEBUG_PEERS; i++) {
		struct debug_peer *p = &c->debug_peers[i];

		if (p->mask && address_eq(&p->peer, peer))
			return &p->mask;
		if (!p->mask && !free_row)
			free_row = p;
	}
	if (!free_row)
		return NULL;
	free_row->peer = *peer;
	return &free_row->mask;
}

bool debug_is_on(const struct core *c, const struct connection *conn, enum debug_class class)
{
	const struct connection *template = conn ? conn->template : NULL;

	if (is_on_for_peer(c, conn, (uint32_t) class))
		return true;
	return ((c->debug | (conn ? conn->debug : 0) | (template ? template->debug : 0)) &
		(uint32_t) class) != 0;
}

void debug_log(struct core *c, const struct connection *conn, enum debug_class class,
	       const char *format, ...)
{
	char text[1024], name[CONNECTION_TEXT_LEN];
	va_list ap;
	int n = 0;

	if (!debug_is_on(c, conn, class))
		return;
	if (conn)
		n = snprintf(text, sizeof(text),
			     "%s: ", connection_format(conn, name, sizeof(name)));
	va_start(ap, format);
	vsnprintf(text + n, sizeof(text) - (size_t)n, format, ap);
	va_end(ap);
	core_debug_line(c, conn, text);
}
