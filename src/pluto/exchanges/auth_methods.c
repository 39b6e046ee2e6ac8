/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SUPPORTED_AUTH_METHODS (RFC 9593): the ways in which an end lets itself be convinced, so that the
 * other one chooses a credential of several that will do. An announcement is its length, the
 * authentication method, and for signatures the CA it is for (0: any) and for method 14 the
 * AlgorithmIdentifier.
 */
#include "base/cursor.h"
#include "exchanges/auth.h"
#include "exchanges/extensions.h"

static void put_plain(struct writer *w, uint8_t method)
{
	writer_u8(w, 2);
	writer_u8(w, method);
}

static void put_signature(struct writer *w, const struct signature_alg *a)
{
	struct slice id = a->identifiers[0];

	writer_u8(w, (uint8_t)(3 + id.len));
	writer_u8(w, AUTH_DIGITAL_SIGNATURE);
	writer_u8(w, 0);
	writer_put(w, id);
}

static void put_classic(struct writer *w, uint8_t method)
{
	writer_u8(w, 3);
	writer_u8(w, method);
	writer_u8(w, 0);
}

bool methods_are_announced(struct run *r)
{
	return r->ike->connection->def->config.announce_auth;
}

static void put_all(struct writer *w, uint32_t allow)
{
	const struct signature_alg *a;

	for (size_t i = 0; (a = signature_at(i)); i++)
		if ((a->allow & allow) && a->hash != HASH_SHA1)
			put_signature(w, a);
	for (size_t i = 0; (a = signature_at(i)); i++)
		if ((a->allow & allow) && a->method)
			put_classic(w, a->method);
	if (allow & ALLOW_PSK)
		put_plain(w, AUTH_SHARED_KEY);
	if (allow & ALLOW_NULL)
		put_plain(w, AUTH_NULL);
}

/* Straight into the message: a list that has no room makes it fail and not the peer guess, for who announces
 * nothing takes all (RFC 9593 3.1). */
void methods_put(struct run *r, struct builder *b)
{
	uint32_t allow = r->ike->connection->peer->auth;

	if (!(allow & (ALLOW_ANY_SIGNATURE | ALLOW_PSK | ALLOW_NULL)))
		return;
	builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_SUPPORTED_AUTH_METHODS, SLICE_EMPTY);
	put_all(builder_body(b), allow);
}

static uint32_t bit_of(const struct signature_alg *wanted)
{
	for (size_t i = 0; wanted && i < 32; i++)
		if (signature_at(i) == wanted)
			return 1u << i;
	return 0;
}

/* What is not known here is skipped (RFC 9593 3.2); an empty list comes later, or not at all. */
void methods_take(struct run *r, const struct notify *n)
{
	struct peer_methods *p = &r->ike->peer_methods;
	struct cursor c = cursor_of(n->data);
	struct slice rest;
	uint8_t len, method;

	*p = (struct peer_methods){ 0 };
	while (cursor_left(&c) > 0) {
		if (!cursor_u8(&c, "length of an announcement", &len) || len < 2 ||
		    !cursor_u8(&c, "authentication method", &method) ||
		    !cursor_take(&c, "announcement", len - 2u, &rest))
			return;
		p->is_told = true;
		if (method < 32)
			p->methods |= 1u << method;
		if (method == AUTH_DIGITAL_SIGNATURE && rest.len > 1)
			p->algs |=
				bit_of(signature_by_identifier(slice(rest.data + 1, rest.len - 1)));
	}
}
