/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE table of causes of failure: the word that programs and counters use, and the next step that is
 * told to an admin. What exactly happened is in the failure's own text.
 */
#ifndef CTL_CAUSES_H
#define CTL_CAUSES_H

#include "base/names.h"

enum cause {
	CAUSE_NONE,
	CAUSE_NO_RESPONSE,
	CAUSE_PROPOSAL,
	CAUSE_AUTHENTICATION,
	CAUSE_SELECTORS,
	CAUSE_NO_KEY,
	CAUSE_ADDRESS,
	CAUSE_NAME,
	CAUSE_ORIENTATION,
	CAUSE_LISTENING,
	CAUSE_LEASE,
	CAUSE_KERNEL,
	CAUSE_SCRIPT,
	CAUSE_PEER_REFUSED,
	CAUSE_PEER_DELETED,
	CAUSE_REDIRECT,
	CAUSE_ADMIN,
	CAUSE_PROTOCOL,
	CAUSE_INTERNAL,
	CAUSE_COUNT,
};

struct cause_row {
	const char *word;
	const char *what; /* in words */
	const char *next; /* what to do; NULL: nothing */
};

extern const struct cause_row cause_rows[CAUSE_COUNT];

#endif
