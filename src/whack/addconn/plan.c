/* SPDX-License-Identifier: Apache-2.0 */
/* From the configuration file to the connections that are to be added: all are good, or none is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "addconn.h"
#include "crypto/random.h"

/* Is the connection one that the task is about? */
static bool is_wanted(const struct arguments *a, const struct conf_options *o)
{
	/* those that were added by name are renewed: see add() of load.c */
	if (a->task == TASK_RELOAD || a->task == TASK_DIFF)
		return o->action != AUTO_IGNORE || !conf_options_is_fragment(o);
	if (a->task == TASK_AUTOALL || a->task == TASK_ADDALL)
		return o->action != AUTO_IGNORE;
	return true;
}

static bool add(struct plan *p, const struct conf_section *s, const struct arguments *a)
{
	struct conf_options o;

	if (!conf_options_of(&p->file, s, &o))
		return false;
	if (is_wanted(a, &o))
		p->conns[p->count++] = o;
	return true;
}

static bool add_named(struct plan *p, const struct arguments *a, int *code)
{
	bool ok = true;

	for (size_t i = 0; i < a->name_count; i++) {
		struct conf_section *s = conf_find(&p->file, a->names[i]);

		if (!s) {
			fprintf(stderr, "conn \"%s\" is not in %s\n", a->names[i], a->config);
			*code = RC_UNKNOWN_NAME;
			ok = false;
		} else {
			ok &= add(p, s, a);
		}
	}
	return ok;
}

bool plan_make(struct plan *p, const struct arguments *a, int *code)
{
	uint8_t key[16];
	bool ok;

	*p = (struct plan){ 0 };
	*code = EXIT_CONFIG;
	if (!random_bytes(key, sizeof(key)))
		return false;
	conf_file_init(&p->file, key);
	ok = conf_load(&p->file, a->config);
	ok &= setup_check(&p->file);
	p->conns = calloc(p->file.conn_count + a->name_count + 1, sizeof(*p->conns));
	if (!p->conns)
		return false;
	if (a->name_count > 0 && a->task != TASK_CHECK && a->task != TASK_CHECK_ALL)
		return ok && add_named(p, a, code);
	for (struct conf_section *s = p->file.first; s; s = s->next)
		ok &= add(p, s, a);
	return ok && !p->file.problems.is_short_of_memory;
}

void plan_free(struct plan *p)
{
	free(p->conns);
	conf_file_fini(&p->file);
}

void plan_report(const struct plan *p, bool with_warnings)
{
	char buf[2048];

	for (const struct problem *q = p->file.problems.first; q; q = q->next) {
		struct text t = TEXT_OVER(buf);

		problem_format(q, &t);
		if (!q->is_warning || with_warnings)
			fputs(buf, stderr);
		else
			syslog(LOG_NOTICE, "%s:%u: %s", q->at.file ? q->at.file : "", q->at.line,
			       q->text ? q->text : "");
	}
	if (p->file.problems.errors + p->file.problems.warnings > PROBLEMS_MAX)
		fprintf(stderr, "... and %zu more\n",
			p->file.problems.errors + p->file.problems.warnings - PROBLEMS_MAX);
}
