/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What we prove ourselves with: of the keys and certificates at hand the one the connection means, an
 * algorithm that both ends allow (RFC 7427 4), and the certificates that go with it (RFC 7296 3.6).
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/text.h"
#include "crypto/keystore.h"
#include "dn.h"
#include "pkey.h"
#include "trust_content.h"

struct pick {
	struct keystore *k;
	struct trust *t;
	const struct credential_query *q;
	X509 *x;                /* NULL: a raw key */
	struct public_key *key; /* whose private half we have */
};

/* The curve's own hash first (RFC 8247 4.2); RSA-PSS before PKCS#1 v1.5 unless that is asked for. */
static unsigned rank(const struct signature_alg *a, const struct public_key *key, uint32_t allow)
{
	if (a->kind == KEY_ECDSA)
		return a->curve == public_key_curve(key) ? 2 : 1;
	if (a->kind == KEY_RSA && a->hash != HASH_SHA1)
		return a->is_pss != ((allow & ALLOW_RSA_PKCS1) != 0) ? 3 : 2;
	return 1;
}

/* Row i: does the peer say that it takes it? Who announces nothing may take all. */
static bool is_taken(const struct credential_query *q, const struct signature_alg *a, size_t i)
{
	if (!q->peer.is_told)
		return true;
	return q->hashes ? (q->peer.algs >> i & 1) != 0 : (q->peer.methods >> a->method & 1) != 0;
}

static const struct signature_alg *choose_alg(const struct public_key *key,
					      const struct credential_query *q)
{
	const struct signature_alg *a, *best = NULL;

	for (size_t i = 0; (a = signature_at(i)) != NULL; i++) {
		if (a->kind != public_key_kind(key) || !(a->allow & q->allow) || !is_taken(q, a, i))
			continue;
		if (q->hashes ? !(q->hashes & HASH_BIT(a->hash))
			      : !a->method || (a->curve && a->curve != public_key_curve(key)))
			continue;
		if (!best || rank(a, key, q->allow) > rank(best, key, q->allow))
			best = a;
	}
	return best;
}

static bool has_private(struct keystore *k, const struct public_key *key)
{
	return key && keystore_has_key(k, public_key_id(key));
}

static bool take_cert(struct pick *p, X509 *x, struct error *e)
{
	EVP_PKEY *pkey = X509_get0_pubkey(x);

	p->x = x;
	p->key = pkey ? public_key_of_pkey(pkey, e) : NULL;
	return p->key != NULL;
}

static bool by_name(struct pick *p, struct error *e)
{
	char subject[200];
	X509 *x = trust_find_cert(p->t, p->q->cert);

	if (!x)
		return error_set(e,
				 "our certificate \"%.120s\" is not loaded: put it into "
				 "ipsec.d/certs and run ipsec whack --rereadcerts",
				 p->q->cert);
	if (!take_cert(p, x, e))
		return error_prefix(e, "our certificate \"%.120s\" has ", p->q->cert);
	if (has_private(p->k, p->key))
		return true;
	return error_set(e,
			 "no private key for our certificate \"%.100s\" (%.160s): put it into "
			 "ipsec.d/private, or name it in ipsec.secrets, and run ipsec whack "
			 "--rereadsecrets",
			 p->q->cert, cert_subject(x, subject, sizeof(subject)));
}

static bool by_raw_key(struct pick *p, struct error *e)
{
	p->key = public_key_of_spki(p->q->key, e);
	if (!p->key)
		return error_prefix(e, "our raw key is ");
	if (has_private(p->k, p->key))
		return true;
	return error_set(e, "no private key for our raw public key: put it into ipsec.d/private, "
			    "or name it in ipsec.secrets, and run ipsec whack --rereadsecrets");
}

static bool ckaid_is(const struct public_key *key, const char *hex)
{
	char own[48];
	struct text t = TEXT_OVER(own);

	text_hex(&t, slice(public_key_ckaid(key), 20));
	return text_eq_nocase(own, hex);
}

/* The certificates with a private key here that pass the test, the best of them: one that can sign
 * as both ends allow, then one under a CA that was asked for, then one whose time it is. */
typedef bool cert_test(const struct pick *p, X509 *x, const struct public_key *key);

static bool is_under(const struct pick *p, X509 *x, const char *ca)
{
	STACK_OF(X509) *chain = chain_build(p->t, x);
	struct bytes dn cleanup(bytes_cleanup) = { 0 };
	struct error ignored = { 0 };
	bool is_it = dn_parse(ca, &dn, &ignored) && chain_has(x, chain, bytes_slice(&dn));

	sk_X509_pop_free(chain, X509_free);
	return is_it;
}

static bool is_of_ckaid(const struct pick *p, X509 *x, const struct public_key *key)
{
	(void)x;
	return ckaid_is(key, p->q->ckaid);
}

static bool is_of_id(const struct pick *p, X509 *x, const struct public_key *key)
{
	(void)key;
	return p->q->id.type == ID_NONE || cert_has_id(x, &p->q->id);
}

static bool is_requested(const struct credential_query *q, X509 *x)
{
	uint8_t hash[20];

	if (!cert_key_sha1(x, hash))
		return false;
	for (size_t i = 0; i + sizeof(hash) <= q->requested.len; i += sizeof(hash))
		if (memcmp(q->requested.data + i, hash, sizeof(hash)) == 0)
			return true;
	return false;
}

static bool is_under_requested(const struct pick *p, X509 *x)
{
	STACK_OF(X509) *chain = chain_build(p->t, x);
	bool is_it = false;

	for (int i = 0; chain && !is_it && i < sk_X509_num(chain); i++)
		is_it = is_requested(p->q, sk_X509_value(chain, i));
	sk_X509_pop_free(chain, X509_free);
	return is_it;
}

static unsigned cert_rank(const struct pick *p, X509 *x, const struct public_key *key)
{
	time_t now = (time_t)p->q->wall_sec;
	bool is_current = X509_cmp_time(X509_get0_notBefore(x), &now) < 0 &&
			  X509_cmp_time(X509_get0_notAfter(x), &now) > 0;

	return (choose_alg(key, p->q) ? 8u : 0u) + (is_under_requested(p, x) ? 4u : 0u) +
	       (is_current ? 2u : 0u) + 1u;
}

static STACK_OF(X509) * own_certs(struct trust *t)
{
	STACK_OF(X509) *out = sk_X509_new_null();
	struct cert *c;

	trust_lock(t);
	if (out)
		list_each (c, &t->content->certs, struct cert, node)
			if (c->key)
				X509_add_cert(out, c->x, X509_ADD_FLAG_UP_REF);
	trust_unlock(t);
	return out;
}

static bool by_test(struct pick *p, cert_test *test)
{
	STACK_OF(X509) *certs = own_certs(p->t);
	unsigned best = 0;

	for (int i = 0; certs && i < sk_X509_num(certs); i++) {
		X509 *x = sk_X509_value(certs, i);
		struct error ignored = { 0 };
		struct public_key *key = public_key_of_pkey(X509_get0_pubkey(x), &ignored);
		unsigned r = 0;

		if (has_private(p->k, key) && test(p, x, key) &&
		    (!p->q->ca || is_under(p, x, p->q->ca)))
			r = cert_rank(p, x, key);
		if (r > best && X509_up_ref(x) == 1) {
			X509_free(p->x);
			public_key_free(p->key);
			p->x = x;
			p->key = key;
			best = r;
		} else {
			public_key_free(key);
		}
	}
	sk_X509_pop_free(certs, X509_free);
	return best > 0;
}

/* Keys told by whack --keyid: ours among them is the one whose private half is here. */
static bool by_known_key(struct pick *p)
{
	struct known_key *known;
	struct public_key *found = NULL;

	trust_lock(p->t);
	list_each (known, &p->t->keys, struct known_key, node) {
		if (found || (p->q->ckaid ? !ckaid_is(known->key, p->q->ckaid)
					  : !identity_eq(&known->id, &p->q->id)))
			continue;
		if (has_private(p->k, known->key))
			found = public_key_ref(known->key);
	}
	trust_unlock(p->t);
	p->key = found;
	return found != NULL;
}

static bool find(struct pick *p, struct error *e)
{
	char id[200];

	if (p->q->cert)
		return by_name(p, e);
	if (p->q->key.len > 0)
		return by_raw_key(p, e);
	if (p->q->ckaid)
		return by_test(p, is_of_ckaid) || by_known_key(p) ||
		       error_set(
			       e,
			       "no key with the CKAID %.60s and its private half is loaded: ipsec "
			       "whack --listcerts and --listpubkeys show what is",
			       p->q->ckaid);
	if (by_known_key(p) || by_test(p, is_of_id))
		return true;
	return error_set(e,
			 "no certificate or key for %.120s%s%.80s with its private half is loaded: "
			 "name one with --cert, or put certificate and key into ipsec.d/certs and "
			 "ipsec.d/private and run ipsec whack --rereadall",
			 identity_format(&p->q->id, id, sizeof(id)),
			 p->q->ca ? ", issued under " : "", p->q->ca ? p->q->ca : "");
}

static bool put_cert(struct credential *out, X509 *x)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x, &der);
	bool ok = len > 0 && out->cert_count < CHAIN_MAX_CERTS &&
		  bytes_copy(slice(der, (size_t)len), &out->certs[out->cert_count]);

	OPENSSL_free(der);
	out->cert_count += ok;
	return ok;
}

/* Our own, then its issuers but for the root, which the peer has or does not trust. */
static bool put_certs(const struct pick *p, struct credential *out)
{
	STACK_OF(X509) *chain = p->q->send_ca == SEND_CA_NONE ? NULL : chain_build(p->t, p->x);
	bool ok = put_cert(out, p->x);

	for (int i = 0; chain && ok && i < sk_X509_num(chain); i++) {
		X509 *ca = sk_X509_value(chain, i);

		if (X509_self_signed(ca, 0) == 1 || out->cert_count == CHAIN_MAX_CERTS ||
		    (p->q->send_ca == SEND_CA_ISSUER && i > 0))
			break;
		ok = put_cert(out, ca);
	}
	sk_X509_pop_free(chain, X509_free);
	return ok;
}

static void put_ocsp(const struct pick *p, struct credential *out)
{
	STACK_OF(X509) *chain = chain_build(p->t, p->x);

	if (sk_X509_num(chain) > 0)
		ocsp_own(p->t, p->x, sk_X509_value(chain, 0), p->q->wall_sec, p->q->has_fetched,
			 &out->ocsp, &out->fetch);
	sk_X509_pop_free(chain, X509_free);
}

static bool no_alg(const struct pick *p, struct error *e)
{
	char key[40];

	public_key_name(p->key, key, sizeof(key));
	if (p->q->hashes == 0 && public_key_kind(p->key) == KEY_RSA)
		return error_set(e, "the peer knows RSA signatures with SHA-1 only (no RFC 7427): "
				    "allow it with rsa-sha1, or renew the peer");
	if (p->q->hashes == 0)
		return error_set(e,
				 "the peer knows no signatures of RFC 7427, and our %s key has "
				 "no other that the connection allows",
				 key);
	return error_set(e,
			 "no signature by our %s key is allowed by the connection and known to the "
			 "peer: look at --auth and at the kind of the key",
			 key);
}

bool credential_choose(struct keystore *k, const struct credential_query *q, struct credential *out,
		       struct error *e)
{
	struct pick p = { .k = k, .t = keystore_trust(k), .q = q };
	bool ok = find(&p, e);

	*out = (struct credential){ 0 };
	if (ok) {
		out->key = *public_key_id(p.key);
		out->alg = choose_alg(p.key, q);
		out->is_classic = q->hashes == 0;
		ok = out->alg || no_alg(&p, e);
	}
	if (ok && q->id.type != ID_NONE)
		ok = identity_copy(&q->id, &out->id) ||
		     error_set(e, "memory is short: free some and try again");
	else if (ok)
		ok = (p.x && cert_subject_id(p.x, &out->id)) ||
		     error_set(e, "our certificate has no subject to be our identity: give --id");
	if (ok && p.x) {
		cert_subject(p.x, out->name, sizeof(out->name));
		cert_issuer(p.x, out->issuer, sizeof(out->issuer));
		out->from_sec = asn1_seconds(X509_get0_notBefore(p.x));
		out->until_sec = asn1_seconds(X509_get0_notAfter(p.x));
		out->is_requested = is_under_requested(&p, p.x);
		ok = put_certs(&p, out) || error_set(e, "our certificate cannot be encoded");
		if (ok && q->wants_ocsp)
			put_ocsp(&p, out);
	} else if (ok) {
		public_key_name(p.key, out->name, sizeof(out->name));
	}
	X509_free(p.x);
	public_key_free(p.key);
	if (!ok)
		credential_free(out);
	ERR_clear_error();
	return ok;
}

bool credential_issuer(struct keystore *k, const struct credential_query *q, struct bytes *dn,
		       struct error *e)
{
	struct pick p = { .k = k, .t = keystore_trust(k), .q = q };
	bool ok = find(&p, e);

	if (ok)
		ok = (p.x && cert_issuer_dn(p.x, dn)) ||
		     error_set(e, "we have a raw key, and no certificate with an issuer");
	X509_free(p.x);
	public_key_free(p.key);
	ERR_clear_error();
	return ok;
}

void credential_free(struct credential *c)
{
	identity_free(&c->id);
	for (size_t i = 0; i < ARRAY_LEN(c->certs); i++)
		bytes_free(&c->certs[i]);
	c->cert_count = 0;
	bytes_free(&c->ocsp);
	bytes_free(&c->fetch.request);
	c->fetch.url[0] = '\0';
}
