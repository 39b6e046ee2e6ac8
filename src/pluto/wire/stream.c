/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting the stream of IKE over TCP into messages (RFC 9329 3, 4). Pure; io/tcp.c reads and writes. */
#include "wire/stream.h"

#include <stdlib.h>
#include <string.h>

void stream_init(struct stream *s, bool awaits_prefix)
{
	*s = (struct stream){ .has_prefix = !awaits_prefix };
}

void stream_free(struct stream *s)
{
	free(s->data);
	*s = (struct stream){ 0 };
}

static void skip(struct stream *s, size_t len)
{
	memmove(s->data, s->data + len, s->len - len);
	s->len -= len;
}

uint8_t *stream_room(struct stream *s, size_t *len)
{
	if (!s->data && !(s->data = malloc(STREAM_MESSAGE_MAX)))
		return NULL;
	skip(s, s->given);
	s->given = 0;
	*len = STREAM_MESSAGE_MAX - s->len;
	return s->data + s->len;
}

void stream_put(struct stream *s, size_t len)
{
	s->len += len;
}

/* Wrong from the first wrong byte on. */
static enum stream_result take_prefix(struct stream *s)
{
	size_t have = s->len < STREAM_PREFIX_LEN ? s->len : STREAM_PREFIX_LEN;

	if (memcmp(s->data, STREAM_PREFIX, have) != 0)
		return STREAM_BROKEN;
	if (have < STREAM_PREFIX_LEN)
		return STREAM_MORE;
	skip(s, STREAM_PREFIX_LEN);
	s->has_prefix = true;
	return STREAM_OTHER;
}

enum stream_result stream_next(struct stream *s, struct slice *message)
{
	static const uint8_t marker[4];
	size_t len;

	*message = SLICE_EMPTY;
	if (!s->data)
		return STREAM_MORE;
	skip(s, s->given);
	s->given = 0;
	if (!s->has_prefix)
		return s->len ? take_prefix(s) : STREAM_MORE;
	if (s->len < 2)
		return STREAM_MORE;
	len = (size_t)s->data[0] << 8 | s->data[1];
	if (len < 2)
		return STREAM_BROKEN;
	if (s->len < len)
		return STREAM_MORE;
	s->given = len;
	if (len < STREAM_HEAD_LEN || memcmp(s->data + 2, marker, sizeof(marker)) != 0)
		return STREAM_OTHER;
	*message = slice(s->data + STREAM_HEAD_LEN, len - STREAM_HEAD_LEN);
	return STREAM_MESSAGE;
}

bool stream_head(size_t len, uint8_t out[STREAM_HEAD_LEN])
{
	size_t whole = len + STREAM_HEAD_LEN;

	if (whole > STREAM_MESSAGE_MAX)
		return false;
	memset(out, 0, STREAM_HEAD_LEN);
	out[0] = (uint8_t)(whole >> 8);
	out[1] = (uint8_t)whole;
	return true;
}
