/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE table of status records. To add a field: its id in records.h and a row here; JSON follows,
 * the classic lines (render_classic.c) only where a program out there reads the field.
 */
#include "ctl/records.h"

static const struct field_row shunt_fields[] = {
	{ SHUNT_FIELD_CONNECTION, FIELD_TEXT, "connection" },
	{ SHUNT_FIELD_OUR_TS, FIELD_TEXT, "our_selector" },
	{ SHUNT_FIELD_PEER_TS, FIELD_TEXT, "peer_selector" },
	{ SHUNT_FIELD_WHAT, FIELD_TEXT, "what" },
	{ SHUNT_FIELD_STATE, FIELD_TEXT, "routing" },
	{ SHUNT_FIELD_ACQUIRES, FIELD_U64, "acquires" },
	{ SHUNT_FIELD_REASON, FIELD_TEXT, "reason" },
};

static const struct field_row log_fields[] = {
	{ LOG_CODE, FIELD_U64, "code" },
	{ LOG_TEXT, FIELD_TEXT, "text" },
};

static const struct field_row change_fields[] = {
	{ CHANGE_NAME, FIELD_TEXT, "connection" }, { CHANGE_WHAT, FIELD_TEXT, "what" },
	{ CHANGE_OPTION, FIELD_TEXT, "option" },   { CHANGE_OLD, FIELD_TEXT, "old" },
	{ CHANGE_NEW, FIELD_TEXT, "new" },         { CHANGE_BASE, FIELD_TEXT, "base" },
};

static const struct field_row connection_fields[] = {
	{ CONNECTION_NAME, FIELD_TEXT, "name" },
	{ CONNECTION_OUR_CLIENT, FIELD_TEXT, "our_client" },
	{ CONNECTION_OUR_HOST, FIELD_TEXT, "our_host" },
	{ CONNECTION_OUR_ID, FIELD_TEXT, "our_id" },
	{ CONNECTION_PEER_HOST, FIELD_TEXT, "peer_host" },
	{ CONNECTION_PEER_ID, FIELD_TEXT, "peer_id" },
	{ CONNECTION_PEER_CLIENT, FIELD_TEXT, "peer_client" },
	{ CONNECTION_ROUTING, FIELD_TEXT, "routing" },
	{ CONNECTION_OWNER, FIELD_U64, "owner" },
	{ CONNECTION_ORIENTED, FIELD_BOOL, "oriented" },
	{ CONNECTION_AUTH, FIELD_TEXT, "auth" },
	{ CONNECTION_MODE, FIELD_TEXT, "mode" },
	{ CONNECTION_IKE, FIELD_TEXT, "ike" },
	{ CONNECTION_ESP, FIELD_TEXT, "esp" },
	{ CONNECTION_IKE_LIFETIME, FIELD_U64, "ike_lifetime_seconds" },
	{ CONNECTION_IPSEC_LIFETIME, FIELD_U64, "ipsec_lifetime_seconds" },
	{ CONNECTION_REKEY_MARGIN, FIELD_U64, "rekey_margin_seconds" },
	{ CONNECTION_REKEY_FUZZ, FIELD_U64, "rekey_fuzz_percent" },
	{ CONNECTION_KEYINGTRIES, FIELD_U64, "keyingtries" },
	{ CONNECTION_NEWEST_IKE, FIELD_U64, "newest_ike_sa" },
	{ CONNECTION_NEWEST_CHILD, FIELD_U64, "newest_child_sa" },
	{ CONNECTION_OUR_NEXTHOP, FIELD_TEXT, "our_nexthop" },
	{ CONNECTION_PEER_NEXTHOP, FIELD_TEXT, "peer_nexthop" },
	{ CONNECTION_NUMBER, FIELD_U64, "instance" },
	{ CONNECTION_ACQUIRES, FIELD_U64, "acquires" },
	{ CONNECTION_TICKET, FIELD_U64, "ticket_seconds" },
	{ CONNECTION_STATE, FIELD_TEXT, "state" },
	{ CONNECTION_CAUSE, FIELD_TEXT, "cause" },
	{ CONNECTION_FAILED_AT, FIELD_U64, "failed_at" },
	{ CONNECTION_TYPE, FIELD_TEXT, "type" },
	{ CONNECTION_RETRY_IN, FIELD_U64, "retry_in_seconds" },
};

static const struct field_row ike_sa_fields[] = {
	{ IKE_SA_SERIAL, FIELD_U64, "serial" },
	{ IKE_SA_CONNECTION, FIELD_TEXT, "connection" },
	{ IKE_SA_PEER, FIELD_TEXT, "peer" },
	{ IKE_SA_PEER_PORT, FIELD_U64, "peer_port" },
	{ IKE_SA_STATE, FIELD_TEXT, "state" },
	{ IKE_SA_STORY, FIELD_TEXT, "story" },
	{ IKE_SA_ESTABLISHED, FIELD_BOOL, "established" },
	{ IKE_SA_EVENT, FIELD_TEXT, "event" },
	{ IKE_SA_EVENT_IN, FIELD_U64, "event_in_seconds" },
	{ IKE_SA_NEWEST, FIELD_BOOL, "newest" },
	{ IKE_SA_IDLE, FIELD_BOOL, "idle" },
	{ IKE_SA_OUR_SPI, FIELD_TEXT, "our_spi" },
	{ IKE_SA_PEER_SPI, FIELD_TEXT, "peer_spi" },
	{ IKE_SA_PEER_ID, FIELD_TEXT, "peer_id" },
	{ IKE_SA_PROPOSAL, FIELD_TEXT, "proposal" },
	{ IKE_SA_INITIATOR, FIELD_BOOL, "initiator" },
	{ IKE_SA_INSTANCE, FIELD_U64, "instance" },
	{ IKE_SA_RESUMED, FIELD_BOOL, "resumed" },
	{ IKE_SA_AGE, FIELD_U64, "age_seconds" },
	{ IKE_SA_REKEY_IN, FIELD_U64, "rekey_in_seconds" },
};

static const struct field_row child_sa_fields[] = {
	{ CHILD_SA_SERIAL, FIELD_U64, "serial" },
	{ CHILD_SA_CONNECTION, FIELD_TEXT, "connection" },
	{ CHILD_SA_PEER, FIELD_TEXT, "peer" },
	{ CHILD_SA_PEER_PORT, FIELD_U64, "peer_port" },
	{ CHILD_SA_STATE, FIELD_TEXT, "state" },
	{ CHILD_SA_STORY, FIELD_TEXT, "story" },
	{ CHILD_SA_ESTABLISHED, FIELD_BOOL, "established" },
	{ CHILD_SA_EVENT, FIELD_TEXT, "event" },
	{ CHILD_SA_EVENT_IN, FIELD_U64, "event_in_seconds" },
	{ CHILD_SA_NEWEST, FIELD_BOOL, "newest" },
	{ CHILD_SA_OWNER, FIELD_BOOL, "owner" },
	{ CHILD_SA_IKE_SERIAL, FIELD_U64, "ike_sa" },
	{ CHILD_SA_IDLE, FIELD_BOOL, "idle" },
	{ CHILD_SA_OUR, FIELD_TEXT, "our_address" },
	{ CHILD_SA_OUR_SPI, FIELD_TEXT, "our_spi" },
	{ CHILD_SA_PEER_SPI, FIELD_TEXT, "peer_spi" },
	{ CHILD_SA_TUNNEL, FIELD_BOOL, "tunnel" },
	{ CHILD_SA_IN_BYTES, FIELD_U64, "in_bytes" },
	{ CHILD_SA_OUT_BYTES, FIELD_U64, "out_bytes" },
	{ CHILD_SA_OUR_TS, FIELD_TEXT, "our_selectors" },
	{ CHILD_SA_PEER_TS, FIELD_TEXT, "peer_selectors" },
	{ CHILD_SA_PROPOSAL, FIELD_TEXT, "proposal" },
	{ CHILD_SA_INSTANCE, FIELD_U64, "instance" },
	{ CHILD_SA_AGE, FIELD_U64, "age_seconds" },
	{ CHILD_SA_REKEY_IN, FIELD_U64, "rekey_in_seconds" },
	{ CHILD_SA_PEER_ID, FIELD_TEXT, "peer_id" },
	{ CHILD_SA_TYPE, FIELD_TEXT, "type" },
	{ CHILD_SA_OUR_CPI, FIELD_TEXT, "our_cpi" },
	{ CHILD_SA_PEER_CPI, FIELD_TEXT, "peer_cpi" },
	{ CHILD_SA_MAX_BYTES, FIELD_U64, "max_bytes" },
};

static const struct field_row traffic_fields[] = {
	{ TRAFFIC_SERIAL, FIELD_U64, "serial" },
	{ TRAFFIC_CONNECTION, FIELD_TEXT, "connection" },
	{ TRAFFIC_TYPE, FIELD_TEXT, "type" },
	{ TRAFFIC_ADD_TIME, FIELD_U64, "add_time" },
	{ TRAFFIC_IN_BYTES, FIELD_U64, "in_bytes" },
	{ TRAFFIC_OUT_BYTES, FIELD_U64, "out_bytes" },
	{ TRAFFIC_PEER_ID, FIELD_TEXT, "peer_id" },
	{ TRAFFIC_IN_PACKETS, FIELD_U64, "in_packets" },
	{ TRAFFIC_OUT_PACKETS, FIELD_U64, "out_packets" },
	{ TRAFFIC_INSTANCE, FIELD_U64, "instance" },
	{ TRAFFIC_PEER, FIELD_TEXT, "peer" },
};

static const struct field_row totals_fields[] = {
	{ TOTALS_LOADED, FIELD_U64, "connections_loaded" },
	{ TOTALS_ROUTED, FIELD_U64, "connections_routed" },
	{ TOTALS_ACTIVE, FIELD_U64, "connections_active" },
	{ TOTALS_IKE, FIELD_U64, "ike_sas" },
	{ TOTALS_IKE_HALF_OPEN, FIELD_U64, "ike_sas_half_open" },
	{ TOTALS_IKE_ESTABLISHED, FIELD_U64, "ike_sas_established" },
	{ TOTALS_CHILD, FIELD_U64, "child_sas" },
	{ TOTALS_UP, FIELD_U64, "up" },
	{ TOTALS_CONNECTING, FIELD_U64, "connecting" },
	{ TOTALS_FAILED, FIELD_U64, "failed" },
	{ TOTALS_DOWN, FIELD_U64, "down" },
	{ TOTALS_WAITING, FIELD_U64, "waiting" },
	{ TOTALS_LISTENING, FIELD_BOOL, "listening" },
};

static const struct field_row credential_fields[] = {
	{ CREDENTIAL_NAME, FIELD_TEXT, "name" },
	{ CREDENTIAL_SUBJECT, FIELD_TEXT, "subject" },
	{ CREDENTIAL_ISSUER, FIELD_TEXT, "issuer" },
	{ CREDENTIAL_SERIAL, FIELD_TEXT, "serial" },
	{ CREDENTIAL_KEY, FIELD_TEXT, "key" },
	{ CREDENTIAL_CKAID, FIELD_TEXT, "ckaid" },
	{ CREDENTIAL_PRIVATE, FIELD_BOOL, "has_private_key" },
	{ CREDENTIAL_FROM, FIELD_U64, "not_before" },
	{ CREDENTIAL_UNTIL, FIELD_U64, "not_after" },
	{ CREDENTIAL_REVOKED, FIELD_U64, "revoked" },
	{ CREDENTIAL_STATE, FIELD_TEXT, "state" },
};

static const struct field_row daemon_fields[] = {
	{ DAEMON_VERSION, FIELD_TEXT, "version" },
	{ DAEMON_PID, FIELD_U64, "pid" },
	{ DAEMON_LISTENING, FIELD_BOOL, "listening" },
	{ DAEMON_INTERFACE, FIELD_TEXT, "interface" },
	{ DAEMON_UPTIME, FIELD_U64, "uptime_seconds" },
	{ DAEMON_DEBUG, FIELD_TEXT, "debug" },
	{ DAEMON_STACK, FIELD_TEXT, "stack" },
	{ DAEMON_WORKERS, FIELD_U64, "workers" },
	{ DAEMON_FIPS, FIELD_BOOL, "fips" },
};

static const struct field_row pool_fields[] = {
	{ POOL_RANGE, FIELD_TEXT, "range" },
	{ POOL_SIZE, FIELD_U64, "addresses" },
	{ POOL_IN_USE, FIELD_U64, "in_use" },
	{ POOL_WAITING, FIELD_U64, "waiting" },
	{ POOL_CONNECTIONS, FIELD_U64, "connections" },
};

static const struct field_row lease_fields[] = {
	{ LEASE_ADDRESS, FIELD_TEXT, "address" },
	{ LEASE_PEER_ID, FIELD_TEXT, "peer_id" },
	{ LEASE_HOLDERS, FIELD_U64, "ike_sas" },
	{ LEASE_POOL, FIELD_TEXT, "pool" },
};

static const struct field_row event_fields[] = {
	{ EVENT_FIELD_CURSOR, FIELD_TEXT, "cursor" },
	{ EVENT_FIELD_TIME, FIELD_U64, "time" },
	{ EVENT_FIELD_EVENT, FIELD_TEXT, "event" },
	{ EVENT_FIELD_CONNECTION, FIELD_TEXT, "connection" },
	{ EVENT_FIELD_INSTANCE, FIELD_U64, "instance" },
	{ EVENT_FIELD_SERIAL, FIELD_U64, "serial" },
	{ EVENT_FIELD_IKE_SERIAL, FIELD_U64, "ike_sa" },
	{ EVENT_FIELD_OTHER, FIELD_U64, "other" },
	{ EVENT_FIELD_PEER, FIELD_TEXT, "peer" },
	{ EVENT_FIELD_PEER_ID, FIELD_TEXT, "peer_id" },
	{ EVENT_FIELD_OUR_TS, FIELD_TEXT, "our_selectors" },
	{ EVENT_FIELD_PEER_TS, FIELD_TEXT, "peer_selectors" },
	{ EVENT_FIELD_CAUSE, FIELD_TEXT, "cause" },
	{ EVENT_FIELD_TEXT, FIELD_TEXT, "text" },
	{ EVENT_FIELD_LEVEL, FIELD_TEXT, "level" },
	{ EVENT_FIELD_LOST, FIELD_U64, "lost" },
	{ EVENT_FIELD_IN_BYTES, FIELD_U64, "in_bytes" },
	{ EVENT_FIELD_OUT_BYTES, FIELD_U64, "out_bytes" },
	{ EVENT_FIELD_ADDRESS, FIELD_TEXT, "address" },
	{ EVENT_FIELD_CODE, FIELD_U64, "code" },
};

static const struct field_row failure_fields[] = {
	{ FAILURE_CONNECTION, FIELD_TEXT, "connection" },
	{ FAILURE_INSTANCE, FIELD_U64, "instance" },
	{ FAILURE_PEER, FIELD_TEXT, "peer" },
	{ FAILURE_TIME, FIELD_U64, "time" },
	{ FAILURE_CAUSE, FIELD_TEXT, "cause" },
	{ FAILURE_TEXT, FIELD_TEXT, "text" },
	{ FAILURE_NEXT, FIELD_TEXT, "next_step" },
	{ FAILURE_DETAIL, FIELD_TEXT, "detail" },
	{ FAILURE_COUNT, FIELD_U64, "count" },
	{ FAILURE_OVER, FIELD_BOOL, "over" },
	{ FAILURE_STATE, FIELD_TEXT, "state" },
	{ FAILURE_RETRY_IN, FIELD_U64, "retry_in_seconds" },
};

static const struct field_row what_if_fields[] = {
	{ WHAT_IF_DIRECTION, FIELD_TEXT, "direction" },
	{ WHAT_IF_ACTION, FIELD_TEXT, "action" },
	{ WHAT_IF_CONNECTION, FIELD_TEXT, "connection" },
	{ WHAT_IF_INSTANCE, FIELD_U64, "instance" },
	{ WHAT_IF_OUR_TS, FIELD_TEXT, "our_selector" },
	{ WHAT_IF_PEER_TS, FIELD_TEXT, "peer_selector" },
	{ WHAT_IF_SERIAL, FIELD_U64, "serial" },
	{ WHAT_IF_SPI, FIELD_TEXT, "spi" },
	{ WHAT_IF_PEER, FIELD_TEXT, "peer" },
	{ WHAT_IF_TEXT, FIELD_TEXT, "text" },
	{ WHAT_IF_ROUTING, FIELD_TEXT, "routing" },
};

static const struct field_row timer_fields[] = {
	{ TIMER_WHAT, FIELD_TEXT, "event" },
	{ TIMER_IN, FIELD_U64, "in_seconds" },
	{ TIMER_CONNECTION, FIELD_TEXT, "connection" },
	{ TIMER_INSTANCE, FIELD_U64, "instance" },
	{ TIMER_SERIAL, FIELD_U64, "serial" },
};

static const struct field_row script_fields[] = {
	{ SCRIPT_CONNECTION, FIELD_TEXT, "connection" },
	{ SCRIPT_VERB, FIELD_TEXT, "verb" },
	{ SCRIPT_AGE, FIELD_U64, "age_seconds" },
};

static const struct field_row counters_fields[] = {
	{ COUNTERS_START, FIELD_U64, "start_time" },
	{ COUNTERS_PACKETS_IN, FIELD_U64, "packets_in" },
	{ COUNTERS_PACKETS_DROPPED, FIELD_U64, "packets_dropped" },
	{ COUNTERS_COOKIES, FIELD_U64, "cookies" },
	{ COUNTERS_HALF_OPEN, FIELD_U64, "half_open" },
	{ COUNTERS_RETRANSMITS, FIELD_U64, "retransmits" },
	{ COUNTERS_ACQUIRES, FIELD_U64, "acquires" },
	{ COUNTERS_LINES_DROPPED, FIELD_U64, "log_lines_dropped" },
	{ COUNTERS_SINCE, FIELD_U64, "since" },
};

static const struct field_row count_fields[] = {
	{ COUNT_WORD, FIELD_TEXT, "word" },
	{ COUNT_VALUE, FIELD_U64, "count" },
};

static const struct field_row tunnel_fields[] = {
	{ TUNNEL_CONNECTION, FIELD_TEXT, "connection" },
	{ TUNNEL_INSTANCE, FIELD_U64, "instance" },
	{ TUNNEL_PEER, FIELD_TEXT, "peer" },
	{ TUNNEL_STATE, FIELD_TEXT, "state" },
	{ TUNNEL_CHILDREN, FIELD_U64, "child_sas" },
	{ TUNNEL_REKEYS, FIELD_U64, "rekeys" },
	{ TUNNEL_FAILURES, FIELD_U64, "failures" },
	{ TUNNEL_IN_BYTES, FIELD_U64, "in_bytes" },
	{ TUNNEL_OUT_BYTES, FIELD_U64, "out_bytes" },
	{ TUNNEL_IN_PACKETS, FIELD_U64, "in_packets" },
	{ TUNNEL_OUT_PACKETS, FIELD_U64, "out_packets" },
	{ TUNNEL_WANTED, FIELD_BOOL, "wanted" },
};

#define FIELDS(rows) (rows), ARRAY_LEN(rows)

const struct record_row records[] = {
	{ RECORD_LOG, "log", FIELDS(log_fields) },
	{ RECORD_CONNECTION, "connections", FIELDS(connection_fields) },
	{ RECORD_IKE_SA, "ike_sas", FIELDS(ike_sa_fields) },
	{ RECORD_CHILD_SA, "child_sas", FIELDS(child_sa_fields) },
	{ RECORD_TRAFFIC, "traffic", FIELDS(traffic_fields) },
	{ RECORD_TOTALS, "totals", FIELDS(totals_fields) },
	{ RECORD_DAEMON, "daemon", FIELDS(daemon_fields) },
	{ RECORD_PUBKEY, "public_keys", FIELDS(credential_fields) },
	{ RECORD_CERT, "certificates", FIELDS(credential_fields) },
	{ RECORD_CACERT, "ca_certificates", FIELDS(credential_fields) },
	{ RECORD_CRL, "crls", FIELDS(credential_fields) },
	{ RECORD_PSK, "preshared_keys", FIELDS(credential_fields) },
	{ RECORD_ALIVE, "alive", NULL, 0 },
	{ RECORD_SHUNT, "shunts", FIELDS(shunt_fields) },
	{ RECORD_POOL, "pools", FIELDS(pool_fields) },
	{ RECORD_LEASE, "leases", FIELDS(lease_fields) },
	{ RECORD_EVENT, "events", FIELDS(event_fields) },
	{ RECORD_FAILURE, "failures", FIELDS(failure_fields) },
	{ RECORD_WHAT_IF, "packets", FIELDS(what_if_fields) },
	{ RECORD_COUNTERS, "counters", FIELDS(counters_fields) },
	{ RECORD_EVENT_COUNT, "event_counts", FIELDS(count_fields) },
	{ RECORD_CAUSE_COUNT, "cause_counts", FIELDS(count_fields) },
	{ RECORD_TUNNEL, "tunnels", FIELDS(tunnel_fields) },
	{ RECORD_CHANGE, "changes", FIELDS(change_fields) },
	{ RECORD_TIMER, "timers", FIELDS(timer_fields) },
	{ RECORD_SCRIPT, "scripts", FIELDS(script_fields) },
};

const size_t record_count = ARRAY_LEN(records);
