/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IKE over TCP (RFC 9329): connections that peers make to us, and those that we make when the core
 * sends to an endpoint from local port 0. Endpoints say `tcp`.
 */
#ifndef IO_TCP_H
#define IO_TCP_H

#include "udp.h"

#define TCP_CONNECTIONS_MAX 1024

struct tcp;

/* port: where peers find us; 0: nowhere. NULL: out of memory. */
struct tcp *tcp_new(struct poller *p, struct kernel_backend *k, uint16_t port, udp_packet_fn *fn,
		    void *context);
/* Listens on exactly these addresses from now on; connections from others are closed. */
void tcp_listen(struct tcp *t, const struct address *addresses, size_t count);
/* 0 or -errno; what cannot be sent is as good as lost on the way. */
int tcp_send(struct tcp *t, const struct endpoint *local, const struct endpoint *remote,
	     struct slice message);
void tcp_free(struct tcp *t);

#endif
