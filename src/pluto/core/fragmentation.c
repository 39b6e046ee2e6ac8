/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending: a message that is longer than a datagram should be goes out in fragments, and in smaller
 * ones when nobody answers (RFC 7383 2.5). The size that an IKE SA found to work is kept.
 */
#include "core/fragmentation.h"

#include <string.h>

#include "core/keep.h"
#include "ctl/codes.h"

#define UDP_HEADER_LEN 8
#define MARKER_LEN 4
#define SIZE_LEAST 256  /* not even to be told from what went before */
#define SMALL_SLACK 100 /* what others round off or leave for headers */

bool fragmentation_is_on(const struct ike_sa *ike)
{
	return (ike->peer_features & FEATURE_FRAGMENTATION) && !ike->remote.tcp &&
	       ike->connection->def->config.fragmentation != FRAGMENTATION_NO;
}

static bool is_v6(const struct ike_sa *ike)
{
	return ike->remote.address.family == FAMILY_IPV6;
}

static size_t least_size(const struct ike_sa *ike)
{
	return is_v6(ike) ? FRAGMENT_SIZE_V6 : FRAGMENT_SIZE_V4;
}

/* The next smaller size that is tried; the least there is when there is none. */
static size_t smaller_size(const struct ike_sa *ike, size_t than)
{
	static const size_t sizes[] = { FRAGMENT_SIZE_DEFAULT, 1024, 768, FRAGMENT_SIZE_V4 };

	for (size_t i = 0; i < ARRAY_LEN(sizes) && !is_v6(ike); i++)
		if (sizes[i] < than)
			return sizes[i];
	return least_size(ike);
}

static size_t current_size(const struct ike_sa *ike)
{
	if (ike->fragment_size)
		return ike->fragment_size;
	if (ike->connection->def->config.fragmentation == FRAGMENTATION_FORCE)
		return least_size(ike);
	return FRAGMENT_SIZE_DEFAULT;
}

/* The longest IKE message in an IP datagram of that size. */
static size_t message_limit(const struct ike_sa *ike, size_t size)
{
	return size - (is_v6(ike) ? 40 : 20) - UDP_HEADER_LEN - (ike->natt ? MARKER_LEN : 0);
}

static struct sk_keys own_keys(const struct ike_sa *ike)
{
	if (ike->is_initiator)
		return (struct sk_keys){ .encr = ike->keys.ei, .integ = ike->keys.ai };
	return (struct sk_keys){ .encr = ike->keys.er, .integ = ike->keys.ar };
}

static size_t sealed_len(const struct builder *b, const struct sk_cipher *c, size_t inner_len)
{
	size_t block = sk_block_len(c);

	return b->sk_at + 4 + sk_iv_len(c) + (inner_len / block + 1) * block + sk_icv_len(c);
}

static bool cut(struct ike_sa *ike, const struct ike_header *h, uint8_t inner_type,
		struct slice text, size_t size, struct bytes *wire)
{
	struct sk_cipher cipher = suite_cipher(&ike->suite);
	struct sk_keys keys = own_keys(ike);

	return fragment_cut(h, inner_type, text, message_limit(ike, size), &cipher, &keys,
			    &ike->send_counter, wire);
}

/* The header as the builder holds it; its length is not filled in yet. */
static struct ike_header header_of(const struct ike_sa *ike, const struct builder *b)
{
	const uint8_t *at = b->w.data;

	return (struct ike_header){
		.spi_i = ike->spi_i,
		.spi_r = ike->spi_r,
		.exchange = at[18],
		.flags = at[19],
		.message_id = (uint32_t)at[20] << 24 | (uint32_t)at[21] << 16 |
			      (uint32_t)at[22] << 8 | at[23],
	};
}

bool outgoing_seal(struct ike_sa *ike, struct builder *b, struct outgoing *out)
{
	struct sk_cipher cipher = suite_cipher(&ike->suite);
	struct sk_keys keys = own_keys(ike);
	struct slice inner = builder_inner(b, &out->inner_type);
	size_t whole = sealed_len(b, &cipher, inner.len);
	bool may_cut = fragmentation_is_on(ike);
	struct slice sealed;

	out->size = (uint16_t)current_size(ike);
	if (!writer_ok(&b->w))
		return false;
	if (may_cut && whole > message_limit(ike, least_size(ike)) &&
	    !bytes_copy(inner, &out->text))
		return false;
	if (may_cut && whole > message_limit(ike, out->size)) {
		struct ike_header h = header_of(ike, b);

		return cut(ike, &h, out->inner_type, bytes_slice(&out->text), out->size,
			   &out->wire);
	}
	sealed = protect_seal(b, &cipher, &keys, ike->send_counter++);
	return sealed.len > 0 && bytes_copy(sealed, &out->wire);
}

bool outgoing_plain(struct slice message, struct outgoing *out)
{
	return message.len > 0 && bytes_copy(message, &out->wire);
}

void outgoing_send(struct core *c, const struct ike_sa *ike, const struct outgoing *o,
		   const struct endpoint *local, const struct endpoint *remote, bool natt)
{
	struct slice all = bytes_slice(&o->wire), one;

	while ((one = fragment_next(&all)).len > 0)
		core_send_of(c, ike_handle(ike), local, remote, natt, one);
}

void request_resend(struct core *c, struct ike_sa *ike)
{
	ike->last_sent_usec = c->now_usec;
	outgoing_send(c, ike, &ike->request.out, &ike->local, &ike->remote, ike->natt);
}

static size_t piece_count(const struct outgoing *o)
{
	struct slice all = bytes_slice(&o->wire);
	size_t count = 0;

	while (fragment_next(&all).len > 0)
		count++;
	return count;
}

/* The same text anew, in datagrams of at most size: more of them than before, for by that the peer
 * knows that they are not those (RFC 7383 2.5.2). What is there stays when that fails. */
static bool recut(struct ike_sa *ike, struct outgoing *o, size_t size)
{
	struct sk_cipher cipher = suite_cipher(&ike->suite);
	size_t before = piece_count(o), step = 16;
	struct ike_header h;
	struct bytes wire;

	if (!o->text.data || size >= o->size || !header_parse(bytes_slice(&o->wire), &h))
		return false;
	while (size > SIZE_LEAST + step &&
	       fragment_count(o->text.len, message_limit(ike, size), &cipher) <= before)
		size -= step;
	if (size <= SIZE_LEAST + step ||
	    !cut(ike, &h, o->inner_type, bytes_slice(&o->text), size, &wire))
		return false;
	bytes_free(&o->wire);
	o->wire = wire;
	o->size = (uint16_t)size;
	return true;
}

/* The IP datagram that the longest of these messages goes in; the first fragment is that. */
static size_t datagram_size(const struct ike_sa *ike, const struct outgoing *o)
{
	struct slice all = bytes_slice(&o->wire);
	size_t headers = FRAGMENT_SIZE_DEFAULT - message_limit(ike, FRAGMENT_SIZE_DEFAULT);

	return fragment_next(&all).len + headers;
}

bool request_shrink(struct core *c, struct ike_sa *ike)
{
	struct outgoing *o = &ike->request.out;
	size_t size = smaller_size(ike, datagram_size(ike, o));

	if (!recut(ike, o, size))
		return false;
	ike->fragment_size = (uint16_t)size;
	sa_log(c, ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS,
	       "the path may not carry it: the request goes in %zu fragments of %u bytes",
	       piece_count(o), o->size);
	return true;
}

void fragmentation_too_long(struct core *c, struct ike_sa *ike)
{
	keep_touch(c, ike);
	if (ike->request.out.wire.data && request_shrink(c, ike))
		request_resend(c, ike);
	else if (current_size(ike) > least_size(ike))
		ike->fragment_size = (uint16_t)smaller_size(ike, current_size(ike));
}

/* Does who cuts that small know of a path that bears no more? */
static bool is_small(const struct ike_sa *ike, size_t len)
{
	return len + SMALL_SLACK < message_limit(ike, FRAGMENT_SIZE_DEFAULT);
}

/* The largest size that is no longer than what came through. */
static size_t known_size(const struct ike_sa *ike, size_t len)
{
	size_t headers = FRAGMENT_SIZE_DEFAULT - message_limit(ike, FRAGMENT_SIZE_DEFAULT);

	return smaller_size(ike, len + headers + 1);
}

void reply_learn(struct ike_sa *ike, uint16_t total, size_t largest)
{
	ike->reply_total = total;
	if (total > 1 && is_small(ike, largest))
		ike->fragment_size = (uint16_t)known_size(ike, largest);
}

void reply_fit(struct core *c, struct ike_sa *ike, uint16_t total, size_t size)
{
	(void)c;
	if (total <= ike->reply_total)
		return;
	ike->reply_total = total;
	if (is_small(ike, size))
		recut(ike, &ike->reply, known_size(ike, size));
}
