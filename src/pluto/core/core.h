/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core's face: a pure function from events to actions. It makes no system call; whatever needs an
 * answer is an action that comes back as an event. Time comes in with the event.
 */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include "base/address.h"
#include "port/keep.h"
#include "port/kernel_event.h"
#include "port/kernel_ops.h"
#include "port/resolve_job.h"
#include "port/updown_job.h"
#include "port/work.h"

struct core;

/* When are cookies asked for? */
enum ddos_mode { DDOS_AUTO = 0, DDOS_BUSY = 1, DDOS_UNLIMITED = 2 };
/* A peer comes from elsewhere and says nothing of INITIAL_CONTACT: */
enum unique_policy {
	UNIQUE_REPLACE = 0, /* its older IKE SA goes */
	UNIQUE_KEEP = 1,    /* the newcomer is refused */
	UNIQUE_NO = 2,      /* both stay */
	UNIQUE_NEVER = 3,   /* both stay, even with INITIAL_CONTACT */
};

struct core_settings {
	uint64_t keepalive_usec;    /* between NAT keepalives (RFC 3948 4); default 20 s */
	uint32_t cookie_threshold;  /* half-open SAs in all before cookies; default 256 */
	uint32_t cookie_per_source; /* default 16 */
	uint32_t max_half_open;     /* default 10000 */
	bool always_cookie;         /* tests */
	bool short_resume;          /* tests: AUTH of a resumption must cover the message alone */
	bool single_pair;           /* tests: offers of several pairs are refused (RFC 7296 2.9) */
	uint8_t redirect_policy;    /* enum redirect_policy: of IKE_SA_INIT requests */
	const char *redirect_to;    /* addresses, commas between; copied; NULL: none */
	uint8_t ddos_mode;          /* enum ddos_mode */
	uint8_t uniqueids;          /* enum unique_policy */
	bool has_qcd_secret;
	uint8_t qcd_secret[32]; /* stored: the same in the next process (RFC 6290 5.1) */
	struct slice
		tickets;  /* what ACTION_TICKETS stored in the process before; read by core_new */
	size_t max_hosts; /* opportunistic ones at once; default 10,000 */
	uint64_t shunt_lifetime_usec; /* of what stands after a failure; default 15 m */
	uint64_t shunt_check_usec;    /* those that are over go so often; default 20 s */
	uint16_t ike_port;            /* where we listen; 0: 500 */
	uint16_t natt_port;           /* with the marker; 0: 4500 */
	size_t history_bytes;         /* of events and log lines that are kept; 0: a default */
	bool audit;                   /* events are actions too */
	bool keeps;                   /* hot restart: what is to outlive us is given to be kept */
	uint32_t pid;                 /* for status */
	bool is_fips;                 /* for status: the OpenSSL at hand is in FIPS mode */
	const char *stack;            /* name of the kernel backend, for status; static */
};

enum event_kind {
	EVENT_PACKET,
	EVENT_COMMAND, /* one whole control frame of a client */
	EVENT_CLIENT_GONE,
	EVENT_CLIENT_READY, /* answer to ACTION_MORE: the client has taken all it was sent */
	EVENT_TIMER,
	EVENT_KERNEL_DONE,
	EVENT_WORK_DONE,
	EVENT_UPDOWN_DONE,
	EVENT_ADDRESSES,      /* the list of our own addresses */
	EVENT_SECRETS_LOADED, /* answer to ACTION_REREAD_SECRETS */
	EVENT_SOURCE,         /* answer to ACTION_SOURCE: local is the address; NONE: no route */
	EVENT_TOO_LONG,       /* a datagram of the IKE SA owner is longer than the path bears */
	EVENT_STREAM_LOST, /* the TCP connection of the IKE SA owner, which we made, has broken */
	EVENT_SHUTDOWN,    /* a signal asked for it */
	EVENT_ACQUIRE,     /* a packet wants a tunnel: e->kernel, as in those below */
	EVENT_EXPIRE,      /* a kernel state reached a limit */
	EVENT_MAPPING,     /* a peer behind a NAT sends ESP from elsewhere */
	EVENT_RESOLVED,    /* a host was looked up, or could not be */
	EVENT_GROUP, /* a policy group's file: text is its name, datagram what it holds, or why not */
	EVENT_ADOPT,    /* datagram: the entries that a former run kept; addresses are known */
	EVENT_KEEP_ALL, /* what is kept is wanted whole: it has grown long */
	EVENT_KERNEL_CHANGED, /* somebody took away what is ours */
	EVENT_EXPIRING, /* which credentials end soon, or have; once a day, and after a reload */
};

struct event {
	uint64_t now_usec; /* CLOCK_BOOTTIME */
	uint64_t wall_sec; /* for add_time and logs only */
	uint8_t kind;      /* enum event_kind */
	/* PACKET */
	struct endpoint local, remote;
	struct slice datagram; /* without the non-ESP marker */
	bool natt;             /* came to the socket with the marker (port 4500) */
	/* COMMAND, CLIENT_GONE, CLIENT_READY */
	uint64_t client;
	uint8_t role; /* what the client may do: enum ctl role */
	struct slice frame;
	/* KERNEL_DONE: owned by the core from here on */
	struct kernel_batch *batch;
	uint64_t owner;
	uint32_t ticket;
	struct work *work;
	struct updown_job *job;
	const struct kernel_event *kernel; /* borrowed */
	struct resolve_job *resolve;       /* owned by the core from here on */
	/* ADDRESSES */
	const struct address *addresses;
	size_t address_count;
	const struct address *no_natt; /* those of them whose NAT port could not be opened */
	size_t no_natt_count;
	bool listening; /* sockets are open on them */
	/* SECRETS_LOADED */
	bool ok;
	const char *text;
	struct slice ca_hashes; /* SHA-1 hashes of the keys of the CAs there are now */
	struct slice
		responder_hash; /* of the OCSP responder that is trusted for all; empty: none */
	/* EXPIRING: borrowed */
	const struct trust_item *items;
	size_t item_count;
};

enum action_kind {
	ACTION_SEND,
	ACTION_KERNEL,
	ACTION_WORK,
	ACTION_UPDOWN,
	ACTION_REPORT,       /* a ready frame (record or end) for a client */
	ACTION_CLOSE_CLIENT, /* after its end record */
	ACTION_MORE,         /* more is to come for a client when it has taken what it was sent */
	ACTION_LOG,
	ACTION_EVENT,  /* data: a record of kind RECORD_EVENT; level: enum news_kind */
	ACTION_SOURCE, /* which of our addresses does the system use towards remote? owner asks */
	ACTION_PORTS,  /* listen with the marker on these too: data holds them, 16 bits each */
	ACTION_LISTEN, /* open the IKE sockets on all addresses; answer EVENT_ADDRESSES */
	ACTION_UNLISTEN,
	ACTION_RESOLVE, /* a host that is not an address; answer EVENT_RESOLVED */
	ACTION_REREAD_SECRETS,
	ACTION_TICKETS, /* data, secret: to be stored behind what is there, or in its place (is_whole) */
	ACTION_READ_GROUP, /* data: a policy group's name; answer EVENT_GROUP */
	ACTION_LOAD_CERT,  /* data: what a connection calls its certificate */
	/* data: entries (port/keep.h) to be kept before any action after this; empty: what was kept is
	 * void, and nobody may adopt it */
	ACTION_KEEP,
	ACTION_EXIT,
};

enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7
};

struct action {
	struct action *next;
	uint8_t kind;
	uint8_t level;     /* LOG */
	bool natt;         /* SEND: with the non-ESP marker */
	bool is_keepalive; /* SEND: from the NAT-T port, but without the marker */
	bool is_whole;     /* TICKETS */
	bool leaves;       /* EXIT: the next run takes over what stands in the kernel */
	struct endpoint local, remote;
	struct bytes name; /* LOG: of the connection it is about; owner: serial number of the SA */
	struct bytes data; /* SEND: datagram; REPORT: frame; LOG: text without newline */
	uint64_t client;
	uint64_t owner; /* KERNEL: echoed in the answer; SEND: whose datagram, 0: nobody's */
	uint32_t ticket;
	struct kernel_batch *batch;
	struct work *work;
	struct updown_job *job;
	struct resolve_job *resolve;
};

struct actions {
	struct action *first, **last;
	size_t count;
};

/* NULL when memory or randomness is short. wall-clock free; now is the first event's business. */
struct core *core_new(const struct core_settings *s);
/* Frees all; sends nothing. */
void core_free(struct core *c);
/* Handles one event; the actions are appended in the order they must be carried out. */
void core_handle(struct core *c, const struct event *e, struct actions *out);
/* When EVENT_TIMER is next due; USEC_NEVER when nothing waits. */
uint64_t core_deadline(const struct core *c);

/* How it stands, for one line of text. Instances of templates count, templates do not. */
struct core_summary {
	bool is_listening;
	uint32_t up, connecting, failed; /* connections */
	uint32_t loaded;                 /* as they were added */
};
/* Walks all connections: not for every event. */
void core_summary(const struct core *c, struct core_summary *out);
/* Is the owner of an action an IKE SA whose peer has proven who it is, and which stands? */
bool core_is_established(struct core *c, uint64_t owner);
/* Grows with each thing that happened: while it stays, core_summary does. */
uint64_t core_happened(const struct core *c);

void actions_init(struct actions *a);
/* Takes the first off; NULL when empty. The caller frees it. */
struct action *actions_take(struct actions *a);
/* Frees the action and all it still owns (set moved members to NULL first). */
void action_free(struct action *a);

#endif
