/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Post-quantum preshared keys (RFC 8784). USE_PPK in IKE_SA_INIT says that an end could; in IKE_AUTH
 * the initiator names one, and SK_d, SK_pi and SK_pr become prf+(PPK, ...) at both ends. Where ppk=
 * does not insist, the initiator proves itself without the PPK as well (NO_PPK_AUTH), so its AUTH is
 * made twice. The value of a PPK never leaves the keystore: mixing is WORK.
 */
#include <stdlib.h>
#include <string.h>

#include "ctl/codes.h"
#include "exchanges/steps.h"

#define PPK_ID_FIXED 2

static uint64_t policy_of(const struct run *r)
{
	return r->ike->connection->def->config.ppk;
}

static struct work *ppk_work(struct run *r, enum work_kind kind, const struct identity *remote_id)
{
	struct ike_sa *ike = r->ike;
	struct work *w = work_new(kind, ike_handle(ike), core_ticket(r->core, r->slot));
	const char *allowed = ike->connection->def->config.ppk_ids;

	if (!w)
		return NULL;
	w->prf = ike->suite.prf;
	w->local = ike->local.address;
	w->remote = ike->remote.address;
	if (allowed)
		w->ppk_allowed = strdup(allowed);
	if ((!allowed || w->ppk_allowed) && identity_copy(&ike->connection->us->id, &w->local_id) &&
	    identity_copy(remote_id, &w->remote_id))
		return w;
	work_free(w);
	return NULL;
}

/* Asks for PPK name mixed into the keys as they are. */
static enum step start_mix(struct run *r, const struct identity *remote_id)
{
	struct work *w = ppk_work(r, WORK_PPK_MIX, remote_id);

	if (!w || !bytes_copy(bytes_slice(&r->slot->scratch.ppk.name), &w->ppk_name) ||
	    !keymat_ppk_keys(&r->ike->keys, &w->ppk_keys)) {
		work_free(w);
		return close_with(r, RC_INTERNAL, "out of memory");
	}
	w->ppk_key_count = PPK_KEYS;
	core_work(r->core, w);
	return STEP_WAIT;
}

static bool take_mixed(struct run *r)
{
	struct ppk_use *p = &r->slot->scratch.ppk;

	if (!r->work || r->work->verdict != VERDICT_OK)
		return false;
	p->other = r->work->ppk_mixed;
	r->work->ppk_mixed = (struct secret){ 0 };
	return true;
}

static bool swap(struct run *r)
{
	struct ppk_use *p = &r->slot->scratch.ppk;

	p->is_mixed = !p->is_mixed;
	return keymat_ppk_swap(&r->ike->keys, &p->other);
}

static void log_used(struct run *r)
{
	char words[120];
	struct text name = TEXT_OVER(words);

	text_escape(&name, bytes_slice(&r->slot->scratch.ppk.name));
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS, "PPK \"%s\" is in the keys",
	       words);
}

/* ---- initiator */

enum step ppk_find_step(struct run *r)
{
	struct work *w;

	if (policy_of(r) == PPK_NEVER || r->slot->scratch.ppk.name.data)
		return STEP_NEXT;
	w = ppk_work(r, WORK_PPK_FIND, &r->ike->connection->peer->id);
	if (!w)
		return close_with(r, RC_INTERNAL, "out of memory");
	core_work(r->core, w);
	return STEP_WAIT;
}

enum step ppk_found_step(struct run *r)
{
	struct ppk_use *p = &r->slot->scratch.ppk;

	if (policy_of(r) == PPK_NEVER || p->name.data)
		return STEP_NEXT;
	if (r->work && r->work->verdict == VERDICT_OK) {
		p->name = r->work->ppk_name;
		r->work->ppk_name = (struct bytes){ 0 };
		return STEP_NEXT;
	}
	if (policy_of(r) == PPK_INSIST)
		return close_with(r, RC_NO_KEY,
				  "no PPK for this connection, and ppk=insist: add a PPKS line to "
				  "ipsec.secrets, then ipsec whack --rereadsecrets");
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_LOG,
	       "no PPK for this connection in ipsec.secrets: going on without");
	return STEP_NEXT;
}

static bool is_agreed(const struct run *r)
{
	return r->slot->scratch.ppk.name.data && (r->ike->peer_features & FEATURE_PPK);
}

enum step ppk_mix_step(struct run *r)
{
	if (!is_agreed(r) || r->slot->scratch.ppk.other.data)
		return STEP_NEXT;
	return start_mix(r, &r->ike->connection->peer->id);
}

enum step ppk_mixed_step(struct run *r)
{
	if (!is_agreed(r) || r->slot->scratch.ppk.other.data)
		return STEP_NEXT;
	if (!take_mixed(r))
		return close_with(r, RC_NO_KEY, "the PPK is not in ipsec.secrets any more");
	if (policy_of(r) == PPK_INSIST && !swap(r))
		return close_with(r, RC_INTERNAL, "the PPK cannot be mixed in");
	return STEP_NEXT;
}

/* Our AUTH without the PPK is made: once more with it. */
enum step ppk_again_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;

	if (!s->ppk.other.data || s->ppk.is_mixed)
		return STEP_NEXT;
	bytes_free(&s->ppk.plain_auth);
	if (!bytes_copy(bytes_slice(&s->auth->data), &s->ppk.plain_auth) || !swap(r))
		return close_with(r, RC_INTERNAL, "out of memory");
	return exchange_jump(r, &start_ike_auth);
}

bool ppk_take_answer(struct run *r)
{
	struct ppk_use *p = &r->slot->scratch.ppk;

	if (!p->other.data)
		return true;
	if (message_notify(r->m, N_PPK_IDENTITY)) {
		log_used(r);
		return true;
	}
	if (p->plain_auth.len == 0 || !swap(r))
		return false;
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_WARNING, LINE_LOG,
	       "the peer has no such PPK: going on without");
	return true;
}

/* ---- responder */

static enum step refuse(struct run *r, const char *reason)
{
	struct scratch *s = &r->slot->scratch;

	bytes_free(&s->ppk.name);
	s->is_refused = true;
	text_copy(s->refusal, sizeof(s->refusal), reason);
	return STEP_NEXT;
}

/* The PPK cannot be used: the initiator's other proof, if both may do without (RFC 8784 table 1). */
static enum step do_without(struct run *r)
{
	const struct notify *n = message_notify(r->m, N_NO_PPK_AUTH);

	if (policy_of(r) == PPK_INSIST)
		return refuse(r, "the PPK the peer names is not for it here, and ppk=insist");
	if (!n)
		return refuse(r, "the PPK the peer names is not for it here, and the peer insists");
	bytes_free(&r->slot->scratch.ppk.name);
	r->m->auth.data = n->data;
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_WARNING, LINE_LOG,
	       "the PPK the peer names is not for it here: going on without");
	return STEP_NEXT;
}

static bool is_allowed(const char *allowed, struct slice name)
{
	while (allowed && *allowed) {
		size_t len;

		allowed += strspn(allowed, ", ");
		len = strcspn(allowed, ", ");
		if (slice_eq(slice(allowed, len), name))
			return true;
		allowed += len;
	}
	return allowed == NULL;
}

enum step ppk_answer_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	const struct notify *n = message_notify(r->m, N_PPK_IDENTITY);
	struct slice name;

	/* a PPK is in the keys of the session already, if there was one */
	if (s->is_refused || r->ike->session)
		return STEP_NEXT;
	if (!s->ppk.is_offered) {
		if (policy_of(r) == PPK_INSIST)
			return refuse(r, "the peer uses no PPK, and ppk=insist");
		return STEP_NEXT;
	}
	if (!n)
		return refuse(r, "the peer names no PPK, though both ends said USE_PPK");
	if (policy_of(r) == PPK_NEVER || n->data.len < 2 || n->data.data[0] != PPK_ID_FIXED)
		return do_without(r);
	name = slice(n->data.data + 1, n->data.len - 1);
	if (!is_allowed(r->ike->connection->def->config.ppk_ids, name))
		return do_without(r);
	if (!bytes_copy(name, &s->ppk.name))
		return close_with(r, RC_INTERNAL, "out of memory");
	return start_mix(r, &r->ike->peer_id);
}

enum step ppk_answered_step(struct run *r)
{
	if (!r->slot->scratch.ppk.name.data)
		return STEP_NEXT;
	if (!take_mixed(r))
		return do_without(r);
	if (!swap(r))
		return close_with(r, RC_INTERNAL, "the PPK cannot be mixed in");
	log_used(r);
	return STEP_NEXT;
}

/* ---- rows of extensions.c */

bool ppk_is_offered(struct run *r)
{
	if (r->ike->is_initiator)
		return r->slot->scratch.ppk.name.data != NULL;
	/* Which connection is meant is known in IKE_AUTH only. */
	return (r->ike->peer_features & FEATURE_PPK) && r->core->connections.ppk_users > 0;
}

void ppk_put_use(struct run *r, struct builder *b)
{
	r->slot->scratch.ppk.is_offered = true;
	builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_USE_PPK, SLICE_EMPTY);
}

bool ppk_is_needed(struct run *r)
{
	return policy_of(r) == PPK_INSIST;
}

bool ppk_is_used(struct run *r)
{
	return r->slot->scratch.ppk.is_mixed;
}

void ppk_put_identity(struct run *r, struct builder *b)
{
	struct slice name = bytes_slice(&r->slot->scratch.ppk.name);
	uint8_t body[1 + PPK_NAME_MAX] = { PPK_ID_FIXED };

	if (!r->ike->is_initiator) {
		builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_PPK_IDENTITY, SLICE_EMPTY);
		return;
	}
	memcpy(body + 1, name.data, name.len);
	builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_PPK_IDENTITY, slice(body, 1 + name.len));
}

bool ppk_is_optional(struct run *r)
{
	return r->slot->scratch.ppk.plain_auth.len > 0;
}

void ppk_put_plain_auth(struct run *r, struct builder *b)
{
	builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_NO_PPK_AUTH,
		       bytes_slice(&r->slot->scratch.ppk.plain_auth));
}
