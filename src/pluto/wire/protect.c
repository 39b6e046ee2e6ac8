/* SPDX-License-Identifier: Apache-2.0 */
/* The encrypted payload: where IV, text and ICV lie in a message; the ciphers are crypto/cipher's. */
#include "wire/protect.h"

struct slice protect_seal(struct builder *b, const struct sk_cipher *c, const struct sk_keys *keys,
			  uint64_t counter)
{
	size_t associated, text;
	struct slice whole =
		builder_finish_sk(b, sk_block_len(c), sk_icv_len(c), &associated, &text);

	if (whole.len == 0 || sk_seal(c, keys, counter, b->w.data, associated, text) != VERDICT_OK)
		return SLICE_EMPTY;
	return whole;
}

enum verdict protect_open(const struct message *m, uint8_t *datagram, const struct sk_cipher *c,
			  const struct sk_keys *keys, struct slice *text)
{
	size_t associated = m->sk_offset + 4;
	enum verdict v;
	uint8_t pad;

	if (!message_has(m, PAYLOAD_SK))
		return VERDICT_BAD;
	v = sk_open(c, keys, datagram, associated, m->raw.len, text);
	if (v != VERDICT_OK)
		return v;
	if (text->len == 0)
		return VERDICT_BAD;
	pad = text->data[text->len - 1];
	if ((size_t)pad + 1 > text->len)
		return VERDICT_BAD;
	text->len -= (size_t)pad + 1;
	return VERDICT_OK;
}
