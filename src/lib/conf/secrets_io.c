/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of ipsec.secrets: reading them into wiped memory, the glob of include, and the swap of
 * a whole fresh store into the old one, so that a bad file changes nothing. Blocks on the disk: the
 * daemon calls it at start and on a reload only.
 */
#include "conf/secrets.h"

#include "base/text.h"
#include "crypto/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((size_t)16 << 20)

/* One file on the way down from the main one. */
struct loading {
	struct secrets_parser parser; /* its context is this struct */
	const char *file;
	secrets_warn_fn *warn;
	void *context;
};

static bool load_file(const struct loading *from, const char *file, unsigned depth,
		      struct error *e);

static void say(void *context, const char *text)
{
	const struct loading *at = context;

	if (at->warn)
		at->warn(at->context, text);
}

static void say_of(const struct loading *at, const char *file, const char *what)
{
	char text[PATH_MAX + 160];
	struct text t = TEXT_OVER(text);

	text_add(&t, "%s: %s", file, what);
	say((void *)at, text);
}

static bool fail(const char *file, const char *doing, int error, struct error *e)
{
	return error_set(e, "%s: cannot %s: %s", file, doing, strerror(error));
}

/* Exactly size bytes. */
static bool read_all(int fd, const char *file, size_t size, struct secret *out, struct error *e)
{
	size_t len = 0;

	if (!secret_alloc(size, out))
		return error_set(e, "%s: memory is short: free some and try again", file);
	while (len < size) {
		ssize_t n = read(fd, out->data + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(file, "read", errno, e);
		if (n == 0)
			return error_set(e, "%s: it became shorter while it was read: try again",
					 file);
		len += (size_t)n;
	}
	return true;
}

static bool read_open(const struct loading *at, int fd, const char *file, struct secret *out,
		      struct error *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fail(file, "read", errno, e);
	if (!S_ISREG(st.st_mode))
		return error_set(e, "%s: it is no regular file: put the secrets into one", file);
	if ((uintmax_t)st.st_size > FILE_MAX)
		return error_set(e, "%s: it is larger than 16 MiB: split it", file);
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		say_of(at, file, "others than its owner can read or change it: chmod 600");
	return read_all(fd, file, (size_t)st.st_size, out, e);
}

/* Without blocking, should it be a FIFO. */
static int open_file(const char *file)
{
	int fd;

	do {
		fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	} while (fd < 0 && errno == EINTR);
	return fd;
}

/* A pattern without a leading slash is beside the file that includes it. */
static bool absolute(const char *file, const char *pattern, char *out, size_t size)
{
	const char *slash = strrchr(file, '/');
	struct text t = text_over(out, size);

	if (*pattern != '/' && slash)
		text_add(&t, "%.*s", (int)(slash - file + 1), file);
	text_put(&t, pattern);
	return !t.cut;
}

static bool include(void *context, const char *pattern, unsigned depth, struct error *e)
{
	const struct loading *at = context;
	char path[PATH_MAX];
	glob_t found;
	bool ok = true;
	int rc;

	if (!absolute(at->file, pattern, path, sizeof(path)))
		return error_set(e, "the name of the file to include is too long");
	rc = glob(path, GLOB_ERR, NULL, &found);
	if (rc == GLOB_NOMATCH) {
		say_of(at, path, "no file to include has this name");
		globfree(&found);
		return true;
	}
	if (rc != 0) {
		globfree(&found);
		return error_set(e, "%s: its folder cannot be read: check its rights", path);
	}
	for (size_t i = 0; ok && i < found.gl_pathc; i++)
		ok = load_file(at, found.gl_pathv[i], depth, e);
	globfree(&found);
	return ok;
}

static bool load_fd(const struct loading *from, int fd, const char *file, unsigned depth,
		    struct error *e)
{
	struct loading at = *from;
	struct secret text = { 0 };
	bool ok;

	at.file = file;
	at.parser.context = &at;
	ok = read_open(&at, fd, file, &text, e) &&
	     secrets_parse(&at.parser, file, secret_slice(&text), depth, e);
	secret_free(&text);
	close(fd);
	return ok;
}

static bool load_file(const struct loading *from, const char *file, unsigned depth, struct error *e)
{
	int fd = open_file(file);

	return fd < 0 ? fail(file, "open", errno, e) : load_fd(from, fd, file, depth, e);
}

bool secrets_load(struct keystore *k, const char *file, secrets_warn_fn *warn, void *context,
		  struct error *e)
{
	return secrets_load_all(k, file, NULL, warn, context, e);
}

bool secrets_load_all(struct keystore *k, const char *file, const char *ipsecdir,
		      secrets_warn_fn *warn, void *context, struct error *e)
{
	struct keystore *fresh = keystore_new();
	struct loading top = { .parser = { .keystore = fresh, .warn = say, .include = include },
			       .file = file,
			       .warn = warn,
			       .context = context };
	int fd = fresh ? open_file(file) : -1;
	bool ok;

	if (!fresh)
		return error_set(e, "memory is short: free some and try again");
	if (fd >= 0) {
		ok = load_fd(&top, fd, file, 0, e);
	} else {
		ok = errno == ENOENT;
		if (ok)
			say_of(&top, file, "it is not there: no secrets are loaded");
		else
			fail(file, "open", errno, e);
	}
	if (ok && ipsecdir)
		credentials_load_keys(fresh, ipsecdir, warn, context);
	if (ok && !keystore_replace(k, fresh))
		ok = error_set(e, "memory is short: free some and try again");
	keystore_free(fresh);
	return ok;
}
