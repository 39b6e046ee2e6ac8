/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tickets of session resumption (RFC 5723) as a gateway: by value, sealed under keys that only this
 * gateway has. Two keys overlap, each is used for a day; a ticket lives at most a day. What was used,
 * or belongs to an IKE SA that was deleted or rekeyed, is remembered until the ticket would have ended.
 * Keys and that list outlive the process in a file that the world outside keeps (ACTION_TICKETS).
 */
#ifndef CORE_TICKET_H
#define CORE_TICKET_H

#include "base/list.h"
#include "base/table.h"
#include "base/text.h"
#include "conn/session.h"

struct core;
struct ike_sa;
struct connection;

#define TICKET_KEY_ID_LEN 8
#define TICKET_DIGEST_LEN 16
#define TICKET_LIFE_MAX_SEC 86400u
#define TICKET_MAX 1024 /* bytes; no ticket of ours is longer */

struct ticket_key {
	uint8_t id[TICKET_KEY_ID_LEN];
	uint64_t created_sec; /* wall clock; 0: there is none */
	uint8_t key[32];
};

struct tickets {
	struct ticket_key keys[2]; /* the current one first */
	struct table spent;        /* struct spent, by its SPIs */
	struct list spent_list;    /* the same, in the order they came */
	uint32_t spent_count;
	uint32_t appended;  /* records of the file since it was written whole */
	bool is_torn;       /* the file ends in part of a record */
	uint64_t floor_sec; /* what ends no later may have been forgotten: it is refused */
};

/* What a ticket says beside the session. */
struct ticket_claims {
	char name[128]; /* of the connection */
	uint8_t definition[TICKET_DIGEST_LEN];
	uint8_t credentials[TICKET_DIGEST_LEN]; /* of the keystore, under digest_key */
	uint8_t digest_key[32];
};

void tickets_init(struct core *c, struct slice stored);
void tickets_fini(struct core *c);
/* Would the peer of this established IKE SA be given a ticket? Else why not. */
bool ticket_may(const struct core *c, const struct ike_sa *ike, const char **why);
/* The key that the credentials' digest of the next ticket is made with. False: no randomness. */
bool ticket_digest_key(struct core *c, uint8_t out[32]);
/* A ticket for the IKE SA with that digest, and its lifetime in seconds; it is counted as given. False: it
 * cannot be made. */
bool ticket_seal(struct core *c, struct ike_sa *ike, const uint8_t credentials[TICKET_DIGEST_LEN],
		 struct bytes *out, uint32_t *lifetime_sec);
/* The session of a ticket, which the caller frees; NULL with the reason. Nothing is kept of it. */
struct session *ticket_open(struct core *c, struct slice ticket, struct ticket_claims *claims,
			    const char **why);
bool ticket_is_spent(struct core *c, const struct session *s);
/* No ticket of the IKE SA with these SPIs is good any more; all of them end by until_sec. */
void ticket_spend(struct core *c, uint64_t spi_i, uint64_t spi_r, uint64_t until_sec);
/* The definition's digest, as it stands in tickets. */
bool ticket_definition(const struct connection *conn, uint8_t out[TICKET_DIGEST_LEN]);

#endif
