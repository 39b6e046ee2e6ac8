/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsed proposals, shared: connections with the same ike= or esp= hold one object, so that ten
 * thousand of them are small and load fast. A shared object never changes.
 */
#ifndef CONF_PROPOSAL_POOL_H
#define CONF_PROPOSAL_POOL_H

#include "base/table.h"
#include "conf/proposal.h"

struct proposal_pool {
	struct table by_key;
};

/* What decides about the result besides the text. */
struct proposal_wish {
	const char *text; /* NULL: the defaults */
	bool is_esp;
	bool is_ah;           /* ESP: AH instead */
	bool pfs;             /* ESP */
	bool esn_yes, esn_no; /* ESP: which sequence numbers are allowed */
};

void proposal_pool_init(struct proposal_pool *pool, const uint8_t key[16]);
/* The proposals must have been released. */
void proposal_pool_fini(struct proposal_pool *pool);
/* Parses, or finds what was parsed before; NULL with an error that names the option. pool NULL: the
 * result is the caller's alone. Each get needs its release. */
const struct proposals *proposals_get(struct proposal_pool *pool, const struct proposal_wish *wish,
				      struct error *e);
/* One more owner. */
const struct proposals *proposals_share(const struct proposals *p);
void proposals_release(const struct proposals *p); /* NULL is fine */

#endif
