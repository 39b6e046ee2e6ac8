/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `ipsec why`: the last failure of a connection, or of all that failed: what, when, with whom, and the
 * next step. `ipsec what-if`: what becomes of a packet.
 */
#include <string.h>
#include <time.h>

#include "base/address.h"
#include "model.h"

struct answer {
	struct view *v;
	unsigned count;
};

static void put_detail(const struct paint *p, const char *lines)
{
	while (*lines) {
		int len = (int)strcspn(lines, "\n");
		char line[600];

		snprintf(line, sizeof(line), "    %.*s\n", len, lines);
		for (char *c = line; *c; c++)
			if ((*c < ' ' || *c > '~') && *c != '\n')
				*c = '?';
		paint_put(p, TONE_FAINT, line);
		lines += len;
		lines += *lines == '\n';
	}
}

static void put_next(const struct paint *p, const struct ctl_message *m)
{
	char text[2100];

	if (!view_text(m, FAILURE_NEXT, text, sizeof(text))[0])
		return;
	fputs("  next step: ", stdout);
	paint_wrap(p, TONE_PLAIN, text, 13, 4);
	putchar('\n');
}

static void put_failure(struct view *v, const struct ctl_message *m)
{
	const struct paint *p = &v->paint;
	char name[200], state[20], text[2100], what[2200], cause[40], when[40];
	char age[PAINT_UNIT_LEN];
	uint64_t at = record_u64(m, FAILURE_TIME, 0), now = (uint64_t)time(NULL);
	uint64_t again = record_u64(m, FAILURE_RETRY_IN, UINT64_MAX);
	bool over = record_bool(m, FAILURE_OVER);

	view_text(m, FAILURE_STATE, state, sizeof(state));
	paint_put(p, model_tone(state), model_sign(p, state));
	putchar(' ');
	paint_put(p, TONE_STRONG, view_text(m, FAILURE_CONNECTION, name, sizeof(name)));
	printf(" is %s", state);
	if (!at) {
		puts(" and has not failed");
		return;
	}
	printf("; it failed %s%s", over ? "last at " : "at ", paint_time(at, when, sizeof(when)));
	if (now >= at)
		printf(" (%s ago)", paint_age(now - at, age));
	printf("\n  with the peer %s:\n",
	       view_text(m, FAILURE_PEER, text, sizeof(text))[0] ? text : "that is not known yet");
	fputs("  ", stdout);
	snprintf(what, sizeof(what), "%s [%s]", view_text(m, FAILURE_TEXT, text, sizeof(text)),
		 view_text(m, FAILURE_CAUSE, cause, sizeof(cause)));
	paint_wrap(p, over ? TONE_PLAIN : TONE_BAD, what, 2, 2);
	putchar('\n');
	put_detail(p, record_text(m, FAILURE_DETAIL, text, sizeof(text)));
	if (over)
		return;
	put_next(p, m);
	if (again != UINT64_MAX)
		printf("  it is tried again in %s\n", paint_age(again, age));
}

static void take_failure(void *context, const struct ctl_message *m)
{
	struct answer *a = context;

	if (m->what != RECORD_FAILURE)
		return;
	if (a->count++)
		putchar('\n');
	put_failure(a->v, m);
}

static void take_next(void *context, const struct ctl_message *m)
{
	struct view *v = context;

	if (m->what == RECORD_FAILURE)
		put_next(&v->paint, m);
}

int view_next_step(struct view *v, const char *name)
{
	return view_ask(v, &(struct question){ .verb = VERB_WHY, .name = name }, take_next, NULL,
			v);
}

int view_why(struct view *v)
{
	struct question q = { .verb = VERB_WHY, .name = v->argc ? v->argv[0] : NULL };
	struct answer a = { .v = v };
	int code;

	if (v->json)
		return view_json(v, &q);
	code = view_ask(v, &q, take_failure, NULL, &a);
	if (code == RC_OK && a.count == 0)
		puts("nothing has failed");
	return code;
}

static const struct {
	const char *action;
	enum tone tone;
	const char *unicode, *plain;
} fates[] = {
	{ "protect", TONE_GOOD, "\xe2\x96\xa0", "#" },
	{ "negotiate", TONE_BUSY, "\xe2\x97\x90", "~" },
	{ "hold", TONE_BUSY, "\xe2\x97\x90", "~" },
	{ "pass", TONE_PLAIN, "\xe2\x96\xa1", "=" },
	{ "drop", TONE_BAD, "\xe2\x9c\x97", "!" },
	{ "clear", TONE_BUSY, "\xe2\x96\xa1", "=" },
};

static void take_packet(void *context, const struct ctl_message *m)
{
	struct view *v = context;
	const struct paint *p = &v->paint;
	char action[20], text[1000], name[200], ts[200];
	uint64_t serial = record_u64(m, WHAT_IF_SERIAL, 0);

	if (m->what != RECORD_WHAT_IF)
		return;
	view_text(m, WHAT_IF_ACTION, action, sizeof(action));
	for (size_t i = 0; i < ARRAY_LEN(fates); i++)
		if (strcmp(fates[i].action, action) == 0)
			paint_put(p, fates[i].tone,
				  paint_sign(p, fates[i].unicode, fates[i].plain));
	view_text(m, WHAT_IF_DIRECTION, text, sizeof(text));
	printf(" %s ", strcmp(text, "out") == 0 ? "the packet" : "its answer");
	paint_wrap(p, TONE_STRONG, view_text(m, WHAT_IF_TEXT, text, sizeof(text)), 13, 4);
	putchar('\n');
	if (!view_text(m, WHAT_IF_CONNECTION, name, sizeof(name))[0])
		return;
	printf("    connection %s", name);
	printf(", policy %s", view_text(m, WHAT_IF_OUR_TS, ts, sizeof(ts)));
	printf("%s%s\n", paint_sign(p, " \xe2\x9f\xb7 ", " = "),
	       view_text(m, WHAT_IF_PEER_TS, ts, sizeof(ts)));
	if (serial) {
		printf("    Child SA #%llu", (unsigned long long)serial);
		printf(", SPI %s", view_text(m, WHAT_IF_SPI, ts, sizeof(ts)));
		printf(", peer %s\n", view_text(m, WHAT_IF_PEER, ts, sizeof(ts)));
	}
}

static const struct name protocols[] = { { 1, "icmp" },   { 6, "tcp" },    { 17, "udp" },
					 { 47, "gre" },   { 50, "esp" },   { 58, "icmpv6" },
					 { 58, "icmp6" }, { 132, "sctp" }, { 115, "l2tp" } };

int view_what_if(struct view *v)
{
	static const struct names names = NAMES("protocol", protocols);
	char number[12];
	const char *protocol = v->argc > 2 ? v->argv[2] : NULL;
	uint32_t value;
	struct question q = { .verb = VERB_WHAT_IF };
	struct address ends[2];

	for (int i = 0; i < 2; i++)
		if (!address_parse(v->argv[i], &ends[i])) {
			fprintf(stderr, "ipsec: what-if: \"%s\" is no address\n", v->argv[i]);
			return RC_WHACK;
		}
	if (ends[0].family != ends[1].family) {
		fputs("ipsec: what-if: the addresses are of two families\n", stderr);
		return RC_WHACK;
	}
	if (protocol && name_value(&names, protocol, &value)) {
		snprintf(number, sizeof(number), "%u", value);
		protocol = number;
	}
	q.attributes[0].id = CTL_ATTR_OPPO_HERE;
	q.attributes[0].text = v->argv[0];
	q.attributes[1].id = CTL_ATTR_OPPO_THERE;
	q.attributes[1].text = v->argv[1];
	q.attributes[2].id = CTL_ATTR_OPPO_PROTO;
	q.attributes[2].text = protocol;
	q.attributes[3].id = CTL_ATTR_OPPO_DPORT;
	q.attributes[3].text = v->argc > 3 ? v->argv[3] : NULL;
	return v->json ? view_json(v, &q) : view_ask(v, &q, take_packet, NULL, v);
}
