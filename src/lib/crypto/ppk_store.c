/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Post-quantum preshared keys: found by their name through a hash table, chosen by the ends that an
 * entry is for. An entry with several identities needs both ends among them (%any stands for
 * anybody), one with a single identity is for that end, one with none is for everybody.
 */
#include "ppk_store.h"

#include <stdlib.h>
#include <string.h>

#define ORIGIN_MAX_LEN 256

void ppk_store_init(struct ppk_store *s, const uint8_t key[16])
{
	*s = (struct ppk_store){ 0 };
	s->last = &s->first;
	table_init(&s->by_name, key);
}

static void ppk_free(struct ppk *p)
{
	for (size_t i = 0; i < p->count; i++)
		identity_free(&p->ids[i]);
	free(p->ids);
	free(p->origin);
	free(p);
}

void ppk_store_fini(struct ppk_store *s)
{
	struct ppk *p, *next;

	for (p = s->first; p; p = next) {
		next = p->next;
		ppk_free(p);
	}
	table_fini(&s->by_name);
	s->first = NULL;
	s->last = &s->first;
}

static bool fill(struct ppk *p, struct vault *v, const struct ppk_entry *entry)
{
	p->origin = strndup(entry->origin ? entry->origin : "", ORIGIN_MAX_LEN);
	p->ids = calloc(entry->count + 1, sizeof(*p->ids));
	p->name = vault_put(v, entry->name);
	p->value = vault_put(v, entry->value);
	if (!p->origin || !p->ids || !p->name.data || !p->value.data)
		return false;
	for (; p->count < entry->count; p->count++)
		if (!identity_copy(&entry->ids[p->count], &p->ids[p->count]))
			return false;
	return true;
}

bool ppk_store_add(struct ppk_store *s, struct vault *v, const struct ppk_entry *entry)
{
	struct ppk *p = calloc(1, sizeof(*p));

	if (!p)
		return false;
	if (!fill(p, v, entry) ||
	    !table_insert(&s->by_name, &p->node, table_hash(&s->by_name, entry->name))) {
		ppk_free(p);
		return false;
	}
	*s->last = p;
	s->last = &p->next;
	return true;
}

static bool names_end(const struct ppk *p, const struct identity *id, const struct address *address)
{
	struct identity stand_in = { 0 };
	bool found = false;

	if (!id || id->type == ID_NONE) {
		if (address_is_any(address) || !identity_of_address(address, &stand_in))
			return false;
		id = &stand_in;
	}
	for (size_t i = 0; i < p->count && !found; i++)
		found = p->ids[i].type != ID_NONE && identity_eq(&p->ids[i], id);
	identity_free(&stand_in);
	return found;
}

static bool has_any(const struct ppk *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->ids[i].type == ID_NONE)
			return true;
	return false;
}

static bool is_for(const struct ppk *p, const struct psk_query *q)
{
	bool local, remote;

	if (p->count == 0)
		return true;
	local = names_end(p, q->local_id, &q->local);
	remote = names_end(p, q->remote_id, &q->remote);
	if (p->count == 1 || has_any(p))
		return local || remote || has_any(p);
	return local && remote;
}

const struct ppk *ppk_store_get(struct ppk_store *s, const struct psk_query *q, struct slice name)
{
	uint64_t hash = table_hash(&s->by_name, name);
	const struct ppk *found = NULL;
	struct table_node *n;

	/* The table gives the newest first; the first of the file is meant. */
	for (n = table_first(&s->by_name, hash); n; n = table_next(n, hash)) {
		struct ppk *p = container_of(n, struct ppk, node);

		if (slice_eq(p->name, name) && is_for(p, q))
			found = p;
	}
	return found;
}

const struct ppk *ppk_store_first(struct ppk_store *s, const struct psk_query *q,
				  const char *allowed)
{
	const struct ppk *p;

	if (!allowed) {
		for (p = s->first; p && !is_for(p, q);)
			p = p->next;
		return p;
	}
	while (*allowed) {
		size_t len;

		allowed += strspn(allowed, ", ");
		len = strcspn(allowed, ", ");
		p = len ? ppk_store_get(s, q, slice(allowed, len)) : NULL;
		if (p)
			return p;
		allowed += len;
	}
	return NULL;
}
