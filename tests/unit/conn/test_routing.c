/* SPDX-License-Identifier: Apache-2.0 */
/* The routing table: what it leads to, what stands, and that doc/routing.md is its picture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conn/routing.h"

static void test_no_way_to_clear_but_unroute(void **state)
{
	struct conn_config config = { .type = CONN_TUNNEL };

	(void)state;
	for (int from = 0; from < ROUTING_STATES; from++)
		for (int event = 0; event < ROUTING_EVENTS; event++) {
			enum routing to =
				routing_next((enum routing)from, (enum routing_event)event);
			bool was_routed = routing_is_routed((enum routing)from);

			assert_true(to < ROUTING_STATES);
			if (was_routed && event != ROUTING_UNROUTE)
				assert_true(routing_is_routed(to));
			if (!was_routed && event != ROUTING_ROUTE && event != ROUTING_FORBID)
				assert_false(routing_is_routed(to));
			if (event == ROUTING_UNROUTE)
				assert_false(routing_is_routed(to));
			if (routing_is_routed(to) && to != ROUTING_NEVER)
				assert_int_equal(routing_shunt(to, &config), SHUNT_TRAP);
		}
}

static void test_shunts(void **state)
{
	struct conn_config config = { .type = CONN_TUNNEL,
				      .failure_shunt = FAILURE_PASS,
				      .negotiation_shunt = NEGOTIATION_PASS };

	(void)state;
	assert_int_equal(routing_shunt(ROUTING_FAILURE, &config), SHUNT_PASS);
	assert_int_equal(routing_shunt(ROUTING_NEGOTIATION, &config), SHUNT_PASS);
	assert_int_equal(routing_shunt(ROUTING_ONDEMAND, &config), SHUNT_TRAP);
	assert_int_equal(routing_shunt(ROUTING_TUNNEL, &config), SHUNT_TRAP);
	assert_int_equal(routing_shunt(ROUTING_UNROUTED, &config), SHUNT_NONE);
	config.failure_shunt = FAILURE_DROP;
	assert_int_equal(routing_shunt(ROUTING_FAILURE, &config), SHUNT_DROP);
	config.type = CONN_PASSTHROUGH;
	assert_int_equal(routing_shunt(ROUTING_NEVER, &config), SHUNT_PASS);
	config.type = CONN_REJECT;
	assert_int_equal(routing_shunt(ROUTING_NEVER, &config), SHUNT_DROP);
}

static void test_picture(void **state)
{
	static char now[8192], then[8192];
	struct text t = TEXT_OVER(now);
	size_t len;
	FILE *f;

	(void)state;
	routing_picture(&t);
	assert_false(t.cut);
	if (getenv("ROUTING_WRITE")) {
		f = fopen("doc/routing.md", "w");
		assert_non_null(f);
		fputs(now, f);
		fclose(f);
	}
	f = fopen("doc/routing.md", "r");
	if (!f)
		skip();
	len = fread(then, 1, sizeof(then) - 1, f);
	fclose(f);
	then[len] = 0;
	assert_string_equal(now, then);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_way_to_clear_but_unroute),
		cmocka_unit_test(test_shunts),
		cmocka_unit_test(test_picture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
