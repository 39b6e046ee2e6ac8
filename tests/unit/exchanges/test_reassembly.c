/* SPDX-License-Identifier: Apache-2.0 */
/* Who gives way when the memory for fragments and waiting messages of all IKE SAs is used up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/fragmentation.h"
#include "core/held.h"

#define ALL (16u << 20)
#define MOST 65536u
#define COUNT (ALL / MOST)

static struct core *core;
static struct ike_sa *sas;

/* Of some IKE SAs: their phase, and that so many octets wait with each. */
static void hold(size_t from, size_t to, enum ike_phase phase, size_t bytes)
{
	for (size_t i = from; i < to; i++) {
		struct held *h = calloc(1, sizeof(*h));

		held_clear(core, &sas[i]);
		assert_true(bytes_alloc(bytes, &h->datagram));
		sas[i].phase = (uint8_t)phase;
		sas[i].held = h;
		sas[i].held_count = 1;
		sas[i].held_bytes = bytes;
		fragments_account(core, &sas[i]);
	}
}

static int set_up(void **state)
{
	(void)state;
	core = calloc(1, sizeof(*core));
	sas = calloc(COUNT + 2, sizeof(*sas));
	list_init(&core->ike_sas);
	for (size_t i = 0; i < COUNT + 2; i++)
		list_append(&core->ike_sas, &sas[i].node);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT + 2; i++)
		held_clear(core, &sas[i]);
	free(sas);
	free(core);
	return 0;
}

static void edge_87_half_open_first(void **state)
{
	(void)state;
	hold(0, 1, IKE_ESTABLISHED, MOST);
	hold(1, COUNT, IKE_HALF_OPEN, MOST);
	assert_true(fragments_make_room(core, &sas[COUNT], 1400));
	assert_int_equal(sas[0].held_bytes, MOST);
	assert_int_equal(sas[1].held_bytes, 0);
}

/* A peer that proved itself and fills all of it with its many IKE SAs. */
static void edge_87_who_holds_most_gives_way(void **state)
{
	(void)state;
	hold(0, 1, IKE_ESTABLISHED, 1000);
	hold(1, COUNT + 1, IKE_ESTABLISHED, MOST - 4);
	assert_int_equal(core->fragment_bytes, 1000 + COUNT * (MOST - 4));
	assert_true(fragments_make_room(core, &sas[COUNT + 1], 1400));
	assert_int_equal(sas[0].held_bytes, 1000);
	assert_int_equal(sas[1].held_bytes, 0);
	assert_int_equal(sas[2].held_bytes, MOST - 4);
	/* and takes nothing by it: no other holds more than it wants to have */
	hold(0, COUNT + 1, IKE_ESTABLISHED, MOST - 256);
	hold(COUNT + 1, COUNT + 2, IKE_ESTABLISHED, MOST - 1400);
	assert_false(fragments_make_room(core, &sas[COUNT + 1], 1400));
	assert_false(fragments_make_room(core, &sas[COUNT + 1], MOST));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(edge_87_half_open_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edge_87_who_holds_most_gives_way, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
