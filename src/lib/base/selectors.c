/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of traffic selectors, as a payload carries them and a child keeps them (RFC 7296 3.13), and
 * the pairs of two lists that make policies (RFC 4301 4.4.1.2). Called by configuration, narrowing,
 * installation and status.
 */
#include <stdlib.h>
#include <string.h>

#include "base/selector.h"

bool selectors_add(struct selectors *l, const struct selector *s)
{
	struct selector *items;

	if (l->count == SELECTORS_MAX)
		return false;
	items = realloc(l->items, (l->count + 1u) * sizeof(*items));
	if (!items)
		return false;
	l->items = items;
	items[l->count++] = *s;
	return true;
}

bool selectors_copy(const struct selectors *from, struct selectors *to)
{
	*to = (struct selectors){ 0 };
	if (from->count == 0)
		return true;
	to->items = malloc(from->count * sizeof(*to->items));
	if (!to->items)
		return false;
	memcpy(to->items, from->items, from->count * sizeof(*to->items));
	to->count = from->count;
	return true;
}

void selectors_free(struct selectors *l)
{
	free(l->items);
	*l = (struct selectors){ 0 };
}

bool selectors_eq(const struct selectors *a, const struct selectors *b)
{
	if (a->count != b->count)
		return false;
	for (uint8_t i = 0; i < a->count; i++)
		if (!selector_eq(&a->items[i], &b->items[i]))
			return false;
	return true;
}

bool selectors_contain(const struct selectors *l, const struct selector *s)
{
	for (uint8_t i = 0; i < l->count; i++)
		if (selector_contains(&l->items[i], s))
			return true;
	return false;
}

static bool is_held(const struct selectors *l, uint8_t at)
{
	for (uint8_t i = 0; i < l->count; i++) {
		if (i == at || !selector_contains(&l->items[i], &l->items[at]))
			continue;
		/* of two that are the same the first stays */
		if (i < at || !selector_contains(&l->items[at], &l->items[i]))
			return true;
	}
	return false;
}

void selectors_tidy(struct selectors *l)
{
	for (uint8_t i = 0; i < l->count;) {
		if (!is_held(l, i)) {
			i++;
			continue;
		}
		l->count--;
		memmove(&l->items[i], &l->items[i + 1], (l->count - i) * sizeof(*l->items));
	}
}

const char *selectors_format(const struct selectors *l, char *buf, size_t size)
{
	char one[SELECTOR_TEXT_LEN];
	struct text t = text_over(buf, size);

	for (uint8_t i = 0; i < l->count; i++) {
		selector_format(&l->items[i], one, sizeof(one));
		/* room for the words of what is left out */
		if (i > 0 && t.len + strlen(one) + 20 > size) {
			text_add(&t, " and %u more", (unsigned)(l->count - i));
			break;
		}
		text_add(&t, "%s%s", i ? ", " : "", one);
	}
	return buf;
}

static bool is_icmp(const struct selector *s)
{
	return s->protocol == 1 || s->protocol == 58;
}

/* A packet of ICMP has one type and code, which both sides must allow (RFC 4301 4.4.1.1). */
static bool can_pair(const struct selector *a, const struct selector *b)
{
	if (a->range.start.family != b->range.start.family)
		return false;
	if (a->protocol != b->protocol)
		return a->protocol == 0 || b->protocol == 0;
	return !is_icmp(a) || (a->start_port <= b->end_port && b->start_port <= a->end_port);
}

bool selector_pairs_next(struct selector_pairs *p, const struct selector **local,
			 const struct selector **remote)
{
	while (p->remote->count > 0 && p->at / p->remote->count < p->local->count) {
		*local = &p->local->items[p->at / p->remote->count];
		*remote = &p->remote->items[p->at % p->remote->count];
		p->at++;
		if (can_pair(*local, *remote))
			return true;
	}
	return false;
}

uint16_t selector_pairs_count(const struct selectors *local, const struct selectors *remote)
{
	struct selector_pairs p = { .local = local, .remote = remote };
	const struct selector *a, *b;
	uint16_t n = 0;

	while (selector_pairs_next(&p, &a, &b))
		n++;
	return n;
}
