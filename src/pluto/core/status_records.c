/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Status records: what the core knows of itself, a connection or an SA, field by field. Names and
 * identities are text from outside and go through the escaper. status.c says who gets which.
 */
#include "base/paths.h"
#include "conf/keywords.h"
#include "core/commands.h"
#include "core/debug.h"
#include "core/route.h"
#include "ctl/records.h"

#define RECORD_MAX 6144 /* a connection with the longest of everything needs 5000 */
#define PROPOSALS_TEXT_MAX 1024
#define NATT_PORT 4500
#define IKE_PORT 500

struct record {
	struct record_builder b;
	uint8_t buffer[RECORD_MAX];
};

static void begin(struct record *r, const struct core_client *client, enum record_kind kind)
{
	r->b = ctl_record_begin(r->buffer, sizeof(r->buffer), client->sequence, kind);
}

static bool finish(struct record *r, struct core *c, struct core_client *client)
{
	struct slice frame;

	if (!ctl_record_finish(&r->b, &frame))
		return false;
	client_frame(c, client, frame);
	return true;
}

static void put_u64(struct record *r, uint16_t field, uint64_t value)
{
	ctl_record_put_u64(&r->b, field, value);
}

static void put_bool(struct record *r, uint16_t field, bool value)
{
	ctl_record_put_bool(&r->b, field, value);
}

static void put_text(struct record *r, uint16_t field, const char *value)
{
	ctl_record_put_text(&r->b, field, value);
}

static void put_name(struct record *r, uint16_t field, const struct connection *conn)
{
	char shown[CONN_NAME_LEN * 4];
	struct text t = TEXT_OVER(shown);

	text_escape(&t, slice_str(conn->def->config.name));
	put_text(r, field, shown);
}

static void put_instance(struct record *r, uint16_t field, const struct connection *conn)
{
	if (conn->instance)
		put_u64(r, field, conn->instance);
}

static void put_address(struct record *r, uint16_t field, const struct address *a)
{
	char buf[ADDRESS_TEXT_LEN];

	put_text(r, field, a->family ? address_format(a, buf, sizeof(buf)) : "%any");
}

static void put_identity(struct record *r, uint16_t field, const struct identity *id)
{
	char buf[IDENTITY_TEXT_LEN];

	put_text(r, field, identity_format(id, buf, sizeof(buf)));
}

static void put_selectors(struct record *r, uint16_t field, const struct selectors *l)
{
	char buf[SELECTORS_TEXT_LEN * 8];

	put_text(r, field, selectors_format(l, buf, sizeof(buf)));
}

static void put_suite(struct record *r, uint16_t field, const struct suite *suite)
{
	char buf[160];

	put_text(r, field, suite_format(suite, buf, sizeof(buf)));
}

static bool report_interface(struct core *c, struct core_client *client, const struct address *a,
			     uint16_t port)
{
	struct endpoint e = { .address = *a, .port = port };
	char buf[ENDPOINT_TEXT_LEN];
	struct record r;

	begin(&r, client, RECORD_DAEMON);
	put_text(&r, DAEMON_INTERFACE, endpoint_format(&e, buf, sizeof(buf)));
	return finish(&r, c, client);
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

	begin(&r, client, RECORD_DAEMON);
	put_text(&r, DAEMON_VERSION, CYGNET_VERSION);
	put_u64(&r, DAEMON_PID, c->settings.pid);
	if (c->settings.stack)
		put_text(&r, DAEMON_STACK, c->settings.stack);
	put_bool(&r, DAEMON_LISTENING, c->is_listening);
	put_u64(&r, DAEMON_UPTIME, (c->now_usec - c->start_usec) / USEC_PER_SEC);
	put_text(&r, DAEMON_DEBUG, debug_format(c->debug, debug, sizeof(debug)));
	ok &= finish(&r, c, client);
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
	put_text(r, field, all);
}

static void put_host(struct record *r, uint16_t field, const struct conn_end *end,
		     const char *written)
{
	if (!end->host.family && host_kind_is_looked_up(end->host_kind))
		put_text(r, field, written);
	else
		put_address(r, field, &end->host);
}

static void put_client(struct record *r, uint16_t field, const struct conn_end *end)
{
	if (!end->client_is_host || (end->clients.items[0].protocol && end->host.family))
		put_selectors(r, field, &end->clients);
}

static void put_ends(struct record *r, const struct connection *conn)
{
	const struct conn_end *us = conn->us, *peer = conn->peer;
	const struct conn_config *config = &conn->def->config;
	bool is_left = us == &conn->def->left;

	put_client(r, CONNECTION_OUR_CLIENT, us);
	put_host(r, CONNECTION_OUR_HOST, us, is_left ? config->left.host : config->right.host);
	put_identity(r, CONNECTION_OUR_ID, &us->id);
	if (us->nexthop.family)
		put_address(r, CONNECTION_OUR_NEXTHOP, &us->nexthop);
	put_host(r, CONNECTION_PEER_HOST, peer, is_left ? config->right.host : config->left.host);
	put_identity(r, CONNECTION_PEER_ID, &peer->id);
	put_client(r, CONNECTION_PEER_CLIENT, peer);
	if (peer->nexthop.family)
		put_address(r, CONNECTION_PEER_NEXTHOP, &peer->nexthop);
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

	begin(&r, client, RECORD_CONNECTION);
	put_name(&r, CONNECTION_NAME, conn);
	put_instance(&r, CONNECTION_NUMBER, conn);
	put_ends(&r, conn);
	put_text(&r, CONNECTION_ROUTING, routing_name((enum routing)conn->routing));
	if (conn->acquires)
		put_u64(&r, CONNECTION_ACQUIRES, conn->acquires);
	if (conn->session)
		put_u64(&r, CONNECTION_TICKET, seconds_to(c, conn->session->expires_usec));
	put_u64(&r, CONNECTION_OWNER, conn->policy_owner);
	put_bool(&r, CONNECTION_ORIENTED, conn->is_oriented);
	put_text(&r, CONNECTION_AUTH, connection_auth_word(conn));
	put_text(&r, CONNECTION_MODE,
		 keyword_get(keyword_by_conf("type"), config, false, mode, sizeof(mode)));
	put_proposals(&r, CONNECTION_IKE, conn->def->ike);
	put_proposals(&r, CONNECTION_ESP, conn->def->esp);
	put_u64(&r, CONNECTION_IKE_LIFETIME, config->ike_lifetime_usec / USEC_PER_SEC);
	put_u64(&r, CONNECTION_IPSEC_LIFETIME, config->ipsec_lifetime_usec / USEC_PER_SEC);
	put_u64(&r, CONNECTION_REKEY_MARGIN, config->rekey_margin_usec / USEC_PER_SEC);
	put_u64(&r, CONNECTION_REKEY_FUZZ, config->rekey_fuzz_percent);
	put_u64(&r, CONNECTION_KEYINGTRIES, config->keyingtries);
	put_u64(&r, CONNECTION_NEWEST_IKE, conn->newest_ike);
	put_u64(&r, CONNECTION_NEWEST_CHILD, conn->newest_child);
	return finish(&r, c, client);
}

static void put_selector(struct record *r, uint16_t field, const struct selector *s)
{
	char buf[SELECTOR_TEXT_LEN];

	put_text(r, field, selector_format(s, buf, sizeof(buf)));
}

static bool report_shunt(struct core *c, struct core_client *client, struct connection *conn,
			 const struct selector *local, const struct selector *remote)
{
	static const char *const words[] = { "none", "trap", "pass", "drop" };
	struct record r;

	begin(&r, client, RECORD_SHUNT);
	put_name(&r, SHUNT_FIELD_CONNECTION, conn);
	put_selector(&r, SHUNT_FIELD_OUR_TS, local);
	put_selector(&r, SHUNT_FIELD_PEER_TS, remote);
	put_text(&r, SHUNT_FIELD_WHAT, words[conn->route->shunt]);
	put_text(&r, SHUNT_FIELD_STATE, routing_name((enum routing)conn->routing));
	put_u64(&r, SHUNT_FIELD_ACQUIRES, conn->acquires);
	if (conn->last_error)
		put_text(&r, SHUNT_FIELD_REASON, conn->last_error);
	return finish(&r, c, client);
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
	uint32_t loaded = 0, routed = 0, active = 0, half = 0, established = 0, children = 0;
	struct connection *conn, *i;
	struct child_sa *child;
	struct ike_sa *ike;
	struct record r;

	list_each (conn, &c->connections.all, struct connection, node) {
		loaded++;
		routed += conn->policy_owner != 0 || conn->route;
		active += conn->newest_child != 0;
		list_each (i, &conn->instances, struct connection, node) {
			loaded++;
			routed += i->policy_owner != 0;
			active += i->newest_child != 0;
		}
	}
	list_each (ike, &c->ike_sas, struct ike_sa, node) {
		half += ike->phase == IKE_STARTING || ike->phase == IKE_HALF_OPEN;
		established += ike->phase == IKE_ESTABLISHED;
		list_each (child, &ike->children, struct child_sa, node)
			children += child->phase == CHILD_ESTABLISHED;
	}
	begin(&r, client, RECORD_TOTALS);
	put_u64(&r, TOTALS_LOADED, loaded);
	put_u64(&r, TOTALS_ROUTED, routed);
	put_u64(&r, TOTALS_ACTIVE, active);
	put_u64(&r, TOTALS_IKE, c->ike_count);
	put_u64(&r, TOTALS_IKE_HALF_OPEN, half);
	put_u64(&r, TOTALS_IKE_ESTABLISHED, established);
	put_u64(&r, TOTALS_CHILD, children);
	return finish(&r, c, client);
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
	put_text(r, IKE_SA_EVENT, event);
	put_u64(r, IKE_SA_EVENT_IN, seconds_to(c, when));
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
	put_text(r, field, buf);
}

bool report_ike(struct core *c, struct core_client *client, struct ike_sa *ike)
{
	static const struct state_name resuming = { "STATE_V2_IKE_SESSION_RESUME_I",
						    "sent IKE_SESSION_RESUME request" };
	const struct state_name *name =
		ike->phase == IKE_STARTING && ike->session ? &resuming : &ike_states[ike->phase];
	struct record r;

	begin(&r, client, RECORD_IKE_SA);
	put_u64(&r, IKE_SA_SERIAL, ike->serial);
	if (ike->connection) {
		put_name(&r, IKE_SA_CONNECTION, ike->connection);
		put_instance(&r, IKE_SA_INSTANCE, ike->connection);
	}
	put_address(&r, IKE_SA_PEER, &ike->remote.address);
	put_u64(&r, IKE_SA_PEER_PORT, ike->remote.port);
	put_text(&r, IKE_SA_STATE, name->state);
	put_text(&r, IKE_SA_STORY, name->story);
	put_bool(&r, IKE_SA_ESTABLISHED, ike->phase == IKE_ESTABLISHED);
	if (ike->connection)
		put_ike_event(&r, c, ike);
	put_bool(&r, IKE_SA_NEWEST, ike->connection && ike->connection->newest_ike == ike->serial);
	put_bool(&r, IKE_SA_IDLE, is_idle(ike));
	put_ike_spi(&r, IKE_SA_OUR_SPI, ike_our_spi(ike));
	put_ike_spi(&r, IKE_SA_PEER_SPI, ike->is_initiator ? ike->spi_r : ike->spi_i);
	if (ike->phase == IKE_ESTABLISHED) {
		put_identity(&r, IKE_SA_PEER_ID, &ike->peer_id);
		put_suite(&r, IKE_SA_PROPOSAL, &ike->suite);
	}
	put_bool(&r, IKE_SA_INITIATOR, ike->is_initiator);
	if (ike->phase == IKE_ESTABLISHED)
		put_bool(&r, IKE_SA_RESUMED, ike->is_resumed);
	return finish(&r, c, client);
}

static void put_esp_spi(struct record *r, uint16_t field, uint32_t spi)
{
	char buf[9];
	struct text t = TEXT_OVER(buf);

	text_add(&t, "%08x", spi);
	put_text(r, field, buf);
}

/* Only of a child that carries traffic: clients take an SPI in the line for a tunnel that is up. */
static void put_child_traffic(struct record *r, const struct child_sa *child)
{
	put_address(r, CHILD_SA_OUR, &child->local);
	put_esp_spi(r, CHILD_SA_OUR_SPI, child->spi_in);
	put_esp_spi(r, CHILD_SA_PEER_SPI, child->spi_out);
	put_bool(r, CHILD_SA_TUNNEL, child->is_tunnel);
	put_u64(r, CHILD_SA_IN_BYTES, child->in_bytes);
	put_u64(r, CHILD_SA_OUT_BYTES, child->out_bytes);
	put_selectors(r, CHILD_SA_OUR_TS, &child->ts_local);
	put_selectors(r, CHILD_SA_PEER_TS, &child->ts_remote);
	put_suite(r, CHILD_SA_PROPOSAL, &child->suite);
}

bool report_child(struct core *c, struct core_client *client, struct ike_sa *ike,
		  struct child_sa *child)
{
	const struct connection *conn = child->connection;
	struct state_name name = child_state(ike, child);
	bool is_up = child->phase == CHILD_ESTABLISHED;
	struct record r;

	begin(&r, client, RECORD_CHILD_SA);
	put_u64(&r, CHILD_SA_SERIAL, child->serial);
	put_name(&r, CHILD_SA_CONNECTION, conn);
	put_instance(&r, CHILD_SA_INSTANCE, conn);
	put_address(&r, CHILD_SA_PEER, &child->remote);
	put_u64(&r, CHILD_SA_PEER_PORT, ike->remote.port);
	put_text(&r, CHILD_SA_STATE, name.state);
	put_text(&r, CHILD_SA_STORY, name.story);
	put_bool(&r, CHILD_SA_ESTABLISHED, is_up);
	if (is_up && child->expires_usec != USEC_NEVER) {
		put_text(&r, CHILD_SA_EVENT, lifetime_event(conn));
		put_u64(&r, CHILD_SA_EVENT_IN, seconds_to(c, child->expires_usec));
	}
	put_bool(&r, CHILD_SA_NEWEST, conn->newest_child == child->serial);
	put_bool(&r, CHILD_SA_OWNER, conn->policy_owner == child->serial);
	put_u64(&r, CHILD_SA_IKE_SERIAL, ike->serial);
	put_bool(&r, CHILD_SA_IDLE, is_idle(ike));
	if (is_up)
		put_child_traffic(&r, child);
	return finish(&r, c, client);
}

bool report_traffic(struct core *c, struct core_client *client, struct ike_sa *ike,
		    struct child_sa *child)
{
	struct record r;

	begin(&r, client, RECORD_TRAFFIC);
	put_u64(&r, TRAFFIC_SERIAL, child->serial);
	put_name(&r, TRAFFIC_CONNECTION, child->connection);
	put_instance(&r, TRAFFIC_INSTANCE, child->connection);
	put_address(&r, TRAFFIC_PEER, &child->remote);
	put_text(&r, TRAFFIC_TYPE, child_protocol(child->connection) == PROTOCOL_AH ? "AH" : "ESP");
	put_u64(&r, TRAFFIC_ADD_TIME, child->installed_wall_sec);
	put_u64(&r, TRAFFIC_IN_BYTES, child->in_bytes);
	put_u64(&r, TRAFFIC_OUT_BYTES, child->out_bytes);
	put_identity(&r, TRAFFIC_PEER_ID, &ike->peer_id);
	put_u64(&r, TRAFFIC_IN_PACKETS, child->in_packets);
	put_u64(&r, TRAFFIC_OUT_PACKETS, child->out_packets);
	return finish(&r, c, client);
}

bool report_pool(struct core *c, struct core_client *client, const struct pool *pool)
{
	char range[RANGE_TEXT_LEN];
	struct record r;

	begin(&r, client, RECORD_POOL);
	put_text(&r, POOL_RANGE, range_format(&pool->range, range, sizeof(range)));
	put_u64(&r, POOL_SIZE, pool->size);
	put_u64(&r, POOL_IN_USE, pool->in_use);
	put_u64(&r, POOL_WAITING, pool->stored - pool->in_use);
	put_u64(&r, POOL_CONNECTIONS, pool->users);
	return finish(&r, c, client);
}

bool report_lease(struct core *c, struct core_client *client, const struct lease *lease)
{
	char range[RANGE_TEXT_LEN];
	struct record r;

	begin(&r, client, RECORD_LEASE);
	put_address(&r, LEASE_ADDRESS, &lease->address);
	put_identity(&r, LEASE_PEER_ID, &lease->id);
	put_u64(&r, LEASE_HOLDERS, lease->holders);
	put_text(&r, LEASE_POOL, range_format(&lease->pool->range, range, sizeof(range)));
	return finish(&r, c, client);
}
