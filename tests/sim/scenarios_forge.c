/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of somebody on the path who can send but holds no key: unprotected notifies, forged
 * answers, messages for SAs that are not there. None may change an established SA.
 */
#include "scenario.h"

#define STANDS                                                                                   \
	RUN_MS(3000), SAME(WEST), SAME(EAST), BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1)
#define UP_FIRST SETUP(""), UP(WEST, NET, RC_OK), REST, DUMP(WEST), DUMP(EAST)
#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")

static const struct scenario rows[] = {
	{ .name = "forged INVALID_IKE_SPI, as an answer", .cases = "7 13", .steps = { UP_FIRST,
		FORGE(WEST, EXCHANGE_INFORMATIONAL, N_INVALID_IKE_SPI, true),
		FORGE(EAST, EXCHANGE_INFORMATIONAL, N_INVALID_IKE_SPI, true), STANDS } },
	{ .name = "forged INVALID_IKE_SPI, as a request", .cases = "7", .steps = { UP_FIRST,
		FORGE(WEST, EXCHANGE_INFORMATIONAL, N_INVALID_IKE_SPI, false),
		FORGE(EAST, EXCHANGE_INFORMATIONAL, N_INVALID_IKE_SPI, false), STANDS } },
	{ .name = "forged AUTHENTICATION_FAILED, as a request", .cases = "7", .steps = { UP_FIRST,
		FORGE(WEST, EXCHANGE_INFORMATIONAL, N_AUTHENTICATION_FAILED, false),
		FORGE(EAST, EXCHANGE_INFORMATIONAL, N_AUTHENTICATION_FAILED, false), STANDS } },
	{ .name = "forged AUTHENTICATION_FAILED while a Delete is under way", .cases = "7 13",
	  .steps = { UP_FIRST, ADD(WEST, "n2", "--host=192.0.2.1 --client=10.3.0.0/16 --to "
			"--host=192.0.2.2 --client=10.4.0.0/16"),
		ADD(EAST, "n2", "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 "
			"--client=10.4.0.0/16"),
		START(WEST, "n2"), RUN_MS(5),
		FORGE(WEST, EXCHANGE_CREATE_CHILD_SA, N_AUTHENTICATION_FAILED, true),
		FORGE(WEST, EXCHANGE_CREATE_CHILD_SA, N_NO_ADDITIONAL_SAS, true), WAIT(WEST, RC_OK),
		REST, BOTH(COUNT_CHILDREN, 2), BOTH(COUNT_IKES, 1) } },
	{ .name = "forged AUTHENTICATION_FAILED instead of the IKE_AUTH answer", .cases = "7 88",
	  .steps = { SETUP(""), SET(EAST, KNOB_WORK_DELAY, 100), START(WEST, NET), RUN_MS(140),
		FORGE(WEST, EXCHANGE_IKE_AUTH, N_AUTHENTICATION_FAILED, true),
		WAIT(WEST, RC_OK), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "forged IKE_SA_INIT answer to an established SA", .cases = "22", .steps = { UP_FIRST,
		FORGE(WEST, EXCHANGE_IKE_SA_INIT, N_NO_PROPOSAL_CHOSEN, true),
		FORGE(EAST, EXCHANGE_IKE_SA_INIT, N_INVALID_SYNTAX, true), STANDS } },
	{ .name = "forged INVALID_KE_PAYLOAD with a group not offered", .cases = "53", .steps = {
		SETUP("--ike=aes256-sha2_256-dh31"), SET(EAST, KNOB_WORK_DELAY, 300),
		START(WEST, NET), RUN_MS(50),
		FORGE(WEST, EXCHANGE_IKE_SA_INIT, N_INVALID_KE_PAYLOAD, true), WAIT(WEST, RC_OK),
		REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "forged COOKIE that is too long", .cases = "41", .steps = { SETUP(""),
		SET(EAST, KNOB_WORK_DELAY, 150), MARK, START(WEST, NET), RUN_MS(50),
		FORGE_COOKIE(WEST, "65"), WAIT(WEST, RC_OK), SENT(4), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "forged COOKIE that is as long as may be", .cases = "41", .steps = { SETUP(""),
		SET(EAST, KNOB_WORK_DELAY, 150), START(WEST, NET), RUN_MS(50), FORGE_COOKIE(WEST, "64"), RUN_MS(5),
		LOGGED(WEST, "asks for a cookie"), WAIT(WEST, RC_OK), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "forged COOKIE beside a nonce", .cases = "41", .steps = { SETUP(""),
		SET(EAST, KNOB_WORK_DELAY, 150), MARK, START(WEST, NET), RUN_MS(50),
		FORGE_COOKIE_AND_NONCE(WEST), WAIT(WEST, RC_OK), SENT(4), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "forged COOKIE without data", .cases = "41", .steps = { SETUP(""),
		SET(EAST, KNOB_WORK_DELAY, 150), MARK, START(WEST, NET), RUN_MS(50),
		FORGE_EMPTY(WEST, EXCHANGE_IKE_SA_INIT, N_COOKIE), WAIT(WEST, RC_OK), SENT(4), REST,
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "forged INVALID_KE_PAYLOAD, then the true answer with the first group", .cases = "43",
	  .steps = { SETUP("--ike=aes256-sha2_256-dh31+dh19 --keyingtries=1"),
		SET(EAST, KNOB_WORK_DELAY, 300), START(WEST, NET), RUN_MS(50),
		FORGE(WEST, EXCHANGE_IKE_SA_INIT, N_INVALID_KE_PAYLOAD, true), WAIT(WEST, RC_OK),
		LOGGED(WEST, "the peer wants ECP_256"), LOGGED(WEST, "CURVE25519"), RUN_MS(40000),
		REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "forged COOKIE, then the true answer to what was sent first", .cases = "43", .steps = {
		SETUP("--keyingtries=1"), SET(EAST, KNOB_WORK_DELAY, 300), START(WEST, NET), RUN_MS(50),
		FORGE(WEST, EXCHANGE_IKE_SA_INIT, N_COOKIE, true), WAIT(WEST, RC_OK),
		LOGGED(WEST, "may have been forged"), RUN_MS(40000), REST, BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "forged COOKIEs again and again", .cases = "43", .steps = {
		SETUP("--keyingtries=1"), SET(EAST, KNOB_WORK_DELAY, 300), START(WEST, NET), RUN_MS(50),
		FORGE(WEST, EXCHANGE_IKE_SA_INIT, N_COOKIE, true), RUN_MS(900),
		FORGE(WEST, EXCHANGE_IKE_SA_INIT, N_COOKIE, true), WAIT(WEST, RC_OK), RUN_MS(40000),
		REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "forged COOKIEs again, and the second IKE_AUTH is lost", .cases = "43", .steps = {
		SETUP("--keyingtries=1"), SET(EAST, KNOB_WORK_DELAY, 300), START(WEST, NET), RUN_MS(50),
		LOSE(WEST, EXCHANGE_IKE_AUTH, WHICH_REQUESTS, 2, 1),
		FORGE(WEST, EXCHANGE_IKE_SA_INIT, N_COOKIE, true), RUN_MS(900),
		FORGE(WEST, EXCHANGE_IKE_SA_INIT, N_COOKIE, true), WAIT(WEST, RC_OK), RUN_MS(40000),
		REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "a COOKIE of the peer's own, and another PSK: doubted once", .cases = "43 88",
	  .settings = { .always_cookie = true }, .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "one"), PSK(EAST, "192.0.2.1 192.0.2.2", "two"),
		ADD(WEST, NET, "--keyingtries=1"), ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST), MARK,
		UP(WEST, NET, RC_FATAL), REASON(WEST, "AUTHENTICATION_FAILED"), SENT(12), REST,
		CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "a message for an SA that is gone", .cases = "6 32", .steps = { SETUP(""),
		UP(WEST, NET, RC_OK), REST, DOWN(WEST, NET, RC_OK), REST, CLEAN(EAST), MARK,
		FORGE(EAST, EXCHANGE_INFORMATIONAL, N_INVALID_SPI, false), RUN_MS(1000), SENT(1),
		FORGE(EAST, EXCHANGE_INFORMATIONAL, N_INVALID_SPI, true), RUN_MS(1000), SENT(1),
		CLEAN(EAST) } },
	{ .name = "a flood for SAs that are not there is answered 20 times a second", .cases = "6",
	  .steps = { SETUP(""), UP(WEST, NET, RC_OK), DOWN(WEST, NET, RC_OK), REST, MARK, REPLAY(0),
		REPLAY(0), CLEAN(WEST), RUN_MS(40000), REST, CLEAN(EAST) } },
	{ .name = "peers with the same connection and another address", .cases = "24", .steps = {
		SECRETS, PSK(NORTH, "192.0.2.3 192.0.2.2", "p3"), PSK(EAST, "192.0.2.3 192.0.2.2", "p3"),
		ADD(WEST, NET, ""), ADD(EAST, NET, ""),
		ADD(NORTH, NET, "--host=192.0.2.3 --client=10.3.0.0/16 --to --host=192.0.2.2 "
				"--client=10.2.0.0/16"),
		ADD(EAST, "n3", "--host=192.0.2.3 --client=10.3.0.0/16 --to --host=192.0.2.2 "
				"--client=10.2.0.0/16"),
		LISTEN(WEST), LISTEN(EAST), LISTEN(NORTH), START(WEST, NET), UP(NORTH, NET, RC_OK),
		REST, HAS(WEST, COUNT_UNENDED, 0), IKES(EAST, 2), CHILDREN(EAST, 2),
		CHILDREN(WEST, 1), CHILDREN(NORTH, 1), DOWN(NORTH, NET, RC_OK), REST,
		CHILDREN(EAST, 1), CHILDREN(WEST, 1), CLEAN(NORTH) } },
};

const struct scenario_list scenarios_forge = { rows, ARRAY_LEN(rows) };
