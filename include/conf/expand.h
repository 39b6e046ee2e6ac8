/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One definition that stands for several connections: with --subnets on an end there is one for each
 * pair of networks, named NAME/LxR by the number of each in its list. --client of the same end counts
 * as number 0; an end with neither has one network, number 1.
 */
#ifndef CONF_EXPAND_H
#define CONF_EXPAND_H

#include "conf/conn.h"

#define CONN_EXPAND_MAX 4096u

struct conn_expansion {
	uint16_t lefts, rights;           /* networks of each end */
	uint16_t first_left, first_right; /* the number of the first */
};

/* Does the definition name --subnets? */
bool conn_is_expanded(const struct conn_config *c);
/* How many it stands for: at least 1. False with an error that names the option: nothing in a list,
 * or more than CONN_EXPAND_MAX in all. */
bool conn_expansion_of(const struct conn_config *c, struct conn_expansion *out, struct error *e);
static inline size_t conn_expansion_count(const struct conn_expansion *x)
{
	return (size_t)x->lefts * x->rights;
}
/* The n-th of them, from 0, as a copy that the caller frees; base is then the definition's name. Of a
 * definition without --subnets a plain copy. False: memory is short, out is empty. */
bool conn_expand(const struct conn_config *c, const struct conn_expansion *x, size_t n,
		 struct conn_config *out);

#endif
