/* SPDX-License-Identifier: Apache-2.0 */
/* The core's face: one event in, actions out. Here each event finds its room. */
#include "core/policy_groups.h"
#include "core/core.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/contact.h"
#include "core/debug.h"
#include "core/exchange.h"
#include "core/fragmentation.h"
#include "core/guard.h"
#include "core/keep.h"
#include "core/route.h"
#include "core/liveness.h"
#include "core/news.h"
#include "crypto/random.h"
#include "ctl/codes.h"
#include "sa/nat.h"

#define SHUTDOWN_GRACE_USEC (2 * USEC_PER_SEC)

struct core *core_new(const struct core_settings *s)
{
	struct core *c = calloc(1, sizeof(*c));
	uint8_t key[8][16];
	uint32_t epoch = 0;

	if (!c || !random_bytes(key, sizeof(key)) || !connections_init(&c->connections) ||
	    !random_bytes(c->cookie_secret, sizeof(c->cookie_secret)) ||
	    !random_bytes(&epoch, sizeof(epoch))) {
		free(c);
		return NULL;
	}
	c->settings = *s;
	if (!c->settings.keepalive_usec)
		c->settings.keepalive_usec = NAT_KEEPALIVE_USEC;
	if (!c->settings.cookie_threshold)
		c->settings.cookie_threshold = 256;
	if (!c->settings.cookie_per_source)
		c->settings.cookie_per_source = 16;
	if (!c->settings.ike_port)
		c->settings.ike_port = IKE_PORT;
	if (!c->settings.natt_port)
		c->settings.natt_port = IKE_NATT_PORT;
	if (!c->settings.max_half_open)
		c->settings.max_half_open = 10000;
	table_init(&c->by_spi, key[1]);
	table_init(&c->by_serial, key[1]);
	table_init(&c->by_init, key[2]);
	table_init(&c->sources, key[0]);
	table_init(&c->by_peer, key[6]);
	table_init(&c->by_tombstone, key[5]);
	table_init(&c->by_ends, key[3]);
	table_init(&c->esp_in, key[4]);
	table_init(&c->routes, key[7]);
	table_init(&c->esp_out, key[4]);
	table_init(&c->by_nat_host, key[4]);
	list_init(&c->ike_sas);
	list_init(&c->scripts);
	list_init(&c->failed_hosts);
	list_init(&c->dead);
	list_init(&c->held);
	list_init(&c->half_opens);
	list_init(&c->offenders);
	list_init(&c->tombstones);
	list_init(&c->kept.ikes);
	list_init(&c->kept.connections);
	list_init(&c->kept.held);
	c->redirect_policy = s->redirect_policy;
	c->redirect_to = s->redirect_to ? strdup(s->redirect_to) : NULL;
	c->ddos_mode = s->always_cookie ? DDOS_BUSY : s->ddos_mode;
	list_init(&c->clients);
	list_init(&c->group_clients);
	list_init(&c->transactions);
	list_init(&c->policy_groups);
	list_init(&c->kicked);
	list_init(&c->retiring);
	tickets_init(c, s->tickets);
	c->settings.tickets = SLICE_EMPTY;
	c->next_serial = 1;
	history_init(&c->history, s->history_bytes, epoch);
	c->exit_at_usec = USEC_NEVER;
	c->spare_client = client_make();
	return c;
}

void core_kick(struct core *c, struct ike_sa *ike)
{
	keep_touch(c, ike);
	if (!list_is_linked(&ike->kicked))
		list_append(&c->kicked, &ike->kicked);
}

void core_start_wants(struct core *c)
{
	struct ike_sa *ike;

	while ((ike = list_first(&c->kicked, struct ike_sa, kicked))) {
		list_remove(&ike->kicked);
		exchange_start_wants(c, ike);
	}
}

static void reap(struct core *c)
{
	struct ike_sa *ike;

	list_each (ike, &c->dead, struct ike_sa, node) {
		list_remove(&ike->node);
		ike_sa_free(ike);
	}
}

void core_free(struct core *c)
{
	struct actions none;
	struct ike_sa *ike;
	struct core_client *client;

	if (!c)
		return;
	actions_init(&none);
	c->out = &none;
	/* Heaps first: they touch the nodes inside the objects. */
	heap_fini(&c->timers);
	heap_fini(&c->retries);
	linger_fini(c);
	reap(c);
	list_each (ike, &c->ike_sas, struct ike_sa, node) {
		half_open_remove(c, ike);
		list_remove(&ike->node);
		ike_sa_free(ike);
	}
	list_each (client, &c->clients, struct core_client, node)
		client_forget(client);
	list_each (client, &c->group_clients, struct core_client, node)
		client_forget(client);
	client_free(c->spare_client);
	hold_fini(c);
	keep_fini(c);
	route_fini(c);
	command_fini(c);
	connections_fini(&c->connections);
	history_fini(&c->history);
	table_fini(&c->by_spi);
	table_fini(&c->by_serial);
	table_fini(&c->by_init);
	table_fini(&c->by_peer);
	half_open_fini(c);
	tombstone_fini(c);
	tickets_fini(c);
	table_fini(&c->by_ends);
	table_fini(&c->esp_in);
	table_fini(&c->routes);
	table_fini(&c->esp_out);
	table_fini(&c->by_nat_host);
	free(c->redirect_to);
	free(c->addresses);
	free(c->no_natt);
	bytes_free(&c->ca_hashes);
	bytes_free(&c->responder_hash);
	free(c->expiring);
	wipe(c, sizeof(*c));
	free(c);
}

/* The slot that waits under this ticket, or NULL: the answer is stale. */
static struct slot *waiting_slot(struct ike_sa *ike, uint32_t ticket)
{
	if (!ike || ticket == 0)
		return NULL;
	if (ike->ours.row && ike->ours.ticket == ticket)
		return &ike->ours;
	if (ike->theirs.row && ike->theirs.ticket == ticket)
		return &ike->theirs;
	return NULL;
}

/* Nobody waits for this batch any more: what it made is taken away again. Policies may serve another
 * child of the connection and stay then. */
static void kernel_undo(struct core *c, const struct kernel_batch *done)
{
	struct kernel_batch undo = { 0 };

	if (done->failed_errno)
		return;
	for (uint16_t i = done->count; i-- > 0;) {
		const struct kernel_op *op = &done->ops[i];

		if (op->kind == KOP_ALLOC_SPI || op->kind == KOP_ADD_STATE) {
			struct kernel_state *name =
				&kernel_batch_add(&undo, KOP_DELETE_STATE)->state;

			name->direction = op->state.direction;
			name->protocol = op->state.protocol;
			name->src = op->state.src;
			name->dst = op->state.dst;
			name->spi = op->kind == KOP_ALLOC_SPI ? op->spi : op->state.spi;
		} else if (op->kind == KOP_ADD_POLICY && !policy_is_used(c, &op->policy)) {
			kernel_batch_add(&undo, KOP_DELETE_POLICY)->policy = op->policy;
		}
	}
	if (undo.count > 0)
		core_kernel(c, 0, 0, &undo);
}

static void resume(struct core *c, uint64_t owner, uint32_t ticket, const struct event *e)
{
	struct ike_sa *ike = ike_by_spi(c, owner);
	struct slot *slot = waiting_slot(ike, ticket);
	struct run r = { .core = c, .ike = ike, .slot = slot };

	if (!slot && e->batch)
		kernel_undo(c, e->batch);
	if (!slot)
		return;
	r.work = e->work;
	r.batch = e->batch;
	r.job = e->job;
	exchange_resume(&r);
}

static void counters_done(struct core *c, const struct event *e)
{
	/* One alone without a ticket is replace.c's question. */
	if (e->batch->count == 1 && !e->ticket) {
		child_probed(c, e->batch);
		return;
	}
	command_counters(c, e->batch, e->owner);
	if (e->ticket)
		liveness_counters(c, e->owner, e->ticket);
	if (e->ticket)
		keepalive_counters(c, e->owner, e->ticket);
}

static void kernel_done(struct core *c, const struct event *e)
{
	debug_log(c, NULL, DEBUG_KERNEL, "the kernel answered a batch of %u: %s", e->batch->count,
		  e->batch->failed_errno ? e->batch->failed_text : "done");
	if (e->batch->count > 0 && e->batch->ops[0].kind == KOP_GET_COUNTERS)
		counters_done(c, e);
	else if (e->batch->count > 0 && e->batch->ops[0].kind == KOP_ADOPT_STATE)
		adopt_kernel_done(c, e->batch, e->owner);
	else if (e->ticket == TICKET_ADOPT)
		adopt_policies_done(c, e->batch, e->owner);
	else if (e->ticket == TICKET_ROUTE)
		route_policies_done(c, (uint32_t)e->owner, e->batch);
	else if (e->batch->count > 0 && e->batch->ops[0].kind == KOP_MOVE_STATE)
		path_moved(c, e->batch);
	else if (e->ticket)
		resume(c, e->owner, e->ticket, e);
	else if (e->batch->count == 1 && e->batch->ops[0].kind == KOP_ADD_STATE)
		child_out_done(c, e->batch);
	else if (e->batch->failed_errno)
		core_log(c, LOG_LEVEL_WARNING, "the kernel refused a removal: %s",
			 e->batch->failed_text);
	kernel_batch_free(e->batch);
	free(e->batch);
}

void core_shut_down(struct core *c)
{
	struct connection *conn;
	struct ike_sa *ike;

	if (c->is_shutting_down)
		return;
	c->is_shutting_down = true;
	c->exit_at_usec = c->now_usec + SHUTDOWN_GRACE_USEC;
	core_log(c, LOG_LEVEL_INFO, "shutting down");
	NEWS(c, .kind = NEWS_SHUTDOWN);
	hold_release_all(c);
	for (int hidden = 0; hidden < 2; hidden++)
		list_each (conn, hidden ? &c->connections.hidden : &c->connections.all,
			   struct connection, node) {
			opportunistic_unroute(c, conn);
			if (!conn->def->config.fail_closed)
				route_event(c, conn, ROUTING_UNROUTE);
		}
	list_each (ike, &c->ike_sas, struct ike_sa, node) {
		if (ike->phase != IKE_ESTABLISHED) {
			ike_end(c, ike, RC_FATAL, "shutting down");
			continue;
		}
		ike_want(ike, WANT_DELETE_IKE, NULL, 0);
		exchange_start_wants(c, ike);
	}
}

void core_leave(struct core *c)
{
	if (c->is_shutting_down)
		return;
	c->is_shutting_down = c->is_leaving = true;
	core_log(c, LOG_LEVEL_INFO, "leaving %zu IKE SAs to the next run", c->ike_count);
}

/* Who waits is told; the loop ends when its scripts have. */
static void do_leave(struct core *c)
{
	struct action *a = c->has_left ? NULL : calloc(1, sizeof(*a));

	clients_finish(c, NULL, WAITS_DOWN, RC_OK);
	clients_finish(c, NULL, WAITS_UP, RC_FATAL);
	if (!a)
		return;
	a->kind = ACTION_EXIT;
	a->leaves = c->has_left = true;
	core_put_before(c, c->out->last, a);
}

/* Leaves when every SA is gone, or when the grace is over. */
static void maybe_exit(struct core *c)
{
	struct ike_sa *ike;

	if (c->is_leaving) {
		do_leave(c);
		return;
	}
	if (!c->is_shutting_down)
		return;
	if (c->now_usec >= c->exit_at_usec)
		list_each (ike, &c->ike_sas, struct ike_sa, node)
			ike_end(c, ike, RC_FATAL, "shutting down");
	if (!list_is_empty(&c->ike_sas))
		return;
	linger_timer(c, USEC_NEVER);
	clients_finish(c, NULL, WAITS_DOWN, RC_OK);
	clients_finish(c, NULL, WAITS_UP, RC_FATAL);
	watchers_finish(c);
	core_action(c, ACTION_EXIT);
}

static void timers(struct core *c)
{
	struct heap_node *n;

	while ((n = heap_first(&c->timers)) && n->when_usec <= c->now_usec) {
		struct ike_sa *ike = container_of(n, struct ike_sa, timer);

		heap_remove(&c->timers, n);
		ike_timer(c, ike);
	}
	intent_timer(c);
	resolve_timer(c);
	linger_timer(c, c->now_usec);
	tombstone_timer(c);
}

static void dispatch(struct core *c, const struct event *e)
{
	switch (e->kind) {
	case EVENT_PACKET:
		demux_packet(c, e);
		break;
	case EVENT_COMMAND:
		command_frame(c, e);
		break;
	case EVENT_CLIENT_GONE:
		command_client_gone(c, e->client);
		break;
	case EVENT_CLIENT_READY:
		command_client_ready(c, e->client);
		break;
	case EVENT_TIMER:
		timers(c);
		break;
	case EVENT_KERNEL_DONE:
		kernel_done(c, e);
		break;
	case EVENT_WORK_DONE:
		if (e->work->ticket)
			resume(c, e->work->owner, e->work->ticket, e);
		else
			command_work_done(c, e->work);
		work_free(e->work);
		break;
	case EVENT_UPDOWN_DONE:
		list_remove(&e->job->asked);
		if (e->job->ticket == TICKET_ROUTE)
			route_script_done(c, (uint32_t)e->job->owner, e->job->status);
		else
			resume(c, e->job->owner, e->job->ticket, e);
		updown_job_free(e->job);
		break;
	case EVENT_ADDRESSES:
		command_addresses(c, e);
		break;
	case EVENT_SECRETS_LOADED:
		command_secrets_loaded(c, e);
		break;
	case EVENT_EXPIRING:
		command_expiring(c, e);
		break;
	case EVENT_SOURCE:
		path_source(c, e->owner, &e->local.address);
		break;
	case EVENT_TOO_LONG:
		if (ike_by_spi(c, e->owner))
			fragmentation_too_long(c, ike_by_spi(c, e->owner));
		break;
	case EVENT_STREAM_LOST:
		path_stream_lost(c, ike_by_spi(c, e->owner));
		break;
	case EVENT_SHUTDOWN:
		core_shut_down(c);
		break;
	case EVENT_ADOPT:
		adopt(c, e->datagram);
		break;
	case EVENT_KEEP_ALL:
		keep_everything(c);
		break;
	case EVENT_RESOLVED:
		resolve_done(c, e->resolve);
		free(e->resolve);
		break;
	case EVENT_GROUP:
		policy_group_event(c, e);
		break;
	case EVENT_ACQUIRE:
	case EVENT_EXPIRE:
	case EVENT_MAPPING:
	case EVENT_KERNEL_CHANGED:
		kernel_event(c, e->kernel);
		break;
	}
}

/* What waits for it goes on, as after any other failure (case 195). */
static void fail_undone(struct core *c)
{
	while (c->undone_work || c->undone_jobs) {
		struct event e = { .kind = EVENT_WORK_DONE, .work = c->undone_work };

		if (e.work) {
			c->undone_work = e.work->undone;
			e.work->verdict = VERDICT_FAIL;
		} else {
			e.kind = EVENT_UPDOWN_DONE;
			e.job = c->undone_jobs;
			c->undone_jobs = e.job->undone;
			e.job->status = -ENOMEM;
		}
		dispatch(c, &e);
	}
}

void core_handle(struct core *c, const struct event *e, struct actions *out)
{
	struct action **mark = out->last;

	if (c->start_usec == 0)
		c->start_usec = e->now_usec;
	c->now_usec = e->now_usec;
	c->wall_sec = e->wall_sec;
	c->out = out;
	c->at_work = (struct address){ 0 };
	dispatch(c, e);
	fail_undone(c);
	connection_retire_all(c);
	core_start_wants(c);
	fail_undone(c);
	maybe_exit(c);
	reap(c);
	command_reap(c);
	keep_flush(c, mark);
	c->out = NULL;
}

bool core_is_established(struct core *c, uint64_t owner)
{
	const struct ike_sa *ike = ike_by_spi(c, owner);

	return ike && ike->phase >= IKE_ESTABLISHED && ike->phase < IKE_DEAD;
}

uint64_t core_deadline(const struct core *c)
{
	struct heap_node *n = heap_first(&c->timers);
	uint64_t when = n ? n->when_usec : USEC_NEVER;
	uint64_t intent = intent_deadline(c);

	if (intent < when)
		when = intent;
	if (resolve_deadline(c) < when)
		when = resolve_deadline(c);
	n = heap_first(&c->lingering);
	if (n && n->when_usec < when)
		when = n->when_usec;
	if (tombstone_deadline(c) < when)
		when = tombstone_deadline(c);
	return c->exit_at_usec < when ? c->exit_at_usec : when;
}
