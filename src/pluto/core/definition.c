/* SPDX-License-Identifier: Apache-2.0 */
#include "core/definition.h"

#include <stdlib.h>
#include <string.h>

#include "conf/expand.h"
#include "core/keep.h"
#include "core/news.h"
#include "core/policy_groups.h"
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

bool definition_is_same(const struct conn_def *a, const struct conn_def *b)
{
	return conn_config_eq(&a->config, &b->config);
}

/* Is the connection one of those that a definition of this name stands for? */
static bool is_of(const struct connection *conn, const char *name)
{
	const struct conn_config *config = &conn->def->config;

	return config->base ? strcmp(config->base, name) == 0 : strcmp(config->name, name) == 0;
}

struct connection *definition_next(struct core *c, const struct definition *d,
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
		if (!conn || !definition_is_same(conn->def, d->items[n].def))
			return false;
	}
	conn = NULL;
	while ((conn = definition_next(c, d, conn)))
		standing++;
	return standing == d->count;
}

struct connection *definition_add(struct core *c, struct conn_def *def)
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
		conn = definition_add(c, def);
		if (conn)
			return conn;
		no_memory(e);
		conn_def_free(def);
	}
	free(def);
	return NULL;
}
