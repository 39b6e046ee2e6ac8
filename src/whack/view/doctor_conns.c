/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of the connections that pluto has, against the addresses of this machine. */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

#include "base/address.h"
#include "doctor.h"

/* Text of our addresses, blanks between. */
static void our_addresses(char *out, size_t size)
{
	struct ifaddrs *all, *i;
	struct text t = text_over(out, size);
	char buf[INET6_ADDRSTRLEN];

	if (getifaddrs(&all) != 0)
		return;
	for (i = all; i; i = i->ifa_next) {
		const void *a = NULL;

		if (!i->ifa_addr || (i->ifa_flags & IFF_LOOPBACK))
			continue;
		if (i->ifa_addr->sa_family == AF_INET)
			a = &((const struct sockaddr_in *)(const void *)i->ifa_addr)->sin_addr;
		else if (i->ifa_addr->sa_family == AF_INET6)
			a = &((const struct sockaddr_in6 *)(const void *)i->ifa_addr)->sin6_addr;
		if (a && inet_ntop(i->ifa_addr->sa_family, a, buf, sizeof(buf)))
			text_add(&t, "%s%s", t.len ? " " : "", buf);
	}
	freeifaddrs(all);
}

static bool holds(const char *subnet, const char *address)
{
	struct subnet s;
	struct range r;
	struct address a;

	if (!subnet_parse(subnet, &s) || !address_parse(address, &a))
		return false;
	r = subnet_range(&s);
	return a.family == r.start.family && address_cmp(&a, &r.start) >= 0 &&
	       address_cmp(&a, &r.end) <= 0;
}

/* One of our addresses that is in the subnet; false: none is. */
static bool ours_in(const char *subnet, char *out, size_t size)
{
	char all[4000] = "", *word, *save = NULL;

	our_addresses(all, sizeof(all));
	for (word = strtok_r(all, " ", &save); word; word = strtok_r(NULL, " ", &save))
		if (holds(subnet, word)) {
			snprintf(out, size, "%s", word);
			return true;
		}
	return false;
}

void doctor_source(struct doctor *d)
{
	bool good = true;
	char inside[64], fix[200];

	for (const struct doctor_conn *c = d->conns; c; c = c->next) {
		if (!c->our_client[0] || holds(c->our_client, c->our_host))
			continue;
		if (!ours_in(c->our_client, inside, sizeof(inside)))
			continue;
		good = false;
		snprintf(fix, sizeof(fix), "leftsourceip=%s, or from the gateway: ping -I %s",
			 inside, inside);
		found(d, VERDICT_NOTE, fix,
		      "\"%s\": what this machine itself sends has source %s, outside %s, unless "
		      "leftsourceip= says otherwise",
		      c->name, c->our_host, c->our_client);
	}
	if (good)
		found(d, VERDICT_GOOD, NULL,
		      "no connection is for a network of this gateway's own");
}

void doctor_orientation(struct doctor *d)
{
	bool good = true;
	char all[2000] = "", fix[2100];

	our_addresses(all, sizeof(all));
	for (const struct doctor_conn *c = d->conns; c; c = c->next) {
		if (c->is_oriented)
			continue;
		good = false;
		snprintf(fix, sizeof(fix), "left=%%defaultroute, or one of: %s", all);
		found(d, VERDICT_BAD, fix,
		      "\"%s\": neither %s nor %s is an address of this machine, or both are",
		      c->name, c->our_host, c->peer_host);
	}
	if (good)
		found(d, VERDICT_GOOD, NULL, "every connection knows which end it is");
}

/* Failures of one cause, each with the same advice. */
static bool failed_by(struct doctor *d, const char *cause, const char *fix, const char *what)
{
	bool any = false;

	for (const struct doctor_conn *c = d->conns; c; c = c->next)
		if (strcmp(c->cause, cause) == 0) {
			any = true;
			found(d, VERDICT_BAD, fix, "\"%s\": %s; ipsec why %s shows both", c->name,
			      what, c->name);
		}
	return any;
}

void doctor_selectors(struct doctor *d)
{
	if (!failed_by(d, "selectors",
		       "make leftsubnet= here and rightsubnet= there the same, and the other way; "
		       "leftsubnets= makes a connection of each pair",
		       "the ends do not agree on the networks"))
		found(d, VERDICT_GOOD, NULL, "no peer refuses our networks");
}

void doctor_auto(struct doctor *d)
{
	unsigned down = 0;
	const char *one = "";

	for (const struct doctor_conn *c = d->conns; c; c = c->next)
		if (strcmp(c->state, "down") == 0) {
			down++;
			one = c->name;
		}
	if (down)
		found(d, VERDICT_NOTE,
		      "auto=start brings it up at once, auto=ondemand with the first packet, "
		      "auto=keep for ever; by hand: ipsec up NAME",
		      "nothing brings up \"%s\"%s", one,
		      down > 1 ? " and others that are loaded" : ", which is loaded");
	else
		found(d, VERDICT_GOOD, NULL,
		      "every connection is up, wanted, routed or a template");
}

static bool is_any(const char *id)
{
	return strcmp(id, "%any") == 0 || strcmp(id, "(none)") == 0 || id[0] == '\0';
}

void doctor_identities(struct doctor *d)
{
	bool good = true;

	for (const struct doctor_conn *c = d->conns; c; c = c->next)
		if (strcmp(c->state, "template") == 0 && strcmp(c->auth, "PSK") == 0 &&
		    is_any(c->peer_id)) {
			good = false;
			found(d, VERDICT_WARNING,
			      "give peers identities: rightid=@NAME and \"@NAME : PSK ...\" for each; "
			      "or use certificates",
			      "\"%s\": one secret for all peers, so that each can pose as any other, "
			      "and as this gateway",
			      c->name);
		}
	good &= !failed_by(
		d, "authentication",
		"compare leftid=, rightid= and the secret of both ends: a wrong identity "
		"gives the same error as a wrong secret",
		"an end could not prove who it is");
	good &= !failed_by(d, "no-key", "put it into ipsec.secrets, then ipsec rereadsecrets",
			   "a secret or private key is missing here");
	if (good)
		found(d, VERDICT_GOOD, NULL, "nobody failed to prove who he is");
}

bool doctor_is_private(const char *address)
{
	static const char *const nets[] = { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
					    "100.64.0.0/10", "fc00::/7" };

	for (size_t i = 0; i < ARRAY_LEN(nets); i++)
		if (holds(nets[i], address))
			return true;
	return false;
}

void doctor_cloud(struct doctor *d)
{
	bool good = true;
	struct address a;

	for (const struct doctor_conn *c = d->conns; c; c = c->next) {
		if (!c->is_oriented || !doctor_is_private(c->our_host) ||
		    !address_parse(c->peer_host, &a) || doctor_is_private(c->peer_host) ||
		    strcmp(c->our_id, c->our_host) != 0)
			continue;
		good = false;
		found(d, VERDICT_WARNING,
		      "left=%defaultroute, leftid=PUBLIC-ADDRESS or @NAME, and encapsulation=yes where "
		      "the cloud passes no ESP",
		      "\"%s\": we say that we are %s, a private address that the peer does not see",
		      c->name, c->our_id);
	}
	if (good)
		found(d, VERDICT_GOOD, NULL, "no private address poses as a public one");
}

void doctor_proposals(struct doctor *d)
{
	static const char *const weak[] = { "modp1024", "3des", "md5" };
	bool good = !failed_by(d, "no-proposal",
			       "give both ends an ike= and esp= in common, such as "
			       "ike=aes_gcm256-sha2_256-dh19",
			       "the ends have no algorithms in common");

	for (const struct doctor_conn *c = d->conns; c; c = c->next)
		for (size_t i = 0; i < ARRAY_LEN(weak); i++)
			if (strcasestr(c->ike, weak[i])) {
				good = false;
				found(d, VERDICT_WARNING,
				      "leave it out of ike=, or agree on a better one",
				      "\"%s\" allows %s, which can be broken", c->name, weak[i]);
			}
	if (good)
		found(d, VERDICT_GOOD, NULL, "no peer refused our algorithms, and none is weak");
}
