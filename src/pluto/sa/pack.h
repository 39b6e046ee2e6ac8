/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What outlives the process, as bytes: one description of each thing serves for writing it and for
 * reading it, so that the two cannot differ. Reading is of hostile input: bounded, with a sticky error
 * that names the field; after a failure every value is zero and nothing more is allocated.
 */
#ifndef SA_PACK_H
#define SA_PACK_H

#include "base/cursor.h"
#include "base/writer.h"
#include "conn/connection.h"
#include "sa/suite.h"

struct pack {
	bool is_reading;
	struct writer out;
	struct cursor in;
	struct connections *set; /* where connections are found by their serial number */
};

struct pack pack_writer(void *data, size_t capacity);
struct pack pack_reader(struct slice from, struct connections *set);
/* Nothing failed so far; when reading, nothing was left out either. */
bool pack_ok(const struct pack *p);
bool pack_done(const struct pack *p);

/* Each writes the value, or reads into it what it owns (it must be empty then). */
void pack_u8(struct pack *p, const char *field, uint8_t *v);
void pack_u16(struct pack *p, const char *field, uint16_t *v);
void pack_u32(struct pack *p, const char *field, uint32_t *v);
void pack_u64(struct pack *p, const char *field, uint64_t *v);
/* A value that is 0 or 1, and one below a limit. */
void pack_bool(struct pack *p, const char *field, bool *v);
void pack_enum(struct pack *p, const char *field, uint8_t *v, uint8_t count);
void pack_raw(struct pack *p, const char *field, void *data, size_t len);
/* At most max bytes. */
void pack_bytes(struct pack *p, const char *field, struct bytes *v, size_t max);
void pack_secret(struct pack *p, const char *field, struct secret *v, size_t max);
/* A text in an array of size bytes. */
void pack_text(struct pack *p, const char *field, char *v, size_t size);
/* One on the heap, or NULL. */
void pack_string(struct pack *p, const char *field, char **v, size_t max);
void pack_address(struct pack *p, const char *field, struct address *v);
void pack_endpoint(struct pack *p, const char *field, struct endpoint *v);
void pack_identity(struct pack *p, const char *field, struct identity *v);
void pack_range(struct pack *p, const char *field, struct range *v);
void pack_selectors(struct pack *p, const char *field, struct selectors *v);
/* A row of the algorithm table, or NULL; it must be usable here. */
void pack_alg(struct pack *p, const char *field, uint8_t type, const struct alg **v);
void pack_suite(struct pack *p, const char *field, struct suite *v);
/* One that is in the set, or NULL. */
void pack_connection(struct pack *p, const char *field, struct connection **v);

#endif
