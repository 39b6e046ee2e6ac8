/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moving a state to other outer addresses or ports (XFRM_MSG_MIGRATE): the kernel keeps its keys,
 * sequence numbers and replay window, which nobody else could copy without using an IV twice.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "kernel/xfrm.h"

static int put_paths(struct nl_msg *m, const struct kernel_state *s, const struct kernel_path *to)
{
	struct xfrm_user_migrate move = { 0 };
	struct xfrm_encap_tmpl encap = { .encap_type = s->tcp ? TCP_ENCAP_ESPINTCP
							      : UDP_ENCAP_ESPINUDP };

	xfrm_address(&s->dst, &move.old_daddr);
	xfrm_address(&s->src, &move.old_saddr);
	xfrm_address(&to->dst, &move.new_daddr);
	xfrm_address(&to->src, &move.new_saddr);
	move.proto = xfrm_proto(s->protocol);
	move.mode = s->tunnel ? XFRM_MODE_TUNNEL : XFRM_MODE_TRANSPORT;
	move.reqid = s->reqid;
	move.old_family = (__u16)xfrm_family(&s->dst);
	move.new_family = (__u16)xfrm_family(&to->dst);
	encap.encap_sport = htons(to->src_port);
	encap.encap_dport = htons(to->dst_port);
	if (nla_put(m, XFRMA_MIGRATE, sizeof(move), &move) < 0 ||
	    (to->src_port && nla_put(m, XFRMA_ENCAP, sizeof(encap), &encap) < 0) ||
	    (s->if_id && nla_put(m, XFRMA_IF_ID, sizeof(s->if_id), &s->if_id) < 0))
		return -ENOMEM;
	return 0;
}

static int migrate(struct xfrm *x, const struct kernel_state *s, const struct kernel_path *to,
		   const struct xfrm_selector *selector, uint8_t dir)
{
	struct xfrm_userpolicy_id *p;
	struct nl_msg *m = xfrm_message(XFRM_MSG_MIGRATE, sizeof(*p), &p);
	int err;

	if (!m)
		return -ENOMEM;
	p->sel = *selector;
	p->dir = dir;
	err = put_paths(m, s, to);
	if (err) {
		nlmsg_free(m);
		return err;
	}
	return xfrm_talk(x, m, NULL, NULL);
}

/* The kernel finds the state through the policy, whose template must still name the old path: a
 * twin that moved before may have moved it already. */
static int with_policy(struct xfrm *x, const struct kernel_state *s, const struct kernel_path *to,
		       const struct xfrm_selector *selector, uint8_t dir)
{
	struct journal_name name;
	struct journal_entry *entry;
	int err;

	xfrm_policy_name(NULL, selector, dir, &name);
	name.reqid = s->reqid;
	name.if_id = s->if_id;
	entry = journal_find(x->journal, &name);
	if (!entry)
		return -ENOENT;
	if (s->tunnel && (!address_eq(&entry->policy.tunnel_src, &s->src) ||
			  !address_eq(&entry->policy.tunnel_dst, &s->dst))) {
		entry->policy.tunnel_src = s->src;
		entry->policy.tunnel_dst = s->dst;
		err = xfrm_policy_again(x, entry);
		if (err)
			return err;
	}
	err = migrate(x, s, to, selector, dir);
	if (err == 0 && s->tunnel) {
		entry->policy.tunnel_src = to->src;
		entry->policy.tunnel_dst = to->dst;
	}
	return err;
}

int xfrm_sa_move(struct xfrm *x, const struct kernel_state *s, const struct kernel_path *to)
{
	uint8_t dir = s->direction == KDIR_OUT ? XFRM_POLICY_OUT : XFRM_POLICY_IN;
	struct xfrm_selector *list;
	struct journal_name name;
	struct journal_entry *entry;
	size_t count;
	int err;

	/* the kernel keeps an encapsulation that is not named anew */
	if (s->src_port && !to->src_port)
		return -EOPNOTSUPP;
	err = xfrm_selectors_of(&s->src_selector, &s->dst_selector, &list, &count);
	if (err)
		return err;
	xfrm_state_name(xfrm_proto(s->protocol), &to->dst, s->spi, &name);
	if (!journal_add(x->journal, &name))
		err = -errno;
	if (!err)
		err = with_policy(x, s, to, &list[0], dir);
	free(list);
	/* what is not there any more under one name leaves the journal */
	if (err == 0)
		xfrm_state_name(xfrm_proto(s->protocol), &s->dst, s->spi, &name);
	entry = address_eq(&s->dst, &to->dst) ? NULL : journal_find(x->journal, &name);
	if (entry)
		journal_remove(x->journal, entry);
	return err;
}
