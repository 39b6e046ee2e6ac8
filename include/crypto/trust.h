/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of others: CA certificates, end certificates, CRLs, OCSP answers, and public keys by
 * identity. Path checks are OpenSSL's (RFC 5280 6); what IKE asks of a certificate beyond them is
 * RFC 4945 5. Safe to call from several threads: who verifies works on a snapshot, and a reload puts
 * a whole new one in its place.
 */
#ifndef CRYPTO_TRUST_H
#define CRYPTO_TRUST_H

#include "crypto/identity.h"
#include "crypto/sign.h"

struct keystore;
struct trust;

#define CHAIN_MAX_CERTS 8      /* of a peer, and sent by us (case 96) */
#define CHAIN_MAX_BYTES 32768u /* of them together */
#define FETCH_MAX 8            /* what one verification may ask to be fetched */
#define FETCH_URL_MAX 512

/* NULL when memory is short. */
struct trust *trust_new(void);
void trust_free(struct trust *t);

/* How revocation is looked at. */
struct revocation_policy {
	bool crl_strict; /* no current CRL of a CA: refuse */
	bool ocsp_enable;
	bool ocsp_strict; /* no answer about the end certificate: refuse */
	bool ocsp_post;   /* by POST; else GET when it is short enough */
	char ocsp_uri[FETCH_URL_MAX];
	char ocsp_trustname[128]; /* of a certificate whose answers are trusted for all */
	uint32_t ocsp_timeout_sec, crl_timeout_sec;
	uint32_t ocsp_cache_size;
	uint32_t ocsp_cache_min_sec, ocsp_cache_max_sec;
};
void trust_configure(struct trust *t, const struct revocation_policy *p);
void trust_policy(struct trust *t, struct revocation_policy *out);

/* ---- public keys by identity (whack --keyid --addkey) */
/* replaces: the keys it had before go. False when memory is short. */
bool trust_add_key(struct trust *t, const struct identity *id, const struct public_key *key,
		   bool replaces);

/* ---- proving ourselves */
enum send_ca { SEND_CA_NONE, SEND_CA_ISSUER, SEND_CA_ALL };
/* OCSP answers within IKE (RFC 4806): bits. */
enum ocsp_staple {
	OCSP_STAPLE_NEVER = 0,
	OCSP_STAPLE_REPLY = 1,
	OCSP_STAPLE_REQUEST = 2,
	OCSP_STAPLE_BOTH = 3,
};

enum fetch_kind { FETCH_CRL, FETCH_OCSP };
struct fetch {
	uint8_t kind; /* enum fetch_kind */
	bool is_ours; /* OCSP: about our certificate; the answer is kept as it came, to be sent */
	char url[FETCH_URL_MAX];
	struct bytes request; /* OCSP: the DER request */
};

/* What a peer announces that it takes (RFC 9593). */
struct peer_methods {
	bool is_told;
	uint32_t methods; /* a bit for each authentication method below 32 */
	uint32_t algs;    /* of method 14: a bit for each row of signature_at */
};

/* What the connection says of our credential. Unset texts are NULL. */
struct credential_query {
	uint32_t allow;  /* enum auth_allow */
	uint16_t hashes; /* HASH_BITs the peer listed; 0: it knows classic methods only */
	struct peer_methods peer;
	const char *cert;       /* nickname, subject or file */
	const char *ckaid;      /* hex */
	const char *ca;         /* DN that must stand in our chain */
	struct slice key;       /* SubjectPublicKeyInfo of our raw key */
	struct identity id;     /* ID_NONE: taken from the certificate */
	uint8_t send_ca;        /* enum send_ca */
	struct slice requested; /* CERTREQ: SHA-1 hashes of CAs' keys, one after the other */
	bool wants_ocsp;        /* an OCSP answer about our certificate goes along */
	bool has_fetched;       /* what could be fetched was: do not ask again */
	uint64_t wall_sec;
};

struct credential {
	struct identity id; /* the one to send */
	struct key_ref key;
	const struct signature_alg *alg;
	bool is_classic;
	struct bytes certs[CHAIN_MAX_CERTS]; /* ours first; none for a raw key */
	uint8_t cert_count;
	struct bytes ocsp;  /* OCSPResponse about the first of them; empty: none */
	struct fetch fetch; /* how to get that; url "": no way, or no need */
	char name[256];     /* for logs */
	char issuer[256];   /* of our certificate; "": a raw key */
	uint64_t from_sec, until_sec;
	bool is_requested; /* a CA of its chain is among the requested ones */
};
/* Finds what fits the query best. False with an error that says what is missing. */
bool credential_choose(struct keystore *k, const struct credential_query *q, struct credential *out,
		       struct error *e);
void credential_free(struct credential *c);
/* Who issued the certificate that the query means: the DN as DER. False with an error. */
bool credential_issuer(struct keystore *k, const struct credential_query *q, struct bytes *dn,
		       struct error *e);

/* SHA-1 hashes of the keys of the CAs we would accept, for CERTREQ (RFC 7296 3.7): of the one named,
 * or of all, at most max. */
bool trust_ca_hashes(struct trust *t, const char *ca, size_t max, struct bytes *out);

/* ---- what a peer proves */
struct peer_query {
	const struct identity *id; /* what it says it is */
	const struct slice *certs; /* DER, its own first */
	size_t cert_count;
	const struct slice *ocsps; /* OCSP answers it sent because we asked for them */
	size_t ocsp_count;
	uint8_t method; /* authentication method */
	struct slice auth;
	struct slice octets;
	/* the connection's word */
	uint32_t allow;   /* enum auth_allow */
	uint16_t hashes;  /* HASH_BITs we listed */
	struct slice key; /* SubjectPublicKeyInfo it must have; empty: any that is known for id */
	const char *cert; /* it must have this certificate; NULL: any */
	const char *ca;   /* DN that must stand in its chain; NULL: any */
	const struct credential_query
		*own;     /* not NULL: that DN is our certificate's issuer (%same) */
	bool needs_id;    /* the certificate must bear the identity */
	bool has_fetched; /* what could be fetched was: do not ask again */
	uint64_t wall_sec;
};

struct peer_verdict {
	enum verdict verdict;
	const struct signature_alg *alg;
	char reason[400];  /* why not, and what to do */
	char subject[256]; /* of its certificate; "" for a raw key */
	char issuer[256];
	uint64_t until_sec; /* when the first certificate of its path ends; 0: there is none */
	struct fetch fetches[FETCH_MAX]; /* VERDICT_OK, but this may change it */
	uint8_t fetch_count;
};
/*
 * Is it who it says it is? VERDICT_OK only when its signature is right, by a key that is trusted for
 * its identity, by an algorithm that is allowed. Takes as long whatever is wrong.
 */
void peer_verify(struct keystore *k, const struct peer_query *q, struct peer_verdict *out);
void peer_verdict_free(struct peer_verdict *v);

/* ---- what was fetched */
/* Takes a CRL over when its issuer is known or may be; of one issuer and place the later stays. False with
 * an error. */
bool trust_take_crl(struct trust *t, struct slice der, const char *origin, struct error *e);
/* Takes the answer to an OCSP request made by peer_verify or credential_choose; an older one than is
 * known changes nothing. is_ours: the answer itself is kept too. */
bool trust_take_ocsp(struct trust *t, struct slice request, struct slice answer, bool is_ours,
		     uint64_t wall_sec, struct error *e);
/* Our OCSP responder gave none: it is not asked again for a minute. */
void trust_own_ocsp_failed(struct trust *t, uint64_t wall_sec);
/* SHA-1 hash of the key of the responder that is trusted for all, for CERTREQ (RFC 4806 3.1); empty
 * when there is none. */
bool trust_responder_hash(struct trust *t, struct bytes *out);
void trust_purge_ocsp(struct trust *t);
/* Where CRLs of the loaded certificates and of peers seen so far can be fetched: the i-th URL; false
 * after the last. */
bool trust_crl_url(struct trust *t, size_t i, char *url, size_t size);

/* Of the certificate that a connection calls so, in seconds since 1970; false when none is loaded. */
bool trust_cert_dates(struct trust *t, const char *cert, uint64_t *from_sec, uint64_t *until_sec);

/* ---- what is there, for lists */
enum trust_kind { TRUST_KEYS, TRUST_CERTS, TRUST_CAS, TRUST_CRLS, TRUST_PSKS };
#define TRUST_KINDS 5
struct trust_item {
	uint8_t kind;   /* enum trust_kind */
	char name[256]; /* nickname or file; of a key its identity; of a PSK where it stands */
	char subject[300], issuer[300];
	char serial[64];
	char key[32]; /* "RSA 2048" */
	char ckaid[48];
	bool has_private;
	uint64_t from_sec, until_sec; /* validity; of a CRL this and next update; 0: none */
	uint64_t revoked;             /* CRL: how many */
};
/* The i-th; false after the last. */
bool trust_item(struct keystore *k, enum trust_kind kind, size_t i, struct trust_item *out);

#define EXPIRY_WARN_SEC (14u * 86400)
/* Certificates whose end is near or over, CAs first, and CRLs that are over: at most max. */
size_t trust_expiring(struct keystore *k, uint64_t wall_sec, struct trust_item *out, size_t max);

#endif
