/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds any bytes to the parser of ipsec.conf and resolves every connection. An include is read as if
 * the file held the same bytes. Every problem must have a text and a place; what has no error must
 * survive being checked as pluto would.
 */
#include "conf/file.h"
#include "conf/settings.h"
#include "conf/setup.h"

#include <stdlib.h>
#include <string.h>

struct run {
	struct slice text;
	struct conf_reader reader;
	unsigned includes;
};

static void include(void *context, struct conf_file *f, const char *pattern,
		    const struct conf_place *at, unsigned depth)
{
	struct run *run = context;

	if (!at->line || depth == 0 || depth > CONF_INCLUDE_DEPTH)
		abort();
	if (++run->includes <= 20)
		conf_parse(f, pattern, run->text, depth, &run->reader);
}

static void resolve(struct conf_file *f, const struct conf_section *s, struct proposal_pool *pool)
{
	struct conf_options o;
	struct conn_config config;
	struct conn_def def;
	struct error e = { 0 };

	if (!conf_options_of(f, s, &o))
		return;
	conn_config_init(&config);
	config.name = strdup(o.name);
	if (!o.is_refused && !conf_options_apply(&o, &config, &e))
		abort(); /* each value was read already */
	if (config.name && conn_def_resolve(&config, pool, &def, &e))
		conn_def_free(&def);
	conn_config_free(&config);
}

static void check_problems(const struct conf_file *f)
{
	char buf[4096];

	for (const struct problem *p = f->problems.first; p; p = p->next) {
		struct text t = TEXT_OVER(buf);

		if (!p->text || !p->text[0] || !p->at.file || !p->at.line)
			abort();
		problem_format(p, &t);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[16] = { 7 };
	struct run run = { .text = slice(data, size) };
	struct proposal_pool pool;
	struct conf_file f;
	unsigned left = 50;

	run.reader = (struct conf_reader){ include, &run };
	conf_file_init(&f, key);
	proposal_pool_init(&pool, key);
	conf_parse(&f, "fuzz", run.text, 0, &run.reader);
	setup_check(&f);
	for (struct conf_section *s = f.first; s && left-- > 0; s = s->next)
		resolve(&f, s, &pool);
	check_problems(&f);
	proposal_pool_fini(&pool);
	conf_file_fini(&f);
	return 0;
}
