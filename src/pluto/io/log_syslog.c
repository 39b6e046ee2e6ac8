/* SPDX-License-Identifier: Apache-2.0 */
/* A datagram a line, in the form that every syslog daemon takes at its socket (RFC 3164 4.1). */
#include "log_syslog.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "log.h"

static struct {
	int fd; /* -1: not connected */
	char path[108];
} logger = { .fd = -1 };

static bool connect_logger(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	memcpy(address.sun_path, logger.path, sizeof(address.sun_path));
	logger.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (logger.fd >= 0 &&
	    connect(logger.fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return true;
	log_syslog_close();
	return false;
}

void log_syslog_open(const char *path)
{
	log_syslog_close();
	text_copy(logger.path, sizeof(logger.path), path);
	connect_logger();
}

bool log_syslog(int level, const char *text)
{
	char line[LOG_LINE_LEN], stamp[24];
	struct text t = TEXT_OVER(line);
	time_t now = time(NULL);
	struct tm tm;

	if (logger.fd < 0 && !connect_logger())
		return false;
	localtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%b %e %H:%M:%S", &tm);
	text_add(&t, "<%d>%s pluto[%d]: %s", LOG_AUTHPRIV | level, stamp, (int)getpid(), text);
	if (send(logger.fd, line, t.len, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return true;
	/* perhaps the logger was started anew */
	log_syslog_close();
	return connect_logger() && send(logger.fd, line, t.len, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

void log_syslog_close(void)
{
	if (logger.fd >= 0)
		close(logger.fd);
	logger.fd = -1;
}
