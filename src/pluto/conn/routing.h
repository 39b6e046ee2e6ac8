/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The routing of a connection as a state machine: what of it stands in the kernel while no child does
 * (RFC 4301 4.4.1: every packet is protected, passed or dropped). One table says what follows from
 * what; doc/routing.md is its picture, made from it. core/route.c carries it out.
 */
#ifndef CONN_ROUTING_H
#define CONN_ROUTING_H

#include "base/text.h"
#include "conf/conn.h"

enum routing {
	ROUTING_UNROUTED,             /* nothing stands: traffic is in clear */
	ROUTING_UNROUTED_NEGOTIATION, /* negotiating, nothing stands */
	ROUTING_UNROUTED_TUNNEL,      /* a child's own policies stand, and go with it */
	ROUTING_ONDEMAND,             /* a trap: the first packet starts a negotiation */
	ROUTING_NEGOTIATION,          /* what --nego... says stands */
	ROUTING_TUNNEL,               /* a child stands; a trap comes back when it goes */
	ROUTING_FAILURE,              /* what --fail... says stands */
	ROUTING_NEVER,                /* a connection that only passes or drops */
	ROUTING_STATES,
};

enum routing_event {
	ROUTING_ROUTE,     /* --route */
	ROUTING_FORBID,    /* --route of a connection that only passes or drops */
	ROUTING_UNROUTE,   /* --unroute, or deleted */
	ROUTING_NEGOTIATE, /* a negotiation of ours begins */
	ROUTING_ESTABLISH, /* a child stands */
	ROUTING_FAIL,      /* a negotiation of ours has failed */
	ROUTING_DOWN,      /* the last child is gone */
	ROUTING_EXPIRE, /* a failure shunt's time is over, or the negotiation is ended by an admin */
	ROUTING_EVENTS,
};

/* What is put in the place of a connection's traffic. */
enum shunt { SHUNT_NONE, SHUNT_TRAP, SHUNT_PASS, SHUNT_DROP };

/* The state that follows; the same one when the event says nothing there. */
enum routing routing_next(enum routing from, enum routing_event event);
/* What stands in a state, by the connection's choices. */
enum shunt routing_shunt(enum routing state, const struct conn_config *config);
/* For status: "unrouted", "prospective erouted", "erouted", "erouted HOLD", "fail erouted". */
const char *routing_name(enum routing state);
bool routing_is_routed(enum routing state);
/* The table as a picture (Markdown with a Mermaid state diagram). */
void routing_picture(struct text *out);

#endif
