/* SPDX-License-Identifier: Apache-2.0 */
/* Key material of IKE and child SAs (RFC 7296 2.14, 2.17) and the octets AUTH covers (2.15). */
#ifndef SA_KEYMAT_H
#define SA_KEYMAT_H

#include "crypto/prf.h"
#include "sa/suite.h"

/* All in one allocation, wiped as one. */
struct ike_keys {
	struct secret all;
	struct slice d, ai, ar, ei, er, pi, pr; /* into all */
};

/* SKEYSEED and the seven keys. spi_i, spi_r as on the wire. */
bool keymat_ike(const struct suite *s, struct slice ni, struct slice nr, struct slice shared,
		uint64_t spi_i, uint64_t spi_r, struct ike_keys *out);
/*
 * After an additional key exchange (RFC 9370 2.2.2): SKEYSEED(n) = prf(SK_d(n-1), SK(n) | Ni | Nr), and
 * the seven keys of it, in the place of those in k.
 */
bool keymat_ike_update(const struct suite *s, struct slice ni, struct slice nr, struct slice shared,
		       uint64_t spi_i, uint64_t spi_r, struct ike_keys *k);
/* The same for an IKE SA that is rekeyed: SKEYSEED = prf(SK_d (old), g^ir | Ni | Nr | more) by
 * the old IKE SA's PRF, the seven keys by the new one's (2.18). more: the shared secrets of additional
 * key exchanges (RFC 9370 2.2.4). */
bool keymat_ike_rekey(const struct suite *s, const struct alg *old_prf, struct slice old_sk_d,
		      struct slice ni, struct slice nr, struct slice shared, uint64_t spi_i,
		      uint64_t spi_r, struct slice more, struct ike_keys *out);
/* Of an IKE SA that is resumed: SKEYSEED = prf(SK_d (old), "Resumption" | Ni | Nr) and the seven keys
 * (RFC 5723 5.1), all by the suite of the old one. */
bool keymat_ike_resume(const struct suite *s, struct slice old_sk_d, struct slice ni,
		       struct slice nr, uint64_t spi_i, uint64_t spi_r, struct ike_keys *out);
/* The seven keys out of k->all, which they are whole in; false: it is not as long as they are. */
bool keymat_ike_cut(const struct suite *s, struct ike_keys *k);
void ike_keys_free(struct ike_keys *k);
/* SK_d | SK_pi | SK_pr, which a PPK is mixed into (RFC 8784 3). */
#define PPK_KEYS 3
bool keymat_ppk_keys(const struct ike_keys *k, struct secret *out);
/* Exchanges them with those in other, of the same length. */
bool keymat_ppk_swap(struct ike_keys *k, struct secret *other);

/* KEYMAT = prf+(SK_d, [g^ir |] Ni | Nr [| more]): encryption and integrity keys, initiator to responder
 * first. shared empty: no PFS; more as above. */
struct child_keys {
	struct secret all;
	struct slice encr_i, integ_i, encr_r, integ_r; /* into all; encr with salt */
};
bool keymat_child(const struct suite *s, const struct alg *prf_alg, struct slice sk_d,
		  struct slice shared, struct slice ni, struct slice nr, struct slice more,
		  struct child_keys *out);
/* As keymat_ike_cut. */
bool keymat_child_cut(const struct suite *s, struct child_keys *k);
void child_keys_free(struct child_keys *k);

/* message | nonce | prf(SK_p, id_body) | IntAuth: id_body is the ID payload without its generic header,
 * int_auth (RFC 9242 3.3.2) empty without IKE_INTERMEDIATE. */
bool auth_octets(const struct alg *prf_alg, struct slice first_message, struct slice nonce,
		 struct slice sk_p, struct slice id_body, struct slice int_auth, struct bytes *out);

/*
 * IntAuth_xn = prf(SK_px, IntAuth_x(n-1) | A | P) (RFC 9242 3.3.2): header is the message from its first
 * octet to the end of the encrypted payload's generic header, text the payloads inside in clear. The
 * lengths in header are adjusted here. previous is empty in the first exchange; out holds the PRF's
 * length.
 */
bool int_auth_mix(const struct alg *prf_alg, struct slice sk_p, struct slice previous,
		  struct slice header, struct slice text, uint8_t *out);

#endif
