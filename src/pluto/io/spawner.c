/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The spawner's process: its loop over the daemon's socket, the scripts' output and their ends. It
 * ignores the signals meant for the daemon and lives as long as the daemon's end of the socket. A
 * keeper of a few lines starts it anew when it is killed.
 */
#include "spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/writer.h"
#include "privs.h"
#include "spawner_job.h"

#define SOCKET_BUFFER (1 << 20)
#define RESTART_MSEC 200

struct spawner {
	int socket; /* -1: the daemon has gone */
	int signals;
	struct job jobs[SPAWNER_JOBS];
	uint8_t message[SPAWNER_MESSAGE_MAX];
};

static void answer(struct spawner *s, const struct job *j, int status)
{
	struct job failed = { .id = j->id, .pipe = -1 };

	job_end(&failed, s->socket, status);
}

static void take_message(struct spawner *s)
{
	struct job refused = { .pipe = -1 };
	struct job *j = NULL;
	int status = -EAGAIN;
	ssize_t n;

	n = recv(s->socket, s->message, sizeof(s->message), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close(s->socket);
		s->socket = -1;
		return;
	}
	for (size_t i = 0; i < SPAWNER_JOBS && !j; i++)
		if (!s->jobs[i].used)
			j = &s->jobs[i];
	if (!j || !job_start(j, s->message, (size_t)n, &status))
		answer(s, j ? j : &refused, status);
}

static void reap(struct spawner *s)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	while (read(s->signals, &info, sizeof(info)) > 0)
		continue;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < SPAWNER_JOBS; i++)
			if (s->jobs[i].used && s->jobs[i].pid == pid)
				job_end(&s->jobs[i], s->socket,
					WIFSIGNALED(status) ? 128 + WTERMSIG(status)
							    : WEXITSTATUS(status));
}

/* Everything to wait for; the count, and in *wait how long at most. */
static nfds_t gather(struct spawner *s, struct pollfd *p, struct job **who, int64_t *wait)
{
	int64_t now = spawner_now_msec();
	nfds_t n = 2;

	*wait = -1;
	p[0] = (struct pollfd){ .fd = s->socket, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = s->signals, .events = POLLIN };
	for (size_t i = 0; i < SPAWNER_JOBS; i++) {
		int64_t left;

		if (!s->jobs[i].used)
			continue;
		left = job_clock(&s->jobs[i], now);
		if (*wait < 0 || left < *wait)
			*wait = left;
		who[n] = &s->jobs[i];
		p[n++] = (struct pollfd){ .fd = s->jobs[i].pipe, .events = POLLIN };
	}
	return n;
}

static void run(struct spawner *s)
{
	struct pollfd p[SPAWNER_JOBS + 2];
	struct job *who[SPAWNER_JOBS + 2];

	for (;;) {
		int64_t wait;
		nfds_t n = gather(s, p, who, &wait);

		if (s->socket < 0 && n == 2)
			return;
		if (poll(p, n, (int)wait) < 0)
			continue;
		for (nfds_t i = 2; i < n; i++)
			if (p[i].revents)
				job_output(who[i], s->socket);
		if (p[1].revents)
			reap(s);
		if (p[0].revents)
			take_message(s);
	}
}

/* What the one before had at work is lost: the daemon fails those jobs and goes on. */
static void say_new(int socket)
{
	uint8_t packet[16];
	struct writer w = writer_over(packet, sizeof(packet));

	writer_u64(&w, 0);
	writer_u8(&w, SPAWNER_NEW);
	(void)send(socket, packet, w.len, MSG_NOSIGNAL);
}

static _Noreturn void be_spawner(int socket, bool is_again)
{
	static struct spawner s;
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	s.socket = socket;
	s.signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	(void)prctl(PR_SET_NAME, "pluto-updown");
	(void)prctl(PR_SET_PDEATHSIG, 0);
	if (s.signals < 0 || chdir("/") < 0 || setenv("PATH", SPAWNER_PATH, 1) < 0 ||
	    !privs_drop_spawner())
		_exit(1);
	if (is_again)
		say_new(socket);
	run(&s);
	_exit(0);
}

/* Lives beside the spawner, holds the socket, and starts a new one when it is killed (case 168). The
 * daemon could not: it gave its rights away. */
static _Noreturn void be_keeper(int socket)
{
	sigset_t all;
	bool is_again = false;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* who waits for the end of the daemon's output must not wait for us */
	for (int fd = 0; null >= 0 && fd <= STDERR_FILENO; fd++)
		(void)dup2(null, fd);

	/* nothing of the daemon stays open, its lock least of all */
	if (socket > 3)
		(void)close_range(3, (unsigned)socket - 1, 0);
	(void)close_range((unsigned)socket + 1, ~0u, 0);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	(void)prctl(PR_SET_NAME, "pluto-keeper");
	for (;;) {
		pid_t pid = fork();
		int status = 0;

		if (pid == 0)
			be_spawner(socket, is_again);
		if (pid < 0)
			_exit(1);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			continue;
		if (WIFEXITED(status))
			_exit(WEXITSTATUS(
				status)); /* the daemon has gone, or it cannot work at all */
		is_again = true;
		(void)poll(NULL, 0, RESTART_MSEC);
	}
}

int spawner_start(void)
{
	int size = SOCKET_BUFFER;
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	(void)setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	pid = fork();
	if (pid < 0) {
		int err = errno;

		close(ends[0]);
		close(ends[1]);
		return -err;
	}
	if (pid == 0) {
		close(ends[0]);
		be_keeper(ends[1]);
	}
	close(ends[1]);
	return ends[0];
}
