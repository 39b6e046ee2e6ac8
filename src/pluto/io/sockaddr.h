/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints as the system's socket addresses and back. */
#ifndef IO_SOCKADDR_H
#define IO_SOCKADDR_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/address.h"

/* The length of what was filled in; 0 for a family without sockets. */
socklen_t sockaddr_of(const struct endpoint *e, struct sockaddr_storage *out);
/* False for a family that is not IP. An IPv4 address inside an IPv6 one comes out as IPv4. */
bool sockaddr_to(const struct sockaddr_storage *from, struct endpoint *out);

#endif
