/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of clientprotoport: a protocol by number or name, and a port by number or range,
 * %any or %opaque; for ICMP types and codes stand for ports. A service may be named, by a list here, for to look
 * one up would read files. Called by check.c for each end.
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

/* Those that people protect one by one; as in /etc/services. */
static const struct name service_rows[] = {
	{ 22, "ssh" },        { 23, "telnet" },        { 53, "domain" }, { 67, "bootps" },
	{ 68, "bootpc" },     { 80, "http" },          { 123, "ntp" },   { 161, "snmp" },
	{ 162, "snmp-trap" }, { 179, "bgp" },          { 389, "ldap" },  { 443, "https" },
	{ 500, "isakmp" },    { 514, "syslog" },       { 1701, "l2tp" }, { 1701, "l2f" },
	{ 1812, "radius" },   { 1813, "radius-acct" }, { 2049, "nfs" },  { 4500, "ipsec-nat-t" },
};
static const struct names services = NAMES("service", service_rows);

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

static bool is_icmp(const struct selector *s)
{
	return s->protocol == 1 || s->protocol == 58;
}

/* A type, or type:code, or both in one number above 255 (RFC 7296 3.13.1); as a first or last one. */
static bool read_icmp(const char *text, bool is_last, uint16_t *out)
{
	const char *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);
	uint64_t type, code = is_last ? UINT8_MAX : 0;
	char digits[8];

	if (len >= sizeof(digits))
		return false;
	memcpy(digits, text, len);
	digits[len] = '\0';
	if (!parse_number(digits, 0, colon ? UINT8_MAX : UINT16_MAX, &type) ||
	    (colon && !parse_number(colon + 1, 0, UINT8_MAX, &code)))
		return false;
	*out = type > UINT8_MAX ? (uint16_t)type : (uint16_t)(type << 8 | code);
	return true;
}

static bool read_one(const struct selector *s, const char *text, bool is_last, uint16_t *out)
{
	uint64_t port;
	uint32_t named;

	if (is_icmp(s))
		return read_icmp(text, is_last, out);
	if (name_value(&services, text, &named))
		port = named;
	else if (!parse_number(text, 0, UINT16_MAX, &port))
		return false;
	*out = (uint16_t)port;
	return true;
}

static bool read_range(const char *text, const char *dash, struct selector *s)
{
	char first[16];
	size_t len = (size_t)(dash - text);

	if (len >= sizeof(first))
		return false;
	memcpy(first, text, len);
	first[len] = '\0';
	return read_one(s, first, false, &s->start_port) &&
	       read_one(s, dash + 1, true, &s->end_port) && s->start_port <= s->end_port;
}

static bool read_port(const char *text, struct selector *s)
{
	const char *dash = strchr(text, '-');
	uint32_t service;

	s->start_port = 0;
	s->end_port = UINT16_MAX;
	if (strcmp(text, "%any") == 0)
		return true;
	if (strcmp(text, "%opaque") == 0 || strcmp(text, "opaque") == 0) {
		s->start_port = UINT16_MAX;
		s->end_port = 0;
		return true;
	}
	if (dash && !name_value(&services, text, &service))
		return read_range(text, dash, s);
	/* port 0 is every port, by old custom */
	if (strcmp(text, "0") == 0)
		return true;
	return read_one(s, text, false, &s->start_port) && read_one(s, text, true, &s->end_port);
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
		return error_set(
			e, "\"%s\" has a bad port: give a number up to 65535, a range, or %%any",
			shown);
	if (s->protocol == 0 && (s->start_port != 0 || s->end_port != UINT16_MAX))
		return error_set(e, "\"%s\" has a port without a protocol: name one, as in tcp/443",
				 shown);
	return true;
}
