/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the files of policy groups, and of the connections made of their lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/policy_group.h"
#include "crypto/algs.h"

static struct conn_config group(void)
{
	struct conn_config c;

	conn_config_init(&c);
	c.name = strdup("oe");
	c.left.host = strdup("192.0.2.1");
	c.right.host = strdup("%opportunisticgroup");
	return c;
}

/* Names, clients and ports of all, apart by semicolons. */
static void check(const char *text, const char *expected)
{
	struct conn_config c = group(), one;
	struct policy_entries l;
	struct error e = { 0 };
	char all[600] = "";
	struct text t = TEXT_OVER(all);

	assert_true(conn_is_group(&c));
	if (!policy_entries_parse("oe", slice_str(text), &l, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < l.count; i++) {
		assert_true(conn_of_group(&c, &l.list[i], &one));
		assert_string_equal(one.base, "oe");
		text_add(&t, "%s%s %s %s", i ? ";" : "", one.name, one.right.client,
			 one.left.protoport ? one.left.protoport : "-");
		conn_config_free(&one);
	}
	assert_string_equal(all, expected);
	policy_entries_free(&l);
	conn_config_free(&c);
}

static void good(void **state)
{
	(void)state;
	check("", "");
	check("# nothing\n\n  \t# more\n", "");
	check("10.0.0.0/8\n10.1.0.0/16 # narrower goes first\r\n192.0.2.7",
	      "oe#192.0.2.7/32 192.0.2.7/32 -;oe#10.1.0.0/16 10.1.0.0/16 -;"
	      "oe#10.0.0.0/8 10.0.0.0/8 -");
	check("10.0.0.0/8\n10.0.0.0/8\n", "oe#10.0.0.0/8 10.0.0.0/8 -");
	check("fd00::/8", "oe#fd00::/8 fd00::/8 -");
	check("10.0.0.0/8 tcp 0 25\n10.0.0.0/8 6 0 443",
	      "oe#10.0.0.0/8/6/0/443 10.0.0.0/8/6/443 6/0;"
	      "oe#10.0.0.0/8/6/0/25 10.0.0.0/8/6/25 6/0");
	check("10.0.0.0/8 0 0 0", "oe#10.0.0.0/8 10.0.0.0/8 -");
}

static void bad(void **state)
{
	static const char *const rows[][2] = {
		{ "10.0.0.0/33", "is no network" },
		{ "# good\n10.0.0.0/8\nten", "ten" },
		{ "10.0.0.0/8 tcp", "a line is a network" },
		{ "10.0.0.0/8 tcp 0 25 1", "a line is a network" },
		{ "10.0.0.0/8 tcp 0 65536", "65535" },
		{ "10.0.0.0/8 nothing 0 25", "nothing" },
		{ "10.0.0.0/8 0 0 25", "ports need a protocol" },
	};
	struct policy_entries l;
	char *long_line = malloc(400);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct error e = { 0 };

		assert_false(policy_entries_parse("oe", slice_str(rows[i][0]), &l, &e));
		if (!strstr(e.text, rows[i][1]))
			fail_msg("%s, not: %s", rows[i][1], e.text);
		assert_null(l.list);
		assert_int_equal(e.line, i == 1 ? 3 : 1);
		assert_string_equal(e.file, "oe");
	}
	{
		struct error e = { 0 };

		assert_non_null(long_line);
		memset(long_line, 'a', 399);
		assert_false(policy_entries_parse("oe", slice(long_line, 399), &l, &e));
		assert_false(policy_entries_parse("oe", slice("10.0.0.0/8\0x", 12), &l, &e));
		free(long_line);
	}
}

static void the_group_itself(void **state)
{
	struct conn_config c = group(), one;
	struct conn_def def;
	struct error e = { 0 };

	(void)state;
	assert_true(crypto_self_test(&e)); /* tells which algorithms there are */
	c.encrypt = true;
	c.authby = ALLOW_NULL;
	assert_true(conn_of_group(&c, NULL, &one));
	assert_string_equal(one.name, "oe");
	assert_string_equal(one.right.client, "0.0.0.0/0");
	if (!conn_def_resolve(&one, NULL, &def, &e))
		fail_msg("%s", e.text);
	assert_int_equal(def.right.host_kind, HOST_OPPORTUNISTIC);
	conn_def_free(&def);
	conn_config_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(bad),
		cmocka_unit_test(the_group_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
