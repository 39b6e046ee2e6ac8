/* SPDX-License-Identifier: Apache-2.0 */
/* One client of the control socket: its buffers and its clock. Shared by control*.c only. */
#ifndef IO_CONTROL_CLIENT_H
#define IO_CONTROL_CLIENT_H

#include "base/duration.h"
#include "base/list.h"
#include "control.h"
#include "ctl/message.h"

#define SILENCE_USEC (5 * USEC_PER_SEC) /* without a request under way */
#define STUCK_USEC (30 * USEC_PER_SEC)  /* does not read why it is turned away */
#define ALIVE_USEC (10 * USEC_PER_SEC)  /* between signs of life for one who waits long */
#define OUTPUT_MAX (16u << 20)          /* octets that wait for one client */
#define REQUESTS_PER_UID 32u
#define ATTACHED_PER_UID 1024u
#define CLIENTS_MAX 4096u
#define CLIENTS_PER_UID 2048u /* of any but root: what he only holds open leaves room for others */

struct control {
	struct poller *poller;
	struct control_calls calls;
	struct watch *watch;
	struct list clients;
	struct list dead; /* freed when nobody stands on them */
	size_t count;
	uint64_t next_id;
	int fd;
	int spare_fd;   /* given up for a moment when descriptors run out */
	unsigned depth; /* calls on the stack that hold a client */
	uint32_t group; /* of the socket: its members may operate */
	char path[108];
};

struct client {
	struct list node;
	struct control *control;
	uint64_t id;
	uint32_t uid;
	uint8_t role;    /* enum role */
	bool asked;      /* the core knows of it */
	bool busy;       /* a request is under way */
	bool attached;   /* that may take long */
	bool wants_more; /* the core waits for the output to be gone */
	bool closing;    /* when the output is gone */
	bool closed;
	bool in_frames; /* its input is being read: an answer must not start that again */
	int fd;
	struct watch *watch;
	uint32_t sequence;      /* of the request under way */
	uint64_t deadline_usec; /* USEC_NEVER: none */
	uint64_t alive_usec;    /* when it hears that we still work; USEC_NEVER: not at all */
	size_t have;
	uint8_t *input; /* CTL_FRAME_MAX */
	struct bytes output;
	size_t capacity, sent; /* of output */
};

uint64_t control_now(void);

/* ---- control_client.c */
struct client *client_new(struct control *c, int fd);
/* Takes it off; tells the core unless it never asked. Freed by control_sweep. */
void client_drop(struct client *cl);
void control_sweep(struct control *c);
/* Appends, and writes what the socket takes, now or with what comes next; drops a client that lets too
 * much wait. */
void client_put(struct client *cl, struct slice frame, bool now);
void client_flush(struct client *cl);
/* Answers with a line and an end, and closes. */
void client_refuse(struct client *cl, uint32_t sequence, uint32_t code, const char *text);
/* Tells a client whose request takes long that the daemon lives, and sets when to do so again. */
void client_say_alive(struct client *cl, uint64_t now_usec);
/* Sets the clocks by what the client is about. */
void client_set_clock(struct client *cl);
/* Reads or not, writes or not. */
void client_set_watch(struct client *cl);

/* ---- control_frame.c: frames in */
void client_ready(void *context, int fd, unsigned what);
/* Hands on what is whole in the buffer, as long as no request is under way. */
void client_frames(struct client *cl);

/* ---- control_role.c */
uint8_t control_role(const struct control *c, int fd, uint32_t *uid);

#endif
