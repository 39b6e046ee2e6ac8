/* SPDX-License-Identifier: Apache-2.0 */
/* Narrowing (RFC 7296 2.9). Pure; called when a child is chosen and when its answer comes. */
#include "sa/narrow.h"

static void say(struct text *why, const char *what, const struct ts_payload *ts,
		const struct selector *policy)
{
	char buf[SELECTOR_TEXT_LEN];

	text_add(why, "%s%s", why->len ? "; " : "", what);
	for (unsigned i = 0; i < ts->count && i < 4; i++)
		text_add(why, "%s%s", i ? ", " : " ",
			 selector_format(&ts->selectors[i], buf, sizeof(buf)));
	if (ts->count > 4)
		text_add(why, " and %u more", ts->count - 4u);
	text_add(why, "; here it is %s", selector_format(policy, buf, sizeof(buf)));
}

/* A larger answer is better: by how few leading bits it fixes, then by ports, then any protocol. */
static bool is_wider(const struct selector *a, const struct selector *b)
{
	uint8_t x = selector_prefix_bits(a), y = selector_prefix_bits(b);

	if (x != y)
		return x < y;
	if (a->end_port - a->start_port != b->end_port - b->start_port)
		return a->end_port - a->start_port > b->end_port - b->start_port;
	return a->protocol == 0 && b->protocol != 0;
}

/* The widest part of the offer within policy, of those that hold the packet (NULL: of all). */
static bool widest(const struct ts_payload *offer, const struct selector *policy,
		   const struct selector *packet, struct selector *best)
{
	struct selector cut;
	bool found = false;

	for (unsigned i = 0; i < offer->count; i++) {
		if (!selector_intersect(&offer->selectors[i], policy, &cut) ||
		    (packet && !selector_contains(&cut, packet)))
			continue;
		if (!found || is_wider(&cut, best))
			*best = cut;
		found = true;
	}
	return found;
}

/* Does policy allow something of the offer that lies outside the answer? */
static bool leaves_out(const struct ts_payload *offer, const struct selector *policy,
		       const struct selector *answer)
{
	struct selector cut;

	for (unsigned i = 0; i < offer->count; i++)
		if (selector_intersect(&offer->selectors[i], policy, &cut) &&
		    !selector_contains(answer, &cut))
			return true;
	return false;
}

bool narrow_offer(const struct ts_payload *offer, const struct selector *policy,
		  struct selector *out, bool *was_narrowed, struct text *why)
{
	struct selector best;

	if (!widest(offer, policy, NULL, &best)) {
		say(why, "the peer offers", offer, policy);
		return false;
	}
	/* The first selector is the packet that started it: held if policy lets it pass (2.9). */
	if (!selector_contains(&best, &offer->selectors[0]))
		widest(offer, policy, &offer->selectors[0], &best);
	*out = best;
	*was_narrowed = leaves_out(offer, policy, &best);
	return true;
}

bool narrow_check_answer(const struct ts_payload *answer, const struct selector *offered,
			 struct selector *out, struct text *why)
{
	if (answer->count != 1 || answer->declared != 1 ||
	    !selector_contains(offered, &answer->selectors[0])) {
		say(why, "the peer answers", answer, offered);
		return false;
	}
	*out = answer->selectors[0];
	return true;
}
