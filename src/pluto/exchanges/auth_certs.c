/* SPDX-License-Identifier: Apache-2.0 */
/* CERT and CERTREQ payloads (RFC 7296 3.6, 3.7) and the hashes of RFC 7427. */
#include "exchanges/auth.h"
#include "exchanges/extensions.h"

void auth_put_certs(struct run *r, struct builder *b)
{
	const struct auth_scratch *s = r->slot->scratch.auth;
	uint64_t policy = own_config(r->ike->connection)->send_cert;

	if (policy == SEND_CERT_NEVER || (policy == SEND_CERT_IF_ASKED && !r->ike->peer_asks_cert))
		return;
	for (uint8_t i = 0; i < s->own.cert_count; i++) {
		builder_payload(b, PAYLOAD_CERT);
		writer_u8(builder_body(b), CERT_X509_SIGNATURE);
		writer_put(builder_body(b), bytes_slice(&s->own.certs[i]));
	}
	if (s->own.ocsp.len > 0) {
		builder_payload(b, PAYLOAD_CERT);
		writer_u8(builder_body(b), CERT_OCSP);
		writer_put(builder_body(b), bytes_slice(&s->own.ocsp));
	}
}

void auth_put_certreq(struct run *r, struct builder *b)
{
	struct core *c = r->core;

	if (c->ca_hashes.len > 0) {
		builder_payload(b, PAYLOAD_CERTREQ);
		writer_u8(builder_body(b), CERT_X509_SIGNATURE);
		writer_put(builder_body(b), bytes_slice(&c->ca_hashes));
	}
	if (!(r->ike->connection->def->config.ocsp_staple & OCSP_STAPLE_REQUEST))
		return;
	builder_payload(b, PAYLOAD_CERTREQ);
	writer_u8(builder_body(b), CERT_OCSP);
	writer_put(builder_body(b), bytes_slice(&c->responder_hash));
}

bool auth_take_certreq(struct ike_sa *ike, const struct message *m)
{
	size_t len = 0;
	struct writer w;

	for (uint8_t i = 0; i < m->certreq_count; i++) {
		ike->peer_asks_ocsp |= m->certreqs[i].encoding == CERT_OCSP;
		if (m->certreqs[i].encoding == CERT_X509_SIGNATURE)
			len += m->certreqs[i].hashes.len;
	}
	ike->peer_asks_cert |= m->certreq_count > 0;
	if (len == 0)
		return true;
	bytes_free(&ike->peer_certreq);
	if (!bytes_alloc(len, &ike->peer_certreq))
		return false;
	w = writer_over(ike->peer_certreq.data, len);
	for (uint8_t i = 0; i < m->certreq_count; i++)
		if (m->certreqs[i].encoding == CERT_X509_SIGNATURE)
			writer_put(&w, m->certreqs[i].hashes);
	return writer_ok(&w);
}

uint16_t auth_own_hashes(const struct connection *conn)
{
	unsigned hashes = HASH_BIT(HASH_SHA2_256) | HASH_BIT(HASH_SHA2_384) |
			  HASH_BIT(HASH_SHA2_512) | HASH_BIT(HASH_IDENTITY);

	if (conn && (conn->peer->auth & ALLOW_RSA_SHA1))
		hashes |= HASH_BIT(HASH_SHA1);
	return (uint16_t)hashes;
}

void hashes_put(struct run *r, struct builder *b)
{
	uint8_t list[2 * (HASH_IDENTITY + 1)];
	struct writer w = writer_over(list, sizeof(list));
	uint16_t hashes = auth_own_hashes(r->ike->connection);

	/* The strongest first: the list is in no set order, but readers of traces like it. */
	for (unsigned hash = HASH_IDENTITY; hash >= HASH_SHA1; hash--)
		if (hashes & HASH_BIT(hash))
			writer_u16(&w, (uint16_t)hash);
	builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_SIGNATURE_HASH_ALGORITHMS,
		       writer_slice(&w));
}

void hashes_take(struct run *r, const struct notify *n)
{
	r->ike->peer_hashes = 0;
	for (size_t i = 0; i + 1 < n->data.len; i += 2) {
		unsigned hash = (unsigned)n->data.data[i] << 8 | n->data.data[i + 1];

		if (hash >= HASH_SHA1 && hash <= HASH_IDENTITY)
			r->ike->peer_hashes |= (uint16_t)HASH_BIT(hash);
	}
}
