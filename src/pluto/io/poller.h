/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for file descriptors. The one place that knows libevent: its timers stop during suspend
 * and its struct event is not the core's, so neither leaves poller.c.
 */
#ifndef IO_POLLER_H
#define IO_POLLER_H

#include <stdbool.h>

struct poller;
struct watch;

enum watch_what { WATCH_READ = 1, WATCH_WRITE = 2 };
typedef void watch_fn(void *context, int fd, unsigned what);

struct poller *poller_new(void); /* NULL: out of memory or descriptors */
void poller_free(struct poller *p);
/* Called after every call of a watch's function: the place to look at deadlines anew. */
void poller_after(struct poller *p, void (*after)(void *context), void *context);
/* Until poller_stop; the call under way is finished first. */
void poller_run(struct poller *p);
void poller_stop(struct poller *p);

/* Level-triggered; what may be 0 to watch nothing yet. The descriptor stays the caller's and must
 * outlive the watch. NULL: out of memory, or the descriptor cannot be watched. */
struct watch *watch_new(struct poller *p, int fd, unsigned what, watch_fn *fn, void *context);
/* Watches for something else from now on. */
bool watch_set(struct watch *w, unsigned what);
/* May be called from within its own function; NULL is nothing. */
void watch_free(struct watch *w);

#endif
