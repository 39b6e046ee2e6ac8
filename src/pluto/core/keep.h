/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hot restart: what the core keeps for the process after it (keep.c), and how that one takes it over
 * (adopt.c). An event's changes are kept before anything that it sends: no message of ours leaves whose
 * message ID and IV are not accounted for (RFC 6311 3.4 would need another way).
 */
#ifndef CORE_KEEP_H
#define CORE_KEEP_H

#include "core/internal.h"

/* ---- keep.c */
/* Something of it may have changed: looked at when the event ends. */
void keep_touch(struct core *c, struct ike_sa *ike);
void keep_touch_connection(struct core *c, struct connection *conn);
void keep_touch_held(struct core *c, struct child_sa *held);
/* It ends: what was kept of it goes. */
void keep_forget(struct core *c, struct ike_sa *ike);
void keep_forget_connection(struct core *c, struct connection *conn);
void keep_forget_held(struct core *c, struct child_sa *held);
/* Puts what has changed before the actions that follow the mark. */
void keep_flush(struct core *c, struct action **mark);
/* All of it anew, instead of what was kept so far. */
void keep_everything(struct core *c);
void keep_fini(struct core *c);
/* What was kept of it and is not what it is now; NULL: nothing. For tests. */
const char *keep_stale_part(struct core *c, struct ike_sa *ike);

/* ---- adopt.c */
/* Takes over what a former run kept. */
void adopt(struct core *c, struct slice entries);
/* An ADD of the same definition: the connection and its SAs are whose they were. False: it was not
 * adopted, or is claimed already. */
bool adopt_claim(struct connection *conn);
/* The ears open: what was adopted goes on, what nobody claimed ends. */
void adopt_listening(struct core *c);
/* Policies that are put again; owner counts the tries that are left. */
#define TICKET_ADOPT (UINT32_MAX - 1)
#define ADOPT_TRIES 8
void adopt_policies_done(struct core *c, struct kernel_batch *batch, uint64_t tries);
/* The kernel says whether it has the states of a child. */
void adopt_kernel_done(struct core *c, const struct kernel_batch *batch, uint64_t owner);

#endif
