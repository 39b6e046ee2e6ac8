/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzing of message_parse with a whole datagram. All that a parsed message borrows must lie within
 * the datagram, all counts within their caps, and the same bytes must give the same message again.
 */
#include "wire_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice datagram = slice(data, size);
	struct arena arena = { 0 }, again_arena = { 0 };
	struct message m, again;
	struct ike_header h;
	bool ok = message_parse(datagram, &arena, &m);

	if (ok != (m.error == NULL))
		abort();
	if (!header_parse(datagram, &h) && ok)
		abort();
	if (ok) {
		wire_check(&m, m.raw);
		if (m.raw.data != data || m.raw.len != h.length || h.length > size)
			abort();
		/* what comes after Length does not matter */
		if (!message_parse(m.raw, &again_arena, &again) || again.have != m.have ||
		    again.notify_count != m.notify_count)
			abort();
		if (message_has(&m, PAYLOAD_SK) &&
		    (m.sk_offset < IKE_HEADER_LEN || m.sk_offset + 4 > m.raw.len))
			abort();
	}
	arena_free(&arena);
	arena_free(&again_arena);
	return 0;
}
