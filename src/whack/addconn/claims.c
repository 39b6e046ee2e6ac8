/* SPDX-License-Identifier: Apache-2.0 */
/* Claims are sorted, so that those of the same traffic are neighbours: a check of 10,000 connections
 * is one sort. */
#include "claims.h"

#include <stdlib.h>
#include <string.h>

struct claim {
	struct selector ours, theirs;
	struct conn_mark mark;
	uint32_t if_id;
	struct address peer;
	const struct conf_options *conn;
};

/* Field by field, for between them there may be anything. */
static int compare_selectors(const struct selector *a, const struct selector *b)
{
	int order = address_cmp(&a->range.start, &b->range.start);

	if (order == 0)
		order = address_cmp(&a->range.end, &b->range.end);
	if (order == 0)
		order = a->protocol - b->protocol;
	if (order == 0)
		order = a->start_port - b->start_port;
	return order ? order : a->end_port - b->end_port;
}

static int compare_traffic(const struct claim *a, const struct claim *b)
{
	int order = compare_selectors(&a->ours, &b->ours);

	if (order == 0)
		order = compare_selectors(&a->theirs, &b->theirs);
	if (order == 0)
		order = (a->if_id > b->if_id) - (a->if_id < b->if_id);
	if (order == 0)
		order = (a->mark.mask > b->mark.mask) - (a->mark.mask < b->mark.mask);
	return order ? order : (a->mark.value > b->mark.value) - (a->mark.value < b->mark.value);
}

static int compare(const void *x, const void *y)
{
	const struct claim *a = x, *b = y;
	int order = compare_traffic(a, b);

	/* the order of the file among equals */
	return order ? order : (a->conn > b->conn) - (a->conn < b->conn);
}

static bool add(struct claims *c, const struct claim *one)
{
	if (c->count == c->room) {
		size_t room = c->room ? c->room * 2 : 64;
		struct claim *more = reallocarray(c->list, room, sizeof(*more));

		if (!more)
			return false;
		c->list = more;
		c->room = room;
	}
	c->list[c->count++] = *one;
	return true;
}

bool claims_add(struct claims *c, const struct conf_options *o, const struct conn_def *def,
		const struct conn_end *ours, const struct conn_end *theirs)
{
	struct selector_pairs pairs = { .local = &ours->clients, .remote = &theirs->clients };
	const struct selector *local, *remote;

	/* whose peer may be many is told apart by who comes; a mark of its own is nobody else's */
	if (o->action == AUTO_IGNORE || theirs->host.family == FAMILY_NONE ||
	    def->mark_out.is_own || ours->wants_config || theirs->wants_config)
		return true;
	while (selector_pairs_next(&pairs, &local, &remote)) {
		struct claim one = { .ours = *local,
				     .theirs = *remote,
				     .mark = def->mark_out,
				     .if_id = def->if_id,
				     .peer = theirs->host,
				     .conn = o };

		if (!add(c, &one))
			return false;
	}
	return true;
}

static bool is_eager(const struct conf_options *o)
{
	return o->action == AUTO_ROUTE || o->action == AUTO_START || o->action == AUTO_KEEP;
}

static void report(struct conf_file *f, const struct claim *first, const struct claim *second)
{
	struct conf_section *one = conf_find(f, first->conn->name);
	struct conf_section *two = conf_find(f, second->conn->name);
	bool is_error = is_eager(first->conn) && is_eager(second->conn);
	char ours[SELECTOR_TEXT_LEN], theirs[SELECTOR_TEXT_LEN];

	f->problems.conn = two->name;
	problem_add(
		&f->problems, !is_error, &two->at,
		"conn %s: %s with %s is what conn %s of line %u wants too, for another peer: %s",
		two->name, selector_format(&second->ours, ours, sizeof(ours)),
		selector_format(&second->theirs, theirs, sizeof(theirs)), one->name, one->at.line,
		is_error ? "give them networks of their own, marks, or auto=add for one"
			 : "only one of them can be up");
	f->problems.conn = NULL;
}

void claims_report(struct claims *c, struct conf_file *f)
{
	const struct conf_options *last_one = NULL, *last_two = NULL;

	if (c->count > 1)
		qsort(c->list, c->count, sizeof(*c->list), compare);
	for (size_t i = 1; i < c->count; i++) {
		const struct claim *a = &c->list[i - 1], *b = &c->list[i];

		if (compare_traffic(a, b) != 0 || a->conn == b->conn ||
		    address_eq(&a->peer, &b->peer) || (a->conn == last_one && b->conn == last_two))
			continue;
		report(f, a, b);
		last_one = a->conn;
		last_two = b->conn;
	}
}

void claims_free(struct claims *c)
{
	free(c->list);
	*c = (struct claims){ 0 };
}
