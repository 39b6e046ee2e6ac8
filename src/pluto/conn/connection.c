/* SPDX-License-Identifier: Apache-2.0 */
/* The set of connections: adding and removing, finding by name and number, and orientation. */
#include "conn/connection.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/random.h"
#include "internal.h"

bool connections_init(struct connections *set)
{
	uint8_t key[11][16];

	*set = (struct connections){ .next_serial = 1 };
	list_init(&set->all);
	list_init(&set->hidden);
	list_init(&set->unused);
	list_init(&set->looked_up);
	list_init(&set->iface_users);
	if (!random_bytes(key, sizeof(key)))
		return false;
	table_init(&set->by_name, key[0]);
	table_init(&set->by_serial, key[1]);
	table_init(&set->by_reqid, key[2]);
	table_init(&set->by_hosts, key[3]);
	table_init(&set->by_peer, key[4]);
	proposal_pool_init(&set->proposals, key[5]);
	pools_init(&set->pools, key[6]);
	table_init(&set->by_group, key[7]);
	table_init(&set->ifaces, key[8]);
	pair_index_init(&set->clients, key[9]);
	pair_index_init(&set->policies, key[10]);
	return true;
}

static void remove_all(struct connections *set, struct list *of)
{
	struct connection *c, *i;

	list_each (c, of, struct connection, node) {
		list_each (i, &c->instances, struct connection, node)
			connection_remove(set, i);
		connection_remove(set, c);
	}
}

void connections_fini(struct connections *set)
{
	remove_all(set, &set->all);
	remove_all(set, &set->hidden);
	table_fini(&set->by_name);
	table_fini(&set->by_serial);
	table_fini(&set->by_reqid);
	table_fini(&set->by_hosts);
	table_fini(&set->by_peer);
	table_fini(&set->by_group);
	pair_index_fini(&set->clients);
	pair_index_fini(&set->policies);
	proposal_pool_fini(&set->proposals);
	pools_fini(&set->pools);
	ifaces_fini(set);
	table_fini(&set->ifaces);
}

struct connection *connection_find(struct connections *set, const char *name)
{
	uint64_t hash = table_hash(&set->by_name, slice_str(name));
	struct table_node *n;

	for (n = table_first(&set->by_name, hash); n; n = table_next(n, hash)) {
		struct connection *c = container_of(n, struct connection, by_name);

		if (c->kind != CONNECTION_INSTANCE && strcmp(c->def->config.name, name) == 0)
			return c;
	}
	return NULL;
}

static uint64_t number_hash(const struct table *t, uint32_t number)
{
	return table_hash(t, slice(&number, sizeof(number)));
}

struct connection *connection_by_serial(struct connections *set, uint32_t serial)
{
	uint64_t hash = number_hash(&set->by_serial, serial);
	struct table_node *n;

	for (n = table_first(&set->by_serial, hash); n; n = table_next(n, hash)) {
		struct connection *c = container_of(n, struct connection, by_serial);

		if (c->serial == serial)
			return c;
	}
	return NULL;
}

static struct connection *with_reqid(struct table_node *n, uint64_t hash, uint32_t reqid)
{
	for (; n; n = table_next(n, hash)) {
		struct connection *c = container_of(n, struct connection, by_reqid);

		if (c->reqid == reqid)
			return c;
	}
	return NULL;
}

struct connection *connection_by_reqid(struct connections *set, uint32_t reqid)
{
	uint64_t hash = number_hash(&set->by_reqid, reqid);

	return with_reqid(table_first(&set->by_reqid, hash), hash, reqid);
}

struct connection *connection_next_by_reqid(struct connection *c)
{
	uint64_t hash = c->by_reqid.hash;

	return with_reqid(table_next(&c->by_reqid, hash), hash, c->reqid);
}

/* Reqids below 16384 are the admins' (ipsec.conf reqid=); ours count from there. */
#define FIRST_OWN_REQID 16384u

/* Further children of a connection count from here. */
#define FIRST_CHILD_REQID 0x80000000u

uint32_t connections_new_reqid(struct connections *set)
{
	if (set->next_reqid < FIRST_CHILD_REQID)
		set->next_reqid = FIRST_CHILD_REQID;
	return set->next_reqid++;
}

void connections_continue(struct connections *set, uint32_t serial, uint32_t reqid)
{
	if (set->next_serial <= serial)
		set->next_serial = serial + 1;
	if (reqid >= FIRST_CHILD_REQID && set->next_reqid <= reqid)
		set->next_reqid = reqid + 1;
}

struct connection *connection_new(struct connections *set, struct conn_def *def)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->set = set;
	c->def = def;
	c->serial = set->next_serial++;
	c->reqid = def->config.reqid ? (uint32_t)def->config.reqid
				     : FIRST_OWN_REQID + c->serial * 4;
	c->us = &def->left;
	c->peer = &def->right;
	list_init(&c->instances);
	list_init(&c->ike_sas);
	list_init(&c->children);
	list_init(&c->wants);
	list_init(&c->held);
	return c;
}

bool connection_register(struct connection *c)
{
	struct connections *set = c->set;

	if (!table_insert(&set->by_serial, &c->by_serial, number_hash(&set->by_serial, c->serial)))
		return false;
	if (!table_insert(&set->by_reqid, &c->by_reqid, number_hash(&set->by_reqid, c->reqid))) {
		table_remove(&set->by_serial, &c->by_serial);
		return false;
	}
	set->count++;
	return true;
}

/* Peers that it may have: one, or many. Orientation decides who is the peer. */
static void set_kind(struct connection *c)
{
	bool is_one = c->peer->host_kind != HOST_ANY && c->peer->host_kind != HOST_OPPORTUNISTIC &&
		      (!identity_is_pattern(&c->peer->id) || c->peer->id_is_host);

	c->kind = is_one ? CONNECTION_PERMANENT : CONNECTION_TEMPLATE;
}

/* The pools stand, with their leases, as long as a connection names them. */
static void use_pools(struct connection *c, const struct conn_end *end)
{
	for (uint8_t i = 0; i < end->pools.count; i++)
		(void)pool_use(&c->set->pools, &end->pools.items[i].range);
}

static void unuse_pools(struct connection *c, const struct conn_end *end)
{
	for (uint8_t i = 0; i < end->pools.count; i++) {
		struct pool *pool = pool_find(&c->set->pools, &end->pools.items[i].range);

		if (pool)
			pool_unuse(pool);
	}
}

struct connection *connection_add(struct connections *set, struct conn_def *def)
{
	struct connection *c = connection_new(set, def);
	uint64_t hash = table_hash(&set->by_name, slice_str(def->config.name));

	if (!c)
		return NULL;
	if (!table_insert(&set->by_name, &c->by_name, hash)) {
		free(c);
		return NULL;
	}
	if (!connection_join_groups(c) || !connection_register(c)) {
		connection_leave_groups(c);
		table_remove(&set->by_name, &c->by_name);
		free(c);
		return NULL;
	}
	set_kind(c);
	use_pools(c, &def->left);
	use_pools(c, &def->right);
	list_append(&set->all, &c->node);
	if (host_kind_is_looked_up(def->left.host_kind) ||
	    host_kind_is_looked_up(def->right.host_kind))
		list_append(&set->looked_up, &c->looked_up);
	set->ppk_users += def->config.ppk != PPK_NEVER;
	connection_index(c);
	return c;
}

void connection_hide(struct connection *c)
{
	c->is_deleted = true;
	connection_unindex(c);
	table_remove(&c->set->by_name, &c->by_name);
	connection_leave_groups(c);
	list_remove(&c->looked_up);
	list_remove(&c->node);
	list_append(&c->set->hidden, &c->node);
	connection_unused(c);
}

static void failure_free(struct failure *f)
{
	if (!f)
		return;
	free(f->text);
	free(f->detail);
	free(f);
}

void connection_remove(struct connections *set, struct connection *c)
{
	connection_unindex(c);
	connection_leave_groups(c);
	if (!c->is_deleted)
		table_remove(&set->by_name, &c->by_name);
	table_remove(&set->by_serial, &c->by_serial);
	table_remove(&set->by_reqid, &c->by_reqid);
	list_remove(&c->node);
	list_remove(&c->unused);
	list_remove(&c->looked_up);
	list_remove(&c->retiring);
	list_remove(&c->touched);
	set->count--;
	if (c->kind == CONNECTION_INSTANCE) {
		connection_instance_fini(c);
	} else {
		set->ppk_users -= c->def->config.ppk != PPK_NEVER;
		unuse_pools(c, &c->def->left);
		unuse_pools(c, &c->def->right);
		conn_def_free(c->def);
		free(c->def);
	}
	session_free(c->session);
	failure_free(c->failure);
	free(c);
}

bool connection_is_idle(const struct connection *c)
{
	return list_is_empty(&c->ike_sas) && list_is_empty(&c->children) &&
	       list_is_empty(&c->wants) && list_is_empty(&c->held) &&
	       list_is_empty(&c->instances) && !c->is_wanted && !c->route;
}

void connection_unused(struct connection *c)
{
	if ((c->kind == CONNECTION_INSTANCE || c->is_deleted) && connection_is_idle(c) &&
	    !list_is_linked(&c->unused))
		list_append(&c->set->unused, &c->unused);
}

void connection_set_wanted(struct connection *c, bool is_wanted)
{
	c->is_wanted = is_wanted;
	connection_unused(c);
}

bool connection_is_config_client(const struct connection *c)
{
	return c->us->wants_config;
}

bool connection_is_config_server(const struct connection *c)
{
	return !c->us->wants_config &&
	       (c->us->gives_config || c->peer->pools.count > 0 || c->peer->wants_config);
}

bool connection_narrows(const struct connection *c)
{
	return c->def->config.narrowing || c->kind != CONNECTION_PERMANENT ||
	       connection_is_config_client(c) || connection_is_config_server(c);
}

/* Of networks with many peers each is itself alone; false: it is in none of them. */
static bool keep_host(struct selectors *list, const struct address *host)
{
	uint8_t kept = 0;

	for (uint8_t i = 0; i < list->count; i++) {
		if (!range_has(&list->items[i].range, host))
			continue;
		list->items[kept] = list->items[i];
		list->items[kept++].range = (struct range){ *host, *host };
	}
	list->count = kept;
	return kept > 0;
}

bool connection_clients(const struct connection *c, const struct address *remote,
			struct selectors *local_out, struct selectors *remote_out)
{
	*remote_out = (struct selectors){ 0 };
	if (!selectors_copy(&c->us->clients, local_out))
		return false;
	if (!selectors_copy(&c->peer->clients, remote_out)) {
		selectors_free(local_out);
		return false;
	}
	for (uint8_t i = 0; i < remote_out->count; i++)
		if (remote_out->items[i].range.start.family == FAMILY_NONE)
			remote_out->items[i].range = (struct range){ *remote, *remote };
	if (c->peer->host_kind == HOST_OPPORTUNISTIC && remote->family &&
	    !keep_host(remote_out, remote)) {
		selectors_free(local_out);
		selectors_free(remote_out);
		return false;
	}
	return true;
}

bool connection_is_unresolved(const struct connection *c)
{
	return (!c->us->host.family && host_kind_is_looked_up(c->us->host_kind)) ||
	       (!c->peer->host.family && host_kind_is_looked_up(c->peer->host_kind));
}

bool connection_set_host(struct connection *c, bool is_right, const struct address *host,
			 const struct address *nexthop)
{
	struct conn_end *end = is_right ? &c->def->right : &c->def->left;

	if (address_eq(&end->host, host) &&
	    (!end->nexthop_is_route || address_eq(&end->nexthop, nexthop)))
		return false;
	connection_unindex(c);
	if (!conn_end_set_host(end, host, nexthop))
		return false;
	c->is_oriented = false;
	return true;
}

bool connection_set_hosts(struct connection *c, bool is_right, const struct address *list,
			  uint8_t count, const struct address *nexthop)
{
	struct conn_end *end = is_right ? &c->def->right : &c->def->left;
	struct address use = list[0];
	bool has_changed;

	for (uint8_t i = 0; i < count; i++)
		if (address_eq(&list[i], &end->host))
			use = end->host;
	if (!conn_end_set_hosts(end, list, count))
		return false;
	has_changed = connection_set_host(c, is_right, &use, nexthop);
	if (!has_changed)
		connection_index(c);
	return has_changed;
}

bool connection_next_host(const struct connection *c, struct address *out)
{
	const struct conn_end *peer = c->peer;
	uint8_t at = 0;

	if (peer->host_count < 2 || c->kind == CONNECTION_INSTANCE)
		return false;
	while (at < peer->host_count && !address_eq(&peer->hosts[at], &peer->host))
		at++;
	*out = peer->hosts[(at + 1) % peer->host_count];
	return true;
}

static bool is_ours(const struct address *a, const struct address *ours, size_t count)
{
	while (count > 0) {
		size_t middle = count / 2;
		int order = address_cmp(a, &ours[middle]);

		if (order == 0)
			return true;
		if (order > 0) {
			ours += middle + 1;
			count -= middle + 1;
		} else {
			count = middle;
		}
	}
	return false;
}

/* Of several addresses of an end one that we have is used: the same definition serves both sides. */
static void use_own_host(struct connection *c, bool is_right, const struct address *ours,
			 size_t count)
{
	const struct conn_end *end = is_right ? &c->def->right : &c->def->left;

	if (end->host_count == 0 || is_ours(&end->host, ours, count))
		return;
	for (uint8_t i = 0; i < end->host_count; i++)
		if (is_ours(&end->hosts[i], ours, count)) {
			connection_set_host(c, is_right, &end->hosts[i], &end->nexthop);
			return;
		}
}

static bool find_side(struct connection *c, const struct address *ours, size_t count,
		      const struct conn_end **us)
{
	bool left = is_ours(&c->def->left.host, ours, count);
	bool right = is_ours(&c->def->right.host, ours, count);

	*us = right && !left ? &c->def->right : &c->def->left;
	/* Both or neither being us leaves it open which side to play. */
	return left != right;
}

void connection_orient(struct connection *c, const struct address *ours, size_t count)
{
	const struct conn_end *us;
	struct connection *i;
	bool is_oriented;

	use_own_host(c, false, ours, count);
	use_own_host(c, true, ours, count);
	is_oriented = find_side(c, ours, count, &us);
	if (c->us == us && c->is_oriented == is_oriented)
		return;
	connection_unindex(c);
	c->is_oriented = is_oriented;
	c->us = us;
	c->peer = us == &c->def->left ? &c->def->right : &c->def->left;
	set_kind(c);
	connection_index(c);
	list_each (i, &c->instances, struct connection, node)
		i->is_oriented = c->is_oriented;
}

static struct failure *failure_of(struct connection *c)
{
	if (!c->failure)
		c->failure = calloc(1, sizeof(*c->failure));
	return c->failure;
}

void connection_failed(struct connection *c, uint8_t cause, const char *text, uint64_t wall_sec)
{
	struct failure *f = failure_of(c);

	c->failed++;
	if (!f)
		return;
	f->count = f->is_over ? 1 : f->count + 1;
	f->is_over = false;
	f->cause = cause;
	f->wall_sec = wall_sec;
	f->peer = c->peer->host;
	free(f->text);
	f->text = strdup(text);
}

#define DETAIL_MAX 2000u

void connection_explain(struct connection *c, const char *lines)
{
	struct failure *f = failure_of(c);

	if (!f)
		return;
	free(f->detail);
	f->detail = strndup(lines, DETAIL_MAX);
}

void connection_failure_over(struct connection *c)
{
	if (c->failure)
		c->failure->is_over = true;
}

const char *connection_error(const struct connection *c)
{
	return c->failure && !c->failure->is_over ? c->failure->text : NULL;
}

const char *connection_auth_word(const struct connection *c)
{
	uint32_t auth = c->us->auth;

	if (auth & ALLOW_PSK)
		return "PSK";
	if (auth & ALLOW_NULL)
		return "AUTH_NULL";
	if ((auth & ALLOW_ANY_SIGNATURE) && !(auth & (ALLOW_RSA_SHA2 | ALLOW_RSA_SHA1)))
		return auth & ALLOW_ECDSA ? "ECDSA" : "EDDSA";
	return "RSASIG";
}

const char *connection_format(const struct connection *c, char *buf, size_t size)
{
	struct text t = text_over(buf, size);
	char address[ADDRESS_TEXT_LEN];

	text_add(&t, "\"%s\"", c->def->config.name);
	if (c->kind == CONNECTION_INSTANCE)
		text_add(&t, "[%u] %s", c->instance,
			 address_format(&c->peer->host, address, sizeof(address)));
	return buf;
}
