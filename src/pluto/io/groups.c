/* SPDX-License-Identifier: Apache-2.0 */
/* Files of policy groups: ipsec.d/policies/NAME as one string for the core, which reads the lines. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loop_state.h"

#define FILE_MAX ((size_t)16 << 20)

/* The whole file, malloc'ed; one that is not there is empty. 0 or an errno. */
static int read_whole(const char *path, char **out, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t n = 0;
	int err = 0;

	*out = NULL;
	*len = 0;
	if (fd < 0)
		return errno == ENOENT ? 0 : errno;
	if (fstat(fd, &st) < 0)
		err = errno;
	else if (!S_ISREG(st.st_mode))
		err = EINVAL;
	else if (st.st_size > (off_t)FILE_MAX)
		err = EFBIG;
	else if (!(*out = malloc((size_t)st.st_size + 1)))
		err = ENOMEM;
	while (!err && *len < (size_t)st.st_size &&
	       (n = read(fd, *out + *len, (size_t)st.st_size - *len)) != 0) {
		if (n > 0)
			*len += (size_t)n;
		else if (errno != EINTR)
			err = errno;
	}
	close(fd);
	return err;
}

void loop_read_group(struct loop *l, const struct action *a)
{
	char name[256], path[600], why[800];
	struct event e = { .kind = EVENT_GROUP, .text = name };
	char *data;
	size_t len;
	int err;

	snprintf(name, sizeof(name), "%.*s", (int)a->data.len, (const char *)a->data.data);
	snprintf(path, sizeof(path), "%s/policies/%s", l->settings.ipsecdir, name);
	err = read_whole(path, &data, &len);
	e.ok = err == 0;
	e.datagram = slice(data, len);
	if (err) {
		snprintf(why, sizeof(why), "cannot read %s: %s", path, strerror(err));
		e.datagram = slice_str(why);
	}
	loop_event(l, &e);
	free(data);
}
