/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NAT detection in IKE_SA_INIT (RFC 7296 2.23): each end says which addresses and ports it sees, as
 * hashes; what does not fit was rewritten on the way.
 */
#include "exchanges/nat.h"

#include "ctl/codes.h"
#include "sa/nat.h"

bool nat_is_wanted(struct run *r)
{
	const struct ike_sa *ike = r->ike;

	return ike->connection->def->config.encapsulation != ENCAP_NO &&
	       (ike->is_initiator || nat_is_supported(ike));
}

static void put(struct run *r, struct builder *b, uint16_t type, const struct endpoint *e,
		bool disguised)
{
	uint8_t hash[NAT_HASH_LEN];

	if (!nat_hash(r->ike->spi_i, r->ike->spi_r, e, hash))
		return;
	if (disguised)
		hash[0] ^= 1;
	builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, type, SLICE_OF(hash));
}

/* Who wants encapsulation in any case looks like one behind a NAT: then the peer does it too. */
void nat_put_source(struct run *r, struct builder *b)
{
	put(r, b, N_NAT_DETECTION_SOURCE_IP, &r->ike->local,
	    r->ike->connection->def->config.encapsulation == ENCAP_YES);
}

void nat_put_destination(struct run *r, struct builder *b)
{
	put(r, b, N_NAT_DETECTION_DESTINATION_IP, &r->ike->remote, false);
}

/* Does one of the message's hashes of that type name the endpoint? */
static bool fits(const struct run *r, uint16_t type, const struct endpoint *e)
{
	const struct message *m = r->m;
	uint8_t hash[NAT_HASH_LEN];

	if (!nat_hash(m->header.spi_i, m->header.spi_r, e, hash))
		return true;
	for (uint16_t i = 0; i < m->notify_count; i++)
		if (m->notifies[i].type == type && slice_eq(m->notifies[i].data, SLICE_OF(hash)))
			return true;
	return false;
}

void nat_take_source(struct run *r, const struct notify *n)
{
	(void)n;
	r->ike->nat_there = !fits(r, N_NAT_DETECTION_SOURCE_IP, &r->ike->remote);
}

void nat_take_destination(struct run *r, const struct notify *n)
{
	(void)n;
	r->ike->nat_here = !fits(r, N_NAT_DETECTION_DESTINATION_IP, &r->ike->local);
}

void nat_detected(struct run *r)
{
	struct ike_sa *ike = r->ike;

	if (nat_is_detected(ike))
		sa_log(r->core, ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS,
		       "NAT detected: %s behind it",
		       !ike->nat_there  ? "we are"
		       : !ike->nat_here ? "the peer is"
					: "both ends are");
	if (!ike->is_initiator || ike->natt || !nat_is_supported(ike) ||
	    (!nat_is_detected(ike) && ike->connection->def->config.encapsulation != ENCAP_YES &&
	     !ike->connection->def->config.mobike))
		return;
	ike->local.port = r->core->settings.natt_port;
	ike->remote.port = IKE_NATT_PORT;
	ike->natt = true;
}

static bool is_one_address(const struct ts_payload *ts)
{
	if (ts->count == 0)
		return false;
	for (uint8_t i = 0; i < ts->count; i++)
		if (!address_eq(&ts->selectors[i].range.start, &ts->selectors[0].range.start) ||
		    !address_eq(&ts->selectors[i].range.end, &ts->selectors[0].range.start))
			return false;
	return true;
}

static void substitute(struct run *r, struct ts_payload *ts, const struct address *a)
{
	struct selector *list = arena_array(&r->slot->arena, ts->count, sizeof(*list));

	if (!list)
		return;
	for (uint8_t i = 0; i < ts->count; i++) {
		list[i] = ts->selectors[i];
		list[i].range = (struct range){ .start = *a, .end = *a };
	}
	ts->selectors = list;
}

void nat_substitute(struct run *r)
{
	struct ike_sa *ike = r->ike;
	bool is_answer = message_is_response(r->m);
	struct ts_payload *ours = is_answer ? &r->m->ts_i : &r->m->ts_r;
	struct ts_payload *theirs = is_answer ? &r->m->ts_r : &r->m->ts_i;

	if (!nat_is_detected(ike) || !message_notify(r->m, N_USE_TRANSPORT_MODE) ||
	    !is_one_address(ours) || !is_one_address(theirs))
		return;
	if (ike->nat_here)
		substitute(r, ours, &ike->local.address);
	if (ike->nat_there)
		substitute(r, theirs, &ike->remote.address);
}
