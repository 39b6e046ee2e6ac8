/* SPDX-License-Identifier: Apache-2.0 */
/* News as records, and who is told that there are some. */
#include "core/news.h"

#include "core/fill.h"
#include "ctl/causes.h"

const char *log_level_word(uint8_t level)
{
	switch (level) {
	case LOG_LEVEL_ERROR:
		return "error";
	case LOG_LEVEL_WARNING:
		return "warning";
	case LOG_LEVEL_DEBUG:
		return "debug";
	default:
		return "info";
	}
}

static void put_cursor(struct record *r, const struct core *c)
{
	char buf[40];
	struct text t = TEXT_OVER(buf);

	text_add(&t, "%08x-%llu", c->history.epoch, (unsigned long long)c->history.next);
	fill_text(r, EVENT_FIELD_CURSOR, buf);
}

static void put_sas(struct record *r, const struct news *n, const struct ike_sa *ike)
{
	if (n->child)
		fill_u64(r, EVENT_FIELD_SERIAL, n->child->serial);
	else if (ike)
		fill_u64(r, EVENT_FIELD_SERIAL, ike->serial);
	else if (n->serial)
		fill_u64(r, EVENT_FIELD_SERIAL, n->serial);
	if (n->child && ike)
		fill_u64(r, EVENT_FIELD_IKE_SERIAL, ike->serial);
	if (n->other)
		fill_u64(r, EVENT_FIELD_OTHER, n->other);
	if (ike)
		fill_address(r, EVENT_FIELD_PEER, &ike->remote.address);
	else if (n->conn && n->conn->peer->host.family)
		fill_address(r, EVENT_FIELD_PEER, &n->conn->peer->host);
	if (n->kind == NEWS_LOG)
		return;
	if (ike && ike->established_usec)
		fill_identity(r, EVENT_FIELD_PEER_ID, &ike->peer_id);
	if (!n->child)
		return;
	fill_selectors(r, EVENT_FIELD_OUR_TS, &n->child->ts_local);
	fill_selectors(r, EVENT_FIELD_PEER_TS, &n->child->ts_remote);
	if (n->kind == NEWS_CHILD_DOWN) {
		fill_u64(r, EVENT_FIELD_IN_BYTES, n->child->in_bytes);
		fill_u64(r, EVENT_FIELD_OUT_BYTES, n->child->out_bytes);
	}
}

/* Clients that have read all there was are given more when they are ready for it. */
static void wake(struct core *c)
{
	struct core_client *client;

	list_each (client, &c->clients, struct core_client, node)
		if (client->waits_for == WAITS_NEWS)
			core_more(c, client, client->more);
}

void news(struct core *c, const struct news *n)
{
	const struct ike_sa *ike = n->child && n->child->ike ? n->child->ike : n->ike;
	const struct connection *conn = n->conn ? n->conn : n->child ? n->child->connection : NULL;
	struct news whole = *n;
	struct slice frame;
	struct record r;

	if (!conn && ike)
		conn = ike->connection;
	whole.conn = conn;
	c->news_counts[n->kind]++;
	c->cause_counts[n->kind == NEWS_FAILED ? n->cause : CAUSE_NONE]++;
	fill_begin(&r, NULL, RECORD_EVENT);
	put_cursor(&r, c);
	fill_u64(&r, EVENT_FIELD_TIME, c->wall_sec);
	fill_text(&r, EVENT_FIELD_EVENT, news_rows[n->kind].word);
	if (conn) {
		fill_name(&r, EVENT_FIELD_CONNECTION, conn);
		fill_instance(&r, EVENT_FIELD_INSTANCE, conn);
	}
	put_sas(&r, &whole, ike);
	if (n->address)
		fill_address(&r, EVENT_FIELD_ADDRESS, n->address);
	if (n->cause)
		fill_text(&r, EVENT_FIELD_CAUSE, cause_rows[n->cause].word);
	if (n->text)
		fill_text(&r, EVENT_FIELD_TEXT, n->text);
	if (n->kind == NEWS_LOG) {
		fill_text(&r, EVENT_FIELD_LEVEL, log_level_word(n->level));
		fill_u64(&r, EVENT_FIELD_CODE, n->code);
	}
	if (!ctl_record_finish(&r.b, &frame))
		return;
	history_add(&c->history, n->kind, conn ? slice_str(conn->def->config.name) : SLICE_EMPTY,
		    frame);
	if (c->settings.audit && n->kind != NEWS_LOG)
		core_event(c, n->kind, frame);
	wake(c);
}
