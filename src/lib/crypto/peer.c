/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a peer who it says it is (RFC 7296 2.15, RFC 7427, RFC 4945)? The signature and the right to the
 * identity are both looked at whatever the other says, so that a refusal takes as long for one reason
 * as for another; all must hold.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/x509v3.h>

#include "base/text.h"
#include "crypto/keystore.h"
#include "dn.h"
#include "pkey.h"
#include "provider.h"
#include "trust_content.h"

#define KNOWN_KEYS_MAX 4 /* of one identity that are tried */

struct check {
	struct keystore *k;
	struct trust *t;
	const struct peer_query *q;
	struct peer_verdict *v;
	struct slice signature;
	bool is_classic;
	bool may_be; /* nothing has spoken against it yet */
};

static void against(struct check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The first reason is the one that is told. */
static void against(struct check *c, const char *format, ...)
{
	va_list ap;

	if (c->may_be) {
		va_start(ap, format);
		vsnprintf(c->v->reason, sizeof(c->v->reason), format, ap);
		va_end(ap);
	}
	c->may_be = false;
}

static void read_auth(struct check *c)
{
	const struct peer_query *q = c->q;
	const char *why = NULL;

	if (q->method == 14) {
		if (!signature_split(q->auth, &c->v->alg, &c->signature, &why))
			against(c, "%s", why);
	} else {
		c->v->alg = signature_by_method(q->method);
		c->is_classic = true;
		c->signature = q->auth;
		if (!c->v->alg)
			against(c,
				"the peer used authentication method %u, which proves nothing "
				"here",
				q->method);
	}
	if (!c->v->alg)
		return;
	if (!(c->v->alg->allow & q->allow))
		against(c,
			"the peer signed by %s, which the connection does not allow: look at "
			"--auth",
			c->v->alg->name);
	if (!c->is_classic && !(q->hashes & HASH_BIT(c->v->alg->hash)))
		against(c, "the peer signed by %s, whose hash we did not offer", c->v->alg->name);
}

/* A key of nobody, so that an unknown peer costs the same: the prime of a MODP group as RSA modulus. */
static EVP_PKEY *dummy_key(void)
{
	struct secret p cleanup(secret_cleanup) = { 0 };
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;
	BIGNUM *n = NULL;

	if (provider_modulus(alg_find(TRANSFORM_KE, KE_MODP_2048), &p))
		n = BN_bin2bn(p.data, (int)p.len, NULL);
	if (build && ctx && n && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_uint(build, OSSL_PKEY_PARAM_RSA_E, 65537) == 1)
		params = OSSL_PARAM_BLD_to_param(build);
	if (params && EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(n);
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return pkey;
}

static void verify_for_nothing(const struct check *c)
{
	EVP_PKEY *pkey = dummy_key();
	struct error ignored = { 0 };
	struct public_key *key = pkey ? public_key_of_pkey(pkey, &ignored) : NULL;

	if (key)
		public_key_verify(key, signature_at(3), false, c->q->octets, c->signature);
	public_key_free(key);
	EVP_PKEY_free(pkey);
}

static bool signed_by(const struct check *c, const struct public_key *key)
{
	return key && c->v->alg &&
	       public_key_verify(key, c->v->alg, c->is_classic, c->q->octets, c->signature) ==
		       VERDICT_OK;
}

static X509 *read_cert(struct slice der)
{
	const unsigned char *at = der.data;
	X509 *x = der.len > 0 && der.len <= CHAIN_MAX_BYTES ? d2i_X509(NULL, &at, (long)der.len)
							    : NULL;

	if (x && at == der.data + der.len)
		return x;
	X509_free(x);
	ERR_clear_error();
	return NULL;
}

static STACK_OF(X509) * read_others(const struct peer_query *q)
{
	STACK_OF(X509) *others = sk_X509_new_null();

	for (size_t i = 1; others && i < q->cert_count && i < CHAIN_MAX_CERTS; i++) {
		X509 *x = read_cert(q->certs[i]);

		if (x && !sk_X509_push(others, x))
			X509_free(x);
	}
	return others;
}

static bool is_in(const char *list_owner, X509 *x, struct trust *t)
{
	X509 *named = trust_find_cert(t, list_owner);
	bool is_it = named && X509_cmp(named, x) == 0;

	X509_free(named);
	return is_it;
}

/* The DN that must stand in the peer's path; empty when any will do. */
static void wanted_ca(struct check *c, struct bytes *dn)
{
	struct error e = { 0 };

	if (c->q->own && !credential_issuer(c->k, c->q->own, dn, &e))
		against(c, "the connection wants the peer to be of our own CA (%%same), and %.200s",
			e.text);
	else if (c->q->ca && !dn_parse(c->q->ca, dn, &e))
		against(c, "the connection's CA \"%.100s\" for the peer is no DN: %.160s", c->q->ca,
			e.text);
}

/* The right of a certificate to the identity, and the signature by its key. */
static void check_cert(struct check *c, X509 *leaf, STACK_OF(X509) * others)
{
	struct bytes ca cleanup(bytes_cleanup) = { 0 };
	struct chain_query q = { .leaf = leaf,
				 .others = others,
				 .ocsps = c->q->ocsps,
				 .ocsp_count = c->q->ocsp_count,
				 .wall_sec = c->q->wall_sec,
				 .has_fetched = c->q->has_fetched };
	EVP_PKEY *pkey = X509_get0_pubkey(leaf);
	struct error e = { 0 };
	struct public_key *key = pkey ? public_key_of_pkey(pkey, &e) : NULL;
	char id[200];

	cert_subject(leaf, c->v->subject, sizeof(c->v->subject));
	wanted_ca(c, &ca);
	q.ca = bytes_slice(&ca);
	if (!key)
		against(c, "certificate %.160s cannot be used: it has %.160s", c->v->subject,
			e.text[0] ? e.text : "no key");
	else if (!signed_by(c, key))
		against(c,
			"the signature is wrong: it was not made by the key of certificate "
			"%.200s, or not over these messages",
			c->v->subject);
	public_key_free(key);
	if (c->q->cert) {
		q.leaf_is_trusted = is_in(c->q->cert, leaf, c->t);
		if (!q.leaf_is_trusted)
			against(c,
				"the peer has certificate %.120s, the connection names "
				"\"%.120s\"",
				c->v->subject, c->q->cert);
	}
	if (c->q->needs_id && !cert_has_id(leaf, c->q->id))
		against(c,
			"certificate %.140s does not bear the identity %.140s: neither its "
			"subject nor a subjectAltName is that",
			c->v->subject, identity_format(c->q->id, id, sizeof(id)));
	if (c->may_be)
		c->may_be = chain_verify(c->t, &q, c->v);
	else {
		struct peer_verdict unused = { 0 };

		chain_verify(c->t, &q, &unused);
		peer_verdict_free(&unused);
	}
}

static void check_sent(struct check *c)
{
	X509 *leaf = read_cert(c->q->certs[0]);
	STACK_OF(X509) *others = read_others(c->q);

	if (leaf) {
		check_cert(c, leaf, others);
	} else {
		against(c, "the peer's certificate cannot be read");
		verify_for_nothing(c);
	}
	sk_X509_pop_free(others, X509_free);
	X509_free(leaf);
}

static void check_named_key(struct check *c)
{
	struct error e = { 0 };
	struct public_key *key = public_key_of_spki(c->q->key, &e);

	if (!key) {
		against(c, "the connection's key for the peer is %.160s", e.text);
		verify_for_nothing(c);
	} else if (!signed_by(c, key)) {
		against(c, "the signature is wrong: the peer does not have the private half of "
			   "the public key that the connection names");
	}
	public_key_free(key);
}

/* Copies, so that no lock is held while signatures are checked. */
static size_t known_keys(struct check *c, struct public_key *out[KNOWN_KEYS_MAX])
{
	struct known_key *k;
	size_t count = 0;

	trust_lock(c->t);
	list_each (k, &c->t->keys, struct known_key, node)
		if (count < KNOWN_KEYS_MAX && identity_eq(&k->id, c->q->id) &&
		    (out[count] = public_key_ref(k->key)) != NULL)
			count++;
	trust_unlock(c->t);
	return count;
}

/* A loaded certificate of the identity stands in for one that was not sent. */
static X509 *loaded_cert_of_id(struct check *c)
{
	struct cert *cert;
	X509 *x = NULL;

	trust_lock(c->t);
	list_each (cert, &c->t->content->certs, struct cert, node)
		if (!x && cert_has_id(cert->x, c->q->id) && X509_up_ref(cert->x) == 1)
			x = cert->x;
	trust_unlock(c->t);
	return x;
}

/* Without any the peer gets no CERTREQ, and many send no certificate then. */
static bool has_ca(struct trust *t)
{
	bool has;

	trust_lock(t);
	has = !list_is_empty(&t->content->cas);
	trust_unlock(t);
	return has;
}

static void check_known(struct check *c)
{
	struct public_key *keys[KNOWN_KEYS_MAX];
	size_t count = known_keys(c, keys);
	X509 *x = count ? NULL : loaded_cert_of_id(c);
	char id[200];
	bool is_good = false;

	for (size_t i = 0; i < count; i++) {
		is_good |= signed_by(c, keys[i]);
		public_key_free(keys[i]);
	}
	if (x) {
		check_cert(c, x, NULL);
		X509_free(x);
		return;
	}
	identity_format(c->q->id, id, sizeof(id));
	if (count == 0) {
		against(c,
			"the peer sent no certificate, and no key of %.160s is known here: let "
			"the peer send one, or name its key in the connection%s",
			id,
			has_ca(c->t) ? ""
				     : " (it was asked for none, because no CA is trusted here: "
				       "look into ipsec.d/cacerts)");
		verify_for_nothing(c);
	} else if (!is_good) {
		against(c,
			"the signature is wrong: it was not made by a key that is known for "
			"%.200s",
			id);
	}
}

static void check_pinned(struct check *c)
{
	X509 *x = trust_find_cert(c->t, c->q->cert);

	if (x) {
		check_cert(c, x, NULL);
	} else {
		against(c,
			"the peer's certificate \"%.160s\" is not loaded: put it into "
			"ipsec.d/certs and run ipsec whack --rereadcerts",
			c->q->cert);
		verify_for_nothing(c);
	}
	X509_free(x);
}

void peer_verify(struct keystore *k, const struct peer_query *q, struct peer_verdict *out)
{
	struct check c = { .k = k, .t = keystore_trust(k), .q = q, .v = out, .may_be = true };

	*out = (struct peer_verdict){ .verdict = VERDICT_BAD };
	read_auth(&c);
	if (q->key.len > 0)
		check_named_key(&c);
	else if (q->cert_count > 0)
		check_sent(&c);
	else if (q->cert)
		check_pinned(&c);
	else
		check_known(&c);
	if (c.may_be)
		out->verdict = VERDICT_OK;
	ERR_clear_error();
}

void peer_verdict_free(struct peer_verdict *v)
{
	for (size_t i = 0; i < ARRAY_LEN(v->fetches); i++)
		bytes_free(&v->fetches[i].request);
	v->fetch_count = 0;
}
