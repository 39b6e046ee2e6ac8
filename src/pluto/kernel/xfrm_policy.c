/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies: one of ours is several of the kernel's, because what comes out of a tunnel may be for us
 * (in) or for others (fwd), and because ranges are several prefixes and masks. When two connections hold the same policy, the one that was put
 * last stands, and the other owner's comes back when it goes. Another program's is left alone.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "kernel/xfrm.h"

static void fill_policy(const struct xfrm_selector *s, uint8_t dir, uint32_t priority,
			struct xfrm_userpolicy_info *p)
{
	p->sel = *s;
	p->lft.soft_byte_limit = p->lft.hard_byte_limit = XFRM_INF;
	p->lft.soft_packet_limit = p->lft.hard_packet_limit = XFRM_INF;
	p->priority = priority;
	p->dir = dir;
	p->action = XFRM_POLICY_ALLOW;
	p->share = XFRM_SHARE_ANY;
}

static void fill_template(const struct kernel_policy *k, uint8_t protocol, bool tunnel,
			  uint16_t family, struct xfrm_user_tmpl *t)
{
	memset(t, 0, sizeof(*t));
	t->id.proto = xfrm_proto(protocol);
	t->reqid = k->reqid;
	t->mode = XFRM_MODE_TRANSPORT;
	t->family = family;
	t->aalgos = t->ealgos = t->calgos = ~(__u32)0;
	if (!tunnel)
		return;
	t->mode = k->iptfs ? XFRM_MODE_IPTFS : XFRM_MODE_TUNNEL;
	t->family = (__u16)xfrm_family(&k->tunnel_dst);
	xfrm_address(&k->tunnel_src, &t->saddr);
	xfrm_address(&k->tunnel_dst, &t->id.daddr);
}

/*
 * The states a packet goes through, the innermost first. One too short to gain by it is not compressed,
 * so that inbound IPComp is optional; in tunnel mode such a packet comes by the IPIP state that the
 * kernel keeps with it.
 */
static size_t fill_templates(const struct kernel_policy *k, uint8_t dir, uint16_t family,
			     struct xfrm_user_tmpl t[2])
{
	size_t n = 0;

	if (k->compress) {
		fill_template(k, KPROTO_COMP, k->tunnel, family, &t[n]);
		t[n++].optional = dir != XFRM_POLICY_OUT;
	}
	fill_template(k, k->protocol, k->tunnel && !k->compress, family, &t[n++]);
	return n;
}

/* Which traffic a policy is for beside its selector; 0 or -ENOMEM. */
static int put_scope(struct nl_msg *m, uint32_t if_id, uint32_t mark, uint32_t mask)
{
	struct xfrm_mark v = { .v = mark, .m = mask };

	if ((if_id && nla_put(m, XFRMA_IF_ID, sizeof(if_id), &if_id) < 0) ||
	    (mask && nla_put(m, XFRMA_MARK, sizeof(v), &v) < 0))
		return -ENOMEM;
	return 0;
}

static int send_policy(struct xfrm *x, uint16_t type, const struct kernel_policy *k,
		       const struct xfrm_selector *s, uint8_t dir)
{
	struct xfrm_userpolicy_info *p;
	struct nl_msg *m = xfrm_message(type, sizeof(*p), &p);
	struct xfrm_user_tmpl t[2];
	size_t n;
	int err = 0;

	if (!m)
		return -ENOMEM;
	fill_policy(s, dir, k->priority ? k->priority : xfrm_priority(s), p);
	if (k->action == KPOLICY_DROP)
		p->action = XFRM_POLICY_BLOCK;
	n = fill_templates(k, dir, s->family, t);
	if (k->action == KPOLICY_PROTECT && nla_put(m, XFRMA_TMPL, (int)(n * sizeof(t[0])), t) < 0)
		err = -ENOMEM;
	if (!err)
		err = put_scope(m, k->if_id, k->mark, k->mark_mask);
	if (!err && k->offload)
		err = xfrm_put_offload(m,
				       k->direction == KDIR_OUT ? &k->tunnel_src : &k->tunnel_dst,
				       k->direction == KDIR_IN, k->offload);
	if (err) {
		nlmsg_free(m);
		return err;
	}
	return xfrm_talk(x, m, NULL, NULL);
}

void xfrm_policy_name(const struct kernel_policy *k, const struct xfrm_selector *s, uint8_t dir,
		      struct journal_name *name)
{
	memset(name, 0, sizeof(*name));
	name->kind = JOURNAL_POLICY;
	name->dir = dir;
	memcpy(&name->selector, s, sizeof(*s));
	if (!k)
		return;
	name->reqid = k->reqid;
	name->if_id = k->if_id;
	name->mark = k->mark;
	name->mark_mask = k->mark_mask;
}

/* What a former run left in this place has been replaced. */
static void drop_orphan(struct xfrm *x, const struct journal_name *name)
{
	struct journal_entry *other = journal_other_owner(x->journal, name);

	if (other && other->is_orphan)
		journal_remove(x->journal, other);
}

static int put_one(struct xfrm *x, const struct kernel_policy *k, const struct xfrm_selector *s,
		   uint8_t dir, bool *is_new)
{
	struct journal_entry *entry;
	struct journal_name name;
	bool is_ours;
	int err;

	xfrm_policy_name(k, s, dir, &name);
	*is_new = !journal_find(x->journal, &name);
	is_ours = !*is_new || journal_other_owner(x->journal, &name);
	entry = journal_add(x->journal, &name);
	if (!entry)
		return -errno;
	/* what is there and not ours is not taken over: -EEXIST */
	err = send_policy(x, is_ours ? XFRM_MSG_UPDPOLICY : XFRM_MSG_NEWPOLICY, k, s, dir);
	if (err == 0) {
		entry->policy = *k;
		entry->is_orphan = false;
		(void)journal_set_stays(x->journal, entry, k->stays);
		drop_orphan(x, &name);
	} else if (*is_new) {
		journal_remove(x->journal, entry);
	}
	return err;
}

/* A message that names a policy; NULL: out of memory. */
static struct nl_msg *by_name(uint16_t type, const struct journal_name *name)
{
	struct xfrm_userpolicy_id *p;
	struct nl_msg *m = xfrm_message(type, sizeof(*p), &p);

	if (!m)
		return NULL;
	memcpy(&p->sel, &name->selector, sizeof(p->sel));
	p->dir = name->dir;
	if (put_scope(m, name->if_id, name->mark, name->mark_mask) == 0)
		return m;
	nlmsg_free(m);
	return NULL;
}

int xfrm_policy_drop(struct xfrm *x, const struct journal_name *name)
{
	return xfrm_talk(x, by_name(XFRM_MSG_DELPOLICY, name), NULL, NULL);
}

static int delete_one(struct xfrm *x, const struct kernel_policy *k, const struct xfrm_selector *s,
		      uint8_t dir)
{
	struct journal_entry *entry, *other;
	struct journal_name name;
	int err;

	xfrm_policy_name(k, s, dir, &name);
	entry = journal_find(x->journal, &name);
	if (!entry)
		return -ENOENT;
	other = journal_other_owner(x->journal, &name);
	err = other ? send_policy(x, XFRM_MSG_UPDPOLICY, &other->policy, s, dir)
		    : xfrm_policy_drop(x, &name);
	if (err == 0 || err == -ENOENT)
		journal_remove(x->journal, entry);
	return err;
}

/* The kernel's directions of ours: what comes out of a tunnel may be for us or for others. */
static size_t directions(const struct kernel_policy *k, uint8_t out[2])
{
	out[0] = k->direction == KDIR_OUT ? XFRM_POLICY_OUT : XFRM_POLICY_IN;
	out[1] = XFRM_POLICY_FWD;
	return k->direction == KDIR_IN && k->tunnel ? 2 : 1;
}

int xfrm_policy_put(struct xfrm *x, const struct kernel_policy *k)
{
	struct xfrm_selector *list;
	size_t count, done = 0;
	uint8_t dirs[2];
	size_t dir_count = directions(k, dirs);
	int err = xfrm_selectors_of(&k->src, &k->dst, &list, &count);
	bool *is_new = err ? NULL : calloc(count * dir_count, sizeof(*is_new));

	if (!err && !is_new)
		err = -ENOMEM;
	for (; !err && done < count * dir_count; done += !err)
		err = put_one(x, k, &list[done / dir_count], dirs[done % dir_count], &is_new[done]);
	/* what this owner had before stays */
	while (err && done-- > 0)
		if (is_new[done])
			(void)delete_one(x, k, &list[done / dir_count], dirs[done % dir_count]);
	free(is_new);
	free(list);
	return err;
}

int xfrm_policy_delete(struct xfrm *x, const struct kernel_policy *k)
{
	struct xfrm_selector *list;
	size_t count;
	uint8_t dirs[2];
	size_t dir_count = directions(k, dirs);
	int err = xfrm_selectors_of(&k->src, &k->dst, &list, &count);

	for (size_t i = 0; i < count * dir_count; i++) {
		int one = delete_one(x, k, &list[i / dir_count], dirs[i % dir_count]);

		err = err ? err : one;
	}
	free(list);
	return err;
}

void xfrm_policy_orphan(struct xfrm *x, const struct kernel_policy *k)
{
	struct xfrm_selector *list;
	size_t count;
	uint8_t dirs[2];
	size_t dir_count = directions(k, dirs);

	if (xfrm_selectors_of(&k->src, &k->dst, &list, &count) != 0)
		return;
	for (size_t i = 0; i < count * dir_count; i++) {
		struct journal_entry *entry;
		struct journal_name name;

		xfrm_policy_name(k, &list[i / dir_count], dirs[i % dir_count], &name);
		entry = journal_find(x->journal, &name);
		if (entry)
			entry->is_orphan = true;
	}
	free(list);
}

int xfrm_policy_allow(struct xfrm *x, const struct xfrm_selector *s, uint8_t dir)
{
	struct xfrm_userpolicy_info *p;
	struct nl_msg *m;
	struct journal_entry *entry;
	struct journal_name name;
	int err;

	xfrm_policy_name(NULL, s, dir, &name);
	entry = journal_add(x->journal, &name);
	if (!entry)
		return -errno;
	m = xfrm_message(entry->is_orphan ? XFRM_MSG_UPDPOLICY : XFRM_MSG_NEWPOLICY, sizeof(*p),
			 &p);
	if (m)
		fill_policy(s, dir, 0, p);
	err = xfrm_talk(x, m, NULL, NULL);
	if (err)
		journal_remove(x->journal, entry);
	else
		entry->is_orphan = false;
	return err;
}

int xfrm_policy_again(struct xfrm *x, const struct journal_entry *entry)
{
	const struct journal_name *n = &entry->name;

	if (n->reqid)
		return send_policy(x, XFRM_MSG_UPDPOLICY, &entry->policy, &n->selector, n->dir);
	return xfrm_policy_allow(x, &n->selector, n->dir);
}

struct owner {
	uint32_t reqid;
	bool found;
};

static void read_owner(void *context, const struct nlmsghdr *h)
{
	struct owner *o = context;
	struct nlattr *a;

	if (h->nlmsg_type != XFRM_MSG_NEWPOLICY ||
	    h->nlmsg_len < NLMSG_LENGTH(sizeof(struct xfrm_userpolicy_info)))
		return;
	o->found = true;
	a = nlmsg_find_attr((struct nlmsghdr *)h, sizeof(struct xfrm_userpolicy_info), XFRMA_TMPL);
	if (a && nla_len(a) >= (int)sizeof(struct xfrm_user_tmpl)) {
		struct xfrm_user_tmpl t;

		memcpy(&t, nla_data(a), sizeof(t));
		o->reqid = t.reqid;
	}
}

int xfrm_policy_reqid(struct xfrm *x, const struct journal_name *name, uint32_t *reqid)
{
	struct owner o = { 0 };
	int err = xfrm_talk(x, by_name(XFRM_MSG_GETPOLICY, name), read_owner, &o);

	*reqid = o.reqid;
	return err == 0 && !o.found ? -ENOENT : err;
}
