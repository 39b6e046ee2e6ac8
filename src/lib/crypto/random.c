/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Randomness of the whole daemon: nonces, SPIs, IVs, jitter. It owns no state: OpenSSL's RAND is the
 * source, which is where the simulator puts its own generator. There is no second source to fall
 * back to, so that a broken generator is seen and not papered over.
 */
#include "crypto/random.h"

#include <limits.h>
#include <openssl/rand.h>

bool random_bytes(void *out, size_t len)
{
	uint8_t *at = out;

	while (len > 0) {
		int take = len > INT_MAX ? INT_MAX : (int)len;

		if (RAND_bytes(at, take) != 1)
			return false;
		at += take;
		len -= (size_t)take;
	}
	return true;
}

bool random_below(uint64_t bound, uint64_t *out)
{
	uint64_t least, value;

	if (bound == 0)
		return false;
	/* 2^64 mod bound: the values below it would make the low residues likelier. */
	least = -bound % bound;
	do {
		if (!random_bytes(&value, sizeof(value)))
			return false;
	} while (value < least);
	*out = value % bound;
	return true;
}
