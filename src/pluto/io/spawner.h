/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The spawner: a small process, forked before there are threads and secrets, that runs scripts for
 * the daemon. Starting them from here is cheap, and the daemon itself needs no right to do so.
 *
 * One message a packet of the socket:
 *   to the spawner    u64 id, u8 count, count + 1 strings: the command, its environment
 *   from the spawner  u64 id, u8 kind (SPAWNER_LINE: text follows; SPAWNER_DONE: u32 status;
 *                     SPAWNER_NEW, id 0: a new one, what the one before did is lost)
 * A string is u16 length with its NUL, then its octets.
 */
#ifndef IO_SPAWNER_H
#define IO_SPAWNER_H

#include <sys/types.h>

#define SPAWNER_JOBS 64 /* at once; the daemon sends no more */
#define SPAWNER_MESSAGE_MAX 65536
#define SPAWNER_LINE_MAX 1024
#define SPAWNER_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

enum spawner_kind { SPAWNER_LINE = 1, SPAWNER_DONE = 2, SPAWNER_NEW = 3 };

/* The daemon's end of the socket, or -errno. The spawner ends when that end is closed and the last
 * script has ended. */
int spawner_start(void);

#endif
