/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line that says how it is, and an exit code for monitoring: 0 all that is wanted is up, 1 it is
 * being connected or nobody listens, 2 something has failed or pluto does not run.
 */
#include <string.h>

#include "view.h"

enum { HEALTH_GOOD, HEALTH_BUSY, HEALTH_BAD };

struct health {
	uint64_t up, connecting, failed, waiting, down;
	bool is_listening;
};

static void take(void *context, const struct ctl_message *m)
{
	struct health *h = context;

	if (m->what != RECORD_TOTALS)
		return;
	h->up = record_u64(m, TOTALS_UP, 0);
	h->connecting = record_u64(m, TOTALS_CONNECTING, 0);
	h->failed = record_u64(m, TOTALS_FAILED, 0);
	h->waiting = record_u64(m, TOTALS_WAITING, 0);
	h->down = record_u64(m, TOTALS_DOWN, 0);
	h->is_listening = record_bool(m, TOTALS_LISTENING);
}

static void put_count(const struct paint *p, enum tone tone, uint64_t count, const char *what)
{
	char text[64];

	snprintf(text, sizeof(text), "%llu %s", (unsigned long long)count, what);
	paint_put(p, count ? tone : TONE_FAINT, text);
}

static void put_line(const struct paint *p, const struct health *h, int verdict)
{
	static const enum tone tones[] = { TONE_GOOD, TONE_BUSY, TONE_BAD };

	paint_put(p, tones[verdict], paint_sign(p, "\xe2\x97\x8f", "*"));
	putchar(' ');
	put_count(p, TONE_GOOD, h->up, "up");
	fputs("  ", stdout);
	put_count(p, TONE_BUSY, h->connecting, "connecting");
	fputs("  ", stdout);
	put_count(p, TONE_BAD, h->failed, "failed");
	if (h->waiting) {
		fputs("  ", stdout);
		put_count(p, TONE_PLAIN, h->waiting, "waiting for traffic or peers");
	}
	if (h->down) {
		fputs("  ", stdout);
		put_count(p, TONE_FAINT, h->down, "down");
	}
	if (!h->is_listening)
		paint_put(p, TONE_BAD, "  not listening: ipsec listen");
	else if (h->failed)
		paint_put(p, TONE_FAINT, "  see: ipsec why");
	putchar('\n');
}

int view_health(struct view *v)
{
	struct question q = { .verb = VERB_BRIEFSTATUS };
	struct health h = { 0 };
	int code, verdict;

	if (v->json) {
		code = view_json(v, &q);
		return code == RC_OK ? HEALTH_GOOD : HEALTH_BAD;
	}
	code = view_ask(v, &q, take, NULL, &h);
	if (code != RC_OK)
		return HEALTH_BAD;
	verdict = h.failed                          ? HEALTH_BAD
		  : h.connecting || !h.is_listening ? HEALTH_BUSY
						    : HEALTH_GOOD;
	put_line(&v->paint, &h, verdict);
	return verdict;
}
