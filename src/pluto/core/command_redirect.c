/* SPDX-License-Identifier: Apache-2.0 */
/*
 * REDIRECT sends the live peers of a connection, or all, to another gateway; GLOBAL_REDIRECT and
 * GLOBAL_REDIRECT_TO say whether and where peers are sent that begin (RFC 5685).
 */
#include <stdlib.h>
#include <string.h>

#include "core/commands.h"
#include "core/exchange.h"
#include "core/redirect.h"

#define LIST_MAX 1024

static bool value_of(struct core *c, struct request_run *r, char *out, size_t size)
{
	struct ctl_attribute a;

	if (ctl_find(r->message, CTL_ATTR_VALUE, &a) && ctl_value_text(&a, out, size))
		return true;
	client_answer(c, r->client, RC_WHACK, "the value is missing or too long");
	return false;
}

static bool is_list(const char *list)
{
	struct address a;
	unsigned i = 0;

	while (address_in_list(list, i, &a) == LIST_ADDRESS)
		i++;
	return i > 0 && address_in_list(list, i, &a) == LIST_END;
}

static bool send_away(struct core *c, struct ike_sa *ike, const char *list)
{
	if (ike->began || ike->phase != IKE_ESTABLISHED ||
	    !(ike->peer_features & FEATURE_REDIRECT) || ike_find_want(ike, WANT_REDIRECT, 0) ||
	    !redirect_next(c, list, &ike->local.address, &ike->remote.address, &ike->redirect_to))
		return false;
	ike_want(ike, WANT_REDIRECT, NULL, 0);
	exchange_start_wants(c, ike);
	return true;
}

void command_redirect(struct core *c, struct request_run *r)
{
	uint64_t id = r->client->id;
	char list[LIST_MAX];
	struct ike_sa *ike;
	unsigned count = 0;

	if (!value_of(c, r, list, sizeof(list)))
		return;
	if (!is_list(list)) {
		client_answer(c, r->client, RC_WHACK,
			      "--redirect-to: give numeric addresses with commas between");
		return;
	}
	list_each (ike, &c->ike_sas, struct ike_sa, node)
		if (!r->conn || ike->connection == r->conn || ike->connection->template == r->conn)
			count += send_away(c, ike, list);
	r->client = client_find(c, id);
	if (r->client)
		client_answer(c, r->client, RC_OK, "%u peers are sent to %s", count, list);
}

void command_global_redirect(struct core *c, struct request_run *r)
{
	static const char *const words[] = { "no", "yes", "auto" }; /* enum redirect_policy */
	char word[LIST_MAX];

	if (!value_of(c, r, word, sizeof(word)))
		return;
	for (uint8_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(word, words[i]) != 0)
			continue;
		c->redirect_policy = i;
		client_say(c, r->client, LINE_LOG, "global-redirect: %s%s", word,
			   i != REDIRECT_NO && !c->redirect_to ? ", but --global-redirect-to says "
								 "not where to"
							       : "");
		client_finish(c, r->client, RC_OK);
		return;
	}
	client_answer(c, r->client, RC_WHACK, "global-redirect is yes, no or auto");
}

void command_global_redirect_to(struct core *c, struct request_run *r)
{
	char list[LIST_MAX], *copy;

	if (!value_of(c, r, list, sizeof(list)))
		return;
	if (!is_list(list) || !(copy = strdup(list))) {
		client_answer(c, r->client, RC_WHACK,
			      "--global-redirect-to: give numeric addresses with commas between");
		return;
	}
	free(c->redirect_to);
	c->redirect_to = copy;
	client_say(c, r->client, LINE_LOG, "global-redirect-to: %s", list);
	client_finish(c, r->client, RC_OK);
}
