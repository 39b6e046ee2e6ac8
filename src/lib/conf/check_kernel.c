/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of a connection that are about the kernel's side: XFRM interfaces, VTI, marks, IPComp,
 * offload. Called by check.c as one of its rules.
 */
#include "check_kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IF_ID_OF_0 16384u /* 0 is no XFRM interface, so ipsec0 has another one */
#define IFACE_NUMBER_MAX 16383

static bool rule_interface(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	const char *word = c->ipsec_interface;
	uint64_t n = 1;

	if (!word || text_eq_nocase(word, "no"))
		return true;
	if (!text_eq_nocase(word, "yes") && !parse_number(word, 0, IFACE_NUMBER_MAX, &n))
		return error_set(e, "--ipsec-interface: give no, yes, or the N of ipsecN (0 to %d)",
				 IFACE_NUMBER_MAX);
	if (c->type != CONN_TUNNEL)
		return error_set(e, "--ipsec-interface carries tunnels only: use --tunnel");
	out->if_id = n ? (uint32_t)n : IF_ID_OF_0;
	snprintf(out->iface, sizeof(out->iface), "ipsec%u", (unsigned)n);
	return true;
}

/* "10.9.0.1/24", "10.9.0.1": an address, and how long its network's prefix is. */
static bool take_cidr(const char *side, const char *option, const char *text, struct subnet *out,
		      struct error *e)
{
	char address[ADDRESS_TEXT_LEN];
	const char *slash;
	uint64_t bits, most;

	if (!text)
		return true;
	slash = strchr(text, '/');
	snprintf(address, sizeof(address), "%.*s", (int)(slash ? slash - text : (long)strlen(text)),
		 text);
	if (!address_parse(address, &out->address))
		return error_set(e, "%s --%s: give an address with its prefix, as in 10.9.0.1/24",
				 side, option);
	most = out->address.family == FAMILY_IPV6 ? 128 : 32;
	bits = most;
	if (slash && !parse_number(slash + 1, 0, most, &bits))
		return error_set(e, "%s --%s: the prefix is no number from 0 to %u", side, option,
				 (unsigned)most);
	out->prefix_bits = (uint8_t)bits;
	return true;
}

static bool rule_addresses(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	if (!take_cidr("left", "interface-ip", c->left.interface_ip, &out->left.interface_ip, e) ||
	    !take_cidr("right", "interface-ip", c->right.interface_ip, &out->right.interface_ip,
		       e) ||
	    !take_cidr("left", "vti", c->left.vti, &out->left.vti, e) ||
	    !take_cidr("right", "vti", c->right.vti, &out->right.vti, e))
		return false;
	if ((c->left.interface_ip || c->right.interface_ip) && !out->if_id)
		return error_set(e,
				 "--interface-ip is an address of --ipsec-interface: give it too");
	if ((c->left.vti || c->right.vti) && !c->vti_interface)
		return error_set(e, "--vti is an address of --vti-interface: give it too");
	return true;
}

static bool take_mark(const char *option, const char *text, struct conn_mark *out, struct error *e)
{
	char *end;
	unsigned long long value, mask = UINT32_MAX;
	bool is_own = text[0] == '-' && text[1] == '1';

	value = is_own ? 0 : strtoull(text, &end, 0);
	if (is_own)
		end = (char *)text + 2;
	if (end != text && *end == '/' && end[1] >= '0' && end[1] <= '9')
		mask = strtoull(end + 1, &end, 0);
	if (end == text || *end || text[0] == ' ' || (text[0] == '-' && !is_own) ||
	    value > UINT32_MAX || mask > UINT32_MAX || !mask || (value & ~mask))
		return error_set(
			e,
			"--%s: give VALUE or VALUE/MASK, as in 5 or 0x10/0xf0, whose value "
			"lies within the mask, or -1 for a value of its own",
			option);
	*out = (struct conn_mark){ (uint32_t)value, (uint32_t)mask, is_own };
	return true;
}

static bool rule_marks(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	if (c->mark && (c->mark_in || c->mark_out))
		return error_set(e, "--conn-mark is both --conn-mark-in and --conn-mark-out: give "
				    "one or the others");
	if (c->mark && (!take_mark("conn-mark", c->mark, &out->mark_in, e) ||
			!take_mark("conn-mark", c->mark, &out->mark_out, e)))
		return false;
	if (c->mark_in && !take_mark("conn-mark-in", c->mark_in, &out->mark_in, e))
		return false;
	return !c->mark_out || take_mark("conn-mark-out", c->mark_out, &out->mark_out, e);
}

static bool rule_vti(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	const char *name = c->vti_interface;

	if (!name)
		return true;
	if (!*name || strlen(name) >= CONN_IFACE_LEN || strpbrk(name, "/ \t%\"'$`\\;&|<>"))
		return error_set(e, "--vti-interface is no name of an interface: at most 15 "
				    "letters, digits, dots and hyphens");
	if (out->if_id)
		return error_set(e, "--vti-interface and --ipsec-interface do the same: leave one "
				    "of them out");
	if (!out->mark_in.mask || !out->mark_out.mask)
		return error_set(e, "--vti-interface tells its packets by their mark: give "
				    "--conn-mark");
	return c->type == CONN_TUNNEL ||
	       error_set(e, "--vti-interface carries tunnels only: use --tunnel");
}

/* IPComp takes the tunnel over from ESP, and with it what only a tunnel has. */
static bool rule_compress(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	(void)out;
	if (c->compress && c->tfc)
		return error_set(e, "--compress undoes what --tfc pads: leave one of them out");
	if (c->compress && c->decap_dscp)
		return error_set(e, "the kernel has no --decap-dscp with --compress: leave one of "
				    "them out");
	if (c->compress && c->nic_offload)
		return error_set(e, "no card compresses: leave --compress or --nic-offload out");
	return true;
}

static bool rule_iptfs(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	(void)out;
	if (!c->iptfs)
		return true;
	if (c->type != CONN_TUNNEL || c->phase2 != PHASE2_ESP)
		return error_set(e, "--iptfs is for tunnels of ESP: use --tunnel and --encrypt");
	return (!c->compress && !c->tfc && !c->nic_offload) ||
	       error_set(e, "--iptfs does not go with --compress, --tfc or --nic-offload: leave "
			    "them out");
}

bool conn_check_kernel(const struct conn_config *c, struct conn_def *out, struct error *e)
{
	static bool (*const rules[])(const struct conn_config *, struct conn_def *,
				     struct error *) = {
		rule_interface, rule_addresses, rule_marks, rule_vti, rule_compress, rule_iptfs
	};

	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (!rules[i](c, out, e))
			return false;
	return true;
}
