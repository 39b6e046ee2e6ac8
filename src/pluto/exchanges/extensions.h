/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE table of what the ends tell each other by notifies beside an exchange's own payloads: what
 * they can do (RFC 7296 3.10.1 and the RFCs that add to it). An extension is a row; the exchanges
 * put and take all rows of theirs at one place each.
 */
#ifndef EXCHANGES_EXTENSIONS_H
#define EXCHANGES_EXTENSIONS_H

#include "core/exchange.h"

enum extension_sender { SENT_IN_REQUEST = 1, SENT_IN_RESPONSE = 2, SENT_BY_BOTH = 3 };

struct extension {
	const char *name;
	uint16_t notify;  /* enum notify_type */
	uint8_t exchange; /* whose messages carry it: enum exchange_type */
	bool in_resume;   /* of IKE_SA_INIT: in IKE_SESSION_RESUME too */
	uint8_t sent_in;  /* enum extension_sender */
	uint32_t feature; /* bit of ike->peer_features that its coming sets; 0: none */
	/* Do we say it in this message? NULL: always. In a response r->m is the request. */
	bool (*is_wanted)(struct run *r);
	/* Initiator: can we not go on with a peer that does not say it? NULL: we can. */
	bool (*is_needed)(struct run *r);
	const char *needed_by; /* the option that makes it so */
	/* Puts it; NULL: an empty notify. */
	void (*put)(struct run *r, struct builder *b);
	/* Acts on what the peer said; called once for a message that holds it. NULL: the bit is all. */
	void (*take)(struct run *r, const struct notify *n);
};

extern const struct extension extensions[];
extern const size_t extension_count;

/* RFC 7427 4 (auth_certs.c) */
void hashes_put(struct run *r, struct builder *b);
void hashes_take(struct run *r, const struct notify *n);

/* RFC 9593 (auth_methods.c) */
bool methods_are_announced(struct run *r);
void methods_put(struct run *r, struct builder *b);
void methods_take(struct run *r, const struct notify *n);

/* Ours of a message that is being built; response: it answers r->m. */
void extensions_put(struct run *r, struct builder *b, uint8_t exchange, bool response);
/* The peer's of r->m, once nothing else speaks against the message. */
void extensions_take(struct run *r);

/* True, with a line in the log, when the answer r->m lacks one that we need. It may be an attacker's:
 * it counts as never received, and another one is waited for (RFC 8784 6). */
bool extensions_are_missing(struct run *r);

#endif
