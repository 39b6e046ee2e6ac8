/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work items: slow or secret computations the core asks for. An item is self-contained: input and
 * output are in it, so it can run on a thread, inline, or in another process. It owns its memory.
 */
#ifndef PORT_WORK_H
#define PORT_WORK_H

#include "crypto/identity.h"
#include "crypto/ke.h"
#include "crypto/keystore.h"
#include "crypto/prf.h"
#include "port/auth_work.h"

enum work_kind {
	WORK_KE_GENERATE, /* slow: a key pair */
	WORK_KE_SHARED,   /* slow: the shared secret */
	WORK_KE_RESPOND,  /* slow: both at once, from the initiator's value */
	WORK_PSK_MAC,     /* cheap: AUTH values behind the door for secrets */
	WORK_PPK_FIND,    /* cheap: which PPK is for these ends */
	WORK_DIGEST,      /* cheap: what all credentials come to, under a key: mac[0] */
	WORK_PPK_MIX,     /* cheap: that PPK mixed into keys behind the door */
	WORK_CREDENTIAL,  /* cheap: which key and certificates we prove ourselves with */
	WORK_SIGN,        /* slow: our signature, over octets[0] */
	WORK_VERIFY,      /* slow: a peer's signature and certificate, over octets[1] */
	WORK_LIST,        /* cheap: what there is of keys, certificates and CRLs */
	WORK_ADD_KEY,     /* cheap: a public key of peer_id */
	WORK_TELL,        /* cheap: secrets, certificates and keys that whack tells */
	WORK_FORGET,      /* cheap: the same, away again */
	WORK_PURGE_OCSP,  /* cheap: forgets OCSP answers */
	WORK_FETCH,       /* fetches CRLs and OCSP answers; may take seconds */
};

struct work {
	struct work *undone; /* the core's: it could not be asked for */
	uint8_t kind;        /* enum work_kind */
	uint64_t owner;      /* generation-checked handle of the IKE SA (sa/ike_sa.h) */
	uint32_t ticket;     /* which wait of the owner it answers */
	const struct alg *group;
	struct secret ke_private;
	struct bytes ke_public, ke_peer;
	/* WORK_PSK_MAC, WORK_PPK_* */
	const struct alg *prf;
	struct identity local_id, remote_id;
	struct address local, remote;
	uint8_t digest_key[32]; /* WORK_DIGEST */
	struct bytes octets[2]; /* what our AUTH and the peer's AUTH cover; empty: not wanted */
	/* WORK_PPK_* */
	char *ppk_allowed;      /* names, commas between; NULL: any */
	struct bytes ppk_name;  /* MIX: which; FIND: the result */
	struct secret ppk_keys; /* the keys to mix it into, all of one length */
	uint8_t ppk_key_count;
	struct auth_work *auth; /* the kinds after WORK_PSK_MAC */
	/* results */
	struct secret ppk_mixed; /* in the place of ppk_keys */
	enum verdict verdict;
	struct secret ke_secret;
	uint8_t mac[2][PRF_MAX_LEN]; /* ours, the peer's */
	char origin[300];            /* where the secret stands, for logs */
};

struct work *work_new(enum work_kind kind, uint64_t owner, uint32_t ticket);
void work_free(struct work *w); /* wipes */
/* Runs it here and now; the keystore may be NULL for key exchange. */
void work_run(struct work *w, struct keystore *k);
/* True for items that belong on a worker thread; WORK_FETCH belongs on one of its own, and gives
 * VERDICT_FAIL when it is run here. */
bool work_is_slow(const struct work *w);

#endif
