/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of a core that gets no memory once: the n-th allocation of what it does fails, for each n.
 * What was under way may fail; it is tried again, and all that is wanted stands in the end. Rekeys of a
 * child end before the old one's states are removed: what removes them has no memory set aside.
 */
#include "scenario.h"

#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")
#define ENDS SECRETS, ADD(WEST, NET, ""), ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST)
#define STANDS RUN_MS(120000), SET(WEST, KNOB_MEMORY, 0), SET(EAST, KNOB_MEMORY, 0), BOTH(COUNT_CHILDREN, 1), HAS(WEST, COUNT_UNENDED, 0)

static const struct scenario rows[] = {
	{ .name = "west is once short of memory while it comes up, at allocation", .cases = "195",
	  .from = 1, .to = 420, .is_loose = true, .steps = { ENDS, SET(WEST, KNOB_MEMORY, K),
		START(WEST, NET), RUN_MS(2000), START(WEST, NET), STANDS } },
	{ .name = "east is once short of memory while it comes up, at allocation", .cases = "195",
	  .from = 1, .to = 420, .is_loose = true, .steps = { ENDS, SET(EAST, KNOB_MEMORY, K),
		START(WEST, NET), STANDS } },
	{ .name = "west is once short of memory while it rekeys a child, at allocation", .cases = "195",
	  .from = 1, .to = 50, .is_loose = true, .steps = { ENDS, UP(WEST, NET, RC_OK), REST,
		SET(WEST, KNOB_MEMORY, K), ASK(WEST, VERB_REKEY_CHILD, NET), STANDS } },
	{ .name = "east is once short of memory while a child is rekeyed, at allocation", .cases = "195",
	  .from = 1, .to = 39, .is_loose = true, .steps = { ENDS, UP(WEST, NET, RC_OK), REST,
		SET(EAST, KNOB_MEMORY, K), ASK(WEST, VERB_REKEY_CHILD, NET), STANDS } },
	{ .name = "west is once short of memory while it rekeys the IKE SA, at allocation", .cases = "195",
	  .from = 1, .to = 220, .is_loose = true, .steps = { ENDS, UP(WEST, NET, RC_OK), REST,
		SET(WEST, KNOB_MEMORY, K), ASK(WEST, VERB_REKEY_IKE, NET), STANDS } },
	{ .name = "east is once short of memory while the IKE SA is rekeyed, at allocation", .cases = "195",
	  .from = 1, .to = 220, .is_loose = true, .steps = { ENDS, UP(WEST, NET, RC_OK), REST,
		SET(EAST, KNOB_MEMORY, K), ASK(WEST, VERB_REKEY_IKE, NET), STANDS } },
	{ .name = "west is once short of memory while it asks for a further child, at allocation",
	  .cases = "195", .from = 1, .to = 24, .is_loose = true, .steps = { ENDS, ADD(WEST, "n2", ENDS2),
		ADD(EAST, "n2", ENDS2), UP(WEST, NET, RC_OK), REST, SET(WEST, KNOB_MEMORY, K),
		START(WEST, "n2"), RUN_MS(120000), SET(WEST, KNOB_MEMORY, 0), START(WEST, "n2"),
		RUN_MS(2000), BOTH(COUNT_CHILDREN, 2), HAS(WEST, COUNT_UNENDED, 0),
		/* what was not asked for is not deleted */
		NEVER_LOGGED(WEST, "child SA is down") } },
};

const struct scenario_list scenarios_memory = { rows, ARRAY_LEN(rows) };
