/* SPDX-License-Identifier: Apache-2.0 */
/* One script of the spawner. Shared by spawner*.c only. */
#ifndef IO_SPAWNER_JOB_H
#define IO_SPAWNER_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "spawner.h"

struct job {
	bool used;
	uint64_t id;
	pid_t pid;
	int pipe; /* its output; -1: closed */
	int64_t started_msec;
	bool was_told; /* got SIGTERM */
	size_t output; /* octets so far */
	char line[SPAWNER_LINE_MAX];
	size_t len;
};

int64_t spawner_now_msec(void);
/* Starts the script that the message describes. False: nothing runs; *status says why. */
bool job_start(struct job *j, const uint8_t *message, size_t len, int *status);
/* Reads what there is, without waiting, and sends whole lines on. */
void job_output(struct job *j, int socket);
/* It ended: the rest of its output, then the status. */
void job_end(struct job *j, int socket, int status);
/* Signals it when its time is up; when to look again, in milliseconds from now. */
int64_t job_clock(struct job *j, int64_t now);
/* A packet to the daemon; waits when the daemon is slow. */
void spawner_send(int socket, uint64_t id, uint8_t kind, const void *data, size_t len);

#endif
