/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IKE fragmentation (RFC 7383) of an IKE SA: messages that are cut because they are long, their size
 * as the path bears it, and the sets of the peer's fragments that are not whole yet.
 */
#ifndef CORE_FRAGMENTATION_H
#define CORE_FRAGMENTATION_H

#include "core/internal.h"

/* Both ends said that they do it, and the connection allows it (case 74). */
bool fragmentation_is_on(const struct ike_sa *ike);

/* ---- sending */
/* Seals what the builder holds, whole or cut, and keeps its text when it may have to be cut smaller.
 * False: it is too long, or crypto or memory failed. */
bool outgoing_seal(struct ike_sa *ike, struct builder *b, struct outgoing *out);
/* Another copy of a whole plain message. */
bool outgoing_plain(struct slice message, struct outgoing *out);
/* All its messages; to an end of its own when an answer goes where its request came from. */
void outgoing_send(struct core *c, const struct ike_sa *ike, const struct outgoing *o,
		   const struct endpoint *local, const struct endpoint *remote, bool natt);
/* The request in flight once more, as it was first. */
void request_resend(struct core *c, struct ike_sa *ike);
/* Cuts the request in flight smaller, when the path seems to swallow it (case 85). False: it is as
 * small as can be. */
bool request_shrink(struct core *c, struct ike_sa *ike);
/* The system would not send a datagram of this IKE SA: it is too long for the path (case 33). */
void fragmentation_too_long(struct core *c, struct ike_sa *ike);
/* A request came in so many fragments: its answer is cut no larger than they were. */
void reply_learn(struct ike_sa *ike, uint16_t total, size_t largest);
/* The cached answer is wanted again by a request of so many fragments: one that is cut smaller than
 * before shows that the path is narrow. */
void reply_fit(struct core *c, struct ike_sa *ike, uint16_t total, size_t size);

/* ---- receiving */
/* The slot's message is a fragment. OPEN_WAIT: more are to come; OPEN_OK: the slot holds the whole
 * message now, as if it had never been cut, and *text is its inner chain. */
enum open_result fragment_open(struct core *c, struct ike_sa *ike, struct slot *slot,
			       struct slice *text);
/* The slot's set is of no use any more. */
void fragments_drop(struct core *c, struct ike_sa *ike, struct slot *slot);
/* Room for so many bytes more, of sets and of what waits (held.h); false: there is none. */
bool fragments_make_room(struct core *c, struct ike_sa *ike, size_t len);
/* Brings the sum over all IKE SAs up to date with what this one holds now. */
void fragments_account(struct core *c, struct ike_sa *ike);
/* The IKE SA ends. */
void fragmentation_end(struct core *c, struct ike_sa *ike);
/* When the oldest set is given up (case 80); USEC_NEVER: there is none. */
uint64_t fragmentation_deadline(const struct ike_sa *ike);
void fragmentation_timer(struct core *c, struct ike_sa *ike);

#endif
