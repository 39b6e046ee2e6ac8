/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revocation beyond the CRLs at hand: where a CRL can be fetched, OCSP requests and the cache of
 * their answers (RFC 6960, RFC 5280 4.2.1.13). Nothing is fetched here: a verification asks.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/text.h"
#include "pkey.h"
#include "trust_content.h"

#define CLOCK_SKEW_SEC 300
#define CRL_MAX_LEN (32u << 20)
#define OCSP_MAX_LEN 65536u

static bool is_http(const char *url)
{
	return strncmp(url, "http://", 7) == 0 && strlen(url) < FETCH_URL_MAX;
}

/* A URI in a certificate: printable ASCII alone. */
static bool uri_text(const ASN1_STRING *s, char *out, size_t size)
{
	const unsigned char *data = ASN1_STRING_get0_data(s);
	size_t len = (size_t)ASN1_STRING_length(s);

	if (len == 0 || len >= size)
		return false;
	for (size_t i = 0; i < len; i++)
		if (data[i] <= ' ' || data[i] > '~')
			return false;
	memcpy(out, data, len);
	out[len] = '\0';
	return true;
}

void crl_urls_of(X509 *x, void (*found)(void *context, const char *url), void *context)
{
	CRL_DIST_POINTS *points = X509_get_ext_d2i(x, NID_crl_distribution_points, NULL, NULL);
	char url[FETCH_URL_MAX];

	for (int i = 0; points && i < sk_DIST_POINT_num(points); i++) {
		const DIST_POINT_NAME *name = sk_DIST_POINT_value(points, i)->distpoint;

		if (!name || name->type != 0)
			continue;
		for (int j = 0; j < sk_GENERAL_NAME_num(name->name.fullname); j++) {
			const GENERAL_NAME *gn = sk_GENERAL_NAME_value(name->name.fullname, j);

			if (gn->type == GEN_URI &&
			    uri_text(gn->d.uniformResourceIdentifier, url, sizeof(url)) &&
			    is_http(url))
				found(context, url);
		}
	}
	CRL_DIST_POINTS_free(points);
	ERR_clear_error();
}

static struct fetch *fetch_new(struct peer_verdict *v, enum fetch_kind kind, const char *url)
{
	struct fetch *f;

	for (uint8_t i = 0; i < v->fetch_count; i++)
		if (v->fetches[i].kind == kind && strcmp(v->fetches[i].url, url) == 0)
			return NULL;
	if (v->fetch_count == FETCH_MAX)
		return NULL;
	f = &v->fetches[v->fetch_count++];
	*f = (struct fetch){ .kind = (uint8_t)kind };
	text_copy(f->url, sizeof(f->url), url);
	return f;
}

static void ask_url(void *context, const char *url)
{
	fetch_new(context, FETCH_CRL, url);
}

void crl_ask(struct trust *t, X509 *x, struct peer_verdict *v)
{
	(void)t;
	crl_urls_of(x, ask_url, v);
}

/* ---- OCSP */

void ocsp_entry_free(struct ocsp_entry *e)
{
	list_remove(&e->node);
	bytes_free(&e->id);
	bytes_free(&e->answer);
	free(e);
}

void trust_purge_ocsp(struct trust *t)
{
	struct ocsp_entry *e;

	trust_lock(t);
	list_each (e, &t->ocsp, struct ocsp_entry, node)
		ocsp_entry_free(e);
	t->ocsp_count = 0;
	trust_unlock(t);
}

static bool id_der(OCSP_CERTID *id, struct bytes *out)
{
	unsigned char *der = NULL;
	int len = i2d_OCSP_CERTID(id, &der);
	bool ok = len > 0 && bytes_copy(slice(der, (size_t)len), out);

	OPENSSL_free(der);
	return ok;
}

/* Its status, or -1 when nothing current is known. */
static int cached(struct trust *t, struct slice id, uint64_t wall_sec)
{
	struct ocsp_entry *e;
	int status = -1;

	trust_lock(t);
	list_each (e, &t->ocsp, struct ocsp_entry, node) {
		if (status >= 0 || !slice_eq(bytes_slice(&e->id), id))
			continue;
		if (e->keep_until_sec > wall_sec) {
			status = e->status;
		} else {
			ocsp_entry_free(e);
			t->ocsp_count--;
		}
	}
	trust_unlock(t);
	return status;
}

static bool request_der(OCSP_CERTID *id, struct bytes *out)
{
	OCSP_REQUEST *request = OCSP_REQUEST_new();
	OCSP_CERTID *copy = OCSP_CERTID_dup(id);
	unsigned char *der = NULL;
	int len = 0;
	bool ok;

	if (request && copy && OCSP_request_add0_id(request, copy))
		copy = NULL;
	if (request && !copy)
		len = i2d_OCSP_REQUEST(request, &der);
	ok = len > 0 && bytes_copy(slice(der, (size_t)len), out);
	OPENSSL_free(der);
	OCSP_CERTID_free(copy);
	OCSP_REQUEST_free(request);
	return ok;
}

static bool responder_of(X509 *x, const struct revocation_policy *p, char *url, size_t size)
{
	STACK_OF(OPENSSL_STRING) * urls;
	bool has = false;

	if (p->ocsp_uri[0])
		return text_copy(url, size, p->ocsp_uri);
	urls = X509_get1_ocsp(x);
	for (int i = 0; urls && !has && i < sk_OPENSSL_STRING_num(urls); i++)
		has = is_http(sk_OPENSSL_STRING_value(urls, i)) &&
		      text_copy(url, size, sk_OPENSSL_STRING_value(urls, i));
	X509_email_free(urls);
	return has;
}

static bool refuse(struct peer_verdict *v, const char *why)
{
	struct text t = TEXT_OVER(v->reason);

	text_add(&t, "certificate %.160s is refused: %s", v->subject, why);
	return false;
}

static bool unknown(const struct chain_query *q, OCSP_CERTID *id, const struct revocation_policy *p,
		    struct peer_verdict *v)
{
	char url[FETCH_URL_MAX];
	struct fetch *f;

	if (!p->ocsp_enable)
		return true;
	if (!responder_of(q->leaf, p, url, sizeof(url)))
		return !p->ocsp_strict ||
		       refuse(v,
			      "it names no OCSP responder, and ocsp-strict is set: set ocsp-uri");
	if (q->has_fetched)
		return !p->ocsp_strict ||
		       refuse(v,
			      "its OCSP responder gave no usable answer, and ocsp-strict is set");
	f = fetch_new(v, FETCH_OCSP, url);
	return f && request_der(id, &f->request);
}

/* An answer that does not say when there is a newer one is of the moment (RFC 6960 4.2.2.1): it counts no
 * longer than it would in the cache, or one from before a revocation would do for ever. */
static bool answer_fits(OCSP_BASICRESP *basic, OCSP_CERTID *id, const struct revocation_policy *p,
			uint64_t wall_sec, struct ocsp_entry *e, struct error *error)
{
	ASN1_GENERALIZEDTIME *this_update = NULL, *next_update = NULL;
	uint64_t until_sec;

	if (OCSP_resp_find_status(basic, id, &e->status, NULL, NULL, &this_update, &next_update) !=
	    1)
		return error_set(error, "the OCSP answer is about other certificates");
	e->this_sec = asn1_seconds(this_update);
	e->next_sec = asn1_seconds(next_update);
	until_sec = next_update ? e->next_sec : e->this_sec + p->ocsp_cache_max_sec;
	if (e->this_sec > wall_sec + CLOCK_SKEW_SEC || until_sec + CLOCK_SKEW_SEC < wall_sec)
		return error_set(error, "the OCSP answer is not of this time: look at the clocks");
	return true;
}

/* By its issuer, by one the issuer lets answer, or by the one the admin trusts for all. */
static bool answer_is_signed(struct trust *t, OCSP_BASICRESP *basic,
			     const struct revocation_policy *p, struct error *e)
{
	X509_STORE *store = trust_store(t);
	STACK_OF(X509) *helpers = trust_helpers(t), *named = sk_X509_new_null();
	X509 *responder = p->ocsp_trustname[0] ? trust_find_cert(t, p->ocsp_trustname) : NULL;
	char why[160];
	int rc = 0;

	if (helpers && named && responder && X509_add_cert(named, responder, X509_ADD_FLAG_UP_REF))
		rc = OCSP_basic_verify(basic, named, store, OCSP_TRUSTOTHER | OCSP_PARTIAL_CHAIN);
	if (helpers && rc != 1)
		rc = OCSP_basic_verify(basic, helpers, store, OCSP_PARTIAL_CHAIN);
	if (rc != 1)
		error_set(e, "the OCSP answer is signed by nobody trusted for it: %s",
			  openssl_error(why, sizeof(why)));
	X509_free(responder);
	sk_X509_pop_free(named, X509_free);
	sk_X509_pop_free(helpers, X509_free);
	X509_STORE_free(store);
	ERR_clear_error();
	return rc == 1;
}

/* Takes the entry over. What is known already gives way to what was said later: a peer may send an
 * answer from before its certificate was revoked. */
static void keep(struct trust *t, struct ocsp_entry *e, const struct revocation_policy *p,
		 uint64_t wall_sec)
{
	struct ocsp_entry *old;
	bool is_older = false;

	e->keep_until_sec = (e->next_sec ? wall_sec : e->this_sec) + p->ocsp_cache_max_sec;
	if (e->next_sec && e->next_sec < e->keep_until_sec)
		e->keep_until_sec = e->next_sec;
	if (e->keep_until_sec < wall_sec + p->ocsp_cache_min_sec)
		e->keep_until_sec = wall_sec + p->ocsp_cache_min_sec;
	trust_lock(t);
	list_each (old, &t->ocsp, struct ocsp_entry, node) {
		if (!slice_eq(bytes_slice(&old->id), bytes_slice(&e->id)))
			continue;
		is_older |= old->this_sec > e->this_sec;
		if (is_older)
			continue;
		ocsp_entry_free(old);
		t->ocsp_count--;
	}
	list_prepend(&t->ocsp, &e->node);
	t->ocsp_count++;
	if (is_older) {
		ocsp_entry_free(e);
		t->ocsp_count--;
	}
	while (t->ocsp_count > 1 && t->ocsp_count > p->ocsp_cache_size) {
		ocsp_entry_free(list_entry(t->ocsp.prev, struct ocsp_entry, node));
		t->ocsp_count--;
	}
	trust_unlock(t);
}

static OCSP_BASICRESP *read_answer(struct slice answer, struct error *e)
{
	const unsigned char *at = answer.data;
	OCSP_RESPONSE *response = NULL;
	OCSP_BASICRESP *basic = NULL;

	if (answer.len > 0 && answer.len <= OCSP_MAX_LEN)
		response = d2i_OCSP_RESPONSE(NULL, &at, (long)answer.len);
	if (!response)
		error_set(e, "the OCSP answer cannot be read");
	else if (OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
		error_set(e, "the OCSP responder answered \"%s\"",
			  OCSP_response_status_str(OCSP_response_status(response)));
	else if (!(basic = OCSP_response_get1_basic(response)))
		error_set(e, "the OCSP answer is of an unknown type");
	OCSP_RESPONSE_free(response);
	ERR_clear_error();
	return basic;
}

/* The answer for that certificate goes into the cache, under the name that we know it by. */
static bool take_answer(struct trust *t, OCSP_BASICRESP *basic, OCSP_CERTID *asked,
			struct slice name, struct slice raw, uint64_t wall_sec, struct error *e)
{
	struct ocsp_entry *entry = calloc(1, sizeof(*entry));
	struct revocation_policy policy;
	bool ok;

	trust_policy(t, &policy);
	ok = entry && answer_is_signed(t, basic, &policy, e) &&
	     answer_fits(basic, asked, &policy, wall_sec, entry, e) &&
	     bytes_copy(name, &entry->id) && (raw.len == 0 || bytes_copy(raw, &entry->answer));
	if (ok) {
		keep(t, entry, &policy, wall_sec);
	} else if (entry) {
		bytes_free(&entry->id);
		free(entry);
	}
	return ok;
}

bool trust_take_ocsp(struct trust *t, struct slice request, struct slice answer, bool is_ours,
		     uint64_t wall_sec, struct error *e)
{
	const unsigned char *at = request.data;
	OCSP_REQUEST *asked = d2i_OCSP_REQUEST(NULL, &at, (long)request.len);
	OCSP_ONEREQ *one = asked && OCSP_request_onereq_count(asked) == 1
				   ? OCSP_request_onereq_get0(asked, 0)
				   : NULL;
	OCSP_CERTID *id = one ? OCSP_onereq_get0_id(one) : NULL;
	OCSP_BASICRESP *basic = id ? read_answer(answer, e) : NULL;
	struct bytes name cleanup(bytes_cleanup) = { 0 };
	bool ok;

	if (!id)
		error_set(e, "no OCSP request is known for the answer");
	ok = basic && id_der(id, &name) &&
	     take_answer(t, basic, id, bytes_slice(&name), is_ours ? answer : SLICE_EMPTY, wall_sec,
			 e);
	OCSP_BASICRESP_free(basic);
	OCSP_REQUEST_free(asked);
	ERR_clear_error();
	return ok;
}

/* ---- answers within IKE (RFC 4806) */

/* Whoever made the answer chose the hash that names the certificate in it. */
static OCSP_CERTID *id_within(OCSP_BASICRESP *basic, X509 *x, X509 *issuer)
{
	const EVP_MD *const hashes[] = { EVP_sha1(), EVP_sha256(), EVP_sha384(), EVP_sha512() };

	for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
		OCSP_CERTID *id = OCSP_cert_to_id(hashes[i], x, issuer);

		if (id && OCSP_resp_find(basic, id, -1) >= 0)
			return id;
		OCSP_CERTID_free(id);
	}
	return NULL;
}

/* One that is no good is as if it had not come: what is known otherwise decides (RFC 4806 4.1). */
static void take_staples(struct trust *t, const struct chain_query *q, X509 *issuer,
			 struct slice name)
{
	for (size_t i = 0; i < q->ocsp_count; i++) {
		struct error ignored = { 0 };
		OCSP_BASICRESP *basic = read_answer(q->ocsps[i], &ignored);
		OCSP_CERTID *id = basic ? id_within(basic, q->leaf, issuer) : NULL;

		if (id)
			take_answer(t, basic, id, name, SLICE_EMPTY, q->wall_sec, &ignored);
		OCSP_CERTID_free(id);
		OCSP_BASICRESP_free(basic);
	}
}

bool ocsp_check(struct trust *t, const struct chain_query *q, STACK_OF(X509) * chain,
		const struct revocation_policy *p, struct peer_verdict *v)
{
	struct bytes der cleanup(bytes_cleanup) = { 0 };
	OCSP_CERTID *id;
	bool ok = true;

	if ((!p->ocsp_enable && q->ocsp_count == 0) || sk_X509_num(chain) < 2)
		return true;
	id = OCSP_cert_to_id(EVP_sha1(), q->leaf, sk_X509_value(chain, 1));
	if (!id || !id_der(id, &der)) {
		OCSP_CERTID_free(id);
		return refuse(v, "memory is short for its OCSP request");
	}
	take_staples(t, q, sk_X509_value(chain, 1), bytes_slice(&der));
	switch (cached(t, bytes_slice(&der), q->wall_sec)) {
	case V_OCSP_CERTSTATUS_GOOD:
		break;
	case V_OCSP_CERTSTATUS_REVOKED:
		ok = refuse(v, "it is revoked, its OCSP responder says");
		break;
	case V_OCSP_CERTSTATUS_UNKNOWN:
		ok = !p->ocsp_strict ||
		     refuse(v, "its OCSP responder does not know it, and ocsp-strict is set");
		break;
	default:
		ok = unknown(q, id, p, v);
	}
	OCSP_CERTID_free(id);
	ERR_clear_error();
	return ok;
}

#define OWN_RETRY_SEC 60

static bool own_answer(struct trust *t, struct slice name, uint64_t wall_sec, struct bytes *answer)
{
	struct ocsp_entry *e;

	list_each (e, &t->ocsp, struct ocsp_entry, node)
		if (slice_eq(bytes_slice(&e->id), name) && e->answer.len > 0 &&
		    (e->next_sec ? e->next_sec : e->keep_until_sec) > wall_sec)
			return bytes_copy(bytes_slice(&e->answer), answer);
	return false;
}

void ocsp_own(struct trust *t, X509 *x, X509 *issuer, uint64_t wall_sec, bool has_fetched,
	      struct bytes *answer, struct fetch *out)
{
	struct bytes name cleanup(bytes_cleanup) = { 0 };
	OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), x, issuer);
	struct revocation_policy policy;
	bool is_known = false, may_ask = false;

	trust_policy(t, &policy);
	if (id && id_der(id, &name)) {
		trust_lock(t);
		is_known = own_answer(t, bytes_slice(&name), wall_sec, answer);
		may_ask = t->ocsp_failed_sec + OWN_RETRY_SEC <= wall_sec;
		trust_unlock(t);
	}
	if (!is_known && may_ask && !has_fetched &&
	    responder_of(x, &policy, out->url, sizeof(out->url))) {
		out->kind = FETCH_OCSP;
		out->is_ours = true;
		if (!request_der(id, &out->request))
			out->url[0] = '\0';
	}
	OCSP_CERTID_free(id);
	ERR_clear_error();
}

void trust_own_ocsp_failed(struct trust *t, uint64_t wall_sec)
{
	trust_lock(t);
	t->ocsp_failed_sec = wall_sec;
	trust_unlock(t);
}

bool trust_responder_hash(struct trust *t, struct bytes *out)
{
	struct revocation_policy policy;
	uint8_t hash[20];
	X509 *x;
	bool ok = true;

	*out = (struct bytes){ 0 };
	trust_policy(t, &policy);
	x = policy.ocsp_trustname[0] ? trust_find_cert(t, policy.ocsp_trustname) : NULL;
	if (x && cert_key_sha1(x, hash))
		ok = bytes_copy(SLICE_OF(hash), out);
	X509_free(x);
	return ok;
}

/* ---- CRLs that were fetched */

static X509_CRL *read_crl(struct slice raw)
{
	const unsigned char *at = raw.data;
	X509_CRL *crl;
	BIO *bio;

	if (raw.len == 0 || raw.len > CRL_MAX_LEN)
		return NULL;
	crl = d2i_X509_CRL(NULL, &at, (long)raw.len);
	if (crl)
		return crl;
	bio = BIO_new_mem_buf(raw.data, (int)raw.len);
	crl = bio ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	ERR_clear_error();
	return crl;
}

/* Who made it, as far as that can be told: an issuer that comes with a peer alone is known to nobody. */
enum signer { SIGNER_PROVEN, SIGNER_UNKNOWN, SIGNER_ANOTHER };

static enum signer signer_of(STACK_OF(X509) * known, X509_CRL *crl)
{
	enum signer signer = SIGNER_UNKNOWN;

	for (int i = 0; signer != SIGNER_PROVEN && i < sk_X509_num(known); i++) {
		X509 *ca = sk_X509_value(known, i);

		if (X509_NAME_cmp(X509_get_subject_name(ca), X509_CRL_get_issuer(crl)) != 0)
			continue;
		signer = X509_CRL_verify(crl, X509_get0_pubkey(ca)) == 1 ? SIGNER_PROVEN
									 : SIGNER_ANOTHER;
	}
	ERR_clear_error();
	return signer;
}

static bool is_later(X509_CRL *a, X509_CRL *b)
{
	return asn1_seconds(X509_CRL_get0_lastUpdate(a)) >
	       asn1_seconds(X509_CRL_get0_lastUpdate(b));
}

/* What goes when fresh comes from the same place. The way there is open to anybody, who may give an old
 * CRL for the one that names what is revoked, or another CA's. */
static bool gives_way(const struct crl *old, const char *origin, X509_CRL *fresh,
		      STACK_OF(X509) * known)
{
	return old->was_fetched && strcmp(old->origin, origin) == 0 &&
	       (signer_of(known, old->x) != SIGNER_PROVEN ||
		X509_NAME_cmp(X509_CRL_get_issuer(old->x), X509_CRL_get_issuer(fresh)) == 0);
}

static bool replace_crl(struct trust_content *c, X509_CRL *fresh, const char *origin,
			STACK_OF(X509) * known, struct error *e)
{
	struct crl *crl;
	size_t fetched = 0, gone = 0;

	list_each (crl, &c->crls, struct crl, node) {
		if (!gives_way(crl, origin, fresh, known))
			fetched += crl->was_fetched;
		else if (signer_of(known, crl->x) == SIGNER_PROVEN && is_later(crl->x, fresh))
			return error_set(e, "the CRL is older than the one that is known");
	}
	if (fetched >= TRUST_CRLS_FETCHED_MAX)
		return error_set(e, "there is no room for another CRL");
	list_each (crl, &c->crls, struct crl, node) {
		if (!gives_way(crl, origin, fresh, known))
			continue;
		gone++;
		list_remove(&crl->node);
		X509_CRL_free(crl->x);
		free(crl->origin);
		free(crl);
	}
	return ((gone == 0 || trust_content_restore(c)) &&
		trust_content_add_crl(c, fresh, origin, true)) ||
	       error_set(e, "memory is short: free some and try again");
}

bool trust_take_crl(struct trust *t, struct slice raw, const char *origin, struct error *e)
{
	STACK_OF(X509) *known = trust_helpers(t);
	X509_CRL *crl = read_crl(raw);
	bool ok = false;

	if (!crl) {
		error_set(e, "no CRL can be read from it");
	} else if (signer_of(known, crl) == SIGNER_ANOTHER) {
		error_set(e, "the CRL is not signed by the CA whose name it bears");
	} else {
		trust_lock(t);
		ok = replace_crl(t->content, crl, origin, known, e);
		trust_unlock(t);
	}
	X509_CRL_free(crl);
	sk_X509_pop_free(known, X509_free);
	ERR_clear_error();
	return ok;
}

struct nth_url {
	size_t left;
	char *url;
	size_t size;
	bool is_found;
};

static void count_url(void *context, const char *url)
{
	struct nth_url *n = context;

	if (n->is_found)
		return;
	if (n->left-- == 0) {
		text_copy(n->url, n->size, url);
		n->is_found = true;
	}
}

bool trust_crl_url(struct trust *t, size_t i, char *url, size_t size)
{
	struct nth_url n = { .left = i, .url = url, .size = size };
	struct seen_url *u;
	struct cert *c;

	trust_lock(t);
	list_each (c, &t->content->cas, struct cert, node)
		crl_urls_of(c->x, count_url, &n);
	list_each (c, &t->content->certs, struct cert, node)
		crl_urls_of(c->x, count_url, &n);
	list_each (u, &t->urls, struct seen_url, node)
		count_url(&n, u->url);
	trust_unlock(t);
	return n.is_found;
}
