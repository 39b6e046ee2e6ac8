/* SPDX-License-Identifier: Apache-2.0 */
/* Hex texts of test vectors as bytes, and the start of every test of crypto. */
#ifndef TESTS_VECTOR_H
#define TESTS_VECTOR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "crypto/algs.h"

static inline struct secret from_hex(const char *hex)
{
	struct secret out;

	if (!parse_hex(slice_str(hex), &out))
		fail_msg("not hex: %s", hex);
	return out;
}

/* A name for each use, so that a failure says which row it was. */
#define assert_hex(got_, len_, hex_, what_)                                               \
	do {                                                                              \
		struct secret want_ = from_hex(hex_);                                     \
		if (!slice_eq(secret_slice(&want_), slice((got_), (len_))))               \
			fail_msg("%s: expected %s (%zu bytes, got %zu)", (what_), (hex_), \
				 want_.len, (size_t)(len_));                              \
		secret_free(&want_);                                                      \
	} while (0)

static inline void fill_pattern(uint8_t *out, size_t len, uint8_t start)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(start + i);
}

static inline int crypto_setup(void **state)
{
	struct error e = { 0 };

	(void)state;
	if (crypto_self_test(&e))
		return 0;
	print_error("%s\n", e.text);
	return -1;
}

#endif
