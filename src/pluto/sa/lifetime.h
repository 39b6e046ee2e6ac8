/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When an SA is to be replaced (RFC 7296 2.8): before its lifetime is over by the margin, which is
 * stretched at random so that the two ends, and many SAs of one time, do not all begin at once.
 */
#ifndef SA_LIFETIME_H
#define SA_LIFETIME_H

#include "base/duration.h"
#include "conf/conn.h"

/*
 * How long after its making an SA of this lifetime is to be replaced: lifetime - margin * (1 + f),
 * f between 0 and rekeyfuzz by random. Who did not initiate the SA takes half of the margin, so
 * that it comes only when the other end did not. Never in the first half of the lifetime.
 */
uint64_t lifetime_soft_usec(uint64_t lifetime_usec, const struct conn_config *config,
			    bool is_initiator, uint64_t random);

/* Of a limit of octets or packets the part after which it is to be replaced: 70 to 80 percent for who
 * initiated the SA, 82 to 92 for the other end; all of it when rekey=no. 0 stays 0. */
uint64_t lifetime_soft_count(uint64_t limit, const struct conn_config *config, bool is_initiator,
			     uint64_t random);

#endif
