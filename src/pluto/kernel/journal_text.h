/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the journal's file: "add" or "del" and a name. Only journal.c calls these. */
#ifndef KERNEL_JOURNAL_TEXT_H
#define KERNEL_JOURNAL_TEXT_H

#include "base/text.h"
#include "kernel/journal.h"

#define JOURNAL_LINE_LEN 256

/* With the newline. */
void journal_line_format(const struct journal_name *name, bool is_add, struct text *out);
/* False when it is no whole line of ours. Changes the line. */
bool journal_line_parse(char *line, struct journal_name *name, bool *is_add);

#endif
