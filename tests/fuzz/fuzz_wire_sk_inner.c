/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzing of message_parse_inner with a decrypted chain: the first byte is the type of the first
 * inner payload. What it borrows must lie within the chain.
 */
#include "wire_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct message m = { 0 };
	struct slice text;
	bool ok;

	if (size == 0)
		return 0;
	text = slice(data + 1, size - 1);
	m.sk_inner_type = data[0];
	ok = message_parse_inner(text, &arena, &m);
	if (ok != (m.error == NULL) || !message_has(&m, PAYLOAD_SK) || message_has(&m, PAYLOAD_SKF))
		abort();
	if (ok)
		wire_check(&m, text);
	arena_free(&arena);
	return 0;
}
