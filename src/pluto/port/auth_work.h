/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of a work item that is about who is who: a credential to be chosen, a signature to be
 * made, a peer to be verified, something to be fetched. All that it names is copied into it.
 */
#ifndef PORT_AUTH_WORK_H
#define PORT_AUTH_WORK_H

#include "base/arena.h"
#include "crypto/trust.h"

enum told { TELLS_SECRETS, TELLS_CERT, TELLS_CA };

struct auth_work {
	struct arena arena; /* what the queries borrow */
	/* WORK_CREDENTIAL */
	struct credential_query own;
	const char *peer_ca; /* which CA's hash is wanted for CERTREQ; NULL: of all */
	struct credential credential;
	struct bytes ca_hashes;
	struct error error;
	/* WORK_SIGN */
	struct key_ref key;
	const struct signature_alg *alg;
	bool is_classic;
	struct bytes signature;
	/* WORK_VERIFY */
	struct peer_query peer;
	struct slice ocsps[4]; /* of peer */
	bool is_same_ca; /* the peer's certificate must have the issuer of ours, which own means */
	struct identity peer_id;
	struct peer_verdict verdict;
	/* WORK_LIST: owner is the client */
	uint32_t kinds; /* bits of enum trust_kind */
	struct trust_item *items;
	size_t item_count;
	/* WORK_TELL, WORK_FORGET: owner is the client */
	uint8_t tells;         /* enum told */
	struct secret content; /* lines of ipsec.secrets, or PEM */
	const char *name;      /* of certificates; of secrets the identities */
	char said[400];        /* what was done, or what an admin should know besides */
	/* WORK_ADD_KEY: peer_id's, peer.key; beside those there are */
	bool adds;
	/* WORK_FETCH; all_crls: of everything known, for client owner */
	bool all_crls;
	struct fetch fetches[FETCH_MAX];
	uint8_t fetch_count;
	char fetch_errors[400];
};

struct auth_work *auth_work_new(void);
void auth_work_free(struct auth_work *a);
/* NULL stays NULL. False when memory is short. */
bool auth_work_text(struct auth_work *a, const char *from, const char **out);
bool auth_work_bytes(struct auth_work *a, struct slice from, struct slice *out);

#endif
