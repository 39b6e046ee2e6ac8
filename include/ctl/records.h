/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE table of status records: every kind of record a reply can hold and the fields of each. The
 * daemon fills a record field by field; the client renders it as the classic lines or as JSON.
 * A field left out is unknown or not applicable, never an error.
 */
#ifndef CTL_RECORDS_H
#define CTL_RECORDS_H

#include "ctl/message.h"

/* Numbers go over the control socket: never reused. */
enum record_kind {
	RECORD_LOG = 1,
	RECORD_CONNECTION = 2,
	RECORD_IKE_SA = 3,
	RECORD_CHILD_SA = 4,
	RECORD_TRAFFIC = 5,
	RECORD_TOTALS = 6,
	RECORD_DAEMON = 7,
	RECORD_ALIVE = 8, /* nothing to say: the daemon still works on the request */
	RECORD_PUBKEY = 20,
	RECORD_CERT = 21,
	RECORD_CACERT = 22,
	RECORD_CRL = 23,
	RECORD_PSK = 24,
	RECORD_SHUNT = 40,
	RECORD_POOL = 30,
	RECORD_LEASE = 31,
	/* what happens, and what has happened */
	RECORD_EVENT = 200,
	RECORD_FAILURE = 201,
	RECORD_WHAT_IF = 202,
	RECORD_COUNTERS = 203,
	RECORD_EVENT_COUNT = 204,
	RECORD_CAUSE_COUNT = 205,
	RECORD_TUNNEL = 206,
	RECORD_CHANGE = 50,
	RECORD_TIMER = 60,
	RECORD_SCRIPT = 61,
};

enum field_type { FIELD_U64 = 1, FIELD_TEXT = 2, FIELD_BOOL = 3 };

/* Ids are per kind and become attribute ids: never reused within their kind. */
enum log_field { LOG_CODE = 1, LOG_TEXT = 2 };

enum change_field {
	CHANGE_NAME = 1,
	CHANGE_WHAT = 2,   /* add, replace, delete */
	CHANGE_OPTION = 3, /* of one that is replaced: ipsec.conf's word, a record for each */
	CHANGE_OLD = 4,
	CHANGE_NEW = 5,
	CHANGE_BASE = 6, /* of one of several that --subnets makes: the name they were added by */
};

enum connection_field {
	CONNECTION_NAME = 1,
	CONNECTION_OUR_CLIENT = 2, /* selectors: 10.1.0.0/24; the host's own is left out */
	CONNECTION_OUR_HOST = 3,   /* address, or %any */
	CONNECTION_OUR_ID = 4,
	CONNECTION_PEER_HOST = 5,
	CONNECTION_PEER_ID = 6,
	CONNECTION_PEER_CLIENT = 7,
	CONNECTION_ROUTING = 8, /* unrouted, prospective erouted, erouted */
	CONNECTION_OWNER = 9,   /* serial number of the Child SA in use; 0: none */
	CONNECTION_ORIENTED = 10,
	CONNECTION_AUTH = 11, /* PSK */
	CONNECTION_MODE = 12, /* tunnel, transport */
	CONNECTION_IKE = 13,  /* proposals as text */
	CONNECTION_ESP = 14,
	CONNECTION_IKE_LIFETIME = 15, /* seconds */
	CONNECTION_IPSEC_LIFETIME = 16,
	CONNECTION_REKEY_MARGIN = 17,
	CONNECTION_REKEY_FUZZ = 18, /* percent */
	CONNECTION_KEYINGTRIES = 19,
	CONNECTION_NEWEST_IKE = 20, /* serial numbers; 0: none */
	CONNECTION_NEWEST_CHILD = 21,
	CONNECTION_OUR_NEXTHOP = 22,
	CONNECTION_PEER_NEXTHOP = 23,
	CONNECTION_NUMBER = 64, /* number of an instance of a template */
	CONNECTION_ACQUIRES = 65,
	CONNECTION_TICKET = 80,    /* seconds that it may be resumed yet; absent: it may not */
	CONNECTION_STATE = 90,     /* up, connecting, failed, routed, down, template */
	CONNECTION_CAUSE = 91,     /* of the last failure, while it is not up (ctl/causes.h) */
	CONNECTION_FAILED_AT = 92, /* seconds since 1970 */
	CONNECTION_RETRY_IN = 93,  /* seconds */
	CONNECTION_TYPE = 94,      /* of its children: ESP, AH */
};

enum ike_sa_field {
	IKE_SA_SERIAL = 1,
	IKE_SA_CONNECTION = 2,
	IKE_SA_PEER = 3, /* address */
	IKE_SA_PEER_PORT = 4,
	IKE_SA_STATE = 5, /* STATE_V2_ESTABLISHED_IKE_SA and the like */
	IKE_SA_STORY = 6, /* established IKE SA */
	IKE_SA_ESTABLISHED = 7,
	IKE_SA_EVENT = 8,    /* EVENT_SA_REPLACE and the like */
	IKE_SA_EVENT_IN = 9, /* seconds */
	IKE_SA_NEWEST = 10,
	IKE_SA_IDLE = 11,    /* no exchange of ours in flight */
	IKE_SA_OUR_SPI = 12, /* hex */
	IKE_SA_PEER_SPI = 13,
	IKE_SA_PEER_ID = 14,
	IKE_SA_PROPOSAL = 15, /* AES_GCM_16_256-HMAC_SHA2_256-MODP2048 */
	IKE_SA_INITIATOR = 16,
	IKE_SA_INSTANCE = 64,
	IKE_SA_RESUMED = 80, /* it came up by a ticket */
	IKE_SA_AGE = 90,     /* seconds since it was established */
	IKE_SA_REKEY_IN = 91,
};

enum child_sa_field {
	CHILD_SA_SERIAL = 1,
	CHILD_SA_CONNECTION = 2,
	CHILD_SA_PEER = 3,
	CHILD_SA_PEER_PORT = 4,
	CHILD_SA_STATE = 5,
	CHILD_SA_STORY = 6, /* established Child SA */
	CHILD_SA_ESTABLISHED = 7,
	CHILD_SA_EVENT = 8,
	CHILD_SA_EVENT_IN = 9,
	CHILD_SA_NEWEST = 10,
	CHILD_SA_OWNER = 11, /* the connection's traffic goes through it */
	CHILD_SA_IKE_SERIAL = 12,
	CHILD_SA_IDLE = 13,
	CHILD_SA_OUR = 14,     /* address */
	CHILD_SA_OUR_SPI = 15, /* 8 hex digits: of traffic to us */
	CHILD_SA_PEER_SPI = 16,
	CHILD_SA_TUNNEL = 17,
	CHILD_SA_IN_BYTES = 18,
	CHILD_SA_OUT_BYTES = 19,
	CHILD_SA_OUR_TS = 20,
	CHILD_SA_PEER_TS = 21,
	CHILD_SA_PROPOSAL = 22,
	CHILD_SA_INSTANCE = 64,
	CHILD_SA_AGE = 90,      /* seconds since it was established */
	CHILD_SA_REKEY_IN = 91, /* seconds until it is to be replaced */
	CHILD_SA_PEER_ID = 92,
	CHILD_SA_TYPE = 93,    /* ESP, AH */
	CHILD_SA_OUR_CPI = 94, /* 4 hex digits, of IPComp; absent: it does not compress */
	CHILD_SA_PEER_CPI = 95,
	CHILD_SA_MAX_BYTES = 96, /* in each direction, until it expires; 0: no limit */
};

enum traffic_field {
	TRAFFIC_SERIAL = 1,
	TRAFFIC_CONNECTION = 2,
	TRAFFIC_TYPE = 3,     /* ESP */
	TRAFFIC_ADD_TIME = 4, /* seconds since 1970 */
	TRAFFIC_IN_BYTES = 5,
	TRAFFIC_OUT_BYTES = 6,
	TRAFFIC_PEER_ID = 7,
	TRAFFIC_IN_PACKETS = 8,
	TRAFFIC_OUT_PACKETS = 9,
	TRAFFIC_INSTANCE = 64,
	TRAFFIC_PEER = 65, /* address */
};

enum totals_field {
	TOTALS_LOADED = 1,
	TOTALS_ROUTED = 2,
	TOTALS_ACTIVE = 3,
	TOTALS_IKE = 4,
	TOTALS_IKE_HALF_OPEN = 5,
	TOTALS_IKE_ESTABLISHED = 6,
	TOTALS_CHILD = 7,
	/* connections and instances by CONNECTION_STATE */
	TOTALS_UP = 90,
	TOTALS_CONNECTING = 91,
	TOTALS_FAILED = 92,
	TOTALS_DOWN = 93,    /* neither up nor wanted */
	TOTALS_WAITING = 94, /* routed: the first packet negotiates */
	TOTALS_LISTENING = 95,
};

/* Of RECORD_PUBKEY, CERT, CACERT, CRL and PSK. */
enum credential_field {
	CREDENTIAL_NAME = 1,    /* nickname or file; of a key its identity */
	CREDENTIAL_SUBJECT = 2, /* of a PSK the identities it is for */
	CREDENTIAL_ISSUER = 3,
	CREDENTIAL_SERIAL = 4, /* hex */
	CREDENTIAL_KEY = 5,    /* RSA 2048 */
	CREDENTIAL_CKAID = 6,
	CREDENTIAL_PRIVATE = 7, /* its private key is here */
	CREDENTIAL_FROM = 8,    /* seconds since 1970; of a CRL its update */
	CREDENTIAL_UNTIL = 9,
	CREDENTIAL_REVOKED = 10, /* of a CRL: how many */
	CREDENTIAL_STATE = 11,   /* ok, expires soon, expired, not yet valid */
};

enum daemon_field {
	DAEMON_VERSION = 1,
	DAEMON_PID = 2,
	DAEMON_LISTENING = 3,
	DAEMON_INTERFACE = 4, /* one address and port; a record for each */
	DAEMON_UPTIME = 5,    /* seconds */
	DAEMON_DEBUG = 6,
	DAEMON_STACK = 7, /* xfrm, none */
	DAEMON_WORKERS = 8,
	DAEMON_FIPS = 9, /* the OpenSSL at hand is in FIPS mode */
};

enum shunt_field {
	SHUNT_FIELD_CONNECTION = 1,
	SHUNT_FIELD_OUR_TS = 2,
	SHUNT_FIELD_PEER_TS = 3,
	SHUNT_FIELD_WHAT = 4,  /* trap, pass, drop */
	SHUNT_FIELD_STATE = 5, /* as CONNECTION_ROUTING */
	SHUNT_FIELD_ACQUIRES = 6,
	SHUNT_FIELD_REASON = 7, /* of the last failure */
};

enum pool_field {
	POOL_RANGE = 1, /* as the connections name it */
	POOL_SIZE = 2,
	POOL_IN_USE = 3,
	POOL_WAITING = 4, /* kept for the identity that had it */
	POOL_CONNECTIONS = 5,
};

enum lease_field {
	LEASE_ADDRESS = 1,
	LEASE_PEER_ID = 2,
	LEASE_HOLDERS = 3, /* IKE SAs; 0: it waits for its identity */
	LEASE_POOL = 4,
};

/* Of RECORD_EVENT: what happened, to whom. Only the first three are always there. */
enum event_field {
	EVENT_FIELD_CURSOR = 1, /* where to go on reading: behind this one */
	EVENT_FIELD_TIME = 2,   /* seconds since 1970 */
	EVENT_FIELD_EVENT = 3,  /* a word of ctl/news.h */
	EVENT_FIELD_CONNECTION = 4,
	EVENT_FIELD_INSTANCE = 5,
	EVENT_FIELD_SERIAL = 6, /* of the IKE or Child SA */
	EVENT_FIELD_IKE_SERIAL = 7,
	EVENT_FIELD_OTHER = 8, /* serial: what took its place, or was replaced */
	EVENT_FIELD_PEER = 9,  /* address */
	EVENT_FIELD_PEER_ID = 10,
	EVENT_FIELD_OUR_TS = 11,
	EVENT_FIELD_PEER_TS = 12,
	EVENT_FIELD_CAUSE = 13, /* a word of ctl/causes.h */
	EVENT_FIELD_TEXT = 14,  /* the log line; the reason */
	EVENT_FIELD_LEVEL = 15, /* of a log line: error, warning, info, debug */
	EVENT_FIELD_LOST = 16,  /* so many were overwritten before they were read */
	EVENT_FIELD_IN_BYTES = 17,
	EVENT_FIELD_OUT_BYTES = 18,
	EVENT_FIELD_ADDRESS = 19, /* that was leased */
	EVENT_FIELD_CODE = 20,    /* of a log line: its number */
};

/* Of RECORD_FAILURE: the last failure of a connection. */
enum failure_field {
	FAILURE_CONNECTION = 1,
	FAILURE_INSTANCE = 2,
	FAILURE_PEER = 3,
	FAILURE_TIME = 4, /* seconds since 1970 */
	FAILURE_CAUSE = 5,
	FAILURE_TEXT = 6,
	FAILURE_NEXT = 7,   /* what to do about it */
	FAILURE_DETAIL = 8, /* facts of that attempt, lines apart by "; " */
	FAILURE_COUNT = 9,  /* of attempts that failed in a row */
	FAILURE_OVER = 10,  /* it has been up since */
	FAILURE_STATE = 11, /* as CONNECTION_STATE */
	FAILURE_RETRY_IN = 12,
};

/* Of RECORD_WHAT_IF: what becomes of a packet. */
enum what_if_field {
	WHAT_IF_DIRECTION = 1, /* out, in */
	WHAT_IF_ACTION = 2,    /* protect, negotiate, hold, pass, drop, clear */
	WHAT_IF_CONNECTION = 3,
	WHAT_IF_INSTANCE = 4,
	WHAT_IF_OUR_TS = 5, /* the policy: its selectors */
	WHAT_IF_PEER_TS = 6,
	WHAT_IF_SERIAL = 7, /* of the Child SA that carries it */
	WHAT_IF_SPI = 8,
	WHAT_IF_PEER = 9,
	WHAT_IF_TEXT = 10, /* in words */
	WHAT_IF_ROUTING = 11,
};

/* Of RECORD_TIMER: what is due by the clock. */
enum timer_field {
	TIMER_WHAT = 1, /* EVENT_SA_REPLACE, EVENT_RETRANSMIT, ... */
	TIMER_IN = 2,   /* seconds */
	TIMER_CONNECTION = 3,
	TIMER_INSTANCE = 4,
	TIMER_SERIAL = 5, /* of the SA; none: it is the connection's */
};

/* Of RECORD_SCRIPT: a run of an updown script that has not ended. */
enum script_field {
	SCRIPT_CONNECTION = 1,
	SCRIPT_VERB = 2,
	SCRIPT_AGE = 3, /* seconds since it was asked for */
};

/* Of RECORD_COUNTERS: since COUNTERS_SINCE. */
enum counters_field {
	COUNTERS_START = 1, /* of the daemon: seconds since 1970 */
	COUNTERS_PACKETS_IN = 2,
	COUNTERS_PACKETS_DROPPED = 3,
	COUNTERS_COOKIES = 4, /* asked for */
	COUNTERS_HALF_OPEN = 5,
	COUNTERS_RETRANSMITS = 7,
	COUNTERS_ACQUIRES = 8,
	COUNTERS_LINES_DROPPED = 9, /* that peers caused, and too many */
	COUNTERS_SINCE = 10,        /* the start, or the latest --clearstats: seconds since 1970 */
};

/* Of RECORD_EVENT_COUNT and RECORD_CAUSE_COUNT. */
enum count_field { COUNT_WORD = 1, COUNT_VALUE = 2 };

/* Of RECORD_TUNNEL: a connection for counting: it is there whether it is up or not. */
enum tunnel_field {
	TUNNEL_CONNECTION = 1,
	TUNNEL_INSTANCE = 2,
	TUNNEL_PEER = 3,
	TUNNEL_STATE = 4,
	TUNNEL_CHILDREN = 5,
	TUNNEL_REKEYS = 6,
	TUNNEL_FAILURES = 7,
	TUNNEL_IN_BYTES = 8, /* with those of Child SAs that have gone */
	TUNNEL_OUT_BYTES = 9,
	TUNNEL_IN_PACKETS = 10,
	TUNNEL_OUT_PACKETS = 11,
	TUNNEL_WANTED = 12,
};

struct field_row {
	uint16_t id;
	uint8_t type;     /* enum field_type */
	const char *name; /* in JSON */
};

struct record_row {
	uint16_t kind;
	const char *name; /* in JSON */
	const struct field_row *fields;
	size_t field_count;
};

extern const struct record_row records[];
extern const size_t record_count;

const struct record_row *record_by_kind(uint32_t kind);
const struct field_row *record_field(const struct record_row *r, uint16_t id);

/*
 * The daemon's side: begin over a buffer, put fields, finish. Text from outside must have gone
 * through text_escape before. A field that is not in the table or not of that type, and a record
 * that outgrew the buffer, make finish fail; *out is borrowed from the buffer.
 */
struct record_builder {
	struct ctl_builder frame;
	const struct record_row *row;
	bool bad;
};

struct record_builder ctl_record_begin(void *data, size_t capacity, uint32_t sequence,
				       enum record_kind kind);
void ctl_record_put_u64(struct record_builder *b, uint16_t field, uint64_t value);
void ctl_record_put_text(struct record_builder *b, uint16_t field, const char *value);
void ctl_record_put_bool(struct record_builder *b, uint16_t field, bool value);
bool ctl_record_finish(struct record_builder *b, struct slice *out);
/* A whole LOG record; the text is cut at 2000 octets. Needs CTL_LOG_MAX of room. */
struct slice ctl_log(void *data, size_t capacity, uint32_t sequence, uint32_t code,
		     const char *text);
#define CTL_LOG_MAX 2400u

/*
 * Finds the row of a RECORD frame and checks that every field is known or optional, of its type and
 * there but once. NULL with an error that names the kind or field.
 */
const struct record_row *record_check(const struct ctl_message *m, struct error *e);
/* A field's value; the fallback when it is absent. Text goes into out, "" when absent. */
uint64_t record_u64(const struct ctl_message *m, uint16_t field, uint64_t fallback);
bool record_bool(const struct ctl_message *m, uint16_t field);
const char *record_text(const struct ctl_message *m, uint16_t field, char *out, size_t size);

#endif
