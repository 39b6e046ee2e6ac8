/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whack's command line, read and checked: which verb, on which connection, with which options of
 * it. Spellings come from the verb table, the keyword table and the client's own few (general.c).
 */
#ifndef WHACK_OPTIONS_H
#define WHACK_OPTIONS_H

#include <stdio.h>

#include "conf/keywords.h"
#include "ctl/verbs.h"

enum general {
	GENERAL_NAME,
	GENERAL_LABEL,
	GENERAL_CTLSOCKET,
	GENERAL_CTLBASE,
	GENERAL_RUNDIR,
	GENERAL_ASYNC,
	GENERAL_JSON,
	GENERAL_BATCH,
	GENERAL_DEBUG,
	GENERAL_DEBUG_ALL,
	GENERAL_DEBUG_NONE,
	GENERAL_NO_DEBUG,
	GENERAL_TO,
	GENERAL_VERSION,
	GENERAL_HELP,
	GENERAL_COUNT,
};

enum takes { TAKES_NOTHING, TAKES_VALUE, TAKES_YES_NO };

struct general_row {
	uint8_t what;      /* enum general */
	uint8_t takes;     /* enum takes */
	const char *words; /* spellings, separated by spaces */
	const char *value; /* its name in --help; NULL: none */
	const char *help;
};

extern const struct general_row generals[GENERAL_COUNT];
const struct general_row *general_by_word(const char *word);
/* Why a command of the field is refused; NULL when the word is none. */
const char *refused_command(const char *word);

/* One option of a connection, as given; the strings are the command line's. */
struct setting {
	const struct keyword *keyword;
	bool right;
	const char *text;
	const char *word;
};

#define SETTINGS_MAX 256

/* One option of the request itself, as given. */
struct request_setting {
	const struct request_option *option;
	const char *text; /* NULL: it takes no value */
	const char *word;
};

#define REQUEST_SETTINGS_MAX 16

struct options {
	const struct verb_row *verb; /* NULL only with help, version or batch */
	const char *verb_word;       /* the spelling used, for errors */
	const char *verb_value;      /* of the verb's option; NULL: it takes none */
	const char *name, *label, *debug;
	const char *batch;     /* file of --batch; NULL: one request */
	const char *socket;    /* path */
	char socket_text[256]; /* holds it when it was put together */
	bool async, json, help, version, to;
	char debug_text[256]; /* what debug points to */
	uint32_t seen;        /* a bit for each enum general */
	size_t request_count;
	struct request_setting requests[REQUEST_SETTINGS_MAX];
	size_t count;
	struct setting settings[SETTINGS_MAX];
};

/*
 * argv without the program's name. False with an error of RC_WHACK; label, json and name are set as
 * far as they were read, for the message.
 */
bool options_read(int argc, char *const argv[], struct options *o, struct error *e);
/* The request frame of checked options, into data. */
bool options_request(const struct options *o, void *data, size_t capacity, struct slice *out,
		     struct error *e);
void print_help(FILE *out);
void print_version(FILE *out);

#endif
