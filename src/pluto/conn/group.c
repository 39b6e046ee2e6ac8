/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that stand for several connections: what --connalias gives, and the name of a definition that
 * --subnets made several of. A connection of its own name goes before a group of that name.
 */
#include <stdlib.h>
#include <string.h>

#include "conn/connection.h"

/* One connection in one group. */
struct membership {
	struct list node; /* in conn_group.members */
	struct conn_group *group;
	struct connection *conn;
	struct membership *next; /* of the same connection */
};

struct conn_group *connections_group(struct connections *set, const char *name)
{
	uint64_t hash = table_hash(&set->by_group, slice_str(name));
	struct table_node *n;

	for (n = table_first(&set->by_group, hash); n; n = table_next(n, hash)) {
		struct conn_group *g = container_of(n, struct conn_group, by_name);

		if (strcmp(g->name, name) == 0)
			return g;
	}
	return NULL;
}

struct connection *conn_group_at(const struct conn_group *g, const struct connection *after)
{
	const struct list *at = &g->members;

	if (after)
		for (const struct membership *m = after->memberships; m; m = m->next)
			if (m->group == g)
				at = &m->node;
	at = at->next;
	return at == &g->members ? NULL : container_of(at, struct membership, node)->conn;
}

static struct conn_group *group_get(struct connections *set, const char *name)
{
	struct conn_group *g = connections_group(set, name);

	if (g || !(g = calloc(1, sizeof(*g))))
		return g;
	g->name = strdup(name);
	list_init(&g->members);
	if (g->name &&
	    table_insert(&set->by_group, &g->by_name, table_hash(&set->by_group, slice_str(name))))
		return g;
	free(g->name);
	free(g);
	return NULL;
}

static void group_drop_if_empty(struct connections *set, struct conn_group *g)
{
	if (!list_is_empty(&g->members))
		return;
	table_remove(&set->by_group, &g->by_name);
	free(g->name);
	free(g);
}

static bool is_member(const struct connection *c, const char *name)
{
	for (const struct membership *m = c->memberships; m; m = m->next)
		if (strcmp(m->group->name, name) == 0)
			return true;
	return false;
}

static bool join(struct connection *c, const char *name)
{
	struct membership *m;

	if (is_member(c, name))
		return true;
	m = calloc(1, sizeof(*m));
	if (!m)
		return false;
	m->group = group_get(c->set, name);
	if (!m->group) {
		free(m);
		return false;
	}
	m->conn = c;
	m->next = c->memberships;
	c->memberships = m;
	list_append(&m->group->members, &m->node);
	return true;
}

bool connection_join_groups(struct connection *c)
{
	const struct conn_config *config = &c->def->config;
	const char *at = config->connalias ? config->connalias : "";
	char name[CONN_NAME_LEN];
	bool ok = !config->base || join(c, config->base);

	while (ok && *(at += strspn(at, CONN_ALIAS_SEPARATORS))) {
		size_t len = strcspn(at, CONN_ALIAS_SEPARATORS);

		if (len < sizeof(name)) { /* as check.c has seen to */
			memcpy(name, at, len);
			name[len] = '\0';
			ok = join(c, name);
		}
		at += len;
	}
	if (!ok)
		connection_leave_groups(c);
	return ok;
}

void connection_leave_groups(struct connection *c)
{
	struct membership *m;

	while ((m = c->memberships)) {
		c->memberships = m->next;
		list_remove(&m->node);
		group_drop_if_empty(c->set, m->group);
		free(m);
	}
}
