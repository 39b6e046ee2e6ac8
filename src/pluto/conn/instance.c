/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instances of templates. An instance shares its template's definition and holds of its own only who
 * the peer is; it is found by template, address and identity, so that a peer that comes again finds
 * its own one. Called when a peer has proven its identity, and when an admin names a peer's address.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static uint64_t instance_hash(const struct connections *set, uint32_t template,
			      const struct address *remote, const struct identity *id)
{
	struct {
		struct address remote;
		uint8_t template[4], id[8];
	} key = { .remote = *remote };
	uint64_t of_id = identity_hash(&set->by_name, id);

	memcpy(key.template, &template, sizeof(template));
	memcpy(key.id, &of_id, sizeof(of_id));
	return table_hash(&set->by_name, slice(&key, sizeof(key)));
}

static uint64_t own_hash(const struct connection *c)
{
	return instance_hash(c->set, c->template->serial, &c->own_peer->host, &c->own_peer->id);
}

struct connection *connection_instance_find(struct connection *template,
					    const struct address *remote,
					    const struct identity *peer_id)
{
	struct connections *set = template->set;
	uint64_t hash = instance_hash(set, template->serial, remote, peer_id);
	struct table_node *n;

	for (n = table_first(&set->by_name, hash); n; n = table_next(n, hash)) {
		struct connection *c = container_of(n, struct connection, by_name);

		if (c->template == template && address_eq(&c->own_peer->host, remote) &&
		    identity_eq(&c->own_peer->id, peer_id))
			return c;
	}
	return NULL;
}

static void end_free(struct conn_end *end)
{
	if (!end)
		return;
	identity_free(&end->id);
	selectors_free(&end->clients);
	free(end);
}

/* The template's peer at this address and of this identity. */
static struct conn_end *peer_of(const struct connection *template, const struct address *remote,
				const struct identity *peer_id)
{
	struct conn_end *end = malloc(sizeof(*end));
	struct selectors ours = { 0 };

	if (!end)
		return NULL;
	*end = *template->peer;
	end->host = *remote;
	end->hosts = NULL;
	end->host_count = 0;
	end->id = (struct identity){ 0 };
	end->clients = (struct selectors){ 0 };
	if (connection_clients(template, remote, &ours, &end->clients) &&
	    identity_copy(peer_id, &end->id)) {
		selectors_free(&ours);
		return end;
	}
	selectors_free(&ours);
	end_free(end);
	return NULL;
}

static bool enter(struct connection *c)
{
	struct connections *set = c->set;

	if (!table_insert(&set->by_name, &c->by_name, own_hash(c)))
		return false;
	if (connection_register(c))
		return true;
	table_remove(&set->by_name, &c->by_name);
	return false;
}

struct connection *connection_instance(struct connection *template, const struct address *remote,
				       const struct identity *peer_id)
{
	struct connection *c = connection_instance_find(template, remote, peer_id);

	if (c)
		return c;
	c = connection_new(template->set, template->def);
	if (!c)
		return NULL;
	c->kind = CONNECTION_INSTANCE;
	c->template = template;
	c->is_oriented = template->is_oriented;
	c->us = template->us;
	c->peer = c->own_peer = peer_of(template, remote, peer_id);
	if (!c->own_peer || !enter(c)) {
		end_free(c->own_peer);
		free(c);
		return NULL;
	}
	c->instance = ++template->instances_made;
	list_append(&template->instances, &c->node);
	template->set->instance_count++;
	connection_unused(c);
	return c;
}

bool connection_instance_named(struct connection *c, const struct identity *peer_id)
{
	struct identity copy;

	if (c->kind != CONNECTION_INSTANCE || identity_eq(&c->own_peer->id, peer_id))
		return true;
	if (!identity_copy(peer_id, &copy))
		return false;
	table_remove(&c->set->by_name, &c->by_name);
	identity_free(&c->own_peer->id);
	c->own_peer->id = copy;
	/* the table has its buckets: an insert cannot fail */
	return table_insert(&c->set->by_name, &c->by_name, own_hash(c));
}

void connection_instance_fini(struct connection *c)
{
	c->set->instance_count--;
	end_free(c->own_peer);
	connection_unused(c->template);
}
