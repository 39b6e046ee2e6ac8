/* SPDX-License-Identifier: Apache-2.0 */
/* Which of two crossing exchanges is redundant: the rule of nonces (RFC 7296 2.8.1, 2.8.2). */
#ifndef SA_COLLISION_H
#define SA_COLLISION_H

#include "base/bytes.h"

/* The nonces of one exchange, whole. */
struct nonce_pair {
	struct slice ni, nr;
};

/*
 * Is what was made by the exchange we began redundant, because the lowest of the four nonces is one
 * of its two? Octet by octet, and a nonce that ends first is the lower. Total, and antisymmetric
 * between the ends: with the pairs exchanged and is_ike_initiator (of the IKE SA that carried both)
 * turned around the answer is the opposite.
 */
bool collision_ours_is_redundant(struct nonce_pair ours, struct nonce_pair theirs,
				 bool is_ike_initiator);

#endif
