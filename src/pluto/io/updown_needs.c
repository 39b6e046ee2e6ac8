/* SPDX-License-Identifier: Apache-2.0 */
/* The answers of scripts to --needs, and what they say about a job. */
#include "updown_needs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define SCRIPT_READ_MAX 65536u
#define HEAD "needs 1\n"

struct needs *needs_of(struct list *all, const char *command)
{
	struct needs *n;

	list_each (n, all, struct needs, node)
		if (strcmp(n->command, command) == 0)
			return n;
	n = calloc(1, sizeof(*n));
	if (!n || !(n->command = strdup(command))) {
		free(n);
		return NULL;
	}
	list_init(&n->waiting);
	list_append(all, &n->node);
	return n;
}

void needs_free(struct list *all)
{
	struct needs *n;

	list_each (n, all, struct needs, node) {
		list_remove(&n->node);
		free(n->command);
		free(n);
	}
}

bool needs_can_be_asked(const char *command)
{
	char path[512], *text;
	size_t len = strcspn(command, " \t");
	ssize_t n = -1;
	bool ok;
	int fd;

	if (*command != '/' || len >= sizeof(path))
		return false;
	memcpy(path, command, len);
	path[len] = '\0';
	text = malloc(SCRIPT_READ_MAX);
	fd = text ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	if (fd >= 0) {
		n = read(fd, text, SCRIPT_READ_MAX);
		close(fd);
	}
	ok = n > 0 && memmem(text, (size_t)n, "--needs", 7);
	free(text);
	return ok;
}

void needs_line(struct needs *n, struct slice line)
{
	if (line.len + 1 > sizeof(n->text) - 1 - n->len) {
		n->len = sizeof(n->text); /* too long to be an answer */
		return;
	}
	memcpy(n->text + n->len, line.data, line.len);
	n->len += line.len;
	n->text[n->len++] = '\n';
	n->text[n->len] = '\0';
}

void needs_answered(struct needs *n, int status)
{
	bool is_answer = status == 0 && n->len < sizeof(n->text) &&
			 strncmp(n->text, HEAD, strlen(HEAD)) == 0;

	n->state = is_answer ? NEEDS_KNOWN : NEEDS_ALL;
}

/* "route" is for route-host and route-client of both families, "route-client" for these of both. */
static bool is_verb(const char *word, size_t len, const char *verb)
{
	size_t verb_len = strlen(verb);

	if (verb_len > 3 && strcmp(verb + verb_len - 3, "-v6") == 0)
		verb_len -= 3;
	if (len > verb_len || strncmp(word, verb, len) != 0)
		return false;
	return len == verb_len || verb[len] == '-';
}

/* Is NAME set, or set to just that value in NAME=value? */
static bool is_set(const struct updown_job *j, const char *word, size_t len)
{
	const char *equals = memchr(word, '=', len);
	size_t name = equals ? (size_t)(equals - word) : len;

	for (uint8_t i = 0; i < j->env_count; i++) {
		const char *env = j->env[i];

		if (strncmp(env, word, name) != 0 || env[name] != '=')
			continue;
		if (!equals)
			return env[name + 1] != '\0';
		return strlen(env) == len && strncmp(env, word, len) == 0;
	}
	return false;
}

static bool line_asks(const char *line, size_t len, const struct updown_job *j)
{
	size_t at = strcspn(line, " \n");

	if (at > len)
		at = len;
	if (at == 0 || !is_verb(line, at, j->verb))
		return false;
	if (at == len)
		return true;
	while (at < len) {
		size_t word;

		at += strspn(line + at, " ");
		word = strcspn(line + at, " \n");
		if (at < len && word > 0 && is_set(j, line + at, word))
			return true;
		at += word;
	}
	return false;
}

bool needs_run(const struct needs *n, const struct updown_job *j)
{
	const char *line;

	if (!n || n->state != NEEDS_KNOWN)
		return true;
	for (line = strchr(n->text, '\n') + 1; *line; line = strchr(line, '\n') + 1)
		if (line_asks(line, (size_t)(strchr(line, '\n') - line), j))
			return true;
	return false;
}
