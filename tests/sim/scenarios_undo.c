/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios in which something breaks half way: the kernel at each operation, scripts at each verb,
 * the admin or the client at each event. What was done must be undone exactly.
 */
#include "scenario.h"

#define ENDS2 "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 --client=10.4.0.0/16"
#define TWO SETUP("--keyingtries=1"), ADD(WEST, "n2", "--keyingtries=1 " ENDS2), \
	ADD(EAST, "n2", "--keyingtries=1 " ENDS2), UP(WEST, NET, RC_OK), REST

/* The one try that may come within a second fails. */
#define AGAIN SET(EAST, KNOB_KERNEL_FAIL, 1), RUN_MS(950)
#define AGAIN4 AGAIN, AGAIN, AGAIN, AGAIN
#define BRIEF "--keyingtries=1 --retransmit-timeout=4s"

static const char *const script_verbs[] = { "route", "up", NULL };

static const struct scenario rows[] = {
	/* operation 1 is the SPI, then inbound state, inbound policy, outbound state, policy */
	{ .name = "kernel fails at the initiator, operation", .cases = "175", .from = 1, .to = 5,
	  .steps = { SETUP("--keyingtries=1"), DUMP(WEST), DUMP(EAST),
		SET(WEST, KNOB_KERNEL_FAIL, K), UP(WEST, NET, FAILS), REST, SAME(WEST), SAME(EAST),
		RUN_MS(40000), CLEAN(WEST), CLEAN(EAST), UP(WEST, NET, RC_OK), REST,
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "kernel fails at the responder, operation", .cases = "175", .from = 1, .to = 5,
	  .steps = { SETUP("--keyingtries=1"), DUMP(WEST), DUMP(EAST),
		SET(EAST, KNOB_KERNEL_FAIL, K), UP(WEST, NET, FAILS),
		REASON(WEST, "TEMPORARY_FAILURE"), REST, SAME(WEST), SAME(EAST), CLEAN(WEST),
		CLEAN(EAST), UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "kernel fails at the initiator of a further child, operation", .cases = "175",
	  .from = 1, .to = 5, .steps = { TWO, DUMP(WEST), DUMP(EAST),
		SET(WEST, KNOB_KERNEL_FAIL, K), UP(WEST, "n2", FAILS), REST, SAME(WEST), SAME(EAST),
		BOTH(COUNT_CHILDREN, 1), UP(WEST, "n2", RC_OK), REST, BOTH(COUNT_CHILDREN, 2) } },
	{ .name = "kernel fails at the responder of a further child, operation", .cases = "175",
	  .from = 1, .to = 5, .steps = { TWO, DUMP(WEST), DUMP(EAST),
		SET(EAST, KNOB_KERNEL_FAIL, K), START(WEST, "n2"), RUN_MS(300), SAME(WEST),
		SAME(EAST), BOTH(COUNT_CHILDREN, 1), WAIT(WEST, RC_OK),
		REASON(WEST, "TEMPORARY_FAILURE"), REST, BOTH(COUNT_CHILDREN, 2) } },
	{ .name = "the initiator's script fails at %s", .cases = "180", .words = script_verbs, .steps = {
		SETUP("--keyingtries=1"), SCRIPT(WEST, "%s", 3), UP(WEST, NET, FAILS),
		REASON(WEST, "status 3"), REST, CLEAN(WEST), CLEAN(EAST), SCRIPT(WEST, "", 0),
		UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "the responder's script fails at %s", .cases = "180", .words = script_verbs, .steps = {
		SETUP("--keyingtries=1"), SCRIPT(EAST, "%s", 3), UP(WEST, NET, FAILS), REST,
		LOGGED(EAST, "status 3"), CLEAN(WEST), CLEAN(EAST), SCRIPT(EAST, "", 0),
		UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "a failing prepare is of no consequence", .cases = "180", .steps = { SETUP(""),
		SCRIPT(WEST, "prepare", 1), UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "a failing down is of no consequence", .cases = "180", .steps = { SETUP(""),
		SCRIPT(WEST, "down", 1), UP(WEST, NET, RC_OK), DOWN(WEST, NET, RC_OK), REST,
		CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "scripts fail at up: down and unroute run", .cases = "180", .steps = {
		SETUP("--keyingtries=1"), SCRIPT(WEST, "up", 1), UP(WEST, NET, FAILS), REST,
		RAN(WEST, "prepare route up down unroute "), CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "terminated after event", .cases = "188", .from = 1, .to = 34, .steps = { SETUP(""),
		SET(WEST, KNOB_KERNEL_DELAY, 3), SET(EAST, KNOB_KERNEL_DELAY, 4),
		SET(WEST, KNOB_SCRIPT_DELAY, 5), SET(EAST, KNOB_SCRIPT_DELAY, 6),
		SET(WEST, KNOB_MAC_DELAY, 2), SET(EAST, KNOB_MAC_DELAY, 2), START(WEST, NET),
		EVENTS(K), DOWN(WEST, NET, RC_OK), RUN_MS(40000), REST, CLEAN(WEST),
		HAS(WEST, COUNT_UNENDED, 0) }, .is_loose = true },
	{ .name = "terminated by the responder after event", .cases = "188", .from = 1, .to = 34,
	  .steps = { SETUP("--keyingtries=1"), SET(WEST, KNOB_KERNEL_DELAY, 3),
		SET(EAST, KNOB_KERNEL_DELAY, 4), SET(WEST, KNOB_SCRIPT_DELAY, 5),
		SET(EAST, KNOB_SCRIPT_DELAY, 6), SET(WEST, KNOB_MAC_DELAY, 2),
		SET(EAST, KNOB_MAC_DELAY, 2), START(WEST, NET), EVENTS(K), DOWN(EAST, NET, RC_OK),
		RUN_MS(60000), REST, HAS(WEST, COUNT_UNENDED, 0) }, .is_loose = true },
	{ .name = "connection deleted after event", .cases = "188", .from = 1, .to = 34, .steps = {
		SETUP(""), SET(WEST, KNOB_KERNEL_DELAY, 3), SET(EAST, KNOB_KERNEL_DELAY, 4),
		SET(WEST, KNOB_SCRIPT_DELAY, 5), SET(EAST, KNOB_SCRIPT_DELAY, 6), START(WEST, NET),
		EVENTS(K), DELETE(WEST, NET, RC_OK), RUN_MS(40000), REST, CLEAN(WEST),
		HAS(WEST, COUNT_UNENDED, 0) }, .is_loose = true },
	{ .name = "connection deleted at the responder after event", .cases = "188", .from = 1,
	  .to = 34, .steps = { SETUP("--keyingtries=1"), SET(WEST, KNOB_KERNEL_DELAY, 3),
		SET(EAST, KNOB_KERNEL_DELAY, 4), SET(EAST, KNOB_SCRIPT_DELAY, 6), START(WEST, NET),
		EVENTS(K), DELETE(EAST, NET, RC_OK), RUN_MS(60000), REST,
		HAS(WEST, COUNT_UNENDED, 0), CLEAN(EAST) }, .is_loose = true },
	{ .name = "a further child terminated after event", .cases = "188", .from = 1, .to = 24,
	  .steps = { TWO, SET(WEST, KNOB_KERNEL_DELAY, 3), SET(EAST, KNOB_KERNEL_DELAY, 4),
		SET(WEST, KNOB_SCRIPT_DELAY, 5), SET(EAST, KNOB_SCRIPT_DELAY, 6), START(WEST, "n2"),
		EVENTS(K), DOWN(WEST, "n2", RC_OK), RUN_MS(40000), REST,
		HAS(WEST, COUNT_UNENDED, 0), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "terminated twice while the IKE SA waits to make another's child", .cases = "188",
	  .steps = { TWO, SET(EAST, KNOB_KERNEL_FAIL, 1), START(WEST, "n2"), RUN_MS(300),
		DOWN(WEST, NET, RC_OK), RUN_MS(300), DOWN(WEST, NET, RC_OK), RUN_MS(20000), REST,
		BOTH(COUNT_CHILDREN, 1), HAS(WEST, COUNT_UNENDED, 0) } },
	{ .name = "terminated while the Delete of a replaced IKE SA is lost", .cases = "188",
	  .steps = { SETUP("--keyingtries=1"), UP(WEST, NET, RC_OK), REST,
		LOSE(WEST, EXCHANGE_INFORMATIONAL, WHICH_REQUESTS, 1, 3),
		ASK(WEST, VERB_REKEY_IKE, NET), RUN_MS(100), DOWN(EAST, NET, RC_OK), RUN_MS(50),
		DOWN(WEST, NET, RC_OK), RUN_MS(70000), REST, CLEAN(WEST), CLEAN(EAST),
		HAS(WEST, COUNT_UNENDED, 0) } },
	{ .name = "who waits for a rekey that is refused again and again is told", .cases = "112",
	  .steps = { TWO, SET(EAST, KNOB_KERNEL_FAIL, 1), ASK(WEST, VERB_REKEY_CHILD, NET), AGAIN4, AGAIN4,
		AGAIN4, AGAIN4, HAS(WEST, COUNT_UNENDED, 0), SET(EAST, KNOB_KERNEL_FAIL, 0), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "the IKE SA dies under a rekey whose old child the peer deleted", .cases = "188",
	  .is_loose = true, .steps = { SETUP(BRIEF), ADD(WEST, "n2", BRIEF " " ENDS2),
		ADD(EAST, "n2", BRIEF " " ENDS2), UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), REST,
		LOSE(WEST, EXCHANGE_CREATE_CHILD_SA, WHICH_REQUESTS, 1, 100),
		ASK(WEST, VERB_REKEY_CHILD, "n2"), RUN_MS(100), DOWN(EAST, "n2", RC_OK),
		START(WEST, "n2"), RUN_MS(60000), LOGGED(WEST, "no response to CREATE_CHILD_SA"),
		HAS(WEST, COUNT_UNENDED, 0) } },
	{ .name = "a rekey whose old child the peer deleted is refused", .cases = "188", .steps = {
		TWO, UP(WEST, "n2", RC_OK), REST,
		LOSE(WEST, EXCHANGE_CREATE_CHILD_SA, WHICH_REQUESTS, 1, 1),
		ASK(WEST, VERB_REKEY_CHILD, "n2"), RUN_MS(100), DOWN(EAST, "n2", RC_OK),
		START(WEST, "n2"), RUN_MS(60000), REST, LOGGED(WEST, "CHILD_SA_NOT_FOUND"),
		HAS(WEST, COUNT_UNENDED, 0) } },
	{ .name = "the client goes after event", .cases = "186", .from = 1, .to = 20, .steps = {
		SETUP(""), START(WEST, NET), EVENTS(K), GONE(WEST), RUN_MS(20000), REST,
		BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_IKES, 1) } },
	{ .name = "shutdown after event", .cases = "167", .from = 1, .to = 34, .is_loose = true,
	  .steps = { SETUP("--keyingtries=1"), SET(WEST, KNOB_KERNEL_DELAY, 3),
		SET(EAST, KNOB_KERNEL_DELAY, 4), SET(WEST, KNOB_SCRIPT_DELAY, 5), START(WEST, NET),
		EVENTS(K), ASK(WEST, VERB_SHUTDOWN, NULL), WAIT(WEST, RC_OK), RUN_MS(60000),
		CLEAN(WEST) } },
	{ .name = "the responder shuts down after event", .cases = "167", .from = 1, .to = 34,
	  .is_loose = true, .steps = { SETUP("--keyingtries=1"), SET(WEST, KNOB_KERNEL_DELAY, 3),
		SET(EAST, KNOB_KERNEL_DELAY, 4), SET(EAST, KNOB_SCRIPT_DELAY, 5), START(WEST, NET),
		EVENTS(K), ASK(EAST, VERB_SHUTDOWN, NULL), WAIT(EAST, RC_OK), RUN_MS(60000),
		CLEAN(EAST), HAS(WEST, COUNT_UNENDED, 0) } },
};

const struct scenario_list scenarios_undo = { rows, ARRAY_LEN(rows) };
