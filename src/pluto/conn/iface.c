/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who uses an XFRM interface, and each address on one: counted by name, so that what connections share
 * goes with the last of them. Made when the first of a connection's policies is put, kept until the
 * connection is gone: routes and firewalls of the admin may lead there. A template counts once, not
 * each peer.
 */
#include "conn/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct iface_user {
	struct table_node node;
	struct list all;
	unsigned count;
	char name[CONN_IFACE_LEN + SUBNET_TEXT_LEN];
};

static struct iface_user *find(struct connections *set, const char *name, uint64_t *hash)
{
	struct table_node *n;

	*hash = table_hash(&set->ifaces, slice_str(name));
	for (n = table_first(&set->ifaces, *hash); n; n = table_next(n, *hash)) {
		struct iface_user *u = container_of(n, struct iface_user, node);

		if (strcmp(u->name, name) == 0)
			return u;
	}
	return NULL;
}

static void forget(struct connections *set, struct iface_user *u)
{
	table_remove(&set->ifaces, &u->node);
	list_remove(&u->all);
	free(u);
}

static void name_address(const struct connection *c, char *out, size_t size)
{
	char buf[SUBNET_TEXT_LEN];

	snprintf(out, size, "%s %s", c->def->iface,
		 subnet_format(&c->iface_end->interface_ip, buf, sizeof(buf)));
}

/* What cannot be noted for want of memory is never removed before pluto ends. */
static void add(struct connections *set, const char *name)
{
	uint64_t hash;
	struct iface_user *u = find(set, name, &hash);

	if (!u && (u = calloc(1, sizeof(*u)))) {
		text_copy(u->name, sizeof(u->name), name);
		if (!table_insert(&set->ifaces, &u->node, hash)) {
			free(u);
			return;
		}
		list_append(&set->iface_users, &u->all);
	}
	if (u)
		u->count++;
}

/* True when it was the last user. */
static bool take(struct connections *set, const char *name)
{
	uint64_t hash;
	struct iface_user *u = find(set, name, &hash);

	if (!u || --u->count > 0)
		return false;
	forget(set, u);
	return true;
}

static bool has_address(const struct connection *c)
{
	return c->iface_end->interface_ip.address.family != FAMILY_NONE;
}

void iface_hold(struct connection *c)
{
	char name[CONN_IFACE_LEN + SUBNET_TEXT_LEN];

	if (c->template)
		c = c->template;
	if (!c->def->if_id || c->iface_end)
		return;
	c->iface_end = c->us;
	add(c->set, c->def->iface);
	if (!has_address(c))
		return;
	name_address(c, name, sizeof(name));
	add(c->set, name);
}

void iface_release(struct connection *c, struct kernel_batch *b)
{
	char name[CONN_IFACE_LEN + SUBNET_TEXT_LEN];
	struct kernel_iface i = { .if_id = c->def->if_id };

	*b = (struct kernel_batch){ 0 };
	if (!c->iface_end)
		return;
	text_copy(i.name, sizeof(i.name), c->def->iface);
	if (has_address(c)) {
		name_address(c, name, sizeof(name));
		i.address = c->iface_end->interface_ip;
		if (take(c->set, name))
			kernel_batch_add(b, KOP_DELETE_ADDRESS)->iface = i;
	}
	c->iface_end = NULL;
	i.address = (struct subnet){ 0 };
	if (take(c->set, c->def->iface))
		kernel_batch_add(b, KOP_DELETE_IFACE)->iface = i;
}

void ifaces_fini(struct connections *set)
{
	struct iface_user *u;

	while ((u = list_first(&set->iface_users, struct iface_user, all)))
		forget(set, u);
}
