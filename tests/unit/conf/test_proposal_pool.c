/* SPDX-License-Identifier: Apache-2.0 */
/* The pool of proposals: equal wishes are one object, which lives as long as its last owner. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf/proposal_pool.h"

static void test_shared(void **state)
{
	static const uint8_t key[16] = { 1 };
	struct proposal_wish wish = { .text = "aes256-sha2_256-dh19" },
			     other = { .text = "aes128-sha2_256" };
	struct proposal_pool pool;
	const struct proposals *a, *b, *c, *d;
	struct error e = { 0 };

	(void)state;
	proposal_pool_init(&pool, key);
	a = proposals_get(&pool, &wish, &e);
	b = proposals_get(&pool, &wish, &e);
	c = proposals_get(&pool, &other, &e);
	assert_non_null(a);
	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, c);
	assert_ptr_equal(proposals_share(a), a);
	assert_int_equal(pool.by_key.count, 2);
	proposals_release(a);
	proposals_release(a);
	assert_int_equal(pool.by_key.count, 2);
	proposals_release(b);
	assert_int_equal(pool.by_key.count, 1);
	proposals_release(c);
	assert_int_equal(pool.by_key.count, 0);
	/* each flag is part of the wish */
	wish = (struct proposal_wish){ .is_esp = true, .esn_no = true };
	other = (struct proposal_wish){ .is_esp = true, .esn_yes = true };
	a = proposals_get(&pool, &wish, &e);
	b = proposals_get(&pool, &other, &e);
	other.pfs = other.esn_no = true;
	c = proposals_get(&pool, &other, &e);
	d = proposals_get(NULL, &other, &e);
	assert_true(a != b && b != c && a != c && c != d);
	assert_int_equal(c->list[0].counts[TRANSFORM_ESN], 2);
	proposals_release(a);
	proposals_release(b);
	proposals_release(c);
	proposals_release(d);
	other.text = "no-such-cipher";
	assert_null(proposals_get(&pool, &other, &e));
	assert_int_equal(pool.by_key.count, 0);
	proposal_pool_fini(&pool);
}

static int set_up(void **state)
{
	struct error e = { 0 };

	(void)state;
	return crypto_self_test(&e) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shared),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
