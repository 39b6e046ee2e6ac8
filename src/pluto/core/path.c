/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The path of an IKE SA: the addresses and ports it talks over, how a peer behind a NAT is followed
 * (RFC 7296 2.23), and the keepalives of an end behind a NAT (RFC 3948 2.3).
 */
#include "core/internal.h"
#include "ctl/codes.h"
#include "sa/nat.h"

static bool is_path(const struct ike_sa *ike, const struct slot *slot)
{
	return endpoint_eq(&slot->from, &ike->remote) && endpoint_eq(&slot->to, &ike->local) &&
	       slot->natt == ike->natt;
}

/* Who is behind a NAT itself does not follow: one packet of an attacker would break the SA. Before
 * AUTH the initiator may move to the NAT-T port. */
static bool may_follow(const struct ike_sa *ike, const struct slot *slot)
{
	bool same_addresses = address_eq(&slot->from.address, &ike->remote.address) &&
			      address_eq(&slot->to.address, &ike->local.address);

	if (ike->phase == IKE_HALF_OPEN)
		return same_addresses || ike->nat_there;
	return !ike->nat_here && (same_addresses || ike->nat_there);
}

void path_follow(struct core *c, struct ike_sa *ike, const struct slot *slot)
{
	char peer[ENDPOINT_TEXT_LEN];

	if (slot != &ike->theirs || is_path(ike, slot) || !may_follow(ike, slot))
		return;
	ike->remote = slot->from;
	ike->local = slot->to;
	ike->natt = slot->natt;
	if (ike->phase == IKE_HALF_OPEN)
		return;
	sa_log(c, ike, NULL, LOG_LEVEL_INFO, LINE_LOG, "the peer's requests come from %s now",
	       endpoint_format(&ike->remote, peer, sizeof(peer)));
}

uint64_t path_keepalive_due(const struct ike_sa *ike)
{
	if (!ike->natt || !ike->nat_here || !ike->connection->def->config.nat_keepalive ||
	    (ike->phase != IKE_ESTABLISHED && ike->phase != IKE_AUTHENTICATING))
		return USEC_NEVER;
	return ike->last_sent_usec + NAT_KEEPALIVE_USEC;
}

void path_keepalive(struct core *c, struct ike_sa *ike)
{
	ike->last_sent_usec = c->now_usec;
	core_keepalive(c, &ike->local, &ike->remote);
}
