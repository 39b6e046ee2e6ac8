/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running one script: no shell, a session of its own, nothing inherited but an empty input and the
 * pipe of its output, and an end in any case.
 */
#include "spawner_job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/writer.h"
#include "port/updown_job.h"

#define TERM_MSEC 10000
#define KILL_MSEC 12000
#define AGAIN_MSEC 1000 /* after SIGKILL: until the kernel has done it */
#define OUTPUT_MAX 65536u
#define ARGS_MAX 32

int64_t spawner_now_msec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void spawner_send(int socket, uint64_t id, uint8_t kind, const void *data, size_t len)
{
	uint8_t packet[9 + SPAWNER_LINE_MAX];
	struct writer w = writer_over(packet, sizeof(packet));

	writer_u64(&w, id);
	writer_u8(&w, kind);
	writer_put(&w, slice(data, len));
	while (writer_ok(&w) && send(socket, packet, w.len, MSG_NOSIGNAL) < 0 && errno == EINTR)
		continue;
}

static bool take_string(struct cursor *c, char **out)
{
	struct slice s = SLICE_EMPTY;
	uint16_t len = 0;

	if (!cursor_u16(c, "length", &len) || !cursor_take(c, "string", len, &s) || s.len == 0 ||
	    memchr(s.data, 0, s.len) != s.data + s.len - 1)
		return false;
	*out = (char *)s.data;
	return true;
}

/* argv and envp point into the message, which is changed: the command is split at spaces. */
static bool read_message(const uint8_t *message, size_t len, uint64_t *id, char **argv, char **envp)
{
	static char path[] = "PATH=" SPAWNER_PATH;
	struct cursor c = cursor_of(slice(message, len));
	char *command, *rest = NULL;
	uint8_t count = 0;
	size_t n = 0;

	if (!cursor_u64(&c, "id", id) || !cursor_u8(&c, "count", &count) ||
	    count > UPDOWN_ENV_MAX + 1 || !take_string(&c, &command))
		return false;
	envp[0] = path;
	for (uint8_t i = 0; i < count; i++)
		if (!take_string(&c, &envp[i + 1]))
			return false;
	envp[count + 1] = NULL;
	for (char *w = strtok_r(command, " \t", &rest); w; w = strtok_r(NULL, " \t", &rest)) {
		if (n == ARGS_MAX)
			return false;
		argv[n++] = w;
	}
	argv[n] = NULL;
	return n > 0;
}

static int spawn(pid_t *pid, int output, char **argv, char **envp)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int err;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	err = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (err == 0)
		err = posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
	if (err == 0)
		err = posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF);
	if (err == 0)
		err = posix_spawnp(pid, argv[0], &files, &attr, argv, envp);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return err;
}

bool job_start(struct job *j, const uint8_t *message, size_t len, int *status)
{
	char *argv[ARGS_MAX + 1], *envp[UPDOWN_ENV_MAX + 3];
	int ends[2];
	int err;

	*j = (struct job){ .pipe = -1 };
	*status = -EINVAL;
	if (!read_message(message, len, &j->id, argv, envp))
		return false;
	*status = -EMFILE;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	err = spawn(&j->pid, ends[1], argv, envp);
	close(ends[1]);
	if (err) {
		close(ends[0]);
		*status = -err;
		return false;
	}
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	j->pipe = ends[0];
	j->started_msec = spawner_now_msec();
	j->used = true;
	return true;
}

static void take_octet(struct job *j, int socket, char c)
{
	if (c != '\n' && j->len < sizeof(j->line))
		j->line[j->len++] = c;
	if (c == '\n' || j->len == sizeof(j->line)) {
		if (j->len)
			spawner_send(socket, j->id, SPAWNER_LINE, j->line, j->len);
		j->len = 0;
	}
}

static void close_pipe(struct job *j)
{
	if (j->pipe >= 0)
		close(j->pipe);
	j->pipe = -1;
}

void job_output(struct job *j, int socket)
{
	char buf[4096];

	while (j->pipe >= 0) {
		ssize_t n = read(j->pipe, buf, sizeof(buf));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			close_pipe(j);
			return;
		}
		/* beyond the limit it is read and forgotten: a full pipe would stop the script */
		for (ssize_t i = 0; i < n; i++)
			if (j->output < OUTPUT_MAX) {
				j->output++;
				take_octet(j, socket, buf[i]);
			}
		if (n < (ssize_t)sizeof(buf) || j->output == OUTPUT_MAX)
			return;
	}
}

void job_end(struct job *j, int socket, int status)
{
	static const char cut[] = "(further output was dropped)";
	uint8_t value[4] = {
		(uint8_t)((uint32_t)status >> 24),
		(uint8_t)((uint32_t)status >> 16),
		(uint8_t)((uint32_t)status >> 8),
		(uint8_t)status,
	};

	/* what is in the pipe now is the script's; what comes later is of something it left */
	job_output(j, socket);
	if (j->len)
		spawner_send(socket, j->id, SPAWNER_LINE, j->line, j->len);
	if (j->output == OUTPUT_MAX)
		spawner_send(socket, j->id, SPAWNER_LINE, cut, sizeof(cut) - 1);
	spawner_send(socket, j->id, SPAWNER_DONE, value, sizeof(value));
	close_pipe(j);
	j->used = false;
}

int64_t job_clock(struct job *j, int64_t now)
{
	int64_t age = now - j->started_msec;

	if (age >= KILL_MSEC) {
		(void)kill(-j->pid, SIGKILL);
		return AGAIN_MSEC;
	}
	if (age < TERM_MSEC)
		return TERM_MSEC - age;
	if (!j->was_told)
		(void)kill(-j->pid, SIGTERM);
	j->was_told = true;
	return KILL_MSEC - age;
}
