/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of time: retransmission, attempts that are made again with back-off, half-open SAs that
 * are given up, cookies under load, shutdown, requests of clients out of turn.
 */
#include "scenario.h"

#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")

static const struct scenario rows[] = {
	/* sent at 0, 0.5, 1.5, 3.5, 7.5, 15.5 s with 10 % jitter; over at 28 s */
	{ .name = "retransmissions double and end", .cases = "26 35", .steps = {
		SETUP("--keyingtries=1 --retransmit-timeout=28s"), SET(0, KNOB_PARTITION, 1), MARK, START(WEST, NET),
		RUN_MS(400), SENT(1), RUN_MS(300), SENT(2), RUN_MS(1000), SENT(3), RUN_MS(2200),
		SENT(4), RUN_MS(24000), SENT(6), WAIT(WEST, RC_NO_RESPONSE), RUN_MS(60000), SENT(6),
		CLEAN(WEST) } },
	{ .name = "an answer is sent once", .cases = "35", .steps = { SETUP(""), MARK,
		UP(WEST, NET, RC_OK), SENT(4), REST, ASK(WEST, VERB_REKEY_CHILD, NET), WAIT(WEST, RC_OK),
		REST, SENT(8), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "the responder never sends by itself", .cases = "35", .steps = {
		SETUP("--keyingtries=1"), LOSE(EAST, 0, WHICH_ANY, 1, 100),
		SET(WEST, KNOB_WORK_DELAY, 0), START(WEST, NET), RUN_MS(40), SET(0, KNOB_PARTITION, 1),
		WAIT(WEST, RC_NO_RESPONSE), MARK, RUN_MS(60000), SENT(0), CLEAN(EAST) } },
	{ .name = "a half-open SA is given up after 30 s", .cases = "46", .steps = {
		SETUP("--keyingtries=1"), LOSE(WEST, EXCHANGE_IKE_AUTH, WHICH_ANY, 1, 100),
		START(WEST, NET), RUN_MS(10000), IKES(EAST, 1), WAIT(WEST, RC_NO_RESPONSE),
		RUN_MS(2000), CLEAN(EAST), LOGGED(EAST, "did not finish in time"), CLEAN(WEST) } },
	{ .name = "keyingtries=3: the third attempt succeeds", .cases = "26 93", .steps = {
		SETUP("--keyingtries=3 --retransmit-timeout=4s"), SET(0, KNOB_PARTITION, 1),
		UP(WEST, NET, RC_NO_RESPONSE), RUN_MS(10000), SET(0, KNOB_PARTITION, 0),
		RUN_MS(30000), REST, BOTH(COUNT_CHILDREN, 1), LOGGED(WEST, "trying again") } },
	{ .name = "keyingtries=2: given up after two", .cases = "26", .steps = {
		SETUP("--keyingtries=2 --retransmit-timeout=4s"), SET(0, KNOB_PARTITION, 1),
		UP(WEST, NET, RC_NO_RESPONSE), RUN_MS(30000), SET(0, KNOB_PARTITION, 0), MARK,
		RUN_MS(60000), SENT(0), CLEAN(WEST), CLEAN(EAST), LOGGED(WEST, "giving up") } },
	{ .name = "keyingtries=0: no end of attempts", .cases = "26", .steps = {
		SETUP("--keyingtries=0 --retransmit-timeout=4s"), SET(0, KNOB_PARTITION, 1),
		UP(WEST, NET, RC_NO_RESPONSE), RUN_MS(900000), SET(0, KNOB_PARTITION, 0),
		RUN_MS(310000), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "a refused attempt is made again", .cases = "93", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=5"), LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, FAILS),
		ADD(EAST, NET, ""), RUN_MS(30000), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "terminate ends the attempts", .cases = "188", .steps = {
		SETUP("--keyingtries=0 --retransmit-timeout=4s"), SET(0, KNOB_PARTITION, 1),
		UP(WEST, NET, RC_NO_RESPONSE), RUN_MS(2000), DOWN(WEST, NET, RC_OK),
		SET(0, KNOB_PARTITION, 0), MARK, RUN_MS(600000), SENT(0), CLEAN(WEST) } },
	{ .name = "two clients of one attempt that fails", .cases = "26", .steps = {
		SETUP("--keyingtries=1"), SET(0, KNOB_PARTITION, 1), START(WEST, NET), RUN_MS(1000),
		UP(WEST, NET, RC_NO_RESPONSE), REST, HAS(WEST, COUNT_UNENDED, 0), CLEAN(WEST) } },
	{ .name = "a peer that was deleted by its admin comes back", .cases = "162", .steps = {
		SETUP(""), UP(WEST, NET, RC_OK), REST, DELETE(EAST, NET, RC_OK), REST, CLEAN(EAST),
		ADD(EAST, NET, ""), UP(EAST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "cookies when the source has too many half-open SAs", .cases = "37",
	  .settings = { .cookie_per_source = 1 }, .steps = { SETUP("--keyingtries=1"),
		LOSE(WEST, EXCHANGE_IKE_AUTH, WHICH_ANY, 1, 3), START(WEST, NET), RUN_MS(500),
		DOWN(WEST, NET, RC_OK), IKES(EAST, 1), MARK, UP(WEST, NET, RC_OK), SENT(8),
		RUN_MS(40000), REST, BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_IKES, 1) } },
	{ .name = "the hard limit of half-open SAs", .cases = "45", .settings = { .max_half_open = 1 },
	  .steps = { SETUP("--keyingtries=1"), LOSE(WEST, EXCHANGE_IKE_AUTH, WHICH_ANY, 1, 100),
		START(WEST, NET), RUN_MS(500), DOWN(WEST, NET, RC_OK), IKES(EAST, 1),
		UP(WEST, NET, RC_NO_RESPONSE), RUN_MS(60000), IKES(EAST, 0), CLEAN(WEST) } },
	{ .name = "a cookie stays good over one turn of the secret", .cases = "40",
	  .settings = { .always_cookie = true }, .steps = { SETUP("--retransmit-timeout=200s"),
		FAULT(FAULT_DELAY, EAST, EXCHANGE_IKE_SA_INIT, WHICH_ANY, 1, 20, 65000),
		UP(WEST, NET, RC_OK), RUN_MS(120000), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "shutdown with an SA up sends its Delete", .cases = "167", .steps = { SETUP(""),
		UP(WEST, NET, RC_OK), REST, MARK, ASK(WEST, VERB_SHUTDOWN, NULL), WAIT(WEST, RC_OK),
		RUN_MS(3000), SENT(2), CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "shutdown into a partition", .cases = "167", .is_loose = true, .steps = { SETUP(""),
		UP(WEST, NET, RC_OK), REST, SET(0, KNOB_PARTITION, 1),
		ASK(WEST, VERB_SHUTDOWN, NULL), RUN_MS(1900), HAS(WEST, COUNT_UNENDED, 1), RUN_MS(200),
		HAS(WEST, COUNT_UNENDED, 0), WAIT(WEST, RC_OK), RUN_MS(3000), CLEAN(WEST) } },
	{ .name = "secrets cannot be read again", .cases = "192", .steps = { SETUP(""),
		SET(WEST, KNOB_REREAD_FAILS, 1), ASK(WEST, VERB_REREADSECRETS, NULL),
		WAIT(WEST, FAILS), REASON(WEST, "bad line"), SET(WEST, KNOB_REREAD_FAILS, 0),
		ASK(WEST, VERB_REREADSECRETS, NULL), WAIT(WEST, RC_OK), UP(WEST, NET, RC_OK) } },
	{ .name = "no IKE after unlisten", .cases = "", .steps = { SETUP("--keyingtries=1"),
		ASK(WEST, VERB_UNLISTEN, NULL), WAIT(WEST, RC_OK), UP(WEST, NET, RC_DEAF),
		UP(EAST, NET, RC_NO_RESPONSE), REST, CLEAN(EAST), LISTEN(WEST),
		UP(EAST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "unlisten ends who waits for an attempt", .cases = "", .steps = {
		SETUP("--keyingtries=1"), SET(0, KNOB_PARTITION, 1), START(WEST, NET), RUN_MS(1000),
		ASK(WEST, VERB_UNLISTEN, NULL), RUN_MS(10), HAS(WEST, COUNT_UNENDED, 0), MARK,
		RUN_MS(60000), SENT(0), CLEAN(WEST), LOGGED(WEST, "does not listen any more") } },
	{ .name = "debug lines of one connection, of a class, and none", .cases = "", .steps = {
		SETUP(""), DEBUG(WEST, NULL, "pakcet"), WAIT(WEST, RC_WHACK),
		DEBUG(WEST, "nobody", "all"), WAIT(WEST, RC_UNKNOWN_NAME),
		DEBUG(WEST, NET, "state"), WAIT(WEST, RC_OK), UP(WEST, NET, RC_OK), REST,
		LOGGED(WEST, "\"net\": #1: start IKE_SA_INIT"), NEVER_LOGGED(WEST, "received "),
		NEVER_LOGGED(EAST, "start IKE_SA_INIT"), DEBUG(EAST, NULL, "packet,kernel"),
		WAIT(EAST, RC_OK), DOWN(WEST, NET, RC_OK), REST, LOGGED(EAST, "received "),
		LOGGED(EAST, "the kernel answered"), DEBUG(EAST, NULL, "-kernel"), WAIT(EAST, RC_OK),
		REASON(EAST, "debug: packet") } },
	{ .name = "status while it comes up, event", .cases = "187", .from = 1, .to = 12, .steps = {
		SETUP(""), START(WEST, NET), EVENTS(K), ASK(WEST, VERB_STATUS, NULL),
		WAIT(WEST, RC_OK), ASK(WEST, VERB_TRAFFICSTATUS, NULL), WAIT(WEST, RC_OK),
		ASK(WEST, VERB_SHOWSTATES, NULL), WAIT(WEST, RC_OK), RUN_MS(1000), REST,
		HAS(WEST, COUNT_UNENDED, 0), ASK(EAST, VERB_TRAFFICSTATUS, NULL), WAIT(EAST, RC_OK),
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "status without a connection", .cases = "", .steps = {
		ASK(WEST, VERB_STATUS, NULL), WAIT(WEST, RC_OK), ASK(WEST, VERB_BRIEFSTATUS, NULL),
		WAIT(WEST, RC_OK), ASK(WEST, VERB_CONNECTIONSTATUS, NULL), WAIT(WEST, RC_OK) } },
};

const struct scenario_list scenarios_retry = { rows, ARRAY_LEN(rows) };
