/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has run the `route` script for a network: several connections may lead to the same one, and the
 * route is unmade only when the last of them lets go (core/route_owner.c). Until then the newest that
 * is left runs `route` again, for its source address or metric may be another.
 */
#ifndef CORE_ROUTE_OWNER_H
#define CORE_ROUTE_OWNER_H

#include "core/internal.h"

/* Does another connection own all of the child's networks? Then there is nothing to prepare. */
bool routes_are_owned(struct core *c, const struct child_sa *child);
/* The child's connection owns its networks from now on. Short memory leaves them to whoever else does. */
void routes_own(struct core *c, const struct child_sa *child);
/* It lets go of them and runs what that asks for. */
void routes_unown(struct core *c, const struct child_sa *child);
/* It lets go, and another connection has seen to the routes. */
void routes_forget(struct core *c, const struct child_sa *child);
/* All that the connection owns. */
void routes_forget_all(struct core *c, struct connection *conn);

#endif
