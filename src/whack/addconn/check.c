/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Would all of the file load? Each connection is resolved as pluto resolves it; deep.c looks further.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/expand.h"
#include "conf/policy_group.h"
#include "crypto/algs.h"
#include "ctl/render.h"
#include "deep.h"

struct checking {
	struct plan *plan;
	struct proposal_pool pool;
	struct deep *deep; /* NULL: the file alone */
};

/* What is known but not there yet keeps a connection out; the file is no worse for it. */
static void warn_refused(struct plan *p, const struct conf_options *o)
{
	p->file.problems.conn = o->name;
	for (size_t i = 0; i < o->count; i++) {
		const struct conf_option *x = &o->list[i];

		if (x->keyword->type == VALUE_REFUSED)
			problem_add(&p->file.problems, true, &x->at,
				    "conn %s will not be added: %.40s %s", o->name,
				    x->keyword->conf ? x->keyword->conf : x->keyword->whack,
				    x->keyword->help);
	}
	p->file.problems.conn = NULL;
}

/* Each connection that the options stand for, as pluto resolves it. */
static bool check_all(struct checking *c, const struct conf_options *o,
		      const struct conn_config *config, struct error *e)
{
	struct conn_expansion x;
	struct conn_config one;
	struct conn_def def;
	bool ok;

	if (!conn_expansion_of(config, &x, e))
		return false;
	for (size_t n = 0; n < conn_expansion_count(&x); n++) {
		ok = conn_is_group(config) ? conn_of_group(config, NULL, &one)
					   : conn_expand(config, &x, n, &one);
		if (!ok)
			return error_set(e, "out of memory");
		ok = conn_def_resolve(&one, &c->pool, &def, e);
		conn_config_free(&one);
		if (!ok)
			return false;
		if (c->deep)
			deep_conn(c->deep, o, &def);
		conn_def_free(&def);
	}
	return true;
}

static void check_one(struct checking *c, const struct conf_options *o)
{
	struct problems *problems = &c->plan->file.problems;
	struct conf_place at = conf_find(&c->plan->file, o->name)->at;
	struct conn_config config;
	struct error e = { 0 };

	if (o->is_refused) {
		warn_refused(c->plan, o);
		return;
	}
	if (conf_options_is_fragment(o))
		return;
	conn_config_init(&config);
	config.name = strdup(o->name);
	if (!config.name || !conf_options_apply(o, &config, &e) || !check_all(c, o, &config, &e)) {
		problems->class_ = PROBLEM_SEMANTIC;
		problems->conn = o->name;
		if (e.line)
			at = (struct conf_place){ .file = at.file,
						  .line = e.line,
						  .column = e.column };
		problem_add(problems, false, &at, "conn %s: %s", o->name, e.text);
		problems->conn = NULL;
		problems->class_ = PROBLEM_SYNTAX;
	}
	conn_config_free(&config);
}

static void check_conns(struct plan *p, bool is_deep)
{
	static const uint8_t key[16] = { 0 };
	struct checking c = { .plan = p };

	proposal_pool_init(&c.pool, key);
	if (is_deep)
		c.deep = deep_new(p);
	p->file.problems.is_short_of_memory |= is_deep && !c.deep;
	for (size_t i = 0; i < p->count; i++)
		check_one(&c, &p->conns[i]);
	if (c.deep)
		deep_finish(c.deep);
	deep_free(c.deep);
	proposal_pool_fini(&c.pool);
}

int check(struct plan *p, const struct arguments *a, bool is_good)
{
	bool is_deep = a->task == TASK_CHECK_ALL;
	struct error e = { 0 };
	int code;

	/* tells which algorithms there are */
	if (!crypto_self_test(&e)) {
		fprintf(stderr, "self test: %s\n", e.text);
		return RC_INTERNAL;
	}
	check_conns(p, is_deep && (p->count > 0 || is_good));
	if (p->file.problems.is_short_of_memory)
		fputs("addconn: out of memory\n", stderr);
	code = p->file.problems.is_short_of_memory ? RC_INTERNAL
						   : problems_exit_code(&p->file.problems);
	if (code == problem_classes[PROBLEM_SEMANTIC].exit_code && !is_deep)
		code = EXIT_CONFIG;
	if (code == 0 && !is_good)
		code = EXIT_CONFIG;
	if (a->json) {
		const struct check_report r = { a->config, p->file.conn_count, code,
						&p->file.problems };

		return render_check(&r, stdout) ? code : EXIT_USAGE;
	}
	plan_report(p, !a->quiet);
	if (a->verbose && code == 0)
		printf("%s: %zu connections, no errors\n", a->config, p->file.conn_count);
	return code;
}
