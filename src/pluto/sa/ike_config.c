/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses that were given, and the selectors that follow from them (RFC 7296 2.19). */
#include "sa/ike_config.h"

#include <stdlib.h>

#include "sa/ike_sa.h"

void ike_config_free(struct ike_config *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < ARRAY_LEN(c->leases); i++)
		if (c->leases[i])
			lease_release(c->leases[i]);
	free(c);
}

const struct address *ike_config_address(const struct ike_config *c, uint8_t family)
{
	for (size_t i = 0; c && i < ARRAY_LEN(c->addresses); i++)
		if (family && c->addresses[i].family == family)
			return &c->addresses[i];
	return NULL;
}

/* Protocols and ports stay, what has no address of its family goes. */
static void give_addresses(const struct ike_config *c, struct selectors *l)
{
	uint8_t kept = 0;

	for (uint8_t i = 0; i < l->count; i++) {
		const struct address *a = ike_config_address(c, l->items[i].range.start.family);

		if (!a)
			continue;
		l->items[kept] = l->items[i];
		l->items[kept++].range = (struct range){ *a, *a };
	}
	l->count = kept;
	selectors_tidy(l);
}

/* The NAT before the peer may have another address than when the instance was made. */
static void follow_host(const struct address *host, struct selectors *list)
{
	for (uint8_t i = 0; i < list->count; i++)
		if (host->family && host->family == list->items[i].range.start.family)
			list->items[i].range = (struct range){ *host, *host };
}

bool ike_clients(const struct ike_sa *ike, const struct connection *conn, struct selectors *local,
		 struct selectors *remote)
{
	if (!connection_clients(conn, &ike->remote.address, local, remote))
		return false;
	if (conn->def->config.type == CONN_TRANSPORT && conn->peer->client_is_host)
		follow_host(&ike->remote.address, remote);
	if (!ike->config)
		return true;
	if (ike->config->is_server && conn->peer->client_is_config)
		give_addresses(ike->config, remote);
	if (!ike->config->is_server && conn->us->client_is_config)
		give_addresses(ike->config, local);
	return true;
}

void ike_config_narrow(const struct ike_config *c, struct selectors *l)
{
	uint8_t kept = 0;

	for (uint8_t i = 0; i < l->count; i++) {
		const struct address *a = ike_config_address(c, l->items[i].range.start.family);

		if (!a || !range_has(&l->items[i].range, a))
			continue;
		l->items[kept] = l->items[i];
		l->items[kept++].range = (struct range){ *a, *a };
	}
	l->count = kept;
	selectors_tidy(l);
}
