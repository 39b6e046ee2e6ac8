/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IP-TFS (RFC 9347 5.1, 6.1.4): USE_AGGFRAG with one octet of flags in request and answer. What is not agreed is
 * a plain tunnel. Congestion control, which an end may ask for, is not there: an offer with it is
 * answered without IP-TFS, and an answer with it, which we did not ask for, ends the child.
 */
#include "exchanges/iptfs.h"

#include "ctl/codes.h"

#define AGGFRAG_DONT_FRAGMENT 1
#define AGGFRAG_CONGESTION 2

void iptfs_put(struct builder *b, const struct child_sa *child)
{
	const struct conn_config *config = &child->connection->def->config;
	uint8_t flags = config->iptfs_fragmentation ? 0 : AGGFRAG_DONT_FRAGMENT;

	if (child->iptfs)
		builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_USE_AGGFRAG, slice(&flags, 1));
}

/* Libreswan leaves the octet out, and means no flag by it. */
static bool take(struct child_sa *child, const struct notify *n)
{
	uint8_t flags = n->data.len ? n->data.data[0] : 0;

	if (n->data.len > 1 || (flags & AGGFRAG_CONGESTION))
		return false;
	child->iptfs_no_fragments = (flags & AGGFRAG_DONT_FRAGMENT) != 0;
	return true;
}

void iptfs_take_offer(struct run *r, struct child_sa *child)
{
	const struct notify *n = message_notify(r->m, N_USE_AGGFRAG);
	bool is_wanted = child->connection->def->config.iptfs;

	child->iptfs = n && is_wanted && take(child, n);
	if (n && !child->iptfs)
		sa_log(r->core, r->ike, child, LOG_LEVEL_INFO, LINE_LOG,
		       is_wanted ? "no IP-TFS: the peer wants congestion control with it"
				 : "the peer offers IP-TFS, which is not wanted (--iptfs)");
}

bool iptfs_take_answer(struct run *r, struct child_sa *child, struct text *why)
{
	const struct notify *n = message_notify(r->m, N_USE_AGGFRAG);

	if (n && (!child->iptfs || !take(child, n))) {
		text_put(why, child->iptfs ? "its IP-TFS has congestion control"
					   : "it answers with IP-TFS");
		return false;
	}
	if (!n && child->iptfs)
		sa_log(r->core, r->ike, child, LOG_LEVEL_INFO, LINE_LOG,
		       "the peer does not take IP-TFS: a plain tunnel");
	child->iptfs = n != NULL;
	return true;
}
