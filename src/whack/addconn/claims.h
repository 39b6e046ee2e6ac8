/* SPDX-License-Identifier: Apache-2.0 */
/* The traffic that connections want, and where two want the same for different peers. */
#ifndef ADDCONN_CLAIMS_H
#define ADDCONN_CLAIMS_H

#include "conf/settings.h"

struct claim;
struct claims { /* zeroed before use */
	struct claim *list;
	size_t count, room;
};

/* What the connection routes, if anything does so by itself: each pair of its selectors. False: memory
 * is short. */
bool claims_add(struct claims *c, const struct conf_options *o, const struct conn_def *def,
		const struct conn_end *ours, const struct conn_end *theirs);
/*
 * Problems of f for each pair of connections that collide: an error when both begin by themselves, a
 * warning when an admin may bring up one or the other. Selectors that are only wider than others are
 * no collision: the narrower goes first.
 */
void claims_report(struct claims *c, struct conf_file *f);
void claims_free(struct claims *c);

#endif
