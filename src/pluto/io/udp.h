/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The IKE sockets: one on port 500 and one on port 4500 of each address. The non-ESP marker of port
 * 4500 (RFC 3948 2.2) is put on and taken off here and nowhere else.
 */
#ifndef IO_UDP_H
#define IO_UDP_H

#include "base/address.h"
#include "poller.h"
#include "port/kernel_backend.h"
#include "udp_socket.h"

#define IKE_PORT 500
#define IKE_NATT_PORT 4500
#define UDP_ADDRESSES_MAX 256
#define UDP_PORTS_MAX 8 /* beside the usual two, on each address */

struct udp;

struct udp_packet {
	struct endpoint local, remote;
	struct slice datagram; /* without the marker; borrowed */
	bool natt;
};
typedef void udp_packet_fn(void *context, const struct udp_packet *p);

struct udp_settings {
	uint16_t ike_port, natt_port; /* 0: the usual ones */
	struct udp_tuning tuning;
};

/* NULL: out of memory. */
struct udp *udp_new(struct poller *p, struct kernel_backend *k, const struct udp_settings *s,
		    udp_packet_fn *fn, void *context);
/*
 * Has sockets on exactly these addresses from now on: those that stay are not touched. An address
 * whose port 500 cannot be had is left out, with a log line. At most UDP_ADDRESSES_MAX.
 */
void udp_listen(struct udp *u, const struct address *addresses, size_t count);
/* Has the address of that place in udp_addresses a socket for the NAT port too? */
bool udp_has_natt(const struct udp *u, size_t at);
/* On exactly these ports too from now on, with the marker, at most UDP_PORTS_MAX. */
void udp_ports(struct udp *u, const uint16_t *ports, size_t count);
/* The addresses with sockets; borrowed until the next udp_listen. */
const struct address *udp_addresses(const struct udp *u, size_t *count);
/* natt: from the NAT-T port with the marker, which a keepalive goes without (RFC 3948 2.3).
 * 0 or -errno; a datagram that cannot be sent is as good as lost on the way. */
int udp_send(struct udp *u, const struct endpoint *local, const struct endpoint *remote, bool natt,
	     bool is_keepalive, struct slice datagram);
void udp_free(struct udp *u);

#endif
