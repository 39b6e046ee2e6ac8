/* SPDX-License-Identifier: Apache-2.0 */
/* THE table of extensions, and the two walks over it. Called by the exchanges' send and take steps. */
#include "exchanges/extensions.h"

#include "exchanges/nat.h"

/* The first IKE SA of ours with this peer: all others it may have of us are dead (RFC 7296 2.4). */
static bool is_first_contact(struct run *r)
{
	struct ike_sa *ike;

	list_each (ike, &r->core->ike_sas, struct ike_sa, node)
		if (ike != r->ike && ike->phase >= IKE_ESTABLISHED && ike->phase < IKE_DEAD &&
		    identity_eq(&ike->connection->us->id, &r->ike->connection->us->id) &&
		    identity_eq(&ike->peer_id, &r->ike->connection->peer->id))
			return false;
	return true;
}

const struct extension extensions[] = {
	{ .name = "initial contact",
	  .notify = N_INITIAL_CONTACT,
	  .exchange = EXCHANGE_IKE_AUTH,
	  .sent_in = SENT_IN_REQUEST,
	  .feature = FEATURE_INITIAL_CONTACT,
	  .is_wanted = is_first_contact },
	{ .name = "NAT detection: the sender's end",
	  .notify = N_NAT_DETECTION_SOURCE_IP,
	  .exchange = EXCHANGE_IKE_SA_INIT,
	  .sent_in = SENT_BY_BOTH,
	  .feature = FEATURE_NAT_SOURCE,
	  .is_wanted = nat_is_wanted,
	  .put = nat_put_source,
	  .take = nat_take_source },
	{ .name = "NAT detection: the receiver's end",
	  .notify = N_NAT_DETECTION_DESTINATION_IP,
	  .exchange = EXCHANGE_IKE_SA_INIT,
	  .sent_in = SENT_BY_BOTH,
	  .feature = FEATURE_NAT_DESTINATION,
	  .is_wanted = nat_is_wanted,
	  .put = nat_put_destination,
	  .take = nat_take_destination },
};
const size_t extension_count = ARRAY_LEN(extensions);

void extensions_put(struct run *r, struct builder *b, uint8_t exchange, bool response)
{
	uint8_t here = response ? SENT_IN_RESPONSE : SENT_IN_REQUEST;

	for (size_t i = 0; i < extension_count; i++) {
		const struct extension *e = &extensions[i];

		if (e->exchange != exchange || !(e->sent_in & here) ||
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

		if (!n || e->exchange != r->m->header.exchange || !(e->sent_in & here))
			continue;
		r->ike->peer_features |= e->feature;
		if (e->take)
			e->take(r, n);
	}
}
