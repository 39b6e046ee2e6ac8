/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The status verbs: which records each shows, and in which order. Those that show traffic first ask
 * the kernel for the counters of the children concerned and answer when the last has come.
 */
#include "core/commands.h"

enum shows {
	SHOWS_DAEMON = 1,
	SHOWS_CONNECTIONS = 2,
	SHOWS_TOTALS = 4,
	SHOWS_SAS = 8,
	SHOWS_TRAFFIC = 16,
	READS_COUNTERS = 32,
	SHOWS_POOLS = 64,
};

static const struct {
	uint16_t verb;
	uint8_t shows;
} views[] = {
	{ VERB_STATUS,
	  SHOWS_DAEMON | SHOWS_CONNECTIONS | SHOWS_TOTALS | SHOWS_SAS | READS_COUNTERS },
	{ VERB_TRAFFICSTATUS, SHOWS_TRAFFIC | READS_COUNTERS },
	{ VERB_BRIEFSTATUS, SHOWS_TOTALS },
	{ VERB_ADDRESSPOOLSTATUS, SHOWS_POOLS },
	{ VERB_CONNECTIONSTATUS, SHOWS_CONNECTIONS },
	{ VERB_SHOWSTATES, SHOWS_SAS | READS_COUNTERS },
};

static uint8_t view_of(uint16_t verb)
{
	for (size_t i = 0; i < ARRAY_LEN(views); i++)
		if (views[i].verb == verb)
			return views[i].shows;
	return 0;
}

static bool is_shown(const struct core_client *client, const struct connection *conn)
{
	return !client->shows || client->shows == conn || client->shows == conn->template;
}

static bool show_connections(struct core *c, struct core_client *client)
{
	struct connection *conn, *i;
	bool ok = true;

	list_each (conn, &c->connections.all, struct connection, node) {
		if (!is_shown(client, conn))
			continue;
		ok &= report_connection(c, client, conn);
		list_each (i, &conn->instances, struct connection, node)
			ok &= report_connection(c, client, i);
	}
	return ok;
}

/* An IKE SA is shown with its connection or with a child that is. */
static bool show_sas(struct core *c, struct core_client *client, struct ike_sa *ike)
{
	struct child_sa *child;
	bool wanted = is_shown(client, ike->connection), ok = true;

	list_each (child, &ike->children, struct child_sa, node)
		wanted |= is_shown(client, child->connection);
	if (wanted)
		ok &= report_ike(c, client, ike);
	list_each (child, &ike->children, struct child_sa, node)
		if (is_shown(client, child->connection))
			ok &= report_child(c, client, ike, child);
	return ok;
}

static bool show_traffic(struct core *c, struct core_client *client, struct ike_sa *ike)
{
	struct child_sa *child;
	bool ok = true;

	list_each (child, &ike->children, struct child_sa, node)
		if (child->phase == CHILD_ESTABLISHED && is_shown(client, child->connection))
			ok &= report_traffic(c, client, ike, child);
	return ok;
}

static bool show_pools(struct core *c, struct core_client *client)
{
	struct pool *pool;
	struct lease *lease;
	bool ok = true;

	list_each (pool, &c->connections.pools.all, struct pool, node) {
		ok &= report_pool(c, client, pool);
		list_each (lease, &pool->leases, struct lease, node)
			if (lease->id.type != ID_NONE || lease->holders > 0)
				ok &= report_lease(c, client, lease);
	}
	return ok;
}

static void show(struct core *c, struct core_client *client)
{
	uint8_t shows = view_of(client->verb);
	struct ike_sa *ike;
	bool ok = true;

	if (shows & SHOWS_DAEMON) {
		ok &= report_daemon(c, client);
		for (size_t i = 0; i < c->expiring_count; i++)
			ok &= report_credential(c, client, &c->expiring[i]);
	}
	if (shows & SHOWS_CONNECTIONS)
		ok &= show_connections(c, client);
	if (shows & SHOWS_POOLS)
		ok &= show_pools(c, client);
	if (shows & SHOWS_TOTALS)
		ok &= report_totals(c, client);
	list_each (ike, &c->ike_sas, struct ike_sa, node) {
		if (shows & SHOWS_SAS)
			ok &= show_sas(c, client, ike);
		if (shows & SHOWS_TRAFFIC)
			ok &= show_traffic(c, client, ike);
	}
	if (ok)
		client_finish(c, client, RC_OK);
	else
		client_answer(c, client, RC_INTERNAL, "a status record could not be made");
}

/* The kernel answers in order, so this client's are the last of those now under way. */
static void ask_counters(struct core *c, struct core_client *client)
{
	struct kernel_batch batch;
	struct child_sa *child;
	struct ike_sa *ike;
	uint32_t asked = 0;

	list_each (ike, &c->ike_sas, struct ike_sa, node)
		list_each (child, &ike->children, struct child_sa, node) {
			if (child->phase != CHILD_ESTABLISHED ||
			    !is_shown(client, child->connection))
				continue;
			child_batch_counters(child, &batch);
			asked += core_kernel(c, ike_handle(ike), 0, &batch);
		}
	if (asked == 0)
		return;
	c->counters_in_flight += asked;
	client->pending = c->counters_in_flight;
}

void command_status(struct core *c, struct request_run *r)
{
	r->client->shows = r->conn;
	if (view_of(r->client->verb) & READS_COUNTERS)
		ask_counters(c, r->client);
	if (r->client->pending > 0)
		r->client->waits_for = WAITS_COUNTERS;
	else
		show(c, r->client);
}

static void take_counters(struct core *c, const struct kernel_batch *batch, uint64_t owner)
{
	struct ike_sa *ike = ike_by_spi(c, owner);
	struct child_sa *child;

	if (!ike || batch->failed_errno)
		return;
	list_each (child, &ike->children, struct child_sa, node)
		for (uint8_t i = 0; i < batch->count; i++) {
			const struct kernel_op *op = &batch->ops[i];

			if (op->state.direction == KDIR_IN && op->state.spi == child->spi_in) {
				child->in_bytes = op->bytes;
				child->in_packets = op->packets;
			} else if (op->state.direction == KDIR_OUT &&
				   op->state.spi == child->spi_out) {
				child->out_bytes = op->bytes;
				child->out_packets = op->packets;
			}
		}
}

void command_counters_asked(struct core *c)
{
	c->counters_in_flight++;
}

void command_counters(struct core *c, struct kernel_batch *batch, uint64_t owner)
{
	struct core_client *client;

	take_counters(c, batch, owner);
	if (c->counters_in_flight > 0)
		c->counters_in_flight--;
	list_each (client, &c->clients, struct core_client, node)
		if (client->waits_for == WAITS_COUNTERS && --client->pending == 0)
			show(c, client);
}
