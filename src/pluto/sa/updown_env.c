/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an updown script is told: verb and PLUTO_* variables, by the names that Openswan and
 * Libreswan use. Called when a child comes or goes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sa/ike_sa.h"

static void put_side(struct updown_job *j, const char *who, const struct selector *s)
{
	char name[32], buf[SELECTOR_TEXT_LEN], mask[ADDRESS_TEXT_LEN];
	struct subnet net = range_cover(&s->range);
	struct address m = prefix_mask((enum family)net.address.family, net.prefix_bits);

	snprintf(name, sizeof(name), "PLUTO_%s_CLIENT", who);
	updown_job_env(j, name, "%s", subnet_format(&net, buf, sizeof(buf)));
	snprintf(name, sizeof(name), "PLUTO_%s_CLIENT_NET", who);
	updown_job_env(j, name, "%s", address_format(&net.address, buf, sizeof(buf)));
	snprintf(name, sizeof(name), "PLUTO_%s_CLIENT_MASK", who);
	updown_job_env(j, name, "%s", address_format(&m, mask, sizeof(mask)));
	snprintf(name, sizeof(name), "PLUTO_%s_PORT", who);
	updown_job_env(j, name, "%u", s->start_port == s->end_port ? s->start_port : 0u);
	snprintf(name, sizeof(name), "PLUTO_%s_PROTOCOL", who);
	updown_job_env(j, name, "%u", s->protocol);
}

/* The address to send from: as configured, or as the peer gave it. */
static const struct address *source_of(const struct child_sa *child, uint8_t family)
{
	const struct ike_config *config = child->ike ? child->ike->config : NULL;

	if (child->connection->us->srcip.family == family)
		return &child->connection->us->srcip;
	return config && !config->is_server ? ike_config_address(config, family) : NULL;
}

/* What the peer told us with our address, by the names of Libreswan and of Openswan. */
static void put_config(struct updown_job *j, const struct child_sa *child)
{
	const struct connection *c = child->connection;
	const struct ike_config *config = child->ike ? child->ike->config : NULL;
	char servers[CONFIG_TEXT_MAX] = "", a[ADDRESS_TEXT_LEN];
	struct text t = TEXT_OVER(servers);

	/* what scripts of other products test for */
	updown_job_env(j, "PLUTO_IS_PEER_CISCO", "0");
	updown_job_env(j, "PLUTO_NM_CONFIGURED", c->def->config.nm_configured ? "1" : "0");
	updown_job_env(j, "XAUTH_FAILED", "0");
	updown_job_env(j, "PLUTO_CFG_CLIENT", connection_is_config_client(c) ? "1" : "0");
	updown_job_env(j, "PLUTO_CFG_SERVER", connection_is_config_server(c) ? "1" : "0");
	if (!config || config->is_server)
		return;
	for (uint8_t i = 0; i < config->dns_count; i++)
		text_add(&t, "%s%s", i ? " " : "", address_format(&config->dns[i], a, sizeof(a)));
	updown_job_env(j, "PLUTO_PEER_DNS_INFO", "%s", servers);
	updown_job_env(j, "PLUTO_CISCO_DNS_INFO", "%s", servers);
	updown_job_env(j, "PLUTO_PEER_DOMAIN_INFO", "%s", config->domains);
	updown_job_env(j, "PLUTO_CISCO_DOMAIN_INFO", "%s", config->domains);
	updown_job_env(j, "PLUTO_PEER_BANNER", "%s", config->banner);
}

static void put_ends(struct updown_job *j, const struct child_sa *child, uint8_t family)
{
	const struct connection *c = child->connection;
	const struct address *source = source_of(child, family);
	const char *peer_ca = c->us == &c->def->left ? c->def->config.right.ca
						     : c->def->config.left.ca;
	char buf[IDENTITY_TEXT_LEN];

	updown_job_env(j, "PLUTO_ME", "%s", address_format(&child->local, buf, sizeof(buf)));
	updown_job_env(j, "PLUTO_PEER", "%s", address_format(&child->remote, buf, sizeof(buf)));
	updown_job_env(j, "PLUTO_MY_ID", "%s", identity_format(&c->us->id, buf, sizeof(buf)));
	updown_job_env(j, "PLUTO_PEER_ID", "%s", identity_format(&c->peer->id, buf, sizeof(buf)));
	updown_job_env(j, "PLUTO_PEER_CA", "%s",
		       child->ike && child->ike->peer_ca ? child->ike->peer_ca : "");
	updown_job_env(j, "PLUTO_IS_PEER_CISCO", "0");
	if (peer_ca && strchr(peer_ca, '='))
		updown_job_env(j, "PLUTO_PEER_CA", "%s", peer_ca);
	if (c->us->nexthop.family)
		updown_job_env(j, "PLUTO_NEXT_HOP", "%s",
			       address_format(&c->us->nexthop, buf, sizeof(buf)));
	if (source)
		updown_job_env(j, "PLUTO_MY_SOURCEIP", "%s",
			       address_format(source, buf, sizeof(buf)));
	if (c->def->config.metric)
		updown_job_env(j, "PLUTO_METRIC", "%" PRIu64, c->def->config.metric);
	if (c->def->config.mtu)
		updown_job_env(j, "PLUTO_MTU", "%" PRIu64, c->def->config.mtu);
}

static void put_mark(struct updown_job *j, const char *name, const struct conn_mark *m,
		     uint32_t own)
{
	if (m->mask)
		updown_job_env(j, name, "0x%x/0x%x", (m->is_own ? own : m->value) & m->mask,
			       m->mask);
}

/* The interface the traffic goes through, by Libreswan's names. */
static void put_interface(struct updown_job *j, const struct connection *c)
{
	const struct conn_def *def = c->def;
	char buf[SUBNET_TEXT_LEN];

	if (def->if_id) {
		updown_job_env(j, "PLUTO_VIRT_INTERFACE", "%s", def->iface);
		updown_job_env(j, "PLUTO_XFRMI_ROUTE", "yes");
		updown_job_env(j, "PLUTO_IF_ID", "%u", def->if_id);
	}
	if (c->us->interface_ip.address.family)
		updown_job_env(j, "INTERFACE_IP", "%s",
			       subnet_format(&c->us->interface_ip, buf, sizeof(buf)));
	put_mark(j, "CONNMARK_IN", &def->mark_in, c->reqid);
	put_mark(j, "CONNMARK_OUT", &def->mark_out, c->reqid);
	if (def->config.nflog_group)
		updown_job_env(j, "NFLOG", "%" PRIu64, def->config.nflog_group);
	if (!def->config.vti_interface)
		return;
	updown_job_env(j, "VTI_IFACE", "%s", def->config.vti_interface);
	updown_job_env(j, "VTI_ROUTING", def->config.vti_routing ? "yes" : "no");
	updown_job_env(j, "VTI_SHARED", def->config.vti_shared ? "yes" : "no");
	if (c->us->vti.address.family)
		updown_job_env(j, "VTI_IP", "%s", subnet_format(&c->us->vti, buf, sizeof(buf)));
}

static void put_sa(struct updown_job *j, const struct child_sa *child, bool inner_v6)
{
	const struct connection *c = child->connection;
	bool outer_v6 = child->local.family == FAMILY_IPV6;

	updown_job_env(j, "PLUTO_CONN_ADDRFAMILY", outer_v6 ? "ipv6" : "ipv4");
	updown_job_env(j, "PLUTO_CONN_ENDFAMILY", outer_v6 ? "ipv6" : "ipv4");
	updown_job_env(j, "PLUTO_CONN_CLIENTFAMILY", inner_v6 ? "ipv6" : "ipv4");
	updown_job_env(j, "PLUTO_CLIENT_FAMILY", inner_v6 ? "ipv6" : "ipv4");
	updown_job_env(j, "PLUTO_CONNECTION_TYPE", child->is_tunnel ? "tunnel" : "transport");
	updown_job_env(j, "PLUTO_CONN_KIND", "%s",
		       c->kind == CONNECTION_INSTANCE ? "CK_INSTANCE" : "CK_PERMANENT");
	updown_job_env(j, "PLUTO_CONN_POLICY", "%s+%s%s%s%s+IKEV2_ALLOW", connection_auth_word(c),
		       c->def->config.encrypt ? "ENCRYPT" : "AUTHENTICATE",
		       c->def->config.compress ? "+COMPRESS" : "",
		       child->is_tunnel ? "+TUNNEL" : "", c->def->config.pfs ? "+PFS" : "");
	if (child_is_compressed(child))
		updown_job_env(j, "PLUTO_IPCOMP", "1");
	updown_job_env(j, "PLUTO_SA_REQID", "%u", child->reqid);
	updown_job_env(j, "PLUTO_SA_TYPE", child_protocol(c) == PROTOCOL_AH ? "AH" : "ESP");
	updown_job_env(j, "SPI_IN", "0x%x", child->spi_in);
	updown_job_env(j, "SPI_OUT", "0x%x", child->spi_out);
	updown_job_env(j, "PLUTO_ADDTIME", "%" PRIu64, child->installed_wall_sec);
	updown_job_env(j, "PLUTO_INBYTES", "%" PRIu64, child->in_bytes);
	updown_job_env(j, "PLUTO_OUTBYTES", "%" PRIu64, child->out_bytes);
}

static struct updown_job *one_run(const struct child_sa *child, const char *verb,
				  const struct selector *local, const struct selector *remote)
{
	const struct connection *c = child->connection;
	char whole[32];
	bool is_host = selector_is_host(local) && address_eq(&local->range.start, &child->local);
	bool v6 = local->range.start.family == FAMILY_IPV6;
	struct updown_job *j;

	snprintf(whole, sizeof(whole), "%s-%s%s", verb, is_host ? "host" : "client",
		 v6 ? "-v6" : "");
	j = updown_job_new(0, 0, whole);
	if (!j)
		return NULL;
	text_copy(j->connection, sizeof(j->connection), c->def->config.name);
	if (c->us->updown && !(j->command = strdup(c->us->updown))) {
		updown_job_free(j);
		return NULL;
	}
	j->lane = c->serial;
	j->local = child->local;
	j->runs_all = strcmp(verb, "down") == 0 || strcmp(verb, "unroute") == 0;
	updown_job_env(j, "PLUTO_VERB", "%s", whole);
	updown_job_env(j, "PLUTO_VERSION", "2.0");
	updown_job_env(j, "PLUTO_STACK", "xfrm");
	updown_job_env(j, "PLUTO_CONNECTION", "%s", c->def->config.name);
	put_ends(j, child, local->range.start.family);
	put_config(j, child);
	put_side(j, "MY", local);
	put_side(j, "PEER", remote);
	put_sa(j, child, v6);
	put_interface(j, c);
	return j;
}

struct updown_job *child_updown_of(const struct child_sa *child, const char *verb,
				   bool (*is_wanted)(void *context, const struct selector *remote),
				   void *context)
{
	struct selector_pairs pairs = { .local = &child->ts_local, .remote = &child->ts_remote };
	struct updown_job *first = NULL, **end = &first;
	const struct selector *local, *remote;

	while (selector_pairs_next(&pairs, &local, &remote)) {
		if (is_wanted && !is_wanted(context, remote))
			continue;
		*end = one_run(child, verb, local, remote);
		if (!*end) {
			updown_job_free(first);
			return NULL;
		}
		end = &(*end)->next;
	}
	return first;
}

struct updown_job *child_updown(const struct child_sa *child, const char *verb, uint64_t owner,
				uint32_t ticket)
{
	struct updown_job *first = child_updown_of(child, verb, NULL, NULL);

	if (!first)
		return NULL;
	first->owner = owner;
	first->ticket = ticket;
	return first;
}
