/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IKE_AUTH with a shared key (RFC 7296 1.2, 2.15, 2.16): both ends prove the PSK over the first
 * messages, and the first child is made on the way. ike_established is called only after the
 * peer's AUTH was verified, and nowhere else.
 */
#include <stdio.h>
#include <string.h>

#include "core/contact.h"
#include "ctl/codes.h"
#include "exchanges/config.h"
#include "exchanges/extensions.h"
#include "exchanges/nat.h"
#include "exchanges/steps.h"
#include "sa/explain.h"
#include "sa/nat.h"

/* ID payload body: type, three reserved bytes, data. */
static bool id_body(const struct identity *id, struct bytes *out)
{
	struct writer w;

	if (!bytes_alloc(4 + id->body.len, out))
		return false;
	w = writer_over(out->data, out->len);
	writer_u32(&w, (uint32_t)id->type << 24);
	return writer_put(&w, bytes_slice(&id->body));
}

/* <InitiatorSignedOctets> or <ResponderSignedOctets>, ours or the peer's. */
static bool signed_octets(const struct ike_sa *ike, bool ours, struct slice id, struct bytes *out)
{
	bool of_initiator = ours == ike->is_initiator;

	return auth_octets(
		ike->suite.prf, bytes_slice(ours ? &ike->first_message : &ike->peer_first_message),
		bytes_slice(ours ? &ike->peer_nonce : &ike->nonce),
		of_initiator ? ike->keys.pi : ike->keys.pr, id, bytes_slice(&ike->int_auth), out);
}

/* A work item that looks the PSK up and makes the MACs whose octets are given. */
static struct work *mac_work(struct run *r, const struct identity *remote_id)
{
	struct ike_sa *ike = r->ike;
	struct work *w = work_new(WORK_PSK_MAC, ike_handle(ike), core_ticket(r->core, r->slot));

	if (!w)
		return NULL;
	w->prf = ike->suite.prf;
	w->local = ike->local.address;
	w->remote = ike->remote.address;
	if (identity_copy(&ike->connection->us->id, &w->local_id) &&
	    identity_copy(remote_id, &w->remote_id))
		return w;
	work_free(w);
	return NULL;
}

enum step auth_own_mac_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct work *w = mac_work(r, &ike->connection->peer->id);
	cleanup(bytes_cleanup) struct bytes id = { 0 };

	if (!w || !id_body(&ike->connection->us->id, &id) ||
	    !signed_octets(ike, true, bytes_slice(&id), &w->octets[0])) {
		work_free(w);
		return close_with(r, RC_INTERNAL, "out of memory");
	}
	core_work(r->core, w);
	return STEP_WAIT;
}

static enum step no_secret(struct run *r)
{
	const struct connection *conn = r->ike->connection;
	char us[120], peer[120];

	return close_with(r, RC_NO_KEY,
			  "no PSK for %s and %s: add a line to ipsec.secrets, then "
			  "ipsec whack --rereadsecrets",
			  identity_format(&conn->us->id, us, sizeof(us)),
			  identity_format(&conn->peer->id, peer, sizeof(peer)));
}

enum step auth_own_done_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;

	if (!r->work || r->work->verdict != VERDICT_OK)
		return no_secret(r);
	memcpy(s->mac, r->work->mac, sizeof(s->mac));
	text_copy(s->origin, sizeof(s->origin), r->work->origin);
	return STEP_NEXT;
}

/* An IKE SA without a child first (RFC 6023 3)? Only when the responder said it can. */
static bool is_childless(const struct ike_sa *ike)
{
	uint64_t policy = ike->connection->def->config.childless;

	return (policy == CHILDLESS_FORCE || policy == CHILDLESS_PREFER) &&
	       (ike->peer_features & FEATURE_CHILDLESS);
}

/* The larval child; childless, its CREATE_CHILD_SA follows IKE_AUTH. */
enum step auth_child_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct scratch *s = &r->slot->scratch;

	if (is_childless(ike))
		return ike_want(ike, WANT_CHILD, ike->connection, 0)
			       ? STEP_NEXT
			       : close_with(r, RC_INTERNAL, "out of memory");
	s->child = child_new(r->core, ike, ike->connection, &(struct selectors){ 0 },
			     &(struct selectors){ 0 });
	return s->child ? STEP_NEXT : close_with(r, RC_INTERNAL, "out of memory");
}

enum step auth_send_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	const struct connection *conn = ike->connection;
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;
	char id[120];

	start_request(ike, EXCHANGE_IKE_AUTH, &b, buffer);
	builder_id(&b, PAYLOAD_IDi, conn->us->id.type, bytes_slice(&conn->us->id.body));
	if (conn->peer->id.type != ID_NONE)
		builder_id(&b, PAYLOAD_IDr, conn->peer->id.type, bytes_slice(&conn->peer->id.body));
	builder_auth(&b, AUTH_SHARED_KEY, slice(r->slot->scratch.mac[0], ike->suite.prf->out_len));
	if (r->slot->scratch.child) {
		config_put_request(r, &b);
		child_put(r, &b, false, false);
	}
	extensions_put(r, &b, EXCHANGE_IKE_AUTH, false);
	if (!send_request(r->core, ike, &b))
		return close_with(r, RC_INTERNAL, "IKE_AUTH cannot be built");
	sa_log(r->core, ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS, "IKE_AUTH sent as %s",
	       identity_format(&conn->us->id, id, sizeof(id)));
	return STEP_DONE;
}

/* Tells the peer, once, that we do not accept it (RFC 7296 2.21.2); then the SA ends. */
static enum step refuse_peer(struct run *r, const char *reason)
{
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	request_done(r->core, r->ike);
	start_request(r->ike, EXCHANGE_INFORMATIONAL, &b, buffer);
	builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, N_AUTHENTICATION_FAILED, SLICE_EMPTY);
	send_request(r->core, r->ike, &b);
	return close_with(r, RC_FATAL, "%.290s", reason);
}

static enum step auth_refused_by_peer(struct run *r)
{
	const struct notify *n = message_error_notify(r->m);
	char name[40], us[120], peer[120];

	struct explain_facts facts = { .stage = EXPLAIN_AUTH,
				       .conn = r->ike->connection,
				       .credential = r->slot->scratch.origin };
	char lines[EXPLAIN_TEXT_LEN];
	struct text t = TEXT_OVER(lines);

	if (n) {
		explain_notify(&t, n->type, &facts);
		sa_explain(r->core, r->ike, NULL, lines);
	}
	if (n && n->type == N_AUTHENTICATION_FAILED)
		return close_with(
			r, RC_FATAL,
			"the peer answered AUTHENTICATION_FAILED: it does not know %s, is not %s, or "
			"has another PSK (ours stands in %.60s)",
			identity_format(&r->ike->connection->us->id, us, sizeof(us)),
			identity_format(&r->ike->connection->peer->id, peer, sizeof(peer)),
			r->slot->scratch.origin);
	if (n)
		return close_with(r, RC_FATAL, "the peer answered IKE_AUTH with %s",
				  name_str(&notify_names, n->type, name, sizeof(name)));
	return refuse_peer(r, "the peer's IKE_AUTH answer lacks IDr or AUTH");
}

enum step auth_response_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	const struct message *m = r->m;
	char got[120], want[120], reason[300];
	struct work *w;

	if (!message_has(m, PAYLOAD_AUTH) || !message_has(m, PAYLOAD_IDr))
		return auth_refused_by_peer(r);
	if (m->auth.method != AUTH_SHARED_KEY)
		return refuse_peer(r, "the peer authenticates by another method than a PSK");
	if (!identity_of_wire(m->id_r.type, m->id_r.body, &ike->peer_id))
		return refuse_peer(r, "the peer's identity cannot be read");
	if (!identity_matches(&ike->connection->peer->id, &ike->peer_id)) {
		snprintf(reason, sizeof(reason),
			 "the peer says it is %s, but the connection wants %s",
			 identity_format(&ike->peer_id, got, sizeof(got)),
			 identity_format(&ike->connection->peer->id, want, sizeof(want)));
		return refuse_peer(r, reason);
	}
	if (!ppk_take_answer(r))
		return refuse_peer(r, "the peer does not use the PPK, and ppk=insist");
	w = mac_work(r, &ike->peer_id);
	if (!w || !signed_octets(ike, false, m->id_r.whole, &w->octets[1])) {
		work_free(w);
		return close_with(r, RC_INTERNAL, "out of memory");
	}
	core_work(r->core, w);
	return STEP_WAIT;
}

/* The one comparison: the door's verdict and the MAC, both. */
static bool peer_mac_is_good(const struct run *r)
{
	return r->work && r->work->verdict == VERDICT_OK &&
	       slice_eq_ct(r->m->auth.data, slice(r->work->mac[1], r->ike->suite.prf->out_len));
}

/* The peer proved itself. The first child's keys come from the nonces of IKE_SA_INIT (2.17). */
static void authenticated(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct scratch *s = &r->slot->scratch;

	s->ni = ike->is_initiator ? ike->nonce : ike->peer_nonce;
	s->nr = ike->is_initiator ? ike->peer_nonce : ike->nonce;
	ike->nonce = ike->peer_nonce = (struct bytes){ 0 };
	extensions_take(r);
	ike_established(r->core, ike);
}

enum step auth_verify_step(struct run *r)
{
	char id[120];

	if (!peer_mac_is_good(r))
		return refuse_peer(r, "the peer's AUTH is wrong: the two ends have different PSKs");
	request_done(r->core, r->ike);
	if (!auth_take_instance(r))
		return close_with(r, RC_INTERNAL, "out of memory");
	authenticated(r);
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_LOG,
	       "established IKE SA, authenticated peer %s by PSK",
	       identity_format(&r->ike->peer_id, id, sizeof(id)));
	return STEP_NEXT;
}

/* Responder. The keys are derived by now; a message that does not open may be anybody's. */
enum step auth_open_step(struct run *r)
{
	const char *reason = NULL;

	enum open_result opened = slot_open(r->core, r->ike, r->slot);

	if (opened == OPEN_DROP)
		r->ike->bad_auths++;
	if (opened == OPEN_DROP || opened == OPEN_WAIT)
		return STEP_DROP;
	if (slot_check(r->core, r->ike, r->slot, r->slot->row->need, &reason))
		return STEP_NEXT;
	return close_with(r, RC_FATAL, "IKE_AUTH request: %s", reason ? reason : "refused");
}

enum step auth_choose_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	char words[600], id[120];
	struct text why = TEXT_OVER(words);
	struct connection *conn;

	if (!identity_of_wire(r->m->id_i.type, r->m->id_i.body, &ike->peer_id))
		r->slot->scratch.is_refused = true;
	nat_substitute(r);
	conn = r->slot->scratch.is_refused ? NULL : auth_choose_connection(r, &why);
	if (conn)
		ike_set_connection(r->core, ike, conn);
	else
		r->slot->scratch.is_refused = true;
	if (!conn)
		sa_log(r->core, ike, NULL, LOG_LEVEL_WARNING, LINE_SERIOUS,
		       "no connection fits peer %s: %s",
		       identity_format(&ike->peer_id, id, sizeof(id)), words);
	return STEP_NEXT;
}

/* Asks for the peer's MAC and ours, for an unknown peer too. */
enum step auth_mac_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	cleanup(bytes_cleanup) struct bytes own = { 0 };
	struct work *w;

	w = mac_work(r, &ike->peer_id);
	if (!w || !id_body(&ike->connection->us->id, &own) ||
	    !signed_octets(ike, true, bytes_slice(&own), &w->octets[0]) ||
	    !signed_octets(ike, false, r->m->id_i.whole, &w->octets[1])) {
		work_free(w);
		return close_with(r, RC_INTERNAL, "out of memory");
	}
	core_work(r->core, w);
	return STEP_WAIT;
}

static enum step refuse_initiator(struct run *r, const char *reason)
{
	send_error_reply(r->core, r->ike, r->m, N_AUTHENTICATION_FAILED, SLICE_EMPTY);
	return close_with(r, RC_FATAL, "%.290s", reason);
}

enum step auth_check_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	char id[120], reason[300];

	if (s->is_refused)
		return refuse_initiator(
			r, s->refusal[0] ? s->refusal : "no connection fits the peer's identity");
	identity_format(&r->ike->peer_id, id, sizeof(id));
	if (r->m->auth.method != AUTH_SHARED_KEY)
		return refuse_initiator(r, "the peer authenticates by another method than a PSK");
	if (!r->work || r->work->verdict != VERDICT_OK) {
		snprintf(reason, sizeof(reason), "no PSK for %s in ipsec.secrets", id);
		return refuse_initiator(r, reason);
	}
	if (!peer_mac_is_good(r)) {
		snprintf(
			reason, sizeof(reason),
			"the AUTH of %s is wrong: the two ends have different PSKs (ours stands in "
			"%.60s)",
			id, r->work->origin);
		return refuse_initiator(r, reason);
	}
	if (unique_refuses(r->core, r->ike, r->m))
		return refuse_initiator(r, "the same peer is up from elsewhere (uniqueids=keep)");
	memcpy(s->mac, r->work->mac, sizeof(s->mac));
	if (!auth_take_instance(r))
		return close_with(r, RC_INTERNAL, "out of memory");
	authenticated(r);
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_LOG,
	       "established IKE SA, authenticated peer %s by PSK", id);
	return STEP_NEXT;
}

enum step auth_reply_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct scratch *s = &r->slot->scratch;
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	start_reply(ike, r->m, &b, buffer);
	builder_id(&b, PAYLOAD_IDr, ike->connection->us->id.type,
		   bytes_slice(&ike->connection->us->id.body));
	builder_auth(&b, AUTH_SHARED_KEY, slice(s->mac[0], ike->suite.prf->out_len));
	if (s->child) {
		config_put_reply(r, &b);
		child_put(r, &b, true, false);
	} else if (s->child_error)
		builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, s->child_error, SLICE_EMPTY);
	extensions_put(r, &b, EXCHANGE_IKE_AUTH, true);
	if (!send_reply(r->core, ike, &b))
		return close_with(r, RC_INTERNAL, "IKE_AUTH answer cannot be built");
	return STEP_NEXT;
}

/* All stands that was agreed: what the peer had here before may go. */
enum step auth_unique_step(struct run *r)
{
	if (r->ike->phase == IKE_ESTABLISHED)
		unique_enforce(r->core, r->ike);
	return STEP_NEXT;
}
