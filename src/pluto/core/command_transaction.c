/* SPDX-License-Identifier: Apache-2.0 */
/* BEGIN and COMMIT, and what reads policy groups again. */
#include <stdlib.h>
#include <string.h>

#include "core/commands.h"
#include "core/policy_groups.h"
#include "core/transaction.h"

#define SOURCE_LEN 256

/* The number of a source, a new one when it is not known; false when there are too many. */
static bool source_number(struct core *c, const char *name, uint16_t *out)
{
	for (uint16_t i = 0; i < c->conn_source_count; i++)
		if (strcmp(c->conn_sources[i], name) == 0) {
			*out = (uint16_t)(i + 1);
			return true;
		}
	if (c->conn_source_count == CORE_SOURCES_MAX)
		return false;
	c->conn_sources[c->conn_source_count] = strdup(name);
	if (!c->conn_sources[c->conn_source_count])
		return false;
	*out = ++c->conn_source_count;
	return true;
}

/* False: the client was answered. */
static bool read_source(struct core *c, struct request_run *r, struct transaction *t)
{
	struct ctl_attribute a;
	char name[SOURCE_LEN];

	if (!ctl_find(r->message, CTL_ATTR_SOURCE, &a))
		return true;
	if (!ctl_value_text(&a, name, sizeof(name)) || !name[0])
		client_answer(c, r->client, RC_WHACK,
			      "the source's name is empty, has a NUL or %u octets", SOURCE_LEN);
	else if (!source_number(c, name, &t->source))
		client_answer(c, r->client, RC_BUSY,
			      "there are %u sources of connections already: use one of them",
			      CORE_SOURCES_MAX);
	t->is_whole = t->source != 0;
	return t->is_whole;
}

void command_begin(struct core *c, struct request_run *r)
{
	struct transaction *t;

	if (transaction_find(c, r->client->id)) {
		client_answer(c, r->client, RC_WHACK,
			      "a transaction is open already: commit it first");
		return;
	}
	t = transaction_new(r->client->id);
	if (!t) {
		client_answer(c, r->client, RC_INTERNAL, "out of memory");
		return;
	}
	list_append(&c->transactions, &t->node);
	if (read_source(c, r, t))
		client_finish(c, r->client, RC_OK);
	else
		transaction_free(t);
}

static bool has(const struct request_run *r, uint16_t attribute)
{
	struct ctl_attribute a;

	return ctl_find(r->message, attribute, &a);
}

static void commit(struct core *c, struct request_run *r, struct transaction *t)
{
	uint64_t id = r->client->id;
	bool previews = has(r, CTL_ATTR_PREVIEW);
	struct changes x = { 0 };
	bool ok = true;

	if (previews || has(r, CTL_ATTR_CHANGES))
		ok = transaction_preview(c, t, r->client);
	if (ok && !previews)
		ok = transaction_commit(c, t, &x);
	r->client = client_find(c, id);
	if (!r->client)
		return;
	if (!ok) {
		client_answer(c, r->client, RC_INTERNAL,
			      "out of memory: none of the transaction is added");
		return;
	}
	if (!previews)
		client_say(c, r->client, LINE_LOG,
			   "connections: %zu added, %zu replaced, %zu deleted",
			   x.added - x.replaced, x.replaced, x.dropped);
	policy_groups_answer(c, r->client);
}

void command_commit(struct core *c, struct request_run *r)
{
	struct transaction *t = transaction_find(c, r->client->id);

	if (!t) {
		client_answer(c, r->client, RC_WHACK, "no transaction is open: begin one first");
		return;
	}
	if (t->has_failed)
		client_answer(c, r->client, RC_WHACK,
			      "a connection was refused: none of the transaction is added");
	else
		commit(c, r, t);
	transaction_free(t);
}

void command_rereadgroups(struct core *c, struct request_run *r)
{
	policy_groups_reread(c);
	policy_groups_answer(c, r->client);
}
