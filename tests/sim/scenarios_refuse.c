/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios in which the ends do not agree: secrets, identities, proposals, selectors, modes. Each
 * must end the waiting client with a code and a reason, and leave nothing at either end.
 */
#include "scenario.h"

#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")
#define LISTEN_BOTH LISTEN(WEST), LISTEN(EAST)
#define HOSTS_ "--host=192.0.2.1 --client=10.1.0.0/16 --to --host=192.0.2.2 --client=10.2.0.0/16"
/* keyingtries 1: no retry is left to wait for. */
#define REFUSED(words_)                                                                        \
	UP(WEST, NET, FAILS), REASON(WEST, words_), REST, CLEAN(WEST), RUN_MS(60000), CLEAN(EAST)

static const struct scenario rows[] = {
	{ .name = "the ends have different PSKs", .cases = "88", .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "one"), PSK(EAST, "192.0.2.1 192.0.2.2", "two"),
		ADD(WEST, NET, "--keyingtries=1"), ADD(EAST, NET, ""), LISTEN_BOTH,
		REFUSED("PSK"), LOGGED(EAST, "different PSKs") } },
	{ .name = "the ends have different PSKs, the other way", .cases = "88", .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "one"), PSK(EAST, "192.0.2.1 192.0.2.2", "one "),
		ADD(EAST, NET, "--keyingtries=1"), ADD(WEST, NET, ""), LISTEN_BOTH,
		UP(EAST, NET, FAILS), REASON(EAST, "AUTHENTICATION_FAILED"), REST, CLEAN(EAST),
		CLEAN(WEST) } },
	{ .name = "the initiator has no PSK", .cases = "93", .steps = {
		PSK(EAST, "192.0.2.1 192.0.2.2", "psk"), ADD(WEST, NET, "--keyingtries=1"),
		ADD(EAST, NET, ""), LISTEN_BOTH, UP(WEST, NET, RC_NO_KEY),
		REASON(WEST, "ipsec.secrets"), REST, CLEAN(WEST), RUN_MS(40000), CLEAN(EAST) } },
	{ .name = "the responder has no PSK", .cases = "88 93", .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), ADD(WEST, NET, "--keyingtries=1"),
		ADD(EAST, NET, ""), LISTEN_BOTH, REFUSED("AUTHENTICATION_FAILED") } },
	{ .name = "the responder does not know the initiator's identity", .cases = "88 99", .steps = {
		PSK(WEST, "@west 192.0.2.2", "psk"), SECRETS,
		ADD(WEST, NET, "--keyingtries=1 --host=192.0.2.1 --id=@west --client=10.1.0.0/16 --to "
			       "--host=192.0.2.2 --client=10.2.0.0/16"),
		ADD(EAST, NET, ""), LISTEN_BOTH, REFUSED("AUTHENTICATION_FAILED") } },
	{ .name = "the responder is somebody else", .cases = "88 99", .steps = {
		PSK(WEST, "192.0.2.1 @east", "psk"), PSK(EAST, "192.0.2.1 @oest", "psk"),
		ADD(WEST, NET, "--keyingtries=1 --host=192.0.2.1 --client=10.1.0.0/16 --to "
			       "--host=192.0.2.2 --id=@east --client=10.2.0.0/16"),
		ADD(EAST, NET, "--host=192.0.2.1 --client=10.1.0.0/16 --to --host=192.0.2.2 "
			       "--id=@oest --client=10.2.0.0/16"),
		LISTEN_BOTH, REFUSED("AUTHENTICATION_FAILED") } },
	{ .name = "no connection at the responder", .cases = "58", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1"), LISTEN_BOTH, REFUSED("NO_PROPOSAL_CHOSEN") } },
	{ .name = "no common IKE proposal", .cases = "58", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1 --ike=aes128-sha2_256-dh14"),
		ADD(EAST, NET, "--ike=aes256-sha2_256-dh14"), LISTEN_BOTH,
		REFUSED("NO_PROPOSAL_CHOSEN") } },
	{ .name = "no common IKE group", .cases = "58", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1 --ike=aes128-sha2_256-dh14"),
		ADD(EAST, NET, "--ike=aes128-sha2_256-dh31"), LISTEN_BOTH,
		REFUSED("NO_PROPOSAL_CHOSEN") } },
	{ .name = "no common ESP proposal", .cases = "94", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1 --esp=aes128-sha2_256"),
		ADD(EAST, NET, "--esp=aes256-sha2_256"), LISTEN_BOTH,
		REFUSED("NO_PROPOSAL_CHOSEN") } },
	{ .name = "selectors do not meet", .cases = "94 102", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1"),
		ADD(EAST, NET, "--host=192.0.2.1 --client=10.9.0.0/16 --to --host=192.0.2.2 "
			       "--client=10.2.0.0/16"),
		LISTEN_BOTH, REFUSED("TS_UNACCEPTABLE") } },
	{ .name = "the responder's own selector does not meet", .cases = "94 102", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1"),
		ADD(EAST, NET, "--host=192.0.2.1 --client=10.1.0.0/16 --to --host=192.0.2.2 "
			       "--client=10.8.0.0/16"),
		LISTEN_BOTH, REFUSED("TS_UNACCEPTABLE") } },
	{ .name = "transport asked, tunnel wanted", .cases = "106", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1 --transport"),
		ADD(EAST, NET, "--host=192.0.2.1 --to --host=192.0.2.2"), LISTEN_BOTH,
		REFUSED("mode") } },
	{ .name = "tunnel asked, transport wanted", .cases = "106", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1 --host=192.0.2.1 --to --host=192.0.2.2"),
		ADD(EAST, NET, "--transport"), LISTEN_BOTH, REFUSED("mode") } },
	{ .name = "another protocol in the selectors", .cases = "102", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1 --host=192.0.2.1 --client=10.1.0.0/16 "
			       "--clientprotoport=17/53 --to --host=192.0.2.2 --client=10.2.0.0/16 "
			       "--clientprotoport=17/53"),
		ADD(EAST, NET, "--host=192.0.2.1 --client=10.1.0.0/16 --clientprotoport=6/53 --to "
			       "--host=192.0.2.2 --client=10.2.0.0/16 --clientprotoport=6/53"),
		LISTEN_BOTH, REFUSED("TS_UNACCEPTABLE") } },
	{ .name = "the responder does not listen", .cases = "26", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1"), ADD(EAST, NET, ""), LISTEN(WEST),
		UP(WEST, NET, RC_NO_RESPONSE), REASON(WEST, "no response"), REST, CLEAN(WEST) } },
	{ .name = "initiate a name that is not there", .cases = "", .steps = { SETUP(""),
		UP(WEST, "nobody", RC_UNKNOWN_NAME), DOWN(WEST, "nobody", RC_UNKNOWN_NAME),
		DELETE(WEST, "nobody", RC_UNKNOWN_NAME) } },
	{ .name = "neither end is this host", .cases = "", .steps = { SECRETS,
		ADD(WEST, NET, "--host=192.0.2.7 --to --host=192.0.2.2"), LISTEN(WEST),
		UP(WEST, NET, RC_ORIENT) } },
};

const struct scenario_list scenarios_refuse = { rows, ARRAY_LEN(rows) };
