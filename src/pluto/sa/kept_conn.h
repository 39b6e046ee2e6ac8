/* SPDX-License-Identifier: Apache-2.0 */
/* A connection as it is kept: the request that defined it, and what has become of it since. */
#ifndef SA_KEPT_CONN_H
#define SA_KEPT_CONN_H

#include "sa/pack.h"

struct kept_connection {
	/* an instance: of this template, for this peer */
	uint32_t template; /* serial; 0: it is none */
	uint32_t instance;
	struct address remote;
	struct identity peer_id;
	/* any other */
	struct conn_config config;
	struct address hosts[2], nexthops[2]; /* left, right: as looked up, or of several in use */
	bool is_deleted;                      /* out of sight, but its SAs are there */
	bool is_routed, route_is_up;
	uint32_t predecessor;
	bool is_wanted, has_stood;
};

/* Borrowed from the connection, but for what is copied: only for writing. */
struct kept_connection kept_connection_of(const struct connection *conn);
void pack_kept_connection(struct pack *p, struct kept_connection *k);
/* Only for what was read. */
void kept_connection_free(struct kept_connection *k);

#endif
