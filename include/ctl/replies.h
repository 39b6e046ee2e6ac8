/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE table of replies: which kinds of records the reply to each verb may hold. JSON has an array for
 * each of them, and its schema (render_schema) is made from here, so that the two cannot differ; the
 * simulator fails when the daemon sends another.
 */
#ifndef CTL_REPLIES_H
#define CTL_REPLIES_H

#include "ctl/records.h"
#include "ctl/verbs.h"

#define REPLY_KINDS 10

struct reply_row {
	uint16_t verb;               /* enum verb */
	uint16_t kinds[REPLY_KINDS]; /* enum record_kind, besides RECORD_LOG; 0 ends */
};

extern const struct reply_row replies[];
extern const size_t reply_count;

/* The row of a verb; verbs that are not in the table have one without kinds. Never NULL. */
const struct reply_row *reply_of(uint16_t verb);
/* May a reply of the verb hold it? RECORD_LOG and RECORD_ALIVE always. */
bool reply_has(uint16_t verb, uint32_t kind);

#endif
