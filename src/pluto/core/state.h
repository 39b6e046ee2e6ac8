/* SPDX-License-Identifier: Apache-2.0 */
/* How a connection is, in one word: what status, health, counters and failures agree on. */
#ifndef CORE_STATE_H
#define CORE_STATE_H

#include "core/internal.h"

enum conn_state {
	CONN_UP,
	CONN_CONNECTING, /* being negotiated */
	CONN_FAILED,     /* its last attempt failed, and it is wanted or was */
	CONN_WAITING,    /* routed: the first packet negotiates; or only passes or drops */
	CONN_TEMPLATE,   /* peers that call get instances of it */
	CONN_DOWN,
	CONN_STATES,
};

enum conn_state conn_state(const struct connection *conn);
const char *conn_state_word(enum conn_state state);
/* Seconds until the next attempt that is planned; false: none is. */
bool conn_retry_in(const struct core *c, const struct connection *conn, uint64_t *sec);

#endif
