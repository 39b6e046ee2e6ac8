/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of traffic selectors (RFC 7296 2.9): several in one child, protocols and ports,
 * narrowing by either end, one pair at a time, several children whose selectors overlap.
 */
#include "scenario.h"

#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")
#define ENDS_(left, right) "--host=192.0.2.1 " left " --to --host=192.0.2.2 " right
#define TWO_ENDS(west, east) SECRETS, ADD(WEST, NET, west), ADD(EAST, NET, east), \
	LISTEN(WEST), LISTEN(EAST)
#define SAME_ENDS(both) TWO_ENDS(both, both)
#define DOWN_AND_CLEAN REST, DOWN(WEST, NET, RC_OK), REST, CLEAN(WEST), CLEAN(EAST)

static const char *const modes[] = { "--transport", NULL };
static const char *const ah[] = { "--ah=sha2_256", "--ah=sha1;dh19,sha2_512", "--esn", NULL };

static const struct scenario rows[] = {
	{ .name = "case 101: several selectors in one child", .cases = "101", .steps = {
		SAME_ENDS(ENDS_("--client=10.1.0.0/16,10.3.0.0/16,fd00:1::/64",
				"--client=10.2.0.0/16,fd00:2::/64")),
		UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2),
		BOTH(COUNT_POLICIES, 6), RAN(WEST, "prepare route up "), DOWN_AND_CLEAN } },
	{ .name = "case 101: protocols, ports and ICMP types", .cases = "101", .steps = {
		SAME_ENDS(ENDS_("--client=10.1.0.0/16/tcp/1000-2000,10.1.0.0/16/icmp/8",
				"--client=10.2.0.0/16/tcp,10.2.0.0/16/icmp")),
		UP(EAST, NET, RC_OK), REST, BOTH(COUNT_POLICIES, 4), DOWN_AND_CLEAN } },
	{ .name = "case 101: an offer of everything is answered with policy", .cases = "101 107",
	  .steps = { TWO_ENDS(ENDS_("--narrowing --client=0.0.0.0/0", "--client=0.0.0.0/0"),
			      ENDS_("--client=10.1.0.0/16", "--client=10.2.0.0/16,10.4.0.0/16")),
		UP(WEST, NET, RC_OK), REST, BOTH(COUNT_POLICIES, 4),
		LOGGED(WEST, "10.1.0.0/16 === 10.2.0.0/16, 10.4.0.0/16"), DOWN_AND_CLEAN } },
	{ .name = "case 102: no selector in common", .cases = "102", .is_loose = true, .steps = {
		TWO_ENDS(ENDS_("--keyingtries=1 --client=10.1.0.0/16,10.3.0.0/16", "--client=10.2.0.0/16"),
			 ENDS_("--client=10.9.0.0/16", "--client=10.2.0.0/16")),
		UP(WEST, NET, FAILS), REASON(WEST, "TS_UNACCEPTABLE"),
		LOGGED(EAST, "the peer offers 10.1.0.0/16, 10.3.0.0/16; here it is 10.9.0.0/16") } },
	{ .name = "case 103: the initiator does without part only if told", .cases = "103 104",
	  .steps = { TWO_ENDS(ENDS_("--keyingtries=1 --client=10.1.0.0/16,10.3.0.0/16",
				    "--client=10.2.0.0/16"),
			      ENDS_("--client=10.1.0.0/16", "--client=10.2.0.0/16")),
		UP(WEST, NET, FAILS), REASON(WEST, "would go unprotected"), REST, CLEAN(WEST),
		CLEAN(EAST) } },
	{ .name = "case 103: the responder does with part only if told", .cases = "102 103",
	  .is_loose = true, .steps = {
		TWO_ENDS(ENDS_("--keyingtries=1 --client=10.1.7.0/24", "--client=10.2.0.0/16"),
			 ENDS_("--client=10.1.0.0/16", "--client=10.2.0.0/16")),
		UP(WEST, NET, FAILS), REASON(WEST, "TS_UNACCEPTABLE"),
		LOGGED(EAST, "only partly protected (narrowing=no)") } },
	{ .name = "case 103: the responder is told", .cases = "103", .steps = {
		TWO_ENDS(ENDS_("--client=10.1.7.0/24", "--client=10.2.0.0/16"),
			 ENDS_("--narrowing --client=10.1.0.0/16", "--client=10.2.0.0/16")),
		UP(WEST, NET, RC_OK), REST, BOTH(COUNT_POLICIES, 2), DOWN_AND_CLEAN } },
	{ .name = "case 103: another connection takes the rest", .cases = "103", .steps = {
		SECRETS, ADD(WEST, NET, "--narrowing " ENDS_("--client=10.0.0.0/8", "--client=10.2.0.0/16")),
		ADD(EAST, NET, ENDS_("--client=10.1.0.0/16", "--client=10.2.0.0/16")),
		ADD(EAST, "n2", ENDS_("--client=10.3.0.0/16", "--client=10.2.0.0/16")),
		LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK),
		LOGGED(WEST, "would take more of our selectors"), REST, BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 2), BOTH(COUNT_POLICIES, 4),
		LOGGED(WEST, "10.3.0.0/16 === 10.2.0.0/16"), DOWN_AND_CLEAN } },
	{ .name = "case 103: others take the rest, at both ends", .cases = "103", .steps = {
		SECRETS, ADD(WEST, NET, "--narrowing " ENDS_("--client=10.1.0.0/16,10.3.0.0/16",
							  "--client=10.2.0.0/16,10.4.0.0/16")),
		ADD(EAST, NET, ENDS_("--client=10.1.0.0/16", "--client=10.2.0.0/16")),
		ADD(EAST, "n2", ENDS_("--client=10.3.0.0/16", "--client=10.2.0.0/16")),
		ADD(EAST, "n3", ENDS_("--client=10.1.0.0/16", "--client=10.4.0.0/16")),
		ADD(EAST, "n4", ENDS_("--client=10.3.0.0/16", "--client=10.4.0.0/16")),
		LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK), RUN_MS(3000), REST,
		BOTH(COUNT_CHILDREN, 4), BOTH(COUNT_POLICIES, 8), DOWN_AND_CLEAN } },
	{ .name = "case 103: the rest is promised, and then refused: what stands stays", .cases = "103",
	  .steps = { SECRETS,
		ADD(WEST, NET, "--narrowing " ENDS_("--client=10.0.0.0/8", "--client=10.2.0.0/16")),
		ADD(EAST, NET, ENDS_("--client=10.1.0.0/16", "--client=10.2.0.0/16")),
		ADD(EAST, "n2", "--esp=aes128-sha1 " ENDS_("--client=10.3.0.0/16", "--client=10.2.0.0/16")),
		LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK), RUN_MS(60000), REST,
		LOGGED(WEST, "child SA failed"), BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1),
		NEVER_LOGGED(WEST, "trying again"), DOWN_AND_CLEAN } },
	{ .name = "case 103: nobody would take the rest", .cases = "103", .is_loose = true, .steps = {
		SAME_ENDS(ENDS_("--client=10.1.0.0/16", "--client=10.2.0.0/16")),
		ADD(EAST, "n2", ENDS_("--client=10.3.0.0/16", "--client=10.2.0.0/16")),
		UP(WEST, NET, RC_OK), REST, NEVER_LOGGED(WEST, "would take more") } },
	{ .name = "case 103: one pair at a time", .cases = "103", .settings = { .single_pair = true },
	  .steps = { SAME_ENDS("--narrowing " ENDS_("--client=10.1.0.0/16,10.3.0.0/16",
						    "--client=10.2.0.0/16,10.4.0.0/16")),
		UP(WEST, NET, RC_OK), RUN_MS(2000), REST, BOTH(COUNT_CHILDREN, 4),
		BOTH(COUNT_IKES, 1), BOTH(COUNT_STATES, 8), BOTH(COUNT_POLICIES, 8),
		DOWN_AND_CLEAN } },
	{ .name = "case 103: one pair at a time, a further child", .cases = "103",
	  .settings = { .single_pair = true }, .steps = {
		SAME_ENDS(ENDS_("--client=10.1.0.0/16", "--client=10.2.0.0/16")),
		ADD(WEST, "n2", ENDS_("--client=10.5.0.0/16,10.6.0.0/16", "--client=10.2.0.0/16")),
		ADD(EAST, "n2", "--narrowing " ENDS_("--client=10.5.0.0/16,10.6.0.0/16",
						     "--client=10.2.0.0/16")),
		UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), RUN_MS(2000), REST,
		BOTH(COUNT_CHILDREN, 3), BOTH(COUNT_POLICIES, 6) } },
	{ .name = "case 108: children of one connection with other selectors", .cases = "108",
	  .steps = { TWO_ENDS(ENDS_("--narrowing --client=10.1.0.0/16", "--client=10.2.0.0/16"),
			      ENDS_("--narrowing --client=10.1.0.0/16", "--client=10.2.0.0/16")),
		ADD(WEST, "n2", ENDS_("--client=10.1.5.0/24", "--client=10.2.0.0/16")),
		UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), REST, REQIDS(EAST, 2),
		BOTH(COUNT_CHILDREN, 2), BOTH(COUNT_POLICIES, 4), DOWN(WEST, "n2", RC_OK), REST,
		BOTH(COUNT_POLICIES, 2), DOWN_AND_CLEAN } },
	{ .name = "case 106: transport mode at one end only, %s", .cases = "106", .words = modes,
	  .is_loose = true, .steps = { SECRETS,
		ADD(WEST, NET, "%s --keyingtries=1 --host=192.0.2.1 --to --host=192.0.2.2"),
		ADD(EAST, NET, "--host=192.0.2.1 --to --host=192.0.2.2"), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, FAILS), REASON(WEST, "NO_PROPOSAL_CHOSEN"),
		LOGGED(EAST, "the peer wants transport mode, \"net\" is for tunnel"), REST, CLEAN(EAST) } },
	{ .name = "AH: %s", .cases = "", .words = ah, .steps = {
		SAME_ENDS("%s --authenticate " ENDS_("--client=10.1.0.0/16", "--client=10.2.0.0/16")),
		ADD(WEST, "n2", "%s --authenticate " ENDS_("--client=10.3.0.0/16", "--client=10.2.0.0/16")),
		ADD(EAST, "n2", "%s --authenticate " ENDS_("--client=10.3.0.0/16", "--client=10.2.0.0/16")),
		UP(WEST, NET, RC_OK), REST, BOTH(COUNT_STATES, 2), LOGGED(EAST, ", AH 0x"),
		UP(WEST, "n2", RC_OK), REST, BOTH(COUNT_CHILDREN, 2), DOWN(WEST, "n2", RC_OK), REST,
		BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2),
		DOWN(EAST, NET, RC_OK), REST, CLEAN(EAST), CLEAN(WEST) } },
	{ .name = "esp=null is warned of", .cases = "", .steps = {
		SAME_ENDS("--esp=null-sha2_256 " ENDS_("--client=10.1.0.0/16", "--client=10.2.0.0/16")),
		LOGGED(WEST, "can read the traffic"), UP(WEST, NET, RC_OK), DOWN_AND_CLEAN } },
	{ .name = "AH at one end only", .cases = "58", .is_loose = true, .steps = {
		TWO_ENDS("--keyingtries=1 --authenticate " ENDS_("--client=10.1.0.0/16", "--client=10.2.0.0/16"),
			 ENDS_("--client=10.1.0.0/16", "--client=10.2.0.0/16")),
		UP(WEST, NET, FAILS), REASON(WEST, "NO_PROPOSAL_CHOSEN"), REST, CLEAN(EAST) } },
	{ .name = "the kernel refuses operation K of a child of many pairs", .cases = "175",
	  .from = 1, .to = 9, .steps = {
		SAME_ENDS(ENDS_("--keyingtries=1 --client=10.1.0.0/16,10.3.0.0/16",
				"--client=10.2.0.0/16")),
		SET(WEST, KNOB_KERNEL_FAIL, K), START(WEST, NET), RUN_MS(60000),
		SET(WEST, KNOB_KERNEL_FAIL, 0), HAS(WEST, COUNT_UNENDED, 0), REST } },
	{ .name = "the responder's kernel refuses operation K of a child of many pairs",
	  .cases = "175", .from = 1, .to = 7, .steps = {
		SAME_ENDS(ENDS_("--keyingtries=1 --client=10.1.0.0/16,10.3.0.0/16",
				"--client=10.2.0.0/16")),
		SET(EAST, KNOB_KERNEL_FAIL, K), UP(WEST, NET, FAILS), REST, CLEAN(WEST),
		CLEAN(EAST) } },
};

const struct scenario_list scenarios_selectors = { rows, ARRAY_LEN(rows) };
