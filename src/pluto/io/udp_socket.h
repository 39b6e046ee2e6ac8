/* SPDX-License-Identifier: Apache-2.0 */
/* Opening one IKE socket, as the admin wants it tuned. Only udp.c calls this. */
#ifndef IO_UDP_SOCKET_H
#define IO_UDP_SOCKET_H

#include "base/address.h"
#include "port/kernel_backend.h"

struct udp_tuning {
	uint32_t buffer; /* bytes of the buffer for either direction; 0: as is usual */
	bool no_errors;  /* ICMP errors are not asked for */
};

/* Bound to the address, non-blocking, past every IPsec policy; on the NAT-T port the kernel takes
 * the ESP out. The descriptor or -errno. */
int udp_socket(const struct endpoint *local, bool natt, const struct udp_tuning *t,
	       struct kernel_backend *k);

#endif
