/* SPDX-License-Identifier: Apache-2.0 */
/* THE table of routing, and its picture. What it asks for is core/route.c's to do. */
#include "conn/routing.h"

struct routing_row {
	uint8_t from;  /* enum routing */
	uint8_t event; /* enum routing_event */
	uint8_t to;
};

static const struct routing_row rows[] = {
	{ ROUTING_UNROUTED, ROUTING_ROUTE, ROUTING_ONDEMAND },
	{ ROUTING_UNROUTED, ROUTING_FORBID, ROUTING_NEVER },
	{ ROUTING_UNROUTED, ROUTING_NEGOTIATE, ROUTING_UNROUTED_NEGOTIATION },
	{ ROUTING_UNROUTED, ROUTING_ESTABLISH, ROUTING_UNROUTED_TUNNEL },

	{ ROUTING_UNROUTED_NEGOTIATION, ROUTING_ROUTE, ROUTING_NEGOTIATION },
	{ ROUTING_UNROUTED_NEGOTIATION, ROUTING_ESTABLISH, ROUTING_UNROUTED_TUNNEL },
	{ ROUTING_UNROUTED_NEGOTIATION, ROUTING_FAIL, ROUTING_UNROUTED },
	{ ROUTING_UNROUTED_NEGOTIATION, ROUTING_EXPIRE, ROUTING_UNROUTED },

	{ ROUTING_UNROUTED_TUNNEL, ROUTING_ROUTE, ROUTING_TUNNEL },
	{ ROUTING_UNROUTED_TUNNEL, ROUTING_DOWN, ROUTING_UNROUTED },

	{ ROUTING_ONDEMAND, ROUTING_NEGOTIATE, ROUTING_NEGOTIATION },
	{ ROUTING_ONDEMAND, ROUTING_ESTABLISH, ROUTING_TUNNEL },
	{ ROUTING_ONDEMAND, ROUTING_UNROUTE, ROUTING_UNROUTED },

	{ ROUTING_NEGOTIATION, ROUTING_ESTABLISH, ROUTING_TUNNEL },
	{ ROUTING_NEGOTIATION, ROUTING_FAIL, ROUTING_FAILURE },
	{ ROUTING_NEGOTIATION, ROUTING_EXPIRE, ROUTING_ONDEMAND },
	{ ROUTING_NEGOTIATION, ROUTING_UNROUTE, ROUTING_UNROUTED_NEGOTIATION },

	{ ROUTING_TUNNEL, ROUTING_DOWN, ROUTING_ONDEMAND },
	{ ROUTING_TUNNEL, ROUTING_UNROUTE, ROUTING_UNROUTED_TUNNEL },

	{ ROUTING_FAILURE, ROUTING_NEGOTIATE, ROUTING_NEGOTIATION },
	{ ROUTING_FAILURE, ROUTING_ESTABLISH, ROUTING_TUNNEL },
	{ ROUTING_FAILURE, ROUTING_EXPIRE, ROUTING_ONDEMAND },
	{ ROUTING_FAILURE, ROUTING_UNROUTE, ROUTING_UNROUTED },

	{ ROUTING_NEVER, ROUTING_UNROUTE, ROUTING_UNROUTED },
};

static const struct {
	const char *word;   /* in the picture */
	const char *status; /* in status lines */
	const char *stands;
} states[ROUTING_STATES] = {
	[ROUTING_UNROUTED] = { "UNROUTED", "unrouted", "nothing: the traffic is in clear" },
	[ROUTING_UNROUTED_NEGOTIATION] = { "UNROUTED_NEGOTIATION", "unrouted",
					   "nothing: the traffic is in clear" },
	[ROUTING_UNROUTED_TUNNEL] = { "UNROUTED_TUNNEL", "erouted",
				      "the child's policies, which go with it" },
	[ROUTING_ONDEMAND] = { "ONDEMAND", "prospective erouted",
			       "a trap: packets wait, the first one starts a negotiation" },
	[ROUTING_NEGOTIATION] = { "NEGOTIATION", "erouted HOLD",
				  "the trap, or what negotiationshunt= says" },
	[ROUTING_TUNNEL] = { "TUNNEL", "erouted", "the child's policies over the trap" },
	[ROUTING_FAILURE] = { "FAILURE", "fail erouted", "the trap, or what failureshunt= says" },
	[ROUTING_NEVER] = { "NEVER", "prospective erouted", "pass or drop, as type= says" },
};

static const char *const events[ROUTING_EVENTS] = {
	[ROUTING_ROUTE] = "route",
	[ROUTING_FORBID] = "route (pass, drop)",
	[ROUTING_UNROUTE] = "unroute",
	[ROUTING_NEGOTIATE] = "negotiate",
	[ROUTING_ESTABLISH] = "established",
	[ROUTING_FAIL] = "failed",
	[ROUTING_DOWN] = "down",
	[ROUTING_EXPIRE] = "over",
};

enum routing routing_next(enum routing from, enum routing_event event)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].from == from && rows[i].event == event)
			return (enum routing)rows[i].to;
	return from;
}

enum shunt routing_shunt(enum routing state, const struct conn_config *config)
{
	switch (state) {
	case ROUTING_ONDEMAND:
	case ROUTING_TUNNEL:
		return SHUNT_TRAP;
	case ROUTING_NEGOTIATION:
		return config->negotiation_shunt == NEGOTIATION_PASS ? SHUNT_PASS : SHUNT_TRAP;
	case ROUTING_FAILURE:
		return config->failure_shunt == FAILURE_PASS   ? SHUNT_PASS
		       : config->failure_shunt == FAILURE_DROP ? SHUNT_DROP
							       : SHUNT_TRAP;
	case ROUTING_NEVER:
		return config->type == CONN_PASSTHROUGH ? SHUNT_PASS : SHUNT_DROP;
	default:
		return SHUNT_NONE;
	}
}

const char *routing_name(enum routing state)
{
	return states[state].status;
}

bool routing_is_routed(enum routing state)
{
	return state >= ROUTING_ONDEMAND;
}

void routing_picture(struct text *out)
{
	text_put(out, "# Routing of a connection\n\n"
		      "Made from the table in `src/pluto/conn/routing.c` by its unit test: "
		      "`ROUTING_WRITE=1 make unit-conn`.\n\n```mermaid\nstateDiagram-v2\n"
		      "    [*] --> UNROUTED\n");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		text_add(out, "    %s --> %s: %s\n", states[rows[i].from].word,
			 states[rows[i].to].word, events[rows[i].event]);
	text_put(out, "```\n\n| state | in status | what stands in the kernel |\n|---|---|---|\n");
	for (size_t i = 0; i < ROUTING_STATES; i++)
		text_add(out, "| %s | %s | %s |\n", states[i].word, states[i].status,
			 states[i].stands);
}
