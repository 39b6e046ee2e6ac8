/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the index of pairs of selectors: against a walk over all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/pair_index.h"
#include "prng.h"

struct owner {
	struct selectors local, remote;
	struct pair_entries entries;
	unsigned seen;
};

static struct pair_index x;

static void put(struct selectors *l, const char *net)
{
	struct subnet s;
	struct selector sel;

	assert_true(subnet_parse(net, &s));
	sel = selector_of_subnet(&s, 0, 0);
	assert_true(selectors_add(l, &sel));
}

static struct selector host(const char *text)
{
	struct selectors l = { 0 };
	struct selector s;

	put(&l, text);
	s = l.items[0];
	selectors_free(&l);
	return s;
}

static void begin(struct owner *o)
{
	pair_index_enter(&x, o, &o->local, &o->remote, &o->entries);
}

static void end(struct owner *o)
{
	pair_index_leave(&x, &o->local, &o->remote, &o->entries);
	selectors_free(&o->local);
	selectors_free(&o->remote);
}

static unsigned count(const char *local, const char *remote)
{
	struct selector l = host(local), r = host(remote);
	struct pair_walk w = pair_walk(&x, &l, &r);
	struct owner *o;
	unsigned n = 0;

	while ((o = pair_walk_next(&w)))
		n++;
	return n;
}

static int setup(void **state)
{
	static const uint8_t key[16] = { 3 };

	(void)state;
	pair_index_init(&x, key);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pair_index_fini(&x);
	return 0;
}

static void families_and_widths(void **state)
{
	struct owner a = { 0 }, b = { 0 }, all = { 0 };

	(void)state;
	put(&a.local, "10.1.0.0/16");
	put(&a.local, "fd01::/64");
	put(&a.remote, "10.2.0.0/20");
	put(&a.remote, "fd02::/63");
	put(&b.local, "10.1.2.3/32");
	put(&b.remote, "10.2.0.0/20");
	put(&all.local, "0.0.0.0/0");
	put(&all.remote, "0.0.0.0/0");
	begin(&a);
	begin(&b);
	begin(&all);
	assert_int_equal(a.entries.count, 2);
	assert_int_equal(x.shape_count, 4);
	assert_int_equal(count("10.1.2.3", "10.2.15.255"), 3);
	assert_int_equal(count("10.1.2.4", "10.2.15.255"), 2);
	assert_int_equal(count("10.1.2.3", "10.2.16.0"), 1);
	assert_int_equal(count("fd01::9", "fd02:0:0:1::1"), 1);
	assert_int_equal(count("fd01::9", "fd02:0:0:2::1"), 0);
	end(&a);
	assert_int_equal(x.shape_count, 2);
	assert_int_equal(count("10.1.2.3", "10.2.15.255"), 2);
	end(&all);
	end(&b);
	assert_int_equal(count("10.1.2.3", "10.2.15.255"), 0);
	assert_int_equal(x.shape_count, 0);
}

/* What a walk finds by way of the index holds all that holds the packet, once for each pair. */
static void same_as_a_walk_over_all(void **state)
{
	static struct owner owners[300];
	uint64_t random = 77;

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		struct selector s[2] = { host("10.0.0.0/8"), host("10.0.0.0/8") };

		for (unsigned e = 0; e < 2; e++) {
			uint8_t from = (uint8_t)prng_next(&random),
				wide = (uint8_t)prng_below(&random, 9);

			s[e].range.start.bytes[3] = from;
			s[e].range.end = s[e].range.start;
			s[e].range.end.bytes[3] = from + wide < 255 ? (uint8_t)(from + wide) : 255;
		}
		assert_true(selectors_add(&owners[i].local, &s[0]));
		assert_true(selectors_add(&owners[i].remote, &s[1]));
		begin(&owners[i]);
	}
	for (unsigned n = 0; n < 2000; n++) {
		struct selector l = host("10.0.0.1"), r = host("10.0.0.1");
		struct pair_walk w;
		struct owner *o;

		l.range.start.bytes[3] = l.range.end.bytes[3] = (uint8_t)prng_next(&random);
		r.range.start.bytes[3] = r.range.end.bytes[3] = (uint8_t)prng_next(&random);
		w = pair_walk(&x, &l, &r);
		while ((o = pair_walk_next(&w)))
			o->seen++;
		for (unsigned i = 0; i < 300; i++) {
			bool holds = selectors_contain(&owners[i].local, &l) &&
				     selectors_contain(&owners[i].remote, &r);

			assert_true(owners[i].seen <= 1 && owners[i].seen >= holds);
			owners[i].seen = 0;
		}
	}
	for (unsigned i = 0; i < 300; i++)
		end(&owners[i]);
	assert_int_equal(x.shape_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(families_and_widths, setup, teardown),
		cmocka_unit_test_setup_teardown(same_as_a_walk_over_all, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
