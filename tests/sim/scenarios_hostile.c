/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of peers that have proven who they are and do what they should not, of answers that are sent
 * for nobody, and of a Delete or an end that comes at a bad moment.
 */
#include "scenario.h"

#define PSKS PSK(WEST, "@west @east", "one of west"), PSK(EAST, "@west @east", "one of west"), \
	PSK(NORTH, "@north @east", "one of north"), PSK(EAST, "@north @east", "one of north")
#define ROAD_OF(h, host, id, net) ROAD_WITH(h, "", host, id, net)
#define ROAD_WITH(h, words, host, id, net)                                                       \
	ADD(h, NET, words "--host=" host " --id=" id " --client=" net                                  \
		" --to --host=192.0.2.2 --id=@east --client=10.2.0.0/16")
#define ONE_NAT                                                                                  \
	PSKS, NAT(WEST), NAT(NORTH), ROAD_OF(WEST, "192.0.2.1", "@west", "10.1.0.0/16"),         \
		ROAD_OF(NORTH, "192.0.2.3", "@north", "10.3.0.0/16"), ADD(EAST, "road",          \
		"--host=192.0.2.2 --id=@east --client=10.2.0.0/16 --to --host=%any --id=%any "     \
		"--client=10.0.0.0/8"), LISTEN(EAST), LISTEN(WEST), LISTEN(NORTH)
#define ENDS2 "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 --client=10.4.0.0/16"
#define UP_FIRST SETUP(""), UP(WEST, NET, RC_OK), REST, DUMP(WEST), DUMP(EAST)
#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")
#define UP_WITH(west, east)                                                                  \
	SECRETS, ADD(WEST, NET, west), ADD(EAST, NET, east), LISTEN(WEST), LISTEN(EAST),     \
		UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1)
#define ONE BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2), \
	BOTH(COUNT_POLICIES, 2)
#define TWO_NETS "--narrowing --host=192.0.2.1 --client=10.1.0.0/16,10.5.0.0/16 --to --host=192.0.2.2 --client=10.2.0.0/16"
#define REKEY_IKE_TWICE                                                                          \
	ASK(EAST, VERB_REKEY_IKE, NET), WAIT(EAST, RC_OK), ASK(EAST, VERB_REKEY_IKE, NET), WAIT(EAST, RC_OK)
#define CREATE EXCHANGE_CREATE_CHILD_SA
#define INFO EXCHANGE_INFORMATIONAL

static const struct scenario rows[] = {
	/* ---- SPIs of others: behind one NAT they are one address to the kernel */
	{ .name = "a rekey under the SPI of another client behind the same NAT", .cases = "64",
	  .is_loose = true, .steps = { ONE_NAT, SET(WEST, KNOB_SPI, 0x10001), UP(WEST, NET, RC_OK),
		UP(NORTH, NET, RC_OK), REST, HAS(EAST, COUNT_STATES, 4), SET(NORTH, KNOB_SPI, 0x10001),
		ASK(NORTH, VERB_REKEY_CHILD, NET), RUN_MS(9000), CHILDREN(WEST, 1),
		HAS(EAST, COUNT_CHILDREN, 2), LOGGED(EAST, "SPI is in use already"),
		NEVER_LOGGED(EAST, "the kernel refused") } },
	{ .name = "a child under the SPI of another client behind the same NAT", .cases = "64",
	  .is_loose = true, .steps = { ONE_NAT, SET(WEST, KNOB_SPI, 0x10001), UP(WEST, NET, RC_OK),
		SET(NORTH, KNOB_SPI, 0x10001), UP(NORTH, NET, FAILS), RUN_MS(3000), CHILDREN(WEST, 1),
		HAS(EAST, COUNT_STATES, 2), LOGGED(EAST, "SPI is in use already") } },
	{ .name = "the responder gives the SPI of its other child", .cases = "64", .steps = { SETUP(""),
		ADD(WEST, "n2", "--keyingtries=1 " ENDS2), ADD(EAST, "n2", ENDS2),
		SET(EAST, KNOB_SPI, 0x10001), UP(WEST, NET, RC_OK), DUMP(WEST),
		REWRITE(EAST, CREATE, WHICH_RESPONSES, REWRITE_SPI_AGAIN, PAYLOAD_SA),
		UP(WEST, "n2", FAILS), REASON(WEST, "SPI is in use already"), RUN_MS(1000),
		SAME(WEST), ONE } },
	{ .name = "two clients behind one NAT with one CPI: the second goes without", .cases = "64",
	  .steps = { PSKS, NAT(WEST), NAT(NORTH), ROAD_WITH(WEST, "--compress ", "192.0.2.1", "@west",
		"10.1.0.0/16"), ROAD_WITH(NORTH, "--compress --keyingtries=1 ", "192.0.2.3", "@north", "10.3.0.0/16"),
		ADD(EAST, "road", "--compress --host=192.0.2.2 --id=@east --client=10.2.0.0/16 --to "
		"--host=%any --id=%any --client=10.0.0.0/8"), LISTEN(EAST), LISTEN(WEST), LISTEN(NORTH),
		SET(WEST, KNOB_CPI, 61000), SET(NORTH, KNOB_CPI, 61000), UP(WEST, NET, RC_OK),
		LOGGED(WEST, ", IPComp"), UP(NORTH, NET, RC_OK), REST, CHILDREN(EAST, 2),
		LOGGED(EAST, "no IPComp: another"), DOWN(NORTH, NET, RC_OK), REST, CHILDREN(WEST, 1),
		HAS(EAST, COUNT_STATES, 4) } },
	/* ---- the kept answer goes to nobody who only knows the SPIs */
	{ .name = "the last message ID, forged from elsewhere: nothing is sent there", .cases = "12 48",
	  .steps = { UP_FIRST, CRAFT(EAST, INFORMATIONAL, CRAFT_EMPTY), MARK,
		CRAFT(EAST, INFORMATIONAL, CRAFT_SAME_ID_FORGED), SENT(0),
		CRAFT(EAST, INFORMATIONAL, CRAFT_SAME_ID_MOVED), SENT(1), SAME(EAST), SAME(WEST) } },
	{ .name = "the answer to IKE_SA_INIT is kept for its request alone", .cases = "12 48",
	  .is_loose = true, .steps = { SETUP(""), LOSE(WEST, EXCHANGE_IKE_AUTH, WHICH_ANY, 1, 100),
		START(WEST, NET), RUN_MS(300), MARK, FORGE(EAST, INFO, N_INVALID_SPI, false), SENT(0) } },
	/* ---- crossing rekeys of a peer that begins a second one */
	{ .name = "the peer rekeys the IKE SA twice while ours is under way", .cases = "133",
	  .is_loose = true, .steps = { UP_FIRST, LOSE(WEST, CREATE, WHICH_REQUESTS, 1, 100),
		LOSE(EAST, INFO, WHICH_REQUESTS, 1, 100), ASK(WEST, VERB_REKEY_IKE, NET), RUN_MS(100),
		ASK(EAST, VERB_REKEY_IKE, NET), RUN_MS(300), IKES(WEST, 2),
		CRAFT(WEST, CREATE_CHILD_SA, CRAFT_AGAIN), IKES(WEST, 2),
		SAYS(WEST, N_TEMPORARY_FAILURE) } },
	{ .name = "the peer rekeys the IKE SA over and over and deletes none", .cases = "114",
	  .is_loose = true, .steps = { UP_FIRST, LOSE(EAST, INFO, WHICH_REQUESTS, 1, 1000),
		REKEY_IKE_TWICE, REKEY_IKE_TWICE, REKEY_IKE_TWICE, REKEY_IKE_TWICE, IKES(WEST, 9),
		ASK(EAST, VERB_REKEY_IKE, NET), RUN_MS(200), IKES(WEST, 9),
		SAYS(WEST, N_TEMPORARY_FAILURE), RUN_MS(70000), IKES(WEST, 1), CHILDREN(WEST, 1) } },
	{ .name = "the Delete of what was replaced does not end what is tried again", .cases = "148 114",
	  .is_loose = true, .steps = { UP_FIRST, FAULT(FAULT_DELAY, EAST, INFO, WHICH_REQUESTS, 1, 50, 5000),
		ASK(EAST, VERB_REKEY_IKE, NET), WAIT(EAST, RC_OK), RUN_MS(4000), IKES(WEST, 2),
		CRAFT(WEST, INFORMATIONAL, CRAFT_REFUSED), IKES(WEST, 1), CHILDREN(WEST, 0), RUN_MS(1500),
		LOGGED(WEST, "replaced IKE SA is gone: deleted by the peer"), RUN_MS(9000),
		CHILDREN(WEST, 1) } },
	{ .name = "reauthentication that is due while nobody listens comes later", .cases = "118",
	  .steps = { UP_WITH("--reauth=yes --ikelifetime=200s --rekeymargin=100s --rekeyfuzz=0%", ""),
		RUN_MS(95000), ASK(WEST, VERB_UNLISTEN, NULL), WAIT(WEST, RC_OK), RUN_MS(10000),
		LISTEN(WEST), RUN_MS(70000), LOGGED(WEST, "is authenticated anew by"), REST, ONE } },
	/* ---- what replaces a child holds no less (RFC 7296 2.9.2) */
	{ .name = "a rekey with less than the old child has is refused", .cases = "107", .steps = {
		UP_WITH("--narrowing", "--narrowing"), DUMP(WEST), DUMP(EAST),
		REWRITE(EAST, CREATE, WHICH_REQUESTS, REWRITE_FLIP_LAST, PAYLOAD_TSr),
		ASK(EAST, VERB_REKEY_CHILD, NET), WAIT(EAST, FAILS), REASON(EAST, "TS_UNACCEPTABLE"),
		LOGGED(WEST, "would hold less than it"), REST, SAME(WEST), SAME(EAST), ONE,
		RAN(WEST, "prepare route up ") } },
	{ .name = "the answer to a rekey has less than the old child: that stays", .cases = "107",
	  .steps = { UP_WITH("--narrowing", "--narrowing"), DUMP(WEST),
		REWRITE(EAST, CREATE, WHICH_RESPONSES, REWRITE_FLIP_LAST, PAYLOAD_TSr),
		ASK(WEST, VERB_REKEY_CHILD, NET), WAIT(WEST, FAILS),
		LOGGED(WEST, "leaves out part of our selectors"), RUN_MS(7000), SAME(WEST),
		RAN(WEST, "prepare route up "), RAN(EAST, "prepare route up "), REST, ONE } },
	/* ---- a Delete of the peer's, and revive=keep */
	{ .name = "revive=keep: back each time that the peer deletes the child", .cases = "148",
	  .steps = { UP_WITH("--revive=keep", ""), ADD(WEST, "n2", ENDS2), ADD(EAST, "n2", ENDS2),
		UP(WEST, "n2", RC_OK), REST, DOWN(EAST, NET, RC_OK), RUN_MS(8000), REST,
		BOTH(COUNT_CHILDREN, 2), DOWN(EAST, NET, RC_OK), RUN_MS(8000), REST,
		BOTH(COUNT_CHILDREN, 2), BOTH(COUNT_IKES, 1) } },
	{ .name = "revive=keep: the peer deletes what we are about to rekey", .cases = "125", .steps = {
		UP_WITH("--revive=keep", ""), ADD(WEST, "n2", ENDS2), ADD(EAST, "n2", ENDS2),
		UP(WEST, "n2", RC_OK), REST, FAULT(FAULT_DELAY, WEST, CREATE, WHICH_REQUESTS, 1, 1, 200),
		ASK(WEST, VERB_REKEY_CHILD, NET), RUN_MS(50), DOWN(EAST, NET, RC_OK), RUN_MS(9000),
		REST, BOTH(COUNT_CHILDREN, 2), BOTH(COUNT_IKES, 1) } },
	/* ---- a lifetime that is over while its replacement is under way */
	{ .name = "a hard limit while the child is rekeyed: one takes its place", .cases = "172",
	  .steps = { UP_WITH("", ""), FAULT(FAULT_DELAY, EAST, CREATE, WHICH_RESPONSES, 1, 1, 300),
		ASK(WEST, VERB_REKEY_CHILD, NET), RUN_MS(100), EXPIRE(WEST, 1, true), RUN_MS(9000),
		REST, ONE } },
	{ .name = "a hard limit while the child is rekeyed, which is refused", .cases = "172",
	  .steps = { UP_WITH("--pfs=yes --esp=aes256-sha2_256;dh31", "--pfs=no --esp=aes256-sha2_256"),
		FAULT(FAULT_DELAY, EAST, CREATE, WHICH_RESPONSES, 1, 1, 300),
		ASK(WEST, VERB_REKEY_CHILD, NET), RUN_MS(100), EXPIRE(WEST, 1, true), RUN_MS(20000),
		LOGGED(WEST, "negotiating anew"), REST, ONE } },
	{ .name = "a hard limit while the child is rekeyed, which the peer has lost", .cases = "172",
	  .steps = { UP_WITH("", ""), FAULT(FAULT_DELAY, EAST, CREATE, WHICH_RESPONSES, 1, 1, 300),
		REWRITE(EAST, CREATE, WHICH_RESPONSES, REWRITE_SAY, N_CHILD_SA_NOT_FOUND),
		ASK(WEST, VERB_REKEY_CHILD, NET), RUN_MS(100), EXPIRE(WEST, 1, true), RUN_MS(9000),
		CHILDREN(WEST, 1), IKES(WEST, 1), HAS(WEST, COUNT_STATES, 2) }, .is_loose = true },
	{ .name = "refused until the hard lifetime: nothing goes in clear till the new one stands",
	  .cases = "112", .steps = { UP_WITH("--ipsec-lifetime=60s --rekeymargin=30s --rekeyfuzz=0% "
		"--pfs=yes --esp=aes256-sha2_256;dh31", "--pfs=no --esp=aes256-sha2_256"),
		SET(WEST, KNOB_LATENCY, 100), RUN_MS(59900), PACKET(WEST, "10.1.0.1 10.2.0.1", "protect"),
		RUN_MS(350), LOGGED(WEST, "negotiating anew"),
		PACKET(WEST, "10.1.0.1 10.2.0.1", "protect"), RUN_MS(11000),
		PACKET(WEST, "10.1.0.1 10.2.0.1", "protect"), REST, ONE } },
	{ .name = "a lifetime that ends while the child is rekeyed", .cases = "172", .steps = {
		UP_WITH("--ipsec-lifetime=60s --rekeymargin=5s --rekeyfuzz=0% ", ""),
		LOSE(EAST, CREATE, WHICH_RESPONSES, 1, 4), RUN_MS(90000), REST, ONE } },
	{ .name = "a hard limit of one of two children of a connection: only that one is made anew",
	  .cases = "172", .settings = { .single_pair = true }, .steps = { SECRETS,
		ADD(WEST, NET, TWO_NETS), ADD(EAST, NET, TWO_NETS), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 2), EXPIRE(WEST, 1, true),
		RUN_MS(9000), REST, BOTH(COUNT_CHILDREN, 2), BOTH(COUNT_STATES, 4) } },
	/* ---- what an answer to INFORMATIONAL holds that nobody knows */
	{ .name = "unknown critical payload in the answer to a probe: it lives", .cases = "68",
	  .steps = { UP_WITH("--dpddelay=5s", ""), REWRITE(EAST, INFO, WHICH_RESPONSES,
		REWRITE_ADD_CRITICAL, 200), RUN_MS(8000), LOGGED(WEST, "unknown critical payload"),
		REST, ONE } },
	{ .name = "unknown critical payload in the answer to a Delete: the child is gone", .cases = "68",
	  .steps = { UP_WITH("", ""), ADD(WEST, "n2", ENDS2), ADD(EAST, "n2", ENDS2),
		UP(WEST, "n2", RC_OK), REST, REWRITE(EAST, INFO, WHICH_RESPONSES,
		REWRITE_ADD_CRITICAL, 200), DOWN(WEST, "n2", RC_OK),
		LOGGED(WEST, "unknown critical payload"), REST, ONE } },
	{ .name = "unknown critical payload in the answer to a new path: it counts for nothing",
	  .cases = "68", .is_loose = true, .steps = { SETUP("--mobike"),
		SET_ADDRESSES(WEST, "192.0.2.1 192.0.2.11"), UP(WEST, NET, RC_OK), REST,
		REWRITE(EAST, INFO, WHICH_RESPONSES, REWRITE_ADD_CRITICAL, 200),
		SET_ADDRESSES(WEST, "192.0.2.11"), RUN_MS(300),
		LOGGED(WEST, "unknown critical payload"), LOGGED(WEST, "COOKIE2 is not ours") } },
	/* ---- a path that the peer will not have */
	{ .name = "the peer refuses every path: each is tried once", .cases = "157", .is_loose = true,
	  .steps = { SETUP("--mobike"), SET_ADDRESSES(WEST, "192.0.2.1 192.0.2.11 192.0.2.12"),
		UP(WEST, NET, RC_OK), REST,
		{ .op = OP_REWRITE, .n = N_UNACCEPTABLE_ADDRESSES,
		  .fault = { .kind = FAULT_REWRITE, .from = EAST, .exchange = INFO,
			     .which = WHICH_RESPONSES, .count = 1000, .how = REWRITE_SAY } },
		MARK, SET_ADDRESSES(WEST, "192.0.2.11 192.0.2.12"), RUN_MS(5000),
		LOGGED(WEST, "does not accept the path"), MARK, RUN_MS(5000), SENT(0), IKES(WEST, 1) } },
	/* ---- reauthentication by the end that a NAT hides the peer from */
	{ .name = "reauthentication of a peer behind a NAT, by who answered it", .cases = "118",
	  .is_loose = true, .steps = { PSKS, NAT(WEST), ROAD_OF(WEST, "192.0.2.1", "@west",
		"10.1.0.0/16"), ADD(EAST, "road", "--reauth=yes --ikelifetime=100s --rekeymargin=40s "
		"--rekeyfuzz=0% --host=192.0.2.2 --id=@east --client=10.2.0.0/16 --to --host=%any "
		"--id=%any --client=10.0.0.0/8"), LISTEN(EAST), LISTEN(WEST), UP(WEST, NET, RC_OK), REST,
		RUN_MS(95000), LOGGED(EAST, "is authenticated anew by"),
		NEVER_LOGGED(EAST, "could not be authenticated anew"), BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 1) } },
};

const struct scenario_list scenarios_hostile = { rows, ARRAY_LEN(rows) };
