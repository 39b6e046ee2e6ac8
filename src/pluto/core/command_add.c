/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ADD: the definition of connections. It is checked whole when it comes; inside a transaction it is
 * then kept until COMMIT (core/command_transaction.c).
 */
#include <stdlib.h>
#include <string.h>

#include "conf/keywords.h"
#include "core/commands.h"
#include "core/transaction.h"
#include "core/policy_groups.h"

#define OPTION_TEXT_MAX 4096
#define KEYWORD_IDS 0x8000u

/* An option that came without its value: whack sends none where the value may be left out. */
static const char *value_or_none(const struct keyword *k, const char *text)
{
	bool may_lack = k->type == VALUE_BOOL || k->type == VALUE_FLAG || k->type == VALUE_BIT ||
			k->type == VALUE_ENUM;

	return may_lack && !*text ? NULL : text;
}

static bool read_option(const struct ctl_attribute *a, struct conn_config *config, struct error *e)
{
	const struct keyword *k = keyword_by_id(a->id);
	char text[OPTION_TEXT_MAX];

	if (!k)
		return (a->flags & CTL_OPTIONAL) ||
		       error_code(e, RC_WHACK, "unknown option 0x%04x: whack is newer than pluto",
				  a->id);
	if (!ctl_value_text(a, text, sizeof(text)))
		return error_code(e, RC_BAD_MESSAGE,
				  "the value of option 0x%04x is too long or has a "
				  "NUL",
				  a->id);
	return keyword_set(k, config, (a->id & KEYWORD_RIGHT) != 0, value_or_none(k, text), e);
}

static bool no_memory(struct error *e)
{
	return error_code(e, RC_INTERNAL, "out of memory");
}

/* The request's options over the defaults; *config is the caller's to free in any case. */
static bool read_config(struct core *c, const struct request_run *r, struct conn_config *config,
			struct error *e)
{
	struct ctl_message walk = *r->message;
	struct ctl_attribute a;
	bool ok = true;

	/* the defaults are read off the keyword table once */
	if (!c->has_defaults)
		conn_config_init(&c->defaults);
	c->has_defaults = true;
	*config = c->defaults;
	config->name = strdup(r->name);
	if (!config->name)
		ok = no_memory(e);
	ctl_rewind(&walk);
	while (ok && ctl_next(&walk, &a))
		if (a.id < KEYWORD_IDS)
			ok = read_option(&a, config, e);
	return ok;
}

static void refuse(struct core *c, struct request_run *r, struct transaction *t, uint32_t code,
		   const char *text)
{
	if (t)
		t->has_failed = true;
	core_log(c, LOG_LEVEL_WARNING, "\"%s\": cannot be added: %s", r->name, text);
	client_answer(c, r->client, code, "\"%s\": cannot be added: %s", r->name, text);
}

static void say_added(struct core *c, struct request_run *r, const struct definition *d,
		      const struct changes *x)
{
	if (d->group)
		client_say(c, r->client, LINE_LOG, "\"%s\": %s group of networks", r->name,
			   d->is_known ? "replaced" : "added");
	else if (!d->is_expanded && x->dropped == 0)
		client_say(c, r->client, LINE_LOG, "\"%s\": %s IKEv2 connection", r->name,
			   x->replaced ? "replaced" : "added");
	else
		client_say(c, r->client, LINE_LOG,
			   "\"%s\": %zu IKEv2 connections: %zu added, %zu replaced, %zu removed",
			   r->name, d->count, x->added - x->replaced, x->replaced, x->dropped);
}

/* An ADD outside a transaction is one of its own. True: the client is not answered yet. */
static bool add_alone(struct core *c, struct request_run *r, struct definition *d)
{
	struct transaction *t = transaction_new(0);
	uint64_t id = r->client->id;
	struct changes x;
	bool ok;

	if (!t || transaction_stage(t, d) != STAGED) {
		definition_free(d);
		transaction_free(t);
		refuse(c, r, NULL, RC_INTERNAL, "out of memory");
		return false;
	}
	ok = transaction_commit(c, t, &x);
	r->client = client_find(c, id);
	if (!ok)
		refuse(c, r, NULL, RC_INTERNAL, "out of memory");
	else if (r->client)
		say_added(c, r, d, &x);
	transaction_free(t);
	return ok && r->client;
}

/* True: the client is not answered yet. */
static bool add_to(struct core *c, struct request_run *r, struct transaction *t,
		   struct definition *d)
{
	switch (transaction_stage(t, d)) {
	case STAGED:
		return true;
	case STAGED_TWICE:
		refuse(c, r, t, RC_DUP_NAME, "the transaction has a connection of that name");
		break;
	case STAGED_NOT:
		refuse(c, r, t, RC_INTERNAL, "out of memory");
		break;
	case STAGED_ALREADY:
		client_say(c, r->client, LINE_LOG, "\"%s\": connection is unchanged", r->name);
		client_finish(c, r->client, RC_OK);
		break;
	}
	definition_free(d);
	return false;
}

/* With --existing a connection is renewed, but none is made. */
static bool is_skipped(struct core *c, const struct request_run *r, const struct definition *d)
{
	struct ctl_attribute a;

	return ctl_find(r->message, CTL_ATTR_EXISTING, &a) && !definition_next(c, d, NULL) &&
	       !policy_group_find(c, d->name);
}

/* Takes d over. */
static void add(struct core *c, struct request_run *r, struct transaction *t, struct definition *d)
{
	bool is_same = definition_is_unchanged(c, d);
	bool is_bare = !is_same && definition_is_bare(d);

	if (is_skipped(c, r, d)) {
		client_finish(c, r->client, RC_OK);
		definition_free(d);
		return;
	}
	if (is_same && !(t && transaction_has(t, d)))
		client_say(
			c, r->client, LINE_LOG,
			definition_claim(c, d)
				? "\"%s\": added IKEv2 connection, with the SAs of the run before"
				: "\"%s\": connection is unchanged",
			r->name);
	if (is_same && !t)
		definition_free(d);
	else if (!(t ? add_to(c, r, t, d) : add_alone(c, r, d)))
		return;
	if (is_bare)
		client_say(c, r->client, LINE_SERIOUS,
			   "\"%s\": esp=null: whoever is on the way can read the traffic", r->name);
	if (t || is_same)
		client_finish(c, r->client, RC_OK);
	else
		policy_groups_answer(c, r->client);
}

void command_add(struct core *c, struct request_run *r)
{
	struct transaction *t = transaction_find(c, r->client->id);
	struct definition *d = NULL;
	struct conn_config config;
	struct error e = { 0 };

	if (read_config(c, r, &config, &e))
		d = definition_of(c, r->name, &config, &e);
	conn_config_free(&config);
	if (d)
		add(c, r, t, d);
	else
		refuse(c, r, t, e.code ? e.code : RC_WHACK, e.text);
}
