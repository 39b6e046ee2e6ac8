/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Redirection (RFC 5685): as a gateway, where peers are sent; as a client, whether and how we go. The
 * notifies are read and put by exchanges/redirect.c.
 */
#ifndef CORE_REDIRECT_H
#define CORE_REDIRECT_H

#include "core/internal.h"

/* ---- gateway */
/* The next of the list that is neither of the two; false: there is none. */
bool redirect_next(struct core *c, const char *list, const struct address *not_this,
		   const struct address *nor_this, struct address *out);
/* A policy, with auto seen in the light of the load. */
bool redirect_is_on(const struct core *c, uint64_t policy);
/* An IKE_SA_INIT request of a peer that follows: answered with REDIRECT, and no state is made. */
bool redirect_init_request(struct core *c, const struct event *e, const struct message *m);

/* ---- client */
#define GATEWAY_NAME_LEN 254
/* Where a peer sends us (section 9.2): an address, or a name when its family is NONE. */
struct gateway {
	struct address address;
	char name[GATEWAY_NAME_LEN]; /* letters, digits, '.', '-' and '_' alone; "": none */
};
/* May we go there? Else why not. What a name stands for is looked at when it is known. */
bool redirect_may_follow(struct core *c, const struct ike_sa *ike, const struct gateway *to,
			 struct text *why);
/* The connection's next attempt goes there; ike is left behind. A name is looked up (section 5). */
void redirect_note(struct core *c, struct ike_sa *ike, const struct gateway *to);
/* Makes that attempt, of a name when it is looked up; what fails on the spot is a failed attempt. */
void redirect_go(struct core *c, struct connection *conn);
/* The gateway's name was looked up, or could not be. */
void redirect_resolved(struct core *c, struct connection *conn, const struct resolve_job *job);
/* The attempt of an IKE SA is over: true when another one was made, because the peer sent us away, or
 * because where we were sent did not serve us. */
bool redirect_goes_on(struct core *c, struct ike_sa *ike, const char *reason);
/* A child stands on ike: what was left behind for it can go. */
void redirect_done(struct core *c, struct ike_sa *ike, struct connection *conn);

#endif
