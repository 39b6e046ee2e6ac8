/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datagrams of anybody into a core that listens and asks for cookies: whatever comes, it answers at
 * most once, with no more than half as much again, and makes no state.
 */
#include <stdlib.h>

#include "core/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct core *core_listening(struct address *here)
{
	struct core_settings settings = { .always_cookie = true, .has_qcd_secret = true };
	struct event e = { .kind = EVENT_ADDRESSES, .now_usec = 1, .address_count = 1 };
	struct core *c = core_new(&settings);
	struct actions out;
	struct action *a;

	if (!c || !address_parse("192.0.2.1", here))
		abort();
	e.addresses = here;
	actions_init(&out);
	core_handle(c, &e, &out);
	while ((a = actions_take(&out)))
		action_free(a);
	return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct core *c;
	static struct address here;
	static uint64_t now = 2;
	struct event e = { .kind = EVENT_PACKET, .datagram = slice(data, size) };
	struct actions out;
	struct action *a;
	unsigned sent = 0;

	if (!c)
		c = core_listening(&here);
	e.now_usec = now += USEC_PER_SEC;
	e.local.address = e.remote.address = here;
	e.remote.address.bytes[3] = 2;
	actions_init(&out);
	core_handle(c, &e, &out);
	while ((a = actions_take(&out))) {
		if (a->kind == ACTION_SEND && (++sent > 1 || a->data.len * 2 > size * 3))
			abort();
		action_free(a);
	}
	if (c->ike_count || c->half_open)
		abort();
	return 0;
}
