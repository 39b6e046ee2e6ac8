/* SPDX-License-Identifier: Apache-2.0 */
/* The journal: what is in memory is in the file, over a crash too, and odd lines are skipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include "kernel/journal.h"

static char path[] = "/tmp/test_journal.XXXXXX";

static struct journal *opened(void)
{
	struct error e = { 0 };
	struct journal *j = journal_open(path, &e);

	assert_non_null(j);
	assert_true(journal_load(j, &e));
	return j;
}

static struct journal_name state_name(uint32_t spi)
{
	struct journal_name n;

	memset(&n, 0, sizeof(n));
	n.kind = JOURNAL_STATE;
	n.spi = spi;
	assert_true(address_parse("192.0.2.2", &n.dst));
	return n;
}

static struct journal_name policy_name(uint32_t reqid)
{
	struct journal_name n;

	memset(&n, 0, sizeof(n));
	n.kind = JOURNAL_POLICY;
	n.dir = XFRM_POLICY_OUT;
	n.reqid = reqid;
	n.selector.family = AF_INET;
	n.selector.prefixlen_s = n.selector.prefixlen_d = 16;
	n.selector.saddr.a4 = inet_addr("10.1.0.0");
	n.selector.daddr.a4 = inet_addr("10.2.0.0");
	return n;
}

static void test_survives_a_crash(void **state)
{
	struct journal *j = opened();
	struct journal_name a = state_name(0x1001), b = state_name(0x1002), p = policy_name(16400);

	(void)state;
	assert_non_null(journal_add(j, &a));
	assert_non_null(journal_add(j, &b));
	assert_non_null(journal_add(j, &p));
	journal_remove(j, journal_find(j, &b));
	journal_close(j);
	j = opened();
	assert_non_null(journal_find(j, &a));
	assert_null(journal_find(j, &b));
	assert_non_null(journal_find(j, &p));
	journal_clear(j);
	assert_null(journal_first(j));
	journal_close(j);
	j = opened();
	assert_null(journal_first(j));
	journal_close(j);
}

static void test_the_same_twice_is_one(void **state)
{
	struct journal *j = opened();
	struct journal_name a = state_name(0x2001);
	struct journal_entry *first = journal_add(j, &a);

	(void)state;
	assert_ptr_equal(journal_add(j, &a), first);
	assert_ptr_equal(journal_first(j), first);
	assert_null(journal_next(j, first));
	journal_clear(j);
	journal_close(j);
}

static void test_two_owners_of_a_policy(void **state)
{
	struct journal *j = opened();
	struct journal_name a = policy_name(16400), b = policy_name(16404);
	struct journal_entry *other;

	(void)state;
	journal_add(j, &a);
	assert_null(journal_other_owner(j, &a));
	journal_add(j, &b);
	other = journal_other_owner(j, &a);
	assert_non_null(other);
	assert_int_equal(other->name.reqid, 16404);
	journal_clear(j);
	journal_close(j);
}

/* Each kind of thing, with all it is known by, comes back from the file as it was. */
static void test_every_kind_comes_back(void **state)
{
	struct journal_name names[6];
	struct journal *j = opened();

	(void)state;
	names[0] = state_name(0x1001);
	names[1] = names[0];
	names[1].proto = IPPROTO_COMP;
	names[2] = policy_name(16400);
	names[3] = names[2];
	names[3].if_id = 7;
	names[4] = names[2];
	names[4].mark = 0x10;
	names[4].mark_mask = 0xf0;
	memset(&names[5], 0, sizeof(names[5]));
	names[5].kind = JOURNAL_IFACE;
	strcpy(names[5].iface, "ipsec7");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_null(journal_find(j, &names[i]));
		assert_non_null(journal_add(j, &names[i]));
	}
	names[5].kind = JOURNAL_ADDRESS;
	names[5].dst = names[0].dst;
	names[5].prefix_bits = 24;
	assert_null(journal_find(j, &names[5]));
	assert_non_null(journal_add(j, &names[5]));
	assert_null(journal_other_owner(j, &names[2]));
	journal_close(j);
	j = opened();
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_non_null(journal_find(j, &names[i]));
	assert_int_equal(journal_find(j, &names[5])->name.prefix_bits, 24);
	names[5] = (struct journal_name){ .kind = JOURNAL_IFACE, .iface = "ipsec7" };
	assert_non_null(journal_find(j, &names[5]));
	journal_clear(j);
	journal_close(j);
}

static void test_odd_lines(void **state)
{
	struct journal_name a = state_name(0x3001);
	struct journal *j = opened();
	FILE *f;

	(void)state;
	journal_add(j, &a);
	journal_close(j);
	f = fopen(path, "ae");
	assert_non_null(f);
	fputs("nonsense\n+ state\n- state 192.0.2.2\n+ policy out 10.1.0.0/99 10.2.0.0/16 1\n\n+ st",
	      f);
	fclose(f);
	j = opened();
	assert_non_null(journal_find(j, &a));
	assert_null(journal_next(j, journal_first(j)));
	journal_clear(j);
	journal_close(j);
}

static int make(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int drop(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_survives_a_crash),
		cmocka_unit_test(test_the_same_twice_is_one),
		cmocka_unit_test(test_two_owners_of_a_policy),
		cmocka_unit_test(test_every_kind_comes_back),
		cmocka_unit_test(test_odd_lines),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
