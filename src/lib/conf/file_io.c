/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading ipsec.conf and what it includes. Blocks on the disk: for programs and for the daemon's
 * start only.
 */
#include "conf/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((size_t)64 << 20)

static void load(struct conf_file *f, const char *file, const struct conf_place *at,
		 unsigned depth);

#define FAIL(f, at, ...) problem_add(&(f)->problems, false, (at), __VA_ARGS__)

static void absolute(const char *from, const char *pattern, struct text *out)
{
	const char *slash = from ? strrchr(from, '/') : NULL;

	if (*pattern != '/' && slash)
		text_add(out, "%.*s", (int)(slash - from + 1), from);
	text_put(out, pattern);
}

static void include(void *context, struct conf_file *f, const char *pattern,
		    const struct conf_place *at, unsigned depth)
{
	char path[PATH_MAX];
	struct text t = TEXT_OVER(path);
	glob_t found;
	int rc;

	(void)context;
	absolute(at->file, pattern, &t);
	if (t.cut) {
		FAIL(f, at, "the name of the file to include is too long");
		return;
	}
	rc = glob(path, GLOB_ERR | GLOB_BRACE, NULL, &found);
	if (rc == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			load(f, found.gl_pathv[i], at, depth);
	} else if (rc == GLOB_NOMATCH && !strpbrk(pattern, "*?[{")) {
		problem_add(&f->problems, true, at, "%s: no such file to include", path);
	} else if (rc != GLOB_NOMATCH && errno != ENOENT) {
		FAIL(f, at, "%s: its folder cannot be read: %s", path, strerror(errno));
	}
	globfree(&found);
}

/* The whole of an open file or pipe; *out is malloc'ed. 0 or an errno. */
static int read_all(int fd, char **out, size_t *len)
{
	size_t room = 0;

	*out = NULL;
	*len = 0;
	for (;;) {
		ssize_t n;

		if (*len == room) {
			char *more;

			room = room ? room * 2 : 65536;
			more = room > FILE_MAX * 2 ? NULL : realloc(*out, room);
			if (!more)
				return room > FILE_MAX ? EFBIG : ENOMEM;
			*out = more;
		}
		n = read(fd, *out + *len, room - *len);
		if (n == 0)
			return 0;
		if (n > 0)
			*len += (size_t)n;
		else if (errno != EINTR)
			return errno;
	}
}

static void load(struct conf_file *f, const char *file, const struct conf_place *at, unsigned depth)
{
	struct conf_reader reader = { .include = include };
	bool is_input = strcmp(file, "-") == 0;
	int fd = is_input ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *text = NULL;
	size_t len = 0;
	struct stat st;
	int rc = fd < 0 ? errno : 0;

	if (rc == 0 && !is_input && (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)))
		rc = EISDIR;
	if (rc == 0)
		rc = read_all(fd, &text, &len);
	if (rc != 0)
		FAIL(f, at, "%s: cannot be read: %s", file, strerror(rc));
	else if (!conf_parse(f, is_input ? "standard input" : file, slice(text, len), depth,
			     &reader))
		FAIL(f, at, "%s: memory is short, or the file is too large", file);
	free(text);
	if (fd >= 0 && !is_input)
		close(fd);
}

bool conf_load(struct conf_file *f, const char *file)
{
	struct conf_place nowhere = { 0 };

	load(f, file, &nowhere, 0);
	return f->problems.errors == 0;
}
