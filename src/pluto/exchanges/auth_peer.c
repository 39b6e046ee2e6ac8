/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifying the peer, in either role. The connection alone says what counts (case 91); what the peer
 * used is verified whatever it is, so that a refusal takes as long for every reason (case 88).
 */
#include <stdio.h>
#include <string.h>

#include "ctl/codes.h"
#include "exchanges/auth.h"
#include "exchanges/steps.h"

static struct slice peer_id_body(const struct run *r)
{
	return r->ike->is_initiator ? r->m->id_r.whole : r->m->id_i.whole;
}

bool auth_method_is_allowed(const struct connection *conn, uint8_t method)
{
	switch (method) {
	case AUTH_SHARED_KEY:
		return conn->peer->auth & ALLOW_PSK;
	case AUTH_NULL:
		return conn->peer->auth & ALLOW_NULL;
	}
	return conn->peer->auth & ALLOW_ANY_SIGNATURE;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_same(const char *ca)
{
	return ca && text_eq_nocase(ca, "%same");
}

/* Our certificate's CA is the peer's too, where that is %same. */
static bool is_same_own(const struct end_config *a, const struct end_config *b)
{
	return same_text(a->cert, b->cert) && same_text(a->ckaid, b->ckaid) &&
	       same_text(a->ca, b->ca);
}

/* Are the keys of the one as good against a quantum computer as the other insists (RFC 8784)? */
static bool is_same_ppk(const struct conn_config *given, const struct conn_config *other)
{
	return other->ppk != PPK_INSIST ||
	       (given->ppk == PPK_INSIST && same_text(given->ppk_ids, other->ppk_ids));
}

bool auth_is_same_proof(const struct connection *given, const struct connection *other)
{
	const struct end_config *a = peer_config(given), *b = peer_config(other);

	return given->peer->auth == other->peer->auth && same_text(a->cert, b->cert) &&
	       same_text(a->ca, b->ca) && same_text(a->pubkey, b->pubkey) &&
	       given->def->config.needs_id == other->def->config.needs_id &&
	       is_same_ppk(&given->def->config, &other->def->config) &&
	       (!is_same(a->ca) || is_same_own(own_config(given), own_config(other)));
}

static enum step no_memory(struct run *r, struct work *w)
{
	work_free(w);
	r->slot->ticket = 0;
	return close_with(r, RC_INTERNAL, "out of memory");
}

static enum step ask_mac(struct run *r)
{
	struct work *w = auth_mac_work(r, &r->ike->connection->us->id, &r->ike->peer_id);

	if (!w || !auth_signed_octets(r->ike, false, peer_id_body(r), &w->octets[1]))
		return no_memory(r, w);
	core_work(r->core, w);
	return STEP_WAIT;
}

/* "%same" is the CA of the other end: the one it names, or that of our own certificate. */
static bool fill_ca(struct run *r, struct auth_work *a)
{
	const char *ours = own_config(r->ike->connection)->ca;
	const char *theirs = peer_config(r->ike->connection)->ca;

	if (is_same(theirs) && (!ours || ours[0] == '%')) {
		a->is_same_ca = true;
		return auth_fill_own(r, a);
	}
	if (is_same(theirs))
		theirs = ours;
	return auth_work_text(a, theirs && theirs[0] != '%' ? theirs : NULL, &a->peer.ca);
}

static bool fill_query(struct run *r, struct auth_work *a, bool has_fetched)
{
	const struct connection *conn = r->ike->connection;
	struct peer_query *q = &a->peer;
	struct slice *certs = arena_array(&a->arena, MESSAGE_MAX_CERTS, sizeof(*certs));

	if (!certs)
		return false;
	q->method = r->m->auth.method;
	q->allow = conn->peer->auth;
	q->hashes = auth_own_hashes(conn);
	q->needs_id = conn->def->config.needs_id;
	q->has_fetched = has_fetched;
	q->wall_sec = r->core->wall_sec;
	q->certs = certs;
	for (uint8_t i = 0; i < r->m->cert_count; i++)
		if (!auth_work_bytes(a, r->m->certs[i], &certs[q->cert_count++]))
			return false;
	/* What we did not ask for proves nothing. */
	if (conn->def->config.ocsp_staple & OCSP_STAPLE_REQUEST)
		q->ocsp_count = r->m->ocsp_count;
	for (uint8_t i = 0; i < q->ocsp_count; i++)
		if (!auth_work_bytes(a, r->m->ocsps[i], &a->ocsps[i]))
			return false;
	return auth_work_bytes(a, r->m->auth.data, &q->auth) &&
	       auth_work_bytes(a, bytes_slice(&conn->peer->pubkey), &q->key) &&
	       auth_work_text(a, peer_config(conn)->cert, &q->cert) && fill_ca(r, a) &&
	       identity_copy(&r->ike->peer_id, &a->peer_id);
}

static enum step ask_verdict(struct run *r, bool has_fetched)
{
	struct work *w = work_new(WORK_VERIFY, ike_handle(r->ike), core_ticket(r->core, r->slot));

	if (!w || !fill_query(r, w->auth, has_fetched) ||
	    !auth_signed_octets(r->ike, false, peer_id_body(r), &w->octets[1]))
		return no_memory(r, w);
	core_work(r->core, w);
	return STEP_WAIT;
}

enum step auth_ask_about_peer(struct run *r)
{
	if (r->ike->session) /* which needs nothing to be looked up */
		return STEP_NEXT;
	switch (r->m->auth.method) {
	case AUTH_SHARED_KEY:
		return ask_mac(r);
	case AUTH_NULL:
		return STEP_NEXT;
	}
	return ask_verdict(r, false);
}

enum step auth_fetch_step(struct run *r)
{
	struct work *asked = r->work && r->work->kind == WORK_VERIFY ? r->work : NULL, *w;
	struct peer_verdict *v;

	/* Nothing is fetched for who is refused anyway (security: no URL of a stranger is followed). */
	if (!asked || asked->verdict != VERDICT_OK || asked->auth->verdict.fetch_count == 0 ||
	    r->slot->scratch.is_refused)
		return STEP_NEXT;
	v = &asked->auth->verdict;
	w = work_new(WORK_FETCH, ike_handle(r->ike), core_ticket(r->core, r->slot));
	if (!w)
		return no_memory(r, w);
	memcpy(w->auth->fetches, v->fetches, sizeof(v->fetches));
	w->auth->fetch_count = v->fetch_count;
	memset(v->fetches, 0, sizeof(v->fetches));
	v->fetch_count = 0;
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS,
	       "asking %.200s about certificate %.200s", w->auth->fetches[0].url, v->subject);
	core_work(r->core, w);
	return STEP_WAIT;
}

enum step auth_again_step(struct run *r)
{
	if (!r->work || r->work->kind != WORK_FETCH)
		return STEP_NEXT;
	if (r->work->auth->fetch_errors[0])
		sa_log(r->core, r->ike, NULL, LOG_LEVEL_WARNING, LINE_LOG, "%.390s",
		       r->work->auth->fetch_errors);
	return ask_verdict(r, true);
}

static bool mac_is_good(struct run *r, char *reason, size_t size)
{
	const struct work *w = r->work && r->work->kind == WORK_PSK_MAC ? r->work : NULL;
	char id[120];

	identity_format(&r->ike->peer_id, id, sizeof(id));
	if (!w || w->verdict != VERDICT_OK) {
		snprintf(reason, size,
			 "no PSK for %s: add a line to ipsec.secrets, then ipsec whack "
			 "--rereadsecrets",
			 id);
		return false;
	}
	if (slice_eq_ct(r->m->auth.data, slice(w->mac[1], r->ike->suite.prf->out_len))) {
		snprintf(r->slot->scratch.auth->peer_how, sizeof(r->slot->scratch.auth->peer_how),
			 "PSK");
		return true;
	}
	snprintf(reason, size,
		 "the AUTH of %s is wrong: the two ends have different PSKs (ours stands in %.60s)",
		 id, w->origin);
	return false;
}

static bool null_is_good(struct run *r, char *reason, size_t size)
{
	cleanup(bytes_cleanup) struct bytes octets = { 0 };
	uint8_t mac[PRF_MAX_LEN];

	snprintf(r->slot->scratch.auth->peer_how, sizeof(r->slot->scratch.auth->peer_how),
		 "NULL: nothing is known of it");
	if (auth_signed_octets(r->ike, false, peer_id_body(r), &octets) &&
	    auth_null_mac(r->ike, false, bytes_slice(&octets), mac) &&
	    slice_eq_ct(r->m->auth.data, slice(mac, r->ike->suite.prf->out_len)))
		return true;
	snprintf(reason, size, "the peer's NULL AUTH does not fit these messages");
	return false;
}

static bool signature_is_good(struct run *r, char *reason, size_t size)
{
	const struct work *w = r->work && r->work->kind == WORK_VERIFY ? r->work : NULL;
	struct auth_scratch *s = r->slot->scratch.auth;
	struct text t = TEXT_OVER(s->peer_how);
	const struct peer_verdict *v;

	if (!w || w->verdict != VERDICT_OK) {
		snprintf(reason, size, "%.290s",
			 w && w->auth->verdict.reason[0] ? w->auth->verdict.reason
							 : "the peer could not be verified");
		return false;
	}
	v = &w->auth->verdict;
	text_copy(s->peer_ca, sizeof(s->peer_ca), v->issuer);
	r->ike->proof_until_sec = v->until_sec;
	text_add(&t, "%s%s%.200s", v->alg->name,
		 v->subject[0] ? ", certificate " : " and its raw key", v->subject);
	return true;
}

bool auth_peer_is_proven(struct run *r, char *reason, size_t size)
{
	char name[40];

	if (!auth_scratch(r)) {
		snprintf(reason, size, "out of memory");
		return false;
	}
	if (r->ike->session)
		return resume_peer_is_proven(r, reason, size);
	if (!auth_method_is_allowed(r->ike->connection, r->m->auth.method)) {
		snprintf(reason, size,
			 "the peer authenticates by %s, which the connection does not allow: look "
			 "at --auth, --psk, --rsasig",
			 name_str(&auth_method_names, r->m->auth.method, name, sizeof(name)));
		return false;
	}
	switch (r->m->auth.method) {
	case AUTH_SHARED_KEY:
		return mac_is_good(r, reason, size);
	case AUTH_NULL:
		return null_is_good(r, reason, size);
	}
	return signature_is_good(r, reason, size);
}
