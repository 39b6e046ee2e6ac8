/* SPDX-License-Identifier: Apache-2.0 */
/* The set of connections: adding, finding by name, orientation, and candidates for a peer. */
#include "conn/connection.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/random.h"

bool connections_init(struct connections *set)
{
	uint8_t key[2][16];

	*set = (struct connections){ .next_serial = 1 };
	if (!random_bytes(key, sizeof(key)))
		return false;
	table_init(&set->by_name, key[0]);
	proposal_pool_init(&set->proposals, key[1]);
	list_init(&set->all);
	return true;
}

void connections_fini(struct connections *set)
{
	struct connection *c;

	list_each (c, &set->all, struct connection, node)
		connection_remove(set, c);
	table_fini(&set->by_name);
	proposal_pool_fini(&set->proposals);
}

struct connection *connection_find(struct connections *set, const char *name)
{
	uint64_t hash = table_hash(&set->by_name, slice_str(name));
	struct table_node *n;

	for (n = table_first(&set->by_name, hash); n; n = table_next(n, hash)) {
		struct connection *c = container_of(n, struct connection, by_name);

		if (strcmp(c->def->config.name, name) == 0)
			return c;
	}
	return NULL;
}

/* Reqids below 16384 are the admins' (ipsec.conf reqid=); ours count from there. */
#define FIRST_OWN_REQID 16384u

struct connection *connection_add(struct connections *set, struct conn_def *def)
{
	struct connection *c = calloc(1, sizeof(*c));
	uint64_t hash = table_hash(&set->by_name, slice_str(def->config.name));

	if (!c || !table_insert(&set->by_name, &c->by_name, hash)) {
		free(c);
		return NULL;
	}
	c->def = def;
	c->serial = set->next_serial++;
	c->reqid = c->def->config.reqid ? (uint32_t)c->def->config.reqid
					: FIRST_OWN_REQID + c->serial * 4;
	c->us = &c->def->left;
	c->peer = &c->def->right;
	list_append(&set->all, &c->node);
	set->count++;
	return c;
}

void connection_remove(struct connections *set, struct connection *c)
{
	table_remove(&set->by_name, &c->by_name);
	list_remove(&c->node);
	set->count--;
	conn_def_free(c->def);
	free(c->def);
	free(c);
}

struct selector connection_peer_client(const struct connection *c, const struct address *remote)
{
	struct selector s = c->peer->client;

	if (c->peer->client_is_host && c->peer->host.family == FAMILY_NONE)
		s.range = (struct range){ .start = *remote, .end = *remote };
	return s;
}

static bool is_ours(const struct address *a, const struct address *ours, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (address_eq(a, &ours[i]))
			return true;
	return false;
}

void connection_orient(struct connection *c, const struct address *ours, size_t count)
{
	bool left = is_ours(&c->def->left.host, ours, count);
	bool right = is_ours(&c->def->right.host, ours, count);

	/* Both or neither being us leaves it open which side to play. */
	c->is_oriented = left != right;
	c->us = right && !left ? &c->def->right : &c->def->left;
	c->peer = right && !left ? &c->def->left : &c->def->right;
}

static bool could_serve(const struct connection *c, const struct address *local,
			const struct address *remote, bool exact)
{
	if (!c->is_oriented || !address_eq(&c->us->host, local))
		return false;
	if (c->peer->host.family == FAMILY_NONE)
		return !exact;
	return exact && address_eq(&c->peer->host, remote);
}

struct connection *connection_for_peer(struct connections *set, const struct address *local,
				       const struct address *remote, struct connection *from)
{
	bool exact = !from || from->peer->host.family != FAMILY_NONE;
	struct list *at = from ? from->node.next : set->all.next;

	for (;;) {
		for (; at != &set->all; at = at->next) {
			struct connection *c = list_entry(at, struct connection, node);

			if (could_serve(c, local, remote, exact))
				return c;
		}
		if (!exact)
			return NULL;
		exact = false;
		at = set->all.next;
	}
}
