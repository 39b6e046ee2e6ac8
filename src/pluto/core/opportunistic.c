/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opportunistic connections: a routed template whose peer is any host of its client. The first packet
 * for a host makes an instance towards it, whose own, narrower policies stand before the template's:
 * a bare shunt while it is negotiated and for a time after that has failed, or the child's. When
 * neither is left the instance goes, and the template's trap catches the next packet.
 */
#include <stdio.h>
#include <string.h>

#include "core/route.h"
#include "ctl/codes.h"

/* Hosts that are negotiated with, up, or known not to answer. Of the last the oldest makes room for
 * one more, so that a scan does not shut out who lives; when none is left the packet waits in the
 * kernel until it asks again. */
#define HOSTS_AT_ONCE 10000u

#define SHUNT_LIFETIME_USEC (900 * USEC_PER_SEC)
#define SHUNT_CHECK_USEC (20 * USEC_PER_SEC)

bool opportunistic_is_passing(const struct connection *conn)
{
	return conn->kind == CONNECTION_INSTANCE && conn->peer->host_kind == HOST_OPPORTUNISTIC;
}

uint64_t opportunistic_shunt_end(const struct core *c)
{
	uint64_t life = c->settings.shunt_lifetime_usec ? c->settings.shunt_lifetime_usec
							: SHUNT_LIFETIME_USEC;
	uint64_t check = c->settings.shunt_check_usec ? c->settings.shunt_check_usec
						      : SHUNT_CHECK_USEC;
	uint64_t end = c->now_usec + life;

	/* shunts that are over go together */
	return (end + check - 1) / check * check;
}

static bool make_room(struct core *c)
{
	size_t most = c->settings.max_hosts ? c->settings.max_hosts : HOSTS_AT_ONCE;
	struct child_sa *oldest;

	if (c->connections.instance_count < most)
		return true;
	oldest = list_first(&c->failed_hosts, struct child_sa, node);
	if (!oldest)
		return false;
	route_event(c, oldest->connection, ROUTING_UNROUTE);
	return true;
}

/* Could a tunnel to it be meant? Not to many hosts at once, nor to ourselves. */
static bool is_host_of_others(const struct core *c, const struct address *a)
{
	static const uint8_t all[4] = { 255, 255, 255, 255 };

	for (size_t i = 0; i < c->address_count; i++)
		if (address_eq(&c->addresses[i], a))
			return false;
	if (a->family == FAMILY_IPV6)
		return a->bytes[0] != 0xff && !address_is_any(a);
	return (a->bytes[0] & 0xf0) != 0xe0 && memcmp(a->bytes, all, sizeof(all)) != 0 &&
	       !address_is_any(a);
}

struct connection *opportunistic_for(struct core *c, struct connection *conn,
				     const struct selector *dst, char *reason, size_t size)
{
	const struct address *host = &dst->range.start;
	struct connection *instance;

	if (conn->kind != CONNECTION_TEMPLATE)
		return conn;
	snprintf(reason, size, "it is for no single host that could be a peer");
	if (!address_eq(&dst->range.start, &dst->range.end) || !is_host_of_others(c, host))
		return NULL;
	instance = connection_instance_find(conn, host, &conn->peer->id);
	if (instance && instance->route)
		return instance;
	snprintf(reason, size, "%zu hosts are negotiated with already",
		 c->connections.instance_count);
	if (!instance && !make_room(c))
		return NULL;
	snprintf(reason, size, "out of memory");
	instance = connection_instance(conn, host, &conn->peer->id);
	if (!instance || route_start(c, instance, reason, size) != RC_OK)
		return NULL;
	return instance;
}

void opportunistic_established(struct core *c, struct connection *conn)
{
	struct connection *shunt;

	if (!opportunistic_is_passing(conn))
		return;
	/* what stands of a time when nobody knew who is there */
	shunt = connection_instance_find(conn->template, &conn->peer->host,
					 &conn->template->peer->id);
	if (shunt && shunt != conn && list_is_empty(&shunt->children))
		route_event(c, shunt, ROUTING_UNROUTE);
}

void opportunistic_unroute(struct core *c, struct connection *template)
{
	struct connection *i;

	list_each (i, &template->instances, struct connection, node)
		if (opportunistic_is_passing(i))
			route_event(c, i, ROUTING_UNROUTE);
}
