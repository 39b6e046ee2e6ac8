/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections as the daemon holds them: the resolved definition, which side is us, what the admin
 * wants of it, and what it has now. A definition whose peer may be many (at %any, or with %any or a
 * pattern for its identity) is a template: it has no SAs itself; each peer that proves who it is
 * gets an instance, which shares the definition and is freed when nothing refers to it any more.
 * Every look-up is by hash: conn/lookup.c, conn/instance.c.
 */
#ifndef CONN_CONNECTION_H
#define CONN_CONNECTION_H

#include "base/heap.h"
#include "base/list.h"
#include "base/pair_index.h"
#include "base/table.h"
#include "conf/conn.h"
#include "conn/routing.h"
#include "port/kernel_ops.h"
#include "conn/pool.h"
#include "conn/session.h"

enum connection_kind { CONNECTION_PERMANENT, CONNECTION_TEMPLATE, CONNECTION_INSTANCE };

struct child_sa;
struct connections;
/* Where the gateway sent us (RFC 5685; core/redirect.c). */
struct redirection {
	struct address to, from; /* family NONE: to nowhere */
	uint64_t since_usec;
	uint8_t count;     /* since then */
	uint32_t lookups;  /* of gateways that are names; the number of the last one */
	bool is_looked_up; /* and that is under way: what it says is where we go */
};

struct index_entry;
/* The last failure, kept when it is over: an admin asks why (ctl/causes.h). */
struct failure {
	uint64_t wall_sec;
	uint8_t cause;  /* enum cause */
	bool is_over;   /* it has stood since, or nobody wants it any more */
	uint32_t count; /* in a row */
	struct address peer;
	char *text;
	char *detail; /* facts of that attempt, a line each; NULL: none */
};

struct membership;
struct route_owner;

/* A name that stands for several connections (conn/group.c). */
struct conn_group {
	struct table_node by_name; /* in connections.by_group */
	char *name;
	struct list members;
};

struct connection {
	struct table_node by_name; /* an instance: by template, address and identity of its peer */
	struct table_node by_serial, by_reqid;
	struct list
		node; /* in connections.all in order of adding, or in its template's instances */
	struct connections *set;
	struct conn_def *def;             /* an instance: its template's */
	struct connection *template;      /* of an instance */
	struct list instances;            /* of a template */
	struct conn_end *own_peer;        /* an instance: who its peer is */
	const struct conn_end *us, *peer; /* left is us when not oriented */
	uint32_t serial;
	uint32_t reqid;
	uint32_t instance;       /* its number in its template, from 1; else 0 */
	uint32_t instances_made; /* of a template */
	uint16_t source;         /* whose transaction added it, from 1; 0: nobody's */
	uint8_t kind;            /* enum connection_kind */
	bool is_oriented;
	const struct conn_end *iface_end; /* ours, since iface_hold; NULL: nothing held */
	bool is_deleted;                  /* out of sight; freed when nothing refers to it */
	/* where IKE_SA_INIT and IKE_AUTH requests find it, while it is oriented (lookup.c) */
	struct index_entry *entries; /* one for each address of the peer */
	uint8_t entry_count;
	struct pair_entries clients;    /* in connections.clients, while it can be seen */
	uint8_t hosts_tried;            /* of these, in vain since the last success */
	struct membership *memberships; /* of groups; NULL: none */
	struct route_owner *routes;     /* networks it has run the route script for */
	/* hot restart (core/keep.c, core/adopt.c) */
	struct list touched;
	uint64_t kept;
	bool is_adopted;   /* a former run's, and nobody has added it here yet */
	bool routes_later; /* its policies are put when it takes the place of another */
	/* what refers to it: each holds a node there */
	struct list ike_sas;   /* struct ike_sa */
	struct list children;  /* struct child_sa */
	struct list wants;     /* struct want */
	struct list held;      /* struct child_sa: policies without states (core/hold.c) */
	struct list unused;    /* in connections.unused: to be looked at for freeing */
	struct list looked_up; /* in connections.looked_up: a host is not an address */
	/* intent */
	bool is_wanted;         /* should be up: connection_set_wanted */
	uint32_t failures;      /* attempts that failed since then */
	bool has_stood;         /* it was up since then: it is revived without limit */
	uint32_t lost_ike;      /* the IKE SA whose loss was acted upon */
	struct heap_node retry; /* in the core's heap while a retry is planned */
	bool doubts_cookies;    /* an attempt came to nothing after a COOKIE (intent_doubts) */
	struct redirection redirection;
	bool resumes_short;      /* how its gateway wants AUTH then (struct session) */
	struct session *session; /* what it may be resumed by (RFC 5723); NULL: nothing */
	/* what it has: serial numbers, 0: none */
	uint32_t newest_ike, newest_child;
	uint8_t routing;        /* enum routing: core/route.c */
	struct child_sa *route; /* its policies without a child; NULL: not routed */
	struct list
		retiring; /* in the core's list: what it replaces goes at the end of the event */
	uint32_t predecessor;    /* serial of the one it replaces, until it stands; 0: none */
	uint32_t acquires;       /* packets that wanted it, as far as the kernel told */
	uint32_t policy_owner;   /* child whose policies stand in the kernel */
	uint32_t debug;          /* enum debug_class, beside what is on for all */
	struct failure *failure; /* NULL: none ever */
	/* sums over what has gone */
	uint64_t gone_bytes[2], gone_packets[2]; /* in, out: of its children, as last read */
	uint32_t rekeys, failed;                 /* attempts */
};

struct connections {
	struct table by_name, by_serial, by_reqid;
	struct table by_hosts, by_peer; /* lookup.c */
	struct table by_group;          /* struct conn_group */
	struct pair_index clients;      /* all but instances, by what they are for */
	struct pair_index policies;     /* struct child_sa whose policies stand (sa/child_sa.h) */
	struct table ifaces;            /* iface.c */
	struct list iface_users;
	struct list all;    /* permanent ones and templates */
	struct list hidden; /* deleted ones that something still refers to */
	struct list unused;
	struct list looked_up;
	struct proposal_pool proposals; /* of all definitions */
	size_t count;                   /* of all */
	size_t instance_count;
	size_t ppk_users; /* those whose ppk= is not never */
	uint32_t next_serial;
	uint32_t next_reqid;
	struct pools pools;
};

/* ---- connection.c */
/* False when randomness is short. */
bool connections_init(struct connections *set);
void connections_fini(struct connections *set);
struct connection *connection_find(struct connections *set, const char *name);
struct connection *connection_by_serial(struct connections *set, uint32_t serial);
/* The newest with this reqid; next gives the one after it. For what the kernel tells of. */
struct connection *connection_by_reqid(struct connections *set, uint32_t reqid);
struct connection *connection_next_by_reqid(struct connection *c);
/* Takes def, which is on the heap, over. NULL when memory is short: def stays the caller's. The name
 * must be free. */
struct connection *connection_add(struct connections *set, struct conn_def *def);
/* Frees; whoever refers to it must have let go, a template's instances too. */
void connection_remove(struct connections *set, struct connection *c);
/* Takes it out of sight: its name is free again, and no request finds it any more. */
void connection_hide(struct connection *c);
/* To be called when one of its lists may have become empty: it is put on connections.unused if it is
 * an instance or deleted. */
void connection_unused(struct connection *c);
void connection_set_wanted(struct connection *c, bool is_wanted);
/* Is nothing on its lists, and no instance, and is it not wanted? */
bool connection_is_idle(const struct connection *c);
/* An end's host was looked up. True: it has changed, and the connection must be oriented anew. */
bool connection_set_host(struct connection *c, bool is_right, const struct address *host,
			 const struct address *nexthop);
/* The same for all that an end may be at: the one in use stays if it is among them. */
bool connection_set_hosts(struct connection *c, bool is_right, const struct address *list,
			  uint8_t count, const struct address *nexthop);
/* The peer's address after the one in use; false: it has no other. */
bool connection_next_host(const struct connection *c, struct address *out);
/* Has it a host that is not looked up yet? */
bool connection_is_unresolved(const struct connection *c);
/* Finds which side is us among our addresses (address_cmp order); sets us, peer and is_oriented. */
void connection_orient(struct connection *c, const struct address *ours, size_t count);
void connection_failed(struct connection *c, uint8_t cause, const char *text, uint64_t wall_sec);
/* Lines about the attempt under way, for the failure that may follow. */
void connection_explain(struct connection *c, const char *lines);
void connection_failure_over(struct connection *c);
/* Why it is not up; NULL: no failure, or it is over. */
const char *connection_error(const struct connection *c);
/* How our end proves itself, by the word of both ancestors: "PSK", "RSASIG", "ECDSA", ... */
const char *connection_auth_word(const struct connection *c);
/* "west", or "west"[2] 192.0.2.7 with the quotes; returns buf. */
const char *connection_format(const struct connection *c, char *buf, size_t size);
#define CONNECTION_TEXT_LEN (CONN_NAME_LEN + ADDRESS_TEXT_LEN + 20)
/* Serial numbers, and reqids of further children, go on behind those of a former run. */
void connections_continue(struct connections *set, uint32_t serial, uint32_t reqid);
/* A reqid that no connection has, for a further child of one. */
uint32_t connections_new_reqid(struct connections *set);
/* Do we ask the peer for an address, or hand out one to it (RFC 7296 2.19)? */
bool connection_is_config_client(const struct connection *c);
bool connection_is_config_server(const struct connection *c);
/* Is a child that holds only part of the clients good enough? Always where the peers are many and
 * each has its part. */
bool connection_narrows(const struct connection *c);
/* What our end and the peer may use: the clients, or, of a peer at %any without one, the address it
 * speaks from, as of an opportunistic one. False when memory is short or such a peer is in none of its
 * clients; the caller frees the lists. */
bool connection_clients(const struct connection *c, const struct address *remote,
			struct selectors *local_out, struct selectors *remote_out);

/* ---- group.c */
/* The group of that name, or NULL. */
struct conn_group *connections_group(struct connections *set, const char *name);
/* The first member in order of adding (after NULL), or the one after another; NULL: no more. */
struct connection *conn_group_at(const struct conn_group *g, const struct connection *after);
/* Enters it by what its definition says; false: memory is short, it is in none. */
bool connection_join_groups(struct connection *c);
void connection_leave_groups(struct connection *c);

/* ---- instance.c */
/* The instance of the template for this peer: the one there is, or a new one. NULL: out of memory. */
struct connection *connection_instance(struct connection *template, const struct address *remote,
				       const struct identity *peer_id);
/* The one there is, or NULL. */
struct connection *connection_instance_find(struct connection *template,
					    const struct address *remote,
					    const struct identity *peer_id);
/* An instance is a peer's alone from now on: its identity is proven. False: out of memory. */
bool connection_instance_named(struct connection *c, const struct identity *peer_id);

/* ---- iface.c */
/* The connection's XFRM interface, if it has one, and its address there are used from now on. */
void iface_hold(struct connection *c);
/* Not any more: into the batch, which is begun, goes the removal of what nobody else uses. */
void iface_release(struct connection *c, struct kernel_batch *b);
void ifaces_fini(struct connections *set);

/* ---- lookup.c: who could serve a peer */
void connection_index(struct connection *c);
void connection_unindex(struct connection *c);
/*
 * A walk over the oriented connections that could serve a peer that speaks from remote to local, the
 * exact address before %any. Without an identity (IKE_SA_INIT): one for each different ike=. With one
 * (IKE_AUTH): those for exactly that identity before those for %any or a pattern. Templates come as
 * such. The set must not change during the walk.
 */
struct connection_walk {
	struct connections *set;
	struct address local, remote;
	const struct identity *id;
	uint8_t stage;
	struct list *head, *at;
};
struct connection_walk connection_walk(struct connections *set, const struct address *local,
				       const struct address *remote, const struct identity *id);
struct connection *connection_walk_next(struct connection_walk *w);
/* The oldest of those whose clients hold the packet; NULL: none. */
struct connection *connection_of_packet(struct connections *set, const struct selector *local,
					const struct selector *remote);

#endif
