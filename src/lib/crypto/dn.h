/* SPDX-License-Identifier: Apache-2.0 */
/* Private to crypto: distinguished names as DER, read, compared and printed by OpenSSL. */
#ifndef CRYPTO_DN_H
#define CRYPTO_DN_H

#include "base/error.h"
#include "base/text.h"
#include "crypto/identity.h"

/* "C=DE, O=Example, CN=gw" or "/C=DE/O=Example/CN=gw"; '\' takes the next character as it is, "..."
 * a whole value; '+' joins values of one RDN. */
bool dn_parse(const char *text, struct bytes *der, struct error *e);
/* True when all of der is one Name. */
bool dn_is_valid(struct slice der);
/* Equal by OpenSSL's canonical form: case and runs of spaces do not count. */
bool dn_eq(struct slice a, struct slice b);
/* The same, where a value "*" of the pattern matches any value of its type. */
bool dn_matches(struct slice pattern, struct slice name);
/* Has it a value "*"? */
bool dn_is_pattern(struct slice der);
/* Equal for equal names. */
uint32_t dn_hash(struct slice der);
void dn_format(struct slice der, struct text *out);

#endif
