/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of CREATE_CHILD_SA and INFORMATIONAL: several children over one IKE SA with and without
 * PFS, refusals, deletes from either side, crossing deletes.
 */
#include "scenario.h"

#define ENDS2 "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 --client=10.4.0.0/16"
#define ENDS3 "--host=192.0.2.1 --client=10.5.0.0/16 --to --host=192.0.2.2 --client=10.6.0.0/16"
#define TWO(words_)                                                                            \
	SETUP(words_), ADD(WEST, "n2", words_ " " ENDS2), ADD(EAST, "n2", words_ " " ENDS2)
#define BOTH_UP TWO(""), UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), REST, BOTH(COUNT_CHILDREN, 2)
#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")

static const char *const pfs[] = { "--pfs=yes", "--pfs=no", "--esp=aes_gcm_16_256;dh19",
				   "--esp=aes128-sha2_256;dh14", NULL };

static const struct scenario rows[] = {
	{ .name = "two children over one IKE SA, %s", .cases = "55", .words = pfs, .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk"),
		ADD(WEST, NET, "%s"), ADD(EAST, NET, "%s"), ADD(WEST, "n2", "%s " ENDS2),
		ADD(EAST, "n2", "%s " ENDS2), LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK),
		UP(WEST, "n2", RC_OK), REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 2),
		BOTH(COUNT_STATES, 4), BOTH(COUNT_POLICIES, 4), DOWN(WEST, "n2", RC_OK), REST,
		BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), DOWN(WEST, NET, RC_OK), REST,
		CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "the second child is asked for by the responder of the IKE SA", .cases = "",
	  .steps = { TWO(""), UP(WEST, NET, RC_OK), UP(EAST, "n2", RC_OK), REST,
		BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 2) } },
	{ .name = "three children at once", .cases = "140", .steps = { TWO(""),
		ADD(WEST, "n3", ENDS3), ADD(EAST, "n3", ENDS3), START(WEST, NET), START(WEST, "n2"),
		UP(WEST, "n3", RC_OK), REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 3),
		HAS(WEST, COUNT_UNENDED, 0) } },
	{ .name = "a child from each side at once", .cases = "141", .steps = { TWO(""),
		ADD(WEST, "n3", ENDS3), ADD(EAST, "n3", ENDS3), UP(WEST, NET, RC_OK),
		START(EAST, "n2"), UP(WEST, "n3", RC_OK), REST, BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 3), HAS(EAST, COUNT_UNENDED, 0) } },
	{ .name = "CREATE_CHILD_SA: another KE group is wanted", .cases = "54", .steps = { SECRETS,
		ADD(WEST, NET, ""), ADD(EAST, NET, ""),
		ADD(WEST, "n2", "--esp=aes256-sha2_256;dh31+dh19 " ENDS2),
		ADD(EAST, "n2", "--esp=aes256-sha2_256;dh19 " ENDS2), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), REST, BOTH(COUNT_CHILDREN, 2),
		DUMP(WEST), DOWN(WEST, "n2", RC_OK), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "CREATE_CHILD_SA: no common proposal", .cases = "55 94", .steps = { SECRETS,
		ADD(WEST, NET, ""), ADD(EAST, NET, ""),
		ADD(WEST, "n2", "--keyingtries=1 --esp=aes128-sha2_256 " ENDS2),
		ADD(EAST, "n2", "--esp=aes256-sha2_256 " ENDS2), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), REST, DUMP(WEST), DUMP(EAST), UP(WEST, "n2", FAILS),
		REASON(WEST, "NO_PROPOSAL_CHOSEN"), REST, SAME(WEST), SAME(EAST),
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "CREATE_CHILD_SA: PFS at one end only", .cases = "55", .steps = { SECRETS,
		ADD(WEST, NET, ""), ADD(EAST, NET, ""),
		ADD(WEST, "n2", "--keyingtries=1 --pfs=no " ENDS2), ADD(EAST, "n2", ENDS2),
		LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK), REST, DUMP(WEST), DUMP(EAST),
		UP(WEST, "n2", FAILS), REST, SAME(WEST), SAME(EAST), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "CREATE_CHILD_SA: selectors do not meet", .cases = "102", .steps = { SECRETS,
		ADD(WEST, NET, ""), ADD(EAST, NET, ""), ADD(WEST, "n2", "--keyingtries=1 " ENDS2),
		LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK), REST, DUMP(WEST), DUMP(EAST),
		UP(WEST, "n2", FAILS), REASON(WEST, "TS_UNACCEPTABLE"), REST, SAME(WEST),
		SAME(EAST), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_IKES, 1) } },
	{ .name = "CREATE_CHILD_SA message lost", .cases = "26", .from = 1, .to = 2, .steps = {
		TWO(""), UP(WEST, NET, RC_OK), REST,
		EACH(FAULT_DROP, K, 1, 0), UP(WEST, "n2", RC_OK), REST, BOTH(COUNT_CHILDREN, 2) } },
	{ .name = "CREATE_CHILD_SA message doubled", .cases = "9 31", .from = 1, .to = 2, .steps = {
		TWO(""), UP(WEST, NET, RC_OK), REST, EACH(FAULT_DUPLICATE, K, 1, 300),
		UP(WEST, "n2", RC_OK), REST, BOTH(COUNT_CHILDREN, 2) } },
	{ .name = "CREATE_CHILD_SA corrupt", .cases = "11", .from = 1, .to = 2, .steps = { TWO(""),
		UP(WEST, NET, RC_OK), REST, EACH(FAULT_CORRUPT, K, 1, 0), UP(WEST, "n2", RC_OK),
		REST, BOTH(COUNT_CHILDREN, 2) } },
	{ .name = "west deletes a child", .cases = "148", .steps = { BOTH_UP,
		DOWN(WEST, "n2", RC_OK), REST, BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2),
		BOTH(COUNT_POLICIES, 2) } },
	{ .name = "east deletes a child", .cases = "148", .steps = { BOTH_UP,
		DOWN(EAST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2) } },
	{ .name = "both delete the same child", .cases = "126", .steps = { BOTH_UP,
		ASK(WEST, VERB_TERMINATE, "n2"), DOWN(EAST, "n2", RC_OK), REST,
		HAS(WEST, COUNT_UNENDED, 0), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2),
		BOTH(COUNT_IKES, 1) } },
	{ .name = "both delete the same child, one request late", .cases = "126", .from = 1, .to = 4,
	  .steps = { BOTH_UP, EACH(FAULT_DELAY, K, 1, 400), ASK(WEST, VERB_TERMINATE, "n2"),
		DOWN(EAST, "n2", RC_OK), REST, HAS(WEST, COUNT_UNENDED, 0),
		BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2) } },
	{ .name = "both delete the IKE SA", .cases = "137", .steps = { SETUP(""),
		UP(WEST, NET, RC_OK), REST, ASK(WEST, VERB_TERMINATE, NET), DOWN(EAST, NET, RC_OK),
		REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "one deletes the child, the other the IKE SA", .cases = "138", .steps = { TWO(""),
		UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), DOWN(WEST, "n2", RC_OK),
		UP(WEST, "n2", RC_OK), REST, ASK(WEST, VERB_TERMINATE, "n2"),
		ASK(EAST, VERB_TERMINATE, "n2"), ASK(EAST, VERB_TERMINATE, NET), WAIT(EAST, RC_OK),
		REST, HAS(WEST, COUNT_UNENDED, 0), HAS(EAST, COUNT_UNENDED, 0), CLEAN(WEST),
		CLEAN(EAST) } },
	{ .name = "the peer deletes the child before its answer comes", .cases = "129", .steps = {
		TWO("--keyingtries=1"), UP(WEST, NET, RC_OK), REST, DUMP(WEST), DUMP(EAST),
		FAULT(FAULT_DELAY, EAST, EXCHANGE_CREATE_CHILD_SA, WHICH_RESPONSES, 1, 100, 3000),
		START(WEST, "n2"), RUN_MS(200), CHILDREN(EAST, 2), DOWN(EAST, "n2", RC_OK),
		WAIT(WEST, FAILS), REASON(WEST, "deleted it"), REST, SAME(WEST), SAME(EAST),
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "the answer to an earlier request", .cases = "13", .steps = { TWO(""),
		ADD(WEST, "n3", ENDS3), ADD(EAST, "n3", ENDS3), UP(WEST, NET, RC_OK),
		UP(WEST, "n2", RC_OK), REST, DUMP(WEST), SET(0, KNOB_PARTITION, 1),
		START(WEST, "n3"), RUN_MS(5), REPLAY(6), CHILDREN(WEST, 2),
		SET(0, KNOB_PARTITION, 0), WAIT(WEST, RC_OK), REST, BOTH(COUNT_CHILDREN, 3) } },
	{ .name = "the first of two children of one connection fails", .cases = "108 180",
	  .is_loose = true, .steps = { TWO(""), UP(WEST, NET, RC_OK), REST,
		SET(WEST, KNOB_SCRIPT_DELAY, 300), START(EAST, "n2"), START(WEST, "n2"), RUN_MS(150),
		SCRIPT(WEST, "up", 1), RUN_MS(60000), REST, HAS(WEST, COUNT_UNENDED, 0),
		HAS(EAST, COUNT_UNENDED, 0) } },
	{ .name = "a child is asked for while the peer deletes the IKE SA", .cases = "138 140",
	  .is_loose = true, .steps = { TWO(""), UP(WEST, NET, RC_OK), REST,
		ASK(EAST, VERB_TERMINATE, NET), START(WEST, "n2"), RUN_MS(60000),
		HAS(EAST, COUNT_UNENDED, 0) } },
	{ .name = "delete the connection while it is up", .cases = "188", .steps = { SETUP(""),
		UP(WEST, NET, RC_OK), REST, DELETE(WEST, NET, RC_OK), REST, CLEAN(WEST),
		CLEAN(EAST) } },
	{ .name = "delete one of two connections", .cases = "179", .steps = { BOTH_UP,
		DELETE(WEST, "n2", RC_OK), REST, BOTH(COUNT_CHILDREN, 1), DELETE(WEST, NET, RC_OK),
		REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "delete the connection that made the IKE SA", .cases = "179", .steps = { BOTH_UP,
		DELETE(WEST, NET, RC_OK), REST, RUN_MS(5000), DELETE(WEST, "n2", RC_OK), REST,
		CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "the responder deletes the connection that made the IKE SA", .cases = "179",
	  .steps = { BOTH_UP, DELETE(EAST, NET, RC_OK), REST, RUN_MS(5000),
		DELETE(EAST, "n2", RC_OK), REST, CLEAN(EAST), CLEAN(WEST) } },
	{ .name = "lifetimes of the child are over", .cases = "", .steps = {
		SETUP("--ipsec-lifetime=60s --rekeymargin=5s --dontrekey"), UP(WEST, NET, RC_OK), REST,
		RUN_MS(90000), REST } },
	{ .name = "lifetime of the IKE SA is over", .cases = "", .steps = {
		SETUP("--ikelifetime=60s --rekeymargin=5s --dontrekey"), UP(WEST, NET, RC_OK), REST,
		RUN_MS(90000), REST, CLEAN(WEST), CLEAN(EAST) } },
};

const struct scenario_list scenarios_children = { rows, ARRAY_LEN(rows) };
