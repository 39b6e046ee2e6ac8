/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Healing: what the journal says is ours is compared with a dump of the kernel. Policies that are
 * missing are put again from memory; of states only pluto's peer and the kernel knew the keys, so
 * that the core is told and makes new ones. An acquire that was lost left a larval state, for which
 * the kernel would not ask again until it expires: it is told of anew.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "kernel/xfrm.h"

#define ACQUIRES_MAX 65536u

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

/* One that finds no memory expires in time. */
static void note_acquire(struct xfrm_acquires *a, const struct kernel_event *e)
{
	if (a->count == a->room) {
		size_t room = a->room ? 2 * a->room : 64;
		struct kernel_event *more =
			room > ACQUIRES_MAX ? NULL : reallocarray(a->list, room, sizeof(*e));

		if (!more)
			return;
		a->list = more;
		a->room = room;
	}
	a->list[a->count++] = *e;
}

void xfrm_acquires_give(struct xfrm *x, size_t most, kernel_event_fn *fn, void *context)
{
	struct xfrm_acquires *a = &x->acquires;

	for (; most > 0 && a->given < a->count; most--)
		fn(context, &a->list[a->given++]);
	if (a->given == a->count) {
		free(a->list);
		*a = (struct xfrm_acquires){ 0 };
	}
	x->backend.has_more = a->count > 0;
}

static void see_state(void *context, const struct nlmsghdr *h)
{
	struct kernel_event acquire;
	struct xfrm_usersa_info p;
	struct journal_name name;
	struct address dst = { 0 };

	if (h->nlmsg_type != XFRM_MSG_NEWSA || h->nlmsg_len < NLMSG_LENGTH(sizeof(p)))
		return;
	memcpy(&p, NLMSG_DATA(h), sizeof(p));
	if (xfrm_acquire_of_state(&p, &acquire)) {
		note_acquire(&((struct sync *)context)->x->acquires, &acquire);
		return;
	}
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

	/* those not given yet are in this dump too */
	x->acquires.count = x->acquires.given = 0;
	if (!err)
		err = xfrm_talk(x, xfrm_dump_message(XFRM_MSG_GETSA), see_state, &s);
	x->backend.has_more = x->acquires.count > 0;
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
