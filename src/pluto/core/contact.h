/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two ends know of each other's former and other IKE SAs: INITIAL_CONTACT (RFC 7296 2.4),
 * uniqueids, tombstones of IKE SAs that ended, and quick crash detection (RFC 6290).
 */
#ifndef CORE_CONTACT_H
#define CORE_CONTACT_H

#include "core/internal.h"

/* ---- unique.c: established IKE SAs by the peer's identity */
void unique_add(struct core *c, struct ike_sa *ike);
void unique_remove(struct core *c, struct ike_sa *ike);
/* Is no IKE SA with the peer of this one up, under our same identity? */
bool unique_is_first(struct core *c, const struct ike_sa *ike);
/* uniqueids=keep: is this peer up from elsewhere, so that the newcomer must be refused? */
bool unique_refuses(struct core *c, struct ike_sa *ike, const struct message *m);
/* The IKE SA stands, its child too: older ones of the same peer go as INITIAL_CONTACT and uniqueids
 * say (cases 146, 147). */
void unique_enforce(struct core *c, struct ike_sa *ike);

/* ---- tombstone.c: who asks again after the end gets the last answer again (case 32) */
void tombstone_add(struct core *c, struct ike_sa *ike);
/* True when the message was for an IKE SA that ended lately: it is dealt with. */
bool tombstone_answer(struct core *c, const struct ike_header *h);
uint64_t tombstone_deadline(const struct core *c);
void tombstone_timer(struct core *c);
void tombstone_fini(struct core *c);

/* ---- qcd.c */
#define QCD_TOKEN_LEN 32
#define QCD_TOKEN_MIN 16
#define QCD_TOKEN_MAX 128
/* Our token for an IKE SA; false: there is no stored secret. */
bool qcd_token(const struct core *c, uint64_t spi_i, uint64_t spi_r, uint8_t out[QCD_TOKEN_LEN]);
/* Puts it, if there is one; takes the peer's, unless it is none by its length (RFC 6290 5). */
void qcd_put(const struct core *c, const struct ike_sa *ike, struct builder *b);
void qcd_take(struct ike_sa *ike, const struct notify *n);
/* Does the unprotected message prove by the peer's token that the peer lost the IKE SA? */
bool qcd_is_proven(const struct ike_sa *ike, const struct message *m);
/* Answers a protected request for an IKE SA that is not here: INVALID_IKE_SPI, and our token. */
void qcd_answer(struct core *c, const struct event *e, const struct ike_header *h);

#endif
