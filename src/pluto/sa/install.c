/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child SA as kernel operations (RFC 4301 4.4): inbound state first, then the policies of traffic
 * to us, then outbound. One batch, undone as one. Called by the exchanges' child steps.
 */
#include <string.h>

#include "sa/child_sa.h"
#include "sa/lifetime.h"

/* What a state in transport mode lets through: its pair, or of several the two hosts. */
static void state_selectors(const struct child_sa *child, struct selector *local,
			    struct selector *remote)
{
	child_first_pair(child, local, remote);
	if (selector_pairs_count(&child->ts_local, &child->ts_remote) < 2)
		return;
	local->protocol = remote->protocol = 0;
	local->start_port = remote->start_port = 0;
	local->end_port = remote->end_port = UINT16_MAX;
}

static void iface_name(const struct connection *c, struct kernel_iface *i)
{
	text_copy(i->name, sizeof(i->name), c->def->iface);
	i->if_id = c->def->if_id;
}

static void name_state(const struct child_sa *child, bool inbound, struct kernel_state *s)
{
	struct selector local, remote;

	s->direction = inbound ? KDIR_IN : KDIR_OUT;
	s->protocol = child_protocol(child->connection) == PROTOCOL_AH ? KPROTO_AH : KPROTO_ESP;
	s->tunnel = child->is_tunnel && !child_is_compressed(child);
	s->carries_tunnel = child->is_tunnel && child_is_compressed(child);
	s->iptfs.is_on = child->iptfs;
	s->src = inbound ? child->remote : child->local;
	s->dst = inbound ? child->local : child->remote;
	s->src_port = inbound ? child->remote_port : child->local_port;
	s->dst_port = inbound ? child->local_port : child->remote_port;
	s->tcp = child->is_in_tcp;
	s->spi = inbound ? child->spi_in : child->spi_out;
	s->reqid = child->reqid;
	s->if_id = child->connection->def->if_id;
	state_selectors(child, &local, &remote);
	s->src_selector = inbound ? remote : local;
	s->dst_selector = inbound ? local : remote;
}

/* IPComp's own state within (RFC 7296 2.22). It has no keys and no numbers. */
static void name_comp(const struct child_sa *child, bool inbound, struct kernel_state *s)
{
	name_state(child, inbound, s);
	s->outer = s->protocol;
	s->outer_spi = s->spi;
	s->protocol = KPROTO_COMP;
	s->spi = inbound ? child->cpi_in : child->cpi_out;
	s->tunnel = child->is_tunnel;
	s->carries_tunnel = false;
	s->src_port = s->dst_port = 0;
	s->tcp = false;
}

static void add_comp(const struct child_sa *child, bool inbound, struct kernel_batch *b)
{
	const struct conn_config *config = &child->connection->def->config;
	struct kernel_state *s;

	if (!child_is_compressed(child))
		return;
	s = &kernel_batch_add(b, KOP_ADD_STATE)->state;
	name_comp(child, inbound, s);
	s->no_encap_dscp = !config->encap_dscp;
	s->nopmtudisc = config->nopmtudisc;
}

static void delete_states(const struct child_sa *child, bool inbound, struct kernel_batch *b)
{
	name_state(child, inbound, &kernel_batch_add(b, KOP_DELETE_STATE)->state);
	if (inbound ? child->cpi_in != 0 : child_is_compressed(child))
		name_comp(child, inbound, &kernel_batch_add(b, KOP_DELETE_STATE)->state);
}

static void put_key(uint8_t *out, uint8_t *out_len, size_t size, struct slice key)
{
	if (key.len > size)
		return;
	if (key.len)
		memcpy(out, key.data, key.len);
	*out_len = (uint8_t)key.len;
}

static void put_iptfs(const struct child_sa *child, struct kernel_state *s)
{
	const struct conn_config *config = &child->connection->def->config;

	s->iptfs.no_fragments = child->iptfs_no_fragments || !config->iptfs_fragmentation;
	s->iptfs.packet_size = (uint32_t)config->iptfs_packet_size;
	s->iptfs.max_queue = (uint32_t)config->iptfs_max_queue_size;
	s->iptfs.init_delay_usec = (uint32_t)config->iptfs_init_delay_usec;
	s->iptfs.drop_time_usec = (uint32_t)config->iptfs_drop_time_usec;
	s->iptfs.reorder_window = (uint16_t)config->iptfs_reorder_window;
}

static void add_state(const struct child_sa *child, const struct child_keys *keys, bool inbound,
		      bool initiator_keys, struct kernel_batch *b)
{
	const struct conn_config *config = &child->connection->def->config;
	struct kernel_state *s = &kernel_batch_add(b, KOP_ADD_STATE)->state;

	name_state(child, inbound, s);
	s->encr = child->suite.encr;
	s->key_bits = child->suite.key_bits;
	s->integ = child->suite.integ;
	if (s->integ && s->integ->id == INTEG_HMAC_SHA2_256_128 && config->sha2_truncbug)
		s->integ_trunc_bits = 96;
	s->esn = child->suite.esn;
	s->decap_dscp = config->decap_dscp;
	s->no_encap_dscp = !config->encap_dscp;
	s->nopmtudisc = config->nopmtudisc;
	s->offload = (uint8_t)config->nic_offload;
	put_iptfs(child, s);
	if (!inbound && s->tunnel && !child->no_tfc)
		s->tfc_pad = (uint32_t)config->tfc;
	s->replay_window = (uint32_t)config->replay_window;
	s->hard_bytes = config->ipsec_max_bytes;
	s->soft_bytes = lifetime_soft_count(s->hard_bytes, config, initiator_keys != inbound,
					    child->spi_in);
	s->hard_packets = config->ipsec_max_packets;
	s->soft_packets = lifetime_soft_count(s->hard_packets, config, initiator_keys != inbound,
					      child->spi_in);
	put_key(s->encr_key, &s->encr_key_len, sizeof(s->encr_key),
		initiator_keys ? keys->encr_i : keys->encr_r);
	put_key(s->integ_key, &s->integ_key_len, sizeof(s->integ_key),
		initiator_keys ? keys->integ_i : keys->integ_r);
	add_comp(child, inbound, b);
}

/* What comes in clear from where a tunnel may be made is taken, if what goes out may be in clear too. */
static bool lets_in(const struct child_sa *child)
{
	const struct conn_config *config = &child->connection->def->config;

	return child->shunt == SHUNT_TRAP &&
	       child->connection->peer->host_kind == HOST_OPPORTUNISTIC &&
	       (config->failure_shunt == FAILURE_PASS ||
		config->negotiation_shunt == NEGOTIATION_PASS);
}

/* A mark of its own is the number that its policies are told apart by anyway. */
static void put_mark(const struct child_sa *child, struct kernel_policy *p)
{
	const struct conn_def *def = child->connection->def;
	const struct conn_mark *m = p->direction == KDIR_IN ? &def->mark_in : &def->mark_out;

	p->mark_mask = m->mask;
	p->mark = (m->is_own ? child->connection->reqid : m->value) & m->mask;
}

/* The policies of one direction: one for each pair of selectors. */
static void put_policies(const struct child_sa *child, bool inbound, enum kernel_op_kind kind,
			 struct kernel_batch *b)
{
	struct selector_pairs pairs = { .local = &child->ts_local, .remote = &child->ts_remote };
	const struct selector *local, *remote;

	while (selector_pairs_next(&pairs, &local, &remote)) {
		struct kernel_policy *p = &kernel_batch_add(b, kind)->policy;

		p->direction = inbound ? KDIR_IN : KDIR_OUT;
		p->action = child->shunt == SHUNT_PASS || (inbound && lets_in(child)) ? KPOLICY_PASS
			    : child->shunt == SHUNT_DROP                              ? KPOLICY_DROP
							 : KPOLICY_PROTECT;
		p->stays = child->connection->route && child->connection->def->config.fail_closed;
		p->protocol = child_protocol(child->connection) == PROTOCOL_AH ? KPROTO_AH
									       : KPROTO_ESP;
		p->tunnel = child->is_tunnel;
		p->compress = child_is_compressed(child);
		p->iptfs = child->iptfs && child->spi_out;
		p->src = inbound ? *remote : *local;
		p->dst = inbound ? *local : *remote;
		p->tunnel_src = inbound ? child->remote : child->local;
		p->tunnel_dst = inbound ? child->local : child->remote;
		p->reqid = child->reqid;
		p->priority = (uint32_t)child->connection->def->config.priority;
		p->if_id = child->connection->def->if_id;
		put_mark(child, p);
		if (p->action == KPOLICY_PROTECT &&
		    child->connection->def->config.nic_offload == NIC_OFFLOAD_PACKET)
			p->offload = NIC_OFFLOAD_PACKET;
	}
}

void child_batch_alloc(const struct child_sa *child, struct kernel_batch *b)
{
	*b = (struct kernel_batch){ 0 };
	name_state(child, true, &kernel_batch_add(b, KOP_ALLOC_SPI)->state);
	if (child->may_compress) {
		struct kernel_op *op = kernel_batch_add(b, KOP_ALLOC_SPI);

		name_comp(child, true, &op->state);
		op->is_optional = true;
	}
}

void child_batch_drop_cpi(const struct child_sa *child, struct kernel_batch *b)
{
	*b = (struct kernel_batch){ 0 };
	name_comp(child, true, &kernel_batch_add(b, KOP_DELETE_STATE)->state);
}

void child_batch_add_iface(const struct connection *c, struct kernel_batch *b)
{
	struct kernel_iface *i;

	if (!c->def->if_id)
		return;
	i = &kernel_batch_add(b, KOP_ADD_IFACE)->iface;
	iface_name(c, i);
	if (!c->us->interface_ip.address.family)
		return;
	i = &kernel_batch_add(b, KOP_ADD_ADDRESS)->iface;
	iface_name(c, i);
	i->address = c->us->interface_ip;
}

/* The kernel ends by itself the wait of a packet for a state just like its policy's. An instance's
 * state is not like its template's trap: of another reqid, perhaps in tunnel mode. */
static void end_acquire(const struct child_sa *child, struct kernel_batch *b)
{
	const struct connection *template = child->connection->template;
	struct kernel_op *op;

	if (!template || !template->route)
		return;
	op = kernel_batch_add(b, KOP_END_ACQUIRE);
	op->is_optional = true;
	name_state(child, false, &op->state);
	op->state.reqid = template->route->reqid;
	op->state.tunnel = template->route->is_tunnel;
	op->state.carries_tunnel = false;
}

void child_batch_install(const struct child_sa *child, const struct child_keys *keys,
			 bool is_initiator, bool with_out, struct kernel_batch *b)
{
	*b = (struct kernel_batch){ 0 };
	child_batch_add_iface(child->connection, b);
	add_state(child, keys, true, !is_initiator, b);
	put_policies(child, true, KOP_ADD_POLICY, b);
	if (with_out)
		add_state(child, keys, false, is_initiator, b);
	put_policies(child, false, KOP_ADD_POLICY, b);
	end_acquire(child, b);
}

void child_batch_out(const struct child_sa *child, struct kernel_batch *b)
{
	*b = (struct kernel_batch){ 0 };
	add_state(child, &child->keys, false, child->out_is_initiators, b);
}

void child_batch_adopt(const struct child_sa *child, struct kernel_batch *b)
{
	*b = (struct kernel_batch){ 0 };
	name_state(child, true, &kernel_batch_add(b, KOP_ADOPT_STATE)->state);
	if (child->has_out)
		name_state(child, false, &kernel_batch_add(b, KOP_ADOPT_STATE)->state);
	if (child_is_compressed(child)) {
		name_comp(child, true, &kernel_batch_add(b, KOP_ADOPT_STATE)->state);
		if (child->has_out)
			name_comp(child, false, &kernel_batch_add(b, KOP_ADOPT_STATE)->state);
	}
	child_batch_add_iface(child->connection, b);
}

void child_batch_remove_out(const struct child_sa *child, struct kernel_batch *b)
{
	*b = (struct kernel_batch){ 0 };
	if (child->has_out && child->spi_out)
		delete_states(child, false, b);
}

void child_batch_remove_in(const struct child_sa *child, struct kernel_batch *b)
{
	*b = (struct kernel_batch){ 0 };
	if (child->spi_in)
		delete_states(child, true, b);
}

void child_batch_remove(const struct child_sa *child, bool with_policies, struct kernel_batch *b)
{
	*b = (struct kernel_batch){ 0 };
	if (child->has_policies && with_policies) {
		put_policies(child, false, KOP_DELETE_POLICY, b);
		put_policies(child, true, KOP_DELETE_POLICY, b);
	}
	if (child->has_out && child->spi_out)
		delete_states(child, false, b);
}

static void move(const struct child_sa *child, bool inbound, const struct kernel_path *out,
		 struct kernel_batch *b)
{
	struct kernel_op *op = kernel_batch_add(b, KOP_MOVE_STATE);

	name_state(child, inbound, &op->state);
	op->to = *out;
	if (inbound)
		op->to = (struct kernel_path){ .src = out->dst,
					       .dst = out->src,
					       .src_port = out->dst_port,
					       .dst_port = out->src_port };
}

/* The kernel knows a state by its destination alone: where that stays, the new one cannot stand beside
 * the old one. */
static bool is_beside(const struct child_sa *child, const struct child_sa *old, bool inbound)
{
	return inbound ? !address_eq(&child->local, &old->local)
		       : !address_eq(&child->remote, &old->remote);
}

/* Of IPComp there is nothing to keep: a new state at the new addresses, and the old one goes, after
 * what needs it if it can. */
static void renew_comp(struct child_sa *child, const struct child_sa *old, bool is_over,
		       struct kernel_batch *b)
{
	if (!child_is_compressed(child) ||
	    (address_eq(&child->local, &old->local) && address_eq(&child->remote, &old->remote)))
		return;
	for (int inbound = 1; inbound >= !child->has_out; inbound--) {
		if (is_over == is_beside(child, old, inbound))
			name_comp(old, inbound, &kernel_batch_add(b, KOP_DELETE_STATE)->state);
		if (!is_over)
			add_comp(child, inbound, b);
	}
}

void child_batch_move(struct child_sa *child, const struct kernel_path *out, struct kernel_batch *b)
{
	const struct child_sa old = *child;

	move(child, true, out, b);
	if (child->has_out)
		move(child, false, out, b);
	if (child->placed.src.family == FAMILY_NONE)
		child->placed = (struct kernel_path){ .src = child->local,
						      .dst = child->remote,
						      .src_port = child->local_port,
						      .dst_port = child->remote_port };
	child->local = out->src;
	child->remote = out->dst;
	child->local_port = out->src_port;
	child->remote_port = out->dst_port;
	renew_comp(child, &old, false, b);
	if (child->has_policies)
		child_batch_add_policies(child, b);
	renew_comp(child, &old, true, b);
}

void child_batch_add_policies(const struct child_sa *child, struct kernel_batch *b)
{
	put_policies(child, true, KOP_ADD_POLICY, b);
	put_policies(child, false, KOP_ADD_POLICY, b);
}

void child_batch_add_counters(const struct child_sa *child, bool inbound, struct kernel_batch *b)
{
	name_state(child, inbound, &kernel_batch_add(b, KOP_GET_COUNTERS)->state);
}

void child_batch_counters(const struct child_sa *child, struct kernel_batch *b)
{
	*b = (struct kernel_batch){ 0 };
	name_state(child, true, &kernel_batch_add(b, KOP_GET_COUNTERS)->state);
	name_state(child, false, &kernel_batch_add(b, KOP_GET_COUNTERS)->state);
}

void child_batch_probe(const struct child_sa *child, struct kernel_batch *b)
{
	*b = (struct kernel_batch){ 0 };
	name_state(child, true, &kernel_batch_add(b, KOP_GET_COUNTERS)->state);
}
