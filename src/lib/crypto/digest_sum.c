/* SPDX-License-Identifier: Apache-2.0 */
/* The digest of what is known of others: certificates, CAs, CRLs, keys, and what OCSP said is revoked. */
#include "digest_sum.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include "crypto/prf.h"
#include "trust_content.h"

bool digest_sum_add(struct digest_sum *sum, enum digest_kind kind, struct slice item)
{
	uint8_t tag = (uint8_t)kind, digest[32];
	struct slice parts[2] = { slice(&tag, 1), item };
	unsigned carry = 0;

	if (!digest_sha256(parts, 2, digest))
		return false;
	for (size_t i = sizeof(digest); i-- > 0;) {
		carry += (unsigned)sum->bytes[i] + digest[i];
		sum->bytes[i] = (uint8_t)carry;
		carry >>= 8;
	}
	wipe(digest, sizeof(digest));
	return true;
}

static bool add_certs(const struct list *certs, enum digest_kind kind, struct digest_sum *sum)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	struct cert *c;
	unsigned len;
	bool ok = true;

	list_each (c, (struct list *)certs, struct cert, node)
		ok = ok && X509_digest(c->x, EVP_sha256(), digest, &len) == 1 &&
		     digest_sum_add(sum, kind, slice(digest, len));
	return ok;
}

static bool add_crls(const struct list *crls, struct digest_sum *sum)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	struct crl *c;
	unsigned len;
	bool ok = true;

	list_each (c, (struct list *)crls, struct crl, node)
		ok = ok && X509_CRL_digest(c->x, EVP_sha256(), digest, &len) == 1 &&
		     digest_sum_add(sum, DIGEST_CRL, slice(digest, len));
	return ok;
}

static bool add_keys(const struct list *keys, struct digest_sum *sum)
{
	struct known_key *k;
	bool ok = true;

	list_each (k, (struct list *)keys, struct known_key, node) {
		struct slice parts[2] = { SLICE_OF(public_key_id(k->key)->id),
					  bytes_slice(&k->id.body) };
		uint8_t digest[32];

		ok = ok && digest_sha256(parts, 2, digest) &&
		     digest_sum_add(sum, DIGEST_KEY, SLICE_OF(digest));
	}
	return ok;
}

static bool add_all(struct trust *t, struct digest_sum *sum)
{
	struct ocsp_entry *o;
	bool ok = add_certs(&t->content->cas, DIGEST_CA, sum) &&
		  add_certs(&t->content->certs, DIGEST_CERT, sum) &&
		  add_crls(&t->content->crls, sum) && add_keys(&t->keys, sum);

	list_each (o, &t->ocsp, struct ocsp_entry, node)
		if (ok && o->status == V_OCSP_CERTSTATUS_REVOKED)
			ok = digest_sum_add(sum, DIGEST_REVOKED, bytes_slice(&o->id));
	return ok;
}

bool trust_digest(struct trust *t, struct digest_sum *sum)
{
	struct digest_sum fresh = { 0 };
	bool ok = true;

	trust_lock(t);
	/* whoever else had the lock since then may have changed something */
	if (t->digest_at == 0 || t->digest_at + 1 != t->locks) {
		ok = add_all(t, &fresh);
		t->digest = fresh;
	}
	*sum = t->digest;
	t->digest_at = ok ? t->locks : 0;
	trust_unlock(t);
	ERR_clear_error();
	return ok;
}
