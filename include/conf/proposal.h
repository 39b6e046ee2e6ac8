/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proposal grammar of ike= and esp=, resolved against the algorithm table.
 * Forms: "aes_gcm256-sha2_512-ecp256,aes256-sha2_256;modp2048" (encr-integ/prf-ke; '+' joins
 * alternatives of one type, ';' or '-' stands before the KE group, a trailing '!' is accepted).
 * IKE: a hash word gives the PRF, and for non-AEAD ciphers also the integrity; missing parts are
 * filled from the defaults. ESP: a hash word gives the integrity; a group is for PFS.
 * Additional key exchanges (RFC 9370) are words with the number of theirs before: "ke1=mlkem768" or
 * "ke1_mlkem768", in a segment of their own or behind '+' of the group: "x25519+ke1=mlkem768+none".
 * Words after it without a number are alternatives of the same; "none" makes it optional.
 */
#ifndef CONF_PROPOSAL_H
#define CONF_PROPOSAL_H

#include "crypto/algs.h"

#define PROPOSAL_MAX_ALTERNATIVES 12
#define PROPOSALS_CONF_MAX 16

struct alg_choice {
	const struct alg *alg;
	uint16_t key_bits; /* ENCR with variable keys: what is asked for; 0 for fixed keys */
};

/* One proposal: for each transform type the alternatives in order of preference. */
struct proposal_conf {
	struct alg_choice choices[TRANSFORM_TYPES][PROPOSAL_MAX_ALTERNATIVES];
	uint8_t counts[TRANSFORM_TYPES];
};

struct proposals {
	struct proposal_conf list[PROPOSALS_CONF_MAX];
	uint8_t count;
};

/*
 * text NULL gives the modern defaults: IKE AES-GCM-16/256+128 and ChaCha20-Poly1305 first, then
 * AES-CBC with HMAC-SHA2, PRF SHA2-512/256/384, KE X25519, ECP-256/384/521, MODP-3072/4096/2048/8192;
 * ESP AES-GCM-16, ChaCha20-Poly1305, AES-CBC with SHA2. AEAD and non-AEAD never share a proposal.
 * The error names the word and lists what would fit.
 */
bool proposals_parse_ike(const char *text, struct proposals *out, struct error *e);
bool proposals_parse_esp(const char *text, bool pfs, struct proposals *out, struct error *e);
/* The same for AH: integrity and groups only (RFC 4302). */
bool proposals_parse_ah(const char *text, bool pfs, struct proposals *out, struct error *e);
/* "AES_GCM_16_256-HMAC_SHA2_512-ECP_256" of the i-th proposal; returns buf. */
const char *proposal_conf_format(const struct proposal_conf *p, char *buf, size_t size);

#endif
