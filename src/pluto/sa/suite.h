/* SPDX-License-Identifier: Apache-2.0 */
/* Negotiated algorithms, and choosing them: offers to and from the wire (RFC 7296 2.7, 3.3). */
#ifndef SA_SUITE_H
#define SA_SUITE_H

#include "base/text.h"
#include "conf/proposal.h"
#include "crypto/cipher.h"
#include "wire/builder.h"

/* Which key exchanges a negotiation has. */
enum suite_ke {
	SUITE_NO_KE = 0,  /* the child of IKE_AUTH */
	SUITE_ONE_KE = 1, /* the peer cannot do additional ones */
	SUITE_ALL_KE = 2, /* with additional ones (RFC 9370) */
};

struct suite {
	uint8_t protocol; /* enum protocol_id */
	uint8_t number;   /* of the proposal chosen */
	const struct alg *encr;
	uint16_t key_bits;
	const struct alg *prf;              /* IKE */
	const struct alg *integ;            /* NULL for AEAD */
	const struct alg *ke;               /* NULL: none */
	const struct alg *addke[ADDKE_MAX]; /* NULL: none of that number */
	uint8_t says_addke_none; /* bit by index: offered, and NONE chosen, which the answer names */
	bool esn;                /* ESP */
	bool says_integ_none;    /* the offer names NONE, so the answer does too (RFC 7296 2.7) */
	bool says_ke_none;
};

/* Puts a whole SA payload: each configured proposal with SPI spi (empty for IKE_SA_INIT).
 * SUITE_NO_KE leaves the KE transforms out (ESP in IKE_AUTH). Numbers count from 1. Unavailable
 * algorithms are left out, and proposals that then lack a needed type. */
void suite_offer(struct builder *b, const struct proposals *ours, uint8_t protocol,
		 struct slice spi, enum suite_ke ke);
/* Puts the SA payload of an answer: the one proposal, with its number. */
void suite_answer(struct builder *b, const struct suite *chosen, struct slice spi);

/*
 * The first offered proposal, in the offerer's order, that one of ours accepts, with our preference
 * among its transforms; prefer_group (0: none) wins when allowed, to save a round. *spi borrows the
 * offer's SPI. SPI size must be spi_len (0 for IKE_SA_INIT, 4 for ESP); ESP SPIs below 256 and IKE
 * SPI 0 are no match. SUITE_NO_KE: KE transforms are ignored (case 56). SUITE_ONE_KE: what
 * we have to make additional key exchanges for is no match, nor is a proposal that offers them. No
 * method is chosen twice (RFC 9370 2.2.1). Unusable transforms are
 * skipped, and proposals with a transform type that is not of the protocol (cases 60 to 65).
 * False: no match; why gets what differs, transform by transform.
 */
bool suite_choose(const struct proposals *ours, const struct message *m, uint8_t protocol,
		  size_t spi_len, enum suite_ke ke, uint16_t prefer_group, struct suite *out,
		  struct slice *spi, struct text *why);
/*
 * Initiator: checks that the answer is exactly one proposal that we offered, under its number, with
 * one transform of each type (case 59). False with why.
 */
bool suite_accept(const struct proposals *ours, const struct message *m, uint8_t protocol,
		  size_t spi_len, enum suite_ke ke, struct suite *out, struct slice *spi,
		  struct text *why);
/* The transform types (1 << type) in which a proposal of the peer's does not meet one of ours. */
uint16_t suite_differences(const struct proposal_conf *ours, const struct proposal *p,
			   uint8_t protocol, bool with_ke);
/* "AES_GCM_16_256-HMAC_SHA2_512-ECP_256"; returns buf. */
const char *suite_format(const struct suite *s, char *buf, size_t size);
/* What a transform type (below TRANSFORM_TYPES) is called in messages: "encryption"; never NULL. */
const char *suite_type_name(unsigned type);
struct sk_cipher suite_cipher(const struct suite *s);
/* Would one of these proposals have led to this IKE suite? */
bool suite_is_allowed(const struct proposals *ours, const struct suite *s);
/* The KE group of our first proposal that is available; NULL when none. */
const struct alg *suite_first_group(const struct proposals *ours);
/* Do any of our proposals have additional key exchanges? Has the suite any? */
bool suite_offers_addke(const struct proposals *ours);
bool suite_has_addke(const struct suite *s);
/* The index of the first additional key exchange at or after from; ADDKE_MAX: none is left. */
unsigned suite_next_addke(const struct suite *s, unsigned from);
/* Is the group in one of our proposals? */
bool suite_has_group(const struct proposals *ours, uint16_t group);

#endif
