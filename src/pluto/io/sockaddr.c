/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Socket addresses. Link-local IPv6 addresses have no place here, because an endpoint holds no
 * interface: io/ifaces.c leaves them out.
 */
#include "sockaddr.h"

#include <arpa/inet.h>
#include <string.h>

socklen_t sockaddr_of(const struct endpoint *e, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (e->address.family == FAMILY_IPV4) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(e->port);
		memcpy(&v4->sin_addr, e->address.bytes, 4);
		return sizeof(*v4);
	}
	if (e->address.family == FAMILY_IPV6) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(e->port);
		memcpy(&v6->sin6_addr, e->address.bytes, 16);
		return sizeof(*v6);
	}
	return 0;
}

bool sockaddr_to(const struct sockaddr_storage *from, struct endpoint *out)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;

	*out = (struct endpoint){ 0 };
	if (from->ss_family == AF_INET) {
		out->port = ntohs(v4->sin_port);
		return address_from(slice(&v4->sin_addr, 4), &out->address);
	}
	if (from->ss_family != AF_INET6)
		return false;
	out->port = ntohs(v6->sin6_port);
	if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		return address_from(slice(v6->sin6_addr.s6_addr + 12, 4), &out->address);
	return address_from(slice(&v6->sin6_addr, 16), &out->address);
}
