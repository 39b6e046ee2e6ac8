/* SPDX-License-Identifier: Apache-2.0 */
/* Clients of the control socket: output on demand, and what has happened. */
#include "scenario.h"

static const struct scenario rows[] = {
	{ .name = "case 187: status is made as it is read, and IKE goes on meanwhile", .cases = "187",
	  .steps = { SETUP(""), MANY(WEST, 150), ASK(WEST, VERB_STATUS, NULL), STALLS(WEST), RUN_MS(500),
		SHOWN_LESS(WEST, "connections", 64), SHOWN(WEST, "totals", 0),
		START(EAST, NET), WAIT(EAST, RC_OK), BOTH(COUNT_CHILDREN, 1),
		SHOWN_LESS(WEST, "connections", 64), READS(WEST), ENDED(WEST, RC_OK),
		SHOWN(WEST, "connections", 151), SHOWN(WEST, "ike_sas", 1), SHOWN(WEST, "child_sas", 1),
		SHOWN(WEST, "totals", 1) } },
	{ .name = "case 187: what goes while status is read is passed over", .cases = "187",
	  .steps = { SETUP(""), MANY(WEST, 150), ASK(WEST, VERB_CONNECTIONSTATUS, NULL), STALLS(WEST),
		RUN_MS(5), DELETE(WEST, "c63", RC_OK), DELETE(WEST, "c64", RC_OK), DELETE(WEST, "c150", RC_OK),
		READS(WEST), ENDED(WEST, RC_OK), SHOWN(WEST, "connections", 149) } },
};

const struct scenario_list scenarios_control = { rows, ARRAY_LEN(rows) };
