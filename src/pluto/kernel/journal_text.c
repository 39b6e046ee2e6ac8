/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Journal lines, readable by people:
 *   add state 192.0.2.1 c0ffee01
 *   del policy out 10.1.0.0/24 10.2.0.0/24 proto/sport/mask/dport/mask reqid if_id/mark/mask [stays]
 *   add iface ipsec1
 *   add address ipsec1 10.9.0.1/24
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/journal_text.h"

static const char *const dir_names[] = {
	[XFRM_POLICY_IN] = "in",
	[XFRM_POLICY_OUT] = "out",
	[XFRM_POLICY_FWD] = "fwd",
};

static void format_prefix(const xfrm_address_t *a, uint8_t bits, uint16_t family, struct text *out)
{
	size_t len = family == AF_INET6 ? 16 : 4;
	struct subnet s = { .prefix_bits = bits };
	char buf[SUBNET_TEXT_LEN];

	address_from(slice(a, len), &s.address);
	text_put(out, subnet_format(&s, buf, sizeof(buf)));
}

void journal_line_format(const struct journal_name *name, bool is_add, struct text *out)
{
	const struct xfrm_selector *s = &name->selector;
	char buf[ADDRESS_TEXT_LEN];

	text_put(out, is_add ? "add " : "del ");
	if (name->kind == JOURNAL_STATE) {
		text_add(out, "state %s %08x", address_format(&name->dst, buf, sizeof(buf)),
			 name->spi);
		if (name->proto)
			text_add(out, " %u", name->proto);
		text_put(out, "\n");
		return;
	}
	if (name->kind != JOURNAL_POLICY) {
		struct subnet own = { .address = name->dst, .prefix_bits = name->prefix_bits };
		char net[SUBNET_TEXT_LEN];

		text_add(out, name->kind == JOURNAL_IFACE ? "iface %s" : "address %s ",
			 name->iface);
		if (name->kind == JOURNAL_ADDRESS)
			text_put(out, subnet_format(&own, net, sizeof(net)));
		text_put(out, "\n");
		return;
	}
	text_add(out, "policy %s ", dir_names[name->dir]);
	format_prefix(&s->saddr, s->prefixlen_s, s->family, out);
	text_put(out, " ");
	format_prefix(&s->daddr, s->prefixlen_d, s->family, out);
	text_add(out, " %u/%04x/%04x/%04x/%04x %u %x/%x/%x%s\n", s->proto, s->sport, s->sport_mask,
		 s->dport, s->dport_mask, name->reqid, name->if_id, name->mark, name->mark_mask,
		 name->stays ? " stays" : "");
}

static bool parse_state(char **rest, struct journal_name *name)
{
	char *address = strtok_r(NULL, " ", rest);
	char *spi = strtok_r(NULL, " ", rest);
	char *proto = strtok_r(NULL, " ", rest);

	return address && spi && address_parse(address, &name->dst) &&
	       sscanf(spi, "%8x", &name->spi) == 1 &&
	       (!proto || sscanf(proto, "%hhu", &name->proto) == 1);
}

static bool parse_prefix(const char *text, xfrm_address_t *a, uint8_t *bits, uint16_t *family)
{
	struct subnet s;

	if (!text || !subnet_parse(text, &s))
		return false;
	memcpy(a, s.address.bytes, address_len(&s.address));
	*bits = s.prefix_bits;
	*family = s.address.family == FAMILY_IPV6 ? AF_INET6 : AF_INET;
	return true;
}

static bool parse_policy(char **rest, struct journal_name *name)
{
	struct xfrm_selector *s = &name->selector;
	char *dir = strtok_r(NULL, " ", rest);
	uint16_t family;
	char *ports;

	if (!dir)
		return false;
	while (name->dir < ARRAY_LEN(dir_names) && strcmp(dir, dir_names[name->dir]) != 0)
		name->dir++;
	if (name->dir == ARRAY_LEN(dir_names) ||
	    !parse_prefix(strtok_r(NULL, " ", rest), &s->saddr, &s->prefixlen_s, &s->family) ||
	    !parse_prefix(strtok_r(NULL, " ", rest), &s->daddr, &s->prefixlen_d, &family) ||
	    family != s->family)
		return false;
	ports = strtok_r(NULL, "", rest);
	name->stays = ports && strstr(ports, " stays") != NULL;
	return ports && sscanf(ports, "%hhu/%4hx/%4hx/%4hx/%4hx %u %x/%x/%x", &s->proto, &s->sport,
			       &s->sport_mask, &s->dport, &s->dport_mask, &name->reqid,
			       &name->if_id, &name->mark, &name->mark_mask) >= 6;
}

static bool parse_iface(char **rest, struct journal_name *name)
{
	char *word = strtok_r(NULL, " ", rest), *net = strtok_r(NULL, " ", rest);
	char *slash;

	if (!word || !text_copy(name->iface, sizeof(name->iface), word))
		return false;
	if (name->kind == JOURNAL_IFACE)
		return !net;
	slash = net ? strchr(net, '/') : NULL;
	if (!slash || sscanf(slash + 1, "%hhu", &name->prefix_bits) != 1)
		return false;
	*slash = '\0';
	return address_parse(net, &name->dst);
}

bool journal_line_parse(char *line, struct journal_name *name, bool *is_add)
{
	char *rest = NULL;
	char *verb = strtok_r(line, " ", &rest);
	char *kind = strtok_r(NULL, " ", &rest);

	*name = (struct journal_name){ 0 };
	if (!verb || !kind)
		return false;
	*is_add = strcmp(verb, "add") == 0;
	if (!*is_add && strcmp(verb, "del") != 0)
		return false;
	if (strcmp(kind, "state") == 0) {
		name->kind = JOURNAL_STATE;
		return parse_state(&rest, name);
	}
	line = strchr(rest, '\n');
	if (line)
		*line = '\0';
	name->kind = strcmp(kind, "iface") == 0 ? JOURNAL_IFACE : JOURNAL_ADDRESS;
	if (name->kind == JOURNAL_IFACE || strcmp(kind, "address") == 0)
		return parse_iface(&rest, name);
	name->kind = JOURNAL_POLICY;
	return strcmp(kind, "policy") == 0 && parse_policy(&rest, name);
}
