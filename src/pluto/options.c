/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading pluto's command line by its table. "--name value" and "--name=value" are the same, as
 * start-up scripts of both ancestors expect.
 */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/paths.h"
#include "conf/setup.h"
#include "options_table.h"

static const struct option_row *find(const char *name, size_t len)
{
	for (size_t i = 0; i < option_row_count; i++)
		if (strlen(option_rows[i].name) == len &&
		    strncmp(option_rows[i].name, name, len) == 0)
			return &option_rows[i];
	return NULL;
}

/* The daemon leaves its directory, so paths are made absolute while it is still known. */
static bool set_path(char out[256], const char *value)
{
	char here[256];
	int len;

	if (value[0] == '/' || value[0] == '\0')
		return text_copy(out, 256, value);
	if (!getcwd(here, sizeof(here)))
		return false;
	len = snprintf(out, 256, "%s/%s", here, value);
	return len > 0 && len < 256;
}

static bool join(char out[256], const char *dir, const char *name)
{
	int len;

	if (out[0])
		return true;
	len = snprintf(out, 256, "%s/%s", dir, name);
	return len > 0 && len < 256;
}

static void note_legacy(struct options *o, const char *name)
{
	size_t len = strlen(o->legacy);

	snprintf(o->legacy + len, sizeof(o->legacy) - len, "%s--%s", len ? " " : "", name);
}

static bool apply(struct options *o, const struct option_row *r, const char *value, struct error *e)
{
	char *member = (char *)o + r->offset;

	switch ((enum option_kind)r->kind) {
	case OPTION_FLAG:
		*(bool *)member = true;
		return true;
	case OPTION_PATH:
		return set_path(member, value) ||
		       error_set(e, "--%s: the path is too long: %s", r->name, value);
	case OPTION_CALL:
	case OPTION_MAY:
		return r->set(o, value, e);
	case OPTION_LEGACY:
		note_legacy(o, r->name);
		return true;
	}
	return false;
}

static bool is_given(int argc, char **argv, const char *name)
{
	size_t len = strlen(name);

	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "--", 2) == 0 && strncmp(argv[i] + 2, name, len) == 0 &&
		    (argv[i][2 + len] == '\0' || argv[i][2 + len] == '='))
			return true;
	return false;
}

/* One setting of config setup; the command line's own word wins. */
static bool set_from_file(struct options *o, const struct conf_setting *s, int argc, char **argv,
			  struct error *e)
{
	const struct option_row *r;
	const char *name, *value;

	if (!setup_option(s, &name, &value) || is_given(argc, argv, name))
		return true;
	r = find(name, strlen(name));
	if (!r) {
		note_legacy(o, name);
		return true;
	}
	if (apply(o, r, r->argument ? (value ? value : "yes") : NULL, e))
		return true;
	error_place(e, s->at.file, s->at.line, s->value_column);
	return false;
}

/* The first error of the file, as the daemon's own. */
static bool file_error(const struct conf_file *f, struct error *e)
{
	const struct problem *p = f->problems.first;

	while (p && p->is_warning)
		p = p->next;
	if (!p)
		return error_set(e, "--config: memory is short");
	error_set(e, "%s", p->text);
	error_place(e, p->at.file, p->at.line, p->at.column);
	return false;
}

/* config setup of the file that --config names; what concerns connections is addconn's. */
static bool read_config(struct options *o, int argc, char **argv, struct error *e)
{
	uint8_t key[16] = { 0 };
	struct conf_file f;
	bool ok;

	if (!o->config[0])
		return true;
	conf_file_init(&f, key);
	ok = conf_load(&f, o->config);
	ok &= setup_check(&f);
	ok = ok || file_error(&f, e);
	for (size_t i = 0; ok && f.setup && i < f.setup->count; i++)
		ok = set_from_file(o, &f.setup->settings[i], argc, argv, e);
	conf_file_fini(&f);
	return ok;
}

static bool read_all(struct options *o, int argc, char **argv, struct error *e)
{
	for (int i = 1; i < argc; i++) {
		const char *name = argv[i] + 2;
		size_t len = strncmp(argv[i], "--", 2) == 0 ? strcspn(name, "=") : 0;
		bool is_debug = len > 6 && strncmp(name, "debug-", 6) == 0 && !find(name, len);
		const struct option_row *r = find(is_debug ? "debug" : name, is_debug ? 5 : len);
		const char *value = is_debug                  ? name + 6
				    : len && name[len] == '=' ? name + len + 1
							      : NULL;

		if (!r)
			return error_set(e, "unknown option \"%s\": see pluto --help", argv[i]);
		if (r->argument && r->kind != OPTION_MAY && !value && ++i < argc)
			value = argv[i];
		if (r->argument && r->kind != OPTION_MAY && !value)
			return error_set(e, "--%s needs a value: %s", r->name, r->argument);
		if (!r->argument && value)
			return error_set(e, "--%s takes no value", r->name);
		if (!apply(o, r, value, e))
			return false;
	}
	return true;
}

bool options_read(struct options *o, int argc, char **argv, struct error *e)
{
	const char *libexec = getenv("IPSEC_EXECDIR");

	*o = (struct options){
		.helpers = -1,
		.core = {
			.cookie_threshold = 256,
			.cookie_per_source = 16,
			.max_half_open = 10000,
		},
		.rundir = IPSEC_RUNDIR,
		.secrets = IPSEC_SYSCONFDIR "/ipsec.secrets",
		.ipsecdir = IPSEC_SYSCONFDIR "/ipsec.d",
		.revocation = {
			.ocsp_timeout_sec = 2,
			.crl_timeout_sec = 5,
			.ocsp_cache_size = 1000,
			.ocsp_cache_min_sec = 3600,
			.ocsp_cache_max_sec = 86400,
		},
	};
	if (!read_all(o, argc, argv, e) || !read_config(o, argc, argv, e))
		return false;
	/* An instance with a run directory of its own keeps its secrets there, or by --statedir: none
	 * may share them. */
	if (!o->statedir[0])
		text_copy(o->statedir, sizeof(o->statedir),
			  strcmp(o->rundir, IPSEC_RUNDIR) == 0 ? IPSEC_STATEDIR : o->rundir);
	if (!libexec || libexec[0] != '/')
		libexec = IPSEC_LIBEXECDIR;
	if (!join(o->control, o->rundir, "pluto.ctl") ||
	    !join(o->pidfile, o->rundir, "pluto.pid") || !join(o->journal, o->rundir, "journal") ||
	    !join(o->updown, libexec, "_updown"))
		return error_set(e, "--rundir: the path is too long: %s", o->rundir);
	/* --ctlbase gave these as they were written */
	if (o->control[0] != '/' || o->pidfile[0] != '/') {
		char control[256], pidfile[256];

		if (!set_path(control, o->control) || !set_path(pidfile, o->pidfile))
			return error_set(e, "--ctlbase: the path is too long");
		text_copy(o->control, sizeof(o->control), control);
		text_copy(o->pidfile, sizeof(o->pidfile), pidfile);
	}
	return true;
}

void options_help(void)
{
	printf("usage: pluto [option]...\n\n");
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *r = &option_rows[i];
		char left[64];

		if (!r->help)
			continue;
		snprintf(left, sizeof(left), "--%s%s%s%s", r->name,
			 r->kind == OPTION_MAY ? "[="
			 : r->argument         ? " "
					       : "",
			 r->argument ? r->argument : "", r->kind == OPTION_MAY ? "]" : "");
		printf("  %-34s %s\n", left, r->help);
	}
	printf("\nOther options of Openswan and Libreswan are accepted and do nothing.\n"
	       "Exit status: 0 done, 1 options or a fault, 2 socket, 3 fork, 4 self test,\n"
	       "5 kernel, 10 another pluto runs.\n");
}
