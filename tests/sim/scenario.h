/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios as tables of steps. A scenario with a range runs once for each K in it, one with words
 * once for each word, which stands for %s in the texts. After the steps everything comes to rest,
 * is compared, and both ends shut down and must leave nothing.
 */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include "craft.h"
#include "sim.h"
#include "wire/payloads.h"

enum op {
	OP_END, OP_SETUP, OP_PSK, OP_ADD, OP_LISTEN, OP_REQUEST, OP_WAIT, OP_REASON, OP_RUN, OP_REST,
	OP_COUNT, OP_CLEAN, OP_FAULT, OP_SET, OP_SCRIPT, OP_GONE, OP_DUMP, OP_SAME, OP_FORGE,
	OP_REPLAY, OP_RAN, OP_SENT, OP_EVENTS, OP_MARK, OP_QUIET, OP_LOGGED, OP_ROUTE, OP_CRASH, OP_UNLOGGED,
	OP_REQIDS,
	OP_PPK,
	OP_FLUSH, OP_EXPIRE,
	OP_FLOW,
	OP_NAT, OP_REMAP, OP_ADDRESSES, OP_MAPPED, OP_PATH, OP_FRAGMENTS, OP_KEEPALIVES, OP_STREAM_LOST, OP_NO_SETS,
	OP_INIT, OP_FLOOD, OP_CRAFT, OP_SAYS, OP_SAYS_NO, OP_SHORT, OP_REFLECT, OP_FAILURES, OP_PSK_FORGET,
	OP_PACKET,
	OP_CREDENTIAL,
	OP_GROUP_FILE,
	OP_MANY, OP_STALLS, OP_READS, OP_ENDS, OP_SHOWN, OP_TOLD,
	OP_SESSION,
	OP_REWRITE,
	OP_RESTART, OP_KILL_AT, OP_REVIVE, OP_LEAVE, OP_KEPT_BROKEN, OP_NO_INIT,
	OP_AGAIN,
	OP_WALL, OP_SUSPEND,
};
enum count_of { COUNT_IKES, COUNT_CHILDREN, COUNT_STATES, COUNT_POLICIES, COUNT_UNENDED, COUNT_HALF_OPEN, COUNT_SHARED, COUNT_CONNECTIONS,
	COUNT_IFACES, COUNT_IPTFS, COUNT_UNCUT, COUNT_WAITING, COUNT_SETS,
	COUNT_ACQUIRES,
	COUNT_NONCES /* of 32 octets, each another, in the IKE_SA_INIT requests of the host */ };
enum knob {
	KNOB_KERNEL_FAIL, KNOB_KERNEL_DELAY, KNOB_SCRIPT_DELAY, KNOB_WORK_DELAY, KNOB_MAC_DELAY,
	KNOB_LOSS, KNOB_DUPLICATION, KNOB_JITTER, KNOB_PARTITION, KNOB_LATENCY, KNOB_REREAD_FAILS,
	KNOB_CORRUPTION, KNOB_NO_FAULTS, KNOB_TRAFFIC_IN, KNOB_TRAFFIC_OUT,
	KNOB_MESSAGE_ID, KNOB_COOKIE_LIES, KNOB_MTU, KNOB_TOO_LONG, KNOB_NAT_LIFE, KNOB_NO_UDP,
	KNOB_MEMORY, /* the n-th allocation of its core from now on fails */
	KNOB_SPI, /* the kernel gives this one next */
	KNOB_CPI, /* the kernel gives this one, or with FAILS has no IPComp */
	KNOB_NO_NAMES, KNOB_RENAME, KNOB_RESOLVE_DELAY, KNOB_ROLE,
};

#define K INT64_MIN /* the run's number */
#define FAILS (-1)  /* any exit code but 0 */

struct sim_step {
	uint8_t op, host, what;
	const char *text, *more;
	int64_t n;
	struct fault fault;
};

#define MAX_STEPS 60
struct scenario {
	const char *name;
	const char *cases; /* numbers of the edge cases, "" none */
	uint16_t from, to; /* of K */
	const char *const *words;
	struct core_settings settings;
	const char *needs; /* a key exchange that OpenSSL must have; NULL: none. Else it is left out */
	bool is_loose;     /* the ends are left apart: no comparison at rest */
	struct sim_step steps[MAX_STEPS];
};

#define NET "net"
/* PSK and connection "net" at west and east, both listening; words are options of both ends. */
#define SETUP(words_) { .op = OP_SETUP, .text = (words_) }
/* Of a second connection of the two hosts. */
#define ENDS2 "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 --client=10.4.0.0/16"
#define PSK(h, ids, value) { .op = OP_PSK, .host = (h), .text = (ids), .more = (value) }
/* A post-quantum preshared key of both ends at h. */
#define PPK(h, name_, value) { .op = OP_PPK, .host = (h), .text = (name_), .more = (value) }
#define ADD(h, name_, words_) { .op = OP_ADD, .host = (h), .text = (name_), .more = (words_) }
/* What the host's file of networks holds from now on; EACCES: it cannot be read. */
#define GROUP_FILE(h, text_) { .op = OP_GROUP_FILE, .host = (h), .text = (text_) }
#define LISTEN(h) { .op = OP_LISTEN, .host = (h) }
/* Sends the request only; WAIT takes the exit code of the host's latest one. */
#define ASK(h, verb_, name_) { .op = OP_REQUEST, .host = (h), .what = (verb_), .text = (name_) }
#define ASK_WITH(h, verb_, name_, words_) \
	{ .op = OP_REQUEST, .host = (h), .what = (verb_), .text = (name_), .more = (words_) }
/* The same from the client that asked last, as in a transaction; all of a connection is in words. */
#define MORE(h, verb_, name_, words_) \
	{ .op = OP_AGAIN, .host = (h), .what = (verb_), .text = (name_), .more = (words_) }, \
		{ .op = OP_WAIT, .host = (h), .n = RC_OK }
#define DEBUG(h, name_, words_) \
	{ .op = OP_REQUEST, .host = (h), .what = VERB_DEBUG, .text = (name_), .more = "--debug=" words_ }
#define START(h, name_) ASK(h, VERB_INITIATE, name_)
#define WAIT(h, code) { .op = OP_WAIT, .host = (h), .n = (code) }
#define UP(h, name_, code) START(h, name_), WAIT(h, code)
#define DOWN(h, name_, code) ASK(h, VERB_TERMINATE, name_), WAIT(h, code)
#define DELETE(h, name_, code) ASK(h, VERB_DELETE, name_), WAIT(h, code)
#define REASON(h, words_) { .op = OP_REASON, .host = (h), .text = (words_) }
#define LOGGED(h, words_) { .op = OP_LOGGED, .host = (h), .text = (words_) }
#define LOGGED_ONCE(h, words_) { .op = OP_LOGGED, .host = (h), .text = (words_), .n = 1 }
#define NEVER_LOGGED(h, words_) { .op = OP_UNLOGGED, .host = (h), .text = (words_) }
/* The daemon dies and starts anew, deaf and empty. */
#define CRASH(h) { .op = OP_CRASH, .host = (h) }
/* Dies without a word, and the next one takes over, deaf: ADD and LISTEN follow. */
#define RESTART(h) { .op = OP_RESTART, .host = (h) }
/* Dies before the n-th action from here on; REVIVE starts the next one with "net" and ears, if it died. */
#define KILL_AT(h, n_) { .op = OP_KILL_AT, .host = (h), .n = (n_) }
#define REVIVE(h, words_) { .op = OP_REVIVE, .host = (h), .text = (words_) }
/* --shutdown --leave-state, and waits until it is gone. */
#define LEAVE(h) { .op = OP_LEAVE, .host = (h) }
/* The n-th byte of what was kept is another. */
#define KEPT_BROKEN(h, n_) { .op = OP_KEPT_BROKEN, .host = (h), .n = (n_) }
/* The wall clock is set by so many years; all sleep so many minutes, and the boot clock goes on. */
#define WALL_YEARS(n_) { .op = OP_WALL, .n = (n_) }
#define SLEEP(minutes) { .op = OP_SUSPEND, .n = (minutes) }
/* Nobody sent IKE_SA_INIT since MARK. */
#define NO_INIT { .op = OP_NO_INIT }
/* So many different reqids stand in the kernel's policies. */
#define REQIDS(h, count) { .op = OP_REQIDS, .host = (h), .n = (count) }
/* A packet each way every so many ms, of which none may be lost; 0 ends it. */
#define FLOW(ms) { .op = OP_FLOW, .n = (ms) }
#define RUN_MS(ms) { .op = OP_RUN, .n = (ms) }
#define REST { .op = OP_REST }
#define HAS(h, what_, count) { .op = OP_COUNT, .host = (h), .what = (what_), .n = (count) }
#define IKES(h, count) HAS(h, COUNT_IKES, count)
/* So many messages wait until their IKE SA can handle them. */
#define WAITING(h, count) HAS(h, COUNT_WAITING, count)
#define CHILDREN(h, count) HAS(h, COUNT_CHILDREN, count)
#define BOTH(what_, count) HAS(WEST, what_, count), HAS(EAST, what_, count)
#define CLEAN(h) { .op = OP_CLEAN, .host = (h) }
#define SET(h, knob_, value) { .op = OP_SET, .host = (h), .what = (knob_), .n = (value) }
#define SCRIPT(h, verb_, status) { .op = OP_SCRIPT, .host = (h), .text = (verb_), .n = (status) }
#define RAN(h, words_) { .op = OP_RAN, .host = (h), .text = (words_) }
#define GONE(h) { .op = OP_GONE, .host = (h) }
/* A packet "source destination", before which may stand the number of the XFRM interface that it goes
 * through, or "m" and its mark, leaves: what becomes of it, and so many of it. */
#define PACKET(h, ends, fate) { .op = OP_PACKET, .host = (h), .text = (ends), .more = (fate), .n = 1 }
#define PACKETS(h, ends, fate, count) \
	{ .op = OP_PACKET, .host = (h), .text = (ends), .more = (fate), .n = (count) }
#define ROUTE(h, name_, code) ASK(h, VERB_ROUTE, name_), WAIT(h, code)
#define UNROUTE(h, name_, code) ASK(h, VERB_UNROUTE, name_), WAIT(h, code)
/* Somebody flushes the states, or removes the n-th (from 1) only; the n-th reaches its limit. */
#define FLUSH(h, n_) { .op = OP_FLUSH, .host = (h), .n = (n_) }
#define EXPIRE(h, n_, hard) { .op = OP_EXPIRE, .host = (h), .n = (n_), .what = (hard) }
#define DUMP(h) { .op = OP_DUMP, .host = (h) }
#define SAME(h) { .op = OP_SAME, .host = (h) }
#define EVENTS(count) { .op = OP_EVENTS, .n = (count) } /* handles so many events */
/* The n-th datagram (first) from there on, count of them, of an exchange and direction. */
#define FAULT(kind_, from_, exchange_, which_, first_, count_, ms)                              \
	{ .op = OP_FAULT, .n = (first_),                                                        \
	  .fault = { .kind = (kind_), .from = (from_), .exchange = (exchange_), .which = (which_), \
		     .count = (count_), .usec = (ms) * USEC_PER_MSEC } }
#define LOSE(from_, exchange_, which_, first_, count_) \
	FAULT(FAULT_DROP, from_, exchange_, which_, first_, count_, 0)
/* The first of that kind says something else under the keys of its sender; K for the payload: the run's
 * number. */
#define REWRITE(from_, exchange_, which_, how_, payload_)                                        \
	{ .op = OP_REWRITE, .n = (payload_),                                                     \
	  .fault = { .kind = FAULT_REWRITE, .from = (from_), .exchange = (exchange_),            \
		     .which = (which_), .count = 1, .how = (how_) } }
#define EACH(kind_, first_, count_, ms) FAULT(kind_, ANY_HOST, 0, WHICH_ANY, first_, count_, ms)
/* An unprotected notify to the host under the SPIs of the latest datagram. */
#define FORGE(h, exchange_, type, response) \
	{ .op = OP_FORGE, .host = (h), .what = (exchange_), .n = (type), .more = (response) ? "r" : NULL }
/* Without its data. */
/* In IKE_SA_INIT with its nonce: from one that has seen the request. */
#define FORGE_REDIRECT(h, name) \
	{ .op = OP_FORGE, .host = (h), .what = EXCHANGE_IKE_SA_INIT, .n = N_REDIRECT, .more = "r", \
	  .text = (name) }
#define FORGE_EMPTY(h, exchange_, type) \
	{ .op = OP_FORGE, .host = (h), .what = (exchange_), .n = (type), .more = "r", .text = "" }
/* A COOKIE of so many octets; one of eight beside a nonce. */
#define FORGE_COOKIE(h, octets) \
	{ .op = OP_FORGE, .host = (h), .what = EXCHANGE_IKE_SA_INIT, .n = N_COOKIE, .more = "r", \
	  .text = (octets) }
#define FORGE_COOKIE_AND_NONCE(h) FORGE_COOKIE(h, "8 and a nonce")
/* A copy of the first IKE_SA_INIT request, mangled, to the host; so many from spoofed sources. */
#define INIT(h, how_) { .op = OP_INIT, .host = (h), .n = (how_) }
#define FLOOD(h, count_) { .op = OP_FLOOD, .host = (h), .n = (count_) }
#define FLOOD_FROM_ONE(h, count_) \
	{ .op = OP_FLOOD, .host = (h), .n = (count_), .what = FLOOD_FROM_SAME }
/* From as many addresses of one IPv6 /64. */
#define FLOOD_FROM_64(h, count_) \
	{ .op = OP_FLOOD, .host = (h), .n = (count_), .what = FLOOD_FROM_PREFIX }
/* A protected message to the host, made with its peer's keys. */
#define CRAFT(h, exchange_, how_) \
	{ .op = OP_CRAFT, .host = (h), .what = EXCHANGE_##exchange_, .n = (how_) }
#define SAYS_NO(h, notify_) { .op = OP_SAYS_NO, .host = (h), .n = (notify_) }
/* The host's latest datagram is not longer than so many bytes. */
#define SHORT(h, len_) { .op = OP_SHORT, .host = (h), .n = (len_) }
/* The host's latest datagram comes back to it. */
#define REFLECT(h) { .op = OP_REFLECT, .host = (h) }
/* So many attempts of north at "n3" that fail. */
#define FAILURES(count_) { .op = OP_FAILURES, .host = NORTH, .n = (count_) }
/* The host's latest datagram holds this notify; 0: no error and no COOKIE. */
#define SAYS(h, notify_) { .op = OP_SAYS, .host = (h), .n = (notify_) }
/* The n-th datagram of all once more; 0: every one. */
#define REPLAY(n_) { .op = OP_REPLAY, .n = (n_) }
/* The n-th datagram so many times within a moment. */
#define STORM(n_, times) { .op = OP_REPLAY, .n = (n_), .what = (times) }
/* MARK remembers how many datagrams were sent; SENT says how many came since then. */
#define MARK { .op = OP_MARK }
#define SENT(count) { .op = OP_SENT, .n = (count) }

/* ---- scenario_watch.c: clients that read slowly, and what they were shown */
/* So many more connections "c1", "c2", ... to as many peers. */
#define MANY(h, count_) { .op = OP_MANY, .host = (h), .n = (count_) }
/* The host's latest client reads no more; it goes on; its request ends with this code. */
#define STALLS(h) { .op = OP_STALLS, .host = (h) }
#define READS(h) { .op = OP_READS, .host = (h) }
#define ENDED(h, code) { .op = OP_ENDS, .host = (h), .n = (code) }
/* So many records of the kind have come to the one that stalled, or else to the latest; at most so
 * many. */
#define SHOWN(h, kind_, count_) { .op = OP_SHOWN, .host = (h), .text = (kind_), .n = (count_) }
#define SHOWN_LESS(h, kind_, count_) \
	{ .op = OP_SHOWN, .host = (h), .text = (kind_), .more = "<", .n = (count_) }
/* The one that stalled, or else the latest, has got these words. */
#define TOLD(h, words_) { .op = OP_TOLD, .host = (h), .text = (words_) }
#define WHAT_IF(h, packet) ASK_WITH(h, VERB_WHAT_IF, NULL, packet), WAIT(h, RC_OK)
void scenario_watch_step(struct sim *s, const struct sim_step *st, int64_t n);
/* What a dishonest or unlucky holder does with the ticket of "net": the session is remembered, put back, its
 * ticket changed at byte n, its lifetime made long; the gateway's store is lost. */
enum session_op { SESSION_SAVE, SESSION_RESTORE, SESSION_TAMPER, SESSION_LIES, SESSION_STORE_LOST };
#define SESSION(h, what_, n_) { .op = OP_SESSION, .host = (h), .what = (what_), .n = (n_) }

/* ---- scenario_path.c */
/* The host is behind the NAT box (203.0.113.9); NAT_OPEN: which forwards the IKE ports to it. */
#define NAT(h) { .op = OP_NAT, .host = (h) }
#define NAT_OPEN(h) { .op = OP_NAT, .host = (h), .n = 1 }
#define REMAP { .op = OP_REMAP }           /* the box forgets its mappings */
#define REMAP_MOVED { .op = OP_REMAP, .n = 1 } /* and gets another address */
#define SET_ADDRESSES(h, words_) { .op = OP_ADDRESSES, .host = (h), .text = (words_) }
/* The host's kernel tells that the peer's ESP comes from elsewhere. */
#define MAPPED(h, peer) { .op = OP_MAPPED, .host = (h), .what = (peer) }
/* Where the host's IKE and ESP go; a "-" before: ESP without UDP. */
#define PATH(h, words_) { .op = OP_PATH, .host = (h), .text = (words_) }
#define FRAGMENTS(count) { .op = OP_FRAGMENTS, .n = (count) } /* sent since MARK; FAILS: any */
#define KEEPALIVES(count) { .op = OP_KEEPALIVES, .n = (count) } /* since it was last asked */
/* The TCP connection of the host's IKE SA, which it made, has broken. */
#define STREAM_LOST(h) { .op = OP_STREAM_LOST, .host = (h) }
#define NO_SETS(h) { .op = OP_NO_SETS, .host = (h) } /* of fragments, by the core's own count */
void scenario_path_step(struct sim *s, const struct sim_step *st, size_t mark, int64_t n);

/* ---- restart.c */
void scenario_restart_step(struct sim *s, const struct sim_step *st, size_t mark, int64_t n);

struct scenario_list {
	const struct scenario *rows;
	size_t count;
};
#define LIST(name) extern const struct scenario_list name;
#include "scenario_lists.h"
#undef LIST

/* False with s->why. k is the run's number. */
bool scenario_run(const struct scenario *sc, uint64_t seed, int64_t k, bool verbose, char *why,
		  size_t size, uint64_t *digest);
int64_t scenario_first(const struct scenario *sc);
int64_t scenario_last(const struct scenario *sc);

/* chaos.c: one world of random commands and faults. */
bool chaos_run(uint64_t seed, bool verbose, char *why, size_t size, uint64_t *digest);
/* matrix.c: the schedules of the collision matrix, by number. */
uint64_t matrix_count(void);
void matrix_name(uint64_t n, char *out, size_t size);
bool matrix_run(uint64_t n, bool verbose, char *why, size_t size, uint64_t *digest);
/* memory.c: blocks in use; always 0 under a sanitizer. */
size_t memory_blocks(void);
/* Both ends shut down and leave nothing behind. */
void scenario_finish(struct sim *s);

#endif
