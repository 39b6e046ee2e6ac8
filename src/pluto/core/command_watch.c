/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WATCH and HISTORY: reading the core's history, from a cursor or the latest so many on. A reader is
 * given a piece when he has taken the one before; one who is too slow is told how many he has lost
 * (case 187). WATCH goes on with what happens, HISTORY ends where the history does.
 */
#include <stdlib.h>
#include <string.h>

#include "core/commands.h"
#include "core/fill.h"
#include "core/news.h"

#define PIECE 64u

static bool is_wanted(const struct core_client *client, const struct history_entry *e)
{
	if (e->kind == NEWS_LOG && !client->watch.with_log)
		return false;
	return !client->watch.name[0] || slice_eq(e->name, slice_str(client->watch.name));
}

static void tell_lost(struct core *c, struct core_client *client, uint64_t lost)
{
	char cursor[40];
	struct text t = TEXT_OVER(cursor);
	struct record r;

	text_add(&t, "%08x-%llu", c->history.epoch, (unsigned long long)(c->history.first - 1));
	fill_begin(&r, client, RECORD_EVENT);
	fill_text(&r, EVENT_FIELD_CURSOR, cursor);
	fill_u64(&r, EVENT_FIELD_TIME, c->wall_sec);
	fill_text(&r, EVENT_FIELD_EVENT, news_rows[NEWS_LOST].word);
	fill_u64(&r, EVENT_FIELD_LOST, lost);
	fill_finish(&r, c, client);
}

static void give(struct core *c, struct core_client *client, struct slice frame)
{
	uint8_t copy[RECORD_MAX];

	if (frame.len > sizeof(copy))
		return;
	memcpy(copy, frame.data, frame.len);
	ctl_set_sequence(copy, client->sequence);
	client_frame(c, client, slice(copy, frame.len));
}

static void go_on(struct core *c, struct core_client *client)
{
	struct watch *w = &client->watch;
	uint64_t lost = history_lost(&c->history, &w->place);
	struct history_entry e;
	unsigned left = PIECE;

	if (lost)
		tell_lost(c, client, lost);
	while (left > 0 && history_read(&c->history, &w->place, &e)) {
		if (!is_wanted(client, &e))
			continue;
		if (w->skip > 0) {
			w->skip--;
			continue;
		}
		give(c, client, e.frame);
		left--;
	}
	if (left == 0) {
		core_more(c, client, go_on);
	} else if (client->verb == VERB_HISTORY) {
		client_finish(c, client, RC_OK);
	} else {
		client->waits_for = WAITS_NEWS;
		client->more = go_on;
	}
}

void watchers_finish(struct core *c)
{
	struct core_client *client;

	list_each (client, &c->clients, struct core_client, node)
		if (client->verb == VERB_WATCH)
			client_finish(c, client, RC_OK);
}

static bool read_text(const struct request_run *r, uint16_t id, char *out, size_t size)
{
	struct ctl_attribute a;

	return ctl_find(r->message, id, &a) && ctl_value_text(&a, out, size);
}

/* Behind the one that was read last. A cursor of another run: all there is, and that much is lost. */
static bool from_cursor(struct core *c, struct core_client *client, const char *text)
{
	unsigned long epoch;
	unsigned long long number;
	char *end;

	epoch = strtoul(text, &end, 16);
	if (end == text || *end != '-')
		return false;
	text = end + 1;
	number = strtoull(text, &end, 10);
	if (end == text || *end || number >= UINT64_MAX)
		return false;
	client->watch.place = epoch == c->history.epoch && number < c->history.next
				      ? history_at(&c->history, number + 1)
				      : (struct history_place){ 0 };
	return true;
}

static uint64_t count_wanted(const struct core *c, const struct core_client *client)
{
	struct history_place p = client->watch.place;
	struct history_entry e;
	uint64_t count = 0;

	while (history_read(&c->history, &p, &e))
		count += is_wanted(client, &e);
	return count;
}

void command_watch(struct core *c, struct request_run *r)
{
	struct core_client *client = r->client;
	struct watch *w = &client->watch;
	char cursor[64], last[24];
	struct ctl_attribute a;
	uint64_t most = 0, count;
	bool has_last = read_text(r, CTL_ATTR_LAST, last, sizeof(last));

	text_copy(w->name, sizeof(w->name), r->name);
	w->with_log = client->verb == VERB_HISTORY || ctl_find(r->message, CTL_ATTR_WITH_LOG, &a);
	if (has_last && !parse_number(last, 0, UINT32_MAX, &most)) {
		client_answer(c, client, RC_WHACK, "--last \"%.20s\" is no number", last);
		return;
	}
	w->place = history_oldest(&c->history);
	if (read_text(r, CTL_ATTR_CURSOR, cursor, sizeof(cursor))) {
		if (!from_cursor(c, client, cursor)) {
			client_answer(c, client, RC_WHACK,
				      "--cursor is what the field cursor of an event says");
			return;
		}
	} else if (!has_last && client->verb == VERB_WATCH) {
		w->place = history_at(&c->history, c->history.next);
	}
	count = has_last ? count_wanted(c, client) : 0;
	w->skip = count > most ? count - most : 0;
	go_on(c, client);
}
