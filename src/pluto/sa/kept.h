/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of IKE and child SAs outlives the process, part by part: each part changes at its own pace and
 * is written when it has changed. core/persist.c writes them, core/adopt.c reads them.
 */
#ifndef SA_KEPT_H
#define SA_KEPT_H

#include "sa/ike_sa.h"
#include "sa/pack.h"

/* What must be known before the IKE SA can be made. */
struct kept_head {
	uint32_t serial;
	struct connection *connection;
	bool is_initiator;
	uint64_t spi_i, spi_r;
	struct endpoint local, remote;
};

void pack_head(struct pack *p, struct kept_head *h);
/* Keys, peer, path, features, lifetimes. send_limit: no IV at or above it was ever used; when reading
 * it becomes the counter of the next one. */
void pack_ike(struct pack *p, struct ike_sa *ike, uint64_t *send_limit);
/* Our window: the request in flight and what its answer needs. A larval child in it is made here when
 * reading. */
void pack_ours(struct pack *p, struct ike_sa *ike);
/* What is wanted. is_begun: our exchange has not sent its request yet, and is wanted again. */
void pack_wants(struct pack *p, struct ike_sa *ike, bool is_begun);
/* The peer's window, with the last answer. */
void pack_theirs(struct pack *p, struct ike_sa *ike);
/* The children that stand, or stand half. */
void pack_children(struct pack *p, struct ike_sa *ike);
/* One child by itself (core/hold.c); NULL: reading failed. child is NULL when reading. */
struct child_sa *pack_whole_child(struct pack *p, struct child_sa *child);

#endif
