/* SPDX-License-Identifier: Apache-2.0 */
/* See psk_store.h. An entry has a place on each shelf where a look-up may come by it. */
#include "psk_store.h"

#include <stdlib.h>
#include <string.h>

#define ORIGIN_MAX_LEN 256

/* All that is known of one identity. */
struct psk_subject {
	struct table_node node;
	struct identity id;
	struct psk_shelf alone;    /* entries with this identity only */
	struct psk_shelf with_any; /* entries with this one and %any */
	struct psk_shelf mentions; /* all of its entries */
	size_t count;
};

struct psk_place {
	struct list node;
	struct psk_shelf *shelf;
	struct psk *psk;
};

static const struct identity any_id = { 0 };

static void shelf_init(struct psk_shelf *s)
{
	list_init(&s->places);
	s->is_ambiguous = false;
}

static struct psk *shelf_first(const struct psk_shelf *s)
{
	const struct list *first = s->places.next;

	return first == &s->places ? NULL : list_entry(first, struct psk_place, node)->psk;
}

void psk_store_init(struct psk_store *s, const uint8_t key[16])
{
	*s = (struct psk_store){ 0 };
	list_init(&s->all);
	shelf_init(&s->any);
	shelf_init(&s->everybody);
	table_init(&s->by_id, key);
}

static void psk_free(struct psk *p)
{
	free(p->places);
	free(p->subjects);
	free(p->origin);
	free(p);
}

static void subject_forget(struct psk_store *s, struct psk_subject *subject)
{
	if (subject->count > 0)
		return;
	table_remove(&s->by_id, &subject->node);
	identity_free(&subject->id);
	free(subject);
}

static struct psk_subject *subject_find(struct psk_store *s, const struct identity *id)
{
	uint64_t hash = identity_hash(&s->by_id, id);
	struct table_node *node;

	for (node = table_first(&s->by_id, hash); node; node = table_next(node, hash)) {
		struct psk_subject *subject = container_of(node, struct psk_subject, node);

		if (identity_eq(&subject->id, id))
			return subject;
	}
	return NULL;
}

static struct psk_subject *subject_get(struct psk_store *s, const struct identity *id)
{
	struct psk_subject *subject = subject_find(s, id);

	if (subject)
		return subject;
	subject = calloc(1, sizeof(*subject));
	if (!subject)
		return NULL;
	shelf_init(&subject->alone);
	shelf_init(&subject->with_any);
	shelf_init(&subject->mentions);
	if (!identity_copy(id, &subject->id) ||
	    !table_insert(&s->by_id, &subject->node, identity_hash(&s->by_id, id))) {
		identity_free(&subject->id);
		free(subject);
		return NULL;
	}
	return subject;
}

static bool differs(const struct psk *first, const struct psk *p)
{
	return p->is_told == first->is_told && !slice_eq_ct(first->value, p->value);
}

static void put(struct psk *p, struct psk_shelf *shelf)
{
	struct psk_place *place = &p->places[p->place_count++];
	struct psk *first = shelf_first(shelf);

	place->psk = p;
	place->shelf = shelf;
	if (p->is_told && first && !first->is_told)
		shelf->is_ambiguous = false;
	shelf->is_ambiguous |= first && differs(first, p);
	if (p->is_told)
		list_prepend(&shelf->places, &place->node);
	else
		list_append(&shelf->places, &place->node);
}

static void take_away(struct psk_place *place)
{
	struct psk_shelf *shelf = place->shelf;
	struct psk_place *other;
	struct psk *first;

	list_remove(&place->node);
	if (!shelf->is_ambiguous)
		return;
	first = shelf_first(shelf);
	shelf->is_ambiguous = false;
	list_each (other, &shelf->places, struct psk_place, node)
		shelf->is_ambiguous |= differs(first, other->psk);
}

/* Everything that can fail, done before anything is changed that a look-up sees. */
static bool prepare(struct psk_store *s, struct vault *v, const struct psk_entry *from,
		    struct psk *p)
{
	p->is_told = from->is_told;
	p->origin = strndup(from->origin ? from->origin : "", ORIGIN_MAX_LEN);
	p->subjects = calloc(from->count + 1, sizeof(*p->subjects));
	p->places = calloc(2 * from->count + 2, sizeof(*p->places));
	p->value = vault_put(v, from->value);
	if (!p->origin || !p->subjects || !p->places || !p->value.data)
		return false;
	for (size_t i = 0; i < from->count; i++) {
		struct psk_subject *subject;

		if (from->ids[i].type == ID_NONE) {
			p->has_any = true;
			continue;
		}
		subject = subject_get(s, &from->ids[i]);
		if (!subject)
			return false;
		p->subjects[p->count++] = subject;
		subject->count++;
	}
	return true;
}

static void forget(struct psk_store *s, struct vault *v, struct psk *p)
{
	for (size_t i = 0; i < p->count; i++)
		p->subjects[i]->count--;
	/* one that is named twice goes once */
	for (size_t i = 0; i < p->count; i++) {
		for (size_t j = i + 1; j < p->count; j++)
			if (p->subjects[j] == p->subjects[i])
				p->subjects[j] = NULL;
	}
	for (size_t i = 0; i < p->count; i++)
		if (p->subjects[i])
			subject_forget(s, p->subjects[i]);
	vault_drop(v, p->value);
	psk_free(p);
}

bool psk_store_add(struct psk_store *s, struct vault *v, const struct psk_entry *entry)
{
	struct psk *p = calloc(1, sizeof(*p)), *old = NULL;
	bool is_single = entry->count == 1;

	if (!p)
		return false;
	if (!prepare(s, v, entry, p)) {
		forget(s, v, p);
		return false;
	}
	if (entry->is_told)
		old = psk_store_of(s, entry->ids, entry->count, true);
	for (size_t i = 0; i < p->count; i++) {
		put(p, &p->subjects[i]->mentions);
		if (p->has_any)
			put(p, &p->subjects[i]->with_any);
		else if (is_single)
			put(p, &p->subjects[i]->alone);
	}
	if (entry->count == 0)
		put(p, &s->everybody);
	else if (p->has_any)
		put(p, &s->any);
	list_append(&s->all, &p->node);
	s->count++;
	if (old)
		psk_store_remove(s, v, old);
	return true;
}

void psk_store_remove(struct psk_store *s, struct vault *v, struct psk *p)
{
	for (size_t i = 0; i < p->place_count; i++)
		take_away(&p->places[i]);
	list_remove(&p->node);
	s->count--;
	forget(s, v, p);
}

void psk_store_fini(struct psk_store *s)
{
	struct vault none = { 0 };
	struct psk *p;

	list_each (p, &s->all, struct psk, node)
		psk_store_remove(s, &none, p);
	table_fini(&s->by_id);
}

const struct identity *psk_id(const struct psk *p, size_t i)
{
	if (i < p->count)
		return &p->subjects[i]->id;
	return i == p->count && p->has_any ? &any_id : NULL;
}

static bool is_for(const struct psk *p, const struct psk_subject *subject)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->subjects[i] == subject)
			return true;
	return false;
}

/* Are these all of its identities, and no others? */
static bool is_of(struct psk_store *s, const struct psk *p, const struct identity *ids,
		  size_t count)
{
	size_t named = 0;

	for (size_t i = 0; i < count; i++) {
		if (ids[i].type == ID_NONE) {
			if (!p->has_any)
				return false;
			continue;
		}
		named++;
		if (!is_for(p, subject_find(s, &ids[i])))
			return false;
	}
	return named == p->count && p->has_any == (named < count);
}

struct psk *psk_store_of(struct psk_store *s, const struct identity *ids, size_t count,
			 bool is_told)
{
	struct psk_shelf *shelf = count ? &s->any : &s->everybody;
	struct psk_subject *subject;
	struct psk_place *place;

	for (size_t i = 0; i < count; i++) {
		if (ids[i].type == ID_NONE)
			continue;
		subject = subject_find(s, &ids[i]);
		if (!subject)
			return NULL;
		shelf = &subject->mentions;
		break;
	}
	list_each (place, &shelf->places, struct psk_place, node)
		if (place->psk->is_told == is_told && is_of(s, place->psk, ids, count))
			return place->psk;
	return NULL;
}

/* The entries that name both; the shorter list is walked. */
static struct psk *of_both(const struct psk_subject *a, const struct psk_subject *b,
			   bool *ambiguous)
{
	struct psk *first = NULL;
	struct psk_place *place;
	const struct psk_subject *fewer = a, *other = b;

	if (!a || !b)
		return NULL;
	if (b->count < a->count) {
		fewer = b;
		other = a;
	}
	list_each (place, (struct list *)&fewer->mentions.places, struct psk_place, node) {
		if (!is_for(place->psk, other))
			continue;
		if (!first)
			first = place->psk;
		else
			*ambiguous |= differs(first, place->psk);
	}
	return first;
}

/* The subject of one end: its identity, or its address when that is not known. */
static struct psk_subject *subject_of_end(struct psk_store *s, const struct identity *id,
					  const struct address *address)
{
	struct identity stand_in;
	struct psk_subject *subject = NULL;

	if (id && id->type != ID_NONE)
		return subject_find(s, id);
	if (!address_is_any(address) && identity_of_address(address, &stand_in)) {
		subject = subject_find(s, &stand_in);
		identity_free(&stand_in);
	}
	return subject;
}

struct psk *psk_store_find(struct psk_store *s, const struct psk_query *q, bool *ambiguous)
{
	struct psk_subject *local = subject_of_end(s, q->local_id, &q->local);
	struct psk_subject *remote = subject_of_end(s, q->remote_id, &q->remote);
	const struct psk_shelf *const ranks[] = {
		local ? &local->with_any : NULL,
		local ? &local->alone : NULL,
		remote ? &remote->with_any : NULL,
		remote ? &remote->alone : NULL,
		&s->any,
		&s->everybody,
	};
	struct psk *found;

	*ambiguous = false;
	found = of_both(local, remote, ambiguous);
	for (size_t i = 0; !found && i < ARRAY_LEN(ranks); i++) {
		found = ranks[i] ? shelf_first(ranks[i]) : NULL;
		*ambiguous = found && ranks[i]->is_ambiguous;
	}
	return found;
}
