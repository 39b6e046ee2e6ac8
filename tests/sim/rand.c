/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Randomness of a world: a splitmix64 for what the simulator decides, and another in the place of
 * OpenSSL's generator, so that keys, nonces, SPIs and jitter come out the same for the same seed.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/rand.h>
#include <string.h>

#include "sim.h"

static struct prng openssl_prng;

uint64_t prng_next(struct prng *p)
{
	uint64_t z = p->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t prng_below(struct prng *p, uint64_t bound)
{
	return prng_next(p) % bound;
}

bool prng_chance(struct prng *p, unsigned percent)
{
	return prng_below(p, 100) < percent;
}

static int give_bytes(unsigned char *out, int len)
{
	while (len > 0) {
		uint64_t r = prng_next(&openssl_prng);
		int take = len < 8 ? len : 8;

		memcpy(out, &r, (size_t)take);
		out += take;
		len -= take;
	}
	return 1;
}

static int give_status(void)
{
	return 1;
}

static int take_seed(const void *data, int len)
{
	(void)data;
	(void)len;
	return 1;
}

static int take_add(const void *data, int len, double entropy)
{
	(void)data;
	(void)len;
	(void)entropy;
	return 1;
}

bool rand_install(void)
{
	static const RAND_METHOD method = {
		.seed = take_seed,
		.bytes = give_bytes,
		.add = take_add,
		.pseudorand = give_bytes,
		.status = give_status,
	};

	return RAND_set_rand_method(&method) == 1;
}

void rand_seed(uint64_t seed)
{
	openssl_prng.state = seed ^ 0x5eed5eed5eed5eedu;
}
