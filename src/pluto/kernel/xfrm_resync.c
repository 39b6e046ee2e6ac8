/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Healing: what the journal says is ours is compared with a dump of the kernel. Policies that are
 * missing are put again from memory; of states only pluto's peer and the kernel knew the keys, so
 * that the core is told and makes new ones.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "kernel/xfrm.h"

struct sync {
	struct xfrm *x;
	uint32_t number;
};

static void see(struct sync *s, const struct journal_name *name)
{
	struct journal_entry *entry = journal_find(s->x->journal, name);

	if (entry)
		entry->seen = s->number;
}

static void see_state(void *context, const struct nlmsghdr *h)
{
	struct xfrm_usersa_info p;
	struct journal_name name;
	struct address dst = { 0 };

	if (h->nlmsg_type != XFRM_MSG_NEWSA || h->nlmsg_len < NLMSG_LENGTH(sizeof(p)))
		return;
	memcpy(&p, NLMSG_DATA(h), sizeof(p));
	if (!address_from(slice(&p.id.daddr, p.family == AF_INET6 ? 16 : 4), &dst))
		return;
	xfrm_state_name(p.id.proto, &dst, ntohl(p.id.spi), &name);
	see(context, &name);
}

static void read_scope(const struct nlmsghdr *h, struct journal_name *name)
{
	const size_t fixed = sizeof(struct xfrm_userpolicy_info);
	struct nlattr *a = nlmsg_find_attr((struct nlmsghdr *)h, (int)fixed, XFRMA_IF_ID);
	struct xfrm_mark mark;

	if (a && nla_len(a) >= (int)sizeof(name->if_id))
		memcpy(&name->if_id, nla_data(a), sizeof(name->if_id));
	a = nlmsg_find_attr((struct nlmsghdr *)h, (int)fixed, XFRMA_MARK);
	if (!a || nla_len(a) < (int)sizeof(mark))
		return;
	memcpy(&mark, nla_data(a), sizeof(mark));
	name->mark = mark.v;
	name->mark_mask = mark.m;
}

static void see_policy(void *context, const struct nlmsghdr *h)
{
	struct xfrm_userpolicy_info p;
	struct xfrm_user_tmpl t;
	struct journal_name name;
	struct nlattr *a;

	if (h->nlmsg_type != XFRM_MSG_NEWPOLICY || h->nlmsg_len < NLMSG_LENGTH(sizeof(p)))
		return;
	memcpy(&p, NLMSG_DATA(h), sizeof(p));
	xfrm_policy_name(NULL, &p.sel, p.dir, &name);
	read_scope(h, &name);
	a = nlmsg_find_attr((struct nlmsghdr *)h, sizeof(p), XFRMA_TMPL);
	if (a && nla_len(a) >= (int)sizeof(t)) {
		memcpy(&t, nla_data(a), sizeof(t));
		name.reqid = t.reqid;
		see(context, &name);
		return;
	}
	/* without a template nothing tells whose it is: it stands for whoever is the owner here */
	if (!journal_find(((struct sync *)context)->x->journal, &name)) {
		struct journal_entry *owner =
			journal_other_owner(((struct sync *)context)->x->journal, &name);

		if (owner)
			owner->seen = ((struct sync *)context)->number;
		return;
	}
	see(context, &name);
}

static void missing_state(const struct journal_entry *entry, kernel_event_fn *fn, void *context)
{
	struct kernel_event e = { .kind = KERNEL_STATE_GONE,
				  .state_dst = entry->name.dst,
				  .spi = entry->name.spi };

	e.protocol = entry->name.proto == IPPROTO_AH ? KPROTO_AH : KPROTO_ESP;
	xfrm_name_outer(entry, &e);
	fn(context, &e);
}

/* Does another owner's policy stand in the place of this one? */
static bool is_covered(struct sync *s, const struct journal_entry *entry)
{
	const struct journal_entry *other = journal_other_owner(s->x->journal, &entry->name);

	return other && other->seen == s->number;
}

int xfrm_resync(struct kernel_backend *k, kernel_event_fn *fn, void *context)
{
	struct xfrm *x = container_of(k, struct xfrm, backend);
	struct sync s = { .x = x, .number = ++x->syncs };
	struct kernel_event put = { .kind = KERNEL_POLICY_PUT };
	struct journal_entry *entry, *next;
	int err = xfrm_talk(x, xfrm_dump_message(XFRM_MSG_GETPOLICY), see_policy, &s);

	if (!err)
		err = xfrm_talk(x, xfrm_dump_message(XFRM_MSG_GETSA), see_state, &s);
	if (err)
		return err;
	for (entry = journal_first(x->journal); entry; entry = next) {
		next = journal_next(x->journal, entry);
		if (entry->seen == s.number || entry->name.kind != JOURNAL_POLICY ||
		    entry->is_orphan || is_covered(&s, entry))
			continue;
		/* of several owners the last one stands, as it was put */
		if (xfrm_policy_again(x, entry) == 0)
			put.count++;
	}
	if (put.count)
		fn(context, &put);
	for (entry = journal_first(x->journal); entry; entry = journal_next(x->journal, entry))
		if (entry->seen != s.number && entry->name.kind == JOURNAL_STATE)
			missing_state(entry, fn, context);
	return 0;
}
