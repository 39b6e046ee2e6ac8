/* SPDX-License-Identifier: Apache-2.0 */
/* Records of the status verb put together; a child finds its connection by hash. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

static struct model_connection **bucket(struct model *m, const char *name, uint64_t instance)
{
	uint32_t hash = 2166136261u ^ (uint32_t)instance;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return &m->buckets[hash % MODEL_BUCKETS];
}

static void take_connection(struct model *m, const struct ctl_message *r)
{
	struct model_connection *c = calloc(1, sizeof(*c)), **slot;

	if (!c) {
		m->is_short = true;
		return;
	}
	view_text(r, CONNECTION_NAME, c->name, sizeof(c->name));
	view_text(r, CONNECTION_STATE, c->state, sizeof(c->state));
	view_text(r, CONNECTION_CAUSE, c->cause, sizeof(c->cause));
	view_text(r, CONNECTION_OUR_HOST, c->our_host, sizeof(c->our_host));
	view_text(r, CONNECTION_PEER_HOST, c->peer_host, sizeof(c->peer_host));
	view_text(r, CONNECTION_OUR_CLIENT, c->our_client, sizeof(c->our_client));
	view_text(r, CONNECTION_PEER_CLIENT, c->peer_client, sizeof(c->peer_client));
	view_text(r, CONNECTION_OUR_ID, c->our_id, sizeof(c->our_id));
	view_text(r, CONNECTION_PEER_ID, c->peer_id, sizeof(c->peer_id));
	c->instance = record_u64(r, CONNECTION_NUMBER, 0);
	c->failed_at = record_u64(r, CONNECTION_FAILED_AT, 0);
	c->retry_in = record_u64(r, CONNECTION_RETRY_IN, 0);
	c->has_retry = record_u64(r, CONNECTION_RETRY_IN, UINT64_MAX) != UINT64_MAX;
	c->last_child = &c->children;
	slot = bucket(m, c->name, c->instance);
	c->hash_next = *slot;
	*slot = c;
	*m->last = c;
	m->last = &c->next;
}

static struct model_connection *find(struct model *m, const char *name, uint64_t instance)
{
	struct model_connection *c = *bucket(m, name, instance);

	while (c && (c->instance != instance || strcmp(c->name, name) != 0))
		c = c->hash_next;
	return c;
}

static void take_child(struct model *m, const struct ctl_message *r)
{
	char name[MODEL_TEXT];
	struct model_connection *c = find(m, view_text(r, CHILD_SA_CONNECTION, name, sizeof(name)),
					  record_u64(r, CHILD_SA_INSTANCE, 0));
	struct model_child *child;

	if (!c || !record_bool(r, CHILD_SA_ESTABLISHED))
		return;
	child = calloc(1, sizeof(*child));
	if (!child) {
		m->is_short = true;
		return;
	}
	child->serial = record_u64(r, CHILD_SA_SERIAL, 0);
	child->in_bytes = record_u64(r, CHILD_SA_IN_BYTES, 0);
	child->out_bytes = record_u64(r, CHILD_SA_OUT_BYTES, 0);
	child->age = record_u64(r, CHILD_SA_AGE, 0);
	child->rekey_in = record_u64(r, CHILD_SA_REKEY_IN, UINT64_MAX);
	child->has_rekey = child->rekey_in != UINT64_MAX;
	view_text(r, CHILD_SA_OUR_TS, child->our_ts, sizeof(child->our_ts));
	view_text(r, CHILD_SA_PEER_TS, child->peer_ts, sizeof(child->peer_ts));
	view_text(r, CHILD_SA_PEER, c->peer_host, sizeof(c->peer_host));
	*c->last_child = child;
	c->last_child = &child->next;
}

static void take_record(void *context, const struct ctl_message *r)
{
	struct model *m = context;
	char text[128];

	switch (r->what) {
	case RECORD_DAEMON:
		if (record_text(r, DAEMON_VERSION, text, sizeof(text))[0]) {
			view_text(r, DAEMON_VERSION, m->version, sizeof(m->version));
			m->uptime = record_u64(r, DAEMON_UPTIME, 0);
			m->is_listening = record_bool(r, DAEMON_LISTENING);
		}
		m->addresses += record_text(r, DAEMON_INTERFACE, text, sizeof(text))[0] != 0;
		break;
	case RECORD_CONNECTION:
		take_connection(m, r);
		break;
	case RECORD_CHILD_SA:
		take_child(m, r);
		break;
	case RECORD_TOTALS:
		m->up = record_u64(r, TOTALS_UP, 0);
		m->connecting = record_u64(r, TOTALS_CONNECTING, 0);
		m->failed = record_u64(r, TOTALS_FAILED, 0);
		m->waiting = record_u64(r, TOTALS_WAITING, 0);
		m->down = record_u64(r, TOTALS_DOWN, 0);
		break;
	default:
		break;
	}
}

int model_read(struct view *v, struct model *m)
{
	struct question q = { .verb = VERB_STATUS };
	int code;

	*m = (struct model){ .last = NULL };
	m->last = &m->first;
	code = view_ask(v, &q, take_record, NULL, m);
	if (m->is_short) {
		fputs("ipsec: out of memory\n", stderr);
		return RC_WHACK;
	}
	return code;
}

void model_free(struct model *m)
{
	struct model_connection *c;
	struct model_child *child;

	while ((c = m->first)) {
		m->first = c->next;
		while ((child = c->children)) {
			c->children = child->next;
			free(child);
		}
		free(c);
	}
}

const char *model_name(const struct model_connection *c, char *out, size_t size)
{
	if (c->instance)
		snprintf(out, size, "%s[%llu]", c->name, (unsigned long long)c->instance);
	else
		snprintf(out, size, "%s", c->name);
	return out;
}

static const struct {
	const char *state;
	enum tone tone;
	const char *unicode, *plain;
} signs[] = {
	{ "up", TONE_GOOD, "\xe2\x97\x8f", "*" },         /* black circle */
	{ "connecting", TONE_BUSY, "\xe2\x97\x90", "~" }, /* half black */
	{ "failed", TONE_BAD, "\xe2\x9c\x97", "!" },      /* ballot x */
	{ "waiting", TONE_PLAIN, "\xe2\x97\x8b", "-" },   /* white circle */
	{ "template", TONE_FAINT, "\xe2\x97\x8c", "=" },  /* dotted circle */
	{ "down", TONE_FAINT, "\xc2\xb7", "." },          /* middle dot */
};

enum tone model_tone(const char *state)
{
	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (strcmp(signs[i].state, state) == 0)
			return signs[i].tone;
	return TONE_PLAIN;
}

const char *model_sign(const struct paint *p, const char *state)
{
	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (strcmp(signs[i].state, state) == 0)
			return paint_sign(p, signs[i].unicode, signs[i].plain);
	return "?";
}
