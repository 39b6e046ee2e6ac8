/* SPDX-License-Identifier: Apache-2.0 */
/* One run of whack: its command line, its connection to pluto, what it prints. */
#ifndef WHACK_SESSION_H
#define WHACK_SESSION_H

#include "ctl/client.h"
#include "ctl/render.h"
#include "options.h"

struct session {
	struct options options;
	struct ctl_client client;
	struct render_json *json; /* NULL: classic lines */
	bool printed;
	char text[RENDER_MAX];
	uint8_t request[CTL_FRAME_MAX];
};

/* Sends the request, prints its records as they come, gives the code of its end record. */
bool session_call(struct session *s, struct slice frame, uint32_t *code, struct error *e);

/*
 * batch.c: all connections of a file in one transaction, each line whack's options for one. Errors
 * name the line; then nothing is added. *code is that of the transaction.
 */
bool batch_run(struct session *s, uint32_t *code, struct error *e);

#endif
