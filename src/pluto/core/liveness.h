/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Liveness (RFC 7296 2.4): when a peer was last heard, when it is asked whether it lives, and what
 * becomes of a connection whose peer is dead.
 */
#ifndef CORE_LIVENESS_H
#define CORE_LIVENESS_H

#include "core/internal.h"

/* The IKE SA stands: its first look is due after dpddelay and up to a quarter more. */
void liveness_start(struct core *c, struct ike_sa *ike);
/* A fresh message of the peer passed window and integrity check. Nothing else counts (case 145). */
void liveness_heard(struct core *c, struct ike_sa *ike);
/* Part of the IKE SA's timer: looks when a look is due. */
void liveness_timer(struct core *c, struct ike_sa *ike);
/* The kernel's counters that were asked for under this ticket have been taken over. */
void liveness_counters(struct core *c, uint64_t owner, uint32_t ticket);
/* There is a hint, which is logged, that the peer lost it: one probe a minute at most (case 7). */
void liveness_hint(struct core *c, struct ike_sa *ike, const char *what);

/* Asks the kernel for the counters of all its children, one way; the last question bears the ticket. False: there
 * is nothing to ask for. */
bool liveness_ask_counters(struct core *c, struct ike_sa *ike, bool inbound, uint32_t *ticket);

/* ---- keepalive.c */
/* When it is to be looked at whether a keepalive is needed; USEC_NEVER: not. */
uint64_t keepalive_due(const struct core *c, const struct ike_sa *ike);
/* Part of the IKE SA's timer. */
void keepalive_timer(struct core *c, struct ike_sa *ike);
void keepalive_counters(struct core *c, uint64_t owner, uint32_t ticket);

/* ---- hold.c: policies that stay without an SA, so that nothing goes in clear */
/* Is a child of a dead peer held rather than ended? */
bool hold_is_wanted(const struct child_sa *child);
/* Its states go and `down` is run; the policies stay. Takes the child from its IKE SA. */
void hold_child(struct core *c, struct ike_sa *ike, struct child_sa *child, const char *reason);
/* The held child of the connection with the same selectors, or NULL. */
struct child_sa *hold_twin(const struct child_sa *child);
/* A child of the connection stands: what was held for it is its own now, the rest goes. */
void hold_replaced(struct core *c, const struct child_sa *child);
/* Lets go of all that is held for the connection, or for all. */
void hold_release(struct core *c, struct connection *conn);
void hold_release_all(struct core *c);
/* Frees without a word to the kernel. */
void hold_fini(struct core *c);

#endif
