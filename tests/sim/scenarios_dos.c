/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of load and of attackers who hold no key (RFC 7296 2.6, RFC 8019): half-open limits,
 * cookies, what a spoofed request may cost, penalties for those who fail to authenticate.
 */
#include "scenario.h"

#define READY SETUP("--keyingtries=1"), UP(WEST, NET, RC_OK), REST, DUMP(EAST)
#define BAD PSK(NORTH, "192.0.2.3 192.0.2.2", "bad"), PSK(EAST, "192.0.2.3 192.0.2.2", "good"),   \
	ADD(NORTH, "n3", "--keyingtries=1 --retransmit-timeout=5s --host=192.0.2.3 --client=10.3.0.0/16 --to "             \
			 "--host=192.0.2.2 --client=10.2.0.0/16"),                                  \
	ADD(EAST, "n3", "--host=192.0.2.3 --client=10.3.0.0/16 --to --host=192.0.2.2 "              \
			"--client=10.2.0.0/16"), LISTEN(NORTH)
#define ANYBODY                                                                                  \
	ADD(EAST, "any", "--host=%any --to --host=192.0.2.2"),                                     \
		PSK(EAST, "%any 192.0.2.2", "any")

static const struct scenario rows[] = {
	{ .name = "below every limit there are no cookies", .cases = "36",
	  .settings = { .cookie_threshold = 10, .cookie_per_source = 5 }, .steps = { READY, ANYBODY,
		MARK, FLOOD(EAST, 9), SENT(9), SAYS_NO(EAST, N_COOKIE), HAS(EAST, COUNT_HALF_OPEN, 9),
		RUN_MS(31000) } },
	{ .name = "half-open SAs in all: cookies from the threshold on, and no state", .cases = "37",
	  .settings = { .cookie_threshold = 10 }, .steps = { READY, ANYBODY, FLOOD(EAST, 10), MARK,
		FLOOD(EAST, 400), SENT(400), SAYS(EAST, N_COOKIE), HAS(EAST, COUNT_HALF_OPEN, 10),
		RUN_MS(31000), HAS(EAST, COUNT_HALF_OPEN, 0) } },
	{ .name = "half-open SAs of one source: cookies for it alone", .cases = "37",
	  .settings = { .cookie_per_source = 3 }, .steps = { READY, ANYBODY, MARK,
		FLOOD_FROM_ONE(EAST, 9), SENT(9), HAS(EAST, COUNT_HALF_OPEN, 3),
		FLOOD(EAST, 5), SAYS_NO(EAST, N_COOKIE), HAS(EAST, COUNT_HALF_OPEN, 8),
		RUN_MS(31000) } },
	{ .name = "an established SA comes through a flood, and a new one too", .cases = "37 38 45",
	  .settings = { .cookie_threshold = 5, .max_half_open = 8 }, .steps = { READY, ANYBODY,
		FLOOD(EAST, 300), DOWN(WEST, NET, RC_OK), UP(WEST, NET, RC_OK), REST,
		BOTH(COUNT_CHILDREN, 1), RUN_MS(31000) } },
	{ .name = "a wrong cookie is answered with a fresh one", .cases = "39",
	  .settings = { .always_cookie = true }, .steps = { READY,
		MARK, INIT(EAST, MANGLE_WRONG_COOKIE), SENT(1), SAYS(EAST, N_COOKIE),
		HAS(EAST, COUNT_HALF_OPEN, 0) } },
	{ .name = "a nonce too short for a cookie", .cases = "25", .settings = { .always_cookie = true },
	  .steps = { READY, MARK, INIT(EAST, MANGLE_NONCE_15), INIT(EAST, MANGLE_NONCE_257), SENT(0),
		INIT(EAST, MANGLE_NONCE_16), SENT(1), SAYS(EAST, N_COOKIE) } },
	{ .name = "an endless asker for cookies", .cases = "42", .settings = { .always_cookie = true },
	  .steps = { SETUP("--keyingtries=1"), { .op = OP_SET, .host = EAST, .what = KNOB_COOKIE_LIES,
		.n = 1 }, UP(WEST, NET, FAILS), REASON(WEST, "ever new cookies"), CLEAN(EAST) } },
	{ .name = "the oldest half-open SA makes room", .cases = "45",
	  .settings = { .max_half_open = 4, .cookie_threshold = 1000 }, .steps = { READY, ANYBODY,
		FLOOD(EAST, 20), HAS(EAST, COUNT_HALF_OPEN, 4), IKES(EAST, 5), SAME(EAST),
		DOWN(WEST, NET, RC_OK), UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1),
		RUN_MS(31000), HAS(EAST, COUNT_HALF_OPEN, 0) } },
	{ .name = "who came lately is not the one that makes room", .cases = "45",
	  .settings = { .max_half_open = 4, .cookie_threshold = 1000 }, .steps = { READY, ANYBODY,
		DOWN(WEST, NET, RC_OK), REST, FLOOD(EAST, 4), SET(EAST, KNOB_WORK_DELAY, 100),
		START(WEST, NET), RUN_MS(15), FLOOD(EAST, 3), WAIT(WEST, RC_OK),
		NEVER_LOGGED(WEST, "request sent again"), REST, BOTH(COUNT_CHILDREN, 1),
		RUN_MS(31000) } },
	{ .name = "spoofed requests cost no shared secret", .cases = "47", .steps = { READY, ANYBODY,
		HAS(EAST, COUNT_SHARED, 1), FLOOD(EAST, 100), HAS(EAST, COUNT_SHARED, 1),
		HAS(EAST, COUNT_HALF_OPEN, 100), RUN_MS(31000), HAS(EAST, COUNT_HALF_OPEN, 0) } },
	{ .name = "a thousand bad IKE_AUTHs cost one shared secret", .cases = "46 47", .steps = {
		SETUP("--keyingtries=1 --retransmit-interval=10ms"),
		LOSE(EAST, EXCHANGE_IKE_AUTH, WHICH_ANY, 1, 100),
		FAULT(FAULT_CORRUPT, WEST, EXCHANGE_IKE_AUTH, WHICH_REQUESTS, 1, 100, 0),
		START(WEST, NET), RUN_MS(100), STORM(3, 200), HAS(EAST, COUNT_SHARED, 1),
		RUN_MS(35000), REST, CLEAN(EAST) } },
	{ .name = "no answer is more than half as long again", .cases = "48", .steps = {
		SETUP("--keyingtries=1 --ike=aes256-sha2_256-dh31"), UP(WEST, NET, RC_OK), REST,
		MARK, INIT(EAST, MANGLE_TINY), SENT(1), SHORT(EAST, 136 * 3 / 2),
		INIT(EAST, MANGLE_FAKE_SK), SENT(2), SHORT(EAST, 44 * 3 / 2), RUN_MS(31000) } },
	{ .name = "no token for a request that is too short to be answered with one", .cases = "48",
	  .settings = { .has_qcd_secret = true }, .steps = { READY, INIT(EAST, MANGLE_FAKE_SK),
		SAYS(EAST, N_INVALID_IKE_SPI), SAYS_NO(EAST, N_QCD_TOKEN), SHORT(EAST, 44 * 3 / 2),
		INIT(EAST, MANGLE_FAKE_SK_LONG), SAYS(EAST, N_QCD_TOKEN), SHORT(EAST, 150) } },
	{ .name = "twenty failures to authenticate: the source waits, others do not", .cases = "49",
	  .from = 1, .to = 1, .steps = { READY, BAD, FAILURES(20), MARK, UP(NORTH, "n3", RC_NO_RESPONSE),
		LOGGED(EAST, "failed to authenticate 20 times"), DOWN(WEST, NET, RC_OK),
		UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1), RUN_MS(12000),
		UP(NORTH, "n3", RC_FATAL) } },
	{ .name = "nineteen failures are borne", .cases = "49", .steps = { READY, BAD, FAILURES(19),
		UP(NORTH, "n3", RC_FATAL) } },
	{ .name = "a PUZZLE is not known and not minded", .cases = "50", .steps = { READY, MARK,
		INIT(EAST, MANGLE_PUZZLE), SENT(1), SAYS(EAST, 0), RUN_MS(31000) } },
	{ .name = "another KE group is asked for, without state", .cases = "51", .steps = { READY, MARK,
		INIT(EAST, MANGLE_KE_GROUP), SENT(1), SAYS(EAST, N_INVALID_KE_PAYLOAD),
		HAS(EAST, COUNT_HALF_OPEN, 0), SAME(EAST) } },
	{ .name = "a KE value of the wrong length", .cases = "57", .steps = { READY, MARK,
		INIT(EAST, MANGLE_KE_SHORT), SENT(1), SAYS(EAST, N_INVALID_SYNTAX),
		HAS(EAST, COUNT_HALF_OPEN, 0), SAME(EAST) } },
	{ .name = "log lines that peers cause", .cases = "193", .steps = { READY, FLOOD(EAST, 100),
		RUN_MS(2000), FLOOD(EAST, 1), LOGGED(EAST, "log lines that peers caused are left out"),
		RUN_MS(31000),
		HAS(EAST, COUNT_HALF_OPEN, 0) } },
	{ .name = "whack --ddos-mode busy, auto, unlimited", .cases = "37", .steps = { READY,
		ASK_WITH(EAST, VERB_DDOS_MODE, NULL, "--ddos-mode=busy"), WAIT(EAST, RC_OK), MARK,
		INIT(EAST, MANGLE_NEW_NONCE), SENT(1), SAYS(EAST, N_COOKIE),
		ASK_WITH(EAST, VERB_DDOS_MODE, NULL, "--ddos-mode=auto"), WAIT(EAST, RC_OK),
		INIT(EAST, MANGLE_NEW_NONCE), SENT(2), SAYS_NO(EAST, N_COOKIE),
		ASK_WITH(EAST, VERB_DDOS_MODE, NULL, "--ddos-mode=nonsense"), WAIT(EAST, RC_WHACK),
		RUN_MS(31000) } },
};

const struct scenario_list scenarios_dos = { rows, ARRAY_LEN(rows) };
