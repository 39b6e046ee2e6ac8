/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mock kernel: states and policies of one host. Operations run in order; when one that makes
 * something fails, those before it are undone in reverse; removals never stop a batch
 * (port/kernel_ops.h). It can fail its n-th operation or fail at random.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static struct mock_state *find(struct mock_kernel *k, const struct address *dst, uint32_t spi,
			       bool is_comp)
{
	for (size_t i = 0; i < k->state_count; i++) {
		const struct kernel_state *s = &k->states[i].state;

		if (s->spi == spi && (s->protocol == KPROTO_COMP) == is_comp &&
		    address_eq(&s->dst, dst))
			return &k->states[i];
	}
	return NULL;
}

struct mock_state *mock_state_find(struct mock_kernel *k, const struct address *dst, uint32_t spi)
{
	return find(k, dst, spi, false);
}

struct mock_state *mock_comp_find(struct mock_kernel *k, const struct address *dst, uint32_t cpi)
{
	return find(k, dst, cpi, true);
}

static struct mock_state *find_named(struct mock_kernel *k, const struct kernel_state *name)
{
	return find(k, &name->dst, name->spi, name->protocol == KPROTO_COMP);
}

static struct kernel_policy *policy_find(struct mock_kernel *k, const struct kernel_policy *p)
{
	for (size_t i = 0; i < k->policy_count; i++) {
		struct kernel_policy *q = &k->policies[i];

		if (q->direction == p->direction && q->reqid == p->reqid &&
		    selector_eq(&q->src, &p->src) && selector_eq(&q->dst, &p->dst))
			return q;
	}
	return NULL;
}

static int alloc_spi(struct sim *s, struct mock_kernel *k, struct kernel_op *op)
{
	bool is_comp = op->state.protocol == KPROTO_COMP;

	if (is_comp && k->cpi < 0)
		return EPROTONOSUPPORT;
	if (k->state_count == MOCK_STATES)
		return ENOMEM;
	do
		op->spi = 256 + (uint32_t)prng_below(&s->rng, is_comp ? 61184 : 0xfffff000u);
	while (find(k, &op->state.dst, op->spi, is_comp));
	if (is_comp && k->cpi)
		op->spi = (uint32_t)k->cpi;
	if (!is_comp && k->spi) {
		op->spi = k->spi;
		k->spi = 0;
	}
	op->state.spi = op->spi;
	k->states[k->state_count++] = (struct mock_state){ .state = op->state, .is_larval = true };
	return 0;
}

/* A packet waits no more for just such an outbound state (xfrm_state_add in the kernel). */
static void end_acquires(struct mock_kernel *k, const struct kernel_state *st)
{
	for (size_t i = k->acquire_count; i-- > 0;) {
		const struct mock_acquire *a = &k->acquires[i];

		if (st->direction == KDIR_OUT && address_eq(&a->dst, &st->dst) &&
		    a->reqid == st->reqid && a->tunnel == st->tunnel)
			k->acquires[i] = k->acquires[--k->acquire_count];
	}
}

static int add_state(struct sim *s, uint8_t host, uint64_t owner, struct kernel_op *op)
{
	struct mock_kernel *k = &s->hosts[host].kernel;
	struct mock_state *old = find_named(k, &op->state);
	bool is_comp = op->state.protocol == KPROTO_COMP;

	if (old && !old->is_larval)
		return EEXIST;
	if (!is_comp && ((!op->state.encr && op->state.protocol != KPROTO_AH) ||
			 op->state.encr_key_len + op->state.integ_key_len == 0))
		return EINVAL;
	if (op->state.spi < 256 || (is_comp && op->state.spi > UINT16_MAX))
		return EINVAL;
	if (!is_comp)
		check_install(s, host, owner, &op->state);
	if (!old && k->state_count == MOCK_STATES)
		return ENOMEM;
	if (!old)
		old = &k->states[k->state_count++];
	*old = (struct mock_state){ .state = op->state, .order = ++k->made };
	end_acquires(k, &op->state);
	return 0;
}

static int adopt_state(struct mock_kernel *k, struct kernel_op *op)
{
	struct mock_state *st = find_named(k, &op->state);

	op->spi = st ? op->state.spi : 0;
	if (!st)
		return 0;
	st->is_orphan = false;
	op->packets = st->packets;
	op->bytes = st->packets * 100;
	return 0;
}

static int delete_state(struct mock_kernel *k, const struct kernel_state *name)
{
	struct mock_state *st = find_named(k, name);

	if (!st)
		return 0;
	*st = k->states[--k->state_count];
	return 0;
}

static void take_policy(struct mock_kernel *k, struct kernel_policy *p)
{
	size_t after = k->policy_count - (size_t)(p - k->policies) - 1;

	memmove(p, p + 1, after * sizeof(*p));
	memmove(&k->orphans[p - k->policies], &k->orphans[p - k->policies + 1], after);
	k->policy_count--;
}

static bool is_top(const struct mock_kernel *k, const struct kernel_policy *p)
{
	for (const struct kernel_policy *q = p + 1; q < k->policies + k->policy_count; q++)
		if (q->direction == p->direction && selector_eq(&q->src, &p->src) &&
		    selector_eq(&q->dst, &p->dst))
			return false;
	return true;
}

static int put_policy(struct mock_kernel *k, const struct kernel_policy *p)
{
	struct kernel_policy *old = policy_find(k, p);

	if (!old && k->policy_count == MOCK_STATES)
		return ENOMEM;
	/* of several owners the one that put it last stands on top */
	if (old && is_top(k, old)) {
		*old = *p;
		k->orphans[old - k->policies] = false;
		return 0;
	}
	if (old)
		take_policy(k, old);
	k->orphans[k->policy_count] = false;
	k->policies[k->policy_count++] = *p;
	return 0;
}

static int delete_policy(struct mock_kernel *k, const struct kernel_policy *p)
{
	struct kernel_policy *old = policy_find(k, p);

	if (old)
		take_policy(k, old);
	return 0;
}

static int move_state(struct mock_kernel *k, const struct kernel_state *name,
		      const struct kernel_path *to)
{
	struct mock_state *st = mock_state_find(k, &name->dst, name->spi);

	if (!st || st->is_larval || !address_eq(&st->state.src, &name->src))
		return ESRCH;
	if (st->state.src_port && !to->src_port)
		return EOPNOTSUPP;
	st->state.src = to->src;
	st->state.dst = to->dst;
	st->state.src_port = to->src_port;
	st->state.dst_port = to->dst_port;
	return 0;
}

/* An interface, or of the ADDRESS operations an address on one. */
static struct kernel_iface *iface_find(struct mock_kernel *k, const struct kernel_iface *name)
{
	for (size_t i = 0; i < k->iface_count; i++)
		if (strcmp(k->ifaces[i].name, name->name) == 0 &&
		    address_eq(&k->ifaces[i].address.address, &name->address.address))
			return &k->ifaces[i];
	return NULL;
}

static int add_iface(struct mock_kernel *k, struct kernel_iface *iface)
{
	struct kernel_iface bare = *iface, *old = iface_find(k, iface);

	iface->is_new = !old;
	if (old) {
		k->iface_orphans[old - k->ifaces] = false;
		return 0;
	}
	bare.address = (struct subnet){ 0 };
	if (iface->address.address.family && !iface_find(k, &bare))
		return ENODEV;
	if (k->iface_count == MOCK_IFACES)
		return ENOMEM;
	k->iface_orphans[k->iface_count] = false;
	k->ifaces[k->iface_count++] = *iface;
	return 0;
}

/* An interface takes its addresses along. */
static int delete_iface(struct mock_kernel *k, const struct kernel_iface *iface)
{
	for (size_t i = k->iface_count; i-- > 0;)
		if (strcmp(k->ifaces[i].name, iface->name) == 0 &&
		    (!iface->address.address.family ||
		     address_eq(&k->ifaces[i].address.address, &iface->address.address))) {
			k->iface_orphans[i] = k->iface_orphans[--k->iface_count];
			k->ifaces[i] = k->ifaces[k->iface_count];
		}
	return 0;
}

static bool is_removal(const struct kernel_op *op)
{
	return op->kind == KOP_DELETE_STATE || op->kind == KOP_DELETE_POLICY ||
	       op->kind == KOP_DELETE_IFACE || op->kind == KOP_DELETE_ADDRESS;
}

static uint64_t packets_now(const struct sim *s, const struct mock_kernel *k, uint8_t direction)
{
	uint64_t since = k->traffic_since[direction];

	return k->packets[direction] + (since ? (s->now_usec - since) / USEC_PER_MSEC : 0);
}

void mock_traffic(struct sim *s, uint8_t host, uint8_t direction, bool flows)
{
	struct mock_kernel *k = &s->hosts[host].kernel;

	k->packets[direction] = packets_now(s, k, direction);
	k->traffic_since[direction] = flows ? s->now_usec : 0;
}

static int run_op(struct sim *s, uint8_t host, uint64_t owner, struct kernel_op *op)
{
	struct mock_kernel *k = &s->hosts[host].kernel;
	struct mock_state *st;

	k->operations++;
	/* a removal is tried again at once */
	if (k->fail_at && --k->fail_at == 0 && !is_removal(op))
		return ENOBUFS;
	if (k->fail_every && !is_removal(op) && prng_chance(&s->rng, k->fail_every))
		return ENOMEM;
	switch ((enum kernel_op_kind)op->kind) {
	case KOP_ALLOC_SPI:
		return alloc_spi(s, k, op);
	case KOP_ADD_STATE:
		return add_state(s, host, owner, op);
	case KOP_DELETE_STATE:
		return delete_state(k, &op->state);
	case KOP_ADD_POLICY:
		return put_policy(k, &op->policy);
	case KOP_DELETE_POLICY:
		return delete_policy(k, &op->policy);
	case KOP_ADD_IFACE:
	case KOP_ADD_ADDRESS:
		return add_iface(k, &op->iface);
	case KOP_DELETE_IFACE:
	case KOP_DELETE_ADDRESS:
		return delete_iface(k, &op->iface);
	case KOP_MOVE_STATE:
		return move_state(k, &op->state, &op->to);
	case KOP_ADOPT_STATE:
		return adopt_state(k, op);
	case KOP_END_ACQUIRE:
		end_acquires(k, &op->state);
		return 0;
	case KOP_GET_COUNTERS:
		st = mock_state_find(k, &op->state.dst, op->state.spi);
		op->packets = packets_now(s, k, op->state.direction) + (st ? st->packets : 0);
		op->bytes = op->packets * 100;
		return st && !st->is_larval ? 0 : ESRCH;
	}
	return EINVAL;
}

struct before {
	bool had_policy, was_orphan;
	struct kernel_policy policy;
};

static void move_back(struct mock_kernel *k, const struct kernel_op *op)
{
	struct mock_state *st = mock_state_find(k, &op->to.dst, op->state.spi);

	if (!st)
		return;
	st->state.src = op->state.src;
	st->state.dst = op->state.dst;
	st->state.src_port = op->state.src_port;
	st->state.dst_port = op->state.dst_port;
}

static void put_back(struct mock_kernel *k, const struct before *b)
{
	put_policy(k, &b->policy);
	k->orphans[policy_find(k, &b->policy) - k->policies] = b->was_orphan;
}

static void undo_op(struct mock_kernel *k, const struct kernel_op *op, const struct before *b)
{
	if (op->kind == KOP_ALLOC_SPI || op->kind == KOP_ADD_STATE)
		delete_state(k, &op->state);
	else if (op->kind == KOP_MOVE_STATE)
		move_back(k, op);
	else if ((op->kind == KOP_ADD_IFACE || op->kind == KOP_ADD_ADDRESS) && op->iface.is_new)
		delete_iface(k, &op->iface);
	else if (op->kind == KOP_ADD_POLICY && b->had_policy)
		put_back(k, b);
	else if (op->kind == KOP_ADD_POLICY)
		delete_policy(k, &op->policy);
}

void mock_run(struct sim *s, uint8_t host, uint64_t owner, struct kernel_batch *b)
{
	struct mock_kernel *k = &s->hosts[host].kernel;
	struct before *before = calloc(b->count ? b->count : 1, sizeof(*before));

	if (!before)
		abort();
	b->failed_errno = 0;
	for (uint16_t i = 0; i < b->count; i++) {
		struct kernel_op *op = &b->ops[i];
		int err;

		if (op->kind == KOP_ADD_POLICY) {
			struct kernel_policy *p = policy_find(k, &op->policy);

			before[i].had_policy = p != NULL;
			if (p) {
				before[i].policy = *p;
				before[i].was_orphan = k->orphans[p - k->policies];
			}
		}
		err = run_op(s, host, owner, op);
		check_routes(s, host);
		if (err == 0)
			continue;
		if (op->is_optional) {
			op->spi = 0;
			snprintf(b->failed_text, sizeof(b->failed_text), "operation %u: %s", i,
				 strerror(err));
			continue;
		}
		if (b->failed_errno == 0) {
			b->failed_errno = err;
			b->failed_at = i;
			snprintf(b->failed_text, sizeof(b->failed_text), "operation %u: %s", i,
				 strerror(err));
		}
		if (is_removal(op))
			continue;
		while (i-- > 0)
			undo_op(k, &b->ops[i], &before[i]);
		break;
	}
	free(before);
}

void mock_undo(struct mock_kernel *k, const struct kernel_batch *b)
{
	const struct before none = { 0 };

	for (uint16_t i = b->count; i-- > 0;)
		if (b->failed_errno == 0)
			undo_op(k, &b->ops[i], &none);
}

bool mock_has_policy(const struct mock_kernel *k, const struct selector *src,
		     const struct selector *dst, uint8_t direction, uint8_t *action)
{
	for (size_t i = k->policy_count; i-- > 0;) {
		const struct kernel_policy *p = &k->policies[i];

		if (p->direction != direction || !selector_eq(&p->src, src) ||
		    !selector_eq(&p->dst, dst))
			continue;
		*action = p->action;
		return true;
	}
	return false;
}

/* As the kernel does: the narrower, the sooner. */
static const struct kernel_policy *policy_of(const struct mock_kernel *k,
					     const struct selector *src, const struct selector *dst,
					     uint32_t if_id, uint32_t mark)
{
	const struct kernel_policy *best = NULL;
	int best_bits = -1;

	for (size_t i = 0; i < k->policy_count; i++) {
		const struct kernel_policy *p = &k->policies[i];
		int bits = selector_prefix_bits(&p->src) + selector_prefix_bits(&p->dst);

		if (p->direction == KDIR_OUT && selector_contains(&p->src, src) &&
		    p->if_id == if_id && (mark & p->mark_mask) == p->mark &&
		    selector_contains(&p->dst, dst) && bits >= best_bits) {
			best = p;
			best_bits = bits;
		}
	}
	return best;
}

/* As the kernel does: one for each template, of the template's mode. */
static bool has_out_state(const struct mock_kernel *k, const struct kernel_policy *p, bool is_comp)
{
	for (size_t i = 0; i < k->state_count; i++) {
		const struct kernel_state *s = &k->states[i].state;

		if (!k->states[i].is_larval && s->direction == KDIR_OUT && s->reqid == p->reqid &&
		    (s->protocol == KPROTO_COMP) == is_comp &&
		    s->tunnel == (p->tunnel && (is_comp || !p->compress)) &&
		    s->carries_tunnel == (p->tunnel && p->compress && !is_comp))
			return true;
	}
	return false;
}

/* Told of each time, which no kernel does, but kept once. */
static void keep_acquire(struct mock_kernel *k, const struct kernel_policy *p,
			 const struct selector *dst)
{
	const struct address *to = p->tunnel ? &p->tunnel_dst : &dst->range.start;

	for (size_t i = 0; i < k->acquire_count; i++) {
		const struct mock_acquire *a = &k->acquires[i];

		if (a->reqid == p->reqid && a->tunnel == p->tunnel && address_eq(&a->dst, to))
			return;
	}
	if (k->acquire_count < MOCK_ACQUIRES)
		k->acquires[k->acquire_count++] = (struct mock_acquire){ p->reqid, p->tunnel, *to };
}

const char *mock_packet(struct sim *s, uint8_t host, const char *ends)
{
	struct mock_kernel *k = &s->hosts[host].kernel;
	struct kernel_event e = { .kind = KERNEL_ACQUIRE };
	const struct kernel_policy *p;
	char a[ADDRESS_TEXT_LEN], b[ADDRESS_TEXT_LEN];
	unsigned if_id = 0, mark = 0;
	int used = 0;

	/* "7 a b": through ipsec7; "m16 a b": with that mark */
	if (ends[0] == 'm' && sscanf(ends, "m%u %n", &mark, &used) == 1)
		ends += used;
	else if (strspn(ends, "0123456789") == strcspn(ends, " ") &&
		 sscanf(ends, "%u %n", &if_id, &used) == 1)
		ends += used;
	if (sscanf(ends, "%45s %45s", a, b) != 2 || !address_parse(a, &e.src.range.start) ||
	    !address_parse(b, &e.dst.range.start)) {
		sim_fail(s, "no packet: %s", ends);
		return "";
	}
	e.src.range.end = e.src.range.start;
	e.dst.range.end = e.dst.range.start;
	e.src.protocol = e.dst.protocol = 17;
	e.src.start_port = e.src.end_port = 1234;
	e.dst.start_port = e.dst.end_port = 53;
	p = policy_of(k, &e.src, &e.dst, if_id, mark);
	if (!p)
		return "clear";
	if (p->action != KPOLICY_PROTECT)
		return p->action == KPOLICY_PASS ? "pass" : "drop";
	if (has_out_state(k, p, false) && (!p->compress || has_out_state(k, p, true)))
		return "protect";
	e.reqid = p->reqid;
	keep_acquire(k, p, &e.dst);
	mock_tell(s, host, &e);
	return "wait";
}

void mock_tell(struct sim *s, uint8_t host, const struct kernel_event *k)
{
	static const uint8_t kinds[] = {
		[KERNEL_ACQUIRE] = EVENT_ACQUIRE,
		[KERNEL_EXPIRE] = EVENT_EXPIRE,
		[KERNEL_MAPPING] = EVENT_MAPPING,
		[KERNEL_STATE_GONE] = EVENT_KERNEL_CHANGED,
		[KERNEL_POLICY_PUT] = EVENT_KERNEL_CHANGED,
	};
	struct pending *p = sim_post(s, host, kinds[k->kind], 0);

	p->kernel = *k;
	p->event.kernel = &p->kernel;
}

static void tell_of(struct sim *s, uint8_t host, const struct mock_state *st, uint8_t kind,
		    bool is_hard)
{
	const struct kernel_event k = { .kind = kind,
					.state_dst = st->state.dst,
					.spi = st->state.spi,
					.reqid = st->state.reqid,
					.is_hard = is_hard };

	mock_tell(s, host, &k);
}

void mock_flush_states(struct sim *s, uint8_t host, size_t only)
{
	struct mock_kernel *k = &s->hosts[host].kernel;

	for (size_t i = k->state_count; i-- > 0;) {
		if (only && i != only - 1)
			continue;
		tell_of(s, host, &k->states[i], KERNEL_STATE_GONE, false);
		k->states[i] = k->states[--k->state_count];
	}
}

void mock_expire(struct sim *s, uint8_t host, size_t i, bool is_hard)
{
	struct mock_kernel *k = &s->hosts[host].kernel;

	if (i < k->state_count)
		tell_of(s, host, &k->states[i], KERNEL_EXPIRE, is_hard);
}

void mock_dump(const struct mock_kernel *k, char *out, size_t size)
{
	struct text t = text_over(out, size);
	char a[SELECTOR_TEXT_LEN], b[SELECTOR_TEXT_LEN], dst[ADDRESS_TEXT_LEN];

	for (size_t i = 0; i < k->state_count; i++) {
		const struct mock_state *st = &k->states[i];

		text_add(&t,
			 st->state.protocol == KPROTO_COMP ? "comp %s 0x%04x%s\n"
							   : "state %s 0x%08x%s\n",
			 address_format(&st->state.dst, dst, sizeof(dst)), st->state.spi,
			 st->is_larval ? " larval" : "");
	}
	for (size_t i = 0; i < k->policy_count; i++) {
		const struct kernel_policy *p = &k->policies[i];

		text_add(&t, "%s %s %s > %s reqid %u%s\n",
			 p->action == KPOLICY_PASS   ? "pass"
			 : p->action == KPOLICY_DROP ? "drop"
						     : "policy",
			 p->direction == KDIR_OUT ? "out" : "in",
			 selector_format(&p->src, a, sizeof(a)),
			 selector_format(&p->dst, b, sizeof(b)), p->reqid,
			 p->compress ? " comp" : "");
		if (p->if_id || p->mark_mask)
			text_add(&t, "  if_id %u mark %u/%u\n", p->if_id, p->mark, p->mark_mask);
	}
}

void mock_count(struct sim *s, uint8_t host, struct mock_state *st)
{
	uint64_t octets = ++st->packets * 100;

	if (st->packets == st->state.soft_packets ||
	    (st->state.soft_bytes && octets - 100 < st->state.soft_bytes &&
	     octets >= st->state.soft_bytes))
		tell_of(s, host, st, KERNEL_EXPIRE, false);
	if (st->packets == st->state.hard_packets ||
	    (st->state.hard_bytes && octets - 100 < st->state.hard_bytes &&
	     octets >= st->state.hard_bytes))
		tell_of(s, host, st, KERNEL_EXPIRE, true);
}
