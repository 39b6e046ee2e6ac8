/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of SAs that are replaced before their end: rekeying of children and IKE SAs without a
 * collision, refusals, lifetimes. Traffic flows all the time and no packet may be lost.
 */
#include "scenario.h"

#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")
/* West rekeys a child after 50 to 55 s, east never. */
#define WEST_OFTEN "--ipsec-lifetime=60s --rekeymargin=5s --rekeyfuzz=100% "
#define UP_WITH(west, east)                                                                  \
	SECRETS, ADD(WEST, NET, west), ADD(EAST, NET, east), LISTEN(WEST), LISTEN(EAST),     \
		UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1)
#define ONE BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2), \
	BOTH(COUNT_POLICIES, 2)

#define IKE_OFTEN "--ikelifetime=60s --rekeymargin=5s --rekeyfuzz=100% "
#define ENDS2 "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 --client=10.4.0.0/16"

static const char *const groups[] = { "--ike=aes256-sha2_256-dh31", "--ike=aes_gcm_16_256-sha2_512-dh19",
				      "--ike=aes256-sha2_256-dh19+dh31", NULL };
static const char *const pfs[] = { "--pfs=yes", "--pfs=no", "--esp=aes_gcm_16_256;dh19",
				   "--esp=aes128-sha2_256;dh14", NULL };

static const struct scenario rows[] = {
	{ .name = "case 110 child rekey by the initiator of the IKE SA, %s", .cases = "109 110 117",
	  .words = pfs, .steps = { SECRETS, ADD(WEST, NET, WEST_OFTEN "%s"), ADD(EAST, NET, "%s"),
		LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK), REST, FLOW(20), RUN_MS(57000),
		FLOW(0), REST, ONE, LOGGED(WEST, "replaced by"), LOGGED(EAST, "replaced by"),
		FLOW(20), RUN_MS(400000), FLOW(0), REST, ONE,
		RAN(WEST, "prepare route up "), RAN(EAST, "prepare route up ") } },
	{ .name = "case 109 child rekey by the responder of the IKE SA, %s", .cases = "109 110",
	  .words = pfs, .steps = { SECRETS, ADD(WEST, NET, "%s"), ADD(EAST, NET, WEST_OFTEN "%s"),
		LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK), REST, FLOW(20), RUN_MS(59000),
		FLOW(0), REST, ONE, LOGGED(WEST, "replaced by"), LOGGED(EAST, "replaced by"),
		RAN(WEST, "prepare route up "), RAN(EAST, "prepare route up ") } },
	{ .name = "case 114 IKE SA rekey by its initiator, %s", .cases = "114 117", .words = groups,
	  .steps = { SECRETS, ADD(WEST, NET, IKE_OFTEN "%s"), ADD(EAST, NET, "%s"), LISTEN(WEST),
		LISTEN(EAST), UP(WEST, NET, RC_OK), REST, DUMP(WEST), DUMP(EAST), FLOW(20),
		RUN_MS(57000), FLOW(0), REST, ONE, SAME(WEST), SAME(EAST),
		LOGGED(WEST, "rekeyed from #1 by us"), LOGGED(EAST, "rekeyed from #1 by the peer"),
		LOGGED(EAST, "replaced IKE SA is gone: deleted by the peer"), RUN_MS(400000), REST, ONE,
		SAME(WEST), SAME(EAST), RAN(WEST, "prepare route up "), DOWN(EAST, NET, RC_OK), REST,
		CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "case 114 IKE SA rekey by its responder, %s", .cases = "114 117", .words = groups,
	  .steps = { SECRETS, ADD(WEST, NET, "%s"), ADD(EAST, NET, IKE_OFTEN "%s"), LISTEN(WEST),
		LISTEN(EAST), UP(WEST, NET, RC_OK), REST, DUMP(WEST), DUMP(EAST),
		RUN_MS(59000), REST, ONE, SAME(WEST), SAME(EAST), LOGGED(EAST, "rekeyed from #1 by us"),
		RUN_MS(400000), REST, ONE, DOWN(WEST, NET, RC_OK), REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "case 114 several children move, and one is rekeyed on the new IKE SA",
	  .cases = "114", .steps = { SECRETS, ADD(WEST, NET, ""), ADD(EAST, NET, ""),
		ADD(WEST, "n2", ENDS2), ADD(EAST, "n2", ENDS2), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), REST, FLOW(20),
		ASK(EAST, VERB_REKEY_IKE, NET), WAIT(EAST, RC_OK), BOTH(COUNT_CHILDREN, 2), REST,
		BOTH(COUNT_IKES, 1), ASK(WEST, VERB_REKEY_CHILD, "n2"), WAIT(WEST, RC_OK),
		ASK(WEST, VERB_REKEY_IKE, "n2"), WAIT(WEST, RC_OK), FLOW(0), REST,
		BOTH(COUNT_CHILDREN, 2), BOTH(COUNT_STATES, 4), BOTH(COUNT_IKES, 1) } },
};

const struct scenario_list scenarios_rekey = { rows, ARRAY_LEN(rows) };
