/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One IKE socket and its options. What IKE cannot do without is an error; the rest is logged and
 * the socket serves all the same.
 */
#include "udp_socket.h"

#include <errno.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "sockaddr.h"
#include "udp_errors.h"

#define RECEIVE_BUFFER (1 << 20)

static void complain(const struct endpoint *local, const char *what)
{
	char buf[ENDPOINT_TEXT_LEN];

	log_printf(LOG_LEVEL_WARNING, "%s: %s: %s", endpoint_format(local, buf, sizeof(buf)), what,
		   strerror(errno));
}

/* The second of each is for those without the right to force. */
static void set_buffers(int fd, const struct endpoint *local, uint32_t wanted)
{
	int size = wanted ? (int)wanted : RECEIVE_BUFFER;
	bool is_set;

	/* a burst of IKE_SA_INIT must fit */
	is_set = setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) == 0 ||
		 setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) == 0;
	if (wanted)
		is_set &= setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) == 0 ||
			  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == 0;
	if (!is_set)
		complain(local, "buffers stay as they are");
}

static void set_options(int fd, const struct endpoint *local, bool natt, const struct udp_tuning *t)
{
	bool is_v6 = local->address.family == FAMILY_IPV6;
	int encap = UDP_ENCAP_ESPINUDP;
	int discover = is_v6 ? IPV6_PMTUDISC_DONT : IP_PMTUDISC_DONT;

	set_buffers(fd, local, t->buffer);
	/* large IKE messages may be cut up on the way */
	if (setsockopt(fd, is_v6 ? IPPROTO_IPV6 : IPPROTO_IP,
		       is_v6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, &discover,
		       sizeof(discover)) < 0)
		complain(local, "path MTU discovery stays on");
	if (!t->no_errors && !udp_errors_keep(fd, is_v6))
		complain(local, "ICMP errors are not seen");
	if (natt && setsockopt(fd, IPPROTO_UDP, UDP_ENCAP, &encap, sizeof(encap)) < 0)
		complain(local, "no ESP in UDP");
}

int udp_socket(const struct endpoint *local, bool natt, const struct udp_tuning *t,
	       struct kernel_backend *k)
{
	struct sockaddr_storage address;
	socklen_t len = sockaddr_of(local, &address);
	int fd = len ? socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
	int one = 1;
	int err;

	if (len == 0)
		return -EAFNOSUPPORT;
	if (fd < 0)
		return -errno;
	if (address.ss_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	/* before the bind: no packet may come by a policy */
	err = k->bypass_socket(k, fd, (enum family)local->address.family);
	if (err == 0 && bind(fd, (const struct sockaddr *)&address, len) < 0)
		err = -errno;
	if (err) {
		close(fd);
		return err;
	}
	set_options(fd, local, natt, t);
	return fd;
}
