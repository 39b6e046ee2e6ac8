/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IKE_AUTH (RFC 7296 1.2, 2.15, 2.16): both ends prove who they are over the first messages, each in
 * the way its connection says, and the first child is made on the way. ike_established is called only after the
 * peer's AUTH was verified, and nowhere else.
 */
#include <stdio.h>
#include <string.h>

#include "core/contact.h"
#include "core/resume.h"
#include "ctl/causes.h"
#include "ctl/codes.h"
#include "exchanges/auth.h"
#include "exchanges/config.h"
#include "exchanges/extensions.h"
#include "exchanges/nat.h"
#include "exchanges/steps.h"
#include "sa/explain.h"
#include "sa/nat.h"

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
	const struct auth_scratch *s = r->slot->scratch.auth;
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;
	char id[120];

	start_request(ike, EXCHANGE_IKE_AUTH, &b, buffer);
	builder_id(&b, PAYLOAD_IDi, s->own.id.type, bytes_slice(&s->own.id.body));
	auth_put_certs(r, &b);
	if ((conn->peer->auth & ALLOW_ANY_SIGNATURE) && !ike->session)
		auth_put_certreq(r, &b);
	/* a pattern is nobody's name */
	if (!identity_is_pattern(&conn->peer->id))
		builder_id(&b, PAYLOAD_IDr, conn->peer->id.type, bytes_slice(&conn->peer->id.body));
	builder_auth(&b, s->method, bytes_slice(&s->data));
	config_put_request(r, &b);
	if (r->slot->scratch.child)
		child_put(r, &b, false, false);
	extensions_put(r, &b, EXCHANGE_IKE_AUTH, false);
	if (!send_request(r->core, ike, &b))
		return close_with(r, RC_INTERNAL, "IKE_AUTH cannot be built");
	sa_log(r->core, ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS, "IKE_AUTH sent as %s (%.200s)",
	       identity_format(&s->own.id, id, sizeof(id)),
	       ike->session                   ? "ticket"
	       : s->method == AUTH_SHARED_KEY ? "PSK"
	       : s->method == AUTH_NULL       ? "NULL"
					      : s->origin);
	return STEP_DONE;
}

/* Tells the peer, once, that we do not accept it (RFC 7296 2.21.2); then the SA ends. */
static enum step refuse_peer(struct run *r, const char *reason)
{
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	r->ike->resumption_failed = r->ike->session != NULL;
	request_done(r->core, r->ike);
	start_request(r->ike, EXCHANGE_INFORMATIONAL, &b, buffer);
	builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, N_AUTHENTICATION_FAILED, SLICE_EMPTY);
	send_request(r->core, r->ike, &b);
	r->cause = CAUSE_AUTHENTICATION;
	return close_with(r, RC_FATAL, "%.290s", reason);
}

/* Which of our facts may be what the peer does not like. */
static enum step authentication_failed(struct run *r)
{
	const struct auth_scratch *s = r->slot->scratch.auth;
	const struct connection *conn = r->ike->connection;
	const char *what = "does not take our signature or certificate";
	char us[120], peer[120];

	if (r->ike->session)
		what = "did not like our ticket";
	else if (s->method == AUTH_SHARED_KEY)
		what = "has another PSK";
	else if (s->method == AUTH_NULL)
		what = "wants us to authenticate";
	r->ike->was_refused = true;
	return close_with(r, RC_FATAL,
			  "the peer answered AUTHENTICATION_FAILED: it does not know %.70s, is not "
			  "%.70s, or %s (%s %.60s)",
			  identity_format(&s->own.id, us, sizeof(us)),
			  identity_format(&conn->peer->id, peer, sizeof(peer)), what,
			  s->method == AUTH_SHARED_KEY ? "ours stands in" : "ours is",
			  s->origin[0] ? s->origin : "NULL");
}

static enum step auth_refused_by_peer(struct run *r)
{
	const struct notify *n = message_error_notify(r->m);
	char name[40];
	const struct auth_scratch *s = r->slot->scratch.auth;
	struct explain_facts facts = { .stage = EXPLAIN_AUTH,
				       .conn = r->ike->connection,
				       .credential = s->origin[0] ? s->origin : NULL,
				       .own = s->own.alg ? &s->own : NULL,
				       .names_cas = r->ike->peer_certreq.len > 0,
				       .wall_sec = r->core->wall_sec };
	char lines[EXPLAIN_TEXT_LEN];
	struct text t = TEXT_OVER(lines);

	resume_refused(r, n ? n->type : 0);
	if (n && !r->ike->session) {
		r->cause = cause_of_notify(n->type);
		explain_notify(&t, n->type, &facts);
		sa_explain(r->core, r->ike, NULL, lines);
	}
	if (n && n->type == N_AUTHENTICATION_FAILED)
		return authentication_failed(r);
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

	if (!message_has(m, PAYLOAD_AUTH) || !message_has(m, PAYLOAD_IDr))
		return auth_refused_by_peer(r);
	identity_free(&ike->peer_id);
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
	return auth_ask_about_peer(r);
}

/* The peer proved itself. The first child's keys come from the nonces of IKE_SA_INIT (2.17). */
static void authenticated(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct scratch *s = &r->slot->scratch;
	char id[120];

	s->ni = ike->is_initiator ? ike->nonce : ike->peer_nonce;
	s->nr = ike->is_initiator ? ike->peer_nonce : ike->nonce;
	ike->nonce = ike->peer_nonce = (struct bytes){ 0 };
	identity_free(&ike->own_id);
	if (s->auth)
		identity_copy(&s->auth->own.id, &ike->own_id);
	ike->authenticated_sec = ike->session ? ike->session->authenticated_sec : r->core->wall_sec;
	if (ike->session)
		ike->proof_until_sec = ike->session->proof_until_sec;
	ike->peer_is_anonymous = r->m->auth.method == AUTH_NULL;
	extensions_take(r);
	/* Nobody proved that this is the peer of the other SAs (RFC 7619 2.3). */
	if (ike->peer_is_anonymous)
		ike->peer_features &= ~(uint32_t)FEATURE_INITIAL_CONTACT;
	if (s->auth->peer_ca[0])
		ike->peer_ca = strdup(s->auth->peer_ca);
	ike_established(r->core, ike);
	sa_log(r->core, ike, NULL, LOG_LEVEL_INFO, LINE_LOG,
	       "established IKE SA, authenticated peer %s by %s",
	       identity_format(&ike->peer_id, id, sizeof(id)), s->auth->peer_how);
}

enum step auth_verify_step(struct run *r)
{
	char reason[300];

	if (!auth_peer_is_proven(r, reason, sizeof(reason)))
		return refuse_peer(r, reason);
	request_done(r->core, r->ike);
	if (!auth_take_instance(r))
		return close_with(r, RC_INTERNAL, "out of memory");
	authenticated(r);
	return STEP_NEXT;
}

/* Without a child the address is given all the same, and only here (RFC 6023 5): a child that is asked
 * for later is for it. */
enum step auth_config_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	const struct notify *n = message_error_notify(r->m);
	struct want *w;
	char words[300], name[40];
	struct text why = TEXT_OVER(words);

	if (r->slot->scratch.child || config_take_reply(r, &why))
		return STEP_NEXT;
	/* others that share the IKE SA want no address */
	list_each (w, &ike->wants, struct want, node)
		if (w->kind == WANT_CHILD && w->connection == ike->connection)
			want_free(w);
	if (n)
		child_fail(r, n->type, RC_FATAL, "the peer answered %s",
			   name_str(&notify_names, n->type, name, sizeof(name)));
	else
		child_fail(r, 0, RC_FATAL, "%s", words);
	return STEP_NEXT;
}

static enum step refuse_initiator(struct run *r, const char *reason)
{
	send_error_reply(r->core, r->ike, r->m, N_AUTHENTICATION_FAILED, SLICE_EMPTY);
	return close_with(r, RC_FATAL, "%.290s", reason);
}

/* Responder. The keys are derived by now; a message that does not open may be anybody's. */
enum step auth_open_step(struct run *r)
{
	uint64_t need = r->slot->row->need;
	const char *reason = NULL;

	enum open_result opened = slot_open(r->core, r->ike, r->slot);

	if (opened == OPEN_DROP)
		r->ike->bad_auths++;
	if (opened == OPEN_DROP || opened == OPEN_WAIT)
		return STEP_DROP;
	/* A whole offer without AUTH asks for EAP (RFC 7296 2.16): a refusal, no fault (case 100). */
	if (message_has(r->m, PAYLOAD_SA) && message_has(r->m, PAYLOAD_TSi))
		need &= ~PAYLOAD_BIT(PAYLOAD_AUTH);
	if (slot_check(r->core, r->ike, r->slot, need, &reason))
		return need == r->slot->row->need || message_has(r->m, PAYLOAD_AUTH)
			       ? STEP_NEXT
			       : refuse_initiator(r,
						  "the peer sent no AUTH: it wants EAP, which is "
						  "not there; let it use a certificate or a PSK");
	return close_with(r, RC_FATAL, "IKE_AUTH request: %s", reason ? reason : "refused");
}

enum step auth_choose_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	char words[600], id[120];
	struct text why = TEXT_OVER(words);
	struct connection *conn;

	if (ike->session) {
		nat_substitute(r);
		return resume_identity_step(r);
	}
	if (!identity_of_wire(r->m->id_i.type, r->m->id_i.body, &ike->peer_id))
		r->slot->scratch.is_refused = true;
	nat_substitute(r);
	config_widen_request(r);
	conn = r->slot->scratch.is_refused ? NULL : auth_choose_connection(r, &why);
	if (conn)
		ike_set_connection(r->core, ike, conn);
	else
		r->slot->scratch.is_refused = true;
	if (!conn)
		sa_log(r->core, ike, NULL, LOG_LEVEL_WARNING, LINE_SERIOUS,
		       "no connection fits peer %s: %s",
		       identity_format(&ike->peer_id, id, sizeof(id)), words);
	if (!auth_take_certreq(ike, r->m))
		return close_with(r, RC_INTERNAL, "out of memory");
	if (message_notify(r->m, N_SUPPORTED_AUTH_METHODS))
		methods_take(r, message_notify(r->m, N_SUPPORTED_AUTH_METHODS));
	return STEP_NEXT;
}

enum step auth_check_step(struct run *r)
{
	const struct scratch *s = &r->slot->scratch;
	char reason[300];
	bool is_proven = auth_peer_is_proven(r, reason, sizeof(reason));

	if (s->is_refused)
		return refuse_initiator(
			r, s->refusal[0] ? s->refusal : "no connection fits the peer's identity");
	if (is_proven && r->m->auth.method != AUTH_NULL && unique_refuses(r->core, r->ike, r->m))
		return refuse_initiator(r, "the same peer is up from elsewhere (uniqueids=keep)");
	return is_proven ? STEP_NEXT : refuse_initiator(r, reason);
}

/* Both ends are proven: ours by what goes out in the reply. */
enum step auth_accept_step(struct run *r)
{
	if (!auth_take_instance(r))
		return close_with(r, RC_INTERNAL, "out of memory");
	authenticated(r);
	return STEP_NEXT;
}

enum step auth_reply_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct scratch *s = &r->slot->scratch;
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	start_reply(ike, r->m, &b, buffer);
	builder_id(&b, PAYLOAD_IDr, s->auth->own.id.type, bytes_slice(&s->auth->own.id.body));
	auth_put_certs(r, &b);
	builder_auth(&b, s->auth->method, bytes_slice(&s->auth->data));
	if (s->child_error)
		builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, s->child_error, SLICE_EMPTY);
	else
		config_put_reply(r, &b);
	if (s->child)
		child_put(r, &b, true, false);
	extensions_put(r, &b, EXCHANGE_IKE_AUTH, true);
	if (!send_reply(r->core, ike, &b))
		return close_with(r, RC_INTERNAL, "IKE_AUTH answer cannot be built");
	return STEP_NEXT;
}

/* All stands that was agreed: what the peer had here before may go. */
enum step auth_unique_step(struct run *r)
{
	if (r->ike->phase != IKE_ESTABLISHED)
		return STEP_NEXT;
	resume_finish(r->core, r->ike);
	unique_enforce(r->core, r->ike);
	return STEP_NEXT;
}
