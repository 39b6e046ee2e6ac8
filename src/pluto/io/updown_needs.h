/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a script needs to be started for. A script whose text mentions --needs is asked once, by that
 * option: after a line "needs 1" it prints a line for each verb, "route-client", or for all that begin
 * so, "up", each with the variables of which one must be set, if any: "up PLUTO_MY_SOURCEIP NAME=value".
 * For what it does not name it is not started, and that counts as done. Others are started always.
 */
#ifndef IO_UPDOWN_NEEDS_H
#define IO_UPDOWN_NEEDS_H

#include "base/list.h"
#include "port/updown_job.h"

enum needs_state { NEEDS_UNKNOWN, NEEDS_ASKED, NEEDS_KNOWN, NEEDS_ALL };

#define NEEDS_TEXT_MAX 2048u

struct needs { /* of one command */
	struct list node;
	struct list waiting; /* what waits for the answer; the owner's */
	char *command;
	uint8_t state; /* enum needs_state */
	uint64_t id;   /* of the question */
	size_t len;
	char text[NEEDS_TEXT_MAX]; /* lines, each with its newline */
};

/* That of the command in the list, made if it is not there; NULL: memory is short. */
struct needs *needs_of(struct list *all, const char *command);
/* Would it know the question? By its text, of which the first 64 KiB are read. */
bool needs_can_be_asked(const char *command);
void needs_line(struct needs *n, struct slice line);
/* The script has ended with the status. */
void needs_answered(struct needs *n, int status);
/* Must the job be run? */
bool needs_run(const struct needs *n, const struct updown_job *j);
/* Empties the list; nothing waits. */
void needs_free(struct list *all);

#endif
