/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tombstones: of an IKE SA that ended after a protected answer of ours, its SPIs and that answer are
 * kept for a minute (RFC 7296 1.4.1, 2.1): the answer may have been lost. Bounded in number and in
 * how often one answers; the answer goes where the peer was, not where the question came from.
 */
#include <stdlib.h>

#include "core/contact.h"

#define KEEP_USEC (60 * USEC_PER_SEC)
#define TOMBSTONES_MAX 4096
#define ANSWERS_PER_SEC 5

struct tombstone {
	struct table_node node; /* by our SPI */
	struct list list;       /* in core.tombstones, the oldest first */
	uint64_t spi_i, spi_r;
	bool was_initiator, natt;
	uint32_t message_id; /* of the answer */
	struct endpoint local, remote;
	struct bytes reply;
	uint64_t expires_usec, credit_usec;
	uint8_t answers;
};

static uint64_t spi_hash(const struct core *c, uint64_t our_spi)
{
	return table_hash(&c->by_tombstone, slice(&our_spi, sizeof(our_spi)));
}

static uint64_t our_spi(const struct tombstone *t)
{
	return t->was_initiator ? t->spi_i : t->spi_r;
}

static void tombstone_free(struct core *c, struct tombstone *t)
{
	table_remove(&c->by_tombstone, &t->node);
	list_remove(&t->list);
	c->tombstone_count--;
	bytes_free(&t->reply);
	free(t);
}

static struct tombstone *oldest(const struct core *c)
{
	return list_first((struct list *)&c->tombstones, struct tombstone, list);
}

void tombstone_add(struct core *c, struct ike_sa *ike)
{
	struct tombstone *t;
	/* IKE_SA_INIT's answer is not protected; one that was rekeyed had none */
	uint32_t first = ike->is_initiator || ike->replaces_spi ? 1 : 2;

	if (!ike->reply.wire.data || ike->expected_message_id < first)
		return;
	t = calloc(1, sizeof(*t));
	if (!t)
		return;
	*t = (struct tombstone){ .spi_i = ike->spi_i,
				 .spi_r = ike->spi_r,
				 .was_initiator = ike->is_initiator,
				 .natt = ike->natt,
				 .message_id = ike->expected_message_id - 1,
				 .local = ike->local,
				 .remote = ike->remote,
				 .expires_usec = c->now_usec + KEEP_USEC };
	if (!table_insert(&c->by_tombstone, &t->node, spi_hash(c, our_spi(t)))) {
		free(t);
		return;
	}
	t->reply = ike->reply.wire;
	ike->reply.wire = (struct bytes){ 0 };
	list_append(&c->tombstones, &t->list);
	if (++c->tombstone_count > TOMBSTONES_MAX)
		tombstone_free(c, oldest(c));
}

static struct tombstone *find(struct core *c, const struct ike_header *h)
{
	bool from_initiator = h->flags & FLAG_INITIATOR;
	uint64_t spi = from_initiator ? h->spi_r : h->spi_i;
	uint64_t hash = spi_hash(c, spi);
	struct table_node *n;

	for (n = table_first(&c->by_tombstone, hash); n; n = table_next(n, hash)) {
		struct tombstone *t = container_of(n, struct tombstone, node);

		if (t->spi_i == h->spi_i && t->spi_r == h->spi_r &&
		    t->was_initiator != from_initiator)
			return t;
	}
	return NULL;
}

bool tombstone_answer(struct core *c, const struct ike_header *h)
{
	struct tombstone *t = find(c, h);
	struct slice all, one;

	if (!t)
		return false;
	all = bytes_slice(&t->reply);
	if ((h->flags & FLAG_RESPONSE) || h->message_id != t->message_id)
		return true;
	if (c->now_usec - t->credit_usec >= USEC_PER_SEC) {
		t->credit_usec = c->now_usec;
		t->answers = 0;
	}
	if (t->answers < ANSWERS_PER_SEC && ++t->answers)
		while ((one = fragment_next(&all)).len > 0)
			core_send(c, &t->local, &t->remote, t->natt, one);
	return true;
}

uint64_t tombstone_deadline(const struct core *c)
{
	const struct tombstone *t = oldest(c);

	return t ? t->expires_usec : USEC_NEVER;
}

void tombstone_timer(struct core *c)
{
	struct tombstone *t;

	while ((t = oldest(c)) && t->expires_usec <= c->now_usec)
		tombstone_free(c, t);
}

void tombstone_fini(struct core *c)
{
	struct tombstone *t;

	while ((t = oldest(c)))
		tombstone_free(c, t);
	table_fini(&c->by_tombstone);
}
