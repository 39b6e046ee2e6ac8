/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of ends that do not know the same any more: one has lost, deleted or not yet got what the
 * other speaks of (RFC 7296 2.8, 2.25).
 */
#include "scenario.h"

#define ENDS2 "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 --client=10.4.0.0/16"
#define UP_TWO SETUP("--keyingtries=0"), ADD(WEST, "n2", ENDS2), ADD(EAST, "n2", ENDS2), \
	UP(WEST, NET, RC_OK), REST
#define ONE REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2), \
	BOTH(COUNT_POLICIES, 2), BOTH(COUNT_UNENDED, 0)
#define QUIET NEVER_LOGGED(WEST, "child SA failed"), NEVER_LOGGED(EAST, "child SA failed"), \
	NEVER_LOGGED(WEST, "no response"), NEVER_LOGGED(EAST, "no response")
#define CREATE EXCHANGE_CREATE_CHILD_SA
#define INFO EXCHANGE_INFORMATIONAL
#define QCD { .has_qcd_secret = true, .qcd_secret = { 1, 2, 3 } }

static const struct scenario rows[] = {
	/* The crafted Delete is west's for east, west does not know of it. */
	{ .name = "a rekey of a child that the peer has lost: made afresh", .cases = "111", .steps = {
		UP_TWO, CRAFT(EAST, INFORMATIONAL, CRAFT_DELETE_MANY), CHILDREN(EAST, 0),
		CHILDREN(WEST, 1), MARK, ASK(WEST, VERB_REKEY_CHILD, NET), WAIT(WEST, RC_OK),
		LOGGED(EAST, "CHILD_SA_NOT_FOUND"), ONE, SENT(4) } },
	{ .name = "a child of ours that the peer has lost is refused when it is made afresh",
	  .cases = "111", .steps = { UP_TWO, CRAFT(EAST, INFORMATIONAL, CRAFT_DELETE_MANY),
		DELETE(EAST, NET, RC_OK), CHILDREN(WEST, 1), ASK(WEST, VERB_REKEY_CHILD, NET),
		WAIT(WEST, FAILS), RUN_MS(2000), CHILDREN(WEST, 0), HAS(WEST, COUNT_STATES, 0) },
	  .is_loose = true },
	/* ---- the IKE SA is being replaced */
	{ .name = "a child is asked for by the peer while our rekey of the IKE SA computes",
	  .cases = "115 132", .steps = { UP_TWO, SET(WEST, KNOB_WORK_DELAY, 200),
		ASK(WEST, VERB_REKEY_IKE, NET), RUN_MS(100), START(EAST, "n2"), RUN_MS(50),
		SAYS(WEST, N_TEMPORARY_FAILURE), WAIT(EAST, RC_OK), WAIT(WEST, RC_OK), REST,
		BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 2), BOTH(COUNT_UNENDED, 0) } },
	{ .name = "a child of ours that is asked for while we rekey the IKE SA is made on the new one",
	  .cases = "115 140", .steps = { UP_TWO, SET(WEST, KNOB_WORK_DELAY, 200),
		ASK(WEST, VERB_REKEY_IKE, NET), RUN_MS(300), START(WEST, "n2"), WAIT(WEST, RC_OK), REST,
		BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 2), BOTH(COUNT_UNENDED, 0),
		NEVER_LOGGED(EAST, "TEMPORARY_FAILURE"), NEVER_LOGGED(WEST, "TEMPORARY_FAILURE") } },
	{ .name = "the peer speaks on the new IKE SA before we have it: no token ends it", .cases = "134 7",
	  .settings = QCD, .steps = { UP_TWO, SET(WEST, KNOB_WORK_DELAY, 300),
		ASK(WEST, VERB_REKEY_IKE, NET), RUN_MS(340), START(EAST, "n2"), WAIT(EAST, RC_OK), REST,
		BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 2), NEVER_LOGGED(EAST, "IKE SA is down"),
		NEVER_LOGGED(WEST, "IKE SA is down") } },
	{ .name = "a child is rekeyed while the peer's rekey of the IKE SA waits for a key exchange",
	  .cases = "131", .steps = {
		SETUP("--keyingtries=0 --ike=aes_gcm256-sha2_256-x25519+ke1=ecp256"),
		UP(WEST, NET, RC_OK), REST,
		FAULT(FAULT_DELAY, EAST, EXCHANGE_IKE_FOLLOWUP_KE, WHICH_REQUESTS, 1, 1, 300),
		ASK(EAST, VERB_REKEY_IKE, NET), RUN_MS(100), ASK(WEST, VERB_REKEY_CHILD, NET),
		WAIT(WEST, RC_OK), WAIT(EAST, RC_OK), ONE, NEVER_LOGGED(EAST, "TEMPORARY_FAILURE"),
		NEVER_LOGGED(WEST, "TEMPORARY_FAILURE") } },
	/* ---- we rekey a child, and the peer deletes the old one */
	{ .name = "the peer deletes the child that we rekey, and refuses the new one", .cases = "125",
	  .steps = { UP_TWO, UP(WEST, "n2", RC_OK), REST, LOSE(WEST, CREATE, WHICH_REQUESTS, 1, 1),
		ASK(WEST, VERB_REKEY_CHILD, "n2"), RUN_MS(5), DOWN(EAST, "n2", RC_OK), WAIT(WEST, FAILS),
		ONE } },
	{ .name = "the peer deletes the child that we rekey while our answer to it is lost",
	  .cases = "125", .steps = { UP_TWO, UP(WEST, "n2", RC_OK), REST,
		LOSE(WEST, CREATE, WHICH_REQUESTS, 1, 2), LOSE(WEST, INFO, WHICH_RESPONSES, 1, 2),
		ASK(WEST, VERB_REKEY_CHILD, "n2"), RUN_MS(5), DOWN(EAST, "n2", RC_OK), WAIT(WEST, FAILS),
		ONE } },
	{ .name = "the peer deletes the old child before our answer comes: the new one is taken",
	  .cases = "128 120", .steps = { UP_TWO,
		FAULT(FAULT_DELAY, EAST, CREATE, WHICH_RESPONSES, 1, 9, 900),
		ASK(WEST, VERB_REKEY_CHILD, NET), RUN_MS(100), HAS(EAST, COUNT_STATES, 3),
		CRAFT(WEST, INFORMATIONAL, CRAFT_DELETE_MANY), WAIT(WEST, RC_OK),
		RUN_MS(3000), CHILDREN(WEST, 1), RAN(WEST, "prepare route up "),
		NEVER_LOGGED(WEST, "child SA failed") }, .is_loose = true },
	{ .name = "the responder deletes the new child before its answer comes", .cases = "129",
	  .steps = { UP_TWO, FAULT(FAULT_DELAY, EAST, CREATE, WHICH_RESPONSES, 1, 9, 2000),
		ASK(WEST, VERB_REKEY_CHILD, NET), RUN_MS(100), HAS(EAST, COUNT_STATES, 3),
		CRAFT(WEST, INFORMATIONAL, CRAFT_DELETE_NEWEST), WAIT(WEST, FAILS), RUN_MS(3000),
		CHILDREN(WEST, 1), HAS(WEST, COUNT_STATES, 2), LOGGED(WEST, "the peer deleted it") },
	  .is_loose = true },
	/* ---- both delete */
	{ .name = "both delete one child: it is down once", .cases = "126", .steps = { UP_TWO,
		UP(WEST, "n2", RC_OK), REST, MARK, ASK(WEST, VERB_TERMINATE, "n2"),
		ASK(EAST, VERB_TERMINATE, "n2"), WAIT(EAST, RC_OK), WAIT(WEST, RC_OK), SENT(4), ONE,
		QUIET, RAN(WEST, "prepare route up prepare route up down unroute "),
		RAN(EAST, "prepare route up prepare route up down unroute ") } },
	{ .name = "the peer's Delete of a child crosses ours: its answer names nothing", .cases = "126",
	  .steps = { UP_TWO, UP(WEST, "n2", RC_OK), REST, ASK(WEST, VERB_TERMINATE, "n2"),
		RUN_MS(1), ASK(EAST, VERB_TERMINATE, "n2"), RUN_MS(14), SHORT(WEST, 60), RUN_MS(1000),
		ONE } },
	{ .name = "a Delete of an unknown child is answered with nothing", .cases = "127", .steps = {
		UP_TWO, DUMP(EAST), DUMP(WEST), CRAFT(EAST, INFORMATIONAL, CRAFT_DELETE_UNKNOWN),
		SAYS(EAST, 0), SHORT(EAST, 60), CHILDREN(EAST, 1), SAME(EAST), SAME(WEST) },
	  .is_loose = true },
	{ .name = "we delete a child, the peer the IKE SA: no error", .cases = "138", .steps = { UP_TWO,
		UP(WEST, "n2", RC_OK), REST, ASK(WEST, VERB_TERMINATE, "n2"), RUN_MS(1),
		ASK(EAST, VERB_DOWN_IKE, NET), RUN_MS(5000), REST, CLEAN(WEST), CLEAN(EAST), QUIET,
		BOTH(COUNT_UNENDED, 0) } },
	{ .name = "we delete the IKE SA, the peer a child: both are answered", .cases = "138", .steps = {
		UP_TWO, UP(WEST, "n2", RC_OK), REST, MARK, ASK(WEST, VERB_DOWN_IKE, NET), RUN_MS(1),
		ASK(EAST, VERB_TERMINATE, "n2"), RUN_MS(5000), REST, SENT(4),
		LOGGED(WEST, "\"n2\" #3: child SA is down: deleted by the peer"), CLEAN(WEST), CLEAN(EAST),
		QUIET, BOTH(COUNT_UNENDED, 0) } },
	{ .name = "both delete the IKE SA: nobody sends for long", .cases = "137", .steps = { UP_TWO, MARK,
		ASK(WEST, VERB_DOWN_IKE, NET), ASK(EAST, VERB_DOWN_IKE, NET), RUN_MS(70000), SENT(4),
		CLEAN(WEST), CLEAN(EAST), QUIET } },
	/* ---- what waits for an IKE SA that goes */
	{ .name = "what waits when the peer deletes the IKE SA begins anew", .cases = "140", .steps = {
		UP_TWO, LOSE(WEST, CREATE, WHICH_REQUESTS, 1, 1), START(WEST, "n2"), RUN_MS(20),
		ASK(EAST, VERB_DOWN_IKE, NET), RUN_MS(60000), REST, BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 1), HAS(EAST, COUNT_UNENDED, 0) } },
};

const struct scenario_list scenarios_stale = { rows, ARRAY_LEN(rows) };
