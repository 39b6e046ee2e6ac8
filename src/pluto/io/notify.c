/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sd_notify in a few lines: a datagram to the Unix socket that NOTIFY_SOCKET names. Failures are
 * nobody's affair: the manager draws its own conclusions from silence.
 */
#include "notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

static struct {
	struct sockaddr_un address;
	socklen_t len; /* 0: no manager */
	uint64_t watchdog_usec;
} manager;

void notify_init(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	const char *pid = getenv("WATCHDOG_PID");
	const char *usec = getenv("WATCHDOG_USEC");
	uint64_t value, process = 0;
	size_t len = path ? strlen(path) : 0;

	if (len > 1 && len < sizeof(manager.address.sun_path) &&
	    (path[0] == '/' || path[0] == '@')) {
		manager.address.sun_family = AF_UNIX;
		memcpy(manager.address.sun_path, path, len);
		if (path[0] == '@')
			manager.address.sun_path[0] = '\0';
		manager.len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	}
	if (pid && !parse_number(pid, 1, INT32_MAX, &process))
		usec = NULL;
	/* half of the time, as its documentation advises */
	if (usec && parse_number(usec, 2, UINT64_MAX / 2, &value) &&
	    (!pid || (pid_t)process == getpid()))
		manager.watchdog_usec = value / 2;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_PID");
	unsetenv("WATCHDOG_USEC");
}

bool notify_is_heard(void)
{
	return manager.len != 0;
}

void notify_send(const char *state)
{
	int fd;

	if (manager.len == 0)
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
		     (const struct sockaddr *)&manager.address, manager.len);
	close(fd);
}

uint64_t notify_watchdog_usec(void)
{
	return manager.len ? manager.watchdog_usec : 0;
}
