/* SPDX-License-Identifier: Apache-2.0 */
/* THE table of extensions, and the two walks over it. Called by the exchanges' send and take steps. */
#include "exchanges/extensions.h"

#include "core/contact.h"
#include "ctl/codes.h"
#include "exchanges/mobike.h"
#include "exchanges/nat.h"
#include "exchanges/steps.h"

/* All others that the peer may have of us are dead then (RFC 7296 2.4). */
static bool is_first_contact(struct run *r)
{
	return r->ike->connection->def->config.initial_contact && unique_is_first(r->core, r->ike);
}

/* Of what only others say. */
static bool never(struct run *r)
{
	(void)r;
	return false;
}

static bool has_token(struct run *r)
{
	return r->core->settings.has_qcd_secret;
}

static void put_token(struct run *r, struct builder *b)
{
	qcd_put(r->core, r->ike, b);
}

static void take_token(struct run *r, const struct notify *n)
{
	qcd_take(r->ike, n);
}

static bool takes_childless(struct run *r)
{
	return r->ike->connection->def->config.childless != CHILDLESS_NEVER;
}

static bool needs_childless(struct run *r)
{
	return r->ike->connection->def->config.childless == CHILDLESS_FORCE;
}

/* RFC 6023 4 wants the protocol ID of IKE. */
static void put_childless(struct run *r, struct builder *b)
{
	(void)r;
	builder_notify(b, PROTOCOL_IKE, SLICE_EMPTY, N_CHILDLESS_IKEV2_SUPPORTED, SLICE_EMPTY);
}

static bool fragmentation_is_wanted(struct run *r)
{
	const struct ike_sa *ike = r->ike;

	return ike->connection->def->config.fragmentation != FRAGMENTATION_NO &&
	       (ike->is_initiator || (ike->peer_features & FEATURE_FRAGMENTATION));
}

const struct extension extensions[] = {
	{ .name = "initial contact",
	  .notify = N_INITIAL_CONTACT,
	  .exchange = EXCHANGE_IKE_AUTH,
	  .sent_in = SENT_IN_REQUEST,
	  .feature = FEATURE_INITIAL_CONTACT,
	  .is_wanted = is_first_contact },
	{ .name = "quick crash detection",
	  .notify = N_QCD_TOKEN,
	  .exchange = EXCHANGE_IKE_AUTH,
	  .sent_in = SENT_BY_BOTH,
	  .feature = FEATURE_QCD,
	  .is_wanted = has_token,
	  .put = put_token,
	  .take = take_token },
	{ .name = "NAT detection: the sender's end",
	  .notify = N_NAT_DETECTION_SOURCE_IP,
	  .exchange = EXCHANGE_IKE_SA_INIT,
	  .in_resume = true,
	  .sent_in = SENT_BY_BOTH,
	  .feature = FEATURE_NAT_SOURCE,
	  .is_wanted = nat_is_wanted,
	  .put = nat_put_source,
	  .take = nat_take_source },
	{ .name = "NAT detection: the receiver's end",
	  .notify = N_NAT_DETECTION_DESTINATION_IP,
	  .exchange = EXCHANGE_IKE_SA_INIT,
	  .in_resume = true,
	  .sent_in = SENT_BY_BOTH,
	  .feature = FEATURE_NAT_DESTINATION,
	  .is_wanted = nat_is_wanted,
	  .put = nat_put_destination,
	  .take = nat_take_destination },
	{ .name = "MOBIKE (RFC 4555)",
	  .notify = N_MOBIKE_SUPPORTED,
	  .exchange = EXCHANGE_IKE_AUTH,
	  .sent_in = SENT_BY_BOTH,
	  .feature = FEATURE_MOBIKE,
	  .is_wanted = mobike_is_offered },
	{ .name = "the sender's other addresses",
	  .notify = N_ADDITIONAL_IP4_ADDRESS,
	  .exchange = EXCHANGE_IKE_AUTH,
	  .sent_in = SENT_BY_BOTH,
	  .is_wanted = mobike_has_addresses,
	  .put = mobike_put_addresses,
	  .take = mobike_take_addresses },
	{ .name = "IKE fragmentation (RFC 7383)",
	  .notify = N_FRAGMENTATION_SUPPORTED,
	  .exchange = EXCHANGE_IKE_SA_INIT,
	  .in_resume = true,
	  .sent_in = SENT_BY_BOTH,
	  .feature = FEATURE_FRAGMENTATION,
	  .is_wanted = fragmentation_is_wanted },
	{ .name = "childless IKE SA",
	  .notify = N_CHILDLESS_IKEV2_SUPPORTED,
	  .exchange = EXCHANGE_IKE_SA_INIT,
	  .in_resume = true,
	  .sent_in = SENT_IN_RESPONSE,
	  .feature = FEATURE_CHILDLESS,
	  .is_wanted = takes_childless,
	  .is_needed = needs_childless,
	  .needed_by = "childless=force",
	  .put = put_childless },
	{ .name = "redirection",
	  .notify = N_REDIRECT_SUPPORTED,
	  .exchange = EXCHANGE_IKE_SA_INIT,
	  .in_resume = true,
	  .sent_in = SENT_IN_REQUEST,
	  .feature = FEATURE_REDIRECT,
	  .is_wanted = redirect_is_offered,
	  .put = redirect_put_offer },
	{ .name = "redirected here",
	  .notify = N_REDIRECTED_FROM,
	  .exchange = EXCHANGE_IKE_SA_INIT,
	  .in_resume = true,
	  .sent_in = SENT_IN_REQUEST,
	  .feature = FEATURE_REDIRECT,
	  .is_wanted = redirect_was_sent_here,
	  .put = redirect_put_from },
	{ .name = "redirection at the end of IKE_AUTH",
	  .notify = N_REDIRECT,
	  .exchange = EXCHANGE_IKE_AUTH,
	  .sent_in = SENT_IN_RESPONSE,
	  .is_wanted = redirect_auth_is_wanted,
	  .put = redirect_put_auth },
	{ .name = "intermediate exchanges",
	  .notify = N_INTERMEDIATE_EXCHANGE_SUPPORTED,
	  .exchange = EXCHANGE_IKE_SA_INIT,
	  .sent_in = SENT_BY_BOTH,
	  .feature = FEATURE_INTERMEDIATE,
	  .is_wanted = inter_is_offered,
	  .put = inter_put },
	{ .name = "PPK",
	  .notify = N_USE_PPK,
	  .exchange = EXCHANGE_IKE_SA_INIT,
	  .sent_in = SENT_BY_BOTH,
	  .feature = FEATURE_PPK,
	  .is_wanted = ppk_is_offered,
	  .is_needed = ppk_is_needed,
	  .needed_by = "ppk=insist",
	  .put = ppk_put_use },
	{ .name = "PPK identity",
	  .notify = N_PPK_IDENTITY,
	  .exchange = EXCHANGE_IKE_AUTH,
	  .sent_in = SENT_BY_BOTH,
	  .is_wanted = ppk_is_used,
	  .put = ppk_put_identity },
	{ .name = "AUTH without the PPK",
	  .notify = N_NO_PPK_AUTH,
	  .exchange = EXCHANGE_IKE_AUTH,
	  .sent_in = SENT_IN_REQUEST,
	  .is_wanted = ppk_is_optional,
	  .put = ppk_put_plain_auth },
	{ .name = "a ticket is asked for",
	  .notify = N_TICKET_REQUEST,
	  .exchange = EXCHANGE_IKE_AUTH,
	  .sent_in = SENT_IN_REQUEST,
	  .is_wanted = ticket_is_wanted },
	{ .name = "ticket",
	  .notify = N_TICKET_LT_OPAQUE,
	  .exchange = EXCHANGE_IKE_AUTH,
	  .sent_in = SENT_IN_RESPONSE,
	  .is_wanted = ticket_is_asked_of_us,
	  .put = ticket_put,
	  .take = ticket_take },
	{ .name = "a ticket comes later",
	  .notify = N_TICKET_ACK,
	  .exchange = EXCHANGE_IKE_AUTH,
	  .sent_in = SENT_IN_RESPONSE,
	  .is_wanted = never,
	  .take = ticket_take_ack },
	{ .name = "authentication methods of the responder",
	  .notify = N_SUPPORTED_AUTH_METHODS,
	  .exchange = EXCHANGE_IKE_SA_INIT,
	  .sent_in = SENT_IN_RESPONSE,
	  .is_wanted = methods_are_announced,
	  .put = methods_put,
	  .take = methods_take },
	{ .name = "authentication methods of the initiator", /* taken by auth_choose_step, in time */
	  .notify = N_SUPPORTED_AUTH_METHODS,
	  .exchange = EXCHANGE_IKE_AUTH,
	  .sent_in = SENT_IN_REQUEST,
	  .is_wanted = methods_are_announced,
	  .put = methods_put },
	{ .name = "signature hashes",
	  .notify = N_SIGNATURE_HASH_ALGORITHMS,
	  .exchange = EXCHANGE_IKE_SA_INIT,
	  .sent_in = SENT_BY_BOTH,
	  .put = hashes_put,
	  .take = hashes_take },
};
const size_t extension_count = ARRAY_LEN(extensions);

/* IKE_SESSION_RESUME says what IKE_SA_INIT does, of what is not of the session (RFC 5723 4.3.2). */
static bool is_said_in(const struct extension *e, uint8_t exchange)
{
	return e->exchange == exchange || (e->in_resume && exchange == EXCHANGE_IKE_SESSION_RESUME);
}

void extensions_put(struct run *r, struct builder *b, uint8_t exchange, bool response)
{
	uint8_t here = response ? SENT_IN_RESPONSE : SENT_IN_REQUEST;

	for (size_t i = 0; i < extension_count; i++) {
		const struct extension *e = &extensions[i];

		if (!is_said_in(e, exchange) || !(e->sent_in & here) ||
		    (e->is_wanted && !e->is_wanted(r)))
			continue;
		if (e->put)
			e->put(r, b);
		else
			builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, e->notify, SLICE_EMPTY);
	}
}

void extensions_take(struct run *r)
{
	uint8_t here = message_is_response(r->m) ? SENT_IN_RESPONSE : SENT_IN_REQUEST;

	for (size_t i = 0; i < extension_count; i++) {
		const struct extension *e = &extensions[i];
		const struct notify *n = message_notify(r->m, e->notify);

		if (!n || !is_said_in(e, r->m->header.exchange) || !(e->sent_in & here))
			continue;
		r->ike->peer_features |= e->feature;
		if (e->take)
			e->take(r, n);
	}
}

bool extensions_are_missing(struct run *r)
{
	for (size_t i = 0; i < extension_count; i++) {
		const struct extension *e = &extensions[i];

		if (!e->is_needed || !is_said_in(e, r->m->header.exchange) || !e->is_needed(r) ||
		    message_notify(r->m, e->notify))
			continue;
		sa_log(r->core, r->ike, NULL, LOG_LEVEL_WARNING, LINE_SERIOUS,
		       "the peer's answer lacks %s (%s), which %s needs: waiting for another",
		       name_find(&notify_names, e->notify), e->name, e->needed_by);
		return true;
	}
	return false;
}
