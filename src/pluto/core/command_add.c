/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ADD, BEGIN and COMMIT: definitions of connections. Each is checked whole when it comes; inside a
 * transaction it is then kept with the client until COMMIT, which adds all of them or none.
 */
#include <stdlib.h>
#include <string.h>

#include "conf/expand.h"
#include "conf/keywords.h"
#include "core/commands.h"
#include "core/news.h"
#include "core/route.h"
#include "crypto/random.h"

#define OPTION_TEXT_MAX 4096
#define KEYWORD_IDS 0x8000u

/* One of the connections that a definition stands for. */
struct staged_def {
	struct table_node by_name;
	struct definition *definition;
	struct conn_def *def; /* NULL: it was taken over */
};

/* What one ADD asks for: a connection, or with --subnets one for each pair of networks. */
struct definition {
	struct list node;
	char *name;
	struct conn_expansion expansion;
	bool is_expanded;
	bool was_routed, was_wanted; /* something of that name, before */
	bool is_known;               /* there was something of that name */
	size_t count;
	struct staged_def items[];
};

struct transaction { /* from BEGIN to COMMIT, or until the client is gone; an ADD alone is one too */
	struct list node;
	uint64_t client;
	struct list definitions; /* struct definition */
	struct table by_name;    /* struct staged_def */
	bool has_failed;         /* a definition of it was refused: COMMIT adds nothing */
};

static struct transaction *transaction_find(struct core *c, uint64_t client)
{
	struct transaction *t;

	list_each (t, &c->transactions, struct transaction, node)
		if (t->client == client)
			return t;
	return NULL;
}

static void def_free(struct conn_def *def)
{
	if (def)
		conn_def_free(def);
	free(def);
}

static void definition_free(struct definition *d)
{
	if (!d)
		return;
	list_remove(&d->node);
	for (size_t i = 0; i < d->count; i++)
		def_free(d->items[i].def);
	free(d->name);
	free(d);
}

static void transaction_free(struct transaction *t)
{
	struct definition *d;

	if (!t)
		return;
	list_each (d, &t->definitions, struct definition, node)
		definition_free(d);
	table_fini(&t->by_name);
	list_remove(&t->node);
	free(t);
}

static struct transaction *transaction_new(uint64_t client)
{
	struct transaction *t = calloc(1, sizeof(*t));
	uint8_t key[16];

	if (!t || !random_bytes(key, sizeof(key))) {
		free(t);
		return NULL;
	}
	t->client = client;
	list_init(&t->definitions);
	table_init(&t->by_name, key);
	return t;
}

void transaction_drop(struct core *c, uint64_t client)
{
	struct transaction *t = transaction_find(c, client);

	if (t)
		transaction_free(t);
}

void transactions_fini(struct core *c)
{
	struct transaction *t;

	list_each (t, &c->transactions, struct transaction, node)
		transaction_free(t);
}

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

/* The n-th connection of the config, resolved; false: it is not good. */
static bool resolve_item(struct core *c, struct definition *d, size_t n, struct conn_config *config,
			 struct error *e)
{
	struct conn_def *def = calloc(1, sizeof(*def));
	struct conn_config one;
	bool ok;

	if (!def)
		return no_memory(e);
	if (!d->is_expanded) {
		one = *config;
		*config = (struct conn_config){ 0 };
	} else if (!conn_expand(config, &d->expansion, n, &one)) {
		free(def);
		return no_memory(e);
	}
	ok = conn_def_resolve(&one, &c->connections.proposals, def, e);
	conn_config_free(&one);
	if (!ok) {
		free(def);
		return d->is_expanded ? error_prefix(e, "network %zu: ", n + 1) : false;
	}
	d->items[n].def = def;
	d->items[n].definition = d;
	return true;
}

/* NULL with an error. What it takes of config is moved out. */
static struct definition *definition_of(struct core *c, const char *name,
					struct conn_config *config, struct error *e)
{
	struct conn_expansion x;
	struct definition *d;
	bool ok = true;

	if (!conn_expansion_of(config, &x, e))
		return NULL;
	d = calloc(1, sizeof(*d) + conn_expansion_count(&x) * sizeof(d->items[0]));
	if (!d || !(d->name = strdup(name))) {
		free(d);
		no_memory(e);
		return NULL;
	}
	d->expansion = x;
	d->is_expanded = conn_is_expanded(config);
	d->count = conn_expansion_count(&x);
	for (size_t n = 0; ok && n < d->count; n++)
		ok = resolve_item(c, d, n, config, e);
	if (ok)
		return d;
	definition_free(d);
	return NULL;
}

static bool is_same(const struct conn_def *a, const struct conn_def *b)
{
	return conn_config_eq(&a->config, &b->config);
}

static struct staged_def *staged_find(struct transaction *t, const char *name)
{
	uint64_t hash = table_hash(&t->by_name, slice_str(name));
	struct table_node *n;

	for (n = table_first(&t->by_name, hash); n; n = table_next(n, hash)) {
		struct staged_def *s = container_of(n, struct staged_def, by_name);

		if (strcmp(s->def->config.name, name) == 0)
			return s;
	}
	return NULL;
}

/* Is the connection of the definition's name, but not among what it stands for now? */
static bool is_left_over(const struct definition *d, const struct connection *conn)
{
	const struct conn_config *config = &conn->def->config;

	if (!config->base)
		return d->is_expanded && strcmp(config->name, d->name) == 0;
	return strcmp(config->base, d->name) == 0 &&
	       !(d->is_expanded && conn_expansion_has(&d->expansion, config));
}

/* The connections of the definition's name that stand now, one after the other. */
static struct connection *next_of_name(struct core *c, const struct definition *d,
				       const struct connection *after)
{
	const struct conn_group *g = connections_group(&c->connections, d->name);
	struct connection *conn = after ? NULL : connection_find(&c->connections, d->name);

	if (conn)
		return conn;
	if (after && !after->def->config.base)
		after = NULL;
	do
		conn = g ? conn_group_at(g, after) : NULL;
	while ((after = conn) &&
	       !(conn->def->config.base && strcmp(conn->def->config.base, d->name) == 0));
	return conn;
}

static bool is_unchanged(struct core *c, const struct definition *d)
{
	struct connection *conn = NULL;

	for (size_t n = 0; n < d->count; n++) {
		conn = connection_find(&c->connections, d->items[n].def->config.name);
		if (!conn || !is_same(conn->def, d->items[n].def))
			return false;
	}
	conn = NULL;
	while ((conn = next_of_name(c, d, conn)))
		if (is_left_over(d, conn))
			return false;
	return true;
}

enum staging { STAGED, STAGED_ALREADY, STAGED_TWICE, STAGED_NOT };

/* STAGED: the transaction owns it. */
static enum staging stage(struct transaction *t, struct definition *d)
{
	size_t same = 0;

	for (size_t n = 0; n < d->count; n++) {
		struct staged_def *s = staged_find(t, d->items[n].def->config.name);

		if (s && (!is_same(s->def, d->items[n].def) || s->definition->count != d->count))
			return STAGED_TWICE;
		same += s != NULL;
	}
	if (same > 0)
		return same == d->count ? STAGED_ALREADY : STAGED_TWICE;
	for (size_t n = 0; n < d->count; n++) {
		const char *name = d->items[n].def->config.name;

		if (table_insert(&t->by_name, &d->items[n].by_name,
				 table_hash(&t->by_name, slice_str(name))))
			continue;
		while (n-- > 0)
			table_remove(&t->by_name, &d->items[n].by_name);
		return STAGED_NOT;
	}
	list_append(&t->definitions, &d->node);
	return STAGED;
}

/* Takes def over; NULL when memory is short. */
static struct connection *add_now(struct core *c, struct conn_def *def)
{
	struct connection *conn = connection_add(&c->connections, def);

	if (!conn)
		return NULL;
	core_load_cert(c, conn->def->config.left.cert);
	core_load_cert(c, conn->def->config.right.cert);
	connection_orient(conn, c->addresses, c->address_count);
	if (c->is_listening && conn->us->ikeport != IKE_PORT)
		path_listen(c);
	resolve_connection(c, conn);
	NEWS(c, .kind = NEWS_ADDED, .conn = conn);
	return conn;
}

static void refuse(struct core *c, struct request_run *r, struct transaction *t, uint32_t code,
		   const char *text)
{
	if (t)
		t->has_failed = true;
	core_log(c, LOG_LEVEL_WARNING, "\"%s\": cannot be added: %s", r->name, text);
	client_answer(c, r->client, code, "\"%s\": cannot be added: %s", r->name, text);
}

/* ESP with NULL encryption: integrity only, which an admin may take for more. */
static bool has_null_encryption(const struct conn_def *def)
{
	for (uint8_t i = 0; i < def->esp->count; i++) {
		const struct proposal_conf *p = &def->esp->list[i];

		for (uint8_t k = 0; k < p->counts[TRANSFORM_ENCR]; k++)
			if (p->choices[TRANSFORM_ENCR][k].alg->id == ENCR_NULL)
				return true;
	}
	return false;
}

static void take_back(struct core *c, size_t added)
{
	while (added-- > 0)
		connection_remove(&c->connections,
				  list_entry(c->connections.all.prev, struct connection, node));
}

struct change { /* a connection that is new, and what it took the name of */
	const struct definition *definition;
	struct connection *old, *conn;
};

struct changes {
	struct change *list;
	size_t count, replaced, dropped;
};

/* How what stands of that name is used: what is new of it will be so, too. */
static void look_at(struct core *c, struct definition *d)
{
	struct connection *conn = NULL;

	while ((conn = next_of_name(c, d, conn))) {
		d->is_known = true;
		d->was_routed |= conn->route != NULL;
		d->was_wanted |= conn->is_wanted;
	}
}

/* False when memory is short: then none was added. Names found twice give the newest, so that what
 * is to be replaced is looked for first. */
static bool add_all(struct core *c, struct transaction *t, struct changes *out)
{
	struct definition *d;

	list_each (d, &t->definitions, struct definition, node) {
		look_at(c, d);
		for (size_t n = 0; n < d->count; n++) {
			struct staged_def *s = &d->items[n];
			struct change *x = &out->list[out->count];

			x->definition = d;
			x->old = connection_find(&c->connections, s->def->config.name);
			if (x->old && is_same(x->old->def, s->def))
				continue;
			x->conn = add_now(c, s->def);
			if (!x->conn) {
				take_back(c, out->count);
				return false;
			}
			s->def = NULL;
			out->count++;
		}
	}
	return true;
}

/* A further network of a connection that is there: routed and up as its siblings are. */
static void follow_siblings(struct core *c, const struct change *x)
{
	char reason[300];

	if (!x->definition->is_known)
		return;
	if (x->definition->was_routed && route_start(c, x->conn, reason, sizeof(reason)) != RC_OK)
		connection_log(c, x->conn, LOG_LEVEL_WARNING, LINE_SERIOUS, "is not routed: %s",
			       reason);
	if (x->definition->was_wanted &&
	    intent_initiate(c, x->conn, reason, sizeof(reason)) != RC_OK)
		connection_log(c, x->conn, LOG_LEVEL_WARNING, LINE_SERIOUS, "is not initiated: %s",
			       reason);
}

/* What the definition stood for once and does not any more. */
static size_t drop_left_over(struct core *c, const struct definition *d)
{
	struct connection *conn = next_of_name(c, d, NULL), *next;
	size_t dropped = 0;

	for (; conn; conn = next) {
		next = next_of_name(c, d, conn);
		if (!is_left_over(d, conn))
			continue;
		connection_drop(c, conn);
		dropped++;
	}
	return dropped;
}

/* Adds all or, when memory is short, none. */
static bool commit(struct core *c, struct transaction *t, struct changes *out)
{
	struct definition *d;

	*out = (struct changes){ .list = calloc(t->by_name.count + 1, sizeof(*out->list)) };
	if (!out->list || !add_all(c, t, out)) {
		free(out->list);
		return false;
	}
	for (size_t i = 0; i < out->count; i++) {
		out->replaced += out->list[i].old != NULL;
		if (out->list[i].old)
			connection_replace(c, out->list[i].old, out->list[i].conn);
		else
			follow_siblings(c, &out->list[i]);
	}
	list_each (d, &t->definitions, struct definition, node)
		if (d->is_known)
			out->dropped += drop_left_over(c, d);
	free(out->list);
	return true;
}

static void say_added(struct core *c, struct request_run *r, const struct definition *d,
		      const struct changes *x)
{
	if (!d->is_expanded && x->dropped == 0)
		client_say(c, r->client, LINE_LOG, "\"%s\": %s IKEv2 connection", r->name,
			   x->replaced ? "replaced" : "added");
	else
		client_say(c, r->client, LINE_LOG,
			   "\"%s\": %zu IKEv2 connections: %zu added, %zu replaced, %zu removed",
			   r->name, d->count, x->count - x->replaced, x->replaced, x->dropped);
}

/* An ADD outside a transaction is one of its own. True: the client is not answered yet. */
static bool add_alone(struct core *c, struct request_run *r, struct definition *d)
{
	struct transaction *t = transaction_new(0);
	uint64_t id = r->client->id;
	struct changes x;
	bool ok;

	if (!t || stage(t, d) != STAGED) {
		definition_free(d);
		transaction_free(t);
		refuse(c, r, NULL, RC_INTERNAL, "out of memory");
		return false;
	}
	ok = commit(c, t, &x);
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
	switch (stage(t, d)) {
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

void command_add(struct core *c, struct request_run *r)
{
	struct transaction *t = transaction_find(c, r->client->id);
	struct definition *d = NULL;
	struct conn_config config;
	struct error e = { 0 };
	bool is_bare;

	if (read_config(c, r, &config, &e))
		d = definition_of(c, r->name, &config, &e);
	conn_config_free(&config);
	if (!d) {
		refuse(c, r, t, e.code ? e.code : RC_WHACK, e.text);
		return;
	}
	if (is_unchanged(c, d) && !(t && staged_find(t, d->items[0].def->config.name))) {
		client_say(c, r->client, LINE_LOG, "\"%s\": connection is unchanged", r->name);
		client_finish(c, r->client, RC_OK);
		definition_free(d);
		return;
	}
	is_bare = has_null_encryption(d->items[0].def);
	if (!(t ? add_to(c, r, t, d) : add_alone(c, r, d)))
		return;
	if (is_bare)
		client_say(c, r->client, LINE_SERIOUS,
			   "\"%s\": esp=null: whoever is on the way can read the traffic", r->name);
	client_finish(c, r->client, RC_OK);
}

void command_begin(struct core *c, struct request_run *r)
{
	struct transaction *t;

	if (transaction_find(c, r->client->id)) {
		client_answer(c, r->client, RC_WHACK,
			      "a transaction is open already: commit it first");
		return;
	}
	t = transaction_new(r->client->id);
	if (!t) {
		client_answer(c, r->client, RC_INTERNAL, "out of memory");
		return;
	}
	list_append(&c->transactions, &t->node);
	client_finish(c, r->client, RC_OK);
}

void command_commit(struct core *c, struct request_run *r)
{
	struct transaction *t = transaction_find(c, r->client->id);
	uint64_t id = r->client->id;
	struct changes x;

	if (!t) {
		client_answer(c, r->client, RC_WHACK, "no transaction is open: begin one first");
		return;
	}
	if (t->has_failed) {
		client_answer(c, r->client, RC_WHACK,
			      "a connection was refused: none of the transaction is added");
	} else if (!commit(c, t, &x)) {
		client_answer(c, r->client, RC_INTERNAL,
			      "out of memory: none of the transaction is added");
	} else if ((r->client = client_find(c, id))) {
		client_say(c, r->client, LINE_LOG, "added %zu connections, %zu of them replaced",
			   x.count, x.replaced);
		client_finish(c, r->client, RC_OK);
	}
	transaction_free(t);
}
