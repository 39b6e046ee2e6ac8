/* SPDX-License-Identifier: Apache-2.0 */
/* THE list of the ipsec command's words for completion: what scripts/ipsec takes, and with what. */
#ifndef COMPLETE_COMMANDS_H
#define COMPLETE_COMMANDS_H

#include "base/bytes.h"

/*
 * What a value may be: words, or one of <name> (of a connection), <file>, <dir>, <host>, <text>.
 * NULL: there is none.
 */
struct command_row {
	const char *word;
	const char *takes;   /* what stands behind it, as often as one likes */
	const char *options; /* those that only some commands have, with their dashes */
	const char *help;
};

struct command_option {
	const char *word;
	const char *takes;
	bool everywhere; /* else with the commands that list it */
	const char *help;
};

extern const struct command_row command_rows[];
extern const size_t command_row_count;
extern const struct command_option command_options[];
extern const size_t command_option_count;

#endif
