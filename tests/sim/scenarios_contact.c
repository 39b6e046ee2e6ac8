/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of peers that come again: INITIAL_CONTACT, uniqueids, quick crash detection (RFC 6290).
 */
#include "scenario.h"

#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")
#define PAIR(h, id_, to_)                                                                        \
	"--host=" h " --id=" id_ " --client=10." to_ ".0.0/16 --to --host=192.0.2.2 --id=@east "  \
	"--client=10.2.0.0/16"
/* The same identity from two addresses: west's and north's. */
#define ROAMER(words_) ROAMER_SAYS(words_, "--initial-contact=no ")
#define ROAMER_SAYS(words_, contact_)                                                                           \
	PSK(WEST, "@road @east", "psk"), PSK(EAST, "@road @east", "psk"),                         \
		PSK(NORTH, "@road @east", "psk"), ADD(WEST, NET, PAIR("192.0.2.1", "@road", "1")), \
		ADD(EAST, NET, words_ PAIR("192.0.2.1", "@road", "1")),                            \
		ADD(NORTH, "n3", "--keyingtries=1 " contact_ PAIR("192.0.2.3", "@road", "3")),              \
		ADD(EAST, "n3", words_ PAIR("192.0.2.3", "@road", "3")), LISTEN(WEST),             \
		LISTEN(EAST), LISTEN(NORTH), UP(WEST, NET, RC_OK), REST
#define QCD { .has_qcd_secret = true, .qcd_secret = { 1, 2, 3 } }

static const struct scenario rows[] = {
	{ .name = "the peer crashed and begins anew: the old SA goes", .cases = "146 162", .steps = {
		SECRETS, ADD(WEST, NET, ""), ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), REST, CRASH(WEST), ADD(WEST, NET, ""), LISTEN(WEST),
		UP(WEST, NET, RC_OK), REST, LOGGED(EAST, "INITIAL_CONTACT"), BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2), BOTH(COUNT_POLICIES, 2) } },
	{ .name = "the responder crashed and is called by nobody: it calls", .cases = "146 162",
	  .steps = { SECRETS, ADD(WEST, NET, ""), ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), REST, CRASH(EAST), ADD(EAST, NET, ""), LISTEN(EAST),
		UP(EAST, NET, RC_OK), REST, LOGGED(WEST, "INITIAL_CONTACT"), BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2) } },
	{ .name = "both begin at once: INITIAL_CONTACT ends neither", .cases = "146 139",
	  .is_loose = true, .steps = { SECRETS, ADD(WEST, NET, ""), ADD(EAST, NET, ""), LISTEN(WEST),
		LISTEN(EAST), START(WEST, NET), UP(EAST, NET, RC_OK), REST,
		NEVER_LOGGED(EAST, "started anew"), NEVER_LOGGED(WEST, "started anew") } },
	{ .name = "both begin at once, and an AUTH comes late, datagram", .cases = "146 139", .from = 1,
	  .to = 8, .is_loose = true, .steps = { SECRETS, ADD(WEST, NET, ""), ADD(EAST, NET, ""),
		LISTEN(WEST), LISTEN(EAST), EACH(FAULT_DROP, K, 1, 0), START(WEST, NET),
		UP(EAST, NET, RC_OK), RUN_MS(5000), REST, NEVER_LOGGED(EAST, "started anew"),
		NEVER_LOGGED(WEST, "started anew") } },
	{ .name = "INITIAL_CONTACT of one who fails to authenticate", .cases = "146", .steps = {
		SECRETS, ADD(WEST, NET, ""), ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST),
		UP(EAST, NET, RC_OK), REST, CRASH(WEST), { .op = OP_PSK_FORGET, .host = WEST },
		PSK(WEST, "192.0.2.1 192.0.2.2", "wrong"), ADD(WEST, NET, "--keyingtries=1"),
		LISTEN(WEST), UP(WEST, NET, FAILS), IKES(EAST, 1), CHILDREN(EAST, 1) },
	  .is_loose = true },
	{ .name = "uniqueids=never: INITIAL_CONTACT is not followed", .cases = "146 147",
	  .settings = { .uniqueids = UNIQUE_NEVER }, .is_loose = true, .steps = { SECRETS,
		ADD(WEST, NET, ""), ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), REST, CRASH(WEST), ADD(WEST, NET, ""), LISTEN(WEST),
		UP(WEST, NET, RC_OK), REST, IKES(EAST, 2) } },
	{ .name = "the same peer from another address: INITIAL_CONTACT", .cases = "146 147",
	  .is_loose = true, .steps = { ROAMER_SAYS("", ""), UP(NORTH, "n3", RC_OK), REST,
		IKES(EAST, 1), CHILDREN(EAST, 1), LOGGED(EAST, "started anew") } },
	{ .name = "uniqueids: the same peer from another address replaces", .cases = "147",
	  .settings = { .uniqueids = UNIQUE_REPLACE }, .steps = { ROAMER(""),
		UP(NORTH, "n3", RC_OK), REST, IKES(EAST, 1),
		CHILDREN(EAST, 1), IKES(WEST, 0), CLEAN(WEST), LOGGED(EAST, "uniqueids"),
		NEVER_LOGGED(EAST, "started anew") } },
	{ .name = "uniqueids=keep: the newcomer is refused", .cases = "147",
	  .settings = { .uniqueids = UNIQUE_KEEP }, .steps = { ROAMER(""),
		UP(NORTH, "n3", FAILS), REST, CLEAN(NORTH),
		IKES(EAST, 1), CHILDREN(WEST, 1), LOGGED(EAST, "uniqueids=keep") } },
	{ .name = "uniqueids=keep: the old one is dead, and found to be", .cases = "147",
	  .settings = { .uniqueids = UNIQUE_KEEP }, .is_loose = true, .steps = { ROAMER("--revive=no "),
		CRASH(WEST), UP(NORTH, "n3", FAILS), RUN_MS(40000),
		UP(NORTH, "n3", RC_OK), REST, IKES(EAST, 1), CHILDREN(EAST, 1) } },
	{ .name = "uniqueids=no: both stay", .cases = "147", .settings = { .uniqueids = UNIQUE_NO },
	  .steps = { ROAMER(""), UP(NORTH, "n3", RC_OK), REST,
		IKES(EAST, 2), CHILDREN(EAST, 2) } },
	{ .name = "the peer crashed, its token ends the SA at once", .cases = "7 164", .settings = QCD,
	  .steps = { SECRETS, ADD(WEST, NET, "--dpdaction=restart --dpddelay=5s"), ADD(EAST, NET, ""),
		LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK), REST, CRASH(EAST), ADD(EAST, NET, ""),
		LISTEN(EAST), RUN_MS(8000), LOGGED(WEST, "by its token"), REST, BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "the initiator crashed, its token ends the SA at once", .cases = "7 164",
	  .settings = QCD, .is_loose = true, .steps = { SECRETS, ADD(WEST, NET, ""),
		ADD(EAST, NET, "--dpddelay=5s --dpdaction=clear"), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), REST, CRASH(WEST), ADD(WEST, NET, ""), LISTEN(WEST),
		RUN_MS(8000), LOGGED(EAST, "by its token"), CLEAN(EAST) } },
	{ .name = "rekeyed by one, then crashed: its new token ends the SA at once", .cases = "7 164",
	  .settings = QCD, .steps = { SECRETS, ADD(WEST, NET, "--dpdaction=restart --dpddelay=5s"),
		ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK), REST,
		ASK(WEST, VERB_REKEY_IKE, NET), WAIT(WEST, RC_OK), REST, CRASH(EAST), ADD(EAST, NET, ""),
		LISTEN(EAST), RUN_MS(8000), LOGGED(WEST, "by its token"), REST, BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "rekeyed by itself, then crashed: its new token ends the SA at once", .cases = "7 164",
	  .settings = QCD, .steps = { SECRETS, ADD(WEST, NET, "--dpdaction=restart --dpddelay=5s"),
		ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK), REST,
		ASK(EAST, VERB_REKEY_IKE, NET), WAIT(EAST, RC_OK), REST, CRASH(EAST), ADD(EAST, NET, ""),
		LISTEN(EAST), RUN_MS(8000), LOGGED(WEST, "by its token"), REST, BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "the peer started anew at its address without a word: the old SA is asked after",
	  .cases = "146 147 162", .steps = { SECRETS, ADD(WEST, NET, ""), ADD(EAST, NET, ""), LISTEN(WEST),
		LISTEN(EAST), UP(WEST, NET, RC_OK), REST, CRASH(WEST),
		ADD(WEST, NET, "--initial-contact=no"), LISTEN(WEST), UP(WEST, NET, RC_OK),
		LOGGED(EAST, "has another IKE SA now: asking"), IKES(EAST, 2), RUN_MS(40000), REST,
		BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2),
		BOTH(COUNT_POLICIES, 2) } },
	{ .name = "the same, and uniqueids=no leaves it alone", .cases = "147",
	  .settings = { .uniqueids = UNIQUE_NO }, .is_loose = true, .steps = { SECRETS,
		ADD(WEST, NET, ""), ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK),
		REST, CRASH(WEST), ADD(WEST, NET, "--initial-contact=no"), LISTEN(WEST),
		UP(WEST, NET, RC_OK), RUN_MS(40000), IKES(EAST, 2) } },
	{ .name = "a second IKE SA of a peer that lives stays", .cases = "147", .steps = { SECRETS,
		ADD(WEST, NET, "--initial-contact=no"), ADD(EAST, NET, ""),
		ADD(WEST, "n2", "--initial-contact=no --ike=aes128-sha2_256-dh14 --host=192.0.2.1 "
			"--client=10.3.0.0/16 --to --host=192.0.2.2 --client=10.4.0.0/16"),
		ADD(EAST, "n2", "--ike=aes128-sha2_256-dh14 --host=192.0.2.1 --client=10.3.0.0/16 --to "
			"--host=192.0.2.2 --client=10.4.0.0/16"), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), RUN_MS(60000), REST, BOTH(COUNT_IKES, 2),
		BOTH(COUNT_CHILDREN, 2) } },
	{ .name = "a rekeyed IKE SA is known to INITIAL_CONTACT", .cases = "146", .steps = { SECRETS,
		ADD(WEST, NET, ""), ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK),
		REST, ASK(WEST, VERB_REKEY_IKE, NET), WAIT(WEST, RC_OK), REST, CRASH(WEST),
		ADD(WEST, NET, ""), LISTEN(WEST), UP(WEST, NET, RC_OK), REST, LOGGED(EAST, "started anew"),
		BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2) } },
	{ .name = "whack --crash: all with that peer goes without a word", .cases = "162",
	  .is_loose = true, .steps = { ROAMER(""), UP(NORTH, "n3", RC_OK), REST, CRASH(WEST), MARK,
		ASK_WITH(EAST, VERB_CRASH, NULL, "--crash=192.0.2.1"), WAIT(EAST, RC_OK),
		REASON(EAST, "1 IKE SAs with 192.0.2.1 were dropped"), SENT(0), IKES(EAST, 1),
		CHILDREN(NORTH, 1), ASK_WITH(EAST, VERB_CRASH, NULL, "--crash=192.0.2.1"),
		WAIT(EAST, RC_OK), REASON(EAST, "0 IKE SAs"),
		ASK_WITH(EAST, VERB_CRASH, NULL, "--crash=nowhere"), WAIT(EAST, RC_WHACK) },
	  .settings = { .uniqueids = UNIQUE_NO } },
	{ .name = "whack --deletestate: a child, what is wanted comes again", .cases = "", .steps = {
		SECRETS, ADD(WEST, NET, ""), ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), REST, ASK_WITH(WEST, VERB_DELETESTATE, NULL, "--deletestate=2"),
		WAIT(WEST, RC_OK), LOGGED(EAST, "deleted by the peer"), RUN_MS(8000), REST,
		BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2) } },
	{ .name = "whack --deletestate: an IKE SA, and numbers that there are not", .cases = "",
	  .steps = { SECRETS, ADD(WEST, NET, ""), ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), REST, ASK_WITH(EAST, VERB_DELETESTATE, NULL, "--deletestate=9"),
		WAIT(EAST, RC_UNKNOWN_NAME), ASK_WITH(EAST, VERB_DELETESTATE, NULL, "--deletestate=none"),
		WAIT(EAST, RC_WHACK), ASK_WITH(EAST, VERB_DELETESTATE, NULL, "--deletestate=1"),
		WAIT(EAST, RC_OK), REST, IKES(EAST, 0), CLEAN(EAST), CLEAN(WEST) } },
	{ .name = "no token for an SA that lives", .cases = "7", .settings = QCD, .steps = { SECRETS,
		ADD(WEST, NET, ""), ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), REST, MARK, CRAFT(EAST, INFORMATIONAL, CRAFT_TURNED_FLAG),
		SENT(1), SAYS(EAST, N_INVALID_IKE_SPI), SAYS_NO(EAST, N_QCD_TOKEN), RUN_MS(5000),
		BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "a wrong token is a hint at most", .cases = "7", .settings = QCD, .steps = { SECRETS,
		ADD(WEST, NET, ""), ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), REST, DUMP(WEST),
		FORGE(WEST, EXCHANGE_INFORMATIONAL, N_QCD_TOKEN, true), RUN_MS(5000), SAME(WEST),
		BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1) } },
};

const struct scenario_list scenarios_contact = { rows, ARRAY_LEN(rows) };
