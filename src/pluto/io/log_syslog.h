/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Syslog without waiting: libc's own waits for a logger that does not read, and IKE with it (case
 * 193). A line that is not taken at once is lost, and the next call connects anew.
 */
#ifndef IO_LOG_SYSLOG_H
#define IO_LOG_SYSLOG_H

#include <stdbool.h>

#define SYSLOG_PATH "/dev/log"

/* Of this socket. */
void log_syslog_open(const char *path);
bool log_syslog(int level, const char *text);
void log_syslog_close(void);

#endif
