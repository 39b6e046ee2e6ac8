/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a negotiation failed, in words for an admin: pure text of facts that are at hand. Each line
 * ends in '\n'; what a peer said is escaped by those who format it. The exchanges log the lines one
 * by one, and they reach the client that waits (core/report.c).
 */
#ifndef SA_EXPLAIN_H
#define SA_EXPLAIN_H

#include "base/text.h"
#include "conn/connection.h"
#include "crypto/trust.h"
#include "sa/suite.h"

#define EXPLAIN_TEXT_LEN 4096

/*
 * The peer's proposals beside ours, transform by transform: for each of the peer's (the first few)
 * the one of ours that fits it best, and each transform type in which the two differ. word is "ike="
 * or "esp=", name the connection's.
 */
void explain_proposals(struct text *out, const char *name, const char *word,
		       const struct proposals *ours, const struct message *m, uint8_t protocol,
		       bool with_ke);
/* The peer's selectors beside policy, one by one: in addresses, protocol or ports. whose: "its own"
 * or "our". */
void explain_selectors(struct text *out, const char *name, const char *whose,
		       const struct ts_payload *offer, const struct selectors *policy);
/* When the peer wants the other mode than conn is for: tunnel or transport. */
void explain_mode(struct text *out, const struct connection *conn, bool wants_transport);
/* The test between two addresses that this connection fails: orientation, our address, the peer's. */
void explain_addresses(struct text *out, const struct connection *conn, const struct address *local,
		       const struct address *remote);
/* Our own proposals, one a line, as the peer would have to allow them. */
void explain_our_proposals(struct text *out, const char *word, const struct proposals *ours);

/* What a bare error notify may mean. */
enum explain_stage { EXPLAIN_INIT, EXPLAIN_AUTH, EXPLAIN_CHILD };
struct explain_facts {
	uint8_t stage; /* enum explain_stage */
	const struct connection *conn;
	const char *credential;       /* where our secret or certificate stands; NULL: not known */
	const struct credential *own; /* our certificate; NULL: none */
	bool names_cas;               /* the peer said of which CAs a certificate may be */
	uint64_t wall_sec;
	const struct selectors *ts_local, *ts_remote; /* what we asked for; NULL: nothing */
	bool is_tunnel;
};
/* The local facts that matter, and what to look at on the peer's side. Nothing for a type that needs
 * no more words. */
void explain_notify(struct text *out, uint16_t type, const struct explain_facts *f);

#endif
