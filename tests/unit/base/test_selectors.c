/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of lists of selectors and of their pairs, and of ranges as subnets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/selector.h"
#include "prng.h"

static struct selector sel(const char *net, uint8_t protocol)
{
	struct subnet s;

	assert_true(subnet_parse(net, &s));
	return selector_of_subnet(&s, protocol, 0);
}

static void put(struct selectors *l, const char *net, uint8_t protocol)
{
	struct selector s = sel(net, protocol);

	assert_true(selectors_add(l, &s));
}

static void lists(void **state)
{
	struct selectors a = { 0 }, b, small = { 0 };
	struct selector s = sel("10.1.2.0/24", 6);
	char buf[SELECTORS_TEXT_LEN];

	(void)state;
	assert_true(selectors_copy(&a, &b) && b.count == 0 && selectors_eq(&a, &b));
	assert_string_equal(selectors_format(&(struct selectors){ 0 }, memset(buf, 0, 400), 400),
			    "");
	put(&a, "10.1.2.0/24", 6);
	put(&a, "10.1.0.0/16", 0);
	put(&a, "fd00::/64", 17);
	put(&a, "10.1.0.0/16", 0);
	assert_true(selectors_copy(&a, &b) && selectors_eq(&a, &b));
	assert_string_equal(selectors_format(&a, buf, sizeof(buf)),
			    "10.1.2.0/24/tcp, 10.1.0.0/16, fd00::/64/udp, 10.1.0.0/16");
	selectors_format(&a, buf, 42);
	assert_string_equal(buf, "10.1.2.0/24/tcp and 3 more");
	selectors_tidy(&a);
	assert_string_equal(selectors_format(&a, buf, sizeof(buf)), "10.1.0.0/16, fd00::/64/udp");
	assert_false(selectors_eq(&a, &b));
	assert_true(selectors_contain(&a, &s));
	s = sel("10.2.0.0/24", 6);
	assert_false(selectors_contain(&a, &s));
	for (unsigned i = 0; i < SELECTORS_MAX; i++)
		put(&small, "10.1.2.0/24", 6);
	assert_false(selectors_add(&small, &s));
	selectors_tidy(&small);
	assert_int_equal(small.count, 1);
	selectors_free(&a);
	selectors_free(&b);
	selectors_free(&small);
}

static void pairs(void **state)
{
	struct selectors a = { 0 }, b = { 0 }, none = { 0 };
	struct selector_pairs p = { .local = &a, .remote = &b };
	const struct selector *x, *y;
	unsigned n = 0;

	(void)state;
	put(&a, "10.1.0.0/16", 0);
	put(&a, "10.2.0.0/16", 6);
	put(&a, "fd00:1::/64", 0);
	put(&b, "10.3.0.0/16", 17);
	put(&b, "fd00:2::/64", 6);
	put(&b, "10.4.0.0/16", 6);
	/* 1-3, 1-4, 2-4, fd1-fd2 */
	assert_int_equal(selector_pairs_count(&a, &b), 4);
	while (selector_pairs_next(&p, &x, &y)) {
		assert_int_equal(x->range.start.family, y->range.start.family);
		n++;
	}
	assert_int_equal(n, 4);
	assert_int_equal(selector_pairs_count(&a, &none), 0);
	assert_int_equal(selector_pairs_count(&none, &b), 0);
	selectors_free(&a);
	selectors_free(&b);
	/* of ICMP only the same types */
	put(&a, "10.1.0.0/16", 1);
	put(&a, "10.1.0.0/16", 1);
	put(&b, "10.2.0.0/16", 1);
	put(&b, "10.2.0.0/16", 1);
	a.items[0].start_port = b.items[0].start_port = 0x0800;
	a.items[0].end_port = 0x08ff;
	b.items[0].end_port = 0x0800;
	a.items[1].end_port = 0;
	assert_int_equal(selector_pairs_count(&a, &b), 3);
	b.items[1].end_port = 0;
	assert_int_equal(selector_pairs_count(&a, &b), 2);
	selectors_free(&a);
	selectors_free(&b);
}

/* Every range is its subnets, in order, without gap or overlap. */
static void ranges_as_subnets(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (unsigned run = 0; run < 5000; run++) {
		struct range r = { address_any(FAMILY_IPV4), address_any(FAMILY_IPV4) };
		uint32_t low = (uint32_t)prng_next(&seed), high = (uint32_t)prng_next(&seed);
		uint64_t next;

		if (run % 7 == 0)
			high = low + (uint32_t)prng_below(&seed, 20);
		if (run % 11 == 0)
			low = 0, high = UINT32_MAX;
		if (low > high)
			high = UINT32_MAX;
		for (unsigned i = 0; i < 4; i++) {
			r.start.bytes[i] = (uint8_t)(low >> (24 - 8 * i));
			r.end.bytes[i] = (uint8_t)(high >> (24 - 8 * i));
		}
		for (next = low; r.start.family;) {
			struct subnet s = range_take_subnet(&r);
			const uint8_t *a = s.address.bytes;
			uint64_t at = (uint64_t)a[0] << 24 | (uint64_t)a[1] << 16 |
				      (uint64_t)a[2] << 8 | a[3];

			assert_true(at == next);
			next += 1ull << (32 - s.prefix_bits);
		}
		assert_true(next == (uint64_t)high + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(pairs),
		cmocka_unit_test(ranges_as_subnets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
