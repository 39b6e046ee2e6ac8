/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the configuration payloads of an IKE SA agreed (RFC 7296 2.19): the addresses that one end
 * gave the other, which are the IKE SA's and its successors', and what a client was told with them.
 */
#ifndef SA_IKE_CONFIG_H
#define SA_IKE_CONFIG_H

#include "conn/connection.h"

#define CONFIG_DNS_MAX 8
#define CONFIG_TEXT_MAX 256 /* what an updown script takes in one value */

struct ike_sa;

struct ike_config {
	bool is_server;              /* we gave the addresses, and hold the leases */
	struct address addresses[2]; /* IPv4, IPv6; family NONE: none */
	struct lease *leases[2];     /* NULL: none, or fixed by the connection */
	/* client */
	struct address dns[CONFIG_DNS_MAX];
	uint8_t dns_count;
	char domains[CONFIG_TEXT_MAX]; /* apart by spaces */
	char banner[CONFIG_TEXT_MAX];
};

/* Lets go of the leases; NULL is fine. */
void ike_config_free(struct ike_config *c);
/* The address of that family, or NULL. */
const struct address *ike_config_address(const struct ike_config *c, uint8_t family);
/* What the ends of a connection may use over this IKE SA: connection_clients, but for an end that was
 * given addresses these. False when memory is short; the caller frees the lists. */
bool ike_clients(const struct ike_sa *ike, const struct connection *conn, struct selectors *local,
		 struct selectors *remote);
/* Of an answer the part that belongs to the addresses the client was given. */
void ike_config_narrow(const struct ike_config *c, struct selectors *l);

#endif
