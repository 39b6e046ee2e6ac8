/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Status records: what the core knows of itself, a connection or an SA, field by field. Names and
 * identities are text from outside and go through the escaper. status.c says who gets which.
 */
#include <string.h>

#include "base/paths.h"
#include "conf/keywords.h"
#include "core/commands.h"
#include "core/debug.h"
#include "core/fill.h"
#include "core/route.h"
#include "core/state.h"
#include "ctl/causes.h"
#include "ctl/records.h"

#define PROPOSALS_TEXT_MAX 1024
#define NATT_PORT 4500
#define IKE_PORT 500

/* Of the connection's children. */
static const char *type_of(const struct connection *conn)
{
	return child_protocol(conn) == PROTOCOL_AH ? "AH" : "ESP";
}

static bool report_interface(struct core *c, struct core_client *client, const struct address *a,
			     uint16_t port)
{
	struct endpoint e = { .address = *a, .port = port };
	char buf[ENDPOINT_TEXT_LEN];
	struct record r;

	fill_begin(&r, client, RECORD_DAEMON);
	fill_text(&r, DAEMON_INTERFACE, endpoint_format(&e, buf, sizeof(buf)));
	return fill_finish(&r, c, client);
}

static bool has_natt(const struct core *c, const struct address *a)
{
	for (size_t i = 0; i < c->no_natt_count; i++)
		if (address_eq(&c->no_natt[i], a))
			return false;
	return true;
}

bool report_daemon(struct core *c, struct core_client *client)
{
	char debug[80];
	struct record r;
	bool ok = true;

	fill_begin(&r, client, RECORD_DAEMON);
	fill_text(&r, DAEMON_VERSION, CYGNET_VERSION);
	fill_u64(&r, DAEMON_PID, c->settings.pid);
	if (c->settings.stack)
		fill_text(&r, DAEMON_STACK, c->settings.stack);
	fill_bool(&r, DAEMON_LISTENING, c->is_listening);
	fill_u64(&r, DAEMON_UPTIME, (c->now_usec - c->start_usec) / USEC_PER_SEC);
	fill_text(&r, DAEMON_DEBUG, debug_format(c->debug, debug, sizeof(debug)));
	ok &= fill_finish(&r, c, client);
	for (size_t i = 0; c->is_listening && i < c->address_count; i++)
		ok &= report_interface(c, client, &c->addresses[i], IKE_PORT) &&
		      (!has_natt(c, &c->addresses[i]) ||
		       report_interface(c, client, &c->addresses[i], NATT_PORT));
	return ok;
}

static void put_proposals(struct record *r, uint16_t field, const struct proposals *p)
{
	char all[PROPOSALS_TEXT_MAX], one[512];
	struct text t = TEXT_OVER(all);

	for (uint8_t i = 0; i < p->count; i++)
		text_add(&t, "%s%s", i ? ", " : "",
			 proposal_conf_format(&p->list[i], one, sizeof(one)));
	fill_text(r, field, all);
}

static void put_host(struct record *r, uint16_t field, const struct conn_end *end,
		     const char *written)
{
	if (!end->host.family && host_kind_is_looked_up(end->host_kind))
		fill_text(r, field, written);
	else
		fill_address(r, field, &end->host);
}

static void put_client(struct record *r, uint16_t field, const struct conn_end *end)
{
	if (!end->client_is_host || (end->clients.items[0].protocol && end->host.family))
		fill_selectors(r, field, &end->clients);
}

static void put_ends(struct record *r, const struct connection *conn)
{
	const struct conn_end *us = conn->us, *peer = conn->peer;
	const struct conn_config *config = &conn->def->config;
	bool is_left = us == &conn->def->left;

	put_client(r, CONNECTION_OUR_CLIENT, us);
	put_host(r, CONNECTION_OUR_HOST, us, is_left ? config->left.host : config->right.host);
	fill_identity(r, CONNECTION_OUR_ID, &us->id);
	if (us->nexthop.family)
		fill_address(r, CONNECTION_OUR_NEXTHOP, &us->nexthop);
	put_host(r, CONNECTION_PEER_HOST, peer, is_left ? config->right.host : config->left.host);
	fill_identity(r, CONNECTION_PEER_ID, &peer->id);
	put_client(r, CONNECTION_PEER_CLIENT, peer);
	if (peer->nexthop.family)
		fill_address(r, CONNECTION_PEER_NEXTHOP, &peer->nexthop);
}

static uint64_t seconds_to(const struct core *c, uint64_t when_usec)
{
	return when_usec > c->now_usec ? (when_usec - c->now_usec) / USEC_PER_SEC : 0;
}

bool report_connection(struct core *c, struct core_client *client, struct connection *conn)
{
	char mode[32];
	const struct conn_config *config = &conn->def->config;
	struct record r;
	uint64_t retry;

	fill_begin(&r, client, RECORD_CONNECTION);
	fill_name(&r, CONNECTION_NAME, conn);
	fill_instance(&r, CONNECTION_NUMBER, conn);
	put_ends(&r, conn);
	fill_text(&r, CONNECTION_ROUTING, routing_name((enum routing)conn->routing));
	if (conn->acquires)
		fill_u64(&r, CONNECTION_ACQUIRES, conn->acquires);
	if (conn->session)
		fill_u64(&r, CONNECTION_TICKET, seconds_to(c, conn->session->expires_usec));
	fill_u64(&r, CONNECTION_OWNER, conn->policy_owner);
	fill_text(&r, CONNECTION_STATE, conn_state_word(conn_state(conn)));
	if (client && client->verb == VERB_BRIEFCONNECTIONSTATUS)
		return fill_finish(&r, c, client);
	fill_bool(&r, CONNECTION_ORIENTED, conn->is_oriented);
	fill_text(&r, CONNECTION_AUTH, connection_auth_word(conn));
	fill_text(&r, CONNECTION_MODE,
		  keyword_get(keyword_by_conf("type"), config, false, mode, sizeof(mode)));
	put_proposals(&r, CONNECTION_IKE, conn->def->ike);
	fill_text(&r, CONNECTION_TYPE, type_of(conn));
	put_proposals(&r, CONNECTION_ESP, conn->def->esp);
	fill_u64(&r, CONNECTION_IKE_LIFETIME, config->ike_lifetime_usec / USEC_PER_SEC);
	fill_u64(&r, CONNECTION_IPSEC_LIFETIME, config->ipsec_lifetime_usec / USEC_PER_SEC);
	fill_u64(&r, CONNECTION_REKEY_MARGIN, config->rekey_margin_usec / USEC_PER_SEC);
	fill_u64(&r, CONNECTION_REKEY_FUZZ, config->rekey_fuzz_percent);
	fill_u64(&r, CONNECTION_KEYINGTRIES, config->keyingtries);
	fill_u64(&r, CONNECTION_NEWEST_IKE, conn->newest_ike);
	fill_u64(&r, CONNECTION_NEWEST_CHILD, conn->newest_child);
	if (connection_error(conn)) {
		fill_text(&r, CONNECTION_CAUSE, cause_rows[conn->failure->cause].word);
		fill_u64(&r, CONNECTION_FAILED_AT, conn->failure->wall_sec);
	}
	if (conn_retry_in(c, conn, &retry))
		fill_u64(&r, CONNECTION_RETRY_IN, retry);
	return fill_finish(&r, c, client);
}

static bool report_shunt(struct core *c, struct core_client *client, struct connection *conn,
			 const struct selector *local, const struct selector *remote)
{
	static const char *const words[] = { "none", "trap", "pass", "drop" };
	struct record r;

	fill_begin(&r, client, RECORD_SHUNT);
	fill_name(&r, SHUNT_FIELD_CONNECTION, conn);
	fill_selector(&r, SHUNT_FIELD_OUR_TS, local);
	fill_selector(&r, SHUNT_FIELD_PEER_TS, remote);
	fill_text(&r, SHUNT_FIELD_WHAT, words[conn->route->shunt]);
	fill_text(&r, SHUNT_FIELD_STATE, routing_name((enum routing)conn->routing));
	fill_u64(&r, SHUNT_FIELD_ACQUIRES, conn->acquires);
	if (connection_error(conn))
		fill_text(&r, SHUNT_FIELD_REASON, connection_error(conn));
	return fill_finish(&r, c, client);
}

bool report_shunts(struct core *c, struct core_client *client, struct connection *conn)
{
	struct selector_pairs pairs = { .local = &conn->route->ts_local,
					.remote = &conn->route->ts_remote };
	const struct selector *local, *remote;
	bool ok = true;

	while (selector_pairs_next(&pairs, &local, &remote))
		ok &= report_shunt(c, client, conn, local, remote);
	return ok;
}

bool report_totals(struct core *c, struct core_client *client)
{
	uint32_t states[CONN_STATES] = { 0 };
	uint32_t loaded = 0, routed = 0, active = 0, half = 0, established = 0, children = 0;
	struct connection *conn, *i;
	struct child_sa *child;
	struct ike_sa *ike;
	struct record r;

	list_each (conn, &c->connections.all, struct connection, node) {
		loaded++;
		routed += conn->policy_owner != 0 || conn->route;
		active += conn->newest_child != 0;
		states[conn_state(conn)]++;
		list_each (i, &conn->instances, struct connection, node) {
			loaded++;
			routed += i->policy_owner != 0;
			active += i->newest_child != 0;
			states[conn_state(i)]++;
		}
	}
	list_each (ike, &c->ike_sas, struct ike_sa, node) {
		half += ike->phase == IKE_STARTING || ike->phase == IKE_HALF_OPEN;
		established += ike->phase == IKE_ESTABLISHED;
		list_each (child, &ike->children, struct child_sa, node)
			children += child->phase == CHILD_ESTABLISHED;
	}
	fill_begin(&r, client, RECORD_TOTALS);
	fill_u64(&r, TOTALS_LOADED, loaded);
	fill_u64(&r, TOTALS_ROUTED, routed);
	fill_u64(&r, TOTALS_ACTIVE, active);
	fill_u64(&r, TOTALS_IKE, c->ike_count);
	fill_u64(&r, TOTALS_IKE_HALF_OPEN, half);
	fill_u64(&r, TOTALS_IKE_ESTABLISHED, established);
	fill_u64(&r, TOTALS_CHILD, children);
	fill_u64(&r, TOTALS_UP, states[CONN_UP]);
	fill_u64(&r, TOTALS_CONNECTING, states[CONN_CONNECTING]);
	fill_u64(&r, TOTALS_FAILED, states[CONN_FAILED]);
	fill_u64(&r, TOTALS_WAITING, states[CONN_WAITING] + states[CONN_TEMPLATE]);
	fill_u64(&r, TOTALS_DOWN, states[CONN_DOWN]);
	fill_bool(&r, TOTALS_LISTENING, c->is_listening);
	return fill_finish(&r, c, client);
}

struct state_name {
	const char *state, *story;
};

static const struct state_name ike_states[] = {
	[IKE_STARTING] = { "STATE_V2_IKE_SA_INIT_I", "sent IKE_SA_INIT request" },
	[IKE_HALF_OPEN] = { "STATE_V2_IKE_SA_INIT_R", "sent IKE_SA_INIT response" },
	[IKE_AUTHENTICATING] = { "STATE_V2_IKE_AUTH_I", "sent IKE_AUTH request" },
	[IKE_ESTABLISHED] = { "STATE_V2_ESTABLISHED_IKE_SA", "established IKE SA" },
	[IKE_REPLACED] = { "STATE_V2_REPLACED_IKE_SA", "replaced IKE SA" },
	[IKE_DELETING] = { "STATE_V2_IKE_SA_DELETE", "deleting IKE SA" },
	[IKE_DEAD] = { "STATE_V2_IKE_SA_DELETE", "IKE SA is gone" },
};

static struct state_name child_state(const struct ike_sa *ike, const struct child_sa *child)
{
	bool is_ours = ike->ours.scratch.child == child;

	switch (child->phase) {
	case CHILD_ESTABLISHED:
		return (struct state_name){ "STATE_V2_ESTABLISHED_CHILD_SA",
					    "established Child SA" };
	case CHILD_REPLACED:
		return (struct state_name){ "STATE_V2_ESTABLISHED_CHILD_SA", "replaced Child SA" };
	case CHILD_VACANT:
		return (struct state_name){ "STATE_V2_NEW_CHILD_I", "replacing Child SA" };
	case CHILD_DELETING:
		return (struct state_name){ "STATE_V2_CHILD_SA_DELETE", "deleting Child SA" };
	case CHILD_INSTALLING:
		return (struct state_name){ is_ours ? "STATE_V2_NEW_CHILD_I"
						    : "STATE_V2_NEW_CHILD_R",
					    "installing Child SA" };
	}
	return (struct state_name){ is_ours ? "STATE_V2_NEW_CHILD_I" : "STATE_V2_NEW_CHILD_R",
				    "negotiating Child SA" };
}

static const char *lifetime_event(const struct connection *conn)
{
	return conn->def->config.rekey ? "EVENT_SA_REPLACE" : "EVENT_SA_EXPIRE";
}

static void put_ike_event(struct record *r, const struct core *c, const struct ike_sa *ike)
{
	uint64_t when = ike->expires_usec;
	const char *event = "EVENT_SA_DISCARD";

	if (ike->phase == IKE_ESTABLISHED) {
		event = lifetime_event(ike->connection);
	} else if (ike->request.out.wire.data) {
		event = "EVENT_RETRANSMIT";
		when = ike->request.next_usec;
	}
	if (when == USEC_NEVER)
		return;
	fill_text(r, IKE_SA_EVENT, event);
	fill_u64(r, IKE_SA_EVENT_IN, seconds_to(c, when));
}

static bool is_idle(const struct ike_sa *ike)
{
	return !ike->ours.row && !ike->request.out.wire.data;
}

static void put_ike_spi(struct record *r, uint16_t field, uint64_t spi)
{
	char buf[17];
	struct text t = TEXT_OVER(buf);

	text_add(&t, "%016llx", (unsigned long long)spi);
	fill_text(r, field, buf);
}

bool report_ike(struct core *c, struct core_client *client, struct ike_sa *ike)
{
	static const struct state_name resuming = { "STATE_V2_IKE_SESSION_RESUME_I",
						    "sent IKE_SESSION_RESUME request" };
	const struct state_name *name =
		ike->phase == IKE_STARTING && ike->session ? &resuming : &ike_states[ike->phase];
	struct record r;

	fill_begin(&r, client, RECORD_IKE_SA);
	fill_u64(&r, IKE_SA_SERIAL, ike->serial);
	if (ike->connection) {
		fill_name(&r, IKE_SA_CONNECTION, ike->connection);
		fill_instance(&r, IKE_SA_INSTANCE, ike->connection);
	}
	fill_address(&r, IKE_SA_PEER, &ike->remote.address);
	fill_u64(&r, IKE_SA_PEER_PORT, ike->remote.port);
	fill_text(&r, IKE_SA_STATE, name->state);
	fill_text(&r, IKE_SA_STORY, name->story);
	fill_bool(&r, IKE_SA_ESTABLISHED, ike->phase == IKE_ESTABLISHED);
	if (ike->connection)
		put_ike_event(&r, c, ike);
	fill_bool(&r, IKE_SA_NEWEST, ike->connection && ike->connection->newest_ike == ike->serial);
	fill_bool(&r, IKE_SA_IDLE, is_idle(ike));
	put_ike_spi(&r, IKE_SA_OUR_SPI, ike_our_spi(ike));
	put_ike_spi(&r, IKE_SA_PEER_SPI, ike->is_initiator ? ike->spi_r : ike->spi_i);
	if (ike->phase == IKE_ESTABLISHED) {
		fill_identity(&r, IKE_SA_PEER_ID, &ike->peer_id);
		fill_suite(&r, IKE_SA_PROPOSAL, &ike->suite);
	}
	fill_bool(&r, IKE_SA_INITIATOR, ike->is_initiator);
	if (ike->phase == IKE_ESTABLISHED) {
		fill_bool(&r, IKE_SA_RESUMED, ike->is_resumed);
		fill_u64(&r, IKE_SA_AGE, (c->now_usec - ike->established_usec) / USEC_PER_SEC);
		if (ike->rekey_usec != USEC_NEVER)
			fill_u64(&r, IKE_SA_REKEY_IN, seconds_to(c, ike->rekey_usec));
	}
	return fill_finish(&r, c, client);
}

static void put_hex(struct record *r, uint16_t field, uint32_t n, int digits)
{
	char buf[9];
	struct text t = TEXT_OVER(buf);

	text_add(&t, "%0*x", digits, n);
	fill_text(r, field, buf);
}

/* Only of a child that carries traffic: clients take an SPI in the line for a tunnel that is up. */
static void put_child_traffic(struct record *r, const struct child_sa *child)
{
	fill_address(r, CHILD_SA_OUR, &child->local);
	fill_text(r, CHILD_SA_TYPE, type_of(child->connection));
	put_hex(r, CHILD_SA_OUR_SPI, child->spi_in, 8);
	put_hex(r, CHILD_SA_PEER_SPI, child->spi_out, 8);
	if (child_is_compressed(child)) {
		put_hex(r, CHILD_SA_OUR_CPI, child->cpi_in, 4);
		put_hex(r, CHILD_SA_PEER_CPI, child->cpi_out, 4);
	}
	fill_u64(r, CHILD_SA_MAX_BYTES, child->connection->def->config.ipsec_max_bytes);
	fill_bool(r, CHILD_SA_TUNNEL, child->is_tunnel);
	fill_u64(r, CHILD_SA_IN_BYTES, child->in_bytes);
	fill_u64(r, CHILD_SA_OUT_BYTES, child->out_bytes);
	fill_selectors(r, CHILD_SA_OUR_TS, &child->ts_local);
	fill_selectors(r, CHILD_SA_PEER_TS, &child->ts_remote);
	fill_suite(r, CHILD_SA_PROPOSAL, &child->suite);
}

bool report_child(struct core *c, struct core_client *client, struct ike_sa *ike,
		  struct child_sa *child)
{
	const struct connection *conn = child->connection;
	struct state_name name = child_state(ike, child);
	bool is_up = child->phase == CHILD_ESTABLISHED;
	struct record r;

	fill_begin(&r, client, RECORD_CHILD_SA);
	fill_u64(&r, CHILD_SA_SERIAL, child->serial);
	fill_name(&r, CHILD_SA_CONNECTION, conn);
	fill_instance(&r, CHILD_SA_INSTANCE, conn);
	fill_address(&r, CHILD_SA_PEER, &child->remote);
	fill_u64(&r, CHILD_SA_PEER_PORT, ike->remote.port);
	fill_text(&r, CHILD_SA_STATE, name.state);
	fill_text(&r, CHILD_SA_STORY, name.story);
	fill_bool(&r, CHILD_SA_ESTABLISHED, is_up);
	if (is_up && child->expires_usec != USEC_NEVER) {
		fill_text(&r, CHILD_SA_EVENT, lifetime_event(conn));
		fill_u64(&r, CHILD_SA_EVENT_IN, seconds_to(c, child->expires_usec));
	}
	fill_bool(&r, CHILD_SA_NEWEST, conn->newest_child == child->serial);
	fill_bool(&r, CHILD_SA_OWNER, conn->policy_owner == child->serial);
	fill_u64(&r, CHILD_SA_IKE_SERIAL, ike->serial);
	fill_bool(&r, CHILD_SA_IDLE, is_idle(ike));
	if (is_up) {
		put_child_traffic(&r, child);
		fill_u64(&r, CHILD_SA_AGE,
			 c->wall_sec > child->installed_wall_sec
				 ? c->wall_sec - child->installed_wall_sec
				 : 0);
		if (child->rekey_usec != USEC_NEVER)
			fill_u64(&r, CHILD_SA_REKEY_IN, seconds_to(c, child->rekey_usec));
		fill_identity(&r, CHILD_SA_PEER_ID, &ike->peer_id);
	}
	return fill_finish(&r, c, client);
}

bool report_traffic(struct core *c, struct core_client *client, struct ike_sa *ike,
		    struct child_sa *child)
{
	struct record r;

	fill_begin(&r, client, RECORD_TRAFFIC);
	fill_u64(&r, TRAFFIC_SERIAL, child->serial);
	fill_name(&r, TRAFFIC_CONNECTION, child->connection);
	fill_instance(&r, TRAFFIC_INSTANCE, child->connection);
	fill_address(&r, TRAFFIC_PEER, &child->remote);
	fill_text(&r, TRAFFIC_TYPE, type_of(child->connection));
	fill_u64(&r, TRAFFIC_ADD_TIME, child->installed_wall_sec);
	fill_u64(&r, TRAFFIC_IN_BYTES, child->in_bytes);
	fill_u64(&r, TRAFFIC_OUT_BYTES, child->out_bytes);
	fill_identity(&r, TRAFFIC_PEER_ID, &ike->peer_id);
	fill_u64(&r, TRAFFIC_IN_PACKETS, child->in_packets);
	fill_u64(&r, TRAFFIC_OUT_PACKETS, child->out_packets);
	return fill_finish(&r, c, client);
}

bool report_pool(struct core *c, struct core_client *client, const struct pool *pool)
{
	char range[RANGE_TEXT_LEN];
	struct record r;

	fill_begin(&r, client, RECORD_POOL);
	fill_text(&r, POOL_RANGE, range_format(&pool->range, range, sizeof(range)));
	fill_u64(&r, POOL_SIZE, pool->size);
	fill_u64(&r, POOL_IN_USE, pool->in_use);
	fill_u64(&r, POOL_WAITING, pool->stored - pool->in_use);
	fill_u64(&r, POOL_CONNECTIONS, pool->users);
	return fill_finish(&r, c, client);
}

bool report_lease(struct core *c, struct core_client *client, const struct lease *lease)
{
	char range[RANGE_TEXT_LEN];
	struct record r;

	fill_begin(&r, client, RECORD_LEASE);
	fill_address(&r, LEASE_ADDRESS, &lease->address);
	fill_identity(&r, LEASE_PEER_ID, &lease->id);
	fill_u64(&r, LEASE_HOLDERS, lease->holders);
	fill_text(&r, LEASE_POOL, range_format(&lease->pool->range, range, sizeof(range)));
	return fill_finish(&r, c, client);
}
