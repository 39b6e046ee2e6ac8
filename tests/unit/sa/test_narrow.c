/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of narrowing (RFC 7296 2.9): what the responder makes of an offer, the packet that comes
 * first in it, and what the initiator takes for an answer. Numbers are those of the edge cases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../base/prng.h"
#include "sa/narrow.h"

static char why_text[512];

static struct selector sel(const char *net, uint8_t protocol, uint16_t low, uint16_t high)
{
	struct subnet s;
	struct selector out;

	assert_true(subnet_parse(net, &s));
	out = selector_of_subnet(&s, protocol, 0);
	out.start_port = low;
	out.end_port = high;
	return out;
}

static struct selector all_of(const char *net)
{
	return sel(net, 0, 0, 65535);
}

static struct ts_payload payload(const struct selector *list, uint8_t count)
{
	return (struct ts_payload){ .selectors = list, .count = count, .declared = count };
}

/* Narrows to policy; expected NULL: nothing in common. */
static void check(const struct selector *list, uint8_t count, struct selector policy,
		  const char *expected, bool narrowed)
{
	struct ts_payload offer = payload(list, count);
	struct text why = TEXT_OVER(why_text);
	char buf[SELECTOR_TEXT_LEN];
	struct selector out;
	bool was_narrowed;
	bool ok = narrow_offer(&offer, &policy, &out, &was_narrowed, &why);

	assert_int_equal(ok, expected != NULL);
	if (!ok) {
		assert_true(why.len > 0);
		return;
	}
	assert_int_equal(why.len, 0);
	assert_string_equal(selector_format(&out, buf, sizeof(buf)), expected);
	assert_int_equal(was_narrowed, narrowed);
}

static void edge_101_one_selector(void **state)
{
	const struct selector any4 = all_of("0.0.0.0/0"), any6 = all_of("::/0");
	const struct selector wide = all_of("10.0.0.0/8"), tcp = sel("10.0.0.0/8", 6, 0, 65535);
	const struct selector range = sel("10.1.2.0/24", 17, 100, 200);

	(void)state;
	check(&any4, 1, all_of("10.1.0.0/16"), "10.1.0.0/16", false);
	check(&any6, 1, all_of("fd00::/64"), "fd00::/64", false);
	check(&wide, 1, all_of("10.0.0.0/8"), "10.0.0.0/8", false);
	check(&wide, 1, all_of("0.0.0.0/0"), "10.0.0.0/8", false);
	check(&tcp, 1, all_of("10.1.0.0/16"), "10.1.0.0/16/tcp", false);
	check(&wide, 1, sel("10.1.0.0/16", 6, 80, 80), "10.1.0.0/16/tcp/80", false);
	check(&range, 1, sel("10.1.2.5/32", 17, 150, 300), "10.1.2.5/32/udp/150-200", false);
}

static void edge_101_packet_first(void **state)
{
	const struct selector list[] = { sel("10.1.2.3/32", 6, 80, 80), all_of("10.1.2.0/24") };
	const struct selector apart[] = { sel("10.9.9.9/32", 6, 80, 80), all_of("10.0.0.0/13"),
					  sel("10.9.9.9/32", 6, 0, 65535), all_of("10.9.0.0/16"),
					  all_of("10.9.9.9/32") };

	(void)state;
	/* the wide one holds the packet */
	check(list, 2, all_of("10.1.0.0/16"), "10.1.2.0/24", false);
	check(list, 2, all_of("10.1.2.0/25"), "10.1.2.0/25", false);
	check(list, 2, sel("10.1.0.0/16", 6, 0, 65535), "10.1.2.0/24/tcp", false);
	/* policy does not let the packet pass: any acceptable subset */
	check(list, 2, all_of("10.1.2.128/25"), "10.1.2.128/25", false);
	check(list, 2, sel("10.1.0.0/16", 17, 0, 65535), "10.1.2.0/24/udp", false);
	/* the widest does not hold the packet: the widest of those that do */
	check(apart, 5, all_of("10.0.0.0/8"), "10.9.0.0/16", true);
	check(apart, 3, all_of("10.0.0.0/8"), "10.9.9.9/32/tcp", true);
	check(apart, 2, all_of("10.0.0.0/8"), "10.9.9.9/32/tcp/80", true);
}

static void the_widest_wins(void **state)
{
	const struct selector ports[] = { sel("10.1.0.0/16", 6, 80, 90),
					  sel("10.1.0.0/16", 6, 0, 65535), all_of("10.1.0.0/16") };

	(void)state;
	check(ports, 2, all_of("10.0.0.0/8"), "10.1.0.0/16/tcp", false);
	check(ports, 3, all_of("10.0.0.0/8"), "10.1.0.0/16", false);
	check(ports + 1, 2, all_of("10.0.0.0/8"), "10.1.0.0/16", false);
}

static void edge_102_nothing_in_common(void **state)
{
	const struct selector list[] = { all_of("10.0.0.0/8"), all_of("192.168.0.0/16") };
	const struct selector v6 = all_of("::/0"), tcp = sel("10.0.0.0/8", 6, 80, 80);

	(void)state;
	check(list, 2, all_of("172.16.0.0/12"), NULL, false);
	assert_string_equal(why_text, "the peer offers 10.0.0.0/8, 192.168.0.0/16; here it is "
				      "172.16.0.0/12");
	check(&v6, 1, all_of("0.0.0.0/0"), NULL, false);
	check(&tcp, 1, sel("10.0.0.0/8", 17, 80, 80), NULL, false);
	check(&tcp, 1, sel("10.0.0.0/8", 6, 81, 81), NULL, false);
	check(list, 0, all_of("10.0.0.0/8"), NULL, false);
	check(NULL, 0, all_of("10.0.0.0/8"), NULL, false);
}

static void edge_102_text_of_many_is_short(void **state)
{
	struct selector list[SELECTORS_MAX];

	(void)state;
	for (unsigned i = 0; i < SELECTORS_MAX; i++)
		list[i] = all_of("10.0.0.0/8");
	check(list, SELECTORS_MAX, all_of("172.16.0.0/12"), NULL, false);
	assert_non_null(strstr(why_text, " and 60 more; here it is 172.16.0.0/12"));
}

/* Something of the offer that policy allows is left out: only then is more said to be possible. */
static void edge_103_one_of_many(void **state)
{
	const struct selector list[] = { all_of("10.1.0.0/16"), all_of("10.2.0.0/16") };
	const struct selector same[] = { all_of("10.1.0.0/16"), all_of("10.1.0.0/16") };
	const struct selector both[] = { all_of("10.1.0.0/16"), all_of("fd00::/64") };

	(void)state;
	check(list, 2, all_of("10.0.0.0/8"), "10.1.0.0/16", true);
	check(list, 2, all_of("10.1.0.0/16"), "10.1.0.0/16", false);
	check(same, 2, all_of("10.0.0.0/8"), "10.1.0.0/16", false);
	check(both, 2, all_of("fd00::/32"), "fd00::/64", false);
}

static bool answer_is_ok(const struct selector *list, uint8_t count, struct selector offered)
{
	struct ts_payload answer = payload(list, count);
	struct text why = TEXT_OVER(why_text);
	struct selector out;
	bool ok = narrow_check_answer(&answer, &offered, &out, &why);

	if (ok)
		assert_true(selector_eq(&out, &list[0]));
	assert_int_equal(why.len > 0, !ok);
	return ok;
}

static void edge_104_answers(void **state)
{
	const struct selector offered = sel("10.1.0.0/16", 6, 100, 200);
	const struct selector good[] = { offered, sel("10.1.2.0/24", 6, 100, 200),
					 sel("10.1.2.3/32", 6, 150, 150) };
	const struct selector bad[] = {
		all_of("10.1.0.0/16"),
		sel("10.0.0.0/15", 6, 100, 200),
		sel("10.1.0.0/16", 17, 100, 200),
		sel("10.1.0.0/16", 6, 99, 200),
		sel("10.1.0.0/16", 6, 100, 201),
		sel("10.2.0.0/16", 6, 100, 200),
		sel("fd00::/16", 6, 100, 200),
		sel("10.1.0.0/16", 6, 65535, 0),
		sel("10.1.0.0/16", 6, 200, 100),
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(good); i++)
		assert_true(answer_is_ok(&good[i], 1, offered));
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(answer_is_ok(&bad[i], 1, offered));
	assert_true(answer_is_ok(&bad[7], 1, all_of("10.0.0.0/8"))); /* OPAQUE is in all ports */
}

static void edge_104_answer_is_one_selector(void **state)
{
	const struct selector list[] = { all_of("10.1.0.0/16"), all_of("10.2.0.0/16") };
	struct selector offered = all_of("10.0.0.0/8"), out;
	struct ts_payload skipped = { .selectors = list, .count = 1, .declared = 2 };
	struct text why = TEXT_OVER(why_text);

	(void)state;
	assert_true(answer_is_ok(list, 1, offered));
	assert_false(answer_is_ok(list, 2, offered));
	assert_false(answer_is_ok(list, 0, offered));
	/* a second one that could not be read, and one alone */
	assert_false(narrow_check_answer(&skipped, &offered, &out, &why));
	skipped = (struct ts_payload){ .selectors = list, .count = 0, .declared = 1 };
	assert_false(narrow_check_answer(&skipped, &offered, &out, &why));
	assert_string_equal(why_text,
			    "the peer answers 10.1.0.0/16; here it is 10.0.0.0/8; the peer "
			    "answers; here it is 10.0.0.0/8");
}

static struct selector random_selector(uint64_t *seed)
{
	static const uint8_t protocols[] = { 0, 0, 6, 17 };
	struct selector s = all_of("10.0.0.0/8");
	uint8_t bits = (uint8_t)(24 + prng_below(seed, 9));

	s.range.start.bytes[3] = (uint8_t)(prng_next(seed) << (32 - bits));
	s.range.end = s.range.start;
	s.range.end.bytes[3] |= (uint8_t)((1u << (32 - bits)) - 1);
	s.protocol = protocols[prng_below(seed, 4)];
	if (s.protocol && prng_below(seed, 2)) {
		s.start_port = (uint16_t)prng_below(seed, 8);
		s.end_port = (uint16_t)(s.start_port + prng_below(seed, 8));
	}
	return s;
}

/* Of any offer: the answer lies in it and in policy, and keeps the packet that policy allows. */
static void edge_101_to_104_any_offer(void **state)
{
	uint64_t seed = 7;
	unsigned agreed = 0;

	(void)state;
	for (unsigned run = 0; run < 20000; run++) {
		struct selector list[6], policy = random_selector(&seed), out;
		uint8_t count = (uint8_t)(1 + prng_below(&seed, ARRAY_LEN(list)));
		struct ts_payload offer = payload(list, count);
		struct text why = TEXT_OVER(why_text);
		bool narrowed, overlaps = false, in_one = false, left_out = false;
		struct selector cut;

		for (unsigned i = 0; i < count; i++) {
			list[i] = random_selector(&seed);
			overlaps |= selector_intersect(&list[i], &policy, &cut);
		}
		assert_int_equal(narrow_offer(&offer, &policy, &out, &narrowed, &why), overlaps);
		if (!overlaps)
			continue;
		agreed++;
		for (unsigned i = 0; i < count; i++) {
			in_one |= selector_contains(&list[i], &out);
			left_out |= selector_intersect(&list[i], &policy, &cut) &&
				    !selector_contains(&out, &cut);
		}
		assert_true(in_one && selector_is_valid(&out));
		assert_true(selector_contains(&policy, &out));
		assert_int_equal(narrowed, left_out);
		if (selector_contains(&policy, &list[0]))
			assert_true(selector_contains(&out, &list[0]));
		/* two peers of this house agree */
		offer = payload(&out, 1);
		assert_true(count > 1 || narrow_check_answer(&offer, &list[0], &cut, &why));
	}
	assert_true(agreed > 5000 && agreed < 19000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_101_one_selector),
		cmocka_unit_test(edge_101_packet_first),
		cmocka_unit_test(the_widest_wins),
		cmocka_unit_test(edge_102_nothing_in_common),
		cmocka_unit_test(edge_102_text_of_many_is_short),
		cmocka_unit_test(edge_103_one_of_many),
		cmocka_unit_test(edge_104_answers),
		cmocka_unit_test(edge_104_answer_is_one_selector),
		cmocka_unit_test(edge_101_to_104_any_offer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
