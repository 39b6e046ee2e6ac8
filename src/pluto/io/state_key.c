/* SPDX-License-Identifier: Apache-2.0 */
/* keyctl(2) by its system call: three operations do not need a library. */
#include "state_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/keyctl.h>
#include <linux/magic.h>

#include "crypto/random.h"

#define DESCRIPTION_LEN 340
/* The possessor may all; the same user, in a session of its own (systemd), may find and read it. */
#define PERMISSIONS 0x3f1f0000u

/* A run directory that is made anew is another one. */
static bool describe(const char *rundir, char out[DESCRIPTION_LEN])
{
	struct stat st;

	if (stat(rundir, &st) < 0)
		return false;
	snprintf(out, DESCRIPTION_LEN, "cygnet:state:%llx:%llx:%s", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino, rundir);
	return true;
}

static long search(const char *description)
{
	return syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", description, 0);
}

static bool read_ring(const char *description, uint8_t key[STATE_KEY_LEN])
{
	long id = search(description);

	return id >= 0 && syscall(SYS_keyctl, KEYCTL_READ, id, key, STATE_KEY_LEN) == STATE_KEY_LEN;
}

static bool make_ring(const char *description, uint8_t key[STATE_KEY_LEN])
{
	uint8_t seen[STATE_KEY_LEN];
	long id;

	if (!random_bytes(key, STATE_KEY_LEN))
		return false;
	id = syscall(SYS_add_key, "user", description, key, STATE_KEY_LEN, KEY_SPEC_USER_KEYRING);
	if (id < 0)
		return false;
	(void)syscall(SYS_keyctl, KEYCTL_SETPERM, id, PERMISSIONS);
	/* the next run must find it in the same way */
	if (read_ring(description, seen) && memcmp(seen, key, STATE_KEY_LEN) == 0)
		return true;
	(void)syscall(SYS_keyctl, KEYCTL_UNLINK, id, KEY_SPEC_USER_KEYRING);
	return false;
}

static void key_path(const char *rundir, char out[280])
{
	snprintf(out, 280, "%s/state.key", rundir);
}

/* One that others could read, or of another length, is none. */
static bool read_file(const char *path, uint8_t key[STATE_KEY_LEN])
{
	uint8_t bytes[STATE_KEY_LEN + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return false;
	n = fstat(fd, &st) == 0 && (st.st_mode & 077) == 0 ? read(fd, bytes, sizeof(bytes)) : -1;
	close(fd);
	if (n == STATE_KEY_LEN)
		memcpy(key, bytes, STATE_KEY_LEN);
	wipe(bytes, sizeof(bytes));
	return n == STATE_KEY_LEN;
}

static bool make_file(const char *path, uint8_t key[STATE_KEY_LEN])
{
	bool ok;
	int fd;

	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	ok = random_bytes(key, STATE_KEY_LEN) && write(fd, key, STATE_KEY_LEN) == STATE_KEY_LEN;
	return close(fd) == 0 && ok;
}

static bool is_in_memory(const char *rundir)
{
	struct statfs fs;

	return statfs(rundir, &fs) == 0 &&
	       ((unsigned long)fs.f_type == TMPFS_MAGIC || (unsigned long)fs.f_type == RAMFS_MAGIC);
}

bool state_key_get(const char *rundir, uint8_t key[STATE_KEY_LEN], enum state_key_place *place,
		   struct error *e)
{
	char description[DESCRIPTION_LEN], path[280];

	*place = STATE_KEY_RING;
	if (!describe(rundir, description))
		return error_set(e, "cannot look at %s: %s", rundir, strerror(errno));
	if (read_ring(description, key) || make_ring(description, key))
		return true;
	key_path(rundir, path);
	*place = is_in_memory(rundir) ? STATE_KEY_MEMORY_FILE : STATE_KEY_DISK_FILE;
	if (read_file(path, key) || make_file(path, key))
		return true;
	return error_set(e, "cannot write %s: %s", path, strerror(errno));
}

void state_key_forget(const char *rundir)
{
	char description[DESCRIPTION_LEN], path[280];
	long id = describe(rundir, description) ? search(description) : -1;

	if (id >= 0)
		(void)syscall(SYS_keyctl, KEYCTL_UNLINK, id, KEY_SPEC_USER_KEYRING);
	key_path(rundir, path);
	(void)unlink(path);
}
