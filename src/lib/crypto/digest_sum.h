/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A digest over a set: the sum of its items' digests, so that the order does not matter. For the admin's
 * own content, which nobody chooses so that sums collide.
 */
#ifndef CRYPTO_DIGEST_SUM_H
#define CRYPTO_DIGEST_SUM_H

#include "base/bytes.h"

struct trust;

enum digest_kind {
	DIGEST_PSK = 1,
	DIGEST_PPK,
	DIGEST_KEY,
	DIGEST_CERT,
	DIGEST_CA,
	DIGEST_CRL,
	DIGEST_REVOKED,
};

struct digest_sum {
	uint8_t bytes[32];
};

/* False when OpenSSL fails. */
bool digest_sum_add(struct digest_sum *sum, enum digest_kind kind, struct slice item);
/* Of what trust holds; computed anew only when somebody else had its lock since the last time. */
bool trust_digest(struct trust *t, struct digest_sum *sum);

#endif
