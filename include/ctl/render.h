/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client prints of a record: the classic lines, whose form is frozen because programs read
 * them, or one JSON object for the whole reply, which jansson makes.
 */
#ifndef CTL_RENDER_H
#define CTL_RENDER_H

#include <stdio.h>

#include "base/text.h"
#include "conf/problem.h"
#include "ctl/records.h"
#include "ctl/verbs.h"

#define RENDER_MAX 65536u /* no record gives more classic text than this */

/* The field "schema": "cygnet.status/1", by the verb's name; of a line of events. */
#define CTL_JSON_VERSION 1
#define CTL_JSON_EVENT "cygnet.event/1"
void render_json_id(uint16_t verb, char *out, size_t size);

/*
 * One classic line or more, each with its number and newline; nothing for RECORD_ALIVE. The record
 * went through record_check; RENDER_MAX of room is always enough.
 */
void render_classic(const struct ctl_message *m, const struct record_row *row, struct text *out);

/*
 * The same as "key=value" lines whose keys have dots, as --globalstatus prints counters: fields that are
 * numbers, of the kinds that count for all; nothing for others.
 */
void render_pairs(const struct ctl_message *m, const struct record_row *row, struct text *out);

/* Gathers records; NULL when memory is short. */
struct render_json;
struct render_json *render_json_new(uint16_t verb);
bool render_json_add(struct render_json *j, const struct ctl_message *m,
		     const struct record_row *row);
/* {"schema", "code", and for each kind of ctl/replies.h an array of objects}; frees j. False: not written. */
bool render_json_finish(struct render_json *j, uint32_t code, FILE *out);
void render_json_free(struct render_json *j);
/* One record as one object on one line, for streams; false: not written. */
bool render_json_line(const struct ctl_message *m, const struct record_row *row, FILE *out);

/* render_schema.c: the JSON Schema of a verb's reply, and of a line of events. */
bool render_schema(const struct verb_row *verb, FILE *out);
bool render_schema_event(FILE *out);
/* render_check.c: what a check of ipsec.conf found, and the schema of that. */
#define CTL_JSON_CHECK "cygnet.checkconfig/1"
struct check_report {
	const char *config; /* the file */
	size_t connections;
	int code; /* what the program exits with */
	const struct problems *problems;
};
bool render_check(const struct check_report *r, FILE *out);
bool render_schema_check(FILE *out);
/* render_protocol.c: the numbers of the control socket, for clients in any language (doc/protocol.md). */
bool render_protocol(FILE *out);

#endif
