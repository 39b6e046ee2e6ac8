/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of connections: --connalias, and --subnets, which makes several of one definition. */
#include "scenario.h"

#define OFFICE "office"
#define HQ "--host=192.0.2.1 --subnets=10.1.0.0/24,10.1.1.0/24 --to --host=192.0.2.2 --subnets=10.2.0.0/24,10.2.1.0/24"
#define HQ_MORE "--host=192.0.2.1 --subnets=10.1.0.0/24,10.1.1.0/24,10.1.2.0/24 --to --host=192.0.2.2 --subnets=10.2.0.0/24,10.2.1.0/24"
#define HQ_LESS "--host=192.0.2.1 --subnets=10.1.0.0/24 --to --host=192.0.2.2 --subnets=10.2.0.0/24,10.2.1.0/24"
#define ONE "--host=192.0.2.1 --client=10.1.0.0/24 --to --host=192.0.2.2 --client=10.2.0.0/24"
#define PSKS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")
#define OFFICES PSKS, ADD(WEST, OFFICE, HQ), ADD(EAST, OFFICE, HQ), LISTEN(WEST), LISTEN(EAST)
#define ALIASES SETUP("--connalias=all"), \
	ADD(WEST, "two", "--host=192.0.2.1 --client=10.3.0.0/16 --connalias=all,pair --to --host=192.0.2.2 --client=10.2.0.0/16"), \
	ADD(EAST, "two", "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 --client=10.2.0.0/16")

#define GATEWAY_EAST "--host=192.0.2.2 --id=@e --client=10.2.0.0/16 --to --host=%any --id=@w --client=10.1.0.0/16"
#define GATEWAY_OPTIONS(words_) PSK(WEST, "@w @e", "psk"), PSK(EAST, "@w @e", "psk"), PSK(NORTH, "@w @e", "psk"), \
	ADD(WEST, NET, "--host=192.0.2.1 --id=@w --client=10.1.0.0/16 " words_ "--to --host=%s --id=@e --client=10.2.0.0/16"), \
	ADD(NORTH, NET, "--host=192.0.2.3 --id=@e --client=10.2.0.0/16 --to --host=192.0.2.1 --id=@w --client=10.1.0.0/16"), \
	LISTEN(WEST), LISTEN(NORTH), LISTEN(EAST), RUN_MS(5)
#define GATEWAYS GATEWAY_OPTIONS("--retransmit-timeout=2s ")
#define SHARED "--host=192.0.2.1 --id=@w --client=10.1.0.0/16 --to --host=192.0.2.9,192.0.2.2 --id=@e --client=10.2.0.0/16 --retransmit-timeout=2s"

static const char *const places[] = { "192.0.2.2,192.0.2.3", "east,192.0.2.3", "gw", NULL };

static const struct scenario rows[] = {
	{ .name = "subnets of both ends are a connection for each pair", .cases = "", .steps = { OFFICES,
		HAS(WEST, COUNT_CONNECTIONS, 4), UP(WEST, OFFICE, RC_OK), REST, IKES(WEST, 1),
		BOTH(COUNT_CHILDREN, 4), LOGGED(WEST, "\"office/1x1\" #"), LOGGED(WEST, "\"office/2x2\" #"),
		PACKET(WEST, "10.1.1.1 10.2.0.1", "protect"), DOWN(WEST, "office/2x1", RC_OK), REST,
		BOTH(COUNT_CHILDREN, 3), DOWN(WEST, OFFICE, RC_OK), REST, BOTH(COUNT_CHILDREN, 0),
		CLEAN(WEST), DELETE(WEST, OFFICE, RC_OK), HAS(WEST, COUNT_CONNECTIONS, 0),
		DELETE(WEST, OFFICE, RC_UNKNOWN_NAME) } },
	{ .name = "a client beside subnets is number 0", .cases = "", .steps = { SETUP(""),
		ADD(WEST, OFFICE, "--host=192.0.2.1 --client=10.9.0.0/24 --to --host=192.0.2.2 --client=10.8.0.0/24 --subnets=10.7.0.0/24"),
		HAS(WEST, COUNT_CONNECTIONS, 3), ROUTE(WEST, "office/0x0", RC_OK),
		ROUTE(WEST, "office/0x1", RC_OK), ROUTE(WEST, "office/1x1", RC_UNKNOWN_NAME),
		PACKET(WEST, "10.9.0.1 10.7.0.1", "wait"), UNROUTE(WEST, OFFICE, RC_OK), REST } },
	{ .name = "one verb routes all, one packet makes one of them", .cases = "169", .steps = {
		OFFICES, ROUTE(WEST, OFFICE, RC_OK), HAS(WEST, COUNT_POLICIES, 8),
		PACKET(WEST, "10.1.1.1 10.2.1.1", "wait"), REST, BOTH(COUNT_CHILDREN, 1),
		UNROUTE(WEST, OFFICE, RC_OK), DOWN(WEST, OFFICE, RC_OK), REST, CLEAN(WEST) } },
	{ .name = "the same subnets again change nothing", .cases = "188", .steps = { OFFICES,
		UP(WEST, OFFICE, RC_OK), REST, MARK, ADD(WEST, OFFICE, HQ), REST, SENT(0),
		BOTH(COUNT_CHILDREN, 4), HAS(WEST, COUNT_CONNECTIONS, 4) } },
	{ .name = "a further subnet leaves the others alone and is up as they are", .cases = "188",
	  .steps = { PSKS, ADD(WEST, OFFICE, HQ), ADD(EAST, OFFICE, HQ_MORE), LISTEN(WEST),
		LISTEN(EAST), ROUTE(WEST, OFFICE, RC_OK), UP(WEST, OFFICE, RC_OK), REST,
		BOTH(COUNT_CHILDREN, 4), MARK, ADD(WEST, OFFICE, HQ_MORE), REST, SENT(4),
		BOTH(COUNT_CHILDREN, 6), HAS(WEST, COUNT_CONNECTIONS, 6), HAS(WEST, COUNT_POLICIES, 12),
		ADD(WEST, OFFICE, HQ_LESS), REST, BOTH(COUNT_CHILDREN, 2), HAS(WEST, COUNT_CONNECTIONS, 2),
		HAS(WEST, COUNT_POLICIES, 4), PACKET(WEST, "10.1.1.1 10.2.0.1", "clear") } },
	{ .name = "one network in place of subnets, and back", .cases = "188", .steps = { OFFICES,
		ROUTE(WEST, OFFICE, RC_OK), ADD(WEST, OFFICE, ONE), HAS(WEST, COUNT_CONNECTIONS, 1),
		HAS(WEST, COUNT_POLICIES, 2), PACKET(WEST, "10.1.0.1 10.2.0.1", "wait"), REST,
		ADD(WEST, OFFICE, HQ), REST, HAS(WEST, COUNT_CONNECTIONS, 4), HAS(WEST, COUNT_POLICIES, 8) } },
	{ .name = "none of a list is added when one is wrong", .cases = "190", .steps = { PSKS,
		ASK_WITH(WEST, VERB_ADD, OFFICE, "--psk --encrypt --host=192.0.2.1 --subnets=10.1.0.0/24,10.x --to --host=192.0.2.2"),
		WAIT(WEST, RC_WHACK), REASON(WEST, "network 2: left --client"), HAS(WEST, COUNT_CONNECTIONS, 0),
		ASK_WITH(WEST, VERB_ADD, OFFICE, "--psk --encrypt --host=192.0.2.1 --subnets=, --to --host=192.0.2.2"),
		WAIT(WEST, RC_WHACK), REASON(WEST, "names no network") } },
	{ .name = "an alias stands for all connections that have it", .cases = "", .steps = { ALIASES,
		UP(WEST, "all", RC_OK), REST, BOTH(COUNT_CHILDREN, 2), DOWN(WEST, "pair", RC_OK), REST,
		BOTH(COUNT_CHILDREN, 1), DOWN(WEST, "all", RC_OK), REST, BOTH(COUNT_CHILDREN, 0),
		DELETE(WEST, NET, RC_OK), DELETE(WEST, "all", RC_OK), HAS(WEST, COUNT_CONNECTIONS, 0),
		UP(WEST, "all", RC_UNKNOWN_NAME) } },
	{ .name = "the connection of a name goes before the group", .cases = "", .steps = { ALIASES,
		ADD(WEST, "all", "--host=192.0.2.1 --client=10.5.0.0/16 --to --host=192.0.2.2 --client=10.6.0.0/16"),
		ROUTE(WEST, "all", RC_OK), HAS(WEST, COUNT_POLICIES, 2), DELETE(WEST, "all", RC_OK),
		ROUTE(WEST, "all", RC_OK), HAS(WEST, COUNT_POLICIES, 4), UNROUTE(WEST, "all", RC_OK), REST } },
	{ .name = "the first fault of a group is its answer, the others go on", .cases = "", .steps = {
		ALIASES, ADD(WEST, "far", "--host=192.0.2.77 --connalias=all --to --host=192.0.2.78"),
		UP(WEST, "all", RC_ORIENT), REST, BOTH(COUNT_CHILDREN, 2) } },
	{ .name = "case 186: who asked for a group goes away", .cases = "186", .steps = { ALIASES,
		START(WEST, "all"), RUN_MS(5), GONE(WEST), REST, BOTH(COUNT_CHILDREN, 2) } },
	{ .name = "case 188: deleted while the group comes up", .cases = "188", .is_loose = true, .steps = { ALIASES,
		START(WEST, "all"), RUN_MS(25), DELETE(WEST, "all", RC_OK), REST, CLEAN(WEST),
		HAS(WEST, COUNT_CONNECTIONS, 0) } },
	/* ---- routes that several connections lead to */
	{ .name = "a route goes with the last connection that needs it", .cases = "", .steps = { ALIASES,
		ROUTE(WEST, NET, RC_OK), RAN(WEST, "prepare route "), ROUTE(WEST, "two", RC_OK),
		RAN(WEST, "prepare route route "), UNROUTE(WEST, NET, RC_OK), REST,
		RAN(WEST, "prepare route route route "), UNROUTE(WEST, "two", RC_OK), REST,
		RAN(WEST, "prepare route route route unroute ") } },
	{ .name = "a route of two tunnels", .cases = "", .steps = { ALIASES, UP(WEST, NET, RC_OK),
		UP(WEST, "two", RC_OK), RAN(WEST, "prepare route up route up "), DOWN(WEST, NET, RC_OK), REST,
		RAN(WEST, "prepare route up route up down route "), DOWN(WEST, "two", RC_OK), REST,
		RAN(WEST, "prepare route up route up down route down unroute ") } },
	{ .name = "a replaced connection hands its route on", .cases = "188", .steps = { ALIASES,
		ROUTE(WEST, NET, RC_OK), ADD(WEST, NET, "--metric=7"), REST, RAN(WEST, "prepare route "),
		UP(WEST, "two", RC_OK), DELETE(WEST, NET, RC_OK), REST,
		RAN(WEST, "prepare route route up route "), DELETE(WEST, "two", RC_OK), REST,
		RAN(WEST, "prepare route route up route down unroute ") } },
	{ .name = "case 180: a route script that fails owns nothing", .cases = "180", .steps = { ALIASES,
		SCRIPT(WEST, "route", 1), ROUTE(WEST, NET, RC_ROUTE), REST, SCRIPT(WEST, "none", 0),
		ROUTE(WEST, "two", RC_OK), UNROUTE(WEST, "two", RC_OK), REST,
		RAN(WEST, "prepare route down unroute prepare route unroute ") } },
	/* ---- a peer with several addresses: east is dead, north serves */
	{ .name = "the next of %s is tried when one does not answer", .cases = "", .is_loose = true,
	  .words = places, .steps = { GATEWAYS, UP(WEST, NET, RC_OK), REST, CHILDREN(NORTH, 1),
		CHILDREN(WEST, 1), IKES(WEST, 1), LOGGED(WEST, "192.0.2.2 does not serve us"),
		LOGGED(WEST, "192.0.2.3 is tried"), PACKET(WEST, "10.1.0.1 10.2.0.1", "protect") } },
	{ .name = "a trap whose peer is tried at both of its addresses", .cases = "169",
	  .is_loose = true, .words = (const char *const[]){ "192.0.2.2,192.0.2.3", NULL },
	  .steps = { GATEWAYS, ROUTE(WEST, NET, RC_OK), PACKET(WEST, "10.1.0.1 10.2.0.1", "wait"),
		RUN_MS(500), PACKET(WEST, "10.1.0.1 10.2.0.1", "wait"), REST, CHILDREN(WEST, 1),
		CHILDREN(NORTH, 1), PACKET(WEST, "10.1.0.1 10.2.0.1", "protect"),
		HAS(WEST, COUNT_POLICIES, 2) } },
	{ .name = "an attempt has failed when all addresses have", .cases = "", .is_loose = true,
	  .words = (const char *const[]){ "192.0.2.2,192.0.2.3", NULL }, .steps = { GATEWAYS,
		SET(WEST, KNOB_PARTITION, 1), UP(WEST, NET, RC_NO_RESPONSE), DOWN(WEST, NET, RC_OK), REST,
		LOGGED(WEST, "192.0.2.2 is tried when it is time"), CLEAN(WEST) } },
	{ .name = "a peer that dies is looked for at its other address", .cases = "143", .is_loose = true,
	  .words = (const char *const[]){ "192.0.2.2,192.0.2.3", NULL }, .steps = { GATEWAY_OPTIONS("--dpddelay=2s --retransmit-timeout=2s "),
		ADD(EAST, NET, GATEWAY_EAST), UP(WEST, NET, RC_OK), REST, CHILDREN(EAST, 1),
		CRASH(EAST), RUN_MS(10000), CHILDREN(NORTH, 1), CHILDREN(WEST, 1),
		PACKET(WEST, "10.1.0.1 10.2.0.1", "protect") } },
	{ .name = "a peer may call from any of its addresses, and is followed", .cases = "99",
	  .is_loose = true, .words = (const char *const[]){ "192.0.2.2,192.0.2.3", NULL },
	  .steps = { GATEWAYS, UP(NORTH, NET, RC_OK), REST, CHILDREN(WEST, 1), DOWN(NORTH, NET, RC_OK),
		REST, MARK, UP(WEST, NET, RC_OK), REST, SENT(4), CHILDREN(NORTH, 1) } },
	{ .name = "one definition for both sides: our own of several addresses", .cases = "",
	  .steps = { PSK(WEST, "@w @e", "psk"), PSK(EAST, "@w @e", "psk"),
		ADD(WEST, NET, SHARED), ADD(EAST, NET, SHARED), LISTEN(WEST), LISTEN(EAST),
		UP(EAST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1), DOWN(EAST, NET, RC_OK),
		UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "several networks move to the next address together", .cases = "", .is_loose = true,
	  .steps = { PSK(WEST, "@w @e", "psk"), PSK(NORTH, "@w @e", "psk"), PSK(EAST, "@w @e", "psk"),
		ADD(WEST, OFFICE, "--host=192.0.2.1 --id=@w --subnets=10.1.0.0/24,10.1.1.0/24 --retransmit-timeout=2s --to --host=192.0.2.2,192.0.2.3 --id=@e --client=10.2.0.0/24"),
		ADD(NORTH, OFFICE, "--host=192.0.2.3 --id=@e --client=10.2.0.0/24 --to --host=%any --id=@w --subnets=10.1.0.0/24,10.1.1.0/24"),
		LISTEN(WEST), LISTEN(NORTH), LISTEN(EAST), UP(WEST, OFFICE, RC_OK), REST, IKES(WEST, 1),
		CHILDREN(WEST, 2), CHILDREN(NORTH, 2) } },
	{ .name = "a host's own traffic follows it to its next address", .cases = "", .is_loose = true,
	  .steps = { PSK(WEST, "@w @e", "psk"), PSK(NORTH, "@w @e", "psk"),
		ADD(WEST, NET, "--host=192.0.2.1 --id=@w --retransmit-timeout=2s --to --host=192.0.2.2,192.0.2.3 --id=@e"),
		ADD(NORTH, NET, "--host=192.0.2.3 --id=@e --to --host=192.0.2.1 --id=@w"), LISTEN(WEST),
		LISTEN(NORTH), ROUTE(WEST, NET, RC_OK), PACKET(WEST, "192.0.2.1 192.0.2.2", "wait"), REST,
		CHILDREN(NORTH, 1), PACKET(WEST, "192.0.2.1 192.0.2.3", "protect"),
		PACKET(WEST, "192.0.2.1 192.0.2.2", "clear"), HAS(WEST, COUNT_POLICIES, 2) } },
};

const struct scenario_list scenarios_groups = { rows, ARRAY_LEN(rows) };
