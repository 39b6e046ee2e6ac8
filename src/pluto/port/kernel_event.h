/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel's IPsec tells by itself, as data: packets that want a tunnel, states that come to
 * their end, a peer that sends from elsewhere, and that somebody else took away what was ours. Filled
 * by kernel/xfrm_events.c and the simulator, handled by core/kernel_events.c.
 */
#ifndef PORT_KERNEL_EVENT_H
#define PORT_KERNEL_EVENT_H

#include "base/selector.h"

enum kernel_event_kind {
	KERNEL_ACQUIRE, /* a packet met a policy that asks for a tunnel, and there is no state */
	KERNEL_EXPIRE,  /* a state reached its soft or hard limit */
	KERNEL_MAPPING, /* ESP in UDP comes from another address or port than the state says */
	KERNEL_STATE_GONE, /* a state of ours is not in the kernel any more, and we did not remove it */
	KERNEL_POLICY_PUT, /* policies of ours were missing and have been put again: count */
	KERNEL_LOST, /* for the backend's own use: events were lost, or something was flushed */
};

struct kernel_event {
	uint8_t kind; /* enum kernel_event_kind */
	/* ACQUIRE: the packet, and the reqid of the policy's first template */
	struct selector src, dst; /* one address each; ports and ICMP type as in base/selector.h */
	uint32_t reqid;
	/* EXPIRE, MAPPING, STATE_GONE: which state; MAPPING: dst is ours */
	struct address state_dst;
	uint32_t spi;           /* host order */
	uint8_t protocol;       /* STATE_GONE: enum kernel_protocol, ESP or AH */
	bool is_hard;           /* EXPIRE */
	struct endpoint mapped; /* MAPPING: where the peer sends from now */
	uint32_t count;         /* POLICY_PUT */
};

typedef void kernel_event_fn(void *context, const struct kernel_event *e);

#endif
