/* SPDX-License-Identifier: Apache-2.0 */
/* What NAT detection found of an IKE SA, and what follows from it (RFC 7296 2.23, RFC 3948). */
#ifndef SA_NAT_H
#define SA_NAT_H

#include "sa/ike_sa.h"

#define NAT_HASH_LEN 20
#define NAT_KEEPALIVE_USEC (20 * USEC_PER_SEC)

/* SHA-1(SPIs | address | port), the data of NAT_DETECTION_*_IP. False: no SHA-1. */
bool nat_hash(uint64_t spi_i, uint64_t spi_r, const struct endpoint *e, uint8_t out[NAT_HASH_LEN]);
/* Both ends do NAT traversal: we want it, and the peer sent both kinds of hashes (case 152). */
bool nat_is_supported(const struct ike_sa *ike);
/* A NAT was found, at either end. */
bool nat_is_detected(const struct ike_sa *ike);
/* ESP of its children goes in UDP. */
bool nat_encapsulates(const struct ike_sa *ike);
/* Where the IKE SA's children send ESP from and to. */
struct kernel_path nat_child_path(const struct ike_sa *ike);
/* The child's outer addresses and ports are the IKE SA's (RFC 4555 3.3). */
void nat_set_child_path(const struct ike_sa *ike, struct child_sa *child);

#endif
