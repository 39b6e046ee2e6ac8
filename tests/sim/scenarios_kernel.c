/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel tells by itself, and what others do to it. */
#include "scenario.h"

static const struct scenario rows[] = {
	{ .name = "case 178: states flushed before their child stands", .cases = "178",
	  .is_loose = true, .steps = { SETUP(""), SET(WEST, KNOB_KERNEL_DELAY, 200), START(WEST, NET),
		RUN_MS(350), FLUSH(WEST, 0), RUN_MS(20000), LOGGED(WEST, "somebody removed its states"),
		BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2) } },
	{ .name = "case 178: states flushed by somebody are made anew", .cases = "178",
	  .is_loose = true, .steps = { SETUP(""), UP(WEST, NET, RC_OK), REST, FLUSH(WEST, 0), REST,
		LOGGED(WEST, "somebody removed its states"), CHILDREN(WEST, 1), CHILDREN(EAST, 1),
		BOTH(COUNT_STATES, 2), BOTH(COUNT_POLICIES, 2),
		RAN(WEST, "prepare route up "), RAN(EAST, "prepare route up ") } },
	{ .name = "case 178: one state of two removed", .cases = "178", .from = 1, .to = 2,
	  .is_loose = true, .steps = { SETUP(""), UP(WEST, NET, RC_OK), REST, FLUSH(EAST, K), REST,
		CHILDREN(WEST, 1), BOTH(COUNT_STATES, 2), BOTH(COUNT_POLICIES, 2) } },
	{ .name = "case 172: a hard limit leads to a new child", .cases = "172", .from = 1, .to = 2,
	  .steps = { SETUP(""), UP(WEST, NET, RC_OK), REST, MARK, EXPIRE(WEST, K, true),
		EXPIRE(WEST, K, true), REST, SENT(4), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2) } },
	{ .name = "case 172: a limit of a child that is being made or gone is nobody's", .cases = "172",
	  .steps = { SETUP(""), START(WEST, NET), RUN_MS(45), EXPIRE(WEST, 1, true), REST,
		BOTH(COUNT_CHILDREN, 1), EXPIRE(WEST, 1, true), DOWN(WEST, NET, RC_OK), REST,
		CLEAN(WEST), CLEAN(EAST) } },
};

const struct scenario_list scenarios_kernel = { rows, ARRAY_LEN(rows) };
