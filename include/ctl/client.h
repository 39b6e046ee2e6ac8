/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's side of the control socket: connect, send one request, read records until the end
 * record. Every failure has a code and a text; a stream without an end record is a failure.
 */
#ifndef CTL_CLIENT_H
#define CTL_CLIENT_H

#include "ctl/codes.h"
#include "ctl/message.h"

#define CTL_CLIENT_CONNECT_MSEC 5000u
#define CTL_CLIENT_SILENCE_MSEC 30000u

struct ctl_client {
	int fd;                /* -1: not connected */
	uint32_t sequence;     /* of the request under way */
	uint64_t silence_msec; /* 0: wait for ever; else the longest gap between two bytes */
	size_t have;           /* octets in buffer */
	size_t used;           /* of them, octets of the frame given last */
	uint8_t buffer[CTL_FRAME_MAX];
};

/*
 * RC_NO_DAEMON when the socket is absent or nobody listens at it, RC_WHACK for all else. No socket
 * is left open on failure.
 */
bool ctl_client_open(struct ctl_client *c, const char *path, struct error *e);
bool ctl_client_send(struct ctl_client *c, struct slice frame, struct error *e);
/*
 * The next RECORD or END of the request under way, borrowed until the next call. False with
 * RC_WHACK: silence, a broken frame, or the stream's end.
 */
bool ctl_client_read(struct ctl_client *c, struct ctl_message *out, struct error *e);
void ctl_client_close(struct ctl_client *c);

#endif
