/* SPDX-License-Identifier: Apache-2.0 */
/* Agreeing on IPComp for a child (RFC 7296 2.22, RFC 3173). */
#ifndef EXCHANGES_IPCOMP_H
#define EXCHANGES_IPCOMP_H

#include "exchanges/steps.h"

/* The notify that offers a CPI of ours, or answers with it; nothing when there is none to give. */
void ipcomp_put(struct builder *b, const struct child_sa *child, bool is_answer);
/* Responder: takes DEFLATE of the peer's offers when the connection wants it; sets cpi_out. */
void ipcomp_take_offer(struct run *r, struct child_sa *child);
/* Initiator: what the peer answered. What it leaves out is not compressed, and our CPI is given back.
 * False with the reason: it answered what was not offered. */
bool ipcomp_take_answer(struct run *r, struct child_sa *child, struct text *why);
/* The CPI that the kernel gave with the SPI, or the line that says why there is none. */
void ipcomp_take_cpi(struct run *r, struct child_sa *child);

#endif
