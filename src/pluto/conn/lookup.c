/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who could serve a peer. Oriented connections stand in two indexes, both by the two addresses:
 * under their ike= proposals for IKE_SA_INIT, which tells nothing else, and under the peer's identity
 * for IKE_AUTH. By what they protect they stand in a third, oriented or not. So a packet costs the same whether ten or a hundred thousand connections are there.
 * RFC 4301 4.4.3 (the PAD) has identities decide; addresses only say where to look.
 */
#include <stdlib.h>
#include <string.h>

#include "conn/connection.h"

/* Connections between two addresses with the same proposals. */
struct host_offer {
	struct list node; /* in host_pair.offers */
	struct host_pair *pair;
	const struct proposals *ike;
	struct list members; /* struct index_entry by offer_node, in order of adding */
};

/* Two addresses, ours first; remote of no family: peers at %any. */
struct host_pair {
	struct table_node node; /* in connections.by_hosts */
	struct address local, remote;
	struct list offers;
};

/* Connections between two addresses for peers of one identity, or for patterns. It is known by its
 * hash alone: who walks it compares anyway. */
struct peer_group {
	struct table_node node; /* in connections.by_peer */
	struct list members;    /* struct index_entry by group_node */
};

/* A connection at one of its peer's addresses. */
struct index_entry {
	struct connection *conn;
	struct host_offer *offer;
	struct peer_group *group;
	struct list offer_node, group_node;
};

static uint64_t pair_hash(const struct table *t, const struct address *local,
			  const struct address *remote, uint64_t more)
{
	struct {
		struct address local, remote;
		uint8_t more[8];
	} key = { .local = *local, .remote = *remote };

	memcpy(key.more, &more, sizeof(more));
	return table_hash(t, slice(&key, sizeof(key)));
}

static struct host_pair *pair_find(struct connections *set, const struct address *local,
				   const struct address *remote)
{
	uint64_t hash = pair_hash(&set->by_hosts, local, remote, 0);
	struct table_node *n;

	for (n = table_first(&set->by_hosts, hash); n; n = table_next(n, hash)) {
		struct host_pair *p = container_of(n, struct host_pair, node);

		if (address_eq(&p->local, local) && address_eq(&p->remote, remote))
			return p;
	}
	return NULL;
}

static struct host_pair *pair_get(struct connections *set, const struct address *local,
				  const struct address *remote)
{
	struct host_pair *p = pair_find(set, local, remote);

	if (p || !(p = calloc(1, sizeof(*p))))
		return p;
	p->local = *local;
	p->remote = *remote;
	list_init(&p->offers);
	if (table_insert(&set->by_hosts, &p->node, pair_hash(&set->by_hosts, local, remote, 0)))
		return p;
	free(p);
	return NULL;
}

static struct host_offer *offer_get(struct host_pair *pair, const struct proposals *ike)
{
	struct host_offer *o;

	list_each (o, &pair->offers, struct host_offer, node)
		if (o->ike == ike)
			return o;
	o = calloc(1, sizeof(*o));
	if (!o)
		return NULL;
	o->pair = pair;
	o->ike = ike;
	list_init(&o->members);
	list_append(&pair->offers, &o->node);
	return o;
}

static void pair_drop_if_empty(struct connections *set, struct host_pair *p)
{
	if (!list_is_empty(&p->offers))
		return;
	table_remove(&set->by_hosts, &p->node);
	free(p);
}

static void offer_leave(struct index_entry *x)
{
	struct host_offer *o = x->offer;

	if (!o)
		return;
	list_remove(&x->offer_node);
	if (!list_is_empty(&o->members))
		return;
	list_remove(&o->node);
	pair_drop_if_empty(x->conn->set, o->pair);
	free(o);
}

/* All patterns of a pair are one group. */
static uint64_t group_hash(const struct connections *set, const struct address *local,
			   const struct address *remote, const struct identity *id)
{
	uint64_t more = id ? identity_hash(&set->by_peer, id) | 1 : 0;

	return pair_hash(&set->by_peer, local, remote, more);
}

static struct peer_group *group_find(struct connections *set, uint64_t hash)
{
	struct table_node *n = table_first(&set->by_peer, hash);

	return n ? container_of(n, struct peer_group, node) : NULL;
}

static struct peer_group *group_get(struct connections *set, uint64_t hash)
{
	struct peer_group *g = group_find(set, hash);

	if (g || !(g = calloc(1, sizeof(*g))))
		return g;
	list_init(&g->members);
	if (table_insert(&set->by_peer, &g->node, hash))
		return g;
	free(g);
	return NULL;
}

static void group_leave(struct index_entry *x)
{
	struct peer_group *g = x->group;

	if (!g)
		return;
	list_remove(&x->group_node);
	if (!list_is_empty(&g->members))
		return;
	table_remove(&x->conn->set->by_peer, &g->node);
	free(g);
}

void connection_unindex(struct connection *c)
{
	for (uint8_t i = 0; i < c->entry_count; i++) {
		offer_leave(&c->entries[i]);
		group_leave(&c->entries[i]);
	}
	free(c->entries);
	c->entries = NULL;
	c->entry_count = 0;
	pair_index_leave(&c->set->clients, &c->us->clients, &c->peer->clients, &c->clients);
}

static void enter(struct index_entry *x, const struct address *remote)
{
	struct connection *c = x->conn;
	const struct identity *id = identity_is_pattern(&c->peer->id) ? NULL : &c->peer->id;
	struct connections *set = c->set;
	struct host_pair *pair = pair_get(set, &c->us->host, remote);

	if (!pair)
		return;
	x->offer = offer_get(pair, c->def->ike);
	if (!x->offer) {
		pair_drop_if_empty(set, pair);
		return;
	}
	list_append(&x->offer->members, &x->offer_node);
	x->group = group_get(set, group_hash(set, &c->us->host, remote, id));
	if (x->group)
		list_append(&x->group->members, &x->group_node);
}

/* Short memory leaves it out: the peer's request is then refused, as with no connection at all. */
void connection_index(struct connection *c)
{
	const struct conn_end *peer = c->peer;

	connection_unindex(c);
	if (c->is_deleted || c->kind == CONNECTION_INSTANCE)
		return;
	pair_index_enter(&c->set->clients, c, &c->us->clients, &peer->clients, &c->clients);
	if (!c->is_oriented || connection_is_unresolved(c))
		return;
	c->entries = calloc(peer->host_count ? peer->host_count : 1, sizeof(*c->entries));
	if (!c->entries)
		return;
	c->entry_count = peer->host_count ? peer->host_count : 1;
	for (uint8_t i = 0; i < c->entry_count; i++) {
		c->entries[i].conn = c;
		enter(&c->entries[i], peer->host_count ? &peer->hosts[i] : &peer->host);
	}
}

struct connection_walk connection_walk(struct connections *set, const struct address *local,
				       const struct address *remote, const struct identity *id)
{
	return (struct connection_walk){ .set = set, .local = *local, .remote = *remote, .id = id };
}

#define STAGES 4

/* The list of the next stage; NULL when it has none. */
static struct list *next_stage(struct connection_walk *w)
{
	static const struct address any = { 0 };
	uint8_t stage = w->stage++;
	const struct address *remote;

	if (!w->id) {
		struct host_pair *p = NULL;

		if (stage < 2)
			p = pair_find(w->set, &w->local, stage == 0 ? &w->remote : &any);
		return p ? &p->offers : NULL;
	}
	remote = stage < 2 ? &w->remote : &any;
	{
		struct peer_group *g = group_find(
			w->set, group_hash(w->set, &w->local, remote, stage % 2 ? NULL : w->id));

		return g ? &g->members : NULL;
	}
}

struct connection *connection_walk_next(struct connection_walk *w)
{
	while (!w->head || w->at == w->head) {
		if (w->stage == STAGES)
			return NULL;
		w->head = next_stage(w);
		w->at = w->head ? w->head->next : NULL;
	}
	w->at = w->at->next;
	if (w->id)
		return list_entry(w->at->prev, struct index_entry, group_node)->conn;
	return list_first(&list_entry(w->at->prev, struct host_offer, node)->members,
			  struct index_entry, offer_node)
		->conn;
}

struct connection *connection_of_packet(struct connections *set, const struct selector *local,
					const struct selector *remote)
{
	struct pair_walk w = pair_walk(&set->clients, local, remote);
	struct connection *c, *first = NULL;

	while ((c = pair_walk_next(&w)))
		if (selectors_contain(&c->us->clients, local) &&
		    selectors_contain(&c->peer->clients, remote) &&
		    (!first || c->serial < first->serial))
			first = c;
	return first;
}
