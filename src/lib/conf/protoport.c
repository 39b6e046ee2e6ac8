/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of clientprotoport: a protocol by number or name, and a port by number, %any or %opaque.
 * No name of a service is looked up: that would read files. Called by check.c for each end.
 */
#include "protoport.h"

#include "base/names.h"

#include <string.h>

static const struct name protocol_rows[] = {
	{ 0, "%any" },   { 0, "any" },        { 1, "icmp" },    { 6, "tcp" },
	{ 17, "udp" },   { 33, "dccp" },      { 47, "gre" },    { 50, "esp" },
	{ 51, "ah" },    { 58, "ipv6-icmp" }, { 58, "icmpv6" }, { 89, "ospf" },
	{ 103, "pim" },  { 108, "ipcomp" },   { 112, "vrrp" },  { 115, "l2tp" },
	{ 132, "sctp" }, { 136, "udplite" },
};
static const struct names protocols = NAMES("protocol", protocol_rows);

static bool read_protocol(const char *text, uint8_t *out)
{
	uint64_t number;
	uint32_t named;

	if (parse_number(text, 0, UINT8_MAX, &number))
		*out = (uint8_t)number;
	else if (name_value(&protocols, text, &named))
		*out = (uint8_t)named;
	else
		return false;
	return true;
}

static bool read_port(const char *text, struct selector *s)
{
	uint64_t port;

	s->start_port = 0;
	s->end_port = UINT16_MAX;
	if (strcmp(text, "%any") == 0)
		return true;
	if (strcmp(text, "%opaque") == 0) {
		s->start_port = UINT16_MAX;
		s->end_port = 0;
		return true;
	}
	if (!parse_number(text, 0, UINT16_MAX, &port))
		return false;
	if (port)
		s->start_port = s->end_port = (uint16_t)port;
	return true;
}

bool protoport_parse(const char *text, struct selector *s, struct error *e)
{
	char protocol[32];
	char shown[128];
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	struct text t = TEXT_OVER(shown);

	text_escape(&t, slice_str(text));
	if (len >= sizeof(protocol))
		return error_set(
			e, "\"%s\" has no protocol known here: give a number, or a name as tcp",
			shown);
	memcpy(protocol, text, len);
	protocol[len] = '\0';
	if (!read_protocol(protocol, &s->protocol))
		return error_set(
			e, "\"%s\" has no protocol known here: give a number, or a name as tcp",
			shown);
	if (!read_port(slash ? slash + 1 : "%any", s))
		return error_set(e, "\"%s\" has a bad port: give a number up to 65535, or %%any",
				 shown);
	if (s->protocol == 0 && (s->start_port != 0 || s->end_port != UINT16_MAX))
		return error_set(e, "\"%s\" has a port without a protocol: name one, as in tcp/443",
				 shown);
	return true;
}
