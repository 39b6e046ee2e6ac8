/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that come before their IKE SA can handle them: nobody has to send them again (case 29).
 * The responder has no keys yet while it computes the shared secret; the initiator may not believe
 * the peer before it has verified its AUTH, and what the peer begins then may also overtake its
 * answer. Few wait, and only what the message ID window admits (RFC 7296 2.3).
 */
#ifndef CORE_HELD_H
#define CORE_HELD_H

#include "core/internal.h"

/* Takes a copy of a request with the expected message ID. False: this one is not to wait. */
bool request_hold(struct core *c, struct ike_sa *ike, const struct event *e);
/* Is the protected message the peer's by its integrity? Opens a copy. */
bool request_is_intact(const struct ike_sa *ike, struct slice datagram);
/* Can what waits be handled now? */
bool held_is_due(const struct ike_sa *ike);
/* The next that waited, or NULL; the caller frees it with held_free. */
struct held *held_take(struct core *c, struct ike_sa *ike);
/* The IKE SA ends. */
void held_clear(struct core *c, struct ike_sa *ike);

#endif
