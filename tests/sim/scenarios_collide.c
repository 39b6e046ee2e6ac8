/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exchanges that cross (RFC 7296 2.8.1, 2.8.2, 2.25): the named ones, with traffic of which nothing
 * may be lost where no tunnel is deleted. All pairs with all faults are the matrix's (matrix.c).
 */
#include "scenario.h"

#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")
#define UP_TWO SETUP("--keyingtries=0"), ADD(WEST, "n2", ENDS2), ADD(EAST, "n2", ENDS2), UP(WEST, NET, RC_OK), REST
#define ONE REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2), \
	BOTH(COUNT_POLICIES, 2), HAS(WEST, COUNT_UNENDED, 0), HAS(EAST, COUNT_UNENDED, 0), \
	NEVER_LOGGED(WEST, "IKE SA is down"), NEVER_LOGGED(EAST, "IKE SA is down"), \
	RAN(WEST, "prepare route up "), RAN(EAST, "prepare route up ")
#define CHILD(h) ASK(h, VERB_REKEY_CHILD, NET)
#define IKE(h) ASK(h, VERB_REKEY_IKE, NET)
#define CREATE EXCHANGE_CREATE_CHILD_SA
#define INFO EXCHANGE_INFORMATIONAL
/* The K-th datagram from there on. */
#define LATE EACH(FAULT_DELAY, K, 1, 900)
#define LOST EACH(FAULT_DROP, K, 1, 0)

static const struct scenario rows[] = {
	{ .name = "case 119 both rekey one child", .cases = "119", .steps = { UP_TWO, FLOW(5),
		CHILD(WEST), CHILD(EAST), RUN_MS(8000), FLOW(0), LOGGED(WEST, "both ends rekey it at once"),
		LOGGED(EAST, "both ends rekey it at once"), ONE } },
	{ .name = "case 119 both rekey one child, message lost", .cases = "119", .from = 1, .to = 8,
	  .steps = { UP_TWO, FLOW(5), LOST, CHILD(WEST), CHILD(EAST), RUN_MS(8000), FLOW(0), ONE } },
	{ .name = "case 120 both rekey one child, message late", .cases = "119 120", .from = 1, .to = 8,
	  .steps = { UP_TWO, FLOW(5), LATE, CHILD(WEST), CHILD(EAST), RUN_MS(8000), FLOW(0), ONE } },
	{ .name = "case 121 west's rekey comes when east's is done", .cases = "121", .steps = { UP_TWO,
		FLOW(5), LOSE(WEST, CREATE, WHICH_REQUESTS, 1, 1), CHILD(WEST), CHILD(EAST),
		RUN_MS(8000), FLOW(0), NEVER_LOGGED(EAST, "both ends rekey"), ONE } },
	{ .name = "case 121 west's rekey comes while east's Delete of the old child is lost", .cases = "121",
	  .steps = { UP_TWO, FLOW(5), LOSE(WEST, CREATE, WHICH_REQUESTS, 1, 1),
		LOSE(EAST, INFO, WHICH_REQUESTS, 1, 1), CHILD(WEST), CHILD(EAST), RUN_MS(8000), FLOW(0),
		LOGGED(EAST, "while it is closed here"), NEVER_LOGGED(WEST, "stays in use"), ONE } },
	{ .name = "case 122 both rekey one child, another group is wanted by one", .cases = "122",
	  .steps = { SECRETS, ADD(WEST, NET, "--esp=aes256-sha2_256;dh31+dh19"),
		ADD(EAST, NET, "--esp=aes256-sha2_256;dh19"), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), REST, FLOW(5), CHILD(WEST), CHILD(EAST), RUN_MS(8000), FLOW(0),
		ONE } },
	{ .name = "case 124 west deletes the child, east rekeys it", .cases = "124 125", .steps = {
		UP_TWO, UP(WEST, "n2", RC_OK), REST, ASK(WEST, VERB_TERMINATE, "n2"),
		ASK(EAST, VERB_REKEY_CHILD, "n2"), WAIT(EAST, RC_FATAL), RUN_MS(20000), REST,
		BOTH(COUNT_CHILDREN, 1), LOGGED(WEST, "TEMPORARY_FAILURE") } },
	{ .name = "case 124 west's Delete waits for its turn, east rekeys the child", .cases = "124",
	  .steps = { UP_TWO, UP(WEST, "n2", RC_OK), REST, LOSE(WEST, CREATE, WHICH_REQUESTS, 1, 1),
		CHILD(WEST), ASK(WEST, VERB_TERMINATE, "n2"), ASK(EAST, VERB_REKEY_CHILD, "n2"),
		WAIT(EAST, RC_FATAL), RUN_MS(20000), REST, BOTH(COUNT_CHILDREN, 1),
		LOGGED(WEST, "TEMPORARY_FAILURE") } },
	{ .name = "case 128 the answer comes after the Delete of the old child", .cases = "120 128",
	  .steps = { UP_TWO, LOSE(EAST, CREATE, WHICH_RESPONSES, 1, 1), CHILD(WEST), RUN_MS(100),
		ASK(EAST, VERB_DELETESTATE, NULL), RUN_MS(5), REST, BOTH(COUNT_IKES, 1) } , .is_loose = true },
	{ .name = "case 130 west creates a child, east rekeys the IKE SA", .cases = "130 132", .steps = {
		UP_TWO, START(WEST, "n2"), IKE(EAST), WAIT(EAST, RC_OK), WAIT(WEST, RC_OK), REST,
		BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 2), LOGGED(WEST, "TEMPORARY_FAILURE"),
		LOGGED(EAST, "TEMPORARY_FAILURE"), HAS(WEST, COUNT_UNENDED, 0) } },
	{ .name = "case 131 west rekeys a child, east the IKE SA", .cases = "131 132", .steps = { UP_TWO,
		FLOW(5), CHILD(WEST), IKE(EAST), WAIT(EAST, RC_OK), RUN_MS(20000), FLOW(0),
		LOGGED(WEST, "TEMPORARY_FAILURE"), ONE } },
	{ .name = "case 132 west rekeys the IKE SA, east deletes a child", .cases = "132 131", .steps = {
		UP_TWO, UP(WEST, "n2", RC_OK), REST, IKE(WEST), ASK(EAST, VERB_TERMINATE, "n2"),
		WAIT(EAST, RC_OK), RUN_MS(20000), REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1),
		HAS(WEST, COUNT_UNENDED, 0) } },
	{ .name = "case 133 both rekey the IKE SA", .cases = "133", .steps = { UP_TWO, FLOW(5),
		IKE(WEST), IKE(EAST), RUN_MS(8000), FLOW(0), LOGGED(WEST, "both ends rekey the IKE SA"),
		LOGGED(EAST, "both ends rekey the IKE SA"), ONE } },
	{ .name = "case 134 both rekey the IKE SA, message late", .cases = "133 134", .from = 1, .to = 8,
	  .steps = { UP_TWO, LATE, IKE(WEST), IKE(EAST), RUN_MS(8000), ONE } },
	{ .name = "case 135 both rekey the IKE SA, message lost", .cases = "133 135", .from = 1, .to = 8,
	  .steps = { UP_TWO, LOST, IKE(WEST), IKE(EAST), RUN_MS(8000), ONE } },
	{ .name = "case 135 west's rekey comes when east's is done", .cases = "135", .steps = { UP_TWO,
		LOSE(WEST, CREATE, WHICH_REQUESTS, 1, 1), IKE(WEST), IKE(EAST), RUN_MS(8000),
		NEVER_LOGGED(EAST, "both ends rekey"), ONE } },
	{ .name = "case 135 west's rekey comes while east's Delete of the old IKE SA is lost",
	  .cases = "135", .steps = { UP_TWO, LOSE(WEST, CREATE, WHICH_REQUESTS, 1, 1),
		LOSE(EAST, INFO, WHICH_REQUESTS, 1, 1), IKE(WEST), IKE(EAST), RUN_MS(8000),
		NEVER_LOGGED(WEST, "is not replaced"), ONE } },
	{ .name = "case 133 a child is wanted while both rekey the IKE SA, answers lost", .cases = "133",
	  .from = 1, .to = 6, .steps = { UP_TWO, LOSE(WEST, CREATE, WHICH_RESPONSES, 1, 1),
		LOSE(EAST, CREATE, WHICH_RESPONSES, 1, 1), SET(0, KNOB_LATENCY, K), IKE(WEST), IKE(EAST),
		RUN_MS(100), START(WEST, "n2"), RUN_MS(20000), REST, BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 2), HAS(WEST, COUNT_UNENDED, 0), HAS(EAST, COUNT_UNENDED, 0) } },
	{ .name = "case 133 the IKE SA is rekeyed again while both rekey it, answers lost", .cases = "133",
	  .from = 1, .to = 6, .steps = { UP_TWO, LOSE(WEST, CREATE, WHICH_RESPONSES, 1, 1),
		LOSE(EAST, CREATE, WHICH_RESPONSES, 1, 1), SET(0, KNOB_LATENCY, K), IKE(WEST), IKE(EAST),
		RUN_MS(100), IKE(WEST), IKE(EAST), RUN_MS(20000), ONE } },
	{ .name = "case 135 east goes on with its IKE SA while west's rekey is lost", .cases = "135",
	  .steps = { UP_TWO, LOSE(WEST, CREATE, WHICH_REQUESTS, 1, 3),
		LOSE(EAST, INFO, WHICH_REQUESTS, 1, 1), IKE(WEST), IKE(EAST), RUN_MS(300), CHILD(EAST),
		RUN_MS(20000), NEVER_LOGGED(WEST, "CHILD_SA_NOT_FOUND"), ONE } },
	{ .name = "case 135 east deletes a child while west's rekey is lost", .cases = "135", .steps = {
		UP_TWO, UP(WEST, "n2", RC_OK), REST, LOSE(WEST, CREATE, WHICH_REQUESTS, 1, 100),
		LOSE(EAST, INFO, WHICH_REQUESTS, 1, 1), IKE(WEST), IKE(EAST), RUN_MS(300), ASK(EAST, VERB_TERMINATE, "n2"), WAIT(EAST, RC_OK), RUN_MS(60000),
		REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), HAS(WEST, COUNT_UNENDED, 0) } },
	{ .name = "case 136 west rekeys the IKE SA, east deletes it", .cases = "136 137", .steps = {
		UP_TWO, IKE(WEST), ASK(EAST, VERB_DOWN_IKE, NET), RUN_MS(100), BOTH(COUNT_IKES, 0),
		WAIT(EAST, RC_OK), WAIT(WEST, FAILS),
		RUN_MS(20000), REST, BOTH(COUNT_CHILDREN, 0), HAS(WEST, COUNT_UNENDED, 0) } },
	{ .name = "case 137 both delete the IKE SA by its number", .cases = "137", .steps = { UP_TWO,
		ASK(WEST, VERB_DOWN_IKE, NET), ASK(EAST, VERB_DOWN_IKE, NET), WAIT(EAST, RC_OK),
		RUN_MS(20000), REST, CLEAN(WEST), CLEAN(EAST), HAS(WEST, COUNT_UNENDED, 0) } },
	{ .name = "case 139 both begin at once: one IKE SA stays", .cases = "139", .steps = {
		SETUP(""), START(WEST, NET), START(EAST, NET), RUN_MS(20000), REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2), RAN(WEST, "prepare route up "), RAN(EAST, "prepare route up ") } },
	{ .name = "case 139 both begin at once, message late", .cases = "139", .from = 1, .to = 8,
	  .steps = { SETUP(""), LATE, START(WEST, NET), START(EAST, NET), RUN_MS(20000), REST,
		BOTH(COUNT_CHILDREN, 1), HAS(WEST, COUNT_UNENDED, 0), HAS(EAST, COUNT_UNENDED, 0) },
	  .is_loose = true },
};

const struct scenario_list scenarios_collide = { rows, ARRAY_LEN(rows) };
