/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands between the network and the first allocation for a peer (RFC 7296 2.6, RFC 8019 4):
 * half-open IKE SAs are counted by source, cookies are asked for when there are many, sources that
 * fail to authenticate again and again have to wait, and answers never grow.
 */
#ifndef CORE_GUARD_H
#define CORE_GUARD_H

#include "core/internal.h"

/* ---- half_open.c: responders that nobody has proven anything to; sources by IPv4 address, IPv6 /64 */
void half_open_add(struct core *c, struct ike_sa *ike);
void half_open_remove(struct core *c, struct ike_sa *ike);
uint32_t half_open_of_source(struct core *c, const struct address *source);
/* Makes room for one more when the hard cap is reached: the oldest goes (case 45). */
void half_open_make_room(struct core *c);
/* A peer at this source, which is really there, failed to authenticate (case 49). */
void penalty_note(struct core *c, const struct address *source);
/* Is the source to wait? Its IKE_SA_INIT requests are not looked at. */
bool penalty_is_due(struct core *c, const struct address *source);
void half_open_fini(struct core *c);

/* ---- cookie.c */
enum cookie_verdict {
	COOKIE_PROVEN,   /* a good cookie: the address is real */
	COOKIE_UNPROVEN, /* none is needed now */
	COOKIE_ASKED,    /* answered with one: nothing more is done */
	COOKIE_BAD_MESSAGE,
};
/* Looks at a request of IKE_SA_INIT before anything is allocated for it. */
enum cookie_verdict cookie_check(struct core *c, const struct event *e, const struct ike_header *h);
/* Answers COOKIE to a request with this nonce. */
void cookie_ask(struct core *c, const struct event *e, const struct ike_header *h,
		struct slice nonce);
bool cookie_make(struct core *c, uint32_t version, uint64_t spi_i, struct slice nonce,
		 const struct address *source, uint8_t out[20]);

/* An answer to an address that proved nothing is at most half as long again (case 48). */
static inline bool answer_is_small(size_t request_len, size_t answer_len)
{
	return answer_len * 2 <= request_len * 3;
}

#endif
