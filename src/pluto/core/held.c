/* SPDX-License-Identifier: Apache-2.0 */
/* See held.h. The oldest is handled first. */
#include "core/held.h"

#include <stdlib.h>

#include "core/fragmentation.h"
#include "wire/protect.h"

#define WHOLE_MAX 4 /* one true message, and some that only look like it */

static struct sk_keys peer_keys(const struct ike_sa *ike)
{
	return ike->is_initiator ? (struct sk_keys){ ike->keys.er, ike->keys.ar }
				 : (struct sk_keys){ ike->keys.ei, ike->keys.ai };
}

/* It is opened again when its time comes. */
bool request_is_intact(const struct ike_sa *ike, struct slice datagram)
{
	cleanup(arena_free) struct arena arena = { 0 };
	cleanup(bytes_cleanup) struct bytes copy = { 0 };
	struct sk_cipher cipher = suite_cipher(&ike->suite);
	struct sk_keys keys = peer_keys(ike);
	struct message m;
	struct slice text;

	if (!bytes_copy(datagram, &copy) || !message_parse(bytes_slice(&copy), &arena, &m))
		return false;
	if (message_has(&m, PAYLOAD_SKF))
		return protect_open_fragment(&m, copy.data, &cipher, &keys, &text) == VERDICT_OK;
	return protect_open(&m, copy.data, &cipher, &keys, &text) == VERDICT_OK;
}

static bool has_copy(const struct ike_sa *ike, struct slice datagram)
{
	for (const struct held *h = ike->held; h; h = h->next)
		if (slice_eq(bytes_slice(&h->datagram), datagram))
			return true;
	return slice_eq(bytes_slice(&ike->theirs.datagram), datagram);
}

static unsigned whole_count(const struct ike_sa *ike)
{
	unsigned n = 0;

	for (const struct held *h = ike->held; h; h = h->next)
		n += !h->is_fragment;
	return n;
}

/* Responder without keys: the integrity of nothing can be checked yet, so a forged message may be the
 * one at work, and the true one comes second. */
static bool may_wait(const struct ike_sa *ike)
{
	if (ike->phase == IKE_AUTHENTICATING)
		return ike->keys.all.data != NULL;
	return ike->phase == IKE_HALF_OPEN && !ike->keys.all.data && ike->theirs.row;
}

bool request_hold(struct core *c, struct ike_sa *ike, const struct event *e)
{
	uint16_t number, total;
	bool is_fragment = fragment_peek(e->datagram, &number, &total);
	struct held *h, **at = &ike->held;

	if (!may_wait(ike) || (is_fragment && !fragmentation_is_on(ike)) ||
	    ike->held_count >= FRAGMENTS_MAX + WHOLE_MAX ||
	    (!is_fragment && whole_count(ike) >= WHOLE_MAX) || has_copy(ike, e->datagram) ||
	    (ike->keys.all.data && !request_is_intact(ike, e->datagram)) ||
	    !fragments_make_room(c, ike, e->datagram.len))
		return false;
	h = calloc(1, sizeof(*h));
	if (!h || !bytes_copy(e->datagram, &h->datagram)) {
		free(h);
		return false;
	}
	h->is_fragment = is_fragment;
	h->local = e->local;
	h->remote = e->remote;
	h->natt = e->natt;
	while (*at)
		at = &(*at)->next;
	*at = h;
	ike->held_count++;
	ike->held_bytes += e->datagram.len;
	fragments_account(c, ike);
	return true;
}

bool held_is_due(const struct ike_sa *ike)
{
	return ike->held && !ike->theirs.row && ike->keys.all.data &&
	       (ike->phase == IKE_HALF_OPEN || ike->phase >= IKE_ESTABLISHED) &&
	       ike->phase != IKE_DEAD;
}

struct held *held_take(struct core *c, struct ike_sa *ike)
{
	struct held *h = ike->held;

	if (!h)
		return NULL;
	ike->held = h->next;
	h->next = NULL;
	ike->held_count--;
	ike->held_bytes -= h->datagram.len;
	fragments_account(c, ike);
	return h;
}

void held_clear(struct core *c, struct ike_sa *ike)
{
	struct held *h;

	while ((h = held_take(c, ike)))
		held_free(h);
}
