/* SPDX-License-Identifier: Apache-2.0 */
/* What a transaction changes, as records: one a connection, and one for each option that differs. */
#include <string.h>

#include "conf/keywords.h"
#include "core/commands.h"
#include "core/fill.h"

/* leftsubnet, ike: as ipsec.conf has it; --encrypt where it has no word for it. */
static void put_option(struct record *r, const struct conn_difference *d)
{
	const char *words = d->keyword->conf ? d->keyword->conf : d->keyword->whack;
	const char *end = d->keyword->per_end ? (d->right ? "right" : "left") : "";
	char name[64];
	struct text t = TEXT_OVER(name);

	text_add(&t, "%s%s%.*s", d->keyword->conf ? "" : "--", end, (int)strcspn(words, " "),
		 words);
	fill_text(r, CHANGE_OPTION, name);
}

static void put_value(struct record *r, uint16_t field, const struct conn_config *config,
		      const struct conn_difference *d)
{
	char value[FILL_TEXT_MAX];

	fill_escaped(r, field, keyword_get(d->keyword, config, d->right, value, sizeof(value)));
}

static void begin(struct record *r, struct core_client *client, const struct conn_config *before,
		  const struct conn_config *after)
{
	const struct conn_config *config = after ? after : before;

	fill_begin(r, client, RECORD_CHANGE);
	fill_escaped(r, CHANGE_NAME, config->name);
	if (config->base)
		fill_escaped(r, CHANGE_BASE, config->base);
	fill_text(r, CHANGE_WHAT, !before ? "add" : after ? "replace" : "delete");
}

bool report_change(struct core *c, struct core_client *client, const struct conn_config *before,
		   const struct conn_config *after)
{
	struct conn_difference d = { 0 };
	struct record r;
	bool ok;

	begin(&r, client, before, after);
	ok = fill_finish(&r, c, client);
	while (ok && before && after && conn_config_differ(before, after, &d)) {
		begin(&r, client, before, after);
		put_option(&r, &d);
		put_value(&r, CHANGE_OLD, before, &d);
		put_value(&r, CHANGE_NEW, after, &d);
		ok = fill_finish(&r, c, client);
	}
	return ok;
}
