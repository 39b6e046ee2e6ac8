/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options that belong to whack itself, and the commands of the field that have no function here
 * yet: those are refused by name, so that a script learns it at once.
 */
#include "options.h"

#include "ctl/words.h"

const struct general_row generals[GENERAL_COUNT] = {
	[GENERAL_NAME] = { GENERAL_NAME, TAKES_VALUE, "name", "CONNECTION",
			   "the connection to define or to act on" },
	[GENERAL_LABEL] = { GENERAL_LABEL, TAKES_VALUE, "label", "TEXT",
			    "words put into whack's own errors" },
	[GENERAL_CTLSOCKET] = { GENERAL_CTLSOCKET, TAKES_VALUE, "ctlsocket", "FILE",
				"pluto's control socket" },
	[GENERAL_CTLBASE] = { GENERAL_CTLBASE, TAKES_VALUE, "ctlbase", "PATH",
			      "the same as PATH.ctl" },
	[GENERAL_RUNDIR] = { GENERAL_RUNDIR, TAKES_VALUE, "rundir", "DIRECTORY",
			     "the same as DIRECTORY/pluto.ctl" },
	[GENERAL_ASYNC] = { GENERAL_ASYNC, TAKES_YES_NO, "asynchronous async bg", NULL,
			    "do not wait for the outcome" },
	[GENERAL_JSON] = { GENERAL_JSON, TAKES_NOTHING, "json", NULL,
			   "print one JSON object instead of lines" },
	[GENERAL_BATCH] = { GENERAL_BATCH, TAKES_VALUE, "batch", "FILE",
			    "add the connections of a file, - for standard input, all or none: "
			    "each line has whack's options for one" },
	[GENERAL_DEBUG] = { GENERAL_DEBUG, TAKES_VALUE, "debug", "WORDS",
			    "log these kinds of detail: packet, state, kernel, updown; with --name of one" },
	[GENERAL_DEBUG_ALL] = { GENERAL_DEBUG_ALL, TAKES_NOTHING, "debug-all", NULL,
				"log every kind of detail" },
	[GENERAL_DEBUG_NONE] = { GENERAL_DEBUG_NONE, TAKES_NOTHING, "debug-none", NULL,
				 "log no detail" },
	[GENERAL_NO_DEBUG] = { GENERAL_NO_DEBUG, TAKES_VALUE, "no-debug", "WORDS",
			       "log this kind of detail no more" },
	[GENERAL_TO] = { GENERAL_TO, TAKES_NOTHING, "to", NULL,
			 "options of the left end stand before it, of the right end after it" },
	[GENERAL_VERSION] = { GENERAL_VERSION, TAKES_NOTHING, "version", NULL,
			      "print the version" },
	[GENERAL_HELP] = { GENERAL_HELP, TAKES_NOTHING, "help", NULL, "print this" },
};

const struct general_row *general_by_word(const char *word)
{
	for (size_t i = 0; i < GENERAL_COUNT; i++)
		if (words_have(generals[i].words, word))
			return &generals[i];
	return NULL;
}

struct refusal {
	const char *words;
	const char *why;
};

static const struct refusal refusals[] = {
	{ "oppolabel opporeqid", "is not there yet: use --oppohere and --oppothere" },
	{ "deleteid deleteuser",
	  "acting on one SA is not there yet: use --initiate, --terminate or --delete by --name" },
	{ "listacerts listaacerts listocspcerts listocsp "
	  "rereadaacerts rereadacerts rereadocspcerts",
	  "attribute certificates are not there: use --listall and --rereadall" },
	{ "xauthname xauthuser xauthpass", "user names are not there yet: use pre-shared keys" },
	{ "listgroups listhostpairs listpairs",
	  "this report is not there yet: use --status or --json" },
	{ "ike-socket-bufsize "
	  "ike-socket-errqueue ike-socket-errqueue-toggle "
	  "seccomp-crashtest magic tpmeval whackrecord whackstoprecord myid impair "
	  "no-impair optionsfrom",
	  "this is not there yet: leave it out" },
};

const char *refused_command(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
		if (words_have(refusals[i].words, word))
			return refusals[i].why;
	return NULL;
}
