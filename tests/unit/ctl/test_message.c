/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The codec of the control socket: what is built reads back the same, and each way a frame can be
 * wrong is refused with a text that names it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "ctl/codes.h"
#include "ctl/message.h"

static uint8_t frame_buf[CTL_FRAME_MAX];

static struct slice sample(void)
{
	struct ctl_builder b = ctl_request(frame_buf, sizeof(frame_buf), 7, 1);
	struct slice frame;

	ctl_put_text(&b, CTL_ATTR_NAME, 0, "west");
	ctl_put_u64(&b, 10, CTL_OPTIONAL, 0x0102030405060708ull);
	ctl_put_bool(&b, 11, 0, true);
	ctl_put(&b, CTL_ATTR_ASYNC, 0, SLICE_EMPTY);
	assert_true(ctl_finish(&b, &frame));
	return frame;
}

static void round_trip(void **state)
{
	struct error e = { 0 };
	struct ctl_message m;
	struct ctl_attribute a;
	char text[8];
	uint64_t number;
	bool flag;

	(void)state;
	assert_true(ctl_decode(sample(), &m, &e));
	assert_int_equal(m.type, CTL_REQUEST);
	assert_int_equal(m.sequence, 7);
	assert_int_equal(m.what, 1);
	assert_true(ctl_next(&m, &a));
	assert_int_equal(a.id, CTL_ATTR_NAME);
	assert_true(ctl_value_text(&a, text, sizeof(text)));
	assert_string_equal(text, "west");
	assert_true(ctl_next(&m, &a));
	assert_int_equal(a.flags, CTL_OPTIONAL);
	assert_true(ctl_value_u64(&a, &number));
	assert_int_equal(number, 0x0102030405060708ull);
	assert_false(ctl_value_bool(&a, &flag));
	assert_true(ctl_next(&m, &a));
	assert_true(ctl_value_bool(&a, &flag) && flag);
	assert_false(ctl_value_u64(&a, &number));
	assert_true(ctl_next(&m, &a));
	assert_int_equal(a.value.len, 0);
	assert_false(ctl_next(&m, &a));
	ctl_rewind(&m);
	assert_true(ctl_next(&m, &a));
	assert_true(ctl_find(&m, 11, &a));
	assert_false(ctl_find(&m, 12, &a));
}

static void layout_is_fixed(void **state)
{
	static const uint8_t want[] = { 'C', 'Y', 'G', 'C', 1, 3, 0, 0, 0, 0,
					0,   20,  0,   0,   0, 9, 0, 0, 0, 56 };
	uint8_t buf[CTL_END_LEN];
	struct slice end = ctl_end(buf, sizeof(buf), 9, RC_FATAL);

	(void)state;
	assert_int_equal(end.len, sizeof(want));
	assert_memory_equal(end.data, want, sizeof(want));
	assert_int_equal(ctl_end(buf, sizeof(buf) - 1, 9, RC_FATAL).len, 0);
}

static void end_carries_the_code(void **state)
{
	uint8_t buf[CTL_END_LEN];
	struct ctl_message m;
	struct error e = { 0 };

	(void)state;
	assert_true(ctl_decode(ctl_end(buf, sizeof(buf), 1, 0x12345678), &m, &e));
	assert_int_equal(m.type, CTL_END);
	assert_int_equal(m.what, 0x12345678);
}

static void every_cut_is_refused(void **state)
{
	struct slice frame = sample();
	uint8_t *copy;

	(void)state;
	for (size_t len = 0; len < frame.len; len++) {
		struct ctl_message m;
		struct error e = { 0 };

		copy = test_malloc(len + 1);
		memcpy(copy, frame.data, len);
		assert_false(ctl_decode(slice(copy, len), &m, &e));
		/* the same with a length that fits: only a cut between attributes can pass */
		if (len >= CTL_HEADER_LEN) {
			memcpy(copy + 8, (uint8_t[]){ 0, 0, (uint8_t)(len >> 8), (uint8_t)len }, 4);
			if (ctl_decode(slice(copy, len), &m, &e))
				assert_true(len == 18 || len == 30 || len == 46 || len == 55);
			else
				assert_int_equal(e.code, RC_BAD_MESSAGE);
		}
		test_free(copy);
	}
}

struct damage {
	size_t at;
	uint8_t value;
	const char *names;
};

static void damage_is_named(void **state)
{
	static const struct damage cases[] = {
		{ 0, 'X', "magic" },
		{ 4, 2, "version" },
		{ 5, 0, "type" },
		{ 5, 4, "type" },
		{ 6, 1, "flags" },
		{ 7, 1, "flags" },
		{ 8, 1, "length" },
		{ 11, 15, "length" },
		{ 20, 0x80, "flags" },
		{ 22, 0xff, "attribute value" },
		{ 25, 0xff, "attribute value" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct slice frame = sample();
		struct ctl_message m;
		struct error e = { 0 };

		frame_buf[cases[i].at] = cases[i].value;
		assert_false(ctl_decode(frame, &m, &e));
		assert_int_equal(e.code, RC_BAD_MESSAGE);
		assert_non_null(strstr(e.text, cases[i].names));
	}
}

static void attribute_zero_is_refused(void **state)
{
	struct slice frame = sample();
	struct ctl_message m;
	struct error e = { 0 };

	(void)state;
	frame_buf[18] = frame_buf[19] = 0;
	assert_false(ctl_decode(frame, &m, &e));
}

static void overflow_gives_nothing(void **state)
{
	uint8_t small[32];
	struct ctl_builder b = ctl_request(small, sizeof(small), 1, 1);
	struct slice frame;

	(void)state;
	ctl_put_text(&b, 1, 0, "seventeen letters");
	ctl_put_bool(&b, 2, 0, true);
	assert_false(ctl_finish(&b, &frame));
	assert_int_equal(frame.len, 0);
}

static void a_frame_has_a_limit(void **state)
{
	static uint8_t big[CTL_FRAME_MAX * 2];
	struct ctl_builder b = ctl_request(big, sizeof(big), 1, 1);
	struct slice frame;
	struct error e = { 0 };
	struct ctl_message m;

	(void)state;
	/* header, verb, attribute: exactly the limit */
	ctl_put(&b, 1, 0, slice(frame_buf, CTL_FRAME_MAX - 26));
	assert_true(ctl_finish(&b, &frame));
	assert_int_equal(frame.len, CTL_FRAME_MAX);
	assert_true(ctl_decode(frame, &m, &e));
	b = ctl_request(big, sizeof(big), 1, 1);
	ctl_put(&b, 1, 0, slice(frame_buf, CTL_FRAME_MAX - 25));
	assert_false(ctl_finish(&b, &frame));
}

static void frame_length(void **state)
{
	struct slice frame = sample();
	struct error e = { 0 };
	size_t len = 1;

	(void)state;
	assert_true(ctl_frame_len(slice(frame.data, 15), &len, &e));
	assert_int_equal(len, 0);
	assert_true(ctl_frame_len(slice(frame.data, 16), &len, &e));
	assert_int_equal(len, frame.len);
	frame_buf[9] = 2;
	assert_false(ctl_frame_len(frame, &len, &e));
	assert_int_equal(len, 0);
}

static void text_is_never_cut(void **state)
{
	struct ctl_attribute a = { .id = 1, .value = slice("abc", 3) };
	char four[4], three[3];

	(void)state;
	assert_true(ctl_value_text(&a, four, sizeof(four)));
	assert_string_equal(four, "abc");
	assert_false(ctl_value_text(&a, three, sizeof(three)));
	assert_string_equal(three, "");
	a.value = slice("a\0b", 3);
	assert_false(ctl_value_text(&a, four, sizeof(four)));
	a.value = slice("\2", 1);
	assert_false(ctl_value_bool(&a, &(bool){ false }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(layout_is_fixed),
		cmocka_unit_test(end_carries_the_code),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(damage_is_named),
		cmocka_unit_test(attribute_zero_is_refused),
		cmocka_unit_test(overflow_gives_nothing),
		cmocka_unit_test(a_frame_has_a_limit),
		cmocka_unit_test(frame_length),
		cmocka_unit_test(text_is_never_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
