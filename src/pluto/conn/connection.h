/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections as the daemon holds them: the resolved definition, which side is us, what the admin
 * wants of it, and what it has now. Found by name through a hash table.
 */
#ifndef CONN_CONNECTION_H
#define CONN_CONNECTION_H

#include "base/heap.h"
#include "base/list.h"
#include "base/table.h"
#include "conf/conn.h"

struct connection {
	struct table_node by_name;
	struct list node; /* in connections.all, in order of adding */
	struct conn_def *def;
	uint32_t serial;
	uint32_t reqid;
	bool is_oriented;
	const struct conn_end *us, *peer; /* into def; left is us when not oriented */
	/* intent */
	bool is_wanted;         /* an admin asked for it to be up */
	uint32_t failures;      /* attempts that failed since then */
	struct heap_node retry; /* in the core's heap while a retry is planned */
	/* what it has: serial numbers, 0: none */
	uint32_t newest_ike, newest_child;
	uint32_t policy_owner; /* child whose policies stand in the kernel */
	/* last failure, for status */
	char last_error[200];
};

struct connections {
	struct table by_name;
	struct list all;
	struct proposal_pool proposals; /* of all definitions */
	size_t count;
	uint32_t next_serial;
};

/* False when randomness is short. */
bool connections_init(struct connections *set);
void connections_fini(struct connections *set);
struct connection *connection_find(struct connections *set, const char *name);
/* Takes def, which is on the heap, over. NULL when memory is short: def stays the caller's. The name
 * must be free. */
struct connection *connection_add(struct connections *set, struct conn_def *def);
/* Frees; whoever refers to it must have let go. */
void connection_remove(struct connections *set, struct connection *c);
/* What the peer may use: its client, or, of a peer at %any without one, its own address. */
struct selector connection_peer_client(const struct connection *c, const struct address *remote);
/* Finds which side is us among our addresses; sets us, peer and is_oriented. */
void connection_orient(struct connection *c, const struct address *ours, size_t count);
/* A connection that could serve a peer that speaks from remote to local: exact peer address before
 * %any; after NULL, the one after *from. For IKE_SA_INIT, before identities are known. */
struct connection *connection_for_peer(struct connections *set, const struct address *local,
				       const struct address *remote, struct connection *from);

#endif
