/* SPDX-License-Identifier: Apache-2.0 */
/* The contents of MOBIKE's notifies (RFC 4555 4.2). Pure. */
#include "sa/mobike.h"

bool mobike_is_on(const struct ike_sa *ike)
{
	return (ike->peer_features & FEATURE_MOBIKE) && ike->connection->def->config.mobike;
}

size_t mobike_no_nats(const struct endpoint *from, const struct endpoint *to, uint8_t out[36])
{
	struct writer w = writer_over(out, 36);

	writer_put(&w, address_slice(&from->address));
	writer_put(&w, address_slice(&to->address));
	writer_u16(&w, from->port);
	writer_u16(&w, to->port);
	return w.len;
}

unsigned mobike_addresses(const struct message *m, struct address out[MOBIKE_ADDRESSES_MAX],
			  bool *told)
{
	unsigned count = 0;

	*told = false;
	for (uint16_t i = 0; i < m->notify_count; i++) {
		const struct notify *n = &m->notifies[i];
		bool v4 = n->type == N_ADDITIONAL_IP4_ADDRESS;

		*told |= n->type == N_NO_ADDITIONAL_ADDRESSES;
		if (!v4 && n->type != N_ADDITIONAL_IP6_ADDRESS)
			continue;
		*told = true;
		if (count < MOBIKE_ADDRESSES_MAX && n->data.len == (v4 ? 4u : 16u) &&
		    address_from(n->data, &out[count]) && !address_is_any(&out[count]))
			count++;
	}
	return count;
}
