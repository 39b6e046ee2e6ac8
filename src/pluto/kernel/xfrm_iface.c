/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XFRM interfaces by rtnetlink: made, given addresses, and removed when it was we who made them. One
 * that an admin made with the same number is used and left as it is; with ipsec-interface-managed=no
 * there are only those. What is made is in the journal first, so that the next run takes it over or
 * removes it.
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/xfrmi.h>

#include "kernel/xfrm.h"

/* A negative errno of a negative code of libnl. */
static int errno_of(int err)
{
	switch (-err) {
	case NLE_SUCCESS:
		return 0;
	case NLE_EXIST:
		return -EEXIST;
	case NLE_OBJ_NOTFOUND:
	case NLE_NODEV:
		return -ENODEV;
	case NLE_OPNOTSUPP:
		return -EOPNOTSUPP;
	case NLE_PERM:
		return -EPERM;
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_NOADDR:
		return -EADDRNOTAVAIL;
	}
	return -EINVAL;
}

/* A socket for a few requests, at the rare times when an interface comes or goes. */
static struct nl_sock *route_socket(void)
{
	struct nl_sock *s = nl_socket_alloc();

	if (s && nl_connect(s, NETLINK_ROUTE) == 0)
		return s;
	nl_socket_free(s);
	return NULL;
}

static void name_iface(const struct kernel_iface *i, bool is_address, struct journal_name *name)
{
	memset(name, 0, sizeof(*name));
	name->kind = is_address ? JOURNAL_ADDRESS : JOURNAL_IFACE;
	text_copy(name->iface, sizeof(name->iface), i->name);
	if (!is_address)
		return;
	name->dst = i->address.address;
	name->prefix_bits = i->address.prefix_bits;
}

/* 0: it is there and is what it should be; -ENODEV: there is none of that name. */
static int look(struct nl_sock *s, const struct kernel_iface *i)
{
	struct rtnl_link *link = NULL;
	uint32_t if_id = 0;
	int err = errno_of(rtnl_link_get_kernel(s, 0, i->name, &link));

	if (err == 0 && (!rtnl_link_is_xfrmi(link) || rtnl_link_xfrmi_get_if_id(link, &if_id) < 0 ||
			 if_id != i->if_id))
		err = -EEXIST;
	rtnl_link_put(link);
	return err;
}

static int set_up(struct nl_sock *s, const char *name)
{
	struct rtnl_link *old = rtnl_link_alloc(), *change = rtnl_link_alloc();
	int err = -ENOMEM;

	if (old && change) {
		/* libnl changes by number alone */
		rtnl_link_set_ifindex(old, (int)if_nametoindex(name));
		rtnl_link_set_flags(change, IFF_UP);
		err = errno_of(rtnl_link_change(s, old, change, 0));
	}
	rtnl_link_put(old);
	rtnl_link_put(change);
	return err;
}

static int make(struct nl_sock *s, const struct kernel_iface *i)
{
	struct rtnl_link *link = rtnl_link_xfrmi_alloc();
	int err;

	if (!link)
		return -ENOMEM;
	rtnl_link_set_name(link, i->name);
	rtnl_link_xfrmi_set_if_id(link, i->if_id);
	err = errno_of(rtnl_link_add(s, link, NLM_F_CREATE | NLM_F_EXCL));
	rtnl_link_put(link);
	return err == -EOPNOTSUPP ? -EPFNOSUPPORT : err;
}

static int make_new(struct xfrm *x, struct nl_sock *s, const struct kernel_iface *i)
{
	struct journal_name name;
	struct journal_entry *entry;
	int err;

	name_iface(i, false, &name);
	entry = journal_add(x->journal, &name);
	err = entry ? make(s, i) : -errno;
	if (entry && err)
		journal_remove(x->journal, entry);
	return err;
}

/* One that a former run made is ours from now on. */
static void claim(struct xfrm *x, const struct journal_name *name)
{
	struct journal_entry *entry = journal_find(x->journal, name);

	if (entry)
		entry->is_orphan = false;
}

int xfrm_iface_add(struct xfrm *x, struct kernel_iface *i)
{
	struct nl_sock *s = route_socket();
	struct journal_name name;
	int err = s ? look(s, i) : -ENOMEM;

	i->is_new = false;
	if (err == -ENODEV && !x->unmanaged) {
		err = make_new(x, s, i);
		i->is_new = err == 0;
	}
	if (err == 0) {
		name_iface(i, false, &name);
		claim(x, &name);
		if (!x->unmanaged)
			err = set_up(s, i->name);
	}
	nl_socket_free(s);
	return err;
}

int xfrm_iface_delete(struct xfrm *x, const struct kernel_iface *i)
{
	struct journal_entry *entry;
	struct journal_name name;
	struct rtnl_link *link;
	struct nl_sock *s;
	int err = -ENOMEM;

	name_iface(i, false, &name);
	entry = journal_find(x->journal, &name);
	if (!entry)
		return 0;
	s = route_socket();
	link = rtnl_link_alloc();
	if (s && link) {
		rtnl_link_set_name(link, i->name);
		err = errno_of(rtnl_link_delete(s, link));
	}
	rtnl_link_put(link);
	nl_socket_free(s);
	if (err && err != -ENODEV)
		return err;
	journal_remove(x->journal, entry);
	return 0;
}

/* The address as libnl has it; NULL: out of memory, or no such interface. */
static struct rtnl_addr *address_of(const struct kernel_iface *i)
{
	const struct address *a = &i->address.address;
	struct nl_addr *local = nl_addr_build(xfrm_family(a), a->bytes, address_len(a));
	struct rtnl_addr *out = rtnl_addr_alloc();
	unsigned index = if_nametoindex(i->name);

	if (out && local && index) {
		nl_addr_set_prefixlen(local, i->address.prefix_bits);
		rtnl_addr_set_ifindex(out, (int)index);
		rtnl_addr_set_local(out, local);
		rtnl_addr_set_flags(out, IFA_F_NODAD);
	} else {
		rtnl_addr_put(out);
		out = NULL;
	}
	nl_addr_put(local);
	return out;
}

int xfrm_address_add(struct xfrm *x, struct kernel_iface *i)
{
	struct nl_sock *s = route_socket();
	struct rtnl_addr *a = address_of(i);
	struct journal_entry *entry;
	struct journal_name name;
	int err = -ENODEV;

	i->is_new = false;
	if (x->unmanaged)
		err = 0;
	else if (s && a) {
		name_iface(i, true, &name);
		i->is_new = !journal_find(x->journal, &name);
		entry = journal_add(x->journal, &name);
		err = entry ? errno_of(rtnl_addr_add(s, a, NLM_F_CREATE | NLM_F_EXCL)) : -errno;
		if (entry)
			entry->is_orphan = false;
		if (entry && err && i->is_new) {
			journal_remove(x->journal, entry);
			i->is_new = false;
		}
	}
	rtnl_addr_put(a);
	nl_socket_free(s);
	return err == -EEXIST ? 0 : err; /* somebody's own: it stays when we go */
}

int xfrm_address_delete(struct xfrm *x, const struct kernel_iface *i)
{
	struct journal_entry *entry;
	struct journal_name name;
	struct rtnl_addr *a;
	struct nl_sock *s;
	int err = 0;

	name_iface(i, true, &name);
	entry = journal_find(x->journal, &name);
	if (!entry)
		return 0;
	s = route_socket();
	a = address_of(i);
	if (s && a)
		err = errno_of(rtnl_addr_delete(s, a, 0));
	rtnl_addr_put(a);
	nl_socket_free(s);
	journal_remove(x->journal, entry);
	return err == -EADDRNOTAVAIL || err == -ENODEV ? 0 : err;
}

void xfrm_iface_forget(struct xfrm *x, const struct journal_name *name)
{
	struct kernel_iface i = { .address = { .address = name->dst,
					       .prefix_bits = name->prefix_bits } };

	text_copy(i.name, sizeof(i.name), name->iface);
	if (name->kind == JOURNAL_IFACE)
		(void)xfrm_iface_delete(x, &i);
	else
		(void)xfrm_address_delete(x, &i);
}
