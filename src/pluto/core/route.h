/* SPDX-License-Identifier: Apache-2.0 */
/* Routing: what stands of a connection without a child, and packets that want one (core/route.c). */
#ifndef CORE_ROUTE_H
#define CORE_ROUTE_H

#include "core/internal.h"

/* Of answers that are for a route and not for a slot of an IKE SA; the owner is the connection's
 * serial number. */
#define TICKET_ROUTE UINT32_MAX

/* Puts the connection's policies and runs its scripts: RC_OK, and clients that wait with WAITS_ROUTED
 * are answered when all stands, or an exit code with its reason. */
uint32_t route_start(struct core *c, struct connection *conn, char *reason, size_t size);
/* Something happened to the connection that its routing may depend on. */
void route_event(struct core *c, struct connection *conn, enum routing_event event);
/* A negotiation of ours failed: the failure shunt, for a time. */
void route_failed(struct core *c, struct connection *conn);
/* The connection's route when it is for the same traffic as the child; NULL: it is not. */
struct child_sa *route_twin(const struct child_sa *child);
/* The policies of the route at the end of a batch. */
void route_batch(const struct connection *conn, struct kernel_batch *b);
void route_policies_done(struct core *c, uint32_t serial, const struct kernel_batch *batch);
void route_script_done(struct core *c, uint32_t serial, int status);
/* Puts again what the kernel refused a moment ago; false: nothing was. */
bool route_again(struct core *c, struct connection *conn);
/* Orientation or addresses changed. */
void route_oriented(struct core *c, struct connection *conn);
/* Is a child of the connection being made, or about to be? */
bool route_is_negotiating(const struct connection *conn);
/* A packet wants a tunnel: from the kernel, or as an admin says. */
void route_kernel_acquire(struct core *c, const struct kernel_event *k);
uint32_t route_acquire(struct core *c, struct connection *conn, const struct selector *src,
		       const struct selector *dst, char *reason, size_t size);

/* ---- policy.c */
/* The policy that holds a packet, as the core has put it: whose it is, and the pair of its selectors. */
struct policy_match {
	const struct child_sa *of; /* a child, a held one or a route; NULL: none */
	bool is_route;
	struct selector local, remote;
	uint64_t order; /* the higher the earlier */
};
struct policy_match policy_of_packet(struct core *c, const struct selector *src,
				     const struct selector *dst);
/* The connection whose route does, of those in sight but instances; NULL: none. */
struct connection *route_of_packet(struct core *c, const struct selector *src,
				   const struct selector *dst);
/* Who has policies for just the traffic of a route that is to stand, and does something else with it, so that
 * one of the two would not be done: passes in clear what the other protects or drops. NULL: nobody. */
const struct connection *policy_conflict(struct core *c, const struct child_sa *route);
/* Does it serve a child or a route? */
bool policy_is_used(struct core *c, const struct kernel_policy *p);

/* ---- opportunistic.c: routed templates */
/* The connection that a packet makes: itself, or of a template the instance for the destination, with
 * its policies. NULL with a reason: none. */
struct connection *opportunistic_for(struct core *c, struct connection *conn,
				     const struct selector *dst, char *reason, size_t size);
/* Is it an instance for one host, whose route goes when nothing is left to say about that host? */
bool opportunistic_is_passing(const struct connection *conn);
/* When a bare shunt that is put now is over. */
uint64_t opportunistic_shunt_end(const struct core *c);
/* A child stands: a shunt for the same host goes. */
void opportunistic_established(struct core *c, struct connection *conn);
/* The shunts and traps of a template's instances go. */
void opportunistic_unroute(struct core *c, struct connection *template);

/* Frees without a word to the kernel. */
void route_fini(struct core *c);

#endif
