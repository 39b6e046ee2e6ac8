/* SPDX-License-Identifier: Apache-2.0 */
/* Debug words of both products, on and off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/debug.h"

static uint32_t parse(const char *words, uint32_t mask)
{
	struct error e = { 0 };

	if (!debug_parse(words, &mask, &e))
		fail_msg("%s: %s", words, e.text);
	return mask;
}

static void test_words(void **state)
{
	(void)state;
	assert_int_equal(parse("all", 0), DEBUG_ALL);
	assert_int_equal(parse("none", DEBUG_ALL), 0);
	assert_int_equal(parse("packet,kernel", 0), DEBUG_PACKET | DEBUG_KERNEL);
	assert_int_equal(parse("raw control", 0), DEBUG_PACKET | DEBUG_STATE);
	assert_int_equal(parse("all,-kernel", 0), DEBUG_ALL & ~(uint32_t)DEBUG_KERNEL);
	assert_int_equal(parse("-xfrm", DEBUG_ALL), DEBUG_ALL & ~(uint32_t)DEBUG_KERNEL);
	assert_int_equal(parse("none,updown", DEBUG_ALL), DEBUG_UPDOWN);
	assert_int_equal(parse("private", DEBUG_PACKET), DEBUG_PACKET);
	assert_int_equal(parse("", DEBUG_STATE), DEBUG_STATE);
}

static void test_unknown_word(void **state)
{
	uint32_t mask = DEBUG_STATE;
	struct error e = { 0 };

	(void)state;
	assert_false(debug_parse("packet,pakcet", &mask, &e));
	assert_non_null(strstr(e.text, "pakcet"));
	assert_non_null(strstr(e.text, "updown"));
}

static void test_format(void **state)
{
	char buf[80];

	(void)state;
	assert_string_equal(debug_format(0, buf, sizeof(buf)), "none");
	assert_string_equal(debug_format(DEBUG_ALL, buf, sizeof(buf)), "all");
	assert_string_equal(debug_format(DEBUG_PACKET | DEBUG_UPDOWN, buf, sizeof(buf)),
			    "packet,updown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_unknown_word),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
