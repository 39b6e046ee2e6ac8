/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel's IPsec tells by itself, given to the core. When events were lost or something was
 * flushed, what should stand is compared with the kernel a moment later, once for a whole burst.
 */
#include <string.h>

#include "base/duration.h"
#include "log.h"
#include "loop_state.h"

#define RESYNC_USEC (200 * USEC_PER_MSEC)

static uint8_t event_of(const struct kernel_event *k)
{
	switch ((enum kernel_event_kind)k->kind) {
	case KERNEL_ACQUIRE:
		return EVENT_ACQUIRE;
	case KERNEL_EXPIRE:
		return EVENT_EXPIRE;
	case KERNEL_MAPPING:
		return EVENT_MAPPING;
	default:
		return EVENT_KERNEL_CHANGED;
	}
}

static void on_event(void *context, const struct kernel_event *k)
{
	struct event e = { .kind = event_of(k), .kernel = k };
	struct loop *l = context;

	if (k->kind != KERNEL_LOST) {
		loop_event(l, &e);
		return;
	}
	if (l->resync_usec == USEC_NEVER)
		l->resync_usec = loop_now() + RESYNC_USEC;
}

/* The core only queues what it asks for while the backend walks over what it has. */
static void hold(struct loop *l, bool *was_held)
{
	*was_held = l->carrying_out;
	l->carrying_out = true;
}

static void let_go(struct loop *l, bool was_held)
{
	/* others have their turn in between */
	l->events_usec = l->settings.kernel->has_more ? loop_now() : USEC_NEVER;
	l->carrying_out = was_held;
	if (!was_held)
		loop_carry_out(l);
}

void loop_read_kernel(struct loop *l)
{
	bool was_held;

	hold(l, &was_held);
	l->settings.kernel->read_events(l->settings.kernel, on_event, l);
	let_go(l, was_held);
}

static void readable(void *context, int fd, unsigned what)
{
	(void)fd;
	(void)what;
	loop_read_kernel(context);
}

void loop_resync(struct loop *l)
{
	struct kernel_backend *k = l->settings.kernel;
	bool was_held;
	int err;

	if (!k->resync)
		return;
	hold(l, &was_held);
	err = k->resync(k, on_event, l);
	let_go(l, was_held);
	if (!err)
		return;
	log_printf(LOG_LEVEL_ERROR, "cannot compare with the kernel: %s", strerror(-err));
	l->resync_usec = loop_now() + RESYNC_USEC * 5;
}

bool loop_kernel_init(struct loop *l, struct error *e)
{
	int fd = l->settings.kernel->event_fd;

	if (fd < 0)
		return true;
	l->kernel_watch = watch_new(l->poller, fd, WATCH_READ, readable, l);
	return l->kernel_watch || error_set(e, "cannot watch for kernel events");
}
