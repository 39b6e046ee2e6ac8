/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IKE_FOLLOWUP_KE (RFC 9370 2.2.4): the additional key exchanges after a CREATE_CHILD_SA, whatever that
 * makes. ADDITIONAL_KEY_EXCHANGE links them: the responder keeps what was agreed under a random name
 * until the next comes, for a while. The keys come of all shared secrets together.
 */
#include "core/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/random.h"
#include "ctl/codes.h"
#include "exchanges/steps.h"

#define TIMEOUT_USEC (30 * USEC_PER_SEC)

/* Of what is being made; NULL: it failed. */
static const struct suite *suite_of(const struct scratch *s)
{
	if (s->purpose == PURPOSE_REKEY_IKE)
		return &s->ike_suite;
	return s->child ? &s->child->suite : NULL;
}

/* Puts the round's secret to the others: SK(0) apart, SK(1) and so on behind the nonces. */
static bool collect(struct scratch *s)
{
	struct secret all;

	if (!s->first_shared.data) {
		s->first_shared = s->ke_shared;
		s->ke_shared = (struct secret){ 0 };
		return true;
	}
	if (!secret_alloc(s->more_shared.len + s->ke_shared.len, &all))
		return false;
	if (s->more_shared.len)
		memcpy(all.data, s->more_shared.data, s->more_shared.len);
	memcpy(all.data + s->more_shared.len, s->ke_shared.data, s->ke_shared.len);
	secret_free(&s->more_shared);
	secret_free(&s->ke_shared);
	s->more_shared = all;
	return true;
}

/* Sets the next key exchange of the suite up; false: none is left. */
static bool next_round(struct scratch *s, const struct suite *suite)
{
	unsigned index = suite_next_addke(suite, s->addkes_done);

	if (index == ADDKE_MAX)
		return false;
	ke_forget(s);
	s->group = suite->addke[index];
	s->addkes_done = (uint8_t)(index + 1);
	return true;
}

void followup_put(struct run *r, struct builder *b)
{
	const struct scratch *s = &r->slot->scratch;

	builder_ke(b, s->group->id, bytes_slice(&s->ke_public));
}

static void put_link(struct builder *b, struct slice link)
{
	builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_ADDITIONAL_KEY_EXCHANGE, link);
}

/* ---- initiator */

/* The peer may have it, or not: a child is deleted, an IKE SA that only the peer has cannot be. */
static enum step give_up(struct run *r, const char *reason)
{
	struct scratch *s = &r->slot->scratch;

	if (s->purpose == PURPOSE_REKEY_IKE)
		return close_with(r, RC_FATAL, "%s", reason);
	return s->child ? child_undo(r, RC_FATAL, reason) : STEP_DONE;
}

enum step followup_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	const struct suite *suite = suite_of(s);
	const struct notify *n = message_notify(r->m, N_ADDITIONAL_KEY_EXCHANGE);

	if (!suite || !suite_has_addke(suite))
		return STEP_NEXT;
	if (!collect(s))
		return close_with(r, RC_INTERNAL, "out of memory");
	if (suite_next_addke(suite, s->addkes_done) == ADDKE_MAX) {
		s->ke_shared = s->first_shared;
		s->first_shared = (struct secret){ 0 };
		return STEP_NEXT;
	}
	bytes_free(&s->link);
	if (!n || n->data.len == 0 || !bytes_copy(n->data, &s->link))
		return give_up(r, "the answer lacks ADDITIONAL_KEY_EXCHANGE");
	next_round(s, suite);
	return exchange_jump(r, &start_followup_ke);
}

enum step followup_send_step(struct run *r)
{
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	if (!r->slot->scratch.group)
		return STEP_DONE;
	start_request(r->ike, EXCHANGE_IKE_FOLLOWUP_KE, &b, buffer);
	followup_put(r, &b);
	put_link(&b, bytes_slice(&r->slot->scratch.link));
	if (!send_request(r->core, r->ike, &b))
		return close_with(r, RC_INTERNAL, "IKE_FOLLOWUP_KE cannot be built");
	return STEP_DONE;
}

enum step followup_response_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	const struct notify *n = message_error_notify(r->m);
	char name[40], reason[100];
	struct text t = TEXT_OVER(reason);

	request_done(r->core, r->ike);
	if (n) {
		text_add(&t, "the peer answered IKE_FOLLOWUP_KE with %s",
			 name_str(&notify_names, n->type, name, sizeof(name)));
		if (s->purpose == PURPOSE_REKEY_IKE)
			return rekey_ike_failed(r, n->type, reason);
		if (s->child)
			child_fail(r, 0, RC_FATAL, "%s", reason);
		return STEP_DONE;
	}
	if (r->m->critical_unknown)
		return give_up(r, "the answer holds an unknown critical payload");
	if (!s->group || !message_has(r->m, PAYLOAD_KE) || r->m->ke.group != s->group->id ||
	    !ke_answer_len_ok(s->group, r->m->ke.value.len) ||
	    !bytes_copy(r->m->ke.value, &s->ke_peer))
		return give_up(r, "the peer's additional KE payload does not fit");
	return STEP_NEXT;
}

/* ---- responder */

void followup_drop(struct core *c, struct ike_sa *ike, const char *reason)
{
	struct followup *f = ike->followup;

	if (!f)
		return;
	sa_log(c, ike, f->scratch.child, LOG_LEVEL_WARNING, LINE_LOG, "given up: %s", reason);
	if (f->scratch.child)
		child_end(c, ike, f->scratch.child, reason);
	f->scratch.child = NULL;
	followup_free(ike);
}

/* Keeps the slot's scratch for the next round, under a new name that goes into the reply. */
static bool keep(struct run *r, struct builder *b)
{
	struct followup *f = calloc(1, sizeof(*f));

	if (!f || !random_bytes(f->link, sizeof(f->link))) {
		free(f);
		return false;
	}
	put_link(b, SLICE_OF(f->link));
	f->expires_usec = r->core->now_usec + TIMEOUT_USEC;
	f->scratch = r->slot->scratch;
	r->slot->scratch = (struct scratch){ 0 };
	r->ike->followup = f;
	return true;
}

static enum step refuse(struct run *r, uint16_t type, const char *reason)
{
	if (r->slot->scratch.child)
		child_fail(r, type, RC_FATAL, "%s", reason);
	send_error_reply(r->core, r->ike, r->m, type, SLICE_EMPTY);
	return STEP_DONE;
}

/* The answer to CREATE_CHILD_SA, when key exchanges are to follow it. */
enum step followup_offer_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	const struct suite *suite = suite_of(s);
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	if (!suite || !s->group || !suite_has_addke(suite))
		return STEP_NEXT;
	if (r->ike->followup)
		return refuse(r, N_TEMPORARY_FAILURE, "another one still waits for its keys");
	start_reply(r->ike, r->m, &b, buffer);
	if (s->purpose == PURPOSE_REKEY_IKE)
		rekey_ike_put(r, &b, true);
	else
		child_put(r, &b, true, true);
	if (!collect(s) || !keep(r, &b))
		return refuse(r, N_TEMPORARY_FAILURE, "out of memory");
	if (!send_reply(r->core, r->ike, &b))
		return close_with(r, RC_INTERNAL, "CREATE_CHILD_SA answer cannot be built");
	return STEP_DONE;
}

bool followup_is_for_ike(const struct ike_sa *ike, const struct message *m)
{
	(void)m;
	return ike->followup && ike->followup->scratch.purpose == PURPOSE_REKEY_IKE;
}

enum step followup_request_step(struct run *r)
{
	const struct notify *n = message_notify(r->m, N_ADDITIONAL_KEY_EXCHANGE);
	struct followup *f = r->ike->followup;
	struct scratch *s = &r->slot->scratch;
	const struct message *m = r->m;

	if (!n || !f || !slice_eq(n->data, SLICE_OF(f->link)))
		return refuse(r, N_STATE_NOT_FOUND, "");
	*s = f->scratch;
	f->scratch = (struct scratch){ 0 };
	followup_free(r->ike);
	if (!suite_of(s) || !next_round(s, suite_of(s)) || !message_has(m, PAYLOAD_KE) ||
	    m->ke.group != s->group->id || !ke_public_len_ok(s->group, m->ke.value.len) ||
	    !bytes_copy(m->ke.value, &s->ke_peer))
		return refuse(r, N_INVALID_SYNTAX, "the peer's additional KE payload does not fit");
	return STEP_NEXT;
}

/* The round is computed: another one follows, or what was agreed is made now. */
enum step followup_advance_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	const struct suite *suite = suite_of(s);
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	if (!suite || !s->group)
		return STEP_NEXT;
	if (!collect(s))
		return refuse(r, N_TEMPORARY_FAILURE, "out of memory");
	if (suite_next_addke(suite, s->addkes_done) == ADDKE_MAX) {
		s->ke_shared = s->first_shared;
		s->first_shared = (struct secret){ 0 };
		return STEP_NEXT;
	}
	start_reply(r->ike, r->m, &b, buffer);
	followup_put(r, &b);
	if (!keep(r, &b))
		return refuse(r, N_TEMPORARY_FAILURE, "out of memory");
	if (!send_reply(r->core, r->ike, &b))
		return close_with(r, RC_INTERNAL, "IKE_FOLLOWUP_KE answer cannot be built");
	return STEP_DONE;
}

/* What a rekey replaces may be gone by now. */
enum step followup_recheck_step(struct run *r)
{
	return r->slot->scratch.purpose == PURPOSE_REKEY_CHILD ? rekey_child_recheck_step(r)
							       : STEP_NEXT;
}
