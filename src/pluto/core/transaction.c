/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a transaction changes is found before anything is: a preview tells it, COMMIT does it. All that
 * is new is added before anything that it replaces or that is left over goes, so that policies are
 * never missing between; what is the same stays untouched.
 */
#include "core/transaction.h"

#include <stdlib.h>
#include <string.h>

#include "core/commands.h"
#include "core/keep.h"
#include "core/policy_groups.h"
#include "core/route.h"
#include "crypto/random.h"

struct transaction *transaction_new(uint64_t client)
{
	struct transaction *t = calloc(1, sizeof(*t));
	uint8_t key[16];

	if (!t || !random_bytes(key, sizeof(key))) {
		free(t);
		return NULL;
	}
	t->client = client;
	list_init(&t->definitions);
	table_init(&t->by_name, key);
	return t;
}

void transaction_free(struct transaction *t)
{
	struct definition *d;

	if (!t)
		return;
	list_each (d, &t->definitions, struct definition, node)
		definition_free(d);
	table_fini(&t->by_name);
	list_remove(&t->node);
	free(t);
}

static struct staged_def *staged_find(struct transaction *t, const char *name)
{
	uint64_t hash = table_hash(&t->by_name, slice_str(name));
	struct table_node *n;

	for (n = table_first(&t->by_name, hash); n; n = table_next(n, hash)) {
		struct staged_def *s = container_of(n, struct staged_def, by_name);

		if (strcmp(s->def->config.name, name) == 0)
			return s;
	}
	return NULL;
}

bool transaction_has(struct transaction *t, const struct definition *d)
{
	for (size_t n = 0; n < d->count; n++)
		if (staged_find(t, d->items[n].def->config.name))
			return true;
	return false;
}

enum staging transaction_stage(struct transaction *t, struct definition *d)
{
	size_t same = 0;

	for (size_t n = 0; n < d->count; n++) {
		struct staged_def *s = staged_find(t, d->items[n].def->config.name);

		if (s && (!definition_is_same(s->def, d->items[n].def) ||
			  s->definition->count != d->count))
			return STAGED_TWICE;
		same += s != NULL;
	}
	if (same > 0)
		return same == d->count ? STAGED_ALREADY : STAGED_TWICE;
	for (size_t n = 0; n < d->count; n++) {
		const char *name = d->items[n].def->config.name;

		if (table_insert(&t->by_name, &d->items[n].by_name,
				 table_hash(&t->by_name, slice_str(name))))
			continue;
		while (n-- > 0)
			table_remove(&t->by_name, &d->items[n].by_name);
		return STAGED_NOT;
	}
	list_append(&t->definitions, &d->node);
	return STAGED;
}

struct transaction *transaction_find(struct core *c, uint64_t client)
{
	struct transaction *t;

	list_each (t, &c->transactions, struct transaction, node)
		if (t->client == client)
			return t;
	return NULL;
}

void transaction_drop(struct core *c, uint64_t client)
{
	struct transaction *t = transaction_find(c, client);

	if (t)
		transaction_free(t);
}

void transactions_fini(struct core *c)
{
	struct transaction *t;

	list_each (t, &c->transactions, struct transaction, node)
		transaction_free(t);
}

/* ---- what it changes */

struct change {
	struct definition *definition; /* NULL: old goes, its source does not name it any more */
	struct staged_def *staged;     /* NULL: old goes, or the definition is a group's */
	struct connection *old;        /* what stands of that name; NULL: nothing */
	struct connection *conn;       /* what was made of it */
};

struct change_list {
	struct change *items;
	size_t count, capacity;
	bool is_short; /* of memory */
};

static void put(struct change_list *all, struct change x)
{
	size_t room = all->capacity ? 2 * all->capacity : 16;
	struct change *items = all->items;

	if (all->count == all->capacity) {
		items = realloc(items, room * sizeof(*items));
		if (!items) {
			all->is_short = true;
			return;
		}
		all->items = items;
		all->capacity = room;
	}
	items[all->count++] = x;
}

/* How what stands of that name is used: what is new of it will be so, too. */
static void look_at(struct core *c, struct definition *d)
{
	const struct policy_group *group = policy_group_find(c, d->name);
	struct connection *conn = NULL;

	while ((conn = definition_next(c, d, conn))) {
		d->is_known = true;
		d->was_routed |= conn->route != NULL;
		d->was_wanted |= conn->is_wanted;
	}
	if (group && group->is_routed)
		d->is_known = d->was_routed = true;
}

/* Names found twice give the newest, so what is to be replaced is looked for before all is added. */
static void find_changes_of(struct core *c, struct transaction *t, struct definition *d,
			    struct change_list *all)
{
	struct connection *conn = NULL;

	look_at(c, d);
	if (d->group) {
		if (!policy_group_is(c, d->name, d->group))
			put(all, (struct change){ .definition = d });
		return;
	}
	for (size_t n = 0; n < d->count; n++) {
		struct staged_def *s = &d->items[n];

		conn = connection_find(&c->connections, s->def->config.name);
		if (!conn || !definition_is_same(conn->def, s->def))
			put(all, (struct change){ .definition = d, .staged = s, .old = conn });
	}
	conn = NULL;
	while ((conn = definition_next(c, d, conn)))
		if (!staged_find(t, conn->def->config.name))
			put(all, (struct change){ .definition = d, .old = conn });
}

/* Does a definition of the transaction bear the connection's name, or that of which it is one? */
static bool is_named(struct transaction *t, const struct connection *conn)
{
	const struct conn_config *config = &conn->def->config;
	struct definition *d;

	if (!config->base)
		return staged_find(t, config->name) != NULL;
	list_each (d, &t->definitions, struct definition, node)
		if (strcmp(d->name, config->base) == 0)
			return true;
	return false;
}

/* Nothing is changed yet. False when memory is short. */
static bool find_changes(struct core *c, struct transaction *t, struct change_list *all)
{
	struct connection *conn;
	struct definition *d;

	list_each (d, &t->definitions, struct definition, node)
		find_changes_of(c, t, d, all);
	if (t->is_whole)
		list_each (conn, &c->connections.all, struct connection, node)
			if (conn->source == t->source && !is_named(t, conn))
				put(all, (struct change){ .old = conn });
	return !all->is_short;
}

/* ---- preview */

static bool tell(struct core *c, struct core_client *client, const struct change *x)
{
	const struct conn_config *before = x->old ? &x->old->def->config : NULL;
	const struct conn_config *after = x->staged ? &x->staged->def->config : NULL;
	struct policy_group *g;

	if (x->definition && x->definition->group) {
		g = policy_group_find(c, x->definition->name);
		before = g ? &g->config : NULL;
		after = x->definition->group;
	}
	return report_change(c, client, before, after);
}

bool transaction_preview(struct core *c, struct transaction *t, struct core_client *client)
{
	struct change_list all = { 0 };
	bool ok = find_changes(c, t, &all);

	for (size_t i = 0; ok && i < all.count; i++)
		ok = tell(c, client, &all.items[i]);
	free(all.items);
	return ok;
}

/* ---- commit */

static void take_back(struct core *c, struct change_list *all, size_t count)
{
	while (count-- > 0)
		if (all->items[count].conn)
			connection_remove(&c->connections, all->items[count].conn);
}

/* False when memory is short: then none was added. */
static bool add_new(struct core *c, struct transaction *t, struct change_list *all)
{
	for (size_t i = 0; i < all->count; i++) {
		struct change *x = &all->items[i];

		if (!x->staged)
			continue;
		x->conn = definition_add(c, x->staged->def);
		if (!x->conn) {
			take_back(c, all, i);
			return false;
		}
		x->conn->source = t->source || !x->old ? t->source : x->old->source;
		x->staged->def = NULL;
	}
	return true;
}

/* A further network of a connection that is there: routed and up as its siblings are. */
static void follow_siblings(struct core *c, const struct change *x)
{
	const struct definition *d = x->definition;
	char reason[300];

	if (!d->is_known)
		return;
	if (d->was_routed && route_start(c, x->conn, reason, sizeof(reason)) != RC_OK)
		connection_log(c, x->conn, LOG_LEVEL_WARNING, LINE_SERIOUS, "is not routed: %s",
			       reason);
	if (d->was_wanted && intent_initiate(c, x->conn, reason, sizeof(reason)) != RC_OK)
		connection_log(c, x->conn, LOG_LEVEL_WARNING, LINE_SERIOUS, "is not initiated: %s",
			       reason);
}

static void finish(struct core *c, const struct change_list *all, struct changes *out)
{
	*out = (struct changes){ 0 };
	for (size_t i = 0; i < all->count; i++) {
		const struct change *x = &all->items[i];

		out->added += x->conn != NULL;
		out->replaced += x->conn && x->old;
		if (x->conn && x->old)
			connection_replace(c, x->old, x->conn);
		else if (x->conn)
			follow_siblings(c, x);
	}
	for (size_t i = 0; i < all->count; i++) {
		if (all->items[i].conn || !all->items[i].old)
			continue;
		connection_drop(c, all->items[i].old);
		out->dropped++;
	}
}

static bool is_staged_group(struct transaction *t, const char *name)
{
	struct staged_def *s = staged_find(t, name);

	return s && s->definition->group;
}

/* Groups are told of, and what stands unchanged is the source's from now on. */
static void settle(struct core *c, struct transaction *t)
{
	struct policy_group *g;
	struct definition *d;

	if (t->is_whole)
		list_each (g, &c->policy_groups, struct policy_group, node)
			if (g->source == t->source && !is_staged_group(t, g->name))
				policy_group_forget(c, g->name);
	list_each (d, &t->definitions, struct definition, node) {
		struct connection *conn = NULL;

		if (d->group)
			policy_group_define(c, d->name, d->group, t->source);
		else if (!d->is_entries)
			policy_group_forget(c, d->name);
		while ((conn = definition_next(c, d, conn))) {
			adopt_claim(conn);
			conn->source = t->source ? t->source : conn->source;
		}
	}
}

bool transaction_commit(struct core *c, struct transaction *t, struct changes *out)
{
	struct change_list all = { 0 };
	bool ok = find_changes(c, t, &all) && add_new(c, t, &all);

	if (ok) {
		finish(c, &all, out);
		settle(c, t);
	}
	free(all.items);
	return ok;
}
