/* SPDX-License-Identifier: Apache-2.0 */
/* What addconn tells without pluto: names, config setup for scripts, and whether all would load. */
#include <stdio.h>
#include <string.h>

#include "addconn.h"
#include "conf/expand.h"
#include "conf/policy_group.h"
#include "crypto/algs.h"

void print_names(const struct plan *p, uint32_t autos)
{
	bool first = true;

	for (size_t i = 0; i < p->count; i++) {
		if (!(autos & 1u << p->conns[i].action))
			continue;
		printf("%s%s", first ? "" : " ", p->conns[i].name);
		first = false;
	}
	puts("");
}

/* In single quotes, so that a shell takes it as it is. */
static void put_quoted(const char *value)
{
	putchar('\'');
	for (; *value; value++) {
		if (*value == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*value);
	}
	putchar('\'');
}

static void put_variable(const struct arguments *a, const char *word, const char *value)
{
	if (a->key) {
		puts(value);
		return;
	}
	printf("%s%s", a->noexport ? "" : "export ", a->varprefix);
	for (; *word && *word != ' '; word++)
		putchar(*word == '-' ? '_' : *word);
	putchar('=');
	put_quoted(value);
	putchar('\n');
}

static const char *value_of(const struct plan *p, const struct setup_word *w)
{
	const struct conf_section *s = p->file.setup;
	const char *value = w->fallback;

	for (size_t i = 0; s && i < s->count; i++)
		if (setup_find(s->settings[i].word) == w)
			value = s->settings[i].value;
	return value;
}

void print_setup(const struct plan *p, const struct arguments *a)
{
	for (size_t i = 0; i < setup_word_count; i++) {
		const struct setup_word *w = &setup_words[i];
		const char *value = value_of(p, w);

		if (w->type == SETUP_LEGACY || !value ||
		    (a->key && !keyword_is_listed(w->words, a->key)))
			continue;
		put_variable(a, w->words, value);
	}
}

/* What is known but not there yet keeps a connection out; the file is no worse for it. */
static bool warn_refused(struct plan *p, const struct conf_options *o)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct conf_option *x = &o->list[i];

		if (x->keyword->type == VALUE_REFUSED)
			problem_add(&p->file.problems, true, &x->at,
				    "conn %s will not be added: %.40s %s", o->name,
				    x->keyword->conf ? x->keyword->conf : x->keyword->whack,
				    x->keyword->help);
	}
	return true;
}

/* Each connection that the options stand for, as pluto resolves it. */
static bool check_all(const struct conn_config *config, struct proposal_pool *pool, struct error *e)
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
		ok = conn_def_resolve(&one, pool, &def, e);
		conn_config_free(&one);
		if (!ok)
			return false;
		conn_def_free(&def);
	}
	return true;
}

static bool check_one(struct plan *p, struct conf_options *o, struct proposal_pool *pool)
{
	struct conf_place at = conf_find(&p->file, o->name)->at;
	struct conn_config config;
	struct error e = { 0 };
	bool ok;

	if (o->is_refused)
		return warn_refused(p, o);
	if (conf_options_is_fragment(o))
		return true;
	conn_config_init(&config);
	config.name = strdup(o->name);
	ok = config.name && conf_options_apply(o, &config, &e) && check_all(&config, pool, &e);
	if (e.line)
		at = (struct conf_place){ .file = at.file, .line = e.line, .column = e.column };
	if (!ok)
		problem_add(&p->file.problems, false, &at, "conn %s: %s", o->name, e.text);
	conn_config_free(&config);
	return ok;
}

bool print_check(struct plan *p)
{
	static const uint8_t key[16] = { 0 };
	struct proposal_pool pool;
	struct error e = { 0 };
	bool ok = true;

	/* tells which algorithms there are */
	if (!crypto_self_test(&e)) {
		fprintf(stderr, "self test: %s\n", e.text);
		return false;
	}
	proposal_pool_init(&pool, key);
	for (size_t i = 0; i < p->count; i++)
		ok &= check_one(p, &p->conns[i], &pool);
	proposal_pool_fini(&pool);
	return ok;
}
