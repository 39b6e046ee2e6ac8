/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcygnet-ctl over the client of ctl/client.h: requests by the words of the tables, and records
 * as names and values. A record's frame is copied, so that its texts can be terminated in place.
 */
#include "cygnet/ctl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/paths.h"
#include "conf/keywords.h"
#include "ctl/client.h"
#include "ctl/records.h"
#include "ctl/verbs.h"

#define FIELDS_MAX 64 /* record_check counts no more */
#define WORD_MAX 64

struct cygnet_record {
	const char *kind;
	size_t count;
	struct cygnet_field fields[FIELDS_MAX];
};

/* What may be done now. */
enum stage { STAGE_IDLE, STAGE_BEGUN, STAGE_SENT, STAGE_BROKEN };

struct cygnet_ctl {
	struct ctl_client client;
	enum stage stage;
	uint32_t sequence;
	uint32_t code;
	struct ctl_builder request;
	struct cygnet_record record;
	char last_line[2048];
	uint8_t out[CTL_FRAME_MAX];
	uint8_t in[CTL_FRAME_MAX + 1]; /* a frame, and the end of its last text */
};

static void tell(struct cygnet_error *to, const struct error *from)
{
	to->code = from->code ? from->code : RC_WHACK;
	snprintf(to->text, sizeof(to->text), "%s", from->text);
}

static bool refuse(struct cygnet_error *e, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool refuse(struct cygnet_error *e, const char *format, ...)
{
	va_list args;

	e->code = RC_WHACK;
	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	return false;
}

struct cygnet_ctl *cygnet_ctl_open(const char *path, struct cygnet_error *e)
{
	struct cygnet_ctl *c = calloc(1, sizeof(*c));
	struct error why = { 0 };

	if (!c) {
		refuse(e, "out of memory");
		return NULL;
	}
	c->code = RC_WHACK;
	if (!ctl_client_open(&c->client, path ? path : IPSEC_RUNDIR "/pluto.ctl", &why)) {
		tell(e, &why);
		free(c);
		return NULL;
	}
	return c;
}

void cygnet_ctl_close(struct cygnet_ctl *c)
{
	if (!c)
		return;
	ctl_client_close(&c->client);
	wipe(c->out, sizeof(c->out));
	free(c);
}

int cygnet_ctl_fd(const struct cygnet_ctl *c)
{
	return c->client.fd;
}

bool cygnet_ctl_ready(const struct cygnet_ctl *c)
{
	const struct ctl_client *k = &c->client;
	struct error ignored = { 0 };
	size_t len = 0;

	/* what is no frame is an error at once, not a wait */
	return !ctl_frame_len(slice(k->buffer + k->used, k->have - k->used), &len, &ignored) ||
	       (len > 0 && len <= k->have - k->used);
}

void cygnet_ctl_set_silence(struct cygnet_ctl *c, unsigned int msec)
{
	c->client.silence_msec = msec;
}

/* ---- requests */

bool cygnet_ctl_begin(struct cygnet_ctl *c, const char *verb, const char *name,
		      struct cygnet_error *e)
{
	const struct verb_row *row = NULL;

	if (c->stage == STAGE_SENT)
		return refuse(e, "the end of the last request was not read yet");
	if (c->stage == STAGE_BROKEN)
		return refuse(e, "the connection is broken: open another");
	for (size_t i = 0; i < verb_count && !row; i++)
		if (strcmp(verbs[i].name, verb) == 0)
			row = &verbs[i];
	if (!row)
		return refuse(e, "there is no verb \"%s\"", verb);
	c->request = ctl_request(c->out, sizeof(c->out), ++c->sequence, row->verb);
	if (name)
		ctl_put_text(&c->request, CTL_ATTR_NAME, 0, name);
	c->stage = STAGE_BEGUN;
	return true;
}

/* The attributes that have no row of a table. */
static uint16_t plain_attribute(const char *word)
{
	static const struct {
		const char *word;
		uint16_t id;
	} plain[] = {
		{ "name", CTL_ATTR_NAME },
		{ "asynchronous", CTL_ATTR_ASYNC },
		{ "debug", CTL_ATTR_DEBUG },
		{ "value", CTL_ATTR_VALUE },
	};

	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		if (strcmp(plain[i].word, word) == 0)
			return plain[i].id;
	return 0;
}

static bool is_option(const struct keyword *k)
{
	return k && k->type != VALUE_REFUSED;
}

/* 0: there is none of that word. */
static uint16_t attribute_of(const char *word)
{
	bool right = strncmp(word, "right.", 6) == 0;
	bool end = right || strncmp(word, "left.", 5) == 0;
	const char *bare = end ? strchr(word, '.') + 1 : word;
	const struct keyword *k = keyword_by_whack(bare);
	const struct request_option *o = end ? NULL : request_option_by_whack(bare);

	if (is_option(k) && k->per_end == end)
		return right ? k->id | KEYWORD_RIGHT : k->id;
	if (o)
		return o->id;
	return end ? 0 : plain_attribute(bare);
}

static bool put(struct cygnet_ctl *c, const char *option, const void *value, size_t len,
		struct cygnet_error *e)
{
	uint16_t id = attribute_of(option);
	struct ctl_builder before = c->request;

	if (c->stage != STAGE_BEGUN)
		return refuse(e, "no request was begun");
	if (id == 0)
		return refuse(e, "there is no option \"%.*s\"", WORD_MAX, option);
	if (!value) {
		/* an option of a connection without a value is said with yes */
		value = id < CTL_ATTR_NAME ? "yes" : "";
		len = strlen(value);
	}
	ctl_put(&c->request, id, 0, slice(value, len));
	if (!writer_ok(&c->request.out)) {
		c->request = before;
		return refuse(e, "\"%.*s\" makes the request longer than it may be", WORD_MAX,
			      option);
	}
	return true;
}

bool cygnet_ctl_put(struct cygnet_ctl *c, const char *option, const char *value,
		    struct cygnet_error *e)
{
	return put(c, option, value, value ? strlen(value) : 0, e);
}

bool cygnet_ctl_put_bytes(struct cygnet_ctl *c, const char *option, const void *value, size_t len,
			  struct cygnet_error *e)
{
	return put(c, option, value ? value : "", len, e);
}

bool cygnet_ctl_send(struct cygnet_ctl *c, struct cygnet_error *e)
{
	struct error why = { 0 };
	struct slice frame;
	bool good;

	if (c->stage != STAGE_BEGUN)
		return refuse(e, "no request was begun");
	c->stage = STAGE_IDLE;
	if (!ctl_finish(&c->request, &frame))
		return refuse(e, "the name is longer than a request may be");
	c->code = RC_WHACK;
	c->last_line[0] = '\0';
	good = ctl_client_send(&c->client, frame, &why);
	c->stage = good ? STAGE_SENT : STAGE_BROKEN;
	wipe(c->out, sizeof(c->out));
	if (!good)
		tell(e, &why);
	return good;
}

/* ---- replies */

static void take_field(struct cygnet_record *r, const struct field_row *f,
		       const struct ctl_attribute *a)
{
	struct cygnet_field *to = &r->fields[r->count++];
	bool flag = false;

	*to = (struct cygnet_field){ .name = f->name, .type = (enum cygnet_type)f->type };
	if (f->type == FIELD_U64)
		ctl_value_u64(a, &to->number);
	else if (f->type == FIELD_BOOL && ctl_value_bool(a, &flag))
		to->number = flag;
	else if (f->type == FIELD_TEXT)
		to->text = (const char *)a->value.data;
}

/* Texts are terminated last: the octet behind one is the next attribute's, which was read then. */
static void take(struct cygnet_ctl *c, struct ctl_message *m, const struct record_row *row)
{
	struct cygnet_record *r = &c->record;
	uint8_t *ends[FIELDS_MAX];
	struct ctl_attribute a;
	size_t count = 0;

	r->kind = row->name;
	r->count = 0;
	ctl_rewind(m);
	while (ctl_next(m, &a) && r->count < FIELDS_MAX) {
		const struct field_row *f = record_field(row, a.id);

		if (!f)
			continue;
		if (f->type == FIELD_TEXT) {
			if (a.value.len == 0)
				a.value = SLICE_EMPTY;
			else
				ends[count++] = c->in + (a.value.data - c->in) + a.value.len;
		}
		take_field(r, f, &a);
		if (f->type == FIELD_TEXT && a.value.len == 0)
			r->fields[r->count - 1].text = "";
	}
	for (size_t i = 0; i < count; i++)
		*ends[i] = '\0';
}

static enum cygnet_ctl_result broken(struct cygnet_ctl *c, const struct error *why,
				     struct cygnet_error *e)
{
	c->stage = STAGE_BROKEN;
	tell(e, why);
	return CYGNET_CTL_ERROR;
}

/* Gives the frame that was read as the record; false: there is nothing to give. */
static bool give(struct cygnet_ctl *c, const struct ctl_message *m, struct error *why)
{
	const struct record_row *row = record_by_kind(m->what);
	struct slice frame = slice(c->client.buffer, c->client.used);
	struct ctl_message copy;

	if (!row || m->what == RECORD_ALIVE || !record_check(m, why))
		return false;
	memcpy(c->in, frame.data, frame.len);
	if (!ctl_decode(slice(c->in, frame.len), &copy, why))
		return false;
	take(c, &copy, row);
	if (row->kind == RECORD_LOG && cygnet_record_text(&c->record, "text"))
		snprintf(c->last_line, sizeof(c->last_line), "%s",
			 cygnet_record_text(&c->record, "text"));
	return true;
}

enum cygnet_ctl_result cygnet_ctl_read(struct cygnet_ctl *c, const struct cygnet_record **record,
				       struct cygnet_error *e)
{
	struct error why = { 0 };
	struct ctl_message m;

	*record = NULL;
	if (c->stage != STAGE_SENT) {
		refuse(e, c->stage == STAGE_BROKEN ? "the connection is broken: open another"
						   : "no request was sent");
		return CYGNET_CTL_ERROR;
	}
	for (;;) {
		if (!ctl_client_read(&c->client, &m, &why))
			return broken(c, &why, e);
		if (m.type == CTL_END) {
			c->code = m.what;
			c->stage = STAGE_IDLE;
			return CYGNET_CTL_END;
		}
		if (give(c, &m, &why)) {
			*record = &c->record;
			return CYGNET_CTL_RECORD;
		}
		if (why.code)
			return broken(c, &why, e);
	}
}

uint32_t cygnet_ctl_finish(struct cygnet_ctl *c, struct cygnet_error *e)
{
	const struct cygnet_record *ignored;
	enum cygnet_ctl_result result;

	do {
		result = cygnet_ctl_read(c, &ignored, e);
	} while (result == CYGNET_CTL_RECORD);
	if (result == CYGNET_CTL_ERROR)
		return RC_WHACK;
	if (c->code != RC_OK) {
		refuse(e, "%s", c->last_line[0] ? c->last_line : cygnet_code_text(c->code));
		e->code = c->code;
	}
	return c->code;
}

uint32_t cygnet_ctl_code(const struct cygnet_ctl *c)
{
	return c->code;
}

const char *cygnet_ctl_last_line(const struct cygnet_ctl *c)
{
	return c->last_line;
}

const char *cygnet_code_text(uint32_t code)
{
	const char *name = name_find(&rc_names, code);

	return name ? name : "an unknown code";
}

/* ---- records */

static const struct cygnet_field *field_of(const struct cygnet_record *r, const char *name)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->fields[i].name, name) == 0)
			return &r->fields[i];
	return NULL;
}

const char *cygnet_record_kind(const struct cygnet_record *r)
{
	return r->kind;
}

const char *cygnet_record_text(const struct cygnet_record *r, const char *field)
{
	const struct cygnet_field *f = field_of(r, field);

	return f ? f->text : NULL;
}

uint64_t cygnet_record_number(const struct cygnet_record *r, const char *field, uint64_t fallback)
{
	const struct cygnet_field *f = field_of(r, field);

	return f && f->type == CYGNET_NUMBER ? f->number : fallback;
}

bool cygnet_record_flag(const struct cygnet_record *r, const char *field)
{
	const struct cygnet_field *f = field_of(r, field);

	return f && f->type == CYGNET_FLAG && f->number;
}

size_t cygnet_record_count(const struct cygnet_record *r)
{
	return r->count;
}

bool cygnet_record_field(const struct cygnet_record *r, size_t at, struct cygnet_field *out)
{
	if (at >= r->count)
		return false;
	*out = r->fields[at];
	return true;
}

const char *cygnet_ctl_version(void)
{
	return CYGNET_VERSION;
}
