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
};

const struct scenario_list scenarios_rekey = { rows, ARRAY_LEN(rows) };
