/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts that are not addresses. Names are looked up on threads of their own, so that a slow name
 * server holds up nothing else; interfaces and routes are asked of the kernel at once.
 */
#ifndef IO_RESOLVER_H
#define IO_RESOLVER_H

#include "poller.h"
#include "port/resolve_job.h"

struct resolver;
/* The job is the callee's. */
typedef void resolver_fn(void *context, struct resolve_job *job);

/* NULL: out of memory or descriptors. */
struct resolver *resolver_new(struct poller *p, resolver_fn *fn, void *context);
/* Takes the job over; fn is called for it once, from within this call or later. */
void resolver_submit(struct resolver *r, struct resolve_job *job);
/* Look-ups under way end by themselves and are forgotten. */
void resolver_free(struct resolver *r);

#endif
