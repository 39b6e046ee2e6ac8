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

static enum verdict open_text(const struct message *m, uint8_t *datagram, size_t associated,
			      const struct sk_cipher *c, const struct sk_keys *keys,
			      struct slice *text)
{
	enum verdict v = sk_open(c, keys, datagram, associated, m->raw.len, text);
	uint8_t pad;

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

enum verdict protect_open(const struct message *m, uint8_t *datagram, const struct sk_cipher *c,
			  const struct sk_keys *keys, struct slice *text)
{
	if (!message_has(m, PAYLOAD_SK))
		return VERDICT_BAD;
	return open_text(m, datagram, m->sk_offset + 4, c, keys, text);
}

enum verdict protect_open_fragment(const struct message *m, uint8_t *datagram,
				   const struct sk_cipher *c, const struct sk_keys *keys,
				   struct slice *text)
{
	if (!message_has(m, PAYLOAD_SKF))
		return VERDICT_BAD;
	/* number and total are under the integrity check too (RFC 7383 2.5) */
	return open_text(m, datagram, m->sk_offset + 8, c, keys, text);
}
