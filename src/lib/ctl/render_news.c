/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events, failures, packets and counters as lines. No program of old reads these, so the form is
 * plain: a word, whom it is about, and name=value.
 */
#include <string.h>
#include <time.h>

#include "render_classic.h"

static void put_time(struct text *out, const struct ctl_message *m, uint16_t field)
{
	time_t t = (time_t)record_u64(m, field, 0);
	char when[40];
	struct tm tm;

	if (gmtime_r(&t, &tm) && strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm))
		text_put(out, when);
}

static bool put_number(struct text *out, const char *before, const struct ctl_message *m,
		       uint16_t field, const char *after)
{
	struct ctl_attribute a;
	uint64_t n;

	if (!ctl_find(m, field, &a) || !ctl_value_u64(&a, &n))
		return false;
	text_add(out, "%s%llu%s", before, (unsigned long long)n, after);
	return true;
}

void render_event(const struct ctl_message *m, struct text *out)
{
	char event[40];

	text_put(out, "000 ");
	put_time(out, m, EVENT_FIELD_TIME);
	render_pair(out, " ", m, EVENT_FIELD_EVENT, "");
	/* a log line says itself whom it is about */
	if (strcmp(record_text(m, EVENT_FIELD_EVENT, event, sizeof(event)), "log") == 0) {
		render_pair(out, " ", m, EVENT_FIELD_TEXT, "\n");
		return;
	}
	render_pair(out, " \"", m, EVENT_FIELD_CONNECTION, "\"");
	put_number(out, "[", m, EVENT_FIELD_INSTANCE, "]");
	put_number(out, " #", m, EVENT_FIELD_SERIAL, "");
	put_number(out, " of #", m, EVENT_FIELD_IKE_SERIAL, "");
	put_number(out, " replaces #", m, EVENT_FIELD_OTHER, "");
	render_pair(out, " peer=", m, EVENT_FIELD_PEER, "");
	render_pair(out, " id='", m, EVENT_FIELD_PEER_ID, "'");
	render_pair(out, " ", m, EVENT_FIELD_OUR_TS, "");
	render_pair(out, "===", m, EVENT_FIELD_PEER_TS, "");
	render_pair(out, " address=", m, EVENT_FIELD_ADDRESS, "");
	put_number(out, " in=", m, EVENT_FIELD_IN_BYTES, "B");
	put_number(out, " out=", m, EVENT_FIELD_OUT_BYTES, "B");
	put_number(out, " lost=", m, EVENT_FIELD_LOST, "");
	render_pair(out, " cause=", m, EVENT_FIELD_CAUSE, "");
	render_pair(out, ": ", m, EVENT_FIELD_TEXT, "");
	text_put(out, "\n");
}

static void put_whom(const struct ctl_message *m, struct text *out, const char *after)
{
	render_pair(out, "000 \"", m, FAILURE_CONNECTION, "\"");
	put_number(out, "[", m, FAILURE_INSTANCE, "]");
	text_put(out, after);
}

void render_failure(const struct ctl_message *m, struct text *out)
{
	put_whom(m, out, ":");
	render_pair(out, " ", m, FAILURE_STATE, ";");
	if (record_u64(m, FAILURE_TIME, 0) == 0) {
		text_put(out, " it has not failed\n");
		return;
	}
	text_put(out, record_bool(m, FAILURE_OVER) ? " failed before, " : " failed ");
	put_time(out, m, FAILURE_TIME);
	render_pair(out, "; peer ", m, FAILURE_PEER, "");
	render_pair(out, "; ", m, FAILURE_CAUSE, "");
	render_pair(out, ": ", m, FAILURE_TEXT, "\n");
	if (record_bool(m, FAILURE_OVER))
		return;
	if (record_u64(m, FAILURE_RETRY_IN, UINT64_MAX) != UINT64_MAX) {
		put_whom(m, out, ":");
		put_number(out, "   tried again in ", m, FAILURE_RETRY_IN, "s\n");
	}
	put_whom(m, out, ":");
	render_pair(out, "   next step: ", m, FAILURE_NEXT, "");
	text_put(out, "\n");
}

void render_what_if(const struct ctl_message *m, struct text *out)
{
	render_pair(out, "000 ", m, WHAT_IF_DIRECTION, ": ");
	render_pair(out, "", m, WHAT_IF_ACTION, ";");
	render_pair(out, " \"", m, WHAT_IF_CONNECTION, "\"");
	put_number(out, "[", m, WHAT_IF_INSTANCE, "]");
	render_pair(out, " ", m, WHAT_IF_OUR_TS, "");
	render_pair(out, "===", m, WHAT_IF_PEER_TS, ";");
	put_number(out, " #", m, WHAT_IF_SERIAL, "");
	render_pair(out, " esp.", m, WHAT_IF_SPI, "");
	render_pair(out, "@", m, WHAT_IF_PEER, ";");
	render_pair(out, " it ", m, WHAT_IF_TEXT, "\n");
}

/* By the table alone: "000 counters: packets_in=12 ...". */
void render_by_table(const struct ctl_message *m, const struct record_row *row, struct text *out)
{
	text_add(out, "000 %s:", row->name);
	for (size_t i = 0; i < row->field_count; i++) {
		const struct field_row *f = &row->fields[i];
		struct ctl_attribute a;

		if (!ctl_find(m, f->id, &a))
			continue;
		text_add(out, " %s=", f->name);
		if (f->type == FIELD_U64)
			put_number(out, "", m, f->id, "");
		else if (f->type == FIELD_BOOL)
			text_put(out, record_bool(m, f->id) ? "yes" : "no");
		else
			render_pair(out, "\"", m, f->id, "\"");
	}
	text_put(out, "\n");
}
