/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our addresses by rtnetlink. A change is only a hint to list them again: messages of the kernel
 * may be lost, and a list never is.
 */
#include "ifaces.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netlink/cache.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>

#include "sockaddr.h"

struct ifaces {
	struct nl_sock *socket;
	struct watch *watch;
	ifaces_change_fn *fn;
	void *context;
};

struct list_of {
	struct address *out;
	size_t count, max;
};

_Static_assert(IFACES_NAME_LEN == IF_NAMESIZE, "names fit");

static bool is_usable(const struct address *a, unsigned flags)
{
	if (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED) && !(flags & IFA_F_OPTIMISTIC))
		return false;
	if (address_is_any(a))
		return false;
	/* fe80::/10 needs an interface beside it, which an endpoint has no room for */
	return !(a->family == FAMILY_IPV6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80);
}

static void take_address(struct nl_object *object, void *context)
{
	struct list_of *list = context;
	struct rtnl_addr *row = (struct rtnl_addr *)object;
	struct nl_addr *local = rtnl_addr_get_local(row);
	struct address a;

	if (!local || list->count == list->max)
		return;
	if (!address_from(slice(nl_addr_get_binary_addr(local), nl_addr_get_len(local)), &a) ||
	    !is_usable(&a, rtnl_addr_get_flags(row)))
		return;
	for (size_t i = 0; i < list->count; i++)
		if (address_eq(&list->out[i], &a))
			return;
	list->out[list->count++] = a;
}

int ifaces_list(struct address *out, size_t max)
{
	struct list_of list = { .out = out, .max = max };
	struct nl_sock *s = nl_socket_alloc();
	struct nl_cache *cache = NULL;

	if (!s)
		return -ENOMEM;
	if (nl_connect(s, NETLINK_ROUTE) < 0 || rtnl_addr_alloc_cache(s, &cache) < 0) {
		nl_socket_free(s);
		return -EIO;
	}
	nl_cache_foreach(cache, take_address, &list);
	nl_cache_free(cache);
	nl_socket_free(s);
	return (int)list.count;
}

struct owner {
	struct address address;
	int index; /* 0: nobody */
};

static void take_owner(struct nl_object *object, void *context)
{
	struct owner *o = context;
	struct rtnl_addr *row = (struct rtnl_addr *)object;
	struct nl_addr *local = rtnl_addr_get_local(row);
	struct address a;

	if (local &&
	    address_from(slice(nl_addr_get_binary_addr(local), nl_addr_get_len(local)), &a) &&
	    address_eq(&a, &o->address) && o->index == 0)
		o->index = rtnl_addr_get_ifindex(row);
}

bool ifaces_name(const struct address *a, char out[IFACES_NAME_LEN])
{
	struct owner o = { .address = *a };
	struct nl_sock *s = nl_socket_alloc();
	struct nl_cache *cache = NULL;

	if (s && nl_connect(s, NETLINK_ROUTE) == 0 && rtnl_addr_alloc_cache(s, &cache) == 0)
		nl_cache_foreach(cache, take_owner, &o);
	nl_cache_free(cache);
	nl_socket_free(s);
	return o.index > 0 && if_indextoname((unsigned)o.index, out);
}

int ifaces_source(const struct endpoint *remote, struct address *out)
{
	struct sockaddr_storage to, from;
	socklen_t len = sockaddr_of(remote, &to), from_len = sizeof(from);
	struct endpoint local;
	int fd, err = 0;

	if (len == 0)
		return -EAFNOSUPPORT;
	fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* nothing is sent: it binds the socket to the route's source */
	if (connect(fd, (const struct sockaddr *)&to, len) < 0 ||
	    getsockname(fd, (struct sockaddr *)&from, &from_len) < 0)
		err = -errno;
	close(fd);
	if (!err && !sockaddr_to(&from, &local))
		err = -EAFNOSUPPORT;
	if (!err)
		*out = local.address;
	return err;
}

struct address_of {
	int ifindex;
	enum family family;
	struct address *out;
	bool found;
};

static void take_of(struct nl_object *object, void *context)
{
	struct address_of *w = context;
	struct rtnl_addr *row = (struct rtnl_addr *)object;
	struct nl_addr *local = rtnl_addr_get_local(row);
	struct address a;

	if (w->found || !local || rtnl_addr_get_ifindex(row) != w->ifindex ||
	    !address_from(slice(nl_addr_get_binary_addr(local), nl_addr_get_len(local)), &a) ||
	    !is_usable(&a, rtnl_addr_get_flags(row)) || (w->family && a.family != w->family))
		return;
	*w->out = a;
	w->found = true;
}

static struct nl_sock *route_socket(void)
{
	struct nl_sock *s = nl_socket_alloc();

	if (s && nl_connect(s, NETLINK_ROUTE) < 0) {
		nl_socket_free(s);
		return NULL;
	}
	return s;
}

int ifaces_address(const char *name, enum family family, struct address *out)
{
	struct address_of w = { .ifindex = (int)if_nametoindex(name),
				.family = family,
				.out = out };
	struct nl_sock *s = w.ifindex ? route_socket() : NULL;
	struct nl_cache *cache = NULL;

	if (!w.ifindex)
		return -ENODEV;
	if (!s)
		return -EIO;
	if (rtnl_addr_alloc_cache(s, &cache) == 0) {
		nl_cache_foreach(cache, take_of, &w);
		nl_cache_free(cache);
	}
	nl_socket_free(s);
	return w.found ? 0 : -ENODEV;
}

static void take_nexthop(struct rtnl_nexthop *hop, void *context)
{
	struct nl_addr *gateway = rtnl_route_nh_get_gateway(hop);
	struct address *out = context;

	if (gateway && !out->family)
		address_from(slice(nl_addr_get_binary_addr(gateway), nl_addr_get_len(gateway)),
			     out);
}

/* A place that is reached by the default route and is nobody's (RFC 5737, RFC 3849). */
static struct address anywhere(enum family family)
{
	struct address a;

	address_parse(family == FAMILY_IPV6 ? "2001:db8::1" : "198.51.100.1", &a);
	return a;
}

int ifaces_route(const struct address *towards, enum family family, struct address *source,
		 struct address *gateway)
{
	struct address to = towards->family ? *towards : anywhere(family);
	struct nl_addr *dst = nl_addr_build(to.family == FAMILY_IPV6 ? AF_INET6 : AF_INET, to.bytes,
					    address_len(&to));
	struct nl_sock *s = route_socket();
	struct rtnl_route *route = NULL;
	struct nl_addr *from;
	int err = -ENETUNREACH;

	*gateway = (struct address){ 0 };
	if (s && dst && rtnl_route_lookup(s, dst, &route) == 0 && route) {
		from = rtnl_route_get_pref_src(route);
		if (from &&
		    address_from(slice(nl_addr_get_binary_addr(from), nl_addr_get_len(from)),
				 source)) {
			rtnl_route_foreach_nexthop(route, take_nexthop, gateway);
			err = 0;
		}
		rtnl_route_put(route);
	}
	nl_addr_put(dst);
	nl_socket_free(s);
	return err;
}

static int ignore(struct nl_msg *m, void *context)
{
	(void)m;
	(void)context;
	return NL_OK;
}

static void changed(void *context, int fd, unsigned what)
{
	struct ifaces *i = context;

	(void)fd;
	(void)what;
	/* also an overrun (-NLE_NOMEM) means that something changed */
	while (nl_recvmsgs_default(i->socket) > 0)
		continue;
	i->fn(i->context);
}

struct ifaces *ifaces_new(struct poller *p, ifaces_change_fn *fn, void *context)
{
	struct ifaces *i = calloc(1, sizeof(*i));

	if (!i)
		return NULL;
	i->fn = fn;
	i->context = context;
	i->socket = nl_socket_alloc();
	if (i->socket) {
		nl_socket_disable_seq_check(i->socket);
		nl_socket_modify_cb(i->socket, NL_CB_VALID, NL_CB_CUSTOM, ignore, NULL);
	}
	if (!i->socket || nl_connect(i->socket, NETLINK_ROUTE) < 0 ||
	    nl_socket_set_nonblocking(i->socket) < 0 ||
	    nl_socket_add_memberships(i->socket, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
				      RTNLGRP_LINK, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
				      0) < 0) {
		ifaces_free(i);
		return NULL;
	}
	i->watch = watch_new(p, nl_socket_get_fd(i->socket), WATCH_READ, changed, i);
	if (!i->watch) {
		ifaces_free(i);
		return NULL;
	}
	return i;
}

void ifaces_free(struct ifaces *i)
{
	if (!i)
		return;
	watch_free(i->watch);
	nl_socket_free(i->socket);
	free(i);
}
