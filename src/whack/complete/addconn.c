/* SPDX-License-Identifier: Apache-2.0 */
/* addconn's options, from their table. */
#include <string.h>

#include "emit.h"
#include "whack/addconn/addconn.h"

void addconn_options(bool values)
{
	for (size_t i = 0; i < argument_row_count; i++) {
		const struct argument_row *r = &argument_rows[i];
		struct option_line o = { .program = "addconn",
					 .takes = r->takes == NOTHING                 ? NULL
						  : strstr(r->word, "dir")            ? "<dir>"
						  : strcmp(r->word, "varprefix") == 0 ? "<text>"
						  : r->takes == MAY                   ? "<text>"
										      : "<file>",
					 .optional = r->takes == MAY,
					 .help = r->help };

		if (r->help)
			print_words(o, r->word, values);
	}
}
