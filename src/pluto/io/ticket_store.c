/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of ticket keys and of tickets that are no good any more. It is replaced whole under another
 * name, and appended to by writes of one record: a crash leaves it as it was, or with a last record
 * that is too short and not read. Appended records are not waited for on the disk: after a crash of
 * the machine itself a ticket that was used in the last seconds could be used once more.
 */
#include "ticket_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_LEN 300
#define SIZE_MAX_BYTES (4u << 20)

static const char *path_of(const char *dir, const char *suffix, char out[PATH_LEN])
{
	snprintf(out, PATH_LEN, "%s/tickets%s", dir, suffix);
	return out;
}

static bool read_all(int fd, struct secret *out)
{
	struct stat st;
	size_t have = 0;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return false;
	/* one that others could read, or that is none of ours, is made anew */
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0 || st.st_size > SIZE_MAX_BYTES ||
	    st.st_size == 0)
		return true;
	if (!secret_alloc((size_t)st.st_size, out))
		return false;
	while (have < out->len && (n = read(fd, out->data + have, out->len - have)) > 0)
		have += (size_t)n;
	out->len = have;
	return true;
}

bool ticket_store_read(const char *dir, struct secret *out, struct error *e)
{
	char path[PATH_LEN];
	bool ok;
	int fd;

	*out = (struct secret){ 0 };
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return error_set(e, "cannot make %s: %s", dir, strerror(errno));
	fd = open(path_of(dir, "", path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return true;
	ok = fd >= 0 && read_all(fd, out);
	if (!ok)
		error_set(e, "cannot read %s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool put(int fd, struct slice records)
{
	return write(fd, records.data, records.len) == (ssize_t)records.len;
}

static bool replace(const char *dir, struct slice records)
{
	char path[PATH_LEN], part[PATH_LEN];
	bool ok;
	int fd;

	path_of(dir, ".new", part);
	unlink(part);
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	ok = put(fd, records) && fsync(fd) == 0;
	return close(fd) == 0 && ok && rename(part, path_of(dir, "", path)) == 0;
}

static bool append(const char *dir, struct slice records)
{
	char path[PATH_LEN];
	int fd = open(path_of(dir, "", path), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	bool ok;

	/* without a file there is no key that its tickets could be read with */
	if (fd < 0)
		return errno == ENOENT;
	ok = put(fd, records);
	return close(fd) == 0 && ok;
}

bool ticket_store_write(const char *dir, struct slice records, bool is_whole, struct error *e)
{
	if (is_whole ? replace(dir, records) : append(dir, records))
		return true;
	return error_set(e, "cannot write %s/tickets: %s", dir, strerror(errno));
}
