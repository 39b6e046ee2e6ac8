/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a conn_config to a conn_def: one small function for each rule, in one list, run in order. A
 * rule reads the config, fills its part of the def, and on failure names the option and what to do.
 * Pure: no name is looked up and no route.
 */
#include "conf/conn.h"

#include "check_kernel.h"
#include "client.h"
#include "protoport.h"

#include <stdlib.h>
#include <string.h>

struct side {
	const char *name; /* "left", "right" */
	const struct end_config *config;
	struct conn_end *end;
};

typedef bool end_rule(const struct side *side, struct error *e);
typedef bool conn_rule(const struct conn_config *c, struct conn_def *out, struct error *e);

/* "left --client" */
static bool bad(const struct side *side, const char *option, const char *value, const char *why,
		struct error *e)
{
	char shown[160];
	struct text t = TEXT_OVER(shown);

	text_escape(&t, slice_str(value));
	return error_set(e, "%s --%s \"%s\" %s", side->name, option, shown, why);
}

static bool no_memory(struct error *e)
{
	return error_set(e, "memory is short: free some and try again");
}

static const char *family_name(uint64_t family)
{
	return family == FAMILY_IPV6 ? "IPv6" : "IPv4";
}

static uint8_t host_kind_of(const char *host)
{
	struct address a;

	if (strcmp(host, "%any") == 0)
		return HOST_ANY;
	if (strcmp(host, "%defaultroute") == 0)
		return HOST_DEFAULTROUTE;
	if (strcmp(host, "%opportunistic") == 0 || strcmp(host, "%opportunisticgroup") == 0 ||
	    strcmp(host, "%group") == 0)
		return HOST_OPPORTUNISTIC;
	if (host[0] == '%')
		return HOST_IFACE;
	return address_parse(host, &a) ? HOST_ADDRESS : HOST_NAME;
}

#define NAME_MAX_LEN 253
/* Letters, digits, hyphens and dots, and not only digits and dots: that is a mistyped address. */
static bool is_name(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= NAME_MAX_LEN && text[0] != '.' && text[0] != '-' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
		       len &&
	       strspn(text, "0123456789.") != len;
}

static bool is_iface(const char *name)
{
	static const char *const words[] = { "direct", "dns" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(name, words[i]) == 0)
			return false;
	return name[0] && strlen(name) < 16 && !strpbrk(name, "/ \t%");
}

/* A list of hosts, of which one at a time is used. */
static bool end_host_list(const struct side *side, struct error *e)
{
	const char *list = side->config->host;
	struct address hosts[HOSTS_MAX];
	char one[HOST_TEXT_LEN];
	uint8_t count = 0;

	side->end->host_kind = HOST_ADDRESS;
	while (host_list_next(&list, one)) {
		if (count == HOSTS_MAX)
			return error_set(e, "%s --host names more than %d hosts", side->name,
					 HOSTS_MAX);
		if (!address_parse(one, &hosts[count])) {
			if (!is_name(one))
				return bad(
					side, "host", one,
					"is neither an address nor a name: a list holds no other",
					e);
			side->end->host_kind = HOST_NAME;
		} else if (address_is_any(&hosts[count])) {
			return bad(side, "host", one, "stands in a list: give it alone", e);
		}
		count++;
	}
	if (count == 0)
		return bad(side, "host", side->config->host, "names no host", e);
	if (side->end->host_kind == HOST_NAME)
		return true;
	side->end->host = hosts[0];
	for (uint8_t i = 1; i < count; i++)
		if (hosts[i].family != hosts[0].family)
			return error_set(e, "%s --host holds both families: give one", side->name);
	return conn_end_set_hosts(side->end, hosts, count) || no_memory(e);
}

static bool end_host(const struct side *side, struct error *e)
{
	const char *host = side->config->host;

	if (!host)
		return error_set(e, "%s --host is missing: give the address of this end, or %%any",
				 side->name);
	if (strchr(host, ','))
		return end_host_list(side, e);
	side->end->host_kind = host_kind_of(host);
	if (side->end->host_kind == HOST_IFACE && !is_iface(host + 1))
		return bad(side, "host", host,
			   "is no interface: give an address, a name, %any, %defaultroute, "
			   "%group, %opportunisticgroup or %INTERFACE",
			   e);
	if (side->end->host_kind != HOST_ADDRESS)
		return side->end->host_kind != HOST_NAME || is_name(host) ||
		       bad(side, "host", host,
			   "is neither an address nor a name: give one, %any, %defaultroute or "
			   "%INTERFACE",
			   e);
	address_parse(host, &side->end->host);
	if (address_is_any(&side->end->host)) {
		side->end->host = (struct address){ 0 };
		side->end->host_kind = HOST_ANY;
	}
	return true;
}

static bool end_ikeport(const struct side *side, struct error *e)
{
	(void)e;
	side->end->ikeport = side->config->ikeport ? (uint16_t)side->config->ikeport : 500;
	return true;
}

static bool end_id(const struct side *side, struct error *e)
{
	if (side->config->id && (text_eq_nocase(side->config->id, "%fromcert") ||
				 text_eq_nocase(side->config->id, "%cert"))) {
		side->end->id_from_cert = true;
		return true;
	}
	if (side->config->id) {
		if (identity_parse(side->config->id, &side->end->id, e))
			return true;
		return error_prefix(e, "%s --id: ", side->name);
	}
	side->end->id_is_host = host_kind_is_looked_up(side->end->host_kind) || side->end->hosts;
	if (side->end->host.family == FAMILY_NONE)
		return true;
	if (identity_of_address(&side->end->host, &side->end->id))
		return true;
	return no_memory(e);
}

static bool end_client(const struct side *side, struct error *e)
{
	const char *client = side->config->client;
	struct conn_end *end = side->end;
	struct selector host = { .range = { end->host, end->host }, .end_port = UINT16_MAX };

	end->client_is_host = client == NULL && end->host_kind != HOST_OPPORTUNISTIC;
	if (!client && end->host_kind == HOST_OPPORTUNISTIC)
		client = "0.0.0.0/0";
	if (!client)
		return selectors_add(&end->clients, &host) || no_memory(e);
	return client_parse(client, &end->clients, e) ||
	       error_prefix(e, "%s --client ", side->name);
}

/* Protocol and ports of the clients that have none of their own. */
static bool apply_protoport(const struct side *side, const struct selector *ports, struct error *e)
{
	struct selectors *clients = &side->end->clients;

	for (uint8_t i = 0; i < clients->count; i++) {
		struct selector *s = &clients->items[i];

		if (s->protocol == 0) {
			s->protocol = ports->protocol;
			s->start_port = ports->start_port;
			s->end_port = ports->end_port;
		}
		if (s->protocol == 1 && s->range.start.family == FAMILY_IPV6)
			return error_set(e,
					 "%s --client: icmp is the ICMP of IPv4: use ipv6-icmp for "
					 "an IPv6 client",
					 side->name);
	}
	return true;
}

static bool end_protoport(const struct side *side, struct error *e)
{
	struct selector ports = { .end_port = UINT16_MAX };

	if (side->config->protoport && !protoport_parse(side->config->protoport, &ports, e))
		return error_prefix(e, "%s --clientprotoport: ", side->name);
	return apply_protoport(side, &ports, e);
}

static bool end_nexthop(const struct side *side, struct error *e)
{
	const char *nexthop = side->config->nexthop;
	struct conn_end *end = side->end;

	end->nexthop_is_route = nexthop ? strcmp(nexthop, "%defaultroute") == 0
					: end->host_kind == HOST_DEFAULTROUTE;
	if (!nexthop || strcmp(nexthop, "%direct") == 0 || strcmp(nexthop, "%defaultroute") == 0)
		return true;
	if (!address_parse(nexthop, &end->nexthop))
		return bad(side, "nexthop", nexthop, "is no address: give a numeric one or %direct",
			   e);
	if (address_is_any(&end->nexthop))
		end->nexthop = (struct address){ 0 };
	else if (end->host.family && end->host.family != end->nexthop.family)
		return bad(side, "nexthop", nexthop,
			   "is not of the family of --host: give one that is", e);
	return true;
}

static bool is_inside(const struct selectors *clients, const struct address *a)
{
	for (uint8_t i = 0; i < clients->count; i++)
		if (!clients->items[i].range.start.family || range_has(&clients->items[i].range, a))
			return true;
	return false;
}

static bool is_config_word(const char *text)
{
	return strcmp(text, "%config") == 0 || strcmp(text, "%modeconfig") == 0 ||
	       strcmp(text, "%modecfg") == 0;
}

static bool end_srcip(const struct side *side, struct error *e)
{
	const char *srcip = side->config->srcip;
	struct conn_end *end = side->end;

	end->gives_config = side->config->modecfgserver;
	end->wants_config = side->config->modecfgclient || (srcip && is_config_word(srcip));
	if (!srcip || is_config_word(srcip))
		return true;
	if (!address_parse(srcip, &end->srcip) || address_is_any(&end->srcip))
		return bad(side, "srcip", srcip, "is no address of a host: give a numeric one", e);
	if (!is_inside(&end->clients, &end->srcip))
		return bad(side, "srcip", srcip,
			   "is outside the client of this end: give an address "
			   "inside, or a --client around it",
			   e);
	return true;
}

static bool end_pools(const struct side *side, struct error *e)
{
	const char *text = side->config->addresspool;
	struct conn_end *end = side->end;

	if (!text)
		return true;
	if (side->config->client)
		return error_set(e,
				 "%s --addresspool does not go with --client of that end: its "
				 "selector is the address it is given",
				 side->name);
	if (!client_parse(text, &end->pools, e))
		return error_prefix(e, "%s --addresspool ", side->name);
	for (uint8_t i = 0; i < end->pools.count; i++)
		if (end->pools.items[i].protocol)
			return bad(side, "addresspool", text, "has a protocol: give addresses only",
				   e);
	selectors_free(&end->clients);
	end->client_is_host = false;
	end->client_is_config = true;
	return selectors_copy(&end->pools, &end->clients) || no_memory(e);
}

static bool end_updown(const struct side *side, struct error *e)
{
	if (!side->config->updown)
		return true;
	side->end->updown = strdup(side->config->updown);
	return side->end->updown || no_memory(e);
}

/* Words that mean the certificate's key are no key of their own. */
static bool end_pubkey(const struct side *side, struct error *e)
{
	const char *text = side->config->pubkey;
	struct public_key *key;
	bool ok;

	if (!text || text_eq_nocase(text, "%cert") || text_eq_nocase(text, "%none"))
		return true;
	if (*text == '%')
		return bad(side, "pubkey", text, "is not there: give the key itself or %cert", e);
	key = public_key_of_text(text, e);
	if (!key)
		return error_prefix(e, "%s --pubkey is wrong: it is ", side->name);
	ok = public_key_spki(key, &side->end->pubkey);
	public_key_free(key);
	return ok || error_set(e, "memory is short: free some and try again");
}

static bool end_ca(const struct side *side, struct error *e)
{
	struct identity id = { 0 };
	const char *ca = side->config->ca;

	if (!ca || text_eq_nocase(ca, "%same") || text_eq_nocase(ca, "%any"))
		return true;
	if (!strchr(ca, '='))
		return bad(side, "ca", ca,
			   "is no name of a CA: give its subject, as in "
			   "\"C=DE, CN=ca\", or %same",
			   e);
	if (!identity_parse(ca, &id, e))
		return error_prefix(e, "%s --ca: ", side->name);
	identity_free(&id);
	return true;
}

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@+"

static bool rule_name(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	(void)out;
	if (!c->name || !*c->name)
		return error_set(e, "--name is missing: give the connection a name");
	if (strlen(c->name) >= CONN_NAME_LEN)
		return error_set(e, "--name is too long: use at most %d characters",
				 CONN_NAME_LEN - 1);
	/* Names go to logs, status lines and scripts that others evaluate: they must be inert there. */
	if (*c->name == '-' ||
	    strspn(c->name, c->base ? NAME_CHARACTERS "#" : NAME_CHARACTERS) != strlen(c->name))
		return error_set(e,
				 "--name may hold letters, digits and - _ . / : @ + only, and not "
				 "begin with -");
	return true;
}

static bool rule_aliases(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	const char *at = c->connalias ? c->connalias : "";

	(void)out;
	while (*(at += strspn(at, CONN_ALIAS_SEPARATORS))) {
		size_t len = strcspn(at, CONN_ALIAS_SEPARATORS);

		if (len >= CONN_NAME_LEN || *at == '-' || strspn(at, NAME_CHARACTERS) < len)
			return error_set(e,
					 "--connalias holds what is no name: letters, digits and - "
					 "_ . / : @ + only, not beginning with -, apart by spaces");
		at += len;
	}
	return true;
}

/* An end's own word goes before what holds for both; without any it is a signature. */
static uint32_t auth_of(const struct conn_config *c, const struct end_config *end)
{
	uint64_t auth = end->auth ? end->auth : c->authby;

	return auth ? (uint32_t)auth : ALLOW_SIGNATURES;
}

static bool rule_auth(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	out->left.auth = auth_of(c, &c->left);
	out->right.auth = auth_of(c, &c->right);
	if (!c->left.auth != !c->right.auth)
		return error_set(e, "--auth is given for one end only: give it for both");
	if ((out->left.auth == ALLOW_PSK && c->left.cert) ||
	    (out->right.auth == ALLOW_PSK && c->right.cert))
		return error_set(e, "--cert does not go with --psk alone: add --rsasig or --ecdsa, "
				    "or leave --cert out");
	return true;
}

static bool rule_encrypt(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	(void)out;
	if (c->never && !conn_type_is_shunt(c->type))
		return error_set(e, "--auth-never goes with --pass, --drop or --reject: add one");
	return c->encrypt || c->phase2 == PHASE2_AH || conn_type_is_shunt(c->type) ||
	       error_set(e, "--encrypt is missing: the traffic needs ESP, or AH by --authenticate");
}

/* Each end rule for both ends before the next: an end's errors come in the order of the options. */
static bool rule_ends(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	static end_rule *const rules[] = { end_host,   end_ikeport,   end_id,      end_client,
					   end_pools,  end_protoport, end_nexthop, end_srcip,
					   end_updown, end_pubkey,    end_ca };
	const struct side left = { "left", &c->left, &out->left };
	const struct side right = { "right", &c->right, &out->right };

	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		if (!rules[i](&left, e) || !rules[i](&right, e))
			return false;
	}
	return true;
}

static bool rule_one_host(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	bool left = out->left.host_kind == HOST_ANY || out->left.host_kind == HOST_OPPORTUNISTIC;
	bool right = out->right.host_kind == HOST_ANY || out->right.host_kind == HOST_OPPORTUNISTIC;

	(void)c;
	return !left || !right ||
	       error_set(e, "--host is %%any on both ends: give the address of this host on one");
}

static bool rule_host_families(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	uint8_t left = out->left.host.family;
	uint8_t right = out->right.host.family;
	uint8_t family = left ? left : right;

	if (left && right && left != right)
		return error_set(e, "left --host is %s and right --host is %s: use one family",
				 family_name(left), family_name(right));
	if (left && address_eq(&out->left.host, &out->right.host) &&
	    out->left.ikeport == out->right.ikeport)
		return error_set(e,
				 "--host is the same on both ends: give the peer's address on one");
	if (family && c->host_family && c->host_family != family)
		return error_set(e, "--%s does not go with --host, which is %s: change one of them",
				 c->host_family == FAMILY_IPV6 ? "ipv6" : "ipv4",
				 family_name(family));
	return true;
}

static const struct selector *stranger(const struct selectors *of, const struct selectors *to)
{
	for (uint8_t i = 0; i < of->count; i++) {
		uint8_t family = of->items[i].range.start.family;
		bool has_friend = !family;

		for (uint8_t j = 0; j < to->count; j++)
			has_friend |= !to->items[j].range.start.family ||
				      to->items[j].range.start.family == family;
		if (!has_friend)
			return &of->items[i];
	}
	return NULL;
}

static bool rule_client_families(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	const struct selectors *left = &out->left.clients, *right = &out->right.clients;
	const struct selector *at;

	if (stranger(left, right) || stranger(right, left))
		return error_set(
			e,
			"the client of left is %s and that of right %s: use one family, with "
			"--client on both ends",
			family_name(left->items[0].range.start.family),
			family_name(right->items[0].range.start.family));
	for (uint8_t i = 0; c->client_family && i < left->count + right->count; i++) {
		at = i < left->count ? &left->items[i] : &right->items[i - left->count];
		if (at->range.start.family && c->client_family != at->range.start.family)
			return error_set(
				e,
				"--%s does not go with the clients, which are %s: change one of "
				"them",
				c->client_family == FAMILY_IPV6 ? "tunnelipv6" : "tunnelipv4",
				family_name(at->range.start.family));
	}
	return true;
}

static bool has_protocol(const struct selectors *l, uint8_t protocol)
{
	for (uint8_t i = 0; i < l->count; i++)
		if (l->items[i].protocol == protocol)
			return true;
	return false;
}

static bool rule_protocols(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	const struct selectors *left = &out->left.clients, *right = &out->right.clients;

	(void)c;
	for (uint8_t i = 0; i < left->count; i++)
		if (!has_protocol(right, left->items[i].protocol))
			return error_set(e,
					 "--clientprotoport names protocol %u on left and %u on "
					 "right: use the same on both ends",
					 left->items[i].protocol, right->items[0].protocol);
	for (uint8_t i = 0; i < right->count; i++)
		if (!has_protocol(left, right->items[i].protocol))
			return error_set(e,
					 "--clientprotoport names protocol %u on left and %u on "
					 "right: use the same on both ends",
					 left->items[0].protocol, right->items[i].protocol);
	return true;
}

/* All addresses of the families that the other end has. */
static bool take_all(struct conn_end *end, const struct conn_end *other, struct error *e)
{
	struct selector ports = end->clients.items[0];

	selectors_free(&end->clients);
	end->client_is_host = false;
	end->client_is_config = true;
	for (uint8_t i = 0; i < other->clients.count; i++) {
		uint8_t family = other->clients.items[i].range.start.family;
		struct selector all = selector_all(family ? family : FAMILY_IPV4);

		all.protocol = ports.protocol;
		all.start_port = ports.start_port;
		all.end_port = ports.end_port;
		if (!selectors_contain(&end->clients, &all) && !selectors_add(&end->clients, &all))
			return no_memory(e);
	}
	return true;
}

/* An end that is given its address offers all addresses and takes what it is given for selector. */
static bool rule_config(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	struct conn_end *left = &out->left, *right = &out->right;

	if (left->wants_config && right->wants_config)
		return error_set(e, "both ends want to be given an address: --modecfgclient or "
				    "--srcip %%config go on one of them");
	if ((left->wants_config && left->gives_config) ||
	    (right->wants_config && right->gives_config))
		return error_set(e, "--modecfgserver and --modecfgclient are on one end: each goes "
				    "on its own");
	if (c->type == CONN_TRANSPORT &&
	    (left->wants_config || right->wants_config || left->pools.count || right->pools.count))
		return error_set(e, "--transport has no place for an address that is handed out: "
				    "use --tunnel");
	if (left->wants_config && left->client_is_host)
		return take_all(left, right, e);
	if (right->wants_config && right->client_is_host)
		return take_all(right, left, e);
	return true;
}

static bool add_servers(const char *text, struct address *list, uint8_t *count, uint8_t max,
			const char *option, struct error *e)
{
	while (text && *text) {
		size_t len = strcspn(text, ", ");
		char one[ADDRESS_TEXT_LEN + 1];

		if (len >= sizeof(one) || (len > 0 && *count == max))
			return error_set(e, "--%s: give at most %d addresses, apart by commas",
					 option, max);
		memcpy(one, text, len);
		one[len] = '\0';
		if (len > 0 && !address_parse(one, &list[(*count)++]))
			return error_set(e, "--%s holds what is no address: give numeric ones",
					 option);
		text += len;
		text += strspn(text, ", ");
	}
	return true;
}

static bool rule_push(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	struct conn_push *p;

	if (!c->modecfgdns && !c->modecfgdns1 && !c->modecfgdns2 && !c->modecfgwins1 &&
	    !c->modecfgwins2)
		return true;
	p = out->push = calloc(1, sizeof(*p));
	if (!p)
		return no_memory(e);
	return add_servers(c->modecfgdns1, p->dns, &p->dns_count, CONN_SERVERS_MAX, "modecfgdns1",
			   e) &&
	       add_servers(c->modecfgdns2, p->dns, &p->dns_count, CONN_SERVERS_MAX, "modecfgdns2",
			   e) &&
	       add_servers(c->modecfgdns, p->dns, &p->dns_count, CONN_SERVERS_MAX, "modecfgdns",
			   e) &&
	       add_servers(c->modecfgwins1, p->wins, &p->wins_count, 2, "modecfgwins1", e) &&
	       add_servers(c->modecfgwins2, p->wins, &p->wins_count, 2, "modecfgwins2", e);
}

static bool rule_pairs(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	uint16_t pairs = selector_pairs_count(&out->left.clients, &out->right.clients);

	(void)c;
	if (pairs <= SELECTOR_PAIRS_MAX)
		return true;
	return error_set(e,
			 "--client of both ends make %u pairs: give fewer networks, at most %d "
			 "pairs go into one tunnel",
			 pairs, SELECTOR_PAIRS_MAX);
}

static bool is_own_host(const struct conn_end *end)
{
	if (end->client_is_host || end->host_kind == HOST_OPPORTUNISTIC)
		return true;
	for (uint8_t i = 0; i < end->clients.count; i++)
		if (!selector_is_host(&end->clients.items[i]) ||
		    (end->host.family &&
		     !address_eq(&end->clients.items[i].range.start, &end->host)))
			return false;
	return true;
}

static bool rule_transport(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	if (c->type != CONN_TRANSPORT || (is_own_host(&out->left) && is_own_host(&out->right)))
		return true;
	return error_set(e,
			 "--transport cannot carry --client: use --tunnel, or leave --client out");
}

/* What is left of a lifetime when the longest margin is taken off must be more than nothing. */
static bool fits(const struct conn_config *c, uint64_t lifetime_usec)
{
	return c->rekey_margin_usec * (100 + c->rekey_fuzz_percent) / 100 < lifetime_usec;
}

static bool rule_lifetimes(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	const char *option = "ikelifetime";
	uint64_t lifetime = c->ike_lifetime_usec;
	char life[32];
	char most[32];

	(void)out;
	if (c->ipsec_lifetime_usec < lifetime) {
		option = "ipsec-lifetime";
		lifetime = c->ipsec_lifetime_usec;
	}
	if (!c->rekey || fits(c, lifetime))
		return true;
	return error_set(
		e,
		"--rekeymargin with --rekeyfuzz is not less than --%s (%s): set --rekeymargin "
		"below %s, or --dontrekey",
		option, duration_format(lifetime, life, sizeof(life)),
		duration_format(lifetime / (100 + c->rekey_fuzz_percent) * 100, most,
				sizeof(most)));
}

static bool redirect_list(const char *option, const char *list, struct error *e)
{
	struct address address;

	if (!list || strcmp(list, "%any") == 0)
		return true;
	for (unsigned i = 0; i == 0 || address_in_list(list, i, &address) != LIST_END; i++)
		if (address_in_list(list, i, &address) != LIST_ADDRESS)
			return error_set(e, "--%s: give numeric addresses with commas between",
					 option);
	return true;
}

static bool rule_redirect(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	(void)out;
	if (!redirect_list("redirect-to", c->redirect_to, e) ||
	    !redirect_list("accept-redirect-to", c->accept_redirect_to, e))
		return false;
	return c->send_redirect == REDIRECT_NO || c->redirect_to ||
	       error_set(e, "--send-redirect needs --redirect-to: say where peers are to go");
}

static bool rule_retransmit(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	(void)out;
	if (c->retransmit_interval_usec < c->retransmit_timeout_usec)
		return true;
	return error_set(
		e, "--retransmit-interval is not below --retransmit-timeout: nothing would be "
		   "sent again; make it shorter");
}

static bool rule_ike(const struct conn_config *c, struct proposal_pool *pool, struct conn_def *out,
		     struct error *e)
{
	const struct proposal_wish wish = { .text = c->ike };

	out->ike = proposals_get(pool, &wish, e);
	return out->ike != NULL;
}

static bool rule_esp(const struct conn_config *c, struct proposal_pool *pool, struct conn_def *out,
		     struct error *e)
{
	/* the kernel refuses extended numbers without a window */
	bool is_possible = c->replay_window > 0;
	const struct proposal_wish wish = {
		.text = c->phase2 == PHASE2_AH ? c->ah : c->esp,
		.is_esp = true,
		.is_ah = c->phase2 == PHASE2_AH,
		.pfs = c->pfs,
		.esn_yes = c->esn != ESN_POLICY_NO && is_possible,
		.esn_no = c->esn != ESN_POLICY_YES,
	};

	if (!is_possible && c->esn == ESN_POLICY_YES)
		return error_set(
			e, "--esn needs a replay window: set --replay-window to 32 or more, or "
			   "use --no-esn");
	out->esp = proposals_get(pool, &wish, e);
	return out->esp != NULL;
}

bool conn_def_resolve(struct conn_config *config, struct proposal_pool *pool, struct conn_def *out,
		      struct error *e)
{
	static conn_rule *const rules[] = {
		rule_name,         rule_aliases,         rule_auth,          rule_encrypt,
		rule_ends,         rule_one_host,        rule_host_families, rule_config,
		rule_push,         rule_client_families, rule_protocols,     rule_pairs,
		rule_transport,    rule_lifetimes,       rule_retransmit,    rule_redirect,
		conn_check_kernel,
	};

	*out = (struct conn_def){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		if (!rules[i](config, out, e)) {
			conn_def_free(out);
			return false;
		}
	}
	if (!rule_ike(config, pool, out, e) || !rule_esp(config, pool, out, e)) {
		conn_def_free(out);
		return false;
	}
	out->config = *config;
	*config = (struct conn_config){ 0 };
	return true;
}
