/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `ipsec metrics`: OpenMetrics 1.0 text. A family's samples stand together, so the reply is gathered
 * first; families[] and tunnel_families[] say which field is which metric.
 */
#include <stdlib.h>
#include <string.h>

#include "view.h"

struct tunnel {
	char connection[300], peer[64], state[20];
	uint64_t instance, values[7];
	bool is_wanted;
};

struct word_count {
	char word[40];
	uint64_t count;
};

#define WORDS_MAX 64

struct metrics {
	char version[64];
	uint64_t start;
	bool is_listening, is_short;
	uint64_t totals[8], counters[8];
	struct word_count events[WORDS_MAX], causes[WORDS_MAX];
	size_t event_count, cause_count;
	struct tunnel *tunnels;
	size_t tunnel_count, room;
};

/* Of RECORD_TOTALS: family, label, value of the label. */
static const struct {
	uint16_t field;
	const char *family, *label, *value;
} gauges[] = {
	{ TOTALS_UP, "cygnet_connections", "state", "up" },
	{ TOTALS_CONNECTING, "cygnet_connections", "state", "connecting" },
	{ TOTALS_FAILED, "cygnet_connections", "state", "failed" },
	{ TOTALS_WAITING, "cygnet_connections", "state", "waiting" },
	{ TOTALS_DOWN, "cygnet_connections", "state", "down" },
	{ TOTALS_IKE_ESTABLISHED, "cygnet_ike_sas", "state", "established" },
	{ TOTALS_IKE_HALF_OPEN, "cygnet_ike_sas", "state", "half_open" },
	{ TOTALS_CHILD, "cygnet_child_sas", "state", "established" },
};

static const struct {
	uint16_t field;
	const char *family, *help;
} counters[] = {
	{ COUNTERS_PACKETS_IN, "cygnet_ike_packets_received", "IKE datagrams that came in" },
	{ COUNTERS_PACKETS_DROPPED, "cygnet_ike_packets_dropped",
	  "IKE datagrams that were not acted upon" },
	{ COUNTERS_COOKIES, "cygnet_cookies", "COOKIE challenges that were sent" },
	{ COUNTERS_RETRANSMITS, "cygnet_retransmissions", "IKE requests that were sent again" },
	{ COUNTERS_ACQUIRES, "cygnet_acquires", "packets that wanted a tunnel" },
	{ COUNTERS_LINES_DROPPED, "cygnet_log_lines_dropped",
	  "log lines that peers caused and that were left out" },
};

static const struct {
	uint16_t field;
	const char *family, *type, *unit, *help;
} tunnel_families[] = {
	{ TUNNEL_CHILDREN, "cygnet_connection_child_sas", "gauge", NULL,
	  "established Child SAs of the connection" },
	{ TUNNEL_REKEYS, "cygnet_connection_rekeys", "counter", NULL,
	  "IKE and Child SAs of the connection that were replaced" },
	{ TUNNEL_FAILURES, "cygnet_connection_failures", "counter", NULL,
	  "attempts of the connection that failed, and losses" },
	{ TUNNEL_IN_BYTES, "cygnet_connection_received_bytes", "counter", "bytes",
	  "traffic from the peer" },
	{ TUNNEL_OUT_BYTES, "cygnet_connection_sent_bytes", "counter", "bytes",
	  "traffic to the peer" },
	{ TUNNEL_IN_PACKETS, "cygnet_connection_received_packets", "counter", NULL,
	  "packets from the peer" },
	{ TUNNEL_OUT_PACKETS, "cygnet_connection_sent_packets", "counter", NULL,
	  "packets to the peer" },
};

static void take_tunnel(struct metrics *x, const struct ctl_message *m)
{
	struct tunnel *t;

	if (x->tunnel_count == x->room) {
		size_t room = x->room ? x->room * 2 : 64;
		struct tunnel *more = realloc(x->tunnels, room * sizeof(*more));

		if (!more) {
			x->is_short = true;
			return;
		}
		x->tunnels = more;
		x->room = room;
	}
	t = &x->tunnels[x->tunnel_count++];
	*t = (struct tunnel){ .instance = record_u64(m, TUNNEL_INSTANCE, 0),
			      .is_wanted = record_bool(m, TUNNEL_WANTED) };
	view_text(m, TUNNEL_CONNECTION, t->connection, sizeof(t->connection));
	view_text(m, TUNNEL_PEER, t->peer, sizeof(t->peer));
	view_text(m, TUNNEL_STATE, t->state, sizeof(t->state));
	for (size_t i = 0; i < ARRAY_LEN(tunnel_families); i++)
		t->values[i] = record_u64(m, tunnel_families[i].field, 0);
}

static void take_count(struct word_count *counts, size_t *count, const struct ctl_message *m)
{
	if (*count == WORDS_MAX)
		return;
	view_text(m, COUNT_WORD, counts[*count].word, sizeof(counts[*count].word));
	counts[(*count)++].count = record_u64(m, COUNT_VALUE, 0);
}

static void take(void *context, const struct ctl_message *m)
{
	struct metrics *x = context;
	char text[64];

	switch (m->what) {
	case RECORD_DAEMON:
		if (!view_text(m, DAEMON_VERSION, text, sizeof(text))[0])
			break;
		memcpy(x->version, text, sizeof(text));
		x->is_listening = record_bool(m, DAEMON_LISTENING);
		break;
	case RECORD_TOTALS:
		for (size_t i = 0; i < ARRAY_LEN(gauges); i++)
			x->totals[i] = record_u64(m, gauges[i].field, 0);
		break;
	case RECORD_COUNTERS:
		x->start = record_u64(m, COUNTERS_START, 0);
		for (size_t i = 0; i < ARRAY_LEN(counters); i++)
			x->counters[i] = record_u64(m, counters[i].field, 0);
		break;
	case RECORD_EVENT_COUNT:
		take_count(x->events, &x->event_count, m);
		break;
	case RECORD_CAUSE_COUNT:
		take_count(x->causes, &x->cause_count, m);
		break;
	case RECORD_TUNNEL:
		take_tunnel(x, m);
		break;
	default:
		break;
	}
}

static void put_family(const char *name, const char *type, const char *unit, const char *help)
{
	printf("# TYPE %s %s\n", name, type);
	if (unit)
		printf("# UNIT %s %s\n", name, unit);
	printf("# HELP %s %s\n", name, help);
}

static void put_label(const char *name, const char *value)
{
	printf("%s=\"", name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			putchar('\\');
		putchar(*value);
	}
	putchar('"');
}

static void put_value(uint64_t value)
{
	printf(" %llu\n", (unsigned long long)value);
}

static void put_daemon(const struct metrics *x)
{
	put_family("cygnet_build", "info", NULL, "the daemon's version");
	fputs("cygnet_build_info{", stdout);
	put_label("version", x->version);
	puts("} 1");
	put_family("cygnet_start_time_seconds", "gauge", "seconds", "when the daemon started");
	fputs("cygnet_start_time_seconds", stdout);
	put_value(x->start);
	put_family("cygnet_listening", "gauge", NULL, "1 when the IKE sockets are open");
	fputs("cygnet_listening", stdout);
	put_value(x->is_listening);
	for (size_t i = 0; i < ARRAY_LEN(gauges); i++) {
		if (i == 0 || strcmp(gauges[i].family, gauges[i - 1].family) != 0)
			put_family(gauges[i].family, "gauge", NULL, "how many there are, by state");
		printf("%s{", gauges[i].family);
		put_label(gauges[i].label, gauges[i].value);
		putchar('}');
		put_value(x->totals[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(counters); i++) {
		put_family(counters[i].family, "counter", NULL, counters[i].help);
		printf("%s_total", counters[i].family);
		put_value(x->counters[i]);
	}
}

static void put_words(const char *family, const char *label, const char *help,
		      const struct word_count *counts, size_t count)
{
	put_family(family, "counter", NULL, help);
	for (size_t i = 0; i < count; i++) {
		printf("%s_total{", family);
		put_label(label, counts[i].word);
		putchar('}');
		put_value(counts[i].count);
	}
}

static void put_sample(const char *name, const char *suffix, const struct tunnel *t, uint64_t value)
{
	char instance[24];

	printf("%s%s{", name, suffix);
	put_label("connection", t->connection);
	if (t->instance) {
		snprintf(instance, sizeof(instance), "%llu", (unsigned long long)t->instance);
		putchar(',');
		put_label("instance", instance);
	}
	if (t->peer[0]) {
		putchar(',');
		put_label("peer", t->peer);
	}
	putchar('}');
	put_value(value);
}

static void put_tunnels(const struct metrics *x)
{
	put_family("cygnet_connection_up", "gauge", NULL,
		   "1 when the connection has an established Child SA");
	for (size_t i = 0; i < x->tunnel_count; i++)
		put_sample("cygnet_connection_up", "", &x->tunnels[i],
			   strcmp(x->tunnels[i].state, "up") == 0);
	put_family("cygnet_connection_wanted", "gauge", NULL, "1 when it should be up");
	for (size_t i = 0; i < x->tunnel_count; i++)
		put_sample("cygnet_connection_wanted", "", &x->tunnels[i], x->tunnels[i].is_wanted);
	for (size_t f = 0; f < ARRAY_LEN(tunnel_families); f++) {
		const char *name = tunnel_families[f].family, *type = tunnel_families[f].type;

		put_family(name, type, tunnel_families[f].unit, tunnel_families[f].help);
		for (size_t i = 0; i < x->tunnel_count; i++)
			put_sample(name, strcmp(type, "counter") == 0 ? "_total" : "",
				   &x->tunnels[i], x->tunnels[i].values[f]);
	}
}

int view_metrics(struct view *v)
{
	struct question q = { .verb = VERB_METRICS };
	static struct metrics x;
	int code;

	if (v->json)
		return view_json(v, &q);
	code = view_ask(v, &q, take, NULL, &x);
	if (x.is_short) {
		fputs("ipsec: out of memory\n", stderr);
		code = RC_WHACK;
	}
	if (code == RC_OK) {
		put_daemon(&x);
		put_words("cygnet_events", "event", "what has happened, by kind", x.events,
			  x.event_count);
		put_words("cygnet_failures", "cause", "attempts that failed, by cause", x.causes,
			  x.cause_count);
		put_tunnels(&x);
		puts("# EOF");
	}
	free(x.tunnels);
	return code;
}
