/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stream of IKE over TCP (RFC 9329 3, 4): a prefix of the one who connects, then messages of a
 * 16-bit length each. Bytes come in as they come; whole messages come out.
 */
#ifndef WIRE_STREAM_H
#define WIRE_STREAM_H

#include "base/writer.h"

#define STREAM_PREFIX "IKETCP"
#define STREAM_PREFIX_LEN 6
#define STREAM_HEAD_LEN 6 /* length and non-ESP marker */
#define STREAM_MESSAGE_MAX 65535

struct stream {
	uint8_t *data; /* STREAM_MESSAGE_MAX bytes; NULL until the first byte */
	size_t len;    /* of what is not given out yet */
	size_t given;  /* bytes of the message that was given out last */
	bool has_prefix;
};

enum stream_result {
	STREAM_MORE,    /* no whole message is there */
	STREAM_MESSAGE, /* *message is an IKE message, borrowed until the next call */
	STREAM_OTHER,   /* ESP, a keepalive or nothing was skipped: ask again */
	STREAM_BROKEN,  /* not the protocol: the connection must be closed */
};

/* awaits_prefix: we did not connect, so it comes first. */
void stream_init(struct stream *s, bool awaits_prefix);
void stream_free(struct stream *s);
/* Room for bytes that are read; *len how many. NULL: memory is short. Take out all messages first:
 * then there is always room. */
uint8_t *stream_room(struct stream *s, size_t *len);
void stream_put(struct stream *s, size_t len);
enum stream_result stream_next(struct stream *s, struct slice *message);
/* What goes before a message of that length: length and marker. False: it is too long. */
bool stream_head(size_t len, uint8_t out[STREAM_HEAD_LEN]);

#endif
