/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fork into the background. The parent stays until the control socket answers, so a start-up
 * script may run whack as soon as pluto has returned.
 */
#include "daemonize.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

#define FORK_FAILED 3

void daemonize_stdio(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

bool daemonize_rundir(const char *path, struct error *e)
{
	char part[256];
	struct stat st;
	mode_t before;

	if (!text_copy(part, sizeof(part), path))
		return error_set(e, "%s: the path is too long", path);
	before = umask(022);
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(part, 0755);
		*slash = '/';
	}
	(void)mkdir(part, 0755);
	umask(before);
	if (stat(path, &st) < 0)
		return error_set(e, "cannot make %s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return error_set(e, "%s is not a directory", path);
	if ((st.st_uid != geteuid() && st.st_uid != 0) || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return error_set(e, "others may write to %s: give it to root, mode 0755", path);
	return true;
}

static int wait_ready(int fd, pid_t daemon)
{
	char c;
	ssize_t n;
	int status;

	do
		n = read(fd, &c, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1)
		return 0;
	while (waitpid(daemon, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) : FORK_FAILED;
}

static void drop_terminal(bool stderr_too)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return;
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(null, STDOUT_FILENO);
	if (stderr_too)
		(void)dup2(null, STDERR_FILENO);
	close(null);
}

int daemonize(struct daemon_parent *p)
{
	int ends[2];
	pid_t pid;

	p->fd = -1;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return -1;
	}
	if (pid > 0) {
		close(ends[1]);
		return wait_ready(ends[0], pid);
	}
	close(ends[0]);
	p->fd = ends[1];
	(void)setsid();
	(void)!chdir("/");
	/* standard error stays until the daemon is up: its last words are for the terminal */
	drop_terminal(false);
	return -1;
}

void daemonize_ready(void *context)
{
	struct daemon_parent *p = context;

	if (p->fd < 0)
		return;
	if (!p->keep_stderr)
		drop_terminal(true);
	(void)!write(p->fd, "", 1);
	close(p->fd);
	p->fd = -1;
}
