/* SPDX-License-Identifier: Apache-2.0 */
/* INFORMATIONAL (RFC 7296 1.4): Delete of children and of the IKE SA, empty requests, errors. */
#include "ctl/codes.h"
#include "exchanges/mobike.h"
#include "exchanges/steps.h"
#include "sa/explain.h"

#define MAX_DELETED 64

static uint32_t spi_at(const struct delete_payload *d, uint16_t i)
{
	const uint8_t *p = d->spis.data + (size_t)i * 4;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* It may be the child whose CREATE_CHILD_SA answer has not come yet. */
static void remember_gone(struct scratch *s, uint32_t spi)
{
	if (s->child && s->child->phase == CHILD_LARVAL && s->gone_count < ARRAY_LEN(s->gone_spis))
		s->gone_spis[s->gone_count++] = spi;
}

/* Ends the named children; our SPIs of them go into the answer (1.4.1). A child whose Delete of ours
 * is under way is ended too, and not named again (case 126). */
static uint16_t delete_children(struct run *r, const struct delete_payload *d, bool whole,
				uint32_t *ours, uint16_t count)
{
	struct ike_sa *ike = r->ike->is_replaced ? ike_heir(r->ike) : r->ike;
	struct connection *conn;

	for (uint16_t i = 0; ike && i < d->count; i++) {
		struct child_sa *child = ike_child_by_spi_out(ike, spi_at(d, i));

		if (!child) /* some peers name our end's SPI (case 149) */
			child = ike_child_by_spi_in(ike, spi_at(d, i));
		if (child && child_protocol(child->connection) != d->protocol)
			continue;
		if (!child) {
			remember_gone(&ike->ours.scratch, spi_at(d, i));
			continue;
		}
		if (child->phase < CHILD_ESTABLISHED) {
			/* Our side of it is still at work: it is deleted when it stands. */
			ike_want(ike, WANT_DELETE_CHILD, NULL, child->serial);
			continue;
		}
		if (child->phase != CHILD_DELETING && count < MAX_DELETED)
			ours[count++] = child->spi_in;
		if (rekey_child_vacate(r->core, ike, child))
			continue;
		conn = child->connection;
		child_end(r->core, ike, child, "deleted by the peer");
		if (!whole && conn->def->config.revive == REVIVE_KEEP)
			intent_lost(r->core, conn, ike, LOSS_BY_PEER, "deleted by the peer");
	}
	return count;
}

/* The peer does not want what it deletes; of one that another took the place of, or that was beside the
 * newest, nobody tries again anyway. */
static enum step ike_deleted(struct run *r)
{
	struct connection *conn = r->ike->connection;

	if (!r->ike->is_replaced && conn->newest_ike == r->ike->serial)
		intent_retry_at(r->core, conn, USEC_NEVER);
	r->ike->is_deleted_by_peer = true;
	ike_end(r->core, r->ike, 0, "deleted by the peer");
	return STEP_DONE;
}

/* The peer began, and did not take our answer to IKE_AUTH (RFC 7296 2.21.2). */
static enum step refused_by_peer(struct run *r)
{
	struct explain_facts facts = { .stage = EXPLAIN_AUTH, .conn = r->ike->connection };
	char lines[EXPLAIN_TEXT_LEN];
	struct text t = TEXT_OVER(lines);

	explain_notify(&t, N_AUTHENTICATION_FAILED, &facts);
	sa_explain(r->core, r->ike, NULL, lines);
	return close_with(r, RC_FATAL,
			  "the peer did not accept our AUTH or identity (AUTHENTICATION_FAILED)");
}

enum step info_request_step(struct run *r)
{
	uint32_t esp[MAX_DELETED], ah[MAX_DELETED];
	uint16_t esp_count = 0, ah_count = 0;
	bool whole = false, was_refused = message_notify(r->m, N_AUTHENTICATION_FAILED) != NULL;
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	for (uint16_t i = 0; i < r->m->delete_count; i++) {
		const struct delete_payload *d = &r->m->deletes[i];

		if (d->protocol == PROTOCOL_IKE)
			whole = true;
		else if (d->protocol == PROTOCOL_ESP)
			esp_count = delete_children(r, d, whole, esp, esp_count);
		else if (d->protocol == PROTOCOL_AH)
			ah_count = delete_children(r, d, whole, ah, ah_count);
	}
	start_reply(r->ike, r->m, &b, buffer);
	if (esp_count > 0 && !whole)
		builder_delete(&b, PROTOCOL_ESP, esp, esp_count);
	if (ah_count > 0 && !whole)
		builder_delete(&b, PROTOCOL_AH, ah, ah_count);
	mobike_answer(r, &b);
	if (!whole)
		tell_answer(r, &b);
	if (!send_reply(r->core, r->ike, &b))
		return close_with(r, RC_INTERNAL, "INFORMATIONAL answer cannot be built");
	mobike_act(r);
	if (was_refused)
		return refused_by_peer(r);
	if (!whole)
		redirect_informational(r);
	return whole ? ike_deleted(r) : STEP_DONE;
}

enum step delete_child_send_step(struct run *r)
{
	struct child_sa *child = r->slot->scratch.child;
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	if (child->phase == CHILD_VACANT) {
		/* The peer has lost it already. */
		child_end(r->core, r->ike, child, "deleted by us");
		if (ike_is_empty(r->ike))
			ike_want(r->ike, WANT_DELETE_IKE, NULL, 0);
		return STEP_DONE;
	}
	child->phase = CHILD_DELETING;
	start_request(r->ike, EXCHANGE_INFORMATIONAL, &b, buffer);
	builder_delete(&b, child_protocol(child->connection), &child->spi_in, 1);
	if (!send_request(r->core, r->ike, &b))
		return close_with(r, RC_INTERNAL, "Delete cannot be built");
	return STEP_DONE;
}

/* The answer to a Delete of ours (the child may be gone by the peer's own). */
enum step info_response_step(struct run *r)
{
	struct child_sa *child = r->slot->scratch.child;

	request_done(r->core, r->ike);
	if (r->m->critical_unknown) {
		/* that it came counts, what it says does not (2.5; case 68) */
		sa_log(r->core, r->ike, child, LOG_LEVEL_WARNING, LINE_LOG,
		       "the answer to INFORMATIONAL holds an unknown critical payload");
		r->m->notify_count = 0;
	}
	if (mobike_response(r) != STEP_NEXT)
		return STEP_CLOSE;
	tell_answered(r);
	if (child)
		child_end(r->core, r->ike, child, "deleted by us");
	if (child && ike_is_empty(r->ike))
		ike_want(r->ike, WANT_DELETE_IKE, NULL, 0);
	return STEP_DONE;
}

/* Empty: it is the answer that counts (RFC 7296 2.4). */
enum step probe_send_step(struct run *r)
{
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	start_request(r->ike, EXCHANGE_INFORMATIONAL, &b, buffer);
	if (!send_request(r->core, r->ike, &b))
		return close_with(r, RC_INTERNAL, "the liveness probe cannot be built");
	r->ike->request.is_probe = true;
	return STEP_DONE;
}

enum step delete_ike_send_step(struct run *r)
{
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	r->ike->phase = IKE_DELETING;
	start_request(r->ike, EXCHANGE_INFORMATIONAL, &b, buffer);
	builder_delete(&b, PROTOCOL_IKE, NULL, 0);
	if (!send_request(r->core, r->ike, &b))
		return close_with(r, RC_INTERNAL, "Delete cannot be built");
	return STEP_DONE;
}

enum step delete_ike_done_step(struct run *r)
{
	request_done(r->core, r->ike);
	ike_end(r->core, r->ike, 0, "deleted by us");
	return STEP_DONE;
}
