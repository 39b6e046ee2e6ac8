/* SPDX-License-Identifier: Apache-2.0 */
/* Policy groups and opportunistic connections: west protects what goes to the networks of a file. */
#include "scenario.h"

#define OE "oe"
#define HOSTS_OF(words_) "--host=192.0.2.1 --auth-null " words_ " --to --host=%opportunisticgroup"
#define OE_WEST(words_) { .op = OP_REQUEST, .host = WEST, .what = VERB_ADD, .text = OE, \
	.more = "--encrypt --ike=aes256-sha2_256-dh31 " HOSTS_OF(words_) }, WAIT(WEST, RC_OK)
#define OE_EAST { .op = OP_REQUEST, .host = EAST, .what = VERB_ADD, .text = "any", \
	.more = "--encrypt --ike=aes256-sha2_256-dh31 --host=192.0.2.2 --auth-null --to --host=%any" }, WAIT(EAST, RC_OK)
#define CLEAR(words_) "--auth-never --host=192.0.2.1 " words_ " --to --host=%group"
#define CLEAR_WEST { .op = OP_REQUEST, .host = WEST, .what = VERB_ADD, .text = "clr", .more = CLEAR("--pass") }, \
	WAIT(WEST, RC_OK)
#define TO_EAST "192.0.2.1 192.0.2.2"
#define TO_NORTH "192.0.2.1 192.0.2.3"
#define TO_FAR "192.0.2.1 198.51.100.7"
#define PRIVATE_OR_CLEAR "--failpass --retransmit-timeout=2s"

static const struct scenario rows[] = {
	{ .name = "private-or-clear: a peer that can, one that cannot, and one that is not meant",
	  .cases = "169", .is_loose = true, .steps = { GROUP_FILE(WEST, "# our neighbours\n192.0.2.0/24\n"),
		OE_WEST(PRIVATE_OR_CLEAR), OE_EAST, LISTEN(WEST), LISTEN(EAST), HAS(WEST, COUNT_CONNECTIONS, 1),
		PACKET(WEST, TO_EAST, "clear"), ROUTE(WEST, OE, RC_OK), HAS(WEST, COUNT_POLICIES, 2),
		PACKET(WEST, TO_FAR, "clear"), PACKETS(WEST, TO_EAST, "wait", 50), REST,
		BOTH(COUNT_CHILDREN, 1), PACKET(WEST, TO_EAST, "protect"), HAS(WEST, COUNT_CONNECTIONS, 2),
		HAS(WEST, COUNT_ACQUIRES, 0),
		PACKET(WEST, TO_NORTH, "wait"), RUN_MS(5000), IKES(WEST, 1), PACKET(WEST, TO_NORTH, "pass"),
		HAS(WEST, COUNT_POLICIES, 6), ASK(WEST, VERB_SHUNTSTATUS, NULL), WAIT(WEST, RC_OK),
		RUN_MS(890000), PACKET(WEST, TO_NORTH, "pass"), RUN_MS(40000), HAS(WEST, COUNT_POLICIES, 4),
		HAS(WEST, COUNT_CONNECTIONS, 2), PACKET(WEST, TO_NORTH, "wait"), RUN_MS(5000),
		UNROUTE(WEST, OE, RC_OK), DOWN(WEST, OE, RC_OK), REST, CLEAN(WEST), CLEAN(EAST),
		HAS(WEST, COUNT_CONNECTIONS, 1) } },
	{ .name = "private: what cannot be protected does not go out", .cases = "", .is_loose = true,
	  .steps = { GROUP_FILE(WEST, "192.0.2.0/24\n"), OE_WEST("--faildrop --retransmit-timeout=2s"),
		LISTEN(WEST), ROUTE(WEST, OE, RC_OK), PACKET(WEST, TO_NORTH, "wait"), RUN_MS(5000),
		PACKET(WEST, TO_NORTH, "drop"), RUN_MS(930000), PACKET(WEST, TO_NORTH, "wait"),
		RUN_MS(5000), DELETE(WEST, OE, RC_OK), REST, CLEAN(WEST), HAS(WEST, COUNT_CONNECTIONS, 0),
		ROUTE(WEST, OE, RC_UNKNOWN_NAME) } },
	/* one policy is all that the kernel has for them: the later would take the place of the earlier */
	{ .name = "a network in two groups: protected, and then to be passed in clear", .cases = "179",
	  .is_loose = true, .steps = { GROUP_FILE(WEST, "192.0.2.0/24\n"),
		OE_WEST("--faildrop --retransmit-timeout=2s"), CLEAR_WEST, LISTEN(WEST), ROUTE(WEST, OE, RC_OK),
		ROUTE(WEST, "clr", FAILS), REASON(WEST, "just this traffic is protected by \"oe#192.0.2.0/24\""),
		PACKET(WEST, TO_NORTH, "wait"), RUN_MS(5000), PACKET(WEST, TO_NORTH, "drop"),
		DELETE(WEST, OE, RC_OK), REST, ROUTE(WEST, "clr", RC_OK), PACKET(WEST, TO_NORTH, "pass"),
		DELETE(WEST, "clr", RC_OK), REST, CLEAN(WEST) } },
	{ .name = "a network in two groups: passed in clear, and then to be protected", .cases = "179",
	  .is_loose = true, .steps = { GROUP_FILE(WEST, "192.0.2.0/24\n198.51.100.0/24\n"), CLEAR_WEST,
		LISTEN(WEST), ROUTE(WEST, "clr", RC_OK), GROUP_FILE(WEST, "192.0.2.0/24\n10.0.0.0/8\n"),
		OE_WEST("--faildrop --retransmit-timeout=2s"), ROUTE(WEST, OE, FAILS),
		REASON(WEST, "just this traffic is passed in clear by \"clr#192.0.2.0/24\""),
		PACKET(WEST, TO_EAST, "pass"), PACKET(WEST, "192.0.2.1 10.0.0.1", "wait"), RUN_MS(5000),
		DELETE(WEST, "clr", RC_OK), REST, ROUTE(WEST, OE, RC_OK), PACKET(WEST, TO_EAST, "wait"),
		RUN_MS(5000), DELETE(WEST, OE, RC_OK), REST, CLEAN(WEST) } },
	{ .name = "the life of shunts can be set", .cases = "", .is_loose = true,
	  .settings = { .shunt_lifetime_usec = 30 * USEC_PER_SEC, .shunt_check_usec = 10 * USEC_PER_SEC },
	  .steps = { GROUP_FILE(WEST, "192.0.2.0/24\n"), OE_WEST(PRIVATE_OR_CLEAR),
		LISTEN(WEST), ROUTE(WEST, OE, RC_OK), PACKET(WEST, TO_NORTH, "wait"), RUN_MS(3000),
		PACKET(WEST, TO_NORTH, "pass"), RUN_MS(28000), PACKET(WEST, TO_NORTH, "pass"),
		RUN_MS(12000), HAS(WEST, COUNT_POLICIES, 2), HAS(WEST, COUNT_CONNECTIONS, 1) } },
	{ .name = "hosts that do not answer make room, the oldest first, for one that does", .cases = "",
	  .is_loose = true, .settings = { .max_hosts = 2 }, .steps = { GROUP_FILE(WEST, "192.0.2.0/24\n"),
		OE_WEST(PRIVATE_OR_CLEAR), OE_EAST, LISTEN(WEST), LISTEN(EAST), ROUTE(WEST, OE, RC_OK),
		PACKET(WEST, TO_NORTH, "wait"), RUN_MS(5000), PACKET(WEST, "192.0.2.1 192.0.2.4", "wait"),
		RUN_MS(5000), PACKET(WEST, "192.0.2.1 192.0.2.5", "wait"), RUN_MS(5000),
		PACKET(WEST, "192.0.2.1 192.0.2.4", "pass"), PACKET(WEST, TO_NORTH, "wait"), RUN_MS(5000),
		PACKET(WEST, "192.0.2.1 192.0.2.5", "pass"), PACKET(WEST, "192.0.2.1 192.0.2.4", "wait"),
		RUN_MS(5000), HAS(WEST, COUNT_CONNECTIONS, 3),
		PACKET(WEST, TO_EAST, "wait"), REST, PACKET(WEST, TO_EAST, "protect"),
		HAS(WEST, COUNT_CONNECTIONS, 3) } },
	{ .name = "in clear while it is negotiated", .cases = "", .is_loose = true, .steps = {
		GROUP_FILE(WEST, "192.0.2.0/24"), OE_WEST("--negopass --failpass"), OE_EAST, LISTEN(WEST),
		LISTEN(EAST), ROUTE(WEST, OE, RC_OK), PACKET(WEST, TO_EAST, "wait"), RUN_MS(5),
		PACKET(WEST, TO_EAST, "pass"), REST, PACKET(WEST, TO_EAST, "protect"),
		DOWN(EAST, "any", RC_OK), REST, HAS(WEST, COUNT_CONNECTIONS, 1), HAS(WEST, COUNT_POLICIES, 2),
		PACKET(WEST, TO_EAST, "wait"), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "a peer that calls takes the place of the shunt for it", .cases = "", .is_loose = true,
	  .steps = { GROUP_FILE(WEST, "192.0.2.0/24"), OE_WEST(PRIVATE_OR_CLEAR), LISTEN(WEST),
		ROUTE(WEST, OE, RC_OK), PACKET(WEST, TO_EAST, "wait"), RUN_MS(5000),
		PACKET(WEST, TO_EAST, "pass"), LISTEN(EAST),
		ASK_WITH(EAST, VERB_ADD, "call", "--encrypt --ike=aes256-sha2_256-dh31 --host=192.0.2.2 --auth-null --to --host=192.0.2.1 --id=%any"),
		WAIT(EAST, RC_OK), UP(EAST, "call", RC_OK), REST, PACKET(WEST, TO_EAST, "protect"),
		HAS(WEST, COUNT_POLICIES, 4), HAS(WEST, COUNT_CONNECTIONS, 2) } },
	{ .name = "a peer that is in no network of the group calls", .cases = "99", .is_loose = true,
	  .steps = { GROUP_FILE(WEST, "198.51.100.0/24"), OE_WEST(PRIVATE_OR_CLEAR), LISTEN(WEST),
		LISTEN(EAST), ROUTE(WEST, OE, RC_OK),
		ASK_WITH(EAST, VERB_ADD, "call", "--encrypt --ike=aes256-sha2_256-dh31 --host=192.0.2.2 --keyingtries=1 --auth-null --to --host=192.0.2.1 --id=%any"),
		WAIT(EAST, RC_OK), UP(EAST, "call", FAILS), REST, CHILDREN(WEST, 0),
		HAS(WEST, COUNT_POLICIES, 2) } },
	{ .name = "a peer claims a network of the group that is not its own", .cases = "99",
	  .is_loose = true, .steps = { GROUP_FILE(WEST, "192.0.2.0/24"), OE_WEST(PRIVATE_OR_CLEAR),
		LISTEN(WEST), LISTEN(EAST),
		ASK_WITH(EAST, VERB_ADD, "call", "--encrypt --ike=aes256-sha2_256-dh31 --host=192.0.2.2 --client=192.0.2.3/32 --auth-null --to --host=192.0.2.1 --id=%any"),
		WAIT(EAST, RC_OK), UP(EAST, "call", FAILS), REST, CHILDREN(WEST, 0), CLEAN(WEST) } },
	{ .name = "the narrower network goes first: clear within private", .cases = "", .steps = {
		GROUP_FILE(WEST, "192.0.2.0/24"), OE_WEST("--faildrop"), LISTEN(WEST), ROUTE(WEST, OE, RC_OK),
		GROUP_FILE(WEST, "192.0.2.3 # the printer\n"),
		ASK_WITH(WEST, VERB_ADD, "clear", CLEAR("--pass")), WAIT(WEST, RC_OK),
		ROUTE(WEST, "clear", RC_OK), PACKET(WEST, TO_NORTH, "pass"), UNROUTE(WEST, "clear", RC_OK),
		ASK_WITH(WEST, VERB_ADD, "block", CLEAR("--drop")), WAIT(WEST, RC_OK),
		ROUTE(WEST, "block", RC_OK), PACKET(WEST, TO_NORTH, "drop"), DELETE(WEST, "block", RC_OK),
		DELETE(WEST, "clear", RC_OK), DELETE(WEST, OE, RC_OK), CLEAN(WEST) } },
	{ .name = "a file read again is followed by difference", .cases = "190", .is_loose = true, .steps = {
		GROUP_FILE(WEST, "192.0.2.0/24\n10.0.0.0/8\n"), OE_WEST(PRIVATE_OR_CLEAR), OE_EAST, LISTEN(WEST),
		LISTEN(EAST), ROUTE(WEST, OE, RC_OK), HAS(WEST, COUNT_CONNECTIONS, 2),
		PACKET(WEST, TO_EAST, "wait"), REST, BOTH(COUNT_CHILDREN, 1), MARK,
		GROUP_FILE(WEST, "192.0.2.0/24\n198.51.100.0/24\n"), ASK(WEST, VERB_REREADGROUPS, NULL),
		WAIT(WEST, RC_OK), SENT(0), REST, BOTH(COUNT_CHILDREN, 1),
		PACKET(WEST, "192.0.2.1 10.0.0.1", "clear"), PACKET(WEST, TO_FAR, "wait"),
		GROUP_FILE(WEST, "192.0.2.0/24\n198.51.100.0/33\n"), ASK(WEST, VERB_REREADGROUPS, NULL),
		WAIT(WEST, RC_WHACK), REASON(WEST, "policies/oe:2:1: \"198.51.100.0/33\" is no network"),
		HAS(WEST, COUNT_CONNECTIONS, 4), GROUP_FILE(WEST, "EACCES"),
		ASK(WEST, VERB_REREADGROUPS, NULL), WAIT(WEST, RC_WHACK), HAS(WEST, COUNT_CONNECTIONS, 4),
		GROUP_FILE(WEST, ""), ASK(WEST, VERB_REREADGROUPS, NULL), WAIT(WEST, RC_OK), REST,
		HAS(WEST, COUNT_CONNECTIONS, 0), CLEAN(WEST), ROUTE(WEST, OE, RC_OK),
		GROUP_FILE(WEST, "10.0.0.0/8"), ASK(WEST, VERB_LISTEN, NULL), WAIT(WEST, RC_OK),
		HAS(WEST, COUNT_POLICIES, 2) } },
	{ .name = "protocols and ports of a group", .cases = "", .is_loose = true, .steps = {
		GROUP_FILE(WEST, "192.0.2.0/24 udp 0 53\n192.0.2.0/24 tcp 0 25\n"), OE_WEST(PRIVATE_OR_CLEAR),
		LISTEN(WEST), ROUTE(WEST, OE, RC_OK), HAS(WEST, COUNT_CONNECTIONS, 2),
		PACKET(WEST, TO_EAST, "wait"), RUN_MS(5000), PACKET(WEST, TO_EAST, "pass"),
		UNROUTE(WEST, "oe#192.0.2.0/24/6/0/25", RC_OK) } },
	{ .name = "a group is defined anew, and becomes a plain connection", .cases = "188", .steps = {
		GROUP_FILE(WEST, "192.0.2.0/24\n10.0.0.0/8\n"), OE_WEST(""), LISTEN(WEST),
		ROUTE(WEST, OE, RC_OK), OE_WEST(""), HAS(WEST, COUNT_CONNECTIONS, 2), OE_WEST("--faildrop"),
		HAS(WEST, COUNT_CONNECTIONS, 2), HAS(WEST, COUNT_POLICIES, 4),
		ADD(WEST, OE, "--host=192.0.2.1 --client=10.1.0.0/16 --to --host=192.0.2.2 --client=10.2.0.0/16"),
		HAS(WEST, COUNT_CONNECTIONS, 1), ASK(WEST, VERB_REREADGROUPS, NULL), WAIT(WEST, RC_OK),
		HAS(WEST, COUNT_CONNECTIONS, 1), UNROUTE(WEST, OE, RC_OK), REST } },
	{ .name = "a group that is not good is refused at once", .cases = "190", .steps = {
		ASK_WITH(WEST, VERB_ADD, "a/b", HOSTS_OF("--encrypt")), WAIT(WEST, RC_WHACK),
		REASON(WEST, "is named by its file"),
		ASK_WITH(WEST, VERB_ADD, OE, "--encrypt --auth-null --host=%any --to --host=%opportunisticgroup"),
		WAIT(WEST, RC_WHACK), REASON(WEST, "%any on both ends"), HAS(WEST, COUNT_CONNECTIONS, 0) } },
	{ .name = "case 170: a packet to many hosts, and to ourselves, is for no peer", .cases = "170",
	  .is_loose = true, .steps = { GROUP_FILE(WEST, "0.0.0.0/0"), OE_WEST(PRIVATE_OR_CLEAR), LISTEN(WEST),
		ROUTE(WEST, OE, RC_OK), PACKET(WEST, "192.0.2.1 224.0.0.5", "wait"),
		PACKET(WEST, "192.0.2.1 255.255.255.255", "wait"), PACKET(WEST, "192.0.2.1 192.0.2.1", "wait"),
		RUN_MS(100), IKES(WEST, 0), HAS(WEST, COUNT_CONNECTIONS, 1), HAS(WEST, COUNT_POLICIES, 2) } },
};

const struct scenario_list scenarios_opportunistic = { rows, ARRAY_LEN(rows) };
