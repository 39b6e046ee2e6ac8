/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ICMP errors of the IKE sockets, from their error queues. Anybody can send one, so they end
 * nothing (RFC 7296 2.4): an admin reads in the log why nobody answers.
 */
#include "udp_errors.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

/* needs struct timespec before it */
#include <linux/errqueue.h>

#include "log.h"
#include "sockaddr.h"

#define AT_ONCE 64

bool udp_errors_keep(int fd, bool is_v6)
{
	int one = 1;

	return setsockopt(fd, is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, is_v6 ? IPV6_RECVERR : IP_RECVERR,
			  &one, sizeof(one)) == 0;
}

/* One loop, one thread: the limit needs no more than this. */
static bool may_log(void)
{
	static time_t last;
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	if (now.tv_sec == last)
		return false;
	last = now.tv_sec;
	return true;
}

static void log_error(const struct sock_extended_err *e, const struct sockaddr_storage *to,
		      const struct endpoint *local)
{
	char from[ENDPOINT_TEXT_LEN], peer[ENDPOINT_TEXT_LEN] = "?";
	struct endpoint remote;

	if (e->ee_origin != SO_EE_ORIGIN_ICMP && e->ee_origin != SO_EE_ORIGIN_ICMP6)
		return;
	if (!may_log())
		return;
	if (sockaddr_to(to, &remote))
		endpoint_format(&remote, peer, sizeof(peer));
	log_printf(LOG_LEVEL_INFO,
		   "ICMP says of a datagram from %s to %s: %s (type %u, code %u); only a hint",
		   endpoint_format(local, from, sizeof(from)), peer, strerror((int)e->ee_errno),
		   e->ee_type, e->ee_code);
}

static bool read_one(int fd, const struct endpoint *local)
{
	_Alignas(struct cmsghdr) uint8_t control[512];
	struct sockaddr_storage to;
	uint8_t start[64];
	struct iovec iov = { .iov_base = start, .iov_len = sizeof(start) };
	struct msghdr h = { .msg_name = &to,
			    .msg_namelen = sizeof(to),
			    .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };

	memset(&to, 0, sizeof(to));
	if (recvmsg(fd, &h, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return false;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&h); c; c = CMSG_NXTHDR(&h, c)) {
		bool is_error = (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
				(c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR);
		struct sock_extended_err e;

		if (!is_error || c->cmsg_len < CMSG_LEN(sizeof(e)))
			continue;
		memcpy(&e, CMSG_DATA(c), sizeof(e));
		log_error(&e, &to, local);
	}
	return true;
}

void udp_errors_read(int fd, const struct endpoint *local)
{
	for (int i = 0; i < AT_ONCE && read_one(fd, local); i++)
		continue;
}
