/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Half-open IKE SAs and where they come from. A source is an IPv4 address or an IPv6 /64; it is
 * known while it has half-open SAs or failed to authenticate lately. Both kinds are bounded.
 */
#include <stdlib.h>
#include <string.h>

#include "core/guard.h"
#include "ctl/codes.h"

#define FAILURES_USEC (60 * USEC_PER_SEC)
#define FAILURES_MAX 20
#define PENALTY_MIN_USEC (15 * USEC_PER_SEC)
#define PENALTY_MAX_USEC (300 * USEC_PER_SEC)
#define FORGET_USEC (600 * USEC_PER_SEC)
#define OFFENDERS_MAX 4096

struct source {
	struct table_node node;
	struct address address;
	uint32_t half_open;
	struct list offender; /* in core.offenders, the latest last, when it ever failed */
	uint64_t last_usec, window_usec, penalty_usec, blocked_until_usec;
	uint32_t failures; /* within the window */
};

static struct address source_key(const struct address *a)
{
	struct address key = *a;

	if (key.family == FAMILY_IPV6)
		memset(key.bytes + 8, 0, 8);
	return key;
}

static struct source *source_find(struct core *c, const struct address *a)
{
	struct address key = source_key(a);
	uint64_t hash = table_hash(&c->sources, slice(&key, sizeof(key)));
	struct table_node *n;

	for (n = table_first(&c->sources, hash); n; n = table_next(n, hash)) {
		struct source *s = container_of(n, struct source, node);

		if (address_eq(&s->address, &key))
			return s;
	}
	return NULL;
}

static struct source *source_get(struct core *c, const struct address *a)
{
	struct source *s = source_find(c, a);

	if (s)
		return s;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->address = source_key(a);
	list_init(&s->offender);
	if (table_insert(&c->sources, &s->node,
			 table_hash(&c->sources, slice(&s->address, sizeof(s->address)))))
		return s;
	free(s);
	return NULL;
}

static void source_free(struct core *c, struct source *s)
{
	table_remove(&c->sources, &s->node);
	list_remove(&s->offender);
	free(s);
}

static void drop_unused(struct core *c, struct source *s)
{
	if (s->half_open == 0 && list_is_empty(&s->offender))
		source_free(c, s);
}

uint32_t half_open_of_source(struct core *c, const struct address *source)
{
	struct source *s = source_find(c, source);

	return s ? s->half_open : 0;
}

void half_open_add(struct core *c, struct ike_sa *ike)
{
	struct source *s = source_get(c, &ike->remote.address);

	if (!s)
		return;
	s->half_open++;
	c->half_open++;
	ike->is_half_open_counted = true;
	ike->half_open_source = s->address;
	list_append(&c->half_opens, &ike->half_open_node);
}

void half_open_remove(struct core *c, struct ike_sa *ike)
{
	struct source *s;

	if (!ike->is_half_open_counted)
		return;
	ike->is_half_open_counted = false;
	list_remove(&ike->half_open_node);
	c->half_open--;
	s = source_find(c, &ike->half_open_source);
	if (s && s->half_open > 0) {
		s->half_open--;
		drop_unused(c, s);
	}
}

void half_open_make_room(struct core *c)
{
	struct ike_sa *oldest;

	while (c->half_open >= c->settings.max_half_open &&
	       (oldest = list_first(&c->half_opens, struct ike_sa, half_open_node)))
		ike_end(c, oldest, RC_NO_RESPONSE,
			"it made room for a newer one: --max-halfopen-ike is reached");
}

/* Not one that still has half-open SAs loses its count of them. */
static void forgive(struct core *c, struct source *s)
{
	list_remove(&s->offender);
	s->failures = 0;
	s->penalty_usec = s->blocked_until_usec = 0;
	c->offender_count--;
	drop_unused(c, s);
}

static void forgive_old(struct core *c)
{
	struct source *s;

	while ((s = list_first(&c->offenders, struct source, offender)) &&
	       (c->offender_count > OFFENDERS_MAX || c->now_usec - s->last_usec > FORGET_USEC))
		forgive(c, s);
}

void penalty_note(struct core *c, const struct address *source)
{
	struct source *s = source_get(c, source);
	char text[ADDRESS_TEXT_LEN];

	if (!s)
		return;
	if (list_is_empty(&s->offender))
		c->offender_count++;
	list_remove(&s->offender);
	list_append(&c->offenders, &s->offender);
	s->last_usec = c->now_usec;
	if (s->failures == 0 || c->now_usec - s->window_usec > FAILURES_USEC) {
		s->window_usec = c->now_usec;
		s->failures = 0;
	}
	if (++s->failures >= FAILURES_MAX) {
		s->failures = 0;
		s->penalty_usec = s->penalty_usec ? s->penalty_usec * 2 : PENALTY_MIN_USEC;
		if (s->penalty_usec > PENALTY_MAX_USEC)
			s->penalty_usec = PENALTY_MAX_USEC;
		s->blocked_until_usec = c->now_usec + s->penalty_usec;
		core_log(c, LOG_LEVEL_WARNING,
			 "%s failed to authenticate %u times in %u s: it is not answered for %u s",
			 address_format(&s->address, text, sizeof(text)), FAILURES_MAX,
			 (unsigned)(FAILURES_USEC / USEC_PER_SEC),
			 (unsigned)(s->penalty_usec / USEC_PER_SEC));
	}
	forgive_old(c);
}

bool penalty_is_due(struct core *c, const struct address *source)
{
	struct source *s = c->offender_count ? source_find(c, source) : NULL;

	return s && s->blocked_until_usec > c->now_usec;
}

void half_open_fini(struct core *c)
{
	struct source *s;

	list_each (s, &c->offenders, struct source, offender)
		source_free(c, s);
	table_fini(&c->sources);
}
