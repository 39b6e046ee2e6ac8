/* SPDX-License-Identifier: Apache-2.0 */
/* Narrowing traffic selectors to policy (RFC 7296 2.9). */
#ifndef SA_NARROW_H
#define SA_NARROW_H

#include "base/text.h"
#include "wire/message.h"

/*
 * Responder: the part of the peer's offer that policy allows, one selector. A selector that holds
 * the packet that triggered the exchange (the offer's first, specific one) is kept if possible.
 * *was_narrowed: something that we allow of the offer is left out of the answer.
 * False: nothing in common; why says what was offered and what is allowed.
 */
bool narrow_offer(const struct ts_payload *offer, const struct selector *policy,
		  struct selector *out, bool *was_narrowed, struct text *why);
/* Initiator: the answer lies within what was offered (case 104), and is not empty. */
bool narrow_check_answer(const struct ts_payload *answer, const struct selector *offered,
			 struct selector *out, struct text *why);

#endif
