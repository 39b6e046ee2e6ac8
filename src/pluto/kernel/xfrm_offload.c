/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ESP in the network card (XFRMA_OFFLOAD_DEV). A kernel whose card cannot do a state's cryptography
 * takes the state all the same and does it itself: so it is asked what became of it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "conf/conn.h"
#include "kernel/xfrm.h"

#ifndef XFRM_OFFLOAD_PACKET
#define XFRM_OFFLOAD_PACKET 4
#endif

static bool has_address(const struct ifaddrs *i, const struct address *a)
{
	const void *bytes;

	if (!i->ifa_addr || i->ifa_addr->sa_family != xfrm_family(a))
		return false;
	bytes = i->ifa_addr->sa_family == AF_INET
			? (const void *)&((const struct sockaddr_in *)(const void *)i->ifa_addr)
				  ->sin_addr
			: (const void *)&((const struct sockaddr_in6 *)(const void *)i->ifa_addr)
				  ->sin6_addr;
	return memcmp(bytes, a->bytes, address_len(a)) == 0;
}

static unsigned index_of(const struct address *a)
{
	struct ifaddrs *all, *i;
	unsigned index = 0;

	if (getifaddrs(&all) < 0)
		return 0;
	for (i = all; i && !index; i = i->ifa_next)
		if (has_address(i, a))
			index = if_nametoindex(i->ifa_name);
	freeifaddrs(all);
	return index;
}

int xfrm_put_offload(struct nl_msg *m, const struct address *local, bool inbound, uint8_t offload)
{
	struct xfrm_user_offload o = { .ifindex = (int)index_of(local) };

	if (!o.ifindex)
		return -ENODEV;
	if (inbound)
		o.flags |= XFRM_OFFLOAD_INBOUND;
	if (offload == NIC_OFFLOAD_PACKET)
		o.flags |= XFRM_OFFLOAD_PACKET;
	return nla_put(m, XFRMA_OFFLOAD_DEV, sizeof(o), &o) < 0 ? -ENOMEM : 0;
}

static void see_offload(void *context, const struct nlmsghdr *h)
{
	bool *is_on = context;

	if (h->nlmsg_type == XFRM_MSG_NEWSA &&
	    h->nlmsg_len >= NLMSG_LENGTH(sizeof(struct xfrm_usersa_info)) &&
	    nlmsg_find_attr((struct nlmsghdr *)h, sizeof(struct xfrm_usersa_info),
			    XFRMA_OFFLOAD_DEV))
		*is_on = true;
}

bool xfrm_is_offloaded(struct xfrm *x, const struct kernel_state *s)
{
	struct xfrm_usersa_id *p;
	struct nl_msg *m = xfrm_message(XFRM_MSG_GETSA, sizeof(*p), &p);
	bool is_on = false;

	if (!m)
		return false;
	xfrm_address(&s->dst, &p->daddr);
	p->spi = htonl(s->spi);
	p->family = (__u16)xfrm_family(&s->dst);
	p->proto = xfrm_proto(s->protocol);
	return xfrm_talk(x, m, see_offload, &is_on) == 0 && is_on;
}
