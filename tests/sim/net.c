/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual network: latency, loss, duplication, reordering by jitter, corruption, partition, and
 * faults that are aimed at the n-th datagram of a kind. Every datagram is captured, so that a
 * scenario can send it again and the checks can look at all that went over the wire.
 */
#include <stdlib.h>
#include <string.h>

#include "craft.h"

static int host_of(const struct sim *s, const struct address *a)
{
	for (int i = 0; i < HOSTS; i++)
		for (size_t k = 0; k < s->hosts[i].address_count; k++)
			if (address_eq(&s->hosts[i].addresses[k], a) && !s->net.box.behind[i])
				return i;
	return -1;
}

static void digest_add(struct net *n, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++)
		n->digest = (n->digest ^ p[i]) * 0x100000001b3u;
}

static void deliver(struct sim *s, const struct endpoint *from, const struct endpoint *to,
		    bool natt, struct slice data, uint64_t delay_usec)
{
	int host = host_of(s, &to->address);
	struct endpoint inner = *to;
	struct pending *p;
	uint8_t behind;

	if (host < 0 && nat_in(s, to, &behind, &inner))
		host = behind;
	if (host < 0)
		return;
	p = sim_post(s, (uint8_t)host, EVENT_PACKET, delay_usec);
	p->event.local = inner;
	p->event.remote = *from;
	p->event.natt = natt;
	if (!bytes_copy(data, &p->data))
		abort();
}

void net_inject(struct sim *s, const struct endpoint *from, const struct endpoint *to,
		struct slice data, uint64_t delay_usec)
{
	deliver(s, from, to, false, data, delay_usec);
}

struct fault *net_fault(struct sim *s, struct fault f)
{
	struct fault *slot = &s->net.faults[s->net.fault_count];

	if (s->net.fault_count == FAULTS) {
		sim_fail(s, "too many faults in one scenario");
		return &s->net.faults[0];
	}
	s->net.fault_count++;
	*slot = f;
	return slot;
}

static bool fault_hits(struct fault *f, uint8_t from, struct slice data)
{
	bool response = data.len > 19 && (data.data[19] & FLAG_RESPONSE);

	if (f->from != ANY_HOST && f->from != from)
		return false;
	if (f->exchange && (data.len < 19 || data.data[18] != f->exchange))
		return false;
	if (f->which != WHICH_ANY && response != (f->which == WHICH_RESPONSES))
		return false;
	f->seen++;
	if (f->seen < f->first || f->seen >= f->first + f->count)
		return false;
	f->hits++;
	return true;
}

static void keep(struct sim *s, uint8_t from, const struct action *a)
{
	struct net *n = &s->net;
	struct capture *c;

	if (n->capture_count == n->capture_size) {
		n->capture_size = n->capture_size ? n->capture_size * 2 : 64;
		c = realloc(n->captures, n->capture_size * sizeof(*c));
		if (!c)
			abort();
		n->captures = c;
	}
	c = &n->captures[n->capture_count++];
	*c = (struct capture){
		.local = a->local, .remote = a->remote, .from = from, .at_usec = s->now_usec
	};
	if (!bytes_copy(bytes_slice(&a->data), &c->data))
		abort();
	digest_add(n, &s->now_usec, sizeof(s->now_usec));
	digest_add(n, a->data.data, a->data.len);
}

/* One bit of the last byte: the integrity check value's, or a payload's of IKE_SA_INIT. */
static void corrupt(struct sim *s, struct bytes *data, bool at_end)
{
	size_t at = at_end ? data->len - 1 : prng_below(&s->rng, data->len);

	if (data->len)
		data->data[at] ^= (uint8_t)(1u << prng_below(&s->rng, 8));
}

struct fate {
	bool dropped;
	uint64_t delay_usec;
	uint64_t again_usec; /* 0: no copy */
};

static struct fate chance(struct sim *s, struct bytes *data)
{
	struct net *n = &s->net;
	struct fate f = { .delay_usec = n->latency_usec };

	if (n->jitter_usec)
		f.delay_usec += prng_below(&s->rng, n->jitter_usec);
	f.dropped = n->partitioned || (n->loss && prng_chance(&s->rng, n->loss));
	if (n->duplication && prng_chance(&s->rng, n->duplication))
		f.again_usec = f.delay_usec + prng_below(&s->rng, 3 * USEC_PER_SEC);
	if (n->corruption && prng_chance(&s->rng, n->corruption))
		corrupt(s, data, false);
	return f;
}

static bool is_address_of(const struct host *h, const struct address *a)
{
	for (size_t i = 0; i < h->address_count; i++)
		if (address_eq(&h->addresses[i], a))
			return true;
	return false;
}

void net_send(struct sim *s, uint8_t from, const struct action *a)
{
	cleanup(bytes_cleanup) struct bytes data = { 0 };
	struct fate fate;
	struct endpoint source = nat_out(s, from, &a->local);

	if (a->is_keepalive) {
		s->net.keepalives++;
		return;
	}
	if (!is_address_of(&s->hosts[from], &a->local.address))
		return; /* the system has no such address to send from */
	keep(s, from, a);
	check_datagram(s, s->net.capture_count - 1);
	if (!bytes_copy(bytes_slice(&a->data), &data))
		abort();
	fate = chance(s, &data);
	fate.dropped |= s->net.no_udp && !a->remote.tcp;
	if (s->net.mtu && data.len + (a->natt ? 32 : 28) > s->net.mtu) {
		fate.dropped = true;
		if (s->net.tells_too_long)
			sim_post(s, from, EVENT_TOO_LONG, 0)->event.owner = a->owner;
	}
	for (size_t i = 0; i < s->net.fault_count; i++) {
		struct fault *f = &s->net.faults[i];

		if (!fault_hits(f, from, bytes_slice(&data)))
			continue;
		if (f->kind == FAULT_DROP)
			fate.dropped = true;
		else if (f->kind == FAULT_DUPLICATE)
			fate.again_usec = fate.delay_usec + f->usec + 1;
		else if (f->kind == FAULT_DELAY)
			fate.delay_usec += f->usec;
		else if (f->kind == FAULT_CORRUPT)
			corrupt(s, &data, true);
		else if (f->kind == FAULT_TRUNCATE)
			data.len /= 2;
		else if (f->kind == FAULT_REWRITE && !rewrite(s, from, f, &data))
			sim_fail(s, "a datagram to be rewritten cannot be opened");
	}
	if (!fate.dropped)
		deliver(s, &source, &a->remote, a->natt, bytes_slice(&data), fate.delay_usec);
	if (fate.again_usec)
		deliver(s, &source, &a->remote, a->natt, bytes_slice(&data), fate.again_usec);
}

void net_free(struct net *n)
{
	for (size_t i = 0; i < n->capture_count; i++)
		bytes_free(&n->captures[i].data);
	free(n->captures);
	*n = (struct net){ 0 };
}
