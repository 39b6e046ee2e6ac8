/* SPDX-License-Identifier: Apache-2.0 */
/* Private to crypto: what a struct trust holds, and how the loader fills it. */
#ifndef CRYPTO_TRUST_CONTENT_H
#define CRYPTO_TRUST_CONTENT_H

#include <pthread.h>

#include <openssl/x509.h>

#include "base/list.h"
#include "crypto/trust.h"
#include "digest_sum.h"

struct cert { /* a certificate that was loaded */
	struct list node;
	X509 *x;
	char *file;             /* as it was asked for, or its path */
	char *nick;             /* PKCS#12's friendly name, or NULL */
	struct public_key *key; /* NULL: of a kind not used here */
	bool is_told;           /* by whack, under the name that stands in file */
};

struct crl {
	struct list node;
	X509_CRL *x;
	char *origin; /* file or URL */
	bool was_fetched;
};

/* What a reload makes anew. */
struct trust_content {
	X509_STORE *store; /* CAs and CRLs */
	struct list cas;   /* struct cert */
	struct list certs; /* struct cert */
	struct list crls;  /* struct crl */
};

struct known_key {
	struct list node;
	struct identity id;
	struct public_key *key;
};

struct ocsp_entry {
	struct list node;
	struct bytes id; /* DER of the OCSP CertID */
	int status;      /* V_OCSP_CERTSTATUS_* */
	uint64_t this_sec, next_sec, keep_until_sec;
	struct bytes answer; /* about our own certificate: the OCSPResponse as it came */
};

struct seen_url {
	struct list node;
	char url[FETCH_URL_MAX];
};

struct asked_name { /* a file or URI of a connection, outside the folders */
	struct list node;
	char name[512];
};

struct trust {
	pthread_mutex_t lock;
	struct trust_content *content;
	struct list keys; /* struct known_key */
	struct list ocsp; /* struct ocsp_entry, the newest first */
	size_t ocsp_count;
	uint64_t ocsp_failed_sec; /* when ours could not be fetched; 0: not */
	struct list urls;         /* struct seen_url: CRL distribution points of peers */
	size_t url_count;
	struct list names; /* struct asked_name */
	struct revocation_policy policy;
	uint64_t locks; /* so many times it was locked */
	struct digest_sum digest;
	uint64_t digest_at; /* that lock; 0: there is no digest yet */
};

#define TRUST_CRLS_FETCHED_MAX 256
#define TRUST_URLS_MAX 256

/* ---- trust.c: around every look at the lists */
void trust_lock(struct trust *t);
void trust_unlock(struct trust *t);

/* ---- trust.c: filling; each takes a reference. False when memory is short. */
struct trust_content *trust_content_new(void);
void trust_content_free(struct trust_content *c);
bool trust_content_add_ca(struct trust_content *c, X509 *x, const char *file);
bool trust_content_add_cert(struct trust_content *c, X509 *x, const char *file, const char *nick);
bool trust_content_add_crl(struct trust_content *c, X509_CRL *x, const char *origin,
			   bool was_fetched);
/* Makes its store anew of the CAs and CRLs that it has, for a store cannot lose one. */
bool trust_content_restore(struct trust_content *c);
/* Puts it in the place of what was there, which is freed; fetched CRLs stay. */
void trust_replace(struct trust *t, struct trust_content *fresh);
/* Adds one that a connection asked for. */
bool trust_add_cert(struct trust *t, X509 *x, const char *file, const char *nick);

/* A certificate or CA that whack tells under that name: it outlives a reload. */
bool trust_tell(struct trust *t, X509 *x, const char *name, bool is_ca);
/* Removes those of the name; how many. */
size_t trust_forget(struct trust *t, const char *name);
/* A reference to the CAs and CRLs as they are now. */
X509_STORE *trust_store(struct trust *t);
/* All loaded CA certificates that may help to build a path, with references. */
STACK_OF(X509) * trust_helpers(struct trust *t);
/* The certificate that an admin means by name: file, base name with or without ending, nickname,
 * subject DN, or its CN. Of several the one that is valid longest. With a reference; NULL: none. */
X509 *trust_find_cert(struct trust *t, const char *name);
/* The first loaded certificate of that key, with a reference. */
X509 *trust_cert_of_key(struct trust *t, const struct key_ref *key);
/* Do these names mean a loaded certificate? For the loader. */
bool trust_has_cert(struct trust *t, const char *name);
/* Remembers what a reload has to read besides the folders; the i-th of them. */
bool trust_ask_name(struct trust *t, const char *name);
bool trust_asked_name(struct trust *t, size_t i, char *name, size_t size);

/* ---- cert.c: what a certificate says */
/* Does it bear the identity, as subject or subjectAltName (RFC 4945 3.1, 5.1.3.6)? */
bool cert_has_id(X509 *x, const struct identity *id);
/* Key usage and extended key usage for IKE (RFC 4945 5.1.3.2, 5.1.3.12); false with the reason. */
bool cert_is_for_ike(X509 *x, const char **why);
bool cert_subject_id(X509 *x, struct identity *out);
bool cert_issuer_dn(X509 *x, struct bytes *out);
const char *cert_subject(X509 *x, char *buf, size_t size);
const char *cert_issuer(X509 *x, char *buf, size_t size);
const char *cert_serial(X509 *x, char *buf, size_t size);
/* Seconds since 1970; 0: none or before. */
uint64_t asn1_seconds(const ASN1_TIME *t);
bool cert_key_sha1(X509 *x, uint8_t out[20]);

/* ---- chain.c */
struct chain_query {
	X509 *leaf;
	STACK_OF(X509) * others;   /* the peer's */
	bool leaf_is_trusted;      /* the connection names this very certificate */
	const struct slice *ocsps; /* the peer's OCSP answers */
	size_t ocsp_count;
	struct slice ca; /* DN that must stand in the path, "*" for any value; empty: any */
	uint64_t wall_sec;
	bool has_fetched;
};
/* True when the path holds; else v->reason says why. Fills in subject, issuer and fetches. */
bool chain_verify(struct trust *t, const struct chain_query *q, struct peer_verdict *v);
/* Is one of the chain, which is x's, or the issuer that x names, of that DN ("*": any value)? */
bool chain_has(X509 *x, STACK_OF(X509) * chain, struct slice dn);
/* The path from x up as far as it is known, without x; references. */
STACK_OF(X509) * chain_build(struct trust *t, X509 *x);

/* ---- revocation.c */
/* After the path holds: what OCSP says of the end certificate; false: refused, v->reason says why. */
bool ocsp_check(struct trust *t, const struct chain_query *q, STACK_OF(X509) * chain,
		const struct revocation_policy *p, struct peer_verdict *v);
/* The OCSP answer about a certificate of ours, or how to fetch it (out->url not ""). */
void ocsp_own(struct trust *t, X509 *x, X509 *issuer, uint64_t wall_sec, bool has_fetched,
	      struct bytes *answer, struct fetch *out);
/* Asks for the CRL of x, when it says where. */
void crl_ask(struct trust *t, X509 *x, struct peer_verdict *v);
void ocsp_entry_free(struct ocsp_entry *e);
/* Remembers where a peer's certificate says its CRL is. */
void crl_urls_of(X509 *x, void (*found)(void *context, const char *url), void *context);

#endif
