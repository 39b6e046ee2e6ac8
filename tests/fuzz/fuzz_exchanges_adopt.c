/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a former run kept, from anybody: whatever is in it, the core takes over what it can, listens,
 * lives for a minute, shuts down and leaves nothing.
 */
#include <stdlib.h>

#include "core/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t now = USEC_PER_SEC;

static void give(struct core *c, struct event *e);

/* The kernel does all it is asked for. */
static void answer(struct core *c, struct action *a)
{
	struct event e = { .kind = EVENT_KERNEL_DONE, .owner = a->owner, .ticket = a->ticket };

	if (a->kind != ACTION_KERNEL)
		return;
	e.batch = a->batch;
	a->batch = NULL;
	for (uint16_t i = 0; i < e.batch->count; i++)
		e.batch->ops[i].spi = e.batch->ops[i].state.spi;
	give(c, &e);
}

static void give(struct core *c, struct event *e)
{
	struct actions out;
	struct action *a;

	actions_init(&out);
	e->now_usec = now;
	core_handle(c, e, &out);
	while ((a = actions_take(&out))) {
		answer(c, a);
		action_free(a);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct core_settings settings = { .keeps = true };
	struct core *c = core_new(&settings);
	struct event addresses = { .kind = EVENT_ADDRESSES, .address_count = 1 };
	struct event adopt = { .kind = EVENT_ADOPT, .datagram = slice(data, size) };
	struct event timer = { .kind = EVENT_TIMER }, end = { .kind = EVENT_SHUTDOWN };
	struct address here;

	if (!c || !address_parse("192.0.2.1", &here))
		abort();
	addresses.addresses = &here;
	give(c, &addresses);
	give(c, &adopt);
	addresses.listening = true;
	give(c, &addresses);
	for (int i = 0; i < 12; i++) {
		now += 5 * USEC_PER_SEC;
		give(c, &timer);
	}
	give(c, &end);
	now += 10 * USEC_PER_SEC;
	give(c, &timer);
	if (c->ike_count)
		abort();
	core_free(c);
	return 0;
}
