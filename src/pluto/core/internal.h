/* SPDX-License-Identifier: Apache-2.0 */
/* The core's own state and the services its files and the exchanges share. */
#ifndef CORE_INTERNAL_H
#define CORE_INTERNAL_H

#include "base/duration.h"
#include "core/core.h"
#include "core/history.h"
#include "core/ticket.h"
#include "ctl/causes.h"
#include "ctl/news.h"
#include "sa/ike_sa.h"

/* Where a reply that is made piece by piece stands (core/status.c): serial numbers of what was shown
 * last, 0: nothing yet. What has gone meanwhile is passed over. */
struct walk {
	uint8_t stage;
	bool is_counted; /* the kernel's counters of the next piece are read */
	bool is_short;   /* a record could not be made */
	uint32_t connection, instance;
	uint64_t ike_spi;
	uint32_t ike, child;
	struct range pool;
	struct address lease;
};

/* Reading the history (core/command_watch.c). */
struct watch {
	struct history_place place;
	uint64_t skip;            /* so many of those that are wanted are too old */
	char name[CONN_NAME_LEN]; /* of the connection; "": all */
	bool with_log;
};

struct core_client { /* a control client whose request is not answered yet */
	struct list node;
	struct action *end; /* its end record, made beforehand: an answer needs no memory */
	uint64_t id;
	uint32_t sequence;
	struct connection *connection; /* watches it; NULL: none */
	uint32_t serial;               /* waits for this IKE or child SA; 0: for the connection */
	uint8_t waits_for;             /* enum waits_for */
	uint16_t verb;                 /* of its request */
	uint32_t shows;                /* serial of the connection that status is about; 0: all */
	uint32_t pending;              /* WAITS_COUNTERS: so many answers are to come */
	struct walk walk;
	struct watch watch;
	/* WAITS_MORE: makes the next piece of the reply */
	void (*more)(struct core *c, struct core_client *client);
	bool has_no_secrets; /* --listen: the secrets could not be read */
	bool has_fault;      /* WAITS_GROUPS: a file was not good */
	/* a request for several connections is one for each (core/command_group.c) */
	struct core_client *group; /* of one of these: the client itself */
	uint32_t members;          /* of the client: how many are not done */
	uint32_t code;             /* the first of theirs that was bad */
};
enum waits_for {
	WAITS_NOTHING,
	WAITS_UP,
	WAITS_DOWN,
	WAITS_ROUTED,
	WAITS_SECRETS,
	WAITS_LISTEN,
	WAITS_GROUPS, /* files of policy groups */
	WAITS_COUNTERS,
	WAITS_MORE, /* for its own reading */
	WAITS_NEWS, /* it has read all there was */
	WAITS_WORK, /* an item whose owner is the client */
	WAITS_REPLACED,
	WAITS_GONE
};

/* A peer that is debugged by its address. */
struct debug_peer {
	struct address peer;
	uint32_t mask; /* 0: the row is free */
};
#define DEBUG_PEERS 16
#define CORE_SOURCES_MAX 64u

struct kept { /* what is to be kept before the event's other actions (core/keep.c) */
	uint8_t *data;
	size_t len, size;
	bool is_void;                        /* what was kept so far is not to be trusted */
	struct list ikes, connections, held; /* touched in this event */
};

struct core {
	struct core_settings settings;
	struct kept kept;
	uint64_t now_usec;
	uint64_t wall_sec;
	uint64_t start_usec;
	struct actions *out;
	struct connections connections;
	struct address *addresses;
	size_t address_count;
	struct address *no_natt; /* of these the NAT port is not open */
	size_t no_natt_count;
	struct bytes ca_hashes;      /* of the CAs we have, for CERTREQ */
	struct bytes responder_hash; /* of an OCSP responder, for CERTREQ */
	struct trust_item *expiring; /* for status: credentials that end soon, or have */
	size_t expiring_count;
	bool is_listening;
	bool is_shutting_down;
	bool is_leaving, has_left; /* all stays as it is, for the next run */
	uint64_t exit_at_usec;
	uint32_t debug;
	struct debug_peer debug_peers[DEBUG_PEERS]; /* those with a mask */
	struct address at_work;                     /* peer of the message or IKE SA at work */
	struct table by_spi, by_serial;             /* struct ike_sa */
	struct table by_init; /* struct ike_sa: responders by their IKE_SA_INIT request */
	struct table routes;  /* struct route_owner by network */
	struct table esp_in,
		esp_out;          /* struct child_sa: inbound by SPI, outbound by destination too */
	struct list failed_hosts; /* routes of opportunistic hosts that failed: the oldest first */
	struct table by_nat_host; /* struct child_sa: core/same_nat.c */
	struct table by_ends;     /* struct ike_sa: by addresses and identities of the connection */
	struct table sources;     /* core/half_open.c */
	struct list half_opens;   /* struct ike_sa: the oldest first */
	struct list offenders;
	uint32_t offender_count;
	struct table by_peer;      /* struct ike_sa: established ones by the peer's identity */
	struct table by_tombstone; /* core/tombstone.c */
	struct list tombstones;
	uint32_t tombstone_count;
	uint8_t ddos_mode;        /* enum ddos_mode */
	uint64_t peer_lines_usec; /* log lines that peers cause are limited for each second */
	uint32_t peer_lines, peer_lines_lost;
	struct list ike_sas;
	struct list dead; /* freed at the end of the event */
	struct list held; /* struct child_sa: policies without states (core/hold.c) */
	struct heap timers;
	struct list clients;
	struct list group_clients; /* struct core_client: each waits for its members */
	uint64_t next_member;
	size_t ike_count;
	uint32_t half_open;
	uint32_t next_serial;
	uint32_t next_ticket;
	uint8_t cookie_secret[2][32];
	struct tickets tickets;
	uint64_t plain_window_usec; /* unprotected answers are limited for each second */
	uint32_t plain_sent;
	uint32_t cookie_version;
	uint64_t cookie_rotate_usec;
	struct list transactions; /* struct transaction (transaction.c) */
	char *conn_sources
		[CORE_SOURCES_MAX]; /* who added connections: a file's path, a site's word */
	uint16_t conn_source_count;
	struct list policy_groups; /* struct policy_group */
	struct list retiring;      /* struct connection: what it replaces may go */
	uint64_t resolve_usec;     /* when names are looked up again; 0: not */
	struct list kicked;        /* struct ike_sa: something was wanted of it */
	/* redirection of whom begins with us (core/redirect.c) */
	uint8_t redirect_policy; /* enum redirect_policy */
	uint32_t redirect_turn;
	char *redirect_to;
	struct conn_config defaults; /* of a connection; they own no string */
	bool has_defaults;
	uint32_t counters_in_flight;
	/* what has happened (core/news.h) */
	struct history history;
	uint64_t news_counts[NEWS_KINDS], cause_counts[CAUSE_COUNT];
	uint64_t packets_in, packets_dropped, cookies_sent, retransmits, lines_dropped, acquires;
	uint64_t cleared_sec;  /* when the counters began at 0 again; 0: with the daemon */
	bool has_own_ports;    /* listened on beside the usual two */
	size_t fragment_bytes; /* of fragments that are not whole yet, over all IKE SAs */
	struct heap retries;   /* struct connection: attempts that are planned */
	/* asked for in this event without memory for it: they have failed when it ends */
	struct work *undone_work;
	struct updown_job *undone_jobs;
	struct list scripts;              /* struct updown_job: asked for, and no answer yet */
	struct core_client *spare_client; /* for a request that there is no memory for */
	struct heap lingering;            /* inbound states that go a little later (linger.c) */
};

/* ---- core.c */
/* The IKE SA's wants are started before the event ends; safe while its lists are walked. */
void core_kick(struct core *c, struct ike_sa *ike);
/* Starts them now. */
void core_start_wants(struct core *c);
/* Deletes all SAs and leaves when they are gone. */
void core_shut_down(struct core *c);
/* Leaves now; what was kept, the kernel's states and policies are for the next run. */
void core_leave(struct core *c);

/* ---- action.c: asking the world */
void core_send(struct core *c, const struct endpoint *local, const struct endpoint *remote,
	       bool natt, struct slice datagram);
/* The same for a datagram of an IKE SA, which hears when the system will not send it. */
void core_send_of(struct core *c, uint64_t owner, const struct endpoint *local,
		  const struct endpoint *remote, bool natt, struct slice datagram);
/* A NAT keepalive (RFC 3948 2.3): one byte, no marker, nothing of IKE. */
void core_keepalive(struct core *c, const struct endpoint *local, const struct endpoint *remote);
/* Asks the system's routes; EVENT_SOURCE answers. */
void core_source(struct core *c, uint64_t owner, const struct endpoint *remote);
/* owner and ticket come back with the answer. Takes work, what the batch holds, or job over; false:
 * the batch is too long or memory is short. */
void core_work(struct core *c, struct work *w);
bool core_kernel(struct core *c, uint64_t owner, uint32_t ticket, struct kernel_batch *batch);
/* A kernel action of nobody's with an empty batch, for later (core_put_before); NULL: no memory. */
struct action *action_removal(void);
void core_updown(struct core *c, struct updown_job *job, uint32_t lane);
void core_action(struct core *c, enum action_kind kind);
/* The file of a policy group; EVENT_GROUP answers. */
void core_read_group(struct core *c, const char *name);
/* The client's reply goes on when it has taken what it was sent: client->more is called then. */
void core_more(struct core *c, struct core_client *client,
	       void (*more)(struct core *c, struct core_client *client));
/* An event for the system's audit, when settings.audit says so: the whole record. */
void core_event(struct core *c, uint8_t kind, struct slice frame);
/* Takes the action over; it goes before those that follow the mark. */
void core_put_before(struct core *c, struct action **mark, struct action *a);
/* What a connection calls a certificate; NULL: nothing to do. */
void core_load_cert(struct core *c, const char *name);
void core_resolve(struct core *c, struct resolve_job *job);
/* Records of tickets that the next process is to know (core/ticket.c). */
void core_tickets(struct core *c, struct slice records, bool is_whole);
void core_ports(struct core *c, const uint16_t *ports, size_t count);
/* A new ticket, set as what the slot waits for. */
uint32_t core_ticket(struct core *c, struct slot *slot);

/* ---- report.c: log lines, to the log and to the clients that watch the connection */
void core_log(struct core *c, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A line that anybody can cause: 20 a second, and how many were left out (case 193). */
void core_debug_line(struct core *c, const struct connection *conn, const char *text);
void peer_log(struct core *c, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* With the prefix "name" #serial: and to watchers; code is the line's prefix number. */
void sa_log(struct core *c, struct ike_sa *ike, const struct child_sa *child, enum log_level level,
	    uint32_t code, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* Each line of a text of sa/explain.h, as a serious one. */
void sa_explain(struct core *c, struct ike_sa *ike, const struct child_sa *child,
		const char *lines);
void connection_log(struct core *c, struct connection *conn, enum log_level level, uint32_t code,
		    const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Ends every client that waits for this of the SA of that serial number. */
void clients_finish_sa(struct core *c, uint32_t serial, enum waits_for what, uint32_t code);
/* Ends every client that waits for this on the connection. */
void clients_finish(struct core *c, struct connection *conn, enum waits_for what, uint32_t code);
void client_log(struct core *c, struct core_client *client, uint32_t code, const char *text);
void client_frame(struct core *c, struct core_client *client, struct slice frame);
/* One that nobody uses yet, and its end. */
struct core_client *client_make(void);
void client_free(struct core_client *client);
/* A client with a request; NULL: no memory. */
struct core_client *client_begin(struct core *c, uint64_t id);
/* Frees it without an answer. */
void client_forget(struct core_client *client);
/* Sends the end record, which needs no memory, and forgets the client; of a request for several
 * connections when the last one has ended, with the first code that was bad. */
void client_finish(struct core *c, struct core_client *client, uint32_t code);
/* One of the members is done. */
void client_member_done(struct core *c, struct core_client *group, uint32_t code);

/* ---- ike.c: life of IKE SAs */
struct ike_sa *ike_create(struct core *c, struct connection *conn, bool is_initiator,
			  const struct endpoint *local, const struct endpoint *remote);
/* The same under an SPI of ours that ike_new_spi gave. */
struct ike_sa *ike_create_with_spi(struct core *c, struct connection *conn, bool is_initiator,
				   uint64_t our_spi, const struct endpoint *local,
				   const struct endpoint *remote);
/* Random and not in use; 0: no randomness. */
uint64_t ike_new_spi(struct core *c);
struct ike_sa *ike_by_spi(struct core *c, uint64_t our_spi);
struct ike_sa *ike_by_serial(struct core *c, uint32_t serial);
/* From now on it is this connection's; also to be called when its addresses changed. */
void ike_set_connection(struct core *c, struct ike_sa *ike, struct connection *conn);
/* The first IKE SA between the connection's ends as its definition names them, then the others. */
struct ike_sa *ike_of_ends(struct core *c, const struct connection *conn);
struct ike_sa *ike_next_of_ends(struct ike_sa *ike, const struct connection *conn);
/* A new SPI for an initiator whose IKE_SA_INIT starts over. */
bool ike_renew_spi(struct core *c, struct ike_sa *ike);
/* Puts the timer at the least of its deadlines. */
void ike_set_timer(struct core *c, struct ike_sa *ike);
void ike_timer(struct core *c, struct ike_sa *ike);
/* Ends it now: children's kernel state and scripts undone, clients answered with code and reason,
 * a retry planned when the connection is wanted. */
void ike_end(struct core *c, struct ike_sa *ike, uint32_t code, const char *reason);
/* The peer's AUTH was verified. */
void ike_established(struct core *c, struct ike_sa *ike);
/* The same for the successor of an established one: only ike_successor calls it. */
void ike_inherits(struct core *c, struct ike_sa *heir);
/* One that was read from what a former run kept, and was not fit: frees it at the end of the event, and
 * nothing else. */
void ike_forget(struct core *c, struct ike_sa *ike);

/* ---- send.c: requests, replies, retransmission (RFC 7296 2.1) */
#define MESSAGE_BUFFER 16384
/* A header for our next message; SK is opened in it. */
void start_request(struct ike_sa *ike, uint8_t exchange, struct builder *b, uint8_t *buffer);
void start_reply(struct ike_sa *ike, const struct message *m, struct builder *b, uint8_t *buffer);
/* Seals and sends; a request is kept for retransmission, a reply is cached. False: too long or crypto
 * failed. */
bool send_request(struct core *c, struct ike_sa *ike, struct builder *b);
bool send_reply(struct core *c, struct ike_sa *ike, struct builder *b);
/* Reply with one error notify, under SK. */
void send_error_reply(struct core *c, struct ike_sa *ike, const struct message *m, uint16_t type,
		      struct slice data);
/* The request in flight goes out again at once, by the path as it is now. */
void request_resend_soon(struct core *c, struct ike_sa *ike);
/* The plain IKE_SA_INIT request of the slot is kept as the request in flight and sent. */
bool send_plain_request(struct core *c, struct ike_sa *ike, struct slice message);
void request_done(struct core *c, struct ike_sa *ike);
/* Unprotected answers to a request we have no SA for: begun, or a whole one. */
void plain_reply_start(const struct ike_header *h, struct builder *b, uint8_t *buffer, size_t size);
void send_plain_notify(struct core *c, const struct event *e, const struct ike_header *h,
		       uint16_t type, struct slice data);

/* ---- demux.c */
void demux_packet(struct core *c, const struct event *e);
/* What waited for the slot has its turn. */
void demux_held(struct core *c, struct ike_sa *ike);
/* Decrypts the slot's message in place and parses what is inside. */
enum open_result {
	OPEN_OK,
	OPEN_DROP,
	OPEN_SYNTAX,
	OPEN_WAIT, /* a fragment: more are to come */
};
enum open_result slot_open(struct core *c, struct ike_sa *ike, struct slot *slot);
/* What a protected request or response must satisfy before its row runs; false: it was answered or
 * dropped, and *reason tells why when the IKE SA must be closed. */
bool slot_check(struct core *c, struct ike_sa *ike, struct slot *slot, uint64_t need,
		const char **reason);
/* Remembers the IKE_SA_INIT request that made this SA. */
bool init_remember(struct core *c, struct ike_sa *ike, struct slice request);

/* ---- path.c: the addresses and ports an IKE SA and its children use */
/* A new request, whose integrity is proven, came by this path: is it the peer's from now on? */
void path_follow(struct core *c, struct ike_sa *ike, const struct slot *slot);
/* Where an initiator begins; true: with the marker, which only port 500 goes without. */
bool path_begin(const struct core *c, const struct connection *conn, struct endpoint *local,
		struct endpoint *remote);
/* UDP stays silent: IKE_SA_INIT goes over TCP, if the connection allows it. False: it does not. */
bool path_fall_back(struct core *c, struct ike_sa *ike);
/* Our connections' own ports are listened on. */
void path_listen(struct core *c);
/* Talks over this path from now on, and the children with it. */
void path_move(struct core *c, struct ike_sa *ike, const struct endpoint *local,
	       const struct endpoint *remote, bool natt);
/* Brings children to the IKE SA's path that are not on it (all, or the one that has just come up). */
void path_move_children(struct core *c, struct ike_sa *ike);
/* The kernel has not answered yet. */
bool path_is_moving(const struct child_sa *child);
/* The kernel's answer to that. */
void path_moved(struct core *c, const struct kernel_batch *batch);
/* The peer cannot reach us any more, and ESP waits too: a request makes the connection anew (RFC 9329
 * 6.1). ike NULL: nobody. */
void path_stream_lost(struct core *c, struct ike_sa *ike);
/* The list of our addresses changed: SAs on those that are gone move or end (case 196). */
void path_addresses(struct core *c);
/* What the routes say about where to move. */
void path_source(struct core *c, uint64_t owner, const struct address *local);
/* Nobody answers: the next path that could be, by MOBIKE. False: there is none. */
bool path_try_other(struct core *c, struct ike_sa *ike);

/* ---- intent.c: what should be up */
/* Starts or joins: 0, or an exit code with text in reason. */
uint32_t intent_initiate(struct core *c, struct connection *conn, char *reason, size_t size);
/* The same for a packet's sake: nothing is tried again by itself. */
uint32_t intent_on_demand(struct core *c, struct connection *conn, char *reason, size_t size);
/* The connection that can be initiated: itself, or of a template its instance towards remote (NULL:
 * the peer's address must be known). NULL with code and reason. */
struct connection *intent_target(struct core *c, struct connection *conn,
				 const struct address *remote, uint32_t *code, char *reason,
				 size_t size);
/* A new IKE SA in place of this one, which is deleted when its children stand (RFC 7296 2.8.3). */
void intent_reauthenticate(struct core *c, struct ike_sa *old);
/* The new one did not come up: the old one stays, and it is tried again. */
void intent_reauth_failed(struct core *c, const struct ike_sa *ike);
/* All over again, with an IKE SA of its own: what a child that could not be replaced comes to. */
void intent_start_anew(struct core *c, struct connection *conn);
/* The same at once, with a session that is taken over, or NULL for IKE_SA_INIT, after an attempt to resume;
 * who waits is told when it cannot be. */
void intent_start_with(struct core *c, struct connection *conn, struct session *session);
void intent_terminate(struct core *c, struct connection *conn);
/* Has it, or will it have, a child of another connection? */
bool ike_serves_others(struct ike_sa *ike, const struct connection *conn);
/* The peer refused our AUTH in an attempt for which a COOKIE changed IKE_SA_INIT. If somebody else sent
 * that COOKIE, the peer answered the request as it was first, which our AUTH did not cover (RFC 7296
 * 2.15): once more at once, and a COOKIE waits for the next retransmission, in which time the true
 * answer comes (case 43). False: there is nothing to doubt. */
bool intent_doubts(struct core *c, struct ike_sa *ike);
/* An attempt failed (enum cause): plan the next one if tries are left. */
void intent_failed(struct core *c, struct connection *conn, uint8_t cause, const char *reason);
/* A connection that was up lost its SA: what dpdaction and revive say is done, once for each IKE SA. */
enum loss { LOSS_FAULT, LOSS_DEAD_PEER, LOSS_BY_PEER };
void intent_lost(struct core *c, struct connection *conn, const struct ike_sa *ike, enum loss loss,
		 const char *reason);
/* Plans the next attempt, or with USEC_NEVER none. */
void intent_retry_at(struct core *c, struct connection *conn, uint64_t when_usec);
void intent_timer(struct core *c);
uint64_t intent_deadline(const struct core *c);

/* ---- failure.c: why (ctl/causes.h) */
uint8_t cause_of_code(uint32_t code);
uint8_t cause_of_notify(uint16_t type);
/* The failure is the connection's last, is counted, and is news. */
void failure_note(struct core *c, struct connection *conn, uint8_t cause, const char *reason);

/* ---- resolve.c: hosts that are not addresses */
/* Looks up what the connection names; later answers are followed. */
void resolve_connection(struct core *c, struct connection *conn);
/* What of our own end may depend on where the peer is. */
void resolve_own(struct core *c, struct connection *conn);
/* All of them again: addresses or routes changed, or an admin asks. only_ours: no names in the DNS. */
void resolve_all(struct core *c, bool only_ours);
void resolve_done(struct core *c, struct resolve_job *job);
/* Names are looked up again from time to time. */
void resolve_timer(struct core *c);
uint64_t resolve_deadline(const struct core *c);

/* ---- command_sa.c: a changed definition of a connection that is there */
/* What the old one has goes on until the new one stands in its place; then the old one goes. */
void connection_replace(struct core *c, struct connection *old, struct connection *conn);
/* Out of sight at once, its SAs on their way down; freed when nothing refers to it any more. */
void connection_drop(struct core *c, struct connection *conn);
/* Does it replace one that carries traffic, so that its own policies must wait? */
bool connection_must_wait(struct core *c, const struct connection *conn);
/* What could not be begun while nobody listened. */
void connection_replace_now(struct core *c, struct connection *conn);
/* The new one stands, or has failed: what it replaces goes at the end of the event, for SAs may be
 * ending just now. */
void connection_retire_soon(struct core *c, struct connection *conn);
void connection_retire_all(struct core *c);

/* ---- kernel_events.c: what the kernel tells by itself */
void kernel_event(struct core *c, const struct kernel_event *k);
/* The child that this state belongs to; *inbound tells which of its two. NULL: none of ours. */
struct child_sa *child_by_esp(struct core *c, const struct address *dst, uint32_t spi,
			      bool *inbound);
/* To be called when SPIs and addresses are known or have changed; child_end takes it out. */
void child_index(struct core *c, struct child_sa *child);
void child_unindex(struct core *c, struct child_sa *child);
/* Another child that sends under the same SPI to the same address, where the kernel has one state for
 * both: perhaps of another peer behind the same NAT. NULL: none. */
struct child_sa *child_of_same_out(struct core *c, const struct child_sa *child);
/* The one with that inbound SPI, wherever it is; NULL: none. */
struct child_sa *child_by_spi_in(struct core *c, uint32_t spi);
/* core/same_nat.c: only child_index calls it. */
void child_index_nat(struct core *c, struct child_sa *child);
/* A child of another peer behind the same NAT in transport mode that holds part of the same traffic;
 * NULL: none (RFC 3948 5.2). */
struct child_sa *child_of_same_nat(struct core *c, const struct child_sa *child);

/* ---- child.c: life of child SAs */
/* A larval child in the IKE SA's list, with selectors to offer or agreed: these, taken over, or when
 * they are empty all that the connection may have. NULL: memory is short. */
struct child_sa *child_new(struct core *c, struct ike_sa *ike, struct connection *conn,
			   struct selectors *local, struct selectors *remote);
/* The kernel says that a state of it has reached its limit. */
void child_expired(struct core *c, struct child_sa *child, bool inbound, bool is_hard);
/* The peer's ESP comes from another place; only a hint until an IKE message proves it. */
void child_mapped(struct core *c, struct child_sa *child, const struct endpoint *from);
/* States of it are gone though nobody here removed them: a new one is made, then it is deleted. */
void child_lost(struct core *c, struct child_sa *child);
void child_established(struct core *c, struct ike_sa *ike, struct child_sa *child);
/* The newest other child of the connection with the same selectors: it inherits policies, routes. */
struct child_sa *child_heir(const struct child_sa *child);
/* Sets the reqid of a child whose selectors are agreed. */
void child_choose_reqid(struct core *c, struct child_sa *child);
/* Is a child of the connection, or of an instance of it, on its way down? */
bool child_is_going(const struct connection *conn);
/* One that was up has ended, or its states have: it is counted, and news. */
void child_gone(struct core *c, struct ike_sa *ike, const struct child_sa *child,
		const char *reason);
/* Removes kernel state, runs down and unroute, frees. */
void child_end(struct core *c, struct ike_sa *ike, struct child_sa *child, const char *reason);

/* ---- replace.c: children that take each other's place (RFC 7296 2.8) */
/* A time between these two from now on. */
uint64_t core_jitter(struct core *c, uint64_t least_usec, uint64_t most_usec);
/* by takes the place of old, which stays until one of the ends deletes it. */
void child_replace(struct core *c, struct ike_sa *ike, struct child_sa *old, struct child_sa *by);
/* What the child had replaced is in use again. */
void child_reinstate(struct core *c, struct ike_sa *ike, const struct child_sa *gone);
/* It cannot be used any longer, and is to be deleted: one of the same selectors is asked for before that,
 * of a peer that would not replace it with an IKE SA of its own. A rekey of ours that is under way makes
 * it anyway; when that fails, child_was_over goes on. */
void child_make_anew(struct core *c, struct ike_sa *ike, struct child_sa *child);
/* Our rekey of it has failed. True: there was no more to it, and that is seen to. */
bool child_was_over(struct core *c, struct ike_sa *ike, struct child_sa *child);
/* Its states go; policies and routes stand until what replaces it is up, or child_end. */
void child_vacate(struct core *c, struct child_sa *child);
/* The outbound state is put when the peer is seen to use the child, at the latest some seconds on. */
void child_await_peer(struct core *c, struct ike_sa *ike, struct child_sa *child);
void child_switch_out(struct core *c, struct ike_sa *ike, struct child_sa *child);
/* Answers of the kernel to these two. */
void child_out_done(struct core *c, const struct kernel_batch *batch);
void child_probed(struct core *c, const struct kernel_batch *batch);
uint64_t child_deadline(const struct child_sa *child);
void child_timer(struct core *c, struct ike_sa *ike, struct child_sa *child);

/* ---- succeed.c: IKE SAs that take each other's place (RFC 7296 2.8, 2.18) */
struct succession {
	bool is_initiator; /* of the rekey, and so of the new IKE SA */
	uint64_t our_spi, peer_spi;
	struct suite suite;
};
/* The established successor of an established IKE SA, without children yet; takes the keys. NULL:
 * no memory, or old is not established any more. */
struct ike_sa *ike_successor(struct core *c, struct ike_sa *old, const struct succession *s,
			     struct ike_keys *keys);
/* Children and wants move to heir; old is retired. */
void ike_succeed(struct core *c, struct ike_sa *old, struct ike_sa *heir);
/* It only waits for a Delete from now on; without one it is deleted after a minute. */
void ike_retire(struct core *c, struct ike_sa *ike);
/* What the peer made of the same IKE SA while our own rekey is under way, or NULL. */
struct ike_sa *ike_rival(struct core *c, const struct ike_sa *ike);
/* The other way: what this one is to replace if our own rekey does not win, or NULL. */
struct ike_sa *ike_undecided(struct core *c, const struct ike_sa *ike);
/* The peer goes on with this one: of crossing rekeys it has seen both, or knows only its own (2.8.2). */
void ike_decide(struct core *c, struct ike_sa *ike);
/* Who has the children of a replaced one, or NULL. */
struct ike_sa *ike_heir(const struct ike_sa *old);

/* ---- exchanges/auth_peer.c */
/* Would the proof that the peer gives for one connection do for the other, whose PPK is in the keys if it
 * insists on one? */
bool auth_is_same_proof(const struct connection *given, const struct connection *other);

/* ---- exchanges/ike_followup_ke.c */
/* What waits for additional key exchanges is given up. */
void followup_drop(struct core *c, struct ike_sa *ike, const char *reason);

/* ---- linger.c */
/* Sends a batch of removals some seconds later; wipes it. */
void core_remove_later(struct core *c, struct kernel_batch *batch);
void linger_timer(struct core *c, uint64_t until_usec);
void linger_fini(struct core *c);

/* ---- commands.c */
void command_frame(struct core *c, const struct event *e);
/* command_watch.c: nothing happens any more. */
void watchers_finish(struct core *c);
/* A client has taken what it was sent: the next piece of its reply is made. */
void command_client_ready(struct core *c, uint64_t client);
void command_client_gone(struct core *c, uint64_t client);
/* Work that was done for a client. */
void command_work_done(struct core *c, const struct work *w);
void command_secrets_loaded(struct core *c, const struct event *e);
void command_expiring(struct core *c, const struct event *e);
void command_addresses(struct core *c, const struct event *e);
void command_counters(struct core *c, struct kernel_batch *batch, uint64_t owner);
/* A batch of counters was asked for: its answer comes before those asked for later. */
void command_counters_asked(struct core *c);
/* Frees deleted connections that nothing refers to any more; at the end of each event. */
void command_reap(struct core *c);
/* Frees transactions and deleted connections; sends nothing. */
void command_fini(struct core *c);

#endif
