/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `ipsec up` on a terminal: what happens, step by step with the time it took, and when it fails why
 * and what to do. In a pipe and under the old spellings the lines stay whack's.
 */
#include <string.h>
#include <time.h>

#include "view.h"

struct steps {
	struct view *v;
	struct timespec began;
};

static unsigned msec_since(const struct timespec *t)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned)((now.tv_sec - t->tv_sec) * 1000 + (now.tv_nsec - t->tv_nsec) / 1000000);
}

/* The line without the name and serial number in front: everybody knows whom it is about. */
static const char *without_name(const char *text)
{
	const char *at = text[0] == '"' ? strstr(text, ": ") : NULL;

	return at ? at + 2 : text;
}

static void put_step(void *context, const struct ctl_message *m)
{
	struct steps *s = context;
	const struct paint *p = &s->v->paint;
	uint64_t code = record_u64(m, LOG_CODE, 0);
	char text[2100], took[20];
	enum tone tone = TONE_PLAIN;
	const char *sign = paint_sign(p, "\xe2\x80\xa2", "-");

	s->v->was_told = true;
	if (code == LINE_SUCCESS) {
		tone = TONE_GOOD;
		sign = paint_sign(p, "\xe2\x9c\x93", "+");
	} else if (code == LINE_SERIOUS || code >= RC_DUP_NAME) {
		tone = TONE_BAD;
		sign = paint_sign(p, "\xe2\x9c\x97", "!");
	}
	snprintf(took, sizeof(took), "%6u ms ", msec_since(&s->began));
	paint_put(p, TONE_FAINT, took);
	paint_put(p, tone, sign);
	putchar(' ');
	view_text(m, LOG_TEXT, text, sizeof(text));
	paint_wrap(p, tone, without_name(text), 12, 12);
	putchar('\n');
	fflush(stdout);
}

static void nothing(void *context, const struct ctl_message *m)
{
	(void)context, (void)m;
}

int view_up(struct view *v)
{
	struct question q = { .verb = VERB_INITIATE, .name = v->argv[0] };
	struct steps s = { .v = v };
	char line[300];
	int code;

	clock_gettime(CLOCK_MONOTONIC, &s.began);
	code = view_ask(v, &q, nothing, put_step, &s);
	snprintf(line, sizeof(line), "%s is up after %u ms\n", v->argv[0], msec_since(&s.began));
	if (code == RC_OK)
		paint_put(&v->paint, TONE_GOOD, line);
	else if (code == RC_NO_RESPONSE || code == RC_FATAL || code == RC_ROUTE ||
		 code == RC_NO_KEY)
		view_next_step(v, v->argv[0]);
	return code;
}
