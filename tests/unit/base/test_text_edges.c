/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/text: bounded text, the escaper against hostile input, numbers and keys as admins write
 * them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "prng.h"

static void adding(void **state)
{
	char buf[16];
	struct text t = TEXT_OVER(buf);

	(void)state;
	assert_string_equal(buf, "");
	text_add(&t, "%d-%s", 12, "ab");
	text_put(&t, "");
	text_put(&t, "%s");
	assert_string_equal(buf, "12-ab%s");
	assert_int_equal(t.len, 7);
	assert_false(t.cut);
	text_put(&t, "12345678");
	assert_int_equal(t.len, 15);
	assert_false(t.cut);
	text_put(&t, "");
	assert_false(t.cut);
	text_put(&t, "x");
	assert_true(t.cut);
	assert_string_equal(buf, "12-ab%s12345678");
}

static void cutting(void **state)
{
	char buf[9];
	struct text t = text_over(buf, 8);

	(void)state;
	buf[8] = '#';
	text_add(&t, "%s", "0123456789");
	assert_true(t.cut);
	assert_string_equal(buf, "0123456");
	assert_int_equal(t.len, 7);
	t = text_over(buf, 8);
	text_put(&t, "0123456789");
	assert_true(t.cut);
	assert_string_equal(buf, "0123456");
	text_put(&t, "x");
	text_add(&t, "y");
	text_escape(&t, slice_str("z"));
	text_hex(&t, slice_str("z"));
	assert_string_equal(buf, "0123456");
	assert_int_equal(buf[8], '#');
}

static void tiny_buffers(void **state)
{
	char buf[2] = { '#', '#' };
	struct text t = text_over(buf, 1);

	(void)state;
	text_put(&t, "a");
	text_add(&t, "%d", 1);
	text_hex(&t, slice_str("a"));
	assert_int_equal(buf[0], '\0');
	assert_int_equal(buf[1], '#');
	assert_true(t.cut);
	buf[0] = '#';
	t = text_over(buf, 0);
	text_put(&t, "a");
	text_add(&t, "%d", 1);
	text_escape(&t, slice_str("a"));
	assert_true(t.cut);
	assert_int_equal(buf[0], '#');
}

static bool is_safe(char c)
{
	return c >= 0x20 && c <= 0x7e && !strchr("\"'`$", c);
}

static void each_octet_escaped(void **state)
{
	(void)state;
	for (unsigned int c = 0; c < 256; c++) {
		uint8_t raw = (uint8_t)c;
		bool plain = c >= 0x20 && c <= 0x7e && !strchr("\\\"'`$", (int)c);
		char buf[16];
		char expect[16];
		struct text t = TEXT_OVER(buf);

		text_escape(&t, slice(&raw, 1));
		snprintf(expect, sizeof(expect), plain ? "%c" : "\\%03o", c);
		assert_string_equal(buf, expect);
		assert_false(t.cut);
	}
}

static void hostile_texts(void **state)
{
	static const struct {
		const char *raw;
		const char *shown;
	} rows[] = {
		{ "C=CA, CN=west", "C=CA, CN=west" },
		{ "a\nNov 1 pluto[1]: fake", "a\\012Nov 1 pluto[1]: fake" },
		{ "\r\x1b[31mred\x1b[0m", "\\015\\033[31mred\\033[0m" },
		{ "'; rm -rf / #", "\\047; rm -rf / #" },
		{ "$(reboot)`reboot`", "\\044(reboot)\\140reboot\\140" },
		{ "\"\\\"", "\\042\\134\\042" },
		{ "%s%n%x", "%s%n%x" },
		{ "\xe2\x80\xae"
		  "evil",
		  "\\342\\200\\256evil" },
		{ "\\012", "\\134012" },
		{ "\x7f\xff", "\\177\\377" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char buf[128];
		struct text t = TEXT_OVER(buf);

		text_escape(&t, slice_str(rows[i].raw));
		assert_string_equal(buf, rows[i].shown);
	}
}

static void escaping_is_bounded(void **state)
{
	uint8_t raw[2000];
	char buf[3000];
	struct text t;

	(void)state;
	memset(raw, 'a', sizeof(raw));
	t = TEXT_OVER(buf);
	text_escape(&t, slice(raw, 512));
	assert_int_equal(t.len, 512);
	t = TEXT_OVER(buf);
	text_escape(&t, slice(raw, 513));
	assert_int_equal(t.len, 515);
	assert_string_equal(buf + 510, "aa...");
	memset(raw, '\n', sizeof(raw));
	t = TEXT_OVER(buf);
	text_escape(&t, SLICE_OF(raw));
	assert_int_equal(t.len, 512 * 4 + 3);
	assert_false(t.cut);
	t = TEXT_OVER(buf);
	text_escape(&t, SLICE_EMPTY);
	assert_string_equal(buf, "");
}

static void no_half_escape_at_the_end(void **state)
{
	(void)state;
	for (size_t capacity = 1; capacity <= 12; capacity++) {
		char buf[12];
		struct text t = text_over(buf, capacity);

		text_escape(&t, slice_str("\n\n\n"));
		assert_int_equal(strlen(buf), (capacity - 1) / 4 < 3 ? (capacity - 1) / 4 * 4 : 12);
		assert_int_equal(t.len % 4, 0);
		assert_true(t.cut);
	}
}

static void random_octets_never_come_through(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (int run = 0; run < 2000; run++) {
		uint8_t raw[64];
		char buf[300];
		struct text t = text_over(buf, 1 + prng_below(&seed, sizeof(buf) - 1));

		for (size_t i = 0; i < sizeof(raw); i++)
			raw[i] = (uint8_t)prng_next(&seed);
		text_escape(&t, slice(raw, prng_below(&seed, sizeof(raw) + 1)));
		assert_int_equal(strlen(buf), t.len);
		assert_true(t.len < t.capacity);
		for (size_t i = 0; i < t.len; i++)
			assert_true(is_safe(buf[i]));
	}
}

static void hex(void **state)
{
	static const uint8_t raw[] = { 0x00, 0x0f, 0xf0, 0xff, 0xa5 };
	char buf[12];
	struct text t = TEXT_OVER(buf);

	(void)state;
	text_hex(&t, SLICE_OF(raw));
	assert_string_equal(buf, "000ff0ffa5");
	text_hex(&t, SLICE_EMPTY);
	assert_false(t.cut);
	text_hex(&t, slice(raw, 1));
	assert_true(t.cut);
	assert_string_equal(buf, "000ff0ffa5");
}

static void copying(void **state)
{
	char out[5] = "####";

	(void)state;
	assert_true(text_copy(out, 4, "abc"));
	assert_string_equal(out, "abc");
	assert_false(text_copy(out, 4, "abcd"));
	assert_string_equal(out, "abc");
	assert_true(text_copy(out, 1, ""));
	assert_string_equal(out, "");
	assert_false(text_copy(out, 1, "a"));
	assert_string_equal(out, "");
	out[0] = '#';
	assert_false(text_copy(out, 0, "a"));
	assert_int_equal(out[0], '#');
}

static void equality_without_case(void **state)
{
	(void)state;
	assert_true(text_eq_nocase("", ""));
	assert_true(text_eq_nocase("RSA-sha2", "rsa-SHA2"));
	assert_false(text_eq_nocase("a", "ab"));
	assert_false(text_eq_nocase("ab", "a"));
	/* neighbours of the letters: a folding by one bit would take them as equal */
	assert_false(text_eq_nocase("@", "`"));
	assert_false(text_eq_nocase("[", "{"));
	assert_false(text_eq_nocase("\xc4", "\xe4"));
}

static void numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{ "0", 0 },
		{ "7", 7 },
		{ "007", 7 },
		{ "0x1F", 31 },
		{ "0xabcdef", 0xabcdef },
		{ "4294967296", 4294967296 },
		{ "18446744073709551615", UINT64_MAX },
		{ "0xffffffffffffffff", UINT64_MAX },
	};
	static const char *const bad[] = {
		"",
		" 1",
		"1 ",
		"+1",
		"-1",
		"-0",
		"0x",
		"x1",
		"1x",
		"0x1g",
		"1.0",
		"1e3",
		"a",
		"18446744073709551616",
		"184467440737095516150",
		"0x10000000000000000",
		"99999999999999999999999",
		"1\n",
		"0x0x1",
		"0x-1",
		"\xd9\xa1",
	};
	uint64_t out;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(parse_number(good[i].text, 0, UINT64_MAX, &out));
		assert_true(out == good[i].value);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(parse_number(bad[i], 0, UINT64_MAX, &out));
}

static void number_bounds(void **state)
{
	uint64_t out = 0;

	(void)state;
	assert_true(parse_number("10", 10, 20, &out));
	assert_true(parse_number("20", 10, 20, &out));
	assert_int_equal(out, 20);
	assert_false(parse_number("9", 10, 20, &out));
	assert_false(parse_number("21", 10, 20, &out));
	assert_true(parse_number("0x14", 10, 20, &out));
	assert_true(parse_number("18446744073709551615", UINT64_MAX, UINT64_MAX, &out));
	assert_false(parse_number("65536", 0, UINT16_MAX, &out));
}

static void hex_keys(void **state)
{
	static const uint8_t expect[] = { 0x01, 0x23, 0xab, 0xCD };
	static const char *const good[] = { "0123abcd", "0123ABCD", "01_23_ab_cd", "0123_abCD",
					    "0_123abcd" };
	static const char *const bad[] = {
		"0", "012", "0x01", "01 23", "0g", "01_2", "zz", "01\n"
	};
	struct secret s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(parse_hex(slice_str(good[i]), &s));
		assert_true(slice_eq(secret_slice(&s), SLICE_OF(expect)));
		secret_free(&s);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(parse_hex(slice_str(bad[i]), &s));
		secret_free(&s);
	}
	assert_false(parse_hex(slice("01\0", 3), &s));
	secret_free(&s);
}

static void base64_vectors(void **state)
{
	/* RFC 4648, section 10 */
	static const char *const rows[][2] = {
		{ "", "" },
		{ "Zg==", "f" },
		{ "Zm8=", "fo" },
		{ "Zm9v", "foo" },
		{ "Zm9vYg==", "foob" },
		{ "Zm9vYmE=", "fooba" },
		{ "Zm9vYmFy", "foobar" },
		{ "Zg", "f" },
		{ "Zm8", "fo" },
		{ "Zm9vYmE", "fooba" },
		{ "Zm9v YmFy", "foobar" },
		{ " Z m 9 v ", "foo" },
	};
	static const char *const bad[] = {
		"Z",    "A",     "Zm9vA",    "Zm9vY", "Zg=",  "=",        "Zm=v",
		"Z!==", "Zm9v=", "Zm9v====", "Zm_v",  "Zm-v", "Zg==Zg==", "Zm8*"
	};
	struct secret s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_true(parse_base64(slice_str(rows[i][0]), &s));
		assert_true(slice_eq(secret_slice(&s), slice_str(rows[i][1])));
		secret_free(&s);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(parse_base64(slice_str(bad[i]), &s));
		secret_free(&s);
	}
}

static size_t encode_base64(const uint8_t *raw, size_t len, char *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t at = 0;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t bits = (uint32_t)raw[i] << 16;

		if (i + 1 < len)
			bits |= (uint32_t)raw[i + 1] << 8;
		if (i + 2 < len)
			bits |= raw[i + 2];
		for (unsigned int j = 0; j < 4; j++)
			out[at++] = j > len - i ? '=' : digits[bits >> (18 - 6 * j) & 63];
	}
	return at;
}

static void keys_round_trip(void **state)
{
	uint64_t seed = 11;

	(void)state;
	for (size_t len = 0; len < 100; len++) {
		uint8_t raw[100];
		char text[256];
		struct text t = TEXT_OVER(text);
		struct secret s;
		size_t encoded;

		for (size_t i = 0; i < len; i++)
			raw[i] = (uint8_t)prng_next(&seed);
		text_hex(&t, slice(raw, len));
		assert_true(parse_hex(slice_str(text), &s));
		assert_true(slice_eq(secret_slice(&s), slice(raw, len)));
		secret_free(&s);
		encoded = encode_base64(raw, len, text);
		assert_true(parse_base64(slice(text, encoded), &s));
		assert_true(slice_eq(secret_slice(&s), slice(raw, len)));
		secret_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adding),
		cmocka_unit_test(cutting),
		cmocka_unit_test(tiny_buffers),
		cmocka_unit_test(each_octet_escaped),
		cmocka_unit_test(hostile_texts),
		cmocka_unit_test(escaping_is_bounded),
		cmocka_unit_test(no_half_escape_at_the_end),
		cmocka_unit_test(random_octets_never_come_through),
		cmocka_unit_test(hex),
		cmocka_unit_test(copying),
		cmocka_unit_test(equality_without_case),
		cmocka_unit_test(numbers),
		cmocka_unit_test(number_bounds),
		cmocka_unit_test(hex_keys),
		cmocka_unit_test(base64_vectors),
		cmocka_unit_test(keys_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
