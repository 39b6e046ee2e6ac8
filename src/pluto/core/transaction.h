/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A transaction of the control socket: definitions that a client adds one by one and that COMMIT
 * makes stand, all or none. One that has a source holds all that this source wants: COMMIT deletes
 * what the source added before and does not name any more. A transaction is its client's and goes with
 * it; while it is open nothing of it has any effect. An ADD outside of one is a transaction of its own.
 */
#ifndef CORE_TRANSACTION_H
#define CORE_TRANSACTION_H

#include "core/definition.h"

struct transaction {
	struct list node;
	uint64_t client;         /* 0: nobody's */
	struct list definitions; /* struct definition */
	struct table by_name;    /* struct staged_def */
	uint16_t source;         /* of what it adds; 0: that of what it replaces, or none */
	bool is_whole;           /* it holds all that its source wants */
	bool has_failed;         /* a definition of it was refused: COMMIT adds nothing */
};

/* NULL when memory is short. */
struct transaction *transaction_new(uint64_t client);
void transaction_free(struct transaction *t); /* NULL is good */
/* The client's open transaction, or NULL. */
struct transaction *transaction_find(struct core *c, uint64_t client);

enum staging { STAGED, STAGED_ALREADY, STAGED_TWICE, STAGED_NOT };
/* STAGED: the transaction owns it from now on. TWICE: another of the same name is there; NOT: memory is
 * short. */
enum staging transaction_stage(struct transaction *t, struct definition *d);
/* Is something of the definition's names staged? */
bool transaction_has(struct transaction *t, const struct definition *d);

struct changes {                         /* of connections */
	size_t added, replaced, dropped; /* added: replaced ones too */
};
/* Makes all stand or, when memory is short, none. */
bool transaction_commit(struct core *c, struct transaction *t, struct changes *out);
/* Tells the client what COMMIT would change. False when it could not be told whole. */
bool transaction_preview(struct core *c, struct transaction *t, struct core_client *client);

#endif
