/* SPDX-License-Identifier: Apache-2.0 */
/* The process file: its lock says that a daemon runs here, its text which process it is. */
#ifndef IO_PIDFILE_H
#define IO_PIDFILE_H

#include "base/error.h"

/* The locked descriptor, which a forked child inherits with the lock; -1 with an error, whose code
 * is PIDFILE_HELD when another daemon holds it. */
int pidfile_lock(const char *path, struct error *e);
#define PIDFILE_HELD 10u
/* Writes the number of this process. */
bool pidfile_write(int fd, struct error *e);
/* Removes the file and lets the lock go. */
void pidfile_release(int fd, const char *path);

#endif
