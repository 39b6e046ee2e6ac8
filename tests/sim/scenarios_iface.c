/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XFRM interfaces: made before the first policy of a connection, shared by all that name them, kept
 * while the connection is there, gone with the last one; and the numbers of policies and states.
 */
#include "scenario.h"

#define ENDS PSK(WEST, "", "secret"), PSK(EAST, "", "secret")
#define LISTEN_BOTH LISTEN(WEST), LISTEN(EAST)
#define ONE "--host=192.0.2.1 --client=10.1.0.0/16 --to --host=192.0.2.2 --client=10.2.0.0/16"
#define TWO "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 --client=10.4.0.0/16"
#define ONE_IP                                                                                 \
	"--host=192.0.2.1 --client=10.1.0.0/16 --interface-ip=10.9.0.1/24 --to --host=192.0.2.2 " \
	"--client=10.2.0.0/16"
#define TWO_IP                                                                                 \
	"--host=192.0.2.1 --client=10.3.0.0/16 --interface-ip=10.9.0.1/24 --to --host=192.0.2.2 " \
	"--client=10.4.0.0/16"
#define IFACES(h, count) HAS(h, COUNT_IFACES, count)

static const struct scenario rows[] = {
	{ .name = "interface: comes with the child, goes with the connection", .cases = "",
	  .steps = { SETUP("--ipsec-interface=7"), IFACES(WEST, 0), UP(WEST, NET, RC_OK), REST,
		IFACES(WEST, 1), IFACES(EAST, 1), DOWN(WEST, NET, RC_OK), REST, IFACES(WEST, 1),
		UP(WEST, NET, RC_OK), REST, IFACES(WEST, 1), DELETE(WEST, NET, RC_OK), REST,
		IFACES(WEST, 0), IFACES(EAST, 1) } },
	{ .name = "interface: none is asked for", .cases = "", .steps = { SETUP(""),
		UP(WEST, NET, RC_OK), REST, IFACES(WEST, 0) } },
	{ .name = "interface: comes with a route", .cases = "", .steps = {
		SETUP("--ipsec-interface=7"), ROUTE(WEST, NET, RC_OK), IFACES(WEST, 1),
		UNROUTE(WEST, NET, RC_OK), IFACES(WEST, 1), DELETE(WEST, NET, RC_OK), REST,
		IFACES(WEST, 0) } },
	{ .name = "interface: two connections share it and its address", .cases = "", .steps = { ENDS,
		ADD(WEST, NET, "--ipsec-interface=7 " ONE_IP), ADD(EAST, NET, ONE),
		ADD(WEST, "n2", "--ipsec-interface=7 " TWO_IP), ADD(EAST, "n2", TWO), LISTEN_BOTH,
		UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), REST, IFACES(WEST, 2),
		DELETE(WEST, NET, RC_OK), REST, IFACES(WEST, 2), DELETE(WEST, "n2", RC_OK), REST,
		IFACES(WEST, 0) } },
	{ .name = "interface: an address of one of two that share it goes alone", .cases = "",
	  .steps = { ENDS, ADD(WEST, NET, "--ipsec-interface=7 " ONE_IP), ADD(EAST, NET, ONE),
		ADD(WEST, "n2", "--ipsec-interface=7 " TWO), ADD(EAST, "n2", TWO), LISTEN_BOTH,
		UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), REST, IFACES(WEST, 2),
		DELETE(WEST, NET, RC_OK), REST, IFACES(WEST, 1) } },
	{ .name = "interface: two have one each", .cases = "", .steps = { ENDS,
		ADD(WEST, NET, "--ipsec-interface=7 " ONE), ADD(EAST, NET, ONE),
		ADD(WEST, "n2", "--ipsec-interface=8 " TWO), ADD(EAST, "n2", TWO), LISTEN_BOTH,
		UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), REST, IFACES(WEST, 2),
		DELETE(WEST, NET, RC_OK), REST, IFACES(WEST, 1) } },
	{ .name = "interface: a replaced connection keeps it", .cases = "", .steps = { ENDS,
		ADD(WEST, NET, "--ipsec-interface=7 " ONE), ADD(EAST, NET, ONE), LISTEN_BOTH,
		UP(WEST, NET, RC_OK), REST, ADD(WEST, NET, "--ipsec-interface=7 --metric=5 " ONE),
		UP(WEST, NET, RC_OK), REST, IFACES(WEST, 1), DELETE(WEST, NET, RC_OK), REST,
		IFACES(WEST, 0) } },
	/* SPI; then interface, address, state, policy, state, policy */
	{ .name = "interface: kernel fails at operation", .cases = "175", .from = 1, .to = 7,
	  .steps = { ENDS, ADD(WEST, NET, "--keyingtries=1 --ipsec-interface=7 " ONE_IP),
		ADD(EAST, NET, ONE), LISTEN_BOTH, DUMP(WEST), SET(WEST, KNOB_KERNEL_FAIL, K),
		UP(WEST, NET, FAILS), REST, SAME(WEST), IFACES(WEST, 0), RUN_MS(40000), CLEAN(EAST),
		UP(WEST, NET, RC_OK), REST, IFACES(WEST, 2), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "interface: only what goes through it is protected", .cases = "", .steps = {
		SETUP("--ipsec-interface=7"), UP(WEST, NET, RC_OK), REST,
		PACKET(WEST, "10.1.0.1 10.2.0.1", "clear"), PACKET(WEST, "7 10.1.0.1 10.2.0.1", "protect"),
		PACKET(WEST, "8 10.1.0.1 10.2.0.1", "clear") } },
	{ .name = "interface: a packet through it wants a tunnel", .cases = "", .steps = {
		SETUP("--ipsec-interface=7"), ROUTE(WEST, NET, RC_OK),
		PACKET(WEST, "10.1.0.1 10.2.0.1", "clear"), PACKET(WEST, "7 10.1.0.1 10.2.0.1", "wait"),
		REST, BOTH(COUNT_CHILDREN, 1), PACKET(WEST, "7 10.1.0.1 10.2.0.1", "protect") } },
	{ .name = "mark: only packets that have it are protected", .cases = "", .steps = { ENDS,
		ADD(WEST, NET, "--conn-mark=0x10/0xf0 " ONE), ADD(EAST, NET, ONE), LISTEN_BOTH,
		UP(WEST, NET, RC_OK), REST, PACKET(WEST, "10.1.0.1 10.2.0.1", "clear"),
		PACKET(WEST, "m16 10.1.0.1 10.2.0.1", "protect"),
		PACKET(WEST, "m31 10.1.0.1 10.2.0.1", "protect"),
		PACKET(WEST, "m32 10.1.0.1 10.2.0.1", "clear") } },
	{ .name = "mark: of one direction alone", .cases = "", .steps = { ENDS,
		ADD(WEST, NET, "--conn-mark-in=0x10/0xf0 " ONE), ADD(EAST, NET, ONE), LISTEN_BOTH,
		UP(WEST, NET, RC_OK), REST, PACKET(WEST, "10.1.0.1 10.2.0.1", "protect") } },
	{ .name = "mark: two connections with the same clients, each by its own", .cases = "",
	  .steps = { ENDS, ADD(WEST, NET, "--conn-mark=-1 --reqid=21 " ONE), ADD(EAST, NET, ONE),
		LISTEN_BOTH, UP(WEST, NET, RC_OK), REST, PACKET(WEST, "10.1.0.1 10.2.0.1", "clear"),
		PACKET(WEST, "m21 10.1.0.1 10.2.0.1", "protect") } },
};

const struct scenario_list scenarios_iface = { rows, ARRAY_LEN(rows) };
