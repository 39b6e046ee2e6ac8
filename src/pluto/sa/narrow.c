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
