/* SPDX-License-Identifier: Apache-2.0 */
/* Between kept_ike.c and kept_child.c. */
#ifndef SA_KEPT_CHILD_H
#define SA_KEPT_CHILD_H

#include "sa/kept.h"

/* The child that our exchange in flight is about: one of the list by its number, or a larval one of its
 * own. */
void pack_slot_child(struct pack *p, struct ike_sa *ike);

#endif
