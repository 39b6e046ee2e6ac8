/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lists of a struct trust, under its lock. A verification takes references out and works without
 * the lock; a reload swaps the whole content.
 */
#include "crypto/trust.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/text.h"
#include "crypto/keystore.h"
#include "dn.h"
#include "pkey.h"
#include "trust_content.h"

static void cert_free(struct cert *c)
{
	X509_free(c->x);
	public_key_free(c->key);
	free(c->file);
	free(c->nick);
	free(c);
}

static void crl_free(struct crl *c)
{
	X509_CRL_free(c->x);
	free(c->origin);
	free(c);
}

struct trust_content *trust_content_new(void)
{
	struct trust_content *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	list_init(&c->cas);
	list_init(&c->certs);
	list_init(&c->crls);
	c->store = X509_STORE_new();
	if (c->store)
		return c;
	free(c);
	return NULL;
}

void trust_content_free(struct trust_content *c)
{
	struct cert *cert;
	struct crl *crl;

	if (!c)
		return;
	list_each (cert, &c->cas, struct cert, node)
		cert_free(cert);
	list_each (cert, &c->certs, struct cert, node)
		cert_free(cert);
	list_each (crl, &c->crls, struct crl, node)
		crl_free(crl);
	X509_STORE_free(c->store);
	free(c);
}

static bool list_has(struct list *certs, X509 *x, const char *file)
{
	struct cert *c;

	list_each (c, certs, struct cert, node)
		if (X509_cmp(c->x, x) == 0 && (!file || strcmp(c->file, file) == 0))
			return true;
	return false;
}

static bool add(struct list *certs, X509 *x, const char *file, const char *nick)
{
	struct cert *c = calloc(1, sizeof(*c));
	EVP_PKEY *pkey = X509_get0_pubkey(x);
	struct error ignored = { 0 };

	if (!c || X509_up_ref(x) != 1) {
		free(c);
		return false;
	}
	c->x = x;
	c->file = strdup(file);
	c->nick = nick ? strdup(nick) : NULL;
	c->key = pkey ? public_key_of_pkey(pkey, &ignored) : NULL;
	if (!c->file || (nick && !c->nick)) {
		cert_free(c);
		return false;
	}
	list_append(certs, &c->node);
	ERR_clear_error();
	return true;
}

bool trust_content_add_ca(struct trust_content *c, X509 *x, const char *file)
{
	if (list_has(&c->cas, x, NULL))
		return true;
	return X509_STORE_add_cert(c->store, x) == 1 && add(&c->cas, x, file, NULL);
}

bool trust_content_add_cert(struct trust_content *c, X509 *x, const char *file, const char *nick)
{
	return list_has(&c->certs, x, file) || add(&c->certs, x, file, nick);
}

bool trust_content_add_crl(struct trust_content *c, X509_CRL *x, const char *origin,
			   bool was_fetched)
{
	struct crl *crl = calloc(1, sizeof(*crl));

	if (!crl || !(crl->origin = strdup(origin)) || X509_CRL_up_ref(x) != 1) {
		if (crl)
			free(crl->origin);
		free(crl);
		return false;
	}
	crl->x = x;
	crl->was_fetched = was_fetched;
	if (X509_STORE_add_crl(c->store, x) != 1) {
		ERR_clear_error();
		crl_free(crl);
		return false;
	}
	list_append(&c->crls, &crl->node);
	return true;
}

bool trust_content_restore(struct trust_content *c)
{
	X509_STORE *store = X509_STORE_new();
	struct cert *ca;
	struct crl *crl;

	if (!store)
		return false;
	list_each (ca, &c->cas, struct cert, node)
		X509_STORE_add_cert(store, ca->x);
	list_each (crl, &c->crls, struct crl, node)
		X509_STORE_add_crl(store, crl->x);
	X509_STORE_free(c->store);
	c->store = store;
	return true;
}

void trust_lock(struct trust *t)
{
	pthread_mutex_lock(&t->lock);
	t->locks++;
}

void trust_unlock(struct trust *t)
{
	pthread_mutex_unlock(&t->lock);
}

struct trust *trust_new(void)
{
	struct trust *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->content = trust_content_new();
	if (!t->content || pthread_mutex_init(&t->lock, NULL) != 0) {
		trust_content_free(t->content);
		free(t);
		return NULL;
	}
	list_init(&t->keys);
	list_init(&t->ocsp);
	list_init(&t->urls);
	list_init(&t->names);
	t->policy = (struct revocation_policy){
		.ocsp_timeout_sec = 2,
		.crl_timeout_sec = 5,
		.ocsp_cache_size = 1000,
		.ocsp_cache_min_sec = 3600,
		.ocsp_cache_max_sec = 86400,
	};
	return t;
}

static void known_free(struct known_key *k)
{
	list_remove(&k->node);
	identity_free(&k->id);
	public_key_free(k->key);
	free(k);
}

void trust_free(struct trust *t)
{
	struct known_key *k;
	struct seen_url *u;
	struct asked_name *n;

	if (!t)
		return;
	trust_purge_ocsp(t);
	list_each (k, &t->keys, struct known_key, node)
		known_free(k);
	list_each (u, &t->urls, struct seen_url, node)
		free(u);
	list_each (n, &t->names, struct asked_name, node)
		free(n);
	trust_content_free(t->content);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

bool trust_ask_name(struct trust *t, const char *name)
{
	struct asked_name *n;
	bool is_new = true;

	trust_lock(t);
	list_each (n, &t->names, struct asked_name, node)
		is_new &= strcmp(n->name, name) != 0;
	n = is_new ? calloc(1, sizeof(*n)) : NULL;
	if (n) {
		text_copy(n->name, sizeof(n->name), name);
		list_append(&t->names, &n->node);
	}
	trust_unlock(t);
	return !is_new || n != NULL;
}

bool trust_asked_name(struct trust *t, size_t i, char *name, size_t size)
{
	struct asked_name *n;
	bool has = false;

	trust_lock(t);
	list_each (n, &t->names, struct asked_name, node)
		if (i-- == 0)
			has = text_copy(name, size, n->name);
	trust_unlock(t);
	return has;
}

void trust_configure(struct trust *t, const struct revocation_policy *p)
{
	trust_lock(t);
	t->policy = *p;
	trust_unlock(t);
}

void trust_policy(struct trust *t, struct revocation_policy *out)
{
	trust_lock(t);
	*out = t->policy;
	trust_unlock(t);
}

static bool tell(struct trust_content *c, X509 *x, const char *name, bool is_ca)
{
	struct list *certs = is_ca ? &c->cas : &c->certs;

	if (is_ca ? !trust_content_add_ca(c, x, name) : !trust_content_add_cert(c, x, name, NULL))
		return false;
	/* What a file has too stays its own. */
	if (strcmp(list_entry(certs->prev, struct cert, node)->file, name) == 0)
		list_entry(certs->prev, struct cert, node)->is_told = true;
	return true;
}

bool trust_tell(struct trust *t, X509 *x, const char *name, bool is_ca)
{
	bool ok;

	trust_lock(t);
	ok = tell(t->content, x, name, is_ca);
	trust_unlock(t);
	return ok;
}

static size_t forget(struct list *certs, const char *name)
{
	struct cert *c;
	size_t count = 0;

	list_each (c, certs, struct cert, node) {
		if (!c->is_told || strcmp(c->file, name) != 0)
			continue;
		list_remove(&c->node);
		cert_free(c);
		count++;
	}
	return count;
}

size_t trust_forget(struct trust *t, const char *name)
{
	size_t count, cas;

	trust_lock(t);
	count = forget(&t->content->certs, name);
	cas = forget(&t->content->cas, name);
	/* a store cannot lose one */
	if (cas > 0)
		trust_content_restore(t->content);
	trust_unlock(t);
	return count + cas;
}

void trust_replace(struct trust *t, struct trust_content *fresh)
{
	struct trust_content *old;
	struct cert *cert;
	struct crl *crl;

	trust_lock(t);
	old = t->content;
	list_each (crl, &old->crls, struct crl, node)
		if (crl->was_fetched)
			trust_content_add_crl(fresh, crl->x, crl->origin, true);
	list_each (cert, &old->cas, struct cert, node)
		if (cert->is_told)
			tell(fresh, cert->x, cert->file, true);
	list_each (cert, &old->certs, struct cert, node)
		if (cert->is_told)
			tell(fresh, cert->x, cert->file, false);
	t->content = fresh;
	trust_unlock(t);
	trust_content_free(old);
}

bool trust_add_cert(struct trust *t, X509 *x, const char *file, const char *nick)
{
	bool ok;

	trust_lock(t);
	ok = trust_content_add_cert(t->content, x, file, nick);
	trust_unlock(t);
	return ok;
}

X509_STORE *trust_store(struct trust *t)
{
	X509_STORE *store;

	trust_lock(t);
	store = t->content->store;
	X509_STORE_up_ref(store);
	trust_unlock(t);
	return store;
}

static void push_cas(STACK_OF(X509) * out, struct list *certs)
{
	struct cert *c;

	list_each (c, certs, struct cert, node)
		if (X509_check_ca(c->x))
			X509_add_cert(out, c->x, X509_ADD_FLAG_UP_REF);
}

STACK_OF(X509) * trust_helpers(struct trust *t)
{
	STACK_OF(X509) *out = sk_X509_new_null();

	if (!out)
		return NULL;
	trust_lock(t);
	push_cas(out, &t->content->certs);
	push_cas(out, &t->content->cas);
	trust_unlock(t);
	ERR_clear_error();
	return out;
}

/* "west" means west.pem, certs/west.pem and /etc/ipsec.d/certs/west.crt. */
static bool is_file(const char *file, const char *name)
{
	const char *base = strrchr(file, '/'), *wanted = strrchr(name, '/');
	size_t len;

	if (strcmp(file, name) == 0)
		return true;
	if (wanted && *name == '/')
		return false;
	base = base ? base + 1 : file;
	len = strlen(name);
	return strcmp(base, name) == 0 || (strncmp(base, name, len) == 0 && base[len] == '.' &&
					   strchr(base + len + 1, '.') == NULL);
}

static bool is_common_name(X509 *x, const char *name)
{
	char cn[256];
	int len =
		X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, cn, sizeof(cn));

	return len > 0 && (size_t)len == strlen(cn) && strcmp(cn, name) == 0;
}

static bool is_subject(X509 *x, const struct bytes *dn)
{
	struct identity id = { 0 };
	bool is_it = dn->len > 0 && cert_subject_id(x, &id) &&
		     dn_eq(bytes_slice(dn), bytes_slice(&id.body));

	identity_free(&id);
	return is_it;
}

static bool is_named(const struct cert *c, const char *name, const struct bytes *dn)
{
	return is_file(c->file, name) || (c->nick && strcmp(c->nick, name) == 0) ||
	       is_subject(c->x, dn) || is_common_name(c->x, name);
}

/* A file may hold issuers behind the certificate; a renewed one stands beside the old. */
static bool is_better(const struct cert *c, const struct cert *best)
{
	bool is_ca = X509_check_ca(c->x) != 0, was_ca = X509_check_ca(best->x) != 0;

	if (is_ca != was_ca)
		return was_ca;
	return strcmp(c->file, best->file) != 0 &&
	       ASN1_TIME_compare(X509_get0_notAfter(c->x), X509_get0_notAfter(best->x)) > 0;
}

static struct cert *find_named(struct trust *t, const char *name)
{
	struct bytes dn = { 0 };
	struct error ignored = { 0 };
	struct cert *c, *best = NULL;

	if (strchr(name, '='))
		dn_parse(name, &dn, &ignored);
	list_each (c, &t->content->certs, struct cert, node)
		if (is_named(c, name, &dn) && (!best || is_better(c, best)))
			best = c;
	bytes_free(&dn);
	ERR_clear_error();
	return best;
}

bool trust_cert_dates(struct trust *t, const char *cert, uint64_t *from_sec, uint64_t *until_sec)
{
	X509 *x = trust_find_cert(t, cert);

	if (!x)
		return false;
	*from_sec = asn1_seconds(X509_get0_notBefore(x));
	*until_sec = asn1_seconds(X509_get0_notAfter(x));
	X509_free(x);
	return true;
}

X509 *trust_find_cert(struct trust *t, const char *name)
{
	struct cert *c;
	X509 *x = NULL;

	trust_lock(t);
	c = find_named(t, name);
	if (c && X509_up_ref(c->x) == 1)
		x = c->x;
	trust_unlock(t);
	return x;
}

bool trust_has_cert(struct trust *t, const char *name)
{
	X509 *x = trust_find_cert(t, name);

	X509_free(x);
	return x != NULL;
}

X509 *trust_cert_of_key(struct trust *t, const struct key_ref *key)
{
	struct cert *c;
	X509 *x = NULL;

	trust_lock(t);
	list_each (c, &t->content->certs, struct cert, node)
		if (!x && c->key && key_ref_eq(public_key_id(c->key), key) &&
		    X509_up_ref(c->x) == 1)
			x = c->x;
	trust_unlock(t);
	return x;
}

bool trust_add_key(struct trust *t, const struct identity *id, const struct public_key *key,
		   bool replaces)
{
	struct known_key *k = calloc(1, sizeof(*k)), *old;

	if (!k || !identity_copy(id, &k->id) || !(k->key = public_key_ref(key))) {
		if (k)
			identity_free(&k->id);
		free(k);
		return false;
	}
	trust_lock(t);
	list_each (old, &t->keys, struct known_key, node)
		if (identity_eq(&old->id, id) &&
		    (replaces || key_ref_eq(public_key_id(old->key), public_key_id(key))))
			known_free(old);
	list_append(&t->keys, &k->node);
	trust_unlock(t);
	return true;
}

bool trust_ca_hashes(struct trust *t, const char *ca, size_t max, struct bytes *out)
{
	struct bytes dn = { 0 };
	struct error ignored = { 0 };
	struct cert *c;
	size_t count = 0;
	bool ok;

	if (ca && !dn_parse(ca, &dn, &ignored))
		ca = NULL;
	ok = bytes_alloc(max * 20, out);
	trust_lock(t);
	list_each (c, &t->content->cas, struct cert, node)
		if (ok && count < max && (!ca || is_subject(c->x, &dn)) &&
		    cert_key_sha1(c->x, out->data + count * 20))
			count++;
	trust_unlock(t);
	bytes_free(&dn);
	if (ok)
		out->len = count * 20;
	return ok;
}

/* ---- lists */

static struct list *nth(struct list *head, size_t i)
{
	struct list *at = head->next;

	while (at != head && i-- > 0)
		at = at->next;
	return at == head ? NULL : at;
}

static void put_ckaid(const struct public_key *key, char *buf, size_t size)
{
	struct text t = text_over(buf, size);

	text_hex(&t, slice(public_key_ckaid(key), 20));
}

static void show_cert(const struct cert *c, struct trust_item *out)
{
	text_copy(out->name, sizeof(out->name), c->nick ? c->nick : c->file);
	cert_subject(c->x, out->subject, sizeof(out->subject));
	cert_issuer(c->x, out->issuer, sizeof(out->issuer));
	cert_serial(c->x, out->serial, sizeof(out->serial));
	out->from_sec = asn1_seconds(X509_get0_notBefore(c->x));
	out->until_sec = asn1_seconds(X509_get0_notAfter(c->x));
	if (!c->key)
		return;
	public_key_name(c->key, out->key, sizeof(out->key));
	put_ckaid(c->key, out->ckaid, sizeof(out->ckaid));
}

static void show_crl(const struct crl *c, struct trust_item *out)
{
	unsigned char *der = NULL;
	int len = i2d_X509_NAME(X509_CRL_get_issuer(c->x), &der);
	struct text t = TEXT_OVER(out->issuer);
	const STACK_OF(X509_REVOKED) *revoked = X509_CRL_get_REVOKED(c->x);

	if (len > 0)
		dn_format(slice(der, (size_t)len), &t);
	OPENSSL_free(der);
	text_copy(out->name, sizeof(out->name), c->origin);
	out->from_sec = asn1_seconds(X509_CRL_get0_lastUpdate(c->x));
	out->until_sec = asn1_seconds(X509_CRL_get0_nextUpdate(c->x));
	out->revoked = revoked ? (uint64_t)sk_X509_REVOKED_num(revoked) : 0;
}

static void show_key(const struct known_key *k, struct trust_item *out)
{
	identity_format(&k->id, out->name, sizeof(out->name));
	public_key_name(k->key, out->key, sizeof(out->key));
	put_ckaid(k->key, out->ckaid, sizeof(out->ckaid));
}

bool trust_item(struct keystore *k, enum trust_kind kind, size_t i, struct trust_item *out)
{
	struct trust *t = keystore_trust(k);
	struct list *at = NULL;
	struct key_ref key = { 0 };
	const struct public_key *public = NULL;

	*out = (struct trust_item){ .kind = (uint8_t)kind };
	if (kind == TRUST_PSKS)
		return keystore_psk_at(k, i, out->subject, sizeof(out->subject), out->name,
				       sizeof(out->name));
	trust_lock(t);
	switch (kind) {
	case TRUST_KEYS:
		if ((at = nth(&t->keys, i))) {
			show_key(list_entry(at, struct known_key, node), out);
			public = list_entry(at, struct known_key, node)->key;
		}
		break;
	case TRUST_CERTS:
	case TRUST_CAS:
		at = nth(kind == TRUST_CAS ? &t->content->cas : &t->content->certs, i);
		if (at) {
			show_cert(list_entry(at, struct cert, node), out);
			public = list_entry(at, struct cert, node)->key;
		}
		break;
	case TRUST_PSKS:
		break;
	case TRUST_CRLS:
		if ((at = nth(&t->content->crls, i)))
			show_crl(list_entry(at, struct crl, node), out);
		break;
	}
	if (public)
		key = *public_key_id(public);
	trust_unlock(t);
	out->has_private = public && keystore_has_key(k, &key);
	ERR_clear_error();
	return at != NULL;
}

static size_t expiring_certs(struct keystore *k, struct list *certs, enum trust_kind kind,
			     uint64_t by_sec, struct trust_item *out, size_t max)
{
	struct cert *c;
	size_t count = 0;

	list_each (c, certs, struct cert, node) {
		uint64_t until = asn1_seconds(X509_get0_notAfter(c->x));

		if (count == max || until == 0 || until > by_sec)
			continue;
		out[count] = (struct trust_item){ .kind = (uint8_t)kind };
		show_cert(c, &out[count]);
		out[count].has_private = c->key && keystore_has_key(k, public_key_id(c->key));
		count++;
	}
	return count;
}

/* A CRL is short-lived: only one that is over is worth a word. */
static size_t expired_crls(struct list *crls, uint64_t wall_sec, struct trust_item *out, size_t max)
{
	struct crl *c;
	size_t count = 0;

	list_each (c, crls, struct crl, node) {
		uint64_t until = asn1_seconds(X509_CRL_get0_nextUpdate(c->x));

		if (count == max || until == 0 || until > wall_sec)
			continue;
		out[count] = (struct trust_item){ .kind = TRUST_CRLS };
		show_crl(c, &out[count++]);
	}
	return count;
}

size_t trust_expiring(struct keystore *k, uint64_t wall_sec, struct trust_item *out, size_t max)
{
	struct trust *t = keystore_trust(k);
	uint64_t by_sec = wall_sec + EXPIRY_WARN_SEC;
	size_t count;

	trust_lock(t);
	count = expiring_certs(k, &t->content->cas, TRUST_CAS, by_sec, out, max);
	count += expiring_certs(k, &t->content->certs, TRUST_CERTS, by_sec, out + count,
				max - count);
	count += expired_crls(&t->content->crls, wall_sec, out + count, max - count);
	trust_unlock(t);
	ERR_clear_error();
	return count;
}
