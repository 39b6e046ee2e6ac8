/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proving ourselves, in either role: a signature when the connection lets us and there is a key for
 * it, else the PSK, else nothing (NULL). Keys are known here by reference only.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/codes.h"
#include "exchanges/auth.h"
#include "exchanges/steps.h"

static enum step no_memory(struct run *r, struct work *w)
{
	work_free(w);
	r->slot->ticket = 0;
	return close_with(r, RC_INTERNAL, "out of memory");
}

/* The CA that our certificate must come from: as said, or as it is said of the peer's. */
static const char *own_ca(const struct connection *conn)
{
	const char *ca = own_config(conn)->ca;

	if (ca && text_eq_nocase(ca, "%same"))
		ca = peer_config(conn)->ca;
	return ca && ca[0] != '%' ? ca : NULL;
}

bool auth_fill_own(struct run *r, struct auth_work *a)
{
	const struct connection *conn = r->ike->connection;
	const struct conn_end *us = conn->us;
	const struct end_config *config = own_config(conn);

	a->own.allow = us->auth;
	a->own.hashes = r->ike->peer_hashes;
	a->own.peer = r->ike->peer_methods;
	a->own.send_ca = (uint8_t)conn->def->config.send_ca;
	a->own.wall_sec = r->core->wall_sec;
	a->own.wants_ocsp = r->ike->peer_asks_ocsp &&
			    (conn->def->config.ocsp_staple & OCSP_STAPLE_REPLY);
	return auth_work_text(a, config->cert, &a->own.cert) &&
	       auth_work_text(a, config->ckaid, &a->own.ckaid) &&
	       auth_work_text(a, own_ca(conn), &a->own.ca) &&
	       auth_work_bytes(a, bytes_slice(&us->pubkey), &a->own.key) &&
	       auth_work_bytes(a, bytes_slice(&r->ike->peer_certreq), &a->own.requested) &&
	       (us->id_from_cert || identity_copy(&us->id, &a->own.id));
}

static enum step ask_credential(struct run *r, bool has_fetched)
{
	struct work *w =
		work_new(WORK_CREDENTIAL, ike_handle(r->ike), core_ticket(r->core, r->slot));

	if (!w || !auth_fill_own(r, w->auth))
		return no_memory(r, w);
	w->auth->own.has_fetched = has_fetched;
	core_work(r->core, w);
	return STEP_WAIT;
}

enum step auth_credential_step(struct run *r)
{
	struct auth_scratch *s = auth_scratch(r);

	if (!s)
		return close_with(r, RC_INTERNAL, "out of memory");
	/* with a PPK it is all done twice */
	credential_free(&s->own);
	bytes_free(&s->data);
	if (r->ike->session)
		return STEP_NEXT;
	if (!(r->ike->connection->us->auth & ALLOW_ANY_SIGNATURE))
		return STEP_NEXT;
	return ask_credential(r, false);
}

enum step auth_staple_step(struct run *r)
{
	struct work *asked = r->work && r->work->kind == WORK_CREDENTIAL ? r->work : NULL, *w;
	struct fetch *fetch;

	if (!asked || asked->verdict != VERDICT_OK || !asked->auth->credential.fetch.url[0])
		return STEP_NEXT;
	w = work_new(WORK_FETCH, ike_handle(r->ike), core_ticket(r->core, r->slot));
	if (!w)
		return no_memory(r, w);
	fetch = &asked->auth->credential.fetch;
	w->auth->fetches[0] = *fetch;
	w->auth->fetch_count = 1;
	*fetch = (struct fetch){ 0 };
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS,
	       "asking %.200s about our certificate, because the peer wants to see the answer",
	       w->auth->fetches[0].url);
	core_work(r->core, w);
	return STEP_WAIT;
}

enum step auth_stapled_step(struct run *r)
{
	if (!r->work || r->work->kind != WORK_FETCH)
		return STEP_NEXT;
	if (r->work->auth->fetch_errors[0])
		sa_log(r->core, r->ike, NULL, LOG_LEVEL_WARNING, LINE_LOG,
		       "we go on without an OCSP answer for the peer: %.390s",
		       r->work->auth->fetch_errors);
	return ask_credential(r, true);
}

/* We cannot prove anything: the peer need not wait for us to say so. */
static enum step give_up(struct run *r, const char *reason)
{
	if (!r->ike->is_initiator)
		send_error_reply(r->core, r->ike, r->m, N_AUTHENTICATION_FAILED, SLICE_EMPTY);
	return close_with(r, RC_NO_KEY, "%.290s", reason);
}

static bool own_octets(struct run *r, struct bytes *out)
{
	cleanup(bytes_cleanup) struct bytes id = { 0 };

	return auth_id_body(&r->slot->scratch.auth->own.id, &id) &&
	       auth_signed_octets(r->ike, true, bytes_slice(&id), out);
}

static enum step ask_signature(struct run *r)
{
	struct auth_scratch *s = r->slot->scratch.auth;
	struct work *w = work_new(WORK_SIGN, ike_handle(r->ike), core_ticket(r->core, r->slot));

	if (!w || !own_octets(r, &w->octets[0]))
		return no_memory(r, w);
	s->method = s->own.is_classic ? s->own.alg->method : AUTH_DIGITAL_SIGNATURE;
	w->auth->key = s->own.key;
	w->auth->alg = s->own.alg;
	w->auth->is_classic = s->own.is_classic;
	core_work(r->core, w);
	return STEP_WAIT;
}

static enum step ask_mac(struct run *r)
{
	struct auth_scratch *s = r->slot->scratch.auth;
	const struct identity *peer = r->ike->is_initiator ? &r->ike->connection->peer->id
							   : &r->ike->peer_id;
	struct work *w = auth_mac_work(r, &s->own.id, peer);

	if (!w || !own_octets(r, &w->octets[0]))
		return no_memory(r, w);
	s->method = AUTH_SHARED_KEY;
	core_work(r->core, w);
	return STEP_WAIT;
}

static enum step prove_nothing(struct run *r)
{
	struct auth_scratch *s = r->slot->scratch.auth;
	cleanup(bytes_cleanup) struct bytes octets = { 0 };
	uint8_t mac[PRF_MAX_LEN];

	if (s->own.id.type == ID_NONE)
		s->own.id.type = ID_NULL;
	s->method = AUTH_NULL;
	if (!own_octets(r, &octets) || !auth_null_mac(r->ike, true, bytes_slice(&octets), mac) ||
	    !bytes_copy(slice(mac, r->ike->suite.prf->out_len), &s->data))
		return close_with(r, RC_INTERNAL, "out of memory");
	return STEP_NEXT;
}

/* Does the peer say that it takes this? Who announces nothing may take all (RFC 9593 3.1). */
static bool is_taken(const struct run *r, uint8_t method)
{
	const struct peer_methods *p = &r->ike->peer_methods;

	return !p->is_told || (p->methods >> method & 1) != 0;
}

enum step auth_prove_step(struct run *r)
{
	struct auth_scratch *s = r->slot->scratch.auth;
	const struct conn_end *us = r->ike->connection->us;
	struct work *w = r->work && r->work->kind == WORK_CREDENTIAL ? r->work : NULL;

	if (r->ike->session)
		return resume_prove_step(r);
	if (w && w->verdict == VERDICT_OK) {
		s->own = w->auth->credential;
		w->auth->credential = (struct credential){ 0 };
		return ask_signature(r);
	}
	if (!identity_copy(&us->id, &s->own.id))
		return close_with(r, RC_INTERNAL, "out of memory");
	if ((us->auth & ALLOW_PSK) && us->id.type != ID_NONE && is_taken(r, AUTH_SHARED_KEY))
		return ask_mac(r);
	if ((us->auth & ALLOW_NULL) && is_taken(r, AUTH_NULL))
		return prove_nothing(r);
	if ((us->auth & (ALLOW_PSK | ALLOW_NULL)) && !w && us->id.type != ID_NONE)
		return give_up(r,
			       "the peer announces that it takes no way of authentication that the "
			       "connection lets us use: look at --auth of both ends");
	return give_up(r, w && w->auth->error.text[0] ? w->auth->error.text
						      : "we have no identity to prove: give --id");
}

static enum step no_secret(struct run *r)
{
	char us[120], peer[120], reason[300];
	struct text t = TEXT_OVER(reason);

	text_add(&t,
		 "no PSK for %s and %s: add a line to ipsec.secrets, then "
		 "ipsec whack --rereadsecrets",
		 identity_format(&r->slot->scratch.auth->own.id, us, sizeof(us)),
		 identity_format(r->ike->is_initiator ? &r->ike->connection->peer->id
						      : &r->ike->peer_id,
				 peer, sizeof(peer)));
	return give_up(r, reason);
}

/* Method 14 says by its AlgorithmIdentifier what the signature is (RFC 7427 3). */
static bool put_signature(struct auth_scratch *s, struct slice signature)
{
	struct slice identifier = s->own.alg->identifiers[0];
	struct writer w;

	if (s->own.is_classic)
		return bytes_copy(signature, &s->data);
	if (!bytes_alloc(1 + identifier.len + signature.len, &s->data))
		return false;
	w = writer_over(s->data.data, s->data.len);
	writer_u8(&w, (uint8_t)identifier.len);
	writer_put(&w, identifier);
	return writer_put(&w, signature);
}

enum step auth_proof_step(struct run *r)
{
	struct auth_scratch *s = r->slot->scratch.auth;
	struct work *w = r->work;
	bool ok;

	if (s->method == AUTH_NULL || r->ike->session)
		return STEP_NEXT;
	if (s->method == AUTH_SHARED_KEY) {
		if (!w || w->verdict != VERDICT_OK)
			return no_secret(r);
		text_copy(s->origin, sizeof(s->origin), w->origin);
		ok = bytes_copy(slice(w->mac[0], w->prf->out_len), &s->data);
	} else {
		if (!w || w->verdict != VERDICT_OK)
			return give_up(r, "our private key could not sign: it was taken away, or "
					  "is of another kind; run ipsec whack --rereadsecrets");
		snprintf(s->origin, sizeof(s->origin), "%s by %.200s", s->own.alg->name,
			 s->own.name);
		ok = put_signature(s, bytes_slice(&w->auth->signature));
	}
	return ok ? STEP_NEXT : close_with(r, RC_INTERNAL, "out of memory");
}
