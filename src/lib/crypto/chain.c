/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A certificate's path to a trusted CA (RFC 5280 6). X509_verify_cert does the checks: signatures,
 * dates at the time given, basic constraints, name constraints, key usage of CAs, CRLs. Here is only
 * which of its complaints about CRLs count, by the policy, and how they are told to an admin.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/text.h"
#include "dn.h"
#include "trust_content.h"

#define PATH_MAX_CERTS 7 /* the end certificate and the trusted one included */
#define SECURITY_LEVEL 2 /* of OpenSSL: no RSA below 2048 bits, no SHA-1 in signatures */

struct walk {
	struct trust *t;
	const struct chain_query *q;
	struct revocation_policy policy;
	struct peer_verdict *v;
	X509 *without_crl[PATH_MAX_CERTS]; /* of the path; borrowed */
	unsigned without_crl_count;
};

static void remember_url(void *context, const char *url)
{
	struct trust *t = context;
	struct seen_url *u;
	bool is_known = false;

	trust_lock(t);
	list_each (u, &t->urls, struct seen_url, node)
		is_known |= strcmp(u->url, url) == 0;
	if (!is_known && t->url_count < TRUST_URLS_MAX && (u = calloc(1, sizeof(*u)))) {
		text_copy(u->url, sizeof(u->url), url);
		list_append(&t->urls, &u->node);
		t->url_count++;
	}
	trust_unlock(t);
}

static bool is_anchor(X509_STORE_CTX *ctx, X509 *x)
{
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);

	return chain && sk_X509_num(chain) > 0 && sk_X509_value(chain, sk_X509_num(chain) - 1) == x;
}

/* There is no CRL for x that counts. */
static bool lacks_crl(struct walk *w, X509_STORE_CTX *ctx, X509 *x)
{
	uint8_t before = w->v->fetch_count;

	/* Nobody but the admin takes the trust in a CA of ours away. */
	if (!x || is_anchor(ctx, x))
		return true;
	if (!w->policy.crl_strict) {
		/* OpenSSL looks at signatures last: who made it is not known yet */
		if (w->without_crl_count < PATH_MAX_CERTS)
			w->without_crl[w->without_crl_count++] = x;
		return true;
	}
	if (!w->q->has_fetched)
		crl_ask(w->t, x, w->v);
	return w->v->fetch_count > before;
}

/* OpenSSL's complaint: 1 lets it pass. */
static int on_complaint(int ok, X509_STORE_CTX *ctx)
{
	struct walk *w = X509_STORE_CTX_get_app_data(ctx);

	if (ok)
		return 1;
	switch (X509_STORE_CTX_get_error(ctx)) {
	case X509_V_ERR_UNABLE_TO_GET_CRL:
	case X509_V_ERR_CRL_HAS_EXPIRED:
	case X509_V_ERR_CRL_NOT_YET_VALID:
	case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
	case X509_V_ERR_DIFFERENT_CRL_SCOPE:
		return lacks_crl(w, ctx, X509_STORE_CTX_get_current_cert(ctx));
	}
	return 0;
}

static const struct {
	int error;
	const char *why;
} remedies[] = {
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
	  "its issuer is not known here: put the CA into ipsec.d/cacerts, or let the peer send its "
	  "intermediates, and run ipsec whack --rereadcerts" },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
	  "its issuer is not known here: put the CA into ipsec.d/cacerts, or let the peer send its "
	  "intermediates, and run ipsec whack --rereadcerts" },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
	  "its root CA is not trusted here: put it into ipsec.d/cacerts and run ipsec whack "
	  "--rereadcerts" },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
	  "it is signed by itself and not trusted here: name it in the connection, or use a CA" },
	{ X509_V_ERR_CERT_HAS_EXPIRED, "it has expired: renew it (or look at this clock)" },
	{ X509_V_ERR_CERT_NOT_YET_VALID, "it is not valid yet: look at both clocks" },
	{ X509_V_ERR_CERT_REVOKED, "it is revoked by its issuer" },
	{ X509_V_ERR_UNABLE_TO_GET_CRL,
	  "no current CRL of its issuer is at hand, and crl-strict is set: put one into "
	  "ipsec.d/crls or run ipsec whack --fetchcrls" },
	{ X509_V_ERR_CRL_HAS_EXPIRED,
	  "the CRL of its issuer is out of date, and crl-strict is set: run ipsec whack "
	  "--fetchcrls" },
	{ X509_V_ERR_INVALID_CA, "it was used as a CA and is none" },
	{ X509_V_ERR_CERT_CHAIN_TOO_LONG, "its path is longer than 7 certificates" },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, "its key is too weak" },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, "a CA's key in its path is too weak" },
	{ X509_V_ERR_CA_MD_TOO_WEAK, "a signature in its path uses a weak hash (SHA-1 or MD5)" },
	{ X509_V_ERR_PERMITTED_VIOLATION, "a name in it is outside its CA's name constraints" },
	{ X509_V_ERR_EXCLUDED_VIOLATION, "a name in it is excluded by its CA's name constraints" },
};

static bool complain(struct peer_verdict *v, X509 *x, int error)
{
	const char *why = X509_verify_cert_error_string(error);
	char subject[256] = "?";
	struct text t = TEXT_OVER(v->reason);

	for (size_t i = 0; i < ARRAY_LEN(remedies); i++)
		if (remedies[i].error == error)
			why = remedies[i].why;
	if (x)
		cert_subject(x, subject, sizeof(subject));
	text_add(&t, "certificate %.160s is refused: %s", subject, why);
	return false;
}

bool chain_has(X509 *x, STACK_OF(X509) * chain, struct slice dn)
{
	struct bytes issuer cleanup(bytes_cleanup) = { 0 };
	bool has = cert_issuer_dn(x, &issuer) && dn_matches(dn, bytes_slice(&issuer));

	for (int i = 0; !has && i < sk_X509_num(chain); i++) {
		struct identity subject = { 0 };

		has = X509_cmp(sk_X509_value(chain, i), x) != 0 &&
		      cert_subject_id(sk_X509_value(chain, i), &subject) &&
		      dn_matches(dn, bytes_slice(&subject.body));
		identity_free(&subject);
	}
	return has;
}

static uint64_t first_end(STACK_OF(X509) * chain)
{
	uint64_t least = 0;

	for (int i = 0; i < sk_X509_num(chain); i++) {
		uint64_t end = asn1_seconds(X509_get0_notAfter(sk_X509_value(chain, i)));

		if (end && (!least || end < least))
			least = end;
	}
	return least;
}

/* Only of certificates that are of a CA of ours: strangers do not say what we ask, and of whom. */
static void remember_urls(const struct walk *w)
{
	for (unsigned i = 0; i < w->without_crl_count; i++)
		crl_urls_of(w->without_crl[i], remember_url, w->t);
}

/* What holds beyond the path itself. */
static bool check_rest(struct walk *w, STACK_OF(X509) * chain)
{
	struct text t = TEXT_OVER(w->v->reason);
	const char *why = NULL;

	remember_urls(w);
	if (!cert_is_for_ike(w->q->leaf, &why)) {
		text_add(&t, "certificate %.160s is refused: %s", w->v->subject, why);
		return false;
	}
	if (w->q->ca.len > 0 && !chain_has(w->q->leaf, chain, w->q->ca)) {
		text_add(&t, "certificate %.120s is refused: the connection wants it issued under ",
			 w->v->subject);
		dn_format(w->q->ca, &t);
		return false;
	}
	w->v->until_sec = first_end(chain);
	return ocsp_check(w->t, w->q, chain, &w->policy, w->v);
}

/* With only its own certificate as what is trusted when the connection names that one. */
static bool set_up(X509_STORE_CTX *ctx, struct walk *w, X509_STORE *store,
		   STACK_OF(X509) * untrusted, STACK_OF(X509) * named)
{
	unsigned long flags = X509_V_FLAG_USE_CHECK_TIME | X509_V_FLAG_PARTIAL_CHAIN |
			      X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_CRL_CHECK |
			      X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_EXTENDED_CRL_SUPPORT;
	X509_VERIFY_PARAM *param;

	if (X509_STORE_CTX_init(ctx, store, w->q->leaf, untrusted) != 1)
		return false;
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_flags(param, flags);
	X509_VERIFY_PARAM_set_time(param, (time_t)w->q->wall_sec);
	X509_VERIFY_PARAM_set_depth(param, PATH_MAX_CERTS - 2);
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	if (named)
		X509_STORE_CTX_set0_trusted_stack(ctx, named);
	X509_STORE_CTX_set_app_data(ctx, w);
	X509_STORE_CTX_set_verify_cb(ctx, on_complaint);
	return true;
}

static STACK_OF(X509) * untrusted_of(struct trust *t, STACK_OF(X509) * others)
{
	STACK_OF(X509) *all = trust_helpers(t);

	for (int i = 0; all && others && i < sk_X509_num(others); i++)
		X509_add_cert(all, sk_X509_value(others, i), X509_ADD_FLAG_UP_REF);
	return all;
}

bool chain_verify(struct trust *t, const struct chain_query *q, struct peer_verdict *v)
{
	struct walk w = { .t = t, .q = q, .v = v };
	X509_STORE *store = trust_store(t);
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *untrusted = untrusted_of(t, q->others), *named = NULL;
	bool ok = false;

	trust_policy(t, &w.policy);
	cert_subject(q->leaf, v->subject, sizeof(v->subject));
	cert_issuer(q->leaf, v->issuer, sizeof(v->issuer));
	if (q->leaf_is_trusted && (named = sk_X509_new_null()))
		X509_add_cert(named, q->leaf, X509_ADD_FLAG_UP_REF);
	if (!ctx || !untrusted || !set_up(ctx, &w, store, untrusted, named))
		text_copy(v->reason, sizeof(v->reason), "memory is short: free some and try again");
	else if (X509_verify_cert(ctx) == 1)
		ok = check_rest(&w, X509_STORE_CTX_get0_chain(ctx));
	else
		complain(v, X509_STORE_CTX_get_current_cert(ctx), X509_STORE_CTX_get_error(ctx));
	X509_STORE_CTX_free(ctx);
	sk_X509_pop_free(named, X509_free);
	sk_X509_pop_free(untrusted, X509_free);
	X509_STORE_free(store);
	ERR_clear_error();
	return ok;
}

static bool is_among(STACK_OF(X509) * chain, const X509 *x)
{
	for (int i = 0; i < sk_X509_num(chain); i++)
		if (X509_cmp(sk_X509_value(chain, i), x) == 0)
			return true;
	return false;
}

/* The issuer of x among those known that is not in the chain yet; borrowed. Two that issue each other,
 * as an old and a renewed CA of one key do, are each taken once. */
static X509 *issuer_of(STACK_OF(X509) * known, STACK_OF(X509) * chain, X509 *x)
{
	for (int i = 0; i < sk_X509_num(known); i++) {
		X509 *ca = sk_X509_value(known, i);

		if (X509_check_issued(ca, x) == X509_V_OK && X509_cmp(ca, x) != 0 &&
		    !is_among(chain, ca))
			return ca;
	}
	return NULL;
}

STACK_OF(X509) * chain_build(struct trust *t, X509 *x)
{
	STACK_OF(X509) *known = trust_helpers(t), *chain = sk_X509_new_null();

	while (known && chain && sk_X509_num(chain) < PATH_MAX_CERTS &&
	       (x = issuer_of(known, chain, x)) != NULL)
		if (X509_add_cert(chain, x, X509_ADD_FLAG_UP_REF) != 1)
			break;
	sk_X509_pop_free(known, X509_free);
	ERR_clear_error();
	return chain;
}
