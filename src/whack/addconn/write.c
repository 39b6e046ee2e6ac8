/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration written out again: what also, %default, includes and old spellings come to, so that
 * a reader sees each connection whole, and reading it gives the same connections.
 */
#include <stdio.h>
#include <string.h>

#include "addconn.h"

/* Options that no word of the file is named for. */
static const struct {
	const char *whack, *written;
} nameless[] = {
	{ "encrypt", "phase2=esp" },
	{ "authenticate", "phase2=ah" },
	{ "auth-never", "authby=never" },
	{ "ikev1", "keyexchange=ikev1" },
};

/* No value holds a quote (conf/file.c), so that quotes keep every other one whole. */
static void put_value(const char *value)
{
	bool is_plain = *value && !strpbrk(value, " \t#{}=,;()[]<>&|$'`\\*?!");

	printf(is_plain ? "=%s\n" : "=\"%s\"\n", value);
}

static void put_option(const struct conf_option *o)
{
	const struct keyword *k = o->keyword;
	const char *side = !k->per_end ? "" : o->right ? "right" : "left";

	for (size_t i = 0; !k->conf && i < ARRAY_LEN(nameless); i++)
		if (keyword_is_listed(k->whack, nameless[i].whack)) {
			printf("\t%s\n", nameless[i].written);
			return;
		}
	printf("\t%s%.*s", side, (int)strcspn(k->conf ? k->conf : "", " "), k->conf ? k->conf : "");
	put_value(o->value);
}

static void put_connection(const struct conf_options *c)
{
	char action[20];

	printf("\nconn %s\n", c->name);
	for (size_t i = 0; i < c->count; i++)
		put_option(&c->list[i]);
	printf("\tauto=%s\n", name_str(&conf_auto_names, c->action, action, sizeof(action)));
}

void write_config(const struct plan *p)
{
	const struct conf_section *setup = p->file.setup;

	puts("config setup");
	for (size_t i = 0; setup && i < setup->count; i++) {
		printf("\t%s", setup->settings[i].word);
		put_value(setup->settings[i].value);
	}
	for (size_t i = 0; i < p->count; i++)
		put_connection(&p->conns[i]);
}
