/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an ADD asks for, on its way to becoming connections: a definition stands for one connection,
 * for one for each pair of --subnets, or for one for each network of a policy group. Definitions are
 * staged in a transaction, which makes them stand together or not at all, by difference to what
 * stands of the same name (core/definition.c).
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
	uint32_t mark; /* of those of its connections that stand */
	size_t count;
	struct staged_def items[];
};

struct transaction { /* from BEGIN to COMMIT, or until the client is gone; an ADD alone is one too */
	struct list node;
	uint64_t client;
	struct list definitions; /* struct definition */
	struct table by_name;    /* struct staged_def */
	bool has_failed;         /* a definition of it was refused: COMMIT adds nothing */
};

struct changes {
	size_t added, replaced, dropped; /* added: replaced ones too */
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
/* ESP with NULL encryption: integrity only, which an admin may take for more. */
bool definition_is_bare(const struct definition *d);

struct transaction *transaction_new(uint64_t client);
void transaction_free(struct transaction *t);
enum staging { STAGED, STAGED_ALREADY, STAGED_TWICE, STAGED_NOT };
/* STAGED: the transaction owns it from now on. TWICE: another of the same name is there; NOT: memory is
 * short. */
enum staging transaction_stage(struct transaction *t, struct definition *d);
/* Is something of the definition's names staged? */
bool transaction_has(struct transaction *t, const struct definition *d);
/* Makes all stand or, when memory is short, none. */
bool transaction_commit(struct core *c, struct transaction *t, struct changes *out);

#endif
