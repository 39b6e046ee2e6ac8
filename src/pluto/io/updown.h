/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's side of updown scripts: jobs of one lane in order, those of others beside them. */
#ifndef IO_UPDOWN_H
#define IO_UPDOWN_H

#include "poller.h"
#include "port/updown_job.h"

struct updown;

struct updown_calls {
	/* The job ended; its status is set and it is the callee's. */
	void (*done)(void *context, struct updown_job *j);
	/* A line the script wrote, printable. */
	void (*line)(void *context, const struct updown_job *j, const char *text);
	void *context;
};

/* socket: of spawner_start; taken over. script: what runs where a job names no command. */
struct updown *updown_new(struct poller *p, int socket, const char *script,
			  const char *dns_resolver, const struct updown_calls *calls);
/* Takes the job over; done is called later, or now when there is nothing to run. */
void updown_submit(struct updown *u, struct updown_job *j);
/* Scripts may have changed: they are asked anew what they need to be started for (updown_needs.h). */
void updown_ask_again(struct updown *u);
/* Jobs that have not ended. */
size_t updown_pending(const struct updown *u);
/* Frees the jobs that wait; a script under way is left to its end. */
void updown_free(struct updown *u);

#endif
