/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receiving fragments (RFC 7383 2.6): one set for each direction of an IKE SA, bounded for each SA
 * and over all.
 */
#include "core/fragmentation.h"
#include "core/held.h"

#include <stdlib.h>
#include <string.h>

#define SET_TIMEOUT_USEC (30 * USEC_PER_SEC)
#define SA_BYTES_MAX 65536u       /* of sets and waiting fragments (case 79) */
#define ALL_BYTES_MAX (16u << 20) /* over all IKE SAs (case 87) */

static size_t bytes_of(const struct ike_sa *ike)
{
	size_t sum = ike->held_bytes;

	if (ike->ours.fragments)
		sum += ike->ours.fragments->bytes;
	if (ike->theirs.fragments)
		sum += ike->theirs.fragments->bytes;
	return sum;
}

void fragments_account(struct core *c, struct ike_sa *ike)
{
	size_t now = bytes_of(ike);

	c->fragment_bytes += now - ike->fragment_bytes;
	ike->fragment_bytes = now;
}

void fragments_drop(struct core *c, struct ike_sa *ike, struct slot *slot)
{
	if (!slot->fragments)
		return;
	fragments_clear(slot->fragments);
	free(slot->fragments);
	slot->fragments = NULL;
	fragments_account(c, ike);
}

void fragmentation_end(struct core *c, struct ike_sa *ike)
{
	held_clear(c, ike);
	fragments_drop(c, ike, &ike->ours);
	fragments_drop(c, ike, &ike->theirs);
	fragments_account(c, ike);
}

/* Who holds the most, and more than this one will: a peer with many IKE SAs keeps no other out. */
static struct ike_sa *largest_holder(struct core *c, const struct ike_sa *ike, size_t len)
{
	struct ike_sa *other, *largest = NULL;
	size_t most = bytes_of(ike) + len;

	list_each (other, &c->ike_sas, struct ike_sa, node)
		if (other != ike && bytes_of(other) > most) {
			most = bytes_of(other);
			largest = other;
		}
	return largest;
}

/* Those of SAs that nobody has authenticated yet give way first, then who holds the most. */
bool fragments_make_room(struct core *c, struct ike_sa *ike, size_t len)
{
	struct ike_sa *other;

	if (bytes_of(ike) + len > SA_BYTES_MAX)
		return false;
	if (c->fragment_bytes + len <= ALL_BYTES_MAX)
		return true;
	list_each (other, &c->ike_sas, struct ike_sa, node) {
		if (other == ike || other->phase != IKE_HALF_OPEN)
			continue;
		fragmentation_end(c, other);
		if (c->fragment_bytes + len <= ALL_BYTES_MAX)
			return true;
	}
	while ((other = largest_holder(c, ike, len))) {
		fragmentation_end(c, other);
		if (c->fragment_bytes + len <= ALL_BYTES_MAX)
			return true;
	}
	return false;
}

static struct fragments *set_of(struct core *c, struct slot *slot)
{
	if (!slot->fragments && (slot->fragments = calloc(1, sizeof(*slot->fragments))))
		slot->fragments->started_usec = c->now_usec;
	return slot->fragments;
}

static enum open_result join(struct core *c, struct ike_sa *ike, struct slot *slot,
			     struct slice *text)
{
	struct ike_header header = slot->message.header;
	struct bytes whole;
	bool ok;

	if (slot == &ike->theirs)
		reply_learn(ike, slot->fragments->total, slot->fragments->largest);
	ok = fragments_join(slot->fragments, &header, &whole, text);
	fragments_drop(c, ike, slot);
	if (!ok)
		return OPEN_DROP;
	bytes_free(&slot->datagram);
	slot->datagram = whole;
	return message_parse(bytes_slice(&slot->datagram), &slot->arena, &slot->message)
		       ? OPEN_OK
		       : OPEN_SYNTAX;
}

enum open_result fragment_open(struct core *c, struct ike_sa *ike, struct slot *slot,
			       struct slice *text)
{
	struct sk_cipher cipher = suite_cipher(&ike->suite);
	struct sk_keys keys = ike->is_initiator ? (struct sk_keys){ ike->keys.er, ike->keys.ar }
						: (struct sk_keys){ ike->keys.ei, ike->keys.ai };
	struct fragments *set;
	enum fragment_verdict verdict;

	if (!fragmentation_is_on(ike) || !(set = set_of(c, slot)) ||
	    !fragments_wants(set, &slot->message) ||
	    !fragments_make_room(c, ike, slot->datagram.len))
		return OPEN_WAIT;
	verdict = fragments_add(set, &slot->message, slot->datagram.data, &cipher, &keys);
	/* the first of a set, also of one that took the place of another */
	if (set->count == 1)
		set->started_usec = c->now_usec;
	fragments_account(c, ike);
	if (verdict == FRAGMENT_WHOLE)
		return join(c, ike, slot, text);
	return verdict == FRAGMENT_TAKEN ? OPEN_WAIT : OPEN_DROP;
}

static uint64_t set_deadline(const struct slot *slot)
{
	return slot->fragments ? slot->fragments->started_usec + SET_TIMEOUT_USEC : USEC_NEVER;
}

uint64_t fragmentation_deadline(const struct ike_sa *ike)
{
	uint64_t ours = set_deadline(&ike->ours), theirs = set_deadline(&ike->theirs);

	return ours < theirs ? ours : theirs;
}

void fragmentation_timer(struct core *c, struct ike_sa *ike)
{
	if (set_deadline(&ike->ours) <= c->now_usec)
		fragments_drop(c, ike, &ike->ours);
	if (set_deadline(&ike->theirs) <= c->now_usec)
		fragments_drop(c, ike, &ike->theirs);
}
