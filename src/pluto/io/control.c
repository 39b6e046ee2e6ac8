/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket itself: opening it, taking clients, finding them by number. A client that sent
 * half a frame is as silent as one that sent none.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "control_client.h"
#include "ctl/verbs.h"
#include "ctl/message.h"
#include "ctl/records.h"

#define BACKLOG 128

static struct client *find(const struct control *c, uint64_t id)
{
	struct client *cl;

	list_each (cl, &c->clients, struct client, node)
		if (cl->id == id)
			return cl;
	return NULL;
}

/* Out of descriptors, the spare one makes room to take the client and to turn it away. */
static void turn_away(struct control *c)
{
	int fd;

	if (c->spare_fd < 0)
		return;
	close(c->spare_fd);
	fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		close(fd);
	c->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Has this user, who is not the daemon's own, more than his part? */
static bool is_one_too_many(const struct control *c, const struct client *new)
{
	const struct client *cl;
	size_t count = 0;

	if (new->role == ROLE_OWN)
		return false;
	list_each (cl, &c->clients, struct client, node)
		count += cl->uid == new->uid;
	return count > CLIENTS_PER_UID;
}

static void take_client(void *context, int listener, unsigned what)
{
	struct control *c = context;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *cl;

	(void)what;
	if (fd < 0 && (errno == EMFILE || errno == ENFILE))
		turn_away(c);
	if (fd < 0)
		return;
	if (c->count >= CLIENTS_MAX || !(cl = client_new(c, fd))) {
		close(fd);
		return;
	}
	if (is_one_too_many(c, cl)) {
		c->depth++;
		client_drop(cl);
		c->depth--;
		control_sweep(c);
	}
}

/* The file is born with mode and group: to change them later would take a capability. */
static int bind_file(int fd, const struct sockaddr_un *address, gid_t group)
{
	gid_t ours = getegid();
	mode_t before;
	int err;

	if (group && setegid(group) < 0)
		return errno;
	before = umask(0117);
	err = bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ? errno : 0;
	umask(before);
	if (group && setegid(ours) < 0)
		return errno;
	return err;
}

/*
 * The access list of a file as the kernel has it (linux/posix_acl_xattr.h): little-endian, entries in this
 * order. The mask is what mode 0660 says of groups.
 */
#define ACL_XATTR "system.posix_acl_access"
#define ACL_ENTRIES 5u

static int let_read(const char *path, uint32_t readers)
{
	enum { VERSION = 2, USER_OBJ = 1, GROUP_OBJ = 4, GROUP = 8, MASK = 16, OTHER = 32, RW = 6 };
	struct entry {
		uint16_t tag, perm;
		uint32_t id;
	};
	struct {
		uint32_t version;
		struct entry entries[ACL_ENTRIES];
	} list = { htole32(VERSION),
		   { { htole16(USER_OBJ), htole16(RW), UINT32_MAX },
		     { htole16(GROUP_OBJ), htole16(RW), UINT32_MAX },
		     { htole16(GROUP), htole16(RW), htole32(readers) },
		     { htole16(MASK), htole16(RW), UINT32_MAX },
		     { htole16(OTHER), 0, UINT32_MAX } } };

	return setxattr(path, ACL_XATTR, &list, sizeof(list), 0) < 0 ? errno : 0;
}

static int open_socket(struct control *c, uint32_t group, uint32_t readers, struct error *e)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat st;
	int err;

	memcpy(address.sun_path, c->path, strlen(c->path));
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		return error_set(e, "cannot make a socket: %s", strerror(errno));
	/* those that are accepted have it from here, so that no octet comes before it */
	if (setsockopt(c->fd, SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof(int)) < 0)
		return error_set(e, "cannot ask who sends: %s", strerror(errno));
	/* the lock of the process file is held: a socket that stands here is a dead one's */
	if (unlink(c->path) < 0 && errno != ENOENT)
		return error_set(e, "cannot remove %s: %s", c->path, strerror(errno));
	err = bind_file(c->fd, &address, group);
	if (err == 0 && listen(c->fd, BACKLOG) < 0)
		err = errno;
	if (err)
		return error_set(e, "cannot listen at %s: %s", c->path, strerror(err));
	if (stat(c->path, &st) == 0)
		c->group = st.st_gid;
	err = readers ? let_read(c->path, readers) : 0;
	if (err == EOPNOTSUPP)
		return error_set(
			e,
			"--readgroup: the file system of %s has no access lists: put it on "
			"one that has, or leave the option out",
			c->path);
	if (err)
		return error_set(e, "--readgroup: cannot let the group look at %s: %s", c->path,
				 strerror(err));
	return true;
}

struct control *control_new(struct poller *p, const char *path, uint32_t group, uint32_t readers,
			    const struct control_calls *calls, struct error *e)
{
	struct control *c = calloc(1, sizeof(*c));

	if (!c || !text_copy(c->path, sizeof(c->path), path)) {
		error_set(e, "the control socket's path is too long: %s", path);
		free(c);
		return NULL;
	}
	c->poller = p;
	c->calls = *calls;
	c->next_id = 1;
	c->fd = -1;
	list_init(&c->clients);
	list_init(&c->dead);
	c->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (open_socket(c, group, readers, e)) {
		c->watch = watch_new(p, c->fd, WATCH_READ, take_client, c);
		if (c->watch)
			return c;
		error_set(e, "cannot watch the control socket");
	}
	control_free(c);
	return NULL;
}

void control_report(struct control *c, uint64_t id, struct slice frame)
{
	struct client *cl = find(c, id);
	bool is_end = ctl_type_of(frame) == CTL_END;

	if (!cl)
		return;
	c->depth++;
	if (is_end) {
		cl->busy = false;
		client_set_clock(cl);
	}
	/* a line tells how far something is; of many records some go out together */
	client_put(cl, frame, is_end || ctl_kind_of(frame) == RECORD_LOG);
	if (is_end)
		client_frames(cl);
	c->depth--;
	control_sweep(c);
}

void control_more(struct control *c, uint64_t id)
{
	struct client *cl = find(c, id);

	if (!cl)
		return;
	c->depth++;
	cl->wants_more = true;
	client_flush(cl);
	c->depth--;
	control_sweep(c);
}

void control_close_client(struct control *c, uint64_t id)
{
	struct client *cl = find(c, id);

	if (!cl)
		return;
	c->depth++;
	/* the core closed it, so it need not be told */
	cl->asked = cl->busy = false;
	cl->closing = true;
	client_flush(cl);
	if (!cl->closed)
		client_set_clock(cl);
	c->depth--;
	control_sweep(c);
}

uint64_t control_deadline(const struct control *c)
{
	const struct client *cl;
	uint64_t least = USEC_NEVER;

	list_each (cl, &c->clients, struct client, node) {
		if (cl->deadline_usec < least)
			least = cl->deadline_usec;
		if (cl->alive_usec < least)
			least = cl->alive_usec;
	}
	return least;
}

static struct client *find_waiting(const struct control *c, uint64_t now_usec)
{
	struct client *cl;

	list_each (cl, &c->clients, struct client, node)
		if (cl->alive_usec <= now_usec)
			return cl;
	return NULL;
}

static struct client *find_late(const struct control *c, uint64_t now_usec)
{
	struct client *cl;

	list_each (cl, &c->clients, struct client, node)
		if (cl->deadline_usec <= now_usec)
			return cl;
	return NULL;
}

void control_tick(struct control *c, uint64_t now_usec)
{
	struct client *cl;

	c->depth++;
	/* from the start each time: the core may close others because one went */
	while ((cl = find_late(c, now_usec)))
		client_drop(cl);
	while ((cl = find_waiting(c, now_usec)))
		client_say_alive(cl, now_usec);
	c->depth--;
	control_sweep(c);
}

void control_free(struct control *c)
{
	struct client *cl;

	if (!c)
		return;
	c->depth++;
	while ((cl = list_first(&c->clients, struct client, node))) {
		cl->asked = false;
		client_flush(cl);
		client_drop(cl);
	}
	c->depth--;
	control_sweep(c);
	watch_free(c->watch);
	if (c->fd >= 0) {
		close(c->fd);
		unlink(c->path);
	}
	if (c->spare_fd >= 0)
		close(c->spare_fd);
	free(c);
}
