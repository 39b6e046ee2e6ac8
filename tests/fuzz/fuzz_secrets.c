/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds any bytes to the parser of ipsec.secrets. An include is read as if the file it names held
 * the same bytes, so that the limit of the nesting is met; a failure must give a text and a place.
 */
#include "conf/secrets.h"

#include <stdlib.h>

struct run {
	struct secrets_parser parser;
	struct slice text;
	unsigned includes;
};

static void note(void *context, const char *text)
{
	(void)context;
	if (!text[0])
		abort();
}

static bool include(void *context, const char *pattern, unsigned depth, struct error *e)
{
	struct run *run = context;

	if (!pattern[0] || depth == 0 || depth > 10)
		abort();
	/* a text of many includes would be read a power of ten times */
	if (++run->includes > 20)
		return true;
	return secrets_parse(&run->parser, pattern, run->text, depth, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keystore *k = keystore_new();
	struct run run = { .text = slice(data, size) };
	struct error e = { 0 };

	if (!k)
		return 0;
	run.parser = (struct secrets_parser){ k, note, include, &run };
	if (!secrets_parse(&run.parser, "fuzz", run.text, 0, &e) && (!e.text[0] || !e.line))
		abort();
	keystore_free(k);
	return 0;
}
