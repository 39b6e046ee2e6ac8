/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that name a group of connections (conn/group.c): the verb's handler runs for each of them
 * as if a client of its own had asked. Such a member speaks through the client whose it is, and the
 * client is answered when the last one has ended.
 */
#include <stdlib.h>

#include "core/commands.h"

#define MEMBER_IDS (1ull << 63) /* no client of the control socket has such a number */

static void run_member(struct core *c, const struct request_run *r, struct connection *conn,
		       command_fn *run)
{
	struct request_run one = *r;
	struct core_client *member = client_begin(c, MEMBER_IDS | c->next_member++);

	if (!member) {
		client_member_done(c, r->client, RC_INTERNAL);
		return;
	}
	member->group = r->client;
	member->sequence = r->client->sequence;
	member->verb = r->client->verb;
	one.client = member;
	one.conn = conn;
	one.name = conn->def->config.name;
	run(c, &one);
}

/* Whom it is about is settled first: what a handler does may change the group. */
void command_for_group(struct core *c, struct request_run *r, const struct conn_group *group,
		       command_fn *run)
{
	struct core_client *client = r->client;
	struct connection *conn = NULL;
	size_t count = 0, n = 0;
	uint32_t *serials;

	while ((conn = conn_group_at(group, conn)))
		count++;
	serials = calloc(count, sizeof(*serials));
	if (!serials) {
		client_answer(c, client, RC_INTERNAL, "out of memory");
		return;
	}
	while ((conn = conn_group_at(group, conn)))
		serials[n++] = conn->serial;
	list_remove(&client->node);
	list_append(&c->group_clients, &client->node);
	client->members = (uint32_t)count + 1;
	for (n = 0; n < count; n++) {
		conn = connection_by_serial(&c->connections, serials[n]);
		if (conn && !conn->is_deleted)
			run_member(c, r, conn, run);
		else
			client_member_done(c, client, RC_OK);
	}
	free(serials);
	client_member_done(c, client, RC_OK);
}

void command_group_gone(struct core *c, const struct core_client *gone)
{
	struct core_client *member;

	list_each (member, &c->clients, struct core_client, node)
		if (member->group == gone)
			client_forget(member);
}
