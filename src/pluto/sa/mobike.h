/* SPDX-License-Identifier: Apache-2.0 */
/* MOBIKE (RFC 4555) as far as it is arithmetic: is it agreed, and the notifies' contents. */
#ifndef SA_MOBIKE_H
#define SA_MOBIKE_H

#include "sa/ike_sa.h"

#define COOKIE2_LEN 16
#define MOBIKE_ADDRESSES_MAX 8

/* Both ends said so, and the connection allows it. */
bool mobike_is_on(const struct ike_sa *ike);
/* NO_NATS_ALLOWED (4.2.6): addresses and ports as the sender sees them. Its length, at most 36. */
size_t mobike_no_nats(const struct endpoint *from, const struct endpoint *to, uint8_t out[36]);
/* The addresses that the message names besides the one it came from, at most
 * MOBIKE_ADDRESSES_MAX; *told: it says something of them at all. */
unsigned mobike_addresses(const struct message *m, struct address out[MOBIKE_ADDRESSES_MAX],
			  bool *told);

#endif
