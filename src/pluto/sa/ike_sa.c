/* SPDX-License-Identifier: Apache-2.0 */
/* Making and freeing IKE SAs, their slots and wants. What they do is core/ and exchanges/. */
#include "sa/ike_sa.h"

#include <stdlib.h>

struct ike_sa *ike_sa_new(uint32_t serial, struct connection *c, bool is_initiator)
{
	struct ike_sa *ike = calloc(1, sizeof(*ike));

	if (!ike)
		return NULL;
	ike->serial = serial;
	ike_sa_set_connection(ike, c);
	ike->is_initiator = ike->began = is_initiator;
	ike->phase = is_initiator ? IKE_STARTING : IKE_HALF_OPEN;
	ike->expires_usec = ike->rekey_usec = USEC_NEVER;
	ike->look_usec = ike->reply_drop_usec = USEC_NEVER;
	list_init(&ike->children);
	list_init(&ike->wants);
	list_init(&ike->half_open_node);
	return ike;
}

void auth_scratch_free(struct auth_scratch *a)
{
	if (!a)
		return;
	credential_free(&a->own);
	bytes_free(&a->data);
	free(a);
}

static void scratch_free(struct scratch *s)
{
	bytes_free(&s->rival_ni);
	bytes_free(&s->rival_nr);
	auth_scratch_free(s->auth);
	bytes_free(&s->ni);
	bytes_free(&s->nr);
	secret_free(&s->ke_private);
	bytes_free(&s->ke_public);
	bytes_free(&s->ke_peer);
	secret_free(&s->ke_shared);
	secret_free(&s->first_shared);
	secret_free(&s->more_shared);
	bytes_free(&s->link);
	child_keys_free(&s->child_keys);
	bytes_free(&s->ppk.name);
	secret_free(&s->ppk.other);
	bytes_free(&s->ppk.plain_auth);
	wipe(s, sizeof(*s));
}

void followup_free(struct ike_sa *ike)
{
	if (!ike->followup)
		return;
	scratch_free(&ike->followup->scratch);
	free(ike->followup);
	ike->followup = NULL;
}

void slot_forget_message(struct slot *s)
{
	bytes_free(&s->datagram);
	arena_free(&s->arena);
	s->message = (struct message){ 0 };
	s->row = NULL;
	s->step = 0;
	s->ticket = 0;
}

void slot_reset(struct slot *s)
{
	slot_forget_message(s);
	scratch_free(&s->scratch);
}

void ike_sa_set_connection(struct ike_sa *ike, struct connection *c)
{
	struct connection *old = ike->connection;

	list_remove(&ike->conn_node);
	ike->connection = c;
	if (c)
		list_append(&c->ike_sas, &ike->conn_node);
	if (old)
		connection_unused(old);
}

void ike_sa_take_config(struct ike_sa *ike, struct ike_sa *from)
{
	if (from == ike || ike->config)
		return;
	ike->config = from->config;
	from->config = NULL;
}

void ike_sa_adopt(struct ike_sa *ike, struct child_sa *child)
{
	if (child->ike)
		ike_sa_take_config(ike, child->ike);
	list_remove(&child->node);
	child->ike = ike;
	list_append(&ike->children, &child->node);
}

void want_free(struct want *w)
{
	list_remove(&w->node);
	list_remove(&w->conn_node);
	if (w->connection)
		connection_unused(w->connection);
	selectors_free(&w->local);
	selectors_free(&w->remote);
	free(w);
}

bool ike_want(struct ike_sa *ike, enum want_kind kind, struct connection *c, uint32_t child_serial)
{
	struct want *w = calloc(1, sizeof(*w));

	if (!w)
		return false;
	w->kind = (uint8_t)kind;
	w->ike = ike;
	w->connection = c;
	if (c)
		list_append(&c->wants, &w->conn_node);
	w->child_serial = child_serial;
	list_append(&ike->wants, &w->node);
	return true;
}

bool ike_want_child(struct ike_sa *ike, struct connection *c, struct selectors *local,
		    struct selectors *remote)
{
	struct want *w;

	if (!ike_want(ike, WANT_CHILD, c, 0))
		return false;
	w = list_entry(ike->wants.prev, struct want, node);
	w->local = *local;
	w->remote = *remote;
	*local = *remote = (struct selectors){ 0 };
	return true;
}

struct want *ike_find_want(struct ike_sa *ike, enum want_kind kind, uint32_t child_serial)
{
	struct want *w;

	list_each (w, &ike->wants, struct want, node)
		if (w->kind == kind && (child_serial == 0 || w->child_serial == child_serial))
			return w;
	return NULL;
}

bool ike_is_empty(const struct ike_sa *ike)
{
	return list_is_empty(&ike->children) && list_is_empty(&ike->wants);
}

void outgoing_free(struct outgoing *o)
{
	wipe(o->text.data, o->text.len);
	bytes_free(&o->text);
	bytes_free(&o->wire);
	*o = (struct outgoing){ 0 };
}

void held_free(struct held *h)
{
	bytes_free(&h->datagram);
	free(h);
}

void init_variants_free(struct ike_sa *ike)
{
	while (ike->variant_count > 0) {
		struct init_variant *v = &ike->variants[--ike->variant_count];

		secret_free(&v->ke_private);
		bytes_free(&v->ke_public);
		bytes_free(&v->message);
	}
}

static void fragments_free(struct slot *s)
{
	if (s->fragments)
		fragments_clear(s->fragments);
	free(s->fragments);
	s->fragments = NULL;
}

void ike_sa_free(struct ike_sa *ike)
{
	struct held *h;
	struct child_sa *child;
	struct want *w;

	if (!ike)
		return;
	list_each (child, &ike->children, struct child_sa, node)
		child_sa_free(child);
	ike_config_free(ike->config);
	list_each (w, &ike->wants, struct want, node)
		want_free(w);
	slot_reset(&ike->ours);
	slot_reset(&ike->theirs);
	followup_free(ike);
	outgoing_free(&ike->request.out);
	outgoing_free(&ike->reply);
	fragments_free(&ike->ours);
	fragments_free(&ike->theirs);
	while ((h = ike->held)) {
		ike->held = h->next;
		held_free(h);
	}
	init_variants_free(ike);
	bytes_free(&ike->init_low);
	bytes_free(&ike->first_message);
	bytes_free(&ike->peer_first_message);
	bytes_free(&ike->int_auth);
	bytes_free(&ike->nonce);
	bytes_free(&ike->peer_nonce);
	bytes_free(&ike->cookie);
	bytes_free(&ike->peer_token);
	bytes_free(&ike->peer_certreq);
	identity_free(&ike->peer_id);
	free(ike->peer_ca);
	identity_free(&ike->own_id);
	session_free(ike->session);
	ike_sa_set_connection(ike, NULL);
	ike_keys_free(&ike->keys);
	free(ike);
}

struct child_sa *ike_child_by_serial(struct ike_sa *ike, uint32_t serial)
{
	struct child_sa *child;

	list_each (child, &ike->children, struct child_sa, node)
		if (child->serial == serial)
			return child;
	return NULL;
}

struct child_sa *ike_child_by_spi_out(struct ike_sa *ike, uint32_t spi)
{
	struct child_sa *child;

	list_each (child, &ike->children, struct child_sa, node)
		if (child->spi_out == spi && spi != 0)
			return child;
	return NULL;
}

struct child_sa *ike_child_by_spi_in(struct ike_sa *ike, uint32_t spi)
{
	struct child_sa *child;

	list_each (child, &ike->children, struct child_sa, node)
		if (child->spi_in == spi && spi != 0)
			return child;
	return NULL;
}
