/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identities (RFC 7296 3.5) as values: type and body as on the wire. Text forms of admins:
 * 192.0.2.1, fd00::1, @gw.example, user@example, @[text key id], @#hexkeyid, "C=DE, CN=gw", %any
 * (matches everything), %null, and a bare name is a FQDN. DNs are parsed and printed by OpenSSL.
 */
#ifndef CRYPTO_IDENTITY_H
#define CRYPTO_IDENTITY_H

#include "base/address.h"
#include "base/error.h"
#include "base/table.h"

enum identity_type {
	ID_NONE = 0, /* unset, or %any */
	ID_IPV4_ADDR = 1,
	ID_FQDN = 2,
	ID_RFC822_ADDR = 3,
	ID_IPV6_ADDR = 5,
	ID_DER_ASN1_DN = 9,
	ID_KEY_ID = 11,
	ID_NULL = 13,
};

struct identity {
	uint8_t type; /* enum identity_type */
	struct bytes body;
};

bool identity_parse(const char *text, struct identity *out, struct error *e);
bool identity_of_address(const struct address *a, struct identity *out);
/* From the wire; false when the type is unknown or the length impossible for it. */
bool identity_of_wire(uint8_t type, struct slice body, struct identity *out);
bool identity_copy(const struct identity *from, struct identity *out);
void identity_free(struct identity *id);
/* FQDN and RFC822 ignore ASCII case; DNs compare as DER, or by OpenSSL's canonical form. */
bool identity_eq(const struct identity *a, const struct identity *b);
/* Under the table's key; equal for identities that identity_eq calls equal. */
uint64_t identity_hash(const struct table *t, const struct identity *id);
/* Is it %any, or a DN with '*' values: could it match more than one? */
bool identity_is_pattern(const struct identity *id);
/* True when pattern is %any, equal, or a DN with '*' values that match. */
bool identity_matches(const struct identity *pattern, const struct identity *id);
/* The admin's form, escaped (base/text.h); "%any" for ID_NONE. Returns buf. */
const char *identity_format(const struct identity *id, char *buf, size_t size);
#define IDENTITY_TEXT_LEN 520

#endif
