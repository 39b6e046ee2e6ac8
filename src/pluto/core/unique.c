/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One peer, one IKE SA (RFC 7296 2.4): established IKE SAs stand in a table by the peer's identity.
 * An INITIAL_CONTACT says that the peer knows of none that is older; without one, uniqueids says what
 * becomes of an older one from another address, and one from the same address is asked after.
 */
#include "core/contact.h"
#include "core/exchange.h"
#include "core/liveness.h"
#include "ctl/codes.h"

static uint64_t peer_hash(const struct core *c, const struct identity *id)
{
	return identity_hash(&c->by_peer, id);
}

void unique_add(struct core *c, struct ike_sa *ike)
{
	/* Without memory for its growth the table lacks it: nothing is replaced then. */
	table_remove(&c->by_peer, &ike->by_peer);
	/* the name of who proved nothing is nobody's */
	if (!ike->peer_is_anonymous)
		table_insert(&c->by_peer, &ike->by_peer, peer_hash(c, &ike->peer_id));
}

void unique_remove(struct core *c, struct ike_sa *ike)
{
	table_remove(&c->by_peer, &ike->by_peer);
}

static struct ike_sa *of_node(struct table_node *n)
{
	return n ? container_of(n, struct ike_sa, by_peer) : NULL;
}

/* Both are permanent connections, or of one template. */
static bool is_same_family(const struct connection *a, const struct connection *b)
{
	return a->template == b->template && a->def->config.type == b->def->config.type;
}

static bool is_same_peer(const struct ike_sa *a, const struct ike_sa *b)
{
	return a != b && (a->phase == IKE_ESTABLISHED || a->phase == IKE_DELETING) &&
	       identity_eq(&a->peer_id, &b->peer_id) &&
	       identity_eq(&a->connection->us->id, &b->connection->us->id);
}

/* Names that many may bear say nothing of who it is. */
static bool is_unique_name(const struct identity *id)
{
	return id->type != ID_NONE && id->type != ID_NULL;
}

bool unique_is_first(struct core *c, const struct ike_sa *ike)
{
	const struct connection *conn = ike->connection;
	uint64_t hash = peer_hash(c, &conn->peer->id);
	struct table_node *n;

	for (n = table_first(&c->by_peer, hash); n; n = table_next(n, hash)) {
		const struct ike_sa *other = of_node(n);

		if (other != ike && identity_eq(&other->peer_id, &conn->peer->id) &&
		    identity_eq(&other->connection->us->id, &conn->us->id))
			return false;
	}
	return is_unique_name(&conn->us->id);
}

static bool is_resumed_by(const struct ike_sa *old, const struct ike_sa *ike)
{
	return ike->session && ike->session->spi_i == old->spi_i &&
	       ike->session->spi_r == old->spi_r;
}

bool unique_refuses(struct core *c, struct ike_sa *ike, const struct message *m)
{
	uint64_t hash = peer_hash(c, &ike->peer_id);
	struct table_node *n;

	if (c->settings.uniqueids != UNIQUE_KEEP || !is_unique_name(&ike->peer_id) ||
	    message_notify(m, N_INITIAL_CONTACT))
		return false;
	for (n = table_first(&c->by_peer, hash); n; n = table_next(n, hash)) {
		struct ike_sa *other = of_node(n);

		if (!is_same_peer(other, ike) || other->phase != IKE_ESTABLISHED ||
		    is_resumed_by(other, ike) ||
		    !is_same_family(other->connection, ike->connection) ||
		    address_eq(&other->remote.address, &ike->remote.address))
			continue;
		/* If it is dead, the next attempt of the newcomer finds it gone. */
		liveness_hint(c, other, "the same peer comes from elsewhere");
		return true;
	}
	return false;
}

/* What was there before this one was begun, and is of the same peer. */
static struct ike_sa *older(struct core *c, const struct ike_sa *ike, const struct ike_sa *after)
{
	uint64_t hash = peer_hash(c, &ike->peer_id);
	struct table_node *n = after ? table_next((struct table_node *)&after->by_peer, hash)
				     : table_first(&c->by_peer, hash);

	for (; n; n = table_next(n, hash)) {
		struct ike_sa *other = of_node(n);

		if (is_same_peer(other, ike) && other->established_usec <= ike->created_usec &&
		    is_same_family(other->connection, ike->connection))
			return other;
	}
	return NULL;
}

static void peer_started_anew(struct core *c, struct ike_sa *ike)
{
	struct ike_sa *old;

	while ((old = older(c, ike, NULL)))
		ike_end(c, old, 0, "the peer started anew (INITIAL_CONTACT)");
}

void unique_enforce(struct core *c, struct ike_sa *ike)
{
	struct ike_sa *old;
	char peer[ENDPOINT_TEXT_LEN];

	if (c->settings.uniqueids == UNIQUE_NEVER || ike->peer_is_anonymous ||
	    !is_unique_name(&ike->peer_id))
		return;
	if (ike->peer_features & FEATURE_INITIAL_CONTACT) {
		peer_started_anew(c, ike);
		return;
	}
	if (c->settings.uniqueids != UNIQUE_REPLACE)
		return;
	for (old = older(c, ike, NULL); old; old = older(c, ike, old)) {
		if (old->phase != IKE_ESTABLISHED)
			continue;
		/* It may have two, or have started anew without a word of it: what was lost is not
		 * answered for, and goes (RFC 7296 2.4). */
		if (address_eq(&old->remote.address, &ike->remote.address)) {
			liveness_hint(c, old, "the same peer has another IKE SA now");
			continue;
		}
		sa_log(c, old, NULL, LOG_LEVEL_INFO, LINE_LOG,
		       "replaced: the same peer is at %s now (uniqueids)",
		       endpoint_format(&ike->remote, peer, sizeof(peer)));
		ike_want(old, WANT_DELETE_IKE, NULL, 0);
		core_kick(c, old);
	}
}
