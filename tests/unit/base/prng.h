/* SPDX-License-Identifier: Apache-2.0 */
/* A seeded generator for tests of properties (splitmix64): the same seed, the same run. */
#ifndef TEST_PRNG_H
#define TEST_PRNG_H

#include <stdint.h>

static inline uint64_t prng_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* From 0 to below - 1. */
static inline uint64_t prng_below(uint64_t *state, uint64_t below)
{
	return prng_next(state) % below;
}

#endif
