/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MOBIKE (RFC 4555): the original initiator tells of a new path by UPDATE_SA_ADDRESSES, the responder
 * makes sure that the peer is there before children follow (3.7), and either tells of its addresses.
 */
#include "exchanges/mobike.h"

#include <string.h>

#include "crypto/random.h"
#include "ctl/codes.h"
#include "exchanges/nat.h"
#include "exchanges/steps.h"
#include "sa/mobike.h"
#include "sa/nat.h"

#define NAT_RETRIES 3

bool mobike_is_offered(struct run *r)
{
	const struct ike_sa *ike = r->ike;

	return ike->connection->def->config.mobike &&
	       (ike->is_initiator || (ike->peer_features & FEATURE_MOBIKE));
}

static bool is_other(const struct ike_sa *ike, const struct address *a)
{
	return !address_is_loopback(a) && !address_eq(a, &ike->local.address);
}

bool mobike_has_addresses(struct run *r)
{
	if (!mobike_is_offered(r))
		return false;
	for (size_t i = 0; i < r->core->address_count; i++)
		if (is_other(r->ike, &r->core->addresses[i]))
			return true;
	return false;
}

void mobike_put_addresses(struct run *r, struct builder *b)
{
	unsigned count = 0;

	for (size_t i = 0; i < r->core->address_count && count < MOBIKE_ADDRESSES_MAX; i++) {
		const struct address *a = &r->core->addresses[i];

		if (!is_other(r->ike, a))
			continue;
		builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY,
			       a->family == FAMILY_IPV4 ? N_ADDITIONAL_IP4_ADDRESS
							: N_ADDITIONAL_IP6_ADDRESS,
			       address_slice(a));
		count++;
	}
}

static bool take_addresses(struct run *r)
{
	bool told;
	struct address list[MOBIKE_ADDRESSES_MAX];
	unsigned count = mobike_addresses(r->m, list, &told);

	if (!told)
		return false;
	memcpy(r->ike->peer_addresses, list, sizeof(list));
	r->ike->peer_address_count = (uint8_t)count;
	return true;
}

void mobike_take_addresses(struct run *r, const struct notify *n)
{
	(void)n;
	take_addresses(r);
}

static bool is_update(const struct run *r)
{
	return mobike_is_on(r->ike) && !r->ike->began &&
	       message_notify(r->m, N_UPDATE_SA_ADDRESSES);
}

/* NO_NATS_ALLOWED says what the sender sees; is it what we see (3.9)? */
static bool has_unexpected_nat(const struct run *r)
{
	const struct notify *n = message_notify(r->m, N_NO_NATS_ALLOWED);
	uint8_t seen[36];
	size_t len;

	if (!n)
		return false;
	len = mobike_no_nats(&r->slot->from, &r->slot->to, seen);
	return !slice_eq(n->data, slice(seen, len));
}

static void put_nat_hashes(struct run *r, struct builder *b, const struct endpoint *local,
			   const struct endpoint *remote)
{
	struct endpoint own = r->ike->local, peer = r->ike->remote;

	r->ike->local = *local;
	r->ike->remote = *remote;
	nat_put_source(r, b);
	nat_put_destination(r, b);
	r->ike->local = own;
	r->ike->remote = peer;
}

void mobike_answer(struct run *r, struct builder *b)
{
	const struct notify *cookie = message_notify(r->m, N_COOKIE2);

	if (!mobike_is_on(r->ike))
		return;
	if (has_unexpected_nat(r))
		builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_UNEXPECTED_NAT_DETECTED,
			       SLICE_EMPTY);
	if (nat_is_supported(r->ike) && message_notify(r->m, N_NAT_DETECTION_SOURCE_IP))
		put_nat_hashes(r, b, &r->slot->to, &r->slot->from);
	if (cookie && cookie->data.len >= 8 && cookie->data.len <= 64)
		builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_COOKIE2, cookie->data);
}

/* The peer's hashes of this message, for the path it came by. */
static void take_nat(struct run *r)
{
	if (!message_notify(r->m, N_NAT_DETECTION_SOURCE_IP) ||
	    !message_notify(r->m, N_NAT_DETECTION_DESTINATION_IP))
		return;
	nat_take_source(r, NULL);
	nat_take_destination(r, NULL);
}

/* The peer has moved: IKE goes there at once, ESP when it has shown that it is there. */
static void follow_update(struct run *r)
{
	struct ike_sa *ike = r->ike;
	char peer[ENDPOINT_TEXT_LEN];
	bool is_new = !address_eq(&r->slot->from.address, &ike->remote.address);

	path_move(r->core, ike, &r->slot->to, &r->slot->from, r->slot->natt);
	take_nat(r);
	sa_log(r->core, ike, NULL, LOG_LEVEL_INFO, LINE_LOG, "the peer has moved to %s",
	       endpoint_format(&ike->remote, peer, sizeof(peer)));
	if (!is_new) {
		path_move_children(r->core, ike);
		return;
	}
	ike->path_version++;
	if (!ike_find_want(ike, WANT_ROUTABILITY, 0))
		ike_want(ike, WANT_ROUTABILITY, NULL, 0);
}

/* The responder is to be found elsewhere: the address that is used now is none of its any more. */
static void follow_addresses(struct run *r)
{
	struct ike_sa *ike = r->ike;

	if (!ike->began || address_eq(&r->slot->from.address, &ike->remote.address))
		return;
	for (unsigned i = 0; i < ike->peer_address_count; i++)
		if (address_eq(&ike->peer_addresses[i], &ike->remote.address))
			return;
	path_move(r->core, ike, &ike->local, &r->slot->from, ike->natt);
	ike->path_version++;
	path_move_children(r->core, ike);
	if (!ike_find_want(ike, WANT_UPDATE, 0))
		ike_want(ike, WANT_UPDATE, NULL, 0);
}

void mobike_act(struct run *r)
{
	if (!mobike_is_on(r->ike) || has_unexpected_nat(r))
		return;
	if (take_addresses(r))
		follow_addresses(r);
	if (is_update(r))
		follow_update(r);
}

static bool put_cookie2(struct run *r, struct builder *b)
{
	struct ike_sa *ike = r->ike;

	if (!random_bytes(ike->cookie2, sizeof(ike->cookie2)))
		return false;
	builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_COOKIE2, SLICE_OF(ike->cookie2));
	return true;
}

/* The initiator's update, or the responder's list of addresses (3.5, 3.6). */
enum step update_send_step(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct scratch *s = &r->slot->scratch;
	uint8_t buffer[MESSAGE_BUFFER], seen[36];
	struct builder b;

	start_request(ike, EXCHANGE_INFORMATIONAL, &b, buffer);
	if (ike->began)
		builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, N_UPDATE_SA_ADDRESSES, SLICE_EMPTY);
	if (mobike_has_addresses(r))
		mobike_put_addresses(r, &b);
	else
		builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, N_NO_ADDITIONAL_ADDRESSES,
			       SLICE_EMPTY);
	if (nat_is_supported(ike))
		put_nat_hashes(r, &b, &ike->local, &ike->remote);
	else
		builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, N_NO_NATS_ALLOWED,
			       slice(seen, mobike_no_nats(&ike->local, &ike->remote, seen)));
	s->path_version = ike->path_version;
	s->has_cookie2 = s->is_update = true;
	if (!put_cookie2(r, &b) || !send_request(r->core, ike, &b))
		return close_with(r, RC_INTERNAL, "the new addresses cannot be told");
	return STEP_DONE;
}

/*
 * Is the peer where it says it is (3.7)? With the hashes of 3.8, for Libreswan gives COOKIE2 back
 * only together with them.
 */
enum step routability_send_step(struct run *r)
{
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	start_request(r->ike, EXCHANGE_INFORMATIONAL, &b, buffer);
	if (nat_is_supported(r->ike))
		put_nat_hashes(r, &b, &r->ike->local, &r->ike->remote);
	r->slot->scratch.path_version = r->ike->path_version;
	r->slot->scratch.has_cookie2 = true;
	if (!put_cookie2(r, &b) || !send_request(r->core, r->ike, &b))
		return close_with(r, RC_INTERNAL, "the peer's address cannot be checked");
	return STEP_DONE;
}

/* The peer would not have the path, or something on it rewrites addresses. */
static bool was_refused(struct run *r)
{
	struct ike_sa *ike = r->ike;

	if (message_notify(r->m, N_UNEXPECTED_NAT_DETECTED)) {
		sa_log(r->core, ike, NULL, LOG_LEVEL_WARNING, LINE_LOG,
		       "the peer sees a NAT on the path, and encapsulation=no forbids one");
		if (ike->update_refusals++ < NAT_RETRIES)
			ike_want(ike, WANT_UPDATE, NULL, 0);
		return true;
	}
	if (!message_notify(r->m, N_UNACCEPTABLE_ADDRESSES))
		return false;
	sa_log(r->core, ike, NULL, LOG_LEVEL_WARNING, LINE_LOG,
	       "the peer does not accept the path");
	/* the next each time: no path is tried again before one was good */
	ike->paths_tried = ike->update_refusals++;
	path_try_other(r->core, ike);
	return true;
}

enum step mobike_response(struct run *r)
{
	struct ike_sa *ike = r->ike;
	const struct scratch *s = &r->slot->scratch;
	const struct notify *cookie = message_notify(r->m, N_COOKIE2);

	if (!s->has_cookie2)
		return STEP_NEXT;
	if (!cookie || !slice_eq_ct(cookie->data, SLICE_OF(ike->cookie2)))
		return close_with(r, RC_FATAL, "the peer's COOKIE2 is not ours");
	/* the path has changed since: another request tells of it */
	if (s->path_version != ike->path_version) {
		if (!s->is_update && !ike_find_want(ike, WANT_ROUTABILITY, 0))
			ike_want(ike, WANT_ROUTABILITY, NULL, 0);
		return STEP_NEXT;
	}
	if (s->is_update && was_refused(r))
		return STEP_NEXT;
	ike->update_refusals = 0;
	if (s->is_update)
		take_nat(r);
	path_move_children(r->core, ike);
	return STEP_NEXT;
}
