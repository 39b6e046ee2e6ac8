/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of words separated by single spaces, as the tables hold the spellings of an option. '-' and
 * '_' are not the same here: a spelling is listed or it is unknown.
 */
#ifndef CTL_WORDS_H
#define CTL_WORDS_H

#include "base/bytes.h"

/* True when the word is in the list. */
bool words_have(const char *list, const char *word);
/* The next word of a list, moving *list on; false at the end. */
bool words_next(const char **list, struct slice *out);

#endif
