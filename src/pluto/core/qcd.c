/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quick crash detection (RFC 6290), both as maker and as taker of tokens. A token is an HMAC over
 * the SPIs under a secret that is stored outside the process, so that a new process makes the same
 * ones (5.1). A token in clear is never sent for an IKE SA that lives (9.2).
 */
#include "core/contact.h"
#include "core/guard.h"
#include "crypto/prf.h"

#define TOKENS_MAX 4 /* looked at in one message (4.5) */

bool qcd_token(const struct core *c, uint64_t spi_i, uint64_t spi_r, uint8_t out[QCD_TOKEN_LEN])
{
	uint8_t spis[16], mac[PRF_MAX_LEN];
	struct writer w = writer_over(spis, sizeof(spis)), o = writer_over(out, QCD_TOKEN_LEN);
	struct slice part = SLICE_OF(spis);

	if (!c->settings.has_qcd_secret)
		return false;
	writer_u64(&w, spi_i);
	writer_u64(&w, spi_r);
	return prf(alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256), SLICE_OF(c->settings.qcd_secret),
		   &part, 1, mac) &&
	       writer_put(&o, slice(mac, QCD_TOKEN_LEN));
}

void qcd_put(const struct core *c, const struct ike_sa *ike, struct builder *b)
{
	uint8_t token[QCD_TOKEN_LEN];

	if (qcd_token(c, ike->spi_i, ike->spi_r, token))
		builder_notify(b, PROTOCOL_IKE, SLICE_EMPTY, N_QCD_TOKEN, SLICE_OF(token));
}

void qcd_take(struct ike_sa *ike, const struct notify *n)
{
	if (n->data.len < QCD_TOKEN_MIN || n->data.len > QCD_TOKEN_MAX)
		return;
	bytes_free(&ike->peer_token);
	bytes_copy(n->data, &ike->peer_token);
}

bool qcd_is_proven(const struct ike_sa *ike, const struct message *m)
{
	unsigned looked = 0;

	if (!ike->peer_token.data)
		return false;
	for (uint16_t i = 0; i < m->notify_count && looked < TOKENS_MAX; i++) {
		const struct notify *n = &m->notifies[i];

		if (n->type != N_QCD_TOKEN)
			continue;
		looked++;
		if (slice_eq_ct(n->data, bytes_slice(&ike->peer_token)))
			return true;
	}
	return false;
}

void qcd_answer(struct core *c, const struct event *e, const struct ike_header *h)
{
	uint8_t buffer[256], token[QCD_TOKEN_LEN];
	struct builder b;
	/* Either SPI of a living SA: somebody turned the initiator flag to get its token. */
	bool lives = ike_by_spi(c, h->spi_i) || ike_by_spi(c, h->spi_r);
	bool is_protected = h->next_payload == PAYLOAD_SK || h->next_payload == PAYLOAD_SKF;
	struct slice bytes;

	plain_reply_start(h, &b, buffer, sizeof(buffer));
	builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, N_INVALID_IKE_SPI, SLICE_EMPTY);
	if (!lives && is_protected && h->spi_i && h->spi_r &&
	    qcd_token(c, h->spi_i, h->spi_r, token)) {
		builder_notify(&b, PROTOCOL_IKE, SLICE_EMPTY, N_QCD_TOKEN, SLICE_OF(token));
		bytes = builder_finish(&b);
		if (answer_is_small(h->length, bytes.len)) {
			core_send(c, &e->local, &e->remote, e->natt, bytes);
			return;
		}
	}
	send_plain_notify(c, e, h, N_INVALID_IKE_SPI, SLICE_EMPTY);
}
