/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking for tickets and giving them (RFC 5723 4.1, 4.2): in IKE_AUTH, and in an INFORMATIONAL exchange
 * of the client after a rekey or a TICKET_ACK. With it goes the token of quick crash detection that a
 * rekeyed IKE SA needs anew (RFC 6290 4.3).
 */
#include <string.h>

#include "base/cursor.h"
#include "core/contact.h"
#include "core/resume.h"
#include "ctl/codes.h"
#include "exchanges/extensions.h"
#include "exchanges/steps.h"

#define TICKETS_ASKED_MAX 3 /* for one IKE SA, of a gateway that always says later */

/* ---- gateway */

enum step ticket_ask_step(struct run *r)
{
	const char *why;
	struct work *w;

	if (!message_notify(r->m, N_TICKET_REQUEST) || !ticket_may(r->core, r->ike, &why) ||
	    r->slot->scratch.is_refused)
		return STEP_NEXT;
	w = work_new(WORK_DIGEST, ike_handle(r->ike), core_ticket(r->core, r->slot));
	if (w && ticket_digest_key(r->core, w->digest_key)) {
		core_work(r->core, w);
		return STEP_WAIT;
	}
	work_free(w);
	r->slot->ticket = 0;
	return STEP_NEXT;
}

enum step ticket_asked_step(struct run *r)
{
	struct scratch *s = &r->slot->scratch;

	if (!r->work || r->work->kind != WORK_DIGEST)
		return STEP_NEXT;
	s->has_digest = r->work->verdict == VERDICT_OK;
	memcpy(s->credentials, r->work->mac[0], sizeof(s->credentials));
	return STEP_NEXT;
}

bool ticket_is_asked_of_us(struct run *r)
{
	return r->m && message_notify(r->m, N_TICKET_REQUEST);
}

void ticket_put(struct run *r, struct builder *b)
{
	struct scratch *s = &r->slot->scratch;
	cleanup(bytes_cleanup) struct bytes ticket = { 0 };
	uint8_t data[4 + TICKET_MAX];
	struct writer w = writer_over(data, sizeof(data));
	const char *why = "it cannot be made";
	uint32_t seconds;

	/* something may have come up since it was asked for */
	if (s->has_digest && ticket_may(r->core, r->ike, &why) &&
	    ticket_seal(r->core, r->ike, s->credentials, &ticket, &seconds)) {
		writer_u32(&w, seconds);
		writer_put(&w, bytes_slice(&ticket));
		builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_TICKET_LT_OPAQUE, writer_slice(&w));
		sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS,
		       "gave the peer a ticket for %u s", seconds);
		return;
	}
	ticket_may(r->core, r->ike, &why);
	builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_TICKET_NACK, SLICE_EMPTY);
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS,
	       "the peer asks for a ticket and gets none: %s", why ? why : "it cannot be made");
}

/* ---- client */

bool ticket_is_wanted(struct run *r)
{
	return r->ike->began && r->ike->connection->def->config.session_resumption;
}

void ticket_take(struct run *r, const struct notify *n)
{
	struct cursor in = cursor_of(n->data);
	struct slice ticket;
	uint32_t seconds;

	if (!ticket_is_wanted(r) || r->ike->peer_is_anonymous ||
	    !cursor_u32(&in, "lifetime", &seconds) || !cursor_rest(&in, &ticket) ||
	    ticket.len == 0 || seconds == 0)
		return;
	r->ike->peer_features |= FEATURE_TICKET;
	resume_keep(r->core, r->ike, ticket, seconds);
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS,
	       "the peer gave a ticket for %u s", seconds);
}

/* Not now, but later. */
void ticket_take_ack(struct run *r, const struct notify *n)
{
	(void)n;
	if (!ticket_is_wanted(r) || ++r->ike->tickets_asked >= TICKETS_ASKED_MAX)
		return;
	ike_want(r->ike, WANT_TELL, NULL, 0);
	core_kick(r->core, r->ike);
}

/* ---- both: what an INFORMATIONAL exchange of its own says */

void tell_after_rekey(struct core *c, struct ike_sa *heir)
{
	bool owes_token = heir->is_initiator && (heir->peer_features & FEATURE_QCD) &&
			  c->settings.has_qcd_secret;
	bool wants_ticket = heir->began && (heir->peer_features & FEATURE_TICKET) &&
			    heir->connection->def->config.session_resumption;

	if ((owes_token || wants_ticket) && !ike_find_want(heir, WANT_TELL, 0))
		ike_want(heir, WANT_TELL, NULL, 0);
}

enum step tell_send_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	start_request(ike, EXCHANGE_INFORMATIONAL, &b, buffer);
	if (ike->replaces_spi && ike->is_initiator && (ike->peer_features & FEATURE_QCD))
		qcd_put(r->core, ike, &b);
	if (ticket_is_wanted(r) && !resume_of(r->core, ike))
		builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, N_TICKET_REQUEST, SLICE_EMPTY);
	if (!send_request(r->core, ike, &b))
		return close_with(r, RC_INTERNAL, "INFORMATIONAL cannot be built");
	return STEP_DONE;
}

void tell_answer(struct run *r, struct builder *b)
{
	const struct notify *n = message_notify(r->m, N_QCD_TOKEN);

	if (n)
		qcd_take(r->ike, n);
	if (ticket_is_asked_of_us(r))
		ticket_put(r, b);
}

void tell_answered(struct run *r)
{
	const struct notify *n;

	if ((n = message_notify(r->m, N_TICKET_LT_OPAQUE)))
		ticket_take(r, n);
	else if ((n = message_notify(r->m, N_TICKET_ACK)))
		ticket_take_ack(r, n);
}
