/* SPDX-License-Identifier: Apache-2.0 */
/* Between adopt.c and its parts. */
#ifndef CORE_ADOPT_H
#define CORE_ADOPT_H

#include "core/internal.h"

struct adopt_entry {
	struct keep_entry entry; /* borrows from what was read */
	uint32_t order;
	bool is_older; /* than another of the same name */
};

struct adopt_index {
	struct adopt_entry *list; /* by kind and number */
	size_t count;
};

struct adopt_counts {
	uint32_t ikes, children, refused;
	uint32_t serial; /* the highest number of an SA */
};

/* ---- adopt_connection.c */
void adopt_connection(struct core *c, const struct keep_entry *entry, struct adopt_counts *counts);
/* Routes stand again, behind their children, so that no script runs twice. */
void adopt_routes(struct core *c, const struct adopt_index *index);

/* ---- adopt_child.c */
/* The kernel is asked for the states of the IKE SA's children, and given their policies again. */
void adopt_children(struct core *c, struct ike_sa *ike, struct adopt_counts *counts);

#endif
