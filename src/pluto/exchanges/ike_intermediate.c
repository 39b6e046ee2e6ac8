/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IKE_INTERMEDIATE (RFC 9242) between IKE_SA_INIT and IKE_AUTH, one for each additional key exchange
 * that was agreed (RFC 9370 2.2.2): KE payloads under the keys of the round before, new keys after it.
 * What both ends sent is remembered in ike->int_auth, which their AUTH covers. As the responder we
 * take rounds without a key exchange too, up to a limit, since they change nothing but int_auth.
 */
#include <string.h>

#include "ctl/codes.h"
#include "exchanges/extensions.h"
#include "exchanges/steps.h"

#define MAX_ROUNDS 16 /* 7 key exchanges, and some for what a peer may have more */

static bool is_between(const struct ike_sa *ike)
{
	return suite_next_addke(&ike->suite, ike->addkes_done) < ADDKE_MAX;
}

/* The key exchange of the round that comes; the one before is forgotten. */
static const struct alg *begin_round(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	unsigned index = suite_next_addke(&r->ike->suite, r->ike->addkes_done);

	ke_forget(s);
	s->group = index < ADDKE_MAX ? r->ike->suite.addke[index] : NULL;
	return s->group;
}

/* Adds a message of the round to IntAuth: ours with the builder's content, the peer's as opened. */
static bool remember(struct ike_sa *ike, bool of_initiator, struct slice header, struct slice text)
{
	size_t len = ike->suite.prf->out_len;
	struct bytes *kept = &ike->int_auth; /* IntAuth_i | IntAuth_r | IKE_AUTH's message ID */
	bool is_first = of_initiator ? ike->int_rounds == 0 : ike->int_rounds == 1;
	uint8_t value[PRF_MAX_LEN];
	uint8_t *at;
	struct writer w;

	if (!kept->data && !bytes_alloc(2 * len + 4, kept))
		return false;
	at = kept->data + (of_initiator ? 0 : len);
	if (!int_auth_mix(ike->suite.prf, of_initiator ? ike->keys.pi : ike->keys.pr,
			  is_first ? SLICE_EMPTY : slice(at, len), header, text, value))
		return false;
	memcpy(at, value, len);
	ike->int_rounds += of_initiator; /* the request opens the round */
	w = writer_over(kept->data + 2 * len, 4);
	writer_u32(&w, (uint32_t)ike->int_rounds + 1);
	return true;
}

static bool remember_own(struct run *r, struct builder *b)
{
	uint8_t inner_type;
	struct slice text = builder_inner(b, &inner_type);

	return remember(r->ike, r->ike->is_initiator, builder_sk_header(b), text);
}

static bool remember_peers(struct run *r)
{
	const struct message *m = r->m;

	return remember(r->ike, !r->ike->is_initiator, slice(m->raw.data, m->sk_offset + 4),
			m->sk_text);
}

/* New keys of the round's shared secret. */
static bool update_keys(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct scratch *s = &r->slot->scratch;
	struct slice ni = bytes_slice(ike->is_initiator ? &ike->nonce : &ike->peer_nonce);
	struct slice nr = bytes_slice(ike->is_initiator ? &ike->peer_nonce : &ike->nonce);
	bool ok = keymat_ike_update(&ike->suite, ni, nr, secret_slice(&s->ke_shared), ike->spi_i,
				    ike->spi_r, &ike->keys);

	sa_log(r->core, ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS, "additional key exchange %u: %s",
	       suite_next_addke(&ike->suite, ike->addkes_done) + 1, s->group->name);
	ike->addkes_done = (uint8_t)(suite_next_addke(&ike->suite, ike->addkes_done) + 1);
	ke_forget(s);
	return ok;
}

/* ---- initiator */

enum step inter_begin_step(struct run *r)
{
	return exchange_jump(r, is_between(r->ike) ? &start_ike_intermediate : &start_ike_auth);
}

enum step inter_group_step(struct run *r)
{
	return begin_round(r) ? STEP_NEXT : close_with(r, RC_INTERNAL, "no key exchange is left");
}

enum step inter_send_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	start_request(r->ike, EXCHANGE_IKE_INTERMEDIATE, &b, buffer);
	builder_ke(&b, s->group->id, bytes_slice(&s->ke_public));
	if (!remember_own(r, &b) || !send_request(r->core, r->ike, &b))
		return close_with(r, RC_INTERNAL, "IKE_INTERMEDIATE cannot be built");
	return STEP_DONE;
}

enum step inter_response_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	const struct notify *n = message_error_notify(r->m);
	char name[40];

	if (n) {
		r->cause = cause_of_notify(n->type);
		return close_with(r, RC_FATAL, "the peer answered IKE_INTERMEDIATE with %s",
				  name_str(&notify_names, n->type, name, sizeof(name)));
	}
	if (!message_has(r->m, PAYLOAD_KE) || r->m->ke.group != s->group->id ||
	    !ke_answer_len_ok(s->group, r->m->ke.value.len))
		return close_with(r, RC_FATAL, "the peer's additional KE payload does not fit");
	if (!remember_peers(r) || !bytes_copy(r->m->ke.value, &s->ke_peer))
		return close_with(r, RC_INTERNAL, "out of memory");
	request_done(r->core, r->ike);
	return STEP_NEXT;
}

enum step inter_keys_step(struct run *r)
{
	if (!update_keys(r))
		return close_with(r, RC_INTERNAL, "key derivation failed");
	return inter_begin_step(r);
}

/* ---- responder */

enum step inter_allowed_step(struct run *r)
{
	/* we did not say that we take it, or it is too much */
	return r->ike->int_is_offered && r->ike->int_rounds < MAX_ROUNDS ? STEP_NEXT : STEP_DROP;
}

static enum step refuse(struct run *r, const char *reason)
{
	send_error_reply(r->core, r->ike, r->m, N_INVALID_SYNTAX, SLICE_EMPTY);
	return close_with(r, RC_FATAL, "%s", reason);
}

/* The message is opened: its key exchange has to be the next one. */
enum step inter_request_step(struct run *r)
{
	const struct message *m = r->m;
	const struct alg *group = begin_round(r);

	if (!message_has(m, PAYLOAD_KE)) {
		ke_forget(&r->slot->scratch);
		return remember_peers(r) ? STEP_NEXT : close_with(r, RC_INTERNAL, "out of memory");
	}
	if (!group || m->ke.group != group->id || !ke_public_len_ok(group, m->ke.value.len))
		return refuse(r, "the peer's additional KE payload does not fit the proposal");
	if (!remember_peers(r) || !bytes_copy(m->ke.value, &r->slot->scratch.ke_peer))
		return close_with(r, RC_INTERNAL, "out of memory");
	return STEP_NEXT;
}

enum step inter_reply_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	start_reply(r->ike, r->m, &b, buffer);
	if (s->group)
		builder_ke(&b, s->group->id, bytes_slice(&s->ke_public));
	if (!remember_own(r, &b) || !send_reply(r->core, r->ike, &b))
		return close_with(r, RC_INTERNAL, "IKE_INTERMEDIATE answer cannot be built");
	if (!s->group)
		return STEP_DONE;
	/* what was sent cannot be cut anew: that would be under the new keys */
	bytes_free(&r->ike->reply.text);
	return update_keys(r) ? STEP_DONE : close_with(r, RC_INTERNAL, "key derivation failed");
}

/* IKE_AUTH has come: every key exchange that was agreed must have been made. */
enum step inter_done_step(struct run *r)
{
	return is_between(r->ike)
		       ? refuse(r, "IKE_AUTH came before all additional key exchanges were made")
		       : STEP_NEXT;
}

/* ---- rows of extensions.c */

bool inter_is_offered(struct run *r)
{
	const struct connection *conn = r->ike->connection;

	if (r->ike->is_initiator)
		return conn->def->config.intermediate || suite_offers_addke(conn->def->ike);
	return (r->ike->peer_features & FEATURE_INTERMEDIATE) &&
	       (conn->def->config.intermediate || suite_has_addke(&r->ike->suite));
}

void inter_put(struct run *r, struct builder *b)
{
	r->ike->int_is_offered = true;
	builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_INTERMEDIATE_EXCHANGE_SUPPORTED,
		       SLICE_EMPTY);
}
