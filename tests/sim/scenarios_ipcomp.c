/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IPComp (RFC 7296 2.22, RFC 3173): agreed on where both want it, kept by every replacement, taken back
 * as a whole; and the child stands without it where one end does not, or cannot.
 */
#include "scenario.h"

#define LIFE "--ike=aes256gcm16-sha2_256-dh19 --ipsec-lifetime=60s --rekeymargin=5s"
#define FOUR BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 4), BOTH(COUNT_POLICIES, 2)
#define TWO BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2), BOTH(COUNT_POLICIES, 2)
#define NETS "--host=192.0.2.1 --client=10.1.0.0/16 --to --host=192.0.2.2 --client=10.2.0.0/16"
#define HOSTS "--host=192.0.2.1 --to --host=192.0.2.2"
#define SIX "--host=192.0.2.1 --client=fd01::/64 --to --host=192.0.2.2 --client=fd02::/64"
#define ENDS PSK(WEST, "", "secret"), PSK(EAST, "", "secret")

#define UP_AND_DOWN                                                                             \
	LISTEN(WEST), LISTEN(EAST), DUMP(WEST), DUMP(EAST), UP(WEST, NET, RC_OK), REST, FOUR,   \
		LOGGED(WEST, ", IPComp"), LOGGED(EAST, ", IPComp"), FLOW(20), RUN_MS(1000),     \
		FLOW(0), DOWN(WEST, NET, RC_OK), REST, SAME(WEST), SAME(EAST),                  \
		UP(EAST, NET, RC_OK), REST, FOUR

static const struct scenario rows[] = {
	{ .name = "ipcomp: in both directions, tunnel mode", .cases = "", .steps = { ENDS,
		ADD(WEST, NET, "--compress " NETS), ADD(EAST, NET, "--compress " NETS),
		UP_AND_DOWN } },
	{ .name = "ipcomp: in both directions, transport mode", .cases = "", .steps = { ENDS,
		ADD(WEST, NET, "--compress --transport " HOSTS),
		ADD(EAST, NET, "--compress --transport " HOSTS), UP_AND_DOWN } },
	{ .name = "ipcomp: no packet is lost when the child is rekeyed", .cases = "", .steps = {
		SETUP("--compress " LIFE), UP(WEST, NET, RC_OK), REST, FLOW(20), RUN_MS(200000),
		FLOW(0), REST, FOUR, LOGGED(WEST, "replaced by"), NEVER_LOGGED(WEST, "no IPComp") } },
	{ .name = "ipcomp: by an admin's rekey of the other end", .cases = "", .steps = {
		SETUP("--compress"), UP(WEST, NET, RC_OK), REST, FLOW(20),
		ASK(EAST, VERB_REKEY_CHILD, NET), WAIT(EAST, RC_OK), RUN_MS(2000), FLOW(0), REST,
		FOUR } },
	{ .name = "ipcomp: the responder does not want it", .cases = "", .steps = { ENDS,
		ADD(WEST, NET, "--compress " NETS), ADD(EAST, NET, NETS), LISTEN(WEST),
		LISTEN(EAST), UP(WEST, NET, RC_OK), REST, TWO,
		LOGGED(WEST, "the peer does not take IPComp"),
		LOGGED(EAST, "offers IPComp, which is not wanted"), FLOW(20), RUN_MS(500), FLOW(0),
		ASK(WEST, VERB_REKEY_CHILD, NET), WAIT(WEST, RC_OK), RUN_MS(40000), REST, TWO } },
	{ .name = "ipcomp: the initiator does not want it", .cases = "", .steps = { ENDS,
		ADD(WEST, NET, NETS), ADD(EAST, NET, "--compress " NETS), LISTEN(WEST),
		LISTEN(EAST), UP(WEST, NET, RC_OK), REST, TWO, NEVER_LOGGED(EAST, "IPComp"), FLOW(20),
		RUN_MS(500), FLOW(0), ASK(EAST, VERB_REKEY_CHILD, NET), WAIT(EAST, RC_OK),
		RUN_MS(40000), REST, TWO } },
	{ .name = "ipcomp: the initiator's kernel has none", .cases = "", .steps = {
		SETUP("--compress"), SET(WEST, KNOB_CPI, FAILS), UP(WEST, NET, RC_OK), REST, TWO,
		LOGGED(WEST, "no IPComp, nothing is compressed: ") } },
	{ .name = "ipcomp: the responder's kernel has none", .cases = "", .steps = {
		SETUP("--compress"), SET(EAST, KNOB_CPI, FAILS), UP(WEST, NET, RC_OK), REST, TWO,
		LOGGED(EAST, "no IPComp, nothing is compressed: "),
		LOGGED(WEST, "the peer does not take IPComp") } },
	{ .name = "ipcomp: an offer with a number that is no CPI is as none", .cases = "",
	  .from = 61440, .to = 61441, .steps = { SETUP("--compress"), SET(WEST, KNOB_CPI, K),
		UP(WEST, NET, RC_OK), REST, TWO, LOGGED(EAST, "with a valid CPI") } },
	{ .name = "ipcomp: an answer with a number that is no CPI ends the child", .cases = "",
	  .steps = { SETUP("--compress --keyingtries=1"), SET(EAST, KNOB_CPI, 61440),
		UP(WEST, NET, FAILS), REASON(WEST, "with a valid CPI"), RUN_MS(40000), REST,
		CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "ipcomp: not where one family travels in the other", .cases = "", .steps = { ENDS,
		ADD(WEST, NET, "--compress " SIX), ADD(EAST, NET, "--compress " SIX), LISTEN(WEST),
		LISTEN(EAST), UP(WEST, NET, RC_OK), REST, TWO, NEVER_LOGGED(WEST, "IPComp") } },
	/* SPI, CPI, then two states, a policy, two states, a policy */
	{ .name = "ipcomp: kernel fails at the initiator, operation", .cases = "175", .from = 3,
	  .to = 8, .steps = { SETUP("--compress --keyingtries=1"), DUMP(WEST), DUMP(EAST),
		SET(WEST, KNOB_KERNEL_FAIL, K), UP(WEST, NET, FAILS), REST, SAME(WEST), SAME(EAST),
		RUN_MS(40000), CLEAN(WEST), CLEAN(EAST), UP(WEST, NET, RC_OK), REST, FOUR } },
	{ .name = "ipcomp: kernel fails at the responder, operation", .cases = "175", .from = 3,
	  .to = 8, .steps = { SETUP("--compress --keyingtries=1"), DUMP(WEST), DUMP(EAST),
		SET(EAST, KNOB_KERNEL_FAIL, K), UP(WEST, NET, FAILS), REST, SAME(WEST), SAME(EAST),
		RUN_MS(40000), CLEAN(WEST), CLEAN(EAST), UP(WEST, NET, RC_OK), REST, FOUR } },
	{ .name = "ipcomp: held traffic of a dead peer, and its return", .cases = "", .is_loose = true,
	  .steps = { SETUP("--compress --dpddelay=2s --dpdtimeout=4s --dpdaction=hold"),
		UP(WEST, NET, RC_OK), REST, CRASH(EAST), RUN_MS(20000), HAS(WEST, COUNT_STATES, 0),
		HAS(WEST, COUNT_POLICIES, 2) } },
	{ .name = "ipcomp: the SAs move to another address", .cases = "157", .steps = {
		SETUP("--mobike --compress"), SET_ADDRESSES(WEST, "192.0.2.1 192.0.2.11"),
		UP(WEST, NET, RC_OK), REST, SET_ADDRESSES(WEST, "192.0.2.11"), REST,
		PATH(EAST, "-192.0.2.11:4500"), FOUR, NEVER_LOGGED(WEST, "cannot be moved"),
		NEVER_LOGGED(EAST, "cannot be moved"), DOWN(WEST, NET, RC_OK), REST, CLEAN(WEST),
		CLEAN(EAST) } },
	{ .name = "ipcomp: the move fails at operation", .cases = "157 160", .from = 1, .to = 3,
	  .steps = { SETUP("--mobike --compress"), UP(WEST, NET, RC_OK), REST,
		SET(WEST, KNOB_KERNEL_FAIL, K), SET_ADDRESSES(WEST, "192.0.2.11"), RUN_MS(15000),
		REST, LOGGED(WEST, "a new child takes its place"), FOUR } },
	{ .name = "ipcomp: the move fails at operation", .cases = "157 160", .from = 5, .to = 7,
	  .steps = { SETUP("--mobike --compress"), UP(WEST, NET, RC_OK), REST,
		SET(WEST, KNOB_KERNEL_FAIL, K), SET_ADDRESSES(WEST, "192.0.2.11"), RUN_MS(15000),
		REST, LOGGED(WEST, "a new child takes its place"), FOUR } },
	{ .name = "ipcomp: the old state that is in the way has gone", .cases = "157 160", .from = 4, .to = 4,
	  .steps = { SETUP("--mobike --compress"), UP(WEST, NET, RC_OK), REST,
		SET(WEST, KNOB_KERNEL_FAIL, K), SET_ADDRESSES(WEST, "192.0.2.11"), RUN_MS(15000),
		REST, NEVER_LOGGED(WEST, "cannot be moved"), FOUR } },
	{ .name = "ipcomp: terminated after event", .cases = "188", .from = 1, .to = 34, .steps = {
		SETUP("--compress"), SET(WEST, KNOB_KERNEL_DELAY, 3), SET(EAST, KNOB_KERNEL_DELAY, 4),
		SET(WEST, KNOB_SCRIPT_DELAY, 5), SET(EAST, KNOB_SCRIPT_DELAY, 6),
		SET(WEST, KNOB_MAC_DELAY, 2), SET(EAST, KNOB_MAC_DELAY, 2), START(WEST, NET),
		EVENTS(K), DOWN(WEST, NET, RC_OK), RUN_MS(40000), REST, CLEAN(WEST),
		HAS(WEST, COUNT_UNENDED, 0) }, .is_loose = true },
};

const struct scenario_list scenarios_ipcomp = { rows, ARRAY_LEN(rows) };
