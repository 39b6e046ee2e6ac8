/* SPDX-License-Identifier: Apache-2.0 */
/* Becoming a daemon. */
#ifndef PLUTO_DAEMONIZE_H
#define PLUTO_DAEMONIZE_H

#include "base/error.h"

/* Descriptors 0, 1 and 2 are open from here on, so that no socket ever gets their numbers. */
void daemonize_stdio(void);
/* Makes the directory; refuses one that others may write to. */
bool daemonize_rundir(const char *path, struct error *e);
struct daemon_parent {
	int fd;           /* where it waits; -1: there is none */
	bool keep_stderr; /* the log goes there */
};

/*
 * Forks. In the parent it returns when the daemon is ready or dead: the exit status. In the daemon
 * it returns -1 and fills in p->fd. -1 with p->fd -1 and errno: fork failed.
 */
int daemonize(struct daemon_parent *p);
/* Lets the parent go, if there is one that waits. context: struct daemon_parent. */
void daemonize_ready(void *context);

#endif
