/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeping: when an event ends, what it touched is packed part by part, and parts that differ from what
 * was kept last go into one action, before anything the event sends. IVs of SK messages are counted,
 * and a block of counts is reserved ahead; message IDs are kept one by one, with the very request and
 * answer that bear them.
 */
#include "core/keep.h"

#include <stdlib.h>
#include <string.h>

#include "core/exchange.h"
#include "sa/kept.h"
#include "sa/kept_conn.h"

#define FIRST_ROOM 16384u
#define IV_BLOCK 65536u

enum { PART_IKE, PART_OURS, PART_THEIRS, PART_CHILDREN, PART_WANTS };

typedef void part_fn(struct pack *p, void *what);

static bool make_room(struct core *c, size_t need)
{
	size_t size = c->kept.size ? c->kept.size : FIRST_ROOM;
	uint8_t *data;

	while (size - c->kept.len < need)
		size *= 2;
	if (size == c->kept.size)
		return true;
	data = malloc(size);
	if (!data)
		return false;
	if (c->kept.len)
		memcpy(data, c->kept.data, c->kept.len);
	wipe(c->kept.data, c->kept.size);
	free(c->kept.data);
	c->kept.data = data;
	c->kept.size = size;
	return true;
}

/* What is kept is not what is: nothing may be taken over, until all of it has been kept anew. */
static void lose(struct core *c)
{
	c->kept.len = 0;
	c->kept.is_void = true;
}

/* Packs behind what there is already; the value's length, 0: memory is short. */
static size_t pack_part(struct core *c, enum keep_kind kind, uint64_t number, part_fn *fn,
			void *what)
{
	size_t need = FIRST_ROOM / 4;

	for (; need <= KEEP_VALUE_MAX + KEEP_HEADER_LEN; need *= 2) {
		struct writer w;
		struct pack p;

		if (!make_room(c, need))
			return 0;
		w = writer_over(c->kept.data + c->kept.len, need);
		keep_put_header(&w, kind, number, 0);
		p = pack_writer(w.data + KEEP_HEADER_LEN, need - KEEP_HEADER_LEN);
		fn(&p, what);
		if (!pack_ok(&p))
			continue;
		writer_patch_u32(&w, KEEP_HEADER_LEN - 4, (uint32_t)p.out.len);
		return p.out.len;
	}
	return 0;
}

static uint64_t hash_of(const struct core *c, size_t len)
{
	return siphash13(c->by_spi.key, slice(c->kept.data + c->kept.len + KEEP_HEADER_LEN, len)) |
	       1;
}

/* kept: of what was kept last; 0: nothing was. */
static void keep_part(struct core *c, enum keep_kind kind, uint64_t number, part_fn *fn, void *what,
		      uint64_t *kept)
{
	size_t len = pack_part(c, kind, number, fn, what);
	uint64_t hash;

	if (len == 0) {
		lose(c);
		return;
	}
	hash = hash_of(c, len);
	if (hash == *kept)
		return;
	*kept = hash;
	c->kept.len += KEEP_HEADER_LEN + len;
}

static void remove_part(struct core *c, enum keep_kind kind, uint64_t number, uint64_t *kept)
{
	struct writer w;

	if (*kept == 0)
		return;
	*kept = 0;
	if (!make_room(c, KEEP_HEADER_LEN)) {
		lose(c);
		return;
	}
	w = writer_over(c->kept.data + c->kept.len, KEEP_HEADER_LEN);
	keep_put_header(&w, kind, number, KEEP_REMOVED);
	c->kept.len += KEEP_HEADER_LEN;
}

static void ike_part(struct pack *p, void *what)
{
	struct ike_sa *ike = what;
	struct kept_head h = { .serial = ike->serial,
			       .connection = ike->connection,
			       .is_initiator = ike->is_initiator,
			       .spi_i = ike->spi_i,
			       .spi_r = ike->spi_r,
			       .local = ike->local,
			       .remote = ike->remote };
	/* the block under way and a whole one ahead of it */
	uint64_t limit = (ike->send_counter / IV_BLOCK + 2) * IV_BLOCK;

	pack_head(p, &h);
	pack_ike(p, ike, &limit);
}

static void ours_part(struct pack *p, void *what)
{
	pack_ours(p, what);
}

static void theirs_part(struct pack *p, void *what)
{
	pack_theirs(p, what);
}

static void children_part(struct pack *p, void *what)
{
	pack_children(p, what);
}

static void wants_part(struct pack *p, void *what)
{
	struct ike_sa *ike = what;

	pack_wants(p, ike, ike->ours.row && ike->ours.row->is_start);
}

static void connection_part(struct pack *p, void *what)
{
	struct kept_connection k = kept_connection_of(what);

	pack_kept_connection(p, &k);
}

static void held_part(struct pack *p, void *what)
{
	pack_whole_child(p, what);
}

/* While the answer to a request of ours is at work, what was kept with the request stands: the next
 * run sends it again and gets the same answer. From the moment that the kernel is asked to put what
 * it makes, that is kept by itself. */
static bool ours_is_at_work(const struct ike_sa *ike)
{
	const struct child_sa *child = ike->ours.scratch.child;

	return ike->ours.row && !ike->ours.row->is_start &&
	       !(child && child->phase == CHILD_INSTALLING);
}

static bool is_authenticating(const struct slot *slot)
{
	return slot->row && slot->row->exchange == EXCHANGE_IKE_AUTH;
}

/* One whose connection is kept, whose way to the peer outlives us, and that both ends know of. */
static bool is_keepable(const struct ike_sa *ike)
{
	return ike->phase >= IKE_ESTABLISHED && ike->phase <= IKE_DELETING && !ike->remote.tcp &&
	       ike->connection && !is_authenticating(&ike->ours) &&
	       !is_authenticating(&ike->theirs) && (ike->kept[PART_OURS] || !ours_is_at_work(ike));
}

static bool has_something(const struct connection *conn)
{
	return !list_is_empty(&conn->ike_sas) || !list_is_empty(&conn->children) ||
	       !list_is_empty(&conn->held) || !list_is_empty(&conn->wants) ||
	       !list_is_empty(&conn->instances) || conn->route;
}

static void keep_connection(struct core *c, struct connection *conn)
{
	if (!has_something(conn)) {
		remove_part(c, KEEP_CONNECTION, conn->serial, &conn->kept);
		return;
	}
	if (conn->template)
		keep_connection(c, conn->template);
	keep_part(c, KEEP_CONNECTION, conn->serial, connection_part, conn, &conn->kept);
}

static void keep_connections_of(struct core *c, struct ike_sa *ike)
{
	struct child_sa *child;
	struct want *w;

	keep_connection(c, ike->connection);
	list_each (child, &ike->children, struct child_sa, node)
		keep_connection(c, child->connection);
	list_each (w, &ike->wants, struct want, node)
		if (w->connection)
			keep_connection(c, w->connection);
}

void keep_forget(struct core *c, struct ike_sa *ike)
{
	uint64_t spi = ike_our_spi(ike);

	list_remove(&ike->touched);
	remove_part(c, KEEP_IKE, spi, &ike->kept[PART_IKE]);
	remove_part(c, KEEP_OURS, spi, &ike->kept[PART_OURS]);
	remove_part(c, KEEP_THEIRS, spi, &ike->kept[PART_THEIRS]);
	remove_part(c, KEEP_CHILDREN, spi, &ike->kept[PART_CHILDREN]);
	remove_part(c, KEEP_WANTS, spi, &ike->kept[PART_WANTS]);
	if (ike->connection)
		keep_touch_connection(c, ike->connection);
}

static void keep_ike(struct core *c, struct ike_sa *ike)
{
	uint64_t spi = ike_our_spi(ike);

	if (!is_keepable(ike)) {
		keep_forget(c, ike);
		return;
	}
	keep_connections_of(c, ike);
	keep_part(c, KEEP_IKE, spi, ike_part, ike, &ike->kept[PART_IKE]);
	if (!ours_is_at_work(ike))
		keep_part(c, KEEP_OURS, spi, ours_part, ike, &ike->kept[PART_OURS]);
	keep_part(c, KEEP_THEIRS, spi, theirs_part, ike, &ike->kept[PART_THEIRS]);
	keep_part(c, KEEP_CHILDREN, spi, children_part, ike, &ike->kept[PART_CHILDREN]);
	keep_part(c, KEEP_WANTS, spi, wants_part, ike, &ike->kept[PART_WANTS]);
}

void keep_touch(struct core *c, struct ike_sa *ike)
{
	if (c->settings.keeps && !list_is_linked(&ike->touched))
		list_append(&c->kept.ikes, &ike->touched);
}

void keep_touch_connection(struct core *c, struct connection *conn)
{
	if (c->settings.keeps && !list_is_linked(&conn->touched))
		list_append(&c->kept.connections, &conn->touched);
}

void keep_touch_held(struct core *c, struct child_sa *held)
{
	if (c->settings.keeps && !list_is_linked(&held->touched))
		list_append(&c->kept.held, &held->touched);
	keep_touch_connection(c, held->connection);
}

void keep_forget_connection(struct core *c, struct connection *conn)
{
	list_remove(&conn->touched);
	remove_part(c, KEEP_CONNECTION, conn->serial, &conn->kept);
	if (conn->template)
		keep_touch_connection(c, conn->template);
}

void keep_forget_held(struct core *c, struct child_sa *held)
{
	list_remove(&held->touched);
	remove_part(c, KEEP_HELD, held->serial, &held->kept);
	keep_touch_connection(c, held->connection);
}

void keep_everything(struct core *c)
{
	struct connection *conn, *i;
	struct child_sa *held;
	struct ike_sa *ike;
	struct writer w;

	c->kept.len = 0;
	c->kept.is_void = false;
	if (!make_room(c, KEEP_HEADER_LEN)) {
		lose(c);
		return;
	}
	w = writer_over(c->kept.data, KEEP_HEADER_LEN);
	keep_put_header(&w, KEEP_RESET, 0, 0);
	c->kept.len = KEEP_HEADER_LEN;
	list_each (ike, &c->ike_sas, struct ike_sa, node) {
		memset(ike->kept, 0, sizeof(ike->kept));
		keep_touch(c, ike);
	}
	list_each (held, &c->held, struct child_sa, node) {
		held->kept = 0;
		keep_touch_held(c, held);
	}
	for (int hidden = 0; hidden < 2; hidden++)
		list_each (conn, hidden ? &c->connections.hidden : &c->connections.all,
			   struct connection, node) {
			conn->kept = 0;
			keep_touch_connection(c, conn);
			list_each (i, &conn->instances, struct connection, node) {
				i->kept = 0;
				keep_touch_connection(c, i);
			}
		}
}

static void keep_touched(struct core *c)
{
	struct connection *conn;
	struct child_sa *held;
	struct ike_sa *ike;

	while ((ike = list_first(&c->kept.ikes, struct ike_sa, touched))) {
		list_remove(&ike->touched);
		keep_ike(c, ike);
	}
	while ((held = list_first(&c->kept.held, struct child_sa, touched))) {
		list_remove(&held->touched);
		keep_part(c, KEEP_HELD, held->serial, held_part, held, &held->kept);
	}
	while ((conn = list_first(&c->kept.connections, struct connection, touched))) {
		list_remove(&conn->touched);
		keep_connection(c, conn);
	}
}

/* Nothing of a former file may be taken over when this cannot be said. */
static void say_void(struct core *c, struct action **mark)
{
	struct action *a = calloc(1, sizeof(*a));

	if (!a)
		return;
	a->kind = ACTION_KEEP; /* empty */
	core_put_before(c, mark, a);
}

void keep_flush(struct core *c, struct action **mark)
{
	bool was_void = c->kept.is_void;
	struct action *a;

	if (!c->settings.keeps)
		return;
	if (was_void)
		keep_everything(c);
	keep_touched(c);
	if (c->kept.is_void) {
		say_void(c, mark);
		return;
	}
	if (c->kept.len == 0)
		return;
	a = calloc(1, sizeof(*a));
	if (!a || !bytes_copy(slice(c->kept.data, c->kept.len), &a->data)) {
		free(a);
		lose(c);
		say_void(c, mark);
		return;
	}
	a->kind = ACTION_KEEP;
	core_put_before(c, mark, a);
	wipe(c->kept.data, c->kept.len);
	c->kept.len = 0;
}

void keep_fini(struct core *c)
{
	wipe(c->kept.data, c->kept.size);
	free(c->kept.data);
	c->kept.data = NULL;
}

static bool is_same(struct core *c, part_fn *fn, struct ike_sa *ike, uint64_t kept)
{
	size_t len = pack_part(c, KEEP_IKE, 0, fn, ike);

	return len && hash_of(c, len) == kept;
}

const char *keep_stale_part(struct core *c, struct ike_sa *ike)
{
	if (!c->settings.keeps || c->has_left)
		return NULL;
	if (!is_keepable(ike))
		return ike->kept[PART_IKE] ? "removal" : NULL;
	if (!ike->connection->kept)
		return "connection";
	if (!is_same(c, ike_part, ike, ike->kept[PART_IKE]))
		return "IKE SA";
	if (!ours_is_at_work(ike) && !is_same(c, ours_part, ike, ike->kept[PART_OURS]))
		return "our window";
	if (!is_same(c, theirs_part, ike, ike->kept[PART_THEIRS]))
		return "the peer's window";
	if (!is_same(c, wants_part, ike, ike->kept[PART_WANTS]))
		return "what is wanted";
	return is_same(c, children_part, ike, ike->kept[PART_CHILDREN]) ? NULL : "children";
}
