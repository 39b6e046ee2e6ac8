/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IKE_SESSION_RESUME (RFC 5723 4.3): in the place of IKE_SA_INIT, without proposals and key exchange;
 * the keys come from the old SK_d and two new nonces (5.1), and IKE_AUTH proves by them alone. What is
 * not said here is as in IKE_SA_INIT: cookies, NAT detection, fragmentation.
 */
#include <string.h>

#include "core/fragmentation.h"
#include "core/guard.h"
#include "core/resume.h"
#include "crypto/random.h"
#include "ctl/codes.h"
#include "exchanges/auth.h"
#include "exchanges/extensions.h"
#include "exchanges/nat.h"
#include "exchanges/steps.h"

#define NONCE_LEN 32
#define MAX_ROUNDS 4 /* of cookies */

/* The same attempt goes on in full. */
static enum step give_up(struct run *r, const char *reason)
{
	r->ike->resumption_failed = true;
	return close_with(r, RC_FATAL, "%s", reason);
}

/* The suite of the session and the keys of this exchange. */
static bool derive_keys(struct ike_sa *ike)
{
	struct slice ni = bytes_slice(ike->is_initiator ? &ike->nonce : &ike->peer_nonce);
	struct slice nr = bytes_slice(ike->is_initiator ? &ike->peer_nonce : &ike->nonce);

	return resume_suite(ike->session, &ike->suite) &&
	       keymat_ike_resume(&ike->suite, secret_slice(&ike->session->sk_d), ni, nr, ike->spi_i,
				 ike->spi_r, &ike->keys);
}

/* ---- initiator */

enum step resume_send_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct ike_header h = { .spi_i = ike->spi_i,
				.exchange = EXCHANGE_IKE_SESSION_RESUME,
				.flags = FLAG_INITIATOR };
	uint8_t buffer[MESSAGE_BUFFER];
	char peer[ENDPOINT_TEXT_LEN];
	struct builder b;
	struct slice bytes;

	if (!ike->nonce.data &&
	    (!bytes_alloc(NONCE_LEN, &ike->nonce) || !random_bytes(ike->nonce.data, NONCE_LEN)))
		return close_with(r, RC_INTERNAL, "no randomness for a nonce");
	builder_start(&b, buffer, sizeof(buffer), &h);
	if (ike->cookie.data)
		builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, N_COOKIE, bytes_slice(&ike->cookie));
	builder_raw(&b, PAYLOAD_NONCE, bytes_slice(&ike->nonce));
	builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, N_TICKET_OPAQUE,
		       bytes_slice(&ike->session->ticket));
	extensions_put(r, &b, EXCHANGE_IKE_SESSION_RESUME, false);
	bytes = builder_finish(&b);
	bytes_free(&ike->first_message);
	if (!bytes_copy(bytes, &ike->first_message) || !send_plain_request(r->core, ike, bytes))
		return close_with(r, RC_INTERNAL, "IKE_SESSION_RESUME cannot be built");
	ike->init_rounds++;
	sa_log(r->core, ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS, "IKE_SESSION_RESUME to %s",
	       endpoint_format(&ike->remote, peer, sizeof(peer)));
	return STEP_DONE;
}

static enum step answer_cookie(struct run *r, const struct notify *n)
{
	if (n->data.len == 0 || n->data.len > 64)
		return STEP_DROP;
	if (r->ike->init_rounds >= MAX_ROUNDS)
		return give_up(r, "the peer asks for ever new cookies");
	bytes_free(&r->ike->cookie);
	if (!bytes_copy(n->data, &r->ike->cookie))
		return close_with(r, RC_INTERNAL, "out of memory");
	return resume_send_step(r);
}

/* Nobody can tell who refuses; at worst the same comes up in full. */
static enum step refused(struct run *r, const struct notify *n)
{
	char name[40], reason[100];
	struct text t = TEXT_OVER(reason);

	text_add(&t, "the peer answered IKE_SESSION_RESUME with %s",
		 name_str(&notify_names, n->type, name, sizeof(name)));
	return give_up(r, reason);
}

enum step resume_response_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	const struct message *m = r->m;
	const struct notify *n;
	char suite[128];

	if (m->critical_unknown || m->header.message_id != 0)
		return STEP_DROP;
	if ((n = message_notify(m, N_COOKIE)))
		return answer_cookie(r, n);
	if ((n = message_notify(m, N_REDIRECT)))
		return redirect_init(r, n);
	if ((n = message_notify(m, N_TICKET_NACK)) || (n = message_error_notify(m)))
		return refused(r, n);
	if (!message_has(m, PAYLOAD_NONCE) || m->header.spi_r == 0 ||
	    slice_eq(m->nonce, bytes_slice(&ike->nonce)) || extensions_are_missing(r))
		return STEP_DROP;
	ike->spi_r = m->header.spi_r;
	if (!bytes_copy(m->nonce, &ike->peer_nonce) ||
	    !bytes_copy(m->raw, &ike->peer_first_message))
		return close_with(r, RC_INTERNAL, "out of memory");
	extensions_take(r);
	nat_detected(r);
	request_done(r->core, ike);
	if (!derive_keys(ike))
		return give_up(r, "the keys of the session cannot be made");
	ike->phase = IKE_AUTHENTICATING;
	sa_log(r->core, ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS,
	       "the peer takes the ticket: keys of the IKE SA that was: %s",
	       suite_format(&ike->suite, suite, sizeof(suite)));
	return exchange_jump(r, &start_ike_auth);
}

/* ---- responder; that the ticket is good, and its connection too, demux has seen */

/* Are all credentials as they were when the ticket was given? */
enum step resume_ask_step(struct run *r)
{
	struct work *w = work_new(WORK_DIGEST, ike_handle(r->ike), core_ticket(r->core, r->slot));

	if (!w) {
		r->slot->ticket = 0;
		return close_with(r, RC_INTERNAL, "out of memory");
	}
	memcpy(w->digest_key, r->ike->session->digest_key, sizeof(w->digest_key));
	core_work(r->core, w);
	return STEP_WAIT;
}

static enum step refuse(struct run *r, const char *reason)
{
	struct event e = { .local = r->ike->local, .remote = r->ike->remote, .natt = r->ike->natt };

	send_plain_notify(r->core, &e, &r->m->header, N_TICKET_NACK, SLICE_EMPTY);
	return close_with(r, RC_FATAL, "its ticket is refused: %s", reason);
}

static bool credentials_are_the_same(const struct run *r)
{
	return r->work && r->work->verdict == VERDICT_OK &&
	       slice_eq_ct(slice(r->work->mac[0], sizeof(r->ike->session->credentials)),
			   SLICE_OF(r->ike->session->credentials));
}

enum step resume_reply_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	const struct session *s = ike->session;
	struct ike_header h = { .spi_i = ike->spi_i,
				.spi_r = ike->spi_r,
				.exchange = EXCHANGE_IKE_SESSION_RESUME,
				.flags = FLAG_RESPONSE };
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;
	struct slice bytes;
	char peer[ENDPOINT_TEXT_LEN];

	if (!credentials_are_the_same(r))
		return refuse(r, "secrets or certificates have changed since it was given");
	if (s->proof_until_sec && s->proof_until_sec <= r->core->wall_sec)
		return refuse(r, "the peer's certificate has expired");
	if (!bytes_copy(r->m->nonce, &ike->peer_nonce) || !bytes_alloc(NONCE_LEN, &ike->nonce) ||
	    !random_bytes(ike->nonce.data, NONCE_LEN))
		return close_with(r, RC_INTERNAL, "out of memory");
	if (!derive_keys(ike))
		return refuse(r, "its algorithms are not here any more");
	extensions_take(r);
	nat_detected(r);
	builder_start(&b, buffer, sizeof(buffer), &h);
	builder_raw(&b, PAYLOAD_NONCE, bytes_slice(&ike->nonce));
	extensions_put(r, &b, EXCHANGE_IKE_SESSION_RESUME, true);
	bytes = builder_finish(&b);
	if (bytes.len == 0 || !bytes_copy(bytes, &ike->first_message) ||
	    !outgoing_plain(bytes, &ike->reply))
		return close_with(r, RC_INTERNAL, "IKE_SESSION_RESUME reply cannot be built");
	ike->expected_message_id = 1;
	core_send(r->core, &ike->local, &ike->remote, ike->natt, bytes);
	sa_log(r->core, ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS,
	       "answered IKE_SESSION_RESUME of %s",
	       endpoint_format(&ike->remote, peer, sizeof(peer)));
	return STEP_DONE;
}

/* ---- IKE_AUTH */

/* Responder: the identities must be those in the ticket (4.3.3), and the ticket still unused. */
enum step resume_identity_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	const struct session *s = ike->session;
	cleanup(identity_free) struct identity wanted = { 0 };
	struct scratch *x = &r->slot->scratch;

	if (!identity_of_wire(r->m->id_i.type, r->m->id_i.body, &ike->peer_id) ||
	    !identity_eq(&ike->peer_id, &s->id_i) ||
	    (message_has(r->m, PAYLOAD_IDr) &&
	     (!identity_of_wire(r->m->id_r.type, r->m->id_r.body, &wanted) ||
	      !identity_eq(&wanted, &s->id_r)))) {
		x->is_refused = true;
		text_copy(x->refusal, sizeof(x->refusal), "other identities than in the ticket");
	} else if (ticket_is_spent(r->core, s)) {
		x->is_refused = true;
		text_copy(x->refusal, sizeof(x->refusal), "the ticket was used meanwhile");
	}
	return STEP_NEXT;
}

/* AUTH of either end is keyed by SK_px alone (4.3.3). */
void resume_refused(struct run *r, uint16_t type)
{
	struct session *s = r->ike->session;

	if (!s)
		return;
	r->ike->resumption_failed = true;
	s->goes_again = type == N_AUTHENTICATION_FAILED && !s->is_short;
	s->is_short = true;
}

enum step resume_prove_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct auth_scratch *s = r->slot->scratch.auth;
	const struct identity *own = ike->is_initiator ? &ike->session->id_i : &ike->session->id_r;
	cleanup(bytes_cleanup) struct bytes body = { 0 };
	uint8_t mac[PRF_MAX_LEN];

	s->method = AUTH_SHARED_KEY;
	text_copy(s->origin, sizeof(s->origin), "the ticket");
	if (!identity_copy(own, &s->own.id) || !auth_id_body(own, &body) ||
	    !auth_resume_mac(ike, true, bytes_slice(&body), ike->session->is_short, mac) ||
	    !bytes_copy(slice(mac, ike->suite.prf->out_len), &s->data))
		return close_with(r, RC_INTERNAL, "out of memory");
	return STEP_NEXT;
}

static bool is_peers_auth(const struct run *r, struct slice id, bool is_short)
{
	uint8_t mac[PRF_MAX_LEN];

	return auth_resume_mac(r->ike, false, id, is_short, mac) &&
	       slice_eq_ct(r->m->auth.data, slice(mac, r->ike->suite.prf->out_len));
}

bool resume_peer_is_proven(struct run *r, char *reason, size_t size)
{
	struct ike_sa *ike = r->ike;
	struct slice id = ike->is_initiator ? r->m->id_r.whole : r->m->id_i.whole;
	struct auth_scratch *s = r->slot->scratch.auth;

	text_copy(s->peer_how, sizeof(s->peer_how), "its ticket");
	if (ike->session->peer_ca)
		text_copy(s->peer_ca, sizeof(s->peer_ca), ike->session->peer_ca);
	if (ike->is_initiator && !identity_eq(&ike->peer_id, &ike->session->id_r)) {
		text_copy(reason, size,
			  "the peer has another identity than when it gave the ticket");
		return false;
	}
	/* of a client either form does, and is answered in kind; a gateway answers in ours */
	if ((!ike->is_initiator || ike->session->is_short) && is_peers_auth(r, id, true)) {
		ike->session->is_short = true;
		ike->connection->resumes_short |= ike->is_initiator;
		return true;
	}
	if (!ike->session->is_short && !r->core->settings.short_resume &&
	    is_peers_auth(r, id, false))
		return true;
	text_copy(reason, size, "the peer's AUTH is not of the session that is resumed");
	return false;
}
