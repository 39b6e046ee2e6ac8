/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and sealing the encrypted payload of a whole message (RFC 7296 3.14, RFC 5282). */
#ifndef WIRE_PROTECT_H
#define WIRE_PROTECT_H

#include "crypto/cipher.h"
#include "wire/builder.h"

/* Ends a builder that has SK open: pads, encrypts, authenticates. Empty on failure. */
struct slice protect_seal(struct builder *b, const struct sk_cipher *c, const struct sk_keys *keys,
			  uint64_t counter);
/*
 * Verifies and decrypts, in place in datagram, the SK payload found by message_parse. *text is the
 * inner chain without padding. VERDICT_BAD: wrong ICV or impossible lengths; the message is dropped.
 */
enum verdict protect_open(const struct message *m, uint8_t *datagram, const struct sk_cipher *c,
			  const struct sk_keys *keys, struct slice *text);
/* The same for one fragment's SKF payload (RFC 7383 2.6). */
enum verdict protect_open_fragment(const struct message *m, uint8_t *datagram,
				   const struct sk_cipher *c, const struct sk_keys *keys,
				   struct slice *text);

#endif
