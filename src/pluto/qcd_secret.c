/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of the secret that tokens of quick crash detection are made with. It is written whole
 * under another name and then linked, so that a crash leaves it complete or absent. Called once at
 * the start, before privileges are dropped.
 */
#include "qcd_secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/random.h"

#define SECRET_LEN 32

/* 1: read; 0: absent; -1 with errno. */
static int read_file(const char *path, uint8_t out[SECRET_LEN])
{
	uint8_t bytes[SECRET_LEN + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	n = fstat(fd, &st) == 0 ? read(fd, bytes, sizeof(bytes)) : -1;
	close(fd);
	/* One that others could read, or of another length, is made anew. */
	if (n != SECRET_LEN || (st.st_mode & 077) != 0)
		return unlink(path) == 0 ? 0 : -1;
	memcpy(out, bytes, SECRET_LEN);
	wipe(bytes, sizeof(bytes));
	return 1;
}

static bool write_file(const char *path, const uint8_t secret[SECRET_LEN])
{
	char part[300];
	bool ok;
	int fd;

	snprintf(part, sizeof(part), "%s.new", path);
	unlink(part);
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	ok = write(fd, secret, SECRET_LEN) == SECRET_LEN && fsync(fd) == 0;
	return close(fd) == 0 && ok && rename(part, path) == 0;
}

bool qcd_secret_read(const char *dir, uint8_t out[SECRET_LEN], struct error *e)
{
	char path[280];
	int have;

	snprintf(path, sizeof(path), "%s/qcd.secret", dir);
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return error_set(e, "cannot make %s: %s", dir, strerror(errno));
	have = read_file(path, out);
	if (have > 0)
		return true;
	if (have < 0)
		return error_set(e, "cannot read %s: %s", path, strerror(errno));
	if (!random_bytes(out, SECRET_LEN))
		return error_set(e, "no randomness for %s", path);
	if (!write_file(path, out))
		return error_set(e, "cannot write %s: %s", path, strerror(errno));
	return true;
}
