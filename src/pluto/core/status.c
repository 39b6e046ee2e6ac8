/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The status verbs: which records each shows, and in which order. A reply is made piece by piece, each
 * when the client has taken the one before (core_more): between two of them IKE goes on, and what a
 * slow reader has not read yet costs nothing (case 187). A piece that shows traffic first asks the
 * kernel for the counters of its children.
 */
#include "core/commands.h"

#define PIECE 64u /* records at most */

enum shows {
	SHOWS_DAEMON = 1,
	SHOWS_CONNECTIONS = 2,
	SHOWS_TOTALS = 4,
	SHOWS_SAS = 8,
	SHOWS_TRAFFIC = 16,
	READS_COUNTERS = 32,
	SHOWS_POOLS = 64,
	SHOWS_SHUNTS = 128,
	SHOWS_FAILURES = 256,
	SHOWS_COUNTERS = 512,
	SHOWS_TUNNELS = 1024,
	SHOWS_RETRIES = 2048,
	SHOWS_TIMERS = 4096,
	SHOWS_SCRIPTS = 8192,
	SHOWS_FIPS = 16384,
};

static const struct {
	uint16_t verb;
	uint16_t shows;
} views[] = {
	{ VERB_STATUS,
	  SHOWS_DAEMON | SHOWS_CONNECTIONS | SHOWS_TOTALS | SHOWS_SAS | READS_COUNTERS },
	{ VERB_TRAFFICSTATUS, SHOWS_TRAFFIC | READS_COUNTERS },
	{ VERB_BRIEFSTATUS, SHOWS_TOTALS },
	{ VERB_ADDRESSPOOLSTATUS, SHOWS_POOLS },
	{ VERB_CONNECTIONSTATUS, SHOWS_CONNECTIONS },
	{ VERB_BRIEFCONNECTIONSTATUS, SHOWS_CONNECTIONS },
	{ VERB_LISTEVENTS, SHOWS_RETRIES | SHOWS_TIMERS },
	{ VERB_PROCESSSTATUS, SHOWS_SCRIPTS },
	{ VERB_FIPSSTATUS, SHOWS_FIPS },
	{ VERB_SHOWSTATES, SHOWS_SAS | READS_COUNTERS },
	{ VERB_SHUNTSTATUS, SHOWS_SHUNTS },
	{ VERB_WHY, SHOWS_FAILURES },
	{ VERB_METRICS,
	  SHOWS_DAEMON | SHOWS_TOTALS | SHOWS_COUNTERS | SHOWS_TUNNELS | READS_COUNTERS },
};

static uint16_t view_of(uint16_t verb)
{
	for (size_t i = 0; i < ARRAY_LEN(views); i++)
		if (views[i].verb == verb)
			return views[i].shows;
	return 0;
}

static bool is_shown(const struct core_client *client, const struct connection *conn)
{
	return !client->shows ||
	       (conn && (client->shows == conn->serial ||
			 (conn->template && client->shows == conn->template->serial)));
}

/* ---- the walks: what follows the object shown last, which may have gone since */

static struct connection *first_after(const struct list *head, uint32_t serial)
{
	struct connection *conn;

	list_each (conn, head, struct connection, node)
		if (conn->serial > serial)
			return conn;
	return NULL;
}

/* The one after that serial number in a list, which is in their order. */
static struct connection *next_connection(struct core *c, const struct list *head,
					  const struct connection *template, uint32_t serial)
{
	struct connection *last = connection_by_serial(&c->connections, serial);

	if (!last || last->is_deleted || last->template != template)
		return first_after(head, serial);
	return last->node.next == head ? NULL
				       : list_entry(last->node.next, struct connection, node);
}

/* A connection or, behind its template, an instance. */
static struct connection *walk_connections(struct core *c, struct walk *w)
{
	struct connection *conn =
		w->connection ? connection_by_serial(&c->connections, w->connection) : NULL;

	if (conn && !conn->is_deleted)
		conn = next_connection(c, &conn->instances, conn, w->instance);
	else
		conn = NULL;
	if (conn) {
		w->instance = conn->serial;
		return conn;
	}
	conn = next_connection(c, &c->connections.all, NULL, w->connection);
	w->instance = 0;
	w->connection = conn ? conn->serial : UINT32_MAX;
	return conn;
}

static struct child_sa *next_child(struct ike_sa *ike, uint32_t serial)
{
	struct child_sa *child = serial ? ike_child_by_serial(ike, serial) : NULL;

	if (child)
		return child->node.next == &ike->children
			       ? NULL
			       : list_entry(child->node.next, struct child_sa, node);
	list_each (child, &ike->children, struct child_sa, node)
		if (child->serial > serial)
			return child;
	return NULL;
}

static struct ike_sa *next_ike(struct core *c, struct ike_sa *last, uint32_t serial)
{
	struct ike_sa *ike;

	if (last)
		return last->node.next == &c->ike_sas
			       ? NULL
			       : list_entry(last->node.next, struct ike_sa, node);
	list_each (ike, &c->ike_sas, struct ike_sa, node)
		if (ike->serial > serial)
			return ike;
	return NULL;
}

/* An IKE SA (*child is NULL) or, behind it, a child of it. */
static struct ike_sa *walk_sas(struct core *c, struct walk *w, struct child_sa **child)
{
	struct ike_sa *ike = w->ike ? ike_by_spi(c, w->ike_spi) : NULL;

	*child = NULL;
	if (ike && ike->serial != w->ike)
		ike = NULL;
	if (ike)
		*child = next_child(ike, w->child);
	if (*child) {
		w->child = (*child)->serial;
		return ike;
	}
	ike = next_ike(c, ike, w->ike);
	w->child = 0;
	w->ike = ike ? ike->serial : UINT32_MAX;
	w->ike_spi = ike ? ike_our_spi(ike) : 0;
	return ike;
}

/* A pool (*lease is NULL) or, behind it, a lease of it. */
static struct pool *walk_pools(struct core *c, struct walk *w, struct lease **lease)
{
	struct pools *all = &c->connections.pools;
	struct pool *pool = w->pool.start.family ? pool_find(all, &w->pool) : NULL;
	struct lease *last = w->lease.family ? lease_at(all, &w->lease) : NULL;
	struct list *next = NULL;

	*lease = NULL;
	if (pool && !w->lease.family)
		next = pool->leases.next;
	else if (pool && last && last->pool == pool)
		next = last->node.next;
	if (next && next != &pool->leases) {
		*lease = list_entry(next, struct lease, node);
		w->lease = (*lease)->address;
		return pool;
	}
	w->lease = (struct address){ 0 };
	next = pool ? pool->node.next : w->pool.start.family ? &all->all : all->all.next;
	if (next == &all->all)
		return NULL;
	pool = list_entry(next, struct pool, node);
	w->pool = pool->range;
	return pool;
}

/* ---- stages: each shows so many objects of a kind; true: there are no more */

static bool show_daemon(struct core *c, struct core_client *client, unsigned *left)
{
	(void)left;
	client->walk.is_short |= !report_daemon(c, client);
	for (size_t i = 0; i < c->expiring_count; i++)
		client->walk.is_short |= !report_credential(c, client, &c->expiring[i]);
	return true;
}

static bool show_fips(struct core *c, struct core_client *client, unsigned *left)
{
	(void)left;
	client->walk.is_short |= !report_fips(c, client);
	return true;
}

static bool show_scripts(struct core *c, struct core_client *client, unsigned *left)
{
	(void)left;
	client->walk.is_short |= !report_scripts(c, client);
	return true;
}

typedef bool report_fn(struct core *c, struct core_client *client, struct connection *conn);

/* Of each connection that is left, instances too. */
static bool show_each(struct core *c, struct core_client *client, unsigned *left, report_fn *report)
{
	struct connection *conn;

	for (; *left > 0; --*left) {
		conn = walk_connections(c, &client->walk);
		if (!conn)
			return true;
		client->walk.is_short |= !report(c, client, conn);
	}
	return false;
}

static bool tell_connection(struct core *c, struct core_client *client, struct connection *conn)
{
	return !is_shown(client, conn) || report_connection(c, client, conn);
}

static bool show_connections(struct core *c, struct core_client *client, unsigned *left)
{
	return show_each(c, client, left, tell_connection);
}

static bool tell_shunts(struct core *c, struct core_client *client, struct connection *conn)
{
	return !conn->route || report_shunts(c, client, conn);
}

static bool show_shunts(struct core *c, struct core_client *client, unsigned *left)
{
	if (!client->walk.connection)
		client_log(c, client, LINE_COMMENT, "Bare Shunt list:");
	return show_each(c, client, left, tell_shunts);
}

/* All that have failed; or the one that is asked about, whatever there is to tell. */
static bool tell_failure(struct core *c, struct core_client *client, struct connection *conn)
{
	return !is_shown(client, conn) || (!client->shows && !conn->failure) ||
	       report_failure(c, client, conn);
}

static bool show_failures(struct core *c, struct core_client *client, unsigned *left)
{
	return show_each(c, client, left, tell_failure);
}

static bool show_retries(struct core *c, struct core_client *client, unsigned *left)
{
	return show_each(c, client, left, report_retry);
}

static bool show_tunnels(struct core *c, struct core_client *client, unsigned *left)
{
	return show_each(c, client, left, report_tunnel);
}

static bool show_pools(struct core *c, struct core_client *client, unsigned *left)
{
	struct lease *lease;
	struct pool *pool;

	for (; *left > 0; --*left) {
		pool = walk_pools(c, &client->walk, &lease);
		if (!pool)
			return true;
		if (!lease)
			client->walk.is_short |= !report_pool(c, client, pool);
		else if (lease->id.type != ID_NONE || lease->holders > 0)
			client->walk.is_short |= !report_lease(c, client, lease);
	}
	return false;
}

static bool show_counters(struct core *c, struct core_client *client, unsigned *left)
{
	(void)left;
	client->walk.is_short |= !report_counters(c, client);
	return true;
}

static bool show_totals(struct core *c, struct core_client *client, unsigned *left)
{
	(void)left;
	client->walk.is_short |= !report_totals(c, client);
	return true;
}

/* The kernel answers in order, so this client's are the last of those now under way. */
static bool ask_counters(struct core *c, struct core_client *client)
{
	struct walk w = client->walk;
	struct kernel_batch batch;
	struct child_sa *child;
	struct ike_sa *ike;
	uint32_t asked = 0;

	for (unsigned left = PIECE; left > 0; left--) {
		ike = walk_sas(c, &w, &child);
		if (!ike)
			break;
		if (!child || child->phase != CHILD_ESTABLISHED ||
		    !is_shown(client, child->connection))
			continue;
		child_batch_counters(child, &batch);
		asked += core_kernel(c, ike_handle(ike), 0, &batch);
	}
	client->walk.is_counted = true;
	if (asked == 0)
		return false;
	c->counters_in_flight += asked;
	client->pending = c->counters_in_flight;
	client->waits_for = WAITS_COUNTERS;
	return true;
}

/* An IKE SA is shown with its connection or with a child that is. */
static bool is_ike_shown(const struct core_client *client, const struct ike_sa *ike)
{
	struct child_sa *child;

	if (is_shown(client, ike->connection))
		return true;
	list_each (child, &ike->children, struct child_sa, node)
		if (is_shown(client, child->connection))
			return true;
	return false;
}

static bool show_one(struct core *c, struct core_client *client, uint16_t shows, struct ike_sa *ike,
		     struct child_sa *child)
{
	if (shows & SHOWS_TIMERS)
		return child ? report_child_timers(c, client, child)
			     : report_ike_timers(c, client, ike);
	if (!(shows & (SHOWS_SAS | SHOWS_TRAFFIC)))
		return true; /* only their counters are wanted */
	if (!child)
		return !(shows & SHOWS_SAS) || !is_ike_shown(client, ike) ||
		       report_ike(c, client, ike);
	if (!is_shown(client, child->connection))
		return true;
	if (shows & SHOWS_TRAFFIC)
		return child->phase != CHILD_ESTABLISHED || report_traffic(c, client, ike, child);
	return report_child(c, client, ike, child);
}

static bool show_sas(struct core *c, struct core_client *client, unsigned *left)
{
	uint16_t shows = view_of(client->verb);
	struct child_sa *child;
	struct ike_sa *ike;

	if ((shows & READS_COUNTERS) && !client->walk.is_counted && ask_counters(c, client))
		return false;
	for (unsigned i = PIECE; i > 0; i--) {
		ike = walk_sas(c, &client->walk, &child);
		if (!ike)
			return true;
		client->walk.is_short |= !show_one(c, client, shows, ike, child);
	}
	client->walk.is_counted = false;
	*left = 0;
	return false;
}

static const struct {
	uint16_t shows;
	bool (*run)(struct core *c, struct core_client *client, unsigned *left);
} stages[] = {
	{ SHOWS_DAEMON, show_daemon },
	{ SHOWS_CONNECTIONS, show_connections },
	{ SHOWS_SHUNTS, show_shunts },
	{ SHOWS_POOLS, show_pools },
	{ SHOWS_FAILURES, show_failures },
	{ SHOWS_TOTALS, show_totals },
	{ SHOWS_COUNTERS, show_counters },
	{ SHOWS_RETRIES, show_retries },
	{ SHOWS_SCRIPTS, show_scripts },
	{ SHOWS_FIPS, show_fips },
	{ SHOWS_SAS | SHOWS_TRAFFIC | SHOWS_TUNNELS | SHOWS_TIMERS, show_sas },
	{ SHOWS_TUNNELS, show_tunnels },
};

static void show(struct core *c, struct core_client *client)
{
	uint16_t shows = view_of(client->verb);
	struct walk *w = &client->walk;
	unsigned left = PIECE;

	for (; w->stage < ARRAY_LEN(stages); w->stage++) {
		if (!(shows & stages[w->stage].shows) || stages[w->stage].run(c, client, &left))
			continue;
		if (client->waits_for != WAITS_COUNTERS)
			core_more(c, client, show);
		return;
	}
	if (w->is_short)
		client_answer(c, client, RC_INTERNAL, "a status record could not be made");
	else
		client_finish(c, client, RC_OK);
}

void command_status(struct core *c, struct request_run *r)
{
	r->client->shows = r->conn ? r->conn->serial : 0;
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
		if (client->waits_for == WAITS_COUNTERS && --client->pending == 0) {
			client->waits_for = WAITS_NOTHING;
			show(c, client);
		}
}
