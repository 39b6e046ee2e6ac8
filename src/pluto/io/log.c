/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log. A line that cannot be written is dropped and counted; the count is logged with the first
 * line that can be. The main thread alone logs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

#define LINE_LEN 4096

static struct {
	struct log_settings settings;
	int fd;
	unsigned long lost;
} target = { .settings = { .where = LOG_TO_STDERR, .with_time = true }, .fd = STDERR_FILENO };

bool log_open(const struct log_settings *s, struct error *e)
{
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int fd = STDERR_FILENO;

	if (s->where == LOG_TO_SYSLOG)
		openlog("pluto", LOG_NDELAY | LOG_PID, LOG_AUTHPRIV);
	if (s->where == LOG_TO_FILE) {
		fd = open(s->file, flags | (s->truncate ? O_TRUNC : 0), 0640);
		if (fd < 0)
			return error_set(e, "cannot open the log file %s: %s", s->file,
					 strerror(errno));
	}
	target.settings = *s;
	target.fd = fd;
	return true;
}

static void put_time(struct text *t)
{
	struct timespec now;
	struct tm tm;
	char stamp[32];

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	strftime(stamp, sizeof(stamp), "%b %e %H:%M:%S", &tm);
	text_add(t, "%s.%06ld: ", stamp, now.tv_nsec / 1000);
}

static bool write_line(const char *text)
{
	char line[LINE_LEN];
	struct text t = text_over(line, sizeof(line) - 1); /* the newline always fits */
	ssize_t n;

	if (target.settings.with_time)
		put_time(&t);
	text_put(&t, text);
	for (size_t i = 0; i < t.len; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	line[t.len++] = '\n';
	do
		n = write(target.fd, line, t.len);
	while (n < 0 && errno == EINTR);
	return n >= 0;
}

void log_line(enum log_level level, const char *text)
{
	char lost[64];

	if (target.settings.where == LOG_TO_SYSLOG) {
		syslog(level, "%s", text);
		return;
	}
	if (target.lost) {
		snprintf(lost, sizeof(lost), "%lu log lines were lost", target.lost);
		if (write_line(lost))
			target.lost = 0;
	}
	if (!write_line(text))
		target.lost++;
}

void log_printf(enum log_level level, const char *format, ...)
{
	char line[LINE_LEN];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	log_line(level, line);
}

bool log_is_on_stderr(void)
{
	return target.settings.where == LOG_TO_STDERR;
}

void log_close(void)
{
	if (target.settings.where == LOG_TO_SYSLOG)
		closelog();
	else if (target.settings.where == LOG_TO_FILE)
		close(target.fd);
	target.settings.where = LOG_TO_STDERR;
	target.fd = STDERR_FILENO;
}
