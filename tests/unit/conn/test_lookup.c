/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the look-ups by addresses, proposals and identity, and of groups by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conn/connection.h"
#include "crypto/algs.h"

static struct connections set;
static struct address ours;

static struct address address(const char *text)
{
	struct address a;

	assert_true(address_parse(text, &a));
	return a;
}

static struct connection *add(const char *name, const char *peer, const char *peer_id,
			      const char *ike, const char *alias)
{
	struct conn_def *def = calloc(1, sizeof(*def));
	struct conn_config c;
	struct connection *conn;
	struct error e = { 0 };

	conn_config_init(&c);
	c.name = strdup(name);
	c.left.host = strdup("192.0.2.1");
	c.right.host = strdup(peer);
	c.right.id = peer_id ? strdup(peer_id) : NULL;
	c.ike = ike ? strdup(ike) : NULL;
	c.connalias = alias ? strdup(alias) : NULL;
	c.encrypt = true;
	c.authby = ALLOW_PSK;
	if (!def || !conn_def_resolve(&c, &set.proposals, def, &e))
		fail_msg("%s", e.text);
	conn = connection_add(&set, def);
	assert_non_null(conn);
	connection_orient(conn, &ours, 1);
	return conn;
}

/* The names of a walk, apart by spaces. */
static const char *walk(const char *remote, const char *id_text)
{
	static char names[400];
	struct text t = TEXT_OVER(names);
	struct identity id = { 0 };
	struct address a = address(remote);
	struct connection_walk w;
	struct connection *conn;
	struct error e;

	names[0] = '\0';
	assert_true(!id_text || identity_parse(id_text, &id, &e));
	w = connection_walk(&set, &ours, &a, id_text ? &id : NULL);
	while ((conn = connection_walk_next(&w)))
		text_add(&t, "%s%s", t.len ? " " : "", conn->def->config.name);
	identity_free(&id);
	return names;
}

static void test_order(void **state)
{
	(void)state;
	add("any", "%any", "%any", NULL, NULL);
	add("named-any", "%any", "@peer", NULL, NULL);
	add("there", "192.0.2.2", "%any", NULL, NULL);
	add("named", "192.0.2.2", "@peer", NULL, NULL);
	add("other", "192.0.2.2", "@other", NULL, NULL);
	/* the address before %any, the identity before a pattern */
	assert_string_equal(walk("192.0.2.2", "@peer"), "named there named-any any");
	assert_string_equal(walk("192.0.2.2", "@nobody"), "there any");
	assert_string_equal(walk("192.0.2.9", "@peer"), "named-any any");
	assert_string_equal(walk("192.0.2.9", "@other"), "any");
}

static void test_offers(void **state)
{
	(void)state;
	add("one", "192.0.2.2", "@a", "aes256-sha2_256-dh31", NULL);
	add("same", "192.0.2.2", "@b", "aes256-sha2_256-dh31", NULL);
	add("two", "192.0.2.2", "@c", "aes128-sha2_256-dh31", NULL);
	add("three", "%any", "@d", "aes256-sha2_256-dh31", NULL);
	/* IKE_SA_INIT: one for each different ike=, by address */
	assert_string_equal(walk("192.0.2.2", NULL), "one two three");
	assert_string_equal(walk("192.0.2.3", NULL), "three");
	connection_remove(&set, connection_find(&set, "one"));
	assert_string_equal(walk("192.0.2.2", NULL), "same two three");
	connection_hide(connection_find(&set, "two"));
	assert_string_equal(walk("192.0.2.2", NULL), "same three");
	assert_null(connection_find(&set, "two"));
}

static void test_several_addresses(void **state)
{
	struct connection *conn = add("gws", "192.0.2.2,192.0.2.3", "@gw", NULL, NULL);
	struct address list[2] = { address("192.0.2.4"), address("192.0.2.3") }, next;

	(void)state;
	assert_string_equal(walk("192.0.2.2", "@gw"), "gws");
	assert_string_equal(walk("192.0.2.3", "@gw"), "gws");
	assert_string_equal(walk("192.0.2.4", "@gw"), "");
	assert_true(connection_next_host(conn, &next) && address_eq(&next, &list[1]));
	/* a name that is looked up anew: who is used stays while it is there */
	assert_true(connection_set_hosts(conn, true, list, 2, &conn->peer->nexthop));
	connection_orient(conn, &ours, 1);
	assert_true(address_eq(&conn->peer->host, &list[0]));
	assert_string_equal(walk("192.0.2.4", "@gw"), "gws");
	assert_string_equal(walk("192.0.2.2", "@gw"), "");
	list[0] = address("192.0.2.5");
	list[1] = address("192.0.2.4");
	assert_false(connection_set_hosts(conn, true, list, 2, &conn->peer->nexthop));
	assert_true(address_eq(&conn->peer->host, &list[1]));
	assert_string_equal(walk("192.0.2.5", "@gw"), "gws");
	/* our address has gone: nobody is found */
	connection_orient(conn, NULL, 0);
	assert_string_equal(walk("192.0.2.5", "@gw"), "");
}

static void test_groups(void **state)
{
	const struct conn_group *g;
	struct connection *a = add("a", "192.0.2.2", NULL, NULL, "all, some");
	struct connection *b = add("b", "192.0.2.3", NULL, NULL, "all all");

	(void)state;
	g = connections_group(&set, "all");
	assert_non_null(g);
	assert_ptr_equal(conn_group_at(g, NULL), a);
	assert_ptr_equal(conn_group_at(g, a), b);
	assert_null(conn_group_at(g, b));
	assert_non_null(connections_group(&set, "some"));
	assert_null(connections_group(&set, "a"));
	connection_hide(a);
	assert_null(connections_group(&set, "some"));
	assert_ptr_equal(conn_group_at(connections_group(&set, "all"), NULL), b);
	connection_remove(&set, b);
	assert_null(connections_group(&set, "all"));
}

static struct connection *of_packet(const char *local, const char *remote)
{
	struct address l = address(local), r = address(remote);
	struct selector a = selector_all(FAMILY_IPV4), b = a;

	a.range = (struct range){ l, l };
	b.range = (struct range){ r, r };
	return connection_of_packet(&set, &a, &b);
}

/* Oriented or not, by what it is for, as long as it is in sight. */
static void test_packets(void **state)
{
	struct connection *a = add("a", "192.0.2.2", NULL, NULL, NULL);
	struct connection *b = add("b", "192.0.2.2", "@b", NULL, NULL);
	struct address other = address("192.0.2.7"), moved = address("192.0.2.9");

	(void)state;
	assert_ptr_equal(of_packet("192.0.2.1", "192.0.2.2"), a);
	assert_null(of_packet("192.0.2.2", "192.0.2.1"));
	connection_orient(a, NULL, 0);
	assert_ptr_equal(of_packet("192.0.2.1", "192.0.2.2"), a);
	connection_hide(a);
	assert_ptr_equal(of_packet("192.0.2.1", "192.0.2.2"), b);
	assert_true(connection_set_hosts(b, true, &moved, 1, &other));
	connection_orient(b, &ours, 1);
	assert_null(of_packet("192.0.2.1", "192.0.2.2"));
	assert_ptr_equal(of_packet("192.0.2.1", "192.0.2.9"), b);
	connection_remove(&set, b);
	assert_null(of_packet("192.0.2.1", "192.0.2.9"));
}

static int start(void **state)
{
	struct error e = { 0 };

	(void)state;
	ours = address("192.0.2.1");
	return crypto_self_test(&e) && connections_init(&set) ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	connections_fini(&set);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, start, stop),
		cmocka_unit_test_setup_teardown(test_offers, start, stop),
		cmocka_unit_test_setup_teardown(test_several_addresses, start, stop),
		cmocka_unit_test_setup_teardown(test_groups, start, stop),
		cmocka_unit_test_setup_teardown(test_packets, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
