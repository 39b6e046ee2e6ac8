/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of peers that fall silent, die, and start anew: liveness checks, what dpdaction and
 * revive do, hints from nowhere.
 */
#include "scenario.h"

#define DPD "--dpddelay=10s --retransmit-timeout=4s "
#define CUT SET(0, KNOB_PARTITION, 1)
#define MEND SET(0, KNOB_PARTITION, 0)
#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")
#define ENDS2 "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 --client=10.4.0.0/16"
/* The option at west only: east never asks and never acts. */
#define WEST_ONLY(words_)                                                                      \
	SECRETS, ADD(WEST, NET, words_), ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST),       \
		UP(WEST, NET, RC_OK), REST

static const struct scenario rows[] = {
	{ .name = "an idle SA is asked after, one request and one answer each time", .cases = "142 144",
	  .steps = { WEST_ONLY(DPD), MARK, RUN_MS(13000), SENT(2), RUN_MS(100000),
		NEVER_LOGGED(WEST, "no answer"), BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "no probes without dpddelay", .cases = "142", .steps = { WEST_ONLY(""), MARK,
		RUN_MS(3600000), SENT(0) } },
	{ .name = "ESP that comes in is life enough", .cases = "142", .steps = { WEST_ONLY(DPD),
		SET(WEST, KNOB_TRAFFIC_IN, 1), MARK, RUN_MS(600000), SENT(0),
		SET(WEST, KNOB_TRAFFIC_IN, 0), CUT, RUN_MS(31000), LOGGED(WEST, "no response") },
	  .is_loose = true },
	{ .name = "ESP that goes out only is no sign of life", .cases = "142", .steps = {
		WEST_ONLY(DPD), SET(WEST, KNOB_TRAFFIC_OUT, 1), MARK, RUN_MS(13000), SENT(2) } },
	{ .name = "the peer's own requests are life enough", .cases = "142 144", .steps = { SECRETS,
		ADD(WEST, NET, DPD "--dpdaction=clear"), ADD(EAST, NET, "--dpddelay=5s"), LISTEN(WEST),
		LISTEN(EAST), UP(WEST, NET, RC_OK), REST,
		LOSE(WEST, EXCHANGE_INFORMATIONAL, WHICH_REQUESTS, 1, 1000), RUN_MS(300000),
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "no probe beside a request under way", .cases = "142", .steps = {
		WEST_ONLY("--dpddelay=2s --retransmit-timeout=30s "), ADD(WEST, "n2", ENDS2),
		ADD(EAST, "n2", ENDS2), CUT, START(WEST, "n2"), RUN_MS(100), MARK, RUN_MS(6000),
		SENT(3), MEND, WAIT(WEST, RC_OK), MARK, RUN_MS(100), SENT(0), BOTH(COUNT_CHILDREN, 2) } },
	{ .name = "both ends ask at once", .cases = "141 144", .steps = { SETUP(DPD),
		UP(WEST, NET, RC_OK), REST, RUN_MS(600000), BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 1), NEVER_LOGGED(WEST, "no answer") } },
	{ .name = "dead peer, clear: nothing is left and nothing is tried", .cases = "143", .steps = {
		WEST_ONLY(DPD "--dpdaction=clear"), CUT, RUN_MS(30000), CLEAN(WEST),
		LOGGED(WEST, "dpdaction=clear"), RAN(WEST, "prepare route up down unroute "), MARK,
		RUN_MS(900000), SENT(0) }, .is_loose = true },
	{ .name = "dead peer, hold: the policies stay, revived by back-off", .cases = "143",
	  .steps = { WEST_ONLY(DPD "--dpdaction=hold"), CUT, RUN_MS(17000), IKES(WEST, 0),
		HAS(WEST, COUNT_STATES, 0), HAS(WEST, COUNT_POLICIES, 2),
		RAN(WEST, "prepare route up down "), RUN_MS(60000), MEND, RUN_MS(60000), REST,
		HAS(WEST, COUNT_STATES, 2), HAS(WEST, COUNT_POLICIES, 2), CHILDREN(WEST, 1) },
	  .is_loose = true },
	{ .name = "held at the end that was called: the next packet negotiates", .cases = "143",
	  .is_loose = true, .steps = { SECRETS, ADD(WEST, NET, DPD), ADD(EAST, NET, ""),
		LISTEN(WEST), LISTEN(EAST), UP(EAST, NET, RC_OK), REST, CUT, RUN_MS(17000),
		IKES(WEST, 0), HAS(WEST, COUNT_POLICIES, 2), MEND, RUN_MS(60000), IKES(WEST, 0),
		PACKET(WEST, "10.1.0.1 10.2.0.1", "wait"), REST, CHILDREN(WEST, 1),
		HAS(WEST, COUNT_STATES, 2), HAS(WEST, COUNT_POLICIES, 2),
		PACKET(WEST, "10.1.0.1 10.2.0.1", "protect") } },
	{ .name = "held, then terminated: nothing is left", .cases = "143", .is_loose = true,
	  .steps = { WEST_ONLY(DPD), CUT, RUN_MS(17000), HAS(WEST, COUNT_POLICIES, 2),
		DOWN(WEST, NET, RC_OK), CLEAN(WEST),
		RAN(WEST, "prepare route up down unroute "), MARK, RUN_MS(600000), SENT(0) } },
	{ .name = "held, then the connection is deleted", .cases = "143", .is_loose = true,
	  .steps = { WEST_ONLY(DPD), CUT, RUN_MS(17000), HAS(WEST, COUNT_POLICIES, 2),
		DELETE(WEST, NET, RC_OK), CLEAN(WEST) } },
	{ .name = "held, and the new child fails at kernel operation", .cases = "143 175", .from = 1,
	  .to = 5, .is_loose = true, .steps = { WEST_ONLY(DPD), CUT, RUN_MS(17000), DUMP(WEST),
		SET(WEST, KNOB_KERNEL_FAIL, K), MEND, UP(WEST, NET, FAILS), RUN_MS(1000), SAME(WEST), RUN_MS(60000),
		REST, CHILDREN(WEST, 1), HAS(WEST, COUNT_POLICIES, 2) } },
	{ .name = "dead peer, restart: negotiated anew at once, exactly once", .cases = "143",
	  .steps = { WEST_ONLY(DPD "--dpdaction=restart"), LOSE(ANY_HOST, EXCHANGE_INFORMATIONAL,
		WHICH_ANY, 1, 100), RUN_MS(17000), REST, LOGGED(WEST, "dpdaction=restart"),
		CHILDREN(WEST, 1), IKES(WEST, 1), MARK, SET(0, KNOB_NO_FAULTS, 1), RUN_MS(4000),
		IKES(WEST, 1), CHILDREN(WEST, 1) }, .is_loose = true },
	{ .name = "restart by the end that did not initiate", .cases = "143", .is_loose = true,
	  .steps = { SECRETS, ADD(WEST, NET, ""), ADD(EAST, NET, DPD "--dpdaction=restart"),
		LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK), REST, CUT, RUN_MS(20000), MEND,
		RUN_MS(30000), REST, CHILDREN(EAST, 1), LOGGED(EAST, "dpdaction=restart") } },
	{ .name = "dpdtimeout is the patience of a probe", .cases = "143", .is_loose = true,
	  .steps = { WEST_ONLY("--dpddelay=10s --dpdtimeout=60s --retransmit-timeout=4s --revive=no"), CUT,
		RUN_MS(55000), IKES(WEST, 1), RUN_MS(20000), LOGGED(WEST, "no response") } },
	{ .name = "two connections of one dead IKE SA, each by its own action", .cases = "143",
	  .is_loose = true, .steps = { WEST_ONLY(DPD "--dpdaction=clear"),
		ADD(WEST, "n2", DPD "--dpdaction=restart " ENDS2), ADD(EAST, "n2", ENDS2),
		UP(WEST, "n2", RC_OK), REST, IKES(WEST, 1), CUT, RUN_MS(20000), MEND, RUN_MS(60000),
		REST, CHILDREN(WEST, 1), LOGGED(WEST, "\"net\": the peer is dead: given up"),
		LOGGED(WEST, "\"n2\": the peer is dead: negotiating anew") } },
	{ .name = "two children of one connection lost at once are one failure", .cases = "143",
	  .is_loose = true, .steps = { WEST_ONLY(DPD), ADD(WEST, "n2", DPD ENDS2),
		ADD(EAST, "n2", ENDS2), START(WEST, "n2"), UP(EAST, "n2", RC_OK), REST,
		BOTH(COUNT_CHILDREN, 3), CUT, RUN_MS(19000), MEND, RUN_MS(2500), REST,
		CHILDREN(WEST, 2), IKES(WEST, 1) } },
	{ .name = "two children of one connection lost at once lead to one action", .cases = "143",
	  .is_loose = true, .steps = { WEST_ONLY(DPD), ADD(WEST, "n2", DPD "--dpdaction=restart " ENDS2),
		ADD(EAST, "n2", ENDS2), START(WEST, "n2"), UP(EAST, "n2", RC_OK), REST,
		BOTH(COUNT_CHILDREN, 3), CUT, RUN_MS(19000),
		LOGGED_ONCE(WEST, "\"n2\": the peer is dead: negotiating anew") } },
	{ .name = "terminated while a probe waits: no action", .cases = "143", .is_loose = true,
	  .steps = { WEST_ONLY("--dpddelay=2s --dpdaction=restart --retransmit-timeout=4s "), CUT,
		RUN_MS(4000), DOWN(WEST, NET, RC_OK), CLEAN(WEST), MARK, RUN_MS(300000), SENT(0),
		NEVER_LOGGED(WEST, "dpdaction") } },
	{ .name = "revived for ever once it has stood", .cases = "26 143", .is_loose = true,
	  .steps = { WEST_ONLY(DPD "--keyingtries=2"), CUT, RUN_MS(3600000), MEND, RUN_MS(320000),
		REST, CHILDREN(WEST, 1) } },
	{ .name = "revive=no: nothing comes back", .cases = "26", .is_loose = true, .steps = {
		WEST_ONLY(DPD "--revive=no"), CUT, RUN_MS(20000), MEND, MARK, RUN_MS(600000),
		SENT(0) } },
	{ .name = "the peer's Delete ends it for good", .cases = "148", .steps = { WEST_ONLY(""),
		DOWN(EAST, NET, RC_OK), REST, MARK, RUN_MS(600000), SENT(0), CLEAN(WEST) } },
	{ .name = "revive=keep: back after the peer's Delete", .cases = "148", .steps = {
		SECRETS, ADD(WEST, NET, ""), ADD(EAST, NET, "--revive=keep"), LISTEN(WEST),
		LISTEN(EAST), UP(WEST, NET, RC_OK), REST, DOWN(WEST, NET, RC_OK), REST, CLEAN(EAST),
		RUN_MS(8000), REST, BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_IKES, 1) } },
	{ .name = "revive=keep: back after the peer's Delete of the child", .cases = "148", .steps = {
		WEST_ONLY("--revive=keep"), ADD(WEST, "n2", ENDS2), ADD(EAST, "n2", ENDS2),
		UP(WEST, "n2", RC_OK), REST, DOWN(EAST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1),
		RUN_MS(8000), REST, BOTH(COUNT_CHILDREN, 2), BOTH(COUNT_IKES, 1) } },
	{ .name = "an unauthenticated flood is no life", .cases = "145", .is_loose = true, .steps = {
		WEST_ONLY(DPD "--dpdaction=clear"), CUT, RUN_MS(1000), REPLAY(3), RUN_MS(3000),
		FORGE(WEST, EXCHANGE_INFORMATIONAL, N_INITIAL_CONTACT, false), REPLAY(0),
		RUN_MS(3000), FORGE(WEST, EXCHANGE_INFORMATIONAL, N_COOKIE, true), REPLAY(0),
		RUN_MS(8000), IKES(WEST, 0) } },
	{ .name = "an unprotected hint leads to one probe a minute", .cases = "7", .steps = { SETUP(""),
		UP(WEST, NET, RC_OK), REST, DUMP(WEST), MARK,
		FORGE(WEST, EXCHANGE_INFORMATIONAL, N_INVALID_IKE_SPI, true), RUN_MS(1000), SENT(2),
		FORGE(WEST, EXCHANGE_INFORMATIONAL, N_INVALID_SPI, false), RUN_MS(50000), SENT(2),
		RUN_MS(10000), FORGE(WEST, EXCHANGE_INFORMATIONAL, N_AUTHENTICATION_FAILED, true),
		RUN_MS(1000), SENT(4), SAME(WEST), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "the peer crashed: its INVALID_IKE_SPI is a hint, and it is found dead",
	  .cases = "7 143 164", .steps = { WEST_ONLY("--dpdaction=restart --retransmit-timeout=4s"),
		CRASH(EAST), ADD(EAST, NET, ""), LISTEN(EAST), RUN_MS(500),
		FORGE(WEST, EXCHANGE_INFORMATIONAL, N_INVALID_IKE_SPI, true), RUN_MS(7000), REST,
		BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_IKES, 1) } },
};

const struct scenario_list scenarios_liveness = { rows, ARRAY_LEN(rows) };
