/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking over what a former run kept: connections first, then each IKE SA with its parts. What cannot
 * be read is left out by itself; its kernel states go when pluto listens. An IKE SA that is taken over
 * is written anew before it sends anything.
 */
#include <stdlib.h>
#include <string.h>

#include "core/adopt.h"
#include "core/contact.h"
#include "core/exchange.h"
#include "core/keep.h"
#include "core/liveness.h"
#include "core/route.h"
#include "core/route_owner.h"
#include "crypto/random.h"
#include "ctl/codes.h"
#include "sa/kept.h"

#define ENTRIES_MAX (1u << 24)
#define PROBE_SPREAD_USEC (2 * USEC_PER_MSEC) /* for each IKE SA */
#define PROBE_LATEST_USEC (10 * USEC_PER_SEC)

/* By kind and number; of the same the latest first. */
static int entry_order(const void *a, const void *b)
{
	const struct adopt_entry *x = a, *y = b;

	if (x->entry.kind != y->entry.kind)
		return x->entry.kind < y->entry.kind ? -1 : 1;
	if (x->entry.number != y->entry.number)
		return x->entry.number < y->entry.number ? -1 : 1;
	return x->order > y->order ? -1 : 1;
}

/* Those that count, in order. False: they are no entries, or memory is short. */
static bool index_entries(struct slice bytes, struct adopt_index *index)
{
	struct cursor c = cursor_of(bytes);
	struct keep_entry entry;
	size_t count = 0, kept = 0;

	while (keep_next(&c, &entry))
		count++;
	if (!cursor_ok(&c) || count > ENTRIES_MAX)
		return false;
	index->list = calloc(count + 1, sizeof(*index->list));
	if (!index->list)
		return false;
	c = cursor_of(bytes);
	for (uint32_t order = 0; keep_next(&c, &entry); order++) {
		if (entry.kind == KEEP_RESET)
			index->count = 0;
		else
			index->list[index->count++] =
				(struct adopt_entry){ .entry = entry, .order = order };
	}
	if (index->count)
		qsort(index->list, index->count, sizeof(*index->list), entry_order);
	for (size_t i = 0; i < index->count; i++) {
		const struct adopt_entry *e = &index->list[i];
		bool is_older = i > 0 && e[-1].entry.kind == e->entry.kind &&
				e[-1].entry.number == e->entry.number;

		index->list[i].is_older = is_older;
	}
	for (size_t i = 0; i < index->count; i++)
		if (!index->list[i].is_older && !index->list[i].entry.is_removed)
			index->list[kept++] = index->list[i];
	index->count = kept;
	return true;
}

static const struct keep_entry *find(const struct adopt_index *index, uint8_t kind, uint64_t number)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct keep_entry *e = &index->list[middle].entry;

		if (e->kind == kind && e->number == number)
			return e;
		if (e->kind < kind || (e->kind == kind && e->number < number))
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- one IKE SA */

static struct ike_sa *make(struct core *c, struct pack *p, uint64_t our_spi)
{
	struct kept_head h = { 0 };
	struct ike_sa *ike;

	pack_head(p, &h);
	if (!pack_ok(p) || our_spi != (h.is_initiator ? h.spi_i : h.spi_r))
		return NULL;
	c->next_serial = h.serial;
	ike = ike_create_with_spi(c, h.connection, h.is_initiator, our_spi, &h.local, &h.remote);
	if (!ike)
		return NULL;
	ike->spi_i = h.spi_i;
	ike->spi_r = h.spi_r;
	return ike;
}

typedef void part_fn(struct pack *p, struct ike_sa *ike);

static bool read_part(struct core *c, const struct adopt_index *index, enum keep_kind kind,
		      struct ike_sa *ike, part_fn *fn)
{
	const struct keep_entry *e = find(index, (uint8_t)kind, ike_our_spi(ike));
	struct pack p;

	if (!e)
		return false;
	p = pack_reader(e->value, &c->connections);
	fn(&p, ike);
	return pack_done(&p);
}

static void wants(struct pack *p, struct ike_sa *ike)
{
	pack_wants(p, ike, false);
}

static bool read_ike(struct core *c, const struct adopt_index *index, struct pack *p,
		     struct ike_sa *ike)
{
	uint64_t counter = 0;

	pack_ike(p, ike, &counter);
	/* our window needs the children, which may be what it is about */
	return pack_done(p) && read_part(c, index, KEEP_CHILDREN, ike, pack_children) &&
	       read_part(c, index, KEEP_OURS, ike, pack_ours) &&
	       read_part(c, index, KEEP_WANTS, ike, wants) &&
	       read_part(c, index, KEEP_THEIRS, ike, pack_theirs);
}

static void note_numbers(struct core *c, const struct ike_sa *ike, uint32_t *serial)
{
	struct child_sa *child;

	if (ike->serial > *serial)
		*serial = ike->serial;
	list_each (child, &ike->children, struct child_sa, node) {
		if (child->serial > *serial)
			*serial = child->serial;
		connections_continue(&c->connections, 0, child->reqid);
	}
}

static void adopt_ike(struct core *c, const struct adopt_index *index,
		      const struct keep_entry *entry, struct adopt_counts *counts)
{
	struct pack p = pack_reader(entry->value, &c->connections);
	struct ike_sa *ike = make(c, &p, entry->number);
	struct connection *conn;

	if (!ike || !read_ike(c, index, &p, ike)) {
		if (ike)
			ike_forget(c, ike);
		counts->refused++;
		return;
	}
	conn = ike->connection;
	ike->is_adopted = true;
	if (ike->request.out.wire.data) {
		/* it goes out again when there are ears for the answer */
		ike->request.first_usec = c->now_usec;
		ike->request.next_usec = USEC_NEVER;
		ike->request.tries = 1;
	}
	if (ike->phase == IKE_ESTABLISHED && conn->newest_ike < ike->serial)
		conn->newest_ike = ike->serial;
	ike->last_sent_usec = c->now_usec;
	unique_add(c, ike);
	liveness_start(c, ike);
	note_numbers(c, ike, &counts->serial);
	adopt_children(c, ike, counts);
	ike_set_timer(c, ike);
	counts->ikes++;
}

static void adopt_held(struct core *c, const struct keep_entry *entry, struct adopt_counts *counts)
{
	struct pack p = pack_reader(entry->value, &c->connections);
	struct child_sa *held = pack_whole_child(&p, NULL);
	struct kernel_batch batch = { 0 };

	if (!held || !pack_done(&p)) {
		child_sa_free(held);
		counts->refused++;
		return;
	}
	if (held->serial > counts->serial)
		counts->serial = held->serial;
	list_append(&c->held, &held->node);
	list_remove(&held->conn_node);
	list_append(&held->connection->held, &held->conn_node);
	if (held->is_up)
		routes_own(c, held);
	child_batch_add_policies(held, &batch);
	core_kernel(c, ADOPT_TRIES, TICKET_ADOPT, &batch);
}

static void adopt_all(struct core *c, const struct adopt_index *index, struct adopt_counts *counts)
{
	for (size_t i = 0; i < index->count; i++) {
		const struct keep_entry *e = &index->list[i].entry;

		switch ((enum keep_kind)e->kind) {
		case KEEP_CONNECTION:
			adopt_connection(c, e, counts);
			break;
		case KEEP_IKE:
			adopt_ike(c, index, e, counts);
			break;
		case KEEP_HELD:
			adopt_held(c, e, counts);
			break;
		default: /* read with its IKE SA */
			break;
		}
	}
}

void adopt(struct core *c, struct slice entries)
{
	struct adopt_index index = { 0 };
	struct adopt_counts counts = { .serial = c->next_serial - 1 };

	if (!c->settings.keeps)
		return;
	if (!index_entries(entries, &index)) {
		core_log(c, LOG_LEVEL_ERROR,
			 "what the run before kept cannot be read: its SAs are not taken over");
		keep_everything(c);
		return;
	}
	adopt_all(c, &index, &counts);
	adopt_routes(c, &index);
	c->next_serial = counts.serial + 1;
	free(index.list);
	keep_everything(c);
	if (entries.len == 0)
		return;
	core_log(c, LOG_LEVEL_INFO, "adopted %u IKE SAs and %u child SAs of the run before",
		 counts.ikes, counts.children);
	if (counts.refused)
		core_log(
			c, LOG_LEVEL_WARNING,
			"%u things that the run before kept cannot be read: they are not taken over",
			counts.refused);
}

/* ---- when there are ears */

/* A request in flight goes out again as it was; every other peer is asked whether it lives, not all at
 * once. */
static void go_on(struct core *c, struct ike_sa *ike, uint64_t *delay_usec)
{
	struct want *w;

	ike->is_adopted = false;
	if (ike->request.out.wire.data) {
		request_resend_soon(c, ike);
	} else if (ike->phase == IKE_ESTABLISHED && ike_want(ike, WANT_PROBE, NULL, 0)) {
		w = list_entry(ike->wants.prev, struct want, node);
		w->when_usec = c->now_usec + *delay_usec;
		if (*delay_usec < PROBE_LATEST_USEC)
			*delay_usec += PROBE_SPREAD_USEC;
	}
	ike_set_timer(c, ike);
	core_kick(c, ike);
}

bool adopt_claim(struct connection *conn)
{
	bool is_news = conn->is_adopted;

	conn->is_adopted = false;
	return is_news;
}

void adopt_listening(struct core *c)
{
	struct connection *conn;
	struct ike_sa *ike;
	uint64_t delay = 0;

	list_each (ike, &c->ike_sas, struct ike_sa, node)
		if (ike->is_adopted)
			go_on(c, ike, &delay);
	list_each (conn, &c->connections.all, struct connection, node) {
		if (conn->is_adopted) {
			connection_log(c, conn, LOG_LEVEL_WARNING, LINE_LOG,
				       "nobody has added it again: its SAs are deleted");
			adopt_claim(conn);
			connection_drop(c, conn);
		} else if (conn->predecessor) {
			connection_replace_now(c, conn);
		}
	}
}
