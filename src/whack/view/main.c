/* SPDX-License-Identifier: Apache-2.0 */
/* view's command line: a command, its words, and options anywhere. Usage errors exit with 2. */
#include <string.h>

#include "base/paths.h"
#include "view.h"

enum { EXIT_USAGE = 2 };

static const struct option {
	const char *name;
	bool takes_value;
	const char *help;
} options[] = {
	{ "--ctlsocket", true, "FILE   pluto's control socket" },
	{ "--config", true, "FILE   ipsec.conf, for doctor" },
	{ "--json", false, "   JSON, of the schema that its field schema names" },
	{ "--plain", false, "   as in a pipe, even on a terminal" },
	{ "--cursor", true, "CURSOR   monitor, log: behind this event" },
	{ "--last", true, "NUMBER   monitor, log: so many of the latest" },
	{ "--with-log", false, "   monitor: log lines too" },
	{ "--follow", false, "   log: go on as it happens" },
	{ "--dot", false, "   map: for Graphviz" },
	{ "--html", false, "   map: one page for a browser" },
};

static void usage(FILE *out)
{
	fputs("usage: view COMMAND [WORD]... [OPTION]...\n", out);
	for (size_t i = 0; i < view_command_count; i++)
		fprintf(out, "  %-9s%-38s %s\n", view_commands[i].name, view_commands[i].words,
			view_commands[i].help);
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		fprintf(out, "  %s %s\n", options[i].name, options[i].help);
}

static void set(struct view *v, size_t option, const char *value)
{
	switch (option) {
	case 0:
		v->socket = value;
		break;
	case 1:
		v->config = value;
		break;
	case 2:
		v->json = true;
		break;
	case 3:
		v->plain = true;
		break;
	case 4:
		v->cursor = value;
		break;
	case 5:
		v->last = value;
		break;
	case 6:
		v->with_log = true;
		break;
	case 7:
		v->follow = true;
		break;
	case 8:
		v->dot = true;
		break;
	default:
		v->html = true;
	}
}

/* Options are taken out of argv; false: told what is wrong. */
static bool read_options(struct view *v, int argc, char **argv)
{
	int kept = 0;

	for (int i = 1; i < argc; i++) {
		size_t len = strcspn(argv[i], "="), o = 0;

		if (strncmp(argv[i], "--", 2) != 0) {
			argv[kept++] = argv[i];
			continue;
		}
		while (o < ARRAY_LEN(options) && (strlen(options[o].name) != len ||
						  strncmp(options[o].name, argv[i], len) != 0))
			o++;
		if (o == ARRAY_LEN(options) || (argv[i][len] && !options[o].takes_value)) {
			fprintf(stderr, "ipsec: unknown option %s\n", argv[i]);
			return false;
		}
		if (options[o].takes_value && !argv[i][len] && i + 1 == argc) {
			fprintf(stderr, "ipsec: option %s needs a value\n", argv[i]);
			return false;
		}
		set(v, o,
		    !options[o].takes_value ? NULL
		    : argv[i][len]          ? argv[i] + len + 1
					    : argv[++i]);
	}
	v->argc = kept;
	v->argv = argv;
	return true;
}

static const struct view_command *find(const char *name)
{
	for (size_t i = 0; i < view_command_count; i++)
		if (strcmp(view_commands[i].name, name) == 0)
			return &view_commands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	static struct view v = { .socket = IPSEC_RUNDIR "/pluto.ctl",
				 .config = IPSEC_SYSCONFDIR "/ipsec.conf" };
	const struct view_command *c;
	int code;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		usage(stdout);
		return 0;
	}
	if (!read_options(&v, argc, argv))
		return EXIT_USAGE;
	c = v.argc ? find(v.argv[0]) : NULL;
	if (!c) {
		usage(stderr);
		return EXIT_USAGE;
	}
	v.argc--;
	v.argv++;
	if (v.argc < c->least || v.argc > c->most) {
		fprintf(stderr, "usage: ipsec %s %s\n", c->name, c->words);
		return EXIT_USAGE;
	}
	v.paint = paint_of_output();
	code = c->run(&v);
	if (fflush(stdout) != 0 && code == RC_OK)
		code = RC_WHACK;
	return code;
}
