/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Session resumption (RFC 5723) as a client: the ticket that a connection has, when it may be presented,
 * and what becomes of an attempt that does not come up by it.
 */
#ifndef CORE_RESUME_H
#define CORE_RESUME_H

#include "core/internal.h"

/* Keeps a ticket that the gateway gave for this IKE SA; the one before goes. */
void resume_keep(struct core *c, struct ike_sa *ike, struct slice ticket, uint32_t lifetime_sec);
/* The connection's ticket is no good any more. */
void resume_forget(struct connection *conn);
/* The same if it is of this IKE SA. */
void resume_forget_of(struct connection *conn, const struct ike_sa *ike);
/* The ticket of this IKE SA, as long as it is good; NULL: none. */
struct session *resume_of(const struct core *c, const struct ike_sa *ike);
/* Takes the ticket off the connection if it may be presented now; NULL: begin in full. */
struct session *resume_take(struct core *c, struct connection *conn);
/* A session's algorithms; false: one of them is not here any more. */
bool resume_suite(const struct session *s, struct suite *out);
/* The IKE SA ends, with code (ctl/codes.h): who holds its tickets, here or there, may use them only if it was
 * lost, and not deleted. was_up: it had been established. */
void resume_ended(struct core *c, struct ike_sa *ike, bool was_up, uint32_t code);
/* An attempt that was to resume one has failed: true when another one, in full, was begun. */
bool resume_goes_on(struct core *c, struct ike_sa *ike);
/* The IKE SA was replaced by a rekey: tickets of it are invalid (6.2). */
void resume_rekeyed(struct core *c, struct ike_sa *old);
/* All stands that was resumed: gateway: the IKE SA that it was is silently deleted (4.3.4). */
void resume_finish(struct core *c, struct ike_sa *ike);

#endif
