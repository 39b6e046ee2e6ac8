/* SPDX-License-Identifier: Apache-2.0 */
/* Word to the service manager (sd_notify's protocol); nothing happens when there is none. */
#ifndef IO_NOTIFY_H
#define IO_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Reads NOTIFY_SOCKET and WATCHDOG_USEC and takes them out of the environment. */
void notify_init(void);
/* Is there one that would hear? */
bool notify_is_heard(void);
/* "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=..." */
void notify_send(const char *state);
/* How often WATCHDOG=1 is due; 0: never. */
uint64_t notify_watchdog_usec(void);

#endif
