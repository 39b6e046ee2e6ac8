/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of --subnets: how many connections, their names and networks, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/expand.h"

static void set(char **member, const char *text)
{
	*member = text ? strdup(text) : NULL;
}

static struct conn_config config_of(const char *left, const char *left_client, const char *right,
				    const char *right_client)
{
	struct conn_config c;

	conn_config_init(&c);
	set(&c.name, "net");
	set(&c.left.subnets, left);
	set(&c.left.client, left_client);
	set(&c.right.subnets, right);
	set(&c.right.client, right_client);
	return c;
}

/* Names and networks of all, "name left right" apart by semicolons. */
static void check(struct conn_config c, const char *expected)
{
	struct conn_expansion x;
	struct error e = { 0 };
	char all[400] = "";
	struct text t = TEXT_OVER(all);

	assert_true(conn_expansion_of(&c, &x, &e));
	for (size_t n = 0; n < conn_expansion_count(&x); n++) {
		struct conn_config one;

		assert_true(conn_expand(&c, &x, n, &one));
		text_add(&t, "%s%s %s %s", n ? ";" : "", one.name,
			 one.left.client ? one.left.client : "-",
			 one.right.client ? one.right.client : "-");
		assert_null(one.left.subnets);
		if (conn_is_expanded(&c))
			assert_string_equal(one.base, "net");
		else
			assert_true(conn_config_eq(&one, &c));
		conn_config_free(&one);
	}
	assert_string_equal(all, expected);
	conn_config_free(&c);
}

static void pairs(void **state)
{
	(void)state;
	check(config_of(NULL, NULL, NULL, NULL), "net - -");
	check(config_of(NULL, "a", NULL, "b"), "net a b");
	check(config_of("a,b", NULL, "{c d}", NULL),
	      "net/1x1 a c;net/1x2 a d;net/2x1 b c;net/2x2 b d");
	check(config_of(NULL, "a", " c  ,d ", NULL), "net/0x1 a c;net/0x2 a d");
	check(config_of(NULL, NULL, "c", "b"), "net/1x0 - b;net/1x1 - c");
	check(config_of("a b", "z", NULL, NULL), "net/0x1 z -;net/1x1 a -;net/2x1 b -");
}

static void refused(void **state)
{
	struct conn_config c = config_of(NULL, NULL, " , ", NULL);
	struct conn_expansion x;
	struct error e = { 0 };
	char *long_list = malloc(2 * 4100 + 1);

	(void)state;
	assert_false(conn_expansion_of(&c, &x, &e));
	assert_non_null(strstr(e.text, "right --subnets names no network"));
	conn_config_free(&c);

	assert_non_null(long_list);
	for (size_t i = 0; i < 4100; i++)
		memcpy(long_list + 2 * i, "a,", 3);
	c = config_of(long_list, NULL, NULL, NULL);
	assert_false(conn_expansion_of(&c, &x, &e));
	conn_config_free(&c);
	long_list[2 * 100] = 0;
	c = config_of(long_list, NULL, long_list, NULL);
	assert_false(conn_expansion_of(&c, &x, &e));
	assert_non_null(strstr(e.text, "10000 connections"));
	conn_config_free(&c);
	free(long_list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
