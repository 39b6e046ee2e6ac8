/* SPDX-License-Identifier: Apache-2.0 */
/* Expansion of --subnets. Called where definitions come in: by the daemon and by every check. */
#include "conf/expand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATORS ", \t{}"

/* The n-th word of a list; false: it has no more. */
static bool word_at(const char *list, size_t n, const char **word, size_t *len)
{
	for (;;) {
		list += strspn(list, SEPARATORS);
		*len = strcspn(list, SEPARATORS);
		if (*len == 0)
			return false;
		*word = list;
		if (n-- == 0)
			return true;
		list += *len;
	}
}

static size_t count_words(const char *list)
{
	const char *word;
	size_t n = 0, len;

	while (list && word_at(list, n, &word, &len) && n <= CONN_EXPAND_MAX)
		n++;
	return n;
}

bool conn_is_expanded(const struct conn_config *c)
{
	return c->left.subnets || c->right.subnets;
}

static bool count_end(const struct end_config *end, const char *side, uint16_t *count,
		      uint16_t *first, struct error *e)
{
	size_t n = count_words(end->subnets);

	if (end->subnets && n == 0)
		return error_set(e, "%s --subnets names no network: give at least one", side);
	n += !end->subnets || end->client;
	*first = end->client ? 0 : 1;
	*count = (uint16_t)n;
	return n <= CONN_EXPAND_MAX ||
	       error_set(e, "%s --subnets names more than %u networks", side, CONN_EXPAND_MAX);
}

bool conn_expansion_of(const struct conn_config *c, struct conn_expansion *out, struct error *e)
{
	if (!count_end(&c->left, "left", &out->lefts, &out->first_left, e) ||
	    !count_end(&c->right, "right", &out->rights, &out->first_right, e))
		return false;
	return conn_expansion_count(out) <= CONN_EXPAND_MAX ||
	       error_set(e,
			 "--subnets of both ends make %zu connections: at most %u, give "
			 "wider networks",
			 conn_expansion_count(out), CONN_EXPAND_MAX);
}

/* The network of that number in place of the list. */
static bool take_network(struct end_config *end, uint16_t number)
{
	const char *word;
	size_t len;

	if (!end->subnets)
		return true;
	if (number > 0) {
		free(end->client);
		end->client = word_at(end->subnets, number - 1u, &word, &len) ? strndup(word, len)
									      : NULL;
	}
	free(end->subnets);
	end->subnets = NULL;
	return end->client != NULL;
}

bool conn_expand(const struct conn_config *c, const struct conn_expansion *x, size_t n,
		 struct conn_config *out)
{
	uint16_t left = (uint16_t)(x->first_left + n / x->rights);
	uint16_t right = (uint16_t)(x->first_right + n % x->rights);
	char name[CONN_NAME_LEN + 16];

	if (!conn_config_copy(c, out))
		return false;
	if (!conn_is_expanded(c))
		return true;
	snprintf(name, sizeof(name), "%.*s/%ux%u", CONN_NAME_LEN, c->name, left, right);
	out->base = out->name;
	out->name = strdup(name);
	if (out->name && take_network(&out->left, left) && take_network(&out->right, right))
		return true;
	conn_config_free(out);
	return false;
}
