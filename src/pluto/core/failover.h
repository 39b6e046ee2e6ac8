/* SPDX-License-Identifier: Apache-2.0 */
/* Peers with several addresses (core/failover.c). */
#ifndef CORE_FAILOVER_H
#define CORE_FAILOVER_H

#include "core/internal.h"

/* An attempt at the IKE SA's address failed, if that is what has ended. True: the next address is being tried, and nobody is told yet. */
bool failover_goes_on(struct core *c, struct connection *conn, const struct ike_sa *failed,
		      const char *reason);
/* The peer was up there and is dead. True: the next address is in use from now on. */
bool failover_from_dead(struct core *c, struct connection *conn, const struct address *dead);
/* The IKE SA stands: its address is the one in use. */
void failover_done(struct core *c, struct ike_sa *ike);

#endif
