/* SPDX-License-Identifier: Apache-2.0 */
/* MOBIKE's rows of the table of extensions, and its part of INFORMATIONAL (RFC 4555). */
#ifndef EXCHANGES_MOBIKE_H
#define EXCHANGES_MOBIKE_H

#include "exchanges/extensions.h"

bool mobike_is_offered(struct run *r);
bool mobike_has_addresses(struct run *r);
void mobike_put_addresses(struct run *r, struct builder *b);
void mobike_take_addresses(struct run *r, const struct notify *n);

/* An INFORMATIONAL request: what MOBIKE adds to the answer being built. */
void mobike_answer(struct run *r, struct builder *b);
/* The same request, when its answer is on its way: addresses and children follow. */
void mobike_act(struct run *r);
/* The answer to a request of ours. STEP_NEXT: nothing is amiss. */
enum step mobike_response(struct run *r);

#endif
