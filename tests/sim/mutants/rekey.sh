# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# One SA takes the place of another: rekeying, its collisions, lifetimes.
mutant case-109-outbound-at-once $x/child_steps.c \
	's/^\treturn child_heir(child) == NULL;$/\treturn true;/'
mutant case-109-never-switched $c/replace.c \
	's/if (!ike || batch->failed_errno || batch->ops\[0\]\.packets == 0)/if (1)/;s/child_switch_out(c, ike, child);/;/'
mutant case-110-old-inbound-not-kept $c/child.c \
	's/^\tif (next && child->phase >= CHILD_ESTABLISHED)$/\tif (0)/'
mutant case-110-old-not-deleted $x/rekey_child.c 's/^\t\twant_delete(r, old);$/\t\t;/'
mutant case-117-no-margin src/pluto/sa/lifetime.c 's/^\treturn lifetime_usec - margin;$/\treturn lifetime_usec;/'
mutant case-117-same-for-both-ends src/pluto/sa/lifetime.c 's/^\tif (!is_initiator)$/\tif (0)/'
mutant case-123-higher-nonce-goes src/pluto/sa/collision.c \
	's/return order ? order < 0 : is_ike_initiator;/return order ? order > 0 : is_ike_initiator;/'
mutant case-123-one-nonce-each src/pluto/sa/collision.c \
	's/if (slice_cmp(p\.ni, p\.nr) <= 0)/if (1)/'
