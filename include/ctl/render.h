/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client prints of a record: the classic lines, whose form is frozen because programs read
 * them, or one JSON object for the whole reply, which jansson makes.
 */
#ifndef CTL_RENDER_H
#define CTL_RENDER_H

#include <stdio.h>

#include "base/text.h"
#include "ctl/records.h"
#include "ctl/verbs.h"

#define RENDER_MAX 65536u /* no record gives more classic text than this */

/* "cygnet.status/1": the field "schema" of each object. */
#define CTL_JSON_SCHEMA "cygnet.status/1"

/*
 * One classic line or more, each with its number and newline; nothing for RECORD_ALIVE. The record
 * went through record_check; RENDER_MAX of room is always enough.
 */
void render_classic(const struct ctl_message *m, const struct record_row *row, struct text *out);

/* Gathers records; NULL when memory is short. */
struct render_json;
struct render_json *render_json_new(void);
bool render_json_add(struct render_json *j, const struct ctl_message *m,
		     const struct record_row *row);
/* {"schema", "code", and for each kind an array of objects}; frees j. False: not written. */
bool render_json_finish(struct render_json *j, uint32_t code, FILE *out);
void render_json_free(struct render_json *j);

#endif
