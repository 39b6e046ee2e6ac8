/* SPDX-License-Identifier: Apache-2.0 */
/* What IKE_AUTH needs to prove who we are and to learn who the peer is. It dies with the exchange. */
#ifndef SA_AUTH_SCRATCH_H
#define SA_AUTH_SCRATCH_H

#include "crypto/trust.h"

struct auth_scratch {
	struct credential own; /* identity and certificates we send */
	uint8_t method;        /* of our AUTH payload: enum auth_method */
	struct bytes data;     /* its data */
	char origin[300];      /* where our PSK stands, or what we sign with */
	char peer_ca[256];     /* who issued the peer's certificate; "": nobody */
	char peer_how[300];    /* how the peer has proven itself, for the log */
};

void auth_scratch_free(struct auth_scratch *a);

#endif
