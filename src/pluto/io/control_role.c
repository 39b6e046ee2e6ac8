/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client may do: root and the daemon's own user everything, the members of the socket's
 * group the day's work, anyone else who got through the file's mode may look.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control_client.h"
#include "ctl/verbs.h"

#define GROUPS_MAX 1024

static bool has_group(int fd, gid_t primary, gid_t wanted)
{
	gid_t groups[GROUPS_MAX];
	socklen_t len = sizeof(groups);

	if (primary == wanted)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) < 0)
		return false;
	for (size_t i = 0; i < len / sizeof(groups[0]); i++)
		if (groups[i] == wanted)
			return true;
	return false;
}

uint8_t control_role(const struct control *c, int fd, uint32_t *uid)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	*uid = UINT32_MAX;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0)
		return ROLE_READ;
	*uid = who.uid;
	if (who.uid == 0 || who.uid == geteuid())
		return ROLE_OWN;
	/* group 0 is what the socket has when no group was chosen */
	if (c->group != 0 && has_group(fd, who.gid, c->group))
		return ROLE_OPERATE;
	return ROLE_READ;
}
