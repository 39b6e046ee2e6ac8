/* SPDX-License-Identifier: Apache-2.0 */
/* Opening one IKE socket. Only udp.c calls this. */
#ifndef IO_UDP_SOCKET_H
#define IO_UDP_SOCKET_H

#include "base/address.h"
#include "port/kernel_backend.h"

/* Bound to the address, non-blocking, past every IPsec policy; on the NAT-T port the kernel takes
 * the ESP out. The descriptor or -errno. */
int udp_socket(const struct endpoint *local, bool natt, struct kernel_backend *k);

#endif
