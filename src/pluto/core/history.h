/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What has happened: one bounded ring of events and log lines for all connections, each as the record
 * that a client gets. Readers have a place in it of their own; who is lapped is told how many he lost
 * (case 187). Writing never waits for a reader.
 */
#ifndef CORE_HISTORY_H
#define CORE_HISTORY_H

#include "base/bytes.h"

#define HISTORY_BYTES (1u << 20)

struct history {
	uint8_t *data; /* NULL: memory was short, nothing is kept */
	size_t size;
	size_t head, tail; /* where the next goes, where the oldest is */
	uint64_t first;    /* number of the oldest; first == next: empty */
	uint64_t next;
	uint32_t epoch; /* of this run of the daemon: cursors of another one are not ours */
};

/* A reader's place: the number of the entry he reads next. */
struct history_place {
	uint64_t number;
	size_t at;
};

struct history_entry {
	uint64_t number;
	uint8_t kind;      /* enum news_kind */
	struct slice name; /* of the connection; empty: none */
	struct slice frame;
};

/* size: of the ring, 0: HISTORY_BYTES. */
void history_init(struct history *h, size_t size, uint32_t epoch);
void history_fini(struct history *h);
/* Copies; what is longer than a quarter of the ring is left out. */
void history_add(struct history *h, uint8_t kind, struct slice name, struct slice frame);
/* The oldest there is. */
struct history_place history_oldest(const struct history *h);
/* Where the one of that number is, or would be; one that is overwritten stays lost. */
struct history_place history_at(const struct history *h, uint64_t number);
/* How many the reader has lost since he last read: his place moves to the oldest. */
uint64_t history_lost(const struct history *h, struct history_place *p);
/* The entry at the place, which moves on; false: there is no more. Borrowed until the next add. */
bool history_read(const struct history *h, struct history_place *p, struct history_entry *out);

#endif
