/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket: clients, their credentials, frames in and out (ctl/message.h). What a frame
 * asks is the core's matter; here stand the limits that keep one client from harming the others.
 */
#ifndef IO_CONTROL_H
#define IO_CONTROL_H

#include "base/bytes.h"
#include "base/error.h"
#include "poller.h"

struct control;

struct control_calls {
	/* One whole, well-formed request of a client. */
	void (*frame)(void *context, uint64_t client, uint8_t role, struct slice frame);
	/* The client went away; only for one that sent a request. */
	void (*gone)(void *context, uint64_t client);
	/* It has taken all it was sent: the answer to control_more. */
	void (*ready)(void *context, uint64_t client);
	void *context;
};

/* Listens at path, which is made anew, mode 0660 and of that group (0: as it comes), which must be
 * one of our real, effective and saved groups. The readers (0: none) are a group that is let in besides,
 * by an access list of the file, and so may only look. NULL with an error. */
struct control *control_new(struct poller *p, const char *path, uint32_t group, uint32_t readers,
			    const struct control_calls *calls, struct error *e);
/* Puts a ready frame into the client's queue; nothing when it has gone. */
void control_report(struct control *c, uint64_t client, struct slice frame);
/* Calls ready, but not before it returns: in a later turn of the poller, when the client's queue is
 * empty and its socket takes more. */
void control_more(struct control *c, uint64_t client);
/* Closes it when its queue is empty. */
void control_close_client(struct control *c, uint64_t client);
/* When control_tick is next due; USEC_NEVER when nothing waits. */
uint64_t control_deadline(const struct control *c);
void control_tick(struct control *c, uint64_t now_usec);
/* Writes what the sockets take at once, closes all, removes the socket's name. */
void control_free(struct control *c);

#endif
