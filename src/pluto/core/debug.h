/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debug lines by class, for all or for one connection. The words of Openswan and Libreswan are
 * mapped onto the classes there are.
 */
#ifndef CORE_DEBUG_H
#define CORE_DEBUG_H

#include "base/error.h"
#include "base/text.h"

struct address;
struct core;
struct connection;
struct event;
struct run;

enum debug_class {
	DEBUG_PACKET = 1u << 0, /* datagrams in and out, and why one is dropped */
	DEBUG_STATE = 1u << 1,  /* exchanges: which row runs, and how it ended */
	DEBUG_KERNEL = 1u << 2, /* batches for the kernel and their answers */
	DEBUG_UPDOWN = 1u << 3, /* scripts */
	DEBUG_ALL = DEBUG_PACKET | DEBUG_STATE | DEBUG_KERNEL | DEBUG_UPDOWN,
};

/* Adds to *mask what the words say, separated by commas or spaces; one with '-' before it takes away,
 * "none" all. False with an error that names the word and lists those there are. */
bool debug_parse(const char *words, uint32_t *mask, struct error *e);
/* "packet,kernel" or "none"; returns buf. */
const char *debug_format(uint32_t mask, char *buf, size_t size);
/* The mask of a peer; NULL: as many peers as may be have one. A mask of 0 frees its row. */
uint32_t *debug_of_peer(struct core *c, const struct address *peer);
/* Is the class on, for all, for the peer at work or for the connection (NULL: none in particular)? */
bool debug_is_on(const struct core *c, const struct connection *conn, enum debug_class class);
/* A line if the class is on. */
void debug_log(struct core *c, const struct connection *conn, enum debug_class class,
	       const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
