/* SPDX-License-Identifier: Apache-2.0 */
/* Making and freeing child SAs; what stands in the kernel for them is sa/install.c's. */
#include "sa/child_sa.h"

#include <stdlib.h>

struct child_sa *child_sa_new(uint32_t serial, struct connection *c)
{
	struct child_sa *child = calloc(1, sizeof(*child));

	if (!child)
		return NULL;
	child->serial = serial;
	child->connection = c;
	list_append(&c->children, &child->conn_node);
	child->is_tunnel = c->def->config.type == CONN_TUNNEL;
	child->iptfs = c->def->config.iptfs;
	child->rekey_usec = child->expires_usec = child->discard_usec = USEC_NEVER;
	child->out_probe_usec = child->out_limit_usec = USEC_NEVER;
	return child;
}

void child_own_policies(struct child_sa *child)
{
	child_disown_policies(child);
	child->has_policies = true;
	pair_index_enter(&child->connection->set->policies, child, &child->ts_local,
			 &child->ts_remote, &child->policies);
}

void child_disown_policies(struct child_sa *child)
{
	child->has_policies = false;
	pair_index_leave(&child->connection->set->policies, &child->ts_local, &child->ts_remote,
			 &child->policies);
}

void child_sa_free(struct child_sa *child)
{
	if (!child)
		return;
	list_remove(&child->node);
	list_remove(&child->conn_node);
	child_disown_policies(child);
	child_keys_free(&child->keys);
	connection_unused(child->connection);
	selectors_free(&child->ts_local);
	selectors_free(&child->ts_remote);
	free(child->packet);
	free(child);
}

void child_first_pair(const struct child_sa *child, struct selector *local, struct selector *remote)
{
	struct selector_pairs p = { .local = &child->ts_local, .remote = &child->ts_remote };
	const struct selector *a, *b;

	*local = *remote = (struct selector){ 0 };
	if (!selector_pairs_next(&p, &a, &b))
		return;
	*local = *a;
	*remote = *b;
}

bool child_is_twin(const struct child_sa *a, const struct child_sa *b)
{
	return a->connection == b->connection && selectors_eq(&a->ts_local, &b->ts_local) &&
	       selectors_eq(&a->ts_remote, &b->ts_remote);
}

uint8_t child_protocol(const struct connection *c)
{
	return c->def->config.phase2 == PHASE2_AH ? PROTOCOL_AH : PROTOCOL_ESP;
}

/*
 * In a kernel the state around the one that compresses is in transport mode, and of those only one in
 * tunnel mode carries packets of another family than its own.
 */
bool child_may_compress(const struct child_sa *child)
{
	for (uint8_t i = 0; i < child->ts_local.count; i++)
		if (child->ts_local.items[i].range.start.family != child->local.family)
			return false;
	return child->connection->def->config.compress;
}
