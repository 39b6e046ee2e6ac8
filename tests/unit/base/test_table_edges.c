/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/table: the keyed hash table. It grows to 100000 entries in steps that are counted, with
 * look-ups, walks and removals in the middle of every growth. The SipHash-1-3 values are of the
 * key 00 to 0f and the messages 00, 00 01, ... as in the reference for 2-4; they come from another
 * implementation, which gives the published values of 2-4 and the hashes of CPython.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "prng.h"

#define ENTRIES 100000

struct entry {
	struct table_node node;
	uint64_t key;
	bool present;
};

static const uint8_t key[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static const uint64_t siphash_values[64] = {
	0xabac0158050fc4dc, 0xc9f49bf37d57ca93, 0x82cb9b024dc7d44d, 0x8bf80ab8e7ddf7fb,
	0xcf75576088d38328, 0xdef9d52f49533b67, 0xc50d2b50c59f22a7, 0xd3927d989bb11140,
	0x369095118d299a8e, 0x25a48eb36c063de4, 0x79de85ee92ff097f, 0x70c118c1f94dc352,
	0x78a384b157b4d9a2, 0x306f760c1229ffa7, 0x605aa111c0f95d34, 0xd320d86d2a519956,
	0xcc4fdd1a7d908b66, 0x9cf2689063dbd80c, 0x8ffc389cb473e63e, 0xf21f9de58d297d1c,
	0xc0dc2f46a6cce040, 0xb992abfe2b45f844, 0x7ffe7b9ba320872e, 0x525a0e7fdae6c123,
	0xf464aeb267349c8c, 0x45cd5928705b0979, 0x3a3e35e3ca9913a5, 0xa91dc74e4ade3b35,
	0xfb0bed02ef6cd00d, 0x88d93cb44ab1e1f4, 0x540f11d643c5e663, 0x2370dd1f8c21d1bc,
	0x81157b6c16a7b60d, 0x4d54b9e57a8ff9bf, 0x759f12781f2a753e, 0xcea1a3bebf186b91,
	0x2cf508d3ada26206, 0xb6101c2da3c33057, 0xb3f47496ae3a36a1, 0x626b57547b108392,
	0xc1d2363299e41531, 0x667cc1923f1ad944, 0x65704ffec8138825, 0x24f280d1c28949a6,
	0xc2ca1cedfaf8876b, 0xc2164bfc9f042196, 0xa16e9c9368b1d623, 0x49fb169c8b5114fd,
	0x9f3143f8df074c46, 0xc6fdaf2412cc86b3, 0x7eaf49d10a52098f, 0x1cf313559d292f9a,
	0xc44a30dda2f41f12, 0x36fae98943a71ed0, 0x318fb34c73f0bce6, 0xa27abf3670a7e980,
	0xb4bcc0db243c6d75, 0x23f8d852fdb71513, 0x8f035f4da67d8a08, 0xd89cd0e5b7e8f148,
	0xf6f4e6bcf7a644ee, 0xaec59ad80f1837f2, 0xc3b2f6154b6694e0, 0x9d199062b7bbb3a8,
};

static void siphash_reference(void **state)
{
	static const uint8_t zero_key[16];
	uint8_t message[64];

	(void)state;
	for (size_t len = 0; len < sizeof(message); len++) {
		message[len] = (uint8_t)len;
		assert_true(siphash13(key, slice(message, len)) == siphash_values[len]);
	}
	assert_true(siphash13(zero_key, SLICE_EMPTY) == 0xd1fba762150c532c);
}

static void siphash_depends_on_the_key(void **state)
{
	uint64_t plain = siphash13(key, slice_str("192.0.2.1"));

	(void)state;
	for (size_t bit = 0; bit < 128; bit++) {
		uint8_t other[16];

		memcpy(other, key, sizeof(other));
		other[bit / 8] = (uint8_t)(other[bit / 8] ^ 1u << bit % 8);
		assert_true(siphash13(other, slice_str("192.0.2.1")) != plain);
	}
}

static void siphash_takes_any_alignment(void **state)
{
	uint8_t room[32];
	uint64_t plain = siphash13(key, slice_str("eleven long"));

	(void)state;
	for (size_t at = 0; at < 16; at++) {
		memcpy(room + at, "eleven long", 11);
		assert_true(siphash13(key, slice(room + at, 11)) == plain);
	}
}

static uint64_t hash_of(const struct table *t, uint64_t number)
{
	return table_hash(t, slice(&number, sizeof(number)));
}

static struct entry *find(struct table *t, uint64_t number)
{
	uint64_t hash = hash_of(t, number);

	for (struct table_node *n = table_first(t, hash); n; n = table_next(n, hash)) {
		struct entry *e = container_of(n, struct entry, node);

		if (e->key == number)
			return e;
	}
	return NULL;
}

static void insert(struct table *t, struct entry *e, uint64_t number)
{
	e->key = number;
	e->present = true;
	assert_true(table_insert(t, &e->node, hash_of(t, number)));
}

static void empty(void **state)
{
	struct table t;
	struct table_node node = { 0 };

	(void)state;
	table_init(&t, key);
	assert_null(t.buckets);
	assert_null(table_first(&t, 0));
	table_remove(&t, &node);
	assert_int_equal(t.count, 0);
	assert_null(t.buckets);
	assert_true(table_hash(&t, SLICE_EMPTY) == siphash_values[0]);
	table_fini(&t);
	table_fini(&t);
}

static void insert_find_remove(void **state)
{
	struct table t;
	struct entry a = { 0 }, b = { 0 }, stranger = { 0 };

	(void)state;
	table_init(&t, key);
	insert(&t, &a, 1);
	insert(&t, &b, 2);
	assert_int_equal(t.count, 2);
	assert_ptr_equal(find(&t, 1), &a);
	assert_ptr_equal(find(&t, 2), &b);
	assert_null(find(&t, 3));
	stranger.node.hash = a.node.hash;
	table_remove(&t, &stranger.node);
	assert_int_equal(t.count, 2);
	table_remove(&t, &a.node);
	table_remove(&t, &a.node);
	assert_int_equal(t.count, 1);
	assert_null(find(&t, 1));
	assert_ptr_equal(find(&t, 2), &b);
	insert(&t, &a, 1);
	assert_ptr_equal(find(&t, 1), &a);
	table_fini(&t);
}

/* The nodes of hash 42 are those of one array, the newest first. */
static void check_order(struct table *t, struct entry *same, size_t count)
{
	size_t at = count;

	for (struct table_node *n = table_first(t, 42); n; n = table_next(n, 42)) {
		assert_true(at > 0);
		while (!same[--at].present)
			assert_true(at > 0);
		assert_ptr_equal(n, &same[at].node);
	}
	while (at > 0)
		assert_false(same[--at].present);
}

static void the_newest_of_equals_is_first(void **state)
{
	struct table t;
	struct entry same[40] = { 0 };
	struct entry *others = calloc(5000, sizeof(*others));

	(void)state;
	assert_non_null(others);
	table_init(&t, key);
	/* equals come in while others make the table grow many times */
	for (size_t i = 0; i < 5000; i++) {
		if (i % 125 == 0) {
			same[i / 125].present = true;
			assert_true(table_insert(&t, &same[i / 125].node, 42));
		}
		insert(&t, &others[i], i);
		check_order(&t, same, ARRAY_LEN(same));
	}
	for (size_t i = 1; i < ARRAY_LEN(same); i += 2) {
		table_remove(&t, &same[i].node);
		same[i].present = false;
		check_order(&t, same, ARRAY_LEN(same));
	}
	table_fini(&t);
	free(others);
}

static void hashes_that_share_every_low_bit(void **state)
{
	struct table t;
	struct table_node nodes[300] = { 0 };

	(void)state;
	table_init(&t, key);
	/* one chain for all, at every size: slow but right */
	for (size_t i = 0; i < ARRAY_LEN(nodes); i++)
		assert_true(table_insert(&t, &nodes[i], (uint64_t)i << 40));
	for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
		assert_ptr_equal(table_first(&t, (uint64_t)i << 40), &nodes[i]);
		assert_null(table_next(&nodes[i], (uint64_t)i << 40));
	}
	for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
		table_remove(&t, &nodes[i]);
		assert_null(table_first(&t, (uint64_t)i << 40));
		assert_int_equal(t.count, ARRAY_LEN(nodes) - i - 1);
	}
	table_fini(&t);
}

static void removal_during_a_walk(void **state)
{
	struct table t;
	struct table_node nodes[64] = { 0 };
	struct table_node *next;
	size_t seen = 0;

	(void)state;
	table_init(&t, key);
	for (size_t i = 0; i < ARRAY_LEN(nodes); i++)
		assert_true(table_insert(&t, &nodes[i], 7));
	for (struct table_node *n = table_first(&t, 7); n; n = next) {
		next = table_next(n, 7);
		table_remove(&t, n);
		seen++;
	}
	assert_int_equal(seen, ARRAY_LEN(nodes));
	assert_int_equal(t.count, 0);
	assert_null(table_first(&t, 7));
	table_fini(&t);
}

static void grows_in_small_steps(void **state)
{
	struct table t;
	struct entry *entries = calloc(ENTRIES, sizeof(*entries));
	uint64_t seed = 7;
	size_t growths = 0;

	(void)state;
	assert_non_null(entries);
	table_init(&t, key);
	for (size_t i = 0; i < ENTRIES; i++) {
		bool growing = t.old != NULL;
		size_t moved = t.moved;
		size_t size = t.size;

		insert(&t, &entries[i], i);
		assert_int_equal(t.count, i + 1);
		assert_ptr_equal(find(&t, i), &entries[i]);
		growths += t.size != size;
		/* no call moves more than a handful, and no growth begins within another */
		if (growing && t.old && t.size == size)
			assert_true(t.moved - moved <= 16);
		if (growing)
			assert_true(t.size == size || t.old_size == size);
		/* one of the old ones, wherever it is */
		assert_non_null(find(&t, prng_below(&seed, i + 1)));
		assert_null(find(&t, i + 1));
	}
	assert_true(growths >= 8);
	assert_true(t.size >= ENTRIES / 4 && (t.size & (t.size - 1)) == 0);
	for (size_t i = 0; i < ENTRIES; i++)
		assert_ptr_equal(find(&t, i), &entries[i]);
	table_fini(&t);
	free(entries);
}

static void growth_goes_on_without_inserts(void **state)
{
	struct table t;
	struct entry *entries = calloc(5000, sizeof(*entries));
	size_t count = 0;

	(void)state;
	assert_non_null(entries);
	table_init(&t, key);
	while (count < 2000 || !t.old) {
		assert_true(count < 5000);
		insert(&t, &entries[count], count);
		count++;
	}
	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(find(&t, i), &entries[i]);
		table_remove(&t, &entries[i].node);
		assert_null(find(&t, i));
	}
	assert_int_equal(t.count, 0);
	assert_null(t.old);
	table_fini(&t);
	free(entries);
}

static void random_operations_while_growing(void **state)
{
	struct table t;
	struct entry *entries = calloc(ENTRIES, sizeof(*entries));
	uint64_t seed = 99;
	size_t present = 0;
	size_t removed_growing = 0;

	(void)state;
	assert_non_null(entries);
	table_init(&t, key);
	for (size_t step = 0; step < 5 * ENTRIES; step++) {
		uint64_t number = prng_below(&seed, ENTRIES);
		struct entry *e = &entries[number];

		assert_ptr_equal(find(&t, number), e->present ? e : NULL);
		if (!e->present) {
			insert(&t, e, number);
			present++;
		} else if (prng_below(&seed, 4) == 0) {
			removed_growing += t.old != NULL;
			table_remove(&t, &e->node);
			e->present = false;
			present--;
			assert_null(find(&t, number));
		}
		assert_int_equal(t.count, present);
	}
	assert_true(removed_growing > 1000);
	for (size_t i = 0; i < ENTRIES; i++)
		assert_ptr_equal(find(&t, i), entries[i].present ? &entries[i] : NULL);
	for (size_t i = 0; i < ENTRIES; i++) {
		if (entries[i].present)
			table_remove(&t, &entries[i].node);
	}
	assert_int_equal(t.count, 0);
	table_fini(&t);
	free(entries);
}

static void no_bucket_is_crowded(void **state)
{
	struct table t;
	struct entry *entries = calloc(ENTRIES, sizeof(*entries));
	size_t longest = 0;

	(void)state;
	assert_non_null(entries);
	table_init(&t, key);
	/* keys that a plain modulus would put into one bucket */
	for (size_t i = 0; i < ENTRIES; i++)
		insert(&t, &entries[i], (uint64_t)i << 20);
	for (size_t i = 0; i < t.size; i++) {
		size_t len = 0;

		for (struct table_node *n = t.buckets[i]; n; n = n->next)
			len++;
		longest = len > longest ? len : longest;
	}
	assert_in_range(longest, 1, 16);
	table_fini(&t);
	free(entries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(siphash_reference),
		cmocka_unit_test(siphash_depends_on_the_key),
		cmocka_unit_test(siphash_takes_any_alignment),
		cmocka_unit_test(empty),
		cmocka_unit_test(insert_find_remove),
		cmocka_unit_test(the_newest_of_equals_is_first),
		cmocka_unit_test(hashes_that_share_every_low_bit),
		cmocka_unit_test(removal_during_a_walk),
		cmocka_unit_test(grows_in_small_steps),
		cmocka_unit_test(growth_goes_on_without_inserts),
		cmocka_unit_test(random_operations_while_growing),
		cmocka_unit_test(no_bucket_is_crowded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
