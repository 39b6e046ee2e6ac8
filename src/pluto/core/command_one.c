/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs that act on one SA and not on what an admin wants of a connection: replace it now. The
 * client stays until that has happened to the SA, by its serial number.
 */
#include "core/commands.h"
#include "core/exchange.h"

static struct child_sa *newest_child(struct core *c, const struct connection *conn,
				     struct ike_sa **owner)
{
	struct child_sa *child;
	struct ike_sa *ike;

	list_each (ike, &c->ike_sas, struct ike_sa, node) {
		child = ike_child_by_serial(ike, conn->newest_child);
		if (child && child->phase == CHILD_ESTABLISHED) {
			*owner = ike;
			return child;
		}
	}
	return NULL;
}

/* The client waits for this to happen to the SA; an asynchronous one is done. */
static void wait_for(struct core *c, struct request_run *r, uint32_t serial, enum waits_for what)
{
	if (r->is_async) {
		client_finish(c, r->client, RC_OK);
		return;
	}
	r->client->waits_for = (uint8_t)what;
	r->client->connection = r->conn;
	r->client->serial = serial;
}

void command_rekey_child(struct core *c, struct request_run *r)
{
	struct ike_sa *ike = NULL;
	struct child_sa *child = newest_child(c, r->conn, &ike);

	if (!child) {
		client_answer(c, r->client, RC_UNKNOWN_NAME, "\"%s\": has no established child SA",
			      r->name);
		return;
	}
	wait_for(c, r, child->serial, WAITS_REPLACED);
	if (!ike_find_want(ike, WANT_REKEY_CHILD, child->serial))
		ike_want(ike, WANT_REKEY_CHILD, child->connection, child->serial);
	exchange_start_wants(c, ike);
}
