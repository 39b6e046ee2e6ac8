/* SPDX-License-Identifier: Apache-2.0 */
/* The list of checks, what they are told of the daemon, and how their findings are shown. */
#include "doctor.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Numbered as in the manual page. */
static const struct {
	unsigned number;
	const char *title;
	void (*run)(struct doctor *d);
} checks[] = {
	{ 0, "the daemon", doctor_daemon },
	{ 1, "policies, not routes, decide", doctor_policies },
	{ 2, "the gateway's own source address", doctor_source },
	{ 3, "left or right is this machine", doctor_orientation },
	{ 4, "forwarding, firewall and NAT", doctor_firewall },
	{ 5, "what tcpdump does not show", doctor_states },
	{ 6, "networks that mirror each other", doctor_selectors },
	{ 7, "what auto= does", doctor_auto },
	{ 8, "big packets", doctor_mtu },
	{ 9, "identities and secrets", doctor_identities },
	{ 10, "private addresses in a cloud", doctor_cloud },
	{ 11, "algorithms in common", doctor_proposals },
	{ 12, "who has UDP port 500", doctor_port },
	{ 13, "restarts drop tunnels", doctor_restarts },
	{ 14, "clock and certificates", doctor_clock },
};

static const char *const verdict_words[] = { "good", "note", "warning", "bad" };

static void take_connection(struct doctor *d, const struct ctl_message *m)
{
	struct doctor_conn *c = calloc(1, sizeof(*c));

	if (!c)
		return;
	view_text(m, CONNECTION_NAME, c->name, sizeof(c->name));
	view_text(m, CONNECTION_STATE, c->state, sizeof(c->state));
	view_text(m, CONNECTION_CAUSE, c->cause, sizeof(c->cause));
	view_text(m, CONNECTION_AUTH, c->auth, sizeof(c->auth));
	view_text(m, CONNECTION_OUR_HOST, c->our_host, sizeof(c->our_host));
	view_text(m, CONNECTION_PEER_HOST, c->peer_host, sizeof(c->peer_host));
	view_text(m, CONNECTION_OUR_CLIENT, c->our_client, sizeof(c->our_client));
	view_text(m, CONNECTION_PEER_CLIENT, c->peer_client, sizeof(c->peer_client));
	view_text(m, CONNECTION_OUR_ID, c->our_id, sizeof(c->our_id));
	view_text(m, CONNECTION_PEER_ID, c->peer_id, sizeof(c->peer_id));
	view_text(m, CONNECTION_IKE, c->ike, sizeof(c->ike));
	c->is_oriented = record_bool(m, CONNECTION_ORIENTED);
	c->next = d->conns;
	d->conns = c;
	d->conn_count++;
}

static void take(void *context, const struct ctl_message *m)
{
	struct doctor *d = context;
	char name[200], state[40];
	size_t len = strlen(d->certificates);

	switch (m->what) {
	case RECORD_CONNECTION:
		take_connection(d, m);
		break;
	case RECORD_TOTALS:
		d->is_listening = record_bool(m, TOTALS_LISTENING);
		break;
	case RECORD_CERT:
	case RECORD_CACERT:
	case RECORD_PUBKEY:
		snprintf(d->certificates + len, sizeof(d->certificates) - len, "%s%s (%s)",
			 len ? ", " : "", view_text(m, CREDENTIAL_NAME, name, sizeof(name)),
			 view_text(m, CREDENTIAL_STATE, state, sizeof(state)));
		break;
	default:
		break;
	}
}

static void nothing(void *context, const struct ctl_message *m)
{
	(void)context, (void)m;
}

static void put_finding(struct doctor *d, enum verdict verdict, const char *fix, const char *text)
{
	static const enum tone tones[] = { TONE_GOOD, TONE_PLAIN, TONE_BUSY, TONE_BAD };
	static const char *const signs[][2] = {
		{ "\xe2\x9c\x93", "+" }, { "\xc2\xb7", "-" }, { "!", "!" }, { "\xe2\x9c\x97", "X" }
	};
	const struct paint *p = &d->v->paint;

	paint_put(p, tones[verdict], paint_sign(p, signs[verdict][0], signs[verdict][1]));
	printf(" %2u %s: ", d->number, d->title);
	paint_wrap(p, verdict >= VERDICT_WARNING ? tones[verdict] : TONE_PLAIN, text,
		   7 + (unsigned)strlen(d->title), 5);
	putchar('\n');
	if (fix) {
		fputs("     fix: ", stdout);
		paint_wrap(p, TONE_PLAIN, fix, 10, 10);
		putchar('\n');
	}
}

void found(struct doctor *d, enum verdict verdict, const char *fix, const char *format, ...)
{
	char text[2000];
	va_list ap;
	json_t *one;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if ((int)verdict > d->worst)
		d->worst = (int)verdict;
	if (!d->list) {
		put_finding(d, verdict, fix, text);
		return;
	}
	one = json_pack("{s:i, s:s, s:s, s:s}", "number", (int)d->number, "title", d->title,
			"verdict", verdict_words[verdict], "text", text);
	if (fix)
		json_object_set_new(one, "fix", json_string(fix));
	json_array_append_new(d->list, one);
}

static void free_conns(struct doctor *d)
{
	struct doctor_conn *c;

	while ((c = d->conns)) {
		d->conns = c->next;
		free(c);
	}
}

int view_doctor(struct view *v)
{
	struct question q = { .verb = VERB_STATUS };
	struct doctor d = { .v = v, .list = v->json ? json_array() : NULL };
	json_t *root;

	fflush(stdout);
	d.has_daemon = view_ask(v, &q, take, nothing, &d) == RC_OK;
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		d.number = checks[i].number;
		d.title = checks[i].title;
		checks[i].run(&d);
	}
	free_conns(&d);
	if (d.list) {
		root = json_pack("{s:s, s:s, s:o}", "schema", "cygnet.doctor/1", "worst",
				 verdict_words[d.worst], "checks", d.list);
		json_dumpf(root, stdout, JSON_INDENT(1));
		putchar('\n');
		json_decref(root);
	}
	return d.worst <= VERDICT_NOTE ? 0 : d.worst == VERDICT_WARNING ? 1 : 2;
}
