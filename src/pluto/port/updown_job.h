/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of an updown script for one verb, as data: the command and its PLUTO_* environment. */
#ifndef PORT_UPDOWN_JOB_H
#define PORT_UPDOWN_JOB_H

#include "base/address.h"
#include "base/bytes.h"
#include "base/list.h"
#include "base/text.h"

#define UPDOWN_ENV_MAX 63 /* and one more, which is the same for all */
struct updown_job {
	uint64_t owner; /* handle that the answer carries */
	uint32_t ticket;
	uint32_t lane;        /* jobs of one lane (connection) run one after the other, in order */
	struct address local; /* of the SA: its interface becomes PLUTO_INTERFACE */
	char connection[128];
	char verb[32];             /* "up-client" */
	char *command;             /* owned; NULL: the default script */
	char *env[UPDOWN_ENV_MAX]; /* "NAME=value", owned */
	uint8_t env_count;
	/* The same verb for the next pair of selectors, owned: it runs when this one has ended with
	 * 0, or whatever it ended with if it is for cleaning up. One answer for all: the first
	 * status that is not 0. */
	struct updown_job *next;
	bool runs_all;
	struct updown_job *undone; /* the core's: it could not be asked for */
	struct list asked;         /* the core's: until the answer comes */
	uint64_t asked_usec;
	/* result: 0 the script ended with 0; else its status, 128+signal, or -errno */
	int status;
};

struct updown_job *updown_job_new(uint64_t owner, uint32_t ticket, const char *verb);
void updown_job_free(struct updown_job *j);
/* Adds NAME=value; values with control characters or more than 256 bytes are left out (false). */
bool updown_job_env(struct updown_job *j, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
