/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process file. The lock is flock(2)'s, so it dies with the last process that has it open, and
 * a file that was left behind stops nobody.
 */
#include "pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_locked(const char *path, struct error *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0) {
		error_set(e, "cannot open %s: %s", path, strerror(errno));
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (errno == EWOULDBLOCK)
		error_code(e, PIDFILE_HELD, "pluto runs already: %s is locked", path);
	else
		error_set(e, "cannot lock %s: %s", path, strerror(errno));
	close(fd);
	return -1;
}

int pidfile_lock(const char *path, struct error *e)
{
	/* the holder may have removed the file between our open and our lock */
	for (int i = 0; i < 10; i++) {
		struct stat ours, there;
		int fd = open_locked(path, e);

		if (fd < 0)
			return -1;
		if (fstat(fd, &ours) == 0 && stat(path, &there) == 0 &&
		    ours.st_ino == there.st_ino && ours.st_dev == there.st_dev)
			return fd;
		close(fd);
	}
	error_set(e, "%s changes all the time", path);
	return -1;
}

bool pidfile_write(int fd, struct error *e)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)len, 0) != len)
		return error_set(e, "cannot write the process file: %s", strerror(errno));
	return true;
}

void pidfile_release(int fd, const char *path)
{
	if (fd < 0)
		return;
	unlink(path);
	close(fd);
}
