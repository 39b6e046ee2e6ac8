/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records as JSON, read off their table: one object with an array for each kind, empty ones too, so
 * that a program finds every name whatever the reply held. The daemon never links this file.
 */
#include "ctl/render.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct render_json {
	json_t *root;
};

static bool add_arrays(json_t *root)
{
	for (size_t i = 0; i < record_count; i++)
		if (records[i].kind != RECORD_ALIVE &&
		    json_object_set_new(root, records[i].name, json_array()) < 0)
			return false;
	return true;
}

struct render_json *render_json_new(void)
{
	struct render_json *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->root = json_object();
	if (!j->root || json_object_set_new(j->root, "schema", json_string(CTL_JSON_SCHEMA)) < 0 ||
	    json_object_set_new(j->root, "code", json_null()) < 0 || !add_arrays(j->root)) {
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

bool render_json_add(struct render_json *j, const struct ctl_message *m,
		     const struct record_row *row)
{
	struct ctl_message walk = *m;
	struct ctl_attribute a;
	json_t *object;

	if (row->kind == RECORD_ALIVE)
		return true;
	object = json_object();
	ctl_rewind(&walk);
	while (object && ctl_next(&walk, &a)) {
		const struct field_row *f = record_field(row, a.id);

		if (f && json_object_set_new(object, f->name, value_of(&a, f->type)) < 0) {
			json_decref(object);
			return false;
		}
	}
	return object && json_array_append_new(json_object_get(j->root, row->name), object) == 0;
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
