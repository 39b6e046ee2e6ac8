/* SPDX-License-Identifier: Apache-2.0 */
/* Narrowing (RFC 7296 2.9). Pure; called when a child is chosen and when its answer comes. */
#include "sa/narrow.h"

static void say(struct text *why, const char *what, const struct ts_payload *ts,
		const struct selectors *policy)
{
	struct selectors given = { .items = (struct selector *)ts->selectors, .count = ts->count };
	char buf[SELECTORS_TEXT_LEN];

	text_add(why, "%s%s %s", why->len ? "; " : "", what,
		 ts->count ? selectors_format(&given, buf, sizeof(buf)) : "nothing known here");
	text_add(why, "; here it is %s", selectors_format(policy, buf, sizeof(buf)));
}

/* Nothing twice: a wider one takes the place of the first that it holds, so that what has to do with
 * the packet stays in front. False: it could not be kept. */
static bool insert(struct selectors *l, const struct selector *s)
{
	uint8_t kept = 0;
	bool is_in = false;

	if (selectors_contain(l, s))
		return true;
	for (uint8_t i = 0; i < l->count; i++) {
		bool is_held = selector_contains(s, &l->items[i]);

		if (!is_held || !is_in)
			l->items[kept++] = is_held ? *s : l->items[i];
		is_in |= is_held;
	}
	l->count = kept;
	return is_in || selectors_add(l, s);
}

bool narrow_offer(const struct ts_payload *offer, const struct selectors *policy,
		  struct selectors *out, bool *was_narrowed, struct text *why)
{
	struct selector cut;

	*was_narrowed = false;
	*out = (struct selectors){ 0 };
	for (uint8_t i = 0; i < offer->count; i++)
		for (uint8_t j = 0; j < policy->count; j++)
			if (selector_intersect(&offer->selectors[i], &policy->items[j], &cut) &&
			    !insert(out, &cut))
				*was_narrowed = true;
	if (out->count > 0)
		return true;
	say(why, "the peer offers", offer, policy);
	return false;
}

bool narrow_check_answer(const struct ts_payload *answer, const struct selectors *offered,
			 struct selectors *out, struct text *why)
{
	bool ok = answer->count > 0 && answer->count == answer->declared;

	*out = (struct selectors){ 0 };
	for (uint8_t i = 0; ok && i < answer->count; i++)
		ok = selectors_contain(offered, &answer->selectors[i]) &&
		     selectors_add(out, &answer->selectors[i]);
	if (ok) {
		selectors_tidy(out);
		return true;
	}
	selectors_free(out);
	say(why, "the peer answers", answer, offered);
	return false;
}

bool narrow_is_whole(const struct selectors *policy, const struct selectors *list)
{
	for (uint8_t i = 0; i < policy->count; i++)
		if (!selectors_contain(list, &policy->items[i]))
			return false;
	return true;
}

/* The address after a, or before it; false: there is none. */
static bool neighbour(const struct address *a, bool is_after, struct address *out)
{
	*out = *a;
	for (size_t i = address_len(a); i-- > 0;) {
		out->bytes[i] = (uint8_t)(out->bytes[i] + (is_after ? 1 : UINT8_MAX));
		if (out->bytes[i] != (is_after ? 0 : UINT8_MAX))
			return true;
	}
	return false;
}

/* What is left of piece without got, into pieces from count on; how many there are then. */
static uint8_t subtract(const struct selector *piece, const struct selector *got,
			struct selector pieces[SELECTORS_MAX], uint8_t count)
{
	struct selector cut, left = *piece, right = *piece;

	if (!selector_intersect(piece, got, &cut)) {
		if (count < SELECTORS_MAX)
			pieces[count++] = *piece;
		return count;
	}
	if (cut.protocol != piece->protocol || cut.start_port != piece->start_port ||
	    cut.end_port != piece->end_port)
		return count;
	if (address_cmp(&piece->range.start, &cut.range.start) < 0 && count < SELECTORS_MAX &&
	    neighbour(&cut.range.start, false, &left.range.end))
		pieces[count++] = left;
	if (address_cmp(&cut.range.end, &piece->range.end) < 0 && count < SELECTORS_MAX &&
	    neighbour(&cut.range.end, true, &right.range.start))
		pieces[count++] = right;
	return count;
}

void narrow_rest(const struct selectors *asked, const struct selectors *got, struct selectors *out)
{
	struct selector pieces[2][SELECTORS_MAX];

	*out = (struct selectors){ 0 };
	for (uint8_t i = 0; i < asked->count; i++) {
		uint8_t count = 1, now = 0;

		pieces[now][0] = asked->items[i];
		for (uint8_t j = 0; j < got->count; j++, now ^= 1) {
			uint8_t next = 0;

			for (uint8_t k = 0; k < count; k++)
				next = subtract(&pieces[now][k], &got->items[j], pieces[now ^ 1],
						next);
			count = next;
		}
		for (uint8_t k = 0; k < count; k++)
			insert(out, &pieces[now][k]);
	}
}

bool narrow_fit_pairs(struct selectors *local, struct selectors *remote)
{
	bool is_cut = false;

	while (selector_pairs_count(local, remote) > SELECTOR_PAIRS_MAX) {
		if (local->count > remote->count)
			local->count--;
		else
			remote->count--;
		is_cut = true;
	}
	return is_cut;
}
