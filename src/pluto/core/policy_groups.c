/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policy groups: a definition whose peers are the networks of a file. When the file was read, the
 * connections are made to be what it says, by difference; a file with a fault changes nothing. Clients
 * that asked are answered when the last file is done.
 */
#include "core/policy_groups.h"

#include <stdlib.h>
#include <string.h>

#include "core/commands.h"
#include "core/transaction.h"

struct policy_group *policy_group_find(struct core *c, const char *name)
{
	struct policy_group *g;

	list_each (g, &c->policy_groups, struct policy_group, node)
		if (strcmp(g->name, name) == 0)
			return g;
	return NULL;
}

bool policy_group_is(struct core *c, const char *name, const struct conn_config *config)
{
	struct policy_group *g = policy_group_find(c, name);

	return g && conn_config_eq(&g->config, config);
}

static void group_free(struct policy_group *g)
{
	list_remove(&g->node);
	conn_config_free(&g->config);
	free(g->name);
	free(g);
}

void policy_group_forget(struct core *c, const char *name)
{
	struct policy_group *g = policy_group_find(c, name);

	if (g)
		group_free(g);
}

void policy_groups_fini(struct core *c)
{
	struct policy_group *g;

	list_each (g, &c->policy_groups, struct policy_group, node)
		group_free(g);
}

static void read_file(struct core *c, struct policy_group *g)
{
	if (!g->is_read)
		core_read_group(c, g->name);
	g->is_read = true;
}

void policy_group_define(struct core *c, const char *name, struct conn_config *config,
			 uint16_t source)
{
	struct policy_group *g = policy_group_find(c, name);

	if (!g) {
		g = calloc(1, sizeof(*g));
		if (!g || !(g->name = strdup(name))) {
			free(g);
			core_log(c, LOG_LEVEL_ERROR,
				 "\"%s\": out of memory: there is no such group", name);
			return;
		}
		list_append(&c->policy_groups, &g->node);
	}
	conn_config_free(&g->config);
	g->config = *config;
	g->source = source ? source : g->source;
	*config = (struct conn_config){ 0 };
	read_file(c, g);
}

void policy_group_told(struct core *c, struct policy_group *g, uint16_t verb)
{
	if (verb == VERB_ROUTE)
		g->is_routed = true;
	else if (verb == VERB_UNROUTE)
		g->is_routed = false;
	else if (verb == VERB_DELETE)
		policy_group_forget(c, g->name);
}

void policy_groups_reread(struct core *c)
{
	struct policy_group *g;

	list_each (g, &c->policy_groups, struct policy_group, node)
		read_file(c, g);
}

bool policy_groups_are_read(const struct core *c)
{
	struct policy_group *g;

	list_each (g, &((struct core *)c)->policy_groups, struct policy_group, node)
		if (g->is_read)
			return true;
	return false;
}

void policy_groups_answer(struct core *c, struct core_client *client)
{
	if (policy_groups_are_read(c))
		client->waits_for = WAITS_GROUPS;
	else
		client_finish(c, client, RC_OK);
}

static void tell(struct core *c, enum log_level level, uint32_t line, const char *text)
{
	struct core_client *client;

	core_log(c, level, "%s", text);
	list_each (client, &c->clients, struct core_client, node) {
		if (client->waits_for != WAITS_GROUPS)
			continue;
		client_log(c, client, line, text);
		client->has_fault |= line == LINE_SERIOUS;
	}
}

/* What the file says becomes what there is. */
static bool take_entries(struct core *c, struct policy_group *g,
			 const struct policy_entries *entries, struct changes *x, struct error *e)
{
	struct definition *d = definition_of_entries(c, &g->config, entries, e);
	struct transaction *t = d ? transaction_new(0) : NULL;
	bool ok;

	if (!d)
		return false;
	if (!t || transaction_stage(t, d) != STAGED) {
		definition_free(d);
		transaction_free(t);
		return error_set(e, "out of memory");
	}
	t->source = g->source;
	ok = transaction_commit(c, t, x);
	transaction_free(t);
	return ok || error_set(e, "out of memory");
}

static bool take_file(struct core *c, struct policy_group *g, struct slice text, struct changes *x,
		      size_t *count, struct error *e)
{
	struct policy_entries entries;
	char file[CONN_NAME_LEN + 16];
	struct text t = TEXT_OVER(file);
	bool ok;

	text_add(&t, "policies/%s", g->name);
	if (!policy_entries_parse(file, text, &entries, e))
		return false;
	*count = entries.count;
	ok = take_entries(c, g, &entries, x, e);
	policy_entries_free(&entries);
	return ok;
}

static void answer(struct core *c)
{
	struct core_client *client;

	if (policy_groups_are_read(c))
		return;
	list_each (client, &c->clients, struct core_client, node)
		if (client->waits_for == WAITS_GROUPS)
			client_finish(c, client, client->has_fault ? RC_WHACK : RC_OK);
}

void policy_group_event(struct core *c, const struct event *e)
{
	struct policy_group *g = policy_group_find(c, e->text);
	char line[600], shown[400];
	struct error error = { 0 };
	struct changes x = { 0 };
	size_t count = 0;
	struct text t = TEXT_OVER(line);

	if (!g) {
		answer(c);
		return;
	}
	g->is_read = false;
	if (!e->ok)
		error_set(&error, "%.*s", (int)e->datagram.len, (const char *)e->datagram.data);
	if (e->ok && take_file(c, g, e->datagram, &x, &count, &error)) {
		text_add(&t, "\"%s\": %zu networks: %zu added, %zu replaced, %zu removed", g->name,
			 count, x.added - x.replaced, x.replaced, x.dropped);
		tell(c, LOG_LEVEL_INFO, LINE_LOG, line);
	} else {
		error_format(&error, shown, sizeof(shown));
		text_add(&t, "\"%s\": %s: its networks stay as they are", g->name, shown);
		tell(c, LOG_LEVEL_ERROR, LINE_SERIOUS, line);
	}
	answer(c);
}
