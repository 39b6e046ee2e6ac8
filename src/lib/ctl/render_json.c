/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records as JSON, read off their table: one object with an array for each kind that the reply may
 * hold, empty ones too, so that a program finds every name whatever it held. The daemon never links this file.
 */
#include "ctl/render.h"
#include "ctl/replies.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct render_json {
	json_t *root;
};

void render_json_id(uint16_t verb, char *out, size_t size)
{
	const struct verb_row *v = verb_by_number(verb);

	snprintf(out, size, "cygnet.%s/%d", v ? v->name : "reply", CTL_JSON_VERSION);
}

static bool add_array(json_t *root, uint32_t kind)
{
	const struct record_row *row = record_by_kind(kind);

	return row && json_object_set_new(root, row->name, json_array()) == 0;
}

static bool add_arrays(json_t *root, uint16_t verb)
{
	const struct reply_row *reply = reply_of(verb);

	if (!add_array(root, RECORD_LOG))
		return false;
	for (size_t i = 0; i < REPLY_KINDS && reply->kinds[i]; i++)
		if (!add_array(root, reply->kinds[i]))
			return false;
	return true;
}

struct render_json *render_json_new(uint16_t verb)
{
	struct render_json *j = calloc(1, sizeof(*j));
	char id[64];

	if (!j)
		return NULL;
	render_json_id(verb, id, sizeof(id));
	j->root = json_object();
	if (!j->root || json_object_set_new(j->root, "schema", json_string(id)) < 0 ||
	    json_object_set_new(j->root, "code", json_null()) < 0 || !add_arrays(j->root, verb)) {
		render_json_free(j);
		return NULL;
	}
	return j;
}

static json_t *number(const struct ctl_attribute *a)
{
	uint64_t value = 0;

	ctl_value_u64(a, &value);
	/* JSON integers of jansson are signed */
	return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static json_t *text(const struct ctl_attribute *a)
{
	json_t *plain = json_stringn(a->value.len ? (const char *)a->value.data : "", a->value.len);
	char buf[4096];
	struct text t = TEXT_OVER(buf);

	if (plain)
		return plain;
	text_escape(&t, a->value);
	return json_string(buf);
}

static json_t *value_of(const struct ctl_attribute *a, uint8_t type)
{
	bool flag = false;

	switch (type) {
	case FIELD_U64:
		return number(a);
	case FIELD_BOOL:
		ctl_value_bool(a, &flag);
		return json_boolean(flag);
	default:
		return text(a);
	}
}

/* NULL: memory is short. */
static json_t *object_of(const struct ctl_message *m, const struct record_row *row)
{
	struct ctl_message walk = *m;
	struct ctl_attribute a;
	json_t *object = json_object();

	ctl_rewind(&walk);
	while (object && ctl_next(&walk, &a)) {
		const struct field_row *f = record_field(row, a.id);

		if (f && json_object_set_new(object, f->name, value_of(&a, f->type)) < 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

bool render_json_add(struct render_json *j, const struct ctl_message *m,
		     const struct record_row *row)
{
	json_t *object;

	if (row->kind == RECORD_ALIVE)
		return true;
	/* a kind of a newer daemon has its array too */
	if (!json_object_get(j->root, row->name) && !add_array(j->root, row->kind))
		return false;
	object = object_of(m, row);
	return object && json_array_append_new(json_object_get(j->root, row->name), object) == 0;
}

bool render_json_line(const struct ctl_message *m, const struct record_row *row, FILE *out)
{
	json_t *object = object_of(m, row);
	bool good = object &&
		    json_object_set_new(object, "schema", json_string(CTL_JSON_EVENT)) == 0 &&
		    json_dumpf(object, out, JSON_COMPACT) == 0 && fputc('\n', out) != EOF &&
		    fflush(out) == 0;

	json_decref(object);
	return good;
}

bool render_json_finish(struct render_json *j, uint32_t code, FILE *out)
{
	bool good = json_object_set_new(j->root, "code", json_integer(code)) == 0 &&
		    json_dumpf(j->root, out, JSON_INDENT(1)) == 0 && fputc('\n', out) != EOF &&
		    fflush(out) == 0;

	render_json_free(j);
	return good;
}

void render_json_free(struct render_json *j)
{
	if (!j)
		return;
	json_decref(j->root);
	free(j);
}
