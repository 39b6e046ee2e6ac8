/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IKE over TCP (RFC 9329): connections that peers make to us, and those that we make when the core
 * sends to an endpoint from local port 0. Endpoints say `tcp`. Where the kernel has ESP in TCP it owns
 * the stream: ESP is its own business, and we see and give whole messages of IKE.
 */
#ifndef IO_TCP_H
#define IO_TCP_H

#include "udp.h"

/* At most so many at once, and at most half of the descriptors we may have. */
#define TCP_CONNECTIONS_MAX 1024

struct tcp;
/* A connection that we made, and that ESP went over, has broken; the owner is who sent last. */
typedef void tcp_lost_fn(void *context, uint64_t owner);

/* Does the owner of what was sent over a connection stand, so that it must not give way to another? */
typedef bool tcp_needed_fn(void *context, uint64_t owner);

/* port: where peers find us; 0: nowhere. NULL: out of memory. */
struct tcp *tcp_new(struct poller *p, struct kernel_backend *k, uint16_t port, udp_packet_fn *fn,
		    tcp_lost_fn *lost, tcp_needed_fn *needed, void *context);
/* Listens on exactly these addresses from now on; connections from others are closed. */
void tcp_listen(struct tcp *t, const struct address *addresses, size_t count);
/* 0 or -errno; what cannot be sent is as good as lost on the way. */
int tcp_send(struct tcp *t, uint64_t owner, const struct endpoint *local,
	     const struct endpoint *remote, struct slice message);
/* Our real port on the connection between the two when the kernel takes ESP from it and gives ESP to
 * it; 0: it does not, or there is no connection. Port 0 of local: one that we made. */
uint16_t tcp_esp_port(struct tcp *t, const struct endpoint *local, const struct endpoint *remote);
void tcp_free(struct tcp *t);

#endif
