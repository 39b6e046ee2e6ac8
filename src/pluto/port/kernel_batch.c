/* SPDX-License-Identifier: Apache-2.0 */
/* Batches of kernel operations grow as they are filled: a child has as many policies as pairs of
 * selectors. Keys are in them, so whatever memory is let go of is wiped. */
#include <stdlib.h>
#include <string.h>

#include "port/kernel_ops.h"

#define FIRST_ROOM 4u

static bool grow(struct kernel_batch *b)
{
	size_t room = b->room ? (size_t)b->room * 2 : FIRST_ROOM;
	struct kernel_op *ops;

	if (room > KERNEL_BATCH_MAX)
		return false;
	ops = calloc(room, sizeof(*ops));
	if (!ops)
		return false;
	if (b->ops) {
		memcpy(ops, b->ops, b->count * sizeof(*ops));
		wipe(b->ops, b->count * sizeof(*ops));
		free(b->ops);
	}
	b->ops = ops;
	b->room = (uint16_t)room;
	return true;
}

struct kernel_op *kernel_batch_add(struct kernel_batch *b, enum kernel_op_kind kind)
{
	struct kernel_op *op = &b->spare;

	if (!b->is_short && (b->count < b->room || grow(b)))
		op = &b->ops[b->count++];
	else
		b->is_short = true;
	*op = (struct kernel_op){ .kind = (uint8_t)kind };
	return op;
}

void kernel_batch_free(struct kernel_batch *b)
{
	if (b->ops)
		wipe(b->ops, b->room * sizeof(*b->ops));
	free(b->ops);
	wipe(b, sizeof(*b));
}
