/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the texts of client and clientprotoport. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/lib/conf/client.h"

static void good_texts(void **state)
{
	static const char *const rows[][2] = {
		{ "10.1.0.0/24", "10.1.0.0/24" },
		{ "10.1.0.9", "10.1.0.9/32" },
		{ "fd00::/64", "fd00::/64" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "10.1.0.0/24,10.2.0.0/24", "10.1.0.0/24, 10.2.0.0/24" },
		{ " 10.1.0.0/24 , fd00::/64 ", "10.1.0.0/24, fd00::/64" },
		{ "10.0.0.1-10.0.0.9", "10.0.0.1-10.0.0.9" },
		{ "10.0.0.0-10.0.0.255/udp/53", "10.0.0.0/24/udp/53" },
		{ "10.1.0.0/24/tcp/443", "10.1.0.0/24/tcp/443" },
		{ "10.1.0.0/24/6", "10.1.0.0/24/tcp" },
		{ "10.1.0.9/tcp/1000-2000", "10.1.0.9/32/tcp/1000-2000" },
		{ "10.1.0.0/24/tcp/%any", "10.1.0.0/24/tcp" },
		{ "10.1.0.0/24/tcp/0", "10.1.0.0/24/tcp" },
		{ "10.1.0.0/24/tcp/%opaque", "10.1.0.0/24/tcp/opaque" },
		{ "10.1.0.0/24/icmp", "10.1.0.0/24/icmp" },
		{ "10.1.0.0/24/icmp/8", "10.1.0.0/24/icmp/8" },
		{ "10.1.0.0/24/icmp/8:0", "10.1.0.0/24/icmp/8:0" },
		{ "10.1.0.0/24/icmp/2048", "10.1.0.0/24/icmp/8:0" },
		{ "10.1.0.0/24/icmp/3:0-3:4", "10.1.0.0/24/icmp/3:0-3:4" },
		{ "10.1.0.0/24/icmp/8-11", "10.1.0.0/24/icmp/8-11" },
		{ "10.1.0.0/24/icmp/0:0-0:255", "10.1.0.0/24/icmp/0:0-0:255" },
		{ "fd00::1-fd00::5/ipv6-icmp/128", "fd00::1-fd00::5/ipv6-icmp/128" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct selectors l = { 0 }, again = { 0 };
		struct error e = { 0 };
		char buf[SELECTORS_TEXT_LEN];

		if (!client_parse(rows[i][0], &l, &e))
			fail_msg("%s: %s", rows[i][0], e.text);
		assert_string_equal(selectors_format(&l, buf, sizeof(buf)), rows[i][1]);
		/* what is shown can be written */
		assert_true(client_parse(buf, &again, &e) && selectors_eq(&l, &again));
		selectors_free(&l);
		selectors_free(&again);
	}
}

static void bad_texts(void **state)
{
	static const char *const rows[] = {
		"",
		",",
		"10.1.0.0/24,",
		",10.1.0.0/24",
		"10.1.0.1/24",
		"10.1.0.0/33",
		"10.1.0.0/",
		"10.1.0.0/24/",
		"10.1.0.0/24/tcp/",
		"10.1.0.0/24/tcp/x",
		"10.1.0.0/24/tcp/2000-1000",
		"10.1.0.0/24/tcp/1-2-3",
		"10.1.0.0/24/tcp/-",
		"10.1.0.0/24/icmp/256:0",
		"10.1.0.0/24/icmp/8:256",
		"10.1.0.0/24/icmp/:",
		"10.1.0.0/24/any/80",
		"10.0.0.9-10.0.0.1",
		"10.0.0.1-fd00::1",
		"10.0.0.1-",
		"-10.0.0.1",
		"west",
		"10.1.0.0/24 10.2.0.0/24",
	};
	char many[SELECTORS_MAX * 16 + 32] = "", *at = many;
	struct error e = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct selectors l = { 0 };

		if (client_parse(rows[i], &l, &e))
			fail_msg("%s was taken", rows[i]);
		selectors_free(&l);
	}
	for (int i = 0; i <= SELECTORS_MAX; i++)
		at += sprintf(at, "%s10.0.%d.0/24", i ? "," : "", i);
	{
		struct selectors l = { 0 };

		assert_false(client_parse(many, &l, &e));
		assert_non_null(strstr(e.text, "one too many"));
		selectors_free(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_texts),
		cmocka_unit_test(bad_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
