/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Definitions become connections. All that is new is added before anything that it replaces or leaves
 * over goes, so that policies are never missing between; what is the same stays untouched.
 */
#include "core/definition.h"

#include <stdlib.h>
#include <string.h>

#include "conf/expand.h"
#include "core/keep.h"
#include "core/news.h"
#include "core/policy_groups.h"
#include "core/route.h"
#include "crypto/random.h"
#include "ctl/codes.h"

void definition_free(struct definition *d)
{
	if (!d)
		return;
	list_remove(&d->node);
	for (size_t i = 0; i < d->count; i++) {
		if (d->items[i].def)
			conn_def_free(d->items[i].def);
		free(d->items[i].def);
	}
	if (d->group)
		conn_config_free(d->group);
	free(d->group);
	free(d->name);
	free(d);
}

static bool no_memory(struct error *e)
{
	return error_code(e, RC_INTERNAL, "out of memory");
}

static struct definition *definition_new(const char *name, size_t count, struct error *e)
{
	struct definition *d = calloc(1, sizeof(*d) + count * sizeof(d->items[0]));

	if (d && (d->name = strdup(name))) {
		d->count = count;
		return d;
	}
	free(d);
	no_memory(e);
	return NULL;
}

/* The n-th connection of the definition; takes config over. */
static bool resolve_item(struct core *c, struct definition *d, size_t n, struct conn_config *config,
			 struct error *e)
{
	struct conn_def *def = calloc(1, sizeof(*def));
	bool ok = def || no_memory(e);

	ok = ok && conn_def_resolve(config, &c->connections.proposals, def, e);
	conn_config_free(config);
	if (!ok) {
		free(def);
		return d->is_expanded ? error_prefix(e, "network %zu: ", n + 1) : false;
	}
	d->items[n].def = def;
	d->items[n].definition = d;
	return true;
}

/* The only one, or of several, or what shows whether a group is good. */
static bool take_item(struct core *c, struct definition *d, size_t n, struct conn_config *config,
		      const struct conn_expansion *x, struct error *e)
{
	struct conn_config one;
	bool ok = true;

	if (d->group)
		ok = conn_of_group(config, NULL, &one);
	else if (d->is_expanded)
		ok = conn_expand(config, x, n, &one);
	else
		one = *config;
	if (!ok)
		return no_memory(e);
	if (!d->group && !d->is_expanded)
		*config = (struct conn_config){ 0 };
	return resolve_item(c, d, n, &one, e);
}

struct definition *definition_of(struct core *c, const char *name, struct conn_config *config,
				 struct error *e)
{
	struct conn_expansion x;
	struct definition *d;
	bool ok = true;

	if (!conn_expansion_of(config, &x, e))
		return NULL;
	if (conn_is_group(config) && (conn_is_expanded(config) || strchr(name, '/'))) {
		error_set(e, "a group of networks is named by its file in ipsec.d/policies: "
			     "without / in --name, and without --subnets");
		return NULL;
	}
	d = definition_new(name, conn_expansion_count(&x), e);
	if (!d)
		return NULL;
	d->is_expanded = conn_is_expanded(config);
	if (conn_is_group(config))
		ok = (d->group = calloc(1, sizeof(*d->group))) || no_memory(e);
	for (size_t n = 0; ok && n < d->count; n++)
		ok = take_item(c, d, n, config, &x, e);
	if (ok && d->group) {
		*d->group = *config;
		*config = (struct conn_config){ 0 };
	}
	if (ok)
		return d;
	definition_free(d);
	return NULL;
}

struct definition *definition_of_entries(struct core *c, const struct conn_config *config,
					 const struct policy_entries *entries, struct error *e)
{
	struct definition *d = definition_new(config->name, entries->count, e);
	struct conn_config one;

	if (!d)
		return NULL;
	d->is_expanded = d->is_entries = true;
	for (size_t n = 0; n < d->count; n++) {
		if (conn_of_group(config, &entries->list[n], &one)) {
			if (resolve_item(c, d, n, &one, e))
				continue;
		} else {
			no_memory(e);
		}
		definition_free(d);
		return NULL;
	}
	return d;
}

bool definition_is_bare(const struct definition *d)
{
	const struct proposals *esp = d->items[0].def->esp;

	for (uint8_t i = 0; i < esp->count; i++) {
		const struct proposal_conf *p = &esp->list[i];

		for (uint8_t k = 0; k < p->counts[TRANSFORM_ENCR]; k++)
			if (p->choices[TRANSFORM_ENCR][k].alg->id == ENCR_NULL)
				return true;
	}
	return false;
}

static bool is_same(const struct conn_def *a, const struct conn_def *b)
{
	return conn_config_eq(&a->config, &b->config);
}

/* Is the connection one of those that a definition of this name stands for? */
static bool is_of(const struct connection *conn, const char *name)
{
	const struct conn_config *config = &conn->def->config;

	return config->base ? strcmp(config->base, name) == 0 : strcmp(config->name, name) == 0;
}

/* The connections of the definition's name that stand now, one after the other. */
static struct connection *next_of_name(struct core *c, const struct definition *d,
				       struct connection *after)
{
	const struct conn_group *g = connections_group(&c->connections, d->name);
	struct connection *conn = after ? NULL : connection_find(&c->connections, d->name);

	if (conn)
		return conn;
	if (after && !after->def->config.base)
		after = NULL;
	for (conn = g ? conn_group_at(g, after) : NULL; conn; conn = conn_group_at(g, conn))
		if (conn->def->config.base && is_of(conn, d->name))
			return conn;
	return NULL;
}

bool definition_is_unchanged(struct core *c, const struct definition *d)
{
	struct connection *conn = NULL;
	size_t standing = 0;

	if (d->group)
		return policy_group_is(c, d->name, d->group);
	if (policy_group_find(c, d->name) && !d->is_entries)
		return false;
	for (size_t n = 0; n < d->count; n++) {
		conn = connection_find(&c->connections, d->items[n].def->config.name);
		if (!conn || !is_same(conn->def, d->items[n].def))
			return false;
	}
	conn = NULL;
	while ((conn = next_of_name(c, d, conn)))
		standing++;
	return standing == d->count;
}

/* ---- transactions */

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

		if (s && (!is_same(s->def, d->items[n].def) || s->definition->count != d->count))
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

/* ---- commit */

struct change { /* a connection that is new, and what it took the name of */
	const struct definition *definition;
	struct connection *old, *conn;
};

/* Takes def over; NULL when memory is short. */
static struct connection *add_now(struct core *c, struct conn_def *def)
{
	struct connection *conn = connection_add(&c->connections, def);

	if (!conn)
		return NULL;
	core_load_cert(c, conn->def->config.left.cert);
	core_load_cert(c, conn->def->config.right.cert);
	connection_orient(conn, c->addresses, c->address_count);
	if (c->is_listening && conn->us->ikeport != IKE_PORT)
		path_listen(c);
	resolve_connection(c, conn);
	NEWS(c, .kind = NEWS_ADDED, .conn = conn);
	return conn;
}

bool definition_claim(struct core *c, const struct definition *d)
{
	bool is_any = false;

	for (size_t n = 0; n < d->count && !d->group; n++) {
		struct connection *conn =
			connection_find(&c->connections, d->items[n].def->config.name);

		is_any |= conn && adopt_claim(conn);
	}
	return is_any;
}

struct connection *definition_restore(struct core *c, struct conn_config *config, struct error *e)
{
	struct conn_def *def = calloc(1, sizeof(*def));
	struct connection *conn = NULL;

	if (!def) {
		no_memory(e);
		return NULL;
	}
	if (conn_def_resolve(config, &c->connections.proposals, def, e)) {
		conn = add_now(c, def);
		if (conn)
			return conn;
		no_memory(e);
		conn_def_free(def);
	}
	free(def);
	return NULL;
}

static void take_back(struct core *c, size_t added)
{
	while (added-- > 0)
		connection_remove(&c->connections,
				  list_entry(c->connections.all.prev, struct connection, node));
}

/* How what stands of that name is used: what is new of it will be so, too. */
static void look_at(struct core *c, struct definition *d)
{
	const struct policy_group *group = policy_group_find(c, d->name);
	struct connection *conn = NULL;

	d->mark = ++c->next_mark;
	while ((conn = next_of_name(c, d, conn))) {
		d->is_known = true;
		d->was_routed |= conn->route != NULL;
		d->was_wanted |= conn->is_wanted;
	}
	if (group && group->is_routed)
		d->is_known = d->was_routed = true;
}

/* Names found twice give the newest, so that what is to be replaced is looked for first. */
static bool add_definition(struct core *c, struct definition *d, struct change *list, size_t *count)
{
	look_at(c, d);
	for (size_t n = 0; n < d->count && !d->group; n++) {
		struct staged_def *s = &d->items[n];
		struct change *x = &list[*count];

		x->definition = d;
		x->old = connection_find(&c->connections, s->def->config.name);
		if (x->old && is_same(x->old->def, s->def)) {
			x->old->mark = d->mark;
			adopt_claim(x->old);
			continue;
		}
		x->conn = add_now(c, s->def);
		if (!x->conn)
			return false;
		x->conn->mark = d->mark;
		s->def = NULL;
		++*count;
	}
	return true;
}

/* A further network of a connection that is there: routed and up as its siblings are. */
static void follow_siblings(struct core *c, const struct change *x)
{
	char reason[300];

	if (!x->definition->is_known)
		return;
	if (x->definition->was_routed && route_start(c, x->conn, reason, sizeof(reason)) != RC_OK)
		connection_log(c, x->conn, LOG_LEVEL_WARNING, LINE_SERIOUS, "is not routed: %s",
			       reason);
	if (x->definition->was_wanted &&
	    intent_initiate(c, x->conn, reason, sizeof(reason)) != RC_OK)
		connection_log(c, x->conn, LOG_LEVEL_WARNING, LINE_SERIOUS, "is not initiated: %s",
			       reason);
}

/* What the definition stood for once and does not any more. */
static size_t drop_left_over(struct core *c, const struct definition *d)
{
	struct connection *conn = next_of_name(c, d, NULL), *next;
	size_t dropped = 0;

	for (; conn; conn = next) {
		next = next_of_name(c, d, conn);
		if (conn->mark == d->mark)
			continue;
		connection_drop(c, conn);
		dropped++;
	}
	return dropped;
}

static void settle(struct core *c, struct definition *d, struct changes *out)
{
	if (d->group)
		policy_group_define(c, d->name, d->group);
	else if (!d->is_entries)
		policy_group_forget(c, d->name);
	if (!d->group && d->is_known)
		out->dropped += drop_left_over(c, d);
}

bool transaction_commit(struct core *c, struct transaction *t, struct changes *out)
{
	struct change *list = calloc(t->by_name.count + 1, sizeof(*list));
	struct definition *d;
	bool ok = list != NULL;

	*out = (struct changes){ 0 };
	list_each (d, &t->definitions, struct definition, node)
		ok = ok && add_definition(c, d, list, &out->added);
	if (!ok) {
		take_back(c, out->added);
		free(list);
		return false;
	}
	for (size_t i = 0; i < out->added; i++) {
		out->replaced += list[i].old != NULL;
		if (list[i].old)
			connection_replace(c, list[i].old, list[i].conn);
		else
			follow_siblings(c, &list[i]);
	}
	list_each (d, &t->definitions, struct definition, node)
		settle(c, d, out);
	free(list);
	return true;
}
