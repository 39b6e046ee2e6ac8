/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the JSON Schemas of all that whack prints with --json into a directory, at build time:
 * VERB.schema.json for each verb that only shows something, event.schema.json and
 * checkconfig.schema.json. Beside them protocol.json has the numbers of the control socket.
 */
#include <stdio.h>

#include "ctl/render.h"
#include "ctl/replies.h"

static FILE *create(const char *dir, const char *name)
{
	char path[512];

	if (snprintf(path, sizeof(path), "%s/%s.json", dir, name) >= (int)sizeof(path))
		return NULL;
	return fopen(path, "we");
}

static bool close_all(FILE *f, bool good)
{
	return f && fclose(f) == 0 && good;
}

static bool write_all(const char *dir)
{
	FILE *f = create(dir, "event.schema");
	bool good = close_all(f, f && render_schema_event(f));
	char name[64];

	f = create(dir, "checkconfig.schema");
	good &= close_all(f, f && render_schema_check(f));
	f = create(dir, "protocol");
	good &= close_all(f, f && render_protocol(f));

	for (size_t i = 0; i < reply_count; i++) {
		const struct verb_row *v = verb_by_number(replies[i].verb);

		if (v->verb ==
		    VERB_WATCH) /* its reply has no end: event.schema.json is for its lines */
			continue;
		snprintf(name, sizeof(name), "%s.schema", v->name);
		f = create(dir, name);
		good &= close_all(f, f && render_schema(v, f));
	}
	return good;
}

int main(int argc, char *argv[])
{
	if (argc != 2) {
		fputs("usage: schemas DIRECTORY\n", stderr);
		return 2;
	}
	return write_all(argv[1]) ? 0 : 1;
}
