/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CREATE_CHILD_SA that replaces the IKE SA (RFC 7296 1.3.2, 2.18): new SPIs in the proposal, a new
 * key exchange, SKEYSEED from the old SK_d. What may cross it is 2.25's, which of two crossing ones
 * stays is 2.8.2's.
 */
#include "core/contact.h"
#include "core/exchange.h"
#include "crypto/random.h"
#include "ctl/codes.h"
#include "exchanges/steps.h"
#include "sa/collision.h"

#define NONCE_LEN 32
#define MAX_KE_ROUNDS 3
#define SOON_TRIES 3

bool rekey_ike_is_asked(const struct ike_sa *ike, const struct message *m)
{
	(void)ike;
	return m->sa.count > 0 && m->sa.proposals[0].protocol == PROTOCOL_IKE;
}

bool rekey_ike_is_answered(const struct ike_sa *ike, const struct message *m)
{
	(void)m;
	return ike->ours.scratch.purpose == PURPOSE_REKEY_IKE;
}

static bool make_nonce(struct bytes *out)
{
	return out->data || (bytes_alloc(NONCE_LEN, out) && random_bytes(out->data, out->len));
}

static const struct proposals *allowed(const struct run *r)
{
	return r->ike->connection->def->ike;
}

void rekey_ike_put(const struct run *r, struct builder *b, bool is_answer)
{
	const struct scratch *s = &r->slot->scratch;
	uint8_t spi[8];
	struct writer w = writer_over(spi, sizeof(spi));

	writer_u64(&w, s->new_spi);
	if (is_answer)
		suite_answer(b, &s->ike_suite, SLICE_OF(spi));
	else
		suite_offer(b, allowed(r), PROTOCOL_IKE, SLICE_OF(spi), SUITE_ALL_KE);
	builder_raw(b, PAYLOAD_NONCE, bytes_slice(is_answer ? &s->nr : &s->ni));
	builder_ke(b, s->group->id, bytes_slice(&s->ke_public));
}

/* The new SPI of the peer, from its proposal. */
static uint64_t spi_of(struct slice spi)
{
	uint64_t n = 0;

	for (size_t i = 0; i < spi.len; i++)
		n = n << 8 | spi.data[i];
	return n;
}

enum step rekey_ike_start_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	const struct alg *last = r->ike->ke_group ? r->ike->ke_group : r->ike->suite.ke;

	if (!s->group && suite_has_group(allowed(r), last->id))
		s->group = last;
	if (!s->group)
		s->group = suite_first_group(allowed(r));
	if (!s->new_spi)
		s->new_spi = ike_new_spi(r->core);
	if (!s->group || !s->new_spi || !make_nonce(&s->ni))
		return close_with(r, RC_INTERNAL, "no randomness or no group for a rekey");
	return STEP_NEXT;
}

enum step rekey_ike_send_step(struct run *r)
{
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	start_request(r->ike, EXCHANGE_CREATE_CHILD_SA, &b, buffer);
	rekey_ike_put(r, &b, false);
	if (!send_request(r->core, r->ike, &b))
		return close_with(r, RC_INTERNAL, "CREATE_CHILD_SA cannot be built");
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS,
	       "CREATE_CHILD_SA sent to rekey the IKE SA");
	return STEP_DONE;
}

/* Ours did not come to a new IKE SA. A crossing one of the peer's stands then; else it is tried
 * again (case 112), soon when only something else was in its way. */
enum step rekey_ike_failed(struct run *r, uint16_t type, const char *reason)
{
	struct ike_sa *ike = r->ike, *rival = ike_rival(r->core, ike);
	bool soon = type == N_TEMPORARY_FAILURE && ike->refusals < SOON_TRIES;

	/* the peer goes on with its own already */
	if (ike->is_replaced)
		return STEP_DONE;
	if (rival) {
		ike_succeed(r->core, ike, rival);
		return STEP_DONE;
	}
	if (ike->refusals < UINT8_MAX)
		ike->refusals++;
	ike->rekey_usec = soon ? core_jitter(r->core, USEC_PER_SEC, 5 * USEC_PER_SEC)
			       : core_jitter(r->core, 10 * USEC_PER_SEC, 60 * USEC_PER_SEC);
	if (!ike->connection->def->config.rekey && !soon)
		ike->rekey_usec = USEC_NEVER;
	sa_log(r->core, ike, NULL, LOG_LEVEL_WARNING, LINE_LOG,
	       "the IKE SA is not replaced and stays in use: %s", reason);
	if (!soon)
		clients_finish_sa(r->core, ike->serial, WAITS_REPLACED, RC_FATAL);
	ike_set_timer(r->core, ike);
	return STEP_DONE;
}

/* INVALID_KE_PAYLOAD: once more with the peer's group, which is remembered (case 54). */
static bool wants_other_group(struct run *r, const struct notify *n)
{
	struct scratch *s = &r->slot->scratch;
	uint16_t group;

	if (n->type != N_INVALID_KE_PAYLOAD || n->data.len != 2 || ++s->ke_rounds > MAX_KE_ROUNDS)
		return false;
	group = (uint16_t)(n->data.data[0] << 8 | n->data.data[1]);
	if (group == s->group->id || !suite_has_group(allowed(r), group))
		return false;
	s->group = r->ike->ke_group = alg_find(TRANSFORM_KE, group);
	secret_free(&s->ke_private);
	bytes_free(&s->ke_public);
	return true;
}

enum step rekey_ike_ke_failed(struct run *r, bool is_peers_fault, const char *reason)
{
	struct scratch *s = &r->slot->scratch;

	if (r->slot == &r->ike->ours)
		/* the answer is there already: the peer holds a new IKE SA that we cannot have */
		return r->m ? close_with(r, RC_FATAL, "%s", reason)
			    : rekey_ike_failed(r, N_TEMPORARY_FAILURE, reason);
	s->child_error = is_peers_fault ? N_INVALID_SYNTAX : N_TEMPORARY_FAILURE;
	s->group = NULL;
	return STEP_NEXT;
}

enum step rekey_ike_response_step(struct run *r)
{
	const uint64_t need = PAYLOAD_BIT(PAYLOAD_SA) | PAYLOAD_BIT(PAYLOAD_KE) |
			      PAYLOAD_BIT(PAYLOAD_NONCE);
	struct scratch *s = &r->slot->scratch;
	const struct notify *n = message_error_notify(r->m);
	char words[400], reason[80];
	struct text why = TEXT_OVER(words), t = TEXT_OVER(reason);
	struct slice spi;

	request_done(r->core, r->ike);
	if (n && wants_other_group(r, n))
		return exchange_jump(r, &start_rekey_ike);
	if (n) {
		text_add(&t, "the peer answered %s",
			 name_str(&notify_names, n->type, words, sizeof(words)));
		return rekey_ike_failed(r, n->type, reason);
	}
	if (r->m->critical_unknown)
		return close_with(r, RC_FATAL,
				  "the answer to our rekey holds an unknown critical payload");
	if ((r->m->have & need) != need)
		return close_with(r, RC_FATAL, "the answer to our rekey lacks SA, KE or Nr");
	if (!suite_accept(allowed(r), r->m, PROTOCOL_IKE, sizeof(s->new_spi), SUITE_ALL_KE,
			  &s->ike_suite, &spi, &why))
		return close_with(r, RC_FATAL, "the peer chose what was not offered: %.240s",
				  words);
	if (s->ike_suite.ke != s->group || r->m->ke.group != s->group->id ||
	    !ke_answer_len_ok(s->group, r->m->ke.value.len) ||
	    slice_eq(r->m->nonce, bytes_slice(&s->ni)))
		return close_with(r, RC_FATAL, "the peer's KE or nonce does not fit our rekey");
	s->peer_new_spi = spi_of(spi);
	if (!bytes_copy(r->m->nonce, &s->nr) || !bytes_copy(r->m->ke.value, &s->ke_peer))
		return close_with(r, RC_INTERNAL, "out of memory");
	return STEP_NEXT;
}

/* The new IKE SA of the slot's exchange, with its keys (2.18); NULL: it cannot be made. */
static struct ike_sa *make(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	struct ike_sa *old = r->ike, *heir = NULL;
	bool ours = r->slot == &old->ours;
	struct succession next = { .is_initiator = ours,
				   .our_spi = s->new_spi,
				   .peer_spi = s->peer_new_spi,
				   .suite = s->ike_suite };
	struct ike_keys keys = { 0 };
	char suite[128];

	if (keymat_ike_rekey(&s->ike_suite, old->suite.prf, old->keys.d, bytes_slice(&s->ni),
			     bytes_slice(&s->nr), secret_slice(&s->ke_shared),
			     ours ? s->new_spi : s->peer_new_spi,
			     ours ? s->peer_new_spi : s->new_spi, secret_slice(&s->more_shared),
			     &keys))
		heir = ike_successor(r->core, old, &next, &keys);
	ike_keys_free(&keys);
	secret_free(&s->ke_shared);
	if (heir)
		tell_after_rekey(r->core, heir);
	if (heir)
		sa_log(r->core, heir, NULL, LOG_LEVEL_INFO, LINE_LOG,
		       "established IKE SA, rekeyed from #%u by %s: %s", old->serial,
		       ours ? "us" : "the peer", suite_format(&heir->suite, suite, sizeof(suite)));
	return heir;
}

static void want_delete(struct run *r, struct ike_sa *ike)
{
	if (!ike_find_want(ike, WANT_DELETE_IKE, 0))
		ike_want(ike, WANT_DELETE_IKE, NULL, 0);
	core_kick(r->core, ike);
}

static bool is_redundant(const struct run *r, bool has_rival)
{
	const struct scratch *s = &r->slot->scratch;
	struct nonce_pair ours = { bytes_slice(&s->ni), bytes_slice(&s->nr) };
	struct nonce_pair theirs = { bytes_slice(&s->rival_ni), bytes_slice(&s->rival_nr) };

	return has_rival && collision_ours_is_redundant(ours, theirs, r->ike->is_initiator);
}

/* Initiator: the children go to the survivor, whose maker deletes the old IKE SA (2.8.2). */
enum step rekey_ike_finish_step(struct run *r)
{
	struct ike_sa *old = r->ike, *rival = ike_rival(r->core, old), *heir;
	const struct notify *token;

	if (old->phase != IKE_ESTABLISHED)
		return STEP_DONE;
	heir = make(r);
	if (!heir)
		return close_with(r, RC_INTERNAL, "the rekeyed IKE SA cannot be made");
	if ((token = message_notify(r->m, N_QCD_TOKEN)))
		qcd_take(heir, token);
	if (is_redundant(r, rival != NULL)) {
		ike_succeed(r->core, old, rival);
		ike_retire(r->core, heir);
		want_delete(r, heir);
		return STEP_DONE;
	}
	if (rival)
		ike_retire(r->core, rival);
	ike_succeed(r->core, old, heir);
	want_delete(r, old);
	return STEP_DONE;
}

static enum step refuse(struct run *r, uint16_t type, struct slice data)
{
	send_error_reply(r->core, r->ike, r->m, type, data);
	return STEP_DONE;
}

/* Is something of ours under way that a new IKE SA would leave behind (2.25.1, 2.25.2)? */
static bool is_busy(struct ike_sa *ike)
{
	/* made, rekeyed or deleted; the first child while its installation is at work, too */
	return ike->ours.scratch.child || ike->ours.scratch.purpose == PURPOSE_CREATE_CHILD ||
	       ike->ours.scratch.purpose == PURPOSE_REKEY_CHILD ||
	       ike->ours.scratch.purpose == PURPOSE_DELETE_CHILD ||
	       ike_find_want(ike, WANT_DELETE_IKE, 0);
}

#define LEFT_MAX 8

/* Does the peer rekey again and again and delete none of the old ones? Each stays for a minute. */
static bool are_many_left(struct core *c, const struct ike_sa *ike)
{
	unsigned left = 0;

	while (ike && left < LEFT_MAX && ike->replaces_spi &&
	       (ike = ike_by_spi(c, ike->replaces_spi)))
		left++;
	return left == LEFT_MAX;
}

enum step rekey_ike_check_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	const struct message *m = r->m;
	char words[400];
	struct text why = TEXT_OVER(words);
	struct slice spi;

	/* one of the peer's that crosses ours stands already: another would be nobody's */
	if (is_busy(r->ike) || ike_rival(r->core, r->ike) || are_many_left(r->core, r->ike)) {
		sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_LOG,
		       "the peer wants to rekey the IKE SA while we use it: TEMPORARY_FAILURE");
		return refuse(r, N_TEMPORARY_FAILURE, SLICE_EMPTY);
	}
	if (!suite_choose(allowed(r), m, PROTOCOL_IKE, sizeof(s->new_spi), SUITE_ALL_KE,
			  m->ke.group, &s->ike_suite, &spi, &why)) {
		sa_log(r->core, r->ike, NULL, LOG_LEVEL_WARNING, LINE_SERIOUS,
		       "the peer's rekey of the IKE SA is refused: %s", words);
		return refuse(r, N_NO_PROPOSAL_CHOSEN, SLICE_EMPTY);
	}
	s->group = s->ike_suite.ke;
	if (m->ke.group != s->group->id) {
		uint8_t group[2] = { (uint8_t)(s->group->id >> 8), (uint8_t)s->group->id };

		return refuse(r, N_INVALID_KE_PAYLOAD, SLICE_OF(group));
	}
	if (!ke_public_len_ok(s->group, m->ke.value.len))
		return refuse(r, N_INVALID_SYNTAX, SLICE_EMPTY);
	s->peer_new_spi = spi_of(spi);
	s->new_spi = ike_new_spi(r->core);
	if (!s->new_spi || !bytes_copy(m->ke.value, &s->ke_peer) || !bytes_copy(m->nonce, &s->ni) ||
	    !make_nonce(&s->nr))
		return refuse(r, N_TEMPORARY_FAILURE, SLICE_EMPTY);
	return STEP_NEXT;
}

/* Our own rekey of the same IKE SA is under way and decides when it ends. */
static void note_rival(struct run *r, const struct ike_sa *heir)
{
	struct scratch *ours = &r->ike->ours.scratch, *theirs = &r->slot->scratch;

	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_LOG,
	       "both ends rekey the IKE SA at once: #%u by the peer", heir->serial);
	bytes_free(&ours->rival_ni);
	bytes_free(&ours->rival_nr);
	ours->rival_spi = ike_our_spi(heir);
	ours->rival_ni = theirs->ni;
	ours->rival_nr = theirs->nr;
	theirs->ni = theirs->nr = (struct bytes){ 0 };
}

enum step rekey_ike_reply_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;
	struct ike_sa *old = r->ike, *heir = NULL;
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	/* Replaced by ours meanwhile: the peer, which knew of both, takes that one (case 135). */
	if (old->phase == IKE_ESTABLISHED && s->group)
		heir = make(r);
	if (!heir)
		return refuse(r, s->child_error ? s->child_error : N_TEMPORARY_FAILURE,
			      SLICE_EMPTY);
	start_reply(old, r->m, &b, buffer);
	if (s->addkes_done)
		followup_put(r, &b);
	else
		rekey_ike_put(r, &b, true);
	if (heir->peer_features & FEATURE_QCD)
		qcd_put(r->core, heir, &b);
	/* its keys are not known before this answer: it is asked for in an exchange of its own */
	if (message_notify(r->m, N_TICKET_REQUEST))
		builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, N_TICKET_ACK, SLICE_EMPTY);
	if (!send_reply(r->core, old, &b))
		return close_with(r, RC_INTERNAL, "CREATE_CHILD_SA answer cannot be built");
	if (old->ours.scratch.purpose == PURPOSE_REKEY_IKE)
		note_rival(r, heir);
	else
		ike_succeed(r->core, old, heir);
	return STEP_DONE;
}
