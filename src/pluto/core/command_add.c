/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ADD, BEGIN and COMMIT: definitions of connections. Each is checked whole when it comes; inside a
 * transaction it is then kept with the client until COMMIT, which adds all of them or none.
 */
#include <stdlib.h>
#include <string.h>

#include "conf/keywords.h"
#include "core/commands.h"
#include "crypto/random.h"

#define OPTION_TEXT_MAX 4096
#define KEYWORD_IDS 0x8000u

struct staged_def {
	struct list node;
	struct table_node by_name;
	struct conn_def *def;
};

struct transaction { /* from BEGIN to COMMIT, or until the client is gone */
	struct list node;
	uint64_t client;
	struct list defs; /* struct staged_def */
	struct table by_name;
	bool has_failed; /* a definition of it was refused: COMMIT adds nothing */
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

static void staged_free(struct staged_def *s)
{
	list_remove(&s->node);
	def_free(s->def);
	free(s);
}

static void transaction_free(struct transaction *t)
{
	struct staged_def *s;

	list_each (s, &t->defs, struct staged_def, node)
		staged_free(s);
	table_fini(&t->by_name);
	list_remove(&t->node);
	free(t);
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

/* The request as a resolved definition; *out is empty on failure. */
static bool read_def(struct core *c, const struct request_run *r, struct conn_def *out,
		     struct error *e)
{
	struct ctl_message walk = *r->message;
	struct conn_config config;
	struct ctl_attribute a;
	bool ok = true;

	/* the defaults are read off the keyword table once */
	if (!c->has_defaults)
		conn_config_init(&c->defaults);
	c->has_defaults = true;
	config = c->defaults;
	config.name = strdup(r->name);
	if (!config.name)
		ok = error_code(e, RC_INTERNAL, "out of memory");
	ctl_rewind(&walk);
	while (ok && ctl_next(&walk, &a))
		if (a.id < KEYWORD_IDS)
			ok = read_option(&a, &config, e);
	ok = ok && conn_def_resolve(&config, &c->connections.proposals, out, e);
	if (!ok)
		conn_config_free(&config);
	return ok;
}

enum standing { IS_NEW, IS_SAME, IS_OTHER };

static enum standing compare(const struct conn_def *old, const struct conn_def *def)
{
	return conn_config_eq(&old->config, &def->config) ? IS_SAME : IS_OTHER;
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

static enum standing standing_of(struct core *c, struct transaction *t, const struct conn_def *def)
{
	struct connection *conn = connection_find(&c->connections, def->config.name);
	struct staged_def *s;

	if (conn)
		return compare(conn->def, def);
	s = t ? staged_find(t, def->config.name) : NULL;
	return s ? compare(s->def, def) : IS_NEW;
}

/* Takes def over; false when memory is short. */
static bool add_now(struct core *c, struct conn_def *def)
{
	struct connection *conn = connection_add(&c->connections, def);

	if (!conn)
		return false;
	core_load_cert(c, conn->def->config.left.cert);
	core_load_cert(c, conn->def->config.right.cert);
	connection_orient(conn, c->addresses, c->address_count);
	if (c->is_listening && conn->us->ikeport != IKE_PORT)
		path_listen(c);
	resolve_connection(c, conn);
	return true;
}

static bool stage(struct transaction *t, struct conn_def *def)
{
	struct staged_def *s = calloc(1, sizeof(*s));

	if (!s || !table_insert(&t->by_name, &s->by_name,
				table_hash(&t->by_name, slice_str(def->config.name)))) {
		free(s);
		return false;
	}
	s->def = def;
	list_append(&t->defs, &s->node);
	return true;
}

static void refuse(struct core *c, struct request_run *r, struct transaction *t, uint32_t code,
		   const char *text)
{
	if (t)
		t->has_failed = true;
	core_log(c, LOG_LEVEL_WARNING, "\"%s\": cannot be added: %s", r->name, text);
	client_answer(c, r->client, code, "\"%s\": cannot be added: %s", r->name, text);
}

/* Takes def over; old: what it replaces, or NULL. False when memory is short. */
static bool add_or_replace(struct core *c, struct connection *old, struct conn_def *def)
{
	struct connection *conn;

	if (!add_now(c, def))
		return false;
	conn = connection_find(&c->connections, def->config.name);
	if (old)
		connection_replace(c, old, conn);
	return true;
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

/* True: def was taken over. */
static bool add_def(struct core *c, struct request_run *r, struct conn_def *def)
{
	struct transaction *t = transaction_find(c, r->client->id);
	struct connection *old = connection_find(&c->connections, r->name);
	uint64_t id = r->client->id;
	struct error e = { 0 };
	bool is_bare;

	if (!read_def(c, r, def, &e)) {
		refuse(c, r, t, e.code ? e.code : RC_WHACK, e.text);
		return false;
	}
	if (t && staged_find(t, r->name) &&
	    compare(staged_find(t, r->name)->def, def) == IS_OTHER) {
		refuse(c, r, t, RC_DUP_NAME, "the transaction has a connection of that name");
		return false;
	}
	if (standing_of(c, t, def) == IS_SAME) {
		client_say(c, r->client, LINE_LOG, "\"%s\": connection is unchanged", r->name);
		client_finish(c, r->client, RC_OK);
		return false;
	}
	is_bare = has_null_encryption(def);
	if (!(t ? stage(t, def) : add_or_replace(c, old, def))) {
		refuse(c, r, t, RC_INTERNAL, "out of memory");
		return false;
	}
	r->client = client_find(c, id);
	if (!r->client)
		return true;
	if (!t)
		client_say(c, r->client, LINE_LOG, "\"%s\": %s IKEv2 connection", r->name,
			   old ? "replaced" : "added");
	if (is_bare)
		client_say(c, r->client, LINE_SERIOUS,
			   "\"%s\": esp=null: whoever is on the way can read the traffic", r->name);
	client_finish(c, r->client, RC_OK);
	return true;
}

void command_add(struct core *c, struct request_run *r)
{
	struct conn_def *def = calloc(1, sizeof(*def));

	if (!def)
		refuse(c, r, transaction_find(c, r->client->id), RC_INTERNAL, "out of memory");
	else if (!add_def(c, r, def))
		def_free(def);
}

void command_begin(struct core *c, struct request_run *r)
{
	uint8_t key[16];
	struct transaction *t;

	if (transaction_find(c, r->client->id)) {
		client_answer(c, r->client, RC_WHACK,
			      "a transaction is open already: commit it first");
		return;
	}
	t = calloc(1, sizeof(*t));
	if (!t || !random_bytes(key, sizeof(key))) {
		free(t);
		client_answer(c, r->client, RC_INTERNAL, "out of memory");
		return;
	}
	t->client = r->client->id;
	list_init(&t->defs);
	table_init(&t->by_name, key);
	list_append(&c->transactions, &t->node);
	client_finish(c, r->client, RC_OK);
}

static void take_back(struct core *c, size_t added)
{
	while (added-- > 0)
		connection_remove(&c->connections,
				  list_entry(c->connections.all.prev, struct connection, node));
}

struct replaced { /* what a definition of the transaction took the name of */
	struct connection *old, *conn;
};

/* False when memory is short: then none was added. Names found twice give the newest, so that what
 * is to be replaced is looked for first. */
static bool add_all(struct core *c, struct transaction *t, struct replaced *list, size_t *added)
{
	struct staged_def *s;

	*added = 0;
	list_each (s, &t->defs, struct staged_def, node) {
		struct replaced *r = &list[*added];

		if (standing_of(c, NULL, s->def) == IS_SAME)
			continue;
		r->old = connection_find(&c->connections, s->def->config.name);
		if (!add_now(c, s->def)) {
			take_back(c, *added);
			return false;
		}
		r->conn = connection_find(&c->connections, s->def->config.name);
		s->def = NULL;
		++*added;
	}
	return true;
}

static size_t staged_count(const struct transaction *t)
{
	return t->by_name.count;
}

void command_commit(struct core *c, struct request_run *r)
{
	struct transaction *t = transaction_find(c, r->client->id);
	struct replaced *list;
	size_t added, replaced = 0;

	if (!t) {
		client_answer(c, r->client, RC_WHACK, "no transaction is open: begin one first");
		return;
	}
	list = calloc(staged_count(t) + 1, sizeof(*list));
	if (t->has_failed) {
		client_answer(c, r->client, RC_WHACK,
			      "a connection was refused: none of the transaction is added");
	} else if (!list || !add_all(c, t, list, &added)) {
		client_answer(c, r->client, RC_INTERNAL,
			      "out of memory: none of the transaction is added");
	} else {
		for (size_t i = 0; i < added; i++) {
			replaced += list[i].old != NULL;
			if (list[i].old)
				connection_replace(c, list[i].old, list[i].conn);
		}
		client_say(c, r->client, LINE_LOG, "added %zu connections, %zu of them replaced",
			   added, replaced);
		client_finish(c, r->client, RC_OK);
	}
	free(list);
	transaction_free(t);
}
