/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzing of what the kernel tells by itself: a datagram of netlink messages, as they come from the
 * socket. What is an event has addresses of a known family and ports that are a range.
 */
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/xfrm.h"
#include "wire_check.h"

static bool is_known(const struct address *a)
{
	return a->family == FAMILY_IPV4 || a->family == FAMILY_IPV6;
}

static void check_event(const struct kernel_event *e)
{
	switch ((enum kernel_event_kind)e->kind) {
	case KERNEL_ACQUIRE:
		check(is_known(&e->src.range.start) && is_known(&e->dst.range.start));
		check(address_eq(&e->src.range.start, &e->src.range.end));
		check(e->src.start_port <= e->src.end_port && e->dst.start_port <= e->dst.end_port);
		break;
	case KERNEL_EXPIRE:
		check(e->spi != 0 && is_known(&e->state_dst));
		break;
	case KERNEL_MAPPING:
		check(is_known(&e->state_dst) && is_known(&e->mapped.address));
		break;
	case KERNEL_STATE_GONE:
		check(is_known(&e->state_dst));
		break;
	default:
		check(e->kind == KERNEL_LOST);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* of the size of the input, so that a read behind its end is seen */
	struct nlmsghdr *copy = size ? malloc(size) : NULL;
	const struct nlmsghdr *h;
	struct kernel_event e;
	struct slice left;

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	left = slice(copy, size);
	while ((h = xfrm_event_next(&left)))
		if (xfrm_event_parse(h, &e))
			check_event(&e);
	free(copy);
	return 0;
}
