/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to crypto: PSKs by the identities they are for, for the keystore, which holds the lock and
 * the vault. An entry with several identities needs both ends among them (%any stands for anybody), one
 * with a single identity is for that end and whoever it speaks with, one with none is for everybody.
 * Entries are found through a hash of each identity, so neither a look-up nor a change depends on how
 * many there are. What whack told stands before what a file says of the same identities.
 */
#ifndef CRYPTO_PSK_STORE_H
#define CRYPTO_PSK_STORE_H

#include "base/list.h"
#include "base/table.h"
#include "crypto/keystore.h"
#include "vault.h"

struct psk_subject;
struct psk_place;

struct psk {
	struct list node;   /* of all, in the order they came */
	struct slice value; /* in the vault */
	char *origin;
	bool is_told;                  /* by whack, not by a file */
	bool has_any;                  /* %any is among its identities */
	struct psk_subject **subjects; /* the others */
	size_t count;
	struct psk_place *places;
	size_t place_count;
};

/* Entries of equal rank: those that were told, the latest first, then the others as they came. */
struct psk_shelf {
	struct list places;
	bool is_ambiguous; /* has one after the first another value? */
};

struct psk_store {
	struct list all;
	size_t count;
	struct table by_id;         /* struct psk_subject */
	struct psk_shelf any;       /* entries with %any */
	struct psk_shelf everybody; /* entries without identities */
};

void psk_store_init(struct psk_store *s, const uint8_t key[16]);
/* Frees the entries; the vault is its owner's. */
void psk_store_fini(struct psk_store *s);
/* Copies the entry in. One that is told takes the place of an earlier one that was told of the same
 * identities. False when memory is short: then nothing has changed. */
bool psk_store_add(struct psk_store *s, struct vault *v, const struct psk_entry *entry);
/* In the order of ranks; NULL where the ends have none. */
struct psk *psk_store_find(struct psk_store *s, const struct psk_query *q, bool *ambiguous);
/* The entry of just these identities that was told, or not; NULL: none. */
struct psk *psk_store_of(struct psk_store *s, const struct identity *ids, size_t count,
			 bool is_told);
void psk_store_remove(struct psk_store *s, struct vault *v, struct psk *p);
/* Its i-th identity; NULL after the last. %any comes last. */
const struct identity *psk_id(const struct psk *p, size_t i);

#endif
