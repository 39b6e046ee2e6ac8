/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling a record of ctl/records.h, field by field, with what the core has: names and identities are
 * text from outside and go through the escaper. client may be NULL: it is for nobody yet. fill_finish
 * sends it to the client; false: it could not be made.
 */
#ifndef CORE_FILL_H
#define CORE_FILL_H

#include "core/internal.h"
#include "ctl/records.h"

#define RECORD_MAX 6144 /* a connection with the longest of everything needs 5000 */

struct record {
	struct record_builder b;
	uint8_t buffer[RECORD_MAX];
};

void fill_begin(struct record *r, const struct core_client *client, enum record_kind kind);
bool fill_finish(struct record *r, struct core *c, struct core_client *client);
void fill_u64(struct record *r, uint16_t field, uint64_t value);
void fill_bool(struct record *r, uint16_t field, bool value);
void fill_text(struct record *r, uint16_t field, const char *value);
/* Text from outside, up to FILL_TEXT_MAX octets of it when escaped. */
#define FILL_TEXT_MAX 2048
void fill_escaped(struct record *r, uint16_t field, const char *text);
void fill_name(struct record *r, uint16_t field, const struct connection *conn);
void fill_instance(struct record *r, uint16_t field, const struct connection *conn);
void fill_address(struct record *r, uint16_t field, const struct address *a);
void fill_identity(struct record *r, uint16_t field, const struct identity *id);
void fill_selectors(struct record *r, uint16_t field, const struct selectors *l);
void fill_suite(struct record *r, uint16_t field, const struct suite *suite);
void fill_selector(struct record *r, uint16_t field, const struct selector *s);

#endif
