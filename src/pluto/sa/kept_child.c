/* SPDX-License-Identifier: Apache-2.0 */
/* Child SAs as they are kept. Their keys are in the kernel alone, but for those it has not yet got. */
#include "sa/kept_child.h"

#define KEYS_MAX 512

static void pack_child(struct pack *p, struct child_sa *child)
{
	pack_enum(p, "child phase", &child->phase, CHILD_DELETING + 1);
	pack_bool(p, "mode", &child->is_tunnel);
	pack_bool(p, "outbound state", &child->has_out);
	pack_bool(p, "policies", &child->has_policies);
	pack_bool(p, "scripts", &child->is_up);
	pack_bool(p, "wish", &child->is_asked_for);
	pack_address(p, "outer address", &child->local);
	pack_address(p, "outer address", &child->remote);
	pack_u16(p, "port", &child->local_port);
	pack_u16(p, "port", &child->remote_port);
	pack_u32(p, "inbound SPI", &child->spi_in);
	pack_u32(p, "outbound SPI", &child->spi_out);
	pack_suite(p, "child suite", &child->suite);
	pack_selectors(p, "selectors", &child->ts_local);
	pack_selectors(p, "selectors", &child->ts_remote);
	pack_bool(p, "padding", &child->no_tfc);
	pack_bool(p, "stream", &child->is_in_tcp);
	pack_u16(p, "inbound CPI", &child->cpi_in);
	pack_u16(p, "outbound CPI", &child->cpi_out);
	pack_bool(p, "IP-TFS", &child->iptfs);
	pack_bool(p, "IP-TFS fragments", &child->iptfs_no_fragments);
	pack_u32(p, "reqid", &child->reqid);
	pack_u64(p, "installed", &child->installed_wall_sec);
	pack_u64(p, "rekey time", &child->rekey_usec);
	pack_u64(p, "expiry", &child->expires_usec);
	pack_u64(p, "discard time", &child->discard_usec);
	pack_u32(p, "replaced by", &child->replaced_by);
	pack_alg(p, "group", TRANSFORM_KE, &child->ke_group);
	pack_u8(p, "refusals", &child->refusals);
	pack_u64(p, "outbound time", &child->out_probe_usec);
	pack_u64(p, "outbound time", &child->out_limit_usec);
	pack_bool(p, "role", &child->out_is_initiators);
	pack_secret(p, "child keys", &child->keys.all, KEYS_MAX);
	pack_u32(p, "replaces", &child->replaces);
	if (p->is_reading && child->has_policies)
		child_own_policies(child);
	if (p->is_reading && child->keys.all.data && !keymat_child_cut(&child->suite, &child->keys))
		cursor_fail(&p->in, "child keys");
	if (p->is_reading && child->has_out && child->spi_out == 0)
		cursor_fail(&p->in, "outbound SPI");
}

/* Its number and connection come first, for it cannot be made without. NULL: reading failed. */
static struct child_sa *begin_child(struct pack *p, struct child_sa *child)
{
	struct connection *conn = child ? child->connection : NULL;
	uint32_t serial = child ? child->serial : 0;

	pack_u32(p, "child number", &serial);
	pack_connection(p, "child connection", &conn);
	if (!p->is_reading)
		return child;
	if (!pack_ok(p) || !conn || serial == 0) {
		cursor_fail(&p->in, "child connection");
		return NULL;
	}
	child = child_sa_new(serial, conn);
	if (!child)
		cursor_fail(&p->in, "memory");
	return child;
}

struct child_sa *pack_whole_child(struct pack *p, struct child_sa *child)
{
	child = begin_child(p, child);
	if (child)
		pack_child(p, child);
	if (!p->is_reading || pack_ok(p))
		return child;
	child_sa_free(child);
	return NULL;
}

void pack_slot_child(struct pack *p, struct ike_sa *ike)
{
	struct child_sa *child = ike->ours.scratch.child;
	uint32_t serial = child ? child->serial : 0;
	bool is_larval = child && child->phase < CHILD_ESTABLISHED;

	pack_bool(p, "larval child", &is_larval);
	if (is_larval) {
		child = pack_whole_child(p, child);
		if (p->is_reading && child) {
			child->phase = CHILD_LARVAL;
			ike_sa_adopt(ike, child);
			ike->ours.scratch.child = child;
		}
		return;
	}
	pack_u32(p, "child number", &serial);
	if (p->is_reading && serial)
		ike->ours.scratch.child = ike_child_by_serial(ike, serial);
}

/* Those that an exchange under way makes are not there yet. */
static bool is_kept(const struct ike_sa *ike, const struct child_sa *child)
{
	if (child->phase >= CHILD_ESTABLISHED)
		return true;
	if (child == ike->theirs.scratch.child ||
	    (ike->followup && child == ike->followup->scratch.child))
		return false;
	/* the peer has it, and so may the kernel */
	return child != ike->ours.scratch.child ||
	       (ike->ours.row && child->phase == CHILD_INSTALLING);
}

void pack_children(struct pack *p, struct ike_sa *ike)
{
	struct child_sa *child;
	uint8_t count = 0;

	if (!p->is_reading)
		list_each (child, &ike->children, struct child_sa, node)
			count += is_kept(ike, child);
	pack_u8(p, "children", &count);
	if (!p->is_reading) {
		list_each (child, &ike->children, struct child_sa, node) {
			if (!is_kept(ike, child))
				continue;
			if (child == ike->ours.scratch.child)
				child->replaces = ike->ours.scratch.old_serial;
			pack_whole_child(p, child);
		}
		return;
	}
	while (count-- > 0 && pack_ok(p)) {
		child = pack_whole_child(p, NULL);
		if (child)
			ike_sa_adopt(ike, child);
	}
}
