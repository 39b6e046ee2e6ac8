/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where log lines go: standard error, a file or syslog. There is one log in a process. A full disk
 * does not stop the daemon: lines are dropped and counted.
 */
#ifndef IO_LOG_H
#define IO_LOG_H

#include "base/error.h"
#include "crypto/prf.h" /* port/work.h needs its PRF_MAX_LEN */
#include "core/core.h"

enum log_where { LOG_TO_SYSLOG, LOG_TO_STDERR, LOG_TO_FILE };

struct log_settings {
	uint8_t where;    /* enum log_where */
	const char *file; /* LOG_TO_FILE; of LOG_TO_SYSLOG its socket, NULL: the usual one */
	bool with_time;   /* not for syslog, which has its own */
	bool json;        /* a line is a JSON object; see doc/man/ipsec_pluto.8 */
	bool truncate;    /* empty the file first */
};

bool log_open(const struct log_settings *s, struct error *e);
/* Text without newline; control characters are replaced. */
void log_line(enum log_level level, const char *text);
/* About a connection ("": none) and the SA of that serial number (0: none). */
void log_about(enum log_level level, const char *name, uint32_t serial, const char *text);
#define LOG_LINE_LEN 4096
void log_printf(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool log_is_on_stderr(void);
void log_close(void);

#endif
