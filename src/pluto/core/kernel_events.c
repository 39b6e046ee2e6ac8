/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel tells by itself: each event finds the connection or child it is about, by hash, and
 * is given to who decides. What is about nobody is left alone: another program's policy, a state that
 * has just gone (cases 170, 172).
 */
#include <string.h>

#include "core/route.h"
#include "ctl/codes.h"

static uint64_t esp_hash(const struct core *c, const struct address *dst, uint32_t spi)
{
	struct {
		struct address dst;
		uint8_t spi[4];
	} key = { .dst = *dst };

	memcpy(key.spi, &spi, sizeof(spi));
	return table_hash(&c->esp_out, slice(&key, sizeof(key)));
}

/* We gave that number: it is enough, and it stays while the child moves. */
static uint64_t spi_in_hash(const struct core *c, uint32_t spi)
{
	return table_hash(&c->esp_in, slice(&spi, sizeof(spi)));
}

void child_unindex(struct core *c, struct child_sa *child)
{
	table_remove(&c->esp_in, &child->esp_in);
	table_remove(&c->esp_out, &child->esp_out);
	table_remove(&c->by_nat_host, &child->by_nat_host);
}

/* One that cannot be entered for want of memory gets no events: its own timers remain. */
void child_index(struct core *c, struct child_sa *child)
{
	child_unindex(c, child);
	table_insert(&c->esp_in, &child->esp_in, spi_in_hash(c, child->spi_in));
	table_insert(&c->esp_out, &child->esp_out, esp_hash(c, &child->remote, child->spi_out));
	child_index_nat(c, child);
}

struct child_sa *child_by_esp(struct core *c, const struct address *dst, uint32_t spi,
			      bool *inbound)
{
	uint64_t hash = spi_in_hash(c, spi);
	struct child_sa *child;
	struct table_node *n;

	*inbound = true;
	for (n = table_first(&c->esp_in, hash); n; n = table_next(n, hash)) {
		child = container_of(n, struct child_sa, esp_in);
		if (child->spi_in == spi && address_eq(&child->local, dst))
			return child;
	}
	*inbound = false;
	hash = esp_hash(c, dst, spi);
	for (n = table_first(&c->esp_out, hash); n; n = table_next(n, hash)) {
		child = container_of(n, struct child_sa, esp_out);
		if (child->spi_out == spi && address_eq(&child->remote, dst))
			return child;
	}
	return NULL;
}

struct child_sa *child_of_same_out(struct core *c, const struct child_sa *child)
{
	uint64_t hash = esp_hash(c, &child->remote, child->spi_out);
	struct table_node *n;

	for (n = table_first(&c->esp_out, hash); n; n = table_next(n, hash)) {
		struct child_sa *other = container_of(n, struct child_sa, esp_out);

		if (other != child && other->spi_out == child->spi_out &&
		    address_eq(&other->remote, &child->remote) &&
		    child_protocol(other->connection) == child_protocol(child->connection))
			return other;
	}
	return NULL;
}

struct child_sa *child_by_spi_in(struct core *c, uint32_t spi)
{
	uint64_t hash = spi_in_hash(c, spi);
	struct table_node *n;

	for (n = table_first(&c->esp_in, hash); n; n = table_next(n, hash)) {
		struct child_sa *child = container_of(n, struct child_sa, esp_in);

		if (child->spi_in == spi)
			return child;
	}
	return NULL;
}

/* A state event of a child that stands; others are late or not ours. */
static void of_child(struct core *c, const struct kernel_event *k)
{
	bool inbound;
	struct child_sa *child = child_by_esp(c, &k->state_dst, k->spi, &inbound);

	/* child_established looks at it */
	if (child && child->phase == CHILD_INSTALLING && k->kind == KERNEL_STATE_GONE)
		child->is_stripped = true;
	if (!child || child->phase != CHILD_ESTABLISHED || child->ike->phase != IKE_ESTABLISHED)
		return;
	if (k->kind == KERNEL_EXPIRE)
		child_expired(c, child, inbound, k->is_hard);
	else if (k->kind == KERNEL_MAPPING)
		child_mapped(c, child, &k->mapped);
	else
		child_lost(c, child);
}

void kernel_event(struct core *c, const struct kernel_event *k)
{
	switch ((enum kernel_event_kind)k->kind) {
	case KERNEL_EXPIRE:
	case KERNEL_MAPPING:
	case KERNEL_STATE_GONE:
		of_child(c, k);
		break;
	case KERNEL_POLICY_PUT:
		core_log(c, LOG_LEVEL_WARNING,
			 "somebody removed %u of our policies from the kernel: they stand again",
			 k->count);
		break;
	case KERNEL_ACQUIRE:
		route_kernel_acquire(c, k);
		break;
	case KERNEL_LOST:
		break;
	}
}
