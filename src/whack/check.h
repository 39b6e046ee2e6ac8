/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What options.c asks about options one by one and, in the end, about all of them together: the
 * rules of whack's command line.
 */
#ifndef WHACK_CHECK_H
#define WHACK_CHECK_H

#include "options.h"

/* True for "--opt" alone meaning yes; another value then stands behind '='. */
bool keyword_value_is_optional(const struct keyword *k);
/* Appends; false when the same member of the same end is there already. */
bool add_setting(struct options *o, const struct setting *s, struct error *e);
/* Chooses VERB_ADD where it is meant, and checks name, ends and verb. */
bool check_options(struct options *o, struct error *e);

#endif
