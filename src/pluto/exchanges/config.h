/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration payloads in IKE_AUTH (RFC 7296 2.19, 3.15; RFC 8598), as client and as server. */
#ifndef EXCHANGES_CONFIG_H
#define EXCHANGES_CONFIG_H

#include "core/exchange.h"

/* Client: the request, if the connection wants an address. */
void config_put_request(struct run *r, struct builder *b);
/* Client: takes the reply into ike->config. False with why: what the connection needs is not there. */
bool config_take_reply(struct run *r, struct text *why);
/* Server: of who asks for an address and offers the unspecified one for its own end, not knowing
 * another yet, takes it for all of its family, as RFC 7296 2.19 has it written. */
void config_widen_request(struct run *r);
/* Server: gives the addresses asked for. 0, or the notify that refuses the child, with why. */
uint16_t config_assign(struct run *r, struct text *why);
/* Server: the reply, if addresses were given. */
void config_put_reply(struct run *r, struct builder *b);

#endif
