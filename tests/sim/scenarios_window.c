/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of message IDs and the window (RFC 7296 2.1 to 2.3): old, future and forged ones,
 * answers kept and forgotten, IKE SAs that ended.
 */
#include "scenario.h"

#define UP_FIRST SETUP(""), UP(WEST, NET, RC_OK), REST, DUMP(WEST), DUMP(EAST)
#define GOES_ON                                                                                  \
	SAME(EAST), BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), DOWN(WEST, NET, RC_OK), REST,  \
		CLEAN(WEST), CLEAN(EAST)
#define ENDS2 "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 --client=10.4.0.0/16"

static const struct scenario rows[] = {
	{ .name = "the next message ID is answered, once", .cases = "8", .steps = { UP_FIRST, MARK,
		CRAFT(EAST, INFORMATIONAL, CRAFT_EMPTY), SENT(1),
		CRAFT(EAST, INFORMATIONAL, CRAFT_EMPTY), SENT(2), GOES_ON } },
	{ .name = "older and future message IDs are dropped", .cases = "10", .steps = { UP_FIRST,
		CRAFT(EAST, INFORMATIONAL, CRAFT_EMPTY), MARK,
		CRAFT(EAST, INFORMATIONAL, CRAFT_OLD), SENT(0),
		CRAFT(EAST, INFORMATIONAL, CRAFT_FUTURE), SENT(0), GOES_ON } },
	{ .name = "a bad ICV does not use up its message ID", .cases = "11", .steps = { UP_FIRST, MARK,
		CRAFT(EAST, INFORMATIONAL, CRAFT_BAD_ICV), SENT(0),
		CRAFT(EAST, INFORMATIONAL, CRAFT_EMPTY), SENT(1), GOES_ON } },
	{ .name = "the last message ID with another content: the kept answer", .cases = "12",
	  .steps = { UP_FIRST, CRAFT(EAST, INFORMATIONAL, CRAFT_EMPTY), MARK,
		CRAFT(EAST, INFORMATIONAL, CRAFT_SAME_ID_AGAIN), SENT(1), SAYS(EAST, 0), GOES_ON } },
	{ .name = "the last message IDs are never used", .cases = "14", .is_loose = true, .steps = {
		UP_FIRST, SET(WEST, KNOB_MESSAGE_ID, 0xfffffffd),
		ADD(WEST, "n2", "--keyingtries=1 " ENDS2), START(WEST, "n2"), RUN_MS(60000),
		LOGGED(WEST, "message IDs are used up") } },
	{ .name = "SET_WINDOW_SIZE of any value, kind", .cases = "15", .from = CRAFT_WINDOW_0,
	  .to = CRAFT_WINDOW_SHORT, .steps = { UP_FIRST, MARK, CRAFT(EAST, INFORMATIONAL, K), SENT(1),
		SAYS(EAST, 0), ADD(WEST, "n2", ENDS2), ADD(EAST, "n2", ENDS2), ADD(WEST, "n3",
		"--host=192.0.2.1 --client=10.5.0.0/16 --to --host=192.0.2.2 --client=10.6.0.0/16"),
		ADD(EAST, "n3",
		"--host=192.0.2.1 --client=10.5.0.0/16 --to --host=192.0.2.2 --client=10.6.0.0/16"),
		START(EAST, "n2"), UP(EAST, "n3", RC_OK), REST, BOTH(COUNT_CHILDREN, 3) } },
	{ .name = "the kept answer is forgotten after some minutes", .cases = "9", .steps = { UP_FIRST,
		RUN_MS(290000), MARK, REPLAY(3), SENT(1), RUN_MS(20000), MARK, REPLAY(3), SENT(0),
		GOES_ON } },
	{ .name = "the Delete comes again: a tombstone answers for a minute", .cases = "32 148",
	  .steps = { UP_FIRST, DOWN(WEST, NET, RC_OK), REST, MARK, REPLAY(5), SENT(1),
		SAYS_NO(EAST, N_INVALID_IKE_SPI), RUN_MS(50000), REPLAY(5), SENT(2), RUN_MS(20000),
		REPLAY(5), SENT(3), SAYS(EAST, N_INVALID_IKE_SPI) } },
	{ .name = "a storm on a tombstone is answered five times a second", .cases = "32 30",
	  .steps = { UP_FIRST, DOWN(WEST, NET, RC_OK), REST, MARK, STORM(5, 100), SENT(5) } },
	{ .name = "the answer to the Delete is lost", .cases = "32", .steps = { UP_FIRST,
		LOSE(EAST, EXCHANGE_INFORMATIONAL, WHICH_RESPONSES, 1, 2), DOWN(WEST, NET, RC_OK),
		REST, CLEAN(WEST), CLEAN(EAST), NEVER_LOGGED(WEST, "no response") } },
	{ .name = "the refusal of IKE_AUTH is lost: it comes again", .cases = "32 88", .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "one"), PSK(EAST, "192.0.2.1 192.0.2.2", "two"),
		ADD(WEST, NET, "--keyingtries=1"), ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST),
		LOSE(EAST, EXCHANGE_IKE_AUTH, WHICH_RESPONSES, 1, 2), UP(WEST, NET, RC_FATAL),
		REASON(WEST, "AUTHENTICATION_FAILED"), REST, CLEAN(WEST), CLEAN(EAST) } },
	/* ---- what comes while the IKE SA is at work: it waits, and nobody has to repeat it */
	{ .name = "a request of the peer's while its AUTH is verified waits", .cases = "29", .steps = {
		SETUP(""), SET(WEST, KNOB_MAC_DELAY, 200), START(WEST, NET), RUN_MS(300),
		CHILDREN(EAST, 1), DOWN(EAST, NET, RC_OK), REST, CLEAN(WEST), CLEAN(EAST),
		NEVER_LOGGED(EAST, "no answer from") } },
	{ .name = "a request that overtakes the answer to IKE_AUTH waits", .cases = "29", .steps = {
		SETUP(""), FAULT(FAULT_DELAY, EAST, EXCHANGE_IKE_AUTH, WHICH_RESPONSES, 1, 1, 300),
		START(WEST, NET), RUN_MS(100), CHILDREN(EAST, 1), DOWN(EAST, NET, RC_OK), REST,
		CLEAN(WEST), CLEAN(EAST), NEVER_LOGGED(EAST, "no answer from") } },
	{ .name = "a request in fragments that overtakes the answer to IKE_AUTH waits", .cases = "29",
	  .steps = { SETUP("--fragmentation=force"), ADD(EAST, "n2", ENDS2), ADD(WEST, "n2", ENDS2),
		FAULT(FAULT_DELAY, EAST, EXCHANGE_IKE_AUTH, WHICH_RESPONSES, 1, 9, 300),
		START(WEST, NET), RUN_MS(100), CHILDREN(EAST, 1), UP(EAST, "n2", RC_OK), REST,
		BOTH(COUNT_CHILDREN, 2), NEVER_LOGGED(EAST, "no answer from") } },
	{ .name = "what only looks like a request does not wait", .cases = "29", .steps = {
		SETUP(""), FAULT(FAULT_DELAY, EAST, EXCHANGE_IKE_AUTH, WHICH_RESPONSES, 1, 1, 300),
		START(WEST, NET), RUN_MS(100), CHILDREN(EAST, 1),
		CRAFT(WEST, INFORMATIONAL, CRAFT_BAD_ICV), CRAFT(WEST, INFORMATIONAL, CRAFT_FUTURE),
		WAITING(WEST, 0), CRAFT(WEST, INFORMATIONAL, CRAFT_EMPTY), WAITING(WEST, 1),
		WAIT(WEST, RC_OK), REST, WAITING(WEST, 0), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "copies of what waits do not wait", .cases = "29", .steps = {
		SETUP(""), FAULT(FAULT_DELAY, EAST, EXCHANGE_IKE_AUTH, WHICH_RESPONSES, 1, 9, 1200),
		START(WEST, NET), RUN_MS(100), ASK(EAST, VERB_TERMINATE, NET), RUN_MS(900),
		LOGGED(EAST, "no answer from"), WAITING(WEST, 1), WAIT(EAST, RC_OK), REST, CLEAN(WEST),
		CLEAN(EAST) } },
	{ .name = "a forged IKE_AUTH that comes first is not in the true one's way", .cases = "29 46",
	  .steps = { SETUP(""), SET(EAST, KNOB_WORK_DELAY, 300),
		FAULT(FAULT_DELAY, WEST, EXCHANGE_IKE_AUTH, WHICH_REQUESTS, 1, 1, 100), START(WEST, NET),
		RUN_MS(350), CRAFT(EAST, IKE_AUTH, CRAFT_BAD_ICV), WAIT(WEST, RC_OK), REST,
		BOTH(COUNT_CHILDREN, 1), NEVER_LOGGED(WEST, "no answer from") } },
	{ .name = "four messages wait for the keys at most", .cases = "29", .steps = {
		SETUP(""), SET(EAST, KNOB_WORK_DELAY, 900),
		LOSE(WEST, EXCHANGE_IKE_AUTH, WHICH_REQUESTS, 1, 2), START(WEST, NET), RUN_MS(950),
		CRAFT(EAST, IKE_AUTH, CRAFT_BAD_ICV), CRAFT(EAST, IKE_AUTH, CRAFT_BAD_ICV),
		CRAFT(EAST, IKE_AUTH, CRAFT_BAD_ICV), CRAFT(EAST, IKE_AUTH, CRAFT_BAD_ICV),
		WAITING(EAST, 3), CRAFT(EAST, IKE_AUTH, CRAFT_BAD_ICV), WAITING(EAST, 4),
		CRAFT(EAST, IKE_AUTH, CRAFT_BAD_ICV), CRAFT(EAST, IKE_AUTH, CRAFT_BAD_ICV),
		WAITING(EAST, 4), WAIT(WEST, RC_OK), REST, WAITING(EAST, 0) } },
	{ .name = "no tombstone for what proved nothing", .cases = "32", .steps = {
		SETUP("--keyingtries=1"), LOSE(WEST, EXCHANGE_IKE_AUTH, WHICH_ANY, 1, 100),
		UP(WEST, NET, RC_NO_RESPONSE), RUN_MS(3000), CLEAN(EAST), MARK, REPLAY(1), SENT(1),
		RUN_MS(40000), CLEAN(EAST) } },
};

const struct scenario_list scenarios_window = { rows, ARRAY_LEN(rows) };
