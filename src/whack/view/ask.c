/* SPDX-License-Identifier: Apache-2.0 */
/* One request and its reply. */
#include <stdlib.h>
#include <string.h>

#include "view.h"

const char *view_text(const struct ctl_message *m, uint16_t field, char *out, size_t size)
{
	record_text(m, field, out, size);
	for (char *p = out; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	return out;
}

static int complain(const struct error *e)
{
	fflush(stdout);
	fprintf(stderr, e->code == RC_NO_DAEMON ? "%s\n" : "ipsec: %s\n", e->text);
	return e->code ? (int)e->code : RC_WHACK;
}

static bool send_question(struct view *v, const struct question *q, struct error *e)
{
	static uint8_t buffer[CTL_FRAME_MAX];
	struct ctl_builder b = ctl_request(buffer, sizeof(buffer), 1, q->verb);
	struct slice frame;

	if (q->name)
		ctl_put_text(&b, CTL_ATTR_NAME, 0, q->name);
	for (size_t i = 0; i < ARRAY_LEN(q->attributes) && q->attributes[i].id; i++)
		if (q->attributes[i].text)
			ctl_put_text(&b, q->attributes[i].id, 0, q->attributes[i].text);
	if (!ctl_finish(&b, &frame))
		return error_code(e, RC_WHACK, "the words are longer than a request may be");
	return ctl_client_open(&v->client, v->socket, e) && ctl_client_send(&v->client, frame, e);
}

static void tell(struct view *v, const struct ctl_message *m)
{
	char text[2100];

	v->was_told = true;
	fprintf(stderr, "ipsec: %s\n", view_text(m, LOG_TEXT, text, sizeof(text)));
}

static void take(struct view *v, const struct ctl_message *m, record_fn *fn, record_fn *log,
		 void *context)
{
	if (m->what == RECORD_ALIVE)
		return;
	if (m->what != RECORD_LOG)
		fn(context, m);
	else if (log)
		log(context, m);
	else
		tell(v, m);
}

int view_ask(struct view *v, const struct question *q, record_fn *fn, record_fn *log, void *context)
{
	struct error e = { 0 };
	struct ctl_message m;
	int code = -1;

	v->client.fd = -1;
	if (!send_question(v, q, &e)) {
		ctl_client_close(&v->client);
		return complain(&e);
	}
	while (code < 0) {
		if (!ctl_client_read(&v->client, &m, &e) ||
		    (m.type == CTL_RECORD && !record_check(&m, &e)))
			code = complain(&e);
		else if (m.type == CTL_END)
			code = m.what > 255 ? RC_INTERNAL : (int)m.what;
		else
			take(v, &m, fn, log, context);
	}
	ctl_client_close(&v->client);
	return code;
}

static void add(void *context, const struct ctl_message *m)
{
	render_json_add(context, m, record_by_kind(m->what));
}

int view_json(struct view *v, const struct question *q)
{
	struct render_json *j = render_json_new(q->verb);
	int code;

	if (!j)
		return RC_WHACK;
	code = view_ask(v, q, add, add, j);
	/* what failed on our side has no reply to show */
	if (code == RC_NO_DAEMON || code == RC_WHACK) {
		render_json_free(j);
		return code;
	}
	return render_json_finish(j, (uint32_t)code, stdout) ? code : RC_WHACK;
}
