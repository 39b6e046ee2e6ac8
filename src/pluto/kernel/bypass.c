/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must go around every tunnel: IKE itself, by a policy on each of its sockets, and IPv6
 * neighbour discovery (RFC 4301 has no word on it, but a tunnel of ::/0 that takes it in is dead).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/xfrm.h"

/* Router and neighbour solicitations and advertisements, redirect (RFC 4861 4). */
#define DISCOVERY_FIRST 133
#define DISCOVERY_LAST 137

int xfrm_bypass_socket(struct kernel_backend *k, int fd, enum family family)
{
	bool is_v6 = family == FAMILY_IPV6;
	struct xfrm_userpolicy_info p;

	(void)k;
	memset(&p, 0, sizeof(p));
	p.action = XFRM_POLICY_ALLOW;
	p.sel.family = is_v6 ? AF_INET6 : AF_INET;
	for (uint8_t dir = XFRM_POLICY_IN; dir <= XFRM_POLICY_OUT; dir++) {
		p.dir = dir;
		if (setsockopt(fd, is_v6 ? IPPROTO_IPV6 : IPPROTO_IP,
			       is_v6 ? IPV6_XFRM_POLICY : IP_XFRM_POLICY, &p, sizeof(p)) < 0)
			return -errno;
	}
	return 0;
}

void xfrm_bypass_neighbours(struct xfrm *x)
{
	struct xfrm_selector s;
	int err = 0;

	memset(&s, 0, sizeof(s));
	s.family = AF_INET6;
	s.proto = IPPROTO_ICMPV6;
	s.sport_mask = htons(0xffff);
	for (uint16_t type = DISCOVERY_FIRST; type <= DISCOVERY_LAST; type++) {
		s.sport = htons(type);
		for (uint8_t dir = XFRM_POLICY_IN; dir <= XFRM_POLICY_FWD; dir++) {
			int now = xfrm_policy_allow(x, &s, dir);

			/* -EEXIST: someone else's does the same and stays theirs */
			if (now && now != -EEXIST)
				err = now;
		}
	}
	if (err && err != -EAFNOSUPPORT)
		xfrm_log(x, "no bypass for IPv6 neighbour discovery: %s", strerror(-err));
}
