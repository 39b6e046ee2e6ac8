/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `ipsec monitor`: events as they happen; `ipsec log`: what has happened. Plain lines in a pipe, JSON
 * lines when asked, and on a terminal a clock, a sign and the name first.
 */
#include <string.h>
#include <time.h>

#include "ctl/news.h"
#include "view.h"

static const struct {
	uint8_t kind; /* enum news_kind */
	uint8_t tone;
	const char *unicode, *plain;
} signs[] = {
	{ NEWS_IKE_UP, TONE_GOOD, "\xe2\x96\xb2", "+" },
	{ NEWS_CHILD_UP, TONE_GOOD, "\xe2\x96\xb2", "+" },
	{ NEWS_IKE_DOWN, TONE_BUSY, "\xe2\x96\xbc", "-" },
	{ NEWS_CHILD_DOWN, TONE_BUSY, "\xe2\x96\xbc", "-" },
	{ NEWS_IKE_REKEYED, TONE_FAINT, "\xe2\x86\xbb", "~" },
	{ NEWS_CHILD_REKEYED, TONE_FAINT, "\xe2\x86\xbb", "~" },
	{ NEWS_FAILED, TONE_BAD, "\xe2\x9c\x97", "!" },
	{ NEWS_PEER_DEAD, TONE_BAD, "\xe2\x9c\x97", "!" },
	{ NEWS_PEER_SILENT, TONE_BUSY, "?", "?" },
	{ NEWS_LOST, TONE_BAD, "\xe2\x80\xa6", "!" },
};

static void put_sign(const struct paint *p, const char *word)
{
	enum news_kind kind = news_by_word(word);

	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (signs[i].kind == kind) {
			paint_put(p, (enum tone)signs[i].tone,
				  paint_sign(p, signs[i].unicode, signs[i].plain));
			return;
		}
	putchar(' ');
}

static void put_if(const char *before, const struct ctl_message *m, uint16_t field,
		   const char *after)
{
	char text[2100];

	if (view_text(m, field, text, sizeof(text))[0])
		printf("%s%s%s", before, text, after);
}

static void put_clock(const struct paint *p, const struct ctl_message *m)
{
	char when[40];

	paint_time(record_u64(m, EVENT_FIELD_TIME, 0), when, sizeof(when));
	paint_put(p, TONE_FAINT, strlen(when) > 11 ? when + 11 : when);
	putchar(' ');
}

static void put_log_line(const struct paint *p, const struct ctl_message *m)
{
	char level[20], text[2100];
	enum tone tone = TONE_PLAIN;

	view_text(m, EVENT_FIELD_LEVEL, level, sizeof(level));
	if (strcmp(level, "error") == 0)
		tone = TONE_BAD;
	else if (strcmp(level, "warning") == 0)
		tone = TONE_BUSY;
	else if (strcmp(level, "debug") == 0)
		tone = TONE_FAINT;
	paint_put(p, tone, view_text(m, EVENT_FIELD_TEXT, text, sizeof(text)));
	putchar('\n');
}

static void put_person(const struct paint *p, const struct ctl_message *m)
{
	char word[40], name[200];
	uint64_t serial = record_u64(m, EVENT_FIELD_SERIAL, 0);
	uint64_t lost = record_u64(m, EVENT_FIELD_LOST, 0);

	put_clock(p, m);
	view_text(m, EVENT_FIELD_EVENT, word, sizeof(word));
	put_sign(p, word);
	putchar(' ');
	if (strcmp(word, "log") == 0) {
		put_log_line(p, m);
		return;
	}
	if (view_text(m, EVENT_FIELD_CONNECTION, name, sizeof(name))[0]) {
		paint_put(p, TONE_STRONG, name);
		putchar(' ');
	}
	fputs(word, stdout);
	if (serial)
		printf(" #%llu", (unsigned long long)serial);
	if (lost)
		printf(": %llu events were lost", (unsigned long long)lost);
	put_if(" ", m, EVENT_FIELD_PEER, "");
	put_if(" ", m, EVENT_FIELD_OUR_TS, "");
	put_if(paint_sign(p, " \xe2\x9f\xb7 ", " = "), m, EVENT_FIELD_PEER_TS, "");
	put_if(" ", m, EVENT_FIELD_ADDRESS, "");
	put_if(": ", m, EVENT_FIELD_TEXT, "");
	putchar('\n');
}

static void show(void *context, const struct ctl_message *m)
{
	struct view *v = context;
	const struct record_row *row = record_by_kind(m->what);
	static char text[RENDER_MAX];
	struct text t = TEXT_OVER(text);

	if (m->what != RECORD_EVENT)
		return;
	if (v->json) {
		render_json_line(m, row, stdout);
	} else if (v->paint.is_terminal && !v->plain) {
		put_person(&v->paint, m);
	} else {
		render_classic(m, row, &t);
		fputs(text, stdout);
	}
	fflush(stdout);
}

static int follow(struct view *v, uint16_t verb)
{
	struct question q = { .verb = verb,
			      .name = v->argc ? v->argv[0] : NULL,
			      .attributes = { { CTL_ATTR_CURSOR, v->cursor },
					      { CTL_ATTR_LAST, v->last },
					      { CTL_ATTR_WITH_LOG,
						verb == VERB_WATCH && v->with_log ? "" : NULL } } };
	int code = view_ask(v, &q, show, NULL, v);

	/* who reads our output may have gone: that is no failure of ours to tell of */
	return ferror(stdout) ? RC_WHACK : code;
}

int view_monitor(struct view *v)
{
	return follow(v, VERB_WATCH);
}

int view_log(struct view *v)
{
	if (!v->last)
		v->last = "50";
	if (v->follow)
		v->with_log = true;
	return follow(v, v->follow ? VERB_WATCH : VERB_HISTORY);
}
