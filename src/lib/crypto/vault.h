/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to crypto: memory for long-term secrets. Locked where the system permits, left out of core
 * dumps and of children, between guard pages, wiped when freed.
 */
#ifndef CRYPTO_VAULT_H
#define CRYPTO_VAULT_H

#include "base/bytes.h"

struct vault_block;
struct vault_hole;

#define VAULT_CLASSES 16 /* rooms of 32, 64, 128, ... bytes */

struct vault {
	struct vault_block *blocks;
	struct vault_hole *holes[VAULT_CLASSES]; /* rooms that are free again */
};

/* A copy that lives as long as the vault; data is NULL when memory is short. */
struct slice vault_put(struct vault *v, struct slice secret);
/* Wipes one of its secrets; the room is for the next of that size. */
void vault_drop(struct vault *v, struct slice secret);
void vault_free(struct vault *v);

#endif
