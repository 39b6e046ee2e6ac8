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
static void check_all(const struct selector *list, uint8_t count, const struct selector *allowed,
		      uint8_t allowed_count, const char *expected)
{
	struct ts_payload offer = payload(list, count);
	const struct selectors policy = { (struct selector *)allowed, allowed_count };
	struct text why = TEXT_OVER(why_text);
	char buf[SELECTORS_TEXT_LEN];
	struct selectors out;
	bool was_narrowed;
	bool ok = narrow_offer(&offer, &policy, &out, &was_narrowed, &why);

	assert_int_equal(ok, expected != NULL);
	assert_false(was_narrowed);
	if (!ok) {
		assert_int_equal(out.count, 0);
		assert_true(why.len > 0);
		return;
	}
	assert_int_equal(why.len, 0);
	assert_string_equal(selectors_format(&out, buf, sizeof(buf)), expected);
	selectors_free(&out);
}

static void check(const struct selector *list, uint8_t count, struct selector policy,
		  const char *expected)
{
	check_all(list, count, &policy, 1, expected);
}

static void edge_101_one_selector(void **state)
{
	const struct selector any4 = all_of("0.0.0.0/0"), any6 = all_of("::/0");
	const struct selector wide = all_of("10.0.0.0/8"), tcp = sel("10.0.0.0/8", 6, 0, 65535);
	const struct selector range = sel("10.1.2.0/24", 17, 100, 200);

	(void)state;
	check(&any4, 1, all_of("10.1.0.0/16"), "10.1.0.0/16");
	check(&any6, 1, all_of("fd00::/64"), "fd00::/64");
	check(&wide, 1, all_of("10.0.0.0/8"), "10.0.0.0/8");
	check(&wide, 1, all_of("0.0.0.0/0"), "10.0.0.0/8");
	check(&tcp, 1, all_of("10.1.0.0/16"), "10.1.0.0/16/tcp");
	check(&wide, 1, sel("10.1.0.0/16", 6, 80, 80), "10.1.0.0/16/tcp/80");
	check(&range, 1, sel("10.1.2.5/32", 17, 150, 300), "10.1.2.5/32/udp/150-200");
}

static void edge_101_packet_first(void **state)
{
	const struct selector list[] = { sel("10.1.2.3/32", 6, 80, 80), all_of("10.1.2.0/24") };
	const struct selector apart[] = { sel("10.9.9.9/32", 6, 80, 80), all_of("10.0.0.0/13"),
					  sel("10.9.9.9/32", 6, 0, 65535), all_of("10.9.0.0/16"),
					  all_of("10.9.9.9/32") };

	(void)state;
	/* the wide one holds the packet */
	check(list, 2, all_of("10.1.0.0/16"), "10.1.2.0/24");
	check(list, 2, all_of("10.1.2.0/25"), "10.1.2.0/25");
	check(list, 2, sel("10.1.0.0/16", 6, 0, 65535), "10.1.2.0/24/tcp");
	/* policy does not let the packet pass: any acceptable subset */
	check(list, 2, all_of("10.1.2.128/25"), "10.1.2.128/25");
	check(list, 2, sel("10.1.0.0/16", 17, 0, 65535), "10.1.2.0/24/udp");
	/* all of it, what holds the packet first */
	check(apart, 5, all_of("10.0.0.0/8"), "10.9.0.0/16, 10.0.0.0/13");
	check(apart, 3, all_of("10.0.0.0/8"), "10.9.9.9/32/tcp, 10.0.0.0/13");
	check(apart, 2, all_of("10.0.0.0/8"), "10.9.9.9/32/tcp/80, 10.0.0.0/13");
}

static void nothing_twice(void **state)
{
	const struct selector ports[] = { sel("10.1.0.0/16", 6, 80, 90),
					  sel("10.1.0.0/16", 6, 0, 65535), all_of("10.1.0.0/16") };

	(void)state;
	check(ports, 2, all_of("10.0.0.0/8"), "10.1.0.0/16/tcp");
	check(ports, 3, all_of("10.0.0.0/8"), "10.1.0.0/16");
	check(ports + 1, 2, all_of("10.0.0.0/8"), "10.1.0.0/16");
}

static void edge_101_many_against_many(void **state)
{
	const struct selector offer[] = { all_of("10.0.0.0/8"), all_of("fd00::/16"),
					  sel("192.168.1.0/24", 17, 0, 65535) };
	const struct selector policy[] = { all_of("10.1.0.0/16"), all_of("10.2.0.0/16"),
					   sel("192.168.0.0/16", 17, 53, 53),
					   all_of("fd00:1::/32") };

	(void)state;
	check_all(offer, 3, policy, 4,
		  "10.1.0.0/16, 10.2.0.0/16, fd00:1::/32, 192.168.1.0/24/udp/53");
	check_all(offer, 1, policy, 4, "10.1.0.0/16, 10.2.0.0/16");
	check_all(offer + 1, 1, policy, 3, NULL);
}

static void edge_102_nothing_in_common(void **state)
{
	const struct selector list[] = { all_of("10.0.0.0/8"), all_of("192.168.0.0/16") };
	const struct selector v6 = all_of("::/0"), tcp = sel("10.0.0.0/8", 6, 80, 80);

	(void)state;
	check(list, 2, all_of("172.16.0.0/12"), NULL);
	assert_string_equal(why_text, "the peer offers 10.0.0.0/8, 192.168.0.0/16; here it is "
				      "172.16.0.0/12");
	check(&v6, 1, all_of("0.0.0.0/0"), NULL);
	check(&tcp, 1, sel("10.0.0.0/8", 17, 80, 80), NULL);
	check(&tcp, 1, sel("10.0.0.0/8", 6, 81, 81), NULL);
	check(list, 0, all_of("10.0.0.0/8"), NULL);
	check(NULL, 0, all_of("10.0.0.0/8"), NULL);
}

static void edge_102_text_of_many_is_short(void **state)
{
	struct selector list[SELECTORS_MAX];

	(void)state;
	for (unsigned i = 0; i < SELECTORS_MAX; i++)
		list[i] = all_of("10.0.0.0/8");
	check(list, SELECTORS_MAX, all_of("172.16.0.0/12"), NULL);
	assert_non_null(strstr(why_text, " more; here it is 172.16.0.0/12"));
}

/* Too much for one child: only then is more said to be possible. */
static void edge_103_part_of_many(void **state)
{
	struct selector list[SELECTORS_MAX],
		nets[2] = { all_of("10.0.0.0/9"), all_of("10.128.0.0/9") };
	const struct selectors policy = { nets, 2 };
	struct ts_payload offer = payload(list, SELECTORS_MAX);
	struct text why = TEXT_OVER(why_text);
	struct selectors out, other = { 0 };
	bool was_narrowed;

	(void)state;
	for (unsigned i = 0; i < SELECTORS_MAX; i++)
		list[i] = sel("10.0.0.0/8", 6, (uint16_t)(i * 2), (uint16_t)(i * 2));
	assert_true(narrow_offer(&offer, &policy, &out, &was_narrowed, &why));
	assert_true(was_narrowed);
	assert_int_equal(out.count, SELECTORS_MAX);
	assert_true(selectors_contain(&out, &(struct selector){ nets[0].range, 6, 0, 0 }));
	for (unsigned i = 0; i < 32; i++)
		assert_true(selectors_add(&other, &list[i]));
	assert_int_equal(selector_pairs_count(&out, &other), 2048);
	assert_true(narrow_fit_pairs(&out, &other));
	assert_int_equal(selector_pairs_count(&out, &other), SELECTOR_PAIRS_MAX);
	assert_false(narrow_fit_pairs(&out, &other));
	selectors_free(&out);
	selectors_free(&other);
}

static void what_is_whole(void **state)
{
	struct selector nets[] = { all_of("10.1.0.0/16"), all_of("10.2.0.0/16"),
				   all_of("10.0.0.0/8"), sel("10.1.0.0/16", 6, 0, 65535) };
	const struct selectors two = { nets, 2 }, one = { nets, 1 }, wide = { nets + 2, 1 };
	const struct selectors tcp = { nets + 3, 1 };

	(void)state;
	assert_true(narrow_is_whole(&two, &two) && narrow_is_whole(&two, &wide));
	assert_true(narrow_is_whole(&tcp, &one));
	assert_false(narrow_is_whole(&two, &one) || narrow_is_whole(&wide, &two));
	assert_false(narrow_is_whole(&one, &tcp));
}

static bool answer_is_ok(const struct selector *list, uint8_t count, struct selector offered)
{
	struct ts_payload answer = payload(list, count);
	const struct selectors offer = { &offered, 1 };
	struct text why = TEXT_OVER(why_text);
	struct selectors out;
	bool ok = narrow_check_answer(&answer, &offer, &out, &why);

	assert_int_equal(out.count, ok ? count : 0);
	if (ok)
		assert_true(selector_eq(&out.items[0], &list[0]));
	selectors_free(&out);
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

static void edge_104_answers_of_many(void **state)
{
	const struct selector list[] = { all_of("10.1.0.0/16"), all_of("10.2.0.0/16") };
	struct selector wide = all_of("10.0.0.0/8"), first = list[0];
	const struct selectors offered = { &wide, 1 };
	struct ts_payload skipped = { .selectors = list, .count = 1, .declared = 2 };
	struct text why = TEXT_OVER(why_text);
	struct selectors out;

	(void)state;
	assert_true(answer_is_ok(list, 1, wide));
	assert_true(answer_is_ok(list, 2, wide));
	assert_false(answer_is_ok(list, 2, first));
	assert_false(answer_is_ok(list, 0, wide));
	/* a second one that could not be read, and one alone */
	assert_false(narrow_check_answer(&skipped, &offered, &out, &why));
	skipped = (struct ts_payload){ .selectors = list, .count = 0, .declared = 1 };
	assert_false(narrow_check_answer(&skipped, &offered, &out, &why));
	assert_string_equal(why_text,
			    "the peer answers 10.1.0.0/16; here it is 10.0.0.0/8; the peer "
			    "answers nothing known here; here it is 10.0.0.0/8");
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

static bool is_in(const struct selector *list, unsigned count, const struct selector *s)
{
	for (unsigned i = 0; i < count; i++)
		if (selector_contains(&list[i], s))
			return true;
	return false;
}

/* Of any offer: the answer is all that lies in it and in policy, and nothing else. */
static void edge_101_to_104_any_offer(void **state)
{
	uint64_t seed = 7;
	unsigned agreed = 0;

	(void)state;
	for (unsigned run = 0; run < 20000; run++) {
		struct selector list[6], allowed[3], cut;
		uint8_t count = (uint8_t)(1 + prng_below(&seed, ARRAY_LEN(list)));
		uint8_t allowed_count = (uint8_t)(1 + prng_below(&seed, ARRAY_LEN(allowed)));
		struct ts_payload offer = payload(list, count);
		const struct selectors policy = { allowed, allowed_count };
		const struct selectors offered = { list, count };
		struct text why = TEXT_OVER(why_text);
		struct selectors out, again;
		bool narrowed, overlaps = false;

		for (unsigned i = 0; i < count; i++)
			list[i] = random_selector(&seed);
		for (unsigned i = 0; i < allowed_count; i++)
			allowed[i] = random_selector(&seed);
		for (unsigned i = 0; i < count * allowed_count; i++)
			overlaps |= selector_intersect(&list[i % count], &allowed[i / count], &cut);
		assert_int_equal(narrow_offer(&offer, &policy, &out, &narrowed, &why), overlaps);
		if (!overlaps)
			continue;
		agreed++;
		for (unsigned i = 0; i < count * allowed_count; i++)
			if (selector_intersect(&list[i % count], &allowed[i / count], &cut))
				assert_true(selectors_contain(&out, &cut));
		for (unsigned i = 0; i < out.count; i++)
			assert_true(is_in(list, count, &out.items[i]) &&
				    is_in(allowed, allowed_count, &out.items[i]) &&
				    selector_is_valid(&out.items[i]));
		if (selectors_contain(&policy, &list[0]))
			assert_true(selector_contains(&out.items[0], &list[0]));
		/* two peers of this house agree */
		offer = payload(out.items, out.count);
		assert_true(narrow_check_answer(&offer, &offered, &again, &why));
		assert_true(selectors_eq(&out, &again));
		selectors_free(&out);
		selectors_free(&again);
	}
	assert_true(agreed > 5000 && agreed < 19900);
}

static void check_rest(const struct selector *asked, uint8_t asked_count,
		       const struct selector *got, uint8_t got_count, const char *expected)
{
	const struct selectors a = { (struct selector *)asked, asked_count };
	const struct selectors g = { (struct selector *)got, got_count };
	char buf[SELECTORS_TEXT_LEN];
	struct selectors out;

	narrow_rest(&a, &g, &out);
	assert_string_equal(out.count ? selectors_format(&out, buf, sizeof(buf)) : "", expected);
	selectors_free(&out);
}

/* What an answer leaves out. */
static void edge_103_what_is_left(void **state)
{
	const struct selector ten = all_of("10.0.0.0/8"), one = all_of("10.1.0.0/16");
	const struct selector first = all_of("10.0.0.0/16"), last = all_of("10.255.0.0/16");
	const struct selector all = all_of("0.0.0.0/0"), all6 = all_of("::/0");
	const struct selector both[] = { one, all_of("10.3.0.0/16") };
	const struct selector tcp = sel("10.0.0.0/8", 6, 0, 65535), host = all_of("10.1.0.0/32");

	(void)state;
	check_rest(&ten, 1, &ten, 1, "");
	check_rest(&one, 1, &ten, 1, "");
	check_rest(both, 2, &one, 1, "10.3.0.0/16");
	check_rest(&ten, 1, &one, 1, "10.0.0.0/16, 10.2.0.0-10.255.255.255");
	check_rest(&ten, 1, &first, 1, "10.1.0.0-10.255.255.255");
	check_rest(&ten, 1, &last, 1, "10.0.0.0-10.254.255.255");
	check_rest(&ten, 1, both, 2, "10.0.0.0/16, 10.2.0.0/16, 10.4.0.0-10.255.255.255");
	check_rest(&one, 1, &host, 1, "10.1.0.1-10.1.255.255");
	/* taken by part of its ports: nothing of it is asked for again */
	check_rest(&ten, 1, &tcp, 1, "");
	check_rest(&tcp, 1, &ten, 1, "");
	check_rest(&all, 1, &ten, 1, "0.0.0.0-9.255.255.255, 11.0.0.0-255.255.255.255");
	check_rest(&all6, 1, &ten, 1, "::/0");
	check_rest(&all6, 1, &all6, 1, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_101_one_selector),
		cmocka_unit_test(edge_101_packet_first),
		cmocka_unit_test(nothing_twice),
		cmocka_unit_test(edge_101_many_against_many),
		cmocka_unit_test(edge_102_nothing_in_common),
		cmocka_unit_test(edge_102_text_of_many_is_short),
		cmocka_unit_test(edge_103_part_of_many),
		cmocka_unit_test(what_is_whole),
		cmocka_unit_test(edge_103_what_is_left),
		cmocka_unit_test(edge_104_answers),
		cmocka_unit_test(edge_104_answers_of_many),
		cmocka_unit_test(edge_101_to_104_any_offer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
