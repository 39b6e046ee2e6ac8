/* SPDX-License-Identifier: Apache-2.0 */
/* THE list of view's commands. */
#include "view.h"

const struct view_command view_commands[] = {
	{ "health", "", 0, 0, "one line and an exit code for monitoring", view_health },
	{ "status", "", 0, 0, "a table of the connections", view_status },
	{ "monitor", "[NAME]", 0, 1, "events as they happen", view_monitor },
	{ "log", "[NAME]", 0, 1, "the latest log lines and events", view_log },
	{ "why", "[NAME]", 0, 1, "the last failure and the next step", view_why },
	{ "what-if", "SOURCE DESTINATION [PROTOCOL [PORT]]", 2, 4, "what becomes of a packet",
	  view_what_if },
	{ "metrics", "", 0, 0, "counters as OpenMetrics text", view_metrics },
	{ "map", "", 0, 0, "a picture of the tunnels", view_map },
	{ "up", "NAME", 1, 1, "negotiate, and show each step", view_up },
	{ "doctor", "", 0, 0, "what may be wrong on this machine", view_doctor },
};

const size_t view_command_count = ARRAY_LEN(view_commands);
