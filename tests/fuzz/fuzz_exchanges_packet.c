/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datagrams of anybody into a core that listens and asks for cookies, and into one that asks for none
 * but has no connection: whatever comes, they answer at most once, with no more than half as much again,
 * and make no state.
 */
#include <stdlib.h>

#include "core/internal.h"
#include "crypto/algs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct core *core_listening(struct address *here, bool asks)
{
	struct core_settings settings = { .always_cookie = asks, .has_qcd_secret = true };
	struct event e = {
		.kind = EVENT_ADDRESSES, .now_usec = 1, .address_count = 1, .listening = true
	};
	struct core *c = core_new(&settings);
	struct actions out;
	struct action *a;

	struct error error = { 0 };

	if (!c || !crypto_self_test(&error) || !address_parse("192.0.2.1", here))
		abort();
	e.addresses = here;
	actions_init(&out);
	core_handle(c, &e, &out);
	while ((a = actions_take(&out)))
		action_free(a);
	return c;
}

static void receive(struct core *c, struct event *e)
{
	struct actions out;
	struct action *a;
	unsigned sent = 0;

	actions_init(&out);
	core_handle(c, e, &out);
	while ((a = actions_take(&out))) {
		if (a->kind == ACTION_SEND && (++sent > 1 || a->data.len * 2 > e->datagram.len * 3))
			abort();
		action_free(a);
	}
	if (c->ike_count || c->half_open)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct core *c[2];
	static struct address here;
	static uint64_t now = 2;
	struct event e = { .kind = EVENT_PACKET, .datagram = slice(data, size) };

	e.now_usec = now += USEC_PER_SEC;
	for (int i = 0; i < 2; i++) {
		if (!c[i])
			c[i] = core_listening(&here, i == 0);
		e.local.address = e.remote.address = here;
		e.remote.address.bytes[3] = 2;
		receive(c[i], &e);
	}
	return 0;
}
