/* SPDX-License-Identifier: Apache-2.0 */
/* The rule of nonces (RFC 7296 2.8.1). Pure; called when the later of two crossing exchanges ends. */
#include "sa/collision.h"

/* ni becomes the lower one. */
static struct nonce_pair sorted(struct nonce_pair p)
{
	if (slice_cmp(p.ni, p.nr) <= 0)
		return p;
	return (struct nonce_pair){ .ni = p.nr, .nr = p.ni };
}

bool collision_ours_is_redundant(struct nonce_pair ours, struct nonce_pair theirs,
				 bool is_ike_initiator)
{
	struct nonce_pair a = sorted(ours), b = sorted(theirs);
	int order = slice_cmp(a.ni, b.ni);

	/* Only a peer that uses a nonce twice comes to these: both ends still agree. */
	if (order == 0)
		order = slice_cmp(a.nr, b.nr);
	return order ? order < 0 : is_ike_initiator;
}
