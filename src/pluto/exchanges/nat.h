/* SPDX-License-Identifier: Apache-2.0 */
/* NAT detection's rows of the table of extensions, and the initiator's move to the NAT-T port. */
#ifndef EXCHANGES_NAT_H
#define EXCHANGES_NAT_H

#include "exchanges/extensions.h"

bool nat_is_wanted(struct run *r);
void nat_put_source(struct run *r, struct builder *b);
void nat_put_destination(struct run *r, struct builder *b);
void nat_take_source(struct run *r, const struct notify *n);
void nat_take_destination(struct run *r, const struct notify *n);
/* When IKE_SA_INIT was taken: says what was found. The initiator goes on through the NAT-T port when
 * a NAT is between, or when it must look like one (case 151). */
void nat_detected(struct run *r);
/* In transport mode through a NAT the peer's selectors name addresses that mean nothing here: the
 * ones seen in the IP header take their place (RFC 7296 2.23.1). */
void nat_substitute(struct run *r);

#endif
