/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traffic selector arithmetic (RFC 7296, 3.13.1; RFC 4301, 4.4.1.1): all ports include OPAQUE, and
 * OPAQUE meets no single port. Whatever is not well formed contains nothing and meets nothing.
 * Called by narrowing, by the look-up of connections and by the installation of policies.
 */
#include "base/selector.h"

#include "base/names.h"

static const struct name protocol_rows[] = {
	{ 1, "icmp" },      { 2, "igmp" },       { 4, "ipencap" },
	{ 6, "tcp" },       { 17, "udp" },       { 33, "dccp" },
	{ 41, "ipv6" },     { 47, "gre" },       { 50, "esp" },
	{ 51, "ah" },       { 58, "ipv6-icmp" }, { 89, "ospf" },
	{ 103, "pim" },     { 108, "ipcomp" },   { 112, "vrrp" },
	{ 115, "l2tp" },    { 132, "sctp" },     { 135, "mobility-header" },
	{ 136, "udplite" },
};
static const struct names protocols = NAMES("protocol", protocol_rows);

static bool is_opaque(const struct selector *s)
{
	return s->start_port == UINT16_MAX && s->end_port == 0;
}

static bool has_all_ports(const struct selector *s)
{
	return s->start_port == 0 && s->end_port == UINT16_MAX;
}

static bool has_ports(const struct selector *s)
{
	return s->start_port <= s->end_port || is_opaque(s);
}

struct selector selector_all(enum family family)
{
	struct subnet s = { .address = address_any(family) };

	return selector_of_subnet(&s, 0, 0);
}

struct selector selector_of_subnet(const struct subnet *s, uint8_t protocol, uint16_t port)
{
	return (struct selector){
		.range = subnet_range(s),
		.protocol = protocol,
		.start_port = port,
		.end_port = port ? port : UINT16_MAX,
	};
}

bool selector_is_valid(const struct selector *s)
{
	return range_contains(&s->range, &s->range) && has_ports(s) &&
	       (s->protocol || has_all_ports(s));
}

bool selector_is_host(const struct selector *s)
{
	return range_contains(&s->range, &s->range) && address_eq(&s->range.start, &s->range.end);
}

bool selector_eq(const struct selector *a, const struct selector *b)
{
	return range_eq(&a->range, &b->range) && a->protocol == b->protocol &&
	       a->start_port == b->start_port && a->end_port == b->end_port;
}

static bool ports_intersect(const struct selector *a, const struct selector *b,
			    struct selector *out)
{
	if (!has_ports(a) || !has_ports(b))
		return false;
	if (is_opaque(a) || is_opaque(b)) {
		out->start_port = UINT16_MAX;
		out->end_port = 0;
		return (is_opaque(a) || has_all_ports(a)) && (is_opaque(b) || has_all_ports(b));
	}
	out->start_port = a->start_port > b->start_port ? a->start_port : b->start_port;
	out->end_port = a->end_port < b->end_port ? a->end_port : b->end_port;
	return out->start_port <= out->end_port;
}

bool selector_intersect(const struct selector *a, const struct selector *b, struct selector *out)
{
	struct selector both = { .protocol = a->protocol ? a->protocol : b->protocol };
	bool ok = (both.protocol == b->protocol || b->protocol == 0) &&
		  range_intersect(&a->range, &b->range, &both.range) &&
		  ports_intersect(a, b, &both);

	*out = ok ? both : (struct selector){ 0 };
	return ok;
}

bool selector_contains(const struct selector *outer, const struct selector *inner)
{
	struct selector both;

	return selector_intersect(outer, inner, &both) && selector_eq(&both, inner);
}

/* Type and code, or types only where the codes are all of them (RFC 4301 4.4.1.1). */
static void put_icmp(struct text *t, uint16_t port, bool with_code)
{
	text_add(t, with_code ? "%u:%u" : "%u", port >> 8, port & 0xff);
}

static void put_icmp_range(struct text *t, const struct selector *s)
{
	bool with_code = (s->start_port & 0xff) != 0 || (s->end_port & 0xff) != 0xff ||
			 s->start_port == 0;
	bool is_one = with_code ? s->start_port == s->end_port
				: s->start_port >> 8 == s->end_port >> 8;

	text_put(t, "/");
	put_icmp(t, s->start_port, with_code);
	if (is_one)
		return;
	text_put(t, "-");
	put_icmp(t, s->end_port, with_code);
}

const char *selector_format(const struct selector *s, char *buf, size_t size)
{
	char range[RANGE_TEXT_LEN];
	struct text t = text_over(buf, size);
	const char *protocol = s->protocol ? name_find(&protocols, s->protocol) : "any";

	text_put(&t, range_format(&s->range, range, sizeof(range)));
	if (!s->protocol && has_all_ports(s))
		return buf;
	if (protocol)
		text_add(&t, "/%s", protocol);
	else
		text_add(&t, "/%u", s->protocol);
	if (is_opaque(s))
		text_put(&t, "/opaque");
	else if (!has_all_ports(s) && (s->protocol == 1 || s->protocol == 58))
		put_icmp_range(&t, s);
	else if (s->start_port == s->end_port)
		text_add(&t, "/%u", s->start_port);
	else if (!has_all_ports(s))
		text_add(&t, "/%u-%u", s->start_port, s->end_port);
	return buf;
}

uint8_t selector_prefix_bits(const struct selector *s)
{
	return range_cover(&s->range).prefix_bits;
}
