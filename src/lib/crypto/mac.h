/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to crypto: the keyed MAC below PRF and INTEG. One MAC may be open in a thread at a time
 * (they share the thread's contexts); begin, run as often as wished under the same key, end.
 */
#ifndef CRYPTO_MAC_H
#define CRYPTO_MAC_H

#include "provider.h"

#define MAC_MAX_LEN 64
#define MAC_BLOCK_LEN 16 /* of AES */

struct mac {
	enum mac_kind kind;
	EVP_MAC_CTX *ctx;
	EVP_CIPHER_CTX *block; /* XCBC only */
	uint8_t k2[MAC_BLOCK_LEN], k3[MAC_BLOCK_LEN];
	bool is_fresh; /* the key was set and nothing read yet */
};

/* a: a PRF or INTEG row; key of 16 bytes for XCBC and CMAC, any length else. */
bool mac_begin(struct mac *m, const struct alg *a, struct slice key);
/* The whole MAC of the parts, cut to out_len bytes. */
bool mac_run(struct mac *m, const struct slice *parts, size_t count, uint8_t *out, size_t out_len);
/* Always, also after a failed begin. Wipes the key from the thread's context. */
void mac_end(struct mac *m);

#endif
