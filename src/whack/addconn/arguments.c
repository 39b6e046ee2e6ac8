/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of addconn: the spellings of both ancestors, options and names in any order. */
#include <stdio.h>
#include <string.h>

#include "addconn.h"
#include "base/paths.h"

#define AUTO(a) (1u << AUTO_##a)
#define TEXT_AT(member) offsetof(struct arguments, member)

const struct argument_row argument_rows[] = {
	{ "autoall", NOTHING, TASK_AUTOALL, 0, 0, false,
	  "add all that auto= wants, route, listen, initiate" },
	{ "addall", NOTHING, TASK_ADDALL, 0, 0, false, "add all that auto= wants, no more" },
	{ "reload", NOTHING, TASK_RELOAD, 0, 0, false,
	  "make what stands as the file has it: add, replace, delete; print what changed" },
	{ "diff", NOTHING, TASK_DIFF, 0, 0, false,
	  "print what --reload would change; 4: something" },
	{ "checkconfig", NOTHING, TASK_CHECK, 0, 0, false, "check the configuration" },
	{ "checkall", NOTHING, TASK_CHECK_ALL, 0, 0, false,
	  "and secrets, keys, certificates, and whether connections collide" },
	{ "json", NOTHING, -1, 0, TEXT_AT(json), true, "of a check: print one JSON object" },
	{ "listall", NOTHING, TASK_LIST, UINT32_MAX, 0, false, "names of all connections" },
	{ "listadd", NOTHING, TASK_LIST, AUTO(ADD), 0, false, "of those with auto=add" },
	{ "listroute", NOTHING, TASK_LIST, AUTO(ROUTE), 0, false, "of those with auto=route" },
	{ "liststart", NOTHING, TASK_LIST, AUTO(START) | AUTO(KEEP), 0, false,
	  "of those with auto=start" },
	{ "listignore", NOTHING, TASK_LIST, AUTO(IGNORE), 0, false, "of those with auto=ignore" },
	{ "liststack", NOTHING, TASK_LISTSTACK, 0, 0, false, "the kernel's IPsec" },
	{ "configsetup", MAY, TASK_CONFIGSETUP, 0, TEXT_AT(key), false,
	  "config setup, or one word of it, as shell assignments" },
	{ "write", NOTHING, TASK_WRITE, 0, 0, false,
	  "print the configuration with includes, also and %default resolved" },
	{ "algparse", NOTHING, TASK_ALGPARSE, 0, 0, false,
	  "print what each ike=, esp= or ah= that is named comes to" },
	{ "pfs", NOTHING, -1, 0, TEXT_AT(pfs), true,
	  "of --algparse: esp and ah with key exchange" },
	{ "help", NOTHING, TASK_HELP, 0, 0, false, "print this" },
	{ "version", NOTHING, TASK_VERSION, 0, 0, false, "print the version" },
	{ "config", VALUE, -1, 0, TEXT_AT(config), false, "read FILE, - for standard input" },
	{ "ctlsocket", VALUE, -1, 0, TEXT_AT(socket), false, "pluto's control socket" },
	{ "ctlbase", VALUE, -1, 0, TEXT_AT(socket), false, NULL },
	{ "rundir", VALUE, -1, 0, TEXT_AT(socket), false, "the same as DIRECTORY/pluto.ctl" },
	{ "varprefix", VALUE, -1, 0, TEXT_AT(varprefix), false, "put before names of variables" },
	{ "noexport", NOTHING, -1, 0, TEXT_AT(noexport), true, "assignments without export" },
	{ "verbose", NOTHING, -1, 0, TEXT_AT(verbose), true, "say what is done" },
	{ "quiet", NOTHING, -1, 0, TEXT_AT(quiet), true, "say errors only" },
	{ "defaultroute", VALUE, -1, 0, 0, false, NULL },
	{ "defaultroutenexthop", VALUE, -1, 0, 0, false, NULL },
	{ "debug", NOTHING, -1, 0, 0, false, NULL },
	{ "asynchronous", NOTHING, -1, 0, 0, false, NULL },
};

const size_t argument_row_count = ARRAY_LEN(argument_rows);

static const struct argument_row *find(const char *word, size_t len)
{
	for (size_t i = 0; i < argument_row_count; i++)
		if (strlen(argument_rows[i].word) == len &&
		    strncmp(argument_rows[i].word, word, len) == 0)
			return &argument_rows[i];
	return NULL;
}

static bool set_task(struct arguments *a, const struct argument_row *r, struct error *e)
{
	if (a->task != TASK_NAMES && !(a->task == TASK_LIST && r->task == TASK_LIST))
		return error_code(e, EXIT_USAGE, "--%s: only one thing at a time", r->word);
	a->task = (uint8_t)r->task;
	a->list_autos |= r->autos;
	return true;
}

static bool set_value(struct arguments *a, const struct argument_row *r, const char *value,
		      struct error *e)
{
	const char *tail = strcmp(r->word, "ctlbase") == 0  ? ".ctl"
			   : strcmp(r->word, "rundir") == 0 ? "/pluto.ctl"
							    : NULL;
	struct text t = TEXT_OVER(a->socket_text);

	if (!r->offset)
		return true;
	*(const char **)((char *)a + r->offset) = value;
	if (!tail)
		return true;
	/* addconn --ctlbase was given the socket itself by some scripts */
	if (strlen(value) > 4 && strcmp(value + strlen(value) - 4, ".ctl") == 0)
		tail = "";
	text_add(&t, "%s%s", value, tail);
	a->socket = a->socket_text;
	return !t.cut || error_code(e, EXIT_USAGE, "--%s: the path is too long", r->word);
}

bool arguments_read(struct arguments *a, int argc, char **argv, struct error *e)
{
	char **names = argv + 1;
	size_t count = 0;

	*a = (struct arguments){ .config = IPSEC_SYSCONFDIR "/ipsec.conf",
				 .socket = IPSEC_RUNDIR "/pluto.ctl",
				 .varprefix = "" };
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i] + 2;
		size_t len = strncmp(argv[i], "--", 2) == 0 ? strcspn(word, "=") : 0;
		const struct argument_row *r = len ? find(word, len) : NULL;
		const char *value = len && word[len] == '=' ? word + len + 1 : NULL;

		if (argv[i][0] != '-') {
			names[count++] = argv[i]; /* names move to the front */
			continue;
		}
		if (!r)
			return error_code(e, EXIT_USAGE,
					  "unknown option \"%s\": see addconn --help", argv[i]);
		if (r->takes == VALUE && !value && ++i < argc)
			value = argv[i];
		if (r->takes == VALUE && !value)
			return error_code(e, EXIT_USAGE, "--%s needs a value", r->word);
		if (r->takes == NOTHING && value)
			return error_code(e, EXIT_USAGE, "--%s takes no value", r->word);
		if (r->task >= 0 && !set_task(a, r, e))
			return false;
		if (r->is_flag)
			*(bool *)((char *)a + r->offset) = true;
		else if (r->takes != NOTHING && !set_value(a, r, value, e))
			return false;
	}
	names[count] = NULL;
	a->names = names;
	a->name_count = count;
	if (a->task == TASK_NAMES && count == 0)
		return error_code(e, EXIT_USAGE,
				  "nothing to do: name a connection, or see "
				  "addconn --help");
	return true;
}

void print_usage(void)
{
	puts("usage: addconn [option]... [connection]...\n");
	for (size_t i = 0; i < argument_row_count; i++)
		if (argument_rows[i].help)
			printf("  --%-20s %s\n", argument_rows[i].word, argument_rows[i].help);
	puts("\nExit status: 0 done, 1 options or no pluto, 3 configuration, 4 --diff found changes,");
	puts("of --checkall the first of:");
	for (size_t i = 0; i < PROBLEM_CLASSES; i++)
		printf("  %d %-13s %s\n", problem_classes[i].exit_code, problem_classes[i].name,
		       problem_classes[i].help);
	puts("else as of whack.");
}
