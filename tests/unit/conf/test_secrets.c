/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syntax of ipsec.secrets. The store gives no secret back, so a value is compared by the MAC it
 * makes; an error must name its line and never show the word "hush", which stands for every secret.
 */
#include "conf/secrets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define MAC_LEN 32

struct seen {
	unsigned warnings, includes;
	char warning[512];
	char pattern[512];
	unsigned depth;
};

static void note_warning(void *context, const char *text)
{
	struct seen *seen = context;

	seen->warnings++;
	assert_null(strstr(text, "hush"));
	text_copy(seen->warning, sizeof(seen->warning), text);
}

static bool note_include(void *context, const char *pattern, unsigned depth, struct error *e)
{
	struct seen *seen = context;

	(void)e;
	seen->includes++;
	seen->depth = depth;
	text_copy(seen->pattern, sizeof(seen->pattern), pattern);
	return true;
}

static bool parse(struct keystore *k, struct slice text, struct seen *seen, struct error *e)
{
	struct secrets_parser p = { k, note_warning, note_include, seen };

	*seen = (struct seen){ 0 };
	*e = (struct error){ 0 };
	return secrets_parse(&p, "t", text, 0, e);
}

static struct identity id_of(const char *text)
{
	struct identity id = { 0 };
	struct error e = { 0 };

	if (!identity_parse(text, &id, &e))
		fail_msg("%s", e.text);
	return id;
}

static bool mac_of(struct keystore *k, const char *local, const char *remote, uint8_t mac[MAC_LEN])
{
	struct identity a = id_of(local);
	struct identity b = id_of(remote);
	struct psk_query q = { .local_id = &a, .remote_id = &b };
	struct slice octets = slice_str("octets");
	enum verdict v = keystore_psk_mac(k, &q, alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256),
					  &octets, 1, mac);

	identity_free(&a);
	identity_free(&b);
	return v == VERDICT_OK;
}

/* Is value what local and remote share in k? */
static void check_value(struct keystore *k, const char *local, const char *remote,
			const char *value, const char *text)
{
	struct keystore *other = keystore_new();
	struct psk_entry entry = { .value = slice_str(value), .origin = "test" };
	uint8_t mac[MAC_LEN];
	uint8_t wanted[MAC_LEN];

	assert_true(keystore_add_psk(other, &entry));
	assert_true(mac_of(other, local, remote, wanted));
	if (!mac_of(k, local, remote, mac))
		fail_msg("%s: no secret", text);
	if (memcmp(mac, wanted, MAC_LEN) != 0)
		fail_msg("%s: another secret", text);
	keystore_free(other);
}

struct good {
	const char *text;
	const char *local, *remote;
	const char *value;
};

static void check_good(const struct good *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct keystore *k = keystore_new();
		struct seen seen;
		struct error e;

		if (!parse(k, slice_str(rows[i].text), &seen, &e))
			fail_msg("%s: %s", rows[i].text, e.text);
		assert_int_equal(keystore_psk_count(k), 1);
		assert_int_equal(seen.warnings, 0);
		check_value(k, rows[i].local, rows[i].remote, rows[i].value, rows[i].text);
		keystore_free(k);
	}
}

static void test_indices(void **state)
{
	static const struct good rows[] = {
		{ "192.0.2.1 192.0.2.2 : PSK \"x\"", "192.0.2.1", "192.0.2.2", "x" },
		{ "192.0.2.1 192.0.2.2: PSK \"x\"", "192.0.2.1", "192.0.2.2", "x" },
		{ "192.0.2.1 192.0.2.2:PSK \"x\"", "192.0.2.1", "192.0.2.2", "x" },
		{ "@a @b :PSK \"x\"", "@a", "@b", "x" },
		{ "@a @b:\"x y\"", "@a", "@b", "x y" },
		{ "@a u@b: PSK 'x'", "@a", "u@b", "x" },
		{ "fd00::1 fd00::2 : PSK \"x\"", "fd00::1", "fd00::2", "x" },
		{ "fd00::1 fd00::2: PSK \"x\"", "fd00::1", "fd00::2", "x" },
		{ "fd00::1 fd00::2:PSK \"x\"", "fd00::1", "fd00::2", "x" },
		{ "fd00:: fd00::2 : PSK \"x\"", "fd00::", "fd00::2", "x" },
		{ "fd00::2 fd00::: PSK \"x\"", "fd00::", "fd00::2", "x" },
		{ "fd00::2 1:2:3:4:5:6:7:8: PSK \"x\"", "1:2:3:4:5:6:7:8", "fd00::2", "x" },
		{ "fd00::2 ::1:PSK \"x\"", "::1", "fd00::2", "x" },
		{ "fd00::2 ::ffff:192.0.2.1:0x78", "::ffff:192.0.2.1", "fd00::2", "x" },
		{ ": PSK \"x\"", "@a", "@b", "x" },
		{ ":PSK \"x\"", "@a", "@b", "x" },
		{ ":\"x\"", "@a", "@b", "x" },
		{ "%any: PSK \"x\"", "@a", "@b", "x" },
		{ "%any6 0.0.0.0 : PSK \"x\"", "@a", "@b", "x" },
		{ "@a :: : PSK \"x\"", "@a", "@b", "x" },
		{ "\"C=DE, CN=gw\": PSK \"x\"", "C=DE, CN=gw", "@b", "x" },
		{ "\"C=DE, CN=gw\" @b : PSK \"x\"", "C=DE, CN=gw", "@b", "x" },
		{ "@[a:b] @b: PSK \"x\"", "@[a:b]", "@b", "x" },
		{ "@[a:b]:x", "@[a:b]", "@b", "x" },
		{ "@#0a0b @b:x", "@#0a0b", "@b", "x" },
	};

	(void)state;
	check_good(rows, sizeof(rows) / sizeof(rows[0]));
}

static void test_values(void **state)
{
	static const struct good rows[] = {
		{ ": PSK \"a b#c\"", "@a", "@b", "a b#c" },
		{ ": PSK 'a \"b\"'", "@a", "@b", "a \"b\"" },
		{ ": PSK \"it's\"", "@a", "@b", "it's" },
		{ ": PSK \"0x41\"", "@a", "@b", "0x41" },
		{ ": PSK \"\\n\"", "@a", "@b", "\\n" },
		{ ": PSK\"x\"", "@a", "@b", "x" },
		{ ": PSK 0x414243", "@a", "@b", "ABC" },
		{ ": PSK 0x4142_4344", "@a", "@b", "ABCD" },
		{ ": PSK 0sQUJD", "@a", "@b", "ABC" },
		{ ": PSK 0sQUI=", "@a", "@b", "AB" },
		{ ": PSK 0tABC", "@a", "@b", "ABC" },
		{ ": PSK bare", "@a", "@b", "bare" },
		{ ": PSK ba#re # more", "@a", "@b", "ba#re" },
		{ ": PSK \"x\"# more", "@a", "@b", "x" },
		{ ": psk bare", "@a", "@b", "bare" },
		{ ": bare", "@a", "@b", "bare" },
		{ ": 0x41", "@a", "@b", "A" },
		{ ": PSKbare", "@a", "@b", "PSKbare" },
		{ ": a:b", "@a", "@b", "a:b" },
		{ ": PSK \303\244", "@a", "@b", "\303\244" },
	};

	(void)state;
	check_good(rows, sizeof(rows) / sizeof(rows[0]));
}

static void test_lines(void **state)
{
	static const struct good rows[] = {
		{ "@a\n\t@b\n : \n\tPSK\n\t\"x\"\n", "@a", "@b", "x" },
		{ "@a @b : # one\n\n# two\n  # three\n PSK \"x\"", "@a", "@b", "x" },
		{ "@a @b : PSK \"x\"\r\n", "@a", "@b", "x" },
		{ "# c\r\n@a @b:\r\n\tPSK x\r\n\r\n", "@a", "@b", "x" },
		{ "\n\n  \t\n@a : PSK \"x\"   \n\n", "@a", "@b", "x" },
		{ "\357\273\277@a : PSK \"x\"", "@a", "@b", "x" },
	};

	(void)state;
	check_good(rows, sizeof(rows) / sizeof(rows[0]));
}

struct bad {
	const char *text;
	uint32_t line;
	const char *part;
};

static void test_bad(void **state)
{
	static const struct bad rows[] = {
		{ ": PSK \"hush", 1, "quote is not closed" },
		{ ": PSK \"hush\n\"", 1, "quote is not closed" },
		{ ": PSK 'hush\"", 1, "quote is not closed" },
		{ "# c\n\"hush : PSK x", 2, "quote is not closed" },
		{ ": PSK \"hush\"x", 1, "right after the closing quote" },
		{ "\"hush\"x : PSK", 1, "right after the closing quote" },
		{ ": PSK \"hush\" hush", 1, "text after the value" },
		{ ": PSK \"hush\"\n hush", 2, "text after the value" },
		{ ": PKS \"hush\"", 1, "text after the value" },
		{ "@a PSK \"hush\"", 1, "no ':'" },
		{ "@a\n@b : PSK \"hush\"", 1, "no ':'" },
		{ "@a PSK: \"hush\"", 1, "put ':' before" },
		{ "@a PSK hush:x", 1, "put ':' before" },
		{ "@a \"hush=\" : PSK x", 1, "in quotes is no identity" },
		{ "@a \"\" : PSK x", 1, "in quotes is no identity" },
		{ "@a :", 1, "nothing follows" },
		{ "@a :\n@b : PSK x", 2, "nothing follows" },
		{ "@a : PSK", 1, "before its value" },
		{ "@a : PSK\n\n", 3, "before its value" },
		{ ": PSK \"\"", 1, "empty" },
		{ ": PSK 0x", 1, "empty" },
		{ ": PSK 0t", 1, "empty" },
		{ ": PSK 0x4", 1, "cannot be read" },
		{ ": PSK 0xhush", 1, "cannot be read" },
		{ ": PSK 0shush*", 1, "cannot be read" },
		{ "\n @a : PSK x", 2, "column 0" },
		{ "include", 1, "no ':'" },
		{ "include # x", 1, "names no file" },
		{ "include\n@a : PSK x", 2, "names no file" },
		{ "include a b", 1, "after the name" },
		{ "include \"\"", 1, "empty" },
		{ "@a : PPKS \"id\"", 1, "before its value" },
	};
	struct keystore *k = keystore_new();
	struct seen seen;
	struct error e;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (parse(k, slice_str(rows[i].text), &seen, &e))
			fail_msg("%s: no error", rows[i].text);
		if (!strstr(e.text, rows[i].part) || strstr(e.text, "hush"))
			fail_msg("%s: %s", rows[i].text, e.text);
		if (e.line != rows[i].line || e.column == 0)
			fail_msg("%s: line %u", rows[i].text, e.line);
		assert_string_equal(e.file, "t");
	}
	assert_int_equal(keystore_psk_count(k), 0);
	keystore_free(k);
}

static void test_several_entries(void **state)
{
	static const char text[] = "@a @b : PSK \"one\"\n@a @c : PSK \"two\"\n: PSK three";
	struct keystore *k = keystore_new();
	struct seen seen;
	struct error e;

	(void)state;
	assert_true(parse(k, slice_str(text), &seen, &e));
	assert_int_equal(keystore_psk_count(k), 3);
	check_value(k, "@a", "@b", "one", text);
	check_value(k, "@c", "@a", "two", text);
	check_value(k, "@x", "@y", "three", text);
	keystore_free(k);
}

static void test_skipped_kinds(void **state)
{
	static const char *const texts[] = {
		": RSA {\n\t# RSA 2048 bits\n\tModulus: 0xhush\n\t}\n",
		": RSA {\n\tModulus: 0xhush\n}\n",
		": RSA{\n \"hush }\n",
		": PIN %smartcard \"hush\"\n",
		"@user : XAUTH \"hush\"\n",
	};
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct keystore *k = keystore_new();
		struct text t = TEXT_OVER(text);
		struct seen seen;
		struct error e;

		text_add(&t, "%s@a @b : PSK \"x\"\n", texts[i]);
		if (!parse(k, slice_str(text), &seen, &e))
			fail_msg("%s: %s", text, e.text);
		assert_int_equal(seen.warnings, 1);
		assert_non_null(strstr(seen.warning, "t:1: "));
		assert_int_equal(keystore_psk_count(k), 1);
		check_value(k, "@a", "@b", "x", text);
		keystore_free(k);
	}
}

static void test_ppks(void **state)
{
	static const char text[] = "@a @b : PPKS \"one\" \"hush\"\n: PPKS 0x6e 0x68757368\n";
	char long_name[400];
	struct text t = TEXT_OVER(long_name);
	struct keystore *k = keystore_new();
	struct seen seen;
	struct error e;

	(void)state;
	assert_true(parse(k, slice_str(text), &seen, &e));
	assert_int_equal(seen.warnings, 0);
	assert_int_equal(keystore_ppk_count(k), 2);
	assert_int_equal(keystore_psk_count(k), 0);
	text_add(&t, ": PPKS \"%0256d\" \"hush\"\n", 1);
	assert_false(parse(k, slice_str(long_name), &seen, &e));
	assert_non_null(strstr(e.text, "255"));
	keystore_free(k);
}

static void test_nul(void **state)
{
	static const char text[] = "@a : PSK x\n@b : PSK \"hu\0sh\"\n";
	struct keystore *k = keystore_new();
	struct seen seen;
	struct error e;

	(void)state;
	assert_false(parse(k, slice(text, sizeof(text) - 1), &seen, &e));
	assert_int_equal(e.line, 2);
	assert_int_equal(e.column, 13);
	assert_non_null(strstr(e.text, "NUL"));
	assert_int_equal(keystore_psk_count(k), 0);
	keystore_free(k);
}

/* A value, an index, a comment, many indices and many blanks of a mebibyte each. */
static void test_long_lines(void **state)
{
	static const struct {
		const char *before, *unit, *after;
		const char *part; /* NULL: no error */
	} rows[] = {
		{ ": PSK \"", "a", "\"", NULL },
		{ ": PSK ", "a", "", NULL },
		{ ": PSK 0x", "4", "", NULL },
		{ "# ", "a", "\n: PSK x", NULL },
		{ ":", " ", "PSK x", NULL },
		{ "@", "a", " : PSK x", "too long" },
		{ "", "@a ", ": PSK x", "64 indices" },
		{ "", ":", "", NULL },
		{ "", "fd00:", ": PSK x", "after the value" },
		{ ": PSK \"", "a", "", "not closed" },
		{ "include ", "a", "", "too long" },
	};
	const size_t size = (size_t)1 << 20;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct keystore *k = keystore_new();
		char *text = malloc(size + 64);
		size_t len = strlen(rows[i].before);
		size_t unit = strlen(rows[i].unit);
		struct seen seen;
		struct error e;
		bool ok;

		assert_non_null(text);
		memcpy(text, rows[i].before, len);
		for (size_t at = 0; at < size / unit; at++, len += unit)
			memcpy(text + len, rows[i].unit, unit);
		strcpy(text + len, rows[i].after);
		ok = parse(k, slice_str(text), &seen, &e);
		if (ok != (rows[i].part == NULL) || (!ok && !strstr(e.text, rows[i].part)))
			fail_msg("row %zu: %s", i, e.text);
		free(text);
		keystore_free(k);
	}
}

static void test_include(void **state)
{
	static const char text[] = "@a : PSK x\ninclude \"a b/*\"  # c\ninclude /c/*.secrets";
	struct secrets_parser p = { keystore_new(), note_warning, note_include, NULL };
	struct seen seen = { 0 };
	struct error e = { 0 };

	(void)state;
	p.context = &seen;
	assert_true(secrets_parse(&p, "t", slice_str(text), 9, &e));
	assert_int_equal(seen.includes, 2);
	assert_int_equal(seen.depth, 10);
	assert_string_equal(seen.pattern, "/c/*.secrets");
	assert_false(secrets_parse(&p, "t", slice_str(text), 10, &e));
	assert_int_equal(e.line, 2);
	assert_non_null(strstr(e.text, "10 deep"));
	assert_int_equal(seen.includes, 2);
	keystore_free(p.keystore);
}

static void test_empty(void **state)
{
	struct keystore *k = keystore_new();
	struct seen seen;
	struct error e;

	(void)state;
	assert_true(parse(k, SLICE_EMPTY, &seen, &e));
	assert_true(parse(k, slice_str("\n"), &seen, &e));
	assert_true(parse(k, slice_str("# only"), &seen, &e));
	assert_int_equal(keystore_psk_count(k), 0);
	keystore_free(k);
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
		cmocka_unit_test(test_indices),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_several_entries),
		cmocka_unit_test(test_skipped_kinds),
		cmocka_unit_test(test_ppks),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_include),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
