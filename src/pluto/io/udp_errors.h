/* SPDX-License-Identifier: Apache-2.0 */
/* What ICMP says of our datagrams: a hint for the log, and nothing else. Only udp.c calls this. */
#ifndef IO_UDP_ERRORS_H
#define IO_UDP_ERRORS_H

#include "base/address.h"

/* The system keeps ICMP errors of the socket for us. False: it will not. */
bool udp_errors_keep(int fd, bool is_v6);
/* Takes all that were kept and logs them, at most one line a second. */
void udp_errors_read(int fd, const struct endpoint *local);

#endif
