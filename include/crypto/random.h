/* SPDX-License-Identifier: Apache-2.0 */
/* Randomness. The simulator seeds it by installing an OpenSSL RAND provider; nobody falls back. */
#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

#include "base/bytes.h"

/* False when the generator fails: the caller's exchange or command fails with it. */
bool random_bytes(void *out, size_t len);
/* Uniform in [0, bound); bound > 0. */
bool random_below(uint64_t bound, uint64_t *out);

#endif
