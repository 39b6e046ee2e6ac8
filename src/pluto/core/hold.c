/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Held children: of a child whose peer is dead the policies stay in the kernel and no state serves
 * them, so that its traffic waits (dpdaction=hold) and none goes in clear. They are kept in a list
 * of the core until a new child takes them over, for which the first packet asks (core/route.c), or
 * an admin lets go.
 */
#include "core/liveness.h"
#include "core/route_owner.h"

#include "core/keep.h"
#include "ctl/codes.h"

/* A peer of a template calls again from wherever it is: its traffic is not waited with. */
bool hold_is_wanted(const struct child_sa *child)
{
	const struct connection *conn = child->connection;

	return child->phase == CHILD_ESTABLISHED && child->has_policies &&
	       conn->def->config.dpd_action == DPD_HOLD && conn->is_oriented && !conn->is_deleted &&
	       conn->kind == CONNECTION_PERMANENT && !conn->route;
}

struct child_sa *hold_twin(const struct child_sa *child)
{
	struct child_sa *held;

	list_each (held, &child->connection->held, struct child_sa, conn_node)
		if (child_is_twin(held, child))
			return held;
	return NULL;
}

/* An admin took the connection down meanwhile: nothing of it is to be kept. */
static bool is_taken_down(struct core *c, const struct connection *conn)
{
	struct core_client *client;

	list_each (client, &c->clients, struct core_client, node)
		if (client->waits_for == WAITS_DOWN &&
		    (client->connection == conn || client->connection == conn->template))
			return client->connection != NULL;
	return false;
}

void hold_child(struct core *c, struct ike_sa *ike, struct child_sa *child, const char *reason)
{
	struct connection *conn = child->connection;
	struct kernel_batch batch, in;

	if (child_heir(child) || is_taken_down(c, conn)) {
		child_end(c, ike, child, reason);
		return;
	}
	if (child->is_up)
		core_updown(c, child_updown(child, "down", 0, 0), conn->serial);
	child_batch_remove(child, false, &batch);
	if (batch.count > 0)
		core_kernel(c, 0, 0, &batch);
	child_batch_remove_in(child, &in);
	if (in.count > 0)
		core_kernel(c, 0, 0, &in);
	sa_log(c, ike, child, LOG_LEVEL_INFO, LINE_LOG, "child SA is down, its traffic is held: %s",
	       reason);
	child_gone(c, ike, child, reason);
	child_unindex(c, child);
	clients_finish_sa(c, child->serial, WAITS_REPLACED, RC_NO_RESPONSE);
	clients_finish_sa(c, child->serial, WAITS_GONE, RC_OK);
	child_keys_free(&child->keys);
	child->has_out = false;
	child->spi_in = child->spi_out = 0;
	child->cpi_in = child->cpi_out = 0;
	child->expires_usec = USEC_NEVER;
	if (conn->newest_child == child->serial)
		conn->newest_child = 0;
	list_remove(&child->node);
	list_append(&c->held, &child->node);
	list_remove(&child->conn_node);
	list_append(&conn->held, &child->conn_node);
	child->ike = NULL;
	keep_touch_held(c, child);
}

static void release(struct core *c, struct child_sa *held)
{
	struct connection *conn = held->connection;
	struct kernel_batch batch;

	child_batch_remove(held, true, &batch);
	if (batch.count > 0)
		core_kernel(c, 0, 0, &batch);
	if (held->is_up)
		routes_unown(c, held);
	if (conn->policy_owner == held->serial)
		conn->policy_owner = 0;
	keep_forget_held(c, held);
	child_sa_free(held);
}

void hold_replaced(struct core *c, const struct child_sa *child)
{
	struct child_sa *held;

	list_each (held, &child->connection->held, struct child_sa, conn_node) {
		if (!child_is_twin(held, child)) {
			release(c, held);
			continue;
		}
		keep_forget_held(c, held);
		child_sa_free(held);
	}
}

void hold_release(struct core *c, struct connection *conn)
{
	struct child_sa *held;

	list_each (held, &conn->held, struct child_sa, conn_node)
		release(c, held);
}

void hold_release_all(struct core *c)
{
	struct child_sa *held;

	list_each (held, &c->held, struct child_sa, node)
		release(c, held);
}

void hold_fini(struct core *c)
{
	struct child_sa *held;

	list_each (held, &c->held, struct child_sa, node)
		child_sa_free(held);
}
