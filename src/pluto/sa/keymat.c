/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key derivation (RFC 7296 2.14, 2.17) and the octets that AUTH signs (2.15). Pure; called by the
 * exchanges' derive and auth steps.
 */
#include "sa/keymat.h"

#include <string.h>

/* Cuts the next len bytes off. */
static struct slice cut(struct slice *from, size_t len)
{
	struct slice out = slice(from->data, len);

	from->data += len;
	from->len -= len;
	return out;
}

/* SKEYSEED = prf(Ni | Nr, g^ir); a fixed-key PRF takes the first 64 bits of each nonce. */
static bool skeyseed(const struct alg *a, struct slice ni, struct slice nr, struct slice shared,
		     uint8_t out[PRF_MAX_LEN])
{
	uint8_t key[2 * NONCE_MAX_LEN];
	size_t ni_len = prf_has_fixed_key(a) ? 8 : ni.len;
	size_t nr_len = prf_has_fixed_key(a) ? 8 : nr.len;

	if (ni.len > NONCE_MAX_LEN || nr.len > NONCE_MAX_LEN || ni_len > ni.len || nr_len > nr.len)
		return false;
	memcpy(key, ni.data, ni_len);
	memcpy(key + ni_len, nr.data, nr_len);
	return prf(a, slice(key, ni_len + nr_len), &shared, 1, out);
}

/* How long the seven keys are together. */
static size_t keys_len(const struct suite *s)
{
	struct sk_cipher c = suite_cipher(s);

	return 3 * prf_key_len(s->prf) + 2 * sk_integ_key_len(&c) + 2 * sk_encr_key_len(&c);
}

bool keymat_ike_cut(const struct suite *s, struct ike_keys *k)
{
	struct sk_cipher c = suite_cipher(s);
	size_t d = prf_key_len(s->prf), a = sk_integ_key_len(&c), e = sk_encr_key_len(&c);
	struct slice rest = secret_slice(&k->all);

	if (rest.len != keys_len(s))
		return false;
	k->d = cut(&rest, d);
	k->ai = cut(&rest, a);
	k->ar = cut(&rest, a);
	k->ei = cut(&rest, e);
	k->er = cut(&rest, e);
	k->pi = cut(&rest, d);
	k->pr = cut(&rest, d);
	return true;
}

/* The seven keys out of SKEYSEED (2.14). */
static bool expand(const struct suite *s, struct slice seed, struct slice ni, struct slice nr,
		   uint64_t spi_i, uint64_t spi_r, struct ike_keys *out)
{
	uint8_t spis[16];
	struct writer w = writer_over(spis, sizeof(spis));
	struct slice parts[3] = { ni, nr, SLICE_OF(spis) };

	*out = (struct ike_keys){ 0 };
	writer_u64(&w, spi_i);
	writer_u64(&w, spi_r);
	return prf_plus(s->prf, seed, parts, 3, keys_len(s), &out->all) && keymat_ike_cut(s, out);
}

bool keymat_ike(const struct suite *s, struct slice ni, struct slice nr, struct slice shared,
		uint64_t spi_i, uint64_t spi_r, struct ike_keys *out)
{
	uint8_t seed[PRF_MAX_LEN];
	bool ok;

	*out = (struct ike_keys){ 0 };
	ok = skeyseed(s->prf, ni, nr, shared, seed) &&
	     expand(s, slice(seed, s->prf->out_len), ni, nr, spi_i, spi_r, out);
	wipe(seed, sizeof(seed));
	return ok;
}

bool keymat_ike_rekey(const struct suite *s, const struct alg *old_prf, struct slice old_sk_d,
		      struct slice ni, struct slice nr, struct slice shared, uint64_t spi_i,
		      uint64_t spi_r, struct slice more, struct ike_keys *out)
{
	struct slice parts[4] = { shared, ni, nr, more };
	uint8_t seed[PRF_MAX_LEN];
	bool ok;

	*out = (struct ike_keys){ 0 };
	ok = prf(old_prf, old_sk_d, parts, 4, seed) &&
	     expand(s, slice(seed, old_prf->out_len), ni, nr, spi_i, spi_r, out);
	wipe(seed, sizeof(seed));
	return ok;
}

bool keymat_ike_update(const struct suite *s, struct slice ni, struct slice nr, struct slice shared,
		       uint64_t spi_i, uint64_t spi_r, struct ike_keys *k)
{
	const struct slice parts[3] = { shared, ni, nr };
	uint8_t seed[PRF_MAX_LEN];
	struct ike_keys fresh = { 0 };
	bool ok = prf(s->prf, k->d, parts, 3, seed) &&
		  expand(s, slice(seed, s->prf->out_len), ni, nr, spi_i, spi_r, &fresh);

	wipe(seed, sizeof(seed));
	if (!ok)
		return false;
	ike_keys_free(k);
	*k = fresh;
	return true;
}

bool keymat_ike_resume(const struct suite *s, struct slice old_sk_d, struct slice ni,
		       struct slice nr, uint64_t spi_i, uint64_t spi_r, struct ike_keys *out)
{
	return keymat_ike_rekey(s, s->prf, old_sk_d, ni, nr, slice_str("Resumption"), spi_i, spi_r,
				SLICE_EMPTY, out);
}

void ike_keys_free(struct ike_keys *k)
{
	secret_free(&k->all);
	*k = (struct ike_keys){ 0 };
}

bool keymat_ppk_keys(const struct ike_keys *k, struct secret *out)
{
	const struct slice parts[PPK_KEYS] = { k->d, k->pi, k->pr };

	if (!secret_alloc(PPK_KEYS * k->d.len, out))
		return false;
	for (size_t i = 0; i < PPK_KEYS; i++)
		memcpy(out->data + i * k->d.len, parts[i].data, k->d.len);
	return true;
}

bool keymat_ppk_swap(struct ike_keys *k, struct secret *other)
{
	const struct slice parts[PPK_KEYS] = { k->d, k->pi, k->pr };

	if (other->len != PPK_KEYS * k->d.len)
		return false;
	for (size_t i = 0; i < PPK_KEYS; i++) {
		uint8_t *ours = k->all.data + (parts[i].data - k->all.data);
		uint8_t *theirs = other->data + i * k->d.len;

		for (size_t at = 0; at < k->d.len; at++) {
			uint8_t kept = ours[at];

			ours[at] = theirs[at];
			theirs[at] = kept;
		}
	}
	return true;
}

static size_t child_half(const struct suite *s)
{
	return (s->encr ? alg_keymat_len(s->encr, s->key_bits) : 0) +
	       (s->integ ? s->integ->key_len : 0);
}

bool keymat_child_cut(const struct suite *s, struct child_keys *k)
{
	size_t e = s->encr ? alg_keymat_len(s->encr, s->key_bits) : 0;
	size_t a = s->integ ? s->integ->key_len : 0;
	struct slice rest = secret_slice(&k->all);

	if (rest.len != 2 * child_half(s))
		return false;
	k->encr_i = cut(&rest, e);
	k->integ_i = cut(&rest, a);
	k->encr_r = cut(&rest, e);
	k->integ_r = cut(&rest, a);
	return true;
}

bool keymat_child(const struct suite *s, const struct alg *prf_alg, struct slice sk_d,
		  struct slice shared, struct slice ni, struct slice nr, struct slice more,
		  struct child_keys *out)
{
	struct slice parts[4] = { shared, ni, nr, more };

	*out = (struct child_keys){ 0 };
	return prf_plus(prf_alg, sk_d, shared.len ? parts : parts + 1, shared.len ? 4 : 3,
			2 * child_half(s), &out->all) &&
	       keymat_child_cut(s, out);
}

void child_keys_free(struct child_keys *k)
{
	secret_free(&k->all);
	*k = (struct child_keys){ 0 };
}

bool auth_octets(const struct alg *prf_alg, struct slice first_message, struct slice nonce,
		 struct slice sk_p, struct slice id_body, struct slice int_auth, struct bytes *out)
{
	struct writer w;

	if (!bytes_alloc(first_message.len + nonce.len + prf_alg->out_len + int_auth.len, out))
		return false;
	w = writer_over(out->data, out->len);
	writer_put(&w, first_message);
	writer_put(&w, nonce);
	if (prf(prf_alg, sk_p, &id_body, 1, writer_reserve(&w, prf_alg->out_len)) &&
	    writer_put(&w, int_auth))
		return true;
	bytes_free(out);
	return false;
}

#define HEADER_LENGTH_AT 24 /* of the IKE header's length */
#define GENERIC_LEN 4
#define HEADER_MIN_LEN (HEADER_LENGTH_AT + 4 + GENERIC_LEN)

bool int_auth_mix(const struct alg *prf_alg, struct slice sk_p, struct slice previous,
		  struct slice header, struct slice text, uint8_t *out)
{
	struct bytes adjusted cleanup(bytes_cleanup) = { 0 };
	struct slice parts[3];
	struct writer w;

	if (header.len < HEADER_MIN_LEN || !bytes_copy(header, &adjusted))
		return false;
	w = writer_over(adjusted.data + HEADER_LENGTH_AT, 4);
	writer_u32(&w, (uint32_t)(header.len + text.len));
	w = writer_over(adjusted.data + header.len - 2, 2);
	writer_u16(&w, (uint16_t)(GENERIC_LEN + text.len));
	parts[0] = previous;
	parts[1] = bytes_slice(&adjusted);
	parts[2] = text;
	return prf(prf_alg, sk_p, parts, 3, out);
}
