/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conn_def_resolve: what a good definition becomes, and each rule broken once. A case is the
 * options of whack that are put on top of a plain good connection, left ones first.
 */
#include "conf/keywords.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define OPTIONS 4

struct option {
	const char *name;
	const char *text; /* NULL: without a value */
	bool right;
};

struct row {
	struct option options[OPTIONS];
	const char *part; /* of the error */
};

static void set(struct conn_config *c, const struct option *o)
{
	const struct keyword *k = keyword_by_whack(o->name);
	struct error e = { 0 };

	assert_non_null(k);
	if (!keyword_set(k, c, o->right, o->text, &e))
		fail_msg("%s", e.text);
}

static void make(struct conn_config *c, const struct option options[OPTIONS])
{
	static const struct option plain[] = {
		{ "host", "192.0.2.1", false },
		{ "host", "192.0.2.2", true },
		{ "psk", NULL, false },
		{ "encrypt", NULL, false },
	};

	conn_config_init(c);
	c->name = strdup("west");
	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		set(c, &plain[i]);
	for (size_t i = 0; options && i < OPTIONS && options[i].name; i++)
		set(c, &options[i]);
}

static void resolve(struct conn_def *d, const struct option options[OPTIONS])
{
	struct conn_config c;
	struct error e = { 0 };

	make(&c, options);
	if (!conn_def_resolve(&c, NULL, d, &e))
		fail_msg("%s", e.text);
	assert_null(c.name);
	assert_null(c.left.host);
	conn_config_free(&c);
}

static void refuse(struct conn_config *c, const char *part)
{
	struct conn_def d;
	struct conn_def empty = { 0 };
	struct error e = { 0 };

	assert_false(conn_def_resolve(c, NULL, &d, &e));
	if (!strstr(e.text, part))
		fail_msg("%s, not: %s", part, e.text);
	assert_memory_equal(&d, &empty, sizeof(d));
	conn_config_free(c);
}

static void test_plain(void **state)
{
	struct conn_def d;
	char text[SELECTOR_TEXT_LEN];

	(void)state;
	resolve(&d, NULL);
	assert_string_equal(d.config.name, "west");
	assert_true(d.left.client_is_host && d.right.client_is_host);
	assert_string_equal(selector_format(d.right.clients.items, text, sizeof(text)),
			    "192.0.2.2/32");
	assert_int_equal(d.left.id.type, ID_IPV4_ADDR);
	assert_int_equal(d.left.ikeport, 500);
	assert_int_equal(d.left.nexthop.family, FAMILY_NONE);
	assert_null(d.left.updown);
	assert_int_equal(d.ike->count, 2);
	assert_int_equal(d.esp->count, 2);
	assert_int_equal(d.esp->list[0].counts[TRANSFORM_ESN], 2);
	assert_int_equal(d.esp->list[0].choices[TRANSFORM_ESN][0].alg->id, ESN_YES);
	assert_int_equal(d.esp->list[1].choices[TRANSFORM_ESN][1].alg->id, ESN_NO);
	assert_int_equal(d.ike->list[0].counts[TRANSFORM_ESN], 0);
	conn_def_free(&d);
}

static void test_full(void **state)
{
	static const struct option options[][OPTIONS] = {
		{ { "client", "10.1.0.0/24", false },
		  { "client", "10.2.0.0/16", true },
		  { "clientprotoport", "tcp/443", false },
		  { "clientprotoport", "6/%any", true } },
		{ { "id", "@west.example", false },
		  { "srcip", "10.1.0.9", false },
		  { "client", "10.1.0.0/24", false },
		  { "updown", "", false } },
		{ { "host", "%any", true },
		  { "ikeport", "4500", true },
		  { "nexthop", "192.0.2.9", false },
		  { "id", "%any", true } },
	};
	struct conn_def d;
	char text[SELECTOR_TEXT_LEN];

	(void)state;
	resolve(&d, options[0]);
	assert_false(d.left.client_is_host);
	assert_string_equal(selector_format(d.left.clients.items, text, sizeof(text)),
			    "10.1.0.0/24/tcp/443");
	assert_string_equal(selector_format(d.right.clients.items, text, sizeof(text)),
			    "10.2.0.0/16/tcp");
	conn_def_free(&d);
	resolve(&d, options[1]);
	assert_int_equal(d.left.id.type, ID_FQDN);
	assert_int_equal(d.left.srcip.family, FAMILY_IPV4);
	assert_string_equal(d.left.updown, "");
	conn_def_free(&d);
	resolve(&d, options[2]);
	assert_int_equal(d.right.host.family, FAMILY_NONE);
	assert_int_equal(d.right.id.type, ID_NONE);
	assert_int_equal(d.right.ikeport, 4500);
	assert_int_equal(d.left.nexthop.family, FAMILY_IPV4);
	conn_def_free(&d);
	conn_def_free(&d);
}

static void test_config(void **state)
{
	static const struct option options[][OPTIONS] = {
		{ { "srcip", "%config", false },
		  { "client", "10.2.0.0/24,fd00:2::/64", true },
		  { "clientprotoport", "tcp/443", true },
		  { "clientprotoport", "tcp", false } },
		{ { "addresspool", "10.9.0.0/24,fd00:9::5-fd00:9::9", true },
		  { "client", "0.0.0.0/0,::/0", false },
		  { "modecfgdns1", "10.2.0.53", false },
		  { "modecfgdns", "fd00::53 10.2.0.54", false } },
		{ { "modecfgclient", NULL, false }, { "client", "10.1.0.0/24", false } },
	};
	struct conn_def d;
	char text[SELECTORS_TEXT_LEN];

	(void)state;
	resolve(&d, options[0]);
	assert_true(d.left.wants_config && d.left.client_is_config && !d.right.wants_config);
	assert_string_equal(selectors_format(&d.left.clients, text, sizeof(text)),
			    "0.0.0.0/0/tcp, ::/0/tcp");
	conn_def_free(&d);
	resolve(&d, options[1]);
	assert_string_equal(selectors_format(&d.right.clients, text, sizeof(text)),
			    "10.9.0.0/24, fd00:9::5-fd00:9::9");
	assert_int_equal(d.right.pools.count, 2);
	assert_int_equal(d.push->dns_count, 3);
	conn_def_free(&d);
	resolve(&d, options[2]);
	assert_true(d.left.wants_config && !d.left.client_is_config);
	conn_def_free(&d);
}

static void test_good(void **state)
{
	static const struct option rows[][OPTIONS] = {
		{ { "transport", NULL, false }, { "client", "192.0.2.1/32", false } },
		{ { "transport", NULL, false },
		  { "clientprotoport", "udp/l2tp", false },
		  { "clientprotoport", "17/%any", true } },
		{ { "host", "%any", true } },
		{ { "host", "0.0.0.0", true } },
		{ { "host", "192.0.2.2, 192.0.2.3 ,gw.example", true } },
		{ { "client", "fd00:1::/64", false },
		  { "client", "fd00:2::/64", true },
		  { "tunnelipv6", NULL, false },
		  { "ipv4", NULL, false } },
		{ { "nexthop", "%direct", false }, { "nexthop", "0.0.0.0", true } },
		{ { "ikelifetime", "60s", false }, { "dontrekey", NULL, false } },
		{ { "ikelifetime", "60s", false }, { "rekeymargin", "20s", false } },
		{ { "client", "0.0.0.0/0", true }, { "srcip", "192.0.2.1", false } },
		{ { "host", "192.0.2.1", true }, { "ikeport", "5500", true } },
		{ { "esp", "aes_gcm256;dh19", false },
		  { "ike", "aes256-sha2_256;modp2048", false } },
	};
	struct conn_def d;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		resolve(&d, rows[i]);
		conn_def_free(&d);
	}
}

static void test_bad(void **state)
{
	static const struct row rows[] = {
		{ { { "cert", "west.pem", false } }, "--cert does not go with --psk alone" },
		{ { { "pubkey", "0sAAAA", true } }, "right --pubkey is wrong" },
		{ { { "pubkey", "%dnsondemand", true } }, "right --pubkey" },
		{ { { "ca", "nobody", true } }, "right --ca \"nobody\" is no name" },
		{ { { "encrypt", "no", false } }, "--encrypt is missing" },
		{ { { "host", "gw example", true } }, "right --host \"gw example\" is neither" },
		{ { { "host", "", false } }, "left --host" },
		{ { { "host", ",", true } }, "right --host \",\" names no host" },
		{ { { "host", "192.0.2.3,gw example", true } },
		  "right --host \"gw example\" is neither" },
		{ { { "host", "192.0.2.3,%any", true } }, "a list holds no other" },
		{ { { "host", "192.0.2.3,0.0.0.0", true } }, "stands in a list" },
		{ { { "host", "192.0.2.3, 2001:db8::1", true } },
		  "right --host holds both families" },
		{ { { "host", "%direct", false } }, "left --host" },
		{ { { "host", "%opportunistic", false }, { "host", "%any", true } },
		  "%any on both ends" },
		{ { { "host", "%any", false }, { "host", "%any", true } }, "%any on both ends" },
		{ { { "host", "2001:db8::1", true } }, "right --host is IPv6" },
		{ { { "host", "192.0.2.1", true } }, "same on both ends" },
		{ { { "ipv6", NULL, false } }, "--ipv6 does not go" },
		{ { { "tunnelipv6", NULL, false } }, "--tunnelipv6 does not go" },
		{ { { "id", "C=", false } }, "left --id: " },
		{ { { "client", "10.1.0.1/24", false } }, "without host bits" },
		{ { { "client", "10.1.0.0/33", true } }, "right --client" },
		{ { { "client", "fd00::/64", true } }, "right IPv6" },
		{ { { "client", "10.1.0.0/24", true }, { "transport", NULL, false } },
		  "--transport" },
		{ { { "clientprotoport", "tcp/frob", false } }, "bad port" },
		{ { { "clientprotoport", "6/65536", false } }, "bad port" },
		{ { { "clientprotoport", "6/", false } }, "bad port" },
		{ { { "clientprotoport", "256/1", false } }, "no protocol" },
		{ { { "clientprotoport", "/1", false } }, "no protocol" },
		{ { { "clientprotoport", "a-protocol-with-a-very-long-name/1", false } },
		  "no protocol" },
		{ { { "clientprotoport", "0/500", false } }, "port without a protocol" },
		{ { { "clientprotoport", "17/1701", false } },
		  "protocol 17 on left and 0 on right" },
		{ { { "client", "fd00:1::/64", false },
		    { "client", "fd00:2::/64", true },
		    { "clientprotoport", "icmp", false } },
		  "use ipv6-icmp" },
		{ { { "nexthop", "fe80::1", false } }, "not of the family" },
		{ { { "nexthop", "gw", false } }, "left --nexthop" },
		{ { { "srcip", "10.9.9.9", false } }, "outside the client" },
		{ { { "srcip", "%config", false }, { "modecfgclient", NULL, true } },
		  "both ends want" },
		{ { { "modecfgclient", NULL, false }, { "modecfgserver", NULL, false } },
		  "each goes on its own" },
		{ { { "modecfgclient", NULL, false }, { "transport", NULL, false } },
		  "--transport has no place" },
		{ { { "addresspool", "10.9.0.0/24", true }, { "client", "10.2.0.0/24", true } },
		  "right --addresspool does not go with --client" },
		{ { { "addresspool", "10.9.0.1/24", true } }, "right --addresspool" },
		{ { { "addresspool", "10.9.0.0/24/tcp", true } }, "addresses only" },
		{ { { "modecfgdns", "10.2.0.53,ns", false } }, "what is no address" },
		{ { { "modecfgdns",
		      "1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7 "
		      "1.1.1.8 1.1.1.9",
		      false } },
		  "at most 8" },
		{ { { "ikelifetime", "60s", false } }, "below 30s" },
		{ { { "ipsec-lifetime", "18m", false } }, "--ipsec-lifetime (18m)" },
		{ { { "retransmit-timeout", "1s", false }, { "retransmit-interval", "1s", false } },
		  "--retransmit-interval" },
		{ { { "ike", "aes257-sha3", false } }, "ike: \"aes257\"" },
		{ { { "esp", "aes256-none", false } }, "esp: " },
		{ { { "pfs", "no", false }, { "esp", "aes256;dh14", false } }, "add --pfs" },
		{ { { "esn", "yes", false }, { "replay-window", "0", false } }, "--esn needs" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct conn_config c;

		make(&c, rows[i].options);
		refuse(&c, rows[i].part);
	}
}

static void test_bad_names(void **state)
{
	static const char *const names[] = { "", "a b", "a\n", "\303\244" };
	struct conn_config c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		make(&c, NULL);
		free(c.name);
		c.name = strdup(names[i]);
		refuse(&c, "--name");
	}
	make(&c, NULL);
	free(c.name);
	c.name = NULL;
	refuse(&c, "--name is missing");
	make(&c, NULL);
	free(c.name);
	c.name = calloc(1, CONN_NAME_LEN + 1);
	memset(c.name, 'a', CONN_NAME_LEN);
	refuse(&c, "too long");
}

static void test_missing_host(void **state)
{
	struct conn_config c;

	(void)state;
	make(&c, NULL);
	free(c.right.host);
	c.right.host = NULL;
	refuse(&c, "right --host is missing");
}

static void check_esn(const char *option, const char *text, const char *window, uint8_t count,
		      uint16_t first)
{
	struct option options[OPTIONS] = { { option, text, false },
					   { "replay-window", window, false } };
	struct conn_def d;

	resolve(&d, options);
	for (uint8_t i = 0; i < d.esp->count; i++) {
		assert_int_equal(d.esp->list[i].counts[TRANSFORM_ESN], count);
		assert_int_equal(d.esp->list[i].choices[TRANSFORM_ESN][0].alg->id, first);
	}
	conn_def_free(&d);
}

static void test_esn(void **state)
{
	(void)state;
	check_esn("esn", NULL, "128", 1, ESN_YES);
	check_esn("esn", "either", "128", 2, ESN_YES);
	check_esn("no-esn", NULL, "128", 1, ESN_NO);
	check_esn("esn", "either", "0", 1, ESN_NO);
}

static void test_config_eq(void **state)
{
	static const struct option changes[] = {
		{ "client", "10.0.0.0/8", false }, { "client", "10.0.0.0/8", true },
		{ "host", "192.0.2.9", true },     { "pfs", "no", false },
		{ "transport", NULL, false },      { "ikeport", "501", true },
		{ "dontrekey", NULL, false },      { "ipv4", NULL, false },
	};
	struct conn_config a;
	struct conn_config b;

	(void)state;
	make(&a, NULL);
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		make(&b, NULL);
		assert_true(conn_config_eq(&a, &b));
		set(&b, &changes[i]);
		assert_false(conn_config_eq(&a, &b));
		assert_false(conn_config_eq(&b, &a));
		conn_config_free(&b);
	}
	make(&b, NULL);
	b.name[0] = 'e';
	assert_false(conn_config_eq(&a, &b));
	conn_config_free(&a);
	conn_config_free(&b);
}

/* What a mark is written as, and what it is then. */
static void test_marks(void **state)
{
	static const struct {
		const char *text;
		uint32_t value, mask;
		bool is_own;
	} rows[] = {
		{ "5", 5, UINT32_MAX, false }, { "0x10/0xf0", 0x10, 0xf0, false },
		{ "-1", 0, UINT32_MAX, true }, { "-1/0xffff", 0, 0xffff, true },
		{ "0", 0, UINT32_MAX, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct option options[OPTIONS] = { { "conn-mark", rows[i].text, false } };
		struct conn_def d;

		resolve(&d, options);
		assert_int_equal(d.mark_in.value, rows[i].value);
		assert_int_equal(d.mark_in.mask, rows[i].mask);
		assert_int_equal(d.mark_in.is_own, rows[i].is_own);
		assert_memory_equal(&d.mark_out, &d.mark_in, sizeof(d.mark_in));
		conn_def_free(&d);
	}
}

static void test_interfaces(void **state)
{
	static const struct {
		const char *text, *name;
		uint32_t if_id;
	} rows[] = {
		{ "no", "", 0 },
		{ "yes", "ipsec1", 1 },
		{ "7", "ipsec7", 7 },
		{ "0", "ipsec0", 16384 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct option options[OPTIONS] = { { "ipsec-interface", rows[i].text,
							   false } };
		struct conn_def d;

		resolve(&d, options);
		assert_string_equal(d.iface, rows[i].name);
		assert_int_equal(d.if_id, rows[i].if_id);
		conn_def_free(&d);
	}
}

static void test_interface_addresses(void **state)
{
	static const struct option options[OPTIONS] = {
		{ "ipsec-interface", "yes", false },
		{ "interface-ip", "10.9.0.1/24", false },
		{ "interface-ip", "fd00::1", true },
	};
	struct conn_def d;
	char buf[SUBNET_TEXT_LEN];

	(void)state;
	resolve(&d, options);
	assert_string_equal(subnet_format(&d.left.interface_ip, buf, sizeof(buf)), "10.9.0.1/24");
	assert_string_equal(subnet_format(&d.right.interface_ip, buf, sizeof(buf)), "fd00::1/128");
	conn_def_free(&d);
}

static void test_bad_kernel_sides(void **state)
{
	static const struct row rows[] = {
		{ { { "ipsec-interface", "eth0", false } }, "N of ipsecN" },
		{ { { "ipsec-interface", "16384", false } }, "N of ipsecN" },
		{ { { "ipsec-interface", "yes", false }, { "transport", NULL, false } },
		  "carries tunnels only" },
		{ { { "interface-ip", "10.9.0.1/24", false } }, "give it too" },
		{ { { "ipsec-interface", "1", false }, { "interface-ip", "10.9.0.1/33", false } },
		  "left --interface-ip: the prefix" },
		{ { { "ipsec-interface", "1", false }, { "interface-ip", "ten", true } },
		  "right --interface-ip: give an address" },
		{ { { "vti", "10.9.0.1/24", false } }, "--vti-interface: give it too" },
		{ { { "vti-interface", "vti0", false } }, "give --conn-mark" },
		{ { { "vti-interface", "vti0", false }, { "conn-mark-in", "5", false } },
		  "give --conn-mark" },
		{ { { "vti-interface", "v;reboot", false }, { "conn-mark", "5", false } },
		  "no name of an interface" },
		{ { { "vti-interface", "sixteen-letters-", false }, { "conn-mark", "5", false } },
		  "no name of an interface" },
		{ { { "vti-interface", "vti0", false },
		    { "conn-mark", "5", false },
		    { "ipsec-interface", "1", false } },
		  "do the same" },
		{ { { "conn-mark", "x", false } }, "give VALUE" },
		{ { { "conn-mark", "5/0", false } }, "give VALUE" },
		{ { { "conn-mark", "5/2", false } }, "within the mask" },
		{ { { "conn-mark", "-2", false } }, "give VALUE" },
		{ { { "conn-mark", "5/", false } }, "give VALUE" },
		{ { { "conn-mark", "0x100000000", false } }, "give VALUE" },
		{ { { "conn-mark", "5", false }, { "conn-mark-in", "6", false } },
		  "one or the others" },
		{ { { "compress", NULL, false }, { "tfc", "900", false } }, "undoes what --tfc" },
		{ { { "compress", NULL, false }, { "decap-dscp", NULL, false } }, "--decap-dscp" },
		{ { { "iptfs", NULL, false }, { "transport", NULL, false } }, "tunnels of ESP" },
		{ { { "iptfs", NULL, false }, { "authenticate", NULL, false } }, "tunnels of ESP" },
		{ { { "iptfs", NULL, false }, { "compress", NULL, false } }, "does not go with" },
		{ { { "iptfs", NULL, false }, { "tfc", "900", false } }, "does not go with" },
		{ { { "compress", NULL, false }, { "nic-offload", "crypto", false } }, "no card" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct conn_config c;

		make(&c, rows[i].options);
		refuse(&c, rows[i].part);
	}
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
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_bad_names),
		cmocka_unit_test(test_missing_host),
		cmocka_unit_test(test_esn),
		cmocka_unit_test(test_config_eq),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_interfaces),
		cmocka_unit_test(test_interface_addresses),
		cmocka_unit_test(test_bad_kernel_sides),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
