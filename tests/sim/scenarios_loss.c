/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of a bad network: each message lost, doubled, late, corrupt, cut; replays of all that
 * was sent; partitions.
 */
#include "scenario.h"

#define GOOD REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2)

static const struct scenario rows[] = {
	{ .name = "message lost while it comes up", .cases = "9 26", .from = 1, .to = 4, .steps = {
		SETUP(""), EACH(FAULT_DROP, K, 1, 0), UP(WEST, NET, RC_OK), GOOD } },
	{ .name = "message lost three times while it comes up", .cases = "9 26", .from = 1, .to = 4,
	  .steps = { SETUP(""), EACH(FAULT_DROP, K, 3, 0), UP(WEST, NET, RC_OK), GOOD } },
	{ .name = "message lost with cookies", .cases = "27 37", .from = 1, .to = 6,
	  .settings = { .always_cookie = true }, .steps = { SETUP(""),
		EACH(FAULT_DROP, K, 1, 0), UP(WEST, NET, RC_OK), GOOD } },
	{ .name = "the newest IKE_SA_INIT is the one that is sent again", .cases = "27",
	  .settings = { .always_cookie = true }, .steps = { SETUP(""), MARK,
		LOSE(WEST, EXCHANGE_IKE_SA_INIT, WHICH_REQUESTS, 2, 1), UP(WEST, NET, RC_OK), SENT(7),
		GOOD } },
	{ .name = "IKE_SA_INIT comes again while its answer is computed", .cases = "28", .steps = {
		SETUP(""), SET(EAST, KNOB_WORK_DELAY, 300), MARK, START(WEST, NET), RUN_MS(50),
		STORM(1, 4), HAS(EAST, COUNT_HALF_OPEN, 0), SENT(4), WAIT(WEST, RC_OK), GOOD } },
	{ .name = "message lost while it goes down", .cases = "26 32", .from = 1, .to = 2, .steps = {
		SETUP(""), UP(WEST, NET, RC_OK), EACH(FAULT_DROP, K, 1, 0),
		DOWN(WEST, NET, RC_OK), RUN_MS(10000), CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "message doubled", .cases = "9 28 31", .from = 1, .to = 6, .steps = { SETUP(""),
		EACH(FAULT_DUPLICATE, K, 1, 0), UP(WEST, NET, RC_OK), GOOD,
		DOWN(WEST, NET, RC_OK), REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "message doubled, the copy comes later", .cases = "9 28 31", .from = 1, .to = 6,
	  .steps = { SETUP(""), EACH(FAULT_DUPLICATE, K, 1, 700), UP(WEST, NET, RC_OK), GOOD,
		DOWN(WEST, NET, RC_OK), RUN_MS(2000), CLEAN(WEST), RUN_MS(40000), CLEAN(EAST) } },
	{ .name = "every message doubled, slow work", .cases = "28 29 31", .steps = { SETUP(""),
		SET(WEST, KNOB_WORK_DELAY, 400), SET(EAST, KNOB_WORK_DELAY, 600),
		SET(EAST, KNOB_MAC_DELAY, 300), EACH(FAULT_DUPLICATE, 1, 100, 100),
		UP(WEST, NET, RC_OK), GOOD } },
	{ .name = "copies of a response that is worked on do not begin the work anew", .cases = "31",
	  .steps = { SETUP(""), SET(WEST, KNOB_MAC_DELAY, 1200), START(WEST, NET), RUN_MS(1600),
		REPLAY(0), LOGGED(WEST, "established IKE SA"), WAIT(WEST, RC_OK), GOOD } },
	{ .name = "integrity check value corrupt", .cases = "11", .from = 3, .to = 6, .steps = {
		SETUP(""), EACH(FAULT_CORRUPT, K, 1, 0), UP(WEST, NET, RC_OK), GOOD,
		DOWN(WEST, NET, RC_OK), REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "integrity check value corrupt, CBC", .cases = "11", .from = 3, .to = 6, .steps = {
		SETUP("--ike=aes256-sha2_256-dh31"), EACH(FAULT_CORRUPT, K, 1, 0),
		UP(WEST, NET, RC_OK), GOOD, DOWN(WEST, NET, RC_OK), REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "nine corrupt IKE_AUTH requests", .cases = "46", .steps = {
		SETUP("--keyingtries=1 --retransmit-timeout=20s --retransmit-interval=10ms"),
		FAULT(FAULT_CORRUPT, WEST, EXCHANGE_IKE_AUTH, WHICH_REQUESTS, 1, 100, 0),
		UP(WEST, NET, RC_NO_RESPONSE), REST, CLEAN(WEST), RUN_MS(40000), CLEAN(EAST) } },
	{ .name = "message cut in half", .cases = "1 16", .from = 1, .to = 6, .steps = { SETUP(""),
		EACH(FAULT_TRUNCATE, K, 1, 0), UP(WEST, NET, RC_OK), GOOD,
		DOWN(WEST, NET, RC_OK), RUN_MS(10000), CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "message late by two seconds", .cases = "13 31", .from = 1, .to = 4, .steps = {
		SETUP(""), EACH(FAULT_DELAY, K, 1, 2000), UP(WEST, NET, RC_OK),
		RUN_MS(40000), GOOD } },
	{ .name = "all that was sent comes again", .cases = "9 10 12 13 22 30", .steps = { SETUP(""),
		UP(WEST, NET, RC_OK), GOOD, DUMP(EAST), DUMP(WEST), REPLAY(0), REPLAY(0), REPLAY(0),
		GOOD, SAME(EAST), SAME(WEST), DOWN(WEST, NET, RC_OK), REST, CLEAN(WEST),
		CLEAN(EAST) } },
	{ .name = "old message after two exchanges", .cases = "10", .from = 1, .to = 8, .steps = {
		SETUP(""), ADD(WEST, "n2", "--host=192.0.2.1 --client=10.3.0.0/16 --to "
			"--host=192.0.2.2 --client=10.2.0.0/16"),
		ADD(EAST, "n2", "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 "
			"--client=10.2.0.0/16"),
		UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), DOWN(WEST, "n2", RC_OK), REST,
		BOTH(COUNT_CHILDREN, 1), DUMP(EAST), DUMP(WEST), MARK, REPLAY(K), SAME(EAST),
		SAME(WEST), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_IKES, 1), DOWN(WEST, NET, RC_OK), REST,
		CLEAN(WEST) } },
	{ .name = "an old IKE_AUTH request is not answered", .cases = "10", .steps = { SETUP(""),
		ADD(WEST, "n2", "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 "
			"--client=10.2.0.0/16"),
		ADD(EAST, "n2", "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 "
			"--client=10.2.0.0/16"),
		UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), REST, MARK, REPLAY(3), SENT(0),
		BOTH(COUNT_CHILDREN, 2) } },
	{ .name = "a storm of the last request", .cases = "30", .steps = { SETUP(""),
		UP(WEST, NET, RC_OK), REST, MARK, REPLAY(3), REPLAY(3), SENT(2),
		RUN_MS(2000), STORM(3, 100), SENT(7),
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "partition longer than the timeout", .cases = "26", .steps = {
		SETUP("--keyingtries=1"), SET(0, KNOB_PARTITION, 1), UP(WEST, NET, RC_NO_RESPONSE),
		REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "partition ends before the timeout", .cases = "26", .steps = { SETUP(""),
		SET(0, KNOB_PARTITION, 1), START(WEST, NET), RUN_MS(12000),
		SET(0, KNOB_PARTITION, 0), WAIT(WEST, RC_OK), GOOD } },
	{ .name = "down over a partition", .cases = "26 32", .is_loose = true, .steps = { SETUP(""),
		UP(WEST, NET, RC_OK), SET(0, KNOB_PARTITION, 1), DOWN(WEST, NET, RC_OK), REST,
		CLEAN(WEST) } },
	{ .name = "loss of a third", .cases = "26", .from = 1, .to = 10, .steps = { SETUP(""),
		SET(0, KNOB_LOSS, 33), SET(0, KNOB_JITTER, 800), SET(0, KNOB_DUPLICATION, 20),
		UP(WEST, NET, RC_OK), SET(0, KNOB_LOSS, 0), RUN_MS(40000), GOOD } },
};

const struct scenario_list scenarios_loss = { rows, ARRAY_LEN(rows) };
