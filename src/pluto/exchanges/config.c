/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration payloads (RFC 7296 2.19, 3.15): a peer that has proven itself is given addresses
 * of its connection's pools, or the one the connection fixes; with them go name servers and the
 * domains they are for (RFC 8598). As client we ask, and take nothing that a script could trip over.
 */
#include "exchanges/config.h"

#include <stdlib.h>
#include <string.h>

#include "core/news.h"
#include "ctl/codes.h"
#include "sa/ike_config.h"

static const struct {
	uint8_t family;
	uint16_t address, dns;
} families[] = {
	{ FAMILY_IPV4, CP_INTERNAL_IP4_ADDRESS, CP_INTERNAL_IP4_DNS },
	{ FAMILY_IPV6, CP_INTERNAL_IP6_ADDRESS, CP_INTERNAL_IP6_DNS },
};

static bool has_family(const struct selectors *l, uint8_t family)
{
	for (uint8_t i = 0; i < l->count; i++)
		if (l->items[i].range.start.family == family)
			return true;
	return false;
}

/* An IPv6 address is followed by a prefix length. */
static bool read_address(const struct cp_attribute *a, uint8_t family, struct address *out)
{
	size_t len = family == FAMILY_IPV4 ? 4 : 16;

	if (a->value.len != len && (family == FAMILY_IPV4 || a->value.len != len + 1))
		return false;
	return address_from(slice(a->value.data, len), out) && !address_is_any(out);
}

/* ---- client */

void config_put_request(struct run *r, struct builder *b)
{
	const struct connection *conn = r->ike->connection;

	if (!connection_is_config_client(conn))
		return;
	builder_cp(b, CP_REQUEST);
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		if (!has_family(&conn->us->clients, families[i].family))
			continue;
		builder_cp_attribute(b, families[i].address, SLICE_EMPTY);
		if (!conn->def->config.ignore_peer_dns)
			builder_cp_attribute(b, families[i].dns, SLICE_EMPTY);
	}
	if (!conn->def->config.ignore_peer_dns)
		builder_cp_attribute(b, CP_INTERNAL_DNS_DOMAIN, SLICE_EMPTY);
	builder_cp_attribute(b, CP_UNITY_BANNER, SLICE_EMPTY);
}

static bool is_domain(struct slice s)
{
	if (s.len == 0 || s.len > 253 || s.data[0] == '-')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t ch = s.data[i];

		if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
		      (ch >= '0' && ch <= '9') || ch == '-' || ch == '.' || ch == '_'))
			return false;
	}
	return true;
}

static void take_domain(struct ike_config *c, struct slice s)
{
	size_t len = strlen(c->domains);

	if (!is_domain(s) || len + s.len + 2 > sizeof(c->domains))
		return;
	if (len > 0)
		c->domains[len++] = ' ';
	memcpy(c->domains + len, s.data, s.len);
	c->domains[len + s.len] = '\0';
}

static void take_banner(struct ike_config *c, struct slice s)
{
	struct text t = TEXT_OVER(c->banner);

	text_escape(&t, s);
}

static void take_attribute(struct ike_config *c, const struct cp_attribute *a, bool with_dns)
{
	struct address one;

	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		if (a->type == families[i].address && !c->addresses[i].family &&
		    read_address(a, families[i].family, &one))
			c->addresses[i] = one;
		if (a->type == families[i].dns && with_dns && c->dns_count < CONFIG_DNS_MAX &&
		    read_address(a, families[i].family, &one))
			c->dns[c->dns_count++] = one;
	}
	if (a->type == CP_INTERNAL_DNS_DOMAIN && with_dns)
		take_domain(c, a->value);
	if (a->type == CP_UNITY_BANNER && a->value.len > 0)
		take_banner(c, a->value);
}

static void say_reply(struct run *r)
{
	const struct ike_config *c = r->ike->config;
	char a[ADDRESS_TEXT_LEN], words[300];
	struct text t = TEXT_OVER(words);

	for (size_t i = 0; i < ARRAY_LEN(c->addresses); i++)
		if (c->addresses[i].family)
			text_add(&t, " %s", address_format(&c->addresses[i], a, sizeof(a)));
	for (uint8_t i = 0; i < c->dns_count; i++)
		text_add(&t, "%s %s", i ? "" : ", name servers",
			 address_format(&c->dns[i], a, sizeof(a)));
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_LOG, "the peer gave us%s%s%s", words,
	       c->domains[0] ? ", for " : "", c->domains);
}

bool config_take_reply(struct run *r, struct text *why)
{
	const struct connection *conn = r->ike->connection;
	const struct message *m = r->m;
	struct ike_config *c;
	bool has_address = false;

	if (!connection_is_config_client(conn))
		return true;
	if (!message_has(m, PAYLOAD_CP) || m->cp.type != CP_REPLY) {
		text_add(why, "the peer gives no address: it has no pool for us");
		return false;
	}
	ike_config_free(r->ike->config);
	c = r->ike->config = calloc(1, sizeof(*c));
	if (!c) {
		text_add(why, "out of memory");
		return false;
	}
	for (uint8_t i = 0; i < m->cp.count; i++)
		take_attribute(c, &m->cp.attributes[i], !conn->def->config.ignore_peer_dns);
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		/* what was not asked for is not used */
		if (!has_family(&conn->us->clients, families[i].family))
			c->addresses[i] = (struct address){ 0 };
		has_address |= c->addresses[i].family != FAMILY_NONE;
	}
	if (!has_address) {
		text_add(why, "the peer's configuration reply holds no address that we asked for");
		return false;
	}
	say_reply(r);
	return true;
}

/* ---- server */

static bool is_unspecified(const struct range *range)
{
	return address_is_any(&range->start) && address_eq(&range->start, &range->end);
}

void config_widen_request(struct run *r)
{
	struct ts_payload *ts = &r->m->ts_i;
	struct selector *list;

	if (!message_has(r->m, PAYLOAD_CP) || r->m->cp.type != CP_REQUEST)
		return;
	list = arena_array(&r->slot->arena, ts->count, sizeof(*list));
	if (!list)
		return;
	for (uint8_t i = 0; i < ts->count; i++) {
		list[i] = ts->selectors[i];
		if (is_unspecified(&list[i].range))
			memset(list[i].range.end.bytes, 0xff, address_len(&list[i].range.end));
	}
	ts->selectors = list;
}

/* The address that the connection fixes: a client that is one host. */
static const struct address *fixed_address(const struct connection *conn, uint8_t family)
{
	for (uint8_t i = 0; i < conn->peer->clients.count; i++) {
		const struct selector *s = &conn->peer->clients.items[i];

		if (conn->peer->pools.count == 0 && !conn->peer->client_is_host &&
		    s->range.start.family == family && selector_is_host(s))
			return &s->range.start;
	}
	return NULL;
}

/* Two IKE SAs of one identity that are to stand at the same time have an address each. */
static bool shares_lease(const struct run *r)
{
	uint8_t policy = r->core->settings.uniqueids;

	return r->ike->connection->def->config.share_lease && policy != UNIQUE_NO &&
	       policy != UNIQUE_NEVER;
}

/* From the first pool of the family that has one. */
static struct lease *from_pools(struct run *r, uint8_t family, const struct address *wanted,
				struct text *why)
{
	const struct connection *conn = r->ike->connection;
	static const struct identity nobody = { 0 };
	/* who proves nothing is nobody, whoever it says it is (RFC 7619 2.2) */
	bool has_name = !r->ike->peer_is_anonymous && r->ike->peer_id.type != ID_NULL;
	const struct identity *id = has_name ? &r->ike->peer_id : &nobody;

	for (uint8_t i = 0; i < conn->peer->pools.count; i++) {
		const struct range *range = &conn->peer->pools.items[i].range;
		struct pool *pool = pool_find(&r->core->connections.pools, range);
		char name[RANGE_TEXT_LEN];
		struct lease *l;
		bool is_full;

		if (range->start.family != family || !pool)
			continue;
		l = pool_lease(pool, id, wanted, shares_lease(r), &is_full);
		if (l)
			return l;
		text_add(why,
			 is_full ? "the pool %s is used up: all %llu addresses are in use; "
				 : "out of memory for the pool %s of %llu addresses; ",
			 range_format(range, name, sizeof(name)), (unsigned long long)pool->size);
	}
	return NULL;
}

static bool assign(struct run *r, struct ike_config *c, size_t i, struct text *why)
{
	const struct cp_attribute *a = message_cp(r->m, families[i].address, 0);
	const struct connection *conn = r->ike->connection;
	const struct address *fixed;
	struct address wanted;
	bool has_wish;

	if (!a)
		return false;
	has_wish = read_address(a, families[i].family, &wanted);
	c->leases[i] = from_pools(r, families[i].family, has_wish ? &wanted : NULL, why);
	fixed = fixed_address(conn, families[i].family);
	if (c->leases[i])
		c->addresses[i] = c->leases[i]->address;
	else if (fixed)
		c->addresses[i] = *fixed;
	return c->addresses[i].family != FAMILY_NONE;
}

uint16_t config_assign(struct run *r, struct text *why)
{
	struct ike_sa *ike = r->ike;
	struct ike_config *c;
	bool is_given = false;
	char a[ADDRESS_TEXT_LEN], id[120];

	if (!connection_is_config_server(ike->connection) || ike->config)
		return 0;
	if (!message_has(r->m, PAYLOAD_CP) || r->m->cp.type != CP_REQUEST) {
		text_add(why, "the peer must ask for an address (modecfgclient) and does not");
		return N_FAILED_CP_REQUIRED;
	}
	c = ike->config = calloc(1, sizeof(*c));
	if (!c) {
		text_add(why, "out of memory");
		return N_INTERNAL_ADDRESS_FAILURE;
	}
	c->is_server = true;
	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		is_given |= assign(r, c, i, why);
	if (!is_given) {
		ike_config_free(c);
		ike->config = NULL;
		text_add(why, "no address can be given to %s",
			 identity_format(&ike->peer_id, id, sizeof(id)));
		return N_INTERNAL_ADDRESS_FAILURE;
	}
	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (c->addresses[i].family) {
			sa_log(r->core, ike, NULL, LOG_LEVEL_INFO, LINE_LOG, "%s is given to %s",
			       address_format(&c->addresses[i], a, sizeof(a)),
			       identity_format(&ike->peer_id, id, sizeof(id)));
			NEWS(r->core, .kind = NEWS_LEASED, .ike = ike, .address = &c->addresses[i]);
		}
	return 0;
}

static void put_addresses(struct builder *b, const struct ike_config *c)
{
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		uint8_t value[17];
		size_t len = address_len(&c->addresses[i]);

		if (len == 0)
			continue;
		memcpy(value, c->addresses[i].bytes, len);
		if (len == 16)
			value[len++] = 128;
		builder_cp_attribute(b, families[i].address, slice(value, len));
	}
}

static void put_domains(struct builder *b, const char *text)
{
	while (text && *text) {
		size_t len = strcspn(text, ", ");
		struct slice one = slice(text, len);

		if (is_domain(one))
			builder_cp_attribute(b, CP_INTERNAL_DNS_DOMAIN, one);
		text += len;
		text += strspn(text, ", ");
	}
}

void config_put_reply(struct run *r, struct builder *b)
{
	const struct conn_def *def = r->ike->connection->def;
	const struct conn_push *push = def->push;

	if (!r->ike->config || !r->ike->config->is_server)
		return;
	builder_cp(b, CP_REPLY);
	put_addresses(b, r->ike->config);
	for (uint8_t i = 0; push && i < push->dns_count; i++)
		builder_cp_attribute(b,
				     push->dns[i].family == FAMILY_IPV4 ? CP_INTERNAL_IP4_DNS
									: CP_INTERNAL_IP6_DNS,
				     address_slice(&push->dns[i]));
	for (uint8_t i = 0; push && i < push->wins_count; i++)
		if (push->wins[i].family == FAMILY_IPV4)
			builder_cp_attribute(b, CP_INTERNAL_IP4_NBNS,
					     address_slice(&push->wins[i]));
	/* only to who knows of split DNS, and never without a server (RFC 8598 3.1, 3.2) */
	if (push && push->dns_count > 0 && message_cp(r->m, CP_INTERNAL_DNS_DOMAIN, 0))
		put_domains(b, def->config.modecfgdomains);
	if (def->config.modecfgbanner)
		builder_cp_attribute(b, CP_UNITY_BANNER, slice_str(def->config.modecfgbanner));
}
