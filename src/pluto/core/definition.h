/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an ADD asks for, on its way to becoming connections: a definition stands for one connection,
 * for one for each pair of --subnets, or for one for each network of a policy group. Definitions are
 * staged in a transaction, which makes them stand together or not at all, by difference to what
 * stands of the same name (core/transaction.c).
 */
#ifndef CORE_DEFINITION_H
#define CORE_DEFINITION_H

#include "conf/policy_group.h"
#include "core/internal.h"

/* One of the connections that a definition stands for. */
struct staged_def {
	struct table_node by_name;
	struct definition *definition;
	struct conn_def *def; /* NULL: it was taken over */
};

struct definition {
	struct list node;
	char *name;
	bool is_expanded; /* its connections have names of their own */
	bool is_entries;  /* they are a policy group's */
	/* of a policy group: the only item tells that the definition is good; not added itself */
	struct conn_config *group;
	/* what stood of that name */
	bool is_known, was_routed, was_wanted;
	size_t count;
	struct staged_def items[];
};

/* NULL with an error. What it takes of config is moved out; the rest stays the caller's. */
struct definition *definition_of(struct core *c, const char *name, struct conn_config *config,
				 struct error *e);
/* The connections of a policy group, whose config is copied. */
struct definition *definition_of_entries(struct core *c, const struct conn_config *config,
					 const struct policy_entries *entries, struct error *e);
void definition_free(struct definition *d);
/* Does all of it stand, and nothing else of its name? */
bool definition_is_unchanged(struct core *c, const struct definition *d);
/* What a former run left of it is its own again. False: nothing. */
bool definition_claim(struct core *c, const struct definition *d);
/* One of a former run; takes config over. NULL with an error. */
struct connection *definition_restore(struct core *c, struct conn_config *config, struct error *e);
/* One more connection stands; takes def over. NULL when memory is short. */
struct connection *definition_add(struct core *c, struct conn_def *def);
/* ESP with NULL encryption: integrity only, which an admin may take for more. */
bool definition_is_bare(const struct definition *d);
bool definition_is_same(const struct conn_def *a, const struct conn_def *b);
/* The connections of the definition's name that stand now, one after the other; after NULL: the first. */
struct connection *definition_next(struct core *c, const struct definition *d,
				   struct connection *after);

#endif
