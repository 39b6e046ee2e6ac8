/* SPDX-License-Identifier: Apache-2.0 */
/* Files of ipsec.d/policies, and connections made of their lines. Pure: who reads is the caller. */
#include "conf/policy_group.h"

#include "protoport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 5 /* one more than a line may have */
#define LINE_LEN 256

static bool is_group_host(const char *host)
{
	return host && (strcmp(host, "%group") == 0 || strcmp(host, "%opportunisticgroup") == 0);
}

bool conn_is_group(const struct conn_config *c)
{
	return is_group_host(c->left.host) || is_group_host(c->right.host);
}

static bool read_ports(char *words[WORDS], struct policy_entry *out, struct error *e)
{
	struct selector s = { .end_port = UINT16_MAX };
	char text[LINE_LEN];
	uint64_t source, destination;

	snprintf(text, sizeof(text), "%s/%%any", words[1]);
	if (!protoport_parse(text, &s, e))
		return false;
	if (!parse_number(words[2], 0, UINT16_MAX, &source) ||
	    !parse_number(words[3], 0, UINT16_MAX, &destination))
		return error_set(e, "a port is no number from 0 (any) to 65535");
	if ((source || destination) && s.protocol == 0)
		return error_set(e, "ports need a protocol, as in tcp 0 25");
	out->protocol = s.protocol;
	out->source_port = (uint16_t)source;
	out->destination_port = (uint16_t)destination;
	return true;
}

/* False with *is_empty when the line holds nothing, or with an error. */
static bool read_line(struct slice line, struct policy_entry *out, bool *is_empty, struct error *e)
{
	char text[LINE_LEN], *words[WORDS], *save = NULL, *word;
	size_t count = 0;

	*out = (struct policy_entry){ 0 };
	if (line.len >= sizeof(text))
		return error_set(e, "the line is too long");
	if (line.len > 0)
		memcpy(text, line.data, line.len);
	text[line.len] = '\0';
	if (strlen(text) < line.len)
		return error_set(e, "the line holds a NUL byte: is this a text file?");
	text[strcspn(text, "#")] = '\0';
	for (word = strtok_r(text, " \t\r", &save); word && count < WORDS;
	     word = strtok_r(NULL, " \t\r", &save))
		words[count++] = word;
	*is_empty = count == 0;
	if (count == 0)
		return false;
	if (count != 1 && count != 4)
		return error_set(e, "a line is a network, or a network with a protocol, a source "
				    "port and a destination port");
	if (!subnet_parse(words[0], &out->network))
		return error_set(e, "\"%.60s\" is no network: write it as 10.1.0.0/16", words[0]);
	return count == 1 || read_ports(words, out, e);
}

static int entry_cmp(const void *a, const void *b)
{
	const struct policy_entry *x = a, *y = b;
	int by_address = address_cmp(&x->network.address, &y->network.address);

	/* the narrower first: of several connections that fit a peer the first is taken */
	if (x->network.prefix_bits != y->network.prefix_bits)
		return x->network.prefix_bits > y->network.prefix_bits ? -1 : 1;
	if (by_address)
		return by_address;
	if (x->protocol != y->protocol)
		return x->protocol > y->protocol ? -1 : 1;
	if (x->source_port != y->source_port)
		return x->source_port > y->source_port ? -1 : 1;
	return (x->destination_port < y->destination_port) -
	       (x->destination_port > y->destination_port);
}

static void sort(struct policy_entries *l)
{
	size_t kept = 0;

	if (l->count < 2)
		return;
	qsort(l->list, l->count, sizeof(*l->list), entry_cmp);
	for (size_t i = 1; i < l->count; i++)
		if (entry_cmp(&l->list[kept], &l->list[i]) != 0)
			l->list[++kept] = l->list[i];
	l->count = kept + 1;
}

static bool append(struct policy_entries *l, const struct policy_entry *new, struct error *e)
{
	struct policy_entry *more = l->list;

	if (l->count == POLICY_GROUP_MAX)
		return error_set(e, "more than %u networks", POLICY_GROUP_MAX);
	if ((l->count & (l->count - 1)) == 0)
		more = realloc(l->list, (l->count ? l->count * 2 : 1) * sizeof(*more));
	if (!more)
		return error_set(e, "memory is short");
	l->list = more;
	l->list[l->count++] = *new;
	return true;
}

bool policy_entries_parse(const char *file, struct slice text, struct policy_entries *out,
			  struct error *e)
{
	unsigned line = 0;
	size_t at = 0;

	*out = (struct policy_entries){ 0 };
	while (at < text.len) {
		const uint8_t *end = memchr(text.data + at, '\n', text.len - at);
		size_t len = end ? (size_t)(end - text.data) - at : text.len - at;
		struct policy_entry one;
		bool is_empty = false;

		line++;
		if (read_line(slice(text.data + at, len), &one, &is_empty, e)
			    ? !append(out, &one, e)
			    : !is_empty) {
			policy_entries_free(out);
			error_place(e, file, line, 1);
			return false;
		}
		at += len + 1;
	}
	sort(out);
	return true;
}

void policy_entries_free(struct policy_entries *l)
{
	free(l->list);
	*l = (struct policy_entries){ 0 };
}

static bool set_text(char **member, const char *text)
{
	free(*member);
	*member = strdup(text);
	return *member != NULL;
}

static bool wants_ipv6(const struct conn_config *c, const struct end_config *own)
{
	return c->host_family == FAMILY_IPV6 || (own->host && strchr(own->host, ':'));
}

/* The entry's network is what is behind the peer, which is each host of it. */
static bool take_entry(struct conn_config *c, const struct policy_entry *entry)
{
	struct end_config *peer = is_group_host(c->right.host) ? &c->right : &c->left;
	struct end_config *own = peer == &c->right ? &c->left : &c->right;
	char network[SELECTOR_TEXT_LEN], text[SELECTOR_TEXT_LEN + 16];

	if (!entry)
		return set_text(&peer->client, wants_ipv6(c, own) ? "::/0" : "0.0.0.0/0");
	subnet_format(&entry->network, network, sizeof(network));
	if (!entry->protocol)
		return set_text(&peer->client, network);
	snprintf(text, sizeof(text), "%s/%u/%u", network, entry->protocol, entry->destination_port);
	if (!set_text(&peer->client, text))
		return false;
	snprintf(text, sizeof(text), "%u/%u", entry->protocol, entry->source_port);
	return set_text(&own->protoport, text);
}

static bool take_name(struct conn_config *c, const struct policy_entry *entry)
{
	char network[SELECTOR_TEXT_LEN], name[CONN_NAME_LEN + SELECTOR_TEXT_LEN];
	int len;

	subnet_format(&entry->network, network, sizeof(network));
	len = snprintf(name, sizeof(name), "%s#%s", c->name, network);
	if (entry->protocol && len > 0 && (size_t)len < sizeof(name))
		snprintf(name + len, sizeof(name) - (size_t)len, "/%u/%u/%u", entry->protocol,
			 entry->source_port, entry->destination_port);
	c->base = c->name;
	c->name = strdup(name);
	return c->name != NULL;
}

bool conn_of_group(const struct conn_config *c, const struct policy_entry *entry,
		   struct conn_config *out)
{
	if (!conn_config_copy(c, out))
		return false;
	if ((!entry || take_name(out, entry)) && take_entry(out, entry))
		return true;
	conn_config_free(out);
	return false;
}
