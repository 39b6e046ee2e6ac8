/* SPDX-License-Identifier: Apache-2.0 */
/* IKE SAs as they are kept: what was agreed and proven, and the two windows. */
#include <stdlib.h>

#include "sa/kept.h"
#include "sa/kept_child.h"
#include "wire/message.h"

#define KEYS_MAX 1024
#define MESSAGE_MAX 65536 /* with all its fragments */
#define NONCE_MAX 256
#define VALUE_MAX 4096 /* of a key exchange */
#define LINK_MAX 256
#define TOKEN_MAX 128
#define CA_MAX 4096
#define WANTS_MAX 255

void pack_head(struct pack *p, struct kept_head *h)
{
	pack_u32(p, "number", &h->serial);
	pack_connection(p, "connection", &h->connection);
	pack_bool(p, "role", &h->is_initiator);
	pack_u64(p, "SPI", &h->spi_i);
	pack_u64(p, "SPI", &h->spi_r);
	pack_endpoint(p, "local end", &h->local);
	pack_endpoint(p, "remote end", &h->remote);
	if (p->is_reading && (!h->connection || !h->serial || !h->spi_i || !h->spi_r))
		cursor_fail(&p->in, "SPI");
}

/* The lease of one address that we gave: its pool's range and whose it is. */
static void pack_lease(struct pack *p, struct lease **lease, const struct address *a)
{
	struct identity id = { 0 };
	struct range range = { 0 };
	bool is_there = *lease != NULL;
	struct pool *pool;

	pack_bool(p, "lease", &is_there);
	if (!is_there)
		return;
	if (!p->is_reading) {
		range = (*lease)->pool->range;
		pack_range(p, "pool", &range);
		pack_identity(p, "lease", &(*lease)->id);
		return;
	}
	pack_range(p, "pool", &range);
	pack_identity(p, "lease", &id);
	pool = pack_ok(p) ? pool_find(&p->set->pools, &range) : NULL;
	*lease = pool ? pool_lease_again(pool, &id, a) : NULL;
	if (!*lease)
		cursor_fail(&p->in, "lease");
	identity_free(&id);
}

static void pack_config(struct pack *p, struct ike_sa *ike)
{
	bool is_there = ike->config != NULL;
	struct ike_config *c;

	pack_bool(p, "configuration", &is_there);
	if (!is_there)
		return;
	if (p->is_reading && !(ike->config = calloc(1, sizeof(*ike->config)))) {
		cursor_fail(&p->in, "memory");
		return;
	}
	c = ike->config;
	pack_bool(p, "configuration", &c->is_server);
	for (size_t i = 0; i < ARRAY_LEN(c->addresses); i++) {
		pack_address(p, "address", &c->addresses[i]);
		pack_lease(p, &c->leases[i], &c->addresses[i]);
	}
	pack_enum(p, "servers", &c->dns_count, CONFIG_DNS_MAX + 1);
	for (uint8_t i = 0; i < c->dns_count; i++)
		pack_address(p, "server", &c->dns[i]);
	pack_text(p, "domains", c->domains, sizeof(c->domains));
	pack_text(p, "banner", c->banner, sizeof(c->banner));
}

static void pack_peer(struct pack *p, struct ike_sa *ike)
{
	pack_identity(p, "peer", &ike->peer_id);
	pack_u32(p, "features", &ike->peer_features);
	pack_u16(p, "hashes", &ike->peer_hashes);
	pack_bool(p, "anonymity", &ike->peer_is_anonymous);
	pack_enum(p, "addresses", &ike->peer_address_count, ARRAY_LEN(ike->peer_addresses) + 1);
	for (uint8_t i = 0; i < ike->peer_address_count; i++)
		pack_address(p, "address", &ike->peer_addresses[i]);
	pack_string(p, "CA", &ike->peer_ca, CA_MAX);
	pack_identity(p, "own identity", &ike->own_id);
	pack_bool(p, "ticket", &ike->is_resumed);
	pack_u64(p, "proof", &ike->authenticated_sec);
	pack_u64(p, "proof", &ike->proof_until_sec);
	pack_u64(p, "ticket", &ike->ticket_until_sec);
	pack_bytes(p, "token", &ike->peer_token, TOKEN_MAX);
	pack_bool(p, "redirection", &ike->is_redirected);
	pack_address(p, "redirection", &ike->redirect_to);
}

static void pack_path(struct pack *p, struct ike_sa *ike)
{
	pack_bool(p, "marker", &ike->natt);
	pack_bool(p, "NAT", &ike->nat_here);
	pack_bool(p, "NAT", &ike->nat_there);
	pack_endpoint(p, "first remote end", &ike->init_remote);
	pack_u16(p, "fragment size", &ike->fragment_size);
	pack_u32(p, "path version", &ike->path_version);
	pack_bool(p, "beginner", &ike->began);
}

static void pack_life(struct pack *p, struct ike_sa *ike)
{
	pack_u64(p, "time", &ike->created_usec);
	pack_u64(p, "time", &ike->established_usec);
	pack_u64(p, "time", &ike->established_wall_sec);
	pack_u64(p, "rekey time", &ike->rekey_usec);
	pack_u64(p, "expiry", &ike->expires_usec);
	pack_bool(p, "replacement", &ike->is_replaced);
	pack_u64(p, "replaced SPI", &ike->replaces_spi);
	pack_u32(p, "reauthentication", &ike->reauthenticates);
	pack_alg(p, "group", TRANSFORM_KE, &ike->ke_group);
	pack_u8(p, "refusals", &ike->refusals);
	pack_bytes(p, "nonce", &ike->init_low, NONCE_MAX);
}

/* Of these an IKE SA consists. */
static bool has_suite(const struct ike_sa *ike)
{
	const struct suite *s = &ike->suite;

	return s->encr && s->prf && s->ke && (s->encr->flags & ALG_IKE) &&
	       ((s->encr->flags & ALG_AEAD) || s->integ) && alg_is_available(s->encr) &&
	       alg_is_available(s->prf);
}

void pack_ike(struct pack *p, struct ike_sa *ike, uint64_t *send_limit)
{
	pack_enum(p, "phase", &ike->phase, IKE_DELETING + 1);
	if (p->is_reading && ike->phase < IKE_ESTABLISHED)
		cursor_fail(&p->in, "phase");
	pack_suite(p, "suite", &ike->suite);
	pack_secret(p, "keys", &ike->keys.all, KEYS_MAX);
	if (p->is_reading && pack_ok(p) &&
	    (!has_suite(ike) || !keymat_ike_cut(&ike->suite, &ike->keys)))
		cursor_fail(&p->in, "keys");
	pack_u64(p, "counter", send_limit);
	if (p->is_reading)
		ike->send_counter = *send_limit;
	pack_peer(p, ike);
	pack_path(p, ike);
	pack_life(p, ike);
	pack_config(p, ike);
}

/* Each of the messages in it must be of this IKE SA. */
static bool is_of(const struct ike_sa *ike, struct slice wire)
{
	struct ike_header h;
	struct slice one;

	while ((one = fragment_next(&wire)).len > 0)
		if (!header_parse(one, &h) || h.spi_i != ike->spi_i || h.spi_r != ike->spi_r)
			return false;
	return true;
}

static void pack_outgoing(struct pack *p, const struct ike_sa *ike, struct outgoing *o)
{
	pack_bytes(p, "message", &o->wire, MESSAGE_MAX);
	pack_bytes(p, "text of a message", &o->text, MESSAGE_MAX);
	pack_u8(p, "text of a message", &o->inner_type);
	pack_u16(p, "message size", &o->size);
	if (p->is_reading && !is_of(ike, bytes_slice(&o->wire)))
		cursor_fail(&p->in, "message");
}

static void pack_request(struct pack *p, struct ike_sa *ike, struct request *r)
{
	pack_outgoing(p, ike, &r->out);
	pack_u8(p, "exchange", &r->exchange);
	pack_u32(p, "message ID", &r->message_id);
	pack_bool(p, "probe", &r->is_probe);
	if (p->is_reading && r->out.wire.data && r->message_id != ike->next_message_id)
		cursor_fail(&p->in, "message ID");
}

/* What the answer to a request in flight needs. */
static void pack_scratch(struct pack *p, struct scratch *s)
{
	pack_enum(p, "purpose", &s->purpose, PURPOSE_DELETE_IKE + 1);
	pack_bool(p, "update", &s->is_update);
	pack_bool(p, "cookie", &s->has_cookie2);
	pack_u32(p, "path version", &s->path_version);
	pack_u8(p, "tries", &s->tries);
	pack_u32(p, "old child", &s->old_serial);
	pack_bool(p, "old child", &s->old_is_unknown);
	pack_u32(p, "rival", &s->rival_serial);
	pack_u64(p, "rival", &s->rival_spi);
	pack_bytes(p, "nonce", &s->rival_ni, NONCE_MAX);
	pack_bytes(p, "nonce", &s->rival_nr, NONCE_MAX);
	pack_u64(p, "new SPI", &s->new_spi);
	pack_u64(p, "new SPI", &s->peer_new_spi);
	pack_suite(p, "new suite", &s->ike_suite);
	pack_alg(p, "group", TRANSFORM_KE, &s->group);
	pack_bytes(p, "nonce", &s->ni, NONCE_MAX);
	pack_bytes(p, "nonce", &s->nr, NONCE_MAX);
	pack_secret(p, "private value", &s->ke_private, VALUE_MAX);
	pack_bytes(p, "public value", &s->ke_public, VALUE_MAX);
	pack_u8(p, "rounds", &s->ke_rounds);
	pack_u8(p, "rounds", &s->addkes_done);
	pack_secret(p, "shared secret", &s->first_shared, VALUE_MAX);
	pack_secret(p, "shared secret", &s->more_shared, VALUE_MAX * ADDKE_MAX);
	pack_bytes(p, "link", &s->link, LINK_MAX);
	pack_enum(p, "gone children", &s->gone_count, ARRAY_LEN(s->gone_spis) + 1);
	for (uint8_t i = 0; i < s->gone_count; i++)
		pack_u32(p, "gone child", &s->gone_spis[i]);
	if (p->is_reading &&
	    (s->purpose == PURPOSE_CREATE_CHILD || s->purpose == PURPOSE_REKEY_CHILD ||
	     s->purpose == PURPOSE_REKEY_IKE) &&
	    s->ni.len == 0)
		cursor_fail(&p->in, "nonce");
	if (p->is_reading && s->purpose == PURPOSE_REKEY_IKE && (!s->new_spi || !s->group))
		cursor_fail(&p->in, "new SPI");
}

/* Borrows from the exchange; false: it was not wanted, or can be left. */
static bool begun_want(struct ike_sa *ike, struct want *w)
{
	const struct scratch *s = &ike->ours.scratch;

	*w = (struct want){ .tries = s->tries };
	switch ((enum purpose)s->purpose) {
	case PURPOSE_CREATE_CHILD:
		if (!s->child)
			return false;
		w->kind = WANT_CHILD;
		w->connection = s->child->connection;
		w->local = s->child->ts_local;
		w->remote = s->child->ts_remote;
		return true;
	case PURPOSE_REKEY_CHILD:
		w->kind = s->old_is_unknown ? WANT_RENEW_CHILD : WANT_REKEY_CHILD;
		w->child_serial = s->old_serial;
		return true;
	case PURPOSE_REKEY_IKE:
		w->kind = WANT_REKEY_IKE;
		return true;
	default:
		return false;
	}
}

static void pack_want(struct pack *p, struct ike_sa *ike, struct want *w)
{
	struct connection *conn = w ? w->connection : NULL;
	uint8_t kind = w ? w->kind : 0;
	uint32_t child = w ? w->child_serial : 0;

	pack_enum(p, "wish", &kind, WANT_TELL + 1);
	pack_connection(p, "wish", &conn);
	pack_u32(p, "wish", &child);
	if (p->is_reading && kind == WANT_CHILD && !conn)
		cursor_fail(&p->in, "wish");
	if (p->is_reading) {
		if (!pack_ok(p) || !ike_want(ike, (enum want_kind)kind, conn, child)) {
			cursor_fail(&p->in, "memory");
			return;
		}
		w = list_entry(ike->wants.prev, struct want, node);
	}
	pack_u64(p, "wish", &w->when_usec);
	pack_u8(p, "wish", &w->tries);
	pack_selectors(p, "wish", &w->local);
	pack_selectors(p, "wish", &w->remote);
}

void pack_wants(struct pack *p, struct ike_sa *ike, bool is_begun)
{
	struct want begun, *w;
	uint8_t count = 0;

	is_begun = is_begun && begun_want(ike, &begun);
	if (!p->is_reading)
		list_each (w, &ike->wants, struct want, node)
			count = (uint8_t)(count + (count < WANTS_MAX - 1));
	count = (uint8_t)(count + is_begun);
	pack_u8(p, "wishes", &count);
	if (p->is_reading) {
		while (count-- > 0 && pack_ok(p))
			pack_want(p, ike, NULL);
		return;
	}
	if (is_begun && count--)
		pack_want(p, ike, &begun);
	list_each (w, &ike->wants, struct want, node)
		if (count > 0 && count--)
			pack_want(p, ike, w);
}

void pack_ours(struct pack *p, struct ike_sa *ike)
{
	/* an answer is at work and what it makes is kept by itself: nothing is in flight */
	bool in_flight = !ike->ours.row && ike->request.out.wire.data;

	pack_u32(p, "message ID", &ike->next_message_id);
	pack_bool(p, "request", &in_flight);
	if (in_flight) {
		pack_request(p, ike, &ike->request);
		pack_raw(p, "cookie", ike->cookie2, sizeof(ike->cookie2));
		pack_scratch(p, &ike->ours.scratch);
		pack_slot_child(p, ike);
		if (p->is_reading && (!ike->request.out.wire.data ||
				      ((ike->ours.scratch.purpose == PURPOSE_CREATE_CHILD ||
					ike->ours.scratch.purpose == PURPOSE_REKEY_CHILD) &&
				       !ike->ours.scratch.child)))
			cursor_fail(&p->in, "request");
	}
}

void pack_theirs(struct pack *p, struct ike_sa *ike)
{
	pack_u32(p, "message ID", &ike->expected_message_id);
	pack_outgoing(p, ike, &ike->reply);
	pack_u64(p, "time", &ike->reply_drop_usec);
	pack_u16(p, "fragments", &ike->reply_total);
}
