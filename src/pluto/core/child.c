/* SPDX-License-Identifier: Apache-2.0 */
/* The life of child SAs once they are agreed: up, lifetime, and their end with what stands for them. */
#include <stdio.h>

#include "core/internal.h"
#include "core/keep.h"
#include "core/liveness.h"
#include "core/news.h"
#include "core/redirect.h"
#include "core/route.h"
#include "core/route_owner.h"
#include "crypto/random.h"
#include "ctl/codes.h"
#include "sa/nat.h"
#include "sa/lifetime.h"

struct child_sa *child_new(struct core *c, struct ike_sa *ike, struct connection *conn,
			   struct selectors *local, struct selectors *remote)
{
	struct child_sa *child = child_sa_new(c->next_serial, conn);

	if (!child)
		return NULL;
	if (local->count > 0) {
		child->ts_local = *local;
		child->ts_remote = *remote;
		*local = *remote = (struct selectors){ 0 };
	} else if (!ike_clients(ike, conn, &child->ts_local, &child->ts_remote)) {
		child_sa_free(child);
		return NULL;
	}
	c->next_serial++;
	nat_set_child_path(ike, child);
	child->may_compress = child_may_compress(child);
	ike_sa_adopt(ike, child);
	return child;
}

/* When it is to be replaced, and when it must not be used any more. */
static void set_lifetimes(struct core *c, struct child_sa *child, bool is_initiator)
{
	const struct conn_config *config = &child->connection->def->config;
	uint64_t life = config->ipsec_lifetime_usec, random = 0;

	child->rekey_usec = child->expires_usec = USEC_NEVER;
	if (life == 0)
		return;
	random_bytes(&random, sizeof(random));
	child->expires_usec = c->now_usec + life;
	if (config->rekey)
		child->rekey_usec = c->now_usec +
				    lifetime_soft_usec(life, config, is_initiator, random);
}

void child_established(struct core *c, struct ike_sa *ike, struct child_sa *child)
{
	struct connection *conn = child->connection;
	char suite[128], local[SELECTORS_TEXT_LEN], remote[SELECTORS_TEXT_LEN];

	child->phase = CHILD_ESTABLISHED;
	child->installed_wall_sec = c->wall_sec;
	set_lifetimes(c, child, child == ike->ours.scratch.child);
	conn->newest_child = child->serial;
	conn->policy_owner = child->serial;
	redirect_done(c, ike, conn);
	conn->failures = 0;
	conn->lost_ike = 0; /* what is lost from here on is lost anew, also of the same IKE SA */
	connection_failure_over(conn);
	conn->has_stood |= conn->is_wanted;
	hold_replaced(c, child);
	sa_log(c, ike, child, LOG_LEVEL_INFO, LINE_SUCCESS,
	       "%s established: %s === %s, %s 0x%08x in, 0x%08x out, %s%s",
	       child->is_tunnel ? "tunnel" : "transport SA",
	       selectors_format(&child->ts_local, local, sizeof(local)),
	       selectors_format(&child->ts_remote, remote, sizeof(remote)),
	       child_protocol(conn) == PROTOCOL_AH ? "AH" : "ESP", child->spi_in, child->spi_out,
	       suite_format(&child->suite, suite, sizeof(suite)),
	       child_is_compressed(child) ? ", IPComp"
	       : child->iptfs             ? ", IP-TFS"
					  : "");
	NEWS(c, .kind = NEWS_CHILD_UP, .child = child);
	route_event(c, conn, ROUTING_ESTABLISH);
	opportunistic_established(c, conn);
	if (conn->predecessor)
		connection_retire_soon(c, conn);
	clients_finish(c, conn, WAITS_UP, RC_OK);
	path_move_children(c, ike); /* the path may have changed meanwhile */
	if (child->is_stripped)
		child_lost(c, child);
	ike_set_timer(c, ike);
}

struct child_sa *child_heir(const struct child_sa *child)
{
	struct child_sa *best = NULL, *other;

	list_each (other, &child->connection->children, struct child_sa, conn_node)
		if (other != child && other->phase == CHILD_ESTABLISHED &&
		    child_is_twin(other, child) && (!best || other->serial > best->serial))
			best = other;
	return best;
}

/* A child of the same selectors that the kernel or a script is at work for: what stands is its own
 * too, and an end of it takes it away. */
static struct child_sa *installing_twin(const struct child_sa *child)
{
	struct child_sa *other;

	list_each (other, &child->connection->children, struct child_sa, conn_node)
		if (other != child && other->phase == CHILD_INSTALLING && other->has_policies &&
		    child_is_twin(other, child))
			return other;
	return NULL;
}

/* Looks for the child's reqid among those of a list; true: the connection's own is taken by another. */
static bool look_for_reqid(struct child_sa *child, const struct list *list)
{
	struct child_sa *other;
	bool is_taken = false;

	list_each (other, list, struct child_sa, conn_node) {
		if (other == child || !other->reqid)
			continue;
		if (child_is_twin(other, child))
			child->reqid = other->reqid;
		is_taken |= other->reqid == child->connection->reqid;
	}
	return is_taken;
}

/* Children of the same selectors are one to the kernel's policies, all others must not be: the
 * kernel finds an outbound state by its reqid alone (case 108). */
void child_choose_reqid(struct core *c, struct child_sa *child)
{
	struct connection *conn = child->connection;
	bool is_taken;

	child->reqid = 0;
	is_taken = look_for_reqid(child, &conn->children);
	is_taken |= look_for_reqid(child, &conn->held);
	if (conn->route && child_is_twin(conn->route, child))
		child->reqid = conn->route->reqid;
	is_taken |= conn->route != NULL;
	if (child->reqid)
		return;
	child->reqid = is_taken && !conn->def->config.reqid ? connections_new_reqid(&c->connections)
							    : conn->reqid;
}

static bool is_going(const struct child_sa *child)
{
	struct ike_sa *ike = child->ike;
	struct want *w;

	if (child->phase == CHILD_DELETING || ike->phase > IKE_ESTABLISHED)
		return true;
	list_each (w, &ike->wants, struct want, node)
		if (w->kind == WANT_DELETE_IKE ||
		    (w->kind == WANT_DELETE_CHILD && w->child_serial == child->serial))
			return true;
	return false;
}

bool child_is_going(const struct connection *conn)
{
	struct child_sa *child;
	struct connection *i;

	list_each (child, &conn->children, struct child_sa, conn_node)
		if (is_going(child))
			return true;
	list_each (i, &conn->instances, struct connection, node)
		if (child_is_going(i))
			return true;
	return false;
}

static void replace(struct core *c, struct child_sa *child)
{
	struct ike_sa *ike = child->ike;

	child->expires_usec = USEC_NEVER;
	if (child->connection->def->config.rekey)
		child_make_anew(c, ike, child);
	else
		ike_want(ike, WANT_DELETE_CHILD, NULL, child->serial);
	core_kick(c, ike);
	ike_set_timer(c, ike);
}

static bool is_replaced(const struct child_sa *child)
{
	struct want *w;

	list_each (w, &child->ike->wants, struct want, node)
		if (w->kind == WANT_DELETE_CHILD && w->child_serial == child->serial)
			return true;
	return false;
}

void child_lost(struct core *c, struct child_sa *child)
{
	if (is_replaced(child))
		return;
	sa_log(c, child->ike, child, LOG_LEVEL_WARNING, LINE_SERIOUS,
	       "somebody removed its states from the kernel: it is replaced");
	replace(c, child);
}

void child_expired(struct core *c, struct child_sa *child, bool inbound, bool is_hard)
{
	if (is_replaced(child) || child->phase != CHILD_ESTABLISHED)
		return;
	if (!is_hard) {
		child->rekey_usec = c->now_usec;
		ike_set_timer(c, child->ike);
		return;
	}
	sa_log(c, child->ike, child, LOG_LEVEL_INFO, LINE_LOG,
	       "the kernel's limit of its %s state is reached", inbound ? "inbound" : "outbound");
	replace(c, child);
}

static bool is_any_up(const struct connection *conn)
{
	struct child_sa *child;

	list_each (child, &conn->children, struct child_sa, conn_node)
		if (child->phase >= CHILD_ESTABLISHED)
			return true;
	return false;
}

/* Does one of the same traffic, besides this, have an outbound state? */
static bool others_carry(const struct child_sa *child)
{
	struct child_sa *other;

	list_each (other, &child->connection->children, struct child_sa, conn_node)
		if (other != child && other->has_out && child_is_twin(other, child))
			return true;
	return false;
}

void child_gone(struct core *c, struct ike_sa *ike, const struct child_sa *child,
		const char *reason)
{
	struct connection *conn = child->connection;

	conn->gone_bytes[0] += child->in_bytes;
	conn->gone_bytes[1] += child->out_bytes;
	conn->gone_packets[0] += child->in_packets;
	conn->gone_packets[1] += child->out_packets;
	NEWS(c, .kind = NEWS_CHILD_DOWN, .child = child, .ike = ike, .cause = ike->cause,
	     .text = reason);
}

void child_end(struct core *c, struct ike_sa *ike, struct child_sa *child, const char *reason)
{
	struct connection *conn = child->connection;
	struct child_sa *next, *twin, *held, *route;
	struct kernel_batch batch, in;

	if (ike->phase != IKE_DEAD)
		child_reinstate(c, ike, child);
	next = child_heir(child);
	twin = next ? NULL : installing_twin(child);
	held = hold_twin(child);
	route = next || twin ? NULL : route_twin(child);
	if (next && !next->has_out && !others_carry(child))
		child_switch_out(c, next->ike, next);

	if (child->is_up && twin) {
		twin->is_up = true;
		keep_touch(c, twin->ike);
	} else if (child->is_up && !next) {
		core_updown(c, child_updown(child, "down", 0, 0), conn->serial);
		if (!route)
			routes_unown(c, child);
	}
	if (held && child->is_up && !next && !twin) {
		held->is_up = false;
		keep_touch_held(c, held);
	}
	child_batch_remove(child, !next && !twin && !held && !route, &batch);
	if (route && child->has_policies)
		route_batch(conn, &batch);
	if (next && child->has_policies && !address_eq(&next->remote, &child->remote))
		child_batch_add_policies(next, &batch);
	if (batch.count > 0)
		core_kernel(c, 0, 0, &batch);
	/* What the peer sent before it changed to the other one still comes. */
	child_batch_remove_in(child, &in);
	if (next && child->phase >= CHILD_ESTABLISHED)
		core_remove_later(c, &in);
	else if (in.count > 0)
		core_kernel(c, 0, 0, &in);
	if (child->phase >= CHILD_ESTABLISHED) {
		sa_log(c, ike, child, LOG_LEVEL_INFO, LINE_LOG, "child SA is down: %s", reason);
		child_gone(c, ike, child, reason);
	}
	if (conn->newest_child == child->serial)
		conn->newest_child = next ? next->serial : 0;
	if (conn->policy_owner == child->serial)
		conn->policy_owner = next ? next->serial : 0;
	if (ike->ours.scratch.child == child)
		ike->ours.scratch.child = NULL;
	if (ike->theirs.scratch.child == child)
		ike->theirs.scratch.child = NULL;
	if (ike->followup && ike->followup->scratch.child == child)
		ike->followup->scratch.child = NULL;
	child_unindex(c, child);
	if (ike->phase != IKE_DEAD)
		keep_touch(c, ike);
	keep_touch_connection(c, conn);
	clients_finish_sa(c, child->serial, WAITS_REPLACED, RC_FATAL);
	clients_finish_sa(c, child->serial, WAITS_GONE, RC_OK);
	child_sa_free(child);
	if (!is_any_up(conn))
		route_event(c, conn, ROUTING_DOWN);
	if (!child_is_going(conn) && (ike->phase != IKE_DEAD || conn != ike->connection))
		clients_finish(c, conn, WAITS_DOWN, RC_OK);
}
