/* SPDX-License-Identifier: Apache-2.0 */
/* Threads for slow work items. Results come back on the main thread, in no set order. */
#ifndef IO_WORKERS_H
#define IO_WORKERS_H

#include "crypto/prf.h"
#include "port/work.h"
#include "poller.h"

struct workers;

/* What a thread does with an item. */
typedef void work_run_fn(struct work *w, struct keystore *k);
typedef void work_done_fn(void *context, struct work *w);

/* NULL with errno set when threads or descriptors are short. */
struct workers *workers_new(struct poller *p, struct keystore *k, unsigned threads,
			    work_run_fn *run, work_done_fn *done, void *context);
/* Takes the item over; false (the item stays the caller's) when too many wait. */
bool workers_submit(struct workers *ws, struct work *w);
/* Waits for the items under way, frees those that wait. */
void workers_free(struct workers *ws);

#endif
