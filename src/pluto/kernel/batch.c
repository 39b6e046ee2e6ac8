/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A batch on XFRM: the operations in order, one acknowledgement each. When one fails, those before
 * it are undone, the last first. Removals cannot be undone and never stop a batch: all that can go
 * goes, and the first failure is reported.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/xfrm.h"

struct undo {
	bool had_policy; /* this owner had one before: it comes back */
	bool was_orphan;
	struct kernel_policy policy;
};

static const char *const op_words[] = {
	[KOP_ALLOC_SPI] = "allocate an SPI",       [KOP_ADD_STATE] = "add the state",
	[KOP_DELETE_STATE] = "delete the state",   [KOP_ADD_POLICY] = "add the policy",
	[KOP_DELETE_POLICY] = "delete the policy", [KOP_GET_COUNTERS] = "read the state's counters",
	[KOP_ADD_IFACE] = "make the interface",    [KOP_DELETE_IFACE] = "remove the interface",
	[KOP_ADD_ADDRESS] = "add the address",     [KOP_DELETE_ADDRESS] = "remove the address",
	[KOP_MOVE_STATE] = "move the state",       [KOP_ADOPT_STATE] = "take the state over",
	[KOP_END_ACQUIRE] = "end the acquire",
};

static void remember(struct xfrm *x, const struct kernel_policy *p, struct undo *u)
{
	struct journal_entry *entry;
	struct journal_name name;
	struct xfrm_selector *list;
	size_t count;

	if (xfrm_selectors_of(&p->src, &p->dst, &list, &count) != 0)
		return;
	xfrm_policy_name(p, &list[0], p->direction == KDIR_OUT ? XFRM_POLICY_OUT : XFRM_POLICY_IN,
			 &name);
	free(list);
	entry = journal_find(x->journal, &name);
	/* what it was like in a former run nobody knows: the new one stays in its place */
	u->was_orphan = entry && entry->is_orphan;
	u->had_policy = entry != NULL;
	if (entry)
		u->policy = entry->policy;
}

static int run_op(struct xfrm *x, struct kernel_op *op, struct undo *u)
{
	int err;

	switch ((enum kernel_op_kind)op->kind) {
	case KOP_ALLOC_SPI:
		err = xfrm_sa_alloc_spi(x, &op->state, &op->spi);
		op->state.spi = op->spi;
		return err;
	case KOP_ADD_STATE:
		return xfrm_sa_add(x, &op->state);
	case KOP_DELETE_STATE:
		err = xfrm_sa_delete(x, xfrm_proto(op->state.protocol), &op->state.dst,
				     op->state.spi);
		return err == -ESRCH ? 0 : err;
	case KOP_ADD_POLICY:
		remember(x, &op->policy, u);
		return xfrm_policy_put(x, &op->policy);
	case KOP_DELETE_POLICY:
		err = xfrm_policy_delete(x, &op->policy);
		return err == -ENOENT ? 0 : err;
	case KOP_GET_COUNTERS:
		return xfrm_sa_counters(x, &op->state, &op->bytes, &op->packets);
	case KOP_ADD_IFACE:
		return xfrm_iface_add(x, &op->iface);
	case KOP_ADD_ADDRESS:
		return xfrm_address_add(x, &op->iface);
	case KOP_DELETE_IFACE:
		return xfrm_iface_delete(x, &op->iface);
	case KOP_DELETE_ADDRESS:
		return xfrm_address_delete(x, &op->iface);
	case KOP_ADOPT_STATE:
		err = xfrm_sa_adopt(x, &op->state, &op->bytes, &op->packets);
		op->spi = err ? 0 : op->state.spi;
		return err == -ESRCH ? 0 : err;
	case KOP_MOVE_STATE:
		return xfrm_sa_move(x, &op->state, &op->to);
	case KOP_END_ACQUIRE:
		return xfrm_sa_end_acquire(x, &op->state);
	}
	return -EINVAL;
}

static void move_back(struct xfrm *x, const struct kernel_op *op)
{
	struct kernel_state moved = op->state;
	const struct kernel_path from = { .src = moved.src,
					  .dst = moved.dst,
					  .src_port = moved.src_port,
					  .dst_port = moved.dst_port };

	moved.src = op->to.src;
	moved.dst = op->to.dst;
	moved.src_port = op->to.src_port;
	moved.dst_port = op->to.dst_port;
	(void)xfrm_sa_move(x, &moved, &from);
}

static void undo_op(struct xfrm *x, const struct kernel_op *op, const struct undo *u)
{
	switch ((enum kernel_op_kind)op->kind) {
	case KOP_ALLOC_SPI:
	case KOP_ADD_STATE:
		(void)xfrm_sa_delete(x, xfrm_proto(op->state.protocol), &op->state.dst,
				     op->state.spi);
		break;
	case KOP_ADD_POLICY:
		if (u->was_orphan)
			xfrm_policy_orphan(x, &op->policy);
		else if (u->had_policy)
			(void)xfrm_policy_put(x, &u->policy);
		else
			(void)xfrm_policy_delete(x, &op->policy);
		break;
	case KOP_MOVE_STATE:
		move_back(x, op);
		break;
	case KOP_ADD_IFACE:
		if (op->iface.is_new)
			(void)xfrm_iface_delete(x, &op->iface);
		break;
	case KOP_ADD_ADDRESS:
		if (op->iface.is_new)
			(void)xfrm_address_delete(x, &op->iface);
		break;
	case KOP_DELETE_STATE:
	case KOP_DELETE_POLICY:
	case KOP_DELETE_IFACE:
	case KOP_DELETE_ADDRESS:
	case KOP_GET_COUNTERS:
	case KOP_ADOPT_STATE:
	case KOP_END_ACQUIRE:
		break;
	}
}

static bool is_comp(const struct kernel_op *op)
{
	return op->kind <= KOP_DELETE_STATE && op->state.protocol == KPROTO_COMP;
}

static const char *hint(const struct kernel_op *op, int err)
{
	switch (err) {
	case EPROTONOSUPPORT:
		return is_comp(op) ? " (the kernel has no IPComp: load ipcomp and deflate)"
				   : " (the kernel has no ESP)";
	case ENOSYS:
	case ENOENT:
		return " (the kernel lacks the algorithm)";
	case EEXIST:
		return op->kind == KOP_ADD_IFACE ? " (one of that name is something else)"
						 : " (another program's is there)";
	case EPFNOSUPPORT:
		return op->kind == KOP_ALLOC_SPI
			       ? " (the kernel has no IP-TFS, CONFIG_XFRM_IPTFS, since Linux 6.14)"
			       : " (the kernel has no XFRM interfaces: load xfrm_interface)";
	case ENODEV:
		return op->kind == KOP_ADD_STATE || op->kind == KOP_ADD_POLICY
			       ? " (no interface has our address: --nic-offload)"
		       : op->kind == KOP_ADD_IFACE
			       ? " (ipsec-interface-managed=no: make it yourself, ip link add)"
			       : "";
	case EINVAL:
		return (op->kind == KOP_ADD_STATE && op->state.offload)
			       ? " (the network card does not offload it: --nic-offload)"
			       : "";
	case EPROTOTYPE:
		return " (the kernel has no ESP in TCP: IKE alone goes over TCP; let UDP 4500 pass)";
	case EOPNOTSUPP:
		return " (the selectors are too many prefixes and masks)";
	}
	return "";
}

static void describe(struct kernel_batch *b, uint16_t at, int err)
{
	const struct kernel_op *op = &b->ops[at];
	bool is_known = op->kind < ARRAY_LEN(op_words);

	snprintf(b->failed_text, sizeof(b->failed_text), "cannot %s: %s%s",
		 is_known ? op_words[op->kind] : "do that", strerror(-err), hint(op, -err));
}

static void fail(struct kernel_batch *b, uint16_t at, int err)
{
	b->failed_errno = -err;
	b->failed_at = at;
	describe(b, at, err);
}

static bool is_removal(const struct kernel_op *op)
{
	return op->kind == KOP_DELETE_STATE || op->kind == KOP_DELETE_POLICY ||
	       op->kind == KOP_DELETE_IFACE || op->kind == KOP_DELETE_ADDRESS;
}

#define REMOVAL_TRIES 3

/* A policy that is not removed holds traffic without an SA: a kernel that is short of memory for the
 * moment is asked again, here, before anything else is put in its place. */
static int run_op_surely(struct xfrm *x, struct kernel_op *op, struct undo *u)
{
	int err = run_op(x, op, u);

	for (int i = 1; i < REMOVAL_TRIES && is_removal(op); i++) {
		if (err != -ENOMEM && err != -ENOBUFS && err != -EAGAIN)
			break;
		err = run_op(x, op, u);
	}
	return err;
}

void xfrm_run(struct kernel_backend *k, struct kernel_batch *b)
{
	struct xfrm *x = container_of(k, struct xfrm, backend);
	struct undo *undos = calloc(b->count ? b->count : 1, sizeof(*undos));

	b->failed_errno = 0;
	b->failed_text[0] = '\0';
	if (!undos) {
		fail(b, 0, -ENOMEM);
		return;
	}
	for (uint16_t i = 0; i < b->count; i++) {
		int err = run_op_surely(x, &b->ops[i], &undos[i]);

		if (err == 0)
			continue;
		if (b->ops[i].is_optional) {
			b->ops[i].spi = 0;
			describe(b, i, err);
			continue;
		}
		if (b->failed_errno == 0)
			fail(b, i, err);
		if (is_removal(&b->ops[i]))
			continue;
		while (i-- > 0)
			undo_op(x, &b->ops[i], &undos[i]);
		break;
	}
	free(undos);
}
