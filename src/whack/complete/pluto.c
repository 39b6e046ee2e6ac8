/* SPDX-License-Identifier: Apache-2.0 */
/* pluto's options, from their table. */
#include <string.h>

#include "emit.h"
#include "options_table.h"

/* "xfrm|none" are words, FILE is a file, ADDRESS[,...] is neither. */
static const char *daemon_takes(const struct option_row *r, char *buf, size_t size)
{
	size_t len = r->argument ? strlen(r->argument) : 0;

	if (!r->argument)
		return NULL;
	if (r->kind == OPTION_PATH)
		return strstr(r->name, "dir") ? "<dir>" : "<file>";
	if (!strchr(r->argument, '|') || len >= size)
		return "<text>";
	for (size_t i = 0; i <= len; i++)
		buf[i] = r->argument[i] == '|' ? ' ' : r->argument[i];
	return buf;
}

void pluto_options(bool values)
{
	char buf[128];

	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *r = &option_rows[i];
		struct option_line o = { .program = "pluto",
					 .takes = daemon_takes(r, buf, sizeof(buf)),
					 .optional = r->kind == OPTION_MAY,
					 .help = r->help };

		if (r->help)
			print_words(o, r->name, values);
	}
}
