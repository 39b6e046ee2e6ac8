/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IKE_SA_INIT (RFC 7296 1.2, 2.6, 2.7): proposals, key exchange values and nonces, with COOKIE and
 * INVALID_KE_PAYLOAD rounds. The responder computes the shared secret only when IKE_AUTH comes.
 */
#include <string.h>

#include "core/fragmentation.h"
#include "core/guard.h"
#include "crypto/random.h"
#include "ctl/codes.h"
#include "exchanges/auth.h"
#include "exchanges/extensions.h"
#include "exchanges/nat.h"
#include "exchanges/steps.h"
#include "sa/explain.h"

#define NONCE_LEN 32
#define MAX_ROUNDS 6
#define REFUSAL_GRACE_USEC USEC_PER_SEC
#define CANDIDATES_SHOWN 4

static bool make_nonce(struct bytes *out)
{
	return bytes_alloc(NONCE_LEN, out) && random_bytes(out->data, out->len);
}

static struct init_variant *variant_of(struct ike_sa *ike, const struct alg *group)
{
	for (unsigned i = 0; i < ike->variant_count; i++)
		if (ike->variants[i].group == group)
			return &ike->variants[i];
	return NULL;
}

/* Another group is asked for, perhaps by somebody else than the peer: its answer to what was sent with
 * this one is good as well (case 43). False: no memory. */
static bool keep_variant(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	struct init_variant *v = variant_of(r->ike, s->group);

	if (!v || !bytes_copy(bytes_slice(&r->ike->first_message), &v->message))
		return false;
	v->ke_private = s->ke_private;
	v->ke_public = s->ke_public;
	s->ke_private = (struct secret){ 0 };
	s->ke_public = (struct bytes){ 0 };
	return true;
}

/* The answer is to an earlier request of ours: what belongs to that one is taken up again. */
static void take_variant(struct run *r, const struct alg *group)
{
	struct scratch *s = &r->slot->scratch;
	struct init_variant *v = group && group != s->group ? variant_of(r->ike, group) : NULL;

	if (!v || !v->message.data)
		return;
	secret_free(&s->ke_private);
	bytes_free(&s->ke_public);
	s->ke_private = v->ke_private;
	s->ke_public = v->ke_public;
	v->ke_private = (struct secret){ 0 };
	v->ke_public = (struct bytes){ 0 };
	bytes_free(&r->ike->first_message);
	r->ike->first_message = v->message;
	v->message = (struct bytes){ 0 };
	s->group = group;
}

enum step init_group_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;

	if (!s->group)
		s->group = suite_first_group(r->ike->connection->def->ike);
	if (!s->group)
		return close_with(r, RC_FATAL, "no usable key exchange method in ike=");
	if (!r->ike->nonce.data && !make_nonce(&r->ike->nonce))
		return close_with(r, RC_INTERNAL, "no randomness for a nonce");
	if (!variant_of(r->ike, s->group) && r->ike->variant_count < INIT_GROUPS_MAX)
		r->ike->variants[r->ike->variant_count++].group = s->group;
	return STEP_NEXT;
}

static enum step send_init(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct ike_header h = { .spi_i = ike->spi_i,
				.exchange = EXCHANGE_IKE_SA_INIT,
				.flags = FLAG_INITIATOR };
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;
	struct slice bytes;

	builder_start(&b, buffer, sizeof(buffer), &h);
	if (ike->cookie.data)
		builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, N_COOKIE, bytes_slice(&ike->cookie));
	suite_offer(&b, ike->connection->def->ike, PROTOCOL_IKE, SLICE_EMPTY, SUITE_ALL_KE);
	builder_ke(&b, r->slot->scratch.group->id, bytes_slice(&r->slot->scratch.ke_public));
	builder_raw(&b, PAYLOAD_NONCE, bytes_slice(&ike->nonce));
	extensions_put(r, &b, EXCHANGE_IKE_SA_INIT, false);
	bytes = builder_finish(&b);
	bytes_free(&ike->first_message);
	ike->cookie_waits = false;
	if (!bytes_copy(bytes, &ike->first_message) || !send_plain_request(r->core, ike, bytes))
		return close_with(r, RC_INTERNAL, "IKE_SA_INIT cannot be built");
	ike->init_rounds++;
	return STEP_DONE;
}

enum step init_send_step(struct run *r)
{
	char peer[ENDPOINT_TEXT_LEN];

	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS, "IKE_SA_INIT to %s",
	       endpoint_format(&r->ike->remote, peer, sizeof(peer)));
	return send_init(r);
}

static enum step answer_cookie(struct run *r, const struct notify *n)
{
	if (n->data.len == 0 || n->data.len > 64 ||
	    (r->m->have & ~PAYLOAD_BIT(PAYLOAD_NOTIFY) & ~PAYLOAD_BIT(PAYLOAD_VENDOR)))
		return STEP_DROP;
	if (r->ike->init_rounds >= MAX_ROUNDS)
		return close_with(r, RC_FATAL, "the peer asks for ever new cookies");
	bytes_free(&r->ike->cookie);
	if (!bytes_copy(n->data, &r->ike->cookie))
		return close_with(r, RC_INTERNAL, "out of memory");
	if (r->ike->connection->doubts_cookies) {
		r->ike->cookie_waits = true;
		return STEP_DROP;
	}
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS,
	       "the peer asks for a cookie: IKE_SA_INIT sent again with it");
	return send_init(r);
}

static enum step answer_invalid_ke(struct run *r, const struct notify *n)
{
	struct scratch *s = &r->slot->scratch;
	uint16_t group;

	if (n->data.len != 2)
		return STEP_DROP;
	group = (uint16_t)(n->data.data[0] << 8 | n->data.data[1]);
	if (!suite_has_group(r->ike->connection->def->ike, group))
		return STEP_DROP;
	if (variant_of(r->ike, alg_find(TRANSFORM_KE, group)))
		return STEP_DROP;
	if (r->ike->init_rounds >= MAX_ROUNDS || r->ike->variant_count >= INIT_GROUPS_MAX)
		return close_with(r, RC_FATAL, "the peer asks for ever new key exchange methods");
	if (!keep_variant(r))
		return close_with(r, RC_INTERNAL, "out of memory");
	s->group = alg_find(TRANSFORM_KE, group);
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS,
	       "the peer wants %s for the key exchange", s->group->name);
	return exchange_jump(r, &start_ike_sa_init);
}

/* Nobody can tell whether the peer said so: a true answer may come yet, for a moment (RFC 7296
 * 2.21.1; case 58). Then the attempt ends with this reason. */
static enum step refused(struct run *r, const struct notify *n)
{
	struct ike_sa *ike = r->ike;
	struct explain_facts facts = { .stage = EXPLAIN_INIT, .conn = ike->connection };
	char lines[EXPLAIN_TEXT_LEN], name[40];
	struct text t = TEXT_OVER(lines);

	if (ike->refusal)
		return STEP_DROP;
	ike->refusal = n->type;
	ike->expires_usec = r->core->now_usec + REFUSAL_GRACE_USEC;
	sa_log(r->core, ike, NULL, LOG_LEVEL_ERROR, LINE_SERIOUS,
	       "the peer answered IKE_SA_INIT with %s",
	       name_str(&notify_names, n->type, name, sizeof(name)));
	explain_notify(&t, n->type, &facts);
	sa_explain(r->core, ike, NULL, lines);
	ike_set_timer(r->core, ike);
	return STEP_DROP;
}

enum step init_response_step(struct run *r)
{
	const uint64_t need = PAYLOAD_BIT(PAYLOAD_SA) | PAYLOAD_BIT(PAYLOAD_KE) |
			      PAYLOAD_BIT(PAYLOAD_NONCE);
	const struct message *m = r->m;
	const struct notify *n;
	struct ike_sa *ike = r->ike;
	char words[400];
	struct text why = TEXT_OVER(words);
	struct slice spi;

	if (m->critical_unknown || m->header.message_id != 0)
		return STEP_DROP;
	if ((n = message_notify(m, N_COOKIE)))
		return answer_cookie(r, n);
	if ((n = message_notify(m, N_REDIRECT)))
		return redirect_init(r, n);
	if ((n = message_notify(m, N_INVALID_KE_PAYLOAD)))
		return answer_invalid_ke(r, n);
	if ((n = message_error_notify(m)))
		return refused(r, n);
	if ((m->have & need) != need || m->header.spi_r == 0)
		return STEP_DROP;
	if (!suite_accept(ike->connection->def->ike, m, PROTOCOL_IKE, 0, SUITE_ALL_KE, &ike->suite,
			  &spi, &why))
		return close_with(r, RC_FATAL, "the peer chose what was not offered: %.240s",
				  words);
	take_variant(r, ike->suite.ke);
	if (ike->suite.ke != r->slot->scratch.group || m->ke.group != ike->suite.ke->id ||
	    !ke_answer_len_ok(ike->suite.ke, m->ke.value.len))
		return close_with(r, RC_FATAL, "the peer's KE payload does not fit the proposal");
	if (slice_eq(m->nonce, bytes_slice(&ike->nonce)))
		return close_with(r, RC_FATAL, "the peer's nonce is our own");
	if (suite_has_addke(&ike->suite) && !message_notify(m, N_INTERMEDIATE_EXCHANGE_SUPPORTED))
		return close_with(
			r, RC_FATAL,
			"the peer chose additional key exchanges, but has no exchange for "
			"them");
	if (extensions_are_missing(r))
		return STEP_DROP;
	ike->spi_r = m->header.spi_r;
	ike->refusal = 0; /* somebody else's word */
	ike->expires_usec = USEC_NEVER;
	if (!bytes_copy(m->nonce, &ike->peer_nonce) ||
	    !bytes_copy(m->raw, &ike->peer_first_message) ||
	    !bytes_copy(m->ke.value, &r->slot->scratch.ke_peer))
		return close_with(r, RC_INTERNAL, "out of memory");
	extensions_take(r);
	nat_detected(r);
	if (!auth_take_certreq(ike, m))
		return close_with(r, RC_INTERNAL, "out of memory");
	request_done(r->core, ike);
	return STEP_NEXT;
}

enum step derive_shared_step(struct run *r)
{
	return r->ike->keys.all.data ? STEP_NEXT : ke_shared_step(r);
}

enum step derive_keys_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct scratch *s = &r->slot->scratch;
	struct slice ni, nr;
	char suite[128];
	enum step outcome;

	if (ike->keys.all.data)
		return STEP_NEXT;
	outcome = ke_shared_done_step(r);
	if (outcome != STEP_NEXT)
		return outcome;
	ni = bytes_slice(ike->is_initiator ? &ike->nonce : &ike->peer_nonce);
	nr = bytes_slice(ike->is_initiator ? &ike->peer_nonce : &ike->nonce);
	if (!keymat_ike(&ike->suite, ni, nr, secret_slice(&s->ke_shared), ike->spi_i, ike->spi_r,
			&ike->keys))
		return close_with(r, RC_INTERNAL, "key derivation failed");
	ke_forget(s);
	if (ike->is_initiator)
		ike->phase = IKE_AUTHENTICATING;
	sa_log(r->core, ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS, "IKE SA keys agreed: %s",
	       suite_format(&ike->suite, suite, sizeof(suite)));
	return STEP_NEXT;
}

/* Refuses an IKE_SA_INIT request without keeping state. */
static enum step refuse_init(struct run *r, uint16_t type, struct slice data, const char *reason)
{
	struct event e = { .local = r->ike->local, .remote = r->ike->remote, .natt = r->ike->natt };

	send_plain_notify(r->core, &e, &r->m->header, type, data);
	return close_with(r, RC_FATAL, "%.290s", reason);
}

/* Which connections were candidates, and how the nearest proposal of each differs. */
static void explain_refusal(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct connection_walk walk = connection_walk(&r->core->connections, &ike->local.address,
						      &ike->remote.address, NULL);
	char lines[EXPLAIN_TEXT_LEN];
	struct connection *conn;
	unsigned shown = 0;

	while (shown++ < CANDIDATES_SHOWN && (conn = connection_walk_next(&walk))) {
		struct text t = TEXT_OVER(lines);

		explain_proposals(&t, conn->def->config.name, "ike=", conn->def->ike, r->m,
				  PROTOCOL_IKE, true);
		sa_explain(r->core, ike, NULL, lines);
	}
}

enum step init_choose_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	const struct message *m = r->m;
	char words[400];
	struct text why = TEXT_OVER(words);
	struct connection_walk walk = connection_walk(&r->core->connections, &ike->local.address,
						      &ike->remote.address, NULL);
	/* without the exchange that carries them there are no additional ones */
	enum suite_ke ke = message_notify(m, N_INTERMEDIATE_EXCHANGE_SUPPORTED) ? SUITE_ALL_KE
										: SUITE_ONE_KE;
	struct connection *conn;
	struct slice spi;

	while ((conn = connection_walk_next(&walk)) &&
	       !suite_choose(conn->def->ike, m, PROTOCOL_IKE, 0, ke, m->ke.group, &ike->suite, &spi,
			     &why))
		continue;
	if (!conn) {
		explain_refusal(r);
		return refuse_init(r, N_NO_PROPOSAL_CHOSEN, SLICE_EMPTY,
				   "no connection allows one of the peer's proposals for IKE");
	}
	ike_set_connection(r->core, ike, conn);
	r->slot->scratch.group = ike->suite.ke;
	if (m->ke.group != ike->suite.ke->id) {
		uint8_t group[2] = { (uint8_t)(ike->suite.ke->id >> 8),
				     (uint8_t)ike->suite.ke->id };

		return refuse_init(r, N_INVALID_KE_PAYLOAD, SLICE_OF(group),
				   "the peer guessed another key exchange method: asked for ours");
	}
	if (!ke_public_len_ok(ike->suite.ke, m->ke.value.len))
		return refuse_init(r, N_INVALID_SYNTAX, SLICE_EMPTY,
				   "the KE value has the wrong length");
	if (!bytes_copy(m->nonce, &ike->peer_nonce) || !make_nonce(&ike->nonce) ||
	    !bytes_copy(m->ke.value, &r->slot->scratch.ke_peer))
		return close_with(r, RC_INTERNAL, "out of memory");
	extensions_take(r);
	nat_detected(r);
	return STEP_NEXT;
}

enum step init_reply_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct ike_header h = { .spi_i = ike->spi_i,
				.spi_r = ike->spi_r,
				.exchange = EXCHANGE_IKE_SA_INIT,
				.flags = FLAG_RESPONSE };
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;
	struct slice bytes;
	char peer[ENDPOINT_TEXT_LEN];

	builder_start(&b, buffer, sizeof(buffer), &h);
	suite_answer(&b, &ike->suite, SLICE_EMPTY);
	builder_ke(&b, ike->suite.ke->id, bytes_slice(&r->slot->scratch.ke_public));
	builder_raw(&b, PAYLOAD_NONCE, bytes_slice(&ike->nonce));
	auth_put_certreq(r, &b);
	extensions_put(r, &b, EXCHANGE_IKE_SA_INIT, true);
	bytes = builder_finish(&b);
	if (!ike->is_proven_address && !answer_is_small(ike->peer_first_message.len, bytes.len)) {
		struct event e = { .local = ike->local, .remote = ike->remote, .natt = ike->natt };

		cookie_ask(r->core, &e, &r->m->header, bytes_slice(&ike->peer_nonce));
		return close_with(r, RC_FATAL, "a cookie was asked for: the answer would be long");
	}
	if (bytes.len == 0 || !bytes_copy(bytes, &ike->first_message) ||
	    !outgoing_plain(bytes, &ike->reply))
		return close_with(r, RC_INTERNAL, "IKE_SA_INIT reply cannot be built");
	ike->expected_message_id = 1;
	core_send(r->core, &ike->local, &ike->remote, ike->natt, bytes);
	sa_log(r->core, ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS, "answered IKE_SA_INIT of %s",
	       endpoint_format(&ike->remote, peer, sizeof(peer)));
	return STEP_DONE;
}
