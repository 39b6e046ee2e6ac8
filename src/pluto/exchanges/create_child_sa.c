/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CREATE_CHILD_SA for a further child (RFC 7296 1.3.1) or in place of one (1.3.3, rekey_child.c),
 * with or without a key exchange.
 */
#include "crypto/random.h"
#include "ctl/codes.h"
#include "exchanges/nat.h"
#include "exchanges/steps.h"

#define NONCE_LEN 32
#define MAX_KE_ROUNDS 3
/* A connection of 32 by 32 networks (subnets=) fits; a peer gone mad is stopped. */
#define MAX_CHILDREN 1024

static bool make_nonce(struct bytes *out)
{
	return out->data || (bytes_alloc(NONCE_LEN, out) && random_bytes(out->data, out->len));
}

enum step create_start_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	const struct child_sa *old = rekey_old_child(r);
	const struct proposals *esp = s->child->connection->def->esp;

	/* The group that the peer took before saves a round (case 54). */
	if (!s->group && old && old->ke_group && suite_has_group(esp, old->ke_group->id))
		s->group = old->ke_group;
	if (!s->group)
		s->group = suite_first_group(esp);
	if (!make_nonce(&s->ni))
		return unasked_failed(r, "no randomness for a nonce");
	return STEP_NEXT;
}

enum step create_send_step(struct run *r)
{
	const struct child_sa *old = rekey_old_child(r);
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	if (!r->slot->scratch.child)
		return STEP_DONE;
	if (old && old->phase == CHILD_VACANT && !r->slot->scratch.old_is_unknown) {
		child_fail(r, 0, RC_FATAL, "deleted by the peer");
		return STEP_DONE;
	}
	start_request(r->ike, EXCHANGE_CREATE_CHILD_SA, &b, buffer);
	rekey_child_put_notify(r, &b);
	child_put(r, &b, false, true);
	if (!send_request(r->core, r->ike, &b))
		return unasked_failed(r, "CREATE_CHILD_SA cannot be built");
	sa_log(r->core, r->ike, r->slot->scratch.child, LOG_LEVEL_INFO, LINE_PROGRESS,
	       "CREATE_CHILD_SA sent");
	return STEP_DONE;
}

/* INVALID_KE_PAYLOAD: once more with the peer's group, if it is one of ours (case 54). */
static bool wants_other_group(struct run *r, const struct notify *n)
{
	struct scratch *s = &r->slot->scratch;
	uint16_t group;

	if (n->type != N_INVALID_KE_PAYLOAD || n->data.len != 2 || !s->group ||
	    ++s->ke_rounds > MAX_KE_ROUNDS)
		return false;
	group = (uint16_t)(n->data.data[0] << 8 | n->data.data[1]);
	if (group == s->group->id || !suite_has_group(s->child->connection->def->esp, group))
		return false;
	s->group = alg_find(TRANSFORM_KE, group);
	if (rekey_old_child(r))
		rekey_old_child(r)->ke_group = s->group;
	secret_free(&s->ke_private);
	bytes_free(&s->ke_public);
	return true;
}

static bool is_gone(const struct scratch *s)
{
	for (uint8_t i = 0; i < s->gone_count; i++)
		if (s->gone_spis[i] == s->child->spi_out)
			return true;
	return false;
}

enum step create_response_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	const struct notify *n = message_error_notify(r->m);
	enum step outcome;

	request_done(r->core, r->ike);
	if (!s->child)
		return STEP_DONE;
	if (r->m->critical_unknown)
		return child_undo(r, RC_FATAL, "the answer holds an unknown critical payload");
	if (n && wants_other_group(r, n))
		return exchange_jump(r, s->old_serial ? &start_rekey_child : &start_create_child);
	outcome = child_accept_step(r);
	if (outcome != STEP_NEXT)
		return outcome;
	if (is_gone(s)) {
		child_fail(r, 0, RC_FATAL, "the peer deleted it before its answer came");
		return STEP_DONE;
	}
	if (!message_has(r->m, PAYLOAD_NONCE) || !bytes_copy(r->m->nonce, &s->nr))
		return child_undo(r, RC_FATAL, "the peer's answer lacks a nonce");
	/* one that sends ours back has no part in the keys (case 25) */
	if (slice_eq(r->m->nonce, bytes_slice(&s->ni)))
		return child_undo(r, RC_FATAL, "the peer's nonce is ours");
	if (s->child->suite.ke != s->group ||
	    (s->group && (!message_has(r->m, PAYLOAD_KE) || r->m->ke.group != s->group->id ||
			  !ke_answer_len_ok(s->group, r->m->ke.value.len) ||
			  !bytes_copy(r->m->ke.value, &s->ke_peer)))) {
		return child_undo(r, RC_FATAL, "the peer's key exchange does not fit the proposal");
	}
	return STEP_NEXT;
}

static unsigned child_count(const struct ike_sa *ike)
{
	unsigned n = 0;

	for (const struct list *l = ike->children.next; l != &ike->children; l = l->next)
		n++;
	return n;
}

/* Responder: what is refused outright, then the group of the key exchange. */
enum step create_check_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	enum step outcome;

	/* a new IKE SA is on its way, on which it can be asked for (2.25.2) */
	if (r->ike->ours.scratch.purpose == PURPOSE_REKEY_IKE) {
		send_error_reply(r->core, r->ike, r->m, N_TEMPORARY_FAILURE, SLICE_EMPTY);
		return STEP_DONE;
	}
	if (child_count(r->ike) >= MAX_CHILDREN) {
		send_error_reply(r->core, r->ike, r->m, N_NO_ADDITIONAL_SAS, SLICE_EMPTY);
		return STEP_DONE;
	}
	nat_substitute(r);
	outcome = child_choose_step(r);
	if (outcome != STEP_NEXT || !s->child)
		return outcome;
	s->group = s->child->suite.ke;
	if (s->group && (!message_has(r->m, PAYLOAD_KE) || r->m->ke.group != s->group->id)) {
		uint8_t group[2] = { (uint8_t)(s->group->id >> 8), (uint8_t)s->group->id };

		child_fail(r, 0, RC_FATAL, "asked for the key exchange %s", s->group->name);
		send_error_reply(r->core, r->ike, r->m, N_INVALID_KE_PAYLOAD, SLICE_OF(group));
		return STEP_DONE;
	}
	if ((s->group && (!ke_public_len_ok(s->group, r->m->ke.value.len) ||
			  !bytes_copy(r->m->ke.value, &s->ke_peer))) ||
	    !bytes_copy(r->m->nonce, &s->ni) || !make_nonce(&s->nr)) {
		child_fail(r, N_INVALID_SYNTAX, RC_FATAL, "the KE value has the wrong length");
		s->group = NULL;
	}
	return STEP_NEXT;
}

enum step create_reply_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	if (!s->child) {
		send_error_reply(r->core, r->ike, r->m,
				 s->child_error ? s->child_error : N_NO_PROPOSAL_CHOSEN,
				 SLICE_EMPTY);
		return STEP_DONE;
	}
	start_reply(r->ike, r->m, &b, buffer);
	if (s->addkes_done)
		followup_put(r, &b);
	else
		child_put(r, &b, true, true);
	if (!send_reply(r->core, r->ike, &b))
		return close_with(r, RC_INTERNAL, "CREATE_CHILD_SA answer cannot be built");
	return STEP_NEXT;
}

/* On an IKE SA that is replaced, or whose Delete of ours is under way, nothing new is made (RFC 7296
 * 2.8.2, 2.25.2). */
enum step create_busy_step(struct run *r)
{
	send_error_reply(r->core, r->ike, r->m, N_TEMPORARY_FAILURE, SLICE_EMPTY);
	return STEP_DONE;
}
