/* SPDX-License-Identifier: Apache-2.0 */
/* Narrowing traffic selectors to policy (RFC 7296 2.9). */
#ifndef SA_NARROW_H
#define SA_NARROW_H

#include "base/text.h"
#include "wire/message.h"

/*
 * Responder: all of the peer's offer that policy allows, nothing twice. What holds the offer's first
 * selector, the packet that started the exchange, stands first if policy lets it pass.
 * *was_narrowed: something that we allow of the offer is left out, because it is too much.
 * False: nothing in common, or memory is short; why says what was offered and what is allowed. out,
 * which was empty, is the caller's to free.
 */
bool narrow_offer(const struct ts_payload *offer, const struct selectors *policy,
		  struct selectors *out, bool *was_narrowed, struct text *why);
/* Initiator: all of the answer lies within what was offered (case 104), and it is not empty. */
bool narrow_check_answer(const struct ts_payload *answer, const struct selectors *offered,
			 struct selectors *out, struct text *why);
/* Does the list hold all of policy, or is part of it without protection? */
bool narrow_is_whole(const struct selectors *policy, const struct selectors *list);
/* What of asked no one of got holds, by addresses; what is taken by part of its protocols or ports is not
 * in it. out, which was empty, is the caller's to free; what finds no room or memory is left out. */
void narrow_rest(const struct selectors *asked, const struct selectors *got, struct selectors *out);
/* Makes lists of no more pairs than a child may have, the packet's kept; true: something went. */
bool narrow_fit_pairs(struct selectors *local, struct selectors *remote);

#endif
