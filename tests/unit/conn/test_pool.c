/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of address pools: stickiness, exhaustion, static leases, sharing, and many leases at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../base/prng.h"
#include "conn/pool.h"

static const uint8_t key[16] = "a key for tables";

static struct range range_of(const char *net)
{
	struct subnet s;
	struct range r;
	const char *dash = strchr(net, '-');
	char first[64];

	if (!dash) {
		assert_true(subnet_parse(net, &s));
		return subnet_range(&s);
	}
	memcpy(first, net, (size_t)(dash - net));
	first[dash - net] = '\0';
	assert_true(address_parse(first, &r.start) && address_parse(dash + 1, &r.end));
	return r;
}

static struct lease *take(struct pool *p, const char *id, const char *wanted, bool shares)
{
	struct identity who = { 0 };
	struct address a, *wish = NULL;
	struct error e;
	struct lease *l;
	bool is_full;

	if (id)
		assert_true(identity_parse(id, &who, &e));
	if (wanted) {
		assert_true(address_parse(wanted, &a));
		wish = &a;
	}
	l = pool_lease(p, &who, wish, shares, &is_full);
	assert_int_equal(l == NULL, is_full);
	identity_free(&who);
	return l;
}

static void expect(const struct lease *l, const char *address)
{
	char buf[ADDRESS_TEXT_LEN];

	assert_non_null(l);
	assert_string_equal(address_format(&l->address, buf, sizeof(buf)), address);
}

static struct pool *pool_of(struct pools *set, const char *net)
{
	struct range r = range_of(net);
	struct pool *p;

	pools_init(set, key);
	p = pool_use(set, &r);
	assert_non_null(p);
	return p;
}

static void sizes(void **state)
{
	static const struct {
		const char *net, *first;
		uint64_t size;
	} rows[] = {
		{ "10.9.0.0/24", "10.9.0.1", 254 },
		{ "10.9.0.0/30", "10.9.0.1", 2 },
		{ "10.9.0.0/31", "10.9.0.0", 2 },
		{ "10.9.0.7/32", "10.9.0.7", 1 },
		{ "10.9.0.5-10.9.1.4", "10.9.0.5", 256 },
		{ "0.0.0.0/0", "0.0.0.1", (1ull << 32) - 2 },
		{ "fd00::/64", "fd00::1", 1ull << 32 },
		{ "fd00::5-fd00::9", "fd00::5", 5 },
		{ "fd00::5/128", "fd00::5", 1 },
		{ "fd00::/120", "fd00::1", 255 },
		{ "::/0", "::1", 1ull << 32 },
		{ "fd00::ffff:ffff:ffff:fff0-fd00:0:0:1::f", "fd00::ffff:ffff:ffff:fff0", 32 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct pools set;
		struct pool *p = pool_of(&set, rows[i].net);

		assert_int_equal(p->size, rows[i].size);
		expect(take(p, "@a", NULL, false), rows[i].first);
		pools_fini(&set);
	}
}

static void edge_147_sticks_to_its_identity(void **state)
{
	struct pools set;
	struct pool *p = pool_of(&set, "10.9.0.0/29"); /* six */
	struct lease *a = take(p, "@a", NULL, true), *b = take(p, "@b", NULL, true);

	(void)state;
	expect(a, "10.9.0.1");
	expect(b, "10.9.0.2");
	lease_release(a);
	expect(take(p, "@c", NULL, true), "10.9.0.3");
	expect(take(p, "@A", NULL, true), "10.9.0.1");
	assert_int_equal(p->in_use, 3);
	/* whoever names another address: the own one goes before */
	lease_release(b);
	expect(take(p, "@b", "10.9.0.5", true), "10.9.0.2");
	expect(take(p, "@d", "10.9.0.5", true), "10.9.0.5");
	/* somebody else's and none of this pool */
	expect(take(p, "@e", "10.9.0.5", true), "10.9.0.4");
	expect(take(p, "@f", "10.8.0.5", true), "10.9.0.6");
	assert_null(take(p, "@g", NULL, true));
	pools_fini(&set);
}

static void used_up(void **state)
{
	struct pools set;
	struct pool *p = pool_of(&set, "10.9.0.0/30");
	struct lease *a = take(p, "@a", NULL, false), *b = take(p, "@b", NULL, false);

	(void)state;
	assert_null(take(p, "@c", NULL, false));
	assert_null(take(p, NULL, NULL, false));
	lease_release(b);
	lease_release(a);
	/* the one let go of first goes to a stranger first */
	expect(take(p, "@c", NULL, false), "10.9.0.2");
	expect(take(p, "@b", NULL, false), "10.9.0.1");
	assert_null(take(p, "@a", NULL, false));
	assert_int_equal(p->in_use, 2);
	assert_int_equal(p->stored, 2);
	pools_fini(&set);
}

static void shared_or_not(void **state)
{
	struct pools set;
	struct pool *p = pool_of(&set, "10.9.0.0/24");
	struct lease *a = take(p, "@a", NULL, true);

	(void)state;
	assert_ptr_equal(take(p, "@a", NULL, true), a);
	assert_int_equal(a->holders, 2);
	expect(take(p, "@a", NULL, false), "10.9.0.2");
	lease_release(a);
	assert_int_equal(p->in_use, 2);
	lease_release(a);
	assert_int_equal(p->in_use, 1);
	lease_release(a); /* once too often is no harm */
	assert_int_equal(p->in_use, 1);
	expect(take(p, "@a", NULL, false), "10.9.0.1");
	expect(take(p, "@a", NULL, false), "10.9.0.3");
	/* nobody's address is nobody's */
	expect(take(p, NULL, NULL, true), "10.9.0.4");
	expect(take(p, NULL, NULL, true), "10.9.0.5");
	pools_fini(&set);
}

static void static_leases(void **state)
{
	struct pools set;
	struct pool *wide = pool_of(&set, "10.9.0.0/29"), *one;
	struct range r = range_of("10.9.0.2/32"), taken = range_of("10.9.0.1/32");
	struct lease *l;

	(void)state;
	one = pool_use(&set, &r);
	expect(take(wide, "@a", NULL, false), "10.9.0.1");
	expect(take(wide, "@b", "10.9.0.2", false), "10.9.0.3");
	l = take(one, "@fixed", NULL, true);
	expect(l, "10.9.0.2");
	assert_null(take(one, "@other", NULL, true));
	lease_release(l);
	expect(take(one, "@fixed", NULL, true), "10.9.0.2");
	/* one that is out already */
	assert_null(take(pool_use(&set, &taken), "@late", NULL, true));
	pools_fini(&set);
}

static void come_and_go(void **state)
{
	struct pools set;
	struct pool *p = pool_of(&set, "10.9.0.0/24");
	struct range r = range_of("10.9.0.0/24"), one = range_of("10.8.0.1/32");
	struct lease *l;

	(void)state;
	assert_ptr_equal(pool_use(&set, &r), p);
	pool_unuse(p);
	assert_ptr_equal(pool_find(&set, &r), p);
	l = take(p, "@a", NULL, true);
	pool_unuse(p);
	lease_release(l);
	/* its lease may be asked for again */
	assert_ptr_equal(pool_find(&set, &r), p);
	p = pool_use(&set, &one);
	l = take(p, "@a", NULL, true);
	pool_unuse(p);
	assert_ptr_equal(pool_find(&set, &one), p);
	lease_release(l);
	assert_null(pool_find(&set, &one));
	p = pool_use(&set, &one);
	pool_unuse(p);
	assert_null(pool_find(&set, &one));
	pools_fini(&set);
}

/* No address is held twice, everybody gets his own back, and it is quick. */
static void a_hundred_thousand(void **state)
{
	enum { N = 100000 };
	struct lease **held = calloc(N, sizeof(struct lease *));
	struct pools set;
	struct pool *p = pool_of(&set, "10.0.0.0/8");
	uint64_t seed = 5;
	char id[32];

	(void)state;
	assert_non_null(held);
	for (unsigned i = 0; i < N; i++) {
		snprintf(id, sizeof(id), "@peer-%u", i);
		held[i] = take(p, id, NULL, true);
		assert_int_equal(held[i]->holders, 1);
	}
	for (unsigned i = 0; i < N; i++) {
		unsigned at = (unsigned)prng_below(&seed, N);
		struct address before = held[at]->address;

		snprintf(id, sizeof(id), "@peer-%u", at);
		lease_release(held[at]);
		held[at] = take(p, id, NULL, true);
		assert_true(address_eq(&before, &held[at]->address));
	}
	assert_int_equal(p->in_use, N);
	assert_int_equal(p->stored, N);
	pools_fini(&set);
	free(held);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(edge_147_sticks_to_its_identity),
		cmocka_unit_test(used_up),
		cmocka_unit_test(shared_or_not),
		cmocka_unit_test(static_leases),
		cmocka_unit_test(come_and_go),
		cmocka_unit_test(a_hundred_thousand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
