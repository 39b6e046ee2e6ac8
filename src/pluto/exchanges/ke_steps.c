/* SPDX-License-Identifier: Apache-2.0 */
/* Key exchange as work: a key pair, then the shared secret. Steps shared by all exchanges. */
#include <stdarg.h>
#include <stdio.h>

#include "ctl/codes.h"
#include "exchanges/steps.h"

enum step close_with(struct run *r, uint32_t code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(r->reason, sizeof(r->reason), format, ap);
	va_end(ap);
	r->code = code;
	return STEP_CLOSE;
}

enum step unasked_failed(struct run *r, const char *reason)
{
	if (r->ike->phase != IKE_ESTABLISHED || r->m || r->slot != &r->ike->ours ||
	    !r->slot->scratch.child)
		return close_with(r, RC_INTERNAL, "%s", reason);
	child_fail(r, N_TEMPORARY_FAILURE, RC_INTERNAL, "%s", reason);
	return STEP_DONE;
}

/* Without a key exchange there is no SA: of IKE_SA_INIT the IKE SA ends, else the child only. */
static enum step ke_failed(struct run *r, const char *reason)
{
	struct scratch *s = &r->slot->scratch;
	bool is_peers_fault = r->work && r->work->verdict == VERDICT_BAD;

	if (s->purpose == PURPOSE_REKEY_IKE)
		return rekey_ike_ke_failed(r, is_peers_fault, reason);
	if (!s->child)
		return close_with(r, RC_FATAL, "%s", reason);
	if (r->slot == &r->ike->ours && !r->m)
		return unasked_failed(r, reason);
	if (r->slot == &r->ike->ours)
		return child_undo(r, RC_FATAL, reason);
	child_fail(r, is_peers_fault ? N_INVALID_SYNTAX : N_TEMPORARY_FAILURE, RC_FATAL, "%s",
		   reason);
	s->group = NULL;
	return STEP_NEXT;
}

enum step ke_generate_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	struct work *w;

	if (!s->group || s->ke_public.data)
		return STEP_NEXT;
	/* a responder has no key pair of a KEM */
	if (ke_is_kem(s->group) && r->slot == &r->ike->theirs)
		return ke_respond_step(r);
	w = work_new(WORK_KE_GENERATE, ike_handle(r->ike), core_ticket(r->core, r->slot));
	if (!w)
		return unasked_failed(r, "out of memory");
	w->group = s->group;
	core_work(r->core, w);
	return STEP_WAIT;
}

enum step ke_generated_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;

	if (!s->group || s->ke_public.data)
		return STEP_NEXT;
	if (r->work && r->work->kind == WORK_KE_RESPOND)
		return ke_responded_step(r);
	if (!r->work || r->work->verdict != VERDICT_OK)
		return ke_failed(r, "no key pair could be made");
	s->ke_private = r->work->ke_private;
	s->ke_public = r->work->ke_public;
	r->work->ke_private = (struct secret){ 0 };
	r->work->ke_public = (struct bytes){ 0 };
	return STEP_NEXT;
}

enum step ke_respond_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	struct work *w;

	if (!s->group || s->ke_shared.data)
		return STEP_NEXT;
	w = work_new(WORK_KE_RESPOND, ike_handle(r->ike), core_ticket(r->core, r->slot));
	if (!w || !bytes_copy(bytes_slice(&s->ke_peer), &w->ke_peer)) {
		work_free(w);
		return close_with(r, RC_INTERNAL, "out of memory");
	}
	w->group = s->group;
	core_work(r->core, w);
	return STEP_WAIT;
}

enum step ke_responded_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;

	if (!s->group || s->ke_shared.data)
		return STEP_NEXT;
	if (!r->work || r->work->verdict != VERDICT_OK)
		return ke_failed(r, "the peer's key exchange value is not valid");
	s->ke_public = r->work->ke_public;
	s->ke_shared = r->work->ke_secret;
	r->work->ke_public = (struct bytes){ 0 };
	r->work->ke_secret = (struct secret){ 0 };
	return STEP_NEXT;
}

void ke_forget(struct scratch *s)
{
	secret_free(&s->ke_private);
	secret_free(&s->ke_shared);
	bytes_free(&s->ke_public);
	bytes_free(&s->ke_peer);
	s->group = NULL;
}

enum step ke_shared_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	struct work *w;

	if (!s->group || s->ke_shared.data)
		return STEP_NEXT;
	w = work_new(WORK_KE_SHARED, ike_handle(r->ike), core_ticket(r->core, r->slot));
	if (!w || !secret_copy(secret_slice(&s->ke_private), &w->ke_private) ||
	    !bytes_copy(bytes_slice(&s->ke_public), &w->ke_public) ||
	    !bytes_copy(bytes_slice(&s->ke_peer), &w->ke_peer)) {
		work_free(w);
		return close_with(r, RC_INTERNAL, "out of memory");
	}
	w->group = s->group;
	core_work(r->core, w);
	return STEP_WAIT;
}

enum step ke_shared_done_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;

	if (!s->group || s->ke_shared.data)
		return STEP_NEXT;
	if (!r->work || r->work->verdict != VERDICT_OK)
		return ke_failed(r, "the peer's key exchange value is not valid");
	s->ke_shared = r->work->ke_secret;
	r->work->ke_secret = (struct secret){ 0 };
	secret_free(&s->ke_private);
	return STEP_NEXT;
}
