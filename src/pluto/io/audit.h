/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records for the system's audit: an SA that begins, ends or could not be made (AUDIT_CRYPTO_IKE_SA,
 * AUDIT_CRYPTO_IPSEC_SA), over audit's netlink. A kernel without audit, or one that does not let us,
 * is found out at the start.
 */
#ifndef IO_AUDIT_H
#define IO_AUDIT_H

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"

struct audit;

/* NULL with the reason: nothing is to be told. */
struct audit *audit_open(struct error *e);
void audit_close(struct audit *a);
/* A record of kind RECORD_EVENT; those that are not about an SA are passed over. */
void audit_event(struct audit *a, struct slice frame);
/*
 * What is sent of it: the message's type, or 0 for none; text is key=value words. Public for its test.
 */
uint16_t audit_format(struct slice frame, struct text *out);

#endif
