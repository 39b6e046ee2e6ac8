/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to crypto: post-quantum preshared keys (RFC 8784 5) by name, for the keystore, which holds
 * the lock and the vault. An entry is for the ends its identities name, as a PSK's line is.
 */
#ifndef CRYPTO_PPK_STORE_H
#define CRYPTO_PPK_STORE_H

#include "base/table.h"
#include "crypto/keystore.h"
#include "vault.h"

struct ppk {
	struct table_node node; /* by name */
	struct ppk *next;       /* of all, in the order they came */
	struct slice name;      /* in the vault, as is the value */
	struct slice value;
	struct identity *ids;
	size_t count;
	char *origin;
};

struct ppk_store {
	struct table by_name;
	struct ppk *first, **last;
};

void ppk_store_init(struct ppk_store *s, const uint8_t key[16]);
/* Frees the entries; the vault is its owner's. */
void ppk_store_fini(struct ppk_store *s);
bool ppk_store_add(struct ppk_store *s, struct vault *v, const struct ppk_entry *entry);
/* Of that name and for these ends; NULL: none. */
const struct ppk *ppk_store_get(struct ppk_store *s, const struct psk_query *q, struct slice name);
/* The first for these ends: in the order of allowed, or when that is NULL, as they came. */
const struct ppk *ppk_store_first(struct ppk_store *s, const struct psk_query *q,
				  const char *allowed);

#endif
