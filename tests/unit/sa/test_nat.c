/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of NAT detection's hash (RFC 7296 2.23), of what follows from it (case 152), and of the
 * contents of MOBIKE's notifies (RFC 4555 4.2).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sa/mobike.h"
#include "sa/nat.h"

static int start_crypto(void **state)
{
	struct error e = { 0 };

	(void)state;
	return crypto_self_test(&e) ? 0 : -1;
}

static struct endpoint endpoint(const char *address, uint16_t port)
{
	struct endpoint e = { .port = port };

	assert_true(address_parse(address, &e.address));
	return e;
}

/* Computed by sha1sum over the 22 and 34 bytes. */
static void test_hash(void **state)
{
	static const uint8_t v4[] = { 0xd7, 0x98, 0xd9, 0x86, 0x14, 0x3f, 0x87, 0x8f, 0x70, 0x76,
				      0x5e, 0x0e, 0x86, 0x9c, 0x80, 0xbb, 0xc3, 0x75, 0xf7, 0x01 };
	static const uint8_t v6[] = { 0x56, 0xbb, 0x58, 0x41, 0x92, 0x82, 0xc9, 0x0e, 0x88, 0x75,
				      0x1c, 0x38, 0xd2, 0xe9, 0x4e, 0x6b, 0xe5, 0x60, 0x8d, 0xe0 };
	struct endpoint a = endpoint("192.0.2.1", 500), b = endpoint("fd00::1", 4500);
	uint8_t out[NAT_HASH_LEN];

	(void)state;
	assert_true(nat_hash(0x0102030405060708, 0x1112131415161718, &a, out));
	assert_memory_equal(out, v4, sizeof(v4));
	assert_true(nat_hash(0x0102030405060708, 0x1112131415161718, &b, out));
	assert_memory_equal(out, v6, sizeof(v6));
}

static struct conn_def def;
static struct connection conn = { .def = &def };

static struct ike_sa sa(uint32_t features, bool here, bool there, uint64_t policy)
{
	def.config.encapsulation = policy;
	return (struct ike_sa){ .connection = &conn,
				.peer_features = features,
				.nat_here = here,
				.nat_there = there,
				.natt = true,
				.local = endpoint("192.0.2.1", 4500),
				.remote = endpoint("192.0.2.2", 31000) };
}

static void edge_152_one_kind_is_none(void **state)
{
	static const uint32_t one[] = { 0, FEATURE_NAT_SOURCE, FEATURE_NAT_DESTINATION };
	const uint32_t both = FEATURE_NAT_SOURCE | FEATURE_NAT_DESTINATION;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(one); i++) {
		struct ike_sa ike = sa(one[i], true, true, ENCAP_YES);

		assert_false(nat_is_supported(&ike));
		assert_false(nat_is_detected(&ike));
		assert_false(nat_encapsulates(&ike));
		assert_int_equal(nat_child_path(&ike).src_port, 0);
	}
	for (unsigned n = 0; n < 4; n++) {
		struct ike_sa ike = sa(both, n & 1, n & 2, ENCAP_AUTO);
		struct kernel_path p = nat_child_path(&ike);

		assert_int_equal(nat_is_detected(&ike), n != 0);
		assert_int_equal(p.src_port, n ? 4500 : 0);
		assert_int_equal(p.dst_port, n ? 31000 : 0);
		ike = sa(both, n & 1, n & 2, ENCAP_NO);
		assert_false(nat_encapsulates(&ike));
		ike = sa(both, n & 1, n & 2, ENCAP_YES);
		assert_true(nat_encapsulates(&ike));
	}
}

static void test_addresses(void **state)
{
	static const uint8_t v4[] = { 192, 0, 2, 7 }, zero[4], v6[16] = { 0xfd, 0 };
	struct notify list[12] = {
		{ .type = N_ADDITIONAL_IP4_ADDRESS, .data = SLICE_OF(v4) },
		{ .type = N_ADDITIONAL_IP4_ADDRESS, .data = SLICE_OF(v6) },
		{ .type = N_ADDITIONAL_IP6_ADDRESS, .data = SLICE_OF(v6) },
		{ .type = N_ADDITIONAL_IP4_ADDRESS, .data = SLICE_OF(zero) },
	};
	struct message m = { .notifies = list, .notify_count = 4 };
	struct address out[MOBIKE_ADDRESSES_MAX];
	bool told;

	(void)state;
	assert_int_equal(mobike_addresses(&m, out, &told), 2);
	assert_true(told);
	assert_int_equal(out[0].family, FAMILY_IPV4);
	assert_int_equal(out[1].family, FAMILY_IPV6);
	for (size_t i = 0; i < 12; i++)
		list[i] = list[0];
	m.notify_count = 12;
	assert_int_equal(mobike_addresses(&m, out, &told), MOBIKE_ADDRESSES_MAX);
	m.notify_count = 0;
	assert_int_equal(mobike_addresses(&m, out, &told), 0);
	assert_false(told);
	list[0].type = N_NO_ADDITIONAL_ADDRESSES;
	m.notify_count = 1;
	assert_int_equal(mobike_addresses(&m, out, &told), 0);
	assert_true(told);
}

static void test_no_nats(void **state)
{
	static const uint8_t want[] = { 192, 0, 2, 1, 192, 0, 2, 2, 0x01, 0xf4, 0x11, 0x94 };
	struct endpoint a = endpoint("192.0.2.1", 500), b = endpoint("192.0.2.2", 4500);
	uint8_t out[36];

	(void)state;
	assert_int_equal(mobike_no_nats(&a, &b, out), sizeof(want));
	assert_memory_equal(out, want, sizeof(want));
	a = endpoint("fd00::1", 1);
	b = endpoint("fd00::2", 2);
	assert_int_equal(mobike_no_nats(&a, &b, out), 36);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash),
		cmocka_unit_test(edge_152_one_kind_is_none),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_no_nats),
	};

	return cmocka_run_group_tests(tests, start_crypto, NULL);
}
