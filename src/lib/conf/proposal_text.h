/* SPDX-License-Identifier: Apache-2.0 */
/* What the proposal grammar says about a word it does not know. Private to src/lib/conf. */
#ifndef CONF_PROPOSAL_TEXT_H
#define CONF_PROPOSAL_TEXT_H

#include "conf/proposal.h"

#define PROPOSAL_WORD_MAX 48

/* Sets an error that names the word and lists what would fit; returns false. */
bool proposal_unknown_word(const char *option, uint16_t use, enum transform_type type,
			   const char *word, struct error *e);

#endif
