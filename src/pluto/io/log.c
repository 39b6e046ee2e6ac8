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
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "log_syslog.h"

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
		log_syslog_open(s->file ? s->file : SYSLOG_PATH);
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

/* A whole line, with its newline. */
static bool write_all(enum log_level level, char *line, size_t len)
{
	ssize_t n;

	if (target.settings.where == LOG_TO_SYSLOG) {
		line[len - 1] = '\0';
		return log_syslog(level, line);
	}
	do
		n = write(target.fd, line, len);
	while (n < 0 && errno == EINTR);
	return n >= 0;
}

static bool write_line(enum log_level level, const char *text)
{
	char line[LOG_LINE_LEN];
	struct text t = text_over(line, sizeof(line) - 1); /* the newline always fits */

	if (target.settings.with_time && target.settings.where != LOG_TO_SYSLOG)
		put_time(&t);
	text_put(&t, text);
	for (size_t i = 0; i < t.len; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	line[t.len++] = '\n';
	return write_all(level, line, t.len);
}

/* A JSON string; octets that are not printable ASCII stand as escapes of Latin-1: the line is
 * well-formed whatever is in it. */
static void put_string(struct text *t, const char *key, const char *value)
{
	text_add(t, "\"%s\":\"", key);
	for (; *value; value++) {
		unsigned char c = (unsigned char)*value;

		if (c == '"' || c == '\\')
			text_add(t, "\\%c", c);
		else if (c < 0x20 || c > 0x7e)
			text_add(t, "\\u%04x", c);
		else
			text_add(t, "%c", c);
	}
	text_put(t, "\"");
}

static const char *level_word(enum log_level level)
{
	return level == LOG_LEVEL_ERROR     ? "error"
	       : level == LOG_LEVEL_WARNING ? "warning"
	       : level == LOG_LEVEL_DEBUG   ? "debug"
					    : "info";
}

/* What would be too long is cut in the text, never in the object. */
static size_t json_line(char *line, size_t size, enum log_level level, const char *name,
			uint32_t serial, const char *text)
{
	char cut[(LOG_LINE_LEN - 1100) / 6], about[160]; /* each octet may become six */
	struct text t = text_over(line, size);
	struct timespec now;
	struct tm tm;
	char stamp[40];

	snprintf(cut, sizeof(cut), "%s", text);
	snprintf(about, sizeof(about), "%s", name);
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);
	text_add(&t, "{\"time\":\"%s.%06ldZ\",\"level\":\"%s\",", stamp, now.tv_nsec / 1000,
		 level_word(level));
	if (about[0]) {
		put_string(&t, "connection", about);
		text_put(&t, ",");
	}
	if (serial)
		text_add(&t, "\"serial\":%u,", serial);
	put_string(&t, "text", cut);
	text_put(&t, "}\n");
	return t.len;
}

static bool write_json(enum log_level level, const char *name, uint32_t serial, const char *text)
{
	char line[LOG_LINE_LEN];

	return write_all(level, line, json_line(line, sizeof(line), level, name, serial, text));
}

static bool put_out(enum log_level level, const char *name, uint32_t serial, const char *text)
{
	return target.settings.json ? write_json(level, name, serial, text)
				    : write_line(level, text);
}

void log_about(enum log_level level, const char *name, uint32_t serial, const char *text)
{
	char lost[64];

	if (target.lost) {
		snprintf(lost, sizeof(lost), "%lu log lines were lost", target.lost);
		if (put_out(LOG_LEVEL_WARNING, "", 0, lost))
			target.lost = 0;
	}
	if (!put_out(level, name, serial, text))
		target.lost++;
}

void log_line(enum log_level level, const char *text)
{
	log_about(level, "", 0, text);
}

void log_printf(enum log_level level, const char *format, ...)
{
	char line[LOG_LINE_LEN];
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
		log_syslog_close();
	else if (target.settings.where == LOG_TO_FILE)
		close(target.fd);
	target.settings.where = LOG_TO_STDERR;
	target.fd = STDERR_FILENO;
}
