/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is left of an IKE SA to be resumed (RFC 5723 5): with whom, by which algorithms, and SK_d. A
 * gateway reads it out of the ticket that comes back to it; a client keeps it beside the ticket.
 */
#ifndef CONN_SESSION_H
#define CONN_SESSION_H

#include "base/address.h"
#include "crypto/identity.h"

#define SESSION_SK_D_MAX 64

struct session {
	uint16_t encr, key_bits, prf, integ, ke; /* transform IDs of the suite; integ 0: none */
	struct secret sk_d;
	struct identity id_i, id_r; /* of the IKE SA's client and gateway */
	uint64_t spi_i, spi_r;
	char *peer_ca; /* who issued the peer's certificate; NULL: it had none */
	uint64_t
		authenticated_sec; /* wall clock: when the peer last proved itself without a ticket */
	uint64_t proof_until_sec; /* how long that proof is good; 0: without limit */
	/* gateway */
	uint64_t until_sec;      /* wall clock: when the ticket ends */
	uint8_t credentials[16]; /* what the keystore's digest must be, under digest_key */
	uint8_t digest_key[32];
	/* client */
	struct bytes ticket;
	uint64_t expires_usec;   /* when it is no good any more */
	uint32_t ike_serial;     /* of the IKE SA */
	struct endpoint gateway; /* who gave it */
	bool is_kept;            /* its IKE SA may go and leave it behind */
	bool goes_again; /* it was refused in one form of AUTH and is presented in the other */
	/* both: AUTH covers the first message alone (exchanges/auth.h) */
	bool is_short;
};

/* Wipes and frees; NULL is none. */
void session_free(struct session *s);

#endif
