/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of bounded text: cuts, the escaper on every octet, and the strict readers of numbers, hex
 * and base64.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void test_build(void **state)
{
	char buf[8];
	struct text t = TEXT_OVER(buf);

	(void)state;
	text_add(&t, "%d-", 12);
	text_put(&t, "abcd");
	assert_string_equal(buf, "12-abcd");
	assert_false(t.cut);
	text_put(&t, "e");
	assert_true(t.cut);
	assert_string_equal(buf, "12-abcd");
	assert_false(text_copy(buf, 4, "long"));
	assert_string_equal(buf, "lon");
	assert_true(text_copy(buf, 4, "abc"));
	assert_true(text_eq_nocase("IKEv2", "ikeV2"));
	assert_false(text_eq_nocase("ike", "ikev2"));
}

static void test_escape(void **state)
{
	char buf[4096];
	uint8_t raw[600];
	struct text t = TEXT_OVER(buf);

	(void)state;
	text_escape(&t, slice_str("a\"\\'`$\n\xc3~"));
	assert_string_equal(buf, "a\\042\\134\\047\\140\\044\\012\\303~");
	for (unsigned int c = 0; c < 256; c++)
		raw[c] = (uint8_t)c;
	t = TEXT_OVER(buf);
	text_escape(&t, slice(raw, 256));
	for (size_t i = 0; i < t.len; i++)
		assert_true(buf[i] >= 0x20 && buf[i] < 0x7f && !strchr("\"'`$", buf[i]));
	memset(raw, 'x', sizeof(raw));
	t = TEXT_OVER(buf);
	text_escape(&t, SLICE_OF(raw));
	assert_int_equal(t.len, 515);
	assert_string_equal(buf + 512, "...");
	t = text_over(buf, 4);
	text_escape(&t, slice_str("a\n"));
	assert_string_equal(buf, "a");
	assert_true(t.cut);
	t = TEXT_OVER(buf);
	text_hex(&t, slice("\x00\xaf", 2));
	assert_string_equal(buf, "00af");
}

static void test_number(void **state)
{
	static const char *const bad[] = { "", "0x", "-1", "+1", " 1", "1 ", "1a", "0xg", "101" };
	uint64_t n;

	(void)state;
	assert_true(parse_number("100", 0, 100, &n));
	assert_int_equal(n, 100);
	assert_true(parse_number("0x1F", 0, 100, &n));
	assert_int_equal(n, 31);
	assert_true(parse_number("18446744073709551615", 0, UINT64_MAX, &n));
	assert_true(n == UINT64_MAX);
	assert_false(parse_number("1", 2, 3, &n));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(parse_number(bad[i], 0, 100, &n));
	assert_false(parse_number("18446744073709551616", 0, UINT64_MAX, &n));
}

static void check_secret(bool (*parse)(struct slice, struct secret *), const char *text,
			 const char *expected)
{
	struct secret s;
	bool ok = parse(slice_str(text), &s);

	assert_int_equal(ok, expected != NULL);
	assert_true(slice_eq(secret_slice(&s), slice_str(expected)));
	secret_free(&s);
}

static void test_keys(void **state)
{
	(void)state;
	check_secret(parse_hex, "", "");
	check_secret(parse_hex, "6162_4A", "abJ");
	check_secret(parse_hex, "616", NULL);
	check_secret(parse_hex, "61g2", NULL);
	check_secret(parse_hex, "_61", NULL);
	check_secret(parse_hex, "61_", NULL);
	check_secret(parse_base64, "Zm9v YmE=", "fooba");
	check_secret(parse_base64, "Zm9vYg==", "foob");
	check_secret(parse_base64, "Zm9vYg", "foob");
	check_secret(parse_base64, "Zm9vY", NULL);
	check_secret(parse_base64, "Zm9vYg=", NULL);
	check_secret(parse_base64, "Zg==Zg==", NULL);
	check_secret(parse_base64, "Zm9-", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_build),
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
