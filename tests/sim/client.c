/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control clients: requests encoded as whack does, replies decoded through the same codec and
 * tables. Every client must get exactly one end frame, and none after it has gone.
 */
#include <stdio.h>
#include <string.h>

#include "conf/keywords.h"
#include "ctl/replies.h"
#include "sim.h"

static bool is_told(const char *word)
{
	return strcmp(word, "from-fd") == 0 || strcmp(word, "delsecret") == 0;
}

static bool put_option(struct ctl_builder *b, char *word, bool *right)
{
	char *value = strchr(word, '=');
	const struct request_option *r;
	const struct keyword *k;
	uint16_t id;

	if (strcmp(word, "--to") == 0) {
		*right = true;
		return true;
	}
	if (value)
		*value++ = 0;
	if (strcmp(word, "--debug") == 0 && value) {
		ctl_put_text(b, CTL_ATTR_DEBUG, 0, value);
		return true;
	}
	/* words are parted by blanks: here '_' stands for one */
	for (char *at = value; at && is_told(word + 2) && (at = strchr(at, '_'));)
		*at = ' ';
	if (verb_by_whack(word + 2) && value) {
		ctl_put_text(b, CTL_ATTR_VALUE, 0, value);
		return true;
	}
	r = request_option_by_whack(word + 2);
	if (r) {
		ctl_put_text(b, r->id, 0, value ? value : "");
		return true;
	}
	k = keyword_by_whack(word + 2);
	if (strncmp(word, "--", 2) != 0 || !k || k->id == 0)
		return false;
	id = k->id;
	if (k->per_end && *right)
		id |= KEYWORD_RIGHT;
	if (value)
		ctl_put_text(b, id, 0, value);
	else
		ctl_put(b, id, 0, SLICE_EMPTY);
	return true;
}

static bool encode(struct ctl_builder *b, const char *name, const char *options)
{
	char words[1000], *word, *save = NULL;
	bool right = false;

	if (name)
		ctl_put_text(b, CTL_ATTR_NAME, 0, name);
	if (!text_copy(words, sizeof(words), options ? options : ""))
		return false;
	for (word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (strcmp(word, "--asynchronous") == 0)
			ctl_put(b, CTL_ATTR_ASYNC, 0, SLICE_EMPTY);
		else if (!put_option(b, word, &right))
			return false;
	}
	return true;
}

static void post(struct sim *s, uint8_t host, struct client *client, enum verb verb,
		 const char *name, const char *options)
{
	uint8_t buffer[4096];
	struct ctl_builder b = ctl_request(buffer, sizeof(buffer), 1, (uint16_t)verb);
	struct pending *p;
	struct slice frame;

	client->verb = (uint8_t)verb;
	client->ended = false;
	if (!encode(&b, name, options) || !ctl_finish(&b, &frame)) {
		sim_fail(s, "the request's options cannot be encoded: %s", options);
		return;
	}
	p = sim_post(s, host, EVENT_COMMAND, 0);
	p->event.client = client->id;
	p->event.role = (uint8_t)(ROLE_OWN - s->hosts[host].less_role);
	if (!bytes_copy(frame, &p->data))
		sim_fail(s, "out of memory");
	if (s->verbose)
		printf("%9.3f %-5s client %llu asks for verb %u of %s\n", (double)s->now_usec / 1e6,
		       s->hosts[host].name, (unsigned long long)client->id, verb,
		       name ? name : "all");
}

size_t client_request(struct sim *s, uint8_t host, enum verb verb, const char *name,
		      const char *options)
{
	struct host *h = &s->hosts[host];
	struct client *client = &h->clients[h->client_count];

	if (h->client_count == CLIENTS) {
		sim_fail(s, "too many clients");
		return 0;
	}
	*client = (struct client){ .id = h->client_count + 1 };
	post(s, host, client, verb, name, options);
	return h->client_count++;
}

void client_again(struct sim *s, uint8_t host, enum verb verb, const char *name,
		  const char *options)
{
	struct host *h = &s->hosts[host];

	if (h->client_count == 0 || !h->clients[h->client_count - 1].ended)
		sim_fail(s, "%s: no client whose request has ended", h->name);
	else
		post(s, host, &h->clients[h->client_count - 1], verb, name, options);
}

void client_gone(struct sim *s, uint8_t host, size_t client)
{
	struct client *c = &s->hosts[host].clients[client];
	struct pending *p;

	if (c->ended || c->gone)
		return;
	c->gone = true;
	p = sim_post(s, host, EVENT_CLIENT_GONE, 0);
	p->event.client = c->id;
}

/* Records that scenarios read, as "word word text" of these fields. */
static const struct {
	uint16_t kind;
	uint16_t fields[5];
} lines[] = {
	{ RECORD_LOG, { LOG_TEXT } },
	{ RECORD_EVENT,
	  { EVENT_FIELD_EVENT, EVENT_FIELD_CONNECTION, EVENT_FIELD_CAUSE, EVENT_FIELD_ADDRESS,
	    EVENT_FIELD_TEXT } },
	{ RECORD_FAILURE, { FAILURE_STATE, FAILURE_CAUSE, FAILURE_TEXT, FAILURE_DETAIL } },
	{ RECORD_WHAT_IF, { WHAT_IF_DIRECTION, WHAT_IF_ACTION, WHAT_IF_CONNECTION, WHAT_IF_TEXT } },
	{ RECORD_CONNECTION, { CONNECTION_NAME, CONNECTION_STATE, CONNECTION_CAUSE } },
	{ RECORD_TUNNEL, { TUNNEL_CONNECTION, TUNNEL_STATE } },
	{ RECORD_EVENT_COUNT, { COUNT_WORD, COUNT_VALUE } },
	{ RECORD_TIMER, { TIMER_WHAT, TIMER_IN, TIMER_CONNECTION } },
	{ RECORD_SCRIPT, { SCRIPT_CONNECTION, SCRIPT_VERB } },
};

static void put_field(const struct ctl_message *m, uint16_t field, char *out, size_t size)
{
	const struct field_row *row = record_field(record_by_kind(m->what), field);

	if (row && row->type == FIELD_U64)
		snprintf(out, size, "%llu", (unsigned long long)record_u64(m, field, 0));
	else
		record_text(m, field, out, size);
}

static bool as_line(const struct ctl_message *m, char *out, size_t size)
{
	struct text t = text_over(out, size);
	char value[2100];

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		if (lines[i].kind != m->what)
			continue;
		for (size_t f = 0; f < ARRAY_LEN(lines[i].fields) && lines[i].fields[f]; f++) {
			put_field(m, lines[i].fields[f], value, sizeof(value));
			if (value[0])
				text_add(&t, "%s%s", t.len ? " " : "", value);
		}
		return true;
	}
	return false;
}

static void take_record(struct sim *s, struct client *c, const struct ctl_message *m)
{
	char line[2100];
	struct error e = { 0 };
	size_t len = strlen(c->log);

	c->records++;
	if (m->what < ARRAY_LEN(c->kinds))
		c->kinds[m->what]++;
	if (!record_check(m, &e)) {
		sim_fail(s, "a record is not as the table says: %s", e.text);
		return;
	}
	if (!reply_has(c->verb, m->what))
		sim_fail(s, "a reply to verb %u has a record of kind %u, which its table lacks",
			 c->verb, m->what);
	if (!as_line(m, line, sizeof(line)))
		return;
	snprintf(c->log + len, sizeof(c->log) - len, "%s\n", line);
}

void client_more(struct sim *s, uint8_t host, uint64_t client)
{
	struct client *c = &s->hosts[host].clients[client - 1];

	c->waits_more = c->is_stuck;
	if (!c->is_stuck && !c->gone)
		sim_post(s, host, EVENT_CLIENT_READY, 1)->event.client = client;
}

void client_read(struct sim *s, uint8_t host, size_t client, bool reads)
{
	struct client *c = &s->hosts[host].clients[client];

	c->is_stuck = !reads;
	if (reads && c->waits_more)
		client_more(s, host, c->id);
}

void client_report(struct sim *s, uint8_t host, const struct action *a)
{
	struct host *h = &s->hosts[host];
	struct ctl_message m;
	struct error e = { 0 };
	struct client *c;

	if (a->client == 0 || a->client > h->client_count) {
		sim_fail(s, "%s reports to a client that never was", h->name);
		return;
	}
	c = &h->clients[a->client - 1];
	if (a->kind == ACTION_CLOSE_CLIENT) {
		if (!c->ended && !c->gone)
			sim_fail(s, "%s closes a client without an end frame", h->name);
		return;
	}
	if (!ctl_decode(bytes_slice(&a->data), &m, &e)) {
		sim_fail(s, "%s sends a frame that cannot be read: %s", h->name, e.text);
		return;
	}
	if (m.sequence != 1)
		sim_fail(s, "%s answers under another sequence number", h->name);
	if (c->ended)
		sim_fail(s, "%s sends client %u something after its end frame", h->name,
			 (unsigned)a->client);
	if (m.type == CTL_END) {
		c->ended = true;
		c->code = m.what;
	} else {
		take_record(s, c, &m);
	}
}

bool client_wait(struct sim *s, uint8_t host, size_t client, uint64_t limit_usec)
{
	struct client *c = &s->hosts[host].clients[client];
	uint64_t until = s->now_usec + limit_usec;

	while (!c->ended && sim_next(s, until))
		;
	return c->ended;
}
