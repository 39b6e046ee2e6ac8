/* SPDX-License-Identifier: Apache-2.0 */
/* Records that count: failures of connections, their traffic, and what the daemon has done. */
#include <string.h>

#include "core/commands.h"
#include "core/fill.h"
#include "core/news.h"
#include "core/state.h"
#include "ctl/causes.h"

bool report_failure(struct core *c, struct core_client *client, struct connection *conn)
{
	const struct failure *f = conn->failure;
	struct record r;
	uint64_t retry;

	fill_begin(&r, client, RECORD_FAILURE);
	fill_name(&r, FAILURE_CONNECTION, conn);
	fill_instance(&r, FAILURE_INSTANCE, conn);
	fill_text(&r, FAILURE_STATE, conn_state_word(conn_state(conn)));
	if (conn_retry_in(c, conn, &retry))
		fill_u64(&r, FAILURE_RETRY_IN, retry);
	if (f && f->text) {
		const struct cause_row *cause = &cause_rows[f->cause];

		if (f->peer.family)
			fill_address(&r, FAILURE_PEER, &f->peer);
		fill_u64(&r, FAILURE_TIME, f->wall_sec);
		fill_text(&r, FAILURE_CAUSE, cause->word);
		fill_text(&r, FAILURE_TEXT, f->text);
		if (cause->next)
			fill_text(&r, FAILURE_NEXT, cause->next);
		if (f->detail)
			fill_text(&r, FAILURE_DETAIL, f->detail);
		fill_u64(&r, FAILURE_COUNT, f->count);
		fill_bool(&r, FAILURE_OVER, f->is_over);
	}
	return fill_finish(&r, c, client);
}

bool report_tunnel(struct core *c, struct core_client *client, struct connection *conn)
{
	uint64_t bytes[2] = { conn->gone_bytes[0], conn->gone_bytes[1] };
	uint64_t packets[2] = { conn->gone_packets[0], conn->gone_packets[1] };
	struct child_sa *child;
	struct record r;
	uint64_t up = 0;

	list_each (child, &conn->children, struct child_sa, conn_node) {
		up += child->phase == CHILD_ESTABLISHED;
		bytes[0] += child->in_bytes;
		bytes[1] += child->out_bytes;
		packets[0] += child->in_packets;
		packets[1] += child->out_packets;
	}
	fill_begin(&r, client, RECORD_TUNNEL);
	fill_name(&r, TUNNEL_CONNECTION, conn);
	fill_instance(&r, TUNNEL_INSTANCE, conn);
	if (conn->peer->host.family)
		fill_address(&r, TUNNEL_PEER, &conn->peer->host);
	fill_text(&r, TUNNEL_STATE, conn_state_word(conn_state(conn)));
	fill_u64(&r, TUNNEL_CHILDREN, up);
	fill_u64(&r, TUNNEL_REKEYS, conn->rekeys);
	fill_u64(&r, TUNNEL_FAILURES, conn->failed);
	fill_u64(&r, TUNNEL_IN_BYTES, bytes[0]);
	fill_u64(&r, TUNNEL_OUT_BYTES, bytes[1]);
	fill_u64(&r, TUNNEL_IN_PACKETS, packets[0]);
	fill_u64(&r, TUNNEL_OUT_PACKETS, packets[1]);
	fill_bool(&r, TUNNEL_WANTED, conn->is_wanted);
	return fill_finish(&r, c, client);
}

static bool report_count(struct core *c, struct core_client *client, enum record_kind kind,
			 const char *word, uint64_t count)
{
	struct record r;

	fill_begin(&r, client, kind);
	fill_text(&r, COUNT_WORD, word);
	fill_u64(&r, COUNT_VALUE, count);
	return fill_finish(&r, c, client);
}

bool report_counters(struct core *c, struct core_client *client)
{
	uint64_t up_sec = (c->now_usec - c->start_usec) / USEC_PER_SEC;
	struct record r;
	bool ok;

	fill_begin(&r, client, RECORD_COUNTERS);
	fill_u64(&r, COUNTERS_START, c->wall_sec > up_sec ? c->wall_sec - up_sec : 0);
	fill_u64(&r, COUNTERS_PACKETS_IN, c->packets_in);
	fill_u64(&r, COUNTERS_PACKETS_DROPPED, c->packets_dropped);
	fill_u64(&r, COUNTERS_COOKIES, c->cookies_sent);
	fill_u64(&r, COUNTERS_HALF_OPEN, c->half_open);
	fill_u64(&r, COUNTERS_RETRANSMITS, c->retransmits);
	fill_u64(&r, COUNTERS_ACQUIRES, c->acquires);
	fill_u64(&r, COUNTERS_LINES_DROPPED, c->lines_dropped);
	fill_u64(&r, COUNTERS_SINCE,
		 c->cleared_sec         ? c->cleared_sec
		 : c->wall_sec > up_sec ? c->wall_sec - up_sec
					: 0);
	ok = fill_finish(&r, c, client);
	for (unsigned i = NEWS_LOST + 1; i < NEWS_KINDS; i++)
		ok &= report_count(c, client, RECORD_EVENT_COUNT, news_rows[i].word,
				   c->news_counts[i]);
	for (unsigned i = CAUSE_NONE + 1; i < CAUSE_COUNT; i++)
		ok &= report_count(c, client, RECORD_CAUSE_COUNT, cause_rows[i].word,
				   c->cause_counts[i]);
	return ok;
}

void command_clearstats(struct core *c, struct request_run *r)
{
	c->packets_in = c->packets_dropped = c->cookies_sent = 0;
	c->retransmits = c->acquires = c->lines_dropped = 0;
	memset(c->news_counts, 0, sizeof(c->news_counts));
	memset(c->cause_counts, 0, sizeof(c->cause_counts));
	c->cleared_sec = c->wall_sec;
	client_finish(c, r->client, RC_OK);
}
