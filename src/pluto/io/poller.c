/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libevent's core as a poller of file descriptors; the reason it is wrapped stands in poller.h.
 */
#include "poller.h"

#include <stdlib.h>

#include <event2/event.h>

struct poller {
	struct event_base *base;
	void (*after)(void *context);
	void *after_context;
};

struct watch {
	struct poller *poller;
	struct event *event;
	int fd;
	unsigned what;
	watch_fn *fn;
	void *context;
};

struct poller *poller_new(void)
{
	struct poller *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->base = event_base_new();
	if (!p->base) {
		free(p);
		return NULL;
	}
	return p;
}

void poller_free(struct poller *p)
{
	if (!p)
		return;
	event_base_free(p->base);
	free(p);
}

void poller_after(struct poller *p, void (*after)(void *context), void *context)
{
	p->after = after;
	p->after_context = context;
}

void poller_run(struct poller *p)
{
	event_base_loop(p->base, EVLOOP_NO_EXIT_ON_EMPTY);
}

void poller_stop(struct poller *p)
{
	event_base_loopbreak(p->base);
}

static void ready(int fd, short flags, void *context)
{
	struct watch *w = context;
	struct poller *p = w->poller;
	unsigned what = 0;

	if (flags & EV_READ)
		what |= WATCH_READ;
	if (flags & EV_WRITE)
		what |= WATCH_WRITE;
	/* the function may free the watch: it is not touched afterwards */
	w->fn(w->context, fd, what);
	if (p->after)
		p->after(p->after_context);
}

static short flags_of(unsigned what)
{
	return (short)(EV_PERSIST | (what & WATCH_READ ? EV_READ : 0) |
		       (what & WATCH_WRITE ? EV_WRITE : 0));
}

struct watch *watch_new(struct poller *p, int fd, unsigned what, watch_fn *fn, void *context)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	*w = (struct watch){
		.poller = p,
		.fd = fd,
		.what = what,
		.fn = fn,
		.context = context,
	};
	w->event = event_new(p->base, fd, flags_of(what), ready, w);
	if (!w->event || (what && event_add(w->event, NULL) < 0)) {
		if (w->event)
			event_free(w->event);
		free(w);
		return NULL;
	}
	return w;
}

bool watch_set(struct watch *w, unsigned what)
{
	if (w->what == what)
		return true;
	event_del(w->event);
	w->what = what;
	if (event_assign(w->event, w->poller->base, w->fd, flags_of(what), ready, w) < 0)
		return false;
	return what == 0 || event_add(w->event, NULL) == 0;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	event_free(w->event);
	free(w);
}
