/* SPDX-License-Identifier: Apache-2.0 */
/* The rule of nonces: all 24 orders of four nonces, prefixes, and antisymmetry between the ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "sa/collision.h"

static struct nonce_pair pair(const char *ni, const char *nr)
{
	return (struct nonce_pair){ slice_str(ni), slice_str(nr) };
}

/* Both ends must come to one opinion; the answer is that of the end whose exchange is a. */
static bool a_goes(const char *ai, const char *ar, const char *bi, const char *br,
		   bool a_is_initiator)
{
	struct nonce_pair a = pair(ai, ar), b = pair(bi, br);
	bool here = collision_ours_is_redundant(a, b, a_is_initiator);

	assert_int_not_equal(here, collision_ours_is_redundant(b, a, !a_is_initiator));
	return here;
}

static void edge_123_all_orders(void **state)
{
	static const char *const n[4] = { "aaaa", "aaab", "abaa", "b" };
	unsigned orders = 0;

	(void)state;
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 4; j++)
			for (int k = 0; k < 4; k++)
				for (int l = 0; l < 4; l++) {
					if (i == j || i == k || i == l || j == k || j == l ||
					    k == l)
						continue;
					orders++;
					for (int side = 0; side < 2; side++)
						assert_int_equal(
							a_goes(n[i], n[j], n[k], n[l], side),
							i == 0 || j == 0);
				}
	assert_int_equal(orders, 24);
}

static void edge_123_shorter_is_lower(void **state)
{
	(void)state;
	assert_true(a_goes("zz", "same", "same!", "zz", true));
	assert_false(a_goes("same!", "zz", "zz", "same", true));
	assert_true(a_goes("\x01", "zz", "\x01\x01", "zz", false));
}

static void edge_123_octets_are_unsigned(void **state)
{
	(void)state;
	assert_true(a_goes("\x7f", "\xff", "\x80", "\xff", true));
	assert_false(a_goes("\x80", "\xff", "\x7f", "\xff", true));
}

static void edge_123_same_lowest(void **state)
{
	(void)state;
	assert_true(a_goes("a", "b", "c", "a", false));
	assert_false(a_goes("a", "c", "b", "a", true));
	/* nothing tells them apart: the IKE SA's ends do */
	assert_true(a_goes("a", "b", "b", "a", true));
	assert_false(a_goes("a", "b", "b", "a", false));
	assert_true(a_goes("", "", "", "", true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_123_all_orders),
		cmocka_unit_test(edge_123_shorter_is_lower),
		cmocka_unit_test(edge_123_octets_are_unsigned),
		cmocka_unit_test(edge_123_same_lowest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
