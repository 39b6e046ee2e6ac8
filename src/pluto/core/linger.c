/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inbound states that outlive their child: what the peer sent before it changed over may still be
 * on its way (RFC 7296 2.8), so they are removed some seconds later. Called when a child that
 * another replaces ends, from the core's timer, and at the end.
 */
#include <stdlib.h>

#include "core/internal.h"

#define LINGER_USEC (5 * USEC_PER_SEC)

struct lingering {
	struct heap_node timer;
	struct action *removal; /* made beforehand: when it is due it needs no memory */
};

void core_remove_later(struct core *c, struct kernel_batch *batch)
{
	struct lingering *l = batch->count ? calloc(1, sizeof(*l)) : NULL;

	if (l) {
		l->removal = action_removal();
		if (l->removal && heap_set(&c->lingering, &l->timer, c->now_usec + LINGER_USEC)) {
			*l->removal->batch = *batch;
			*batch = (struct kernel_batch){ 0 };
			return;
		}
		action_free(l->removal);
		free(l);
	}
	if (batch->count)
		core_kernel(c, 0, 0, batch);
	kernel_batch_free(batch);
}

void linger_timer(struct core *c, uint64_t until_usec)
{
	struct heap_node *n;

	while ((n = heap_first(&c->lingering)) && n->when_usec <= until_usec) {
		struct lingering *l = container_of(n, struct lingering, timer);

		heap_remove(&c->lingering, n);
		core_put_before(c, c->out->last, l->removal);
		free(l);
	}
}

void linger_fini(struct core *c)
{
	struct heap_node *n;

	while ((n = heap_first(&c->lingering))) {
		struct lingering *l = container_of(n, struct lingering, timer);

		heap_remove(&c->lingering, n);
		action_free(l->removal);
		free(l);
	}
	heap_fini(&c->lingering);
}
