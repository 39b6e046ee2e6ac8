/* SPDX-License-Identifier: Apache-2.0 */
/* Agreeing on IP-TFS for a child (RFC 9347 5.1). */
#ifndef EXCHANGES_IPTFS_H
#define EXCHANGES_IPTFS_H

#include "exchanges/steps.h"

/* The notify that offers it or answers with it, when the child has it. */
void iptfs_put(struct builder *b, const struct child_sa *child);
/* Responder: the child has it when both want it. */
void iptfs_take_offer(struct run *r, struct child_sa *child);
/* Initiator: the child has it when the peer answered with it. False with the reason: it was not
 * offered, or cannot be taken. */
bool iptfs_take_answer(struct run *r, struct child_sa *child, struct text *why);

#endif
